//! The clock and spans of time, which the Rust client of tests asks for; neither the page nor the core is built with this.

use std::ops::Add;
use std::time::SystemTime;

use crate::{Error, Timestamp};

/// A span of time, in microseconds.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct SignedDuration(i64);

impl SignedDuration {
    /// So many seconds.
    pub const fn from_secs(seconds: i64) -> SignedDuration {
        SignedDuration(seconds * 1_000_000)
    }

    /// So many minutes.
    pub const fn from_mins(minutes: i64) -> SignedDuration {
        SignedDuration::from_secs(minutes * 60)
    }
}

/// What an instant may be rounded to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Unit {
    /// Whole seconds.
    Second,
}

impl Timestamp {
    /// This moment, by the machine's clock.
    pub fn now() -> Timestamp {
        let since = SystemTime::UNIX_EPOCH.elapsed().unwrap_or_default();
        Timestamp::from_microsecond(since.as_micros() as i64)
    }

    /// Nanoseconds since 1970-01-01T00:00:00Z.
    pub const fn as_nanosecond(self) -> i128 {
        self.as_microsecond() as i128 * 1000
    }

    /// The nearest whole second.
    pub fn round(self, _: Unit) -> Result<Timestamp, Error> {
        let seconds = (self.as_microsecond() + 500_000).div_euclid(1_000_000);
        Ok(Timestamp::from_microsecond(seconds * 1_000_000))
    }
}

impl Add<SignedDuration> for Timestamp {
    type Output = Timestamp;

    fn add(self, span: SignedDuration) -> Timestamp {
        Timestamp::from_microsecond(self.as_microsecond() + span.0)
    }
}
