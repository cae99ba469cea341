//! The schemas of custom resources, as their definitions give them.
// upstream: staging/src/k8s.io/apiextensions-apiserver/pkg/controller/openapi/builder/builder.go

use serde_json::{Map, Value, json};

use super::schemas::{api_version_property, kind_property, reference};

const META: &str = "io.k8s.apimachinery.pkg.apis.meta.v1.";

/// The name of a kind's schema: the group turned round, the version, the kind.
pub fn name(group: &str, version: &str, kind: &str) -> String {
    let mut parts: Vec<&str> = group.split('.').rev().collect();
    parts.extend([version, kind]);
    parts.join(".")
}

/// The schemas of one version of a group, by name.
pub fn schemas(definitions: &[Value], group: &str, version: &str) -> Map<String, Value> {
    let mut out = Map::new();
    for definition in definitions.iter().filter(|d| d["spec"]["group"] == group) {
        let names = &definition["spec"]["names"];
        let kind = names["kind"].as_str().unwrap_or_default();
        let versions = definition["spec"]["versions"].as_array();
        let mut versions = versions.into_iter().flatten();
        let Some(served) = versions.find(|v| v["name"] == version && v["served"] == true) else {
            continue;
        };
        let gvk = |kind: &str| json!([{"group": group, "version": version, "kind": kind}]);
        let mut schema = served["schema"]["openAPIV3Schema"].clone();
        if !schema.is_object() {
            schema = json!({"type": "object", "x-kubernetes-preserve-unknown-fields": true});
        }
        let meta = "Standard object's metadata. More info: https://git.k8s.io/community/contributors/devel/sig-architecture/api-conventions.md#metadata";
        schema["properties"]["apiVersion"] = api_version_property();
        schema["properties"]["kind"] = kind_property();
        schema["properties"]["metadata"] =
            json!({"allOf": [reference(&format!("{META}ObjectMeta"))], "description": meta});
        schema["x-kubernetes-group-version-kind"] = gvk(kind);
        let item = name(group, version, kind);
        let fallback = format!("{kind}List");
        let list_kind = names["listKind"].as_str().unwrap_or(&fallback);
        let list = json!({
            "description": format!("{list_kind} is a list of {kind}"),
            "type": "object",
            "required": ["items"],
            "properties": {
                "apiVersion": api_version_property(), "kind": kind_property(),
                "metadata": {"allOf": [reference(&format!("{META}ListMeta"))], "description": "Standard list metadata."},
                "items": {"description": "The objects.", "type": "array", "items": reference(&item)},
            },
            "x-kubernetes-group-version-kind": gvk(list_kind),
        });
        out.insert(format!("{item}List"), list);
        out.insert(item, schema);
    }
    out
}
