//! OpenAPI documents: one of version 3 for every version of every group, an index of them, and one of version 2 for all.
//!
//! They are made from what discovery says, on first use; those of built-in groups are then kept.

mod binary;
mod custom;
mod facts;
mod paths;
mod schemas;
mod swagger;
#[cfg(test)]
mod tests;

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, OnceLock, PoisonError};

use podarium_api::kinds::{KINDS, RELEASE, split_api_version};
use podarium_api::sha256::sha256;
use serde_json::{Map, Value, json};

use paths::Version;
use schemas::{reference, schemas};

/// A document as it is sent.
pub struct Document {
    /// JSON, or the binary form of version 2.
    pub bytes: Vec<u8>,
    /// What changes when the document does.
    pub hash: String,
}

/// The document of a path below `/openapi`; none where there is none. `definitions` are the CustomResourceDefinitions.
pub fn document(path: &str, definitions: &[Value]) -> Option<Arc<Document>> {
    let path = path.trim_end_matches('/').strip_prefix("/openapi/")?;
    match path {
        "v2" => Some(kept("v2", || json_of(&version_2(definitions)), definitions)),
        "v3" => Some(made(json_of(&index(definitions)))),
        _ => {
            let place = path.strip_prefix("v3/")?;
            let known = places(definitions).iter().any(|known| known == place);
            known.then(|| {
                kept(
                    place,
                    || json_of(&version_3(place, definitions)),
                    definitions,
                )
            })
        }
    }
}

/// The document of version 2 in binary.
pub fn binary_version_2(definitions: &[Value]) -> Arc<Document> {
    let make = || binary::encoded(&version_2(definitions));
    kept("v2 in binary", make, definitions)
}

fn json_of(value: &Value) -> Vec<u8> {
    value.to_string().into_bytes()
}

fn made(bytes: Vec<u8>) -> Arc<Document> {
    let hash = hash(&bytes);
    Arc::new(Document { bytes, hash })
}

/// A hash as documents are tagged by.
pub fn hash(bytes: &[u8]) -> String {
    let bytes = sha256(bytes);
    bytes.iter().map(|byte| format!("{byte:02X}")).collect()
}

/// Makes a document once; once more where definitions have a part in it.
fn kept(place: &str, make: impl FnOnce() -> Vec<u8>, definitions: &[Value]) -> Arc<Document> {
    static KEPT: OnceLock<Mutex<BTreeMap<String, Arc<Document>>>> = OnceLock::new();
    if !built_in(place) && !definitions.is_empty() {
        return made(make());
    }
    let mut kept = KEPT
        .get_or_init(Mutex::default)
        .lock()
        .unwrap_or_else(PoisonError::into_inner);
    kept.entry(place.to_owned())
        .or_insert_with(|| made(make()))
        .clone()
}

/// Whether no definition has a part in a document.
fn built_in(place: &str) -> bool {
    let mut parts = place.split('/');
    match (parts.next(), parts.next()) {
        (Some("api" | "version"), _) => true,
        (Some("apis"), Some(group)) => KINDS.iter().any(|row| row.group == group),
        _ => false,
    }
}

fn discovered(path: &str, definitions: &[Value]) -> Value {
    let asked = json!({"path": path});
    podarium_cluster::apiserver::rules::discovery(&asked, &Value::from(definitions))
        .unwrap_or_default()
}

/// Where there are documents of version 3: `api/v1`, `apis/apps`, `apis/apps/v1`.
fn places(definitions: &[Value]) -> Vec<String> {
    let mut out: Vec<String> = ["api", "api/v1", "apis", "version"]
        .map(String::from)
        .into();
    let groups = discovered("/apis", definitions);
    for group in groups["groups"].as_array().into_iter().flatten() {
        let name = group["name"].as_str().unwrap_or_default();
        out.push(format!("apis/{name}"));
        for version in group["versions"].as_array().into_iter().flatten() {
            let version = version["version"].as_str().unwrap_or_default();
            out.push(format!("apis/{name}/{version}"));
        }
    }
    out
}

