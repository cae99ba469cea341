//! PersistentVolumes, and those that stand inside of VolumeAttachments.
// upstream: pkg/apis/core/validation/validation.go

use podarium_api::names::dns1123_subdomain_error;
use serde_json::{Map, Value};

use super::claim::{VOLUME_MODES, access_modes};
use super::volume_sources::{SOURCES, node_affinity, source};
use crate::errors::Errors;
use crate::field::Field;
use crate::golang;
use crate::warnings::NODE_LABELS;

/// upstream: ValidatePersistentVolume
pub fn volume(volume: &Field, errors: &mut Errors) {
    spec(&volume.get("spec"), false, errors);
}

/// `inline` is the spec of a volume that no object stands for. upstream: ValidatePersistentVolumeSpec
pub fn spec(spec: &Field, inline: bool, errors: &mut Errors) {
    const INLINE: &str = "may not be specified in the context of inline volumes";
    let csi = spec.get("csi");
    if inline {
        for name in ["claimRef", "capacity"] {
            if !spec.get(name).is_empty() {
                errors.forbidden(&spec.get(name), INLINE);
            }
        }
        if !csi.is_set() {
            errors.required(&csi, "has to be specified in the context of inline volumes");
        }
    }
    errors.needed(&spec.get("accessModes"));
    access_modes(spec, errors);
    if !inline {
        let capacity = spec.get("capacity");
        errors.needed(&capacity);
        if !capacity.key("storage").is_set() || capacity.len() > 1 {
            errors.unsupported(&capacity, capacity.value.clone(), &["storage"]);
        }
        for (_, amount) in capacity.entries() {
            errors.quantity_not_negative(&amount);
            errors.quantity_positive(&amount);
        }
    }
    let reclaim = spec.get("persistentVolumeReclaimPolicy");
    if inline && !reclaim.is_empty() && reclaim.text() != "Retain" {
        errors.forbidden(
            &reclaim,
            "may only be Retain in the context of inline volumes",
        );
    } else if !inline && !reclaim.is_empty() {
        errors.must_be(&reclaim, &["Delete", "Recycle", "Retain"]);
    }
    let affinity = spec.get("nodeAffinity");
    let mut near = false;
    if affinity.is_set() && inline {
        errors.forbidden(&affinity, INLINE);
    } else if affinity.is_set() {
        near = node_affinity(&affinity, errors);
    }
    sources(spec, near, errors);
    let path = spec.at("hostPath.path");
    if reclaim.text() == "Recycle" && path.is_set() && path.text().trim_matches('/').is_empty() {
        errors.forbidden(&reclaim, "may not be 'recycle' for a hostPath mount of '/'");
    }
    let (class, mode) = (spec.get("storageClassName"), spec.get("volumeMode"));
    if !class.is_empty() && inline {
        errors.forbidden(&class, INLINE);
    } else if !class.is_empty() {
        errors.named(&class, dns1123_subdomain_error);
    }
    if inline && mode.is_set() && mode.text() != "Filesystem" {
        errors.forbidden(
            &mode,
            "may not specify volumeMode other than Filesystem in the context of inline volumes",
        );
    } else if !inline {
        errors.one_of(&mode, &VOLUME_MODES);
    }
    let attributes = spec.get("volumeAttributesClassName");
    if attributes.is_set() && !inline {
        if attributes.is_empty() {
            errors.required(&attributes, "an empty string is disallowed");
        } else {
            errors.named(&attributes, dns1123_subdomain_error);
        }
        if !csi.is_set() {
            errors.required(
                &csi,
                "has to be specified when using volumeAttributesClassName",
            );
        }
    }
}

fn sources(spec: &Field, near: bool, errors: &mut Errors) {
    let mut any = false;
    for name in SOURCES {
        let given = spec.get(name);
        if !given.is_set() {
            continue;
        }
        if any && name != "flexVolume" {
            // upstream writes this one in capitals.
            let shown = if name == "cephfs" {
                spec.get("cephFS")
            } else {
                given
            };
            errors.forbidden(&shown, "may not specify more than 1 volume type");
            continue;
        }
        any = true;
        source(name, &given, errors);
        if name == "local" && !near {
            errors.required(
                &spec.get("nodeAffinity"),
                "Local volume requires node affinity",
            );
        }
    }
    if !any {
        errors.required(spec, "must specify a volume type");
    }
}

