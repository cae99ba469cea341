//! NodeResourcesBalancedAllocation: a node whose CPU and memory are used alike is better.

use super::{MAX_SCORE, NodeInfo, Plugin, Template};
use crate::doc::Doc;

/// The plugin.
pub struct NodeResourcesBalancedAllocation;

impl Plugin for NodeResourcesBalancedAllocation {
    fn doc(&self) -> &'static Doc {
        const {
            &Doc {
                name: "NodeResourcesBalancedAllocation",
                sentence: "Prefers nodes whose CPU and memory would be used to like degrees.",
                upstream: "pkg/scheduler/framework/plugins/noderesources/balanced_allocation.go",
                docs: "reference/scheduling/config/#scheduling-plugins",
                acts_on: &["Pod.spec.containers.resources.requests.**"],
            }
        }
    }

    fn weight(&self) -> i64 {
        1
    }

    // upstream: balanced_allocation.go PreScore skips pods that ask for neither
    fn scores(&self, template: &Template) -> bool {
        template.requests.cpu != 0 || template.requests.memory != 0
    }

    // upstream: balanced_allocation.go balancedResourceScorer, for the two resources of the default profile
    fn score(&self, template: &Template, node: &NodeInfo) -> i64 {
        let part = |ask: i64, used: i64, have: i64| {
            (have > 0).then(|| ((used + ask) as f64 / have as f64).min(1.0))
        };
        let cpu = part(
            template.requests.cpu,
            node.requested.cpu,
            node.allocatable.cpu,
        );
        let memory = part(
            template.requests.memory,
            node.requested.memory,
            node.allocatable.memory,
        );
        let deviation = match (cpu, memory) {
            (Some(cpu), Some(memory)) => (cpu - memory).abs() / 2.0,
            _ => 0.0,
        };
        ((1.0 - deviation) * MAX_SCORE as f64) as i64
    }
}

#[cfg(test)]
mod tests {
    use super::super::testing::*;
    use super::*;
    use serde_json::json;

    #[test]
    fn balance_is_one_less_half_the_difference() {
        let plugin = NodeResourcesBalancedAllocation;
        assert_eq!(plugin.score(&asking("2", "4Gi"), &node(json!({}))), 100);
        // 0.5 and 0.0: half the difference is 0.25.
        assert_eq!(plugin.score(&asking("2", "0"), &node(json!({}))), 75);
        assert!(!plugin.scores(&pod(json!({}))));
    }
}
