//! What pods said in annotations before there were fields for it.
// upstream: pkg/apis/core/validation/validation.go

use super::{containers, spec};
use crate::errors::Errors;
use crate::field::Field;
use crate::text;

pub(super) const MIRROR: &str = "kubernetes.io/config.mirror";
pub(super) const APP_ARMOR: &str = "container.apparmor.security.beta.kubernetes.io/";
const TOLERATIONS: &str = "scheduler.alpha.kubernetes.io/tolerations";
const COST: &str = "controller.kubernetes.io/pod-deletion-cost";
const SECCOMP_POD: &str = "seccomp.security.alpha.kubernetes.io/pod";
const SECCOMP: &str = "container.seccomp.security.alpha.kubernetes.io/";

/// upstream: ValidatePodSpecificAnnotations
pub(super) fn annotations(annotations: &Field, spec: &Field, errors: &mut Errors) {
    if annotations.is_empty() {
        return;
    }
    let mirror = annotations.key(MIRROR);
    if mirror.is_set() && spec.get("nodeName").is_empty() {
        errors.invalid(
            &mirror,
            "must set spec.nodeName if mirror pod annotation is set",
        );
    }
    let tolerations = annotations.key(TOLERATIONS);
    if let Ok(list) = podarium_api::typed::parse(tolerations.text().as_bytes()) {
        let list = Field::root(&list).called(&annotations.get(TOLERATIONS).path);
        for item in list.items() {
            spec::toleration(&item, errors);
        }
    } else if !tolerations.is_empty() {
        errors.invalid_as(
            annotations,
            TOLERATIONS,
            "must be a list of tolerations in JSON",
        );
    }
    let cost = annotations.key(COST);
    let number = |text: &str| {
        let plain = !text.starts_with('+') && (text == "0" || !text.starts_with('0'));
        plain && text.parse::<i32>().is_ok()
    };
    if cost.is_set() && !number(cost.text()) {
        errors.invalid(&cost, "must be a 32bit integer");
    }
    for (key, value) in annotations.entries() {
        if key == SECCOMP_POD || key.starts_with(SECCOMP) {
            seccomp(&value.called(&annotations.get(key).path), errors);
        }
    }
    for (key, value) in annotations.entries() {
        if let Some(name) = key.strip_prefix(APP_ARMOR) {
            if !containers(spec).any(|c| c.get("name").text() == name) {
                errors.invalid_as(&value, name, "container not found");
            }
            app_armor(&value, errors);
        }
    }
}

/// upstream: ValidateSeccompProfile
fn seccomp(profile: &Field, errors: &mut Errors) {
    match profile.text() {
        "runtime/default" | "docker/default" | "unconfined" => {}
        text => match text.strip_prefix("localhost/") {
            Some(path) => {
                let path = path.into();
                text::descending_path(&Field::root(&path).called(&profile.path), errors);
            }
            None => errors.invalid(profile, "must be a valid seccomp profile"),
        },
    }
}

/// upstream: ValidateAppArmorProfileFormat
fn app_armor(profile: &Field, errors: &mut Errors) {
    let text = profile.text();
    let known = matches!(text, "" | "runtime/default" | "unconfined");
    if !known && !text.starts_with("localhost/") {
        errors.invalid(profile, &format!("invalid AppArmor profile name: {text:?}"));
    }
}

/// Where both an annotation and a field say how a container is confined, they must say the same.
///
/// upstream: validateSeccompAnnotationsAndFields, validateAppArmorAnnotationsAndFieldsMatchOnCreate
pub(super) fn match_fields(annotations: &Field, spec: &Field, errors: &mut Errors) {
    if annotations.is_empty() {
        return;
    }
    let profile = spec.at("securityContext.seccompProfile");
    matches(
        annotations.key(SECCOMP_POD),
        &profile,
        &profile,
        "seccomp",
        errors,
    );
    for container in containers(spec) {
        let profile = container.at("securityContext.seccompProfile");
        let key = [SECCOMP, container.get("name").text()].concat();
        matches(annotations.key(&key), &profile, &profile, "seccomp", errors);
    }
    if spec.at("os.name").text() == "windows" {
        return;
    }
    let whole = spec.at("securityContext.appArmorProfile");
    for container in containers(spec) {
        let own = container.at("securityContext.appArmorProfile");
        let profile = if own.is_set() { &own } else { &whole };
        let key = [APP_ARMOR, container.get("name").text()].concat();
        matches(annotations.key(&key), profile, &own, "apparmor", errors);
    }
}

fn matches(said: Field, profile: &Field, shown: &Field, kind: &str, errors: &mut Errors) {
    if !said.is_set() || !profile.is_set() {
        return;
    }
    let (text, local) = (said.text(), profile.get("localhostProfile"));
    let fits = match profile.get("type").text() {
        "Unconfined" => text == "unconfined",
        "RuntimeDefault" => {
            text == "runtime/default" || (kind == "seccomp" && text == "docker/default")
        }
        "Localhost" => match text.strip_prefix("localhost/") {
            Some(path) => {
                if !local.is_set() || local.text() != path {
                    let detail = format!("{kind} profile in annotation and field must match");
                    errors.forbidden(&shown.get("localhostProfile"), &detail);
                }
                true
            }
            None => false,
        },
        _ => true,
    };
    if !fits {
        let detail = format!("{kind} type in annotation and field must match");
        errors.forbidden(&shown.get("type"), &detail);
    }
}

/// upstream: ValidatePodSpecificAnnotationUpdates
pub(super) fn update(new: &Field, old: &Field, errors: &mut Errors) {
    let told = |key: &str| match key {
        MIRROR => Some("mirror pod annotation"),
        _ if key.starts_with(APP_ARMOR) => Some("AppArmor annotations"),
        _ => None,
    };
    for (key, was) in old.entries() {
        let is = new.key(key);
        if let Some(what) = told(key).filter(|_| is.value != was.value) {
            errors.forbidden(&is, &format!("may not remove or update {what}"));
        }
    }
    for (key, is) in new.entries().filter(|(key, _)| !old.key(key).is_set()) {
        if let Some(what) = told(key) {
            errors.forbidden(&is, &format!("may not add {what}"));
        }
    }
}
