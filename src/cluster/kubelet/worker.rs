//! What a kubelet knows of one pod, and what runs of it on the node.

use std::net::IpAddr;
use std::sync::Arc;

use podarium_api::meta::{Span, Str, Time};
use podarium_api::object::Key;
use podarium_api::pod::{ContainerState, Phase, Pod};

use super::env::Env;
use super::plan::{Container, Plan};
use super::programs::Program;
use crate::sim::RecordId;

/// How far a pod has come.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Stage {
    /// It is kept as its spec asks.
    Running,
    /// Its containers are being stopped, because it is deleted.
    Terminating {
        /// When the grace period ends.
        until: Time,
    },
    /// All its containers are stopped, and the object is to go.
    Stopped,
    /// It has ended for good (`Succeeded`, `Failed`); the object stays.
    Ended,
}

/// What the pod's synchronisation waits for. A kubelet does one thing at a time for a pod.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Step {
    /// Nothing: there is no synchronisation under way.
    Idle,
    /// Its volumes.
    Mount,
    /// Its sandbox, and with it its network.
    Sandbox,
    /// A container's image.
    Pull(usize),
    /// A container's creation.
    Create(usize),
    /// A container's postStart hook.
    Hook(usize),
}

/// What the processes of a container do.
#[derive(Clone, Debug, Default)]
pub(super) enum State {
    /// It was never created.
    #[default]
    None,
    /// It runs.
    Running { since: Time },
    /// It has ended.
    Exited {
        since: Time,
        at: Time,
        code: i32,
        reason: Str,
    },
}

/// A delay that doubles.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Backoff {
    delay: Span,
    updated: Time,
}

impl Backoff {
    const FIRST: Span = Span::secs(10);
    const LAST: Span = Span::secs(300);

    /// Until when it is to be waited, for something that ended at `end`; `None` for not at all.
    // upstream: staging/src/k8s.io/client-go/util/flowcontrol/backoff.go IsInBackOffSince
    pub fn until(&self, end: Time, now: Time) -> Option<Time> {
        let expired = end - self.updated > Self::LAST * 2;
        let until = end + self.delay;
        (self.delay > Span(0) && !expired && until > now).then_some(until)
    }

    /// Doubles.
    // upstream: backoff.go Next
    pub fn next(&mut self, now: Time, end: Time) {
        let expired = end - self.updated > Self::LAST * 2;
        self.delay = if self.delay == Span(0) || expired {
            Self::FIRST
        } else {
            (self.delay * 2).min(Self::LAST)
        };
        self.updated = now;
    }

    /// The delay as it stands.
    pub fn delay(&self) -> Span {
        self.delay
    }

    /// When it last doubled.
    pub fn updated(&self) -> Time {
        self.updated
    }
}

/// Why a container waits.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Waiting {
    pub reason: Str,
    pub message: Option<Str>,
}

/// A container on its node.
#[derive(Clone, Debug, Default)]
pub(super) struct Run {
    pub state: State,
    /// The number of this run; 0 before the first.
    pub id: u32,
    pub restarts: u32,
    pub last: Option<Arc<ContainerState>>,
    pub ready: bool,
    pub started: bool,
    /// Whether the kubelet has seen it running: what it has not seen it does not probe.
    pub seen: bool,
    pub waiting: Option<Waiting>,
    pub restart_backoff: Backoff,
    pub pull_backoff: Backoff,
    /// Why the last pull failed.
    pub pull_error: Option<Str>,
    pub program: Option<Arc<Program>>,
    /// From when on its ports are open, while it runs.
    pub opens: Option<Time>,
    /// When it will have stopped, and with what code, once it is being stopped.
    pub stop: Option<(Time, i32)>,
    pub probes: [super::probe::State; 3],
    /// What the network has answered to its script.
    pub answers: Vec<Option<u16>>,
    /// The same of the run that ended last.
    pub past: Vec<Option<u16>>,
    /// The environment of this run and of the one before it, where objects give it that may change.
    pub env: [Option<Arc<Env>>; 2],
}

impl Run {
    /// Since when it runs, if it does.
    pub fn running(&self) -> Option<Time> {
        match self.state {
            State::Running { since } => Some(since),
            _ => None,
        }
    }

    /// The exit code, if it has ended.
    pub fn exited(&self) -> Option<i32> {
        match self.state {
            State::Exited { code, .. } => Some(code),
            _ => None,
        }
    }
}

/// A pod on its node.
#[derive(Clone, Debug)]
pub(super) struct Worker {
    pub id: u32,
    pub key: Key,
    /// The pod as last heard of, or as written by this kubelet itself.
    pub pod: Arc<Pod>,
    pub plan: Arc<Plan>,
    pub stage: Stage,
    pub step: Step,
    /// Voids work that was asked for before the pod's course changed.
    pub token: u32,
    /// Whether something on the node changed, so that the pod must be synchronised.
    pub changed: bool,
    /// Whether its status must be worked out anew.
    pub stale: bool,
    pub mounted: bool,
    pub mount_tries: u32,
    pub sandbox: bool,
    pub ip: Option<IpAddr>,
    pub start: Time,
    pub runs: Vec<Run>,
    /// Where in the list of containers the synchronisation under way has come to.
    pub cursor: usize,
    /// When to try again, at the earliest, because something failed.
    pub retry: Option<Time>,
    /// The record that the pod's next write is caused by.
    pub cause: Option<RecordId>,
    /// Whether its admission to the node failed.
    pub rejected: Option<(Str, Str)>,
}

