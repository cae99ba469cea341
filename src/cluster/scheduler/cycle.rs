//! One scheduling cycle: filter the nodes, score those that are left, choose.

use std::borrow::Cow;

use podarium_api::meta::Str;
use podarium_api::ordered::OrdMap;
use podarium_api::sort;

use super::cache::{Cache, Template};
use super::plugins::{ALL, Unfit};
use crate::sim::Rng;

/// upstream: pkg/scheduler/schedule_one.go minFeasibleNodesToFind
const MIN_FEASIBLE: usize = 100;

/// Where a pod goes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Choice {
    /// The node.
    pub node: Str,
    /// Its score, the weighted sum over all plugins.
    pub score: i64,
    /// The highest score that any node could have had for this pod.
    pub best_possible: i64,
    /// How many nodes had that same score.
    pub ties: usize,
    /// How many nodes were left after filtering.
    pub feasible: usize,
    /// How many nodes were looked at.
    pub evaluated: usize,
}

/// Why no node would do.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NoFit {
    /// Upstream's sentence.
    pub message: String,
}

/// Tries to find a node. `start` is where the search begins, and is moved on for the next pod.
///
/// upstream: pkg/scheduler/schedule_one.go schedulePod
pub fn choose(
    cache: &Cache,
    template: &Template,
    start: &mut usize,
    rng: &mut Rng,
) -> Result<Choice, NoFit> {
    let total = cache.count();
    if total == 0 {
        return Err(NoFit {
            message: "no nodes available to schedule pods".into(),
        });
    }
    let wanted = nodes_to_find(total);
    let mut feasible = Vec::with_capacity(wanted.min(total));
    let mut unfit: Vec<Unfit> = Vec::new();
    let mut evaluated = 0;
    while evaluated < total && feasible.len() < wanted {
        let index = (*start + evaluated) % total;
        evaluated += 1;
        let Some(node) = cache.nth(index) else {
            continue;
        };
        match ALL.iter().find_map(|p| p.filter(template, node).err()) {
            None => feasible.push(node),
            Some(reason) => unfit.push(reason),
        }
    }
    *start = (*start + evaluated) % total;
    if feasible.is_empty() {
        return Err(NoFit {
            message: message(cache, template, &unfit),
        });
    }
    let mut totals = vec![0; feasible.len()];
    let mut raw = vec![0; feasible.len()];
    let mut best_possible = 0;
    if feasible.len() > 1 {
        for plugin in ALL.iter().filter(|p| p.weight() > 0 && p.scores(template)) {
            for (score, node) in raw.iter_mut().zip(&feasible) {
                *score = plugin.score(template, node);
            }
            plugin.normalise(&mut raw);
            for (total, score) in totals.iter_mut().zip(&raw) {
                *total += score * plugin.weight();
            }
            best_possible += plugin.weight() * super::plugins::MAX_SCORE;
        }
    }
    let best = totals.iter().copied().max().unwrap_or_default();
    let tied: Vec<_> = (0..feasible.len()).filter(|i| totals[*i] == best).collect();
    // upstream: schedule_one.go selectHost: any of the best, by chance.
    let chosen = tied[rng.below(tied.len() as u64) as usize];
    Ok(Choice {
        node: feasible[chosen].name().clone(),
        score: best,
        best_possible,
        ties: tied.len(),
        feasible: feasible.len(),
        evaluated,
    })
}

/// How many nodes are enough to choose from.
///
/// upstream: pkg/scheduler/schedule_one.go numFeasibleNodesToFind
fn nodes_to_find(total: usize) -> usize {
    if total < MIN_FEASIBLE {
        return total;
    }
    let percent = 50usize.saturating_sub(total / 125).max(5);
    (total * percent / 100).max(MIN_FEASIBLE)
}

