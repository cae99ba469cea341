//! From the parser's events to documents: tags, anchors, merge keys, and errors with a place and a hint.

use std::borrow::Cow;
use std::collections::BTreeMap;

use serde_json::Value;
use serde_yaml::{Event, Marker, Parser, ScalarStyle, Span, Tag};

use super::scalar;
use super::tree::{Anchored, Tree};
use super::{Document, Mark, YamlError};

/// What one part of a text held.
pub(super) struct Composed {
    pub documents: Vec<Document>,
    /// How many documents were begun, readable or not.
    pub seen: u32,
}

/// Reads a part of a text that begins after `line` lines. Its first document has number `index`.
pub(super) fn compose(text: &str, line: u32, index: u32, errors: &mut Vec<YamlError>) -> Composed {
    let had = errors.len();
    let mut composed = attempt(text, line, index, errors);
    let mut patched = String::new();
    // The parser refuses a tab between a colon and a word, which kubectl's takes for a space. A space it becomes then,
    // of the same width; only so often, for each time costs a reading.
    for _ in 0..MAX_TABS {
        let colon = |error: &YamlError| {
            error
                .message
                .starts_with("':' must be followed by a valid YAML whitespace")
        };
        let Some(error) = errors
            .last()
            .filter(|error| errors.len() > had && colon(error))
        else {
            break;
        };
        if patched.is_empty() {
            patched = text.to_string();
        }
        if !colon_tab_to_space(
            &mut patched,
            (error.start.line - line) as usize,
            error.start.column as usize,
        ) {
            break;
        }
        errors.truncate(had);
        composed = attempt(&patched, line, index, errors);
    }
    composed
}

/// How many tabs behind colons are taken for spaces.
const MAX_TABS: usize = 64;

/// Replaces the tabs that end before a column of a line, both from 1. Whether there were any.
fn colon_tab_to_space(text: &mut String, line: usize, column: usize) -> bool {
    let start: usize = text
        .split_inclusive('\n')
        .take(line - 1)
        .map(str::len)
        .sum();
    let end = text[start..]
        .char_indices()
        .nth(column - 1)
        .map_or(text.len(), |(at, _)| start + at);
    let tabs = text[start..end].len() - text[start..end].trim_end_matches('\t').len();
    text.replace_range(end - tabs..end, &" ".repeat(tabs));
    tabs > 0
}

fn attempt(text: &str, line: u32, index: u32, errors: &mut Vec<YamlError>) -> Composed {
    let mut composed = Composed {
        documents: Vec::new(),
        seen: 0,
    };
    let mark = |marker: &Marker| Mark {
        line: marker.line() as u32 + line,
        column: marker.col() as u32 + 1,
    };
    let mut composer = Composer {
        tree: Tree::new(index),
        open: Vec::new(),
        anchors: BTreeMap::new(),
    };
    let mut parser = Parser::new_from_str(text);
    loop {
        let document = index + composed.seen;
        let (event, span) = match parser.next_event() {
            None => break,
            Some(Ok(event)) => event,
            Some(Err(error)) => {
                errors.extend(composer.tree.into_errors());
                errors.push(scan_error(
                    text,
                    line,
                    document,
                    mark(error.marker()),
                    error.info(),
                ));
                composed.seen += 1;
                break;
            }
        };
        let (start, end) = (mark(&span.start), mark(&span.end));
        match event {
            Event::DocumentStart(_) => {
                composer = Composer {
                    tree: Tree::new(document),
                    open: Vec::new(),
                    anchors: BTreeMap::new(),
                };
            }
            Event::DocumentEnd => {
                match std::mem::replace(&mut composer.tree, Tree::new(document)).finish() {
                    Ok((value, positions)) => composed.documents.push(Document {
                        index: document,
                        value,
                        positions,
                    }),
                    Err(found) => errors.extend(found),
                }
                composed.seen += 1;
            }
            event => {
                if let Err(message) = composer.event(event, start, end, &span) {
                    // Structure is lost: nothing further in this part can be trusted.
                    errors.extend(composer.tree.into_errors());
                    errors.push(YamlError {
                        document,
                        start,
                        end,
                        message,
                        replacement: None,
                    });
                    composed.seen += 1;
                    break;
                }
            }
        }
    }
    composed
}

struct Composer {
    tree: Tree,
    /// The anchors of the open lists and maps, 0 for none.
    open: Vec<usize>,
    /// By the parser's number; `None` while the anchored value is still open.
    anchors: BTreeMap<usize, Option<Anchored>>,
}

impl Composer {
    fn event(
        &mut self,
        event: Event<'_>,
        start: Mark,
        end: Mark,
        span: &Span,
    ) -> Result<(), String> {
        match event {
            Event::Scalar(text, style, anchor, tag) => {
                self.scalar(text, style, anchor, tag.as_deref(), start, end)
            }
            Event::SequenceStart(anchor, _) => {
                self.open(anchor)?;
                self.tree.open_list(start)
            }
            Event::MappingStart(anchor, _) => {
                self.open(anchor)?;
                self.tree.open_map(start)
            }
            Event::SequenceEnd | Event::MappingEnd => {
                // A block's end is wherever the next token stands; a bracket is its own.
                let bracket = (!span.is_empty()).then_some(end);
                let entry = self.tree.close(bracket)?;
                match self.open.pop() {
                    Some(anchor) if anchor > 0 => {
                        let anchored = self.tree.anchor(entry)?;
                        self.anchors.insert(anchor, Some(anchored));
                        Ok(())
                    }
                    _ => Ok(()),
                }
            }
            Event::Alias(id) => match self.anchors.get(&id) {
                Some(Some(anchored)) if self.tree.wants_key() => {
                    self.tree
                        .key(key_text(anchored.value())?, start, end, false);
                    Ok(())
                }
                Some(Some(anchored)) => self.tree.alias(anchored, start, end),
                // upstream: goyaml.v2/decode.go decoder.alias
                Some(None) => Err("anchor value contains itself".to_string()),
                None => Err("unknown anchor referenced".to_string()),
            },
            Event::Nothing
            | Event::StreamStart
            | Event::StreamEnd
            | Event::DocumentStart(_)
            | Event::DocumentEnd => Ok(()),
        }
    }

