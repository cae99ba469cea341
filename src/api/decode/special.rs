//! Values whose text has a reading of its own: quantities, moments, bytes, numbers or names.

use serde_json::Value;

use super::check::word;
use crate::quantity::Quantity;
use crate::schema::Shape;

/// Why a value of a type with a reading of its own is none.
pub(super) fn special(shape: Shape, value: &Value) -> Option<String> {
    let no_text = || {
        Some(
            [
                "json: cannot unmarshal ",
                &word(value),
                " into Go value of type string",
            ]
            .concat(),
        )
    };
    match (shape, value) {
        (Shape::Quantity, Value::String(text)) => Quantity::parse(text.trim())
            .err()
            .map(|why| why.to_string()),
        (Shape::Quantity, other) => Quantity::parse(&other.to_string())
            .err()
            .map(|why| why.to_string()),
        (Shape::IntOrString, Value::String(_)) => None,
        (Shape::IntOrString, other) => {
            let good = other.as_i64().is_some_and(|n| i32::try_from(n).is_ok());
            (!good).then(|| {
                [
                    "json: cannot unmarshal ",
                    &word(other),
                    " into Go value of type int32",
                ]
                .concat()
            })
        }
        (Shape::Bytes, Value::String(text)) => base64_error(text),
        (Shape::Time | Shape::MicroTime, Value::String(text)) => {
            crate::time::parse_rfc3339(text).is_none().then(|| {
                // upstream: Go's time.ParseError
                let layout = if shape == Shape::Time {
                    "2006-01-02T15:04:05Z07:00"
                } else {
                    "2006-01-02T15:04:05.000000Z07:00"
                };
                format!("parsing time {text:?} as {layout:?}: cannot parse {text:?} as \"2006\"")
            })
        }
        _ => no_text(),
    }
}

/// Go's sentence for bytes that are no base64.
// upstream: encoding/base64 CorruptInputError
fn base64_error(text: &str) -> Option<String> {
    use base64::{DecodeError, Engine};
    let dense: String = text.chars().filter(|c| !matches!(c, '\r' | '\n')).collect();
    let at = match base64::engine::general_purpose::STANDARD.decode(&dense) {
        Ok(_) => return None,
        Err(DecodeError::InvalidByte(at, _) | DecodeError::InvalidLastSymbol(at, _)) => at,
        Err(DecodeError::InvalidLength(_) | DecodeError::InvalidPadding) => {
            dense.trim_end_matches('=').len()
        }
    };
    Some(format!("illegal base64 data at input byte {at}"))
}
