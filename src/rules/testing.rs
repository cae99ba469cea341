//! What the tests of many kinds share: editing a good object, and reading what is said of it.

use expect_test::Expect;
use serde_json::{Value, json};

use crate::{defaults, prepare, validation, warnings};

/// Sets the fields at these paths (`spec.ports.0.port`), or removes those that are set to null. What is missing on the
/// way is made.
pub fn edited(good: &Value, edits: &Value) -> Value {
    let mut value = good.clone();
    for (path, new) in edits.as_object().unwrap() {
        let mut at = &mut value;
        let parts: Vec<&str> = path.split('.').collect();
        let (last, above) = parts.split_last().unwrap();
        for part in above {
            at = step(at, part);
        }
        match at {
            Value::Object(fields) if new.is_null() => drop(fields.remove(*last)),
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
        // A tilde stands for a dot in a name.
        (at, _) => &mut at[part.replace('~', ".")],
    }
}

/// The object with its defaults. A pod template of another kind than pods need not say what runs in it.
fn complete(mut object: Value) -> Value {
    for path in [
        "/template",
        "/spec/template",
        "/spec/jobTemplate/spec/template",
    ] {
        let Some(template) = object.pointer_mut(path).filter(|t| t.is_object()) else {
            continue;
        };
        let containers = &mut template["spec"]["containers"];
        if containers.is_null() {
            *containers = json!([{"name": "a", "image": "b"}]);
        }
        for container in containers.as_array_mut().unwrap() {
            if container["image"].is_null() {
                container["image"] = "b".into();
            }
        }
    }
    defaults::apply(object)
}

/// Each edit of a good object on a line, and below it what is wrong with the object when it is new.
pub fn creates(good: &Value, edits: &[Value], expected: Expect) {
    let mut text = String::new();
    for edit in edits {
        let object = prepare::create(complete(edited(good, edit)));
        told(&mut text, edit, &validation::create(&object).lines());
    }
    expected.assert_eq(text.trim_end());
}

/// Each edit of a good object on a line, and below it what is wrong when the edited one takes its place.
pub fn updates(good: &Value, edits: &[Value], expected: Expect) {
    let old = prepare::create(complete(good.clone()));
    let mut text = String::new();
    for edit in edits {
        let new = prepare::update(complete(edited(&old, edit)), &old);
        told(&mut text, edit, &validation::update(&new, &old).lines());
    }
    expected.assert_eq(text.trim_end());
}

/// Each edit of a good object on a line, and below it the warnings of creating it.
pub fn warned(good: &Value, edits: &[Value], expected: Expect) {
    let mut text = String::new();
    for edit in edits {
        let object = prepare::create(complete(edited(good, edit)));
        told(&mut text, edit, &warnings::of(&object, None).join("\n"));
    }
    expected.assert_eq(text.trim_end());
}

/// The object with its defaults, or one part of it.
pub fn defaulted(object: &Value, path: &str, expected: Expect) {
    let mut value = &defaults::apply(object.clone());
    for part in path.split('.').filter(|p| !p.is_empty()) {
        value = &value[part];
    }
    expected.assert_eq(&value.to_string());
}

fn told(text: &mut String, edit: &Value, lines: &str) {
    text.push_str(&format!("{edit}\n"));
    // Empty lines stay empty: expected texts know no spaces at the end of a line.
    for line in lines.lines() {
        text.push_str(format!("  {line}").trim_end());
        text.push('\n');
    }
}
