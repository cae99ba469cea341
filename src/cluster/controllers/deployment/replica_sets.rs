//! A Deployment's ReplicaSets: whose they are, which is the present one, making it, and forgetting the oldest.
// upstream: pkg/controller/deployment/sync.go getNewReplicaSet, cleanupDeployment

use std::collections::BTreeMap;
use std::sync::Arc;

use k8s_openapi::api::apps::v1::{ReplicaSetSpec, ReplicaSetStatus};
use k8s_openapi::api::core::v1::PodTemplateSpec;
use podarium_api::hash::template_hash;
use podarium_api::kinds::KindId;
use podarium_api::meta::{Meta, OwnerReference, Str};
use podarium_api::object::{Deployment, DeploymentBody, Key, ReplicaSet, ReplicaSetBody};
use podarium_api::selector::Selector;
use podarium_api::sort;
use podarium_api::status::{Reason, Status};
use podarium_api::typed;

use super::conditions::{self, PROGRESSING};
use super::{Ctx, Rollout, math, revision};
use crate::apiserver::DeleteOptions;
use crate::sim::Why;

const HASH: &str = "pod-template-hash";

fn key_of(rs: &ReplicaSet) -> Key {
    Key {
        kind: KindId::REPLICA_SET,
        namespace: rs.meta.namespace.clone(),
        name: rs.meta.name.clone(),
    }
}

fn reference(d: &Deployment) -> OwnerReference {
    OwnerReference {
        api_version: "apps/v1".into(),
        kind: "Deployment".into(),
        name: d.meta.name.clone(),
        uid: d.meta.uid,
        controller: true,
        block_owner_deletion: true,
    }
}

/// The Deployment's ReplicaSets: it adopts orphans that it selects and lets go of those that it no longer selects.
// upstream: pkg/controller/controller_ref_manager.go ReplicaSetControllerRefManager.ClaimReplicaSets
pub(super) fn claim(
    ctx: &mut Ctx<'_>,
    d: &Deployment,
    selector: &Selector,
) -> Result<Vec<Arc<ReplicaSet>>, Status> {
    let selects = |rs: &ReplicaSet| selector.matches(|key| rs.meta.labels.get(key));
    let manages = |rs: &ReplicaSet| rs.meta.controller().is_some_and(|o| o.uid == d.meta.uid);
    let (mut ours, strangers): (Vec<_>, Vec<_>) = ctx
        .cache
        .dependents_of(d.meta.uid)
        .filter_map(|key| ctx.cache.find::<ReplicaSetBody>(key))
        .filter(|rs| manages(rs))
        .cloned()
        .partition(|rs| selects(rs));
    if d.meta.is_terminating() {
        return Ok(ours);
    }
    let arguments = |rs: &ReplicaSet| {
        [
            ("deployment", (&d.meta.name).into()),
            ("name", (&rs.meta.name).into()),
        ]
    };
    for rs in strangers {
        let why = Why::with("deployment-release", arguments(&rs));
        ctx.patch::<ReplicaSetBody>(&key_of(&rs), rs.meta.uid, why, |rs| {
            let mut owners = rs.meta.owners().to_vec();
            owners.retain(|o| o.uid != d.meta.uid);
            rs.meta.owners = (!owners.is_empty()).then(|| owners.into());
        })?;
    }
    let orphans: Vec<_> = ctx
        .cache
        .list::<ReplicaSetBody>(&d.meta.namespace)
        .filter(|rs| rs.meta.controller().is_none() && !rs.meta.is_terminating() && selects(rs))
        .cloned()
        .collect();
    for rs in orphans {
        let why = Why::with("deployment-adopt", arguments(&rs));
        let adopted = ctx.patch::<ReplicaSetBody>(&key_of(&rs), rs.meta.uid, why, |rs| {
            let mut owners = rs.meta.owners().to_vec();
            owners.push(reference(d));
            rs.meta.owners = Some(owners.into());
        })?;
        ours.extend(adopted);
    }
    Ok(ours)
}

/// Whether a ReplicaSet has the Deployment's present template.
// upstream: deployment_util.go FindNewReplicaSet, EqualIgnoreHash
pub(super) fn fits(d: &Deployment, rs: &ReplicaSet) -> bool {
    let empty = PodTemplateSpec::default();
    same_but_hash(
        rs.body.spec.template.as_ref().unwrap_or(&empty),
        &d.body.spec.template,
    )
}

