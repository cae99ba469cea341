//! What may change in a pod that is there.
// upstream: pkg/apis/core/validation/validation.go

use serde_json::{Map, Value};

use super::{annotations, gated, spec, whole};
use crate::errors::Errors;
use crate::field::Field;
use crate::golang;

const CHANGEABLE: &str = "pod updates may not change fields other than `spec.containers[*].image`,\
                          `spec.initContainers[*].image`,`spec.activeDeadlineSeconds`,`spec.tolerations` (only \
                          additions to existing tolerations),`spec.terminationGracePeriodSeconds` (allow it to be set \
                          to 1 if it was previously negative)";

/// upstream: ValidatePodUpdate
pub fn pod_update(new: &Field, old: &Field, errors: &mut Errors) {
    whole(new, errors);
    annotations::update(
        &new.at("metadata.annotations"),
        &old.at("metadata.annotations"),
        errors,
    );
    let (new, old) = (new.get("spec"), old.get("spec"));
    for list in ["containers", "initContainers"] {
        if !images(&new.get(list), &old.get(list), errors) {
            return;
        }
    }
    if !deadline(&new, &old, errors) {
        return;
    }
    tolerations(&new.get("tolerations"), &old.get("tolerations"), errors);
    let (gates, had) = (new.get("schedulingGates"), old.get("schedulingGates"));
    for gate in gates.items() {
        let name = gate.get("name");
        if !had.items().any(|g| g.get("name").text() == name.text()) {
            let detail = format!(
                "only deletion is allowed, but found new scheduling gate '{}'",
                name.text()
            );
            errors.forbidden(&name, &detail);
        }
    }
    if new.value != old.value {
        rest(&new, &old, errors);
    }
}

/// Says whether the containers are as many as before. upstream: ValidateContainerUpdates
fn images(new: &Field, old: &Field, errors: &mut Errors) -> bool {
    if new.len() != old.len() {
        errors.forbidden(new, "pod updates may not add or remove containers");
        return false;
    }
    for container in new.items() {
        let image = container.get("image");
        errors.needed(&image);
        super::container::padded_image(&image, errors);
    }
    true
}

/// Says whether there is more to look at.
fn deadline(new: &Field, old: &Field, errors: &mut Errors) -> bool {
    let name = "activeDeadlineSeconds";
    let (is, was) = (new.get(name), old.get(name));
    let detail = match (is.number(), was.number()) {
        (Some(is), _) if !(0..=i64::from(i32::MAX)).contains(&is) => {
            "must be between 0 and 2147483647, inclusive"
        }
        (Some(is), Some(was)) if was < is => "must be less than or equal to previous value",
        (None, Some(_)) => {
            let detail = "must not update from a positive integer to nil value";
            errors.invalid(&is, detail);
            return true;
        }
        _ => return true,
    };
    errors.invalid(&is, detail);
    false
}

/// upstream: validateOnlyAddedTolerations
fn tolerations(new: &Field, old: &Field, errors: &mut Errors) {
    let timeless = |toleration: Field| {
        let mut fields = toleration.value.as_object().cloned().unwrap_or_default();
        fields.remove("tolerationSeconds");
        fields
    };
    let kept: Vec<Map<String, Value>> = new.items().map(timeless).collect();
    if !old.items().all(|t| kept.contains(&timeless(t))) {
        let detail = "existing toleration can not be modified except its tolerationSeconds";
        return errors.forbidden(new, detail);
    }
    for toleration in new.items() {
        spec::toleration(&toleration, errors);
    }
}

/// Holds the rest of a spec against the old one, once what may change has been set back.
fn rest(new: &Field, old: &Field, errors: &mut Errors) {
    let mut munged = new.value.clone();
    for list in ["containers", "initContainers"] {
        let olds = old.get(list);
        let news = munged.get_mut(list).and_then(Value::as_array_mut);
        for (container, old) in news.into_iter().flatten().zip(olds.items()) {
            container["image"] = old.get("image").value.clone();
        }
    }
    let mut back = vec!["activeDeadlineSeconds", "schedulingGates", "tolerations"];
    let grace = "terminationGracePeriodSeconds";
    if old.get(grace).int() < 0 && new.get(grace).int() == 1 {
        back.push(grace);
    }
    if !old.get("schedulingGates").is_empty() {
        let (is, was) = (new.get("nodeSelector"), old.get("nodeSelector"));
        gated::node_selector(&is, &was, errors);
        back.push("nodeSelector");
        let near = "affinity.nodeAffinity";
        gated::node_affinity(&new.at(near), &old.at(near), errors);
        let others = |spec: &Field| {
            let mut affinity = spec.get("affinity").value.clone();
            if let Value::Object(fields) = &mut affinity {
                fields.remove("nodeAffinity");
            }
            affinity.as_object().cloned().unwrap_or_default()
        };
        if others(new) == others(old) {
            back.push("affinity");
        }
    }
    if let Value::Object(fields) = &mut munged {
        for name in back {
            match old.value.get(name) {
                Some(value) => drop(fields.insert(name.into(), value.clone())),
                None => drop(fields.remove(name)),
            }
        }
    }
    if munged != *old.value {
        let detail = format!(
            "{CHANGEABLE}\n{}",
            golang::diff("PodSpec", old.value, &munged)
        );
        errors.forbidden(new, &detail);
    }
}
