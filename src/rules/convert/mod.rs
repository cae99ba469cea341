//! Versions: kinds that are served in several are stored in one, and become another at the API's edge.

mod event;
mod hpa;

use serde_json::{Map, Value};

/// An object in the version that `to` says; unchanged where it is in it, or where no other is known.
// upstream: pkg/apis/*/*/conversion.go
pub fn convert(object: &Value, to: &Value) -> Value {
    let (from, kind) = (&object["apiVersion"], object["kind"].as_str());
    if from == to {
        return object.clone();
    }
    let mut out = object.clone();
    let Value::Object(fields) = &mut out else {
        return out;
    };
    match (kind, to.as_str()) {
        (Some("HorizontalPodAutoscaler"), Some("autoscaling/v1")) => hpa::to_v1(fields),
        (Some("HorizontalPodAutoscaler"), Some("autoscaling/v2")) => hpa::to_v2(fields),
        (Some("Event"), Some("events.k8s.io/v1")) => event::to_new(fields),
        (Some("Event"), Some("v1")) => event::to_core(fields),
        _ => {}
    }
    fields.insert("apiVersion".into(), to.clone());
    out
}

/// Gives a field another name.
fn rename(fields: &mut Map<String, Value>, from: &str, to: &str) {
    if let Some(value) = fields.remove(from) {
        fields.insert(to.into(), value);
    }
}
