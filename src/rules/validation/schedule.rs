//! Whether a text is a schedule of a CronJob, and why it is none.
// upstream: vendor/github.com/robfig/cron/v3/parser.go ParseStandard

/// The least and the greatest number of each field, and names for numbers.
const FIELDS: [(u64, u64, &[&str]); 5] = [
    (0, 59, &[]),
    (0, 23, &[]),
    (1, 31, &[]),
    (
        1,
        12,
        &[
            "jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec",
        ],
    ),
    (0, 6, &["sun", "mon", "tue", "wed", "thu", "fri", "sat"]),
];

const DESCRIPTORS: [&str; 7] = [
    "@yearly",
    "@annually",
    "@monthly",
    "@weekly",
    "@daily",
    "@midnight",
    "@hourly",
];

/// Reads a schedule.
pub fn check(text: &str) -> Result<(), String> {
    if text.is_empty() {
        return Err("empty spec string".into());
    }
    let mut text = text;
    if text.starts_with("TZ=") || text.starts_with("CRON_TZ=") {
        text = text.split_once(' ').map_or("", |(_, rest)| rest.trim());
    }
    if text.starts_with('@') {
        return descriptor(text);
    }
    let fields: Vec<&str> = text.split_whitespace().collect();
    if fields.len() != FIELDS.len() {
        let (found, shown) = (fields.len(), fields.join(" "));
        return Err(format!(
            "expected exactly 5 fields, found {found}: [{shown}]"
        ));
    }
    for (field, bounds) in fields.iter().zip(FIELDS) {
        for part in field.split(',').filter(|p| !p.is_empty()) {
            range(part, bounds)?;
        }
    }
    Ok(())
}

/// upstream: parseDescriptor
fn descriptor(text: &str) -> Result<(), String> {
    if DESCRIPTORS.contains(&text) {
        return Ok(());
    }
    match text.strip_prefix("@every ") {
        Some(span) => {
            duration(span).map_err(|why| format!("failed to parse duration {text}: {why}"))
        }
        None => Err(format!("unrecognized descriptor: {text}")),
    }
}

/// upstream: getRange
fn range(text: &str, (least, most, names): (u64, u64, &[&str])) -> Result<(), String> {
    let parts: Vec<&str> = text.split('/').collect();
    let ends: Vec<&str> = parts[0].split('-').collect();
    let (start, mut end);
    if matches!(ends[0], "*" | "?") {
        (start, end) = (least, most);
    } else {
        start = number(ends[0], least, names)?;
        end = match ends.as_slice() {
            [_] => start,
            [_, end] => number(end, least, names)?,
            _ => return Err(format!("too many hyphens: {text}")),
        };
    }
    let step = match parts.as_slice() {
        [_] => 1,
        [_, step] => {
            if ends.len() == 1 {
                end = most;
            }
            number(step, 0, &[])?
        }
        _ => return Err(format!("too many slashes: {text}")),
    };
    if start < least {
        return Err(format!(
            "beginning of range ({start}) below minimum ({least}): {text}"
        ));
    }
    if end > most {
        return Err(format!(
            "end of range ({end}) above maximum ({most}): {text}"
        ));
    }
    if start > end {
        return Err(format!(
            "beginning of range ({start}) beyond end of range ({end}): {text}"
        ));
    }
    if step == 0 {
        return Err(format!("step of range should be a positive number: {text}"));
    }
    Ok(())
}

/// upstream: parseIntOrName, mustParseInt
fn number(text: &str, least: u64, names: &[&str]) -> Result<u64, String> {
    let name = text.to_lowercase();
    if let Some(at) = names.iter().position(|n| *n == name) {
        return Ok(least + at as u64);
    }
    match text.parse::<i64>() {
        Ok(number) => u64::try_from(number)
            .map_err(|_| format!("negative number ({number}) not allowed: {text}")),
        Err(_) => Err(format!(
            "failed to parse int from {text}: strconv.Atoi: parsing {text:?}: invalid syntax"
        )),
    }
}

