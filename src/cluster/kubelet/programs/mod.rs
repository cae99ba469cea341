//! What simulated images do: the catalogue of `static/images.yaml` and the programs made of it.

mod calls;
mod catalogue;
mod image;
mod pattern;
mod program;
pub(super) mod shell;

use serde_json::Value;

pub use catalogue::{Catalogue, PullError, catalogue};
pub use image::{Image, Speaks, parse_span};
#[cfg(not(target_arch = "wasm32"))]
pub use program::script;
pub use program::{Program, Start};

/// YAML text of one document to its value; the error is the first that is wrong with it.
pub(super) fn decode(text: &str) -> Result<Value, String> {
    let (mut documents, errors) = podarium_api::yaml::read(text);
    match (errors.first(), documents.pop()) {
        (Some(e), _) => Err(format!(
            "{}:{}: {}",
            e.start.line, e.start.column, e.message
        )),
        (None, Some(document)) => Ok(document.value),
        (None, None) => Err("no document".into()),
    }
}
