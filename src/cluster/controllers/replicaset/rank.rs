//! Which pods go first when there are too many.
// upstream: pkg/controller/controller_utils.go ActivePodsWithRanks; pkg/controller/replicaset/replica_set.go getIndirectlyRelatedPods

use std::cmp::Ordering;
use std::sync::Arc;

use podarium_api::meta::{Str, Time};
use podarium_api::object::ReplicaSet;
use podarium_api::ordered::OrdMap;
use podarium_api::pod::{Phase, Pod};
use podarium_api::sort;

use super::{Ctx, Flavor};

const DELETION_COST: &str = "controller.kubernetes.io/pod-deletion-cost";

/// Sorts pods so that those to delete come first.
pub(super) fn worst_first(ctx: &Ctx<'_>, flavor: &Flavor, rs: &ReplicaSet, pods: &mut [Arc<Pod>]) {
    let crowd = pods_per_node(ctx, flavor, rs, pods);
    let rank = |pod: &Pod| {
        let node = pod.body.node_name.as_ref();
        node.and_then(|n| crowd.get(n)).copied().unwrap_or_default()
    };
    let now = ctx.now();
    sort::by(pods, |a, b| order(now, (a, rank(a)), (b, rank(b))));
}

/// How many pods of this ReplicaSet and its siblings under one Deployment each node holds.
fn pods_per_node(
    ctx: &Ctx<'_>,
    flavor: &Flavor,
    rs: &ReplicaSet,
    own: &[Arc<Pod>],
) -> OrdMap<Str, usize> {
    let mut counts = OrdMap::new();
    let mut count = |pod: &Pod| {
        if let Some(node) = &pod.body.node_name
            && pod.is_active()
        {
            *counts.entry(node.clone()).or_insert(0) += 1;
        }
    };
    match rs.meta.controller() {
        Some(owner) => {
            let siblings = ctx.cache.dependents_of(owner.uid);
            for key in siblings.filter(|key| key.kind == flavor.kind) {
                if let Some(sibling) = ctx.cache.get(key) {
                    ctx.cache.pods_of(sibling.meta().uid).for_each(|p| count(p));
                }
            }
        }
        None => own.iter().for_each(|p| count(p)),
    }
    counts
}

fn order(now: Time, (a, rank_a): (&Pod, usize), (b, rank_b): (&Pod, usize)) -> Ordering {
    let assigned = |p: &Pod| p.body.node_name.is_some();
    let phase = |p: &Pod| match p.body.status.phase {
        Phase::Running => 2,
        Phase::Unknown => 1,
        _ => 0,
    };
    assigned(a)
        .cmp(&assigned(b))
        .then_with(|| phase(a).cmp(&phase(b)))
        .then_with(|| a.is_ready().cmp(&b.is_ready()))
        .then_with(|| cost(a).cmp(&cost(b)))
        .then_with(|| rank_b.cmp(&rank_a))
        .then_with(|| match (ready_since(a), ready_since(b)) {
            (Some(x), Some(y)) => younger_first(now, x, y, a, b),
            _ => Ordering::Equal,
        })
        .then_with(|| restarts(b).cmp(&restarts(a)))
        .then_with(|| younger_first(now, a.meta.created, b.meta.created, a, b))
}

/// Younger first, but ages of the same order of magnitude are left to chance (the uid), so that nobody can count on it.
// upstream: controller_utils.go logarithmicRankDiff (feature LogarithmicScaleDown)
fn younger_first(now: Time, x: Time, y: Time, a: &Pod, b: &Pod) -> Ordering {
    // Upstream compares times as the API stores them, in whole seconds.
    let second = |t: Time| t.0 / 1_000_000;
    if second(x) == second(y) {
        return Ordering::Equal;
    }
    let magnitude = |t: Time| {
        let nanoseconds = (now.0 / 1_000_000).saturating_sub(second(t)) * 1_000_000_000;
        nanoseconds.checked_ilog2().map_or(-1, i64::from)
    };
    magnitude(x)
        .cmp(&magnitude(y))
        .then_with(|| a.meta.uid.cmp(&b.meta.uid))
}

fn ready_since(pod: &Pod) -> Option<Time> {
    let condition = pod.body.status.condition("Ready")?;
    (condition.status == Some(true)).then_some(condition.since)
}

fn restarts(pod: &Pod) -> (u32, u32) {
    let most = |list: &[podarium_api::pod::ContainerStatus]| {
        list.iter().map(|c| c.restart_count).max().unwrap_or(0)
    };
    let status = &pod.body.status;
    (most(&status.containers), most(&status.init_containers))
}

fn cost(pod: &Pod) -> i32 {
    let text = pod.meta.annotations.get(DELETION_COST);
    text.and_then(|t| t.parse().ok()).unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use super::*;
    use podarium_api::meta::{Meta, Span, Uid};
    use podarium_api::pod::PodBody;

    const NOW: Time = Time(100_000_000_000);

    fn pod(uid: u128) -> Pod {
        let mut pod = Pod::new(Meta::new("default", "p"), PodBody::default());
        pod.meta.uid = Uid(uid);
        pod.meta.created = Time(1);
        pod.body.node_name = Some("n".into());
        pod.body.status.phase = Phase::Running;
        ready(&mut pod, 50_000);
        pod
    }

    fn ready(pod: &mut Pod, seconds: u64) {
        let at = Time(0) + Span::secs(seconds);
        pod.body.status.conditions.clear();
        let status = &mut pod.body.status;
        status.set_condition(at, "Ready", Some(true), None, None);
    }

    #[test]
    fn the_order_is_upstreams() {
        // Each line makes the first pod the one to go; the lines are upstream's criteria in their order.
        type Make = fn(&mut Pod, &mut Pod);
        let cases: [(&str, Make, (usize, usize)); 9] = [
            ("unassigned", |a, _| a.body.node_name = None, (0, 9)),
            (
                "pending",
                |a, _| a.body.status.phase = Phase::Pending,
                (0, 9),
            ),
            ("not ready", |a, _| a.body.status.conditions.clear(), (0, 9)),
            (
                "cheap",
                |a, _| a.meta.annotations.insert(DELETION_COST, "-1"),
                (0, 9),
            ),
            ("crowded", |a, _| ready(a, 10), (2, 1)),
            (
                "ready shortly",
                |a, b| {
                    ready(a, 99_999);
                    b.body.status.containers.push(restarted(3));
                },
                (0, 0),
            ),
            (
                "restarted",
                |a, b| {
                    a.body.status.containers.push(restarted(3));
                    b.meta.created = NOW;
                },
                (0, 0),
            ),
            ("young", |a, _| a.meta.created = NOW, (0, 0)),
            (
                "of one age, by uid",
                |a, b| (a.meta.created, b.meta.created) = (Time(3_000_000), Time(9_000_000)),
                (0, 0),
            ),
        ];
        for (name, make, (rank_a, rank_b)) in cases {
            let (mut a, mut b) = (pod(1), pod(2));
            make(&mut a, &mut b);
            let ranked = (
                order(NOW, (&a, rank_a), (&b, rank_b)),
                order(NOW, (&b, rank_b), (&a, rank_a)),
            );
            assert_eq!(ranked, (Ordering::Less, Ordering::Greater), "{name}");
        }
    }

    fn restarted(restart_count: u32) -> podarium_api::pod::ContainerStatus {
        podarium_api::pod::ContainerStatus {
            name: "c".into(),
            image: "i".into(),
            state: Default::default(),
            last_state: None,
            ready: true,
            started: true,
            restart_count,
            id: 1,
        }
    }
}