/// upstream: Go's time.ParseDuration
fn duration(text: &str) -> Result<(), String> {
    let invalid = || format!("time: invalid duration {text:?}");
    let mut rest = text.strip_prefix(['-', '+']).unwrap_or(text);
    if rest == "0" {
        return Ok(());
    }
    if rest.is_empty() {
        return Err(invalid());
    }
    while !rest.is_empty() {
        let number = rest
            .find(|c: char| !c.is_ascii_digit() && c != '.')
            .unwrap_or(rest.len());
        if !rest[..number].bytes().any(|b| b.is_ascii_digit())
            || rest[..number].matches('.').count() > 1
        {
            return Err(invalid());
        }
        rest = &rest[number..];
        let unit = rest
            .find(|c: char| c.is_ascii_digit() || c == '.')
            .unwrap_or(rest.len());
        match &rest[..unit] {
            "" => return Err(format!("time: missing unit in duration {text:?}")),
            "ns" | "us" | "µs" | "μs" | "ms" | "s" | "m" | "h" => {}
            unit => return Err(format!("time: unknown unit {unit:?} in duration {text:?}")),
        }
        rest = &rest[unit..];
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::check;
    use expect_test::expect;

    #[test]
    fn good_schedules() {
        for text in [
            "* * * * *",
            "*/5 0-6,12 1,15 jan-mar MON",
            "@hourly",
            "@every 1h30m",
            "5/15 * * * *",
            "0 0 1 1 ?",
            "TZ=UTC * * * * *",
            "0 22 * * 1-5",
        ] {
            assert_eq!(check(text), Ok(()), "{text}");
        }
    }

    // upstream: vendor/github.com/robfig/cron/v3/parser_test.go
    #[test]
    fn bad_schedules() {
        let bad = [
            "",
            "* * * *",
            "* 5 j * * *",
            "60 * * * *",
            "* * 0 * *",
            "* * * x *",
            "5-3 * * * *",
            "*/0 * * * *",
            "1-2-3 * * * *",
            "1/2/3 * * * *",
            "-1 * * * *",
            "* * * * 7",
            "*/-12 * * * *",
            "@unrecognized",
            "@every 1x",
            "@every ",
            "@every 5",
            "a * * * *",
        ];
        let lines: Vec<_> = bad
            .iter()
            .map(|text| format!("{text:?} {}", check(text).unwrap_err()))
            .collect();
        expect![[r#"
            "" empty spec string
            "* * * *" expected exactly 5 fields, found 4: [* * * *]
            "* 5 j * * *" expected exactly 5 fields, found 6: [* 5 j * * *]
            "60 * * * *" end of range (60) above maximum (59): 60
            "* * 0 * *" beginning of range (0) below minimum (1): 0
            "* * * x *" failed to parse int from x: strconv.Atoi: parsing "x": invalid syntax
            "5-3 * * * *" beginning of range (5) beyond end of range (3): 5-3
            "*/0 * * * *" step of range should be a positive number: */0
            "1-2-3 * * * *" too many hyphens: 1-2-3
            "1/2/3 * * * *" too many slashes: 1/2/3
            "-1 * * * *" failed to parse int from : strconv.Atoi: parsing "": invalid syntax
            "* * * * 7" end of range (7) above maximum (6): 7
            "*/-12 * * * *" negative number (-12) not allowed: -12
            "@unrecognized" unrecognized descriptor: @unrecognized
            "@every 1x" failed to parse duration @every 1x: time: unknown unit "x" in duration "1x"
            "@every " failed to parse duration @every : time: invalid duration ""
            "@every 5" failed to parse duration @every 5: time: missing unit in duration "5"
            "a * * * *" failed to parse int from a: strconv.Atoi: parsing "a": invalid syntax"#]]
        .assert_eq(&lines.join("\n"));
    }
}
