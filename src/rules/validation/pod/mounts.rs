//! Where containers find volumes.
// upstream: pkg/apis/core/validation/validation.go

use super::Whole;
use crate::errors::Errors;
use crate::field::Field;
use crate::text::descending_path;

/// upstream: ValidateVolumeMounts
pub(super) fn mounts(container: &Field, whole: &Whole, errors: &mut Errors) {
    let list = container.get("volumeMounts");
    let devices = container.get("volumeDevices");
    let device = |name: &str, text: &str| devices.items().any(|d| d.get(name).text() == text);
    let mut paths = Vec::new();
    for mount in list.items() {
        let (name, path) = (mount.get("name"), mount.get("mountPath"));
        let volume = whole.volume(name.text());
        errors.needed(&name);
        if volume.is_none() {
            errors.not_found(&name);
        }
        errors.needed(&path);
        if paths.contains(&path.text()) {
            errors.invalid_text(&path, "must be unique");
        }
        paths.push(path.text());
        if device("name", name.text()) {
            errors.invalid_text(&name, "must not already exist in volumeDevices");
        }
        if device("devicePath", path.text()) {
            errors.invalid_text(&path, "must not already exist as a path in volumeDevices");
        }
        let (sub, expression) = (mount.get("subPath"), mount.get("subPathExpr"));
        if volume.is_some_and(|v| v.get("image").is_some()) {
            for field in [&sub, &expression] {
                if !field.is_empty() {
                    errors.invalid(field, "not allowed in image volume sources");
                }
            }
        }
        // upstream says this and what follows of the list, not of the mount.
        let shared = |field: &Field| {
            list.get(field.path.rsplit('.').next().unwrap_or_default())
                .path
        };
        if !sub.is_empty() {
            descending_path(&sub.called(&shared(&sub)), errors);
        }
        if !expression.is_empty() {
            if !sub.is_empty() {
                let detail = "subPathExpr and subPath are mutually exclusive";
                errors.invalid(&expression, detail);
            }
            descending_path(&expression.called(&shared(&expression)), errors);
        }
        let propagation = mount.get("mountPropagation");
        let shown = propagation.called(&shared(&propagation));
        errors.one_of(&shown, &["Bidirectional", "HostToContainer", "None"]);
        let privileged = container.at("securityContext.privileged").truth();
        if propagation.text() == "Bidirectional" && !privileged {
            let detail =
                "Bidirectional mount propagation is available only to privileged containers";
            errors.forbidden(&shown, detail);
        }
        let recursive = mount.get("recursiveReadOnly");
        read_only(&mount, &recursive.called(&shared(&recursive)), errors);
    }
}

/// upstream: validateMountRecursiveReadOnly
fn read_only(mount: &Field, recursive: &Field, errors: &mut Errors) {
    if !["Enabled", "IfPossible"].contains(&recursive.text()) {
        return errors.one_of(recursive, &["Disabled", "Enabled", "IfPossible"]);
    }
    if !mount.get("readOnly").truth() {
        errors.forbidden(recursive, "may only be specified when readOnly is true");
    }
    let propagation = mount.get("mountPropagation");
    if propagation.is_set() && propagation.text() != "None" {
        errors.forbidden(
            recursive,
            "may only be specified when mountPropagation is None or not specified",
        );
    }
}

/// upstream: ValidateVolumeDevices
pub(super) fn devices(container: &Field, whole: &Whole, errors: &mut Errors) {
    let mounts = container.get("volumeMounts");
    let mounted = |name: &str, text: &str| mounts.items().any(|m| m.get(name).text() == text);
    let (mut names, mut paths) = (Vec::new(), Vec::new());
    for device in container.get("volumeDevices").items() {
        let (name, path) = (device.get("name"), device.get("devicePath"));
        errors.needed(&name);
        if names.contains(&name.text()) {
            errors.invalid_text(&name, "must be unique");
        }
        let of_claim = |v: &serde_json::Value| {
            v.get("persistentVolumeClaim").is_some() || v.get("ephemeral").is_some()
        };
        match whole.volume(name.text()) {
            Some(volume) if of_claim(volume) => {}
            Some(_) => errors.invalid(
                &name,
                "can only use volume source type of PersistentVolumeClaim or Ephemeral for block mode",
            ),
            None => errors.not_found(&name),
        }
        errors.needed(&path);
        if paths.contains(&path.text()) {
            errors.invalid_text(&path, "must be unique");
        }
        if path.text().split('/').any(|part| part == "..") {
            errors.invalid(&path, "can not contain backsteps ('..')");
        } else {
            paths.push(path.text());
        }
        if mounted("name", name.text()) {
            errors.invalid_text(&name, "must not already exist in volumeMounts");
        }
        if mounted("mountPath", path.text()) {
            errors.invalid_text(&path, "must not already exist as a path in volumeMounts");
        }
        if !name.is_empty() {
            names.push(name.text());
        }
    }
}
