//! The controller manager: one cache, one work queue per controller, and the workers that empty them.

pub mod cache;
pub mod ctx;

mod deployment;
mod disruption;
mod endpoints;
mod endpointslice;
mod expectations;
mod garbage_collector;
mod namespace;
mod node_lifecycle;
#[cfg(test)]
mod nodes_tests;
mod pod_gc;
pub mod queue;
#[cfg(test)]
mod reasons_tests;
pub mod registry;
mod replicaset;
mod root_ca;
mod service_lb;
mod serviceaccount;
mod taint_eviction;
#[cfg(test)]
mod testing;

use std::sync::Arc;

use podarium_api::kinds::KindId;
use podarium_api::meta::{Span, Time};
use podarium_api::object::Key;

use self::cache::{Cache, Delta};
use self::ctx::{Add, Ctx, Feed};
use self::queue::{Added, WorkQueue};
use crate::sim::{Actor, Component, Mailbox, Rng, Why};
use crate::store::Change;
use crate::world::World;

pub use self::registry::{ALL, Entry};

/// How long a worker takes for one key.
const WORK: Span = Span::millis(1);

/// How long a restarted controller manager takes to hold its lease again and to have listed everything.
const START: Span = Span::secs(2);

/// What waits in the queue for it.
#[derive(Clone, Debug)]
pub enum Work {
    /// Changes have arrived.
    Deliver,
    /// A controller's workers take their next keys.
    Run {
        /// Of which life of the process.
        life: u32,
        /// The controller's place in [`ALL`].
        controller: usize,
    },
    /// A key's time has come, or its time of being worked on is over.
    Timer {
        /// Of which life of the process.
        life: u32,
        /// The controller's place in [`ALL`].
        controller: usize,
        /// The key.
        key: Key,
        /// Whether this ends the time of being worked on.
        free: bool,
    },
    /// The process leads and has listed everything.
    Lead {
        /// Of which life of the process.
        life: u32,
    },
}

/// What controllers remember beyond the cache; lost when the process ends.
#[derive(Clone, Debug, Default)]
pub struct State {
    expectations: expectations::Expectations,
    templates: replicaset::Templates,
    endpoints: endpointslice::track::Tracks,
    balancers: service_lb::Balancers,
    health: node_lifecycle::Health,
    evictions: taint_eviction::Evictions,
}

/// The controller manager.
#[derive(Clone, Debug)]
pub struct Controllers {
    running: bool,
    life: u32,
    /// The revision that the last list showed; older changes still on their way are known already.
    listed: u64,
    mailbox: Mailbox,
    rng: Rng,
    cache: Cache,
    queues: Vec<WorkQueue>,
    state: State,
}

impl Default for Controllers {
    fn default() -> Self {
        Controllers {
            running: false,
            life: 0,
            listed: 0,
            mailbox: Mailbox::default(),
            rng: Rng::new(0),
            cache: Cache::default(),
            queues: vec![WorkQueue::default(); ALL.len()],
            state: State::default(),
        }
    }
}

impl Controllers {
    /// Starts with the cluster, at time zero. What was made before is on its way to the watches already.
    pub fn start(&mut self, world: &mut World) {
        self.rng = world.rng("controllers");
        self.running = true;
    }

    /// What the controllers know.
    pub fn cache(&self) -> &Cache {
        &self.cache
    }

    /// A change was committed; this is called at once, and must only send it on its way (it arrives after the lag).
    pub fn observe(&mut self, world: &mut World, change: &Arc<Change>) {
        // Events are told to people; no controller watches them.
        if !self.running || change.key.kind == KindId::EVENT || change.revision <= self.listed {
            return;
        }
        let lag = world.config.watch_lag;
        if let Some(due) = self.mailbox.send(world.now(), lag, &mut self.rng, change) {
            world.at(due, Work::Deliver);
        }
    }

    /// Does due work.
    pub fn work(&mut self, world: &mut World, work: Work) {
        match work {
            Work::Deliver => {
                while let Some(change) = self.mailbox.receive(world.now()) {
                    self.deliver(world, &change);
                }
            }
            Work::Run { life, controller } if life == self.life => self.run(world, controller),
            Work::Timer {
                life,
                controller,
                key,
                free,
            } if life == self.life => {
                let queue = &mut self.queues[controller];
                if free {
                    if queue.free(&key) {
                        self.wake(world, controller);
                    }
                } else if queue.timer(world.now(), &key) {
                    let add = Add {
                        key,
                        weight: Default::default(),
                        delay: Span(0),
                    };
                    self.add(world, controller, add);
                }
            }
            Work::Lead { life } if life == self.life => self.lead(world),
            _ => {}
        }
    }

    /// A component stopped; `world.faults` says so already.
    pub fn stopped(&mut self, world: &mut World, component: &Component) {
        if *component == Component::ControllerManager {
            self.life += 1;
            self.running = false;
            self.mailbox.lose();
            self.cache = Cache::default();
            self.queues = vec![WorkQueue::default(); ALL.len()];
            self.state = State::default();
        }
        self.links_changed(world);
    }

