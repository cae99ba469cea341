//! A pod's status as its kubelet sees it.

use podarium_api::meta::{Str, Time};
use podarium_api::pod::{Condition, ContainerState, ContainerStatus, Phase, PodStatus};

use super::words::{because, plain, waiting, words};
use super::worker::{State, Worker};
use crate::sim::Why;

/// The conditions that a kubelet writes; others are kept as they are.
const OWN: [&str; 4] = [
    "PodReadyToStartContainers",
    "Initialized",
    "Ready",
    "ContainersReady",
];

impl Worker {
    /// The status to be written, where `old` is the one that is stored.
    // upstream: pkg/kubelet/kubelet_pods.go generateAPIPodStatus; pkg/kubelet/status/generate.go
    pub fn status(&self, old: &PodStatus, now: Time, host: std::net::IpAddr) -> PodStatus {
        let phase = self.phase();
        let mut status = PodStatus {
            phase,
            conditions: Vec::with_capacity(old.conditions.len().max(5)),
            containers: self.container_statuses(self.plan.inits, self.runs.len()),
            init_containers: self.container_statuses(0, self.plan.inits),
            pod_ips: match self.ip {
                Some(ip) => vec![ip],
                // What had an address keeps showing the last one.
                None => old.pod_ips.clone(),
            },
            host_ip: Some(host),
            start_time: Some(self.start),
            reason: old.reason.clone(),
            message: old.message.clone(),
            nominated_node: old.nominated_node.clone(),
            qos_class: match old.qos_class {
                "" => self.plan.qos,
                class => class,
            },
            observed_generation: self.pod.meta.generation,
        };
        if let Some((reason, message)) = &self.rejected {
            status.reason = Some(reason.clone());
            status.message = Some(message.clone());
            status.containers.clear();
            status.init_containers.clear();
        }
        self.conditions(&mut status, old, now);
        status
    }

    fn conditions(&self, status: &mut PodStatus, old: &PodStatus, now: Time) {
        let w = words();
        let mut add = |mut condition: Condition| {
            let before = old.condition(&condition.kind);
            condition.since = match before {
                Some(before) if before.status == condition.status => before.since,
                _ => now,
            };
            status.conditions.push(condition);
        };
        add(plain(&w.ready_to_start, self.sandbox));
        let ended = match status.phase {
            Phase::Succeeded => Some(&w.pod_completed),
            Phase::Failed => Some(&w.pod_failed),
            _ => None,
        };
        add(match self.incomplete() {
            _ if status.phase == Phase::Succeeded => {
                because(&w.initialized, true, &w.pod_completed, None)
            }
            None => plain(&w.initialized, true),
            Some(message) => because(&w.initialized, false, &w.not_initialized, Some(message)),
        });
        let unready = self.unready();
        add(match (ended, &unready, self.gates(old)) {
            (Some(reason), ..) => because(&w.ready, false, reason, None),
            (_, Some(message), _) => because(&w.ready, false, &w.not_ready, Some(message.clone())),
            (_, _, Some(message)) => because(&w.ready, false, &w.gates_not_ready, Some(message)),
            _ => plain(&w.ready, true),
        });
        add(match (ended, unready) {
            (Some(reason), _) => because(&w.containers_ready, false, reason, None),
            (_, Some(message)) => because(&w.containers_ready, false, &w.not_ready, Some(message)),
            _ => plain(&w.containers_ready, true),
        });
        let others = old.conditions.iter();
        let others = others.filter(|c| !OWN.contains(&&*c.kind));
        status.conditions.extend(others.cloned());
    }

    /// `containers with incomplete status: […]`, or `None`.
    fn incomplete(&self) -> Option<Str> {
        let begun = |r: &super::worker::Run| !matches!(r.state, State::None);
        if self.runs[self.plan.inits..].iter().any(begun) {
            return None;
        }
        let mut names = (0..self.plan.inits).filter(|i| {
            let (plan, run) = self.both(*i);
            match plan.sidecar {
                true => !run.started,
                false => run.exited() != Some(0),
            }
        });
        self.named("containers with incomplete status", &mut names)
    }

    /// `containers with unready status: […]`, or `None`.
    fn unready(&self) -> Option<Str> {
        let all = 0..self.runs.len();
        let mut names = all.filter(|i| !self.plan.containers[*i].blocks() && !self.runs[*i].ready);
        self.named("containers with unready status", &mut names)
    }

    fn named(&self, text: &str, which: &mut dyn Iterator<Item = usize>) -> Option<Str> {
        let mut out = String::new();
        for i in which {
            out.push_str(if out.is_empty() { text } else { " " });
            if out.len() == text.len() {
                out.push_str(": [");
            }
            out.push_str(&self.plan.containers[i].name);
        }
        (!out.is_empty()).then(|| {
            out.push(']');
            out.into()
        })
    }

