//! apiextensions.k8s.io: definitions of custom resources.
// upstream: staging/src/k8s.io/apiextensions-apiserver/pkg/apis/apiextensions/v1/defaults.go

use serde_json::{Value, json};

use super::{Fields, below, default, made, said, text};

/// upstream: SetDefaults_CustomResourceDefinition, SetDefaults_CustomResourceDefinitionSpec
pub fn definition(fields: &mut Fields) {
    let spec = made(fields, "spec");
    let names = made(spec, "names");
    let kind = said(names, "kind").to_owned();
    if !kind.is_empty() {
        text(names, "singular", &kind.to_lowercase());
        text(names, "listKind", &[&kind, "List"].concat());
    }
    default(spec, "conversion", json!({"strategy": "None"}));
    let client = below(spec, "conversion")
        .and_then(|conversion| below(conversion, "webhook"))
        .and_then(|webhook| below(webhook, "clientConfig"));
    if let Some(service) = client.and_then(|client| below(client, "service")) {
        default(service, "port", 443);
    }
    if let Some(name) = storage_version(fields) {
        let stored = made(fields, "status")
            .entry("storedVersions")
            .or_insert(json!([]));
        if stored.as_array().is_none_or(Vec::is_empty) {
            *stored = json!([name]);
        }
    }
}

/// The version in which objects are to be stored.
pub fn storage_version(fields: &Fields) -> Option<Value> {
    let versions = fields.get("spec")?.get("versions")?.as_array()?;
    let stored = versions.iter().find(|version| version["storage"] == true)?;
    stored.get("name").cloned()
}
