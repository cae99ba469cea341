//! The controller manager.

use std::sync::Arc;

use crate::sim::Component;
use crate::store::Change;
use crate::world::World;

/// What waits in the queue for it.
#[derive(Clone, Debug)]
pub enum Work {
    /// Changes have arrived.
    Deliver,
}

/// The controller manager.
#[derive(Clone, Debug, Default)]
pub struct Controllers {}

impl Controllers {
    /// Starts with the cluster, at time zero.
    pub fn start(&mut self, world: &mut World) {
        let _ = world;
    }

    /// A change was committed; this is called at once, and must only send it on its way (it arrives after the lag).
    pub fn observe(&mut self, world: &mut World, change: &Arc<Change>) {
        let _ = (world, change);
    }

    /// Does due work.
    pub fn work(&mut self, world: &mut World, work: Work) {
        let _ = (world, work);
    }

    /// A component stopped; `world.faults` says so already.
    pub fn stopped(&mut self, world: &mut World, component: &Component) {
        let _ = (world, component);
    }

    /// A component is back: what it missed it must list anew.
    pub fn started(&mut self, world: &mut World, component: &Component) {
        let _ = (world, component);
    }
}
