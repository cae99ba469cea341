//! What becomes of the spec of a new pod: defaults, admission and validation, done once for all pods of one template.
//!
//! A ReplicaSet's pods come with one shared spec. What is made of it depends on that spec, the pod's annotations, and what
//! admission reads of its namespace and cluster alone, so the result is kept beside what it was made from, and shared again.

use std::sync::Arc;

use k8s_openapi::api::core::v1::PodSpec;
use podarium_api::kinds::KindId;
use podarium_api::meta::{Labels, Str};
use podarium_api::pod::{Phase, Pod, PodStatus};

use super::defaults;
use super::qos::qos_class;
use crate::world::World;

/// How many templates are remembered; the oldest goes first.
const MOST: usize = 64;

/// What shared admission plugins read, beside the pod: none of it has changed while its last change is the same.
const READ: [KindId; 5] = [
    KindId::SERVICE_ACCOUNT,
    KindId::PRIORITY_CLASS,
    KindId::LIMIT_RANGE,
    KindId::RUNTIME_CLASS,
    KindId::NAMESPACE,
];

/// Specs that were finished of late.
#[derive(Clone, Debug, Default)]
pub(super) struct Finished {
    entries: Vec<Entry>,
}

/// What a template became.
#[derive(Clone, Debug)]
struct Entry {
    given: Given,
    spec: Arc<PodSpec>,
    annotations: Labels,
    qos: &'static str,
}

/// What a pod came with, and when what admission reads last changed. The `Arc` keeps the address that it is compared by.
#[derive(Clone, Debug)]
pub(super) struct Given {
    spec: Arc<PodSpec>,
    namespace: Str,
    annotations: Labels,
    read: [u64; READ.len()],
}

/// What [`begin`] came to.
pub(super) enum Begun {
    /// The pod is finished as far as its template goes.
    Known,
    /// It has its defaults; this is what it came with, where another pod may come with the same.
    New(Option<Given>),
}

/// Begins to finish a pod that is about to be created, by what is known of its template.
pub(super) fn begin(world: &World, pod: &mut Pod) -> Begun {
    if let Some(spec) = Arc::get_mut(&mut pod.body.spec) {
        // Nobody else holds it, so that no other pod can come with it: a pod that was sent, not one of a template.
        defaults::pod(spec);
        return Begun::New(None);
    }
    let read = READ.map(|kind| world.store().last_change(kind));
    let known = world.api.finished.entries.iter().find(|e| {
        Arc::ptr_eq(&e.given.spec, &pod.body.spec)
            && e.given.read == read
            && e.given.namespace == pod.meta.namespace
            && e.given.annotations == pod.meta.annotations
    });
    if let Some(entry) = known {
        pod.body.spec = entry.spec.clone();
        pod.meta.annotations = entry.annotations.clone();
        status(world, pod, entry.qos);
        return Begun::Known;
    }
    let given = Given {
        spec: pod.body.spec.clone(),
        namespace: pod.meta.namespace.clone(),
        annotations: pod.meta.annotations.clone(),
        read,
    };
    defaults::pod(Arc::make_mut(&mut pod.body.spec));
    Begun::New(Some(given))
}

/// Ends what [`begin`] began for a pod of a new template, once admission has changed it.
pub(super) fn finish(world: &World, pod: &mut Pod) {
    let qos = qos_class(&pod.body.spec);
    status(world, pod, qos);
}

/// Remembers what a template became, for the next pod of it.
pub(super) fn remember(world: &mut World, given: Given, pod: &Pod) {
    let entries = &mut world.api.finished.entries;
    if entries.len() == MOST {
        entries.remove(0);
    }
    entries.push(Entry {
        given,
        spec: pod.body.spec.clone(),
        annotations: pod.meta.annotations.clone(),
        qos: pod.body.status.qos_class,
    });
}

/// A status in which nothing has happened yet.
fn status(world: &World, pod: &mut Pod, qos: &'static str) {
    pod.body.status = PodStatus {
        phase: Phase::Pending,
        qos_class: qos,
        ..PodStatus::default()
    };
    // upstream: pkg/registry/core/pod/strategy.go applySchedulingGatedCondition
    let gates = &pod.body.spec.scheduling_gates;
    if gates.as_ref().is_some_and(|g| !g.is_empty()) {
        pod.body.status.set_condition(
            world.now(),
            "PodScheduled",
            Some(false),
            Some("SchedulingGated"),
            Some("Scheduling is blocked due to non-empty scheduling gates"),
        );
    }
}
