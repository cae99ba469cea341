//! What a plain scalar means to kubectl: YAML 1.1 as Go's parser has it.
// upstream: sigs.k8s.io/yaml goyaml.v2/resolve.go resolve

use serde_json::{Number, Value};

/// The value of an unquoted scalar. `None` for infinities and not-a-number, which JSON cannot hold.
pub(super) fn plain(text: &str) -> Option<Value> {
    let Some(first) = text.bytes().next() else {
        return Some(Value::Null);
    };
    Some(match first {
        b'y' | b'Y' | b'n' | b'N' | b't' | b'T' | b'f' | b'F' | b'o' | b'O' | b'~' => {
            match word(text) {
                Some(value) => value,
                None => Value::String(text.to_string()),
            }
        }
        b'.' | b'+' | b'-' | b'0'..=b'9' => match number(text) {
            Found::Number(number) => Value::Number(number),
            Found::Text => Value::String(text.to_string()),
            Found::NotFinite => return None,
        },
        _ => Value::String(text.to_string()),
    })
}

/// Whether an unquoted `text` would be read as that same string.
pub(super) fn stays_text(text: &str) -> bool {
    matches!(plain(text), Some(Value::String(_)))
        && text != "<<"
        && !(text.starts_with(|c: char| c.is_ascii_digit()) && is_timestamp(text))
}

fn word(text: &str) -> Option<Value> {
    Some(match text {
        "y" | "Y" | "yes" | "Yes" | "YES" | "true" | "True" | "TRUE" | "on" | "On" | "ON" => {
            Value::Bool(true)
        }
        "n" | "N" | "no" | "No" | "NO" | "false" | "False" | "FALSE" | "off" | "Off" | "OFF" => {
            Value::Bool(false)
        }
        "~" | "null" | "Null" | "NULL" => Value::Null,
        _ => return None,
    })
}

enum Found {
    Number(Number),
    Text,
    NotFinite,
}

fn number(text: &str) -> Found {
    let unsigned = text.strip_prefix(['+', '-']).unwrap_or(text);
    if matches!(unsigned, ".inf" | ".Inf" | ".INF") || matches!(text, ".nan" | ".NaN" | ".NAN") {
        return Found::NotFinite;
    }
    let without;
    // Underscores are only allowed where the number does not begin with a point.
    let digits = if text.contains('_') && !text.starts_with('.') {
        without = text.replace('_', "");
        without.as_str()
    } else {
        text
    };
    if let Some(number) = integer(digits) {
        return Found::Number(number);
    }
    if !is_float(digits) {
        return Found::Text;
    }
    match float(digits) {
        Some(float) => Found::Number(whole_or_float(float)),
        None => Found::Text,
    }
}

/// What [`is_float`] finds, by way of JSON: the parser is there, and the standard library's brings 10 KiB of tables.
/// `None` beyond the range of a float.
fn float(text: &str) -> Option<f64> {
    let (sign, text) = match text.strip_prefix('-') {
        Some(rest) => ("-", rest),
        None => ("", text.strip_prefix('+').unwrap_or(text)),
    };
    let (mantissa, exponent) = text.split_at(text.find(['e', 'E']).unwrap_or(text.len()));
    let (whole, fraction) = mantissa.split_once('.').unwrap_or((mantissa, ""));
    let or_zero = |digits: &'_ str| if digits.is_empty() { "0" } else { digits }.to_owned();
    let (whole, fraction) = (or_zero(whole.trim_start_matches('0')), or_zero(fraction));
    let json = [sign, &whole, ".", &fraction, exponent].concat();
    crate::typed::parse(json.as_bytes()).ok()?.as_f64()
}

/// A float as JSON carries it: whole numbers have no fraction.
fn whole_or_float(float: f64) -> Number {
    const EXACT: f64 = 9_007_199_254_740_992.0;
    if float.fract() == 0.0 && float.abs() <= EXACT {
        return Number::from(float as i64);
    }
    Number::from_f64(float).unwrap_or_else(|| Number::from(0))
}

/// Go's integers with a base prefix: `0x1f`, `0o17`, `017`, `0b1`.
fn integer(text: &str) -> Option<Number> {
    let (negative, digits) = match text.as_bytes().first()? {
        b'-' => (true, &text[1..]),
        b'+' => (false, &text[1..]),
        _ => (false, text),
    };
    let (base, digits) = match digits.as_bytes() {
        [b'0', b'x' | b'X', ..] => (16, &digits[2..]),
        [b'0', b'o' | b'O', ..] => (8, &digits[2..]),
        [b'0', b'b' | b'B', ..] => (2, &digits[2..]),
        [b'0', _, ..] => (8, &digits[1..]),
        _ => (10, digits),
    };
    // `from_str_radix` would take a second sign.
    if digits.is_empty() || !digits.bytes().all(|b| b.is_ascii_hexdigit()) {
        return None;
    }
    let value = u64::from_str_radix(digits, base).ok()?;
    if !negative {
        return Some(Number::from(value));
    }
    0i64.checked_sub_unsigned(value).map(Number::from)
}

