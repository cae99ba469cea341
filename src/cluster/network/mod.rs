//! The network: addresses, rules, names, packets and traffic.

mod choice;
mod compile;
mod dns;
pub mod docs;
mod ground;
mod protocol;
mod proxy;
mod route;
mod source;
mod stats;
mod table;
mod target;
mod trace;
mod traffic;
mod view;
mod views;
mod walk;

#[cfg(test)]
mod tests;

use std::collections::VecDeque;
use std::sync::Arc;

pub use choice::{Backend, Backends, Categories, Uses};
pub use compile::{Rules, ServicePort, ServiceType, Version};
pub use dns::{Answer, CLUSTER_DNS, CLUSTER_DOMAIN, ResolvConf};
pub use ground::{Call, Caller, Ground, Offer};
pub use protocol::Protocol;
pub use proxy::{Decision, Matched, Sender, SenderKind, Translation};
pub use source::{Destination, Origin, TrafficSource};
pub use stats::Stats;
pub use target::Target;
pub use trace::{Failure, Hop, Outcome, PATIENCE, Place, Step, Trace, Traffic};
pub use view::{ServiceView, pod_of};

use podarium_api::kinds::KindId;
use podarium_api::meta::Str;
use podarium_api::object::Key;
use podarium_api::ordered::OrdMap;

use crate::kubelet::Kubelets;
use crate::sim::faults::CONTROL_PLANE;
use crate::sim::{Component, Rng};
use crate::store::Change;
use crate::world::World;
use proxy::Dice;
use stats::Counters;
use table::Tables;
use traffic::{Failures, Running};
use views::Role;

/// What waits in the queue for it.
#[derive(Clone, Debug)]
pub enum Work {
    /// A traffic source sends its next request.
    Send {
        /// Its name.
        source: Str,
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
#[derive(Clone, Debug)]
pub struct Network {
    tables: Tables,
    dice: Dice,
    sources: OrdMap<Str, Running>,
    /// Which run of each pod's self-calling program is known.
    callers: OrdMap<Key, u32>,
    traces: VecDeque<Arc<Trace>>,
    counters: Counters,
    failures: Failures,
    next_id: u64,
    next_run: u32,
}

impl Default for Network {
    /// A network of nothing; [`Network::start`] gives it its seed and pace.
    fn default() -> Self {
        Network {
            tables: Tables::default(),
            dice: Dice::new(Rng::new(0)),
            sources: OrdMap::new(),
            callers: OrdMap::new(),
            traces: VecDeque::new(),
            counters: Counters::default(),
            failures: Failures::new(),
            next_id: 1,
            next_run: 0,
        }
    }
}

impl Network {
    /// Starts with the cluster, at time zero.
    pub fn start(&mut self, world: &mut World) {
        self.tables = Tables::new(&world.config);
        self.dice = Dice::new(world.rng("network"));
    }

    /// A change was committed. The tables take it in at once; whoever reads them sees it after a lag of its own.
    pub fn observe(&mut self, world: &mut World, change: &Arc<Change>) {
        let start = world.config.start;
        self.tables.observe(start, world.now(), change);
        if change.new.is_none() && [KindId::POD, KindId::SERVICE].contains(&change.key.kind) {
            self.forget(&change.key);
        }
    }

    /// Does due work.
    pub fn work(&mut self, world: &mut World, work: Work, kubelets: &mut Kubelets) {
        self.work_on(world, work, kubelets);
    }

    fn work_on(&mut self, world: &mut World, work: Work, ground: &dyn Ground) {
        match work {
            Work::Send { source, run } => self.send_next(world, ground, source, run),
            Work::Caller { pod, run } => self.caller_changed(world, ground, pod, run),
            Work::Call { pod, run } => self.call_round(world, ground, pod, run),
        }
    }

    /// A component stopped; `world.faults` says so already.
    pub fn stopped(&mut self, world: &mut World, component: &Component) {
        if matches!(component, Component::Node(_) | Component::KubeProxy(_)) {
            self.links_changed(world);
        }
    }

    /// A component is back: what it missed it must list anew.
    pub fn started(&mut self, world: &mut World, component: &Component) {
        if matches!(component, Component::Node(_) | Component::KubeProxy(_)) {
            self.links_changed(world);
        }
    }

    /// Links were cut or mended, or processes stopped or started; `world.faults` says so already. Who hears of changes?
    pub fn links_changed(&mut self, world: &mut World) {
        let (now, faults) = (world.now(), &world.faults);
        let nodes: Vec<Str> = self.tables.nodes().map(|(name, _)| name.clone()).collect();
        for node in &nodes {
            let off = !faults.runs(&Component::Node(node.clone()));
            let linked = faults.linked(node, CONTROL_PLANE);
            let proxy = linked && faults.runs(&Component::KubeProxy(node.clone()));
            for (role, hears) in [(Role::Proxy, proxy), (Role::Watcher, linked && !off)] {
                match (hears, self.tables.views.is_lost(role, node)) {
                    (true, true) => self.tables.regain(role, node, now),
                    (false, _) => self.tables.views.lose(role, node, now, off),
                    (true, false) => {}
                }
            }
        }
        self.tables.views.forget(now, None);
    }

    /// Finished and running requests of late, oldest first, from the one numbered `first` on. A trace is put here when it
    /// sets out; its hops lie partly in the future then.
    pub fn traces_since(&self, first: u64) -> impl Iterator<Item = &Arc<Trace>> {
        let from = self.traces.partition_point(|t| t.id < first);
        self.traces.range(from..)
    }
}
