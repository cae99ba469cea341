//! Patterns of names and tags: `*` for any text, and one word for version numbers.

/// Whether `text` is `pattern`, where `*` stands for any text.
pub fn glob(pattern: &str, text: &str) -> bool {
    match pattern.split_once('*') {
        None => pattern == text,
        Some((head, tail)) => text.strip_prefix(head).is_some_and(|rest| {
            (0..=rest.len())
                .filter(|i| rest.is_char_boundary(*i))
                .any(|i| glob(tail, &rest[i..]))
        }),
    }
}

/// Whether `tag` is one of `pattern`. The pattern `version` means one to three numbers of at most two digits each, and
/// perhaps a variant: `1.27`, `15-alpine`, `8.0.36-debian`. A `v` before it is part of the tag. Others are globs.
pub fn tag(pattern: &str, tag: &str) -> bool {
    match pattern {
        "version" => is_version(tag),
        "vversion" => tag.strip_prefix('v').is_some_and(is_version),
        _ => glob(pattern, tag),
    }
}

fn is_version(tag: &str) -> bool {
    let number = tag.split_once('-').map_or(tag, |(number, _)| number);
    let parts: Vec<_> = number.split('.').collect();
    parts.len() <= 3
        && parts
            .iter()
            .all(|p| (1..=2).contains(&p.len()) && p.bytes().all(|b| b.is_ascii_digit()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tags() {
        for (pattern, good, bad) in [
            (
                "version",
                &["1.27", "15-alpine", "8.0.36-debian", "1"][..],
                &["1.161", "latest", "1.2.3.4", "", "1..2", "v1"][..],
            ),
            ("vversion", &["v1", "v0.10.6"], &["1", "v1.100"]),
            ("stable*", &["stable", "stable-alpine"], &["unstable"]),
            ("a*c*e", &["abcde", "ace", "accee"], &["abcd", "ae"]),
        ] {
            for text in good {
                assert!(tag(pattern, text), "{pattern} {text}");
            }
            for text in bad {
                assert!(!tag(pattern, text), "{pattern} {text}");
            }
        }
    }
}
