//! NodeResourcesFit: what a pod asks for must be left on the node, and more left is better.

use super::{MAX_SCORE, NodeInfo, Plugin, Template, Unfit};
use crate::doc::Doc;

/// The plugin.
pub struct NodeResourcesFit;

impl Plugin for NodeResourcesFit {
    fn doc(&self) -> &'static Doc {
        const {
            &Doc {
                name: "NodeResourcesFit",
                sentence: "Rules out nodes that have too little left of what the pod asks for, and prefers the emptiest.",
                upstream: "pkg/scheduler/framework/plugins/noderesources/fit.go",
                docs: "concepts/configuration/manage-resources-containers/#how-pods-with-resource-requests-are-scheduled",
                acts_on: &[
                    "Pod.spec.containers.resources.requests.**",
                    "Pod.spec.initContainers.resources.requests.**",
                    "Pod.spec.initContainers.restartPolicy",
                    "Pod.spec.overhead.**",
                    "Node.status.allocatable.**",
                ],
            }
        }
    }

    fn weight(&self) -> i64 {
        1
    }

    // upstream: fit.go fitsRequest
    fn filter(&self, template: &Template, node: &NodeInfo) -> Result<(), Unfit> {
        let (ask, have, used) = (&template.requests, &node.allocatable, &node.requested);
        let full = node.pods.len() as i64 + 1 > node.allowed_pods;
        let short = |ask: i64, have: i64, used: i64| ask > 0 && ask > have - used;
        let (cpu, memory) = (
            short(ask.cpu, have.cpu, used.cpu),
            short(ask.memory, have.memory, used.memory),
        );
        let ephemeral = short(ask.ephemeral, have.ephemeral, used.ephemeral);
        let extended = |name| {
            let of = |a: &podarium_api::requests::Amounts| {
                a.extended.get(name).copied().unwrap_or_default()
            };
            (of(have), of(used))
        };
        let plain = !(full || cpu || memory || ephemeral);
        if plain && ask.extended.is_empty() {
            return Ok(());
        }
        let mut unfit = Unfit {
            reasons: Vec::new(),
            unresolvable: false,
        };
        if full {
            unfit.reasons.push("Too many pods".into());
        }
        for (is_short, reason, never) in [
            (cpu, "Insufficient cpu", ask.cpu > have.cpu),
            (memory, "Insufficient memory", ask.memory > have.memory),
            (
                ephemeral,
                "Insufficient ephemeral-storage",
                ask.ephemeral > have.ephemeral,
            ),
        ] {
            if is_short {
                unfit.reasons.push(reason.into());
                unfit.unresolvable |= never;
            }
        }
        for (name, ask) in &ask.extended {
            let (have, used) = extended(name);
            if short(*ask, have, used) {
                unfit.reasons.push(format!("Insufficient {name}").into());
                unfit.unresolvable |= *ask > have;
            }
        }
        if unfit.reasons.is_empty() {
            Ok(())
        } else {
            Err(unfit)
        }
    }

    // upstream: pkg/scheduler/framework/plugins/noderesources/least_allocated.go leastResourceScorer
    fn score(&self, template: &Template, node: &NodeInfo) -> i64 {
        let left = |have: i64, used: i64| {
            if have == 0 || used > have {
                0
            } else {
                (have - used) * MAX_SCORE / have
            }
        };
        let cpu = left(node.allocatable.cpu, node.scored.cpu + template.scored.cpu);
        let memory = left(
            node.allocatable.memory,
            node.scored.memory + template.scored.memory,
        );
        (cpu + memory) / 2
    }
}

#[cfg(test)]
mod tests {
    use super::super::testing::*;
    use super::*;
    use serde_json::json;

    #[test]
    fn what_is_left_must_suffice() {
        for (template, reasons) in [
            (asking("4", "8Gi"), vec![]),
            (asking("4001m", "1"), vec!["Insufficient cpu"]),
            (
                asking("5", "9Gi"),
                vec!["Insufficient cpu", "Insufficient memory"],
            ),
            (
                pod(
                    json!({"containers": [{"name": "c", "resources": {"requests": {"nvidia.com/gpu": "1"}}}]}),
                ),
                vec!["Insufficient nvidia.com/gpu"],
            ),
        ] {
            let got = NodeResourcesFit.filter(&template, &node(json!({})));
            assert_eq!(got.map_or_else(|u| u.reasons, |()| vec![]), reasons);
        }
    }

    #[test]
    fn a_request_above_what_the_node_ever_has_is_unresolvable() {
        let mut used = node(json!({}));
        used.requested.cpu = 3_900;
        assert!(
            !NodeResourcesFit
                .filter(&asking("200m", "1"), &used)
                .unwrap_err()
                .unresolvable
        );
        assert!(
            NodeResourcesFit
                .filter(&asking("5", "1"), &used)
                .unwrap_err()
                .unresolvable
        );
    }

    #[test]
    fn a_full_node_has_too_many_pods() {
        let mut full = node(json!({"status": {"allocatable": {"pods": "1"}}}));
        full.pods.insert(
            podarium_api::object::Key::new(podarium_api::kinds::KindId::POD, "a", "b"),
            0,
        );
        assert_eq!(
            NodeResourcesFit
                .filter(&pod(json!({})), &full)
                .unwrap_err()
                .reasons,
            ["Too many pods"]
        );
    }

    #[test]
    fn the_emptiest_node_scores_best() {
        // (4000-1000)*100/4000 = 75 and (8-2)*100/8 = 75.
        assert_eq!(
            NodeResourcesFit.score(&asking("1", "2Gi"), &node(json!({}))),
            75
        );
        assert_eq!(
            NodeResourcesFit.score(&asking("4", "8Gi"), &node(json!({}))),
            0
        );
    }
}
