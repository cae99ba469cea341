//! Bringing a checked value into the form that upstream's decoder keeps.

use serde_json::{Map, Value};

use crate::schema::{Field, Shape, Type, Wrap, schema};

/// Drops unknown fields and fields that are null, and fills in the zero where a map or list has a null: what is left
/// is what upstream's decoder keeps.
pub(super) fn tidy(owner: &Type, value: &mut Value) {
    let Value::Object(map) = value else { return };
    map.retain(|name, value| !value.is_null() && owner.field(name).is_some());
    for (name, value) in map {
        let Some(field) = owner.field(name) else {
            continue;
        };
        match value {
            Value::Array(items) if field.wrap != Wrap::One => {
                items.iter_mut().for_each(|item| tidy_one(field, item))
            }
            Value::Object(entries) if field.wrap != Wrap::One => {
                for entry in entries.values_mut() {
                    match entry {
                        Value::Array(items) if field.wrap == Wrap::MapOfLists => {
                            items.iter_mut().for_each(|item| tidy_one(field, item));
                        }
                        entry => tidy_one(field, entry),
                    }
                }
            }
            value => tidy_one(field, value),
        }
    }
}

fn tidy_one(field: &Field, value: &mut Value) {
    if let Shape::Object(id) = field.shape {
        if value.is_null() {
            *value = Value::Object(Map::new());
        }
        tidy(schema().get(id), value);
    } else if value.is_null() {
        *value = match field.shape {
            Shape::Int32 | Shape::Int64 | Shape::IntOrString | Shape::Double => Value::from(0),
            Shape::Bool => Value::Bool(false),
            Shape::Quantity => Value::from("0"),
            Shape::String | Shape::Bytes => Value::from(""),
            Shape::Time | Shape::MicroTime | Shape::Any | Shape::Object(_) => Value::Null,
        };
    }
}
