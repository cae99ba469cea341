//! Instants in RFC 3339, in the place where k8s-openapi looks for them.
//!
//! Its `Time` and `MicroTime` hold a `jiff::Timestamp` and write it with `jiff::fmt::strtime`. The whole of jiff, with time
//! zones and calendars that no Kubernetes object has, is 45 KiB of the page's compressed Wasm; this is all that is used of it.
//! A newer k8s-openapi that uses more does not compile, rather than behave otherwise.

pub mod fmt;
#[cfg(feature = "std")]
mod now;

#[cfg(feature = "std")]
pub use now::{SignedDuration, Unit};

use serde::{Deserialize, Deserializer, de};

const DAY: i64 = 86_400;

/// Microseconds since 1970-01-01T00:00:00Z, before or after.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Timestamp(i64);

/// What was not an instant, or not a pattern.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Error(&'static str);

impl std::fmt::Display for Error {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.0)
    }
}

impl std::error::Error for Error {}

/// A date and a time of day in UTC.
struct Civil {
    year: i64,
    month: i64,
    day: i64,
    /// Seconds of the day.
    second: i64,
}

impl Timestamp {
    /// The instant so many microseconds after 1970-01-01T00:00:00Z.
    pub const fn from_microsecond(micros: i64) -> Timestamp {
        Timestamp(micros)
    }

    /// Microseconds since 1970-01-01T00:00:00Z.
    pub const fn as_microsecond(self) -> i64 {
        self.0
    }

    /// Date and time of day in the proleptic Gregorian calendar.
    fn civil(self) -> Civil {
        let seconds = self.0.div_euclid(1_000_000);
        // Years are counted from 1 March, so that the leap day comes last; 146,097 days are one 400-year era.
        let shifted = seconds.div_euclid(DAY) + 719_468;
        let (era, of_era) = (shifted.div_euclid(146_097), shifted.rem_euclid(146_097));
        let year_of_era = (of_era - of_era / 1460 + of_era / 36_524 - of_era / 146_096) / 365;
        let of_year = of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
        let march_month = (5 * of_year + 2) / 153;
        let month = march_month + if march_month < 10 { 3 } else { -9 };
        Civil {
            year: era * 400 + year_of_era + i64::from(month <= 2),
            month,
            day: of_year - (153 * march_month + 2) / 5 + 1,
            second: seconds.rem_euclid(DAY),
        }
    }
}

/// Days since 1970-01-01 of a date.
fn days(year: i64, month: i64, day: i64) -> i64 {
    let year = if month <= 2 { year - 1 } else { year };
    let (era, year_of_era) = (year.div_euclid(400), year.rem_euclid(400));
    let march_month = if month > 2 { month - 3 } else { month + 9 };
    let of_year = (153 * march_month + 2) / 5 + day - 1;
    era * 146_097 + year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + of_year - 719_468
}

/// The instant of an RFC 3339 stamp with `Z` or an offset; digits below a microsecond are cut off.
fn parse(text: &str) -> Option<Timestamp> {
    let bytes = text.as_bytes();
    let number = |from: usize, to: usize| -> Option<i64> {
        let part = bytes.get(from..to)?;
        let digits = part.iter().all(u8::is_ascii_digit);
        digits.then(|| part.iter().fold(0, |n, d| n * 10 + i64::from(d - b'0')))
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
    let (mut rest, mut micros) = (19, 0);
    if at(rest, b".") {
        let digits = bytes[rest + 1..].iter();
        let digits = digits.take_while(|b| b.is_ascii_digit()).count();
        if digits == 0 {
            return None;
        }
        let cut = digits.min(6);
        micros = number(rest + 1, rest + 1 + cut)? * 10_i64.pow(6 - cut as u32);
        rest += 1 + digits;
    }
    let offset = match bytes.get(rest)? {
        b'Z' | b'z' if bytes.len() == rest + 1 => 0,
        sign @ (b'+' | b'-') if bytes.len() == rest + 6 && at(rest + 3, b":") => {
            let (hours, minutes) = (number(rest + 1, rest + 3)?, number(rest + 4, rest + 6)?);
            if hours > 23 || minutes > 59 {
                return None;
            }
            (hours * 60 + minutes) * if *sign == b'+' { 60 } else { -60 }
        }
        _ => return None,
    };
    let seconds = days(year, month, day) * DAY + hour * 3600 + minute * 60 + second - offset;
    Some(Timestamp(seconds * 1_000_000 + micros))
}

impl std::str::FromStr for Timestamp {
    type Err = Error;

    /// Reads RFC 3339 with `Z` or an offset; digits below a microsecond are cut off.
    fn from_str(text: &str) -> Result<Self, Error> {
        parse(text).ok_or(Error("not an RFC 3339 time"))
    }
}

impl<'de> Deserialize<'de> for Timestamp {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        text.parse().map_err(de::Error::custom)
    }
}
