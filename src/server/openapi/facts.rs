//! What neither the table of fields nor k8s-openapi says: values that are counted out, and defaults of the published schema.

use std::collections::BTreeMap;
use std::sync::OnceLock;

use serde_json::{Value, json};

/// The values that a field of a type may have; none where they are not counted out.
pub fn values(type_name: &str, field: &str) -> Option<&'static [&'static str]> {
    static ENUMS: OnceLock<BTreeMap<&'static str, Vec<&'static str>>> = OnceLock::new();
    let enums = ENUMS.get_or_init(|| {
        let lines = include_str!("enums.txt").lines();
        let lines = lines.filter_map(|line| line.split_once(' '));
        let known = lines.filter(|(name, _)| *name != "#");
        known
            .map(|(name, values)| (name, values.split('|').collect()))
            .collect()
    });
    enums
        .get(format!("{type_name}.{field}").as_str())
        .map(Vec::as_slice)
}

/// The default of a field that has one of its own.
///
/// upstream: the fields marked +default in staging/src/k8s.io/api
pub fn default(type_name: &str, field: &str) -> Option<Value> {
    Some(match (type_name, field) {
        ("ContainerPort" | "ServicePort", "protocol") => json!("TCP"),
        ("ISCSIVolumeSource" | "ISCSIPersistentVolumeSource", "iscsiInterface") => json!("default"),
        ("RBDVolumeSource" | "RBDPersistentVolumeSource", "pool") => json!("rbd"),
        ("RBDVolumeSource" | "RBDPersistentVolumeSource", "user") => json!("admin"),
        ("RBDVolumeSource" | "RBDPersistentVolumeSource", "keyring") => json!("/etc/ceph/keyring"),
        ("ScaleIOVolumeSource" | "ScaleIOPersistentVolumeSource", "storageMode") => {
            json!("ThinProvisioned")
        }
        ("ScaleIOVolumeSource" | "ScaleIOPersistentVolumeSource", "fsType") => json!("xfs"),
        ("AzureDiskVolumeSource", "cachingMode") => json!("ReadWrite"),
        ("AzureDiskVolumeSource", "fsType") => json!("ext4"),
        ("AzureDiskVolumeSource", "readOnly") => json!(false),
        ("AzureDiskVolumeSource", "kind") => json!("Shared"),
        ("GRPCAction", "service") => json!(""),
        ("FileKeySelector", "optional") => json!(false),
        (
            "LocalObjectReference"
            | "ConfigMapKeySelector"
            | "SecretKeySelector"
            | "ConfigMapEnvSource"
            | "SecretEnvSource"
            | "ConfigMapProjection"
            | "SecretProjection"
            | "ConfigMapVolumeSource",
            "name",
        ) => json!(""),
        ("ReplicationControllerSpec", "replicas") => json!(1),
        ("ReplicationControllerSpec", "minReadySeconds") => json!(0),
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use podarium_api::schema::{Shape, schema};

    #[test]
    fn every_fact_is_about_a_field_that_there_is() {
        for line in include_str!("enums.txt").lines() {
            let (name, _) = line.split_once(' ').expect("a name and values");
            if name == "#" {
                continue;
            }
            let (owner, field) = name.rsplit_once('.').expect("a type and a field");
            let owner = schema()
                .named(owner)
                .unwrap_or_else(|| panic!("no type {owner}"));
            let field = owner
                .field(field)
                .unwrap_or_else(|| panic!("no field {name}"));
            assert_eq!(field.shape, Shape::String, "{name}");
        }
    }
}
