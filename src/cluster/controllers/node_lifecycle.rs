//! Nodes: one that falls silent is marked so, and its state turns into taints.
//!
//! Heartbeats are not written: a kubelet is silent since it, its node or its link to the control plane broke.
// upstream: pkg/controller/nodelifecycle/node_lifecycle_controller.go

use std::sync::Arc;

use k8s_openapi::api::core::v1::{NodeCondition, Taint};
use podarium_api::kinds::KindId;
use podarium_api::meta::{Span, Str, Time};
use podarium_api::object::{Key, Node, NodeBody, Object};
use podarium_api::ordered::{OrdMap, OrdSet};
use podarium_api::pod::{Pod, PodBody};
use podarium_api::status::Status;

use super::cache::Delta;
use super::ctx::{Ctx, Done, Feed, Outcome};
use super::queue::Weight;
use super::registry::Entry;
use crate::doc::Doc;
use crate::sim::faults::CONTROL_PLANE;
use crate::sim::{Component, Faults, Why};

pub(super) const NAME: &str = "node-lifecycle-controller";

/// How long a node may be silent.
// upstream: --node-monitor-grace-period, 50 s since 1.32
const GRACE: Span = Span::secs(50);

/// How often the nodes are looked at.
// upstream: --node-monitor-period
const PERIOD: Span = Span::secs(5);

pub(super) const NOT_READY: &str = "node.kubernetes.io/not-ready";
pub(super) const UNREACHABLE: &str = "node.kubernetes.io/unreachable";
const UNSCHEDULABLE: &str = "node.kubernetes.io/unschedulable";

/// Conditions that are taints while they are true.
// upstream: node_lifecycle_controller.go nodeConditionToTaintKeyStatusMap
const PRESSURES: [(&str, &str); 4] = [
    ("MemoryPressure", "node.kubernetes.io/memory-pressure"),
    ("DiskPressure", "node.kubernetes.io/disk-pressure"),
    ("PIDPressure", "node.kubernetes.io/pid-pressure"),
    (
        "NetworkUnavailable",
        "node.kubernetes.io/network-unavailable",
    ),
];

/// The registry's line.
pub const ENTRY: Entry = Entry {
    doc: Doc {
        name: NAME,
        sentence: "Marks nodes whose kubelet is silent, and turns the conditions of nodes into taints.",
        upstream: "pkg/controller/nodelifecycle/node_lifecycle_controller.go",
        docs: "concepts/architecture/nodes/#node-controller",
        acts_on: &["Node.spec.unschedulable", "Node.spec.taints.**"],
    },
    source: "node-controller",
    workers: 8,
    enqueue,
    reconcile,
};

/// What is known of the nodes' health.
#[derive(Clone, Debug, Default)]
pub struct Health {
    /// Since when nodes are silent, as far as this process knows.
    silent: OrdMap<Str, Time>,
    /// Nodes that say that they are ready.
    ready: OrdSet<Str>,
    /// Nodes whose failing was dealt with.
    failed: OrdSet<Str>,
}

impl Health {
    /// Notes who is silent now. Returns those who have just fallen silent, with when to look at each.
    pub fn listen(&mut self, now: Time, faults: &Faults) -> Vec<(Str, Time)> {
        let stopped = faults.stopped().filter_map(|(c, _)| match c {
            Component::Node(n) | Component::Kubelet(n) => Some(n.clone()),
            _ => None,
        });
        let cut = faults.cuts().filter_map(|(a, b)| match (a, b) {
            (CONTROL_PLANE, n) | (n, CONTROL_PLANE) => Some(n.into()),
            _ => None,
        });
        let silent: OrdSet<Str> = stopped.chain(cut).collect();
        self.silent.retain(|node, _| silent.contains(node));
        let mut fresh = Vec::new();
        for node in silent {
            if !self.silent.contains_key(&node) {
                self.silent.insert(node.clone(), now);
                fresh.push((node, next_look(now)));
            }
        }
        fresh
    }
}

/// The first round of looks after the grace period.
fn next_look(since: Time) -> Time {
    let due = since + GRACE;
    Time(due.0.div_ceil(PERIOD.0) * PERIOD.0)
}

