//! How a pod is, in one word and the times that its rings need.

use podarium_api::meta::{Span, Str, Time};
use podarium_api::pod::{ContainerState, ContainerStatus, Phase, Pod};

/// How a pod is, as its slot shows it.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum PodState {
    /// No node yet.
    Pending,
    /// On its way; how far, 0 to 1, by what has happened.
    Starting(f32),
    /// Ready.
    Ready,
    /// Runs, but is not ready.
    NotReady,
    /// Waits to be restarted.
    CrashLoop {
        /// When it last ended.
        since: Time,
        /// When it will be started again.
        until: Time,
    },
    /// Cannot start as it is: image, configuration, or an end without a new start.
    Trouble,
    /// Terminating.
    Leaving {
        /// When it was asked to go.
        since: Time,
        /// When its grace ends.
        until: Time,
    },
    /// Ended well.
    Completed,
    /// Ended badly, evicted.
    Failed,
    /// Its node cannot be asked.
    Unknown,
}

impl PodState {
    /// The Fluent id of the word for it.
    pub fn message(self) -> &'static str {
        match self {
            PodState::Pending => "scene-state-pending",
            PodState::Starting(_) => "scene-state-starting",
            PodState::Ready => "scene-state-ready",
            PodState::NotReady => "scene-state-not-ready",
            PodState::CrashLoop { .. } => "scene-state-crash-loop",
            PodState::Trouble => "scene-state-trouble",
            PodState::Leaving { .. } => "scene-state-leaving",
            PodState::Completed => "scene-state-completed",
            PodState::Failed => "scene-state-failed",
            PodState::Unknown => "scene-state-unknown",
        }
    }

    /// How far its ring is at an instant (microseconds), 0 to 1, and when (microseconds) it will be visibly further.
    pub fn ring(self, now: f64) -> Option<(f32, f64)> {
        let (since, until) = match self {
            PodState::Starting(done) => return Some((done, f64::INFINITY)),
            PodState::CrashLoop { since, until } | PodState::Leaving { since, until } => {
                (since.0 as f64, until.0 as f64)
            }
            _ => return None,
        };
        /// Steps that the eye takes for gliding on so small a ring.
        const STEPS: f64 = 120.0;
        let whole = until - since;
        if whole <= 0.0 || now >= until {
            return Some((1.0, f64::INFINITY));
        }
        let step = ((now - since) / whole * STEPS).floor().max(0.0);
        Some(((step / STEPS) as f32, since + (step + 1.0) / STEPS * whole))
    }
}

/// How a pod is and the word that `kubectl get pods` has for it.
// upstream: pkg/printers/internalversion/printers.go printPod
pub fn state(pod: &Pod) -> (PodState, Str) {
    let status = &pod.body.status;
    if let Some(until) = pod.meta.deleted {
        let grace = u64::try_from(pod.meta.deletion_grace.unwrap_or(30)).unwrap_or_default();
        let since = Time(until.0.saturating_sub(Span::secs(grace).0));
        return (PodState::Leaving { since, until }, "Terminating".into());
    }
    let word = |w: &str| status.reason.clone().unwrap_or_else(|| w.into());
    match status.phase {
        Phase::Succeeded => return (PodState::Completed, word("Completed")),
        Phase::Failed => return (PodState::Failed, word("Error")),
        Phase::Unknown => return (PodState::Unknown, word("Unknown")),
        Phase::Pending | Phase::Running => {}
    }
    if pod.body.node_name.is_none() {
        return (PodState::Pending, "Pending".into());
    }
    for container in status.init_containers.iter().chain(&status.containers) {
        if let Some(found) = trouble(container) {
            return found;
        }
    }
    if pod.is_ready() {
        return (PodState::Ready, "Running".into());
    }
    let all = status.containers.len().max(1) as f32;
    let running = status.containers.iter().filter(|c| c.state.is_running());
    let (up, started) = running.fold((0, 0), |(u, s), c| (u + 1, s + i32::from(c.started)));
    if started as f32 >= all {
        return (PodState::NotReady, "Running".into());
    }
    let inits = status.init_containers.len() as f32;
    let ended = |c: &&ContainerStatus| matches!(c.state, ContainerState::Terminated { .. });
    let done = status.init_containers.iter().filter(ended).count() as f32;
    // Bound, then images and init containers, then processes, then start-up probes: a quarter each.
    let progress = if status.containers.is_empty() {
        0.1
    } else if up == 0 {
        0.25 + 0.25 * if inits > 0.0 { done / inits } else { 0.5 }
    } else {
        0.5 + 0.25 * up as f32 / all + 0.25 * started as f32 / all
    };
    let waiting = status.containers.iter().find_map(|c| match &c.state {
        ContainerState::Waiting { reason, .. } => Some(reason.clone()),
        _ => None,
    });
    (
        PodState::Starting(progress),
        waiting.unwrap_or_else(|| status.phase.as_str().into()),
    )
}

fn trouble(container: &ContainerStatus) -> Option<(PodState, Str)> {
    match &container.state {
        ContainerState::Waiting { reason, message } => match &**reason {
            "CrashLoopBackOff" => {
                let since = match container.last_state.as_deref() {
                    Some(ContainerState::Terminated { finished, .. }) => *finished,
                    _ => Time(0),
                };
                let wait = message
                    .as_deref()
                    .and_then(back_off)
                    .unwrap_or_else(|| usual_back_off(container.restart_count));
                Some((
                    PodState::CrashLoop {
                        since,
                        until: since + wait,
                    },
                    reason.clone(),
                ))
            }
            "" | "ContainerCreating" | "PodInitializing" => None,
            _ => Some((PodState::Trouble, reason.clone())),
        },
        ContainerState::Terminated {
            exit_code, reason, ..
        } if *exit_code != 0 => Some((PodState::Trouble, reason.clone())),
        _ => None,
    }
}

