//! Bodies: bytes to values, and values to objects of the kind that the path names.

use podarium_api::decode::{FieldValidation, unregistered};
use podarium_api::kinds;
use podarium_api::object::Object;
use podarium_api::status::{Cause, Reason, Status};
use serde_json::{Map, Value};

use super::super::Request;
use super::super::patch::Patched;
use super::router::Place;
use super::{bad_request, options};

/// A body of more bytes than this is refused.
///
/// upstream: staging/src/k8s.io/apiserver/pkg/server/config.go MaxRequestBodyBytes
const MOST: usize = 3 * 1024 * 1024;

/// The body as a value, whatever it is a value of.
pub fn parse(request: &Request) -> Result<Value, Status> {
    read(request).map(|(value, _)| value)
}

fn read(request: &Request) -> Result<(Value, Vec<String>), Status> {
    let said = request.content_type.split(';').next().unwrap_or_default();
    let kind = said.trim();
    if kind.ends_with("yaml") {
        fits(request)?;
        return yaml(&request.body).map(|value| (value, Vec::new()));
    }
    if !matches!(kind, "" | "*/*") && !kind.ends_with("json") {
        let all = "application/json, application/yaml, application/vnd.kubernetes.protobuf";
        return Err(unsupported(all));
    }
    noting(request).map_err(|status| match status.reason {
        Reason::BadRequest => {
            let text = [
                "couldn't get version/kind; json parse error: ",
                &status.message,
            ]
            .concat();
            bad_request(text)
        }
        _ => status,
    })
}

// upstream: staging/src/k8s.io/apiserver/pkg/endpoints/handlers/rest.go limitedReadBody
fn fits(request: &Request) -> Result<(), Status> {
    if request.body.len() > MOST {
        let text = format!("Request entity too large: limit is {MOST}");
        return Err(Status::new(Reason::RequestEntityTooLarge, text));
    }
    Ok(())
}

/// The JSON of a body, and what strictness finds wrong in it: fields that are there twice.
///
/// # Errors
/// `RequestEntityTooLarge`, or `BadRequest` with the decoder's sentence.
pub fn noting(request: &Request) -> Result<(Value, Vec<String>), Status> {
    fits(request)?;
    let (value, twice) = podarium_api::typed::noting(&request.body).map_err(|error| {
        bad_request(go_words(
            &request.body,
            &error.to_string(),
            error.line(),
            error.column(),
        ))
    })?;
    let twice = twice.iter().map(|path| format!("duplicate field {path:?}"));
    Ok((value, twice.collect()))
}

/// The object that a request applies.
///
/// # Errors
/// `RequestEntityTooLarge`, or `BadRequest` for what cannot be read.
// upstream: staging/src/k8s.io/apiserver/pkg/endpoints/handlers/patch.go applyPatcher.applyPatchToCurrentObject
pub fn applied(request: &Request) -> Result<Value, Status> {
    fits(request)?;
    // Clients mostly send JSON, which is YAML too.
    let value = match podarium_api::typed::noting(&request.body) {
        Ok((value, twice)) if twice.is_empty() => value,
        _ => yaml(&request.body)
            .map_err(|status| bad_request(["error decoding YAML: ", &status.message].concat()))?,
    };
    match value {
        Value::Null => Ok(Value::Object(Map::new())),
        Value::Object(_) => Ok(value),
        other => Err(bad_request(format!(
            "error decoding YAML: json: cannot unmarshal {} into Go value of type map[string]interface {{}}",
            podarium_api::decode::word(&other)
        ))),
    }
}

