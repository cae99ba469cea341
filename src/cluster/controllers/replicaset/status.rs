//! What a ReplicaSet reports of itself.
// upstream: pkg/controller/replicaset/replica_set_utils.go calculateStatus, updateReplicaSetStatus

use k8s_openapi::api::apps::v1::{ReplicaSetCondition, ReplicaSetStatus};
use podarium_api::meta::Span;
use podarium_api::object::ReplicaSet;
use podarium_api::pod::Pod;
use podarium_api::status::Status;

use super::Ctx;
use super::claim::Claimed;

const FAILURE: &str = "ReplicaFailure";

/// The status as it should be, and after how long the next pod will have been ready for long enough.
pub(super) fn calculate(
    ctx: &Ctx<'_>,
    rs: &ReplicaSet,
    pods: &Claimed,
    error: Option<&Status>,
) -> (ReplicaSetStatus, Option<Span>) {
    let empty = std::collections::BTreeMap::new();
    let template = rs.body.spec.template.as_ref();
    let labels = template
        .and_then(|t| t.metadata.as_ref()?.labels.as_ref())
        .unwrap_or(&empty);
    let (mut labelled, mut ready, mut terminating) = (0, 0, 0);
    for group in &pods.groups {
        ready += group.ready;
        terminating += group.terminating;
        if group.labels.contains_all(labels) {
            labelled += group.active;
        }
    }
    for pod in &pods.adopted {
        ready += u32::from(pod.is_ready());
        labelled += u32::from(pod.meta.labels.contains_all(labels));
    }
    let seconds = u64::try_from(rs.body.spec.min_ready_seconds.unwrap_or(0)).unwrap_or(0);
    let (available, again) = if seconds == 0 {
        (ready, None)
    } else {
        ripe(ctx, rs, pods, Span::secs(seconds))
    };
    let mut status = rs.body.status.clone();
    status.replicas = pods.active as i32;
    status.fully_labeled_replicas = count(labelled);
    status.ready_replicas = count(ready);
    status.available_replicas = count(available);
    status.terminating_replicas = Some(terminating as i32);
    status.observed_generation = Some(rs.meta.generation);
    fail(ctx, rs, pods, error, &mut status);
    (status, again)
}

/// Zero is left out, as upstream's `omitempty` does.
fn count(n: u32) -> Option<i32> {
    (n > 0).then_some(n as i32)
}

/// How many pods have been ready for `needed`, and after how long the next one will have been.
// upstream: pkg/controller/controller_utils.go FindMinNextPodAvailabilityCheck
fn ripe(ctx: &Ctx<'_>, rs: &ReplicaSet, pods: &Claimed, needed: Span) -> (u32, Option<Span>) {
    let (mut available, mut next) = (0, None);
    for pod in pods.active_pods(ctx, rs.meta.uid) {
        let Some(left) = until_available(ctx, &pod, needed) else {
            continue;
        };
        if left == Span(0) {
            available += 1;
        } else if next.is_none_or(|n| left < n) {
            next = Some(left);
        }
    }
    (available, next)
}

fn until_available(ctx: &Ctx<'_>, pod: &Pod, needed: Span) -> Option<Span> {
    let condition = pod.body.status.condition("Ready")?;
    let due = condition.since + needed;
    (condition.status == Some(true)).then(|| due - ctx.now())
}

fn fail(
    ctx: &Ctx<'_>,
    rs: &ReplicaSet,
    pods: &Claimed,
    error: Option<&Status>,
    status: &mut ReplicaSetStatus,
) {
    let failing = status
        .conditions
        .iter()
        .flatten()
        .any(|c| c.type_.as_deref() == Some(FAILURE));
    match error {
        Some(error) if !failing => {
            let wanted = rs.body.spec.replicas.unwrap_or(1);
            let reason = if (pods.active as i32) < wanted {
                "FailedCreate"
            } else {
                "FailedDelete"
            };
            status
                .conditions
                .get_or_insert_default()
                .push(ReplicaSetCondition {
                    type_: Some(FAILURE.into()),
                    status: Some("True".into()),
                    reason: Some(reason.into()),
                    message: Some(error.message.clone()),
                    last_transition_time: Some(ctx.now().to_k8s()),
                });
        }
        None if failing => {
            let all = status.conditions.take().unwrap_or_default();
            let rest: Vec<_> = all
                .into_iter()
                .filter(|c| c.type_.as_deref() != Some(FAILURE))
                .collect();
            status.conditions = (!rest.is_empty()).then_some(rest);
        }
        _ => {}
    }
}
