//! Decoding request bodies, which are values already.

use serde_json::Value;

use super::check::{self, Fault};
use super::tidy;
use crate::schema::schema;

/// What to do with fields that a kind does not have.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FieldValidation {
    /// Refuse the object.
    Strict,
    /// Take the object without them, and say so.
    Warn,
    /// Take the object without them.
    Ignore,
}

impl FieldValidation {
    /// The query parameter `fieldValidation`; absent or empty is `Warn`, and another word none.
    pub fn parse(parameter: &str) -> Option<FieldValidation> {
        match parameter {
            "" | "Warn" => Some(FieldValidation::Warn),
            "Strict" => Some(FieldValidation::Strict),
            "Ignore" => Some(FieldValidation::Ignore),
            _ => None,
        }
    }
}

/// Holds a request's object against the type of `api_version` and `kind`, and drops from it what is null or unknown. Gives
/// upstream's sentences about unknown fields. Required fields are not looked at: that is validation's.
///
/// # Errors
/// The sentence for a wrong type.
// upstream: apimachinery/pkg/runtime/serializer/json/json.go Decode
pub fn decode_json(
    api_version: &str,
    kind: &str,
    value: &mut Value,
) -> Result<Vec<String>, String> {
    // What comes before the fields is the page's own first example, which has nothing unknown.
    if schema().is_empty() {
        return Ok(Vec::new());
    }
    let Some(owner) = schema().find(api_version, kind) else {
        return Err(unregistered(api_version, kind));
    };
    let checked = check::check(owner, value);
    let mut unknown = Vec::new();
    for finding in checked.findings {
        match finding.fault {
            Fault::WrongType => return Err(finding.message),
            Fault::UnknownField => unknown.push(finding.message),
            Fault::Missing => {}
        }
    }
    if checked.untidy {
        tidy::tidy(owner, value);
    }
    Ok(unknown)
}

/// upstream: apimachinery/pkg/runtime/error.go notRegisteredErr
pub fn unregistered(api_version: &str, kind: &str) -> String {
    let scheme = "pkg/api/legacyscheme/scheme.go:30";
    format!("no kind {kind:?} is registered for version {api_version:?} in scheme {scheme:?}")
}
