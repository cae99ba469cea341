//! Reviews that ask who may do what, and requests for tokens.
// upstream: pkg/apis/authorization/validation/validation.go, pkg/apis/authentication/validation/validation.go

use serde_json::Value;

use crate::errors::{Errors, printed};
use crate::field::Field;

/// upstream: ValidateSubjectAccessReview, ValidateSelfSubjectAccessReview, ValidateLocalSubjectAccessReview
pub fn access_review(review: &Field, errors: &mut Errors) {
    let kind = review.get("kind").text();
    let (spec, meta) = (review.get("spec"), review.get("metadata"));
    let resource = spec.get("resourceAttributes");
    let path = spec.get("nonResourceAttributes");
    let shown = printed(&path, &[("Path", "path"), ("Verb", "verb")]);
    match (resource.is_set(), path.is_set()) {
        (true, true) => errors.invalid_raw(
            &path,
            &shown,
            "cannot be specified in combination with resourceAttributes",
        ),
        (false, false) => errors.invalid_as(
            &resource,
            "null",
            "exactly one of nonResourceAttributes or resourceAttributes must be specified",
        ),
        _ => {}
    }
    for selector in ["fieldSelector", "labelSelector"] {
        self::selector(&resource.get(selector), errors);
    }
    if kind != "SelfSubjectAccessReview"
        && spec.get("user").is_empty()
        && spec.get("groups").is_empty()
    {
        errors.invalid_text(
            &spec.get("user"),
            "at least one of user or group must be specified",
        );
    }
    let local = kind == "LocalSubjectAccessReview";
    let mut rest = meta.value.clone();
    if let Value::Object(rest) = &mut rest {
        rest.retain(|name, value| {
            !value.is_null() && name != "managedFields" && !(local && name == "namespace")
        });
        if !rest.is_empty() {
            let but = if local { " except for namespace" } else { "" };
            errors.invalid(&meta, &["must be empty", but].concat());
        }
    }
    if !local {
        return;
    }
    let namespace = resource
        .get("namespace")
        .called("spec.resourceAttributes.namespace");
    if resource.is_set() && namespace.text() != meta.get("namespace").text() {
        errors.invalid_text(&namespace, "must match metadata.namespace");
    }
    if path.is_set() {
        errors.invalid_raw(&path, &shown, "disallowed on this kind of request");
    }
}

/// upstream: validateFieldSelectorAttributes, validateLabelSelectorAttributes
fn selector(selector: &Field, errors: &mut Errors) {
    if !selector.is_set() {
        return;
    }
    let (raw, list) = (selector.get("rawSelector"), selector.get("requirements"));
    if !raw.is_empty() && !list.is_empty() {
        errors.invalid(&raw, "may not specified at the same time as requirements");
    }
    if raw.is_empty() && list.is_empty() {
        let path = &selector.path;
        let text = format!("when {path} is specified, requirements or rawSelector is required");
        errors.required(&list, &text);
    }
}

/// upstream: ValidateTokenRequest
pub fn token_request(request: &Field, errors: &mut Errors) {
    let seconds = request.at("spec.expirationSeconds");
    match seconds.number() {
        Some(n) if n < 600 => {
            errors.invalid(&seconds, "may not specify a duration less than 10 minutes");
        }
        Some(n) if n > 1 << 32 => {
            errors.invalid(
                &seconds,
                "may not specify a duration larger than 2^32 seconds",
            );
        }
        _ => {}
    }
}
