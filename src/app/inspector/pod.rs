//! The sheet of a pod.

use podarium_api::kinds::KindId;
use podarium_api::object::Key;
use podarium_api::pod::{ContainerState, ContainerStatus, Phase, Pod, PodBody};
use podarium_cluster::{Cluster, Command};
use podarium_scene::Thing;

use super::act;
use super::sheet::{Row, Sheet, State};
use crate::pace::clock;
use crate::texts::t;

/// What there is to say of a pod.
pub fn sheet(cluster: &Cluster, key: &Key) -> Option<Sheet> {
    let pod = cluster.world().get::<PodBody>(&key.namespace, &key.name)?;
    let status = &pod.body.status;
    let mut sheet = Sheet {
        state: Some(state(&pod)),
        ..Sheet::default()
    };
    sheet.sentence = trouble(&pod);
    match &pod.body.node_name {
        Some(node) => sheet
            .fact(t!("fact-node"), &**node)
            .mono()
            .link(Thing::Node(node.clone())),
        None => sheet.fact(t!("fact-node"), t!("fact-none")),
    };
    let address = pod
        .ip()
        .map_or_else(|| t!("fact-none"), |ip| ip.to_string());
    sheet.fact(t!("fact-address"), address).mono();
    if let Some(owner) = pod.meta.controller() {
        let fact = sheet.fact(t!("fact-owner"), &*owner.name).mono();
        if let Ok(kind) = podarium_api::kinds::by_gvk(&owner.api_version, &owner.kind) {
            fact.link(Thing::Workload(Key::new(
                kind.id,
                &key.namespace,
                &owner.name,
            )));
        }
    }
    sheet.fact(t!("fact-phase"), status.phase.as_str());
    sheet
        .fact(t!("fact-created"), clock(pod.meta.created))
        .mono();
    if let Some(gone) = pod.meta.deleted {
        sheet.fact(t!("fact-gone-by"), clock(gone)).mono();
    }
    let rows = |statuses: &[ContainerStatus]| statuses.iter().map(container).collect::<Vec<_>>();
    sheet.section(t!("section-init-containers"), rows(&status.init_containers));
    sheet.section(t!("section-containers"), rows(&status.containers));
    sheet.section(
        t!("section-conditions"),
        status
            .conditions
            .iter()
            .map(|c| Row {
                state: Some(match c.status {
                    Some(true) => "ready",
                    Some(false) => "not-ready",
                    None => "pending",
                }),
                text: c.kind.to_string(),
                detail: c
                    .message
                    .as_ref()
                    .or(c.reason.as_ref())
                    .map(ToString::to_string)
                    .unwrap_or_default(),
                ..Row::default()
            })
            .collect(),
    );
    for container in &status.containers {
        if container.state.is_running() {
            let label = t!("act-kill", container = &container.name);
            sheet.actions.push(act::command(
                label,
                Command::Kill {
                    namespace: key.namespace.clone(),
                    pod: key.name.clone(),
                    container: container.name.clone(),
                },
            ));
        }
    }
    if pod.meta.labels.get("k8s-app") == Some("kube-dns") {
        sheet.actions.push(act::core_dns(cluster));
    }
    if !pod.meta.is_terminating() {
        sheet.actions.push(act::delete(
            t!("act-delete-pod"),
            &Key {
                kind: KindId::POD,
                ..key.clone()
            },
        ));
    }
    Some(sheet)
}

/// The state that the stage shows of a pod, and its word.
pub fn state(pod: &Pod) -> (State, String) {
    let waiting = pod
        .body
        .status
        .containers
        .iter()
        .find_map(|c| match &c.state {
            ContainerState::Waiting { reason, .. } => Some(reason.to_string()),
            _ => None,
        });
    if pod.meta.is_terminating() {
        return ("leaving", t!("state-terminating"));
    }
    match pod.body.status.phase {
        Phase::Succeeded => ("ready", t!("state-succeeded")),
        Phase::Failed => ("crash", t!("state-failed")),
        _ if pod.is_ready() => ("ready", t!("state-ready")),
        _ if pod.body.node_name.is_none() => ("pending", t!("state-pending")),
        _ => match waiting {
            Some(reason) if reason == "ContainerCreating" || reason == "PodInitializing" => {
                ("starting", reason)
            }
            Some(reason) => ("crash", reason),
            None if pod.body.status.containers.is_empty() => ("starting", t!("state-starting")),
            None => ("not-ready", t!("state-not-ready")),
        },
    }
}

/// The sentence that explains why the pod is not ready, where the cluster left one.
fn trouble(pod: &Pod) -> Option<String> {
    let status = &pod.body.status;
    let scheduled = status
        .condition("PodScheduled")
        .filter(|c| c.status == Some(false));
    let waiting = status
        .containers
        .iter()
        .chain(&status.init_containers)
        .find_map(|c| match &c.state {
            ContainerState::Waiting { message, .. } => message.as_ref(),
            _ => None,
        });
    scheduled
        .and_then(|c| c.message.as_ref())
        .or(waiting)
        .or(status.message.as_ref())
        .map(ToString::to_string)
}

fn container(status: &ContainerStatus) -> Row {
    let (state, word, detail) = match &status.state {
        ContainerState::Waiting { reason, message } => {
            let state = if matches!(&**reason, "ContainerCreating" | "PodInitializing") {
                "starting"
            } else {
                "crash"
            };
            (
                state,
                reason.to_string(),
                message
                    .as_ref()
                    .map(ToString::to_string)
                    .unwrap_or_default(),
            )
        }
        ContainerState::Running { since } => {
            let state = if status.ready { "ready" } else { "not-ready" };
            (
                state,
                t!("container-running", since = clock(*since)),
                status.image.to_string(),
            )
        }
        ContainerState::Terminated {
            exit_code, reason, ..
        } => {
            let state = if *exit_code == 0 { "pending" } else { "crash" };
            (
                state,
                t!("container-ended", reason = reason, code = *exit_code),
                status.image.to_string(),
            )
        }
    };
    let restarts = match status.restart_count {
        0 => String::new(),
        n => format!(" · {}", t!("restarts", count = n as i64)),
    };
    Row {
        state: Some(state),
        text: format!("{} · {word}{restarts}", status.name),
        detail,
        ..Row::default()
    }
}

/// A pod as a line of a list.
pub fn row(pod: &Pod) -> Row {
    let (state, word) = state(pod);
    Row {
        state: Some(state),
        text: pod.meta.name.to_string(),
        detail: word,
        link: Some(Thing::Pod(Key::new(
            KindId::POD,
            &pod.meta.namespace,
            &pod.meta.name,
        ))),
        ..Row::default()
    }
}
