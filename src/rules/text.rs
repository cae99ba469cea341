//! What texts may look like, where `podarium_api::names` does not say.
// upstream: staging/src/k8s.io/apimachinery/pkg/util/validation/validation.go

use podarium_api::names::{dns1123_label_error, dns1123_subdomain_error};

use crate::errors::Errors;
use crate::field::Field;

/// What is wrong with a percentage that is none.
pub const PERCENT: &str = "a valid percent string must be a numeric string followed by an ending '%' (e.g. '1%',  or \
                           '93%', regex used for validation is '[0-9]+%')";

/// The number before the sign. upstream: IsValidPercent
pub fn percent(text: &str) -> Option<u64> {
    let digits = text.strip_suffix('%')?;
    let all = !digits.is_empty() && digits.bytes().all(|b| b.is_ascii_digit());
    all.then(|| digits.parse().unwrap_or(u64::MAX))
}

/// upstream: IsValidPortName
pub fn port_name(name: &str) -> Vec<&'static str> {
    let mut why = Vec::new();
    let mut say = |bad: bool, text| {
        if bad {
            why.push(text);
        }
    };
    let known = |b: u8| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-';
    say(name.len() > 15, "must be no more than 15 bytes");
    say(
        !name.bytes().all(known),
        "must contain only alpha-numeric characters (a-z, 0-9), and hyphens (-)",
    );
    say(
        !name.bytes().any(|b| b.is_ascii_lowercase()),
        "must contain at least one letter (a-z)",
    );
    say(name.contains("--"), "must not contain consecutive hyphens");
    say(
        name.starts_with('-') || name.ends_with('-'),
        "must not begin or end with a hyphen",
    );
    why
}

/// upstream: staging/src/k8s.io/apimachinery/pkg/api/validate/content/path.go IsPathSegmentName
pub fn path_segment(name: &str) -> Option<String> {
    match name {
        "." | ".." => Some(format!("may not be '{name}'")),
        _ if name.contains('/') => Some("may not contain '/'".into()),
        _ if name.contains('%') => Some("may not contain '%'".into()),
        _ => None,
    }
}

/// upstream: IsWildcardDNS1123Subdomain
pub fn wildcard_subdomain(text: &str) -> Option<String> {
    let rest = text.strip_prefix("*.");
    let good = rest.is_some_and(|rest| dns1123_subdomain_error(rest).is_none());
    (!good).then(|| {
        "a wildcard DNS-1123 subdomain must start with '*.', followed by a valid DNS subdomain, which must consist of \
         lower case alphanumeric characters, '-' or '.' and end with an alphanumeric character (e.g. '*.example.com', \
         regex used for validation is '\\*\\.[a-z0-9]([-a-z0-9]*[a-z0-9])?(\\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*')"
            .into()
    })
}

/// A name that a random part is to follow, as the part makes it. upstream: pkg/api/validation/generic.go maskTrailingDash
pub fn masked(prefix: &str) -> String {
    match prefix.strip_suffix('-') {
        Some(rest) if !rest.is_empty() => [rest, "a"].concat(),
        _ => prefix.into(),
    }
}

/// upstream: IsConfigMapKey
pub fn config_key_error(key: &str) -> Option<String> {
    if key.len() > 253 {
        return Some("must be no more than 253 bytes".into());
    }
    let known = |b: u8| b.is_ascii_alphanumeric() || b"-._".contains(&b);
    if key.is_empty() || !key.bytes().all(known) {
        return Some(
            "a valid config key must consist of alphanumeric characters, '-', '_' or '.' (e.g. 'key.name',  or \
             'KEY_NAME',  or 'key-name', regex used for validation is '[-._a-zA-Z0-9]+')"
                .into(),
        );
    }
    match key {
        "." => Some("must not be '.'".into()),
        ".." => Some("must not be '..'".into()),
        _ if key.starts_with("..") => Some("must not start with '..'".into()),
        _ => None,
    }
}

/// upstream: IsRelaxedEnvVarName
pub fn variable_name_error(name: &str) -> Option<String> {
    let known = |b: u8| (b' '..=b'~').contains(&b) && b != b'=';
    (!name.bytes().all(known)).then(|| {
        "a valid environment variable name must consist only of printable ASCII characters other than '='".into()
    })
}

/// upstream: IsDNS1123SubdomainWithUnderscore
pub fn loose_subdomain_error(name: &str) -> Option<String> {
    if name.len() > 253 {
        return Some("must be no more than 253 bytes".into());
    }
    let end = |b: u8| b.is_ascii_lowercase() || b.is_ascii_digit();
    let label = |label: &str| {
        let bytes = label.strip_prefix('_').unwrap_or(label).as_bytes();
        let ends = [bytes.first(), bytes.last()];
        ends.iter().all(|b| b.is_some_and(|b| end(*b)))
            && bytes.iter().all(|b| end(*b) || b"-_".contains(b))
    };
    (!name.split('.').all(label)).then(|| {
        "a lowercase RFC 1123 subdomain must consist of lower case alphanumeric characters, '_', '-' or '.', and must \
         start and end with an alphanumeric character (e.g. 'example.com', regex used for validation is \
         '_?[a-z0-9]([-_a-z0-9]*[a-z0-9])?(\\._?[a-z0-9]([-_a-z0-9]*[a-z0-9])?)*')"
            .into()
    })
}

