//! Creating and deleting pods until their number is right.
// upstream: pkg/controller/replicaset/replica_set.go manageReplicas, slowStartBatch

use podarium_api::kinds::KindId;
use podarium_api::object::{Key, Object, ReplicaSet};
use podarium_api::pod::Pod;
use podarium_api::status::{Reason, Status};

use super::claim::Claimed;
use super::{Ctx, Flavor, rank};
use crate::apiserver::DeleteOptions;
use crate::sim::Why;

/// upstream: replica_set.go BurstReplicas
const BURST: usize = 500;

pub(super) fn manage(
    ctx: &mut Ctx<'_>,
    flavor: &Flavor,
    key: &Key,
    rs: &ReplicaSet,
    pods: &Claimed,
) -> Result<(), Status> {
    let wanted = usize::try_from(rs.body.spec.replicas.unwrap_or(1)).unwrap_or(0);
    let had = pods.active;
    if had < wanted {
        create(ctx, flavor, key, rs, (wanted, had))
    } else if had > wanted {
        delete(ctx, flavor, key, rs, pods, wanted)
    } else {
        Ok(())
    }
}

fn create(
    ctx: &mut Ctx<'_>,
    flavor: &Flavor,
    key: &Key,
    rs: &ReplicaSet,
    (wanted, had): (usize, usize),
) -> Result<(), Status> {
    let missing = (wanted - had).min(BURST);
    let now = ctx.now();
    ctx.state.expectations.expect_creations(now, key, missing);
    let about = ctx.cache.get(key).cloned();
    let (mut left, mut batch, mut made) = (missing, 1.min(missing), 0);
    let mut error = None;
    // A batch that fails ends the attempt, so that a quota or a webhook that refuses everything is asked only once.
    while batch > 0 {
        for _ in 0..batch {
            match create_one(ctx, flavor, rs, (wanted, had)) {
                Ok(name) => {
                    made += 1;
                    if let Some(about) = &about {
                        ctx.tell(
                            about,
                            false,
                            "SuccessfulCreate",
                            format!("Created pod: {name}"),
                        );
                    }
                }
                // upstream: in a namespace that is going away the attempt counts as done; no event is told of it.
                Err(status) if namespace_terminates(&status) => made += 1,
                Err(status) => {
                    if let Some(about) = &about {
                        let text = format!("Error creating: {status}");
                        ctx.tell(about, true, "FailedCreate", text);
                    }
                    error = error.or(Some(status));
                }
            }
        }
        if error.is_some() {
            break;
        }
        left -= batch;
        batch = (2 * batch).min(left);
    }
    ctx.state.expectations.created(key, missing - made);
    error.map_or(Ok(()), Err)
}

fn create_one(
    ctx: &mut Ctx<'_>,
    flavor: &Flavor,
    rs: &ReplicaSet,
    (wanted, had): (usize, usize),
) -> Result<podarium_api::meta::Str, Status> {
    let (meta, spec) = ctx.state.templates.get(rs, flavor.kind);
    let why = Why::with(
        "replicaset-create",
        [
            ("name", (&rs.meta.name).into()),
            ("wanted", wanted.into()),
            ("had", had.into()),
        ],
    );
    let actor = ctx.actor.clone();
    let pod = ctx
        .world
        .create(&actor, Pod::from_template(meta, spec), why)?;
    Ok(pod.meta.name.clone())
}

fn delete(
    ctx: &mut Ctx<'_>,
    flavor: &Flavor,
    key: &Key,
    rs: &ReplicaSet,
    pods: &Claimed,
    wanted: usize,
) -> Result<(), Status> {
    let surplus = (pods.active - wanted).min(BURST);
    let mut victims = pods.active_pods(ctx, rs.meta.uid);
    if surplus < victims.len() {
        rank::worst_first(ctx, flavor, rs, &mut victims);
        victims.truncate(surplus);
    }
    let now = ctx.now();
    let names = victims.iter().map(|p| p.meta.name.clone());
    ctx.state.expectations.expect_deletions(now, key, names);
    let about = ctx.cache.get(key).cloned();
    let mut error = None;
    for pod in &victims {
        let name = &pod.meta.name;
        let why = Why::with(
            "replicaset-delete",
            [
                ("name", (&rs.meta.name).into()),
                ("wanted", wanted.into()),
                ("had", pods.active.into()),
            ],
        );
        let target = Key {
            kind: KindId::POD,
            namespace: pod.meta.namespace.clone(),
            name: name.clone(),
        };
        let actor = ctx.actor.clone();
        let deleted = ctx
            .world
            .delete(&actor, &target, &DeleteOptions::default(), why);
        let tell = |ctx: &mut Ctx<'_>, warning, reason, text: String| {
            if let Some(about) = &about {
                ctx.tell(about as &Object, warning, reason, text);
            }
        };
        match deleted {
            Ok(_) => tell(
                ctx,
                false,
                "SuccessfulDelete",
                format!("Deleted pod: {name}"),
            ),
            Err(status) => {
                ctx.state.expectations.deleted(key, name);
                if status.reason != Reason::NotFound {
                    tell(
                        ctx,
                        true,
                        "FailedDelete",
                        format!("Error deleting: {status}"),
                    );
                    error = error.or(Some(status));
                }
            }
        }
    }
    error.map_or(Ok(()), Err)
}

/// upstream: apierrors.HasStatusCause(err, v1.NamespaceTerminatingCause)
fn namespace_terminates(status: &Status) -> bool {
    status.reason == Reason::Forbidden && status.message.contains("because it is being terminated")
}
