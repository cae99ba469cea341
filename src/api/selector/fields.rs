//! Field selectors: `metadata.name=web,status.phase!=Running`.
// upstream: apimachinery/pkg/fields/selector.go ParseSelector

use crate::sort;
use std::fmt;

/// One comparison of one field with one text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FieldTerm {
    /// Path, as `status.phase`.
    pub field: String,
    /// The text it must or must not have; an absent field has the empty text.
    pub value: String,
    /// Whether the field must differ.
    pub not: bool,
}

/// A conjunction of comparisons; an empty one matches everything.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct FieldSelector {
    terms: Vec<FieldTerm>,
}

impl FieldSelector {
    /// Reads a field selector; the empty text selects everything. `\` quotes a comma, an equals sign or itself.
    ///
    /// # Errors
    /// Upstream's text, naming the part that is not understood.
    pub fn parse(text: &str) -> Result<FieldSelector, String> {
        let mut terms = Vec::new();
        for part in split_unquoted(text, ',') {
            if part.is_empty() {
                continue;
            }
            let wrong = || format!("invalid selector: '{text}'; can't understand '{part}'");
            let (at, length, not) = operator(part).ok_or_else(wrong)?;
            let value = unquote(&part[at + length..]).ok_or_else(wrong)?;
            terms.push(FieldTerm {
                field: part[..at].to_string(),
                value,
                not,
            });
        }
        sort::by(&mut terms, |a, b| a.field.cmp(&b.field));
        Ok(FieldSelector { terms })
    }

    /// Whether an object is selected; `field` gives the text of a path, `None` for a path that its kind does not offer.
    ///
    /// # Errors
    /// `field label not supported: …` for a path that is not offered.
    pub fn matches<'a>(&self, field: impl Fn(&str) -> Option<&'a str>) -> Result<bool, String> {
        let mut all = true;
        for term in &self.terms {
            let value = field(&term.field)
                .ok_or_else(|| ["field label not supported: ", &term.field].concat())?;
            all &= (value == term.value) != term.not;
        }
        Ok(all)
    }

    /// The comparisons, sorted by field.
    pub fn terms(&self) -> &[FieldTerm] {
        &self.terms
    }

    /// Whether every object is selected.
    pub fn is_everything(&self) -> bool {
        self.terms.is_empty()
    }

    /// The text a field must have, if the selector asks for one.
    pub fn exact(&self, field: &str) -> Option<&str> {
        self.terms
            .iter()
            .find(|term| !term.not && term.field == field)
            .map(|term| term.value.as_str())
    }
}

/// Splits at `at`, but not behind a backslash.
fn split_unquoted(text: &str, at: char) -> Vec<&str> {
    let (mut parts, mut start, mut quoted) = (Vec::new(), 0, false);
    for (i, c) in text.char_indices() {
        if c == at && !quoted {
            parts.push(&text[start..i]);
            start = i + c.len_utf8();
        }
        quoted = c == '\\' && !quoted;
    }
    parts.push(&text[start..]);
    parts
}

/// Place and length of the first operator, and whether it negates.
fn operator(part: &str) -> Option<(usize, usize, bool)> {
    let bytes = part.as_bytes();
    (0..bytes.len()).find_map(|i| match (bytes[i], bytes.get(i + 1)) {
        (b'!', Some(b'=')) => Some((i, 2, true)),
        (b'=', Some(b'=')) => Some((i, 2, false)),
        (b'=', _) => Some((i, 1, false)),
        _ => None,
    })
}

fn unquote(text: &str) -> Option<String> {
    let mut plain = String::new();
    let mut chars = text.chars();
    while let Some(c) = chars.next() {
        match c {
            '\\' => match chars.next()? {
                quoted @ ('\\' | ',' | '=') => plain.push(quoted),
                _ => return None,
            },
            ',' | '=' => return None,
            _ => plain.push(c),
        }
    }
    Some(plain)
}

impl fmt::Display for FieldSelector {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (i, term) in self.terms.iter().enumerate() {
            let comma = if i > 0 { "," } else { "" };
            let value = term
                .value
                .replace('\\', "\\\\")
                .replace(',', "\\,")
                .replace('=', "\\=");
            write!(
                f,
                "{comma}{}{}{value}",
                term.field,
                if term.not { "!=" } else { "=" }
            )?;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    #[rustfmt::skip]
    fn parsing_both_ways() {
        for (text, want) in [
            ("", Ok("")),
            ("metadata.name=x,status.phase!=Running", Ok("metadata.name=x,status.phase!=Running")),
            ("b==1,a=", Ok("a=,b=1")),
            ("a=x\\,y\\=z\\\\", Ok("a=x\\,y\\=z\\\\")),
            ("a", Err("invalid selector: 'a'; can't understand 'a'")),
            ("a=b,c", Err("invalid selector: 'a=b,c'; can't understand 'c'")),
            ("a=b\\c", Err("invalid selector: 'a=b\\c'; can't understand 'a=b\\c'")),
            ("a=b=c", Err("invalid selector: 'a=b=c'; can't understand 'a=b=c'")),
        ] {
            let got = FieldSelector::parse(text).map(|s| s.to_string());
            assert_eq!(got.as_deref().map_err(String::as_str), want, "{text:?}");
        }
    }

    #[test]
    fn matching() {
        let selector =
            FieldSelector::parse("metadata.name=web,status.phase!=Running").expect("good");
        let ask = |phase: &'static str| {
            selector.matches(|field| match field {
                "metadata.name" => Some("web"),
                "status.phase" => Some(phase),
                _ => None,
            })
        };
        assert_eq!(ask("Pending"), Ok(true));
        assert_eq!(ask("Running"), Ok(false));
        assert_eq!(selector.exact("metadata.name"), Some("web"));
        assert_eq!(selector.exact("status.phase"), None);
        assert_eq!(
            selector.matches(|_| None),
            Err("field label not supported: metadata.name".to_string())
        );
    }
}
