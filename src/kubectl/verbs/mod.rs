//! The verbs, one file each.

pub mod apply;
pub mod delete;
pub mod get;
pub mod rollout;
pub mod scale;
#[cfg(test)]
mod tests;

use std::sync::Arc;

use podarium_api::decode::Manifest;
use podarium_api::kinds::KindInfo;
use podarium_cluster::{Method, Origin, Request};
use serde_json::Value;

use crate::failure::Failure;
use crate::options::Options;

/// A request as a verb makes it.
fn request(
    options: &Options,
    origin: &Arc<Origin>,
    method: Method,
    path: &str,
    body: Option<&Value>,
) -> Request {
    let mut request = Request::new(method, path).origin(origin.clone());
    request.user = options.user.clone();
    request.user_agent = "kubectl".into();
    if method != Method::Get {
        let mut add = |name: &str, value: &str| request.query.push((name.into(), value.into()));
        if method != Method::Delete {
            add("fieldValidation", "Strict");
        }
        if options.dry_run {
            add("dryRun", "All");
        }
    }
    match body {
        Some(body) => request.json(body),
        None => request,
    }
}

/// The request, in the name of who manages the fields that it writes.
fn managed(mut request: Request, manager: &str) -> Request {
    let query = &mut request.query;
    query.push(("fieldManager".into(), manager.into()));
    request
}

/// Where an object of a manifest goes.
// upstream: staging/src/k8s.io/cli-runtime/pkg/resource/visitor.go RequireNamespace
fn namespace_of(
    options: &Options,
    info: &KindInfo,
    manifest: &Manifest,
) -> Result<String, Failure> {
    if !info.namespaced {
        return Ok(String::new());
    }
    let own = manifest.namespace();
    match &options.namespace {
        Some(asked) if !own.is_empty() && own != asked => Err(Failure::Local(format!(
            "the namespace from the provided object {own:?} does not match the namespace {asked:?}. You must pass \
             '--namespace={own}' to perform this operation."
        ))),
        Some(asked) => Ok(asked.clone()),
        None if own.is_empty() => Ok("default".into()),
        None => Ok(own.to_owned()),
    }
}
