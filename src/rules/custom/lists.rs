//! Lists whose items are told apart: none may be there twice.
// upstream: staging/src/k8s.io/apiextensions-apiserver/pkg/apiserver/schema/listtype/validation.go ValidateListSetsAndMaps

use serde_json::{Map, Value};

use super::items;
use super::schema::property;
use crate::errors::Errors;
use crate::field::Field;

/// What is there twice below a value.
pub fn check(value: &Field, schema: &Value, errors: &mut Errors) {
    match value.value {
        Value::Object(fields) => {
            for name in fields.keys() {
                if let Some(inner) = property(schema, name) {
                    check(&value.get(name), inner, errors);
                }
            }
        }
        Value::Array(_) => {
            match schema["x-kubernetes-list-type"].as_str() {
                Some("set") => twice(value, |item| Some(item.value.clone()), errors),
                Some("map") => {
                    let keys = items(&schema["x-kubernetes-list-map-keys"]);
                    twice(value, |item| by_keys(item.value, keys), errors);
                }
                _ => {}
            }
            value
                .items()
                .for_each(|item| check(&item, &schema["items"], errors));
        }
        _ => {}
    }
}

fn by_keys(item: &Value, keys: &[Value]) -> Option<Value> {
    let fields = item.as_object()?;
    let mut own = Map::new();
    for key in keys.iter().filter_map(Value::as_str) {
        if let Some(value) = fields.get(key) {
            own.insert(key.into(), value.clone());
        }
    }
    Some(Value::Object(own))
}

fn twice(list: &Field, name: impl Fn(&Field) -> Option<Value>, errors: &mut Errors) {
    let (mut seen, mut told): (Vec<Value>, Vec<Value>) = (Vec::new(), Vec::new());
    for item in list.items() {
        let Some(name) = name(&item) else {
            let why = "must be an object for an array of list-type map";
            errors.invalid(&item, why);
            continue;
        };
        if seen.contains(&name) && !told.contains(&name) {
            errors.duplicate(&Field {
                value: &name,
                path: item.path,
            });
            told.push(name);
        } else {
            seen.push(name);
        }
    }
}
