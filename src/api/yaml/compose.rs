//! From the parser's events to documents: tags, anchors, merge keys, and errors with a place and a hint.

use std::collections::BTreeMap;

use serde_json::Value;
use serde_yaml::{Event, EventData, MappingStyle, Parser, ScalarStyle, SequenceStyle};

use super::guard::{Guarded, guard};
use super::tree::{Anchored, Tree};
use super::{Document, Mark, YamlError, scalar, trouble};

/// What one part of a text held.
pub(super) struct Composed {
    pub documents: Vec<Document>,
    /// How many documents were begun, readable or not.
    pub seen: u32,
}

/// Reads a part of a text that begins after `line` lines. Its first document has number `index`.
pub(super) fn compose(text: &str, line: u32, index: u32, errors: &mut Vec<YamlError>) -> Composed {
    let mut composed = Composed {
        documents: Vec::new(),
        seen: 0,
    };
    let mark = |mark: serde_yaml::Mark| Mark {
        line: mark.line as u32 + line + 1,
        column: mark.column as u32 + 1,
    };
    let mut composer = Composer::new(index);
    let guarded = guard(text);
    let mut input = guarded.text.as_bytes();
    let mut parser = Parser::new();
    parser.set_input_string(&mut input);
    loop {
        let document = index + composed.seen;
        let Event {
            data,
            start_mark,
            end_mark,
            ..
        } = match parser.parse() {
            Ok(event) => event,
            Err(error) => {
                errors.extend(composer.tree.into_errors());
                errors.push(trouble::of_parser(text, line, document, &error));
                composed.seen += 1;
                break;
            }
        };
        let (start, end) = (mark(start_mark), mark(end_mark));
        match data {
            EventData::StreamEnd => break,
            EventData::DocumentStart { .. } => composer = Composer::new(document),
            EventData::DocumentEnd { .. } => {
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
            data => {
                if let Err(message) = composer.event(data, start, end, &guarded) {
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
    open: Vec<Open>,
    /// By name; `None` while the anchored value is still open.
    anchors: BTreeMap<String, Option<Anchored>>,
}

/// What is to be remembered of a list or map until its end.
struct Open {
    anchor: Option<String>,
    /// Whether it stands in brackets, which show where it ends.
    brackets: bool,
}

impl Composer {
    fn new(document: u32) -> Composer {
        Composer {
            tree: Tree::new(document),
            open: Vec::new(),
            anchors: BTreeMap::new(),
        }
    }

    fn event(
        &mut self,
        data: EventData,
        start: Mark,
        end: Mark,
        guarded: &Guarded<'_>,
    ) -> Result<(), String> {
        match data {
            EventData::Scalar {
                anchor,
                tag,
                value,
                style,
                ..
            } => {
                let plain = style == ScalarStyle::Plain;
                let text = guarded.restore(value, plain)?;
                self.scalar(text, plain, anchor, tag.as_deref(), start, end)
            }
            EventData::SequenceStart { anchor, style, .. } => {
                self.open(anchor, style == SequenceStyle::Flow)?;
                self.tree.open_list(start)
            }
            EventData::MappingStart { anchor, style, .. } => {
                self.open(anchor, style == MappingStyle::Flow)?;
                self.tree.open_map(start)
            }
            EventData::SequenceEnd | EventData::MappingEnd => {
                let open = self.open.pop().ok_or("unbalanced brackets")?;
                let entry = self.tree.close(open.brackets.then_some(end))?;
                if let Some(anchor) = open.anchor {
                    let anchored = self.tree.anchor(entry)?;
                    self.anchors.insert(anchor, Some(anchored));
                }
                Ok(())
            }
            EventData::Alias { anchor } => match self.anchors.get(&anchor) {
                Some(Some(anchored)) if self.tree.wants_key() => {
                    self.tree
                        .key(key_text(anchored.value())?, start, end, false);
                    Ok(())
                }
                Some(Some(anchored)) => self.tree.alias(anchored, start, end),
                // upstream: goyaml.v2/decode.go decoder.alias
                Some(None) => Err(format!("anchor '{anchor}' value contains itself")),
                None => Err(format!("unknown anchor '{anchor}' referenced")),
            },
            EventData::StreamStart { .. }
            | EventData::StreamEnd
            | EventData::DocumentStart { .. }
            | EventData::DocumentEnd { .. } => Ok(()),
        }
    }

    fn scalar(
        &mut self,
        text: String,
        plain: bool,
        anchor: Option<String>,
        tag: Option<&str>,
        start: Mark,
        end: Mark,
    ) -> Result<(), String> {
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
            anchor.is_some().then(|| Anchored::scalar(value))
        } else {
            let kept = anchor.is_some().then(|| Anchored::scalar(value.clone()));
            self.tree.scalar(value, start, end);
            kept
        };
        if let Some((anchor, anchored)) = anchor.zip(anchored) {
            self.anchors.insert(anchor, Some(anchored));
        }
        Ok(())
    }

    fn open(&mut self, anchor: Option<String>, brackets: bool) -> Result<(), String> {
        if self.tree.wants_key() {
            return Err("invalid map key: a list or a map".to_string());
        }
        if let Some(anchor) = &anchor {
            self.anchors.insert(anchor.clone(), None);
        }
        self.open.push(Open { anchor, brackets });
        Ok(())
    }
}

/// A scalar's value by its tag, or by its looks where it has none.
// upstream: goyaml.v2/resolve.go resolve, resolvableTag
fn tagged(text: String, plain: bool, tag: Option<&str>) -> Result<Value, String> {
    let looks = || scalar::plain(&text).ok_or_else(|| format!("json: unsupported value: {text}"));
    let Some(tag) = tag else {
        return if plain {
            looks()
        } else {
            Ok(Value::String(text))
        };
    };
    let name = tag.strip_prefix("tag:yaml.org,2002:").unwrap_or_default();
    let value = match name {
        "int" | "float" | "bool" | "null" => looks()?,
        "binary" => return binary(&text),
        _ => return Ok(Value::String(text)),
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
