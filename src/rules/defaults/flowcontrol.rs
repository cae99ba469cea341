//! flowcontrol.apiserver.k8s.io: which requests wait for which.
// upstream: pkg/apis/flowcontrol/v1/defaults.go

use super::{Fields, below, default, made, said};

/// upstream: SetDefaults_FlowSchemaSpec
pub fn flow_schema(fields: &mut Fields) {
    let spec = made(fields, "spec");
    if spec
        .get("matchingPrecedence")
        .and_then(serde_json::Value::as_i64)
        .unwrap_or(0)
        == 0
    {
        spec.insert("matchingPrecedence".into(), 1000.into());
    }
}

/// upstream: SetDefaults_LimitedPriorityLevelConfiguration, SetDefaults_ExemptPriorityLevelConfiguration,
/// SetDefaults_QueuingConfiguration
pub fn priority_level(fields: &mut Fields) {
    let spec = made(fields, "spec");
    if said(spec, "type") == "Exempt" {
        let exempt = made(spec, "exempt");
        default(exempt, "nominalConcurrencyShares", 0);
        default(exempt, "lendablePercent", 0);
    }
    if let Some(limited) = below(spec, "limited") {
        default(limited, "nominalConcurrencyShares", 30);
        default(limited, "lendablePercent", 0);
        if let Some(queuing) = below(limited, "limitResponse").and_then(|r| below(r, "queuing")) {
            for (name, value) in [("handSize", 8), ("queues", 64), ("queueLengthLimit", 50)] {
                if queuing
                    .get(name)
                    .and_then(serde_json::Value::as_i64)
                    .unwrap_or(0)
                    == 0
                {
                    queuing.insert(name.into(), value.into());
                }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use crate::testing::defaulted;
    use expect_test::expect;
    use serde_json::json;

    #[test]
    fn a_level_has_thirty_shares_and_sixty_four_queues() {
        let of = |kind, spec| json!({"apiVersion": "flowcontrol.apiserver.k8s.io/v1", "kind": kind, "spec": spec});
        defaulted(
            &of(
                "PriorityLevelConfiguration",
                json!({"type": "Limited", "limited": {"limitResponse": {"type": "Queue", "queuing": {}}}}),
            ),
            "spec.limited",
            expect![[
                r#"{"lendablePercent":0,"limitResponse":{"queuing":{"handSize":8,"queueLengthLimit":50,"queues":64},"type":"Queue"},"nominalConcurrencyShares":30}"#
            ]],
        );
        defaulted(
            &of("FlowSchema", json!({})),
            "spec",
            expect![[r#"{"matchingPrecedence":1000}"#]],
        );
    }
}