    fn scalar(
        &mut self,
        text: Cow<'_, str>,
        style: ScalarStyle,
        anchor: usize,
        tag: Option<&Tag>,
        start: Mark,
        end: Mark,
    ) -> Result<(), String> {
        let plain = style == ScalarStyle::Plain;
        let merge = plain && tag.is_none() && text == "<<";
        let value = match tagged(text, plain, tag) {
            Ok(value) => value,
            Err(message) => {
                self.tree.error(start, end, message);
                Value::Null
            }
        };
        let anchored = if self.tree.wants_key() {
            self.tree.key(key_text(&value)?, start, end, merge);
            (anchor > 0).then(|| Anchored::scalar(value))
        } else {
            let kept = (anchor > 0).then(|| Anchored::scalar(value.clone()));
            self.tree.scalar(value, start, end);
            kept
        };
        if let Some(anchored) = anchored {
            self.anchors.insert(anchor, Some(anchored));
        }
        Ok(())
    }

    fn open(&mut self, anchor: usize) -> Result<(), String> {
        if self.tree.wants_key() {
            return Err("invalid map key: a list or a map".to_string());
        }
        self.open.push(anchor);
        if anchor > 0 {
            self.anchors.insert(anchor, None);
        }
        Ok(())
    }
}

/// A scalar's value by its tag, or by its looks where it has none.
// upstream: goyaml.v2/resolve.go resolve, resolvableTag
fn tagged(text: Cow<'_, str>, plain: bool, tag: Option<&Tag>) -> Result<Value, String> {
    let looks = || scalar::plain(&text).ok_or_else(|| format!("json: unsupported value: {text}"));
    let Some(tag) = tag else {
        return if plain {
            looks()
        } else {
            Ok(Value::String(text.into_owned()))
        };
    };
    let name = if tag.handle == "tag:yaml.org,2002:" {
        tag.suffix.as_str()
    } else {
        ""
    };
    let value = match name {
        "int" | "float" | "bool" | "null" => looks()?,
        "binary" => return binary(&text),
        _ => return Ok(Value::String(text.into_owned())),
    };
    let good = match (&value, name) {
        (Value::Number(number), "int") => number.is_i64() || number.is_u64(),
        (Value::Number(_), "float") | (Value::Bool(_), "bool") | (Value::Null, "null") => true,
        _ => false,
    };
    if good {
        Ok(value)
    } else {
        Err(format!("cannot decode !!str `{text}` as a !!{name}"))
    }
}

fn binary(text: &str) -> Result<Value, String> {
    use base64::Engine;
    let dense: String = text.split_ascii_whitespace().collect();
    let bytes = base64::engine::general_purpose::STANDARD.decode(dense).ok();
    let decoded = bytes.and_then(|bytes| String::from_utf8(bytes).ok());
    decoded
        .map(Value::String)
        .ok_or_else(|| "!!binary value contains invalid base64 data".to_string())
}

/// Keys that are no text become text, as JSON needs it.
// upstream: sigs.k8s.io/yaml yaml.go convertToJSONableObject
fn key_text(value: &Value) -> Result<String, String> {
    match value {
        Value::String(text) => Ok(text.clone()),
        Value::Bool(_) | Value::Number(_) => Ok(value.to_string()),
        Value::Null => Err("invalid map key: null".to_string()),
        Value::Array(_) | Value::Object(_) => Err("invalid map key: a list or a map".to_string()),
    }
}

/// What the parser stopped at; a tab in the indentation, the commonest cause, is named as such.
fn scan_error(text: &str, line: u32, document: u32, mut at: Mark, info: &str) -> YamlError {
    // What is missing at the end of a document is shown behind its last word, not in the next document.
    let words = text.trim_end();
    let last = Mark {
        line: line + words.matches('\n').count() as u32 + 1,
        column: words
            .rsplit('\n')
            .next()
            .unwrap_or_default()
            .chars()
            .count() as u32
            + 1,
    };
    at = at.min(last);
    let mut error = YamlError {
        document,
        start: at,
        end: at,
        message: info.to_string(),
        replacement: None,
    };
    // Only the lines around the stop, which may lie on the line behind the mistake.
    let stop = (at.line - line) as usize;
    let nearby = text
        .lines()
        .enumerate()
        .skip(stop.saturating_sub(2))
        .take(3);
    for (number, content) in nearby {
        let indent = &content[..content.len() - content.trim_start_matches([' ', '\t']).len()];
        if indent.contains('\t') && indent.len() < content.len() {
            let line = line + number as u32 + 1;
            error.start = Mark { line, column: 1 };
            error.end = Mark {
                line,
                column: indent.len() as u32 + 1,
            };
            error.message =
                "found character that cannot start any token: a tab indents this line, YAML takes only spaces".to_string();
            error.replacement = Some(indent.replace('\t', "  "));
            break;
        }
    }
    error
}
