//! Building a value and its positions at once, from events in reading order.

use serde_json::{Map, Value};

use super::positions::{Entry, ITEM};
use super::{MAX_ALIASED, MAX_DEPTH, Mark, Place, Positions, YamlError};

/// Further mistakes of a document are not told: nobody reads them, and finding them costs time.
const MAX_ERRORS: usize = 100;

/// Builds one document.
pub(super) struct Tree {
    document: u32,
    positions: Positions,
    stack: Vec<Frame>,
    root: Option<Value>,
    /// Nodes gained by aliases, and kept for them, so far.
    spent: usize,
    errors: Vec<YamlError>,
}

/// A list or map that is still open.
struct Frame {
    /// Its entry in the positions.
    entry: usize,
    open: Open,
}

enum Open {
    List(Vec<Value>),
    Map {
        map: Map<String, Value>,
        key: Option<Key>,
        /// Entries of the values of `<<`, in order, with the values.
        merges: Vec<(usize, Value)>,
    },
}

/// A key whose value has not come yet.
struct Key {
    name: String,
    at: Mark,
    use_as: KeyUse,
}

#[derive(Clone, Copy, PartialEq)]
enum KeyUse {
    Field,
    Merge,
    Repeated,
}

/// An anchored value.
pub(super) struct Anchored {
    value: Value,
    /// Its entry and those inside it; empty for a scalar.
    entries: Vec<Entry>,
}

impl Anchored {
    pub(super) fn scalar(value: Value) -> Anchored {
        Anchored {
            value,
            entries: Vec::new(),
        }
    }

    pub(super) fn value(&self) -> &Value {
        &self.value
    }
}

impl Tree {
    pub(super) fn new(document: u32) -> Tree {
        let positions = Positions::default();
        Tree {
            document,
            positions,
            stack: Vec::new(),
            root: None,
            spent: 0,
            errors: Vec::new(),
        }
    }

    /// The finished document, or what is wrong with it.
    pub(super) fn finish(mut self) -> Result<(Value, Positions), Vec<YamlError>> {
        if !self.errors.is_empty() {
            return Err(self.errors);
        }
        self.positions.entries.shrink_to_fit();
        Ok((self.root.unwrap_or(Value::Null), self.positions))
    }

    /// Notes an error and goes on, so that further errors are seen too.
    pub(super) fn error(&mut self, start: Mark, end: Mark, message: String) {
        let document = self.document;
        if self.errors.len() >= MAX_ERRORS {
            return;
        }
        self.errors.push(YamlError {
            document,
            start,
            end,
            message,
            replacement: None,
        });
    }

    pub(super) fn into_errors(self) -> Vec<YamlError> {
        self.errors
    }

    /// Whether the next scalar is a key.
    pub(super) fn wants_key(&self) -> bool {
        matches!(
            self.stack.last(),
            Some(Frame {
                open: Open::Map { key: None, .. },
                ..
            })
        )
    }

    /// A key of the open map. `merge` for an unquoted `<<`.
    pub(super) fn key(&mut self, name: String, at: Mark, end: Mark, merge: bool) {
        let Some(Frame {
            entry,
            open: Open::Map { map, key, .. },
        }) = self.stack.last_mut()
        else {
            return;
        };
        let mut use_as = if merge { KeyUse::Merge } else { KeyUse::Field };
        let mut repeated = None;
        if !merge && map.contains_key(&name) {
            use_as = KeyUse::Repeated;
        }
        if use_as == KeyUse::Repeated && self.errors.len() < MAX_ERRORS {
            // The map is still open, so its extent is not written down yet.
            self.positions.entries[*entry].size = (self.positions.entries.len() - *entry) as u32;
            // upstream: goyaml.v2/decode.go d.setMapIndex
            let first = self
                .positions
                .child(*entry, &name)
                .map(|first| self.positions.entries[first].place.at);
            let first = first.unwrap_or_default();
            repeated = Some(format!(
                "key {name:?} already set in map (first at line {}, column {})",
                first.line, first.column
            ));
        }
        *key = Some(Key { name, at, use_as });
        if let Some(message) = repeated {
            self.error(at, end, message);
        }
    }

    /// Notes where a value begins, and under which key; its entry.
    fn begin(&mut self, value: Mark) -> usize {
        let (mut at, mut name, mut name_len) = (value, 0, ITEM);
        if let Some(Frame {
            open: Open::Map { key: Some(key), .. },
            ..
        }) = self.stack.last()
        {
            at = key.at;
            name = self.positions.names.len() as u32;
            name_len = key.name.len() as u32;
            self.positions.names.push_str(&key.name);
        }
        self.positions.entries.push(Entry {
            size: 1,
            name,
            name_len,
            place: Place {
                at,
                value,
                end: value,
            },
        });
        self.positions.entries.len() - 1
    }

    /// Closes an entry and hands its value to the list or map around it.
    fn done(&mut self, entry: usize, value: Value, end: Mark) {
        let size = (self.positions.entries.len() - entry) as u32;
        self.positions.entries[entry].size = size;
        let place = &mut self.positions.entries[entry].place;
        place.end = place.value.max(end);
        match self.stack.last_mut().map(|frame| &mut frame.open) {
            None => self.root = Some(value),
            Some(Open::List(items)) => items.push(value),
            Some(Open::Map { map, key, merges }) => match key.take() {
                Some(Key {
                    name,
                    use_as: KeyUse::Field,
                    ..
                }) => {
                    map.insert(name, value);
                }
                Some(Key {
                    use_as: KeyUse::Merge,
                    ..
                }) => merges.push((entry, value)),
                // Of a repeated key the first value stays, and the error is noted.
                Some(Key {
                    use_as: KeyUse::Repeated,
                    ..
                })
                | None => self.positions.entries.truncate(entry),
            },
        }
    }

