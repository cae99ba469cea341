//! Nodes.
// upstream: pkg/apis/core/validation/validation.go

use podarium_api::names::{label_value_error, qualified_name_error};

use super::{limits, pod};
use crate::address::{self, Range};
use crate::errors::{Errors, printed};
use crate::field::Field;

/// upstream: ValidateNode
pub fn node(node: &Field, errors: &mut Errors) {
    taints(node, errors);
    amounts(node, errors);
    let ranges = node.at("spec.podCIDRs");
    for range in ranges.items() {
        address::range(&range, errors);
    }
    if ranges.len() < 2 {
        return;
    }
    let read: Vec<_> = ranges.texts().filter_map(Range::read).collect();
    let both = read.iter().any(|r| r.ip.is_ipv4()) && read.iter().any(|r| r.ip.is_ipv6());
    if !both || ranges.len() > 2 {
        let detail = "may specify no more than one CIDR for each IP family";
        errors.invalid(&ranges, detail);
    }
    let mut seen = Vec::new();
    for range in ranges.items() {
        if seen.contains(&range.text()) {
            errors.duplicate(&range);
        }
        seen.push(range.text());
    }
}

/// upstream: validateNodeTaints
fn taints(node: &Field, errors: &mut Errors) {
    let mut seen = Vec::new();
    // upstream looks for them in the metadata.
    for taint in node.at("spec.taints").called("metadata.taints").items() {
        let (key, value, effect) = (taint.get("key"), taint.get("value"), taint.get("effect"));
        errors.named(&key, qualified_name_error);
        errors.named(&value, label_value_error);
        if errors.needed(&effect) {
            errors.must_be(&effect, &pod::EFFECTS);
        }
        let pair = (key.text(), effect.text());
        if seen.contains(&pair) {
            let names = [
                ("Key", "key"),
                ("Value", "value"),
                ("Effect", "effect"),
                ("TimeAdded", "timeAdded"),
            ];
            errors.duplicate_because(
                &taint,
                &printed(&taint, &names),
                "taints must be unique by key and effect pair",
            );
        }
        seen.push(pair);
    }
}

/// upstream: ValidateNodeResources
fn amounts(node: &Field, errors: &mut Errors) {
    for list in ["capacity", "allocatable"] {
        for (name, amount) in node.get("status").get(list).entries() {
            let place = amount.called(&format!("status.{list}.{name}"));
            limits::amount(name, &place, errors);
        }
    }
}

/// upstream: ValidateNodeUpdate
pub fn node_update(new: &Field, old: &Field, errors: &mut Errors) {
    amounts(new, errors);
    let (ranges, had) = (new.at("spec.podCIDRs"), old.at("spec.podCIDRs"));
    if !had.is_empty() && ranges.value != had.value {
        let detail = "node updates may not change podCIDR except from \"\" to valid";
        errors.forbidden(&ranges, detail);
    }
    let (id, had) = (new.at("spec.providerID"), old.at("spec.providerID"));
    if !had.is_empty() && id.value != had.value {
        let detail = "node updates may not change providerID except from \"\" to valid";
        errors.forbidden(&id, detail);
    }
    taints(new, errors);
    let (id, had) = (new.at("spec.externalID"), old.at("spec.externalID"));
    if id.text() != had.text() {
        errors.forbidden(&id, "may not be updated");
    }
}