    /// A component is back: what it missed it must list anew.
    // upstream: client-go leaderelection; a single restarted instance finds its own lease and is quick to renew it
    pub fn started(&mut self, world: &mut World, component: &Component) {
        if *component == Component::ControllerManager {
            world.after(START, Work::Lead { life: self.life });
        }
        self.links_changed(world);
    }

    /// Links were cut or mended, or components stopped or started; `world.faults` says so already.
    pub fn links_changed(&mut self, world: &mut World) {
        if !self.running {
            return;
        }
        let controller =
            registry::index(node_lifecycle::NAME).expect("every controller is registered");
        let now = world.now();
        for (name, due) in self.state.health.listen(now, &world.faults) {
            let add = Add {
                key: Key::new(KindId::NODE, "", &name),
                weight: Default::default(),
                delay: due - now,
            };
            self.add(world, controller, add);
        }
    }

    fn lead(&mut self, world: &mut World) {
        self.running = true;
        self.listed = world.store().revision();
        self.cache = Cache::list_anew(world.store());
        let everything = world.store().everything();
        let everything: Vec<_> = everything
            .filter(|object| object.kind() != KindId::EVENT)
            .cloned()
            .collect();
        for object in &everything {
            self.enqueue(
                world,
                &Delta {
                    key: &object.key(),
                    old: None,
                    new: Some(object),
                },
            );
        }
        self.links_changed(world);
    }

    fn deliver(&mut self, world: &mut World, change: &Change) {
        world.because(Some(change.record));
        let delta = Delta {
            key: &change.key,
            old: change.old.as_ref(),
            new: change.new.as_ref(),
        };
        self.cache.apply(delta.key, delta.old, delta.new);
        self.enqueue(world, &delta);
    }

    fn enqueue(&mut self, world: &mut World, delta: &Delta<'_>) {
        let mut adds = Vec::new();
        for (controller, entry) in ALL.iter().enumerate() {
            let mut feed = Feed {
                cache: &self.cache,
                state: &mut self.state,
                now: world.now(),
                adds,
            };
            (entry.enqueue)(&mut feed, delta);
            adds = feed.adds;
            for add in adds.drain(..) {
                self.add(world, controller, add);
            }
        }
    }

    /// Adds a key under the current cause.
    fn add(&mut self, world: &mut World, controller: usize, add: Add) {
        let (now, life) = (world.now(), self.life);
        let queue = &mut self.queues[controller];
        let timer = |at: Time, free| {
            let key = add.key.clone();
            let work = Work::Timer {
                life,
                controller,
                key,
                free,
            };
            (at, work)
        };
        if add.delay > Span(0) {
            let at = now + add.delay;
            if queue.add_at(&add.key, at) {
                let (at, work) = timer(at, false);
                world.at(at, work);
            }
            return;
        }
        match queue.add(now, &add.key, add.weight, world.cause()) {
            Added::Ready => self.wake(world, controller),
            Added::BusyUntil(at) => {
                let (at, work) = timer(at, true);
                world.at(at, work);
            }
            Added::Waits => {}
        }
    }

    fn wake(&mut self, world: &mut World, controller: usize) {
        let queue = &mut self.queues[controller];
        if !queue.running {
            queue.running = true;
            world.after(
                WORK,
                Work::Run {
                    life: self.life,
                    controller,
                },
            );
        }
    }

    fn run(&mut self, world: &mut World, controller: usize) {
        self.queues[controller].running = false;
        for _ in 0..ALL[controller].workers {
            let Some((key, cause)) = self.queues[controller].take() else {
                break;
            };
            world.because(cause);
            self.reconcile(world, controller, &key);
        }
        if !self.queues[controller].is_empty() {
            self.wake(world, controller);
        }
    }

    fn reconcile(&mut self, world: &mut World, controller: usize, key: &Key) {
        let entry = &ALL[controller];
        let mut ctx = Ctx {
            world,
            cache: &self.cache,
            state: &mut self.state,
            actor: Actor::Control(entry.doc.name),
            entry,
            adds: Vec::new(),
        };
        let outcome = (entry.reconcile)(&mut ctx, key);
        let mut adds = std::mem::take(&mut ctx.adds);
        let queue = &mut self.queues[controller];
        let again = match outcome {
            Ok(done) => {
                let now = world.now();
                queue.done(now, key, now + done.busy);
                done.again
            }
            Err(status) => {
                let args = [("message", status.message.into())];
                let actor = Actor::Control(entry.doc.name);
                world.note(
                    &actor,
                    Some(key.clone()),
                    Why::with("controller-error", args),
                );
                Some(queue.failed(key))
            }
        };
        adds.extend(again.map(|delay| Add {
            key: key.clone(),
            weight: Default::default(),
            delay,
        }));
        for add in adds {
            self.add(world, controller, add);
        }
    }
}