impl Worker {
    pub fn new(id: u32, pod: Arc<Pod>, plan: Arc<Plan>, now: Time) -> Worker {
        let key = Key {
            kind: podarium_api::kinds::KindId::POD,
            namespace: pod.meta.namespace.clone(),
            name: pod.meta.name.clone(),
        };
        Worker {
            id,
            key,
            runs: vec![Run::default(); plan.containers.len()],
            pod,
            plan,
            stage: Stage::Running,
            step: Step::Idle,
            token: 0,
            changed: false,
            stale: false,
            mounted: false,
            mount_tries: 0,
            sandbox: false,
            ip: None,
            start: now,
            cursor: 0,
            retry: None,
            cause: None,
            rejected: None,
        }
    }

    /// Whether any container runs.
    pub fn any_running(&self) -> bool {
        self.runs.iter().any(|r| r.running().is_some())
    }

    /// The container of that name; the first regular one when the name is empty.
    pub fn container(&self, name: &str) -> Option<usize> {
        if name.is_empty() {
            return (self.plan.containers.len() > self.plan.inits).then_some(self.plan.inits);
        }
        self.plan.containers.iter().position(|c| *c.name == *name)
    }

    /// A container with its plan.
    pub fn both(&self, container: usize) -> (&Container, &Run) {
        (&self.plan.containers[container], &self.runs[container])
    }

    /// The container that is to be started next, from `from` on.
    // upstream: pkg/kubelet/kuberuntime/kuberuntime_manager.go computePodActions, computeInitContainerActions
    pub fn next_start(&self, from: usize) -> Option<usize> {
        // Once a regular container was there, init containers that stay are restarted, others never again.
        let begun = self.runs[self.plan.inits..]
            .iter()
            .any(|r| !matches!(r.state, State::None));
        for i in 0..self.plan.inits {
            let (plan, run) = self.both(i);
            let again = match (&run.state, plan.sidecar) {
                (State::None, true) => true,
                (State::None, false) => !begun,
                (State::Running { .. }, _) => false,
                (State::Exited { .. }, true) => true,
                (State::Exited { code, .. }, false) => {
                    !begun && *code != 0 && plan.restart.again(*code)
                }
            };
            if again && i >= from {
                return Some(i);
            }
            let done = match plan.sidecar {
                true => run.started && run.running().is_some(),
                false => run.exited() == Some(0),
            };
            if !done && !begun {
                return None;
            }
        }
        (self.plan.inits.max(from)..self.runs.len()).find(|i| {
            let (plan, run) = self.both(*i);
            match run.state {
                State::None => true,
                State::Running { .. } => false,
                State::Exited { code, .. } => plan.restart.again(code),
            }
        })
    }

    /// Whether nothing of the pod will ever run again.
    pub fn is_over(&self) -> bool {
        if self.rejected.is_some() {
            return true;
        }
        let failed_init = (0..self.plan.inits).any(|i| {
            let (plan, run) = self.both(i);
            plan.blocks()
                && run
                    .exited()
                    .is_some_and(|c| c != 0 && !plan.restart.again(c))
        });
        let regular = self.plan.inits..self.runs.len();
        let over = regular.clone().all(|i| {
            let (plan, run) = self.both(i);
            run.exited().is_some_and(|c| !plan.restart.again(c))
        });
        failed_init || (over && !regular.is_empty())
    }

    /// The phase.
    // upstream: pkg/kubelet/kubelet_pods.go getPhase
    pub fn phase(&self) -> Phase {
        if self.rejected.is_some() {
            return Phase::Failed;
        }
        let terminal = !matches!(self.stage, Stage::Running | Stage::Terminating { .. });
        let (mut pending_init, mut failed_init) = (false, false);
        for i in 0..self.plan.inits {
            let (plan, run) = self.both(i);
            match &run.state {
                _ if plan.sidecar => {}
                State::Exited { code: 0, .. } => {}
                State::Exited { .. } => {
                    failed_init |= true;
                    pending_init |= plan.restart.again(1);
                }
                _ => pending_init = true,
            }
        }
        let never = self.plan.spec.restart_policy.as_deref() == Some("Never");
        if failed_init && (never || terminal) {
            return Phase::Failed;
        }
        let (mut waiting, mut running, mut stopped, mut well) = (0, 0, 0, 0);
        for i in self.plan.inits..self.runs.len() {
            match &self.runs[i].state {
                // One that ran before its sandbox was lost counts as ended, not as never started.
                State::None if self.runs[i].last.is_some() => stopped += 1,
                State::None => waiting += 1,
                State::Running { .. } => running += 1,
                State::Exited { code, .. } => {
                    stopped += 1;
                    well += i32::from(*code == 0);
                }
            }
        }
        if terminal {
            // A pod that was stopped before all of its containers had started has failed.
            return match waiting == 0 && stopped == well && stopped > 0 {
                true => Phase::Succeeded,
                false => Phase::Failed,
            };
        }
        let again = (self.plan.inits..self.runs.len()).any(|i| {
            let (plan, run) = self.both(i);
            let lost = matches!(run.state, State::None) && run.last.is_some();
            lost || run.exited().is_some_and(|c| plan.restart.again(c))
        });
        match () {
            () if pending_init || waiting > 0 => Phase::Pending,
            () if running > 0 || again => Phase::Running,
            () if stopped > 0 && stopped == well => Phase::Succeeded,
            () if stopped > 0 => Phase::Failed,
            () => Phase::Pending,
        }
    }
}