fn condition<'a>(node: &'a Node, kind: &str) -> Option<&'a NodeCondition> {
    let mut all = node.body.status.conditions.iter().flatten();
    all.find(|c| c.type_ == kind)
}

/// The status of the condition `Ready`; unknown when it is not there.
pub(super) fn ready(node: &Node) -> &str {
    condition(node, "Ready").map_or("Unknown", |c| &c.status)
}

fn enqueue(feed: &mut Feed<'_>, delta: &Delta<'_>) {
    if delta.key.kind != KindId::NODE {
        return;
    }
    let health = &mut feed.state.health;
    let before = health.ready.is_empty();
    match delta.of::<NodeBody>().1 {
        Some(node) if ready(node) == "True" => health.ready.insert(delta.key.name.clone()),
        _ => health.ready.remove(&delta.key.name),
    };
    if delta.gone() {
        health.failed.remove(&delta.key.name);
    }
    let turned = before != health.ready.is_empty();
    feed.add(delta.key.clone(), Weight::Medium);
    // When the last node fails, or the first comes back, that decides for all whether pods are evicted.
    if turned {
        let cache = feed.cache;
        for node in cache.list::<NodeBody>("") {
            feed.add(Key::new(KindId::NODE, "", &node.meta.name), Weight::Light);
        }
    }
}

fn reconcile(ctx: &mut Ctx<'_>, key: &Key) -> Outcome {
    let Some(node) = ctx.cache.find::<NodeBody>(key).cloned() else {
        return Ok(Done::default());
    };
    let now = ctx.now();
    if let Some(since) = ctx.state.health.silent.get(&key.name).copied() {
        let look = next_look(since);
        if now < look {
            return taint(ctx, key, &node).map(|()| Done::again(look - now));
        }
        if ready(&node) != "Unknown" {
            give_up(ctx, key, &node)?;
            // The change of the node itself brings the rest about.
            return Ok(Done::default());
        }
    }
    if ready(&node) == "True" {
        ctx.state.health.failed.remove(&key.name);
    } else if condition(&node, "Ready").is_some() && !ctx.state.health.failed.contains(&key.name) {
        fail(ctx, &node)?;
        ctx.state.health.failed.insert(key.name.clone());
    }
    taint(ctx, key, &node)?;
    Ok(Done::default())
}

/// Nobody knows any more how the node is.
// upstream: node_lifecycle_controller.go tryUpdateNodeHealth
fn give_up(ctx: &mut Ctx<'_>, key: &Key, node: &Node) -> Result<(), Status> {
    let now = ctx.now();
    let why = Why::with("node-silent", [("name", (&key.name).into())]);
    ctx.patch_status::<NodeBody>(key, node.meta.uid, why, |node| {
        let all = node.body.status.conditions.get_or_insert_default();
        for kind in ["Ready", "MemoryPressure", "DiskPressure", "PIDPressure"] {
            let new = |reason: &str, message: &str| NodeCondition {
                type_: kind.into(),
                status: "Unknown".into(),
                reason: Some(reason.into()),
                message: Some(message.into()),
                last_transition_time: Some(now.to_k8s()),
                last_heartbeat_time: None,
            };
            match all.iter_mut().find(|c| c.type_ == kind) {
                Some(c) if c.status == "Unknown" => {}
                Some(c) => {
                    let heartbeat = c.last_heartbeat_time.clone();
                    *c = new("NodeStatusUnknown", "Kubelet stopped posting node status.");
                    c.last_heartbeat_time = heartbeat;
                }
                None => all.push(new(
                    "NodeStatusNeverUpdated",
                    "Kubelet never posted node status.",
                )),
            }
        }
    })?;
    Ok(())
}

