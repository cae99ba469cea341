//! YAML and JSON text to values that know where they stand in it, and values back to YAML as kubectl prints it.
//!
//! The reader follows kubectl's: YAML 1.1 scalars (`yes` is true, `0644` is 420), merge keys, several documents, JSON
//! where the text begins with a brace. Events come from a parser crate; the tree, its positions and its limits are ours.

mod compose;
mod emit;
mod guard;
mod json;
mod positions;
mod scalar;
mod split;
mod tree;
mod trouble;

use serde_json::Value;

pub use emit::to_yaml;
pub use positions::{Place, Positions};

/// Nesting beyond this is refused: no manifest needs it, everything that walks a value may then recurse, and serde_json
/// can read again what it wrote (its own limit is 128).
pub const MAX_DEPTH: usize = 120;

/// How many nodes a text may gain by repeating anchored ones.
pub const MAX_ALIASED: usize = 400_000;

/// A moment in the text: line and column, both from 1, columns counted in characters.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub struct Mark {
    /// Line, from 1.
    pub line: u32,
    /// Column, from 1.
    pub column: u32,
}

/// One document of a text.
#[derive(Debug)]
pub struct Document {
    /// Its number among the documents of the text that are not empty, from 0.
    pub index: u32,
    /// What it says.
    pub value: Value,
    /// Where it says it.
    pub positions: Positions,
}

/// Why a document cannot be read, or not as it stands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct YamlError {
    /// The number of its document, as [`Document::index`].
    pub document: u32,
    /// Where the trouble begins.
    pub start: Mark,
    /// Where it ends; equal to `start` for a mere point.
    pub end: Mark,
    /// What is wrong, in the words of kubectl's parser where it has some.
    pub message: String,
    /// Text that would be right from `start` to `end`.
    pub replacement: Option<String>,
}

/// Reads every document of a text. A document with an error is left out, the others are there.
pub fn read(text: &str) -> (Vec<Document>, Vec<YamlError>) {
    let text = text.strip_prefix('\u{feff}').unwrap_or(text);
    // upstream: apimachinery/pkg/util/yaml/decoder.go GuessJSONStream: a text that begins with a brace is JSON, and
    // YAML in braces only where it is no JSON.
    if text.trim_start().starts_with('{')
        && let Some(read) = json::read(text)
    {
        return read;
    }
    let (mut documents, mut errors) = (Vec::new(), Vec::new());
    let mut index = 0;
    for part in split::documents(text) {
        let had = errors.len();
        let composed = compose::compose(part.text, part.line, index, &mut errors);
        index += composed.seen;
        documents.extend(composed.documents);
        if errors.len() > had && composed.seen == 0 {
            index += 1;
        }
    }
    (documents, errors)
}

#[cfg(test)]
mod tests;
