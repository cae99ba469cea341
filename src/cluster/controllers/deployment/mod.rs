//! Deployments: a history of ReplicaSets and the way from one to the next.
// upstream: pkg/controller/deployment/deployment_controller.go

mod conditions;
mod math;
mod recreate;
mod replica_sets;
mod revision;
mod rolling;
mod scale;
mod status;
#[cfg(test)]
mod tests;

use std::sync::Arc;

use podarium_api::kinds::KindId;
use podarium_api::meta::{Meta, Span};
use podarium_api::object::{Deployment, DeploymentBody, Key, Object, ReplicaSet, ReplicaSetBody};
use podarium_api::pod::PodBody;
use podarium_api::selector::Selector;
use podarium_api::sort;
use podarium_api::status::Status;

use super::cache::{Cache, Delta};
use super::ctx::{Ctx, Done, Feed, Outcome};
use super::queue::Weight;
use super::registry::Entry;
use crate::doc::Doc;
use crate::sim::Why;

/// How long a sync that wrote something occupies its key: the round trips of its requests.
const WRITES: Span = Span::millis(20);

/// The registry's line.
pub const ENTRY: Entry = Entry {
    doc: Doc {
        name: "deployment-controller",
        sentence: "Makes a ReplicaSet for every template of a Deployment and moves the pods from the old to the new.",
        upstream: "pkg/controller/deployment/deployment_controller.go",
        docs: "concepts/workloads/controllers/deployment/",
        acts_on: &[
            "Deployment.spec.replicas",
            "Deployment.spec.minReadySeconds",
            "Deployment.spec.paused",
            "Deployment.spec.progressDeadlineSeconds",
            "Deployment.spec.revisionHistoryLimit",
            "Deployment.spec.selector.**",
            "Deployment.spec.strategy.**",
            "Deployment.spec.template.**",
        ],
    },
    source: "deployment-controller",
    workers: 5,
    enqueue,
    reconcile,
};

/// One Deployment in one sync.
struct Rollout {
    key: Key,
    /// As the API server knows it.
    stored: Object,
    /// The same, with the status and annotations as they are to be.
    d: Deployment,
    /// The ReplicaSet of the present template, once there is one.
    new: Option<Arc<ReplicaSet>>,
    /// All others.
    old: Vec<Arc<ReplicaSet>>,
    /// Whether anything was written.
    wrote: bool,
    /// When to look again.
    again: Option<Span>,
}

impl Rollout {
    /// Old ones first, as upstream appends them.
    fn all(&self) -> impl DoubleEndedIterator<Item = &Arc<ReplicaSet>> {
        self.old.iter().chain(&self.new)
    }

    fn done(self) -> Outcome {
        let busy = if self.wrote { WRITES } else { Span(0) };
        Ok(Done {
            again: self.again,
            busy,
        })
    }
}

fn enqueue(feed: &mut Feed<'_>, delta: &Delta<'_>) {
    match delta.key.kind {
        KindId::DEPLOYMENT => {
            let weight = if delta.spec_changed() {
                Weight::Heavy
            } else {
                Weight::Light
            };
            feed.add(delta.key.clone(), weight);
        }
        KindId::REPLICA_SET => {
            let weight = if delta.gone() {
                Weight::Medium
            } else {
                Weight::Light
            };
            let (old, new) = delta.of::<ReplicaSetBody>();
            let uid = |rs: Option<&Arc<ReplicaSet>>| rs?.meta.controller().map(|o| o.uid);
            if uid(old) != uid(new)
                && let Some(key) = old.and_then(|rs| owner(feed.cache, &rs.meta))
            {
                feed.add(key, Weight::Medium);
            }
            let Some(rs) = new else { return };
            if let Some(key) = owner(feed.cache, &rs.meta) {
                feed.add(key, weight);
            } else if rs.meta.controller().is_none() {
                offer(feed, &rs.meta);
            }
        }
        // upstream: deletePod: a Recreate rollout waits for the last old pod to be gone.
        KindId::POD if delta.gone() => {
            let (Some(pod), _) = delta.of::<PodBody>() else {
                return;
            };
            let cache = feed.cache;
            let rs = pod
                .meta
                .controller()
                .and_then(|o| cache.controller_of::<ReplicaSetBody>(&pod.meta.namespace, o));
            let Some(key) = rs.and_then(|rs| owner(cache, &rs.meta)) else {
                return;
            };
            let waits = cache
                .find::<DeploymentBody>(&key)
                .is_some_and(|d| !math::is_rolling(d));
            if waits
                && cache
                    .tally(rs.map(|rs| rs.meta.uid).unwrap_or_default())
                    .is_empty()
            {
                feed.add(key, Weight::Medium);
            }
        }
        _ => {}
    }
}

