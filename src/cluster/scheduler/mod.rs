//! The scheduler: watches for pods without a node and finds one for each.

pub mod cache;
pub mod cycle;
pub mod plugins;
pub mod queue;

use std::sync::Arc;

use podarium_api::kinds::KindId;
use podarium_api::meta::{Span, Str};
use podarium_api::object::{Key, Object};
use podarium_api::pod::{Pod, PodBody};

use crate::apiserver::Telling;
use crate::sim::{Actor, Component, Mailbox, Rng, Why};
use crate::store::Change;
use crate::world::World;
use cache::Cache;
use queue::{Queue, Waiting};

/// The name that its pods ask for and its events carry.
pub const NAME: &str = "default-scheduler";

/// How long one cycle takes.
const CYCLE: Span = Span::micros(500);

/// What waits in the queue for it.
#[derive(Clone, Debug)]
pub enum Work {
    /// Changes have arrived.
    Deliver,
    /// Time for the next pod.
    Cycle,
    /// A back-off has passed.
    MoveDue,
    /// It is back after a stop.
    Resync,
}

/// The scheduler.
#[derive(Clone, Debug)]
pub struct Scheduler {
    inbox: Mailbox,
    queue: Queue,
    cache: Cache,
    rng: Rng,
    start: usize,
    cycle_asked: bool,
    move_at: Option<podarium_api::meta::Time>,
}

impl Default for Scheduler {
    fn default() -> Self {
        Scheduler {
            inbox: Mailbox::default(),
            queue: Queue::default(),
            cache: Cache::default(),
            rng: Rng::new(0),
            start: 0,
            cycle_asked: false,
            move_at: None,
        }
    }
}

impl Scheduler {
    /// Starts with the cluster, at time zero.
    pub fn start(&mut self, world: &mut World) {
        self.rng = world.rng("scheduler");
    }

    /// The pods that wait for a node.
    pub fn waiting(&self) -> &Queue {
        &self.queue
    }

    /// What the scheduler knows of the nodes.
    pub fn cache(&self) -> &Cache {
        &self.cache
    }

    /// A change was committed: sends it on its way.
    pub fn observe(&mut self, world: &mut World, change: &Arc<Change>) {
        if !matches!(change.key.kind, KindId::POD | KindId::NODE)
            || !world.faults.runs(&Component::Scheduler)
        {
            return;
        }
        // A kubelet's news of a pod that goes on taking its place is nothing to the scheduler.
        if let (Some(Object::Pod(old)), Some(Object::Pod(new))) = (&change.old, &change.new)
            && old.body.node_name.is_some()
            && old.body.status.phase.is_terminal() == new.body.status.phase.is_terminal()
            && Arc::ptr_eq(&old.body.spec, &new.body.spec)
        {
            return;
        }
        let lag = world.config.watch_lag;
        if let Some(due) = self.inbox.send(world.now(), lag, &mut self.rng, change) {
            world.at(due, Work::Deliver);
        }
    }

    /// Does due work.
    pub fn work(&mut self, world: &mut World, work: Work) {
        if !world.faults.runs(&Component::Scheduler) {
            return;
        }
        match work {
            Work::Deliver => {
                while let Some(change) = self.inbox.receive(world.now()) {
                    world.because(Some(change.record));
                    self.learn(world, &change.key, change.old.as_ref(), change.new.as_ref());
                }
            }
            Work::Cycle => {
                self.cycle_asked = false;
                self.cycle(world);
            }
            Work::MoveDue => {
                self.move_at = None;
                self.queue.move_due(world.now());
            }
            Work::Resync => self.resync(world),
        }
        self.ask(world);
    }

    /// A component stopped.
    pub fn stopped(&mut self, _: &mut World, component: &Component) {
        if *component == Component::Scheduler {
            // The process is gone, and with it all that it knew.
            self.inbox.lose();
            (self.queue, self.cache) = (Queue::default(), Cache::default());
            (self.cycle_asked, self.move_at) = (false, None);
        }
    }

    /// A component is back.
    pub fn started(&mut self, world: &mut World, component: &Component) {
        if *component == Component::Scheduler {
            // Start-up, lists of everything watched, and the lease of the instance that was stopped.
            world.after(Span::secs(2), Work::Resync);
        }
    }

    fn resync(&mut self, world: &mut World) {
        let snapshot = world.store().clone();
        self.inbox.lose();
        (self.queue, self.cache) = (Queue::default(), Cache::default());
        for kind in [KindId::NODE, KindId::POD] {
            for object in snapshot.list(kind) {
                self.learn(world, &object.key(), None, Some(object));
            }
        }
    }

    /// upstream: pkg/scheduler/eventhandlers.go addAllEventHandlers
    fn learn(&mut self, world: &World, key: &Key, old: Option<&Object>, new: Option<&Object>) {
        let (now, cause) = (world.now(), world.cause());
        match new.or(old) {
            Some(Object::Node(node)) => {
                if new.is_none() {
                    self.cache.remove_node(&node.meta.name);
                } else if self.cache.set_node(node) {
                    self.queue.wake_all(now, cause);
                }
            }
            Some(Object::Pod(pod)) => {
                let gone = new.is_none() || pod.body.status.phase.is_terminal();
                if gone {
                    self.queue.remove(key);
                    if self.cache.release(key) {
                        self.queue.wake_all(now, cause);
                    }
                } else if pod.body.node_name.is_some() {
                    self.queue.remove(key);
                    self.cache.add_pod(key, pod);
                } else {
                    self.learn_unbound(world, key, old.and_then(Object::as_pod), pod);
                }
            }
            _ => {}
        }
    }

