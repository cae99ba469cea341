//! ReplicaSets: as many pods of one template as asked for.
// upstream: pkg/controller/replicaset/replica_set.go

mod claim;
mod manage;
mod rank;
pub mod replication;
mod status;
mod watch;

use std::sync::Arc;

use k8s_openapi::api::apps::v1::ReplicaSetStatus;
use k8s_openapi::api::core::v1::PodSpec;
use podarium_api::kinds::KindId;
use podarium_api::meta::{Labels, Meta, OwnerReference, Span, Str, Uid};
use podarium_api::object::{Key, Object, ReplicaSet};
use podarium_api::ordered::OrdMap;
use podarium_api::selector::Selector;

use super::cache::{Cache, Delta};
use super::ctx::{Ctx, Done, Feed, Outcome};
use super::registry::Entry;
use crate::doc::Doc;
use crate::sim::Why;

/// How long a sync that wrote something occupies its key: the round trips of its requests.
const WRITES: Span = Span::millis(20);

/// The registry's line.
pub const ENTRY: Entry = Entry {
    doc: Doc {
        name: "replicaset-controller",
        sentence: "Keeps as many pods of a ReplicaSet's template as it asks for.",
        upstream: "pkg/controller/replicaset/replica_set.go",
        docs: "concepts/workloads/controllers/replicaset/",
        acts_on: &[
            "ReplicaSet.spec.replicas",
            "ReplicaSet.spec.minReadySeconds",
            "ReplicaSet.spec.selector.**",
            "ReplicaSet.spec.template.metadata.labels",
            "ReplicaSet.spec.template.metadata.annotations",
            "ReplicaSet.spec.template.metadata.finalizers",
            "ReplicaSet.spec.template.spec.**",
        ],
    },
    source: "replicaset-controller",
    workers: 5,
    enqueue: |feed, delta| watch::enqueue(feed, &REPLICA_SET, delta),
    reconcile: |ctx, key| sync(ctx, &REPLICA_SET, key),
};

/// What tells the kinds apart that this logic serves: upstream runs ReplicationControllers through it as well.
// upstream: pkg/controller/replication/conversion.go
pub(super) struct Flavor {
    /// The kind.
    pub kind: KindId,
    /// An object of that kind in the form of a ReplicaSet.
    pub read: fn(&Object) -> Option<Arc<ReplicaSet>>,
    /// Writes the status back.
    pub write_status: fn(&mut Ctx<'_>, &ReplicaSet, ReplicaSetStatus, Why) -> Outcome,
}

static REPLICA_SET: Flavor = Flavor {
    kind: KindId::REPLICA_SET,
    read: |object| object.as_kind().cloned(),
    write_status: |ctx, rs, status, why| {
        let mut new = rs.clone();
        new.body.status = status;
        // upstream: updateReplicaSetStatus gets the object anew and tries once more after a conflict, which comes to
        // writing whatever the revision.
        new.meta.resource_version = 0;
        let actor = ctx.actor.clone();
        ctx.world.update_status(&actor, new, why)?;
        Ok(Done::busy(WRITES))
    },
};

impl Flavor {
    fn find(&self, cache: &Cache, key: &Key) -> Option<Arc<ReplicaSet>> {
        (self.read)(cache.get(key)?)
    }

    /// The key of the object of this kind that an owner reference means, if it is known and the same one still.
    fn resolve(&self, cache: &Cache, namespace: &Str, owner: &OwnerReference) -> Option<Key> {
        if *owner.kind != *self.kind.info().kind {
            return None;
        }
        let key = Key {
            kind: self.kind,
            namespace: namespace.clone(),
            name: owner.name.clone(),
        };
        (cache.get(&key)?.meta().uid == owner.uid).then_some(key)
    }
}

/// What all pods of one generation of a ReplicaSet share.
#[derive(Clone, Debug)]
struct Template {
    generation: i64,
    meta: Meta,
    spec: Arc<PodSpec>,
}

/// The templates in use, by the ReplicaSet's uid.
#[derive(Clone, Debug, Default)]
pub struct Templates(OrdMap<Uid, Template>);

impl Templates {
    /// Metadata and spec for a new pod.
    // upstream: pkg/controller/controller_utils.go GetPodFromTemplate
    fn get(&mut self, rs: &ReplicaSet, kind: KindId) -> (Meta, Arc<PodSpec>) {
        let known = self.0.get(&rs.meta.uid);
        if known.is_none_or(|t| t.generation != rs.meta.generation) {
            self.0.insert(rs.meta.uid, Template::of(rs, kind));
        }
        let template = &self.0[&rs.meta.uid];
        (template.meta.clone(), template.spec.clone())
    }

    fn forget(&mut self, uid: Uid) {
        self.0.remove(&uid);
    }
}

impl Template {
    fn of(rs: &ReplicaSet, kind: KindId) -> Template {
        let template = rs.body.spec.template.clone().unwrap_or_default();
        let metadata = template.metadata.unwrap_or_default();
        let info = kind.info();
        let labels = |map: Option<_>| Labels::from(map.unwrap_or_default());
        let meta = Meta {
            namespace: rs.meta.namespace.clone(),
            generate_name: Some(format!("{}-", rs.meta.name).into()),
            labels: labels(metadata.labels),
            annotations: labels(metadata.annotations),
            finalizers: metadata
                .finalizers
                .unwrap_or_default()
                .into_iter()
                .map(Str::from)
                .collect(),
            owners: Some(Arc::new([OwnerReference {
                api_version: info.api_version().into(),
                kind: info.kind.into(),
                name: rs.meta.name.clone(),
                uid: rs.meta.uid,
                controller: true,
                block_owner_deletion: true,
            }])),
            ..Meta::default()
        };
        Template {
            generation: rs.meta.generation,
            meta,
            spec: Arc::new(template.spec.unwrap_or_default()),
        }
    }
}

/// Brings one ReplicaSet nearer to what it asks for, and says how near it is.
// upstream: replica_set.go syncReplicaSet
pub(super) fn sync(ctx: &mut Ctx<'_>, flavor: &Flavor, key: &Key) -> Outcome {
    let now = ctx.now();
    let Some(rs) = flavor.find(ctx.cache, key) else {
        ctx.state.expectations.forget(key);
        return Ok(Done::default());
    };
    let satisfied = ctx.state.expectations.satisfied(now, key);
    let Ok(selector) = Selector::from_label_selector(Some(&rs.body.spec.selector)) else {
        // upstream: a selector that does not compile is logged and not tried again.
        return Ok(Done::default());
    };
    let pods = claim::claim(ctx, flavor, &rs, &selector)?;
    let mut managed = Ok(());
    if satisfied && !rs.meta.is_terminating() {
        managed = manage::manage(ctx, flavor, key, &rs, &pods);
    }
    let (status, again) = status::calculate(ctx, &rs, &pods, managed.as_ref().err());
    let mut done = Done::default();
    if status != rs.body.status {
        let why = Why::with(
            "replicaset-status",
            [
                ("name", (&rs.meta.name).into()),
                ("ready", status.ready_replicas.unwrap_or_default().into()),
                ("replicas", status.replicas.into()),
            ],
        );
        done = (flavor.write_status)(ctx, &rs, status, why)?;
    }
    managed?;
    done.again = again;
    Ok(done)
}

#[cfg(test)]
mod tests;
