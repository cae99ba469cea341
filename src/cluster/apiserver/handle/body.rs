//! Bodies: bytes to values, and values to objects of the kind that the path names.

use podarium_api::decode::decode_json;
use podarium_api::object::Object;
use podarium_api::status::{Reason, Status};
use serde_json::Value;

use super::super::Request;
use super::router::Place;
use super::{bad_request, options};

/// A body of more bytes than this is refused.
///
/// upstream: staging/src/k8s.io/apiserver/pkg/server/config.go MaxRequestBodyBytes
const MOST: usize = 3 * 1024 * 1024;

/// The body as a value, whatever it is a value of.
pub fn parse(request: &Request) -> Result<Value, Status> {
    if request.body.len() > MOST {
        let text = format!("Request entity too large: limit is {MOST}");
        return Err(Status::new(Reason::BadRequest, text));
    }
    let kind = request.content_type.split(';').next().unwrap_or_default();
    match kind.trim() {
        "application/yaml" => yaml(&request.body),
        "" | "*/*" => json(&request.body),
        kind if kind.ends_with("json") => json(&request.body),
        kind if kind.ends_with("yaml") => yaml(&request.body),
        _ => Err(unsupported("application/json, application/yaml")),
    }
}

/// upstream: staging/src/k8s.io/apiserver/pkg/endpoints/handlers/negotiation/errors.go
pub fn unsupported(accepted: &str) -> Status {
    Status::new(
        Reason::UnsupportedMediaType,
        format!(
            "the body of the request was in an unknown format - accepted media types include: {accepted}"
        ),
    )
}

fn json(bytes: &[u8]) -> Result<Value, Status> {
    podarium_api::typed::parse(bytes)
        .map_err(|e| bad_request(format!("couldn't get version/kind; json parse error: {e}")))
}

fn yaml(bytes: &[u8]) -> Result<Value, Status> {
    let Ok(text) = std::str::from_utf8(bytes) else {
        return Err(bad_request(
            "error converting YAML to JSON: yaml: invalid UTF-8",
        ));
    };
    let (mut documents, errors) = podarium_api::yaml::read(text);
    if let Some(error) = errors.first() {
        let text = &error.message;
        return Err(bad_request(format!(
            "error converting YAML to JSON: yaml: {text}"
        )));
    }
    Ok(if documents.is_empty() {
        Value::Null
    } else {
        documents.remove(0).value
    })
}

/// The object that a body holds, and warnings about its fields.
///
/// # Errors
/// `BadRequest`: another kind, name or namespace than the path's, wrong types, unknown fields under `Strict`.
// upstream: staging/src/k8s.io/apiserver/pkg/endpoints/handlers/create.go createHandler, update.go UpdateResource
pub fn object(
    request: &Request,
    place: &Place,
    mut value: Value,
) -> Result<(Object, Vec<String>), Status> {
    let info = place.info;
    let version = info.api_version();
    let Value::Object(fields) = &mut value else {
        let word = if value.is_null() {
            "empty"
        } else {
            "not an object"
        };
        return Err(bad_request(format!(
            "{} in version {:?} cannot be handled as a {}: the body is {word}",
            info.kind, info.version, info.kind
        )));
    };
    let said = |field: &str, fields: &serde_json::Map<String, Value>| {
        let text = fields.get(field).and_then(Value::as_str);
        text.unwrap_or_default().to_owned()
    };
    let (said_version, said_kind) = (said("apiVersion", fields), said("kind", fields));
    if !said_version.is_empty() && said_version != version {
        return Err(bad_request(format!(
            "the API version in the data ({said_version}) does not match the expected API version ({version})"
        )));
    }
    if !said_kind.is_empty() && said_kind != info.kind {
        return Err(bad_request(format!(
            "{said_kind} in version {:?} cannot be handled as a {}: the kind in the data does not match the path's",
            info.version, info.kind
        )));
    }
    fields.insert("apiVersion".into(), version.clone().into());
    fields.insert("kind".into(), info.kind.into());
    let strictness = options::field_validation(request)?;
    let warnings = decode_json(&version, info.kind, &mut value, strictness).map_err(bad_request)?;
    let mut object = place.object(value).map_err(|text| {
        bad_request(format!(
            "{} in version {:?} cannot be handled as a {}: {text}",
            info.kind, info.version, info.kind
        ))
    })?;
    let meta = object.meta();
    if !meta.namespace.is_empty() && info.namespaced && *meta.namespace != *place.namespace {
        return Err(bad_request(
            "the namespace of the provided object does not match the namespace sent on the request",
        ));
    }
    if !meta.name.is_empty() && !place.name.is_empty() && *meta.name != *place.name {
        return Err(bad_request(format!(
            "the name of the object ({}) does not match the name on the URL ({})",
            meta.name, place.name
        )));
    }
    let meta = object.meta_mut();
    meta.namespace = place.namespace.as_str().into();
    if !place.name.is_empty() {
        meta.name = place.name.as_str().into();
    }
    Ok((object, warnings))
}
