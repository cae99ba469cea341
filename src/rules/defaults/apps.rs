//! apps: StatefulSets and DaemonSets.
// upstream: pkg/apis/apps/v1/defaults.go

use super::{Fields, core, default, each, made, pod, said, text};

/// upstream: SetDefaults_StatefulSet
pub fn stateful_set(fields: &mut Fields) {
    let spec = made(fields, "spec");
    text(spec, "podManagementPolicy", "OrderedReady");
    let strategy = made(spec, "updateStrategy");
    text(strategy, "type", "RollingUpdate");
    if said(strategy, "type") == "RollingUpdate" {
        let rolling = made(strategy, "rollingUpdate");
        default(rolling, "partition", 0);
        default(rolling, "maxUnavailable", 1);
    }
    let retention = made(spec, "persistentVolumeClaimRetentionPolicy");
    text(retention, "whenDeleted", "Retain");
    text(retention, "whenScaled", "Retain");
    default(spec, "replicas", 1);
    default(spec, "revisionHistoryLimit", 10);
    for claim in each(spec, "volumeClaimTemplates") {
        // upstream: pkg/apis/apps/v1/conversion.go Convert_apps_StatefulSetSpec_To_v1_StatefulSetSpec
        text(claim, "apiVersion", "v1");
        text(claim, "kind", "PersistentVolumeClaim");
        core::claim(claim);
    }
    pod::template(fields);
}

/// upstream: SetDefaults_DaemonSet
pub fn daemon_set(fields: &mut Fields) {
    let spec = made(fields, "spec");
    let strategy = made(spec, "updateStrategy");
    text(strategy, "type", "RollingUpdate");
    if said(strategy, "type") == "RollingUpdate" {
        let rolling = made(strategy, "rollingUpdate");
        default(rolling, "maxUnavailable", 1);
        default(rolling, "maxSurge", 0);
    }
    default(spec, "revisionHistoryLimit", 10);
    pod::template(fields);
}

#[cfg(test)]
mod tests {
    use crate::testing::defaulted;
    use expect_test::expect;
    use serde_json::json;

    #[test]
    fn a_stateful_set_begins_ordered_and_keeps_its_claims() {
        let set = |spec| json!({"apiVersion": "apps/v1", "kind": "StatefulSet", "spec": spec});
        defaulted(
            &set(json!({})),
            "spec",
            expect![[
                r#"{"persistentVolumeClaimRetentionPolicy":{"whenDeleted":"Retain","whenScaled":"Retain"},"podManagementPolicy":"OrderedReady","replicas":1,"revisionHistoryLimit":10,"template":{"spec":{"dnsPolicy":"ClusterFirst","restartPolicy":"Always","schedulerName":"default-scheduler","securityContext":{},"terminationGracePeriodSeconds":30}},"updateStrategy":{"rollingUpdate":{"maxUnavailable":1,"partition":0},"type":"RollingUpdate"}}"#
            ]],
        );
        defaulted(
            &set(json!({"updateStrategy": {"type": "OnDelete"}})),
            "spec.updateStrategy",
            expect![[r#"{"type":"OnDelete"}"#]],
        );
        defaulted(
            &set(
                json!({"volumeClaimTemplates": [{"metadata": {"name": "data"}, "spec": {"resources": {"requests": {"storage": "1024Mi"}}}}]}),
            ),
            "spec.volumeClaimTemplates",
            expect![[
                r#"[{"apiVersion":"v1","kind":"PersistentVolumeClaim","metadata":{"name":"data"},"spec":{"resources":{"requests":{"storage":"1Gi"}},"volumeMode":"Filesystem"},"status":{"phase":"Pending"}}]"#
            ]],
        );
    }

    #[test]
    fn a_daemon_set_replaces_one_pod_at_a_time() {
        let set = |spec| json!({"apiVersion": "apps/v1", "kind": "DaemonSet", "spec": spec});
        defaulted(
            &set(json!({})),
            "spec",
            expect![[
                r#"{"revisionHistoryLimit":10,"template":{"spec":{"dnsPolicy":"ClusterFirst","restartPolicy":"Always","schedulerName":"default-scheduler","securityContext":{},"terminationGracePeriodSeconds":30}},"updateStrategy":{"rollingUpdate":{"maxSurge":0,"maxUnavailable":1},"type":"RollingUpdate"}}"#
            ]],
        );
    }
}
