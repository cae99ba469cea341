//! PersistentVolumeClaims, and the templates of them in StatefulSets.
// upstream: pkg/apis/core/validation/validation.go

use podarium_api::names::{dns1123_label_error, dns1123_subdomain_error};
use serde_json::{Map, Value};

use crate::errors::Errors;
use crate::field::Field;
use crate::golang;

pub const ACCESS_MODES: [&str; 4] = [
    "ReadOnlyMany",
    "ReadWriteMany",
    "ReadWriteOnce",
    "ReadWriteOncePod",
];
pub const VOLUME_MODES: [&str; 2] = ["Block", "Filesystem"];
/// Where a class stood before there was a field for it.
pub const CLASS_ANNOTATION: &str = "volume.beta.kubernetes.io/storage-class";

/// upstream: ValidatePersistentVolumeClaim
pub fn claim(claim: &Field, errors: &mut Errors) {
    spec(&claim.get("spec"), errors);
}

/// upstream: ValidatePersistentVolumeClaimTemplate
pub fn template(claim: &Field, errors: &mut Errors) {
    let meta = claim.get("metadata");
    errors.annotations(&meta.get("annotations"));
    errors.labels(&meta.get("labels"));
    spec(&claim.get("spec"), errors);
}

/// The modes of access to a volume, of a claim or of the volume itself.
pub fn access_modes(spec: &Field, errors: &mut Errors) {
    let modes = spec.get("accessModes");
    for mode in modes.texts().filter(|mode| !ACCESS_MODES.contains(mode)) {
        errors.unsupported(&modes, mode, &ACCESS_MODES);
    }
    let alone = |mode: &&str| **mode == *"ReadWriteOncePod";
    let known = || modes.texts().filter(|mode| ACCESS_MODES.contains(mode));
    if known().any(|m| alone(&m)) && known().any(|m| !alone(&m)) {
        errors.forbidden(
            &modes,
            "may not use ReadWriteOncePod with other access modes",
        );
    }
}

/// upstream: ValidatePersistentVolumeClaimSpec
pub fn spec(spec: &Field, errors: &mut Errors) {
    let modes = spec.get("accessModes");
    if modes.is_empty() {
        errors.required(&modes, "at least 1 access mode is required");
    }
    errors.selector(&spec.get("selector"));
    access_modes(spec, errors);
    let storage = spec.at("resources.requests").key("storage");
    let storage = storage.called(&format!("{}.resources[storage]", spec.path));
    if storage.is_set() {
        errors.quantity_positive(&storage);
    } else {
        errors.required(&storage, "");
    }
    let class = spec.get("storageClassName");
    if !class.is_empty() {
        errors.named(&class, dns1123_subdomain_error);
    }
    errors.one_of(&spec.get("volumeMode"), &VOLUME_MODES);
    let (source, reference) = (spec.get("dataSource"), spec.get("dataSourceRef"));
    if source.is_set() {
        data_source(&source, errors);
    }
    if reference.is_set() {
        data_source(&reference, errors);
        let namespace = reference.get("namespace");
        if !namespace.is_empty() {
            errors.named(&namespace, dns1123_label_error);
        }
    }
    let printed = source.path.as_str();
    let same = |name: &str| source.get(name).value == reference.get(name).value;
    if !reference.get("namespace").is_empty() {
        if source.is_set() {
            let detail = "may not be specified when dataSourceRef.namespace is specified";
            errors.invalid_as(spec, printed, detail);
        }
    } else if source.is_set()
        && reference.is_set()
        && !["apiGroup", "kind", "name"].into_iter().all(same)
    {
        errors.invalid_as(spec, printed, "must match dataSourceRef");
    }
    let attributes = spec.get("volumeAttributesClassName");
    if !attributes.is_empty() {
        errors.named(&attributes, dns1123_subdomain_error);
    }
}

/// upstream: validateDataSource, validateDataSourceRef
fn data_source(source: &Field, errors: &mut Errors) {
    let (kind, group) = (source.get("kind"), source.get("apiGroup"));
    errors.needed(&source.get("name"));
    errors.needed(&kind);
    if !group.is_empty() {
        errors.named(&group, dns1123_subdomain_error);
    } else if kind.text() != "PersistentVolumeClaim" {
        let detail = "must be 'PersistentVolumeClaim' when referencing the default apiGroup";
        errors.invalid_as(source, kind.text(), detail);
    }
}

