//! The garbage collector: what an object owned goes with it, before it or stays, as its deletion asked.
// upstream: pkg/controller/garbagecollector/garbagecollector.go, graph_builder.go

use podarium_api::kinds::{KindId, by_gvk};
use podarium_api::meta::{Meta, OwnerReference, Span, Str, Uid};
use podarium_api::object::{Key, Object};
use podarium_api::status::Status;

use super::cache::{Cache, Delta};
use super::ctx::{Ctx, Done, Feed, Outcome};
use super::queue::Weight;
use super::registry::Entry;
use crate::apiserver::{DeleteOptions, FOREGROUND, ORPHAN, Propagation, custom};
use crate::doc::Doc;
use crate::sim::Why;

/// The registry's line.
pub const ENTRY: Entry = Entry {
    doc: Doc {
        name: "garbage-collector-controller",
        sentence: "Deletes what has lost its owners, and lets owners wait for what they own.",
        upstream: "pkg/controller/garbagecollector/garbagecollector.go",
        docs: "concepts/architecture/garbage-collection/",
        acts_on: &[],
    },
    source: "garbage-collector-controller",
    workers: 20,
    enqueue,
    reconcile,
};

fn has(meta: &Meta, finalizer: &str) -> bool {
    meta.finalizers.iter().any(|f| **f == *finalizer)
}

/// Whether an object waits for what it owns to be gone.
fn waits(meta: &Meta) -> bool {
    meta.is_terminating() && has(meta, FOREGROUND)
}

fn orphans(meta: &Meta) -> bool {
    meta.is_terminating() && has(meta, ORPHAN)
}

/// The key that an owner reference of an object in `namespace` means; `None` for a kind that there is not.
fn key_of(cache: &Cache, owner: &OwnerReference, namespace: &Str) -> Option<Key> {
    let info = match by_gvk(&owner.api_version, &owner.kind) {
        Ok(info) => info,
        Err(_) => {
            let definitions = cache.list_kind(KindId::CUSTOM_RESOURCE_DEFINITION, "");
            custom::named(definitions, &owner.api_version, &owner.kind)?.info()
        }
    };
    Some(Key {
        kind: info.storage(),
        namespace: if info.namespaced {
            namespace.clone()
        } else {
            "".into()
        },
        name: owner.name.clone(),
    })
}

// upstream: graph_builder.go processGraphChanges
fn enqueue(feed: &mut Feed<'_>, delta: &Delta<'_>) {
    let cache = feed.cache;
    let old = delta.old.map(Object::meta);
    let new = delta.new.map(Object::meta);
    let waited = |m: Option<&Meta>| m.is_some_and(waits);
    if let Some(meta) = new {
        let reowned = old.is_none_or(|o| o.owners != meta.owners);
        let known = |o: &OwnerReference| {
            let owner = key_of(cache, o, &meta.namespace).and_then(|key| cache.get(&key));
            owner.is_some_and(|owner| owner.meta().uid == o.uid)
        };
        if reowned && !meta.owners().iter().all(known) {
            feed.add(delta.key.clone(), Weight::Medium);
        }
        if waits(meta) && !waited(old) {
            feed.add(delta.key.clone(), Weight::Heavy);
            add_dependents(feed, meta.uid);
        }
        if orphans(meta) && !old.is_some_and(orphans) {
            feed.add(delta.key.clone(), Weight::Heavy);
        }
        if old.is_some_and(|o| o.owners != meta.owners) {
            add_waiting_owners(feed, old);
        }
    } else if let Some(meta) = old {
        add_dependents(feed, meta.uid);
        add_waiting_owners(feed, old);
    }
}

fn add_dependents(feed: &mut Feed<'_>, uid: Uid) {
    let cache = feed.cache;
    for key in cache.dependents_of(uid) {
        feed.add(key.clone(), Weight::Medium);
    }
}

/// Owners that wait for what they own look again.
fn add_waiting_owners(feed: &mut Feed<'_>, meta: Option<&Meta>) {
    let cache = feed.cache;
    if let Some(meta) = meta {
        for owner in meta.owners() {
            let key = key_of(cache, owner, &meta.namespace);
            if let Some(key) = key.filter(|k| cache.get(k).is_some_and(|o| waits(o.meta()))) {
                feed.add(key, Weight::Medium);
            }
        }
    }
}