/// Why a text is no whole number that can be compared with others.
///
/// upstream: staging/src/k8s.io/apimachinery/pkg/api/validate/content/decimal_int.go IsDecimalInteger
pub fn decimal_error(text: &str) -> Option<String> {
    let digits = text.strip_prefix('-').unwrap_or(text);
    let plain = digits.bytes().all(|b| b.is_ascii_digit()) && !digits.starts_with('0');
    let good = text == "0" || (plain && text.parse::<i64>().is_ok());
    (!good).then(|| "must be a valid decimal integer in canonical form".into())
}

/// A path inside of something. upstream: pkg/apis/core/validation/validation.go validateLocalDescendingPath
pub fn descending_path(path: &Field, errors: &mut Errors) {
    if path.text().starts_with('/') {
        errors.invalid(path, "must be a relative path");
    }
    backsteps(path, errors);
}

/// upstream: pkg/apis/core/validation/validation.go validatePathNoBacksteps
pub fn backsteps(path: &Field, errors: &mut Errors) {
    if path.text().split('/').any(|part| part == "..") {
        errors.invalid(path, "must not contain '..'");
    }
}

/// A path of what is written into a volume. upstream: pkg/apis/core/validation/validation.go ValidateLocalNonReservedPath
pub fn local_path(path: &Field, errors: &mut Errors) {
    descending_path(path, errors);
    let text = path.text();
    if text.starts_with("..") && !text.starts_with("../") && text != ".." {
        errors.invalid(path, "must not start with '..'");
    }
}

/// A path behind a domain. upstream: IsDomainPrefixedPath
pub fn domain_prefixed_path(field: &Field, errors: &mut Errors) {
    if !errors.needed(field) {
        return;
    }
    let Some((host, path)) = field
        .text()
        .split_once('/')
        .filter(|(host, path)| !host.is_empty() && !path.is_empty())
    else {
        return errors.invalid(
            field,
            "must be a domain-prefixed path (such as \"acme.io/foo\")",
        );
    };
    if let Some(why) = dns1123_subdomain_error(host) {
        errors.invalid_as(field, host, &why);
    }
    let known = |b: u8| b.is_ascii_alphanumeric() || b"/-._~%!$&'()*+,;=:".contains(&b);
    if !path.bytes().all(known) {
        errors.invalid_as(
            field,
            path,
            "Invalid path (regex used for validation is '[A-Za-z0-9/\\-._~%!$&'()*+,;=:]+')",
        );
    }
}

/// upstream: IsFullyQualifiedName
pub fn fully_qualified(field: &Field, errors: &mut Errors) {
    if !errors.needed(field) {
        return;
    }
    if let Some(why) = dns1123_subdomain_error(field.text()) {
        errors.invalid(field, &why);
    } else if field.text().split('.').count() < 3 {
        errors.invalid(
            field,
            "should be a domain with at least three segments separated by dots",
        );
    }
}

/// upstream: pkg/apis/core/validation/names.go ValidateSignerName
pub fn signer_name(field: &Field, errors: &mut Errors) {
    if !errors.needed(field) {
        return;
    }
    let segments: Vec<&str> = field.text().split('/').collect();
    let [domain, path] = segments.as_slice() else {
        return errors.invalid(
            field,
            "must be a fully qualified domain and path of the form 'example.com/signer-name'",
        );
    };
    if domain.len() > 253 {
        errors.too_long(field, 253);
    }
    let wrong = |text: &str, why: fn(&str) -> Option<String>| {
        let mut labels = text.split('.');
        labels.find_map(|l| why(l).map(|why| format!("validating label {l:?}: {why}")))
    };
    if let Some(why) = wrong(domain, dns1123_label_error) {
        errors.invalid_as(field, *domain, &why);
    }
    if !domain.contains('.') {
        errors.invalid_as(
            field,
            *domain,
            "should be a domain with at least two segments separated by dots",
        );
    }
    if let Some(why) = wrong(path, dns1123_subdomain_error) {
        errors.invalid_as(field, *path, &why);
    }
    if field.text().len() > 253 + 253 + 63 + 2 {
        errors.too_long(field, 253 + 253 + 63 + 2);
    }
}

/// upstream: pkg/apis/core/validation/validation.go ValidateCSIDriverName
pub fn csi_driver_name(field: &Field, errors: &mut Errors) {
    if !errors.needed(field) {
        return;
    }
    if field.text().len() > 63 {
        errors.too_long(field, 63);
    }
    if let Some(why) = dns1123_subdomain_error(&field.text().to_lowercase()) {
        errors.invalid(field, &why);
    }
}

