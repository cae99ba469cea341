//! NodeUnschedulable: nothing new goes on a cordoned node.

use super::taint_toleration::tolerates;
use super::{NodeInfo, Plugin, Template, Unfit};
use crate::doc::Doc;

/// The plugin.
pub struct NodeUnschedulable;

impl Plugin for NodeUnschedulable {
    fn doc(&self) -> &'static Doc {
        const {
            &Doc {
                name: "NodeUnschedulable",
                sentence: "Rules out cordoned nodes, unless the pod tolerates that.",
                upstream: "pkg/scheduler/framework/plugins/nodeunschedulable/node_unschedulable.go",
                docs: "concepts/architecture/nodes/#manual-node-administration",
                acts_on: &["Node.spec.unschedulable", "Pod.spec.tolerations.**"],
            }
        }
    }

    fn filter(&self, template: &Template, node: &NodeInfo) -> Result<(), Unfit> {
        let cordoned = node.node.body.spec.unschedulable == Some(true);
        let mut tolerations = template.spec.tolerations.iter().flatten();
        if cordoned
            && !tolerations
                .any(|t| tolerates(t, "node.kubernetes.io/unschedulable", None, "NoSchedule"))
        {
            return Err(Unfit::unresolvable("node(s) were unschedulable"));
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::super::testing::*;
    use super::*;
    use serde_json::json;

    #[test]
    fn a_cordon_keeps_out_what_does_not_tolerate_it() {
        let cordoned = node(json!({"spec": {"unschedulable": true}}));
        assert_eq!(
            NodeUnschedulable
                .filter(&pod(json!({})), &cordoned)
                .unwrap_err()
                .reasons,
            ["node(s) were unschedulable"]
        );
        let daemon = pod(json!({"tolerations": [
            {"key": "node.kubernetes.io/unschedulable", "operator": "Exists", "effect": "NoSchedule"}]}));
        assert!(NodeUnschedulable.filter(&daemon, &cordoned).is_ok());
        assert!(
            NodeUnschedulable
                .filter(&pod(json!({})), &node(json!({})))
                .is_ok()
        );
    }
}
