//! TaintToleration: a node's taints keep out pods that do not tolerate them.

use k8s_openapi::api::core::v1::Toleration;

use super::{NodeInfo, Plugin, Template, Unfit, normalise_to_highest};
use crate::doc::Doc;

/// The plugin.
pub struct TaintToleration;

impl Plugin for TaintToleration {
    fn doc(&self) -> &'static Doc {
        const {
            &Doc {
                name: "TaintToleration",
                sentence: "Rules out nodes with a taint that the pod does not tolerate, and prefers those with fewer soft ones.",
                upstream: "pkg/scheduler/framework/plugins/tainttoleration/taint_toleration.go",
                docs: "concepts/scheduling-eviction/taint-and-toleration/",
                acts_on: &["Node.spec.taints.**", "Pod.spec.tolerations.**"],
            }
        }
    }

    fn weight(&self) -> i64 {
        3
    }

    fn filter(&self, template: &Template, node: &NodeInfo) -> Result<(), Unfit> {
        let hard = untolerated(template, node, &["NoSchedule", "NoExecute"]);
        if hard > 0 {
            return Err(Unfit::unresolvable("node(s) had untolerated taint(s)"));
        }
        Ok(())
    }

    fn score(&self, template: &Template, node: &NodeInfo) -> i64 {
        untolerated(template, node, &["PreferNoSchedule"])
    }

    fn normalise(&self, scores: &mut [i64]) {
        normalise_to_highest(scores, true);
    }
}

fn untolerated(template: &Template, node: &NodeInfo, effects: &[&str]) -> i64 {
    let Some(taints) = &node.node.body.spec.taints else {
        return 0;
    };
    let tolerations = template.spec.tolerations.as_deref().unwrap_or_default();
    let count = taints
        .iter()
        .filter(|taint| effects.contains(&taint.effect.as_str()))
        .filter(|taint| {
            !tolerations
                .iter()
                .any(|t| tolerates(t, &taint.key, taint.value.as_deref(), &taint.effect))
        })
        .count();
    count as i64
}

/// Whether a toleration covers a taint.
///
/// upstream: staging/src/k8s.io/api/core/v1/toleration.go ToleratesTaint
pub(crate) fn tolerates(
    toleration: &Toleration,
    key: &str,
    value: Option<&str>,
    effect: &str,
) -> bool {
    let said = |text: &Option<String>| text.as_deref().unwrap_or_default().to_owned();
    let (t_key, t_effect) = (said(&toleration.key), said(&toleration.effect));
    if !t_effect.is_empty() && t_effect != effect || !t_key.is_empty() && t_key != key {
        return false;
    }
    match toleration.operator.as_deref().unwrap_or("Equal") {
        "Exists" => true,
        "Equal" | "" => said(&toleration.value) == value.unwrap_or_default(),
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::super::testing::*;
    use super::*;
    use serde_json::json;

    #[test]
    fn tolerations_cover_taints_as_upstream_says() {
        for (toleration, covered) in [
            (
                json!({"key": "gpu", "value": "yes", "effect": "NoSchedule"}),
                true,
            ),
            (
                json!({"key": "gpu", "value": "no", "effect": "NoSchedule"}),
                false,
            ),
            (json!({"key": "gpu", "operator": "Exists"}), true),
            (json!({"operator": "Exists"}), true),
            (
                json!({"key": "gpu", "operator": "Exists", "effect": "NoExecute"}),
                false,
            ),
            (json!({"key": "disk", "operator": "Exists"}), false),
        ] {
            let tainted = node(
                json!({"spec": {"taints": [{"key": "gpu", "value": "yes", "effect": "NoSchedule"}]}}),
            );
            let pod = pod(json!({"tolerations": [toleration]}));
            assert_eq!(
                TaintToleration.filter(&pod, &tainted).is_ok(),
                covered,
                "{toleration}"
            );
        }
    }

    #[test]
    fn soft_taints_only_count_against_a_node() {
        let tainted =
            node(json!({"spec": {"taints": [{"key": "a", "effect": "PreferNoSchedule"}]}}));
        assert!(TaintToleration.filter(&pod(json!({})), &tainted).is_ok());
        let mut scores = vec![TaintToleration.score(&pod(json!({})), &tainted), 0];
        TaintToleration.normalise(&mut scores);
        assert_eq!(scores, [0, 100]);
    }
}
