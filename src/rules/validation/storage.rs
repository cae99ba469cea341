//! storage.k8s.io: classes, and what is attached where.
// upstream: pkg/apis/storage/validation/validation.go

use podarium_api::names::{dns1123_subdomain_error, label_value_error, qualified_name_error};

use super::volume;
use crate::errors::Errors;
use crate::field::Field;
use crate::text::csi_driver_name;

const MOST_PARAMETERS: usize = 512;
const LARGEST_PARAMETERS: usize = 256 * 1024;

/// upstream: ValidateStorageClass
pub fn storage_class(class: &Field, errors: &mut Errors) {
    provisioner(&class.get("provisioner"), errors);
    parameters(&class.get("parameters"), true, errors);
    errors.one_of(&class.get("reclaimPolicy"), &["Delete", "Retain"]);
    let mode = class.get("volumeBindingMode");
    if errors.needed(&mode) {
        errors.must_be(&mode, &["Immediate", "WaitForFirstConsumer"]);
    }
    let mut seen = Vec::new();
    for term in class.get("allowedTopologies").items() {
        topology(&term, errors);
        if seen.contains(&term.value) {
            let place = term.get("matchLabelExpressions");
            let empty = "".into();
            errors.duplicate(&Field {
                value: &empty,
                path: place.path,
            });
        }
        seen.push(term.value);
    }
}

/// upstream: validateProvisioner
fn provisioner(name: &Field, errors: &mut Errors) {
    if errors.needed(name)
        && let Some(why) = qualified_name_error(&name.text().to_lowercase())
    {
        errors.invalid_as(name, name.text().to_lowercase(), &why);
    }
}

/// upstream: validateParameters
fn parameters(parameters: &Field, may_be_none: bool, errors: &mut Errors) {
    if parameters.len() > MOST_PARAMETERS {
        return errors.too_long(parameters, MOST_PARAMETERS);
    }
    let mut size = 0;
    for (name, value) in parameters.entries() {
        if name.is_empty() {
            errors.invalid_as(parameters, "", "field can not be empty.");
        }
        size += name.len() + value.text().len();
    }
    if size > LARGEST_PARAMETERS {
        errors.too_long(parameters, LARGEST_PARAMETERS);
    }
    if !may_be_none && parameters.is_empty() {
        errors.required(parameters, "must contain at least one key/value pair");
    }
}

/// upstream: pkg/apis/core/validation/validation.go ValidateTopologySelectorTerm
fn topology(term: &Field, errors: &mut Errors) {
    let mut keys = Vec::new();
    for expression in term.get("matchLabelExpressions").items() {
        let (key, values) = (expression.get("key"), expression.get("values"));
        if values.is_empty() {
            errors.required(&values, "");
        }
        let mut seen = Vec::new();
        for value in values.items() {
            if seen.contains(&value.text()) {
                errors.duplicate(&value);
            }
            seen.push(value.text());
            errors.named(&value, label_value_error);
        }
        errors.named(&key, qualified_name_error);
        if keys.contains(&key.text()) {
            errors.duplicate(&key);
        }
        keys.push(key.text());
    }
}

/// upstream: ValidateStorageClassUpdate
pub fn storage_class_update(new: &Field, old: &Field, errors: &mut Errors) {
    storage_class(new, errors);
    for name in ["parameters", "provisioner", "reclaimPolicy"] {
        stays(name, new, old, errors);
    }
    errors.immutable(&new.get("volumeBindingMode"), &old.get("volumeBindingMode"));
}

fn stays(name: &str, new: &Field, old: &Field, errors: &mut Errors) {
    if new.get(name).value != old.get(name).value {
        errors.forbidden(&new.get(name), &format!("updates to {name} are forbidden."));
    }
}

/// upstream: ValidateVolumeAttributesClass
pub fn attributes_class(class: &Field, errors: &mut Errors) {
    provisioner(&class.get("driverName"), errors);
    parameters(&class.get("parameters"), false, errors);
}

/// upstream: ValidateVolumeAttributesClassUpdate
pub fn attributes_class_update(new: &Field, old: &Field, errors: &mut Errors) {
    stays("driverName", new, old, errors);
    stays("parameters", new, old, errors);
    attributes_class(new, errors);
}

/// upstream: ValidateVolumeAttachment, ValidateVolumeAttachmentV1
pub fn attachment(attachment: &Field, errors: &mut Errors) {
    spec(attachment, errors);
    csi_driver_name(&attachment.at("spec.attacher"), errors);
    let name = attachment.at("spec.source.persistentVolumeName");
    if name.is_set() {
        errors.named(&name, dns1123_subdomain_error);
    }
}

