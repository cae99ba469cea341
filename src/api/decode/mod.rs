//! From text to objects that know where they came from, and from request bodies to objects: strictly, with upstream's
//! sentences, and without one mistake hiding another.

mod check;
mod json;
mod manifest;
mod special;
#[cfg(test)]
mod tests;
mod tidy;

use std::sync::Arc;

use serde_json::Value;

use crate::kinds::KindId;
use crate::yaml::Positions;

pub use check::{Fault, Finding, MAX_FINDINGS, word};
pub use json::{FieldValidation, decode_json, unregistered};
pub use manifest::{decode, decode_with};

/// What a text of manifests holds.
#[derive(Debug, Default)]
pub struct Decoded {
    /// The objects that would be sent to the API server, in order. Documents that cannot be decoded are left out.
    pub manifests: Vec<Manifest>,
    /// Everything that is wrong, by document and place.
    pub problems: Vec<Problem>,
}

/// One object of a text.
#[derive(Clone, Debug)]
pub struct Manifest {
    /// Its kind.
    pub kind: KindId,
    /// The whole object, with `apiVersion` and `kind`, without fields that are null.
    pub value: Value,
    /// Where its fields stand in the text.
    pub positions: Positions,
    /// The number of its document in the text, from 0; empty documents do not count.
    pub document: u32,
    /// The name of the text, as given to [`decode`].
    pub source: Arc<str>,
}

impl Manifest {
    /// `metadata.name`, empty if it has none.
    pub fn name(&self) -> &str {
        self.meta("name")
    }

    /// `metadata.namespace`, empty if it has none.
    pub fn namespace(&self) -> &str {
        self.meta("namespace")
    }

    fn meta(&self, field: &str) -> &str {
        self.value
            .get("metadata")
            .and_then(|meta| meta.get(field))
            .and_then(Value::as_str)
            .unwrap_or_default()
    }
}

/// How bad a problem is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Severity {
    /// The object is refused, here or by the API server.
    Error,
    /// The object is taken.
    Warning,
}

/// Something wrong in a text, and where.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Problem {
    /// How bad it is.
    pub severity: Severity,
    /// Line of the first character, from 1.
    pub line: u32,
    /// Column of the first character, from 1, counted in characters.
    pub column: u32,
    /// Line of the end.
    pub end_line: u32,
    /// Column behind the last character.
    pub end_column: u32,
    /// The field, as `spec.containers[0].image`; empty where it is no field's.
    pub path: String,
    /// The sentence, in upstream's words where upstream has some.
    pub message: String,
    /// What would be right.
    pub suggestion: Option<Suggestion>,
    /// The number of the document in the text, from 0.
    pub document: u32,
}

/// A way to mend a problem.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Suggestion {
    /// What to tell the person: `did you mean "replicas"?`.
    pub label: String,
    /// The text to stand in the problem's place.
    pub replacement: String,
}

impl std::fmt::Display for Problem {
    /// `3:5: unknown field "spec.replcas" (did you mean "replicas"?)`
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}:{}: {}", self.line, self.column, self.message)?;
        match &self.suggestion {
            Some(suggestion) => write!(f, " ({})", suggestion.label),
            None => Ok(()),
        }
    }
}