    fn learn_unbound(&mut self, world: &World, key: &Key, old: Option<&Arc<Pod>>, pod: &Pod) {
        if !responsible(pod) || pod.meta.is_terminating() {
            self.queue.remove(key);
            return;
        }
        // The scheduler's own note of a failed attempt must not count as a reason to try again.
        let only_status = old.is_some_and(|old| {
            Arc::ptr_eq(&old.body.spec, &pod.body.spec) && old.meta.labels == pod.meta.labels
        });
        if !only_status {
            let priority = pod.body.spec.priority.unwrap_or_default();
            self.queue
                .add(world.now(), key.clone(), priority, world.cause());
        }
    }

    /// One scheduling cycle, for the pod whose turn it is.
    fn cycle(&mut self, world: &mut World) {
        let Some((key, waiting)) = self.queue.pop() else {
            return;
        };
        world.because(waiting.cause);
        let Some(pod) = world.get::<PodBody>(&key.namespace, &key.name) else {
            return;
        };
        if pod.meta.is_terminating() || pod.body.node_name.is_some() {
            return;
        }
        let template = self.cache.template(&pod.body.spec);
        match cycle::choose(&self.cache, &template, &mut self.start, &mut self.rng) {
            Ok(choice) => {
                self.cache.place(&key, &choice.node, &template);
                self.bind(world, &key, &pod, choice, waiting);
            }
            Err(no_fit) => {
                self.fail(world, &key, &pod, &no_fit.message);
                self.queue.unschedulable(world.now(), key, waiting);
            }
        }
    }

    fn bind(
        &mut self,
        world: &mut World,
        key: &Key,
        pod: &Arc<Pod>,
        choice: cycle::Choice,
        waiting: Waiting,
    ) {
        let actor = Actor::Control(NAME);
        let why = Why::with(
            "scheduled",
            [
                ("node", (&choice.node).into()),
                ("score", choice.score.into()),
                ("most", choice.best_possible.into()),
                ("feasible", choice.feasible.into()),
                ("nodes", choice.evaluated.into()),
                ("ties", choice.ties.into()),
            ],
        );
        match world.bind(&actor, &key.namespace, &key.name, &choice.node, why) {
            Ok(bound) => {
                let message = format!(
                    "Successfully assigned {}/{} to {}",
                    key.namespace, key.name, choice.node
                );
                tell(world, bound, false, ["Scheduled", "Binding"], message);
            }
            Err(status) => {
                self.cache.release(key);
                tell(world, pod.clone(), true, FAILED, status.message);
                self.queue.retry(world.now(), key.clone(), waiting);
            }
        }
    }

    /// upstream: pkg/scheduler/schedule_one.go handleSchedulingFailure
    fn fail(&mut self, world: &mut World, key: &Key, pod: &Arc<Pod>, message: &str) {
        let actor = Actor::Control(NAME);
        tell(world, pod.clone(), true, FAILED, message);
        let mut failed = pod.as_ref().clone();
        let now = world.now();
        if failed.body.status.set_condition(
            now,
            "PodScheduled",
            Some(false),
            Some("Unschedulable"),
            Some(message),
        ) {
            let why = Why::with("unschedulable", [("message", message.into())]);
            // A pod that is gone meanwhile needs no note.
            if world.update_status(&actor, failed, why).is_err() {
                self.queue.remove(key);
            }
        }
    }

    /// Sees to it that what waits will be done.
    fn ask(&mut self, world: &mut World) {
        if self.queue.has_active() && !self.cycle_asked {
            self.cycle_asked = true;
            world.after(CYCLE, Work::Cycle);
        }
        if let Some(due) = self.queue.next_due()
            && self.move_at.is_none_or(|at| due < at)
        {
            self.move_at = Some(due);
            world.at(due, Work::MoveDue);
        }
    }
}

/// What is told of a pod that found no node, and of what was being done.
const FAILED: [&str; 2] = ["FailedScheduling", "Scheduling"];

/// Tells people something about a pod.
// upstream: pkg/scheduler/schedule_one.go bindingCycle, handleSchedulingFailure, truncateMessage
fn tell(
    world: &mut World,
    pod: Arc<Pod>,
    warning: bool,
    [reason, action]: [&'static str; 2],
    message: impl Into<Str>,
) {
    const MOST: usize = 1_024;
    let mut message = message.into();
    if message.len() > MOST {
        let end = message.floor_char_boundary(MOST - 4);
        message = [&message[..end], " ..."].concat().into();
    }
    let telling = Telling {
        warning,
        reason,
        message,
        action,
        ..Telling::default()
    };
    world.tell_part(&Actor::Control(NAME), &Object::Pod(pod), telling);
}

/// Whether a pod asks for this scheduler and holds no scheduling gate.
fn responsible(pod: &Pod) -> bool {
    let spec = &pod.body.spec;
    let ours = spec
        .scheduler_name
        .as_deref()
        .is_none_or(|n| n.is_empty() || n == NAME);
    ours && spec.scheduling_gates.as_ref().is_none_or(Vec::is_empty)
}

/// What the scheduler itself is, and the fields that it acts on beside its plugins.
pub const DOC: crate::doc::Doc = crate::doc::Doc {
    name: "kube-scheduler",
    sentence: "Finds a node for every pod that has none.",
    upstream: "pkg/scheduler/schedule_one.go",
    docs: "concepts/scheduling-eviction/kube-scheduler/",
    acts_on: &[
        "Pod.spec.schedulerName",
        "Pod.spec.schedulingGates.**",
        "Pod.spec.priority",
        "Pod.spec.nodeName",
    ],
};

#[cfg(test)]
mod tests;
