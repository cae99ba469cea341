//! Query parameters and the options that a DELETE brings.

use podarium_api::decode::FieldValidation;
use podarium_api::meta::Uid;
use podarium_api::selector::{FieldSelector, Selector, parse_labels};
use podarium_api::status::Status;
use serde_json::Value;

use super::super::{DeleteOptions, Propagation, Request};
use super::{bad_request, body};

/// Whether the request asks what would happen.
pub fn dry_run(request: &Request) -> Result<bool, Status> {
    let given = request.query.iter().filter(|(k, _)| k == "dryRun");
    let mut dry = false;
    for (_, value) in given {
        match value.as_str() {
            "" => {}
            "All" => dry = true,
            other => {
                return Err(bad_request(format!(
                    "Invalid value: [{other:?}]: dryRun: Unsupported value: {other:?}: supported values: \"All\""
                )));
            }
        }
    }
    Ok(dry)
}

/// Whether the request is a watch.
pub fn watches(request: &Request) -> bool {
    says(request, "watch")
}

/// Whether a parameter is there and says yes, or nothing.
///
/// upstream: staging/src/k8s.io/apimachinery/pkg/runtime/conversion.go Convert_Slice_string_To_bool
pub fn says(request: &Request, name: &str) -> bool {
    let no = |text: &str| text == "0" || text.eq_ignore_ascii_case("false");
    request.param(name).is_some_and(|text| !no(text))
}

/// What to do with fields that a kind does not have.
pub fn field_validation(request: &Request) -> Result<FieldValidation, Status> {
    FieldValidation::parse(request.param("fieldValidation").unwrap_or_default())
        .map_err(bad_request)
}

/// Which objects of a collection are meant.
pub fn selectors(request: &Request) -> Result<(Selector, FieldSelector), Status> {
    let labels = parse_labels(request.param("labelSelector").unwrap_or_default());
    let fields = FieldSelector::parse(request.param("fieldSelector").unwrap_or_default());
    Ok((labels.map_err(bad_request)?, fields.map_err(bad_request)?))
}

/// How to delete: what the body says, or else the query.
///
/// upstream: staging/src/k8s.io/apiserver/pkg/endpoints/handlers/delete.go DeleteResource
pub fn delete(request: &Request) -> Result<DeleteOptions, Status> {
    let mut options = Value::Null;
    if !request.body.is_empty() {
        options = body::parse(request)?;
    }
    let number = |field: &str| {
        let query = request.param(field).and_then(|text| text.parse().ok());
        options[field].as_i64().or(query)
    };
    let text = |field: &str| {
        let given = options[field].as_str().or(request.param(field));
        given.map(str::to_owned)
    };
    let orphan = options["orphanDependents"].as_bool();
    let propagation = match (text("propagationPolicy").as_deref(), orphan) {
        (Some("Background"), _) | (None, Some(false) | None) => Propagation::Background,
        (Some("Foreground"), _) => Propagation::Foreground,
        (Some("Orphan"), _) | (None, Some(true)) => Propagation::Orphan,
        (Some(other), _) => {
            return Err(bad_request(format!(
                "DeleteOptions.meta.k8s.io \"\" is invalid: propagationPolicy: Unsupported value: {other:?}: supported \
                 values: \"Background\", \"Foreground\", \"Orphan\""
            )));
        }
    };
    let preconditions = &options["preconditions"];
    let version = preconditions["resourceVersion"].as_str();
    Ok(DeleteOptions {
        grace: number("gracePeriodSeconds"),
        propagation,
        uid: preconditions["uid"]
            .as_str()
            .map(|text| Uid::parse(text).unwrap_or_default()),
        resource_version: version.map(|text| text.parse().unwrap_or_default()),
    })
}