    pub(super) fn scalar(&mut self, value: Value, start: Mark, end: Mark) {
        let entry = self.begin(start);
        self.done(entry, value, end);
    }

    pub(super) fn open_list(&mut self, start: Mark) -> Result<(), String> {
        self.open(start, Open::List(Vec::new()))
    }

    pub(super) fn open_map(&mut self, start: Mark) -> Result<(), String> {
        self.open(
            start,
            Open::Map {
                map: Map::new(),
                key: None,
                merges: Vec::new(),
            },
        )
    }

    fn open(&mut self, start: Mark, open: Open) -> Result<(), String> {
        if self.stack.len() >= MAX_DEPTH {
            return Err(format!("nested more than {MAX_DEPTH} levels deep"));
        }
        let entry = self.begin(start);
        self.stack.push(Frame { entry, open });
        Ok(())
    }

    /// Ends the innermost list or map; its entry. `end` is where the parser says so; a block ends with its last value.
    pub(super) fn close(&mut self, end: Option<Mark>) -> Result<usize, String> {
        let frame = self.stack.pop().ok_or("unbalanced brackets")?;
        let last = self.positions.entries[frame.entry..]
            .iter()
            .map(|entry| entry.place.end)
            .max();
        let value = match frame.open {
            Open::List(items) => Value::Array(items),
            Open::Map {
                mut map, merges, ..
            } => {
                for (entry, value) in merges {
                    self.merge(&mut map, entry, value)?;
                }
                Value::Object(map)
            }
        };
        self.done(frame.entry, value, end.or(last).unwrap_or_default());
        Ok(frame.entry)
    }

    /// Adds the fields of a `<<` value that the map does not have itself.
    fn merge(
        &mut self,
        map: &mut Map<String, Value>,
        entry: usize,
        value: Value,
    ) -> Result<(), String> {
        match value {
            Value::Object(fields) => {
                let (mut at, end) = (
                    entry + 1,
                    entry + self.positions.entries[entry].size as usize,
                );
                while at < end {
                    let child = self.positions.entries[at];
                    let name = child.name as usize..(child.name + child.name_len) as usize;
                    let name = &self.positions.names[name];
                    if !map.contains_key(name)
                        && let Some(value) = fields.get(name)
                    {
                        map.insert(name.to_string(), value.clone());
                        self.spend(child.size as usize)?;
                        self.positions
                            .entries
                            .extend_from_within(at..at + child.size as usize);
                    }
                    at += child.size as usize;
                }
                Ok(())
            }
            Value::Array(items) if items.iter().all(Value::is_object) => {
                let mut at = entry + 1;
                for item in items {
                    let size = self.positions.entries[at].size as usize;
                    self.merge(map, at, item)?;
                    at += size;
                }
                Ok(())
            }
            // upstream: goyaml.v2/decode.go failWantMap
            _ => Err("map merge requires map or sequence of maps as the value".to_string()),
        }
    }

    fn spend(&mut self, nodes: usize) -> Result<(), String> {
        self.spent += nodes;
        // upstream: goyaml.v2/decode.go allowedAliasRatio guards against the same bombs, by another measure
        if self.spent > MAX_ALIASED {
            Err("document contains excessive aliasing".to_string())
        } else {
            Ok(())
        }
    }

    /// Keeps the value of an entry just finished, for aliases.
    pub(super) fn anchor(&mut self, entry: usize) -> Result<Anchored, String> {
        let entries = self
            .positions
            .entries
            .get(entry..)
            .unwrap_or_default()
            .to_vec();
        let value = match self.stack.last().map(|frame| &frame.open) {
            None => self.root.clone(),
            Some(Open::List(items)) => items.last().cloned(),
            Some(Open::Map { map, merges, .. }) => match merges.last() {
                Some((merged, value)) if *merged == entry => Some(value.clone()),
                _ => entries.first().and_then(|e| {
                    let name = e.name as usize..(e.name + e.name_len) as usize;
                    map.get(&self.positions.names[name]).cloned()
                }),
            },
        };
        let value = value.unwrap_or(Value::Null);
        self.spend(weight(&value, entries.len()))?;
        Ok(Anchored { value, entries })
    }

    /// Repeats an anchored value here. Its inner values keep the places where they were written.
    pub(super) fn alias(
        &mut self,
        anchored: &Anchored,
        start: Mark,
        end: Mark,
    ) -> Result<(), String> {
        self.spend(weight(&anchored.value, anchored.entries.len()))?;
        let entry = self.begin(start);
        self.positions
            .entries
            .extend(anchored.entries.iter().skip(1));
        self.done(entry, anchored.value.clone(), end);
        Ok(())
    }
}

/// What a copy costs: one per node, and more for long texts.
fn weight(value: &Value, nodes: usize) -> usize {
    fn text(value: &Value) -> usize {
        match value {
            Value::String(text) => text.len(),
            Value::Array(items) => items.iter().map(text).sum(),
            Value::Object(map) => map.iter().map(|(key, value)| key.len() + text(value)).sum(),
            _ => 0,
        }
    }
    nodes.max(1) + text(value) / 64
}
