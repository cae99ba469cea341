//! The network: addresses, rules, names, packets and traffic.

mod protocol;
mod source;
mod trace;

use std::collections::VecDeque;
use std::sync::Arc;

pub use protocol::Protocol;
pub use source::{Destination, Origin, TrafficSource};
pub use trace::{Failure, Hop, Outcome, PATIENCE, Place, Step, Trace, Traffic};

use podarium_api::object::Key;

use crate::apiserver::Response;
use crate::kubelet::Kubelets;
use crate::sim::Component;
use crate::store::Change;
use crate::world::World;

/// What waits in the queue for it.
#[derive(Clone, Debug)]
pub enum Work {
    /// A traffic source sends its next request.
    Send {
        /// Its name.
        source: podarium_api::meta::Str,
        /// Which setting of that name; an older one's work is void.
        run: u32,
    },
    /// A program that calls others by itself has started or stopped: the kubelet asks the network to look.
    Caller {
        /// Its pod.
        pod: Key,
        /// The number of the container's run.
        run: u32,
    },
    /// Such a program makes its next round of calls.
    Call {
        /// Its pod.
        pod: Key,
        /// The number of the container's run.
        run: u32,
    },
}

/// The network: addresses, rules, names, packets and traffic.
#[derive(Clone, Debug, Default)]
pub struct Network {
    traces: VecDeque<Arc<Trace>>,
}

impl Network {
    /// Starts with the cluster, at time zero.
    pub fn start(&mut self, world: &mut World) {
        let _ = world;
    }

    /// A change was committed; this is called at once, and must only send it on its way (it arrives after the lag).
    pub fn observe(&mut self, world: &mut World, change: &Arc<Change>) {
        let _ = (world, change);
    }

    /// Does due work.
    pub fn work(&mut self, world: &mut World, work: Work, kubelets: &mut Kubelets) {
        let _ = (world, work, kubelets);
    }

    /// A component stopped; `world.faults` says so already.
    pub fn stopped(&mut self, world: &mut World, component: &Component) {
        let _ = (world, component);
    }

    /// A component is back: what it missed it must list anew.
    pub fn started(&mut self, world: &mut World, component: &Component) {
        let _ = (world, component);
    }

    /// Adds a traffic source, or replaces the one of that name.
    pub fn set_traffic(&mut self, world: &mut World, source: TrafficSource) -> Response {
        let _ = (world, source);
        Response::empty()
    }

    /// Removes the traffic source of that name.
    pub fn stop_traffic(&mut self, world: &mut World, name: &str) -> Response {
        let _ = (world, name);
        Response::empty()
    }

    /// Finished and running requests of late, oldest first, from the one numbered `first` on. A trace is put here when it
    /// sets out; its hops lie partly in the future then.
    pub fn traces_since(&self, first: u64) -> impl Iterator<Item = &Arc<Trace>> {
        self.traces.iter().filter(move |t| t.id >= first)
    }

    /// Links were cut or mended; `world.faults` says so already.
    pub fn links_changed(&mut self, world: &mut World) {
        let _ = world;
    }
}
