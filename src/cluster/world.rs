//! The world that every component shares: the clock, the queue, the store and the record of causes.

use std::sync::Arc;

use podarium_api::kinds::KindId;
use podarium_api::meta::{Span, Time, Uid};
use podarium_api::object::{Body, Key, Obj, Object};

use crate::config::Config;
use crate::sim::queue::Due;
use crate::sim::{Actor, Faults, Log, Queue, Record, RecordId, Rng, Verb, What, Why};
use crate::store::{Change, Store};
use crate::{apiserver, controllers, kubelet, network, scheduler};

/// Work that waits in the queue, by the component that does it.
#[derive(Clone, Debug)]
pub enum Work {
    /// For the controller manager.
    Controllers(controllers::Work),
    /// For the scheduler.
    Scheduler(scheduler::Work),
    /// For a kubelet.
    Kubelet(kubelet::Work),
    /// For the network: traffic, mostly.
    Network(network::Work),
    /// For the API server: expiry.
    Api(apiserver::Work),
}

macro_rules! work_from {
    ($($variant:ident: $module:ident,)*) => {$(
        impl From<$module::Work> for Work {
            fn from(work: $module::Work) -> Work {
                Work::$variant(work)
            }
        }
    )*};
}
work_from! { Controllers: controllers, Scheduler: scheduler, Kubelet: kubelet, Network: network, Api: apiserver, }

/// Everything that components share. They read the store directly only where a real component would ask the API server
/// (a live GET); what they know otherwise, they have been told by a watch.
#[derive(Clone, Debug)]
pub struct World {
    /// What the cluster was made with.
    pub config: Arc<Config>,
    /// What is broken.
    pub faults: Faults,
    pub(crate) now: Time,
    pub(crate) queue: Queue<Work>,
    pub(crate) store: Store,
    pub(crate) log: Log,
    pub(crate) api: apiserver::State,
    /// What is said to the person whose request is being answered; none while nobody listens.
    pub(crate) warnings: Option<Vec<String>>,
    /// What is said of the kind that is being written, if it has a definition.
    pub(crate) custom: Option<Arc<serde_json::Value>>,
    /// Whether what is written came by way of events.k8s.io.
    pub(crate) strict: bool,
    cause: Option<RecordId>,
    pending: Vec<Arc<Change>>,
    uids: Rng,
    numbers: u32,
    /// Whether writes only say what they would do.
    pub(crate) dry: bool,
}

/// The next uid of a generator.
pub(crate) fn uid(rng: &mut Rng) -> Uid {
    let bits = u128::from(rng.next()) << 64 | u128::from(rng.next());
    // Version 4, variant 1: what uuid.NewUUID gives upstream's API server.
    Uid(bits & !(0xf << 76) & !(0x3 << 62) | 0x4 << 76 | 0x2 << 62)
}

impl World {
    /// An empty world at the instant at which it begins.
    pub fn new(config: Config) -> Self {
        let uids = Rng::stream(config.seed, "uid");
        World {
            now: config.start,
            api: apiserver::State::new(&config),
            config: Arc::new(config),
            faults: Faults::default(),
            queue: Queue::default(),
            store: Store::default(),
            log: Log::default(),
            warnings: None,
            custom: None,
            strict: false,
            cause: None,
            pending: Vec::new(),
            uids,
            numbers: 0,
            dry: false,
        }
    }

    /// The virtual time.
    pub fn now(&self) -> Time {
        self.now
    }

    /// The objects.
    pub fn store(&self) -> &Store {
        &self.store
    }

    /// What happened so far.
    pub fn log(&self) -> &Log {
        &self.log
    }

    /// A generator of its own for the part of the cluster that `label` names.
    pub fn rng(&self, label: &str) -> Rng {
        Rng::stream(self.config.seed, label)
    }

    /// A number that no one else gets: for container ids and the like.
    pub fn next_number(&mut self) -> u32 {
        self.numbers += 1;
        self.numbers
    }

    /// A fresh uid.
    pub fn next_uid(&mut self) -> Uid {
        uid(&mut self.uids)
    }

