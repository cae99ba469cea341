//! The environment of containers.
// upstream: pkg/apis/core/validation/validation.go

use podarium_api::names::{dns1123_subdomain_error, qualified_name_error};

use super::Whole;
use crate::errors::Errors;
use crate::field::Field;
use crate::text::{config_key_error, local_path, variable_name_error};

/// upstream: validEnvDownwardAPIFieldPathExpressions
const FIELDS: [&str; 9] = [
    "metadata.name",
    "metadata.namespace",
    "metadata.uid",
    "spec.nodeName",
    "spec.serviceAccountName",
    "status.hostIP",
    "status.hostIPs",
    "status.podIP",
    "status.podIPs",
];
/// upstream: validContainerResourceFieldPathExpressions
const RESOURCES: [&str; 6] = [
    "limits.cpu",
    "limits.ephemeral-storage",
    "limits.memory",
    "requests.cpu",
    "requests.ephemeral-storage",
    "requests.memory",
];

/// upstream: ValidateEnv
pub(super) fn variables(list: &Field, whole: &Whole, errors: &mut Errors) {
    for variable in list.items() {
        errors.needed_as(&variable.get("name"), variable_name_error);
        let from = variable.get("valueFrom");
        if from.is_set() {
            value_from(&from, &variable.get("value"), whole, errors);
        }
    }
}

/// upstream: validateEnvVarValueFrom
fn value_from(from: &Field, value: &Field, whole: &Whole, errors: &mut Errors) {
    let mut sources = 0;
    let mut given = |name: &str| {
        let source = from.get(name);
        sources += usize::from(source.is_set());
        source.is_set().then_some(source)
    };
    if let Some(field) = given("fieldRef") {
        field_ref(&field, &FIELDS, errors);
    }
    if let Some(field) = given("resourceFieldRef") {
        resource_ref(&field, false, errors);
    }
    for name in ["configMapKeyRef", "secretKeyRef"] {
        if let Some(key) = given(name) {
            errors.named(&key.get("name"), dns1123_subdomain_error);
            errors.needed_as(&key.get("key"), config_key_error);
        }
    }
    if let Some(file) = given("fileKeyRef") {
        file_key(&file, whole, errors);
    }
    let detail = if sources == 0 {
        "must specify one of: `fieldRef`, `resourceFieldRef`, `configMapKeyRef`, `secretKeyRef` or `fileKeyRef`"
    } else if !value.is_empty() {
        "may not be specified when `value` is not empty"
    } else if sources > 1 {
        "may not have more than one field specified at a time"
    } else {
        return;
    };
    errors.invalid_as(from, "", detail);
}

/// A key in a file of a volume that the pod's containers fill.
fn file_key(file: &Field, whole: &Whole, errors: &mut Errors) {
    const LONGEST: usize = 128;
    let (key, volume, path) = (file.get("key"), file.get("volumeName"), file.get("path"));
    errors.needed_as(&key, variable_name_error);
    if key.text().len() > LONGEST {
        errors.too_long(&key, LONGEST);
    }
    if errors.needed(&volume) {
        match whole.volume(volume.text()) {
            None => errors.not_found(&volume),
            Some(found) if found.get("emptyDir").is_none() => {
                errors.invalid(&volume, "referenced volume must be of type emptyDir");
            }
            Some(_) => {}
        }
    }
    if errors.needed(&path) {
        local_path(&path, errors);
    }
}