/// upstream: ValidatePersistentVolumeUpdate
pub fn volume_update(new: &Field, old: &Field, errors: &mut Errors) {
    volume(new, errors);
    let (new, old) = (new.get("spec"), old.get("spec"));
    let given = |spec: &Field| -> Map<String, Value> {
        let all = SOURCES.iter().filter(|s| spec.get(s).is_set());
        all.map(|s| ((*s).to_owned(), spec.get(s).value.clone()))
            .collect()
    };
    let (mut now, before) = (given(&new), given(&old));
    if old.get("csi").is_set()
        && !old.at("csi.controllerExpandSecretRef").is_set()
        && let Some(Value::Object(csi)) = now.get_mut("csi")
    {
        csi.remove("controllerExpandSecretRef");
    }
    if now != before {
        let detail = format!(
            "spec.persistentvolumesource is immutable after creation\n{}",
            golang::diff("PersistentVolumeSource", &before.into(), &now.into())
        );
        errors.forbidden(&new.called("spec.persistentvolumesource"), &detail);
    }
    let called = |name: &str| new.get(name).called(name);
    errors.immutable(&called("volumeMode"), &old.get("volumeMode"));
    if old.get("nodeAffinity").is_set() {
        let is = called("nodeAffinity");
        if *is.value != renamed(old.get("nodeAffinity").value, is.value) {
            let detail = "field is immutable, except for updating from beta label to GA";
            errors.invalid_own(&is, "VolumeNodeAffinity", detail);
        }
    }
    let attributes = new.get("volumeAttributesClassName");
    if old.get("volumeAttributesClassName").is_set() && !attributes.is_set() {
        errors.forbidden(&attributes, "update from non-nil value to nil is forbidden");
    }
}

/// The old affinity with labels that have new names by these, where the new one has them.
///
/// upstream: validatePvNodeAffinity
fn renamed(old: &Value, new: &Value) -> Value {
    let mut old = old.clone();
    let terms = old.pointer_mut("/required/nodeSelectorTerms");
    let terms = terms.and_then(Value::as_array_mut).into_iter().flatten();
    for (i, term) in terms.enumerate() {
        let all = term
            .get_mut("matchExpressions")
            .and_then(Value::as_array_mut);
        for (j, expression) in all.into_iter().flatten().enumerate() {
            let now = &new["required"]["nodeSelectorTerms"][i]["matchExpressions"][j]["key"];
            let same = |(before, _, after): &&(&str, &str, &str)| {
                expression["key"] == *before && *now == **after
            };
            if NODE_LABELS.iter().any(|label| same(&label)) {
                expression["key"] = now.clone();
            }
        }
    }
    old
}

#[cfg(test)]
mod tests {
    use crate::testing::{creates, updates};
    use expect_test::expect;
    use serde_json::{Value, json};

    fn volume() -> Value {
        json!({
            "apiVersion": "v1", "kind": "PersistentVolume", "metadata": {"name": "a"},
            "spec": {"capacity": {"storage": "10G"}, "accessModes": ["ReadWriteOnce"], "hostPath": {"path": "/foo", "type": "Directory"}},
        })
    }

