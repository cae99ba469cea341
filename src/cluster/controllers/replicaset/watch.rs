//! Which ReplicaSets a change concerns, and what it fulfils of their expectations.
// upstream: pkg/controller/replicaset/replica_set.go addPod, updatePod, deletePod, addRS, updateRS, deleteRS

use std::sync::Arc;

use podarium_api::kinds::KindId;
use podarium_api::object::Key;
use podarium_api::pod::{Pod, PodBody};
use podarium_api::selector::Selector;

use super::{Delta, Feed, Flavor};
use crate::controllers::queue::Weight;

pub(super) fn enqueue(feed: &mut Feed<'_>, flavor: &Flavor, delta: &Delta<'_>) {
    if delta.key.kind == flavor.kind {
        if delta.gone() {
            feed.state.expectations.forget(delta.key);
            feed.state.templates.forget(delta.meta().uid);
        }
        let weight = if delta.spec_changed() {
            Weight::Heavy
        } else {
            Weight::Light
        };
        feed.add(delta.key.clone(), weight);
    } else if delta.key.kind == KindId::POD {
        match delta.of::<PodBody>() {
            (None, Some(new)) => added(feed, flavor, new),
            (Some(old), Some(new)) => updated(feed, flavor, old, new),
            (Some(old), None) => deleted(feed, flavor, old),
            (None, None) => {}
        }
    }
}

fn added(feed: &mut Feed<'_>, flavor: &Flavor, pod: &Arc<Pod>) {
    if pod.meta.is_terminating() {
        // After a restart of the manager a pod that is on its way out may be seen for the first time.
        return deleted(feed, flavor, pod);
    }
    match pod.meta.controller() {
        Some(owner) => {
            if let Some(key) = flavor.resolve(feed.cache, &pod.meta.namespace, owner) {
                feed.state.expectations.created(&key, 1);
                feed.add(key, Weight::Medium);
            }
        }
        None => offer(feed, flavor, pod),
    }
}

fn updated(feed: &mut Feed<'_>, flavor: &Flavor, old: &Arc<Pod>, new: &Arc<Pod>) {
    let relabelled = old.meta.labels != new.meta.labels;
    if new.meta.is_terminating() && !old.meta.is_terminating() {
        // upstream: a pod counts as deleted as soon as it is marked, so that its replacement does not wait for it.
        return deleted(feed, flavor, new);
    }
    let (was, is) = (old.meta.controller(), new.meta.controller());
    let moved = was.map(|o| o.uid) != is.map(|o| o.uid);
    if moved
        && let Some(owner) = was
        && let Some(key) = flavor.resolve(feed.cache, &new.meta.namespace, owner)
    {
        feed.add(key, Weight::Medium);
    }
    match is {
        Some(owner) => {
            // upstream syncs at every change of a pod; only these can make a sync do or write anything.
            let activity = old.is_active() != new.is_active();
            if (moved || relabelled || activity || old.is_ready() != new.is_ready())
                && let Some(key) = flavor.resolve(feed.cache, &new.meta.namespace, owner)
            {
                let weight = if activity {
                    Weight::Medium
                } else {
                    Weight::Light
                };
                feed.add(key, weight);
            }
        }
        None if moved || relabelled => offer(feed, flavor, new),
        None => {}
    }
}

fn deleted(feed: &mut Feed<'_>, flavor: &Flavor, pod: &Arc<Pod>) {
    if let Some(owner) = pod.meta.controller()
        && let Some(key) = flavor.resolve(feed.cache, &pod.meta.namespace, owner)
    {
        feed.state.expectations.deleted(&key, &pod.meta.name);
        feed.add(key, Weight::Medium);
    }
}

/// An orphan appeared: every ReplicaSet that selects it looks whether to adopt it.
// upstream: replica_set.go getPodReplicaSets
fn offer(feed: &mut Feed<'_>, flavor: &Flavor, pod: &Arc<Pod>) {
    let matching: Vec<Key> = feed
        .cache
        .list_kind(flavor.kind, &pod.meta.namespace)
        .filter_map(flavor.read)
        .filter(|rs| {
            Selector::from_label_selector(Some(&rs.body.spec.selector))
                .is_ok_and(|s| !s.is_everything() && s.matches(|key| pod.meta.labels.get(key)))
        })
        .map(|rs| Key {
            kind: flavor.kind,
            namespace: rs.meta.namespace.clone(),
            name: rs.meta.name.clone(),
        })
        .collect();
    for key in matching {
        feed.add(key, Weight::Medium);
    }
}
