//! What is refused of the kinds that the core has types for, each with upstream's sentence: tables of edits.

mod config;
mod containers;
mod meta;
mod network;
mod nodes;
mod pods;
mod security;
mod updates;
mod volumes;
mod warnings;
mod workloads;

use expect_test::Expect;
use podarium_api::kinds;
use podarium_api::object::Object;
use podarium_api::status::Status;
use serde_json::{Value, json};

use super::{defaults, rules, validation};
use crate::sim::{Actor, User};

fn person() -> Actor {
    Actor::User(User::admin())
}

fn object(value: &Value) -> Object {
    let text = |field: &str| value[field].as_str().unwrap();
    let kind = kinds::by_gvk(text("apiVersion"), text("kind")).unwrap();
    let mut object = Object::from_value(kind.id, value.clone()).unwrap();
    defaults::apply(&mut object).unwrap();
    if let Object::Pod(pod) = &mut object {
        let pod = std::sync::Arc::make_mut(pod);
        defaults::pod(std::sync::Arc::make_mut(&mut pod.body.spec));
    }
    object
}

/// Sets the fields at these paths (`spec.ports.0.port`), or removes those that are set to null. A tilde stands for a dot in
/// a name; what is missing on the way is made.
fn edited(good: &Value, edits: &Value) -> Value {
    let mut value = good.clone();
    for (path, new) in edits.as_object().unwrap() {
        let (above, last) = path.rsplit_once('.').unwrap_or(("", path));
        let parts = above.split('.').filter(|part| !part.is_empty());
        let at = parts.fold(&mut value, step);
        match at {
            Value::Object(fields) if new.is_null() => drop(fields.remove(last)),
            at => *step(at, last) = new.clone(),
        }
    }
    value
}

fn step<'a>(at: &'a mut Value, part: &str) -> &'a mut Value {
    match (at, part.parse::<usize>()) {
        (Value::Array(items), Ok(index)) => {
            if index == items.len() {
                items.push(Value::Null);
            }
            &mut items[index]
        }
        (at, _) => &mut at[part.replace('~', ".")],
    }
}

fn told(text: &mut String, edit: &Value, result: Result<(), Status>) {
    text.push_str(&format!("{edit}\n"));
    for cause in result.err().into_iter().flat_map(|status| status.causes) {
        for (i, line) in format!("{}: {}", cause.field, cause.message)
            .lines()
            .enumerate()
        {
            let indent = if i == 0 { "  " } else { "    " };
            text.push_str(&format!("{indent}{line}\n"));
        }
    }
}

/// Each edit of a good object on a line, and below it what is wrong with the object when it is new.
fn creates(good: &Value, edits: &[Value], expected: Expect) {
    let mut text = String::new();
    for edit in edits {
        let object = object(&edited(good, edit));
        told(
            &mut text,
            edit,
            validation::create(&person(), &object, false),
        );
    }
    expected.assert_eq(text.trim_end());
}

/// Each edit of a good object on a line, and below it what is wrong when the edited one takes its place.
fn updates(good: &Value, edits: &[Value], expected: Expect) {
    let old = object(good);
    assert_eq!(validation::create(&person(), &old, false), Ok(()));
    let mut text = String::new();
    for edit in edits {
        let new = object(&edited(&old.to_value(), edit));
        told(&mut text, edit, validation::update(&person(), &new, &old));
    }
    expected.assert_eq(text.trim_end());
}

/// Each edit of a good object on a line, and below it the warnings of creating it.
fn warned(good: &Value, edits: &[Value], expected: Expect) {
    let mut text = String::new();
    for edit in edits {
        let object = object(&edited(good, edit));
        text.push_str(&format!("{edit}\n"));
        for line in rules::warnings(&object.to_value(), None) {
            text.push_str(&format!("  {line}\n"));
        }
    }
    expected.assert_eq(text.trim_end());
}

/// A pod with one container.
fn pod() -> Value {
    json!({
        "apiVersion": "v1", "kind": "Pod", "metadata": {"name": "p", "namespace": "default"},
        "spec": {"containers": [{"name": "web", "image": "nginx:1"}]},
    })
}

fn deployment() -> Value {
    json!({
        "apiVersion": "apps/v1", "kind": "Deployment", "metadata": {"name": "web", "namespace": "default"},
        "spec": {
            "replicas": 2, "selector": {"matchLabels": {"app": "web"}}, "strategy": {},
            "template": {
                "metadata": {"labels": {"app": "web"}},
                "spec": {"containers": [{"name": "web", "image": "nginx:1"}]},
            },
        },
    })
}
