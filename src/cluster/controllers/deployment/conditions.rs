//! The conditions of a Deployment.
// upstream: pkg/controller/deployment/util/deployment_util.go NewDeploymentCondition, SetDeploymentCondition

use k8s_openapi::api::apps::v1::{DeploymentCondition, DeploymentStatus};
use podarium_api::meta::Time;
use podarium_api::object::Deployment;
use podarium_api::status::Status;

use super::{Ctx, Rollout};
use crate::sim::Why;

pub(super) const PROGRESSING: &str = "Progressing";
pub(super) const AVAILABLE: &str = "Available";
pub(super) const REPLICA_FAILURE: &str = "ReplicaFailure";

/// Reasons of `Progressing` that decide what happens next.
pub(super) const TIMED_OUT: &str = "ProgressDeadlineExceeded";
pub(super) const NEW_RS_AVAILABLE: &str = "NewReplicaSetAvailable";
const PAUSED: &str = "DeploymentPaused";

/// The condition of that type.
pub(super) fn find<'a>(
    status: &'a DeploymentStatus,
    kind: &str,
) -> Option<&'a DeploymentCondition> {
    let mut all = status.conditions.iter().flatten();
    all.find(|c| c.type_.as_deref() == Some(kind))
}

/// A condition as of now.
pub(super) fn new(
    now: Time,
    kind: &str,
    status: &str,
    reason: &str,
    message: String,
) -> DeploymentCondition {
    DeploymentCondition {
        type_: Some(kind.into()),
        status: Some(status.into()),
        reason: Some(reason.into()),
        message: Some(message),
        last_update_time: Some(now.to_k8s()),
        last_transition_time: Some(now.to_k8s()),
    }
}

/// Sets a condition unless one with the same status and reason is there. A changed one moves to the end.
pub(super) fn set(status: &mut DeploymentStatus, mut condition: DeploymentCondition) {
    let kind = condition.type_.clone().unwrap_or_default();
    if let Some(old) = find(status, &kind) {
        if old.status == condition.status && old.reason == condition.reason {
            return;
        }
        if old.status == condition.status {
            condition.last_transition_time = old.last_transition_time.clone();
        }
    }
    remove(status, &kind);
    status.conditions.get_or_insert_default().push(condition);
}

/// Removes the condition of that type.
pub(super) fn remove(status: &mut DeploymentStatus, kind: &str) {
    if let Some(all) = &mut status.conditions {
        all.retain(|c| c.type_.as_deref() != Some(kind));
    }
}

/// Whether a deadline is set for the rollout; the greatest number stands for none.
// upstream: deployment_util.go HasProgressDeadline
pub(super) fn has_deadline(d: &Deployment) -> bool {
    d.body
        .spec
        .progress_deadline_seconds
        .is_some_and(|s| s != i32::MAX)
}

/// Notes pausing and resuming, so that time spent paused does not count as lack of progress.
// upstream: pkg/controller/deployment/sync.go checkPausedConditions
pub(super) fn check_paused(ctx: &mut Ctx<'_>, r: &mut Rollout) -> Result<(), Status> {
    let reason = find(&r.d.body.status, PROGRESSING).and_then(|c| c.reason.as_deref());
    if !has_deadline(&r.d) || reason == Some(TIMED_OUT) {
        return Ok(());
    }
    let was = reason == Some(PAUSED);
    let is = r.d.body.spec.paused == Some(true);
    let (reason, text, id) = match (was, is) {
        (false, true) => (PAUSED, "Deployment is paused", "deployment-paused"),
        (true, false) => (
            "DeploymentResumed",
            "Deployment is resumed",
            "deployment-resumed",
        ),
        _ => return Ok(()),
    };
    let condition = new(ctx.now(), PROGRESSING, "Unknown", reason, text.into());
    set(&mut r.d.body.status, condition);
    let why = Why::with(id, [("name", (&r.d.meta.name).into())]);
    super::write_status(ctx, r, why)?;
    Ok(())
}
