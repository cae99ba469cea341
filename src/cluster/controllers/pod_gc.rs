//! Pods that nobody will end: those of nodes that are gone or out of service, and ended ones when there are too many.
// upstream: pkg/controller/podgc/gc_controller.go

use std::sync::Arc;

use podarium_api::kinds::KindId;
use podarium_api::meta::{Span, Str};
use podarium_api::object::{Key, Node, NodeBody};
use podarium_api::pod::{Phase, Pod, PodBody};
use podarium_api::status::Status;

use super::cache::Delta;
use super::ctx::{Ctx, Done, Feed, Outcome};
use super::queue::Weight;
use super::registry::Entry;
use crate::apiserver::DeleteOptions;
use crate::doc::Doc;
use crate::sim::Why;

/// How long a node must be gone before its pods are.
// upstream: gc_controller.go quarantineTime
const QUARANTINE: Span = Span::secs(40);

/// How often upstream looks; what it would find is noticed as it comes, and looked at a round later.
// upstream: gc_controller.go gcCheckPeriod
const PERIOD: Span = Span::secs(20);

/// How many ended pods may lie about.
// upstream: --terminated-pod-gc-threshold
const THRESHOLD: usize = 12_500;

const OUT_OF_SERVICE: &str = "node.kubernetes.io/out-of-service";

/// The registry's line.
pub const ENTRY: Entry = Entry {
    doc: Doc {
        name: "pod-garbage-collector-controller",
        sentence: "Removes pods whose node is gone or out of service, and the oldest ended pods beyond 12,500.",
        upstream: "pkg/controller/podgc/gc_controller.go",
        docs: "concepts/workloads/pods/pod-lifecycle/#pod-garbage-collection",
        acts_on: &["Node.spec.taints.**"],
    },
    source: "pod-garbage-collector-controller",
    workers: 1,
    enqueue,
    reconcile,
};

fn node_key(name: &Str) -> Key {
    Key {
        kind: KindId::NODE,
        namespace: "".into(),
        name: name.clone(),
    }
}

fn is_out_of_service(node: &Node) -> bool {
    let mut taints = node.body.spec.taints.iter().flatten();
    taints.any(|t| t.key == OUT_OF_SERVICE)
}

fn enqueue(feed: &mut Feed<'_>, delta: &Delta<'_>) {
    match delta.key.kind {
        KindId::NODE if delta.gone() => feed.add_after(delta.key.clone(), QUARANTINE + PERIOD),
        KindId::NODE
            if delta
                .of::<NodeBody>()
                .1
                .is_some_and(|n| is_out_of_service(n)) =>
        {
            feed.add_after(delta.key.clone(), PERIOD);
        }
        KindId::POD => {
            let (old, Some(pod)) = delta.of::<PodBody>() else {
                return;
            };
            let ended = |p: &Arc<Pod>| p.body.status.phase.is_terminal();
            if ended(pod) && !old.is_some_and(ended) && feed.cache.ended_pods().1 > THRESHOLD {
                feed.add(delta.key.clone(), Weight::Light);
            }
            let Some(name) = &pod.body.node_name else {
                return;
            };
            let bound = old.is_none_or(|o| o.body.node_name != pod.body.node_name);
            let leaves = pod.meta.is_terminating() && !old.is_some_and(|o| o.meta.is_terminating());
            if !bound && !leaves {
                return;
            }
            let key = node_key(name);
            match feed.cache.find::<NodeBody>(&key) {
                None => feed.add_after(key, QUARANTINE + PERIOD),
                Some(node) if leaves && is_out_of_service(node) => feed.add_after(key, PERIOD),
                Some(_) => {}
            }
        }
        _ => {}
    }
}

fn reconcile(ctx: &mut Ctx<'_>, key: &Key) -> Outcome {
    if key.kind == KindId::POD {
        sweep(ctx)?;
        return Ok(Done::default());
    }
    let pods: Vec<Arc<Pod>> = ctx.cache.pods_on(&key.name).cloned().collect();
    match ctx.cache.find::<NodeBody>(key).cloned() {
        // A live GET: the cache may be behind.
        None if ctx.world.get::<NodeBody>("", &key.name).is_none() => {
            for pod in &pods {
                remove(ctx, pod, "podgc-node-gone", "PodGC: node no longer exists")?;
            }
        }
        Some(node) if is_out_of_service(&node) && super::node_lifecycle::ready(&node) != "True" => {
            for pod in pods.iter().filter(|p| p.meta.is_terminating()) {
                let text = "PodGC: node is out-of-service";
                remove(ctx, pod, "podgc-out-of-service", text)?;
            }
        }
        _ => {}
    }
    Ok(Done::default())
}

/// The oldest ended pods go until there are few enough.
// upstream: gc_controller.go gcTerminated
fn sweep(ctx: &mut Ctx<'_>) -> Result<(), Status> {
    let (ended, count) = ctx.cache.ended_pods();
    let surplus: Vec<Key> = ended
        .take(count.saturating_sub(THRESHOLD))
        .cloned()
        .collect();
    for key in surplus {
        let why = Why::with("podgc-too-many", [("limit", THRESHOLD.into())]);
        ctx.delete(&key, &force(), why)?;
    }
    Ok(())
}

fn force() -> DeleteOptions {
    DeleteOptions {
        grace: Some(0),
        ..DeleteOptions::default()
    }
}

// upstream: gc_controller.go markFailedAndDeletePodWithCondition
fn remove(ctx: &mut Ctx<'_>, pod: &Pod, id: &'static str, text: &str) -> Result<(), Status> {
    let key = Key {
        kind: KindId::POD,
        namespace: pod.meta.namespace.clone(),
        name: pod.meta.name.clone(),
    };
    let node = pod.body.node_name.clone().unwrap_or_else(|| "".into());
    let why = || Why::with(id, [("node", (&node).into())]);
    let now = ctx.now();
    ctx.patch_status::<PodBody>(&key, pod.meta.uid, why(), |pod| {
        let status = &mut pod.body.status;
        if status.phase.is_terminal() {
            return;
        }
        status.phase = Phase::Failed;
        let reason = Some("DeletionByPodGC");
        status.set_condition(now, "DisruptionTarget", Some(true), reason, Some(text));
    })?;
    let options = DeleteOptions {
        uid: Some(pod.meta.uid),
        ..force()
    };
    ctx.delete(&key, &options, why())
}