/// upstream: ValidatePersistentVolumeClaimUpdate
pub fn claim_update(new: &Field, old: &Field, errors: &mut Errors) {
    claim(new, errors);
    let (new_spec, old_spec) = (new.get("spec"), old.get("spec"));
    let class = new_spec.get("storageClassName");
    let (said, had) = (annotation(new), annotation(old));
    let was_none = class.is_set() && !old_spec.get("storageClassName").is_set();
    let moves = was_none && had.is_set() && class.text() == had.text();
    if (said.is_set() || !moves) && said.value != had.value {
        let path = new
            .get("metadata")
            .called(&format!("metadata.annotations[{CLASS_ANNOTATION}]"));
        errors.invalid_as(&path, said.text(), "field is immutable");
    }
    let mut wanted = fields(&new_spec);
    let kept = fields(&old_spec);
    let mut free = |name: &str| match kept.get(name) {
        Some(value) => drop(wanted.insert(name.into(), value.clone())),
        None => drop(wanted.remove(name)),
    };
    free("volumeAttributesClassName");
    if old_spec.get("volumeName").is_empty() {
        free("volumeName");
    }
    if was_none && (!had.is_set() || class.text() == had.text()) {
        free("storageClassName");
    }
    let (size, old_size) = (storage(&new_spec), storage(&old_spec));
    if new.at("status.phase").text() == "Bound"
        && let Some(resources) = wanted.get_mut("resources")
        && resources["requests"].is_object()
    {
        resources["requests"]["storage"] = old_size.value.clone();
    }
    if wanted != kept {
        let detail = format!(
            "spec is immutable after creation except resources.requests and volumeAttributesClassName for bound claims\n{}",
            golang::diff("PersistentVolumeClaimSpec", &kept.into(), &wanted.into())
        );
        errors.forbidden(&new_spec, &detail);
    }
    if let (Some(now), Some(before)) = (size.quantity(), old_size.quantity())
        && now < before
    {
        // Down to what the volume has, so that a growth that failed can be taken back.
        let has = old.at("status.capacity").key("storage").quantity();
        if has.is_some_and(|has| now <= has) {
            let path = new_spec.called("spec.resources.requests.storage");
            errors.forbidden(&path, "field can not be less than status.capacity");
        }
    }
    let mode = new_spec.get("volumeMode").called("volumeMode");
    errors.immutable(&mode, &old_spec.get("volumeMode"));
    let (attributes, had) = (
        new_spec.get("volumeAttributesClassName"),
        old_spec.get("volumeAttributesClassName"),
    );
    if had.is_set() && !attributes.is_set() {
        errors.forbidden(&attributes, "update from non-nil value to nil is forbidden");
    } else if had.is_set() && attributes.value != had.value && attributes.is_empty() {
        errors.forbidden(
            &attributes,
            "update from non-nil value to an empty string is forbidden",
        );
    }
}

fn annotation<'a>(object: &Field<'a>) -> Field<'a> {
    object.at("metadata.annotations").get(CLASS_ANNOTATION)
}

fn storage<'a>(spec: &Field<'a>) -> Field<'a> {
    spec.at("resources.requests").key("storage")
}

