//! An object without some of its fields.
// upstream: structured-merge-diff typed/remove.go

use serde_json::{Map, Value};

use super::element;
use super::set::{Set, at, member};
use super::shape::{Items, Node, Spot};

/// The value without the members of the set; what has nothing left in it becomes null.
pub fn remove(spot: Spot, value: &Value, gone: &Set) -> Value {
    match (spot.node(value), value) {
        (Node::Scalar(_), value) => value.clone(),
        (Node::Map(false), Value::Object(fields)) => {
            let mut left = Map::new();
            for (name, value) in fields {
                let part = at(gone, &element::field(name));
                let inner = || spot.under(name).map_or(Spot::Open, |(spot, _)| spot);
                if let Some(value) = kept(inner, value, part) {
                    left.insert(name.clone(), value);
                }
            }
            (!left.is_empty()).then_some(Value::Object(left)).into()
        }
        (Node::List(items, item), Value::Array(values)) if !matches!(items, Items::Atomic) => {
            let left: Vec<Value> = values
                .iter()
                .filter_map(|value| {
                    let element = element::item(items, item, value).unwrap_or_default();
                    kept(|| item, value, at(gone, &element))
                })
                .collect();
            (!left.is_empty()).then_some(Value::Array(left)).into()
        }
        _ => Value::Null,
    }
}

fn kept<'a>(spot: impl Fn() -> Spot<'a>, value: &Value, gone: Option<&Set>) -> Option<Value> {
    match gone {
        None => Some(value.clone()),
        Some(gone) if member(gone) => None,
        Some(gone) => Some(remove(spot(), value, gone)),
    }
}
