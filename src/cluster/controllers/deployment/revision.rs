//! The annotations that number a Deployment's ReplicaSets and carry what they need to know of it.
// upstream: pkg/controller/deployment/util/deployment_util.go SetNewReplicaSetAnnotations, SetReplicasAnnotations

use podarium_api::meta::{Labels, Meta};
use podarium_api::object::{Deployment, ReplicaSet};

use super::math;

pub(super) const REVISION: &str = "deployment.kubernetes.io/revision";
const HISTORY: &str = "deployment.kubernetes.io/revision-history";
pub(super) const DESIRED: &str = "deployment.kubernetes.io/desired-replicas";
pub(super) const MAX: &str = "deployment.kubernetes.io/max-replicas";
const NOT_COPIED: [&str; 6] = [
    "kubectl.kubernetes.io/last-applied-configuration",
    REVISION,
    HISTORY,
    DESIRED,
    MAX,
    "deprecated.deployment.rollback.to",
];

/// upstream: pkg/controller/deployment/sync.go maxRevHistoryLengthInChars
const HISTORY_LENGTH: usize = 2_000;

/// The revision of a ReplicaSet or Deployment; 0 when it has none.
pub(super) fn of(meta: &Meta) -> i64 {
    number(&meta.annotations, REVISION).unwrap_or(0)
}

/// An annotation that holds a number.
pub(super) fn number(annotations: &Labels, key: &str) -> Option<i64> {
    annotations.get(key)?.parse().ok()
}

/// Annotations of the ReplicaSet of the present template: the Deployment's own, and the revision if it is newer.
pub(super) fn annotate(d: &Deployment, rs: &mut ReplicaSet, revision: i64, exists: bool) {
    let annotations = &mut rs.meta.annotations;
    for (key, value) in d.meta.annotations.iter() {
        if !NOT_COPIED.contains(&key) {
            annotations.insert(key, value);
        }
    }
    let old = annotations.get(REVISION).map(str::to_owned);
    let number = old.as_deref().and_then(|o| o.parse().ok()).unwrap_or(0);
    if number < revision {
        annotations.insert(REVISION, &revision.to_string());
        // A ReplicaSet that had a revision already is being rolled back to: what it was is kept for `rollout history`.
        if let Some(old) = old {
            let history = annotations.get(HISTORY).unwrap_or_default();
            let mut all: Vec<&str> = history.split(',').filter(|h| !h.is_empty()).collect();
            all.push(&old);
            let mut text = all.join(",");
            while text.len() > HISTORY_LENGTH && all.len() > 1 {
                all.remove(0);
                text = all.join(",");
            }
            annotations.insert(HISTORY, &text);
        }
    }
    if !exists {
        set_replicas(d, annotations);
    }
}

/// Notes the Deployment's size, so that a later sync can tell scaling from rolling out.
pub(super) fn set_replicas(d: &Deployment, annotations: &mut Labels) {
    let wanted = math::wanted(d);
    annotations.insert(DESIRED, &wanted.to_string());
    annotations.insert(MAX, &(wanted + math::max_surge(d)).to_string());
}
