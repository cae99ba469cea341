//! Cluster IPs and node ports: who has which, and what a Service gets.

mod pool;
mod service;

use std::net::Ipv4Addr;
use std::sync::Arc;

use podarium_api::kinds::KindId;
use podarium_api::meta::{Labels, Meta};
use podarium_api::object::{Key, Obj, Object};
use podarium_api::status::Status;
use serde_json::{Map, json};

use pool::Pool;

use crate::sim::{Actor, Rng, Verb, Why};
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
        let base = u32::from(Ipv4Addr::new(10, 96, 0, 0));
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
    let service = Arc::make_mut(service);
    service::allocate(
        &mut allocations,
        &service.meta.name,
        &mut service.body.spec,
        old,
    )?;
    world.api.allocations = allocations;
    Ok(())
}

/// Keeps an IPAddress of each cluster IP that a Service is about to have, and of none that it had.
///
/// upstream: pkg/registry/core/service/ipallocator/ipallocator.go createIPAddress, Release
pub fn addresses(world: &mut World, service: &Key, new: Option<&Object>) {
    let ips = |object: Option<&Object>| -> Vec<Ipv4Addr> {
        match object {
            Some(Object::Service(service)) => service::owned_ips(&service.body.spec)
                .map(Into::into)
                .collect(),
            _ => Vec::new(),
        }
    };
    let (old, new) = (ips(world.store.get(service)), ips(new));
    let all = old
        .iter()
        .map(|ip| (ip, false))
        .chain(new.iter().map(|ip| (ip, true)));
    for (ip, wanted) in all {
        let key = Key::new(KindId::IP_ADDRESS, "", &ip.to_string());
        let has = world.store.get(&key).is_some();
        if has == wanted || !wanted && new.contains(ip) {
            continue;
        }
        let (verb, object) = match wanted {
            false => (Verb::Delete, None),
            true => (Verb::Create, Some(address(world, &key, service))),
        };
        let actor = Actor::Control("kube-apiserver");
        world.commit(&actor, verb, key, object, Why::new("ip-address"));
    }
}

fn address(world: &mut World, key: &Key, service: &Key) -> Object {
    let mut meta = Meta::new("", &key.name);
    (meta.uid, meta.created, meta.generation) = (world.next_uid(), world.now(), 1);
    meta.labels = Labels::from([
        ("ipaddress.kubernetes.io/ip-family", "IPv4"),
        ("ipaddress.kubernetes.io/managed-by", "ipallocator.k8s.io"),
    ]);
    let parent = json!({
        "resource": "services", "namespace": &*service.namespace, "name": &*service.name,
    });
    let body = Map::from_iter([("spec".into(), json!({"parentRef": parent}))]);
    Object::Other(key.kind, Arc::new(Obj { meta, body }))
}

/// Takes back what a deleted object had.
pub fn release(world: &mut World, object: &Object) {
    if let Object::Service(service) = object {
        service::release(&mut world.api.allocations, &service.body.spec);
    }
}
