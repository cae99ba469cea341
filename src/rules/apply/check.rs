//! Whether an applied object fits its type at all.
// upstream: structured-merge-diff typed/validate.go

use std::collections::BTreeSet;

use serde_json::Value;

use super::element;
use super::shape::{Node, Scalar, Spot};
use crate::words::go;

/// What is wrong with a value, as `path: sentence`. `lenient` lets items of a list be there twice, as in what is stored.
pub fn check(spot: Spot, value: &Value, lenient: bool) -> Vec<String> {
    let mut errors = Vec::new();
    walk(spot, value, "", lenient, &mut errors);
    errors
}

/// The errors as upstream prints them together.
// upstream: typed/helpers.go ValidationErrors.Error
pub fn sentence(errors: &[String]) -> String {
    match errors {
        [one] => one.clone(),
        many => {
            let each: Vec<String> = many.iter().map(|e| format!("\n  {e}")).collect();
            ["errors:", &each.concat()].concat()
        }
    }
}

fn walk(spot: Spot, value: &Value, path: &str, lenient: bool, errors: &mut Vec<String>) {
    let mut wrong = |what: String| errors.push([path, ": ", &what].concat());
    match (spot.node(value), value) {
        (_, Value::Null) => {}
        (Node::Scalar(scalar), value) => {
            if let Some(what) = misfit(scalar, value) {
                wrong(what);
            }
        }
        (Node::Map(_), Value::Object(fields)) => {
            for (name, value) in fields {
                let path = [path, ".", name].concat();
                match spot.under(name) {
                    Some((spot, _)) => walk(spot, value, &path, lenient, errors),
                    None => errors.push([&path, ": field not declared in schema"].concat()),
                }
            }
        }
        (Node::Map(_), value) => wrong(format!("expected map, got &{{{}}}", go(value))),
        (Node::List(items, item), Value::Array(values)) => {
            let mut seen = BTreeSet::new();
            for (i, value) in values.iter().enumerate() {
                let place = match element::item(items, item, value) {
                    _ if matches!(items, super::shape::Items::Atomic) => format!("i:{i}"),
                    Ok(element) => {
                        if !seen.insert(element.clone()) && !lenient {
                            let key = element::spelled(&element);
                            errors.push(format!("{path}: duplicate entries for key {key}"));
                        }
                        element
                    }
                    Err(why) => {
                        errors.push(format!("{path}: element {i}: {why}"));
                        continue;
                    }
                };
                let path = [path, &element::spelled(&place)].concat();
                walk(item, value, &path, lenient, errors);
            }
        }
        (Node::List(..), value) => wrong(format!("expected list, got &{{{}}}", go(value))),
    }
}

// upstream: typed/validate.go validateScalar
fn misfit(scalar: Scalar, value: &Value) -> Option<String> {
    let fits = match scalar {
        Scalar::Text => value.is_string(),
        Scalar::Number => value.is_number(),
        Scalar::Bool => value.is_boolean(),
        Scalar::Any => !value.is_object() && !value.is_array(),
    };
    let what = || match scalar {
        Scalar::Text => format!(
            "expected string, got &value.valueUnstructured{{Value:{}}}",
            crate::words::go_syntax(value)
        ),
        Scalar::Number => {
            let word = match value {
                Value::Bool(_) => "bool",
                Value::String(_) => "string",
                Value::Array(_) => "[]interface {}",
                _ => "map[string]interface {}",
            };
            format!("expected numeric (int or float), got {word}")
        }
        Scalar::Bool => format!("expected boolean, got &{{{}}}", go(value)),
        Scalar::Any => format!("expected any scalar, got &{{{}}}", go(value)),
    };
    (!fits).then(what)
}

#[cfg(test)]
mod tests {
    use super::*;
    use podarium_api::schema::schema;
    use serde_json::json;

    #[test]
    fn an_applied_object_must_fit_its_type() {
        let spec = |spec: Value| {
            let spot = Spot::Object(schema().named("Deployment").unwrap());
            sentence(&check(spot, &json!({"spec": spec}), false))
        };
        for (value, errors) in [
            (json!({"replicas": 3}), "errors:"),
            (json!({"replicas": null}), "errors:"),
            (
                json!({"replcas": 3}),
                ".spec.replcas: field not declared in schema",
            ),
            (
                json!({"replicas": "3", "foo": 1}),
                "errors:\n  .spec.foo: field not declared in schema\n  .spec.replicas: expected numeric (int or float), got string",
            ),
            (
                json!({"paused": "yes"}),
                ".spec.paused: expected boolean, got &{yes}",
            ),
            (
                json!({"template": 7}),
                ".spec.template: expected map, got &{7}",
            ),
            (
                json!({"template": {"spec": {"containers": [{"name": "a", "env": [{"name": "A", "value": 8080}]}]}}}),
                r#".spec.template.spec.containers[name="a"].env[name="A"].value: expected string, got &value.valueUnstructured{Value:8080}"#,
            ),
            (
                json!({"template": {"spec": {"containers": [{"name": "a"}, {"name": "a"}]}}}),
                r#".spec.template.spec.containers: duplicate entries for key [name="a"]"#,
            ),
            (
                json!({"template": {"spec": {"containers": {"name": "a"}}}}),
                ".spec.template.spec.containers: expected list, got &{map[name:a]}",
            ),
            (
                json!({"strategy": {"rollingUpdate": {"maxSurge": "25%", "maxUnavailable": 1}}}),
                "errors:",
            ),
        ] {
            assert_eq!(spec(value), errors);
        }
    }
}
