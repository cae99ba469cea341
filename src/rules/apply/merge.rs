//! What an applied object makes of the live one.
// upstream: structured-merge-diff typed/merge.go

use std::collections::{BTreeMap, BTreeSet};

use serde_json::{Map, Value};

use super::element;
use super::shape::{Items, Node, Spot, list, map};

/// The live object with everything in it that was applied. Both were checked against the type.
pub fn merge(spot: Spot, live: &Value, applied: &Value) -> Value {
    walk(spot, Some(live), Some(applied)).unwrap_or_default()
}

fn walk(spot: Spot, live: Option<&Value>, applied: Option<&Value>) -> Option<Value> {
    let seen = applied.filter(|v| !v.is_null()).or(live).or(applied)?;
    let last = || applied.or(live).cloned();
    match spot.node(seen) {
        Node::Map(false) => {
            let (Some(live), Some(applied)) = (map(live), map(applied)) else {
                return last();
            };
            if live.is_empty() && applied.is_empty() {
                return last();
            }
            maps(spot, live, applied)
        }
        Node::List(items, item) if !matches!(items, Items::Atomic) => {
            let (Some(live), Some(applied)) = (list(live), list(applied)) else {
                return last();
            };
            if live.is_empty() && applied.is_empty() {
                return last();
            }
            let merged = lists(items, item, live, applied);
            (!merged.is_empty()).then_some(Value::Array(merged))
        }
        _ => last(),
    }
}

fn maps(spot: Spot, live: &Map<String, Value>, applied: &Map<String, Value>) -> Option<Value> {
    let names = live
        .keys()
        .chain(applied.keys().filter(|n| !live.contains_key(*n)));
    let mut out = Map::new();
    for name in names {
        let (inner, _) = spot.under(name).unwrap_or((Spot::Open, false));
        if let Some(value) = walk(inner, live.get(name), applied.get(name)) {
            out.insert(name.clone(), value);
        }
    }
    (!out.is_empty()).then_some(Value::Object(out))
}

/// The items of both lists. What was applied keeps its order; what only the live list has stays where its neighbours are.
// upstream: typed/merge.go visitListItems
fn lists(items: Items, item: Spot, live: &[Value], applied: &[Value]) -> Vec<Value> {
    let named = |value: &Value| element::item(items, item, value).unwrap_or_default();
    let (left, right): (Vec<String>, Vec<String>) = (
        live.iter().map(named).collect(),
        applied.iter().map(named).collect(),
    );
    // An item that is there twice is merged with nothing.
    let mut known: BTreeMap<&str, Option<&Value>> = BTreeMap::new();
    for (name, value) in left.iter().zip(live) {
        let twice = known.contains_key(name.as_str());
        known.insert(name, (!twice).then_some(value));
    }
    let wanted: BTreeSet<&str> = right.iter().map(String::as_str).collect();
    let mut shared = right
        .iter()
        .filter(|name| known.contains_key(name.as_str()));
    let mut next = shared.next();
    let mut done: BTreeSet<&str> = BTreeSet::new();
    let mut out = Vec::with_capacity(left.len().max(right.len()));
    let (mut l, mut r) = (0, 0);
    while l < left.len() || r < right.len() {
        if l < left.len() && r < right.len() {
            let name = &left[l];
            if *name == right[r] {
                done.insert(name);
                let old = known.get(name.as_str()).copied().flatten();
                out.extend(walk(item, old, Some(&applied[r])));
                (l, r) = (l + 1, r + 1);
                next = shared.next();
                continue;
            }
            if wanted.contains(name.as_str()) && next.is_some_and(|next| next != name) {
                // Shared, but its turn is another one's.
                l += 1;
                continue;
            }
        }
        if l < left.len() {
            let name = left[l].as_str();
            if !wanted.contains(name) {
                out.extend(walk(item, Some(&live[l]), None));
                l += 1;
                continue;
            }
            if done.contains(name) {
                l += 1;
            }
        }
        if r < right.len() {
            let name = &right[r];
            done.insert(name);
            let old = known.get(name.as_str()).copied().flatten();
            out.extend(walk(item, old, Some(&applied[r])));
            r += 1;
            if next == Some(name) {
                next = shared.next();
            }
        }
    }
    out
}
