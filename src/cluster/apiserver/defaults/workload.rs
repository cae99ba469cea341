//! Defaults of Deployments, ReplicaSets and ReplicationControllers.

use k8s_openapi::api::apps::v1 as apps;
use k8s_openapi::apimachinery::pkg::util::intstr::IntOrString;

use podarium_api::object::ReplicationController;

use super::{pod, text};

/// upstream: pkg/apis/apps/v1/defaults.go SetDefaults_Deployment
pub(super) fn deployment(spec: &mut apps::DeploymentSpec) {
    spec.replicas.get_or_insert(1);
    let strategy = spec.strategy.get_or_insert_default();
    text(&mut strategy.type_, "RollingUpdate");
    if strategy.type_.as_deref() == Some("RollingUpdate") {
        let rolling = strategy.rolling_update.get_or_insert_default();
        let quarter = || IntOrString::String("25%".into());
        rolling.max_unavailable.get_or_insert_with(quarter);
        rolling.max_surge.get_or_insert_with(quarter);
    }
    spec.revision_history_limit.get_or_insert(10);
    spec.progress_deadline_seconds.get_or_insert(600);
    pod::template(spec.template.spec.get_or_insert_default());
}

/// upstream: pkg/apis/apps/v1/defaults.go SetDefaults_ReplicaSet
pub(super) fn replica_set(spec: &mut apps::ReplicaSetSpec) {
    spec.replicas.get_or_insert(1);
    let template = spec.template.get_or_insert_default();
    pod::template(template.spec.get_or_insert_default());
}

/// upstream: pkg/apis/core/v1/defaults.go SetDefaults_ReplicationController
pub(super) fn replication_controller(rc: &mut ReplicationController) {
    let spec = &mut rc.body.spec;
    spec.replicas.get_or_insert(1);
    let Some(template) = &mut spec.template else {
        return;
    };
    let labels = template.metadata.as_ref().and_then(|m| m.labels.clone());
    if let Some(labels) = labels {
        if spec.selector.as_ref().is_none_or(|s| s.is_empty()) {
            spec.selector = Some(labels.clone());
        }
        if rc.meta.labels.is_empty() {
            rc.meta.labels = labels.into();
        }
    }
    pod::template(template.spec.get_or_insert_default());
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn a_rolling_update_is_a_quarter_at_a_time() {
        let mut spec = apps::DeploymentSpec::default();
        deployment(&mut spec);
        let value = serde_json::to_value(&spec).unwrap();
        assert_eq!(
            value["strategy"],
            json!({"type": "RollingUpdate", "rollingUpdate": {"maxSurge": "25%", "maxUnavailable": "25%"}})
        );
        assert_eq!(
            (
                &value["replicas"],
                &value["revisionHistoryLimit"],
                &value["progressDeadlineSeconds"]
            ),
            (&json!(1), &json!(10), &json!(600))
        );
        let mut recreate = apps::DeploymentSpec::default();
        recreate.strategy.get_or_insert_default().type_ = Some("Recreate".into());
        deployment(&mut recreate);
        assert_eq!(
            serde_json::to_value(&recreate).unwrap()["strategy"],
            json!({"type": "Recreate"})
        );
    }
}
