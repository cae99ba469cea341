//! Ways that are used a lot: how many requests went along each of late.

use podarium_cluster::network::{Outcome, Place, Step, Trace};

use super::route::thing;
use crate::paint::services::Visits;
use crate::thing::{Thing, ThingId};
use podarium_api::ordered::OrdMap;

/// How long requests are counted before the count is shown, in virtual microseconds at normal speed.
const WINDOW: f64 = 1_000_000.0;

/// Requests along one way in this window and the one before.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
struct Count {
    now: [u32; 2],
    before: [u32; 2],
}

impl Count {
    fn roll(&mut self, windows: u64) {
        self.before = if windows == 1 { self.now } else { [0; 2] };
        self.now = [0; 2];
    }

    fn all(&self) -> [u32; 2] {
        [
            self.now[0].max(self.before[0]),
            self.now[1].max(self.before[1]),
        ]
    }
}

/// How a way looks.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Flow {
    /// From where.
    pub from: ThingId,
    /// To where.
    pub to: ThingId,
    /// 1 for a request a second, one more for every doubling.
    pub level: u8,
    /// Whether most of it fails.
    pub failing: bool,
}

/// All ways in use.
#[derive(Clone, Debug, Default)]
pub struct Flows {
    ways: OrdMap<(ThingId, ThingId), Count>,
    visits: Count,
    window: u64,
    length: f64,
    shown: Vec<Flow>,
    shown_visits: Visits,
}

impl Flows {
    /// Counts a request along its way.
    pub fn count(&mut self, trace: &Trace, stretch: f64) {
        if self.length != WINDOW * stretch {
            // Another speed: counts of another length of time say nothing.
            self.length = WINDOW * stretch;
            self.window = 0;
        }
        self.roll(trace.start.0 as f64);
        let failed = u32::from(matches!(trace.outcome, Outcome::Failed(_)));
        let weight = trace.weight.max(1);
        let add = |count: &mut Count| {
            count.now[0] += weight;
            count.now[1] += weight * failed;
        };
        if trace.from == Place::Internet {
            add(&mut self.visits);
        }
        let mut here = thing(&trace.from).id();
        let named = trace
            .hops
            .iter()
            .rposition(|h| matches!(h.step, Step::Resolve { .. }));
        for hop in trace.hops.iter().skip(named.map_or(0, |n| n + 1)) {
            let outward = matches!(
                hop.step,
                Step::Translate { .. } | Step::Forward | Step::Arrive
            );
            if matches!(hop.step, Step::Answer { .. } | Step::Returned) {
                break;
            }
            if outward && !matches!(hop.place, Place::Node(_)) {
                let there = thing(&hop.place).id();
                if there != here {
                    add(self.ways.entry((here, there)).or_default());
                }
                here = there;
            }
        }
    }

    fn roll(&mut self, now: f64) {
        if self.length <= 0.0 {
            return;
        }
        let window = (now / self.length) as u64;
        if window > self.window {
            let passed = window - self.window;
            self.window = window;
            self.visits.roll(passed);
            self.ways.values_mut().for_each(|c| c.roll(passed));
            self.ways.retain(|_, c| c.all()[0] > 0);
        }
    }

    /// Brings what is shown up to an instant; whether it looks different.
    pub fn update(&mut self, now: f64) -> bool {
        self.roll(now);
        let seconds = (self.length / 1e6).max(1e-6);
        let rate = |n: u32| (f64::from(n) / seconds).round() as u32;
        let before = self.visits.before;
        let visits = Visits {
            rate: rate(before[0]),
            failed: rate(before[1]),
        };
        let flows = self.ways.iter().map(|(&(from, to), count)| {
            let [all, failed] = count.all();
            let level = (1.0 + f64::from(all) / seconds)
                .log2()
                .ceil()
                .clamp(1.0, 12.0) as u8;
            Flow {
                from,
                to,
                level,
                failing: failed * 2 > all,
            }
        });
        let changed = visits != self.shown_visits || !flows.clone().eq(self.shown.iter().copied());
        if changed {
            self.shown = flows.collect();
            self.shown_visits = visits;
        }
        changed
    }

    /// When counts are due to be looked at again.
    pub fn wake(&self) -> f64 {
        if self.ways.is_empty() && self.shown.is_empty() && self.shown_visits == Visits::default() {
            return f64::INFINITY;
        }
        (self.window + 1) as f64 * self.length
    }

    /// The ways as they are shown.
    pub fn shown(&self) -> &[Flow] {
        &self.shown
    }

    /// What comes from outside, as it is shown.
    pub fn visits(&self) -> Visits {
        self.shown_visits
    }

    /// Whether anything on the stage is on a way from or to a thing.
    pub fn touches(&self, thing: &Thing) -> bool {
        let id = thing.id();
        self.shown.iter().any(|f| f.from == id || f.to == id)
    }
}
