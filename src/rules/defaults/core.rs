//! The core group: volumes and the claims for them, limit ranges, secrets, namespaces, nodes.
// upstream: pkg/apis/core/v1/defaults.go

use podarium_api::hash::base64;
use serde_json::Value;

use super::{Fields, below, default, each, made, pod, said, text};

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
    sources(spec);
}

/// What sources of volumes get, in pods and outside of them.
pub fn sources(spec: &mut Fields) {
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

/// Texts become bytes.
///
/// upstream: SetDefaults_Secret; pkg/apis/core/v1/conversion.go Convert_v1_Secret_To_core_Secret
pub fn secret(fields: &mut Fields) {
    text(fields, "type", "Opaque");
    if let Some(Value::Object(texts)) = fields.remove("stringData") {
        let data = made(fields, "data");
        for (key, text) in texts {
            let bytes = text.as_str().unwrap_or_default().as_bytes();
            data.insert(key, base64(bytes).into());
        }
    }
}

/// upstream: SetDefaults_Namespace
pub fn namespace(fields: &mut Fields) {
    let meta = made(fields, "metadata");
    let name = said(meta, "name").to_owned();
    if !name.is_empty() {
        made(meta, "labels").insert("kubernetes.io/metadata.name".into(), name.into());
    }
}

/// upstream: SetDefaults_NodeStatus
pub fn node(fields: &mut Fields) {
    let status = made(fields, "status");
    if let Some(capacity) = status.get("capacity").filter(|c| c.is_object()).cloned() {
        default(status, "allocatable", capacity);
    }
}

/// upstream: SetObjectDefaults_PodTemplate
pub fn pod_template(fields: &mut Fields) {
    pod::spec(made(made(fields, "template"), "spec"));
}

#[cfg(test)]
mod tests {
    use crate::testing::defaulted;
    use expect_test::expect;
    use serde_json::json;

    #[test]
    fn texts_of_secrets_win_over_bytes_and_are_never_printed() {
        defaulted(
            &json!({"apiVersion": "v1", "kind": "Secret", "data": {"a": "b2xk", "b": "Yg=="}, "stringData": {"a": "new"}}),
            "",
            expect![[
                r#"{"apiVersion":"v1","data":{"a":"bmV3","b":"Yg=="},"kind":"Secret","type":"Opaque"}"#
            ]],
        );
    }

    #[test]
    fn namespaces_are_labelled_and_nodes_give_all_they_have() {
        defaulted(
            &json!({"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": "a"}}),
            "metadata",
            expect![[r#"{"labels":{"kubernetes.io/metadata.name":"a"},"name":"a"}"#]],
        );
        defaulted(
            &json!({"apiVersion": "v1", "kind": "Node", "status": {"capacity": {"cpu": "2000m"}}}),
            "status",
            expect![[r#"{"allocatable":{"cpu":"2"},"capacity":{"cpu":"2"}}"#]],
        );
    }

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
