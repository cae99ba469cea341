//! Which pods are a ReplicaSet's: it adopts orphans that it selects and lets go of pods that it no longer selects.
// upstream: pkg/controller/controller_ref_manager.go PodControllerRefManager.ClaimPods

use std::sync::Arc;

use podarium_api::meta::{OwnerReference, Uid};
use podarium_api::object::{Key, ReplicaSet};
use podarium_api::pod::{Pod, PodBody};
use podarium_api::selector::Selector;
use podarium_api::status::Status;

use super::{Ctx, Flavor};
use crate::controllers::cache::Group;
use crate::sim::Why;

/// The pods that a ReplicaSet counts.
#[derive(Debug, Default)]
pub(super) struct Claimed {
    /// Its own that it selects, counted by labels.
    pub groups: Vec<Group>,
    /// Just adopted.
    pub adopted: Vec<Arc<Pod>>,
    /// How many are neither ended nor being deleted.
    pub active: usize,
}

impl Claimed {
    /// The active pods themselves, in name order.
    pub fn active_pods(&self, ctx: &Ctx<'_>, rs: Uid) -> Vec<Arc<Pod>> {
        let own = ctx.cache.pods_of(rs).filter(|pod| {
            pod.is_active() && self.groups.iter().any(|g| g.labels == pod.meta.labels)
        });
        own.chain(&self.adopted).cloned().collect()
    }
}

pub(super) fn claim(
    ctx: &mut Ctx<'_>,
    flavor: &Flavor,
    rs: &ReplicaSet,
    selector: &Selector,
) -> Result<Claimed, Status> {
    let mut claimed = Claimed::default();
    let mut strangers = Vec::new();
    for group in ctx.cache.tally(rs.meta.uid) {
        if selector.matches(|key| group.labels.get(key)) {
            claimed.active += group.active as usize;
            claimed.groups.push(group.clone());
        } else {
            strangers.push(group.labels.clone());
        }
    }
    // upstream: a controller that is being deleted neither adopts nor releases.
    if rs.meta.is_terminating() {
        return Ok(claimed);
    }
    if !strangers.is_empty() {
        let all: Vec<_> = ctx
            .cache
            .pods_of(rs.meta.uid)
            .filter(|p| p.is_active() && strangers.contains(&p.meta.labels))
            .cloned()
            .collect();
        for pod in all {
            release(ctx, rs, &pod)?;
        }
    }
    let namespace = rs.meta.namespace.clone();
    let orphans: Vec<_> = ctx
        .cache
        .orphans(&namespace)
        .filter(|p| p.is_active() && selector.matches(|key| p.meta.labels.get(key)))
        .cloned()
        .collect();
    for pod in orphans {
        // upstream: RecheckDeletionTimestamp: adoption is preceded by a live GET of the controller.
        let live = ctx.world.store().get(&Key {
            kind: flavor.kind,
            namespace: namespace.clone(),
            name: rs.meta.name.clone(),
        });
        let ours = |o: &&podarium_api::object::Object| {
            o.meta().uid == rs.meta.uid && !o.meta().is_terminating()
        };
        if live.filter(ours).is_none() {
            break;
        }
        if let Some(pod) = adopt(ctx, flavor, rs, &pod)? {
            claimed.active += 1;
            claimed.adopted.push(pod);
        }
    }
    Ok(claimed)
}

fn adopt(
    ctx: &mut Ctx<'_>,
    flavor: &Flavor,
    rs: &ReplicaSet,
    pod: &Arc<Pod>,
) -> Result<Option<Arc<Pod>>, Status> {
    let info = flavor.kind.info();
    let reference = OwnerReference {
        api_version: info.api_version().into(),
        kind: info.kind.into(),
        name: rs.meta.name.clone(),
        uid: rs.meta.uid,
        controller: true,
        block_owner_deletion: true,
    };
    let why = Why::with(
        "replicaset-adopt",
        [
            ("name", (&rs.meta.name).into()),
            ("pod", (&pod.meta.name).into()),
        ],
    );
    ctx.patch::<PodBody>(&key_of(pod), pod.meta.uid, why, |pod| {
        let mut owners = pod.meta.owners().to_vec();
        owners.retain(|o| o.uid != reference.uid);
        owners.push(reference);
        pod.meta.owners = Some(owners.into());
    })
}

fn release(ctx: &mut Ctx<'_>, rs: &ReplicaSet, pod: &Arc<Pod>) -> Result<(), Status> {
    let why = Why::with(
        "replicaset-release",
        [
            ("name", (&rs.meta.name).into()),
            ("pod", (&pod.meta.name).into()),
        ],
    );
    ctx.patch::<PodBody>(&key_of(pod), pod.meta.uid, why, |pod| {
        let mut owners = pod.meta.owners().to_vec();
        owners.retain(|o| o.uid != rs.meta.uid);
        pod.meta.owners = (!owners.is_empty()).then(|| owners.into());
    })?;
    Ok(())
}

fn key_of(pod: &Pod) -> Key {
    Key {
        kind: podarium_api::kinds::KindId::POD,
        namespace: pod.meta.namespace.clone(),
        name: pod.meta.name.clone(),
    }
}
