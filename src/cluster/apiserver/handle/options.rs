//! Query parameters.

use podarium_api::decode::FieldValidation;
use podarium_api::selector::{FieldSelector, Selector, parse_labels};
use podarium_api::status::Status;

use super::super::Request;
use super::bad_request;

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

/// What to do with fields that a kind does not have; other words were refused with the other options.
pub fn field_validation(request: &Request) -> FieldValidation {
    let said = request.param("fieldValidation").unwrap_or_default();
    FieldValidation::parse(said).unwrap_or(FieldValidation::Warn)
}

/// Which objects of a collection are meant.
pub fn selectors(request: &Request) -> Result<(Selector, FieldSelector), Status> {
    let labels = parse_labels(request.param("labelSelector").unwrap_or_default());
    let fields = FieldSelector::parse(request.param("fieldSelector").unwrap_or_default());
    Ok((labels.map_err(bad_request)?, fields.map_err(bad_request)?))
}
