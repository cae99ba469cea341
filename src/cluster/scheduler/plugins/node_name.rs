//! NodeName: a pod that names its node goes there.

use super::{NodeInfo, Plugin, Template, Unfit};
use crate::doc::Doc;

/// The plugin.
pub struct NodeName;

impl Plugin for NodeName {
    fn doc(&self) -> &'static Doc {
        const {
            &Doc {
                name: "NodeName",
                sentence: "Rules out every node but the one that the pod names.",
                upstream: "pkg/scheduler/framework/plugins/nodename/node_name.go",
                docs: "concepts/scheduling-eviction/assign-pod-node/#nodename",
                acts_on: &["Pod.spec.nodeName"],
            }
        }
    }

    fn filter(&self, template: &Template, node: &NodeInfo) -> Result<(), Unfit> {
        match template.spec.node_name.as_deref() {
            Some(name) if !name.is_empty() && name != &**node.name() => Err(Unfit::unresolvable(
                "node(s) didn't match the requested node name",
            )),
            _ => Ok(()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::testing::*;
    use super::*;
    use serde_json::json;

    #[test]
    fn only_the_named_node_will_do() {
        let node = node(json!({}));
        assert!(
            NodeName
                .filter(&pod(json!({"nodeName": "n1"})), &node)
                .is_ok()
        );
        assert!(
            NodeName
                .filter(&pod(json!({"nodeName": ""})), &node)
                .is_ok()
        );
        let unfit = NodeName
            .filter(&pod(json!({"nodeName": "n2"})), &node)
            .unwrap_err();
        assert_eq!(
            unfit.reasons,
            ["node(s) didn't match the requested node name"]
        );
    }
}