// upstream: garbagecollector.go attemptToDeleteItem, attemptToOrphanWorker
fn reconcile(ctx: &mut Ctx<'_>, key: &Key) -> Outcome {
    // A live GET: the graph may be behind, and nothing may be deleted by mistake.
    let Some(object) = ctx.world.store().get(key).cloned() else {
        return Ok(Done::default());
    };
    let meta = object.meta();
    if orphans(meta) {
        orphan_dependents(ctx, key, meta)?;
    }
    if waits(meta) {
        return wait_for_dependents(ctx, key, meta);
    }
    if meta.is_terminating() || meta.owners().is_empty() {
        return Ok(Done::default());
    }
    let (mut solid, mut dangling, mut waiting) = (0, Vec::new(), Vec::new());
    for owner in meta.owners() {
        let Some(owner_key) = key_of(ctx.cache, owner, &meta.namespace) else {
            // upstream cannot resolve the kind either, and leaves the object alone.
            solid += 1;
            continue;
        };
        let live = ctx.world.store().get(&owner_key);
        match live.filter(|o| o.meta().uid == owner.uid) {
            None => dangling.push(owner.clone()),
            Some(o) if waits(o.meta()) => waiting.push(owner.clone()),
            Some(_) => solid += 1,
        }
    }
    if solid > 0 {
        let gone: Vec<Uid> = dangling.iter().chain(&waiting).map(|o| o.uid).collect();
        unlink(ctx, key, meta.uid, &gone)?;
        return Ok(Done::default());
    }
    delete(ctx, key, meta, &dangling, &waiting)?;
    Ok(Done::default())
}

fn delete(
    ctx: &mut Ctx<'_>,
    key: &Key,
    meta: &Meta,
    dangling: &[OwnerReference],
    waiting: &[OwnerReference],
) -> Result<(), Status> {
    let Some(owner) = waiting.first().or(dangling.first()) else {
        return Ok(());
    };
    let owns = ctx.cache.dependents_of(meta.uid).next().is_some();
    let propagation = if !waiting.is_empty() && owns || has(meta, FOREGROUND) {
        Propagation::Foreground
    } else if has(meta, ORPHAN) {
        Propagation::Orphan
    } else {
        Propagation::Background
    };
    let options = DeleteOptions {
        propagation,
        uid: Some(meta.uid),
        resource_version: Some(meta.resource_version),
        ..DeleteOptions::default()
    };
    let id = if waiting.is_empty() {
        "gc-owner-gone"
    } else {
        "gc-owner-waits"
    };
    let why = Why::with(
        id,
        [
            ("kind", (&owner.kind).into()),
            ("owner", (&owner.name).into()),
        ],
    );
    ctx.delete(key, &options, why)
}

/// An object that is deleted in the foreground goes when nothing that blocks it is left.
// upstream: garbagecollector.go processDeletingDependentsItem
fn wait_for_dependents(ctx: &mut Ctx<'_>, key: &Key, meta: &Meta) -> Outcome {
    let cache = ctx.cache;
    let blocks = |o: &Object| {
        let mut owners = o.meta().owners().iter();
        owners.any(|o| o.uid == meta.uid && o.block_owner_deletion)
    };
    let blocking: Vec<_> = cache
        .dependents_of(meta.uid)
        .filter(|key| cache.get(key).is_some_and(blocks))
        .cloned()
        .collect();
    if blocking.is_empty() {
        let why = Why::with("gc-finalized", [("name", (&meta.name).into())]);
        drop_finalizer(ctx, key, meta.uid, FOREGROUND, why)?;
        return Ok(Done::default());
    }
    for key in blocking {
        if cache.get(&key).is_some_and(|o| !o.meta().is_terminating()) {
            ctx.add(key, Span(0));
        }
    }
    Ok(Done::default())
}

// upstream: garbagecollector.go orphanDependents
fn orphan_dependents(ctx: &mut Ctx<'_>, key: &Key, meta: &Meta) -> Result<(), Status> {
    let dependents: Vec<_> = ctx.cache.dependents_of(meta.uid).cloned().collect();
    for dependent in dependents {
        if let Some(object) = ctx.cache.get(&dependent) {
            let uid = object.meta().uid;
            unlink(ctx, &dependent, uid, &[meta.uid])?;
        }
    }
    let why = Why::with("gc-orphaned", [("name", (&meta.name).into())]);
    drop_finalizer(ctx, key, meta.uid, ORPHAN, why)
}

