//! The control plane at work: each write is a pulse from who wrote to the API server and on to etcd, and its delivery to
//! those who watch that kind.

use std::collections::VecDeque;

use podarium_api::kinds::KindId;
use podarium_api::meta::Str;
use podarium_api::object::Key;
use podarium_api::ordered::OrdMap;
use podarium_cluster::sim::{Actor, Record, Verb, What};

use crate::model::Model;
use crate::thing::{Component, Thing, ThingId};

/// How long a pulse travels, in virtual microseconds at normal speed.
const TRAVEL: f64 = 380_000.0;
/// How long a part stays lit after it has acted.
const LIT: f64 = 700_000.0;
/// More pulses than these tell no more.
const MOST: usize = 60;
/// More deliveries of one change than these are not drawn.
const MOST_DELIVERIES: usize = 8;
/// Up to this speed pulses are as fast as time.
const EASY_SPEED: f64 = 3.0;

/// What a pulse is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Signal {
    /// A person's or client's request.
    Request,
    /// A write of a component.
    Write,
    /// A delivery to one who watches.
    Delivery,
}

/// A pulse on its way.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Pulse {
    /// From where; `None` is outside.
    pub from: Option<ThingId>,
    /// To where.
    pub to: ThingId,
    /// When it sets out: virtual microseconds.
    pub start: f64,
    /// How long it travels.
    pub length: f64,
    /// What it is.
    pub signal: Signal,
}

/// All pulses.
#[derive(Clone, Debug, Default)]
pub struct Pulses {
    /// On their way, the oldest first.
    pub all: VecDeque<Pulse>,
    /// Parts that have just acted, and until when they stay lit.
    pub lit: OrdMap<ThingId, f64>,
    last_write: Str,
}

impl Pulses {
    /// Forgets everything: time has leapt.
    pub fn clear(&mut self) {
        *self = Pulses::default();
    }

    /// The last write in a few letters, as `update deploy/web`; empty before the first.
    pub fn last_write(&self) -> &Str {
        &self.last_write
    }

    /// Takes in a record of the log.
    pub fn take(&mut self, model: &Model, record: &Record, now: f64, speed: f64) {
        let stretch = (speed / EASY_SPEED).max(1.0);
        let start = record.time.0 as f64;
        let travel = TRAVEL * stretch;
        if start + 3.0 * travel < now {
            if let What::Write { verb, key, .. } = &record.what {
                self.wrote(model, *verb, key);
            }
            return;
        }
        let from = actor(&record.actor);
        if let Some(from) = from.filter(|_| record.actor != Actor::Bootstrap) {
            self.light(from, start + LIT * stretch);
        }
        let What::Write { verb, key, .. } = &record.what else {
            return;
        };
        self.wrote(model, *verb, key);
        if record.actor == Actor::Bootstrap
            || (key.kind == KindId::EVENT && self.all.len() > MOST / 4)
        {
            return;
        }
        let api = Thing::ControlPlane(Component::ApiServer).id();
        let etcd = Thing::ControlPlane(Component::Etcd).id();
        let signal = if matches!(record.actor, Actor::User(_)) {
            Signal::Request
        } else {
            Signal::Write
        };
        let own = from == Some(api);
        if !own {
            self.send(Pulse {
                from,
                to: api,
                start,
                length: travel,
                signal,
            });
        }
        let arrived = if own { start } else { start + travel };
        self.light(api, arrived + LIT * stretch);
        self.send(Pulse {
            from: Some(api),
            to: etcd,
            start: arrived,
            length: travel * 0.6,
            signal: Signal::Write,
        });
        if self.all.len() < MOST / 2 {
            let watchers = watchers(model, key)
                .into_iter()
                .filter(|w| Some(*w) != from);
            for to in watchers.take(MOST_DELIVERIES) {
                let start = arrived + travel * 0.4;
                self.send(Pulse {
                    from: Some(api),
                    to,
                    start,
                    length: travel,
                    signal: Signal::Delivery,
                });
            }
        }
    }

