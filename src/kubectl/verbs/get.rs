//! `kubectl get -o json|yaml|name`.
// upstream: staging/src/k8s.io/kubectl/pkg/cmd/get/get.go

use podarium_api::kinds::KindInfo;
use podarium_api::yaml::to_yaml;
use podarium_cluster::Method;
use serde::Serialize;
use serde_json::{Value, json};

use super::request;
use crate::api::Api;
use crate::failure::Failure;
use crate::options::Options;
use crate::origin::origin;
use crate::resource::{path, printed_name};

/// How to print.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Output {
    /// Indented by four.
    Json,
    /// As manifests are written.
    Yaml,
    /// `deployment.apps/web`, one a line.
    Name,
}

/// Prints one object, or with an empty name all of a collection (in all namespaces where `options` names the empty one).
pub fn get(
    api: &mut impl Api,
    info: &'static KindInfo,
    name: &str,
    output: Output,
    options: &Options,
) -> Result<String, Failure> {
    let namespace = options.namespace.as_deref().unwrap_or("default");
    let path = path(info, namespace, name);
    let origin = origin(&options.command, None);
    let answer = api.handle(request(options, &origin, Method::Get, &path, None));
    if !answer.is_success() {
        return Err(Failure::server("", "", &answer));
    }
    let mut value = answer.into_value();
    if name.is_empty() {
        value = list(info, value);
    } else {
        tidy(&mut value);
    }
    Ok(print(info, &value, output))
}

/// A list as kubectl makes one of what it got: of no kind of its own, with typed items.
fn list(info: &KindInfo, mut value: Value) -> Value {
    let mut items = value["items"].take();
    for item in items.as_array_mut().into_iter().flatten() {
        item["apiVersion"] = info.api_version().into();
        item["kind"] = info.kind.into();
        tidy(item);
    }
    json!({"apiVersion": "v1", "kind": "List", "metadata": {"resourceVersion": ""}, "items": items})
}

fn tidy(object: &mut Value) {
    if let Some(meta) = object["metadata"].as_object_mut() {
        meta.remove("managedFields");
    }
}

fn print(info: &KindInfo, value: &Value, output: Output) -> String {
    match output {
        Output::Yaml => to_yaml(value),
        Output::Json => {
            let mut bytes = Vec::new();
            let four = serde_json::ser::PrettyFormatter::with_indent(b"    ");
            let mut to = serde_json::Serializer::with_formatter(&mut bytes, four);
            value.serialize(&mut to).expect("a value is always JSON");
            bytes.push(b'\n');
            String::from_utf8_lossy(&bytes).into_owned()
        }
        Output::Name => {
            let one = [value.clone()];
            let items = value["items"].as_array().map_or(&one[..], Vec::as_slice);
            let name = |item: &Value| {
                let name = item["metadata"]["name"].as_str().unwrap_or_default();
                format!("{}\n", printed_name(info, name))
            };
            items.iter().map(name).collect()
        }
    }
}