/// upstream: validateObjectFieldSelector; pkg/apis/core/pods/helpers.go ConvertDownwardAPIFieldLabel
pub(super) fn field_ref(reference: &Field, known: &[&str], errors: &mut Errors) {
    const CONVERTED: [&str; 6] = [
        "metadata.annotations",
        "metadata.labels",
        "spec.restartPolicy",
        "spec.schedulerName",
        "status.phase",
        "spec.host",
    ];
    let (version, path) = (reference.get("apiVersion"), reference.get("fieldPath"));
    if !errors.needed(&version) || !errors.needed(&path) {
        return;
    }
    let text = path.text();
    let split = text.strip_suffix("']").and_then(|t| t.split_once("['"));
    let split = split.filter(|(path, _)| !path.is_empty());
    let detail = if version.text() != "v1" {
        format!("unsupported pod version: {}", version.text())
    } else if let Some((map, key)) = split {
        match map {
            "metadata.annotations" => {
                let key = key.to_lowercase();
                if let Some(why) = qualified_name_error(&key) {
                    errors.invalid_as(reference, key, &why);
                }
                return;
            }
            "metadata.labels" => {
                if let Some(why) = qualified_name_error(key) {
                    errors.invalid_as(reference, key, &why);
                }
                return;
            }
            _ => format!("field label does not support subscript: {text}"),
        }
    } else if FIELDS.contains(&text) || CONVERTED.contains(&text) {
        let text = if text == "spec.host" {
            "spec.nodeName"
        } else {
            text
        };
        if !known.contains(&text) {
            errors.unsupported(&path, text, known);
        }
        return;
    } else {
        format!("field label not supported: {text}")
    };
    errors.invalid(&path, &format!("error converting fieldPath: {detail}"));
}

/// upstream: validateContainerResourceFieldSelector
pub(super) fn resource_ref(reference: &Field, volume: bool, errors: &mut Errors) {
    let (container, resource) = (reference.get("containerName"), reference.get("resource"));
    let huge = ["limits.hugepages-", "requests.hugepages-"]
        .iter()
        .any(|prefix| resource.text().starts_with(prefix));
    if volume && container.is_empty() {
        errors.required(&container, "");
    } else if errors.needed(&resource) && !huge {
        errors.must_be(&resource, &RESOURCES);
    }
    divisor(reference, resource.text(), huge, errors);
}

/// upstream: validateContainerResourceDivisor
fn divisor(reference: &Field, resource: &str, huge: bool, errors: &mut Errors) {
    const SIZES: &str = "1, 1k, 1M, 1G, 1T, 1P, 1E, 1Ki, 1Mi, 1Gi, 1Ti, 1Pi, 1Ei";
    let field = reference.get("divisor");
    let Some(divisor) = field.quantity().filter(|q| !q.is_zero()) else {
        return;
    };
    let (known, kind) = match resource {
        "limits.cpu" | "requests.cpu" => ("1m, 1", "cpu"),
        "limits.memory" | "requests.memory" => (SIZES, "memory"),
        "limits.ephemeral-storage" | "requests.ephemeral-storage" => {
            (SIZES, "local ephemeral storage")
        }
        _ if huge => (SIZES, "hugepages"),
        _ => return,
    };
    let divisor = divisor.to_string();
    if !known.split(", ").any(|text| text == divisor) {
        let known = if kind == "cpu" { "1m and 1" } else { known };
        let detail =
            format!("only divisor's values {known} are supported with the {kind} resource");
        errors.invalid_as(&field, resource, &detail);
    }
}

/// upstream: ValidateEnvFrom
pub(super) fn sources(list: &Field, errors: &mut Errors) {
    for item in list.items() {
        let prefix = item.get("prefix");
        if !prefix.is_empty() {
            errors.named(&prefix, variable_name_error);
        }
        let mut count = 0;
        for name in ["configMapRef", "secretRef"] {
            let source = item.get(name);
            if source.is_set() {
                count += 1;
                errors.needed_as(&source.get("name"), |name| {
                    // upstream lets names end as prefixes may.
                    dns1123_subdomain_error(&crate::text::masked(name))
                });
            }
        }
        let detail = match count {
            0 => "must specify one of: `configMapRef` or `secretRef`",
            1 => continue,
            _ => "may not have more than one field specified at a time",
        };
        errors.invalid_as(list, "", detail);
    }
}