    // upstream: pkg/apis/core/validation/validation_test.go TestValidatePersistentVolumes
    #[test]
    fn what_a_volume_may_be() {
        let near = json!({"required": {"nodeSelectorTerms": [{"matchExpressions": [{"key": "a", "operator": "In", "values": ["b"]}]}]}});
        creates(
            &volume(),
            &[
                json!({}),
                json!({"spec.accessModes": []}),
                json!({"spec.capacity": {}}),
                json!({"spec.capacity": {"storage": "-1", "cpu": "1"}}),
                json!({"spec.hostPath": null}),
                json!({"spec.nfs": {"server": "", "path": "foo"}}),
                json!({"spec.hostPath": {"path": "", "type": "Sometimes"}}),
                json!({"spec.hostPath": {"path": "/foo/../bar"}}),
                json!({"spec.hostPath": {"path": "/"}, "spec.persistentVolumeReclaimPolicy": "Recycle"}),
                json!({"spec.persistentVolumeReclaimPolicy": "Forget", "spec.storageClassName": "-bad-", "spec.volumeMode": "Tape"}),
                json!({"spec.hostPath": null, "spec.local": {"path": "/foo"}}),
                json!({"spec.hostPath": null, "spec.local": {"path": "/foo"}, "spec.nodeAffinity": near}),
                json!({"spec.hostPath": null, "spec.local": {"path": "/foo"}, "spec.nodeAffinity": {}}),
                json!({"spec.nodeAffinity": {"required": {"nodeSelectorTerms": [{"matchExpressions": [{"key": "a", "operator": "In"}]}]}}}),
                json!({"spec.hostPath": null, "spec.nfs": {"server": "a", "path": "foo"}}),
                json!({"spec.hostPath": null, "spec.csi": {"driver": "A b", "volumeHandle": "", "nodePublishSecretRef": {"name": "", "namespace": ""}}}),
                json!({"spec.hostPath": null, "spec.csi": {"driver": "a.b", "volumeHandle": "c"}, "spec.volumeAttributesClassName": ""}),
                json!({"spec.volumeAttributesClassName": "gold"}),
            ],
            expect![[r#"
                {}
                {"spec.accessModes":[]}
                  spec.accessModes: Required value
                {"spec.capacity":{}}
                  spec.capacity: Required value
                  spec.capacity: Unsupported value: null: supported values: "storage"
                {"spec.capacity":{"cpu":"1","storage":"-1"}}
                  spec.capacity: Unsupported value: {"cpu":"1","storage":"-1"}: supported values: "storage"
                  spec.capacity[storage]: Invalid value: "-1": must be greater than or equal to 0
                  spec.capacity[storage]: Invalid value: "-1": must be greater than zero
                {"spec.hostPath":null}
                  spec: Required value: must specify a volume type
                {"spec.nfs":{"path":"foo","server":""}}
                  spec.nfs: Forbidden: may not specify more than 1 volume type
                {"spec.hostPath":{"path":"","type":"Sometimes"}}
                  spec.hostPath.path: Required value
                {"spec.hostPath":{"path":"/foo/../bar"}}
                  spec.hostPath.path: Invalid value: "/foo/../bar": must not contain '..'
                {"spec.hostPath":{"path":"/"},"spec.persistentVolumeReclaimPolicy":"Recycle"}
                  spec.persistentVolumeReclaimPolicy: Forbidden: may not be 'recycle' for a hostPath mount of '/'
                {"spec.persistentVolumeReclaimPolicy":"Forget","spec.storageClassName":"-bad-","spec.volumeMode":"Tape"}
                  spec.persistentVolumeReclaimPolicy: Unsupported value: "Forget": supported values: "Delete", "Recycle", "Retain"
                  spec.storageClassName: Invalid value: "-bad-": a lowercase RFC 1123 subdomain must consist of lower case alphanumeric characters, '-' or '.', and must start and end with an alphanumeric character (e.g. 'example.com', regex used for validation is '[a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*')
                  spec.volumeMode: Unsupported value: "Tape": supported values: "Block", "Filesystem"
                {"spec.hostPath":null,"spec.local":{"path":"/foo"}}
                  spec.nodeAffinity: Required value: Local volume requires node affinity
                {"spec.hostPath":null,"spec.local":{"path":"/foo"},"spec.nodeAffinity":{"required":{"nodeSelectorTerms":[{"matchExpressions":[{"key":"a","operator":"In","values":["b"]}]}]}}}
                {"spec.hostPath":null,"spec.local":{"path":"/foo"},"spec.nodeAffinity":{}}
                  spec.nodeAffinity.required: Required value: must specify required node constraints
                  spec.nodeAffinity: Required value: Local volume requires node affinity
                {"spec.nodeAffinity":{"required":{"nodeSelectorTerms":[{"matchExpressions":[{"key":"a","operator":"In"}]}]}}}
                  spec.nodeAffinity.required.nodeSelectorTerms[0].matchExpressions[0].values: Required value: must be specified when `operator` is 'In' or 'NotIn'
                {"spec.hostPath":null,"spec.nfs":{"path":"foo","server":"a"}}
                  spec.nfs.path: Invalid value: "foo": must be an absolute path
                {"spec.csi":{"driver":"A b","nodePublishSecretRef":{"name":"","namespace":""},"volumeHandle":""},"spec.hostPath":null}
                  spec.csi.driver: Invalid value: "A b": a lowercase RFC 1123 subdomain must consist of lower case alphanumeric characters, '-' or '.', and must start and end with an alphanumeric character (e.g. 'example.com', regex used for validation is '[a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*')
                  spec.csi.volumeHandle: Required value
                  spec.csi.nodePublishSecretRef.name: Required value
                  spec.csi.nodePublishSecretRef.namespace: Required value
                {"spec.csi":{"driver":"a.b","volumeHandle":"c"},"spec.hostPath":null,"spec.volumeAttributesClassName":""}
                  spec.volumeAttributesClassName: Required value: an empty string is disallowed
                {"spec.volumeAttributesClassName":"gold"}
                  spec.csi: Required value: has to be specified when using volumeAttributesClassName"#]],
        );
    }

    // upstream: pkg/apis/core/validation/validation_test.go TestValidatePersistentVolumeSourceUpdate
    #[test]
    fn what_may_change_in_a_volume() {
        updates(
            &volume(),
            &[
                json!({"spec.capacity.storage": "20G", "spec.persistentVolumeReclaimPolicy": "Delete", "spec.accessModes": ["ReadOnlyMany"]}),
                json!({"spec.hostPath.path": "/bar"}),
                json!({"spec.volumeMode": "Block"}),
            ],
            expect![[r#"
                {"spec.accessModes":["ReadOnlyMany"],"spec.capacity.storage":"20G","spec.persistentVolumeReclaimPolicy":"Delete"}
                {"spec.hostPath.path":"/bar"}
                  spec.persistentvolumesource: Forbidden: spec.persistentvolumesource is immutable after creation
                  --- expected
                  +++ got
                  @@ -1,15 +1,15 @@
                   {
                     "GCEPersistentDisk": null,
                     "AWSElasticBlockStore": null,
                     "HostPath": {
                  -    "Path": "/foo",
                  +    "Path": "/bar",
                       "Type": "Directory"
                     },
                     "Glusterfs": null,
                     "NFS": null,
                     "RBD": null,
                     "Quobyte": null,
                     "ISCSI": null,
                     "FlexVolume": null,
                     "Cinder": null,
                     "CephFS": null,
                {"spec.volumeMode":"Block"}
                  volumeMode: Invalid value: "Block": field is immutable"#]],
        );
        let mut csi = volume();
        csi["spec"]["hostPath"] = Value::Null;
        csi["spec"]["csi"] = json!({"driver": "a.b", "volumeHandle": "c"});
        let secret = json!({"spec.csi.controllerExpandSecretRef": {"name": "a", "namespace": "b"}});
        updates(
            &csi,
            &[secret],
            expect![[r#"{"spec.csi.controllerExpandSecretRef":{"name":"a","namespace":"b"}}"#]],
        );
    }

    // upstream: pkg/apis/core/validation/validation_test.go TestValidatePersistentVolumeUpdate
    #[test]
    fn where_a_volume_can_be_reached_stays() {
        let near = |key: &str, value: &str| {
            let expression = json!({"key": key, "operator": "In", "values": [value]});
            json!({"required": {"nodeSelectorTerms": [{"matchExpressions": [expression]}]}})
        };
        let mut old = volume();
        old["spec"]["nodeAffinity"] = near("failure-domain.beta.kubernetes.io/zone", "a");
        updates(
            &old,
            &[
                json!({"spec.nodeAffinity": near("topology.kubernetes.io/zone", "a")}),
                json!({"spec.nodeAffinity": near("topology.kubernetes.io/region", "a")}),
                json!({"spec.nodeAffinity": null}),
            ],
            expect![[r#"
                {"spec.nodeAffinity":{"required":{"nodeSelectorTerms":[{"matchExpressions":[{"key":"topology.kubernetes.io/zone","operator":"In","values":["a"]}]}]}}}
                {"spec.nodeAffinity":{"required":{"nodeSelectorTerms":[{"matchExpressions":[{"key":"topology.kubernetes.io/region","operator":"In","values":["a"]}]}]}}}
                  nodeAffinity: Invalid value: {"Required":{"NodeSelectorTerms":[{"MatchExpressions":[{"Key":"topology.kubernetes.io/region","Operator":"In","Values":["a"]}],"MatchFields":null}]}}: field is immutable, except for updating from beta label to GA
                {"spec.nodeAffinity":null}
                  nodeAffinity: Invalid value: null: field is immutable, except for updating from beta label to GA"#]],
        );
    }
}
