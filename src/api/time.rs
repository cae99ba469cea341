//! Virtual time as objects and people see it: RFC 3339 stamps and kubectl's ages.
//!
//! A moment is a number of virtual milliseconds since the cluster's epoch, 2026-01-01T00:00:00Z.

use std::fmt::Write;

use k8s_openapi::jiff::Timestamp;

/// The cluster's epoch in milliseconds of Unix time: 2026-01-01T00:00:00Z.
pub const EPOCH_UNIX_MS: i64 = 1_767_225_600_000;

const DAY_MS: i64 = 86_400_000;

/// `2026-01-01T00:00:05Z`, as `metav1.Time` is written: whole seconds, cut off.
pub fn rfc3339(ms: i64) -> String {
    stamp(ms, 0)
}

/// `2026-01-01T00:00:05.123000Z`, as `metav1.MicroTime` is written.
pub fn rfc3339_micro(ms: i64) -> String {
    stamp(ms, 6)
}

/// `2026-01-01T00:00:05.123000000Z`, as container logs are stamped.
pub fn rfc3339_nano(ms: i64) -> String {
    stamp(ms, 9)
}

fn stamp(ms: i64, digits: usize) -> String {
    let unix = ms.saturating_add(EPOCH_UNIX_MS);
    let (days, in_day) = (unix.div_euclid(DAY_MS), unix.rem_euclid(DAY_MS));
    let (year, month, day) = civil(days);
    let (seconds, millis) = (in_day / 1000, in_day % 1000);
    let mut text = String::with_capacity(32);
    let (h, m, s) = (seconds / 3600, seconds / 60 % 60, seconds % 60);
    let _ = write!(text, "{year:04}-{month:02}-{day:02}T{h:02}:{m:02}:{s:02}");
    if digits > 0 {
        let _ = write!(text, ".{millis:03}");
        text.extend(std::iter::repeat_n('0', digits - 3));
    }
    text.push('Z');
    text
}

/// Year, month, day of a number of days since 1970-01-01 (proleptic Gregorian calendar).
fn civil(days: i64) -> (i64, i64, i64) {
    // Years are counted from 1 March, so that the leap day comes last; 146,097 days are one 400-year era.
    let shifted = days + 719_468;
    let (era, of_era) = (shifted.div_euclid(146_097), shifted.rem_euclid(146_097));
    let year_of_era = (of_era - of_era / 1460 + of_era / 36_524 - of_era / 146_096) / 365;
    let of_year = of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    let march_month = (5 * of_year + 2) / 153;
    let day = of_year - (153 * march_month + 2) / 5 + 1;
    let month = if march_month < 10 {
        march_month + 3
    } else {
        march_month - 9
    };
    (era * 400 + year_of_era + i64::from(month <= 2), month, day)
}

/// Days since 1970-01-01 of a date.
fn days(year: i64, month: i64, day: i64) -> i64 {
    let year = if month <= 2 { year - 1 } else { year };
    let (era, year_of_era) = (year.div_euclid(400), year.rem_euclid(400));
    let march_month = if month > 2 { month - 3 } else { month + 9 };
    let of_year = (153 * march_month + 2) / 5 + day - 1;
    era * 146_097 + year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + of_year - 719_468
}