/// The node is not ready: people are told, and its pods get no traffic any more.
// upstream: pkg/controller/util/node/controller_utils.go RecordNodeStatusChange, MarkPodsNotReady
fn fail(ctx: &mut Ctx<'_>, node: &Arc<Node>) -> Result<(), Status> {
    let name = &node.meta.name;
    let text = format!("Node {name} status is now: NodeNotReady");
    ctx.tell(&Object::Node(node.clone()), false, "NodeNotReady", text);
    let pods: Vec<Arc<Pod>> = ctx.cache.pods_on(name).cloned().collect();
    let now = ctx.now();
    for pod in pods.iter().filter(|p| p.is_ready()) {
        let why = Why::with("node-failed-pod", [("node", name.into())]);
        let key = Key {
            kind: KindId::POD,
            namespace: pod.meta.namespace.clone(),
            name: pod.meta.name.clone(),
        };
        ctx.patch_status::<PodBody>(&key, pod.meta.uid, why, |pod| {
            let status = &mut pod.body.status;
            let old = status.condition("Ready").cloned();
            let (reason, message) = old.map(|c| (c.reason, c.message)).unwrap_or_default();
            status.set_condition(
                now,
                "Ready",
                Some(false),
                reason.as_deref(),
                message.as_deref(),
            );
        })?;
        let about = Object::Pod(pod.clone());
        ctx.tell(&about, true, "NodeNotReady", "Node is not ready");
    }
    Ok(())
}

/// Whether a taint is this controller's to set and remove.
fn managed(taint: &Taint) -> bool {
    let key = taint.key.as_str();
    match taint.effect.as_str() {
        "NoExecute" => key == NOT_READY || key == UNREACHABLE,
        "NoSchedule" => {
            [NOT_READY, UNREACHABLE, UNSCHEDULABLE].contains(&key)
                || PRESSURES.iter().any(|(_, k)| *k == key)
        }
        _ => false,
    }
}

/// Taints that the node's state asks for, as key and effect.
// upstream: node_lifecycle_controller.go doNoScheduleTaintingPass, processTaintBaseEviction
fn wanted(ctx: &Ctx<'_>, node: &Node) -> Vec<(&'static str, &'static str)> {
    let mut taints = Vec::new();
    let broken = match (condition(node, "Ready"), ready(node)) {
        (Some(_), "False") => Some(NOT_READY),
        (Some(_), "Unknown") => Some(UNREACHABLE),
        _ => None,
    };
    if let Some(key) = broken {
        taints.push((key, "NoSchedule"));
        // upstream: when no node at all is ready, the fault is likelier with the control plane: nobody is evicted.
        if !ctx.state.health.ready.is_empty() {
            taints.push((key, "NoExecute"));
        }
    }
    for (kind, key) in PRESSURES {
        if condition(node, kind).is_some_and(|c| c.status == "True") {
            taints.push((key, "NoSchedule"));
        }
    }
    if node.body.spec.unschedulable == Some(true) {
        taints.push((UNSCHEDULABLE, "NoSchedule"));
    }
    taints
}

fn taint(ctx: &mut Ctx<'_>, key: &Key, node: &Node) -> Result<(), Status> {
    let wanted = wanted(ctx, node);
    let have = || node.body.spec.taints.iter().flatten();
    let missing: Vec<_> = wanted
        .iter()
        .filter(|(k, e)| !have().any(|t| t.key == *k && t.effect == *e))
        .collect();
    let is_stale =
        |t: &Taint| managed(t) && !wanted.iter().any(|(k, e)| t.key == *k && t.effect == *e);
    if missing.is_empty() && !have().any(is_stale) {
        return Ok(());
    }
    let now = ctx.now();
    let text = |taints: Vec<String>| taints.join(" ");
    let why = Why::with(
        "node-taints",
        [
            ("name", (&key.name).into()),
            (
                "added",
                text(missing.iter().map(|(k, e)| format!("{k}:{e}")).collect()).into(),
            ),
            (
                "removed",
                text(
                    have()
                        .filter(|t| is_stale(t))
                        .map(|t| format!("{}:{}", t.key, t.effect))
                        .collect(),
                )
                .into(),
            ),
        ],
    );
    ctx.patch::<NodeBody>(key, node.meta.uid, why, |node| {
        let taints = node.body.spec.taints.get_or_insert_default();
        taints.retain(|t| !is_stale(t));
        for (key, effect) in missing {
            taints.push(Taint {
                key: (*key).into(),
                effect: (*effect).into(),
                value: None,
                time_added: Some(now.to_k8s()),
            });
        }
        if taints.is_empty() {
            node.body.spec.taints = None;
        }
    })?;
    Ok(())
}
