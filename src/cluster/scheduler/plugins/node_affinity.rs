//! NodeAffinity: node selectors and node affinity, required and preferred.

use k8s_openapi::api::core::v1::{NodeSelectorRequirement, NodeSelectorTerm};

use super::{NodeInfo, Plugin, Template, Unfit, normalise_to_highest};
use crate::doc::Doc;

/// The plugin.
pub struct NodeAffinity;

impl Plugin for NodeAffinity {
    fn doc(&self) -> &'static Doc {
        const {
            &Doc {
                name: "NodeAffinity",
                sentence: "Rules out nodes that the pod's selector or affinity does not match, and prefers those it prefers.",
                upstream: "pkg/scheduler/framework/plugins/nodeaffinity/node_affinity.go",
                docs: "concepts/scheduling-eviction/assign-pod-node/",
                acts_on: &[
                    "Pod.spec.nodeSelector.**",
                    "Pod.spec.affinity.nodeAffinity.**",
                    "Node.metadata.labels.**",
                ],
            }
        }
    }

    fn weight(&self) -> i64 {
        2
    }

    fn filter(&self, template: &Template, node: &NodeInfo) -> Result<(), Unfit> {
        let labels = &node.node.meta.labels;
        let selected = template
            .spec
            .node_selector
            .as_ref()
            .is_none_or(|s| labels.contains_all(s));
        let required = affinity(template).and_then(|a| {
            a.required_during_scheduling_ignored_during_execution
                .as_ref()
        });
        if selected
            && required.is_none_or(|r| r.node_selector_terms.iter().any(|t| matches(t, node)))
        {
            return Ok(());
        }
        Err(Unfit::unresolvable(
            "node(s) didn't match Pod's node affinity/selector",
        ))
    }

    fn scores(&self, template: &Template) -> bool {
        affinity(template)
            .and_then(|a| {
                a.preferred_during_scheduling_ignored_during_execution
                    .as_ref()
            })
            .is_some_and(|p| !p.is_empty())
    }

    fn score(&self, template: &Template, node: &NodeInfo) -> i64 {
        let preferred = affinity(template).and_then(|a| {
            a.preferred_during_scheduling_ignored_during_execution
                .as_ref()
        });
        let matching = preferred
            .into_iter()
            .flatten()
            .filter(|p| p.weight != 0 && matches(&p.preference, node));
        matching.map(|p| i64::from(p.weight)).sum()
    }

    fn normalise(&self, scores: &mut [i64]) {
        normalise_to_highest(scores, false);
    }
}

fn affinity(template: &Template) -> Option<&k8s_openapi::api::core::v1::NodeAffinity> {
    template.spec.affinity.as_ref()?.node_affinity.as_ref()
}

/// Whether a term matches a node: all of its requirements do, and it has some.
///
/// upstream: staging/src/k8s.io/component-helpers/scheduling/corev1/nodeaffinity/nodeaffinity.go nodeSelectorTerm.match
fn matches(term: &NodeSelectorTerm, node: &NodeInfo) -> bool {
    let expressions = term.match_expressions.as_deref().unwrap_or_default();
    let fields = term.match_fields.as_deref().unwrap_or_default();
    let labels = &node.node.meta.labels;
    let name = |field: &str| (field == "metadata.name").then(|| &**node.name());
    !(expressions.is_empty() && fields.is_empty())
        && expressions
            .iter()
            .all(|r| requirement(r, labels.get(&r.key)))
        && fields.iter().all(|r| requirement(r, name(&r.key)))
}

fn requirement(r: &NodeSelectorRequirement, value: Option<&str>) -> bool {
    let values = r.values.as_deref().unwrap_or_default();
    let listed = || value.is_some_and(|v| values.iter().any(|x| x == v));
    let number = |text: &str| text.parse::<i64>().ok();
    let both = || Some((number(value?)?, number(values.first()?)?));
    match r.operator.as_str() {
        "In" => listed(),
        "NotIn" => !listed(),
        "Exists" => value.is_some(),
        "DoesNotExist" => value.is_none(),
        "Gt" => both().is_some_and(|(a, b)| a > b),
        "Lt" => both().is_some_and(|(a, b)| a < b),
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::super::testing::*;
    use super::*;
    use serde_json::json;

    fn labelled() -> NodeInfo {
        node(json!({"metadata": {"labels": {"disk": "ssd", "cores": "8"}}}))
    }

    #[test]
    fn every_operator_means_what_upstream_means() {
        for (operator, key, values, fits) in [
            ("In", "disk", vec!["ssd", "nvme"], true),
            ("In", "disk", vec!["hdd"], false),
            ("NotIn", "disk", vec!["hdd"], true),
            ("NotIn", "gpu", vec!["a"], true),
            ("Exists", "disk", vec![], true),
            ("Exists", "gpu", vec![], false),
            ("DoesNotExist", "gpu", vec![], true),
            ("Gt", "cores", vec!["4"], true),
            ("Lt", "cores", vec!["4"], false),
            ("Gt", "disk", vec!["4"], false),
        ] {
            let pod = pod(
                json!({"affinity": {"nodeAffinity": {"requiredDuringSchedulingIgnoredDuringExecution": {
                "nodeSelectorTerms": [{"matchExpressions": [{"key": key, "operator": operator, "values": values}]}]}}}}),
            );
            assert_eq!(
                NodeAffinity.filter(&pod, &labelled()).is_ok(),
                fits,
                "{key} {operator} {values:?}"
            );
        }
    }

    #[test]
    fn a_selector_needs_every_pair() {
        assert!(
            NodeAffinity
                .filter(&pod(json!({"nodeSelector": {"disk": "ssd"}})), &labelled())
                .is_ok()
        );
        let unfit = NodeAffinity.filter(
            &pod(json!({"nodeSelector": {"disk": "ssd", "gpu": "a"}})),
            &labelled(),
        );
        assert_eq!(
            unfit.unwrap_err().reasons,
            ["node(s) didn't match Pod's node affinity/selector"]
        );
    }

    #[test]
    fn any_term_will_do_but_an_empty_one() {
        for (terms, fits) in [
            (json!([{}]), false),
            (
                json!([{}, {"matchFields": [{"key": "metadata.name", "operator": "In", "values": ["n1"]}]}]),
                true,
            ),
        ] {
            let pod = pod(json!({"affinity": {"nodeAffinity": {
                "requiredDuringSchedulingIgnoredDuringExecution": {"nodeSelectorTerms": terms}}}}));
            assert_eq!(NodeAffinity.filter(&pod, &labelled()).is_ok(), fits);
        }
    }

    #[test]
    fn preferences_add_their_weights() {
        let pod = pod(
            json!({"affinity": {"nodeAffinity": {"preferredDuringSchedulingIgnoredDuringExecution": [
            {"weight": 10, "preference": {"matchExpressions": [{"key": "disk", "operator": "Exists"}]}},
            {"weight": 5, "preference": {"matchExpressions": [{"key": "cores", "operator": "Exists"}]}},
            {"weight": 80, "preference": {"matchExpressions": [{"key": "gpu", "operator": "Exists"}]}}]}}}),
        );
        assert!(NodeAffinity.scores(&pod));
        assert_eq!(NodeAffinity.score(&pod, &labelled()), 15);
    }
}
