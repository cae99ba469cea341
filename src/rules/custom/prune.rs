//! Dropping what a schema does not know.
// upstream: staging/src/k8s.io/apiextensions-apiserver/pkg/apiserver/schema/pruning/algorithm.go

use serde_json::Value;

use super::schema::{is_embedded, keeps, property};

/// What every object has beside what its schema says.
const META: [&str; 3] = ["apiVersion", "kind", "metadata"];

/// Drops from a value what the schema does not know, and says where it stood. `root` is whether the value is an object as
/// a whole.
pub fn prune(value: &mut Value, schema: &Value, root: bool) -> Vec<String> {
    let mut unknown = Vec::new();
    walk(value, schema, root, "", &mut unknown);
    unknown.sort();
    unknown
}

fn walk(value: &mut Value, schema: &Value, root: bool, path: &str, unknown: &mut Vec<String>) {
    let meta = |name: &str| (root || is_embedded(schema)) && META.contains(&name);
    match value {
        Value::Object(fields) => {
            let keeps = keeps(schema) || schema["additionalProperties"] == true;
            fields.retain(|name, value| {
                let place = match path {
                    "" => name.clone(),
                    path => [path, ".", name].concat(),
                };
                if meta(name) {
                    return true;
                }
                match property(schema, name) {
                    Some(inner) => walk(value, inner, false, &place, unknown),
                    // What is kept unknown may have known things in it no more.
                    None if keeps => {}
                    None => {
                        unknown.push(place);
                        return false;
                    }
                }
                true
            });
        }
        Value::Array(items) => {
            for (i, item) in items.iter_mut().enumerate() {
                let place = format!("{path}[{i}]");
                walk(item, &schema["items"], false, &place, unknown);
            }
        }
        _ => {}
    }
}
