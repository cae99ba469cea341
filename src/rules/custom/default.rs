//! Filling in what a schema says of fields that were not given.
// upstream: staging/src/k8s.io/apiextensions-apiserver/pkg/apiserver/schema/defaulting/algorithm.go, prunenulls.go

use serde_json::Value;

use super::schema::{is_odd_null, property};

/// Fills in defaults; nulls that may not be are as good as nothing.
pub fn fill(value: &mut Value, schema: &Value) {
    match value {
        Value::Object(fields) => {
            let known = schema["properties"].as_object().into_iter().flatten();
            for (name, inner) in known {
                let missing = match fields.get(name) {
                    None => true,
                    Some(value) => is_odd_null(value, inner),
                };
                match inner.get("default").filter(|default| !default.is_null()) {
                    Some(default) if missing => {
                        fields.insert(name.clone(), default.clone());
                    }
                    None if missing => drop(fields.remove(name)),
                    _ => {}
                }
            }
            for (name, value) in fields {
                if let Some(inner) = property(schema, name) {
                    one(value, inner);
                }
            }
        }
        Value::Array(items) => items
            .iter_mut()
            .for_each(|item| one(item, &schema["items"])),
        _ => {}
    }
}

fn one(value: &mut Value, schema: &Value) {
    if is_odd_null(value, schema)
        && let Some(default) = schema.get("default")
    {
        *value = default.clone();
    }
    fill(value, schema);
}