/// Milliseconds since the cluster's epoch of an RFC 3339 stamp, with `Z` or an offset; digits below a millisecond are
/// cut off. `None` if it is no such stamp.
pub fn parse_rfc3339(text: &str) -> Option<i64> {
    let bytes = text.as_bytes();
    let number = |from: usize, to: usize| -> Option<i64> {
        let part = bytes.get(from..to)?;
        part.iter()
            .all(u8::is_ascii_digit)
            .then(|| part.iter().fold(0, |n, d| n * 10 + i64::from(d - b'0')))
    };
    let at = |i: usize, want: &[u8]| bytes.get(i).is_some_and(|b| want.contains(b));
    if !(at(4, b"-") && at(7, b"-") && at(10, b"Tt") && at(13, b":") && at(16, b":")) {
        return None;
    }
    let (year, month, day) = (number(0, 4)?, number(5, 7)?, number(8, 10)?);
    let (hour, minute, second) = (number(11, 13)?, number(14, 16)?, number(17, 19)?);
    let leap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
    let length = match month {
        2 => 28 + i64::from(leap),
        4 | 6 | 9 | 11 => 30,
        1..=12 => 31,
        _ => return None,
    };
    if day < 1 || day > length || hour > 23 || minute > 59 || second > 59 {
        return None;
    }
    let mut rest = 19;
    let mut millis = 0;
    if at(rest, b".") {
        let digits = bytes[rest + 1..]
            .iter()
            .take_while(|b| b.is_ascii_digit())
            .count();
        if digits == 0 {
            return None;
        }
        for i in 0..3 {
            millis = millis * 10
                + if i < digits {
                    i64::from(bytes[rest + 1 + i] - b'0')
                } else {
                    0
                };
        }
        rest += 1 + digits;
    }
    let offset = match bytes.get(rest)? {
        b'Z' | b'z' if bytes.len() == rest + 1 => 0,
        sign @ (b'+' | b'-') if bytes.len() == rest + 6 && at(rest + 3, b":") => {
            let (hours, minutes) = (number(rest + 1, rest + 3)?, number(rest + 4, rest + 6)?);
            if hours > 23 || minutes > 59 {
                return None;
            }
            (hours * 60 + minutes) * if *sign == b'+' { 1 } else { -1 }
        }
        _ => return None,
    };
    let seconds =
        days(year, month, day) * 86_400 + hour * 3600 + minute * 60 + second - offset * 60;
    Some(seconds * 1000 + millis - EPOCH_UNIX_MS)
}

/// The moment as the type that k8s-openapi's `Time` and `MicroTime` carry. Moments outside its range are clamped.
pub fn timestamp(ms: i64) -> Timestamp {
    Timestamp::from_millisecond(ms.saturating_add(EPOCH_UNIX_MS)).unwrap_or(Timestamp::MAX)
}

/// Milliseconds since the cluster's epoch of a k8s-openapi moment.
pub fn from_timestamp(moment: Timestamp) -> i64 {
    moment.as_millisecond() - EPOCH_UNIX_MS
}

/// An age as kubectl's tables print it (`5m3s`, `2d4h`), from milliseconds.
// upstream: apimachinery/pkg/util/duration/duration.go HumanDuration
pub fn human_duration(ms: i64) -> String {
    // Clocks may disagree by less than two seconds before an age counts as invalid.
    let seconds = ms / 1000;
    let (minutes, hours) = (seconds / 60, seconds / 3600);
    let days = hours / 24;
    match () {
        () if seconds < -1 => "<invalid>".to_string(),
        () if seconds < 0 => "0s".to_string(),
        () if seconds < 120 => format!("{seconds}s"),
        () if minutes < 10 => two(minutes, "m", seconds % 60, "s"),
        () if minutes < 180 => format!("{minutes}m"),
        () if hours < 8 => two(hours, "h", minutes % 60, "m"),
        () if hours < 48 => format!("{hours}h"),
        () if days < 8 => two(days, "d", hours % 24, "h"),
        () if days < 730 => format!("{days}d"),
        () if days < 2920 => two(days / 365, "y", days % 365, "d"),
        () => format!("{}y", days / 365),
    }
}

