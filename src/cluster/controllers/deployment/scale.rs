//! Changing the size of ReplicaSets, and sharing out a change of the Deployment's size among several.
// upstream: pkg/controller/deployment/sync.go scale, scaleReplicaSet, isScalingEvent

use std::sync::Arc;

use podarium_api::object::{Deployment, Object, ReplicaSet};
use podarium_api::sort;
use podarium_api::status::Status;

use super::math::{self, size, wanted};
use super::{Ctx, Rollout, revision};
use crate::sim::Why;

/// Gives a ReplicaSet a size, and notes the Deployment's. Returns it as it is now, and whether its size changed.
pub(super) fn resize(
    ctx: &mut Ctx<'_>,
    r: &mut Rollout,
    rs: &Arc<ReplicaSet>,
    to: i32,
) -> Result<(Arc<ReplicaSet>, bool), Status> {
    let from = size(rs);
    let mut annotations = rs.meta.annotations.clone();
    revision::set_replicas(&r.d, &mut annotations);
    if from == to && annotations == rs.meta.annotations {
        return Ok((rs.clone(), false));
    }
    let mut new = rs.as_ref().clone();
    new.body.spec.replicas = Some(to);
    new.meta.annotations = annotations;
    let why = Why::with(
        "deployment-scale",
        [
            ("deployment", (&r.d.meta.name).into()),
            ("name", (&rs.meta.name).into()),
            ("from", from.into()),
            ("to", to.into()),
        ],
    );
    let actor = ctx.actor.clone();
    let new = ctx.world.update(&actor, new, why)?;
    r.wrote = true;
    if from != to {
        let way = if from < to { "up" } else { "down" };
        let name = &rs.meta.name;
        let text = format!("Scaled {way} replica set {name} from {from} to {to}");
        let about: Object = r.stored.clone();
        ctx.tell(&about, false, "ScalingReplicaSet", text);
    }
    Ok((new, from != to))
}

/// [`resize`] unless the size is right; whether it changed.
pub(super) fn resize_to(
    ctx: &mut Ctx<'_>,
    r: &mut Rollout,
    rs: &Arc<ReplicaSet>,
    to: i32,
) -> Result<bool, Status> {
    if size(rs) == to {
        return Ok(false);
    }
    Ok(resize(ctx, r, rs, to)?.1)
}

/// Whether the Deployment was scaled since its ReplicaSets were last resized.
pub(super) fn is_scaling(r: &Rollout) -> bool {
    r.all().filter(|rs| size(rs) > 0).any(|rs| {
        let desired = revision::number(&rs.meta.annotations, revision::DESIRED);
        desired.is_some_and(|n| n != i64::from(wanted(&r.d)))
    })
}

/// Carries a change of the Deployment's size over to its ReplicaSets.
pub(super) fn scale(ctx: &mut Ctx<'_>, r: &mut Rollout) -> Result<(), Status> {
    let target = wanted(&r.d);
    if let Some(only) = active_or_latest(r) {
        resize_to(ctx, r, &only, target)?;
        return Ok(());
    }
    let active = |rs: &&Arc<ReplicaSet>| size(rs) > 0;
    if r.new.as_ref().is_some_and(|rs| is_saturated(&r.d, rs)) {
        let old: Vec<_> = r.old.iter().filter(active).cloned().collect();
        for rs in old {
            resize_to(ctx, r, &rs, 0)?;
        }
        return Ok(());
    }
    if !math::is_rolling(&r.d) {
        return Ok(());
    }
    let mut all: Vec<_> = r.all().filter(active).cloned().collect();
    let total: i32 = all.iter().map(|rs| size(rs)).sum();
    let allowed = if target > 0 {
        target + math::max_surge(&r.d)
    } else {
        0
    };
    let to_add = allowed - total;
    // Growth goes to the newer of equals, shrinking to the older.
    sort::by(&mut all, |a, b| {
        let by_age = a.meta.created.cmp(&b.meta.created);
        let by_age = by_age.then_with(|| a.meta.name.cmp(&b.meta.name));
        let by_age = if to_add > 0 { by_age.reverse() } else { by_age };
        size(b).cmp(&size(a)).then(by_age)
    });
    let mut added = 0;
    let mut sizes = Vec::with_capacity(all.len());
    for rs in &all {
        let share = proportion(&r.d, rs, to_add, added);
        sizes.push(size(rs) + share);
        added += share;
    }
    if let Some(largest) = sizes.first_mut()
        && to_add != 0
    {
        *largest = (*largest + to_add - added).max(0);
    }
    for (rs, to) in all.iter().zip(sizes) {
        resize(ctx, r, rs, to)?;
    }
    Ok(())
}

/// The one ReplicaSet that has pods, or the newest when none has; `None` when several have.
// upstream: deployment_util.go FindActiveOrLatest
fn active_or_latest(r: &Rollout) -> Option<Arc<ReplicaSet>> {
    let mut active = r.all().filter(|rs| size(rs) > 0);
    match (active.next(), active.next()) {
        (None, _) => r.new.as_ref().or(r.old.last()).cloned(),
        (Some(only), None) => Some(only.clone()),
        _ => None,
    }
}

// upstream: deployment_util.go IsSaturated
fn is_saturated(d: &Deployment, rs: &ReplicaSet) -> bool {
    let target = wanted(d);
    size(rs) == target
        && revision::number(&rs.meta.annotations, revision::DESIRED) == Some(target.into())
        && math::available(rs) == target
}

/// A ReplicaSet's share of a change of size, as large as its part of the whole and never more than is left.
// upstream: deployment_util.go GetReplicaSetProportion, getReplicaSetFraction
fn proportion(d: &Deployment, rs: &ReplicaSet, to_add: i32, added: i32) -> i32 {
    if size(rs) == 0 || to_add == 0 || to_add == added {
        return 0;
    }
    let left = to_add - added;
    let share = fraction(d, rs);
    if to_add > 0 {
        share.min(left)
    } else {
        share.max(left)
    }
}

fn fraction(d: &Deployment, rs: &ReplicaSet) -> i32 {
    if wanted(d) == 0 {
        return -size(rs);
    }
    let now = i64::from(wanted(d) + math::max_surge(d));
    let noted = revision::number(&rs.meta.annotations, revision::MAX).filter(|n| *n != 0);
    let before = noted.unwrap_or(d.body.status.replicas.unwrap_or(0).into());
    if before == 0 {
        return 0;
    }
    let exact = i64::from(size(rs)) * now;
    // Half away from zero, as Go's math.Round.
    let rounded = (2 * exact + before) / (2 * before);
    i32::try_from(rounded).unwrap_or(i32::MAX) - size(rs)
}
