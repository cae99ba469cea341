//! What a PersistentVolume is made of, and the nodes that it is near to.
// upstream: pkg/apis/core/validation/validation.go

use podarium_api::names::{dns1123_label_error, dns1123_subdomain_error, qualified_name_error};

use crate::errors::Errors;
use crate::field::Field;
use crate::text;

/// The sources, in the order in which upstream looks at them.
pub const SOURCES: [&str; 22] = [
    "hostPath",
    "gcePersistentDisk",
    "awsElasticBlockStore",
    "glusterfs",
    "flocker",
    "nfs",
    "rbd",
    "quobyte",
    "cephfs",
    "iscsi",
    "cinder",
    "fc",
    "flexVolume",
    "azureFile",
    "vsphereVolume",
    "photonPersistentDisk",
    "portworxVolume",
    "azureDisk",
    "scaleIO",
    "local",
    "storageos",
    "csi",
];

/// Fields that a source must have, whatever is in them.
const NEEDED: [(&str, &str); 19] = [
    ("gcePersistentDisk", "pdName"),
    ("awsElasticBlockStore", "volumeID"),
    ("glusterfs", "endpoints"),
    ("glusterfs", "path"),
    ("nfs", "server"),
    ("nfs", "path"),
    ("rbd", "monitors"),
    ("rbd", "image"),
    ("quobyte", "registry"),
    ("quobyte", "volume"),
    ("cephfs", "monitors"),
    ("cinder", "volumeID"),
    ("flexVolume", "driver"),
    ("azureFile", "secretName"),
    ("azureFile", "shareName"),
    ("vsphereVolume", "volumePath"),
    ("photonPersistentDisk", "pdID"),
    ("portworxVolume", "volumeID"),
    ("azureDisk", "diskName"),
];

/// upstream: validateHostPathVolumeSource and its neighbours
pub fn source(kind: &str, source: &Field, errors: &mut Errors) {
    for (_, name) in NEEDED.iter().filter(|(k, _)| *k == kind) {
        errors.needed(&source.get(name));
    }
    match kind {
        "hostPath" => host_path(source, errors),
        "gcePersistentDisk" | "awsElasticBlockStore" => {
            errors.between(&source.get("partition"), 0, 255);
        }
        "nfs" => {
            let path = source.get("path");
            if !path.is_empty() && !path.text().starts_with('/') {
                errors.invalid(&path, "must be an absolute path");
            }
        }
        "local" => {
            let path = source.get("path");
            if errors.needed(&path) {
                backsteps(&path, errors);
            }
        }
        "fc" => fibre_channel(source, errors),
        "iscsi" => iscsi(source, errors),
        "flocker" => {
            let (name, uuid) = (source.get("datasetName"), source.get("datasetUUID"));
            if name.is_empty() && uuid.is_empty() {
                errors.required(source, "one of datasetName and datasetUUID is required");
            } else if !name.is_empty() && !uuid.is_empty() {
                errors.invalid_as(
                    source,
                    "resource",
                    "datasetName and datasetUUID can not be specified simultaneously",
                );
            }
            if name.text().contains('/') {
                errors.invalid(&name, "must not contain '/'");
            }
        }
        "azureDisk" => {
            errors.needed(&source.get("diskURI"));
            errors.one_of(
                &source.get("cachingMode"),
                &["None", "ReadOnly", "ReadWrite"],
            );
            errors.one_of(&source.get("kind"), &["Dedicated", "Managed", "Shared"]);
        }
        "csi" => csi(source, errors),
        _ => {}
    }
}

/// upstream: validateHostPathVolumeSource
fn host_path(source: &Field, errors: &mut Errors) {
    let path = source.get("path");
    if errors.needed(&path) {
        backsteps(&path, errors);
    }
    let type_ = source.get("type");
    if type_.is_set() {
        let types = [
            "",
            "BlockDevice",
            "CharDevice",
            "Directory",
            "DirectoryOrCreate",
            "File",
            "FileOrCreate",
            "Socket",
        ];
        errors.must_be(&type_, &types);
    }
}

/// upstream: validatePathNoBacksteps
fn backsteps(path: &Field, errors: &mut Errors) {
    if path.text().split('/').any(|part| part == "..") {
        errors.invalid(path, "must not contain '..'");
    }
}

