//! Recreate: all old pods go before the first new one comes.
// upstream: pkg/controller/deployment/recreate.go

use podarium_api::pod::Phase;
use podarium_api::status::Status;

use super::math::wanted;
use super::{Ctx, Rollout, replica_sets, scale, status};

pub(super) fn recreate(ctx: &mut Ctx<'_>, r: &mut Rollout) -> Result<(), Status> {
    replica_sets::sync_new(ctx, r)?;
    let mut shrunk = false;
    for rs in r.old.clone() {
        shrunk |= scale::resize_to(ctx, r, &rs, 0)?;
    }
    if shrunk || old_pods_remain(ctx, r) {
        return status::sync_rollout(ctx, r);
    }
    if r.new.is_none() {
        replica_sets::ensure_new(ctx, r)?;
    }
    if let Some(new) = r.new.clone() {
        let target = wanted(&r.d);
        scale::resize_to(ctx, r, &new, target)?;
    }
    if status::is_complete(&r.d, &r.d.body.status) {
        replica_sets::clean_up(ctx, r)?;
    }
    status::sync_rollout(ctx, r)
}

/// Whether a pod of an old ReplicaSet is there still and has not ended.
// upstream: recreate.go oldPodsRunning
fn old_pods_remain(ctx: &Ctx<'_>, r: &Rollout) -> bool {
    r.old.iter().any(|rs| {
        rs.body.status.replicas > 0
            || ctx
                .cache
                .pods_of(rs.meta.uid)
                .any(|pod| !matches!(pod.body.status.phase, Phase::Failed | Phase::Succeeded))
    })
}
