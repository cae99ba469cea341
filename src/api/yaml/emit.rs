//! Values as YAML, in the style of `kubectl get -o yaml`.
// upstream: sigs.k8s.io/yaml goyaml.v2/encode.go stringv, emitterc.go yaml_emitter_analyze_scalar

use crate::sort;
use std::cmp::Ordering;

use serde_json::{Map, Value};

use super::scalar;

/// Lines are folded at the first space behind this column.
const WIDTH: usize = 80;

/// A value as YAML: keys sorted, lists not indented, texts quoted only where they must be, lines ended.
pub fn to_yaml(value: &Value) -> String {
    let mut out = Writer {
        text: String::new(),
        column: 0,
    };
    match value {
        Value::Object(map) if !map.is_empty() => out.map(map, 0, false),
        Value::Array(items) if !items.is_empty() => out.list(items, 0, false),
        other => {
            out.scalar(other, 2, false);
            out.newline();
        }
    }
    out.text
}

struct Writer {
    text: String,
    column: usize,
}

impl Writer {
    fn put(&mut self, text: &str) {
        self.text.push_str(text);
        self.column += text.chars().count();
    }

    fn newline(&mut self) {
        self.text.push('\n');
        self.column = 0;
    }

    fn indent(&mut self, indent: usize) {
        self.text.extend(std::iter::repeat_n(' ', indent));
        self.column += indent;
    }

    /// `inline`: the first key stands on a line that was begun, behind a dash.
    fn map(&mut self, map: &Map<String, Value>, indent: usize, inline: bool) {
        let mut fields: Vec<_> = map.iter().collect();
        sort::by(&mut fields, |a, b| key_order(a.0, b.0));
        for (i, (key, value)) in fields.into_iter().enumerate() {
            if !(inline && i == 0) {
                self.indent(indent);
            }
            if key.chars().count() > 128 || key.contains('\n') {
                // Such keys are no simple ones.
                self.put("? ");
                self.string(key, indent + 2, false);
                self.newline();
                self.indent(indent);
            } else {
                self.string(key, indent + 2, true);
            }
            self.put(":");
            match value {
                Value::Object(inner) if !inner.is_empty() => {
                    self.newline();
                    self.map(inner, indent + 2, false);
                }
                Value::Array(items) if !items.is_empty() => {
                    self.newline();
                    self.list(items, indent, false);
                }
                other => {
                    self.put(" ");
                    self.scalar(other, indent + 2, false);
                    self.newline();
                }
            }
        }
    }

    fn list(&mut self, items: &[Value], indent: usize, inline: bool) {
        for (i, item) in items.iter().enumerate() {
            if !(inline && i == 0) {
                self.indent(indent);
            }
            self.put("- ");
            match item {
                Value::Object(inner) if !inner.is_empty() => self.map(inner, indent + 2, true),
                Value::Array(inner) if !inner.is_empty() => self.list(inner, indent + 2, true),
                other => {
                    self.scalar(other, indent + 2, false);
                    self.newline();
                }
            }
        }
    }

    fn scalar(&mut self, value: &Value, indent: usize, key: bool) {
        match value {
            Value::Null => self.put("null"),
            Value::Bool(true) => self.put("true"),
            Value::Bool(false) => self.put("false"),
            Value::Number(number) => match number.as_f64() {
                Some(float) if number.is_f64() => self.put(&go_float(float)),
                _ => self.put(&number.to_string()),
            },
            Value::String(text) => self.string(text, indent, key),
            Value::Array(_) => self.put("[]"),
            Value::Object(_) => self.put("{}"),
        }
    }

    /// `indent` is where further lines of the text begin; keys have none.
    fn string(&mut self, text: &str, indent: usize, key: bool) {
        let looks = Looks::of(text);
        if text.contains('\n') {
            return if looks.block && !key {
                self.literal(text, indent)
            } else {
                self.double(text, indent, key)
            };
        }
        if !scalar::stays_text(text) || is_base60(text) {
            return self.double(text, indent, key);
        }
        if looks.plain {
            self.folded(text, indent, key, "", 0);
        } else if looks.single {
            self.folded(text, indent, key, "'", 1);
        } else {
            self.double(text, indent, key);
        }
    }

