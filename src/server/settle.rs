//! When a cluster has come to rest.

use podarium_api::kinds::KindId;
use podarium_api::meta::{Span, Time};
use podarium_api::object::DeploymentBody;
use podarium_api::pod::{Phase, PodBody};
use podarium_cluster::sim::{RecordId, What};
use podarium_cluster::{Cluster, World};

/// A run that never rests ends here.
pub const MOST: Span = Span::secs(600);

/// How long nothing may happen when everything is as it should be …
const QUIET_WHEN_DONE: Span = Span::secs(5);
/// … and when something is not: a probe's first delay and most back-offs are shorter.
const QUIET_OTHERWISE: Span = Span::secs(90);

/// How often to look.
const STEP: Span = Span::secs(1);

/// Lives on until no workload, pod or endpoint has changed for a while, or for ten minutes; whether it came to rest.
pub fn until_settled(cluster: &mut Cluster) -> bool {
    let end = cluster.now() + MOST;
    let mut seen = RecordId(0);
    let mut last = cluster.now();
    while cluster.now() < end {
        let next = (cluster.now() + STEP).min(end);
        cluster.advance(next, u64::MAX);
        let world = cluster.world();
        if let Some(time) = last_change(world, seen) {
            last = time;
        }
        seen = RecordId(u32::try_from(world.log().len()).unwrap_or(u32::MAX));
        let quiet = cluster.now() - last;
        if quiet >= QUIET_OTHERWISE || (quiet >= QUIET_WHEN_DONE && done(world)) {
            return true;
        }
    }
    false
}

/// When something that people wait for was last written, from the `first` record on.
fn last_change(world: &World, first: RecordId) -> Option<Time> {
    let awaited = [
        KindId::POD,
        KindId::REPLICA_SET,
        KindId::DEPLOYMENT,
        KindId::SERVICE,
        KindId::ENDPOINT_SLICE,
        KindId::NAMESPACE,
    ];
    let mut records = world.log().since(first).rev();
    records.find_map(|(_, record)| match &record.what {
        What::Write { key, .. } if awaited.contains(&key.kind) => Some(record.time),
        What::Command(_) => Some(record.time),
        _ => None,
    })
}

/// Whether every Deployment has what it wants and every pod is ready, or has ended.
fn done(world: &World) -> bool {
    let complete = world.store().all::<DeploymentBody>().all(|d| {
        let (spec, status) = (&d.body.spec, &d.body.status);
        let wanted = spec.replicas.unwrap_or(1);
        let have = |n: Option<i32>| n.unwrap_or_default() == wanted;
        status.observed_generation.unwrap_or_default() >= d.meta.generation
            && have(status.replicas)
            && have(status.updated_replicas)
            && have(status.available_replicas)
    });
    complete
        && world.store().all::<PodBody>().all(|p| {
            !p.meta.is_terminating()
                && (p.is_ready() || matches!(p.body.status.phase, Phase::Succeeded | Phase::Failed))
        })
}
