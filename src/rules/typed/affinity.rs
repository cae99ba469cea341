//! Affinity.
// upstream: pkg/apis/core/validation/validation.go validateAffinity

use k8s_openapi::api::core::v1 as core;
use podarium_api::names::qualified_name_error;

use super::Errors;

pub(super) fn affinity(affinity: &core::Affinity, path: &str, errors: &mut Errors) {
    if let Some(node) = &affinity.node_affinity {
        node_affinity(node, &format!("{path}.nodeAffinity"), errors);
    }
    for (name, required, preferred) in [
        (
            "podAffinity",
            affinity.pod_affinity.as_ref().and_then(|a| {
                a.required_during_scheduling_ignored_during_execution
                    .as_ref()
            }),
            affinity.pod_affinity.as_ref().and_then(|a| {
                a.preferred_during_scheduling_ignored_during_execution
                    .as_ref()
            }),
        ),
        (
            "podAntiAffinity",
            affinity.pod_anti_affinity.as_ref().and_then(|a| {
                a.required_during_scheduling_ignored_during_execution
                    .as_ref()
            }),
            affinity.pod_anti_affinity.as_ref().and_then(|a| {
                a.preferred_during_scheduling_ignored_during_execution
                    .as_ref()
            }),
        ),
    ] {
        let path = format!("{path}.{name}");
        for (i, term) in required.into_iter().flatten().enumerate() {
            let path = format!("{path}.requiredDuringSchedulingIgnoredDuringExecution[{i}]");
            topology_key(&term.topology_key, &path, errors);
        }
        for (i, term) in preferred.into_iter().flatten().enumerate() {
            let path = format!("{path}.preferredDuringSchedulingIgnoredDuringExecution[{i}]");
            weight(term.weight, &path, errors);
            let path = format!("{path}.podAffinityTerm");
            topology_key(&term.pod_affinity_term.topology_key, &path, errors);
        }
    }
}

fn topology_key(key: &str, path: &str, errors: &mut Errors) {
    let path = format!("{path}.topologyKey");
    if key.is_empty() {
        errors.required(&path, "can not be empty");
    } else {
        errors.named(&path, key, qualified_name_error);
    }
}

fn weight(weight: i32, path: &str, errors: &mut Errors) {
    if !(1..=100).contains(&weight) {
        errors.invalid(
            &format!("{path}.weight"),
            weight,
            "must be in the range 1-100",
        );
    }
}

fn node_affinity(affinity: &core::NodeAffinity, path: &str, errors: &mut Errors) {
    if let Some(required) = &affinity.required_during_scheduling_ignored_during_execution {
        let path =
            format!("{path}.requiredDuringSchedulingIgnoredDuringExecution.nodeSelectorTerms");
        if required.node_selector_terms.is_empty() {
            errors.required(&path, "must have at least one node selector term");
        }
        for (i, term) in required.node_selector_terms.iter().enumerate() {
            node_term(term, &format!("{path}[{i}]"), errors);
        }
    }
    let preferred = &affinity.preferred_during_scheduling_ignored_during_execution;
    for (i, term) in preferred.iter().flatten().enumerate() {
        let path = format!("{path}.preferredDuringSchedulingIgnoredDuringExecution[{i}]");
        weight(term.weight, &path, errors);
        node_term(&term.preference, &format!("{path}.preference"), errors);
    }
}

/// upstream: ValidateNodeSelectorTerm, ValidateNodeSelectorRequirement
fn node_term(term: &core::NodeSelectorTerm, path: &str, errors: &mut Errors) {
    for (i, r) in term.match_expressions.iter().flatten().enumerate() {
        let at = |name: &str| format!("{path}.matchExpressions[{i}].{name}");
        let values = r.values.as_ref().map_or(0, Vec::len);
        match r.operator.as_str() {
            "In" | "NotIn" if values == 0 => errors.required(
                &at("values"),
                "must be specified when `operator` is 'In' or 'NotIn'",
            ),
            "Exists" | "DoesNotExist" if values > 0 => errors.forbidden(
                &at("values"),
                "may not be specified when `operator` is 'Exists' or 'DoesNotExist'",
            ),
            "Gt" | "Lt" if values != 1 => errors.required(
                &at("values"),
                "must be specified single value when `operator` is 'Lt' or 'Gt'",
            ),
            "In" | "NotIn" | "Exists" | "DoesNotExist" | "Gt" | "Lt" => {}
            other => errors.invalid(&at("operator"), other, "not a valid selector operator"),
        }
        errors.named(&at("key"), &r.key, qualified_name_error);
    }
}