/// `[-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)?`
fn is_float(text: &str) -> bool {
    let text = text.strip_prefix(['+', '-']).unwrap_or(text);
    let (mantissa, exponent) = match text.find(['e', 'E']) {
        Some(at) => (&text[..at], Some(&text[at + 1..])),
        None => (text, None),
    };
    let digits = |part: &str| part.bytes().all(|b| b.is_ascii_digit());
    let good = match mantissa.split_once('.') {
        Some(("", fraction)) => !fraction.is_empty() && digits(fraction),
        Some((whole, fraction)) => digits(whole) && digits(fraction),
        None => !mantissa.is_empty() && digits(mantissa),
    };
    good && exponent.is_none_or(|exponent| {
        let exponent = exponent.strip_prefix(['+', '-']).unwrap_or(exponent);
        !exponent.is_empty() && digits(exponent)
    })
}

/// Dates and moments stay text when read, but the writer quotes them, for other parsers make them dates.
// upstream: goyaml.v2/resolve.go parseTimestamp, allowedTimestampFormats
fn is_timestamp(text: &str) -> bool {
    let (date, time) = match text.find(['T', 't', ' ']) {
        Some(at) => (&text[..at], Some((text.as_bytes()[at], &text[at + 1..]))),
        None => (text, None),
    };
    let number = |part: &str, most: usize, range: std::ops::RangeInclusive<u32>| {
        (1..=most).contains(&part.len())
            && part.bytes().all(|b| b.is_ascii_digit())
            && part.parse().is_ok_and(|n| range.contains(&n))
    };
    let mut parts = date.split('-');
    let (year, month, day) = (parts.next(), parts.next(), parts.next());
    let good = year.is_some_and(|y| y.len() == 4 && number(y, 4, 0..=9999))
        && month.is_some_and(|m| number(m, 2, 1..=12))
        && day.is_some_and(|d| number(d, 2, 1..=31))
        && parts.next().is_none();
    let Some((separator, time)) = time else {
        return good;
    };
    // With a `T` a zone must follow, with a space none may.
    let zone = time.find(['Z', '+', '-']);
    let (clock, zone) = zone.map_or((time, ""), |at| (&time[..at], &time[at..]));
    let zoned = zone == "Z" || (zone.len() == 6 && zone.as_bytes()[3] == b':');
    let mut parts = clock.split(':');
    let (hour, minute, second) = (parts.next(), parts.next(), parts.next());
    let second = second.and_then(|s| s.split('.').next());
    good && (if separator == b' ' {
        zone.is_empty()
    } else {
        zoned
    }) && hour.is_some_and(|h| number(h, 2, 0..=23))
        && minute.is_some_and(|m| number(m, 2, 0..=59))
        && second.is_some_and(|s| number(s, 2, 0..=59))
        && parts.next().is_none()
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    #[rustfmt::skip]
    fn plain_scalars() {
        for (text, want) in [
            ("", json!(null)), ("~", json!(null)), ("null", json!(null)), ("Null", json!(null)), ("nuLL", json!("nuLL")),
            ("yes", json!(true)), ("Yes", json!(true)), ("on", json!(true)), ("y", json!(true)), ("yEs", json!("yEs")),
            ("no", json!(false)), ("off", json!(false)), ("n", json!(false)), ("False", json!(false)),
            ("0", json!(0)), ("-0", json!(0)), ("12", json!(12)), ("+12", json!(12)), ("-12", json!(-12)),
            ("0644", json!(420)), ("0o644", json!(420)), ("0O17", json!(15)), ("-0644", json!(-420)), ("00", json!(0)),
            ("0x1F", json!(31)), ("0XfF", json!(255)), ("0b101", json!(5)), ("-0b101", json!(-5)),
            ("089", json!(89)), ("0x", json!("0x")), ("0xg", json!("0xg")), ("0b2", json!("0b2")),
            ("1_000", json!(1000)), ("1_0.5_0", json!(10.5)), ("_1", json!("_1")), (".1_0", json!(".1_0")),
            ("1.5", json!(1.5)), ("1.", json!(1)), (".5", json!(0.5)), ("-.5", json!(-0.5)), ("1e3", json!(1000)),
            ("1E-2", json!(0.01)), ("1e400", json!("1e400")), ("1.2.3", json!("1.2.3")), ("1e", json!("1e")),
            ("9223372036854775807", json!(i64::MAX)), ("18446744073709551615", json!(u64::MAX)),
            ("-9223372036854775808", json!(i64::MIN)), ("99999999999999999999", json!(1e20)),
            ("--1", json!("--1")), ("+-1", json!("+-1")), ("-", json!("-")), ("+", json!("+")), (".", json!(".")),
            ("2026-01-01", json!("2026-01-01")), ("12:30:45", json!("12:30:45")), ("10.0.0.1", json!("10.0.0.1")),
            ("100m", json!("100m")), ("1Gi", json!("1Gi")), ("v1", json!("v1")), ("hello", json!("hello")),
        ] {
            assert_eq!(plain(text), Some(want), "{text:?}");
        }
        for text in [".inf", "-.Inf", "+.INF", ".nan", ".NaN"] {
            assert_eq!(plain(text), None, "{text:?}");
        }
    }

    #[test]
    fn what_the_writer_may_leave_unquoted() {
        for text in [
            "hello",
            "v1",
            "100m",
            "10.0.0.1",
            "2026-13-01",
            "1.2.3",
            "a: b",
        ] {
            assert!(stays_text(text), "{text:?}");
        }
        for text in [
            "",
            "yes",
            "8080",
            "1e3",
            "null",
            "<<",
            "2026-01-01",
            "2026-01-01T00:00:00Z",
            "2026-1-1 1:02:03",
        ] {
            assert!(!stays_text(text), "{text:?}");
        }
    }
}
