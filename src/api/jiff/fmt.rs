//! Writing instants.

use std::fmt;

use crate::Timestamp;

impl fmt::Display for Timestamp {
    /// RFC 3339 in UTC, with as many decimals as the instant has.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let pattern = match self.as_microsecond().rem_euclid(1_000_000) {
            0 => "%Y-%m-%dT%H:%M:%SZ",
            _ => "%Y-%m-%dT%H:%M:%S%.6fZ",
        };
        strtime::write(f, pattern, *self)
    }
}

/// Writing by a pattern.
pub mod strtime {
    use std::fmt::Write;

    use crate::{Error, Timestamp};

    /// Writes `at` in UTC by `pattern`: `%Y %m %d %H %M %S`, `%.6f` for the point and six decimals, and anything else as it
    /// stands. Another `%` is an error.
    pub fn format(pattern: &str, at: Timestamp) -> Result<String, Error> {
        let mut text = String::with_capacity(27);
        write(&mut text, pattern, at).map_err(|_| Error("no such pattern of time"))?;
        Ok(text)
    }

    pub(super) fn write(out: &mut impl Write, pattern: &str, at: Timestamp) -> std::fmt::Result {
        let civil = at.civil();
        let mut parts = pattern.split('%');
        out.write_str(parts.next().unwrap_or_default())?;
        for part in parts {
            let (number, width, used) = match part.as_bytes().first() {
                Some(b'Y') => (civil.year, 4, 1),
                Some(b'm') => (civil.month, 2, 1),
                Some(b'd') => (civil.day, 2, 1),
                Some(b'H') => (civil.second / 3600, 2, 1),
                Some(b'M') => (civil.second / 60 % 60, 2, 1),
                Some(b'S') => (civil.second % 60, 2, 1),
                _ if part.starts_with(".6f") => {
                    out.write_str(".")?;
                    (at.as_microsecond().rem_euclid(1_000_000), 6, 3)
                }
                _ => return Err(std::fmt::Error),
            };
            // By hand, for every object says when it was made.
            let mut digits = [0; 6];
            let mut left = number;
            for digit in digits[..width].iter_mut().rev() {
                *digit = b'0' + left.rem_euclid(10) as u8;
                left = left.div_euclid(10);
            }
            match std::str::from_utf8(&digits[..width]) {
                Ok(digits) if left == 0 => out.write_str(digits)?,
                // Years before and after those of four digits.
                _ => write!(out, "{number:0width$}")?,
            }
            out.write_str(&part[used..])?;
        }
        Ok(())
    }
}
