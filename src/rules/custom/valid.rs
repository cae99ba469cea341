//! Whether a custom resource may be stored.
// upstream: staging/src/k8s.io/apiextensions-apiserver/pkg/registry/customresource/{strategy,validator,status_strategy}.go

use podarium_api::status::Cause;
use serde_json::{Value, json};

use super::{check, embedded, lists};
use crate::errors::Errors;
use crate::field::Field;

/// Causes that keep rules in CEL from being asked.
const BLOCKING: [&str; 5] = [
    "FieldValueNotSupported",
    "FieldValueRequired",
    "FieldValueTooLong",
    "FieldValueTooMany",
    "FieldValueTypeInvalid",
];

/// What is wrong with an object, beside its own metadata, that may take the place of `old` (null: it is new). `described` is
/// its version's description, with `subresource`: of a status, the status alone is judged.
pub fn valid(object: &Value, old: &Value, described: &Value) -> Value {
    let schema = &described["schema"];
    let of_status = described["subresource"] == "status";
    let mut errors = Errors::default();
    let before = Some(old).filter(|old| !old.is_null());
    let found = if of_status {
        let (own, schema) = (&object["status"], &schema["properties"]["status"]);
        match own.is_null() || schema.is_null() {
            true => Vec::new(),
            false => check::causes(schema, own, before.map(|old| &old["status"]), "status"),
        }
    } else {
        check::causes(schema, object, before, "")
    };
    found.into_iter().for_each(|cause| errors.push(cause));
    if !of_status {
        let path = described["scale"]["specReplicasPath"].as_str();
        replicas(object, path, &mut errors);
    }
    let path = described["scale"]["statusReplicasPath"].as_str();
    replicas(object, path, &mut errors);
    let root = Field::root(object);
    embedded::check(&root, schema, &mut errors);
    let twice = |object: &Field, errors: &mut Errors| lists::check(object, schema, errors);
    let mut known = Errors::default();
    if let Some(old) = before {
        twice(&Field::root(old), &mut known);
    }
    if known.is_empty() {
        twice(&root, &mut errors);
    }
    let causes = errors.into_causes();
    let rules = schema_has_rules(schema);
    let blocked = causes.iter().any(|cause| BLOCKING.contains(&cause.reason));
    let mut causes = causes;
    if rules && blocked {
        causes.push(Cause {
            reason: "FieldValueInvalid",
            field: "<nil>".into(),
            message: "Invalid value: null: some validation rules were not checked because the object was invalid; correct the existing errors to complete validation".into(),
        });
    }
    let causes = causes.into_iter();
    causes
        .map(|c| json!({"reason": c.reason, "field": c.field, "message": c.message}))
        .collect()
}

/// Whether a schema has rules in CEL somewhere.
fn schema_has_rules(schema: &Value) -> bool {
    match schema {
        Value::Object(fields) => fields.iter().any(|(name, value)| {
            name == "x-kubernetes-validations" && value.is_array() || schema_has_rules(value)
        }),
        Value::Array(all) => all.iter().any(schema_has_rules),
        _ => false,
    }
}

/// upstream: customResourceValidator.ValidateScaleSpec, ValidateScaleStatus
fn replicas(object: &Value, path: Option<&str>, errors: &mut Errors) {
    let Some(path) = path else { return };
    let mut value = object;
    for name in path.trim_start_matches('.').split('.') {
        value = &value[name];
    }
    let field = Field {
        value,
        path: path.into(),
    };
    match field.number() {
        Some(n) if n < 0 => errors.invalid(&field, "should be a non-negative integer"),
        Some(n) if n > i64::from(i32::MAX) => {
            errors.invalid(&field, "should be less than or equal to 2147483647");
        }
        _ => {}
    }
}
