//! Volumes of pods.
// upstream: pkg/apis/core/v1/defaults.go

use serde_json::json;

use super::container::{of_pod, pull_policy};
use super::{Fields, below, core, default, each, has, made, said, text};

/// 0644, which the API prints in decimal.
const MODE: i32 = 0o644;

/// upstream: SetDefaults_Volume and those of the sources
pub fn volume(volume: &mut Fields) {
    if volume
        .iter()
        .all(|(name, value)| name == "name" || value.is_null())
    {
        volume.insert("emptyDir".into(), json!({}));
    }
    for source in ["secret", "configMap", "downwardAPI", "projected"] {
        if let Some(source) = below(volume, source) {
            default(source, "defaultMode", MODE);
        }
    }
    if let Some(source) = below(volume, "downwardAPI") {
        each(source, "items").for_each(of_pod);
    }
    if let Some(source) = below(volume, "projected") {
        for projection in each(source, "sources") {
            if let Some(token) = below(projection, "serviceAccountToken") {
                default(token, "expirationSeconds", 3_600);
            }
            if let Some(api) = below(projection, "downwardAPI") {
                each(api, "items").for_each(of_pod);
            }
        }
    }
    if let Some(source) = below(volume, "image") {
        let policy = pull_policy(said(source, "reference"));
        text(source, "pullPolicy", policy);
    }
    core::sources(volume);
    if let Some(source) = below(volume, "ephemeral")
        && has(source, "volumeClaimTemplate")
    {
        let spec = made(made(source, "volumeClaimTemplate"), "spec");
        default(spec, "volumeMode", "Filesystem");
        default(spec, "resources", json!({}));
    }
}

#[cfg(test)]
mod tests {
    use crate::testing::defaulted;
    use expect_test::expect;
    use serde_json::json;

    #[test]
    fn volumes_are_empty_unless_they_say_more() {
        let volumes = json!([
            {"name": "a"},
            {"name": "b", "configMap": {"name": "c"}},
            {"name": "d", "emptyDir": {"sizeLimit": "1024Mi"}},
            {"name": "e", "hostPath": {"path": "/e"}},
            {"name": "f", "image": {"reference": "nginx:1"}},
            {"name": "g", "ephemeral": {"volumeClaimTemplate": {"spec": {"accessModes": ["ReadWriteOnce"]}}}},
            {"name": "h", "iscsi": {"iqn": "i", "lun": 0, "targetPortal": "t"}},
            {"name": "j", "projected": {"sources": [
                {"serviceAccountToken": {"path": "token"}},
                {"downwardAPI": {"items": [{"path": "p", "fieldRef": {"fieldPath": "metadata.name"}}]}},
            ]}},
        ]);
        defaulted(
            &json!({"apiVersion": "v1", "kind": "Pod", "spec": {"volumes": volumes}}),
            "spec.volumes",
            expect![[
                r#"[{"emptyDir":{},"name":"a"},{"configMap":{"defaultMode":420,"name":"c"},"name":"b"},{"emptyDir":{"sizeLimit":"1Gi"},"name":"d"},{"hostPath":{"path":"/e","type":""},"name":"e"},{"image":{"pullPolicy":"IfNotPresent","reference":"nginx:1"},"name":"f"},{"ephemeral":{"volumeClaimTemplate":{"spec":{"accessModes":["ReadWriteOnce"],"resources":{},"volumeMode":"Filesystem"}}},"name":"g"},{"iscsi":{"iqn":"i","iscsiInterface":"default","lun":0,"targetPortal":"t"},"name":"h"},{"name":"j","projected":{"defaultMode":420,"sources":[{"serviceAccountToken":{"expirationSeconds":3600,"path":"token"}},{"downwardAPI":{"items":[{"fieldRef":{"apiVersion":"v1","fieldPath":"metadata.name"},"path":"p"}]}}]}}]"#
            ]],
        );
    }
}
