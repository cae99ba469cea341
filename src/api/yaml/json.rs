//! JSON text, one value or several behind one another, with positions.

use serde_json::{Number, Value};

use super::tree::Tree;
use super::{Document, Mark, YamlError};

/// Reads a text of JSON values. `None` if it is no JSON; it may still be YAML then.
pub(super) fn read(text: &str) -> Option<(Vec<Document>, Vec<YamlError>)> {
    let mut cursor = Cursor {
        bytes: text.as_bytes(),
        at: 0,
        mark: Mark { line: 1, column: 1 },
    };
    let (mut documents, mut errors) = (Vec::new(), Vec::new());
    let mut index = 0;
    while cursor.peek_token().is_some() {
        let mut tree = Tree::new(index);
        value(&mut cursor, &mut tree)?;
        match tree.finish() {
            Ok((value, positions)) => documents.push(Document {
                index,
                value,
                positions,
            }),
            Err(found) => errors.extend(found),
        }
        index += 1;
    }
    Some((documents, errors))
}

struct Cursor<'a> {
    bytes: &'a [u8],
    at: usize,
    mark: Mark,
}

impl Cursor<'_> {
    fn peek(&self) -> Option<u8> {
        self.bytes.get(self.at).copied()
    }

    fn bump(&mut self) {
        match self.peek() {
            Some(b'\n') => {
                self.mark = Mark {
                    line: self.mark.line + 1,
                    column: 1,
                }
            }
            // Columns count characters: only their first byte.
            Some(byte) if byte & 0xc0 != 0x80 => self.mark.column += 1,
            _ => {}
        }
        self.at += 1;
    }

    /// The next byte that is no white space.
    fn peek_token(&mut self) -> Option<u8> {
        while let Some(b' ' | b'\t' | b'\n' | b'\r') = self.peek() {
            self.bump();
        }
        self.peek()
    }

    fn take(&mut self, want: u8) -> Option<()> {
        (self.peek_token()? == want).then(|| self.bump())
    }

    fn word(&mut self, word: &str) -> Option<()> {
        self.bytes[self.at..]
            .starts_with(word.as_bytes())
            .then(|| word.bytes().for_each(|_| self.bump()))
    }
}

fn value(cursor: &mut Cursor<'_>, tree: &mut Tree) -> Option<()> {
    let first = cursor.peek_token()?;
    let start = cursor.mark;
    match first {
        b'{' => {
            tree.open_map(start).ok()?;
            cursor.bump();
            if cursor.peek_token()? != b'}' {
                loop {
                    cursor.peek_token()?;
                    let at = cursor.mark;
                    let name = string(cursor)?;
                    tree.key(name, at, cursor.mark, false);
                    cursor.take(b':')?;
                    value(cursor, tree)?;
                    if cursor.take(b',').is_none() {
                        break;
                    }
                }
            }
            cursor.take(b'}')?;
            tree.close(Some(cursor.mark)).ok()?;
        }
        b'[' => {
            tree.open_list(start).ok()?;
            cursor.bump();
            if cursor.peek_token()? != b']' {
                loop {
                    value(cursor, tree)?;
                    if cursor.take(b',').is_none() {
                        break;
                    }
                }
            }
            cursor.take(b']')?;
            tree.close(Some(cursor.mark)).ok()?;
        }
        _ => {
            let scalar = match first {
                b'"' => Value::String(string(cursor)?),
                b't' => cursor.word("true").map(|()| Value::Bool(true))?,
                b'f' => cursor.word("false").map(|()| Value::Bool(false))?,
                b'n' => cursor.word("null").map(|()| Value::Null)?,
                _ => Value::Number(number(cursor)?),
            };
            tree.scalar(scalar, start, cursor.mark);
        }
    }
    Some(())
}

/// A quoted text. serde_json unescapes it, for it knows the rules of surrogates.
fn string(cursor: &mut Cursor<'_>) -> Option<String> {
    let start = cursor.at;
    if cursor.peek()? != b'"' {
        return None;
    }
    cursor.bump();
    let mut escaped = false;
    loop {
        match cursor.peek()? {
            b'"' => break,
            b'\\' => {
                escaped = true;
                cursor.bump();
                cursor.peek()?;
            }
            0..=0x1f => return None,
            _ => {}
        }
        cursor.bump();
    }
    cursor.bump();
    let quoted = &cursor.bytes[start..cursor.at];
    if escaped {
        match crate::typed::parse(quoted) {
            Ok(Value::String(text)) => Some(text),
            _ => None,
        }
    } else {
        std::str::from_utf8(&quoted[1..quoted.len() - 1])
            .ok()
            .map(str::to_string)
    }
}

fn number(cursor: &mut Cursor<'_>) -> Option<Number> {
    let start = cursor.at;
    while let Some(b'0'..=b'9' | b'-' | b'+' | b'.' | b'e' | b'E') = cursor.peek() {
        cursor.bump();
    }
    match crate::typed::parse(&cursor.bytes[start..cursor.at]) {
        Ok(Value::Number(number)) => Some(number),
        _ => None,
    }
}
