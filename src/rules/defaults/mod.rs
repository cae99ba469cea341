//! Defaults: what a field that was not given is taken to be. One file per group of kinds.

pub mod admission;
pub mod apps;
pub mod autoscaling;
pub mod batch;
mod container;
pub mod core;
pub mod extensions;
pub mod flowcontrol;
pub mod networking;
pub mod pod;
pub mod rbac;
pub mod resource;
pub mod scheduling;
pub mod service;
pub mod storage;
mod volume;
pub mod workload;

use serde_json::{Map, Value};

use crate::{canonical, kinds};

/// The fields of an object, or of a part of one.
pub type Fields = Map<String, Value>;

/// Fills in the defaults of an object that carries its `apiVersion` and `kind`.
pub fn apply(mut object: Value) -> Value {
    let row = kinds::row(&object);
    let text = |field: &str| object[field].as_str().unwrap_or_default().to_owned();
    let (version, kind) = (text("apiVersion"), text("kind"));
    if let Value::Object(fields) = &mut object {
        canonical::object(&version, &kind, fields);
        (row.defaults)(fields);
    }
    object
}

/// Sets a field that is not there or null.
pub fn default(fields: &mut Fields, name: &str, value: impl Into<Value>) {
    if fields.get(name).is_none_or(Value::is_null) {
        fields.insert(name.into(), value.into());
    }
}

/// Sets a text that is not there or empty.
pub fn text(fields: &mut Fields, name: &str, value: &str) {
    if said(fields, name).is_empty() {
        fields.insert(name.into(), value.into());
    }
}

/// The text of a field; empty where there is none.
pub fn said<'a>(fields: &'a Fields, name: &str) -> &'a str {
    fields.get(name).and_then(Value::as_str).unwrap_or_default()
}

/// Whether a field is there.
pub fn has(fields: &Fields, name: &str) -> bool {
    fields.get(name).is_some_and(|v| !v.is_null())
}

/// An object below, if it is there.
pub fn below<'a>(fields: &'a mut Fields, name: &str) -> Option<&'a mut Fields> {
    fields.get_mut(name)?.as_object_mut()
}

/// An object below, made if it is not there.
pub fn made<'a>(fields: &'a mut Fields, name: &str) -> &'a mut Fields {
    let value = fields.entry(name).or_insert(Value::Null);
    if !value.is_object() {
        *value = Value::Object(Map::new());
    }
    value.as_object_mut().expect("it was made an object")
}

/// The objects of a list below.
pub fn each<'a>(fields: &'a mut Fields, name: &str) -> impl Iterator<Item = &'a mut Fields> {
    let items = fields.get_mut(name).and_then(Value::as_array_mut);
    items.into_iter().flatten().filter_map(Value::as_object_mut)
}
