//! History: the log of outside input, checkpoints, and the way back to any instant.
//!
//! Only outside input is written down. A checkpoint is a clone of the core without its log (the log is the same again
//! under replay, so its length is enough), and everything between two checkpoints is lived anew.

mod wire;

use std::fmt;

use podarium_api::meta::Time;
use podarium_api::status::Status;

use crate::apiserver::{Method, Request, Response};
use crate::command::Command;
use crate::config::Config;
use crate::core::Core;
use crate::kubelet::Kubelets;
use crate::network::{Network, Place, Trace};
use crate::scheduler::Scheduler;
use crate::sim::User;
use crate::world::World;

/// How many checkpoints are kept; when there are more, every second of the older half goes.
const CHECKPOINTS: usize = 12;

/// How much work lies between two checkpoints at least.
const CHECKPOINT_EVERY: u64 = 4_096;

/// … and at least so much for every object: a checkpoint costs a copy of the components, and must stay a small part of
/// what is spent on living.
const STEPS_PER_OBJECT: u64 = 4;

/// A point in a cluster's life: after so many steps, at that instant.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub struct Point {
    /// Pieces of work done since the beginning.
    pub steps: u64,
    /// The virtual time.
    pub time: Time,
}

/// A command and when it came.
#[derive(Clone, Debug, PartialEq)]
pub struct Input {
    /// After how much work, and at what time.
    pub at: Point,
    /// What came.
    pub command: Command,
}

#[derive(Clone)]
struct Checkpoint {
    at: Point,
    inputs: usize,
    log: usize,
    core: Core,
}

/// What [`Cluster::advance`] came to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Progress {
    /// Whether the asked time was reached; otherwise the budget was spent first.
    pub reached: bool,
    /// Pieces of work done.
    pub steps: u64,
}

/// A way back that is being gone: [`Cluster::back`] finds it, [`Cluster::go_back`] goes it.
#[derive(Clone, Copy, Debug)]
pub struct Back {
    /// The checkpoint from which life is lived anew.
    from: usize,
    /// The record that is to be undone.
    last: usize,
    /// Where the cluster was before it did the last thing: work and inputs.
    before: (u64, usize),
    /// Whether `before` is where to go.
    found: bool,
}

/// A cluster and its history. A clone is a fork: neither knows of the other afterwards.
#[derive(Clone)]
pub struct Cluster {
    core: Core,
    steps: u64,
    inputs: Vec<Input>,
    /// How many of `inputs` have happened; more than that lie ahead after a seek into the past.
    happened: usize,
    checkpoints: Vec<Checkpoint>,
}

impl fmt::Debug for Cluster {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "Cluster(at {} µs, {} steps, {} inputs)",
            self.core.world.now.0,
            self.steps,
            self.inputs.len()
        )
    }
}

impl Cluster {
    /// A fresh cluster: its first objects and nodes are there, nothing has happened yet.
    pub fn new(config: Config) -> Self {
        let mut cluster = Cluster {
            core: Core::new(config),
            steps: 0,
            inputs: Vec::new(),
            happened: 0,
            checkpoints: Vec::new(),
        };
        cluster.checkpoint();
        cluster
    }

    /// A cluster that has not begun: nothing is in it and nothing ever happens. It stands where one will be that is still
    /// being made.
    pub fn blank() -> Self {
        Cluster {
            core: Core::blank(Config::default()),
            steps: 0,
            inputs: Vec::new(),
            happened: 0,
            checkpoints: Vec::new(),
        }
    }

    /// The world as it is now.
    pub fn world(&self) -> &World {
        &self.core.world
    }

    /// The network as it is now: rules, names, traffic, and the requests of late.
    pub fn network(&self) -> &Network {
        &self.core.network
    }

    /// The nodes' kubelets.
    pub fn kubelets(&self) -> &Kubelets {
        &self.core.kubelets
    }

