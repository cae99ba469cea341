//! Cutting a text at its `---` lines, so that one broken document does not hide the others.

/// One document's text and the number of lines before it.
pub(super) struct Part<'a> {
    pub text: &'a str,
    pub line: u32,
}

/// The documents of a text, without those that hold nothing but comments and directives. A `---` line belongs to the
/// document that it begins.
pub(super) fn documents(text: &str) -> Vec<Part<'_>> {
    let mut parts = Vec::new();
    let (mut start, mut start_line, mut content) = (0, 0, false);
    let (mut at, mut number) = (0, 0);
    for line in text.split_inclusive('\n') {
        let marker = line
            .strip_prefix("---")
            .filter(|rest| rest.is_empty() || rest.starts_with([' ', '\t', '\r', '\n']));
        if let Some(rest) = marker {
            if content {
                parts.push(Part {
                    text: &text[start..at],
                    line: start_line,
                });
            }
            (start, start_line) = (at, number);
            content = !is_empty(rest);
        } else {
            content |= !is_empty(line) && !line.starts_with('%');
        }
        at += line.len();
        number += 1;
    }
    if content {
        parts.push(Part {
            text: &text[start..],
            line: start_line,
        });
    }
    parts
}

fn is_empty(line: &str) -> bool {
    let line = line.trim();
    line.is_empty() || line.starts_with('#') || line == "..."
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cuts() {
        let cut = |text| {
            documents(text)
                .into_iter()
                .map(|p| (p.line, p.text))
                .collect::<Vec<_>>()
        };
        assert_eq!(cut(""), []);
        assert_eq!(cut("# only\n---\n# comments\n---\n"), []);
        assert_eq!(cut("a: 1\n---\nb: 2"), [(0, "a: 1\n"), (1, "---\nb: 2")]);
        assert_eq!(cut("%YAML 1.1\n---\na: 1\n"), [(1, "---\na: 1\n")]);
        assert_eq!(
            cut("--- {a: 1}\r\n---\r\n\r\n--- # x\r\nb: |\r\n  ---\r\n"),
            [(0, "--- {a: 1}\r\n"), (3, "--- # x\r\nb: |\r\n  ---\r\n")]
        );
        assert_eq!(cut("---x: 1\n"), [(0, "---x: 1\n")]);
    }
}
