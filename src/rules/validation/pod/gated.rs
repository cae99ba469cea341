//! What may change of a pod whose scheduling waits.
// upstream: pkg/apis/core/validation/validation.go

use serde_json::Value;

use crate::errors::Errors;
use crate::field::Field;

const REQUIRED: &str = "requiredDuringSchedulingIgnoredDuringExecution";

/// upstream: validateNodeSelectorMutation
pub(super) fn node_selector(new: &Field, old: &Field, errors: &mut Errors) {
    if old
        .entries()
        .any(|(key, value)| new.key(key).value != value.value)
    {
        errors.invalid(
            new,
            "only additions to spec.nodeSelector are allowed (no mutations or deletions)",
        );
    }
}

/// upstream: validateNodeAffinityMutation
pub(super) fn node_affinity(new: &Field, old: &Field, errors: &mut Errors) {
    let (new, old) = (new.get(REQUIRED), old.get(REQUIRED));
    if !old.is_set() {
        return;
    }
    let (new, old) = (new.get("nodeSelectorTerms"), old.get("nodeSelectorTerms"));
    if !old.is_empty() && old.len() != new.len() {
        return errors.invalid_own(
            &new,
            "NodeSelectorTerm",
            "no additions/deletions to non-empty NodeSelectorTerms list are allowed",
        );
    }
    for (old, new) in old.items().zip(new.items()) {
        if !only_more(&new, &old) {
            errors.invalid_own(
                &new,
                "NodeSelectorTerm",
                "only additions are allowed (no mutations or deletions)",
            );
        }
    }
}

/// upstream: validateNodeSelectorTermHasOnlyAdditions
fn only_more(new: &Field, old: &Field) -> bool {
    let lists = ["matchExpressions", "matchFields"];
    let len = |term: &Field| lists.iter().map(|l| term.get(l).len()).sum::<usize>();
    if len(old) == 0 {
        return len(new) == 0;
    }
    let items = |term: &Field, list: &str| -> Vec<Value> {
        term.get(list).items().map(|i| i.value.clone()).collect()
    };
    lists
        .iter()
        .all(|list| items(new, list).starts_with(&items(old, list)))
}
