//! Lengths of time as Go's flags have them: `90s`, `1m30s`, `500ms`.

use podarium_api::meta::Span;

/// Reads one; the error says what is wrong with it.
// upstream: Go's time.ParseDuration
pub fn parse(text: &str) -> Result<Span, String> {
    let wrong = || format!("time: invalid duration {text:?}");
    let mut total = 0.0;
    let mut rest = text;
    if rest == "0" {
        return Ok(Span(0));
    }
    while !rest.is_empty() {
        let digits = rest
            .find(|c: char| !c.is_ascii_digit() && c != '.')
            .ok_or_else(|| format!("time: missing unit in duration {text:?}"))?;
        let amount: f64 = rest[..digits].parse().map_err(|_| wrong())?;
        rest = &rest[digits..];
        let unit = rest.find(|c: char| c.is_ascii_digit() || c == '.');
        let (unit, after) = rest.split_at(unit.unwrap_or(rest.len()));
        rest = after;
        total += amount
            * match unit {
                "us" | "µs" => 1.0,
                "ms" => 1e3,
                "s" => 1e6,
                "m" => 6e7,
                "h" => 3.6e9,
                _ => return Err(format!("time: unknown unit {unit:?} in duration {text:?}")),
            };
    }
    // A century and more is no run, and must not overflow the clock.
    if text.is_empty() || !(0.0..=3.6e15).contains(&total) {
        return Err(wrong());
    }
    Ok(Span(total as u64))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn as_go_reads_them() {
        for (text, millis) in [
            ("90s", 90_000),
            ("1m30s", 90_000),
            ("1.5h", 5_400_000),
            ("500ms", 500),
            ("0", 0),
        ] {
            assert_eq!(parse(text), Ok(Span::millis(millis)), "{text}");
        }
        for (text, why) in [
            ("", "time: invalid duration \"\""),
            ("90", "time: missing unit in duration \"90\""),
            ("-1s", "time: invalid duration \"-1s\""),
            ("3days", "time: unknown unit \"days\" in duration \"3days\""),
            ("9999999999h", "time: invalid duration \"9999999999h\""),
        ] {
            assert_eq!(parse(text), Err(why.into()), "{text}");
        }
    }
}