fn same_but_hash(a: &PodTemplateSpec, b: &PodTemplateSpec) -> bool {
    if a.spec != b.spec {
        return false;
    }
    let metadata = |t: &PodTemplateSpec| {
        let mut metadata = t.metadata.clone().unwrap_or_default();
        let mut labels = metadata.labels.take().unwrap_or_default();
        labels.remove(HASH);
        metadata.labels = Some(labels);
        metadata
    };
    metadata(a) == metadata(b)
}

/// Brings the revision of the present ReplicaSet and of the Deployment up to date.
// upstream: sync.go getNewReplicaSet, its first half
pub(super) fn sync_new(ctx: &mut Ctx<'_>, r: &mut Rollout) -> Result<(), Status> {
    let Some(rs) = r.new.clone() else {
        return Ok(());
    };
    let mut annotated = rs.as_ref().clone();
    revision::annotate(&r.d, &mut annotated, next_revision(r), true);
    let ready_seconds = r.d.body.spec.min_ready_seconds;
    let ripening = annotated.body.spec.min_ready_seconds.unwrap_or(0) != ready_seconds.unwrap_or(0);
    if ripening || annotated.meta.annotations != rs.meta.annotations {
        annotated.body.spec.min_ready_seconds = ready_seconds;
        let arguments = [
            ("deployment", (&r.d.meta.name).into()),
            ("name", (&rs.meta.name).into()),
            ("revision", revision::of(&annotated.meta).into()),
        ];
        let actor = ctx.actor.clone();
        let why = Why::with("deployment-revision", arguments);
        r.new = Some(ctx.world.update(&actor, annotated, why)?);
        r.wrote = true;
        return Ok(());
    }
    set_revision(ctx, r, revision::of(&rs.meta))?;
    let unknown = conditions::find(&r.d.body.status, PROGRESSING).is_none();
    if conditions::has_deadline(&r.d) && unknown {
        let text = format!("Found new replica set {:?}", rs.meta.name);
        progress(ctx, r, "True", "FoundNewReplicaSet", text)?;
    }
    Ok(())
}

/// The ReplicaSet of the present template: the one there is, or a new one.
// upstream: sync.go getNewReplicaSet with createIfNotExisted
pub(super) fn ensure_new(ctx: &mut Ctx<'_>, r: &mut Rollout) -> Result<(), Status> {
    if r.new.is_some() {
        return sync_new(ctx, r);
    }
    let revision = next_revision(r);
    let rs = fresh(r, revision);
    let (name, size) = (rs.meta.name.clone(), math::size(&rs));
    let why = Why::with(
        "deployment-new-replicaset",
        [
            ("deployment", (&r.d.meta.name).into()),
            ("name", (&name).into()),
            ("revision", revision.into()),
            ("replicas", size.into()),
        ],
    );
    let actor = ctx.actor.clone();
    let mut existed = false;
    match ctx.world.create(&actor, rs, why) {
        Ok(created) => r.new = Some(created),
        Err(status) if status.reason == Reason::AlreadyExists => {
            // Live, since our own creation may not have come back by the watch yet.
            let there = ctx.world.get::<ReplicaSetBody>(&r.key.namespace, &name);
            let ours = there.filter(|rs| {
                rs.meta.controller().is_some_and(|o| o.uid == r.d.meta.uid) && fits(&r.d, rs)
            });
            if ours.is_none() {
                return collide(ctx, r, status);
            }
            (r.new, existed) = (ours, true);
        }
        // upstream: in a namespace that is going away there is nothing more to do.
        Err(status) if status.message.contains("because it is being terminated") => return Ok(()),
        Err(status) => {
            let text = format!("Failed to create new replica set {name:?}: {status}");
            if conditions::has_deadline(&r.d) {
                progress(ctx, r, "False", "ReplicaSetCreateError", text.clone())?;
            }
            let about = r.stored.clone();
            ctx.tell(&about, true, "ReplicaSetCreateError", text);
            return Err(status);
        }
    }
    r.wrote = true;
    if !existed && size > 0 {
        let text = format!("Scaled up replica set {name} from 0 to {size}");
        let about = r.stored.clone();
        ctx.tell(&about, false, "ScalingReplicaSet", text);
    }
    set_revision(ctx, r, revision)?;
    if !existed && conditions::has_deadline(&r.d) {
        let text = format!("Created new replica set {name:?}");
        progress(ctx, r, "True", "NewReplicaSetCreated", text)?;
    }
    Ok(())
}

/// Another template has the same hash: count the collision, so that the next attempt gets another name.
fn collide(ctx: &mut Ctx<'_>, r: &mut Rollout, status: Status) -> Result<(), Status> {
    let count = r.d.body.status.collision_count.unwrap_or(0) + 1;
    r.d.body.status.collision_count = Some(count);
    let why = Why::with(
        "deployment-collision",
        [("name", (&r.d.meta.name).into()), ("count", count.into())],
    );
    super::write_status(ctx, r, why)?;
    Err(status)
}

