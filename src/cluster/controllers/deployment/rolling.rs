//! RollingUpdate: new pods come and old ones go, within what may be too many and too few.
// upstream: pkg/controller/deployment/rolling.go

use std::sync::Arc;

use podarium_api::object::{Deployment, ReplicaSet};
use podarium_api::status::Status;

use super::math::{self, available, size, wanted};
use super::{Ctx, Rollout, replica_sets, scale, status};

pub(super) fn roll(ctx: &mut Ctx<'_>, r: &mut Rollout) -> Result<(), Status> {
    replica_sets::ensure_new(ctx, r)?;
    if !grow_new(ctx, r)? && !shrink_old(ctx, r)? && status::is_complete(&r.d, &r.d.body.status) {
        replica_sets::clean_up(ctx, r)?;
    }
    status::sync_rollout(ctx, r)
}

/// How large the new ReplicaSet may be beside the old ones.
// upstream: deployment_util.go NewRSNewReplicas
pub(super) fn room_for<'a>(
    d: &Deployment,
    old: impl Iterator<Item = &'a Arc<ReplicaSet>>,
    new: &ReplicaSet,
) -> i32 {
    if !math::is_rolling(d) {
        return wanted(d);
    }
    let most = wanted(d) + math::max_surge(d);
    let total = old.map(|rs| size(rs)).sum::<i32>() + size(new);
    if total >= most {
        return size(new);
    }
    size(new) + (most - total).min(wanted(d) - size(new))
}

// upstream: rolling.go reconcileNewReplicaSet
fn grow_new(ctx: &mut Ctx<'_>, r: &mut Rollout) -> Result<bool, Status> {
    let Some(new) = r.new.clone() else {
        return Ok(false);
    };
    let to = match size(&new).cmp(&wanted(&r.d)) {
        std::cmp::Ordering::Equal => return Ok(false),
        std::cmp::Ordering::Greater => wanted(&r.d),
        std::cmp::Ordering::Less => room_for(&r.d, r.old.iter(), &new),
    };
    scale::resize_to(ctx, r, &new, to)
}

// upstream: rolling.go reconcileOldReplicaSets
fn shrink_old(ctx: &mut Ctx<'_>, r: &mut Rollout) -> Result<bool, Status> {
    let old: i32 = r.old.iter().map(|rs| size(rs)).sum();
    let Some(new) = r.new.clone().filter(|_| old > 0) else {
        return Ok(false);
    };
    let least = wanted(&r.d) - math::max_unavailable(&r.d);
    // New pods that are not available yet count as missing: they must not be paid for with old ones that are.
    let unavailable = size(&new) - available(&new);
    let most = old + size(&new) - least - unavailable;
    if most <= 0 {
        return Ok(false);
    }
    let cleaned = drop_unhealthy(ctx, r, most)?;
    let dropped = drop_surplus(ctx, r)?;
    Ok(cleaned + dropped > 0)
}

/// Old pods that are not available serve nobody: they go first.
// upstream: rolling.go cleanupUnhealthyReplicas
fn drop_unhealthy(ctx: &mut Ctx<'_>, r: &mut Rollout, most: i32) -> Result<i32, Status> {
    let mut total = 0;
    for at in 0..r.old.len() {
        let rs = r.old[at].clone();
        let unhealthy = size(&rs) - available(&rs);
        if total >= most {
            break;
        }
        if size(&rs) == 0 || unhealthy <= 0 {
            continue;
        }
        let drop = unhealthy.min(most - total);
        let to = size(&rs) - drop;
        r.old[at] = scale::resize(ctx, r, &rs, to)?.0;
        total += drop;
    }
    Ok(total)
}

// upstream: rolling.go scaleDownOldReplicaSetsForRollingUpdate
fn drop_surplus(ctx: &mut Ctx<'_>, r: &mut Rollout) -> Result<i32, Status> {
    let least = wanted(&r.d) - math::max_unavailable(&r.d);
    let surplus = r.all().map(|rs| available(rs)).sum::<i32>() - least;
    let mut total = 0;
    for at in 0..r.old.len() {
        let rs = r.old[at].clone();
        if total >= surplus {
            break;
        }
        let drop = size(&rs).min(surplus - total);
        if drop == 0 {
            continue;
        }
        let to = size(&rs) - drop;
        r.old[at] = scale::resize(ctx, r, &rs, to)?.0;
        total += drop;
    }
    Ok(total)
}
