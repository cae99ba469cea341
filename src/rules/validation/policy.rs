//! policy: PodDisruptionBudgets.
// upstream: pkg/apis/policy/validation/validation.go

use crate::errors::{Errors, printed};
use crate::field::Field;

/// upstream: ValidatePodDisruptionBudgetSpec
pub fn disruption_budget(budget: &Field, errors: &mut Errors) {
    let spec = budget.get("spec");
    let (least, most) = (spec.get("minAvailable"), spec.get("maxUnavailable"));
    if least.is_set() && most.is_set() {
        let names = [
            ("MinAvailable", "minAvailable"),
            ("Selector", "selector"),
            ("MaxUnavailable", "maxUnavailable"),
            ("UnhealthyPodEvictionPolicy", "unhealthyPodEvictionPolicy"),
        ];
        let detail = "minAvailable and maxUnavailable cannot be both set";
        errors.invalid_raw(&spec, &printed(&spec, &names), detail);
    }
    for amount in [&least, &most] {
        errors.int_or_percent(amount);
        errors.at_most_all(amount);
    }
    errors.selector(&spec.get("selector"));
    errors.one_of(
        &spec.get("unhealthyPodEvictionPolicy"),
        &["AlwaysAllow", "IfHealthyBudget"],
    );
}

#[cfg(test)]
mod tests {
    use crate::testing::creates;
    use expect_test::expect;
    use serde_json::json;

    // upstream: pkg/apis/policy/validation/validation_test.go
    #[test]
    fn what_a_budget_may_be() {
        let budget = json!({
            "apiVersion": "policy/v1", "kind": "PodDisruptionBudget", "metadata": {"name": "a"},
            "spec": {"minAvailable": "50%", "selector": {"matchLabels": {"app": "a"}}},
        });
        creates(
            &budget,
            &[
                json!({}),
                json!({"spec.minAvailable": 0}),
                json!({"spec.minAvailable": null, "spec.maxUnavailable": "100%"}),
                json!({"spec.minAvailable": "nope"}),
                json!({"spec.minAvailable": "1.5%"}),
                json!({"spec.minAvailable": "101%"}),
                json!({"spec.minAvailable": -1}),
                json!({"spec.maxUnavailable": 1}),
                json!({"spec.unhealthyPodEvictionPolicy": "Never"}),
                json!({"spec.selector": {"matchLabels": {"a b": "c"}, "matchExpressions": [{"key": "a", "operator": "In"}, {"key": "a", "operator": "Exists", "values": ["x"]}, {"key": "a", "operator": "Like"}, {"key": "a", "operator": "NotIn", "values": ["a b"]}]}}),
            ],
            expect![[r#"
                {}
                {"spec.minAvailable":0}
                {"spec.maxUnavailable":"100%","spec.minAvailable":null}
                {"spec.minAvailable":"nope"}
                  spec.minAvailable: Invalid value: "nope": a valid percent string must be a numeric string followed by an ending '%' (e.g. '1%',  or '93%', regex used for validation is '[0-9]+%')
                {"spec.minAvailable":"1.5%"}
                  spec.minAvailable: Invalid value: "1.5%": a valid percent string must be a numeric string followed by an ending '%' (e.g. '1%',  or '93%', regex used for validation is '[0-9]+%')
                {"spec.minAvailable":"101%"}
                  spec.minAvailable: Invalid value: "101%": must not be greater than 100%
                {"spec.minAvailable":-1}
                  spec.minAvailable: Invalid value: -1: must be greater than or equal to 0
                {"spec.maxUnavailable":1}
                  spec: Invalid value: {"MinAvailable":"50%","Selector":{"matchLabels":{"app":"a"}},"MaxUnavailable":1,"UnhealthyPodEvictionPolicy":null}: minAvailable and maxUnavailable cannot be both set
                {"spec.unhealthyPodEvictionPolicy":"Never"}
                  spec.unhealthyPodEvictionPolicy: Unsupported value: "Never": supported values: "AlwaysAllow", "IfHealthyBudget"
                {"spec.selector":{"matchExpressions":[{"key":"a","operator":"In"},{"key":"a","operator":"Exists","values":["x"]},{"key":"a","operator":"Like"},{"key":"a","operator":"NotIn","values":["a b"]}],"matchLabels":{"a b":"c"}}}
                  spec.selector.matchLabels: Invalid value: "a b": name part must consist of alphanumeric characters, '-', '_' or '.', and must start and end with an alphanumeric character (e.g. 'MyName',  or 'my.name',  or '123-abc', regex used for validation is '([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9]')
                  spec.selector.matchExpressions[0].values: Required value: must be specified when `operator` is 'In' or 'NotIn'
                  spec.selector.matchExpressions[1].values: Forbidden: may not be specified when `operator` is 'Exists' or 'DoesNotExist'
                  spec.selector.matchExpressions[2].operator: Invalid value: "Like": not a valid selector operator
                  spec.selector.matchExpressions[3].values[0]: Invalid value: "a b": a valid label must be an empty string or consist of alphanumeric characters, '-', '_' or '.', and must start and end with an alphanumeric character (e.g. 'MyValue',  or 'my_value',  or '12345', regex used for validation is '(([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9])?')"#]],
        );
    }
}
