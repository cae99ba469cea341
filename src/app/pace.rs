//! Pace: how much virtual time a frame's real time is worth.

use std::cell::Cell;

use podarium_api::meta::{Span, Time};

/// The speeds that can be chosen, in virtual seconds per real second.
pub const SPEEDS: [f64; 11] = [
    0.1, 0.25, 0.5, 1.0, 2.0, 5.0, 10.0, 30.0, 100.0, 300.0, 1000.0,
];

/// The longest real time that one frame makes up for, in milliseconds: a tab that was hidden does not catch up at once.
const LONGEST_FRAME_MS: f64 = 100.0;

/// Turns real time into virtual time.
#[derive(Clone, Copy, Debug)]
pub struct Pace {
    /// Virtual seconds per real second.
    pub speed: f64,
    /// Microseconds of virtual time that are owed, less than one.
    carry: f64,
}

impl Default for Pace {
    fn default() -> Self {
        Pace {
            speed: 1.0,
            carry: 0.0,
        }
    }
}

impl Pace {
    /// The virtual time to reach after `real_ms` milliseconds more.
    pub fn target(&mut self, now: Time, real_ms: f64) -> Time {
        let owed = real_ms.clamp(0.0, LONGEST_FRAME_MS) * 1_000.0 * self.speed + self.carry;
        let whole = owed.floor();
        self.carry = owed - whole;
        now + Span(whole as u64)
    }

    /// The next speed up (`1`) or down (`-1`), staying at the ends.
    pub fn step(speed: f64, by: i32) -> f64 {
        let at = SPEEDS.iter().position(|s| *s >= speed).unwrap_or(0) as i32;
        SPEEDS[(at + by).clamp(0, SPEEDS.len() as i32 - 1) as usize]
    }
}

/// A speed as it is shown: `0.1×`, `30×`.
pub fn speed_label(speed: f64) -> String {
    format!("{speed}×")
}

thread_local! {
    /// The instant that clocks show as zero.
    static ZERO: Cell<Time> = const { Cell::new(Time(0)) };
}

/// From now on clocks count from this instant: a cluster that is served begins when its server did.
pub fn count_from(start: Time) {
    ZERO.set(start);
}

/// Virtual time as a clock: `00:03:14.620`.
pub fn clock(time: Time) -> String {
    let ms = Time(time.0.saturating_sub(ZERO.get().0)).as_millis();
    let (s, ms) = (ms / 1_000, ms % 1_000);
    format!("{:02}:{:02}:{:02}.{ms:03}", s / 3_600, s / 60 % 60, s % 60)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn slow_motion_loses_nothing_to_rounding() {
        let mut pace = Pace {
            speed: 0.1,
            ..Pace::default()
        };
        let mut now = Time(0);
        for _ in 0..1_000 {
            now = pace.target(now, 0.123);
        }
        assert!((12_299..=12_300).contains(&now.0), "{now:?}");
    }

    #[test]
    fn a_long_pause_is_not_made_up_for() {
        let mut pace = Pace::default();
        assert_eq!(pace.target(Time(0), 60_000.0), Time(100_000));
    }

    #[test]
    fn speeds_end_at_their_ends() {
        assert_eq!((Pace::step(1.0, 1), Pace::step(1.0, -1)), (2.0, 0.5));
        assert_eq!((Pace::step(1000.0, 1), Pace::step(0.1, -1)), (1000.0, 0.1));
    }

    #[test]
    fn clocks_show_hours_and_milliseconds() {
        assert_eq!(clock(Time(194_620_000)), "00:03:14.620");
        assert_eq!(clock(Time(3_661_001_999)), "01:01:01.001");
        assert_eq!(speed_label(0.1), "0.1×");
        assert_eq!(speed_label(1000.0), "1000×");
    }
}