/// upstream: pkg/scheduler/framework/types.go FitError.Error, and the messages of the two PostFilter plugins
fn message(cache: &Cache, template: &Template, unfit: &[Unfit]) -> String {
    let total = cache.count();
    let mut reasons: OrdMap<&Cow<'static, str>, usize> = OrdMap::new();
    for reason in unfit.iter().flat_map(|u| &u.reasons) {
        *reasons.entry(reason).or_default() += 1;
    }
    let list = |counts: Vec<(usize, &str)>| {
        let mut texts: Vec<_> = counts
            .iter()
            .filter(|(n, _)| *n > 0)
            .map(|(n, t)| format!("{n} {t}"))
            .collect();
        sort::natural(&mut texts);
        texts.join(", ")
    };
    let why = list(
        reasons
            .into_iter()
            .map(|(text, n)| (n, text.as_ref()))
            .collect(),
    );
    let mut message = format!("0/{total} nodes are available: {why}.");
    let hopeless = unfit.iter().filter(|u| u.unresolvable).count();
    let priority = template.priority();
    let could_make_room = hopeless < total
        && cache
            .nodes()
            .any(|n| n.pods.values().any(|p| *p < priority));
    if !could_make_room {
        let preemption = list(vec![
            (
                total - hopeless,
                "No preemption victims found for incoming pod",
            ),
            (hopeless, "Preemption is not helpful for scheduling"),
        ]);
        message += &format!(
            " no new claims to deallocate, preemption: 0/{total} nodes are available: {preemption}."
        );
    }
    message
}

#[cfg(test)]
mod tests {
    use super::super::plugins::testing::{asking, pod};
    use super::*;
    use podarium_api::kinds::KindId;
    use podarium_api::object::{Key, NodeBody, Object};
    use serde_json::json;
    use std::sync::Arc;

    fn cache(nodes: &[(&str, &str)]) -> Cache {
        let mut cache = Cache::default();
        for (name, cpu) in nodes {
            let node = json!({"metadata": {"name": name},
                "status": {"allocatable": {"cpu": cpu, "memory": "8Gi", "pods": "110"}}});
            let object = Object::from_value(KindId::NODE, node).unwrap();
            cache.set_node(object.as_kind::<NodeBody>().unwrap());
        }
        cache
    }

    #[test]
    fn how_many_nodes_are_looked_at() {
        for (total, wanted) in [
            (3, 3),
            (100, 100),
            (125, 100),
            (1_000, 420),
            (5_000, 500),
            (10_000, 500),
        ] {
            assert_eq!(nodes_to_find(total), wanted, "{total}");
        }
    }

    #[test]
    fn the_emptiest_node_is_chosen() {
        let mut cache = cache(&[("a", "4"), ("b", "4")]);
        let template = Arc::new(asking("1", "1Gi"));
        cache.place(&Key::new(KindId::POD, "x", "p"), &"a".into(), &template);
        let choice = choose(&cache, &template, &mut 0, &mut Rng::new(1)).unwrap();
        assert_eq!((&*choice.node, choice.ties, choice.feasible), ("b", 1, 2));
    }

    #[test]
    fn the_sentence_counts_reasons_as_upstream_does() {
        let cache = cache(&[("a", "1"), ("b", "1"), ("c", "4")]);
        let (rng, start) = (&mut Rng::new(1), &mut 0);
        let fail = |template| {
            choose(&cache, &template, &mut 0, &mut Rng::new(1))
                .unwrap_err()
                .message
        };
        assert_eq!(
            fail(asking("5", "1Gi")),
            "0/3 nodes are available: 3 Insufficient cpu. no new claims to deallocate, preemption: \
             0/3 nodes are available: 3 Preemption is not helpful for scheduling.",
        );
        assert_eq!(
            fail(pod(json!({"nodeSelector": {"disk": "ssd"}}))),
            "0/3 nodes are available: 3 node(s) didn't match Pod's node affinity/selector. no new claims to deallocate, \
             preemption: 0/3 nodes are available: 3 Preemption is not helpful for scheduling.",
        );
        let none = choose(&Cache::default(), &asking("1", "1"), start, rng).unwrap_err();
        assert_eq!(none.message, "no nodes available to schedule pods");
    }

    #[test]
    fn nodes_full_of_equals_have_no_victims() {
        let mut cache = cache(&[("a", "1")]);
        let template = Arc::new(asking("800m", "1Gi"));
        cache.place(&Key::new(KindId::POD, "x", "p"), &"a".into(), &template);
        let message = choose(&cache, &template, &mut 0, &mut Rng::new(1))
            .unwrap_err()
            .message;
        assert!(
            message.ends_with("1 No preemption victims found for incoming pod."),
            "{message}"
        );
    }

    #[test]
    fn ties_are_broken_by_chance() {
        let cache = cache(&[("a", "4"), ("b", "4"), ("c", "4")]);
        let mut rng = Rng::new(3);
        let mut seen: Vec<_> = (0..60)
            .map(|_| {
                choose(&cache, &asking("1", "1Gi"), &mut 0, &mut rng)
                    .unwrap()
                    .node
                    .to_string()
            })
            .collect();
        seen.sort();
        seen.dedup();
        assert_eq!(seen, ["a", "b", "c"]);
    }
}
