//! Decoding texts of manifests: YAML or JSON, several documents, lists of objects.

use std::cell::OnceCell;
use std::sync::Arc;

use serde_json::Value;

use super::check::{self, Fault, Finding};
use super::tidy;
use super::{Decoded, Manifest, Problem, Severity, Suggestion};
use crate::kinds::{self, KindId, KindInfo};
use crate::schema::{Shape, schema};
use crate::sort;
use crate::yaml::{self, Mark, Positions};

/// Lists may stand in lists, but nobody needs more of that.
const MAX_LISTS: usize = 4;

/// Problems beyond this number are not told, but for one that says so.
const MAX_PROBLEMS: usize = 1000;

/// Decodes a text. `source_name` is what the text is called where its objects are told of (a file's name).
pub fn decode(source_name: &str, text: &str) -> Decoded {
    decode_with(source_name, text, &[])
}

/// [`decode`] of a text that may have objects of kinds which definitions describe. Of their fields the server knows more.
pub fn decode_with(source_name: &str, text: &str, custom: &[KindId]) -> Decoded {
    let text = text.strip_prefix('\u{feff}').unwrap_or(text);
    let (documents, errors) = yaml::read(text);
    let mut decoder = Decoder {
        text,
        lines: OnceCell::new(),
        source: Arc::from(source_name),
        out: Decoded::default(),
        document: 0,
        custom,
    };
    for error in errors {
        let suggestion = error.replacement.map(|replacement| {
            let label = if replacement.trim().is_empty() {
                "use spaces"
            } else {
                "write this"
            };
            Suggestion {
                label: label.to_string(),
                replacement,
            }
        });
        decoder.document = error.document;
        decoder.problem(
            error.start,
            error.end,
            String::new(),
            error.message,
            suggestion,
        );
    }
    for document in documents {
        decoder.document = document.index;
        decoder.object(document.value, document.positions, None, MAX_LISTS);
    }
    let mut out = decoder.out;
    sort::by_key(&mut out.problems, |problem| {
        (problem.document, problem.line, problem.column)
    });
    out
}

struct Decoder<'a> {
    text: &'a str,
    /// Where each line begins.
    lines: OnceCell<Vec<usize>>,
    source: Arc<str>,
    out: Decoded,
    document: u32,
    custom: &'a [KindId],
}

