//! What a Deployment reports of itself, and whether its rollout gets on.
// upstream: pkg/controller/deployment/sync.go calculateStatus; progress.go syncRolloutStatus

use k8s_openapi::api::apps::v1::{DeploymentCondition, DeploymentStatus};
use podarium_api::meta::{Span, Time};
use podarium_api::object::Deployment;
use podarium_api::status::Status;

use super::conditions::{
    self, AVAILABLE, NEW_RS_AVAILABLE, PROGRESSING, REPLICA_FAILURE, TIMED_OUT,
};
use super::math::{self, size, wanted};
use super::{Ctx, Rollout};
use crate::sim::Why;

/// Writes the status without judging progress.
// upstream: sync.go syncDeploymentStatus
pub(super) fn sync(ctx: &mut Ctx<'_>, r: &mut Rollout) -> Result<(), Status> {
    let status = calculate(ctx.now(), r);
    write(ctx, r, status)?;
    Ok(())
}

/// Writes the status with its judgement of progress.
pub(super) fn sync_rollout(ctx: &mut Ctx<'_>, r: &mut Rollout) -> Result<(), Status> {
    let now = ctx.now();
    let mut status = calculate(now, r);
    let deadline = conditions::has_deadline(&r.d);
    if !deadline {
        conditions::remove(&mut status, PROGRESSING);
    }
    let current = conditions::find(&r.d.body.status, PROGRESSING).cloned();
    let reason = current.as_ref().and_then(|c| c.reason.as_deref());
    let finished = status.replicas.unwrap_or(0) == status.updated_replicas.unwrap_or(0)
        && reason == Some(NEW_RS_AVAILABLE);
    if deadline && !finished {
        judge(now, r, &mut status, current);
    }
    match replica_failure(r) {
        Some(failure) => conditions::set(&mut status, failure),
        None => conditions::remove(&mut status, REPLICA_FAILURE),
    }
    if !write(ctx, r, status)? {
        r.again = check_again(now, &r.d);
    }
    Ok(())
}

fn write(ctx: &mut Ctx<'_>, r: &mut Rollout, mut status: DeploymentStatus) -> Result<bool, Status> {
    if status.conditions.as_ref().is_some_and(Vec::is_empty) {
        status.conditions = None;
    }
    r.d.body.status = status;
    let status = &r.d.body.status;
    let why = Why::with(
        "deployment-status",
        [
            ("name", (&r.d.meta.name).into()),
            ("updated", status.updated_replicas.unwrap_or(0).into()),
            ("available", status.available_replicas.unwrap_or(0).into()),
        ],
    );
    super::write_status(ctx, r, why)
}

fn calculate(now: Time, r: &Rollout) -> DeploymentStatus {
    let sum = |count: fn(&podarium_api::object::ReplicaSet) -> Option<i32>| {
        r.all().map(|rs| count(rs).unwrap_or(0)).sum::<i32>()
    };
    let total: i32 = r.all().map(|rs| size(rs)).sum();
    let available = sum(|rs| rs.body.status.available_replicas);
    // upstream: a ReplicaSet that says nothing of terminating pods makes the sum unknown.
    let terminating = r
        .all()
        .map(|rs| rs.body.status.terminating_replicas)
        .sum::<Option<i32>>();
    // Zero is left out, as upstream's `omitempty` does.
    let count = |n: i32| (n > 0).then_some(n);
    let mut status = DeploymentStatus {
        observed_generation: Some(r.d.meta.generation),
        replicas: count(sum(|rs| Some(rs.body.status.replicas))),
        updated_replicas: count(r.new.as_ref().map_or(0, |rs| rs.body.status.replicas)),
        ready_replicas: count(sum(|rs| rs.body.status.ready_replicas)),
        available_replicas: count(available),
        unavailable_replicas: count(total - available),
        terminating_replicas: terminating,
        collision_count: r.d.body.status.collision_count,
        conditions: r.d.body.status.conditions.clone(),
    };
    let enough = available >= wanted(&r.d) - math::max_unavailable(&r.d);
    let (state, reason, text) = if enough {
        (
            "True",
            "MinimumReplicasAvailable",
            "Deployment has minimum availability.",
        )
    } else {
        (
            "False",
            "MinimumReplicasUnavailable",
            "Deployment does not have minimum availability.",
        )
    };
    let condition = conditions::new(now, AVAILABLE, state, reason, text.into());
    conditions::set(&mut status, condition);
    status
}

