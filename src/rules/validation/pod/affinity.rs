//! Affinity, and the spreading over topologies.
// upstream: pkg/apis/core/validation/validation.go

use podarium_api::names::{dns1123_label_error, qualified_name_error};

use super::super::volume_sources::{node_term, node_terms};
use crate::errors::Errors;
use crate::field::Field;

/// upstream: validateAffinity
pub(super) fn affinity(affinity: &Field, errors: &mut Errors) {
    let (required, preferred) = (
        "requiredDuringSchedulingIgnoredDuringExecution",
        "preferredDuringSchedulingIgnoredDuringExecution",
    );
    let node = affinity.get("nodeAffinity");
    if node.get(required).is_set() {
        node_terms(&node.get(required), errors);
    }
    for term in node.get(preferred).items() {
        weight(&term, errors);
        node_term(&term.get("preference"), true, errors);
    }
    for kind in ["podAffinity", "podAntiAffinity"] {
        let kind = affinity.get(kind);
        for term in kind.get(required).items() {
            pod_term(&term, errors);
        }
        for term in kind.get(preferred).items() {
            weight(&term, errors);
            pod_term(&term.get("podAffinityTerm"), errors);
        }
    }
}

fn weight(term: &Field, errors: &mut Errors) {
    let weight = term.get("weight");
    if !(1..=100).contains(&weight.int()) {
        errors.invalid_int(&weight, "must be in the range 1-100");
    }
}

/// upstream: validatePodAffinityTerm
fn pod_term(term: &Field, errors: &mut Errors) {
    errors.selector(&term.get("labelSelector"));
    errors.selector(&term.get("namespaceSelector"));
    for name in term.get("namespaces").items() {
        errors.named(
            &name.called(&term.get("namespace").path),
            dns1123_label_error,
        );
    }
    label_keys(term, errors);
    let key = term.get("topologyKey");
    if key.is_empty() {
        errors.required(&key, "can not be empty");
    }
    errors.named(&key, qualified_name_error);
}

/// upstream: validateMatchLabelKeysAndMismatchLabelKeys, validateLabelKeys
fn label_keys(term: &Field, errors: &mut Errors) {
    let selector = term.get("labelSelector");
    let (with, without) = (term.get("matchLabelKeys"), term.get("mismatchLabelKeys"));
    for keys in [&with, &without] {
        if !keys.is_empty() && !selector.is_set() {
            let detail = "must not be specified when labelSelector is not set";
            errors.forbidden(keys, detail);
            continue;
        }
        for key in keys.items() {
            errors.named(&key, qualified_name_error);
        }
    }
    // What the keys make of the selector is in it by now, so that only a second mention is one too many.
    let labels = selector.get("matchLabels");
    let mut seen: Vec<&str> = labels.entries().map(|(key, _)| key).collect();
    for expression in selector.get("matchExpressions").items() {
        let key = expression.get("key").text();
        let index = with.texts().position(|k| k == key);
        if let Some(i) = index.filter(|_| seen.contains(&key)) {
            let place = term.called(&format!("{}[{i}]", term.path));
            errors.invalid_as(
                &place,
                key,
                "exists in both matchLabelKeys and labelSelector",
            );
        }
        seen.push(key);
    }
    for key in with.items().filter(|key| without.contains(key.text())) {
        let detail = "exists in both matchLabelKeys and mismatchLabelKeys";
        errors.invalid(&key, detail);
    }
}

/// upstream: validateTopologySpreadConstraints
pub(super) fn spread(constraints: &Field, errors: &mut Errors) {
    let all: Vec<Field> = constraints.items().collect();
    for (i, constraint) in all.iter().enumerate() {
        let skew = constraint.get("maxSkew");
        if skew.int() <= 0 {
            errors.invalid_int(&skew, "must be greater than zero");
        }
        let (key, action) = (
            constraint.get("topologyKey"),
            constraint.get("whenUnsatisfiable"),
        );
        if key.is_empty() {
            errors.required(&key, "can not be empty");
        }
        errors.must_be(&action, &["DoNotSchedule", "ScheduleAnyway"]);
        let same = |other: &Field| {
            other.get("topologyKey").text() == key.text()
                && other.get("whenUnsatisfiable").text() == action.text()
        };
        if all[i + 1..].iter().any(same) {
            let place = constraint.get("{topologyKey, whenUnsatisfiable}");
            errors.duplicate_as(&place, format!("{{{}, {}}}", key.text(), action.text()));
        }
        let domains = constraint.get("minDomains");
        if domains.is_set() {
            if domains.int() <= 0 {
                errors.invalid(&domains, "must be greater than zero");
            }
            if action.text() != "DoNotSchedule" {
                let detail = format!(
                    "can only use minDomains if whenUnsatisfiable=DoNotSchedule, not {}",
                    action.text()
                );
                errors.invalid(&domains, &detail);
            }
        }
        for policy in ["nodeAffinityPolicy", "nodeTaintsPolicy"] {
            errors.one_of(&constraint.get(policy), &["Honor", "Ignore"]);
        }
        let selector = constraint.get("labelSelector");
        spread_keys(&constraint.get("matchLabelKeys"), &selector, errors);
        errors.selector(&selector);
    }
}

/// upstream: validateMatchLabelKeysInTopologySpread
fn spread_keys(keys: &Field, selector: &Field, errors: &mut Errors) {
    if !keys.is_empty() && !selector.is_set() {
        let detail = "must not be specified when labelSelector is not set";
        errors.forbidden(keys, detail);
    }
    for key in keys.items() {
        errors.named(&key, qualified_name_error);
        let mut expressions = selector.get("matchExpressions").items();
        if selector.get("matchLabels").key(key.text()).is_set()
            || expressions.any(|e| e.get("key").text() == key.text())
        {
            errors.invalid(&key, "exists in both matchLabelKeys and labelSelector");
        }
    }
}
