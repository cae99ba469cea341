//! What admission plugins say of objects. One file per plugin; the core says which plugin is asked, and what else it knows.

mod pod_security;
mod runtime_class;
mod service_account;

use serde_json::{Value, json};

use crate::errors::Errors;

/// A write, as its plugin is asked about it.
struct Asked<'a> {
    /// `Create`, `Update`, `Delete` or `Connect`.
    operation: &'a str,
    /// `ephemeralcontainers`, `resize` …; empty for the object itself.
    subresource: &'a str,
    /// What the plugin must know beside the object; what it is depends on the plugin.
    known: &'a Value,
    /// The object.
    object: &'a Value,
    /// The one that it replaces; null where there is none.
    old: &'a Value,
}

/// What a plugin says.
#[derive(Default)]
struct Answer {
    /// The object as the plugin would have it.
    object: Option<Value>,
    /// For the person who asks.
    warnings: Vec<String>,
    /// For the record.
    audit: Vec<String>,
    /// What of the object makes it invalid.
    causes: Errors,
}

/// Asks a plugin: `asked` is `{plugin, operation, subresource, known}`; the answer is `{object, warnings, audit, causes,
/// forbidden}`, whatever of it there is.
///
/// # Panics
/// On a plugin that does not exist: asked by the core alone, of rules of the same build.
pub fn admit(asked: &Value, object: &Value, old: &Value) -> Value {
    let text = |field: &str| asked[field].as_str().unwrap_or_default();
    let plugin = text("plugin");
    let asked = Asked {
        operation: text("operation"),
        subresource: text("subresource"),
        known: &asked["known"],
        object,
        old,
    };
    let mut answer = Answer::default();
    let outcome = match plugin {
        "PodSecurity" => pod_security::validate(&asked, &mut answer),
        "RuntimeClass" => runtime_class::admit(&asked, &mut answer),
        "ServiceAccount" => service_account::validate(&asked),
        other => panic!("no admission plugin is called {other:?}"),
    };
    let mut out = json!({"warnings": answer.warnings, "audit": answer.audit});
    if let Some(object) = answer.object.take() {
        out["object"] = object;
    }
    if !answer.causes.is_empty() {
        out["causes"] = answer.causes.into_value();
    }
    if let Err(text) = outcome {
        out["forbidden"] = text.into();
    }
    out
}

/// The items of a list; none where there is no list.
fn items(list: &Value) -> &[Value] {
    list.as_array().map_or(&[], Vec::as_slice)
}

/// The text; empty where there is none.
fn text(value: &Value) -> &str {
    value.as_str().unwrap_or_default()
}
