//! What names, label keys and label values may look like, in upstream's words.
// upstream: apimachinery/pkg/util/validation/validation.go

/// Why `value` is no label value, or `None` if it is one.
// upstream: IsValidLabelValue
pub fn label_value_error(value: &str) -> Option<String> {
    if value.len() > 63 {
        return Some("must be no more than 63 bytes".to_string());
    }
    (!value.is_empty() && !is_name_part(value)).then(|| {
        "a valid label must be an empty string or consist of alphanumeric characters, '-', '_' or '.', and must \
         start and end with an alphanumeric character (e.g. 'MyValue',  or 'my_value',  or '12345', regex used for \
         validation is '(([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9])?')"
            .to_string()
    })
}

/// Why `key` is no label or annotation key, or `None` if it is one: an optional DNS prefix, a slash, and a name.
// upstream: IsQualifiedName
pub fn qualified_name_error(key: &str) -> Option<String> {
    let name = match key.split_once('/') {
        None => key,
        Some((_, name)) if name.contains('/') => {
            return Some(
                "a qualified name must consist of alphanumeric characters, '-', '_' or '.', and must start and end \
                 with an alphanumeric character (e.g. 'MyName',  or 'my.name',  or '123-abc', regex used for \
                 validation is '([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9]') with an optional DNS subdomain prefix and \
                 '/' (e.g. 'example.com/MyName')"
                    .to_string(),
            );
        }
        Some(("", _)) => return Some("prefix part must be non-empty".to_string()),
        Some((prefix, name)) => match dns1123_subdomain_error(prefix) {
            Some(why) => return Some(["prefix part ", &why].concat()),
            None => name,
        },
    };
    if name.is_empty() {
        return Some("name part must be non-empty".to_string());
    }
    if name.len() > 63 {
        return Some("name part must be no more than 63 bytes".to_string());
    }
    (!is_name_part(name)).then(|| {
        "name part must consist of alphanumeric characters, '-', '_' or '.', and must start and end with an \
         alphanumeric character (e.g. 'MyName',  or 'my.name',  or '123-abc', regex used for validation is \
         '([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9]')"
            .to_string()
    })
}

/// Why `name` is no DNS subdomain (the name of most objects), or `None` if it is one.
// upstream: IsDNS1123Subdomain
pub fn dns1123_subdomain_error(name: &str) -> Option<String> {
    if name.len() > 253 {
        return Some("must be no more than 253 bytes".to_string());
    }
    (!name.split('.').all(is_dns_label)).then(|| {
        "a lowercase RFC 1123 subdomain must consist of lower case alphanumeric characters, '-' or '.', and must \
         start and end with an alphanumeric character (e.g. 'example.com', regex used for validation is \
         '[a-z0-9]([-a-z0-9]*[a-z0-9])?(\\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*')"
            .to_string()
    })
}

/// Why `name` is no DNS label (the name of a namespace, a container or a port), or `None` if it is one.
// upstream: IsDNS1123Label
pub fn dns1123_label_error(name: &str) -> Option<String> {
    if name.len() > 63 {
        return Some("must be no more than 63 bytes".to_string());
    }
    (!is_dns_label(name)).then(|| {
        "a lowercase RFC 1123 label must consist of lower case alphanumeric characters or '-', and must start and \
         end with an alphanumeric character (e.g. 'my-name',  or '123-abc', regex used for validation is \
         '[a-z0-9]([-a-z0-9]*[a-z0-9])?')"
            .to_string()
    })
}

/// Why `name` is no RFC 1035 label (the name of a Service), or `None` if it is one.
// upstream: IsDNS1035Label
pub fn dns1035_label_error(name: &str) -> Option<String> {
    if name.len() > 63 {
        return Some("must be no more than 63 bytes".to_string());
    }
    (!is_dns_label(name) || !name.starts_with(|c: char| c.is_ascii_lowercase())).then(|| {
        "a DNS-1035 label must consist of lower case alphanumeric characters or '-', start with an alphabetic \
         character, and end with an alphanumeric character (e.g. 'my-name',  or 'abc-123', regex used for validation \
         is '[a-z]([-a-z0-9]*[a-z0-9])?')"
            .to_string()
    })
}

fn is_name_part(text: &str) -> bool {
    ends_are(text, |b| b.is_ascii_alphanumeric())
        && text
            .bytes()
            .all(|b| b.is_ascii_alphanumeric() || b"-_.".contains(&b))
}

fn is_dns_label(text: &str) -> bool {
    let inner = |b: u8| b.is_ascii_lowercase() || b.is_ascii_digit();
    ends_are(text, inner) && text.bytes().all(|b| inner(b) || b == b'-')
}

fn ends_are(text: &str, good: impl Fn(u8) -> bool) -> bool {
    let bytes = text.as_bytes();
    bytes.first().is_some_and(|b| good(*b)) && bytes.last().is_some_and(|b| good(*b))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    #[rustfmt::skip]
    fn good_and_bad_names() {
        type Check = fn(&str) -> Option<String>;
        let long = "a".repeat(64);
        let cases: [(Check, &[&str], &[&str]); 5] = [
            (label_value_error, &["", "a", "A.b_c-d", "12345"], &["-a", "a-", "a b", "é", &long]),
            (qualified_name_error, &["app", "example.com/name", "A_b"], &["", "/a", "a/", "a/b/c", "A.com/x", "a b", "-a", &long]),
            (dns1123_subdomain_error, &["a", "a.b-c", "0"], &["", "A", "a..b", "-a", "a-", "a_b"]),
            (dns1123_label_error, &["a", "a-1", "0a"], &["", "a.b", "A", "a-", &long]),
            (dns1035_label_error, &["a", "a-1"], &["", "0a", "a.b", "A", &long]),
        ];
        for (check, good, bad) in cases {
            for name in good {
                assert_eq!(check(name), None, "{name:?}");
            }
            for name in bad {
                assert!(check(name).is_some(), "{name:?}");
            }
        }
        assert_eq!(qualified_name_error("a/").as_deref(), Some("name part must be non-empty"));
        assert_eq!(dns1123_label_error(&long).as_deref(), Some("must be no more than 63 bytes"));
    }
}
