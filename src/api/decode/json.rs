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
    /// The query parameter `fieldValidation`; absent or empty is `Warn`.
    ///
    /// # Errors
    /// Upstream's sentence for any other word.
    // upstream: apimachinery/pkg/apis/meta/v1/validation/validation.go ValidateFieldValidation
    pub fn parse(parameter: &str) -> Result<FieldValidation, String> {
        match parameter {
            "" | "Warn" => Ok(FieldValidation::Warn),
            "Strict" => Ok(FieldValidation::Strict),
            "Ignore" => Ok(FieldValidation::Ignore),
            other => Err(format!(
                "fieldValidation: Unsupported value: {other:?}: supported values: \"\", \"Ignore\", \"Strict\", \"Warn\""
            )),
        }
    }
}

/// Holds a request's object against the type of `api_version` and `kind`, and drops from it what is null or unknown.
/// Gives the warnings for the response's headers. Required fields are not looked at: that is validation's.
///
/// # Errors
/// The sentence of the `BadRequest` status: a wrong type, or unknown fields under `Strict`.
// upstream: apiserver/pkg/endpoints/handlers/create.go, runtime/error.go NewStrictDecodingError
pub fn decode_json(
    api_version: &str,
    kind: &str,
    value: &mut Value,
    validation: FieldValidation,
) -> Result<Vec<String>, String> {
    let Some(owner) = schema().find(api_version, kind) else {
        // upstream: apimachinery/pkg/runtime/error.go notRegisteredErr
        return Err(format!(
            "no kind {kind:?} is registered for version {api_version:?}"
        ));
    };
    let checked = check::check(owner, value);
    let version = api_version.rsplit('/').next().unwrap_or_default();
    let refuse = |why: &str| {
        Err(format!(
            "{kind} in version {version:?} cannot be handled as a {kind}: {why}"
        ))
    };
    if let Some(wrong) = checked
        .findings
        .iter()
        .find(|finding| finding.fault == Fault::WrongType)
    {
        return refuse(&wrong.message);
    }
    let unknown = checked
        .findings
        .into_iter()
        .filter(|finding| finding.fault == Fault::UnknownField);
    let unknown: Vec<String> = unknown.map(|finding| finding.message).collect();
    if validation == FieldValidation::Strict && !unknown.is_empty() {
        return refuse(&["strict decoding error: ", &unknown.join(", ")].concat());
    }
    if checked.untidy {
        tidy::tidy(owner, value);
    }
    Ok(if validation == FieldValidation::Warn {
        unknown
    } else {
        Vec::new()
    })
}
