//! Volumes.
// upstream: pkg/apis/core/validation/validation.go ValidateVolumes, validateVolumeSource

use k8s_openapi::api::core::v1 as core;
use podarium_api::names::dns1123_label_error;
use podarium_api::ordered::OrdSet;
use serde_json::Value;

use super::Errors;

/// The names of all volumes, good or bad: mounts are held against them.
pub(super) fn volumes<'a>(
    volumes: &'a [core::Volume],
    path: &str,
    errors: &mut Errors,
) -> OrdSet<&'a str> {
    let mut names = OrdSet::new();
    for (i, volume) in volumes.iter().enumerate() {
        let path = format!("{path}[{i}]");
        if volume.name.is_empty() {
            errors.required(&format!("{path}.name"), "");
        } else {
            errors.named(&format!("{path}.name"), &volume.name, dns1123_label_error);
        }
        if !volume.name.is_empty() && !names.insert(volume.name.as_str()) {
            errors.duplicate(&format!("{path}.name"), volume.name.as_str());
        }
        source(volume, &path, errors);
    }
    names
}

fn source(volume: &core::Volume, path: &str, errors: &mut Errors) {
    let value = podarium_api::typed::write(volume);
    let fields = value.as_object().into_iter().flatten();
    let extra = fields
        .map(|(name, _)| name)
        .filter(|n| *n != "name")
        .skip(1);
    for field in extra {
        errors.forbidden(
            &format!("{path}.{field}"),
            "may not specify more than 1 volume type",
        );
    }
    for (field, inner) in [
        ("hostPath", "path"),
        ("secret", "secretName"),
        ("configMap", "name"),
        ("persistentVolumeClaim", "claimName"),
        ("nfs", "server"),
        ("csi", "driver"),
    ] {
        let given = &value[field];
        if given.is_object() && given[inner].as_str().unwrap_or_default().is_empty() {
            errors.required(&format!("{path}.{field}.{inner}"), "");
        }
    }
    for field in ["secret", "configMap", "downwardAPI", "projected"] {
        let mode = value[field].get("defaultMode").and_then(Value::as_i64);
        if let Some(mode) = mode.filter(|m| !(0..=0o777).contains(m)) {
            errors.invalid(
                &format!("{path}.{field}.defaultMode"),
                mode,
                "must be a number between 0 and 0777 (octal), both inclusive",
            );
        }
    }
}
