//! What the parser stopped at, told so that a person can mend it.

use serde_yaml::Error;

use super::{Mark, YamlError};

/// The parser's error in a part of a text that begins after `line` lines.
pub(super) fn of_parser(text: &str, line: u32, document: u32, error: &Error) -> YamlError {
    let place = |mark: serde_yaml::Mark| Mark {
        line: mark.line as u32 + line + 1,
        column: mark.column as u32 + 1,
    };
    let at = error
        .problem_mark()
        .map_or_else(|| unreadable(text, line), place);
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
    let at = at.min(last);
    let mut message = error.problem().to_string();
    // upstream: goyaml.v2/decode.go parser.fail tells the problem alone; what was being read helps to see it
    if let Some(context) = error.context() {
        message += ", ";
        message += context;
        let begun = error
            .context_mark()
            .map(place)
            .filter(|begun| begun.line < at.line);
        if let Some(begun) = begun {
            message += &format!(" that began at line {}", begun.line);
        }
    }
    indented_by_tab(text, line, document, at).unwrap_or(YamlError {
        document,
        start: at,
        end: at,
        message,
        replacement: None,
    })
}

/// The place of the first character that YAML does not allow in any text.
fn unreadable(text: &str, line: u32) -> Mark {
    let bad = |c: char| !matches!(c, '\t' | '\n' | '\r' | ' '..='~' | '\u{85}' | '\u{a0}'..='\u{fffd}' | '\u{10000}'..);
    let at = text.find(bad).unwrap_or(text.len());
    let before = &text[..at];
    let column = before
        .rsplit('\n')
        .next()
        .unwrap_or_default()
        .chars()
        .count() as u32
        + 1;
    Mark {
        line: line + before.matches('\n').count() as u32 + 1,
        column,
    }
}

/// A tab in the indentation, the commonest mistake, is named as such where one stands near the place of the stop.
fn indented_by_tab(text: &str, line: u32, document: u32, at: Mark) -> Option<YamlError> {
    let stop = (at.line - line) as usize;
    let nearby = text
        .lines()
        .enumerate()
        .skip(stop.saturating_sub(2))
        .take(3);
    nearby.into_iter().find_map(|(number, content)| {
        let indent = &content[..content.len() - content.trim_start_matches([' ', '\t']).len()];
        let line = line + number as u32 + 1;
        (indent.contains('\t') && indent.len() < content.len()).then(|| YamlError {
            document,
            start: Mark { line, column: 1 },
            end: Mark { line, column: indent.len() as u32 + 1 },
            message: "found character that cannot start any token: a tab indents this line, YAML takes only spaces"
                .to_string(),
            replacement: Some(indent.replace('\t', "  ")),
        })
    })
}
