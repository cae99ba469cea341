//! Patches: which kinds are taken, and their bodies. What they do, the rules say.

use podarium_api::kinds::KindId;
use podarium_api::status::{Reason, Status};
use serde_json::{Value, json};

use super::handle::{noting, unsupported_media_type};
use super::{Request, rules};

/// The media types of patches, and what the rules call them. upstream: endpoints/installer.go registerResourceHandlers
const KINDS: [(&str, &str); 4] = [
    ("application/json-patch+json", "json"),
    ("application/merge-patch+json", "merge"),
    ("application/strategic-merge-patch+json", "strategic"),
    ("application/apply-patch+yaml", "apply"),
];

/// An object that was patched.
pub struct Patched {
    /// What the patch made of it.
    pub object: Value,
    /// What strictness finds wrong in the patch itself.
    pub strict: Vec<String>,
    /// The patch as it is shown when what it makes cannot be read; empty shows what it makes.
    pub shown: String,
}

/// What the request's patch is.
///
/// # Errors
/// `UnsupportedMediaType`.
fn kind(request: &Request) -> Result<&'static str, Status> {
    let said = request.content_type.split(';').next().unwrap_or_default();
    let known = KINDS.iter().find(|(media, _)| *media == said.trim());
    known.map(|(_, kind)| *kind).ok_or_else(|| {
        let all = KINDS.map(|(media, _)| media);
        unsupported_media_type(&all.join(", "))
    })
}

/// Whether the request applies an object.
///
/// # Errors
/// `UnsupportedMediaType`.
pub fn is_apply(request: &Request) -> Result<bool, Status> {
    kind(request).map(|kind| kind == "apply")
}

/// What the request's patch makes of an object of `kind`; without a kind, of what passes through and has no merge keys.
///
/// # Errors
/// `BadRequest` for a patch that cannot be read, `Invalid` for one that does not fit.
// upstream: staging/src/k8s.io/apiserver/pkg/endpoints/handlers/patch.go
pub fn apply(request: &Request, of: Option<KindId>, object: &Value) -> Result<Patched, Status> {
    let kind = kind(request)?;
    let (patch, mut strict) = noting(request).map_err(|status| {
        let prefix = if kind == "strategic" {
            ""
        } else {
            "error decoding patch: "
        };
        match status.reason {
            Reason::BadRequest => Status::new(status.reason, [prefix, &status.message].concat()),
            _ => status,
        }
    })?;
    if kind == "json" {
        strict = strict.iter().map(|s| ["json patch ", s].concat()).collect();
    }
    let (version, of) = of.map_or_else(Default::default, |kind| {
        (kind.info().api_version(), kind.info().kind)
    });
    let how = json!({"type": kind, "apiVersion": version, "kind": of});
    let mut answer = rules::patch(object, &patch, &how)?;
    let more = answer["strict"].as_array().into_iter().flatten();
    strict.extend(more.filter_map(Value::as_str).map(str::to_owned));
    Ok(Patched {
        object: answer["object"].take(),
        strict,
        shown: answer["shown"].as_str().unwrap_or_default().into(),
    })
}
