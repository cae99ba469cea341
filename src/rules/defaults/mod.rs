//! Defaults: what a field that was not given is taken to be. One file per group of kinds.

mod scheduling;

use serde_json::{Map, Value};

/// Fills in the defaults of an object that carries its `apiVersion` and `kind`.
pub fn apply(mut object: Value) -> Value {
    let text = |field: &str| object[field].as_str().unwrap_or_default().to_owned();
    let (version, kind) = (text("apiVersion"), text("kind"));
    if let Value::Object(fields) = &mut object
        && (version.as_str(), kind.as_str()) == ("scheduling.k8s.io/v1", "PriorityClass")
    {
        scheduling::priority_class(fields);
    }
    object
}

/// Sets a field that is not there or null.
fn default(fields: &mut Map<String, Value>, name: &str, value: impl Into<Value>) {
    if fields.get(name).is_none_or(Value::is_null) {
        fields.insert(name.into(), value.into());
    }
}
