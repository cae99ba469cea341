//! networking.k8s.io: policies and classes of ingress.
// upstream: pkg/apis/networking/v1/defaults.go

use serde_json::{Value, json};

use super::{Fields, below, default, each, made};

/// upstream: SetDefaults_NetworkPolicy, SetDefaults_NetworkPolicyPort
pub fn network_policy(fields: &mut Fields) {
    let spec = made(fields, "spec");
    made(spec, "podSelector");
    let some = |spec: &Fields, name: &str| {
        let list = spec.get(name).and_then(Value::as_array);
        list.is_some_and(|l| !l.is_empty())
    };
    if !some(spec, "policyTypes") {
        let types = if some(spec, "egress") {
            json!(["Ingress", "Egress"])
        } else {
            json!(["Ingress"])
        };
        spec.insert("policyTypes".into(), types);
    }
    for rules in ["ingress", "egress"] {
        for rule in each(spec, rules) {
            for port in each(rule, "ports") {
                default(port, "protocol", "TCP");
            }
        }
    }
}

/// upstream: SetDefaults_IngressClass
pub fn ingress_class(fields: &mut Fields) {
    if let Some(parameters) = below(made(fields, "spec"), "parameters") {
        default(parameters, "scope", "Cluster");
    }
}

#[cfg(test)]
mod tests {
    use crate::testing::defaulted;
    use expect_test::expect;
    use serde_json::json;

    #[test]
    fn a_policy_is_of_ingress_and_of_egress_where_it_has_rules_for_that() {
        let policy = |spec| json!({"apiVersion": "networking.k8s.io/v1", "kind": "NetworkPolicy", "spec": spec});
        defaulted(
            &policy(json!({"podSelector": {}})),
            "spec",
            expect![[r#"{"podSelector":{},"policyTypes":["Ingress"]}"#]],
        );
        defaulted(
            &policy(json!({"podSelector": {}, "egress": [{"ports": [{"port": 53}]}]})),
            "spec",
            expect![[
                r#"{"egress":[{"ports":[{"port":53,"protocol":"TCP"}]}],"podSelector":{},"policyTypes":["Ingress","Egress"]}"#
            ]],
        );
        defaulted(
            &json!({"apiVersion": "networking.k8s.io/v1", "kind": "IngressClass", "spec": {"parameters": {"kind": "a", "name": "b"}}}),
            "spec.parameters",
            expect![[r#"{"kind":"a","name":"b","scope":"Cluster"}"#]],
        );
    }
}
