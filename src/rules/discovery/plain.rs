//! Discovery as it was from the beginning: versions, groups, and the resources of one version.

use serde_json::{Value, json};

use super::row::Row;

/// `/api`
///
/// upstream: staging/src/k8s.io/apiserver/pkg/endpoints/discovery/legacy.go
pub fn core_versions() -> Value {
    // The address is that of the modelled control plane: src/cluster/apiserver/bootstrap.rs CONTROL_PLANE_IP.
    let address = json!({"clientCIDR": "0.0.0.0/0", "serverAddress": "10.0.0.10:6443"});
    json!({"kind": "APIVersions", "versions": ["v1"], "serverAddressByClientCIDRs": [address]})
}

/// `/apis`
pub fn groups(rows: &[Row]) -> Value {
    let mut names: Vec<&str> = Vec::new();
    for row in rows.iter().filter(|row| !row.group.is_empty()) {
        if !names.contains(&row.group.as_str()) {
            names.push(&row.group);
        }
    }
    let groups: Vec<Value> = names.into_iter().map(|name| bare(rows, name)).collect();
    json!({"kind": "APIGroupList", "apiVersion": "v1", "groups": groups})
}

/// `/apis/GROUP`; null where there is no such group.
pub fn group(rows: &[Row], name: &str) -> Value {
    let mut value = bare(rows, name);
    if value["versions"][0].is_null() {
        return Value::Null;
    }
    value["kind"] = "APIGroup".into();
    value["apiVersion"] = "v1".into();
    value
}

fn bare(rows: &[Row], name: &str) -> Value {
    let mut versions: Vec<Value> = Vec::new();
    for row in rows.iter().filter(|row| row.group == name) {
        let version = json!({"groupVersion": row.group_version(), "version": row.version});
        if !versions.contains(&version) {
            versions.push(version);
        }
    }
    let preferred = versions.first().cloned().unwrap_or_default();
    json!({"name": name, "versions": versions, "preferredVersion": preferred})
}

/// `/api/v1`, `/apis/GROUP/VERSION`; null where there is no such version.
pub fn resources(rows: &[Row], group: &str, version: &str) -> Value {
    let here = |row: &&Row| row.group == group && row.version == version;
    let mut all: Vec<Value> = Vec::new();
    let mut group_version = String::new();
    for row in rows.iter().filter(here) {
        group_version = row.group_version();
        all.push(resource(row));
        all.extend(row.subresources.iter().map(|sub| subresource(row, sub)));
    }
    if all.is_empty() {
        return Value::Null;
    }
    all.sort_by(|a, b| a["name"].as_str().cmp(&b["name"].as_str()));
    let mut value =
        json!({"kind": "APIResourceList", "groupVersion": group_version, "resources": all});
    // upstream: the oldest of these documents has no apiVersion; see api/discovery/api__v1.json.
    if !group.is_empty() {
        value["apiVersion"] = "v1".into();
    }
    value
}

fn resource(row: &Row) -> Value {
    let mut value = json!({
        "name": row.plural, "singularName": row.singular, "namespaced": row.namespaced, "kind": row.kind,
        "verbs": row.verbs,
    });
    for (key, list) in [
        ("shortNames", &row.short_names),
        ("categories", &row.categories),
    ] {
        if !list.is_empty() {
            value[key] = list.clone().into();
        }
    }
    if let Some(hash) = row.storage_hash() {
        value["storageVersionHash"] = hash.into();
    }
    value
}

fn subresource(row: &Row, sub: &str) -> Value {
    let part = Part::of(&row.kind, sub);
    let mut value = json!({
        "name": format!("{}/{sub}", row.plural), "singularName": "", "namespaced": row.namespaced,
        "kind": part.kind, "verbs": part.verbs,
    });
    if !part.version.is_empty() {
        value["group"] = part.group.into();
        value["version"] = part.version.into();
    }
    value
}

/// What a subresource takes, and what may be done with it.
pub struct Part<'a> {
    /// Group of the kind, where it is not the object's own.
    pub group: &'static str,
    /// Version of the kind, where it is not the object's own.
    pub version: &'static str,
    /// The kind.
    pub kind: &'a str,
    /// The verbs.
    pub verbs: &'static [&'static str],
}

impl<'a> Part<'a> {
    /// upstream: staging/src/k8s.io/apiserver/pkg/endpoints/installer.go registerResourceHandlers
    pub fn of(owner: &'a str, sub: &str) -> Part<'a> {
        let (group, version, kind, verbs): (_, _, _, &[&str]) = match sub {
            "scale" => ("autoscaling", "v1", "Scale", &["get", "patch", "update"]),
            "eviction" => ("policy", "v1", "Eviction", &["create"]),
            "binding" => ("", "", "Binding", &["create"]),
            "log" => ("", "", owner, &["get"]),
            "token" => ("authentication.k8s.io", "v1", "TokenRequest", &["create"]),
            "finalize" => ("", "", owner, &["update"]),
            "attach" => ("", "", "PodAttachOptions", &["create", "get"]),
            "exec" => ("", "", "PodExecOptions", &["create", "get"]),
            "portforward" => ("", "", "PodPortForwardOptions", &["create", "get"]),
            "proxy" => (
                "",
                "",
                match owner {
                    "Pod" => "PodProxyOptions",
                    "Service" => "ServiceProxyOptions",
                    _ => "NodeProxyOptions",
                },
                &["create", "delete", "get", "patch", "update"],
            ),
            _ => ("", "", owner, &["get", "patch", "update"]),
        };
        Part {
            group,
            version,
            kind,
            verbs,
        }
    }
}
