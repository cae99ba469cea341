//! The Table of pods, from the form in which pods are kept.
// upstream: pkg/printers/internalversion/printers.go printPod

use podarium_api::meta::Time;
use podarium_api::pod::{ContainerState, Phase, PodStatus};
use serde_json::{Value, json};

use super::column::Cell::Text;
use super::column::{Column, age, name};
use super::seen::{Seen, ago, items, text};

/// Pods. Their cells come from [`cells`], and from none of the columns.
pub static POD: &[Column] = &[
    name(),
    own("Ready", "The aggregate readiness state of this pod for accepting traffic."),
    own("Status", "The aggregate status of the containers in this pod."),
    own(
        "Restarts",
        "The number of times the containers in this pod have been restarted and when the last container in this pod has restarted.",
    ),
    age(),
    own("IP", "podIP address allocated to the pod. Routable at least within the cluster. Empty if not yet allocated.").wide(),
    own("Node", "NodeName indicates in which node this pod is scheduled. If empty, this pod is a candidate for scheduling by the scheduler defined in schedulerName. Once this field is set, the kubelet for this node becomes responsible for the lifecycle of this pod. This field should not be used to express a desire for the pod to be scheduled on a specific node. https://kubernetes.io/docs/concepts/scheduling-eviction/assign-pod-node/#nodename").wide(),
    own("Nominated Node", "nominatedNodeName is set only when this pod preempts other pods on the node, but it cannot be scheduled right away as preemption victims receive their graceful termination periods. This field does not guarantee that the pod will be scheduled on this node. Scheduler may decide to place the pod elsewhere if other nodes become available sooner. Scheduler may also decide to give the resources on this node to a higher priority pod that is created after preemption. As a result, this field may be different than PodSpec.nodeName when the pod is scheduled.").wide(),
    own("Readiness Gates", "If specified, all readiness gates will be evaluated for pod readiness. A pod is ready when all its containers are ready AND all conditions specified in the readiness gates have status equal to \"True\" More info: https://git.k8s.io/enhancements/keps/sig-network/580-pod-readiness-gates").wide(),
];

const fn own(name: &'static str, description: &'static str) -> Column {
    Column::text(name, description, Text(""))
}

/// What a row says of a pod beside its status.
#[derive(Clone, Copy)]
pub struct Pod<'a> {
    /// Its name.
    pub name: &'a str,
    /// When it was made.
    pub created: Time,
    /// Whether deletion was asked for.
    pub terminating: bool,
    /// Its node, or the empty text.
    pub node: &'a str,
    /// How many containers its spec has.
    pub containers: usize,
    /// Its init containers' names, and whether they restart beside the others.
    pub init: &'a [(&'a str, bool)],
    /// Its readiness gates.
    pub gates: &'a [&'a str],
    /// What was seen of it.
    pub status: &'a PodStatus,
}

/// The cells of a pod, wide ones too.
pub fn cells(pod: &Pod, now: Time) -> [String; 9] {
    let status = pod.status;
    let Counted {
        ready,
        reason,
        restarts,
        last,
    } = counted(pod);
    let side = pod.init.iter().filter(|(_, beside)| *beside).count();
    let restarts = match last {
        Some(last) if restarts > 0 => format!("{restarts} ({} ago)", since(now, last)),
        _ => restarts.to_string(),
    };
    let or_none = |text: Option<String>| text.unwrap_or_else(|| "<none>".into());
    let word = |text: Option<&str>| or_none(text.filter(|t| !t.is_empty()).map(Into::into));
    let gates = pod.gates.iter().filter(|gate| status.is_true(gate)).count();
    [
        pod.name.into(),
        format!("{ready}/{}", pod.containers + side),
        reason,
        restarts,
        since(now, pod.created),
        or_none(status.pod_ips.first().map(ToString::to_string)),
        word(Some(pod.node)),
        word(status.nominated_node.as_deref()),
        or_none((!pod.gates.is_empty()).then(|| format!("{gates}/{}", pod.gates.len()))),
    ]
}

/// Why the row of a pod that has ended is grey.
pub fn condition(phase: Phase) -> Option<Value> {
    let message = match phase {
        Phase::Succeeded => "The pod has completed successfully.",
        Phase::Failed => "The pod failed.",
        _ => return None,
    };
    Some(
        json!([{"type": "Completed", "status": "True", "reason": phase.as_str(), "message": message}]),
    )
}

/// Objects carry whole seconds.
fn since(now: Time, then: Time) -> String {
    let then = then.0 - then.0 % 1_000_000;
    ago(now.0 as i64, then as i64)
}

