//! The set of fields that a value has: what an applier of it owns.
// upstream: structured-merge-diff typed/tofieldset.go

use serde_json::Value;

use super::element;
use super::set::{Set, node, put};
use super::shape::{Items, Node, Spot};

/// Every field of an object.
pub fn fields(spot: Spot, value: &Value) -> Set {
    walk(spot, value).unwrap_or_default()
}

/// The part of the set below a value; a part without anything below it is the value itself.
fn walk(spot: Spot, value: &Value) -> Option<Set> {
    let mut below = Set::new();
    match (spot.node(value), value) {
        (Node::Scalar(_) | Node::Map(true) | Node::List(Items::Atomic, _), _) => {
            return Some(below);
        }
        (Node::Map(false), Value::Object(fields)) => {
            for (name, value) in fields {
                let (inner, named) = spot.under(name).unwrap_or((Spot::Open, false));
                let empty = match value {
                    Value::Object(fields) => fields.is_empty(),
                    value => value.is_null(),
                };
                let part = walk(inner, value);
                let is_leaf = part.as_ref().is_some_and(Set::is_empty);
                let part = node(is_leaf || empty || !named, part.unwrap_or_default());
                put(&mut below, element::field(name), part);
            }
        }
        (Node::List(items, item), Value::Array(values)) => {
            for value in values {
                if let Ok(element) = element::item(items, item, value) {
                    let part = node(true, walk(item, value).unwrap_or_default());
                    put(&mut below, element, part);
                }
            }
        }
        _ => {}
    }
    (!below.is_empty()).then_some(below)
}