/// Group and version of an `apiVersion`. upstream: apimachinery/pkg/runtime/schema/group_version.go ParseGroupVersion
pub fn group_version(text: &str) -> Result<(&str, &str), String> {
    match text.matches('/').count() {
        _ if text == "/" => Ok(("", "")),
        0 => Ok(("", text)),
        1 => Ok(text.split_once('/').unwrap_or_default()),
        _ => Err(format!("unexpected GroupVersion string: {text}")),
    }
}

/// The bytes of a text in base64; those up to a mistake, and white space does not count.
pub fn base64(text: &str) -> Vec<u8> {
    let (mut bytes, mut bits, mut held) = (Vec::new(), 0_u32, 0_u32);
    for c in text.bytes().filter(|b| !b.is_ascii_whitespace()) {
        let six = match c {
            b'A'..=b'Z' => c - b'A',
            b'a'..=b'z' => c - b'a' + 26,
            b'0'..=b'9' => c - b'0' + 52,
            b'+' => 62,
            b'/' => 63,
            _ => break,
        };
        held = (held << 6 | u32::from(six)) & 0xffff;
        bits += 6;
        if bits >= 8 {
            bits -= 8;
            bytes.push((held >> bits) as u8);
        }
    }
    bytes
}

#[cfg(test)]
mod tests {
    use super::*;
    use expect_test::{Expect, expect};
    use serde_json::json;

    fn check(rule: fn(&Field, &mut Errors), texts: &[&str], expected: Expect) {
        let mut errors = Errors::default();
        for text in texts {
            let value = json!({"f": text});
            rule(&Field::root(&value).get("f"), &mut errors);
        }
        expected.assert_eq(&errors.lines());
    }

    #[test]
    fn percentages() {
        for (text, number) in [
            ("0%", Some(0)),
            ("100%", Some(100)),
            ("-1%", None),
            ("%", None),
            ("1", None),
            ("1.5%", None),
        ] {
            assert_eq!(percent(text), number, "{text}");
        }
    }

    #[test]
    fn names_of_many_kinds() {
        check(
            domain_prefixed_path,
            &[
                "acme.io/foo",
                "",
                "foo",
                "/foo",
                "foo/",
                "Acme.io/foo",
                "acme.io/f oo",
            ],
            expect![[r#"
                f: Required value
                f: Invalid value: "foo": must be a domain-prefixed path (such as "acme.io/foo")
                f: Invalid value: "/foo": must be a domain-prefixed path (such as "acme.io/foo")
                f: Invalid value: "foo/": must be a domain-prefixed path (such as "acme.io/foo")
                f: Invalid value: "Acme.io": a lowercase RFC 1123 subdomain must consist of lower case alphanumeric characters, '-' or '.', and must start and end with an alphanumeric character (e.g. 'example.com', regex used for validation is '[a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*')
                f: Invalid value: "f oo": Invalid path (regex used for validation is '[A-Za-z0-9/\-._~%!$&'()*+,;=:]+')"#]],
        );
        check(
            fully_qualified,
            &["a.b.c", "", "a.b", "A.b.c"],
            expect![[r#"
                f: Required value
                f: Invalid value: "a.b": should be a domain with at least three segments separated by dots
                f: Invalid value: "A.b.c": a lowercase RFC 1123 subdomain must consist of lower case alphanumeric characters, '-' or '.', and must start and end with an alphanumeric character (e.g. 'example.com', regex used for validation is '[a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*')"#]],
        );
        check(
            signer_name,
            &["example.com/a", "", "a", "nodots/a", "example.com/A"],
            expect![[r#"
                f: Required value
                f: Invalid value: "a": must be a fully qualified domain and path of the form 'example.com/signer-name'
                f: Invalid value: "nodots": should be a domain with at least two segments separated by dots
                f: Invalid value: "A": validating label "A": a lowercase RFC 1123 subdomain must consist of lower case alphanumeric characters, '-' or '.', and must start and end with an alphanumeric character (e.g. 'example.com', regex used for validation is '[a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*')"#]],
        );
        assert_eq!(path_segment("a/b").as_deref(), Some("may not contain '/'"));
        assert_eq!(path_segment("..").as_deref(), Some("may not be '..'"));
        assert!(wildcard_subdomain("*.a.b").is_none() && wildcard_subdomain("a.*.b").is_some());
        assert_eq!(
            group_version("a/b/c"),
            Err("unexpected GroupVersion string: a/b/c".into())
        );
    }
    #[test]
    fn bytes_in_base64() {
        for (text, bytes) in [
            ("", ""),
            ("aA==", "h"),
            ("aGVs\nbG8=", "hello"),
            ("aGVsbG8h", "hello!"),
        ] {
            assert_eq!(base64(text), bytes.as_bytes());
        }
    }
}