    /// All that a look into a container needs.
    #[cfg(not(target_arch = "wasm32"))]
    pub fn inside(&self) -> crate::inside::View<'_> {
        self.core.view()
    }

    /// The scheduler.
    pub fn scheduler(&self) -> &Scheduler {
        &self.core.scheduler
    }

    /// The virtual time.
    pub fn now(&self) -> Time {
        self.core.world.now
    }

    /// The way that one request would take now. Nothing of it happens: it is no part of history, and what comes later is
    /// the same as if nobody had asked. [`Network::trace`] gives the requests that it would lead to as well.
    pub fn trace(&self, from: &Place, target: &str) -> Trace {
        let core = &self.core;
        let mut traces = core
            .network
            .trace(&core.world, &core.kubelets, from, target);
        traces.swap_remove(0)
    }

    /// Where in its life the cluster is.
    pub fn point(&self) -> Point {
        Point {
            steps: self.steps,
            time: self.now(),
        }
    }

    /// Outside input so far, and what lies ahead after a seek into the past.
    pub fn inputs(&self) -> &[Input] {
        &self.inputs
    }

    /// When the next work is due.
    pub fn next_due(&self) -> Option<Time> {
        self.core.world.queue.next_time()
    }

    /// Whose token it is, as one of a service account.
    ///
    /// # Errors
    /// `Unauthorized`.
    pub fn authenticate(&self, token: &str) -> Result<User, Status> {
        crate::apiserver::authenticate(&self.core.world, token)
    }

    /// Answers an API request; one that may change something becomes part of history.
    pub fn handle(&mut self, request: Request) -> Response {
        if matches!(request.method, Method::Get) {
            return self.core.read(&request);
        }
        self.command(Command::Request(std::sync::Arc::new(request)))
    }

    /// Carries out a command now. What lay ahead after a seek is forgotten: this is another future.
    pub fn command(&mut self, command: Command) -> Response {
        self.inputs.truncate(self.happened);
        let here = self.point();
        self.checkpoints.retain(|c| c.at <= here);
        let response = self.core.command(&command);
        self.inputs.push(Input { at: here, command });
        self.happened = self.inputs.len();
        response
    }

    /// Lives on until `until`, or until `budget` pieces of work are done. Slices do not matter: the life is the same.
    pub fn advance(&mut self, until: Time, budget: u64) -> Progress {
        let mut done = 0;
        while done < budget {
            if self.replay_due(until) {
                continue;
            }
            if !self.core.step(until) {
                self.core.world.now = self.core.world.now.max(until);
                return Progress {
                    reached: true,
                    steps: done,
                };
            }
            done += 1;
            self.steps += 1;
            self.maybe_checkpoint();
        }
        let reached = self.next_due().is_none_or(|t| t > until) && !self.input_due(until);
        if reached {
            self.core.world.now = self.core.world.now.max(until);
        }
        Progress {
            reached,
            steps: done,
        }
    }

    /// Which of [`Cluster::inputs`] happens next.
    pub fn next_input(&self) -> usize {
        self.happened
    }

    /// Input that lies ahead: another lived it, and this cluster follows.
    pub fn foretell(&mut self, input: Input) {
        self.inputs.push(input);
    }

    /// Lives on to where another was, or for `budget` pieces of work; whether it is there. Not a piece further: what the
    /// other heard next may come before it.
    pub fn follow(&mut self, point: Point, budget: u64) -> bool {
        for _ in 0..budget {
            if self.replay_due(point.time) {
                continue;
            }
            if self.steps >= point.steps || !self.core.step(point.time) {
                self.core.world.now = self.core.world.now.max(point.time);
                return true;
            }
            self.steps += 1;
            self.maybe_checkpoint();
        }
        false
    }

    /// Lives on until something is recorded; whether anything was before `until`.
    pub fn step(&mut self, until: Time) -> bool {
        self.step_within(until, u64::MAX).unwrap_or(false)
    }

    /// As [`Cluster::step`]; nothing if `budget` pieces of work were done before it could be told.
    pub fn step_within(&mut self, until: Time, budget: u64) -> Option<bool> {
        let before = self.core.world.log.len();
        for _ in 0..budget {
            if !self.replay_due(until) {
                if !self.core.step(until) {
                    return Some(false);
                }
                self.steps += 1;
                self.maybe_checkpoint();
            }
            if self.core.world.log.len() > before {
                return Some(true);
            }
        }
        None
    }

    /// Goes back to just before the last thing that was recorded; whether there was one. Commands that came after that
    /// instant lie ahead again.
    pub fn step_back(&mut self) -> bool {
        let Some(mut way) = self.back() else {
            return false;
        };
        while !self.go_back(&mut way, u64::MAX) {}
        true
    }

    /// Sets out for just before the last thing that was recorded, if there was one. Until [`Cluster::go_back`] says that the
    /// way is gone, the cluster is somewhere in its past and nothing else may be asked of it.
    pub fn back(&mut self) -> Option<Back> {
        // What the cluster was made of is no event in its life.
        let first = self.checkpoints.first().map_or(0, |c| c.log);
        let last = match self.core.world.log.len() {
            len if len > first => len - 1,
            _ => return None,
        };
        let from = self.checkpoint_before(|c| c.log <= last);
        self.restore(from);
        Some(Back {
            from,
            last,
            before: (self.steps, self.happened),
            found: false,
        })
    }

    /// Goes back by `budget` pieces of work, lived anew; whether the way is gone.
    pub fn go_back(&mut self, way: &mut Back, budget: u64) -> bool {
        // What recorded it is found by living through it once, and stopped short of by living up to it again: two
        // short replays instead of a copy of the world at every step.
        for _ in 0..budget {
            let here = (self.steps, self.happened);
            if way.found {
                if here == way.before || !self.move_on() {
                    return true;
                }
            } else {
                way.before = here;
                if !self.move_on() || self.core.world.log.len() > way.last {
                    way.found = true;
                    self.restore(way.from);
                }
            }
        }
        false
    }

    /// Goes to an instant, past or future. Afterwards the cluster is what it would be had it just run to `time`.
    pub fn seek(&mut self, time: Time) {
        if time < self.now() {
            let target = self.checkpoint_before(|c| c.at.time <= time);
            self.restore(target);
        }
        self.advance(time, u64::MAX);
    }

    /// Whether input is still ahead, after a seek into the past.
    pub fn has_future(&self) -> bool {
        self.happened < self.inputs.len()
    }

    fn input_due(&self, until: Time) -> bool {
        self.inputs
            .get(self.happened)
            .is_some_and(|i| i.at.time <= until)
    }

    /// Carries out the next input if this is its place; whether it was.
    fn replay_due(&mut self, until: Time) -> bool {
        let Some(input) = self.inputs.get(self.happened) else {
            return false;
        };
        if input.at.steps != self.steps || input.at.time > until {
            return false;
        }
        let (command, time) = (input.command.clone(), input.at.time);
        self.core.world.now = self.core.world.now.max(time);
        self.core.command(&command);
        self.happened += 1;
        true
    }

    fn checkpoint_before(&self, fits: impl Fn(&Checkpoint) -> bool) -> usize {
        self.checkpoints.iter().rposition(fits).unwrap_or(0)
    }

    fn restore(&mut self, index: usize) {
        let mut log = std::mem::take(&mut self.core.world.log);
        let checkpoint = &self.checkpoints[index];
        log.truncate(checkpoint.log);
        self.core = checkpoint.core.clone();
        self.core.world.log = log;
        self.steps = checkpoint.at.steps;
        self.happened = checkpoint.inputs;
    }

    /// Does the next thing, input or work, whenever it is due; whether there was one.
    fn move_on(&mut self) -> bool {
        if self.replay_due(Time(u64::MAX)) {
            return true;
        }
        let moved = self.core.step(Time(u64::MAX));
        self.steps += u64::from(moved);
        moved
    }

    fn maybe_checkpoint(&mut self) {
        let last = self.checkpoints.last().map_or(0, |c| c.at.steps);
        if self.steps >= last + CHECKPOINT_EVERY
            && self.steps >= last + STEPS_PER_OBJECT * self.core.world.store.len() as u64
        {
            self.checkpoint();
        }
    }

    fn checkpoint(&mut self) {
        let log = std::mem::take(&mut self.core.world.log);
        self.checkpoints.push(Checkpoint {
            at: self.point(),
            inputs: self.happened,
            log: log.len(),
            core: self.core.clone(),
        });
        self.core.world.log = log;
        if self.checkpoints.len() > CHECKPOINTS {
            // Thin out the older half: the far past is sought rarely and may cost more.
            let mut i = 0;
            self.checkpoints.retain(|_| {
                i += 1;
                i == 1 || i > CHECKPOINTS / 2 || i % 2 == 1
            });
        }
    }

    /// The configuration that the cluster was made with.
    pub fn config(&self) -> &Config {
        &self.core.world.config
    }
}
