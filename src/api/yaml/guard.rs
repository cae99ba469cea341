//! Keeping from the parser the few texts that it cannot stand.
//!
//! kubectl ends every line before it parses, and this parser relies on it. And it gives up, in a way that cannot be
//! caught, at a tag with a comma directly behind it. Such a tag is a mistake for kubectl too, but the same letters may
//! well stand in a string. So their `!` is replaced by a character that means nothing, and put back afterwards.

use std::borrow::Cow;

/// A text that can be parsed.
pub(super) struct Guarded<'a> {
    pub text: Cow<'a, str>,
    /// What stands for `!` here and there.
    stand_in: Option<char>,
}

/// Characters of no meaning, of which one is not in the text.
const STAND_INS: std::ops::RangeInclusive<char> = '\u{e000}'..='\u{f8ff}';

pub(super) fn guard(text: &str) -> Guarded<'_> {
    let end = if text.ends_with('\n') { "" } else { "\n" };
    let places = if text.contains('!') {
        before_commas(text)
    } else {
        Vec::new()
    };
    let free = || { STAND_INS }.rev().find(|c| !text.contains(*c));
    if !places.is_empty()
        && let Some(stand_in) = free()
    {
        let mut out = String::with_capacity(text.len() + 2 * places.len() + 1);
        let mut done = 0;
        for at in places.into_iter().rev() {
            out.push_str(&text[done..at]);
            out.push(stand_in);
            done = at + 1;
        }
        out.push_str(&text[done..]);
        out.push_str(end);
        return Guarded {
            text: out.into(),
            stand_in: Some(stand_in),
        };
    }
    let text = if end.is_empty() {
        text.into()
    } else {
        [text, end].concat().into()
    };
    Guarded {
        text,
        stand_in: None,
    }
}

/// Every `!` whose word could be a tag with a comma behind it, the last one first.
fn before_commas(text: &str) -> Vec<usize> {
    let mut places = Vec::new();
    // What stands to the right in the same word: a comma; behind the next `>`, a comma.
    let (mut comma, mut angle) = (false, None);
    let mut next = ' ';
    for (at, c) in text.char_indices().rev() {
        match c {
            ' ' | '\t' | '\n' | '\r' | '\u{85}' | '\u{2028}' | '\u{2029}' => {
                (comma, angle) = (false, None)
            }
            ',' => comma = true,
            '>' => angle = Some(next == ','),
            // Commas between angles belong to the tag.
            '!' if next == '<' && angle == Some(false) => {}
            '!' if comma => places.push(at),
            _ => {}
        }
        next = c;
    }
    places
}

impl Guarded<'_> {
    /// A scalar as it was written.
    ///
    /// # Errors
    /// It is one of those tags.
    pub(super) fn restore(&self, scalar: String, plain: bool) -> Result<String, String> {
        let Some(stand_in) = self.stand_in else {
            return Ok(scalar);
        };
        if plain && scalar.starts_with(stand_in) {
            return Err(
                "did not find expected whitespace or line break, while scanning a tag".to_string(),
            );
        }
        Ok(scalar.replace(stand_in, "!"))
    }
}

#[cfg(test)]
mod tests {
    use super::super::read;
    use serde_json::json;

    #[test]
    fn tags_before_commas_are_mistakes_and_strings_stay() {
        for text in ["[!x, a]", "{!a!b,", "[!<tag:x>, b]", "a: !x,y z"] {
            let (documents, errors) = read(text);
            assert!(documents.is_empty(), "{text}");
            assert!(
                errors[0].message.contains("did not find expected"),
                "{text}: {errors:?}"
            );
        }
        for (text, want) in [
            (
                "a: 'hi!x, you'\nb!c,: |\n  !x, y\n",
                json!({"a": "hi!x, you", "b!c,": "!x, y\n"}),
            ),
            (
                "[\"!x,\", b !x, \u{f8ff}]",
                json!(["!x,", "b !x", "\u{f8ff}"]),
            ),
            ("a: !<tag:yaml.org,2002:str> 1", json!({"a": "1"})),
            ("[!!str 1, !x y]", json!(["1", "y"])),
        ] {
            let (documents, errors) = read(text);
            assert_eq!(
                (errors.len(), documents.first().map(|d| &d.value)),
                (0, Some(&want)),
                "{text} {errors:?}"
            );
        }
    }
}