/// upstream: k8s.io/kube-openapi/pkg/handler3/handler.go getGroupBytes
fn index(definitions: &[Value]) -> Value {
    let mut paths = Map::new();
    for place in places(definitions) {
        let url = format!("/openapi/v3/{place}?hash={}", hash_of(&place, definitions));
        paths.insert(place, json!({"serverRelativeURL": url}));
    }
    json!({"paths": paths})
}

/// The hash of a document. That of a built-in one is known before it is made: nothing but the program goes into it.
fn hash_of(place: &str, definitions: &[Value]) -> String {
    let given = if built_in(place) {
        String::new()
    } else {
        Value::from(definitions).to_string()
    };
    hash(format!("{} {place} {given}", env!("CARGO_PKG_VERSION")).as_bytes())
}

fn version_3(place: &str, definitions: &[Value]) -> Value {
    let mut own = Map::new();
    let paths = match place.split('/').collect::<Vec<_>>().as_slice() {
        ["api"] => single("/api/", "getCoreAPIVersions", "core", "meta.v1.APIVersions"),
        ["apis"] => single("/apis/", "getAPIVersions", "apis", "meta.v1.APIGroupList"),
        ["version"] => single("/version/", "getCodeVersion", "version", "Info"),
        ["apis", group] => {
            let title = group.strip_suffix(".k8s.io").unwrap_or(group);
            let title: String = title.split('.').map(capital).collect();
            let id = format!("get{title}APIGroup");
            single(&format!("/apis/{group}/"), &id, group, "meta.v1.APIGroup")
        }
        _ => {
            let api_version = place.split_once('/').map_or(place, |(_, rest)| rest);
            let (group, version) = split_api_version(api_version);
            own = custom::schemas(definitions, group, version);
            let listed = discovered(&format!("/{place}"), definitions);
            let schema = |group: &str, version: &str, kind: &str| {
                let built_in = paths::built_in(schemas(), group, version, kind);
                let custom = custom::name(group, version, kind);
                built_in.or_else(|| own.contains_key(&custom).then_some(custom))
            };
            let version = Version {
                group,
                version,
                resources: listed["resources"]
                    .as_array()
                    .map_or(&[][..], Vec::as_slice),
                strategic: built_in(place),
                schema: &schema,
            };
            version.paths()
        }
    };
    let mut document = json!({
        "openapi": "3.0.0", "info": {"title": "Kubernetes", "version": format!("v{RELEASE}.0")}, "paths": paths,
        "components": {"schemas": own},
    });
    let referred = schemas().referred(&document);
    if let Some(all) = document["components"]["schemas"].as_object_mut() {
        all.extend(referred);
    }
    document
}

fn capital(word: &str) -> String {
    let (first, rest) = word.split_at(word.chars().next().map_or(0, char::len_utf8));
    [&first.to_uppercase(), rest].concat()
}

/// A path that can only be read.
fn single(path: &str, id: &str, tag: &str, schema: &str) -> Map<String, Value> {
    let name = match schema {
        "Info" => "io.k8s.apimachinery.pkg.version.Info".to_owned(),
        _ => format!("io.k8s.apimachinery.pkg.apis.{schema}"),
    };
    let content = json!({"application/json": {"schema": reference(&name)}});
    let get = json!({
        "operationId": id, "tags": [tag], "description": "what there is",
        "responses": {"200": {"description": "OK", "content": content}, "401": {"description": "Unauthorized"}},
    });
    let mut out = Map::new();
    out.insert(path.to_owned(), json!({"get": get}));
    out
}

fn version_2(definitions: &[Value]) -> Value {
    let places = places(definitions);
    let documents: Vec<Value> = places
        .iter()
        .map(|place| version_3(place, definitions))
        .collect();
    swagger::joined(&documents)
}