fn judge(
    now: Time,
    r: &Rollout,
    status: &mut DeploymentStatus,
    current: Option<DeploymentCondition>,
) {
    let subject = match &r.new {
        Some(rs) => format!("ReplicaSet {:?}", rs.meta.name),
        None => format!("Deployment {:?}", r.d.meta.name),
    };
    let condition = |state, reason, text: &str| {
        conditions::new(now, PROGRESSING, state, reason, format!("{subject} {text}"))
    };
    if is_complete(&r.d, status) {
        let done = condition("True", NEW_RS_AVAILABLE, "has successfully progressed.");
        conditions::set(status, done);
    } else if progresses(&r.d.body.status, status) {
        let mut on = condition("True", "ReplicaSetUpdated", "is progressing.");
        if let Some(current) = current {
            if current.status.as_deref() == Some("True") {
                on.last_transition_time = current.last_transition_time;
            }
            // Removed first, so that the time of the last progress moves although status and reason stay.
            conditions::remove(status, PROGRESSING);
        }
        conditions::set(status, on);
    } else if timed_out(now, &r.d, status) {
        let late = condition("False", TIMED_OUT, "has timed out progressing.");
        conditions::set(status, late);
    }
}

/// Whether all pods are new and available and nothing else is there.
// upstream: deployment_util.go DeploymentComplete
pub(super) fn is_complete(d: &Deployment, status: &DeploymentStatus) -> bool {
    let all = Some(wanted(d));
    let n = |n: Option<i32>| Some(n.unwrap_or(0));
    n(status.updated_replicas) == all
        && n(status.replicas) == all
        && n(status.available_replicas) == all
        && status.observed_generation.unwrap_or(0) >= d.meta.generation
}

// upstream: deployment_util.go DeploymentProgressing
fn progresses(old: &DeploymentStatus, new: &DeploymentStatus) -> bool {
    let n = |n: Option<i32>| n.unwrap_or(0);
    let left = |s: &DeploymentStatus| n(s.replicas) - n(s.updated_replicas);
    n(new.updated_replicas) > n(old.updated_replicas)
        || left(new) < left(old)
        || n(new.ready_replicas) > n(old.ready_replicas)
        || n(new.available_replicas) > n(old.available_replicas)
}

/// When the deadline of the rollout passes.
fn deadline(d: &Deployment, condition: &DeploymentCondition) -> Time {
    let seconds = d.body.spec.progress_deadline_seconds.unwrap_or(0);
    let seconds = Span::secs(u64::try_from(seconds).unwrap_or(0));
    let last = condition.last_update_time.as_ref().map(Time::from_k8s);
    last.unwrap_or_default() + seconds
}

// upstream: deployment_util.go DeploymentTimedOut
fn timed_out(now: Time, d: &Deployment, status: &DeploymentStatus) -> bool {
    let Some(condition) = conditions::find(status, PROGRESSING) else {
        return false;
    };
    match condition.reason.as_deref() {
        Some(NEW_RS_AVAILABLE) => false,
        Some(TIMED_OUT) => true,
        _ => deadline(d, condition) < now,
    }
}

/// When to look whether the rollout has run out of time.
// upstream: progress.go requeueStuckDeployment
fn check_again(now: Time, d: &Deployment) -> Option<Span> {
    let condition = conditions::find(&d.body.status, PROGRESSING)?;
    let late = condition.reason.as_deref() == Some(TIMED_OUT);
    if !conditions::has_deadline(d) || late || is_complete(d, &d.body.status) {
        return None;
    }
    Some(deadline(d, condition) - now + Span::secs(1))
}

// upstream: progress.go getReplicaFailures
fn replica_failure(r: &Rollout) -> Option<DeploymentCondition> {
    let failures = r.new.iter().chain(r.all()).filter_map(|rs| {
        let mut all = rs.body.status.conditions.iter().flatten();
        all.find(|c| c.type_.as_deref() == Some(REPLICA_FAILURE))
    });
    failures.into_iter().next().map(|c| DeploymentCondition {
        type_: c.type_.clone(),
        status: c.status.clone(),
        reason: c.reason.clone(),
        message: c.message.clone(),
        last_transition_time: c.last_transition_time.clone(),
        last_update_time: c.last_transition_time.clone(),
    })
}
