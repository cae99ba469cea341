//! What the typed manifests are: their objects, their problems, and how they differ from what was applied.

use podarium_api::decode::{Manifest, Severity, decode};
use podarium_api::kinds::KindId;

use crate::changes::{Change, Entry, changes};
use crate::texts::t;

use super::files::File;

/// A problem in a file, as the list and the underlines show it.
#[derive(Clone, Debug, PartialEq)]
pub struct Problem {
    /// The file's place among the files.
    pub file: usize,
    /// Line of the first character, from 1.
    pub line: u32,
    /// Column of the first character, from 1.
    pub column: u32,
    /// Line of the end.
    pub end_line: u32,
    /// Column behind the last character.
    pub end_column: u32,
    /// Whether the object is refused for it.
    pub error: bool,
    /// The sentence.
    pub message: String,
    /// What is to be said of the way out, and the text that takes it.
    pub fix: Option<(String, String)>,
}

impl Problem {
    /// A problem of the decoder, in the file of that place.
    pub fn new(file: usize, problem: &podarium_api::decode::Problem) -> Self {
        Problem {
            file,
            line: problem.line,
            column: problem.column,
            end_line: problem.end_line,
            end_column: problem.end_column,
            error: problem.severity == Severity::Error,
            message: problem.message.clone(),
            fix: problem
                .suggestion
                .as_ref()
                .map(|s| (s.label.clone(), s.replacement.clone())),
        }
    }
}

/// What was found in the files.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Found {
    /// Problems by file and place.
    pub problems: Vec<Problem>,
    /// Differences from what was applied.
    pub changes: Vec<Change>,
}

/// The objects of decoded manifests.
pub fn entries(manifests: &[Manifest]) -> Vec<Entry> {
    manifests
        .iter()
        .map(|m| Entry {
            name: name(m.kind, m.namespace(), m.name()),
            value: m.value.clone(),
        })
        .collect()
}

/// What an object is called in a line on changes.
pub fn name(kind: KindId, namespace: &str, name: &str) -> String {
    let kind = kind.info().kind.to_ascii_lowercase();
    match namespace {
        "" | "default" => format!("{kind}/{name}"),
        namespace => format!("{namespace}/{kind}/{name}"),
    }
}

/// Reads all files.
pub fn check(files: &[File]) -> Found {
    let mut found = Found::default();
    let mut now = Vec::new();
    for (i, file) in files.iter().enumerate() {
        let decoded = decode(&file.name, &file.text);
        found
            .problems
            .extend(decoded.problems.iter().map(|p| Problem::new(i, p)));
        now.push(entries(&decoded.manifests));
    }
    let has = |entries: &[Entry], name: &str| entries.iter().any(|e| e.name == name);
    for (file, now) in files.iter().zip(&now) {
        // Two files may have an object of one name: each is compared with what itself was, and only what is new in it with
        // what the others were.
        let mut before = file.applied.clone();
        for other in files.iter().flat_map(|other| &other.applied) {
            if has(now, &other.name) && !has(&before, &other.name) {
                before.push(other.clone());
            }
        }
        found.changes.extend(changes(&before, now));
    }
    // A broken document is not a removed object, nor is one that is in another file now.
    let broken = found.problems.iter().any(|p| p.error);
    found.changes.retain(|change| match change {
        Change::Removed(name) => !broken && !now.iter().any(|entries| has(entries, name)),
        _ => true,
    });
    found
}

/// One line on what applying would change.
pub fn summary(found: &Found) -> String {
    let errors = found.problems.iter().filter(|p| p.error).count();
    if errors > 0 {
        return t!("summary-problems", count = errors);
    }
    match found.changes.as_slice() {
        [] => t!("summary-none"),
        [
            Change::Edited {
                field, from, to, ..
            },
        ] if from.is_empty() => t!("summary-set", field = field.as_str(), to = to.as_str()),
        [
            Change::Edited {
                field, from, to, ..
            },
        ] if to.is_empty() => t!(
            "summary-unset",
            field = field.as_str(),
            from = from.as_str()
        ),
        [
            Change::Edited {
                field, from, to, ..
            },
        ] => {
            t!(
                "summary-edited",
                field = field.as_str(),
                from = from.as_str(),
                to = to.as_str()
            )
        }
        [Change::Added(name)] => t!("summary-added", name = name.as_str()),
        [Change::Removed(name)] => t!("summary-removed", name = name.as_str()),
        many => t!("summary-many", count = many.len()),
    }
}
