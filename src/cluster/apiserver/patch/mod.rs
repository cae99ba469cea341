//! Patches: three ways to say what should change in an object.

mod json_patch;
mod merge;
pub mod strategic;

use podarium_api::kinds::KindId;
use podarium_api::schema::schema;
use podarium_api::status::{Reason, Status};
use serde_json::Value;

use super::Request;
use super::handle::unsupported_media_type;

const ACCEPTED: &str = "application/json-patch+json, application/merge-patch+json, \
                        application/strategic-merge-patch+json";

/// What the request's patch makes of an object of `kind`.
///
/// # Errors
/// `UnsupportedMediaType`, `BadRequest` for a patch that cannot be read, `Invalid` for one that does not fit.
// upstream: staging/src/k8s.io/apiserver/pkg/endpoints/handlers/patch.go
pub fn apply(request: &Request, kind: KindId, object: Value) -> Result<Value, Status> {
    patched(request, object, |object, patch| {
        strategic::apply(object, patch, Some(schema().of_kind(kind)))
    })
}

/// [`apply`] for what passes through and has no merge keys.
pub fn apply_to_plain(request: &Request, object: Value) -> Result<Value, Status> {
    patched(request, object, |object, patch| {
        strategic::apply(object, patch, None)
    })
}

fn patched(
    request: &Request,
    object: Value,
    strategically: impl Fn(Value, Value) -> Result<Value, String>,
) -> Result<Value, Status> {
    let kind = request
        .content_type
        .split(';')
        .next()
        .unwrap_or_default()
        .trim();
    let patch = || -> Result<Value, Status> {
        podarium_api::typed::parse(&request.body).map_err(|e| {
            let text = format!("error decoding patch: {e}");
            Status::new(Reason::BadRequest, text)
        })
    };
    let unfit = |text: String| Status::new(Reason::Invalid, text);
    match kind {
        "application/json-patch+json" => json_patch::apply(object, &patch()?).map_err(unfit),
        "application/merge-patch+json" => Ok(merge::apply(object, patch()?)),
        "application/strategic-merge-patch+json" => {
            strategically(object, patch()?).map_err(|text| Status::new(Reason::BadRequest, text))
        }
        _ => Err(unsupported_media_type(ACCEPTED)),
    }
}
