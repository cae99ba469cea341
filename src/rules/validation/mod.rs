//! Validation: what is refused, in upstream's words. One file per group of kinds. Metadata is the core's to look at.

mod scheduling;

use serde_json::Value;

use crate::field::{Errors, Field};

/// What is wrong with a new object that carries its `apiVersion` and `kind`.
pub fn create(object: &Value) -> Errors {
    let mut errors = Errors::default();
    let field = Field::root(object);
    if named(object) == ("scheduling.k8s.io/v1", "PriorityClass") {
        scheduling::priority_class(&field, &mut errors);
    }
    errors
}

/// What is wrong with an object that is to take the place of `old`.
pub fn update(object: &Value, old: &Value) -> Errors {
    let mut errors = Errors::default();
    let (field, old) = (Field::root(object), Field::root(old));
    if named(object) == ("scheduling.k8s.io/v1", "PriorityClass") {
        scheduling::priority_class_update(&field, &old, &mut errors);
    }
    errors
}

fn named(object: &Value) -> (&str, &str) {
    let text = |field: &str| object[field].as_str().unwrap_or_default();
    (text("apiVersion"), text("kind"))
}