fn two(large: i64, large_unit: &str, small: i64, small_unit: &str) -> String {
    if small == 0 {
        format!("{large}{large_unit}")
    } else {
        format!("{large}{large_unit}{small}{small_unit}")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn stamps_both_ways() {
        for (ms, text) in [
            (0, "2026-01-01T00:00:00Z"),
            (5_000, "2026-01-01T00:00:05Z"),
            (-1_000, "2025-12-31T23:59:59Z"),
            (58 * DAY_MS, "2026-02-28T00:00:00Z"),
            (59 * DAY_MS, "2026-03-01T00:00:00Z"),
            ((365 * 2 + 59) * DAY_MS, "2028-02-29T00:00:00Z"),
            (365 * DAY_MS - 1_000, "2026-12-31T23:59:59Z"),
            (-EPOCH_UNIX_MS, "1970-01-01T00:00:00Z"),
        ] {
            assert_eq!(rfc3339(ms), text);
            assert_eq!(parse_rfc3339(text), Some(ms), "{text}");
            assert_eq!(timestamp(ms).to_string(), text);
            assert_eq!(from_timestamp(timestamp(ms)), ms);
        }
        assert_eq!(rfc3339(5_999), "2026-01-01T00:00:05Z");
        assert_eq!(rfc3339_micro(5_123), "2026-01-01T00:00:05.123000Z");
        assert_eq!(rfc3339_nano(5_123), "2026-01-01T00:00:05.123000000Z");
    }

    #[test]
    fn every_day_of_a_century_agrees_with_jiff() {
        for day in 0..36_525 {
            let ms = day * DAY_MS + (day * 7919) % DAY_MS / 1000 * 1000;
            assert_eq!(rfc3339(ms), timestamp(ms).to_string());
            assert_eq!(parse_rfc3339(&rfc3339(ms)), Some(ms));
        }
    }

    #[test]
    fn stamps_with_offsets_and_fractions_and_nonsense() {
        assert_eq!(parse_rfc3339("2026-01-01T02:00:00+02:00"), Some(0));
        assert_eq!(parse_rfc3339("2025-12-31T23:30:00-00:30"), Some(0));
        assert_eq!(parse_rfc3339("2026-01-01T00:00:00.5Z"), Some(500));
        assert_eq!(parse_rfc3339("2026-01-01T00:00:00.123456789Z"), Some(123));
        for bad in [
            "",
            "2026",
            "2026-01-01",
            "2026-01-01T00:00:00",
            "2026-13-01T00:00:00Z",
            "2026-02-29T00:00:00Z",
            "2026-01-01T24:00:00Z",
            "2026-01-01T00:00:00.Z",
            "2026-01-01T00:00:00Zx",
            "2026-01-01T00:00:00+2:00",
            "2026-01-01 00:00:00Z",
            "2026-01-01T00:00:00+99:00",
            "२०२६-01-01T00:00:00Z",
        ] {
            assert_eq!(parse_rfc3339(bad), None, "{bad:?}");
        }
    }

    #[test]
    fn ages_as_kubectl_prints_them() {
        // Vectors of upstream: apimachinery/pkg/util/duration/duration_test.go TestHumanDuration
        let (s, m, h, d, y) = (1000, 60_000, 3_600_000, DAY_MS, 365 * DAY_MS);
        for (ms, want) in [
            (-2 * s, "<invalid>"),
            (-2 * s + 1, "0s"),
            (0, "0s"),
            (s - 1, "0s"),
            (s, "1s"),
            (2 * m - 1, "119s"),
            (2 * m, "2m"),
            (2 * m + s, "2m1s"),
            (10 * m - 1, "9m59s"),
            (10 * m, "10m"),
            (10 * m + s, "10m"),
            (3 * h - 1, "179m"),
            (3 * h, "3h"),
            (3 * h + m, "3h1m"),
            (8 * h - 1, "7h59m"),
            (8 * h, "8h"),
            (8 * h + 59 * m, "8h"),
            (2 * d - 1, "47h"),
            (2 * d, "2d"),
            (2 * d + h, "2d1h"),
            (8 * d - 1, "7d23h"),
            (8 * d, "8d"),
            (8 * d + 23 * h, "8d"),
            (2 * y - 1, "729d"),
            (2 * y, "2y"),
            (2 * y + 23 * h, "2y"),
            (2 * y + 23 * h + 59 * m, "2y"),
            (2 * y + 2 * d - 1, "2y1d"),
            (2 * y + 2 * d, "2y2d"),
            (3 * y, "3y"),
            (8 * y - 1, "7y364d"),
            (8 * y, "8y"),
            (8 * y + 364 * d, "8y"),
            (9 * y, "9y"),
        ] {
            assert_eq!(human_duration(ms), want, "{ms} ms");
        }
    }
}
