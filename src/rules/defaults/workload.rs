//! Deployments, ReplicaSets and ReplicationControllers.
// upstream: pkg/apis/apps/v1/defaults.go; pkg/apis/core/v1/defaults.go

use serde_json::Value;

use super::pod::{self, template};
use super::{Fields, below, default, has, made, said, text};

/// upstream: SetDefaults_Deployment
pub fn deployment(fields: &mut Fields) {
    let spec = made(fields, "spec");
    default(spec, "replicas", 1);
    let strategy = made(spec, "strategy");
    text(strategy, "type", "RollingUpdate");
    if said(strategy, "type") == "RollingUpdate" {
        let rolling = made(strategy, "rollingUpdate");
        default(rolling, "maxUnavailable", "25%");
        default(rolling, "maxSurge", "25%");
    }
    default(spec, "revisionHistoryLimit", 10);
    default(spec, "progressDeadlineSeconds", 600);
    template(fields);
}

/// upstream: SetDefaults_ReplicaSet
pub fn replica_set(fields: &mut Fields) {
    default(made(fields, "spec"), "replicas", 1);
    template(fields);
}

/// upstream: SetDefaults_ReplicationController
pub fn replication_controller(fields: &mut Fields) {
    let spec = made(fields, "spec");
    default(spec, "replicas", 1);
    if !has(spec, "template") {
        return;
    }
    let template = made(spec, "template");
    pod::spec(made(template, "spec"));
    let labels = below(template, "metadata").and_then(|meta| meta.get("labels"));
    let Some(labels) = labels.filter(|l| l.is_object()).cloned() else {
        return;
    };
    let fill = |fields: &mut Fields, name: &str, labels: &Value| {
        if made(fields, name).is_empty() {
            fields.insert(name.into(), labels.clone());
        }
    };
    fill(spec, "selector", &labels);
    fill(made(fields, "metadata"), "labels", &labels);
}

#[cfg(test)]
mod tests {
    use crate::testing::defaulted;
    use expect_test::expect;
    use serde_json::{Value, json};

    #[test]
    fn a_rolling_update_is_a_quarter_at_a_time() {
        let of = |spec: Value| json!({"apiVersion": "apps/v1", "kind": "Deployment", "spec": spec});
        defaulted(
            &of(json!({})),
            "spec",
            expect![[
                r#"{"progressDeadlineSeconds":600,"replicas":1,"revisionHistoryLimit":10,"strategy":{"rollingUpdate":{"maxSurge":"25%","maxUnavailable":"25%"},"type":"RollingUpdate"},"template":{"spec":{"dnsPolicy":"ClusterFirst","restartPolicy":"Always","schedulerName":"default-scheduler","securityContext":{},"terminationGracePeriodSeconds":30}}}"#
            ]],
        );
        defaulted(
            &of(json!({"strategy": {"type": "Recreate"}})),
            "spec.strategy",
            expect![[r#"{"type":"Recreate"}"#]],
        );
    }

    // upstream: pkg/apis/core/v1/defaults_test.go TestSetDefaultReplicationController
    #[test]
    fn a_replication_controller_selects_by_its_templates_labels() {
        let of = |spec: Value| json!({"apiVersion": "v1", "kind": "ReplicationController", "spec": spec});
        let template = json!({"metadata": {"labels": {"a": "b"}}});
        for (spec, selector, labels) in [
            (json!({}), Value::Null, Value::Null),
            (
                json!({"template": template}),
                json!({"a": "b"}),
                json!({"a": "b"}),
            ),
            (
                json!({"template": template, "selector": {"c": "d"}}),
                json!({"c": "d"}),
                json!({"a": "b"}),
            ),
        ] {
            let filled = crate::defaults::apply(of(spec));
            assert_eq!(filled["spec"]["selector"], selector);
            assert_eq!(filled["metadata"]["labels"], labels);
            assert_eq!(filled["spec"]["replicas"], 1);
        }
    }
}
