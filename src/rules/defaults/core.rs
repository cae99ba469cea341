//! The core group: volumes and the claims for them, limit ranges.
// upstream: pkg/apis/core/v1/defaults.go

use serde_json::Value;

use crate::field::Field;
use crate::validation::pod::sums;

use super::{Fields, below, default, each, made, said, text};

/// upstream: SetDefaults_PersistentVolumeClaim, SetDefaults_PersistentVolumeClaimSpec
pub fn claim(fields: &mut Fields) {
    text(made(fields, "status"), "phase", "Pending");
    default(made(fields, "spec"), "volumeMode", "Filesystem");
}

/// upstream: SetDefaults_PersistentVolume
pub fn volume(fields: &mut Fields) {
    text(made(fields, "status"), "phase", "Pending");
    let spec = made(fields, "spec");
    text(spec, "persistentVolumeReclaimPolicy", "Retain");
    default(spec, "volumeMode", "Filesystem");
    for (source, name, value) in SOURCES {
        if let Some(source) = below(spec, source) {
            match value {
                "false" => default(source, name, false),
                // The type of a path on the host is empty unless given.
                "" => default(source, name, ""),
                value => text(source, name, value),
            }
        }
    }
}

/// upstream: SetDefaults_HostPathVolumeSource, SetDefaults_ISCSIPersistentVolumeSource, SetDefaults_RBDPersistentVolumeSource,
/// SetDefaults_AzureDiskVolumeSource, SetDefaults_ScaleIOPersistentVolumeSource
const SOURCES: [(&str, &str, &str); 11] = [
    ("hostPath", "type", ""),
    ("iscsi", "iscsiInterface", "default"),
    ("rbd", "pool", "rbd"),
    ("rbd", "user", "admin"),
    ("rbd", "keyring", "/etc/ceph/keyring"),
    ("azureDisk", "cachingMode", "ReadWrite"),
    ("azureDisk", "kind", "Shared"),
    ("azureDisk", "fsType", "ext4"),
    ("azureDisk", "readOnly", "false"),
    ("scaleIO", "storageMode", "ThinProvisioned"),
    ("scaleIO", "fsType", "xfs"),
];

/// upstream: SetDefaults_LimitRangeItem
pub fn limit_range(fields: &mut Fields) {
    for limit in each(made(fields, "spec"), "limits") {
        if said(limit, "type") != "Container" {
            continue;
        }
        for (from, to) in [
            ("max", "default"),
            ("default", "defaultRequest"),
            ("min", "defaultRequest"),
        ] {
            let given = limit.get(from).and_then(Value::as_object).cloned();
            for (name, amount) in given.into_iter().flatten() {
                made(limit, to).entry(name).or_insert(amount);
            }
        }
    }
}

/// What a pod with limits of its own asks for: what it says, what its containers ask for together, its limits.
///
/// upstream: defaultPodRequests
pub fn pod_requests(spec: &Value) -> Value {
    let spec = Field::root(spec);
    let own = spec.get("resources");
    let given = own.get("requests").value.as_object();
    let mut requests = given.cloned().unwrap_or_default();
    for (name, sum) in sums(&spec) {
        let sum = sum.to_string().into();
        requests.entry(name).or_insert(sum);
    }
    for (name, limit) in own.get("limits").entries() {
        requests.entry(name).or_insert_with(|| limit.value.clone());
    }
    Value::Object(requests)
}

#[cfg(test)]
mod tests {
    use crate::testing::defaulted;
    use expect_test::expect;
    use serde_json::json;

    #[test]
    fn volumes_are_kept_and_hold_file_systems() {
        defaulted(
            &json!({"apiVersion": "v1", "kind": "PersistentVolume", "spec": {"hostPath": {"path": "/a"}}}),
            "",
            expect![[
                r#"{"apiVersion":"v1","kind":"PersistentVolume","spec":{"hostPath":{"path":"/a","type":""},"persistentVolumeReclaimPolicy":"Retain","volumeMode":"Filesystem"},"status":{"phase":"Pending"}}"#
            ]],
        );
        defaulted(
            &json!({"apiVersion": "v1", "kind": "PersistentVolumeClaim", "spec": {"accessModes": ["ReadWriteOnce"]}}),
            "",
            expect![[
                r#"{"apiVersion":"v1","kind":"PersistentVolumeClaim","spec":{"accessModes":["ReadWriteOnce"],"volumeMode":"Filesystem"},"status":{"phase":"Pending"}}"#
            ]],
        );
    }

    // upstream: pkg/apis/core/v1/defaults_test.go TestSetDefaultLimitRangeItem
    #[test]
    fn limits_of_containers_follow_from_each_other() {
        let limits = json!([
            {"type": "Container", "max": {"cpu": "100m"}, "min": {"memory": "100Mi"}},
            {"type": "Pod", "max": {"cpu": "1"}},
        ]);
        defaulted(
            &json!({"apiVersion": "v1", "kind": "LimitRange", "spec": {"limits": limits}}),
            "spec.limits",
            expect![[
                r#"[{"default":{"cpu":"100m"},"defaultRequest":{"cpu":"100m","memory":"100Mi"},"max":{"cpu":"100m"},"min":{"memory":"100Mi"},"type":"Container"},{"max":{"cpu":"1"},"type":"Pod"}]"#
            ]],
        );
    }
}