/// What Go's decoder says of a text that is no JSON. upstream: encoding/json scanner.go
fn go_words(text: &[u8], error: &str, line: usize, column: usize) -> String {
    let says = [
        ("expected value", "looking for beginning of value"),
        ("key must be", "looking for beginning of object key string"),
        ("trailing comma", "looking for beginning of value"),
        ("expected `:`", "after object key"),
        ("expected `,` or `}`", "after object key:value pair"),
        ("expected `,` or `]`", "after array element"),
        ("trailing characters", "after top-level value"),
        ("invalid number", "in numeric literal"),
        ("control character", "in string literal"),
    ];
    let mut lines = text.split(|byte| *byte == b'\n');
    let at = lines
        .nth(line.saturating_sub(1))
        .and_then(|line| line.get(column.checked_sub(1)?));
    match says.iter().find(|(theirs, _)| error.starts_with(theirs)) {
        _ if error.starts_with("EOF") => "unexpected end of JSON input".into(),
        Some((_, place)) if let Some(byte) = at => {
            format!("invalid character {:?} {place}", char::from(*byte))
        }
        _ => error.into(),
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
pub fn object(request: &Request, place: &Place) -> Result<(Object, Vec<String>), Status> {
    looked_at(request, place, &mut |_| {})
}

/// [`object`], with a look at the value that it is made of.
pub fn looked_at(
    request: &Request,
    place: &Place,
    look: &mut dyn FnMut(&Value),
) -> Result<(Object, Vec<String>), Status> {
    let info = place.info;
    let unrecognized = |why: &str| {
        let (kind, body) = (info.kind, summary(&request.body));
        bad_request(format!(
            "the object provided is unrecognized (must be of type {kind}): {why} ({body})"
        ))
    };
    let (mut value, mut strict) = read(request).map_err(|status| match status.reason {
        Reason::BadRequest => unrecognized(&status.message),
        _ => status,
    })?;
    if value.is_null() {
        value = Value::Object(Map::new());
    }
    let Value::Object(fields) = &mut value else {
        let word = podarium_api::decode::word(&value);
        return Err(unrecognized(&format!(
            "couldn't get version/kind; json parse error: json: cannot unmarshal {word} into Go value of type struct {{ \
             APIVersion string \"json:\\\"apiVersion,omitempty\\\"\"; Kind string \"json:\\\"kind,omitempty\\\"\" }}"
        )));
    };
    let text = |field: &str| {
        fields
            .get(field)
            .and_then(Value::as_str)
            .unwrap_or_default()
    };
    let (mut version, mut kind) = (text("apiVersion").to_owned(), text("kind").to_owned());
    if version.is_empty() {
        version = info.api_version();
    }
    if kind.is_empty() {
        kind = info.kind.into();
    }
    let unhandled = |why: &str| {
        let version = version.rsplit('/').next().unwrap_or_default();
        bad_request(format!(
            "{kind} in version {version:?} cannot be handled as a {}: {why}",
            info.kind
        ))
    };
    if place.custom.is_some() && kind != info.kind && info.is_api_version(&version) {
        // upstream: staging/src/k8s.io/apiextensions-apiserver/pkg/registry/customresource/validator.go ValidateTypeMeta
        let name = fields.get("metadata").map(|meta| &meta["name"]);
        let name = name.and_then(Value::as_str).unwrap_or_default();
        let cause = Cause::invalid("kind", kind, &["must be ", info.kind].concat());
        return Err(Status::invalid(info.group, info.kind, name, vec![cause]));
    }
    if kind != info.kind || !info.is_api_version(&version) {
        let known = kinds::by_gvk(&version, &kind);
        let same = known
            .as_ref()
            .is_ok_and(|k| k.kind == info.kind && k.group == info.group);
        if same || place.custom.is_some() {
            return Err(bad_request(format!(
                "the API version in the data ({version}) does not match the expected API version ({})",
                info.api_version()
            )));
        }
        let Ok(known) = known else {
            return Err(unhandled(&unregistered(&version, &kind)));
        };
        // upstream: apimachinery/pkg/conversion/converter.go Convert
        let package = info
            .group
            .split('.')
            .next()
            .filter(|group| !group.is_empty());
        return Err(unhandled(&format!(
            "converting ({}.{kind}) to ({}.{}): unknown conversion",
            known.version,
            package.unwrap_or("core"),
            info.kind
        )));
    }
    fields.insert("apiVersion".into(), info.api_version().into());
    fields.insert("kind".into(), info.kind.into());
    let unknown = place.decode(&mut value).map_err(|text| unhandled(&text))?;
    strict.extend(unknown);
    let validation = options::field_validation(request);
    if validation == FieldValidation::Strict && !strict.is_empty() {
        return Err(unhandled(&strict_error(&strict)));
    }
    if validation == FieldValidation::Ignore {
        strict.clear();
    }
    look(&value);
    let object = place.object(value).map_err(|text| unhandled(&text))?;
    Ok((placed(place, object)?, strict))
}

/// upstream: apimachinery/pkg/runtime/error.go strictDecodingError
fn strict_error(strict: &[String]) -> String {
    ["strict decoding error: ", &strict.join(", ")].concat()
}

/// upstream: staging/src/k8s.io/apiserver/pkg/endpoints/handlers/rest.go summarizeData
fn summary(body: &[u8]) -> String {
    match body {
        [] => "<empty>".into(),
        [b'{', ..] if body.len() > 30 => [&String::from_utf8_lossy(&body[..30]), " ..."].concat(),
        [b'{', ..] => String::from_utf8_lossy(body).into_owned(),
        body => {
            let hex = |bytes: &[u8]| {
                bytes
                    .iter()
                    .map(|byte| format!("{byte:x}"))
                    .collect::<String>()
            };
            if body.len() > 30 {
                [&hex(&body[..30]), " ..."].concat()
            } else {
                hex(body)
            }
        }
    }
}

/// The object that a patch has made, and warnings about its fields.
///
/// # Errors
/// `Invalid`: wrong types, unknown fields under `Strict`; `BadRequest`: another name or namespace.
// upstream: staging/src/k8s.io/apiserver/pkg/endpoints/handlers/patch.go applyPatchToCurrentObject, applyPatchToObject
pub fn patched(
    request: &Request,
    place: &Place,
    mut patched: Patched,
) -> Result<(Object, Vec<String>), Status> {
    let info = place.info;
    let strategic = !patched.shown.is_empty();
    if !strategic {
        patched.shown = patched.object.to_string();
    }
    let shown = patched.shown;
    let unfit = |text: &str| {
        Status::invalid(
            "",
            "",
            "",
            vec![Cause::invalid("patch", shown.as_str(), text)],
        )
    };
    let mut value = patched.object;
    let said = |value: &Value, field: &str| value[field].as_str().unwrap_or_default().to_owned();
    let (version, kind) = (said(&value, "apiVersion"), said(&value, "kind"));
    if kind != info.kind || version != info.api_version() {
        return Err(unfit(&unregistered(&version, &kind)));
    }
    let mut strict = patched.strict;
    let unknown = place.decode(&mut value).map_err(|text| {
        let text = if strategic { unstructured(&text) } else { text };
        unfit(&text)
    })?;
    strict.extend(unknown);
    match options::field_validation(request) {
        FieldValidation::Strict if !strict.is_empty() => {
            return Err(unfit(&strict_error(&strict)));
        }
        FieldValidation::Ignore => strict.clear(),
        _ => {}
    }
    let object = place.object(value).map_err(|text| unfit(&text))?;
    Ok((placed(place, object)?, strict))
}

/// What upstream's converter says where its JSON decoder would say `text`.
///
/// upstream: apimachinery/pkg/runtime/converter.go fromUnstructured
fn unstructured(text: &str) -> String {
    let parsed = text
        .strip_prefix("json: cannot unmarshal ")
        .and_then(|rest| rest.split_once(" into "))
        .and_then(|(from, rest)| Some((from, rest.rsplit_once(" of type ")?.1)));
    let Some((from, into)) = parsed else {
        return text.into();
    };
    let from = match from.split(' ').next() {
        Some("number") => "int64",
        Some("array") => "slice",
        Some("object") => "map",
        Some(other) => other,
        None => "",
    };
    match into {
        "[]uint8" => text.into(),
        into if into.starts_with("[]") => ["cannot restore slice from ", from].concat(),
        into if into.starts_with("map[") => ["cannot restore map from ", from].concat(),
        into if into.starts_with("v1.") => ["cannot restore struct from: ", from].concat(),
        // Go converts numbers to text, as characters; upstream does not.
        "string" if from == "int64" => "cannot convert int64 to string".into(),
        into => ["unrecognized type: ", into].concat(),
    }
}

/// The object that an apply has made.
///
/// # Errors
/// Of no reason that upstream would give: values that are none of their type; `BadRequest`: another name or namespace.
pub fn merged(place: &Place, mut value: Value) -> Result<Object, Status> {
    let info = place.info;
    let unfit = |text: String| {
        let (namespace, name) = (&place.namespace, &place.name);
        let named = format!(
            "{namespace}/{name}; {}, Kind={}",
            info.api_version(),
            info.kind
        );
        let text = format!("failed to convert new object ({named}) to proper version: {text}");
        Status::new(Reason::Unknown, text)
    };
    place.decode(&mut value).map_err(unfit)?;
    let object = place.object(value).map_err(unfit)?;
    placed(place, object)
}

/// The object where the path puts it.
// upstream: staging/src/k8s.io/apiserver/pkg/registry/rest/meta.go EnsureObjectNamespaceMatchesRequestNamespace; handlers/rest.go checkName
fn placed(place: &Place, mut object: Object) -> Result<Object, Status> {
    let (meta, name) = (object.meta(), &place.name);
    if !meta.namespace.is_empty() && place.info.namespaced && *meta.namespace != *place.namespace {
        return Err(bad_request(
            "the namespace of the provided object does not match the namespace sent on the request",
        ));
    }
    if !name.is_empty() && meta.name.is_empty() {
        return Err(bad_request(format!(
            "the name of the object ({name} based on URL) was undeterminable: name must be provided"
        )));
    }
    if !name.is_empty() && *meta.name != **name {
        return Err(bad_request(format!(
            "the name of the object ({}) does not match the name on the URL ({name})",
            meta.name
        )));
    }
    object.meta_mut().namespace = place.namespace.as_str().into();
    Ok(object)
}