fn next_revision(r: &Rollout) -> i64 {
    let newest = r.old.iter().map(|rs| revision::of(&rs.meta)).max();
    newest.unwrap_or(0) + 1
}

fn fresh(r: &Rollout, revision: i64) -> ReplicaSet {
    let d = &r.d;
    let template = typed::write(&d.body.spec.template);
    let hash = template_hash(
        template.to_string().as_bytes(),
        d.body.status.collision_count,
    );
    let mut template = d.body.spec.template.clone();
    let labels = template.metadata.get_or_insert_default();
    let labels = labels.labels.get_or_insert_with(BTreeMap::new);
    labels.insert(HASH.into(), hash.clone());
    let mut selector = d.body.spec.selector.clone();
    let matching = selector.match_labels.get_or_insert_with(BTreeMap::new);
    matching.insert(HASH.into(), hash.clone());
    let name: Str = format!("{}-{hash}", d.meta.name).into();
    let meta = Meta {
        labels: labels.clone().into(),
        owners: Some(Arc::new([reference(d)])),
        ..Meta::new(&d.meta.namespace, &name)
    };
    let spec = ReplicaSetSpec {
        replicas: Some(0),
        min_ready_seconds: d.body.spec.min_ready_seconds,
        selector,
        template: Some(template),
    };
    let status = ReplicaSetStatus::default();
    let mut rs = ReplicaSet::new(meta, ReplicaSetBody { spec, status });
    rs.body.spec.replicas = Some(super::rolling::room_for(d, r.old.iter(), &rs));
    revision::annotate(d, &mut rs, revision, false);
    rs
}

/// Upstream writes the Deployment's revision with its status; annotations are written with the object here.
fn set_revision(ctx: &mut Ctx<'_>, r: &mut Rollout, revision: i64) -> Result<(), Status> {
    if revision::of(&r.d.meta) == revision {
        return Ok(());
    }
    let text = revision.to_string();
    r.d.meta.annotations.insert(revision::REVISION, &text);
    let why = Why::with(
        "deployment-revised",
        [
            ("name", (&r.d.meta.name).into()),
            ("revision", revision.into()),
        ],
    );
    let (key, uid) = (r.key.clone(), r.d.meta.uid);
    let written = ctx.patch::<DeploymentBody>(&key, uid, why, |d| {
        d.meta.annotations.insert(revision::REVISION, &text);
    })?;
    r.wrote = true;
    // A newer desired state than the one at hand must not be answered with this sync's status.
    if let Some(written) = written.filter(|w| w.meta.generation == r.d.meta.generation) {
        r.d.meta.resource_version = written.meta.resource_version;
    }
    Ok(())
}

fn progress(
    ctx: &mut Ctx<'_>,
    r: &mut Rollout,
    status: &str,
    reason: &str,
    text: String,
) -> Result<(), Status> {
    let condition = conditions::new(ctx.now(), PROGRESSING, status, reason, text);
    conditions::set(&mut r.d.body.status, condition);
    let why = Why::with(
        "deployment-progress",
        [("name", (&r.d.meta.name).into()), ("reason", reason.into())],
    );
    super::write_status(ctx, r, why)?;
    Ok(())
}

/// Deletes the oldest ReplicaSets beyond the history limit.
pub(super) fn clean_up(ctx: &mut Ctx<'_>, r: &Rollout) -> Result<(), Status> {
    let limit =
        r.d.body
            .spec
            .revision_history_limit
            .filter(|l| *l != i32::MAX);
    let Some(limit) = limit.and_then(|l| usize::try_from(l).ok()) else {
        return Ok(());
    };
    let alive = r.old.iter().filter(|rs| !rs.meta.is_terminating());
    let mut alive: Vec<_> = alive.cloned().collect();
    let surplus = alive.len().saturating_sub(limit);
    sort::by_key(&mut alive, |rs| (revision::of(&rs.meta), rs.meta.created));
    for rs in &alive[..surplus] {
        let status = &rs.body.status;
        let unseen = rs.meta.generation > status.observed_generation.unwrap_or(0);
        if status.replicas != 0 || math::size(rs) != 0 || unseen {
            continue;
        }
        let why = Why::with(
            "deployment-history",
            [
                ("deployment", (&r.d.meta.name).into()),
                ("name", (&rs.meta.name).into()),
                ("limit", limit.into()),
            ],
        );
        ctx.delete(&key_of(rs), &DeleteOptions::default(), why)?;
    }
    Ok(())
}