    /// Plain and single-quoted texts break at a single space behind the width; `edge` is what never breaks at the ends.
    fn folded(&mut self, text: &str, indent: usize, key: bool, quote: &str, edge: usize) {
        self.put(quote);
        let (mut after_space, last) = (false, text.len().saturating_sub(edge));
        for (i, c) in text.char_indices() {
            let space = c == ' ';
            let inside = edge == 0 || (i > 0 && i < last);
            let single = !text[i + c.len_utf8()..].starts_with(' ');
            if space && !key && !after_space && self.column > WIDTH && inside && single {
                self.newline();
                self.indent(indent);
            } else if c == '\'' && edge > 0 {
                self.put("''");
            } else {
                self.text.push(c);
                self.column += 1;
            }
            after_space = space;
        }
        self.put(quote);
    }

    fn double(&mut self, text: &str, indent: usize, key: bool) {
        self.put("\"");
        let (mut after_space, last) = (false, text.len().saturating_sub(1));
        for (i, c) in text.char_indices() {
            if c == ' ' && !key && !after_space && self.column > WIDTH && i > 0 && i < last {
                self.newline();
                self.indent(indent);
                if text[i + 1..].starts_with(' ') {
                    self.put("\\");
                }
                after_space = true;
                continue;
            }
            after_space = c == ' ';
            match c {
                '\0' => self.put("\\0"),
                '\u{7}' => self.put("\\a"),
                '\u{8}' => self.put("\\b"),
                '\t' => self.put("\\t"),
                '\n' => self.put("\\n"),
                '\u{b}' => self.put("\\v"),
                '\u{c}' => self.put("\\f"),
                '\r' => self.put("\\r"),
                '\u{1b}' => self.put("\\e"),
                '"' => self.put("\\\""),
                '\\' => self.put("\\\\"),
                '\u{85}' => self.put("\\N"),
                '\u{a0}' => self.put("\\_"),
                '\u{2028}' => self.put("\\L"),
                '\u{2029}' => self.put("\\P"),
                c if printable(c) => {
                    self.text.push(c);
                    self.column += 1;
                }
                c if (c as u32) <= 0xff => self.put(&format!("\\x{:02X}", c as u32)),
                c if (c as u32) <= 0xffff => self.put(&format!("\\u{:04X}", c as u32)),
                c => self.put(&format!("\\U{:08X}", c as u32)),
            }
        }
        self.put("\"");
    }

    fn literal(&mut self, text: &str, indent: usize) {
        self.put("|");
        if text.starts_with([' ', '\n']) {
            self.put("2");
        }
        let body = text.strip_suffix('\n');
        match body {
            None => self.put("-"),
            Some(rest) if rest.is_empty() || rest.ends_with('\n') => self.put("+"),
            Some(_) => {}
        }
        for line in body.unwrap_or(text).split('\n') {
            self.newline();
            if !line.is_empty() {
                self.indent(indent);
                self.put(line);
            }
        }
    }
}

/// In which styles a text may be written.
struct Looks {
    plain: bool,
    single: bool,
    block: bool,
}

impl Looks {
    fn of(text: &str) -> Looks {
        let mut looks = Looks {
            plain: true,
            single: true,
            block: !text.is_empty(),
        };
        let blank = |c: Option<char>| matches!(c, None | Some(' ' | '\t' | '\n'));
        if text.starts_with("---") || text.starts_with("...") {
            looks.plain = false;
        }
        let mut before: Option<char> = None;
        let mut chars = text.chars().peekable();
        while let Some(c) = chars.next() {
            let next = chars.peek().copied();
            let indicator = match c {
                '#' => blank(before),
                ',' | '[' | ']' | '{' | '}' | '&' | '*' | '!' | '|' | '>' | '\'' | '"' | '%'
                | '@' | '`' => before.is_none(),
                ':' => blank(next),
                '?' | '-' => before.is_none() && blank(next),
                _ => false,
            };
            looks.plain &= !indicator;
            if !printable(c) {
                looks = Looks {
                    plain: false,
                    single: false,
                    block: false,
                };
                break;
            }
            if c == ' ' {
                looks.plain &= before.is_some() && next.is_some();
                // A space before the end or before a break would be lost, one behind a break would be indentation.
                looks.block &= next.is_some();
                looks.single &= before != Some('\n');
                if next == Some('\n') {
                    looks = Looks {
                        plain: false,
                        single: false,
                        block: false,
                    };
                    break;
                }
            }
            before = Some(c);
        }
        looks
    }
}