    fn wrote(&mut self, model: &Model, verb: Verb, key: &Key) {
        if key.kind == KindId::EVENT {
            return;
        }
        let verb = match verb {
            Verb::Create => "create",
            Verb::Update | Verb::UpdateStatus => "update",
            Verb::MarkDeleted | Verb::Delete => "delete",
        };
        let info = key.kind.info();
        let kind = info.short_names.first().copied().unwrap_or(info.singular);
        // A pod's own name is too long for a chip and says less than whose pod it is.
        let workload = model.pods.get(key).and_then(|p| p.workload.as_ref());
        let name = &workload.unwrap_or(key).name;
        self.last_write = [verb, " ", kind, "/", name].concat().into();
    }

    fn send(&mut self, pulse: Pulse) {
        if self.all.len() < MOST {
            self.all.push_back(pulse);
        }
    }

    fn light(&mut self, thing: ThingId, until: f64) {
        let lit = self.lit.entry(thing).or_insert(until);
        *lit = lit.max(until);
    }

    /// Forgets what is over; whether anything moves.
    pub fn prune(&mut self, now: f64) -> bool {
        let before = self.all.len() + self.lit.len();
        self.all.retain(|p| p.start + p.length > now);
        self.lit.retain(|_, until| *until > now);
        before > 0
    }
}

/// The part of the stage that an actor is; `None` is outside.
fn actor(actor: &Actor) -> Option<ThingId> {
    let component = match actor {
        Actor::Control("kube-apiserver") => Component::ApiServer,
        Actor::Control("default-scheduler" | "kube-scheduler" | "scheduler") => {
            Component::Scheduler
        }
        Actor::Control(name) => Component::Controller(name),
        Actor::Kubelet(node) => return Some(Thing::Kubelet(node.clone()).id()),
        Actor::KubeProxy(node) => return Some(Thing::KubeProxy(node.clone()).id()),
        Actor::User(_) | Actor::Bootstrap => return None,
    };
    Some(Thing::ControlPlane(component).id())
}

/// Those that run and are told of a change of that object.
// upstream: each component's informers: cmd/kube-controller-manager/app/*.go, pkg/scheduler/eventhandlers.go,
// pkg/kubelet/config/apiserver.go, pkg/proxy/config/config.go
fn watchers(model: &Model, key: &Key) -> Vec<ThingId> {
    let (controllers, scheduler, proxies): (&[&str], bool, bool) = match key.kind {
        KindId::POD => (
            &["replicaset-controller", "endpointslice-controller"],
            true,
            false,
        ),
        KindId::NODE => (&["node-lifecycle-controller"], true, false),
        KindId::DEPLOYMENT => (&["deployment-controller"], false, false),
        KindId::REPLICA_SET => (
            &["deployment-controller", "replicaset-controller"],
            false,
            false,
        ),
        KindId::SERVICE => (&["endpointslice-controller"], false, true),
        KindId::ENDPOINT_SLICE => (&[], false, true),
        KindId::NAMESPACE => (
            &["serviceaccount-controller", "namespace-controller"],
            false,
            false,
        ),
        _ => (&[], false, false),
    };
    let told = |component: &Component| match component {
        Component::Scheduler => scheduler,
        Component::Controller(name) => controllers.contains(name),
        _ => false,
    };
    let chips = model.chips.iter().filter(|c| c.runs && told(&c.component));
    let mut all: Vec<ThingId> = chips
        .map(|c| Thing::ControlPlane(c.component.clone()).id())
        .collect();
    if key.kind == KindId::POD {
        let node = model.pods.get(key).and_then(|p| p.node.as_ref());
        if let Some(node) = node.filter(|n| model.nodes.get(*n).is_some_and(|m| m.kubelet)) {
            all.push(Thing::Kubelet(node.clone()).id());
        }
    }
    if proxies {
        let running = model.nodes.iter().filter(|(_, n)| n.proxy);
        all.extend(
            running
                .take(MOST_DELIVERIES)
                .map(|(name, _)| Thing::KubeProxy(name.clone()).id()),
        );
    }
    all
}
