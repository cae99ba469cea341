//! Roles whose rules are gathered from other roles.
// upstream: pkg/controller/clusterroleaggregation/clusterroleaggregation_controller.go syncClusterRole

use serde_json::{Value, json};

use super::rbac::Policy;
use super::{GROUP, items, text};
use crate::errors::{compiled, selects};
use crate::field::Field;

/// What the controller applies: of every role that does not have the rules that it should have of others, a role with them.
pub fn stale(policy: &Value) -> Value {
    let roles = Policy(policy).cluster_roles();
    let stale = roles.filter_map(|role| {
        let name = &role["metadata"]["name"];
        let rules = gathered(policy, name);
        rules.is_array().then(|| {
            json!({
                "apiVersion": format!("{GROUP}/v1"), "kind": "ClusterRole", "metadata": {"name": name}, "rules": rules,
            })
        })
    });
    stale.collect()
}

/// The rules that the role of that name should have; null where it has them, or gathers none.
pub fn gathered(policy: &Value, name: &Value) -> Value {
    let policy = Policy(policy);
    let found = policy
        .cluster_roles()
        .find(|r| r["metadata"]["name"] == *name);
    let Some(role) = found.filter(|role| role["aggregationRule"].is_object()) else {
        return Value::Null;
    };
    let mut rules: Vec<&Value> = Vec::new();
    for selector in items(&role["aggregationRule"]["clusterRoleSelectors"]) {
        let Some(selector) = compiled(&Field::root(selector)) else {
            return Value::Null;
        };
        let mut from: Vec<_> = policy
            .cluster_roles()
            .filter(|from| from["metadata"]["name"] != *name)
            .filter(|from| selects(&selector, &Field::root(&from["metadata"]["labels"])))
            .collect();
        from.sort_by_key(|from| text(&from["metadata"]["name"]));
        for rule in from.into_iter().flat_map(|from| items(&from["rules"])) {
            if !rules.contains(&rule) {
                rules.push(rule);
            }
        }
    }
    if items(&role["rules"]).iter().eq(rules.iter().copied()) {
        return Value::Null;
    }
    rules.into_iter().cloned().collect()
}
