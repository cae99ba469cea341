//! Cluster IPs and node ports: who has which, and what a Service gets.

mod pool;
mod service;

use podarium_api::object::Object;
use podarium_api::status::Status;

use pool::Pool;

use crate::sim::Rng;
use crate::world::World;

/// The Services' addresses of every cluster: 10.96.0.0/16, of kubeadm's default 10.96.0.0/12 the part that we need.
pub const SERVICE_CIDR: &str = "10.96.0.0/16";

/// What is given away. A clone costs nothing.
#[derive(Clone, Debug)]
pub(super) struct Allocations {
    ips: Pool,
    ports: Pool,
}

impl Allocations {
    pub(super) fn new(seed: u64) -> Self {
        let base = u32::from(std::net::Ipv4Addr::new(10, 96, 0, 0));
        Allocations {
            // upstream: pkg/registry/core/service/ipallocator/ipallocator.go: 256 static addresses of a /16
            ips: Pool::new(base + 1, base + 65_534, 256, Rng::stream(seed, "clusterIP")),
            // upstream: pkg/registry/core/service/portallocator/allocator.go calculateRangeOffset: 86 static ports
            ports: Pool::new(30_000, 32_767, 86, Rng::stream(seed, "nodePort")),
        }
    }
}

/// Gives a Service its cluster IP and node ports, and takes back those of `old` that it no longer has. Other kinds need
/// nothing.
///
/// # Errors
/// `Invalid` where a wanted address or port is taken or outside the range.
pub fn allocate(
    world: &mut World,
    object: &mut Object,
    old: Option<&Object>,
) -> Result<(), Status> {
    let Object::Service(service) = object else {
        return Ok(());
    };
    let old = match old {
        Some(Object::Service(old)) => Some(&old.body.spec),
        _ => None,
    };
    // On a copy, so that a refusal leaves nothing taken.
    let mut allocations = world.api.allocations.clone();
    let service = std::sync::Arc::make_mut(service);
    service::allocate(
        &mut allocations,
        &service.meta.name,
        &mut service.body.spec,
        old,
    )?;
    world.api.allocations = allocations;
    Ok(())
}

/// Takes back what a deleted object had.
pub fn release(world: &mut World, object: &Object) {
    if let Object::Service(service) = object {
        service::release(&mut world.api.allocations, &service.body.spec);
    }
}