struct Counted {
    ready: usize,
    reason: String,
    restarts: u32,
    last: Option<Time>,
}

fn counted(pod: &Pod) -> Counted {
    let status = pod.status;
    let mut reason = match status.reason.as_deref() {
        Some(reason) if !reason.is_empty() => reason.into(),
        _ => status.phase.as_str().to_owned(),
    };
    if let Some(scheduled) = status.condition("PodScheduled")
        && scheduled.reason.as_deref() == Some("SchedulingGated")
    {
        reason = "SchedulingGated".into();
    }
    let mut ready = 0;
    let (mut restarts, mut last) = (0, None);
    let (mut side_restarts, mut side_last) = (0, None);
    let mut initializing = false;
    for (i, container) in status.init_containers.iter().enumerate() {
        let beside = pod
            .init
            .iter()
            .any(|(name, beside)| *beside && **name == *container.name);
        let ended = ended(container.last_state.as_deref());
        restarts += container.restart_count;
        last = last.max(ended);
        if beside {
            side_restarts += container.restart_count;
            side_last = side_last.max(ended);
        }
        let why = match &container.state {
            ContainerState::Terminated { exit_code: 0, .. } => continue,
            _ if beside && container.started => {
                ready += usize::from(container.ready);
                continue;
            }
            ContainerState::Terminated {
                exit_code, reason, ..
            } => word(reason, *exit_code),
            ContainerState::Waiting { reason, .. }
                if !reason.is_empty() && **reason != *"PodInitializing" =>
            {
                reason.to_string()
            }
            _ => format!("{i}/{}", pod.init.len()),
        };
        reason = ["Init:", &why].concat();
        initializing = true;
        break;
    }
    if !initializing || status.is_true("Initialized") {
        (restarts, last) = (side_restarts, side_last);
        let mut running = false;
        let mut error = None;
        for container in status.containers.iter().rev() {
            restarts += container.restart_count;
            last = last.max(ended(container.last_state.as_deref()));
            match &container.state {
                ContainerState::Waiting { reason: why, .. } if !why.is_empty() => {
                    reason = why.to_string();
                }
                ContainerState::Terminated {
                    exit_code,
                    reason: why,
                    ..
                } => {
                    reason = word(why, *exit_code);
                    if *exit_code != 0 {
                        error = Some(reason.clone());
                    }
                }
                ContainerState::Running { .. } if container.ready => {
                    running = true;
                    ready += 1;
                }
                _ => {}
            }
        }
        if reason == "Completed" {
            if running && status.is_true("Ready") {
                reason = "Running".into();
            } else if let Some(error) = error {
                reason = error;
            } else if running {
                reason = "NotReady".into();
            }
        }
    }
    if pod.terminating {
        if status.reason.as_deref() == Some("NodeLost") {
            reason = "Unknown".into();
        } else if !status.phase.is_terminal() {
            reason = "Terminating".into();
        }
    }
    Counted {
        ready,
        reason,
        restarts,
        last,
    }
}

fn word(reason: &str, exit_code: i32) -> String {
    match reason {
        "" => format!("ExitCode:{exit_code}"),
        reason => reason.into(),
    }
}

fn ended(state: Option<&ContainerState>) -> Option<Time> {
    match state {
        // An instant that nobody told is no instant.
        Some(ContainerState::Terminated { finished, .. }) if finished.0 > 0 => Some(*finished),
        _ => None,
    }
}

/// The cells of a pod that came as JSON.
pub fn cells_of(seen: &Seen) -> (Vec<Value>, Option<Value>) {
    let empty = PodStatus::default();
    let read = PodStatus::from_value(seen.at("status"));
    let status = read.as_ref().unwrap_or(&empty);
    let init: Vec<_> = seen
        .items("spec.initContainers")
        .iter()
        .map(|c| (text(c, "name"), c["restartPolicy"] == "Always"))
        .collect();
    let gates: Vec<_> = items(seen.at("spec.readinessGates"))
        .iter()
        .map(|gate| text(gate, "conditionType"))
        .collect();
    let pod = Pod {
        name: seen.text("metadata.name"),
        created: Time::parse(seen.text("metadata.creationTimestamp")).unwrap_or_default(),
        terminating: seen.terminating(),
        node: seen.text("spec.nodeName"),
        containers: seen.count("spec.containers"),
        init: &init,
        gates: &gates,
        status,
    };
    let mut row: Vec<Value> = cells(&pod, Time(seen.now as u64)).map(Value::from).into();
    if seen.instant("metadata.creationTimestamp").is_none() {
        row[4] = "<unknown>".into();
    }
    (row, condition(status.phase))
}