    /// What a readiness gate says against the pod.
    // upstream: pkg/kubelet/status/generate.go GeneratePodReadyCondition
    fn gates(&self, old: &PodStatus) -> Option<Str> {
        let mut against = Vec::new();
        for gate in &self.plan.gates {
            match old.condition(gate) {
                None => against.push(format!(
                    "corresponding condition of pod readiness gate \"{gate}\" does not exist."
                )),
                Some(c) if c.status != Some(true) => against.push(format!(
                    "the status of pod readiness gate \"{gate}\" is not \"True\", but {}",
                    if c.status.is_some() {
                        "False"
                    } else {
                        "Unknown"
                    }
                )),
                Some(_) => {}
            }
        }
        (!against.is_empty()).then(|| against.join(", ").into())
    }

    fn container_statuses(&self, from: usize, to: usize) -> Vec<ContainerStatus> {
        (from..to).map(|i| self.container_status(i)).collect()
    }

    // upstream: pkg/kubelet/kubelet_pods.go convertToAPIContainerStatuses
    fn container_status(&self, i: usize) -> ContainerStatus {
        let w = words();
        let (plan, run) = self.both(i);
        let over = !matches!(self.stage, super::worker::Stage::Running);
        let (state, last_state) = match (&run.state, &run.waiting) {
            (State::Running { since }, _) => {
                (ContainerState::Running { since: *since }, run.last.clone())
            }
            (State::None, Some(why)) if !over => {
                (waiting(&why.reason, why.message.clone()), run.last.clone())
            }
            (State::None, _) => {
                let reason = match self.plan.inits {
                    0 => &w.container_creating,
                    _ => &w.pod_initializing,
                };
                (waiting(reason, None), run.last.clone())
            }
            (exited @ State::Exited { code, .. }, why) => {
                let ended = terminated(exited);
                match why.as_ref().filter(|_| !over && plan.restart.again(*code)) {
                    Some(why) => (
                        waiting(&why.reason, why.message.clone()),
                        Some(std::sync::Arc::new(ended)),
                    ),
                    None => (ended, run.last.clone()),
                }
            }
        };
        let done_well = plan.blocks() && run.exited() == Some(0);
        ContainerStatus {
            name: plan.name.clone(),
            image: plan.image.clone(),
            state,
            last_state,
            ready: run.ready || done_well,
            started: run.started,
            restart_count: run.restarts,
            id: run.id,
        }
    }
}

/// The API's state of a container that has ended.
pub(super) fn terminated(state: &State) -> ContainerState {
    match state {
        State::Exited {
            since,
            at,
            code,
            reason,
        } => ContainerState::Terminated {
            exit_code: *code,
            reason: reason.clone(),
            message: None,
            started: *since,
            finished: *at,
        },
        State::Running { since } => ContainerState::Running { since: *since },
        State::None => ContainerState::default(),
    }
}

/// Why a status is written, told by what is new in it.
pub(super) fn why(old: &PodStatus, new: &PodStatus) -> Why {
    let running = |s: &PodStatus| s.containers.iter().filter(|c| c.state.is_running()).count();
    let waits = |s: &PodStatus| {
        let all = s.init_containers.iter().chain(&s.containers);
        all.filter_map(|c| match &c.state {
            ContainerState::Waiting { reason, .. } => Some(reason.clone()),
            _ => None,
        })
        .find(|r| **r != *"ContainerCreating" && **r != *"PodInitializing")
    };
    let ended = |s: &PodStatus| {
        let all = s.init_containers.iter().chain(&s.containers);
        all.filter(|c| matches!(c.state, ContainerState::Terminated { .. }))
            .count()
    };
    match () {
        () if new.phase == Phase::Succeeded && old.phase != Phase::Succeeded => {
            Why::new("kubelet-succeeded")
        }
        () if new.phase == Phase::Failed && old.phase != Phase::Failed => {
            Why::new("kubelet-failed")
        }
        () if old.start_time.is_none() => Why::new("kubelet-accepted"),
        () if new.is_true("Ready") && !old.is_true("Ready") => Why::new("kubelet-ready"),
        () if running(new) > running(old) => Why::new("kubelet-started"),
        () if waits(new).is_some() && waits(new) != waits(old) => Why::with(
            "kubelet-waiting",
            [(
                "reason",
                waits(new).as_ref().unwrap_or(&words().unknown).into(),
            )],
        ),
        () if ended(new) > ended(old) => Why::new("kubelet-exited"),
        () if old.is_true("Ready") && !new.is_true("Ready") => Why::new("kubelet-not-ready"),
        () => Why::new("kubelet-status"),
    }
}