fn unlink(ctx: &mut Ctx<'_>, key: &Key, uid: Uid, owners: &[Uid]) -> Result<(), Status> {
    if owners.is_empty() {
        return Ok(());
    }
    let why = Why::with("gc-unlink", [("name", (&key.name).into())]);
    ctx.patch_meta(key, uid, why, |meta| {
        let mut left = meta.owners().to_vec();
        left.retain(|o| !owners.contains(&o.uid));
        meta.owners = (!left.is_empty()).then(|| left.into());
    })
}

fn drop_finalizer(
    ctx: &mut Ctx<'_>,
    key: &Key,
    uid: Uid,
    finalizer: &str,
    why: Why,
) -> Result<(), Status> {
    ctx.patch_meta(key, uid, why, |meta| {
        meta.finalizers.retain(|f| **f != *finalizer);
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::controllers::testing::{Rig, deployment};
    use expect_test::expect;
    use podarium_api::kinds::KindId;
    use podarium_api::object::{ConfigMapBody, DeploymentBody, ReplicaSetBody};
    use podarium_api::pod::PodBody;
    use serde_json::json;

    const SECOND: Span = Span::secs(1);

    fn web() -> Rig {
        let mut rig = Rig::new();
        rig.create(deployment(2, "web:1"));
        rig.run(SECOND);
        rig.start_pods();
        rig.run(SECOND);
        rig
    }

    fn delete(rig: &mut Rig, propagation: Propagation) {
        let options = DeleteOptions {
            propagation,
            ..DeleteOptions::default()
        };
        rig.delete(KindId::DEPLOYMENT, "web", options);
        rig.run(SECOND);
    }

    fn left(rig: &Rig) -> (usize, usize, usize) {
        let live = |p: &&std::sync::Arc<podarium_api::pod::Pod>| !p.meta.is_terminating();
        (
            rig.all::<DeploymentBody>().len(),
            rig.all::<ReplicaSetBody>().len(),
            rig.all::<PodBody>().iter().filter(live).count(),
        )
    }

    #[test]
    fn in_the_background_the_owner_goes_first() {
        let mut rig = web();
        let pod = rig.names("pods")[0].clone();
        delete(&mut rig, Propagation::Background);
        assert_eq!(left(&rig), (0, 0, 0));
        expect![[r#"
            garbage-collector-controller: gc-owner-gone kind="ReplicaSet" owner="web-*"
            garbage-collector-controller: gc-owner-gone kind="Deployment" owner="web"
            user tester: test
        "#]]
        .assert_eq(&rig.why(KindId::POD, &pod));
        assert_eq!(rig.end_pods(), 2);
    }

    #[test]
    fn in_the_foreground_the_owner_goes_last() {
        let mut rig = web();
        delete(&mut rig, Propagation::Foreground);
        assert_eq!(left(&rig), (1, 1, 0));
        rig.end_pods();
        rig.run(SECOND);
        assert_eq!(left(&rig), (0, 0, 0));
    }

    #[test]
    fn orphans_stay() {
        let mut rig = web();
        delete(&mut rig, Propagation::Orphan);
        assert_eq!(left(&rig), (0, 1, 2));
        assert!(rig.all::<ReplicaSetBody>()[0].meta.owners().is_empty());
        rig.run(Span::secs(60));
        assert_eq!(left(&rig), (0, 1, 2));
    }

    #[test]
    fn what_names_an_owner_that_never_was_goes() {
        let mut rig = web();
        let owner = |name: &str, uid: String| json!({"apiVersion": "apps/v1", "kind": "Deployment", "name": name, "uid": uid});
        let real = rig.get::<DeploymentBody>("web").meta.uid.to_string();
        let ghost = Uid(7).to_string();
        let map = |name: &str, owners| {
            json!({
                "apiVersion": "v1", "kind": "ConfigMap",
                "metadata": {"name": name, "namespace": "default", "ownerReferences": owners},
            })
        };
        rig.create(map("lost", json!([owner("ghost", ghost.clone())])));
        rig.create(map(
            "half",
            json!([owner("ghost", ghost), owner("web", real)]),
        ));
        rig.run(SECOND);
        assert!(rig.find::<ConfigMapBody>("lost").is_none());
        assert_eq!(rig.get::<ConfigMapBody>("half").meta.owners().len(), 1);
    }
}
