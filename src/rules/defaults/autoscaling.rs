//! autoscaling: HorizontalPodAutoscalers.

use serde_json::{Value, json};

use super::{Fields, below, default, made};

/// upstream: pkg/apis/autoscaling/v2/defaults.go SetDefaults_HorizontalPodAutoscaler
pub fn autoscaler(fields: &mut Fields) {
    let spec = made(fields, "spec");
    default(spec, "minReplicas", 1);
    if spec
        .get("metrics")
        .and_then(Value::as_array)
        .is_none_or(Vec::is_empty)
    {
        let target = json!({"type": "Utilization", "averageUtilization": 80});
        let cpu = json!([{"type": "Resource", "resource": {"name": "cpu", "target": target}}]);
        spec.insert("metrics".into(), cpu);
    }
    // upstream: GenerateHPAScaleUpRules, GenerateHPAScaleDownRules
    let Some(behavior) = below(spec, "behavior") else {
        return;
    };
    let percent = json!({"type": "Percent", "value": 100, "periodSeconds": 15});
    let pods = json!({"type": "Pods", "value": 4, "periodSeconds": 15});
    let up = made(behavior, "scaleUp");
    default(up, "stabilizationWindowSeconds", 0);
    default(up, "policies", json!([pods, percent]));
    default(up, "selectPolicy", "Max");
    let down = made(behavior, "scaleDown");
    default(down, "policies", json!([percent]));
    default(down, "selectPolicy", "Max");
}

#[cfg(test)]
mod tests {
    use crate::testing::defaulted;
    use expect_test::expect;
    use serde_json::json;

    // upstream: pkg/apis/autoscaling/v2/defaults_test.go TestHorizontalPodAutoscalerDefaults
    #[test]
    fn processors_at_four_fifths_are_the_aim() {
        let hpa = |spec| json!({"apiVersion": "autoscaling/v2", "kind": "HorizontalPodAutoscaler", "spec": spec});
        defaulted(
            &hpa(json!({"maxReplicas": 3})),
            "spec",
            expect![[
                r#"{"maxReplicas":3,"metrics":[{"resource":{"name":"cpu","target":{"averageUtilization":80,"type":"Utilization"}},"type":"Resource"}],"minReplicas":1}"#
            ]],
        );
        defaulted(
            &hpa(
                json!({"maxReplicas": 3, "behavior": {"scaleDown": {"policies": [{"type": "Pods", "value": 1, "periodSeconds": 60}]}}}),
            ),
            "spec.behavior",
            expect![[
                r#"{"scaleDown":{"policies":[{"periodSeconds":60,"type":"Pods","value":1}],"selectPolicy":"Max"},"scaleUp":{"policies":[{"periodSeconds":15,"type":"Pods","value":4},{"periodSeconds":15,"type":"Percent","value":100}],"selectPolicy":"Max","stabilizationWindowSeconds":0}}"#
            ]],
        );
    }
}
