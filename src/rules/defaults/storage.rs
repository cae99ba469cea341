//! storage.k8s.io: classes and drivers.
// upstream: pkg/apis/storage/v1/defaults.go

use serde_json::{Value, json};

use super::{Fields, default, made};

/// upstream: SetDefaults_StorageClass
pub fn storage_class(fields: &mut Fields) {
    default(fields, "reclaimPolicy", "Delete");
    default(fields, "volumeBindingMode", "Immediate");
}

/// upstream: SetDefaults_CSIDriver
pub fn csi_driver(fields: &mut Fields) {
    let spec = made(fields, "spec");
    default(spec, "attachRequired", true);
    for name in [
        "podInfoOnMount",
        "storageCapacity",
        "requiresRepublish",
        "seLinuxMount",
    ] {
        default(spec, name, false);
    }
    default(spec, "fsGroupPolicy", "ReadWriteOnceWithFSType");
    if spec
        .get("volumeLifecycleModes")
        .and_then(Value::as_array)
        .is_none_or(Vec::is_empty)
    {
        spec.insert("volumeLifecycleModes".into(), json!(["Persistent"]));
    }
}

#[cfg(test)]
mod tests {
    use crate::testing::defaulted;
    use expect_test::expect;
    use serde_json::json;

    // upstream: pkg/apis/storage/v1/defaults_test.go
    #[test]
    fn classes_delete_at_once_and_drivers_attach() {
        let of = |kind| json!({"apiVersion": "storage.k8s.io/v1", "kind": kind});
        defaulted(
            &of("StorageClass"),
            "",
            expect![[
                r#"{"apiVersion":"storage.k8s.io/v1","kind":"StorageClass","reclaimPolicy":"Delete","volumeBindingMode":"Immediate"}"#
            ]],
        );
        defaulted(
            &of("CSIDriver"),
            "spec",
            expect![[
                r#"{"attachRequired":true,"fsGroupPolicy":"ReadWriteOnceWithFSType","podInfoOnMount":false,"requiresRepublish":false,"seLinuxMount":false,"storageCapacity":false,"volumeLifecycleModes":["Persistent"]}"#
            ]],
        );
    }
}
