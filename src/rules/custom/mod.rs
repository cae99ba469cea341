//! Custom resources: what their definitions say of them, and what becomes of it.

pub mod approval;
pub mod check;
mod coerce;
mod default;
mod define;
mod embedded;
mod formats;
mod lists;
pub mod pattern;
pub mod prune;
mod scale;
pub mod schema;
#[cfg(test)]
mod tests;
mod valid;

pub use coerce::{coerce, seen};
pub use define::define;
pub use scale::scale;
pub use valid::valid;

use serde_json::{Value, json};

/// The items of a list; none of what is no list.
fn items(list: &Value) -> &[Value] {
    list.as_array().map_or(&[], Vec::as_slice)
}

/// The condition of a definition.
fn condition<'a>(definition: &'a Value, kind: &str) -> Option<&'a Value> {
    let mut all = items(&definition["status"]["conditions"]).iter();
    all.find(|condition| condition["type"] == kind)
}

fn holds(definition: &Value, kind: &str) -> bool {
    condition(definition, kind).is_some_and(|condition| condition["status"] == "True")
}

/// Whether a definition's kind has been served once.
pub fn is_established(definition: &Value) -> bool {
    holds(definition, "Established")
}

/// What a definition says of a version; null where that is not served. Without a version, of all that are, the best first.
///
/// `{group, version, kind, listKind, plural, singular, namespaced, status, scale, schema, kept, columns, fields, deprecated,
/// terminating}`, where `kept` is the schema of the version that is stored, `scale` is null or says the paths, and `deprecated` is null or what its clients are told.
// upstream: staging/src/k8s.io/apiextensions-apiserver/pkg/apiserver/customresource_handler.go ServeHTTP
pub fn describe(definition: &Value, version: &Value) -> Value {
    let spec = &definition["spec"];
    if version.is_null() {
        let served = items(&spec["versions"])
            .iter()
            .filter(|v| v["served"] == true);
        let mut names: Vec<&Value> = served.map(|v| &v["name"]).collect();
        let text = |name: &Value| name.as_str().unwrap_or_default().to_owned();
        names.sort_by(|a, b| crate::discovery::compare_versions(&text(b), &text(a)));
        let each = names.into_iter().map(|name| describe(definition, name));
        return each.filter(|described| !described.is_null()).collect();
    }
    let mut served = items(&spec["versions"])
        .iter()
        .filter(|v| v["served"] == true);
    let Some(own) = served.find(|v| v["name"] == *version) else {
        return Value::Null;
    };
    if !holds(definition, "NamesAccepted") && !is_established(definition) {
        return Value::Null;
    }
    let (names, parts) = (&definition["status"]["acceptedNames"], &own["subresources"]);
    let fields = items(&own["selectableFields"]).iter();
    let fields = fields.filter_map(|field| field["jsonPath"].as_str()?.strip_prefix('.'));
    let kept = items(&spec["versions"])
        .iter()
        .find(|v| v["storage"] == true);
    json!({
        "group": spec["group"], "version": version, "namespaced": spec["scope"] == "Namespaced",
        "kind": names["kind"], "listKind": names["listKind"], "plural": names["plural"], "singular": names["singular"],
        "status": !parts["status"].is_null(), "scale": parts["scale"],
        "schema": own["schema"]["openAPIV3Schema"],
        "kept": kept.map(|v| &v["schema"]["openAPIV3Schema"]),
        "columns": items(&own["additionalPrinterColumns"]),
        "fields": fields.collect::<Vec<_>>(),
        "deprecated": deprecated(spec, own),
        "terminating": holds(definition, "Terminating"),
    })
}

/// What clients of a deprecated version are told.
///
/// upstream: customresource_handler.go getOrCreateServingInfoFor; deprecation is told of the newest version that is not
fn deprecated(spec: &Value, own: &Value) -> Value {
    if own["deprecated"] != true {
        return Value::Null;
    }
    if own["deprecationWarning"].is_string() {
        return own["deprecationWarning"].clone();
    }
    let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
    let (group, kind) = (text(&spec["group"]), text(&spec["names"]["kind"]));
    let version = text(&own["name"]);
    let mut better: Vec<String> = items(&spec["versions"])
        .iter()
        .filter(|v| v["served"] == true && v["deprecated"] != true)
        .map(|v| text(&v["name"]))
        .filter(|name| crate::discovery::compare_versions(name, &version).is_gt())
        .collect();
    better.sort_by(|a, b| crate::discovery::compare_versions(b, a));
    let told = format!("{group}/{version} {kind} is deprecated");
    match better.first() {
        Some(name) => format!("{told}; use {group}/{name} {kind}").into(),
        None => told.into(),
    }
}
