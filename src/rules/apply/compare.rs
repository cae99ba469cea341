//! What changed between two states of an object, as sets of fields.
// upstream: structured-merge-diff typed/compare.go

use std::collections::BTreeMap;

use serde_json::{Map, Value};

use super::element;
use super::set::{Set, node, put, union, without};
use super::shape::{Items, Node, Spot, list, map};

/// Which fields differ, and how.
#[derive(Debug, Default, PartialEq)]
pub struct Comparison {
    /// In the new state alone.
    pub added: Set,
    /// In both, with different values.
    pub modified: Set,
    /// In the old state alone.
    pub removed: Set,
}

impl Comparison {
    /// The comparison without some fields and what is below them.
    pub fn without(self, fields: &Set) -> Self {
        if fields.is_empty() {
            return self;
        }
        Comparison {
            added: without(&self.added, fields),
            modified: without(&self.modified, fields),
            removed: without(&self.removed, fields),
        }
    }

    /// What the new state says anew.
    pub fn written(&self) -> Set {
        union(&self.modified, &self.added)
    }
}

/// Compares two states of an object.
pub fn compare(spot: Spot, old: &Value, new: &Value) -> Comparison {
    let mut parts = Parts::default();
    walk(spot, Some(old), Some(new), &mut parts);
    Comparison {
        added: parts.added.unwrap_or_default(),
        modified: parts.modified.unwrap_or_default(),
        removed: parts.removed.unwrap_or_default(),
    }
}

/// The comparison below a path; a set without anything below it is the path itself.
#[derive(Default)]
struct Parts {
    added: Option<Set>,
    modified: Option<Set>,
    removed: Option<Set>,
}

/// The comparison of what is below a value, by element.
#[derive(Default)]
struct Below {
    added: Set,
    modified: Set,
    removed: Set,
}

impl Below {
    fn put(&mut self, element: &str, parts: Parts) {
        for (into, part) in [
            (&mut self.added, parts.added),
            (&mut self.modified, parts.modified),
            (&mut self.removed, parts.removed),
        ] {
            put(into, element.into(), part);
        }
    }
}

fn walk(spot: Spot, old: Option<&Value>, new: Option<&Value>, parts: &mut Parts) {
    let Some(seen) = new.filter(|v| !v.is_null()).or(old).or(new) else {
        return;
    };
    let mut below = Below::default();
    let leaf = match spot.node(seen) {
        Node::Scalar(_) | Node::Map(true) | Node::List(Items::Atomic, _) => true,
        Node::Map(false) => match (map(old), map(new)) {
            (Some(old), Some(new)) => {
                if old.is_empty() && new.is_empty() {
                    true
                } else {
                    fields(spot, old, new, &mut below);
                    false
                }
            }
            _ => true,
        },
        Node::List(items, item) => match (list(old), list(new)) {
            (Some([]), Some([])) => true,
            (Some(old), Some(new)) => {
                each(items, item, old, new, &mut below);
                false
            }
            _ => true,
        },
    };
    if leaf {
        let here = Some(Set::new());
        match (old, new) {
            (None, _) => parts.added = here,
            (_, None) => parts.removed = here,
            (Some(old), Some(new)) if old != new => parts.modified = here,
            _ => {}
        }
        return;
    }
    parts.added = node(old.is_none(), below.added);
    parts.modified = node(false, below.modified);
    parts.removed = node(new.is_none(), below.removed);
}

fn fields(spot: Spot, old: &Map<String, Value>, new: &Map<String, Value>, below: &mut Below) {
    let gone = old.iter().filter(|(name, _)| !new.contains_key(*name));
    let there = new
        .iter()
        .map(|(name, value)| (name, old.get(name), Some(value)));
    for (name, old, new) in there.chain(gone.map(|(name, value)| (name, Some(value), None))) {
        if old == new {
            // Most of an object, mostly: nothing below it can differ.
            continue;
        }
        let (inner, _) = spot.under(name).unwrap_or((Spot::Open, false));
        let mut parts = Parts::default();
        walk(inner, old, new, &mut parts);
        below.put(&element::field(name), parts);
    }
}

fn each(items: Items, item: Spot, old: &[Value], new: &[Value], below: &mut Below) {
    let mut by_element: BTreeMap<String, [Vec<&Value>; 2]> = BTreeMap::new();
    for (side, values) in [old, new].into_iter().enumerate() {
        for value in values {
            if let Ok(element) = element::item(items, item, value) {
                by_element.entry(element).or_default()[side].push(value);
            }
        }
    }
    for (element, [old, new]) in by_element {
        let mut parts = Parts::default();
        match (old.as_slice(), new.as_slice()) {
            ([] | [_], [] | [_]) => {
                walk(item, old.first().copied(), new.first().copied(), &mut parts);
            }
            ([_, _, ..], [_, _, ..]) => {
                parts.modified = (old != new).then(Set::new);
            }
            ([_, _, ..], _) => {
                walk(item, None, new.first().copied(), &mut parts);
                parts.removed = Some(Set::new());
            }
            (_, _) => {
                walk(item, old.first().copied(), None, &mut parts);
                parts.added = Some(Set::new());
            }
        }
        below.put(&element, parts);
    }
}