impl Decoder<'_> {
    /// One document, or one item of a list. `kind` is what a typed list says of its items.
    fn object(
        &mut self,
        mut value: Value,
        positions: Positions,
        kind: Option<&'static KindInfo>,
        lists: usize,
    ) {
        let Value::Object(map) = &mut value else {
            if !value.is_null() {
                let place = positions.place(&[]).unwrap_or_default();
                let word = check::word(&value);
                let message = format!(
                    "json: cannot unmarshal {word} into Go value of type map[string]interface {{}}"
                );
                self.problem(place.value, place.end, String::new(), message, None);
            }
            return;
        };
        if let Some(row) = kind {
            map.entry("apiVersion")
                .or_insert_with(|| Value::from(row.api_version()));
            map.entry("kind").or_insert_with(|| Value::from(row.kind));
        }
        let (api_version, named) = (
            self.word(&value, &positions, "apiVersion"),
            self.word(&value, &positions, "kind"),
        );
        let (Some(api_version), Some(named)) = (api_version, named) else {
            return;
        };
        if named.ends_with("List") && lists > 0 && kinds::by_gvk(&api_version, &named).is_err() {
            let of = kinds::by_list_gvk(&api_version, &named);
            if of.is_some() || (api_version == "v1" && named == "List") {
                return self.list(value, &positions, of, lists - 1);
            }
        }
        let mut custom = self.custom.iter().map(|kind| kind.info());
        let custom = custom.find(|row| row.kind == named && row.is_api_version(&api_version));
        let row = match custom.map_or_else(|| kinds::by_gvk(&api_version, &named), Ok) {
            Ok(row) => row,
            Err(why) => return self.no_match(&api_version, &named, why.to_string(), &positions),
        };
        self.manifest(row, value, positions);
    }

    fn list(
        &mut self,
        mut list: Value,
        positions: &Positions,
        of: Option<&'static KindInfo>,
        lists: usize,
    ) {
        match list.get_mut("items").map(Value::take) {
            None | Some(Value::Null) => {}
            Some(Value::Array(items)) => {
                for (item, inner) in items.into_iter().zip(positions.items("items")) {
                    self.object(item, inner, of, lists);
                }
            }
            Some(_) => {
                let place = positions.place(&["items"]).unwrap_or_default();
                let message = "items field of UnstructuredList must be an array".to_string();
                self.problem(place.value, place.end, "items".to_string(), message, None);
            }
        }
    }

    /// `apiVersion` or `kind`, which must be text.
    fn word(&mut self, value: &Value, positions: &Positions, field: &str) -> Option<String> {
        let found = value.get(field);
        if let Some(Value::String(word)) = found
            && !word.is_empty()
        {
            return Some(word.clone());
        }
        let place = positions.place(&[field]).unwrap_or_default();
        // upstream: kubectl/pkg/validation/schema.go, cli-runtime's builder
        self.problem(
            place.value,
            place.value,
            field.to_string(),
            format!("{field} not set"),
            None,
        );
        None
    }

    fn no_match(&mut self, api_version: &str, kind: &str, message: String, positions: &Positions) {
        let meant = kinds::suggestion(api_version, kind);
        let (field, suggestion) = match meant {
            Some((version, near)) if near == kind => {
                let label = format!("{kind} is in {version} today");
                (
                    "apiVersion",
                    Some(Suggestion {
                        label,
                        replacement: version,
                    }),
                )
            }
            Some((version, near)) => {
                let label = if version == api_version {
                    format!("did you mean {near:?}?")
                } else {
                    format!("did you mean {near:?} of {version}?")
                };
                (
                    "kind",
                    Some(Suggestion {
                        label,
                        replacement: near.to_string(),
                    }),
                )
            }
            None => ("kind", None),
        };
        let place = positions.place(&[field]).unwrap_or_default();
        self.problem(
            place.value,
            place.end,
            field.to_string(),
            message,
            suggestion,
        );
    }

    fn manifest(&mut self, row: &'static KindInfo, mut value: Value, positions: Positions) {
        let owner = schema().of_kind(row.id);
        let checked = owner.map_or_else(Default::default, |owner| check::check(owner, &value));
        let mut refused = false;
        for finding in checked.findings {
            refused |= finding.fault != Fault::Missing;
            self.finding(finding, &value, &positions);
        }
        let meta = |field: &str| {
            value
                .get("metadata")
                .and_then(|m| m.get(field))
                .and_then(Value::as_str)
                .unwrap_or("")
        };
        if !refused && row.stored() && meta("name").is_empty() && meta("generateName").is_empty() {
            let place = positions.place(&["metadata", "name"]).unwrap_or_default();
            // upstream: apimachinery/pkg/api/validation/objectmeta.go ValidateObjectMetaAccessor
            let message =
                "metadata.name: Required value: name or generateName is required".to_string();
            self.problem(
                place.at,
                word_end(place.at, "metadata"),
                "metadata.name".to_string(),
                message,
                None,
            );
        }
        if refused {
            return;
        }
        if let Some(owner) = owner.filter(|_| checked.untidy) {
            tidy::tidy(owner, &mut value);
        }
        let (document, source) = (self.document, self.source.clone());
        self.out.manifests.push(Manifest {
            kind: row.id,
            value,
            positions,
            document,
            source,
        });
    }

    fn finding(&mut self, finding: Finding, value: &Value, positions: &Positions) {
        let path: Vec<&str> = finding.path.iter().map(String::as_str).collect();
        let place = positions.place(&path).unwrap_or_default();
        let spelled = spell(&finding.path, value);
        let (start, end, suggestion) = match finding.fault {
            Fault::UnknownField => {
                let suggestion = finding.meant.map(|meant| Suggestion {
                    label: format!("did you mean {meant:?}?"),
                    replacement: meant.to_string(),
                });
                (
                    place.at,
                    word_end(place.at, path.last().copied().unwrap_or_default()),
                    suggestion,
                )
            }
            Fault::WrongType => (
                place.value,
                place.end,
                self.retyped(finding.expected, value, &path, place.value, place.end),
            ),
            // Shown at the object that lacks it.
            Fault::Missing => (
                place.at,
                word_end(place.at, path.iter().rev().nth(1).copied().unwrap_or("x")),
                None,
            ),
        };
        self.problem(start, end, spelled, finding.message, suggestion);
    }

    /// The value as it would have to be written for the type that is expected, where that is a matter of quotes.
    fn retyped(
        &self,
        expected: Option<Shape>,
        value: &Value,
        path: &[&str],
        start: Mark,
        end: Mark,
    ) -> Option<Suggestion> {
        let mut found = value;
        for segment in path {
            found = match found {
                Value::Array(items) => items.get(segment.parse::<usize>().ok()?)?,
                other => other.get(*segment)?,
            };
        }
        let written = self.slice(start, end)?;
        match (expected?, found) {
            (Shape::String | Shape::IntOrString, Value::Bool(_) | Value::Number(_)) => {
                let replacement = format!("\"{written}\"");
                Some(Suggestion {
                    label: format!("quote it: {replacement}"),
                    replacement,
                })
            }
            (Shape::Int32 | Shape::Int64, Value::String(text)) if text.parse::<i64>().is_ok() => {
                Some(plain(text))
            }
            (Shape::Bool, Value::String(text)) if matches!(text.as_str(), "true" | "false") => {
                Some(plain(text))
            }
            _ => None,
        }
    }

    /// The text between two marks of one line.
    fn slice(&self, start: Mark, end: Mark) -> Option<&str> {
        if start.line != end.line {
            return None;
        }
        let lines = self.lines.get_or_init(|| {
            let ends = self
                .text
                .bytes()
                .enumerate()
                .filter(|(_, byte)| *byte == b'\n')
                .map(|(at, _)| at + 1);
            std::iter::once(0).chain(ends).collect()
        });
        let line = self
            .text
            .get(*lines.get((start.line as usize).checked_sub(1)?)?..)?
            .lines()
            .next()?;
        let at = |column: u32| {
            line.char_indices()
                .nth(column as usize - 1)
                .map_or(line.len(), |(at, _)| at)
        };
        line.get(at(start.column)..at(end.column))
            .filter(|written| !written.is_empty())
    }

    fn problem(
        &mut self,
        start: Mark,
        end: Mark,
        path: String,
        message: String,
        suggestion: Option<Suggestion>,
    ) {
        let told = self.out.problems.len();
        if told > MAX_PROBLEMS {
            return;
        }
        let (path, message, suggestion) = if told < MAX_PROBLEMS {
            (path, message, suggestion)
        } else {
            (
                String::new(),
                "too many problems: this one and all further ones are not told".to_string(),
                None,
            )
        };
        let start = start.max(Mark { line: 1, column: 1 });
        let end = end.max(start);
        self.out.problems.push(Problem {
            severity: Severity::Error,
            line: start.line,
            column: start.column,
            end_line: end.line,
            end_column: end.column,
            path,
            message,
            suggestion,
            document: self.document,
        });
    }
}

fn plain(text: &str) -> Suggestion {
    Suggestion {
        label: format!("without quotes: {text}"),
        replacement: text.to_string(),
    }
}

fn word_end(start: Mark, word: &str) -> Mark {
    Mark {
        line: start.line,
        column: start.column + word.chars().count() as u32,
    }
}

/// A path in upstream's spelling, with brackets around items and around keys that are no fields' names.
fn spell(path: &[String], value: &Value) -> String {
    let mut out = String::new();
    let mut here = Some(value);
    for segment in path {
        let item = here.is_some_and(Value::is_array);
        here = here.and_then(|value| match value {
            Value::Array(items) => segment.parse::<usize>().ok().and_then(|n| items.get(n)),
            other => other.get(segment),
        });
        if item || segment.contains(['.', '/', '[']) {
            out.extend(["[", segment, "]"]);
        } else {
            if !out.is_empty() {
                out.push('.');
            }
            out.push_str(segment);
        }
    }
    out
}