/// The Deployment that manages a ReplicaSet.
fn owner(cache: &Cache, rs: &Meta) -> Option<Key> {
    let d = cache.controller_of::<DeploymentBody>(&rs.namespace, rs.controller()?)?;
    Some(Key {
        kind: KindId::DEPLOYMENT,
        namespace: d.meta.namespace.clone(),
        name: d.meta.name.clone(),
    })
}

/// An orphan ReplicaSet appeared: every Deployment that selects it looks whether to adopt it.
// upstream: deployment_controller.go getDeploymentsForReplicaSet
fn offer(feed: &mut Feed<'_>, rs: &Meta) {
    let matching: Vec<_> = feed
        .cache
        .list::<DeploymentBody>(&rs.namespace)
        .filter(|d| {
            Selector::from_label_selector(Some(&d.body.spec.selector))
                .is_ok_and(|s| !s.is_everything() && s.matches(|key| rs.labels.get(key)))
        })
        .map(|d| d.meta.name.clone())
        .collect();
    for name in matching {
        let key = Key {
            kind: KindId::DEPLOYMENT,
            namespace: rs.namespace.clone(),
            name,
        };
        feed.add(key, Weight::Medium);
    }
}

// upstream: deployment_controller.go syncDeployment
fn reconcile(ctx: &mut Ctx<'_>, key: &Key) -> Outcome {
    let Some(d) = ctx.cache.find::<DeploymentBody>(key).cloned() else {
        return Ok(Done::default());
    };
    let stored = Object::Deployment(d.clone());
    let Ok(selector) = Selector::from_label_selector(Some(&d.body.spec.selector)) else {
        return Ok(Done::default());
    };
    if selector.is_everything() {
        let text = "This deployment is selecting all pods. A non-empty selector is required.";
        ctx.tell(&stored, true, "SelectingAll", text);
        return Ok(Done::default());
    }
    let mut all = replica_sets::claim(ctx, &d, &selector)?;
    // upstream: FindNewReplicaSet takes the oldest of several that fit.
    sort::by(&mut all, |a, b| {
        (a.meta.created, &a.meta.name).cmp(&(b.meta.created, &b.meta.name))
    });
    let new = all.iter().position(|rs| replica_sets::fits(&d, rs));
    let new = new.map(|at| all.remove(at));
    let mut r = Rollout {
        key: key.clone(),
        stored,
        d: d.as_ref().clone(),
        new,
        old: all,
        wrote: false,
        again: None,
    };
    if d.meta.is_terminating() {
        status::sync(ctx, &mut r)?;
        return r.done();
    }
    conditions::check_paused(ctx, &mut r)?;
    if d.body.spec.paused == Some(true) || scale::is_scaling(&r) {
        replica_sets::sync_new(ctx, &mut r)?;
        scale::scale(ctx, &mut r)?;
        replica_sets::clean_up(ctx, &r)?;
        status::sync(ctx, &mut r)?;
    } else if math::is_rolling(&d) {
        rolling::roll(ctx, &mut r)?;
    } else {
        recreate::recreate(ctx, &mut r)?;
    }
    r.done()
}

/// Writes the Deployment's status if it differs from what is stored.
fn write_status(ctx: &mut Ctx<'_>, r: &mut Rollout, why: Why) -> Result<bool, Status> {
    let same = matches!(&r.stored, Object::Deployment(d) if d.body.status == r.d.body.status);
    if same {
        return Ok(false);
    }
    let actor = ctx.actor.clone();
    let stored = ctx.world.update_status(&actor, r.d.clone(), why)?;
    r.wrote = true;
    r.d.meta.resource_version = stored.meta.resource_version;
    r.stored = Object::Deployment(stored);
    Ok(true)
}
