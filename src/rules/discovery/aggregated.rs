//! Discovery of everything in one document, as clients since 1.26 ask for it.
// upstream: staging/src/k8s.io/apiserver/pkg/endpoints/discovery/aggregated/handler.go

use serde_json::{Value, json};

use super::plain::Part;
use super::row::Row;

/// The version of the document that the first acceptable media type asks for; none for the plain document.
///
/// upstream: staging/src/k8s.io/apiserver/pkg/endpoints/handlers/negotiation/negotiate.go NegotiateMediaTypeOptions
pub fn wanted(accept: &str) -> Option<&'static str> {
    for media in accept.split(',') {
        let mut parts = media.split(';').map(str::trim);
        let kind = parts.next().unwrap_or_default();
        if !["application/json", "application/*", "*/*"].contains(&kind) {
            continue;
        }
        let (mut group, mut version, mut list) = ("", "", "");
        for part in parts {
            match part.split_once('=') {
                Some(("g", value)) => group = value,
                Some(("v", value)) => version = value,
                Some(("as", value)) => list = value,
                _ => {}
            }
        }
        match (group, version, list) {
            ("", "", "") => return None,
            ("apidiscovery.k8s.io", "v2", "APIGroupDiscoveryList") => return Some("v2"),
            ("apidiscovery.k8s.io", "v2beta1", "APIGroupDiscoveryList") => return Some("v2beta1"),
            _ => {}
        }
    }
    None
}

/// A version of a group, and its rows.
type Version<'a> = (&'a str, Vec<&'a Row>);

/// The list of the core group, or of all others.
pub fn list(rows: &[Row], core: bool, version: &str) -> Value {
    let mut groups: Vec<(&str, Vec<Version>)> = Vec::new();
    for row in rows.iter().filter(|row| row.group.is_empty() == core) {
        let at = match groups.iter().position(|(name, _)| *name == row.group) {
            Some(at) => at,
            None => {
                groups.push((&row.group, Vec::new()));
                groups.len() - 1
            }
        };
        let versions = &mut groups[at].1;
        match versions.iter_mut().find(|(name, _)| *name == row.version) {
            Some((_, rows)) => rows.push(row),
            None => versions.push((&row.version, vec![row])),
        }
    }
    let items: Vec<Value> = groups.into_iter().map(group).collect();
    json!({
        "kind": "APIGroupDiscoveryList", "apiVersion": format!("apidiscovery.k8s.io/{version}"), "metadata": {},
        "items": items,
    })
}

fn group((name, versions): (&str, Vec<Version>)) -> Value {
    let version = |(name, mut rows): Version| {
        rows.sort_by(|a, b| a.plural.cmp(&b.plural));
        let resources: Vec<Value> = rows.into_iter().map(resource).collect();
        json!({"version": name, "freshness": "Current", "resources": resources})
    };
    let versions: Vec<Value> = versions.into_iter().map(version).collect();
    let mut metadata = json!({});
    if !name.is_empty() {
        metadata["name"] = name.into();
    }
    json!({"metadata": metadata, "versions": versions})
}

fn resource(row: &Row) -> Value {
    // Built-in kinds leave the group and version to be the list's; definitions name them.
    let (group, version) = if row.custom {
        (row.group.as_str(), row.version.as_str())
    } else {
        ("", "")
    };
    let kind = |group: &str, version: &str, kind: &str| json!({"group": group, "version": version, "kind": kind});
    let mut value = json!({
        "resource": row.plural, "singularResource": row.singular, "verbs": row.verbs,
        "scope": if row.namespaced { "Namespaced" } else { "Cluster" },
        "responseKind": kind(group, version, &row.kind),
    });
    for (key, list) in [
        ("shortNames", &row.short_names),
        ("categories", &row.categories),
    ] {
        if !list.is_empty() {
            value[key] = list.clone().into();
        }
    }
    let parts = row.subresources.iter().map(|sub| {
        let part = Part::of(&row.kind, sub);
        let own = part.version.is_empty();
        let (group, version) = if own { (group, version) } else { (part.group, part.version) };
        json!({"subresource": sub, "responseKind": kind(group, version, part.kind), "verbs": part.verbs})
    });
    let parts: Vec<Value> = parts.collect();
    if !parts.is_empty() {
        value["subresources"] = parts.into();
    }
    value
}
