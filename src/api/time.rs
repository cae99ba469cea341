//! Virtual time as objects and people see it: RFC 3339 stamps and kubectl's ages.
//!
//! A moment is counted from the cluster's epoch, 2026-01-01T00:00:00Z.

use k8s_openapi::jiff::Timestamp;

/// The cluster's epoch in milliseconds of Unix time: 2026-01-01T00:00:00Z.
pub const EPOCH_UNIX_MS: i64 = 1_767_225_600_000;

/// The instant so many microseconds after the cluster's epoch, as k8s-openapi's types carry it.
pub fn timestamp(micros: i64) -> Timestamp {
    Timestamp::from_microsecond(micros.saturating_add(EPOCH_UNIX_MS * 1_000))
}

/// Microseconds since the cluster's epoch of such an instant.
pub fn from_timestamp(at: Timestamp) -> i64 {
    at.as_microsecond() - EPOCH_UNIX_MS * 1_000
}

/// Microseconds since the cluster's epoch of an RFC 3339 stamp, with `Z` or an offset; `None` if it is no such stamp.
pub fn parse_rfc3339(text: &str) -> Option<i64> {
    text.parse().ok().map(from_timestamp)
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

    const DAY: i64 = 86_400_000_000;

    #[test]
    fn stamps_both_ways() {
        for (micros, text) in [
            (0, "2026-01-01T00:00:00Z"),
            (5_000_000, "2026-01-01T00:00:05Z"),
            (5_123_000, "2026-01-01T00:00:05.123000Z"),
            (-1_000_000, "2025-12-31T23:59:59Z"),
            (-1, "2025-12-31T23:59:59.999999Z"),
            (58 * DAY, "2026-02-28T00:00:00Z"),
            (59 * DAY, "2026-03-01T00:00:00Z"),
            ((365 * 2 + 59) * DAY, "2028-02-29T00:00:00Z"),
            (365 * DAY - 1_000_000, "2026-12-31T23:59:59Z"),
            (-EPOCH_UNIX_MS * 1_000, "1970-01-01T00:00:00Z"),
        ] {
            assert_eq!(timestamp(micros).to_string(), text);
            assert_eq!(parse_rfc3339(text), Some(micros), "{text}");
        }
    }

    #[test]
    fn every_day_of_two_centuries_follows_the_one_before() {
        let (mut year, mut month, mut day) = (1926, 1, 1);
        let first = parse_rfc3339("1926-01-01T13:14:15Z").unwrap();
        for n in 0..73_050 {
            let text = format!("{year:04}-{month:02}-{day:02}T13:14:15Z");
            assert_eq!(timestamp(first + n * DAY).to_string(), text);
            assert_eq!(parse_rfc3339(&text), Some(first + n * DAY));
            let leap = year % 4 == 0 && year % 100 != 0 || year % 400 == 0;
            let lengths = [
                31,
                if leap { 29 } else { 28 },
                31,
                30,
                31,
                30,
                31,
                31,
                30,
                31,
                30,
                31,
            ];
            day += 1;
            if day > lengths[month - 1] {
                (month, day) = (month + 1, 1);
            }
            if month > 12 {
                (year, month) = (year + 1, 1);
            }
        }
    }

    #[test]
    fn k8s_openapi_writes_and_reads_its_times() {
        use k8s_openapi::apimachinery::pkg::apis::meta::v1 as meta;
        let time = meta::Time(timestamp(5_999_999));
        assert_eq!(serde_json::to_value(&time).unwrap(), "2026-01-01T00:00:05Z");
        let micro = meta::MicroTime(timestamp(-1));
        let text = serde_json::to_value(&micro).unwrap();
        assert_eq!(text, "2025-12-31T23:59:59.999999Z");
        assert_eq!(
            serde_json::from_value::<meta::MicroTime>(text).unwrap(),
            micro
        );
        let error = serde_json::from_value::<meta::Time>("soon".into()).unwrap_err();
        assert_eq!(error.to_string(), "not an RFC 3339 time");
        assert!(k8s_openapi::jiff::fmt::strtime::format("%A", timestamp(0)).is_err());
    }

    #[test]
    fn stamps_with_offsets_and_fractions_and_nonsense() {
        assert_eq!(parse_rfc3339("2026-01-01T02:00:00+02:00"), Some(0));
        assert_eq!(parse_rfc3339("2025-12-31T23:30:00-00:30"), Some(0));
        assert_eq!(parse_rfc3339("2026-01-01T00:00:00.5Z"), Some(500_000));
        assert_eq!(
            parse_rfc3339("2026-01-01T00:00:00.123456789Z"),
            Some(123_456)
        );
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
        let (s, m, h, d, y) = (1000, 60_000, 3_600_000, DAY / 1000, 365 * DAY / 1000);
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
