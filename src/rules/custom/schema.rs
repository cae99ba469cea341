//! Reading structural schemas.

use serde_json::Value;

use crate::field::Field;

/// Whether a mark is there.
pub fn flag(schema: &Field, name: &str) -> bool {
    schema.get(name).truth()
}

/// Whether `additionalProperties` is there, be it `true`.
pub fn set(more: &Field) -> bool {
    more.is_set() && *more.value != false
}

/// The schemas of a list of them, or the one that stands there by itself.
pub fn list<'a>(field: &Field<'a>) -> Vec<Field<'a>> {
    match field.value {
        Value::Array(_) => field.items().collect(),
        Value::Object(_) => vec![field.clone()],
        _ => Vec::new(),
    }
}

/// What a condition says of items and properties, each with the path and the schema that the structure has for it.
pub fn children<'a>(v: &Field<'a>, s: &Field<'a>) -> Vec<(Field<'a>, String, Option<Field<'a>>)> {
    let mut out = Vec::new();
    let there = |field: Field<'a>| field.is_set().then_some(field);
    if v.get("items").is_set() {
        let own = s.get("items");
        out.push((v.get("items"), own.path.clone(), there(own)));
    }
    for (name, inner) in v.get("properties").entries() {
        let own = s.get("properties").key(name);
        let (path, mut found) = (own.path.clone(), there(own));
        let more = s.get("additionalProperties");
        if found.is_none() && set(&more) {
            found = more.value.is_object().then_some(more);
            if found.is_none() {
                continue;
            }
        }
        out.push((inner, path, found));
    }
    out
}

/// The schema of a property: its own, or that of all others; none where the schema has none for it.
pub fn property<'a>(schema: &'a Value, name: &str) -> Option<&'a Value> {
    let own = schema["properties"].get(name);
    own.or_else(|| Some(&schema["additionalProperties"]).filter(|more| more.is_object()))
}

/// Whether everything below is kept, known or not.
pub fn keeps(schema: &Value) -> bool {
    schema["x-kubernetes-preserve-unknown-fields"] == true
}

/// Whether a value is a null that the schema does not allow.
pub fn is_odd_null(value: &Value, schema: &Value) -> bool {
    value.is_null() && schema["nullable"] != true
}

/// Whether what stands here is an object with metadata of its own.
pub fn is_embedded(schema: &Value) -> bool {
    schema["x-kubernetes-embedded-resource"] == true
}