/// upstream: validateFCVolumeSource
fn fibre_channel(source: &Field, errors: &mut Errors) {
    let (names, ids, lun) = (
        source.get("targetWWNs"),
        source.get("wwids"),
        source.get("lun"),
    );
    match (names.is_empty(), ids.is_empty()) {
        (true, true) => errors.required(
            &names,
            "must specify either targetWWNs or wwids, but not both",
        ),
        (false, false) => errors.invalid(
            &names,
            "targetWWNs and wwids can not be specified simultaneously",
        ),
        (false, true) if !lun.is_set() => {
            errors.required(&lun, "lun is required if targetWWNs is specified")
        }
        (false, true) => errors.between(&lun, 0, 255),
        _ => {}
    }
}

/// upstream: validateISCSIPersistentVolumeSource
fn iscsi(source: &Field, errors: &mut Errors) {
    errors.needed(&source.get("targetPortal"));
    let name = source.get("iqn");
    if errors.needed(&name)
        && !["iqn", "eui", "naa"]
            .iter()
            .any(|p| name.text().starts_with(p))
    {
        errors.invalid(&name, "must be valid format starting with iqn, eui, or naa");
    }
    errors.between(&source.get("lun"), 0, 255);
    let chap = source.get("chapAuthDiscovery").truth() || source.get("chapAuthSession").truth();
    if chap && !source.get("secretRef").is_set() {
        errors.required(&source.get("secretRef"), "");
    }
}

/// upstream: validateCSIPersistentVolumeSource
fn csi(source: &Field, errors: &mut Errors) {
    text::csi_driver_name(&source.get("driver"), errors);
    errors.needed(&source.get("volumeHandle"));
    for name in [
        "controllerPublishSecretRef",
        "controllerExpandSecretRef",
        "nodePublishSecretRef",
        "nodeExpandSecretRef",
    ] {
        let secret = source.get(name);
        if secret.is_set() {
            errors.needed_as(&secret.get("name"), dns1123_subdomain_error);
            errors.needed_as(&secret.get("namespace"), dns1123_label_error);
        }
    }
}

/// Says whether nodes are asked for. upstream: validateVolumeNodeAffinity
pub fn node_affinity(affinity: &Field, errors: &mut Errors) -> bool {
    let required = affinity.get("required");
    if !required.is_set() {
        errors.required(&required, "must specify required node constraints");
        return false;
    }
    node_terms(&required, errors);
    true
}

/// upstream: ValidateNodeSelector
pub fn node_terms(selector: &Field, errors: &mut Errors) {
    let terms = selector.get("nodeSelectorTerms");
    if terms.is_empty() {
        errors.required(&terms, "must have at least one node selector term");
    }
    for term in terms.items() {
        for expression in term.get("matchExpressions").items() {
            requirement(&expression, errors);
        }
        for field in term.get("matchFields").items() {
            let (key, values) = (field.get("key"), field.get("values"));
            errors.must_be(&field.get("operator"), &["In", "NotIn"]);
            if values.len() != 1 {
                errors.required(&values, "must be only one value when `operator` is 'In' or 'NotIn' for node field selector");
            }
            if key.text() != "metadata.name" {
                errors.invalid_text(&key, "not a valid field selector key");
            }
        }
    }
}

/// upstream: ValidateNodeSelectorRequirement
fn requirement(expression: &Field, errors: &mut Errors) {
    let (operator, values) = (expression.get("operator"), expression.get("values"));
    match operator.text() {
        "In" | "NotIn" if values.is_empty() => errors.required(
            &values,
            "must be specified when `operator` is 'In' or 'NotIn'",
        ),
        "Exists" | "DoesNotExist" if !values.is_empty() => errors.forbidden(
            &values,
            "may not be specified when `operator` is 'Exists' or 'DoesNotExist'",
        ),
        "Gt" | "Lt" if values.len() != 1 => errors.required(
            &values,
            "must be specified single value when `operator` is 'Lt' or 'Gt'",
        ),
        "In" | "NotIn" | "Exists" | "DoesNotExist" | "Gt" | "Lt" => {}
        _ => errors.invalid_text(&operator, "not a valid selector operator"),
    }
    errors.named(&expression.get("key"), qualified_name_error);
}