    /// Asks for work after a delay. What it does will be caused by what is happening now.
    pub fn after(&mut self, delay: Span, work: impl Into<Work>) {
        self.at(self.now + delay, work);
    }

    /// Asks for work at an instant (now, if that has passed).
    pub fn at(&mut self, time: Time, work: impl Into<Work>) {
        if self.dry {
            return;
        }
        self.queue.push(time.max(self.now), self.cause, work.into());
    }

    /// What is causing things just now.
    pub fn cause(&self) -> Option<RecordId> {
        self.cause
    }

    /// Says what causes the things that follow: the change that a component is reacting to, mostly.
    pub fn because(&mut self, cause: Option<RecordId>) {
        self.cause = cause;
    }

    /// Records something that wrote nothing, as caused by what is happening now.
    pub fn note(&mut self, actor: &Actor, about: Option<Key>, why: Why) -> RecordId {
        self.record(actor, What::Note(about), why)
    }

    /// Appends to the log under the current cause.
    pub(crate) fn record(&mut self, actor: &Actor, what: What, why: Why) -> RecordId {
        if self.dry {
            return RecordId(0);
        }
        self.log.push(Record {
            time: self.now,
            cause: self.cause,
            actor: actor.clone(),
            what,
            why,
        })
    }

    /// The object of that kind and name as it is stored now: a live GET.
    pub fn get<B: Body>(&self, namespace: &str, name: &str) -> Option<Arc<Obj<B>>> {
        self.store.find(namespace, name).cloned()
    }

    /// Commits a write that the API server has let through, records it, and sends it to the watches.
    pub(crate) fn commit(
        &mut self,
        actor: &Actor,
        verb: Verb,
        key: Key,
        mut new: Option<Object>,
        why: Why,
    ) -> Arc<Change> {
        if let Some(Object::Event(event)) = &mut new {
            apiserver::keep_event(self, event);
        }
        if key.kind == KindId::SERVICE {
            apiserver::addresses(self, &key, new.as_ref());
        }
        let revision = self.store.revision() + 1;
        if self.dry {
            let record = RecordId(0);
            return Arc::new(Change {
                revision,
                time: self.now,
                record,
                old: self.store.get(&key).cloned(),
                key,
                new,
            });
        }
        let record = self.record(
            actor,
            What::Write {
                verb,
                key: key.clone(),
                revision,
            },
            why,
        );
        let change = self.store.commit(self.now, record, key, new);
        self.api.policy.changed(&change);
        if change.key.kind == KindId::CUSTOM_RESOURCE_DEFINITION {
            let cause = self.cause.replace(record);
            apiserver::custom::later(self, &change.key.name);
            self.cause = cause;
        }
        if change.key.kind == KindId::CLUSTER_ROLE {
            let cause = self.cause.replace(record);
            apiserver::aggregates(self);
            self.cause = cause;
        }
        // Nobody inside the cluster watches events: what is told to people moves nothing.
        if change.key.kind != KindId::EVENT {
            self.pending.push(change.clone());
        }
        change
    }

    /// Does something, and where it is only to be tried, leaves the world as it was: nothing is written, and what was drawn
    /// or given away meanwhile is put back.
    pub(crate) fn maybe_dry<T>(&mut self, dry: bool, act: impl FnOnce(&mut World) -> T) -> T {
        if !dry {
            return act(self);
        }
        let before = (self.api.clone(), self.uids.clone(), self.numbers);
        self.dry = true;
        let outcome = act(self);
        self.dry = false;
        (self.api, self.uids, self.numbers) = before;
        outcome
    }

    /// Takes the changes that the watches have not been told of yet.
    pub(crate) fn take_pending(&mut self) -> Vec<Arc<Change>> {
        std::mem::take(&mut self.pending)
    }

    /// Takes the next due work and moves the clock to it.
    pub(crate) fn next_work(&mut self, until: Time) -> Option<Work> {
        let Due { time, cause, work } = self.queue.pop(until)?;
        self.now = time;
        self.cause = cause;
        Some(work)
    }
}