fn fields(spec: &Field) -> Map<String, Value> {
    spec.value.as_object().cloned().unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use crate::testing::{creates, updates};
    use expect_test::expect;
    use serde_json::{Value, json};

    fn claim() -> Value {
        json!({
            "apiVersion": "v1", "kind": "PersistentVolumeClaim", "metadata": {"name": "a", "namespace": "b"},
            "spec": {"accessModes": ["ReadWriteOnce"], "storageClassName": "fast", "resources": {"requests": {"storage": "10Gi"}}},
        })
    }

    // upstream: pkg/apis/core/validation/validation_test.go testValidatePVC
    #[test]
    fn what_a_claim_may_be() {
        creates(
            &claim(),
            &[
                json!({}),
                json!({"spec.accessModes": []}),
                json!({"spec.accessModes": ["ReadWriteOnce", "Sometimes"]}),
                json!({"spec.accessModes": ["ReadWriteOnce", "ReadWriteOncePod"]}),
                json!({"spec.resources": null}),
                json!({"spec.resources.requests.storage": "-10Gi"}),
                json!({"spec.resources.requests.storage": "0"}),
                json!({"spec.storageClassName": "-invalid-"}),
                json!({"spec.storageClassName": ""}),
                json!({"spec.volumeMode": "fakeVolumeMode"}),
                json!({"spec.selector.matchExpressions": [{"key": "a", "operator": "InvalidOp", "values": ["b"]}]}),
                json!({"spec.dataSource": {"kind": "PersistentVolumeClaim", "name": "c"}}),
                json!({"spec.dataSourceRef": {"kind": "Other", "name": ""}}),
                json!({"spec.dataSourceRef": {"kind": "Snapshot", "name": "c", "apiGroup": "Bad!"}}),
                json!({"spec.dataSource": {"kind": "PersistentVolumeClaim", "name": "c"}, "spec.dataSourceRef": {"kind": "PersistentVolumeClaim", "name": "d"}}),
                json!({"spec.volumeAttributesClassName": "A b"}),
            ],
            expect![[r#"
                {}
                {"spec.accessModes":[]}
                  spec.accessModes: Required value: at least 1 access mode is required
                {"spec.accessModes":["ReadWriteOnce","Sometimes"]}
                  spec.accessModes: Unsupported value: "Sometimes": supported values: "ReadOnlyMany", "ReadWriteMany", "ReadWriteOnce", "ReadWriteOncePod"
                {"spec.accessModes":["ReadWriteOnce","ReadWriteOncePod"]}
                  spec.accessModes: Forbidden: may not use ReadWriteOncePod with other access modes
                {"spec.resources":null}
                  spec.resources[storage]: Required value
                {"spec.resources.requests.storage":"-10Gi"}
                  spec.resources[storage]: Invalid value: "-10Gi": must be greater than zero
                {"spec.resources.requests.storage":"0"}
                  spec.resources[storage]: Invalid value: "0": must be greater than zero
                {"spec.storageClassName":"-invalid-"}
                  spec.storageClassName: Invalid value: "-invalid-": a lowercase RFC 1123 subdomain must consist of lower case alphanumeric characters, '-' or '.', and must start and end with an alphanumeric character (e.g. 'example.com', regex used for validation is '[a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*')
                {"spec.storageClassName":""}
                {"spec.volumeMode":"fakeVolumeMode"}
                  spec.volumeMode: Unsupported value: "fakeVolumeMode": supported values: "Block", "Filesystem"
                {"spec.selector.matchExpressions":[{"key":"a","operator":"InvalidOp","values":["b"]}]}
                  spec.selector.matchExpressions[0].operator: Invalid value: "InvalidOp": not a valid selector operator
                {"spec.dataSource":{"kind":"PersistentVolumeClaim","name":"c"}}
                {"spec.dataSourceRef":{"kind":"Other","name":""}}
                  spec.dataSource.name: Required value
                  spec.dataSource: Invalid value: "Other": must be 'PersistentVolumeClaim' when referencing the default apiGroup
                  spec.dataSourceRef.name: Required value
                  spec.dataSourceRef: Invalid value: "Other": must be 'PersistentVolumeClaim' when referencing the default apiGroup
                {"spec.dataSourceRef":{"apiGroup":"Bad!","kind":"Snapshot","name":"c"}}
                  spec.dataSource.apiGroup: Invalid value: "Bad!": a lowercase RFC 1123 subdomain must consist of lower case alphanumeric characters, '-' or '.', and must start and end with an alphanumeric character (e.g. 'example.com', regex used for validation is '[a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*')
                  spec.dataSourceRef.apiGroup: Invalid value: "Bad!": a lowercase RFC 1123 subdomain must consist of lower case alphanumeric characters, '-' or '.', and must start and end with an alphanumeric character (e.g. 'example.com', regex used for validation is '[a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*')
                {"spec.dataSource":{"kind":"PersistentVolumeClaim","name":"c"},"spec.dataSourceRef":{"kind":"PersistentVolumeClaim","name":"d"}}
                  spec: Invalid value: "spec.dataSource": must match dataSourceRef
                {"spec.volumeAttributesClassName":"A b"}
                  spec.volumeAttributesClassName: Invalid value: "A b": a lowercase RFC 1123 subdomain must consist of lower case alphanumeric characters, '-' or '.', and must start and end with an alphanumeric character (e.g. 'example.com', regex used for validation is '[a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*')"#]],
        );
    }

    // upstream: pkg/apis/core/validation/validation_test.go TestValidatePersistentVolumeClaimUpdate
    #[test]
    fn what_may_change_in_a_claim() {
        let mut bound = claim();
        bound["spec"]["volumeName"] = "pv".into();
        updates(
            &claim(),
            &[
                json!({"spec.volumeName": "pv"}),
                json!({"spec.resources.requests.storage": "20Gi"}),
                json!({"spec.storageClassName": "slow"}),
                json!({"spec.volumeMode": "Block"}),
                json!({"spec.volumeAttributesClassName": "gold"}),
                json!({"metadata.annotations": {"volume.beta.kubernetes.io/storage-class": "slow"}}),
            ],
            expect![[r#"
                {"spec.volumeName":"pv"}
                {"spec.resources.requests.storage":"20Gi"}
                  spec: Forbidden: spec is immutable after creation except resources.requests and volumeAttributesClassName for bound claims
                  --- expected
                  +++ got
                  @@ -1,18 +1,18 @@
                   {
                     "AccessModes": [
                       "ReadWriteOnce"
                     ],
                     "Selector": null,
                     "Resources": {
                       "Limits": null,
                       "Requests": {
                  -      "storage": "10Gi"
                  +      "storage": "20Gi"
                       }
                     },
                     "VolumeName": "",
                     "StorageClassName": "fast",
                     "VolumeMode": "Filesystem",
                     "DataSource": null,
                     "DataSourceRef": null,
                     "VolumeAttributesClassName": null
                   }
                {"spec.storageClassName":"slow"}
                  spec: Forbidden: spec is immutable after creation except resources.requests and volumeAttributesClassName for bound claims
                  --- expected
                  +++ got
                  @@ -3,16 +3,16 @@
                       "ReadWriteOnce"
                     ],
                     "Selector": null,
                     "Resources": {
                       "Limits": null,
                       "Requests": {
                         "storage": "10Gi"
                       }
                     },
                     "VolumeName": "",
                  -  "StorageClassName": "fast",
                  +  "StorageClassName": "slow",
                     "VolumeMode": "Filesystem",
                     "DataSource": null,
                     "DataSourceRef": null,
                     "VolumeAttributesClassName": null
                   }
                {"spec.volumeMode":"Block"}
                  spec: Forbidden: spec is immutable after creation except resources.requests and volumeAttributesClassName for bound claims
                  --- expected
                  +++ got
                  @@ -4,15 +4,15 @@
                     ],
                     "Selector": null,
                     "Resources": {
                       "Limits": null,
                       "Requests": {
                         "storage": "10Gi"
                       }
                     },
                     "VolumeName": "",
                     "StorageClassName": "fast",
                  -  "VolumeMode": "Filesystem",
                  +  "VolumeMode": "Block",
                     "DataSource": null,
                     "DataSourceRef": null,
                     "VolumeAttributesClassName": null
                   }

                  volumeMode: Invalid value: "Block": field is immutable
                {"spec.volumeAttributesClassName":"gold"}
                {"metadata.annotations":{"volume.beta.kubernetes.io/storage-class":"slow"}}
                  metadata.annotations[volume.beta.kubernetes.io/storage-class]: Invalid value: "slow": field is immutable"#]],
        );
        updates(
            &bound,
            &[json!({"spec.volumeName": "other"})],
            expect![[r#"
                {"spec.volumeName":"other"}
                  spec: Forbidden: spec is immutable after creation except resources.requests and volumeAttributesClassName for bound claims
                  --- expected
                  +++ got
                  @@ -2,17 +2,17 @@
                     "AccessModes": [
                       "ReadWriteOnce"
                     ],
                     "Selector": null,
                     "Resources": {
                       "Limits": null,
                       "Requests": {
                         "storage": "10Gi"
                       }
                     },
                  -  "VolumeName": "pv",
                  +  "VolumeName": "other",
                     "StorageClassName": "fast",
                     "VolumeMode": "Filesystem",
                     "DataSource": null,
                     "DataSourceRef": null,
                     "VolumeAttributesClassName": null
                   }"#]],
        );
    }

    #[test]
    fn a_bound_claim_may_grow_and_take_back_a_growth_that_failed() {
        let mut old = claim();
        old["spec"]["volumeMode"] = "Filesystem".into();
        old["status"] = json!({"phase": "Bound", "capacity": {"storage": "5Gi"}});
        for (size, expected) in [
            ("20Gi", ""),
            ("6Gi", ""),
            (
                "5Gi",
                "spec.resources.requests.storage: Forbidden: field can not be less than status.capacity",
            ),
        ] {
            let mut new = old.clone();
            new["spec"]["resources"]["requests"]["storage"] = size.into();
            assert_eq!(
                crate::validation::update(&new, &old).lines(),
                expected,
                "{size}"
            );
        }
    }
}