/// Characters that YAML writes as they are. Tabs are not among them.
// upstream: goyaml.v2/yamlprivateh.go is_printable
fn printable(c: char) -> bool {
    matches!(c, '\n' | ' '..='~' | '\u{a0}'..='\u{d7ff}' | '\u{e000}'..='\u{fefe}' | '\u{ff00}'..='\u{fffd}')
}

/// `12:30:45`, which YAML 1.1 reads as a number of base 60.
fn is_base60(text: &str) -> bool {
    let unsigned = text.strip_prefix(['+', '-']).unwrap_or(text);
    let mut parts = unsigned.split(':');
    let first = parts.next().unwrap_or_default();
    let digits = |part: &str| part.bytes().all(|b| b.is_ascii_digit() || b == b'_');
    if !first.starts_with(|c: char| c.is_ascii_digit()) || !digits(first) || !unsigned.contains(':')
    {
        return false;
    }
    let mut rest = parts.peekable();
    while let Some(part) = rest.next() {
        let part = match part.split_once('.') {
            Some((whole, fraction)) if rest.peek().is_none() && digits(fraction) => whole,
            _ => part,
        };
        let good = match part.as_bytes() {
            [one] => one.is_ascii_digit(),
            [tens, one] => (b'0'..=b'5').contains(tens) && one.is_ascii_digit(),
            _ => false,
        };
        if !good {
            return false;
        }
    }
    true
}

/// A float as Go's shortest `%g` writes it.
fn go_float(float: f64) -> String {
    let scientific = format!("{float:e}");
    let (mantissa, exponent) = scientific.split_once('e').unwrap_or((&scientific, "0"));
    let exponent: i32 = exponent.parse().unwrap_or(0);
    if (-4..6).contains(&exponent) {
        return float.to_string();
    }
    format!(
        "{mantissa}e{}{:02}",
        if exponent < 0 { '-' } else { '+' },
        exponent.abs()
    )
}

/// The order of keys: numbers inside them by value, letters behind other characters.
// upstream: goyaml.v2/sorter.go keyList.Less
fn key_order(a: &str, b: &str) -> Ordering {
    let (a, b): (Vec<char>, Vec<char>) = (a.chars().collect(), b.chars().collect());
    let Some(at) = a.iter().zip(&b).position(|(x, y)| x != y) else {
        return a.len().cmp(&b.len());
    };
    let (x, y) = (a[at], b[at]);
    // Keys of Kubernetes' objects are ASCII; beyond it everything counts as a letter, which spares the page Unicode's tables.
    let letter = |c: char| c.is_ascii_alphabetic() || !c.is_ascii();
    let after_digit = at > 0 && a[at - 1].is_ascii_digit();
    match (letter(x), letter(y)) {
        (true, true) => return x.cmp(&y),
        // A letter ends a number, and so comes before the number that goes on.
        (true, false) => {
            return if after_digit {
                Ordering::Less
            } else {
                Ordering::Greater
            };
        }
        (false, true) => {
            return if after_digit {
                Ordering::Greater
            } else {
                Ordering::Less
            };
        }
        (false, false) => {}
    }
    let number = |chars: &[char]| {
        let digits = chars[at..].iter().take_while(|c| c.is_ascii_digit());
        // Zeros inside a number count as digits of it, leading ones do not.
        let before = chars[..at].iter().rev().take_while(|c| c.is_ascii_digit());
        let inside = (x == '0' || y == '0') && before.clone().any(|c| *c != '0');
        digits.fold((u64::from(inside), at), |(n, end), c| {
            (
                n.saturating_mul(10)
                    .saturating_add(u64::from(*c) - u64::from('0')),
                end + 1,
            )
        })
    };
    number(&a).cmp(&number(&b)).then(x.cmp(&y))
}
