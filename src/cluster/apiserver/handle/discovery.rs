//! What the server says of itself: version, health, groups and resources.

use podarium_api::kinds::{KINDS, KindInfo};
use podarium_api::sort;
use serde_json::{Value, json};

use super::super::Response;
use super::super::request::Body;
use super::Answer;
use super::router::Document;

/// The Kubernetes version that the kinds table follows.
pub const MINOR: u32 = 37;

/// Answers a document.
pub fn answer(document: Document) -> Answer {
    Ok(match document {
        Document::Version => Response::json(200, version()),
        Document::Health => Response {
            body: Body::Text("ok".into()),
            ..Response::empty()
        },
        Document::CoreVersions => Response::json(
            200,
            json!({"kind": "APIVersions", "versions": ["v1"], "serverAddressByClientCIDRs": []}),
        ),
        Document::Groups => {
            let mut groups: Vec<&'static str> = Vec::new();
            for row in KINDS.iter().filter(|row| !row.group.is_empty()) {
                if !groups.contains(&row.group) {
                    groups.push(row.group);
                }
            }
            let groups: Vec<Value> = groups.into_iter().map(group).collect();
            Response::json(
                200,
                json!({"kind": "APIGroupList", "apiVersion": "v1", "groups": groups}),
            )
        }
        Document::Group(name) => {
            let mut value = group(name);
            value["kind"] = "APIGroup".into();
            value["apiVersion"] = "v1".into();
            Response::json(200, value)
        }
        Document::Resources(group, version) => Response::json(200, resources(group, version)),
    })
}

fn version() -> Value {
    json!({
        "major": "1", "minor": MINOR.to_string(), "gitVersion": format!("v1.{MINOR}.0"),
        "gitCommit": "", "gitTreeState": "clean", "buildDate": "2026-01-01T00:00:00Z",
        "goVersion": "", "compiler": "rustc", "platform": "podarium",
    })
}

fn group(name: &str) -> Value {
    let mut versions: Vec<Value> = Vec::new();
    for row in KINDS.iter().filter(|row| row.group == name) {
        let version = json!({"groupVersion": row.api_version(), "version": row.version});
        if !versions.contains(&version) {
            versions.push(version);
        }
    }
    let preferred = versions.first().cloned().unwrap_or_default();
    json!({"name": name, "versions": versions, "preferredVersion": preferred})
}

fn resources(group: &str, version: &str) -> Value {
    let mut all: Vec<Value> = Vec::new();
    for row in KINDS
        .iter()
        .filter(|row| row.group == group && row.version == version)
    {
        all.push(resource(row));
        for sub in row.subresources {
            all.push(subresource(row, sub));
        }
    }
    sort::by(&mut all, |a, b| a["name"].as_str().cmp(&b["name"].as_str()));
    let group_version = if group.is_empty() {
        version.to_owned()
    } else {
        format!("{group}/{version}")
    };
    json!({"kind": "APIResourceList", "apiVersion": "v1", "groupVersion": group_version, "resources": all})
}

fn resource(row: &KindInfo) -> Value {
    let mut value = json!({
        "name": row.plural, "singularName": row.singular, "namespaced": row.namespaced, "kind": row.kind,
        "verbs": row.verbs,
    });
    for (key, list) in [
        ("shortNames", row.short_names),
        ("categories", row.categories),
    ] {
        if !list.is_empty() {
            value[key] = list.into();
        }
    }
    value
}

/// upstream: staging/src/k8s.io/apiserver/pkg/endpoints/installer.go registerResourceHandlers
fn subresource(row: &KindInfo, sub: &str) -> Value {
    let (group, version, kind, verbs): (_, _, _, &[&str]) = match sub {
        "scale" => ("autoscaling", "v1", "Scale", &["get", "patch", "update"]),
        "eviction" => ("policy", "v1", "Eviction", &["create"]),
        "binding" => ("", "", "Binding", &["create"]),
        "log" => ("", "", row.kind, &["get"]),
        "token" => ("authentication.k8s.io", "v1", "TokenRequest", &["create"]),
        "finalize" => ("", "", row.kind, &["update"]),
        "attach" => ("", "", "PodAttachOptions", &["create", "get"]),
        "exec" => ("", "", "PodExecOptions", &["create", "get"]),
        "portforward" => ("", "", "PodPortForwardOptions", &["create", "get"]),
        "proxy" => (
            "",
            "",
            match row.kind {
                "Pod" => "PodProxyOptions",
                "Service" => "ServiceProxyOptions",
                _ => "NodeProxyOptions",
            },
            &["create", "delete", "get", "patch", "update"],
        ),
        _ => ("", "", row.kind, &["get", "patch", "update"]),
    };
    let mut value = json!({
        "name": format!("{}/{sub}", row.plural), "singularName": "", "namespaced": row.namespaced, "kind": kind,
        "verbs": verbs,
    });
    if !version.is_empty() {
        value["group"] = group.into();
        value["version"] = version.into();
    }
    value
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_group_lists_its_resources_and_their_parts() {
        let list = resources("apps", "v1");
        let names: Vec<_> = list["resources"]
            .as_array()
            .unwrap()
            .iter()
            .map(|r| r["name"].as_str().unwrap())
            .collect();
        assert_eq!(
            names,
            [
                "controllerrevisions",
                "daemonsets",
                "daemonsets/status",
                "deployments",
                "deployments/scale",
                "deployments/status",
                "replicasets",
                "replicasets/scale",
                "replicasets/status",
                "statefulsets",
                "statefulsets/scale",
                "statefulsets/status"
            ]
        );
        assert_eq!(list["resources"][3]["shortNames"], json!(["deploy"]));
        assert_eq!(list["resources"][4]["kind"], "Scale");
        assert_eq!(group("autoscaling")["preferredVersion"]["version"], "v2");
    }
}