/// The wait that a kubelet's message names, as in "back-off 1m20s restarting failed container=…".
fn back_off(message: &str) -> Option<Span> {
    let text = message.strip_prefix("back-off ")?.split(' ').next()?;
    let (mut total, mut number) = (0u64, 0u64);
    for c in text.chars() {
        match c {
            '0'..='9' => {
                number = number
                    .checked_mul(10)?
                    .checked_add(u64::from(c) - u64::from('0'))?
            }
            'h' | 'm' | 's' => {
                total += number
                    * match c {
                        'h' => 3_600,
                        'm' => 60,
                        _ => 1,
                    };
                number = 0;
            }
            _ => return None,
        }
    }
    Some(Span::secs(total))
}

/// 10 s doubling up to 5 min.
// upstream: pkg/kubelet/kubelet.go containerBackOffPeriod, MaxContainerBackOff
fn usual_back_off(restarts: u32) -> Span {
    Span::secs((10u64 << restarts.saturating_sub(1).min(5)).min(300))
}

#[cfg(test)]
mod tests {
    use super::*;
    use podarium_api::kinds::KindId;
    use podarium_api::object::Object;
    use serde_json::{Value, json};

    fn of(node: Option<&str>, meta: Value, status: Value) -> (PodState, Str) {
        let mut meta = meta;
        meta["name"] = "p".into();
        let value = json!({"metadata": meta, "spec": {"nodeName": node, "containers": []}, "status": status});
        let object = Object::from_value(KindId::POD, value).unwrap();
        state(object.as_pod().unwrap())
    }

    fn container(state: Value, more: Value) -> Value {
        let mut c = json!({"name": "c", "image": "i", "imageID": "", "ready": false, "restartCount": 2, "state": state});
        c.as_object_mut()
            .unwrap()
            .extend(more.as_object().unwrap().clone());
        c
    }

    #[test]
    fn a_state_for_every_way_a_pod_can_be() {
        let waiting = |reason: &str| container(json!({"waiting": {"reason": reason}}), json!({}));
        let running =
            |started: bool| container(json!({"running": {}}), json!({"started": started}));
        let table = [
            (None, json!({"phase": "Pending"})),
            (Some("n"), json!({"phase": "Pending"})),
            (
                Some("n"),
                json!({"phase": "Pending", "containerStatuses": [waiting("ContainerCreating")]}),
            ),
            (
                Some("n"),
                json!({"phase": "Running", "containerStatuses": [running(false)]}),
            ),
            (
                Some("n"),
                json!({"phase": "Running", "containerStatuses": [running(true)]}),
            ),
            (
                Some("n"),
                json!({"phase": "Running", "containerStatuses": [running(true)],
                "conditions": [{"type": "Ready", "status": "True"}]}),
            ),
            (
                Some("n"),
                json!({"phase": "Pending", "containerStatuses": [waiting("ImagePullBackOff")]}),
            ),
            (
                Some("n"),
                json!({"phase": "Running", "containerStatuses": [container(
                    json!({"waiting": {"reason": "CrashLoopBackOff", "message": "back-off 1m20s restarting failed container=c"}}),
                    json!({"lastState": {"terminated": {"exitCode": 1, "finishedAt": "2026-01-01T00:00:10Z"}}}),
                )]}),
            ),
            (Some("n"), json!({"phase": "Succeeded"})),
            (Some("n"), json!({"phase": "Failed", "reason": "Evicted"})),
            (Some("n"), json!({"phase": "Unknown"})),
        ];
        let found: Vec<String> = table
            .into_iter()
            .map(|(node, status)| format!("{:?}", of(node, json!({}), status)))
            .collect();
        expect_test::expect![[r#"
            (Pending, "Pending")
            (Starting(0.1), "Pending")
            (Starting(0.375), "ContainerCreating")
            (Starting(0.75), "Running")
            (NotReady, "Running")
            (Ready, "Running")
            (Trouble, "ImagePullBackOff")
            (CrashLoop { since: Time(10000000), until: Time(90000000) }, "CrashLoopBackOff")
            (Completed, "Completed")
            (Failed, "Evicted")
            (Unknown, "Unknown")"#]]
        .assert_eq(&found.join("\n"));
    }

    #[test]
    fn a_leaving_pods_ring_fills_until_its_grace_ends() {
        let meta =
            json!({"deletionTimestamp": "2026-01-01T00:00:40Z", "deletionGracePeriodSeconds": 30});
        let (state, word) = of(Some("n"), meta, json!({"phase": "Running"}));
        assert_eq!(&*word, "Terminating");
        let ring = |s: f64| state.ring(s * 1e6).unwrap();
        assert_eq!(ring(10.0).0, 0.0);
        assert_eq!(ring(25.0).0, 0.5);
        assert_eq!(ring(25.0).1, 25.25e6);
        assert_eq!(ring(50.0), (1.0, f64::INFINITY));
    }

    #[test]
    fn the_wait_is_read_from_the_message_or_reckoned() {
        assert_eq!(
            back_off("back-off 5m0s restarting failed container=c"),
            Some(Span::secs(300))
        );
        assert_eq!(back_off("back-off soon"), None);
        for (restarts, secs) in [(1, 10), (2, 20), (5, 160), (6, 300), (60, 300)] {
            assert_eq!(usual_back_off(restarts), Span::secs(secs));
        }
    }
}
