//! The scheduler's plugins: what rules nodes out, and what makes one better than another. One file each.

mod balanced_allocation;
mod node_affinity;
mod node_name;
mod node_resources_fit;
mod node_unschedulable;
mod taint_toleration;

pub(crate) use taint_toleration::tolerates;

use std::borrow::Cow;

use super::cache::{NodeInfo, Template};
use crate::doc::Doc;

/// Why a node is ruled out.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Unfit {
    /// Upstream's words, one for each thing that is wrong.
    pub reasons: Vec<Cow<'static, str>>,
    /// Whether no pod that could be moved away would change it.
    pub unresolvable: bool,
}

impl Unfit {
    /// One reason that moving pods away would not change.
    pub(super) fn unresolvable(reason: &'static str) -> Self {
        Unfit {
            reasons: vec![reason.into()],
            unresolvable: true,
        }
    }
}

/// The highest score of a plugin before its weight.
///
/// upstream: staging/src/k8s.io/kube-scheduler/framework/interface.go MaxNodeScore
pub const MAX_SCORE: i64 = 100;

/// A scheduler plugin.
pub trait Plugin: Sync {
    /// What it is.
    fn doc(&self) -> &'static Doc;

    /// What its score counts; 0 for a plugin that only filters.
    fn weight(&self) -> i64 {
        0
    }

    /// Whether the pod may go on the node.
    fn filter(&self, template: &Template, node: &NodeInfo) -> Result<(), Unfit> {
        let _ = (template, node);
        Ok(())
    }

    /// Whether the plugin has anything to say of this pod's nodes.
    fn scores(&self, template: &Template) -> bool {
        let _ = template;
        self.weight() > 0
    }

    /// How good the node is, before normalising.
    fn score(&self, template: &Template, node: &NodeInfo) -> i64 {
        let _ = (template, node);
        0
    }

    /// Brings the scores of all nodes into `0..=MAX_SCORE`.
    fn normalise(&self, scores: &mut [i64]) {
        let _ = scores;
    }
}

/// All plugins, in the order in which upstream's default profile asks them.
///
/// upstream: pkg/scheduler/apis/config/v1/default_plugins.go getDefaultPlugins
pub const ALL: &[&dyn Plugin] = &[
    &node_unschedulable::NodeUnschedulable,
    &node_name::NodeName,
    &taint_toleration::TaintToleration,
    &node_affinity::NodeAffinity,
    &node_resources_fit::NodeResourcesFit,
    &balanced_allocation::NodeResourcesBalancedAllocation,
];

/// Scales scores so that the highest is [`MAX_SCORE`]; with `reverse`, so that the highest becomes 0.
///
/// upstream: pkg/scheduler/framework/plugins/helper/normalize_score.go DefaultNormalizeScore
pub(super) fn normalise_to_highest(scores: &mut [i64], reverse: bool) {
    let highest = scores.iter().copied().max().unwrap_or_default();
    for score in scores {
        let scaled = if highest == 0 {
            0
        } else {
            MAX_SCORE * *score / highest
        };
        *score = if reverse { MAX_SCORE - scaled } else { scaled };
    }
}

#[cfg(test)]
pub(super) mod testing {
    //! Nodes and pods for the plugins' tests.
    use super::*;
    use podarium_api::kinds::KindId;
    use podarium_api::object::{NodeBody, Object};
    use serde_json::{Value, json};
    use std::sync::Arc;

    pub fn node(value: Value) -> NodeInfo {
        let mut full = json!({"metadata": {"name": "n1"}, "status": {"allocatable": {"cpu": "4", "memory": "8Gi", "pods": "110"}}});
        merge(&mut full, value);
        let object = Object::from_value(KindId::NODE, full).unwrap();
        let mut cache = crate::scheduler::cache::Cache::default();
        cache.set_node(object.as_kind::<NodeBody>().unwrap());
        cache.nth(0).unwrap().clone()
    }

    pub fn pod(value: Value) -> Template {
        let mut full = json!({"containers": [{"name": "c"}]});
        merge(&mut full, value);
        Template::new(&Arc::new(serde_json::from_value(full).unwrap()))
    }

    pub fn asking(cpu: &str, memory: &str) -> Template {
        pod(
            json!({"containers": [{"name": "c", "resources": {"requests": {"cpu": cpu, "memory": memory}}}]}),
        )
    }

    fn merge(into: &mut Value, from: Value) {
        match (into, from) {
            (Value::Object(a), Value::Object(b)) => {
                for (k, v) in b {
                    merge(a.entry(k).or_insert(Value::Null), v);
                }
            }
            (a, b) => *a = b,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn normalising_matches_upstreams_examples() {
        for (before, reverse, after) in [
            (vec![1, 2, 3, 4], false, vec![25, 50, 75, 100]),
            (vec![1, 2, 3, 4], true, vec![75, 50, 25, 0]),
            (vec![0, 0], false, vec![0, 0]),
            (vec![0, 0], true, vec![100, 100]),
        ] {
            let mut scores = before;
            normalise_to_highest(&mut scores, reverse);
            assert_eq!(scores, after);
        }
    }

    #[test]
    fn every_plugin_says_what_it_is() {
        for plugin in ALL {
            let doc = plugin.doc();
            assert!(doc.upstream.starts_with("pkg/scheduler/"), "{}", doc.name);
            assert!(
                doc.sentence.ends_with('.') && !doc.docs.is_empty(),
                "{}",
                doc.name
            );
        }
    }
}
