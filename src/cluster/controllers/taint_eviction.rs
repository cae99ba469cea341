//! Eviction by taint: pods that do not tolerate a NoExecute taint go, those that do for a while go after it.
// upstream: pkg/controller/tainteviction/taint_eviction.go

use std::sync::Arc;

use k8s_openapi::api::core::v1::Taint;
use podarium_api::kinds::KindId;
use podarium_api::meta::{Span, Str, Time, Uid};
use podarium_api::object::{Key, Node, NodeBody, Object};
use podarium_api::ordered::OrdMap;
use podarium_api::pod::{Pod, PodBody};
use podarium_api::status::Status;

use super::cache::{Cache, Delta};
use super::ctx::{Ctx, Done, Feed, Outcome};
use super::queue::Weight;
use super::registry::Entry;
use crate::apiserver::DeleteOptions;
use crate::doc::Doc;
use crate::scheduler::plugins::tolerates;
use crate::sim::Why;

/// The registry's line.
pub const ENTRY: Entry = Entry {
    doc: Doc {
        name: "taint-eviction-controller",
        sentence: "Deletes pods from nodes whose NoExecute taints they do not tolerate, or no longer.",
        upstream: "pkg/controller/tainteviction/taint_eviction.go",
        docs: "concepts/scheduling-eviction/taint-and-toleration/#taint-based-evictions",
        acts_on: &["Node.spec.taints.**", "Pod.spec.tolerations.**"],
    },
    source: "taint-eviction-controller",
    workers: 8,
    enqueue,
    reconcile,
};

/// Pods that are to be deleted, and when.
#[derive(Clone, Debug, Default)]
pub struct Evictions(OrdMap<Key, (Uid, Time)>);

fn no_execute(node: &Node) -> impl Iterator<Item = &Taint> {
    let taints = node.body.spec.taints.iter().flatten();
    taints.filter(|t| t.effect == "NoExecute")
}

fn node_of<'a>(cache: &'a Cache, name: &Str) -> Option<&'a Arc<Node>> {
    cache.find(&Key {
        kind: KindId::NODE,
        namespace: "".into(),
        name: name.clone(),
    })
}

fn enqueue(feed: &mut Feed<'_>, delta: &Delta<'_>) {
    let cache = feed.cache;
    match delta.key.kind {
        KindId::NODE => {
            let (old, new) = delta.of::<NodeBody>();
            let taints = |n: Option<&Arc<Node>>| -> Vec<Taint> {
                n.into_iter().flat_map(|n| no_execute(n)).cloned().collect()
            };
            if taints(old) != taints(new) {
                for pod in cache.pods_on(&delta.key.name) {
                    feed.add(key_of(pod), Weight::Medium);
                }
            }
        }
        KindId::POD => {
            let (old, new) = delta.of::<PodBody>();
            let Some(pod) = new else {
                feed.state.evictions.0.remove(delta.key);
                return;
            };
            let same = old.is_some_and(|o| {
                o.body.node_name == pod.body.node_name && Arc::ptr_eq(&o.body.spec, &pod.body.spec)
            });
            let node = pod.body.node_name.as_ref().filter(|_| !same);
            let node = node.and_then(|n| node_of(cache, n));
            if node.is_some_and(|n| no_execute(n).next().is_some()) {
                feed.add(delta.key.clone(), Weight::Medium);
            }
        }
        _ => {}
    }
}

fn key_of(pod: &Pod) -> Key {
    Key {
        kind: KindId::POD,
        namespace: pod.meta.namespace.clone(),
        name: pod.meta.name.clone(),
    }
}

/// How long a pod may stay with these taints: `None` is forever.
// upstream: pkg/apis/core/v1/helper/helpers.go GetMatchingTolerations; taint_eviction.go GetMinTolerationTime
fn stay<'a>(pod: &Pod, taints: impl Iterator<Item = &'a Taint>) -> Option<Span> {
    let tolerations = pod.body.spec.tolerations.as_deref().unwrap_or_default();
    let mut least: Option<u64> = None;
    for taint in taints {
        let covers = |t: &&_| tolerates(t, &taint.key, taint.value.as_deref(), &taint.effect);
        // upstream uses the first toleration that covers the taint.
        let Some(toleration) = tolerations.iter().find(covers) else {
            return Some(Span(0));
        };
        if let Some(seconds) = toleration.toleration_seconds {
            let seconds = u64::try_from(seconds).unwrap_or(0);
            least = Some(least.map_or(seconds, |l| l.min(seconds)));
        }
    }
    least.map(Span::secs)
}

fn reconcile(ctx: &mut Ctx<'_>, key: &Key) -> Outcome {
    let pod = ctx.cache.find::<PodBody>(key).cloned();
    let pod = pod.filter(|p| !p.meta.is_terminating());
    let node = pod.as_ref().and_then(|p| p.body.node_name.clone());
    let (Some(pod), Some(node)) = (pod, node) else {
        ctx.state.evictions.0.remove(key);
        return Ok(Done::default());
    };
    let node = node_of(ctx.cache, &node);
    let taints = || node.into_iter().flat_map(|n| no_execute(n));
    let span = stay(&pod, taints()).filter(|_| taints().next().is_some());
    let Some(span) = span else {
        if ctx.state.evictions.0.remove(key).is_some() {
            let text = format!("Cancelling deletion of Pod {}/{}", key.namespace, key.name);
            ctx.tell(&Object::Pod(pod), false, "TaintManagerEviction", text);
        }
        return Ok(Done::default());
    };
    let now = ctx.now();
    let known = ctx.state.evictions.0.get(key).copied();
    let due = match known.filter(|(uid, _)| *uid == pod.meta.uid) {
        // upstream: an eviction that is planned already is not put off by a taint that is added.
        Some((_, due)) => due.min(now + span),
        None => now + span,
    };
    if due > now {
        ctx.state
            .evictions
            .0
            .insert(key.clone(), (pod.meta.uid, due));
        return Ok(Done::again(due - now));
    }
    let taint = taints().next().map(|t| t.key.clone()).unwrap_or_default();
    evict(ctx, key, &pod, &taint)?;
    ctx.state.evictions.0.remove(key);
    Ok(Done::default())
}

// upstream: taint_eviction.go deletePodHandler, addConditionAndDeletePod
fn evict(ctx: &mut Ctx<'_>, key: &Key, pod: &Arc<Pod>, taint: &str) -> Result<(), Status> {
    let text = format!("Marking for deletion Pod {}/{}", key.namespace, key.name);
    let about = Object::Pod(pod.clone());
    ctx.tell(&about, false, "TaintManagerEviction", text);
    let node = pod.body.node_name.clone().unwrap_or_else(|| "".into());
    let why = |id| {
        let arguments = [
            ("pod", (&key.name).into()),
            ("node", (&node).into()),
            ("taint", taint.into()),
        ];
        Why::with(id, arguments)
    };
    let now = ctx.now();
    ctx.patch_status::<PodBody>(key, pod.meta.uid, why("taint-disrupts"), |pod| {
        pod.body.status.set_condition(
            now,
            "DisruptionTarget",
            Some(true),
            Some("DeletionByTaintManager"),
            Some("Taint manager: deleting due to NoExecute taint"),
        );
    })?;
    let options = DeleteOptions {
        uid: Some(pod.meta.uid),
        ..DeleteOptions::default()
    };
    ctx.delete(key, &options, why("taint-evict"))
}
