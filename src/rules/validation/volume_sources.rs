//! What a PersistentVolume is made of, and the nodes that it is near to.
// upstream: pkg/apis/core/validation/validation.go

use podarium_api::names::{
    dns1123_label_error, dns1123_subdomain_error, label_value_error, qualified_name_error,
};

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
const NEEDED: [(&str, &str); 23] = [
    ("gcePersistentDisk", "pdName"),
    ("awsElasticBlockStore", "volumeID"),
    ("glusterfs", "endpoints"),
    ("glusterfs", "path"),
    ("nfs", "server"),
    ("nfs", "path"),
    ("rbd", "monitors"),
    ("rbd", "image"),
    ("quobyte", "volume"),
    ("scaleIO", "gateway"),
    ("scaleIO", "system"),
    ("scaleIO", "volumeName"),
    ("storageos", "volumeName"),
    ("cephfs", "monitors"),
    ("cinder", "volumeID"),
    ("flexVolume", "driver"),
    ("azureFile", "secretName"),
    ("azureFile", "shareName"),
    ("vsphereVolume", "volumePath"),
    ("photonPersistentDisk", "pdID"),
    ("portworxVolume", "volumeID"),
    ("azureDisk", "diskName"),
    ("azureDisk", "diskURI"),
];

/// upstream: validateHostPathVolumeSource and its neighbours
pub fn source(kind: &str, source: &Field, errors: &mut Errors) {
    // upstream gives this one another name.
    let shown = source.path.replace("gcePersistentDisk", "persistentDisk");
    let source = &source.called(&shown);
    for (_, name) in NEEDED.iter().filter(|(k, _)| *k == kind) {
        errors.needed(&source.get(name));
    }
    match kind {
        "hostPath" => host_path(source, errors),
        "gcePersistentDisk" | "awsElasticBlockStore" => {
            let partition = source.get("partition");
            if !(0..=255).contains(&partition.int()) {
                errors.invalid(&partition, "must be between 1 and 255, inclusive");
            }
        }
        "nfs" => {
            let path = source.get("path");
            if !path.text().starts_with('/') {
                errors.invalid_text(&path, "must be an absolute path");
            }
        }
        "local" => {
            let path = source.get("path");
            if errors.needed(&path) {
                text::backsteps(&path, errors);
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
        "azureDisk" => azure_disk(source, errors),
        "quobyte" => quobyte(source, errors),
        "flexVolume" => {
            for (key, option) in source.get("options").entries() {
                let namespace = key.split('/').next().unwrap_or_default().to_lowercase();
                let namespace = [".", &namespace].concat();
                if [".kubernetes.io", ".k8s.io"]
                    .iter()
                    .any(|own| namespace.ends_with(own))
                {
                    let detail = "kubernetes.io and k8s.io namespaces are reserved";
                    errors.invalid_as(&option, key, detail);
                }
            }
        }
        "storageos" => {
            for name in ["volumeName", "volumeNamespace"] {
                let name = source.get(name);
                if !name.is_empty() {
                    errors.named(&name, dns1123_label_error);
                }
            }
            let secret = source.get("secretRef");
            if secret.is_set() {
                errors.needed(&secret.get("name"));
            }
        }
        "csi" => csi(source, errors),
        _ => {}
    }
}

/// upstream: validateHostPathVolumeSource
fn host_path(source: &Field, errors: &mut Errors) {
    let path = source.get("path");
    if !errors.needed(&path) {
        return;
    }
    text::backsteps(&path, errors);
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

/// upstream: validateAzureDisk
fn azure_disk(source: &Field, errors: &mut Errors) {
    errors.one_of(
        &source.get("cachingMode"),
        &["None", "ReadOnly", "ReadWrite"],
    );
    let (kind, uri) = (source.get("kind"), source.get("diskURI"));
    errors.one_of(&kind, &["Dedicated", "Managed", "Shared"]);
    let (start, form) = match kind.text() {
        "Managed" => (
            "/subscriptions/",
            "/subscriptions/{sub-id}/resourcegroups/{group-name}/providers/microsoft.compute/disks/{disk-id}",
        ),
        _ => (
            "https://",
            "https://{account-name}.blob.core.windows.net/{container-name}/{disk-name}.vhd",
        ),
    };
    if kind.is_set() && !uri.text().starts_with(start) {
        errors.unsupported(&uri, uri.text(), &[form]);
    }
}

/// upstream: validateQuobyteVolumeSource
fn quobyte(source: &Field, errors: &mut Errors) {
    const PAIRS: &str = "must be a host:port pair or multiple pairs separated by commas";
    let (registry, tenant) = (source.get("registry"), source.get("tenant"));
    if registry.is_empty() {
        errors.required(&registry, PAIRS);
    } else if tenant.text().len() > 64 {
        errors.required(
            &tenant,
            "must be a UUID and may not exceed a length of 64 characters",
        );
    } else {
        let pairs = registry.text().split(',');
        for _ in pairs.filter(|pair| !pair.contains(':')) {
            errors.invalid(&registry, PAIRS);
        }
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

/// What is wrong with a volume whose name and portal are too long together.
pub const LONG_PORTAL: &str = "Total length of <volume name>:<iscsi.targetPortal> must be under 64 characters if \
                               iscsi.initiatorName is specified.";

/// upstream: validateISCSIVolumeSource, validateISCSIPersistentVolumeSource
fn iscsi(source: &Field, errors: &mut Errors) {
    errors.needed(&source.get("targetPortal"));
    let name = source.get("iqn");
    if errors.needed(&name) {
        qualified(&name, errors);
    }
    errors.between(&source.get("lun"), 0, 255);
    let chap = source.get("chapAuthDiscovery").truth() || source.get("chapAuthSession").truth();
    if chap && !source.get("secretRef").is_set() {
        errors.required(&source.get("secretRef"), "");
    }
    let initiator = source.get("initiatorName");
    if initiator.is_set() {
        // upstream writes the field without a capital.
        let place = source.get("initiatorname").path;
        qualified(&initiator.called(&place), errors);
    }
}

/// A name in one of the forms of iSCSI. upstream: iscsiInitiatorIqnRegex and its neighbours
fn qualified(name: &Field, errors: &mut Errors) {
    let text = name.text();
    let plain = |rest: &str, length: usize| {
        rest.len() == length + 1 && rest[1..].bytes().all(|b| b.is_ascii_alphanumeric())
    };
    let good = match text.get(..3) {
        Some("iqn") => is_iqn(&text[3..]),
        Some("eui") => text.is_ascii() && plain(&text[3..], 16),
        Some("naa") => text.is_ascii() && plain(&text[3..], 32),
        _ => {
            let detail = "must be valid format starting with iqn, eui, or naa";
            return errors.invalid(name, detail);
        }
    };
    if !good {
        errors.invalid(name, "must be valid format");
    }
}

/// `.yyyy-mm.authority:name`
fn is_iqn(rest: &str) -> bool {
    let digits = |text: &str, n: usize| text.len() == n && text.bytes().all(|b| b.is_ascii_digit());
    let Some((date, rest)) = rest.strip_prefix('.').and_then(|rest| rest.split_once('.')) else {
        return false;
    };
    let dated = date
        .split_once('-')
        .is_some_and(|(y, m)| digits(y, 4) && digits(m, 2));
    let Some((authority, name)) = rest.split_once(':') else {
        return false;
    };
    let known = |b: u8| b.is_ascii_alphanumeric() || b"-.".contains(&b);
    let named =
        !name.is_empty() && !name.contains(|c: char| ",;*&$|".contains(c) || c.is_whitespace());
    dated && !authority.is_empty() && authority.bytes().all(known) && named
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
        node_term(&term, false, errors);
    }
}

/// `loose` terms may speak of values that no label has. upstream: ValidateNodeSelectorTerm
pub fn node_term(term: &Field, loose: bool, errors: &mut Errors) {
    for expression in term.get("matchExpressions").items() {
        requirement(&expression, errors);
        for value in expression.get("values").items().filter(|_| !loose) {
            errors.named(&value, label_value_error);
        }
    }
    for field in term.get("matchFields").items() {
        field_requirement(&field, errors);
    }
}

/// upstream: ValidateNodeFieldSelectorRequirement
fn field_requirement(field: &Field, errors: &mut Errors) {
    let (key, operator, values) = (field.get("key"), field.get("operator"), field.get("values"));
    if !["In", "NotIn"].contains(&operator.text()) {
        errors.invalid_text(&operator, "not a valid selector operator");
    } else if values.len() != 1 {
        errors.required(
            &values,
            "must be only one value when `operator` is 'In' or 'NotIn' for node field selector",
        );
    }
    if key.text() != "metadata.name" {
        return errors.invalid_text(&key, "not a valid field selector key");
    }
    for value in values.items() {
        errors.named(&value, dns1123_subdomain_error);
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
