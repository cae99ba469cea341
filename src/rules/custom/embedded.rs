//! Objects inside of custom resources: they have names, kinds and metadata as all objects do.
// upstream: staging/src/k8s.io/apiextensions-apiserver/pkg/apiserver/schema/objectmeta/algorithm.go, validation.go

use podarium_api::names::dns1123_subdomain_error;
use serde_json::Value;

use super::coerce::metadata;
use super::schema::{is_embedded, property};
use crate::errors::Errors;
use crate::field::Field;

/// Holds the metadata of all objects inside a value against its type.
///
/// # Errors
/// The sentence for a wrong type.
pub fn coerce(
    value: &mut Value,
    schema: &Value,
    path: &str,
    unknown: &mut Vec<String>,
) -> Result<(), String> {
    if is_embedded(schema) {
        let found = metadata(value).map_err(|text| format!("{path}.metadata: {text}"))?;
        let within = |text: String| text.replacen('"', &format!("\"{path}."), 1);
        unknown.extend(found.into_iter().map(within));
    }
    match value {
        Value::Object(fields) => {
            for (name, value) in fields {
                if let Some(inner) = property(schema, name) {
                    let path = match path {
                        "" => name.clone(),
                        path => [path, ".", name].concat(),
                    };
                    coerce(value, inner, &path, unknown)?;
                }
            }
        }
        Value::Array(items) => {
            for (i, item) in items.iter_mut().enumerate() {
                coerce(item, &schema["items"], &format!("{path}[{i}]"), unknown)?;
            }
        }
        _ => {}
    }
    Ok(())
}

/// What is wrong with the objects inside a value.
pub fn check(value: &Field, schema: &Value, errors: &mut Errors) {
    if is_embedded(schema) && value.value.is_object() {
        version(&value.get("apiVersion"), errors);
        let kind = value.get("kind");
        if errors.needed(&kind) {
            let lower = kind.text().to_lowercase();
            if let Some(why) = podarium_api::names::dns1035_label_error(&lower) {
                let why = ["may have mixed case, but should otherwise match: ", &why].concat();
                errors.invalid(&kind, &why);
            }
        }
        let meta = value.get("metadata");
        errors.labels(&meta.get("labels"));
        errors.annotations(&meta.get("annotations"));
        let name = meta.get("name");
        if !name.is_empty() {
            errors.named(&name, dns1123_subdomain_error);
        }
    }
    match value.value {
        Value::Object(fields) => {
            for name in fields.keys() {
                if let Some(inner) = property(schema, name) {
                    check(&value.get(name), inner, errors);
                }
            }
        }
        Value::Array(_) => value
            .items()
            .for_each(|item| check(&item, &schema["items"], errors)),
        _ => {}
    }
}

fn version(field: &Field, errors: &mut Errors) {
    if !errors.needed(field) {
        return;
    }
    if let Err(why) = crate::text::group_version(field.text()) {
        errors.invalid(field, &why);
    }
}
