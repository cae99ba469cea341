//! The kubelets.

use std::sync::Arc;

use crate::apiserver::Response;
use crate::network::Network;
use crate::sim::Component;
use crate::store::Change;
use crate::world::World;

/// What waits in the queue for it.
#[derive(Clone, Debug)]
pub enum Work {
    /// Changes have arrived.
    Deliver,
}

/// The kubelets.
#[derive(Clone, Debug, Default)]
pub struct Kubelets {}

impl Kubelets {
    /// Starts with the cluster, at time zero.
    pub fn start(&mut self, world: &mut World) {
        let _ = world;
    }

    /// A change was committed; this is called at once, and must only send it on its way (it arrives after the lag).
    pub fn observe(&mut self, world: &mut World, change: &Arc<Change>) {
        let _ = (world, change);
    }

    /// Does due work.
    pub fn work(&mut self, world: &mut World, work: Work, network: &Network) {
        let _ = (world, work, network);
    }

    /// A component stopped; `world.faults` says so already.
    pub fn stopped(&mut self, world: &mut World, component: &Component) {
        let _ = (world, component);
    }

    /// A component is back: what it missed it must list anew.
    pub fn started(&mut self, world: &mut World, component: &Component) {
        let _ = (world, component);
    }

    /// Kills a container's process; the first container when `container` is empty.
    pub fn kill(
        &mut self,
        world: &mut World,
        namespace: &str,
        pod: &str,
        container: &str,
    ) -> Response {
        let _ = (world, namespace, pod, container);
        Response::empty()
    }

    /// Adds a node in the zone that has the fewest.
    pub fn add_node(&mut self, world: &mut World) -> Response {
        let _ = world;
        Response::empty()
    }

    /// Links were cut or mended; `world.faults` says so already.
    pub fn links_changed(&mut self, world: &mut World) {
        let _ = world;
    }
}