/// upstream: validateVolumeAttachmentSpec
fn spec(attachment: &Field, errors: &mut Errors) {
    let spec = attachment.get("spec");
    let source = spec.get("source");
    errors.needed(&spec.get("attacher"));
    let (inline, name) = (
        source.get("inlineVolumeSpec"),
        source.get("persistentVolumeName"),
    );
    let one = "must specify exactly one of inlineVolumeSpec and persistentVolumeName";
    match (inline.is_set(), name.is_set()) {
        (false, false) => errors.required(&source, one),
        (true, true) => errors.forbidden(&source, one),
        (false, true) if name.is_empty() => {
            errors.required(&name, "must specify non empty persistentVolumeName");
        }
        (true, false) => volume::spec(&inline, true, errors),
        _ => {}
    }
    errors.named(&spec.get("nodeName"), dns1123_subdomain_error);
}

/// upstream: ValidateVolumeAttachmentUpdate
pub fn attachment_update(new: &Field, old: &Field, errors: &mut Errors) {
    spec(new, errors);
    errors.immutable(&new.get("spec"), &old.get("spec"));
}

#[cfg(test)]
mod tests {
    use crate::testing::{creates, updates};
    use expect_test::expect;
    use serde_json::{Value, json};

    // upstream: pkg/apis/storage/validation/validation_test.go TestValidateStorageClass, TestStorageClassUpdate
    #[test]
    fn what_a_storage_class_may_be_and_become() {
        let class = json!({"apiVersion": "storage.k8s.io/v1", "kind": "StorageClass", "metadata": {"name": "fast"}, "provisioner": "kubernetes.io/foo", "parameters": {"a": "b"}});
        let topology = |terms: Value| json!({"allowedTopologies": terms});
        let zone = json!({"matchLabelExpressions": [{"key": "topology.kubernetes.io/zone", "values": ["a"]}]});
        creates(
            &class,
            &[
                json!({}),
                topology(json!([zone])),
                json!({"provisioner": ""}),
                json!({"provisioner": "kubernetes.io/invalid/foo"}),
                json!({"reclaimPolicy": "Recycle", "volumeBindingMode": "Never"}),
                topology(json!([zone, zone])),
                topology(
                    json!([{"matchLabelExpressions": [{"key": "a b", "values": []}, {"key": "a b", "values": ["x", "x"]}]}]),
                ),
            ],
            expect![[r#"
                {}
                {"allowedTopologies":[{"matchLabelExpressions":[{"key":"topology.kubernetes.io/zone","values":["a"]}]}]}
                {"provisioner":""}
                  provisioner: Required value
                {"provisioner":"kubernetes.io/invalid/foo"}
                  provisioner: Invalid value: "kubernetes.io/invalid/foo": a qualified name must consist of alphanumeric characters, '-', '_' or '.', and must start and end with an alphanumeric character (e.g. 'MyName',  or 'my.name',  or '123-abc', regex used for validation is '([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9]') with an optional DNS subdomain prefix and '/' (e.g. 'example.com/MyName')
                {"reclaimPolicy":"Recycle","volumeBindingMode":"Never"}
                  reclaimPolicy: Unsupported value: "Recycle": supported values: "Delete", "Retain"
                  volumeBindingMode: Unsupported value: "Never": supported values: "Immediate", "WaitForFirstConsumer"
                {"allowedTopologies":[{"matchLabelExpressions":[{"key":"topology.kubernetes.io/zone","values":["a"]}]},{"matchLabelExpressions":[{"key":"topology.kubernetes.io/zone","values":["a"]}]}]}
                  allowedTopologies[1].matchLabelExpressions: Duplicate value: ""
                {"allowedTopologies":[{"matchLabelExpressions":[{"key":"a b","values":[]},{"key":"a b","values":["x","x"]}]}]}
                  allowedTopologies[0].matchLabelExpressions[0].values: Required value
                  allowedTopologies[0].matchLabelExpressions[0].key: Invalid value: "a b": name part must consist of alphanumeric characters, '-', '_' or '.', and must start and end with an alphanumeric character (e.g. 'MyName',  or 'my.name',  or '123-abc', regex used for validation is '([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9]')
                  allowedTopologies[0].matchLabelExpressions[1].values[1]: Duplicate value: "x"
                  allowedTopologies[0].matchLabelExpressions[1].key: Invalid value: "a b": name part must consist of alphanumeric characters, '-', '_' or '.', and must start and end with an alphanumeric character (e.g. 'MyName',  or 'my.name',  or '123-abc', regex used for validation is '([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9]')
                  allowedTopologies[0].matchLabelExpressions[1].key: Duplicate value: "a b""#]],
        );
        updates(
            &class,
            &[
                json!({"allowVolumeExpansion": true, "mountOptions": ["a"]}),
                json!({"parameters": {"a": "c"}, "provisioner": "kubernetes.io/bar", "reclaimPolicy": "Retain", "volumeBindingMode": "WaitForFirstConsumer"}),
            ],
            expect![[r#"
                {"allowVolumeExpansion":true,"mountOptions":["a"]}
                {"parameters":{"a":"c"},"provisioner":"kubernetes.io/bar","reclaimPolicy":"Retain","volumeBindingMode":"WaitForFirstConsumer"}
                  parameters: Forbidden: updates to parameters are forbidden.
                  provisioner: Forbidden: updates to provisioner are forbidden.
                  reclaimPolicy: Forbidden: updates to reclaimPolicy are forbidden.
                  volumeBindingMode: Invalid value: "WaitForFirstConsumer": field is immutable"#]],
        );
    }

    // upstream: pkg/apis/storage/validation/validation_test.go TestVolumeAttachmentValidation, TestValidateVolumeAttributesClass
    #[test]
    fn what_is_attached_where() {
        let attachment = json!({
            "apiVersion": "storage.k8s.io/v1", "kind": "VolumeAttachment", "metadata": {"name": "a"},
            "spec": {"attacher": "my.driver", "nodeName": "n1", "source": {"persistentVolumeName": "pv"}},
        });
        let inline = json!({"accessModes": ["ReadWriteOnce"], "csi": {"driver": "my.driver", "volumeHandle": "h"}});
        creates(
            &attachment,
            &[
                json!({}),
                json!({"spec.attacher": "", "spec.nodeName": "N"}),
                json!({"spec.source": {}}),
                json!({"spec.source": {"persistentVolumeName": ""}}),
                json!({"spec.source": {"inlineVolumeSpec": inline}}),
                json!({"spec.source": {"inlineVolumeSpec": {"accessModes": ["ReadWriteOnce"], "capacity": {"storage": "1Gi"}, "hostPath": {"path": "/a"}}}}),
            ],
            expect![[r#"
                {}
                {"spec.attacher":"","spec.nodeName":"N"}
                  spec.attacher: Required value
                  spec.nodeName: Invalid value: "N": a lowercase RFC 1123 subdomain must consist of lower case alphanumeric characters, '-' or '.', and must start and end with an alphanumeric character (e.g. 'example.com', regex used for validation is '[a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*')
                  spec.attacher: Required value
                {"spec.source":{}}
                  spec.source: Required value: must specify exactly one of inlineVolumeSpec and persistentVolumeName
                {"spec.source":{"persistentVolumeName":""}}
                  spec.source.persistentVolumeName: Required value: must specify non empty persistentVolumeName
                  spec.source.persistentVolumeName: Invalid value: "": a lowercase RFC 1123 subdomain must consist of lower case alphanumeric characters, '-' or '.', and must start and end with an alphanumeric character (e.g. 'example.com', regex used for validation is '[a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*')
                {"spec.source":{"inlineVolumeSpec":{"accessModes":["ReadWriteOnce"],"csi":{"driver":"my.driver","volumeHandle":"h"}}}}
                {"spec.source":{"inlineVolumeSpec":{"accessModes":["ReadWriteOnce"],"capacity":{"storage":"1Gi"},"hostPath":{"path":"/a"}}}}
                  spec.source.inlineVolumeSpec.capacity: Forbidden: may not be specified in the context of inline volumes
                  spec.source.inlineVolumeSpec.csi: Required value: has to be specified in the context of inline volumes"#]],
        );
        updates(
            &attachment,
            &[json!({"spec.nodeName": "n2"})],
            expect![[r#"
                {"spec.nodeName":"n2"}
                  spec: Invalid value: {"attacher":"my.driver","nodeName":"n2","source":{"persistentVolumeName":"pv"}}: field is immutable"#]],
        );
        let class = json!({"apiVersion": "storage.k8s.io/v1", "kind": "VolumeAttributesClass", "metadata": {"name": "a"}, "driverName": "a.b", "parameters": {"iops": "1"}});
        creates(
            &class,
            &[json!({}), json!({"driverName": "", "parameters": null})],
            expect![[r#"
                {}
                {"driverName":"","parameters":null}
                  driverName: Required value
                  parameters: Required value: must contain at least one key/value pair"#]],
        );
        updates(
            &class,
            &[json!({"driverName": "c.d", "parameters": {"iops": "2"}})],
            expect![[r#"
                {"driverName":"c.d","parameters":{"iops":"2"}}
                  driverName: Forbidden: updates to driverName are forbidden.
                  parameters: Forbidden: updates to parameters are forbidden."#]],
        );
    }
}
