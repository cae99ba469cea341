//! A watch as its receiver sees it: changes in order, each some time after it was committed.

use std::collections::VecDeque;
use std::sync::Arc;

use podarium_api::meta::{Span, Time};

use super::Rng;
use crate::store::Change;

/// Changes on their way to one component.
#[derive(Clone, Debug, Default)]
pub struct Mailbox {
    on_the_way: VecDeque<(Time, Arc<Change>)>,
    last_due: Time,
}

impl Mailbox {
    /// Sends a change; it arrives after `lag`, jittered by a quarter, and never before an earlier one. Returns when, if
    /// the receiver must be woken for it (it is not when an earlier change is due at that very instant).
    pub fn send(
        &mut self,
        now: Time,
        lag: Span,
        rng: &mut Rng,
        change: &Arc<Change>,
    ) -> Option<Time> {
        let due = (now + rng.jitter(lag, 25)).max(self.last_due);
        let wake = self.on_the_way.is_empty() || due > self.last_due;
        self.last_due = due;
        self.on_the_way.push_back((due, change.clone()));
        wake.then_some(due)
    }

    /// The next change that has arrived by `now`.
    pub fn receive(&mut self, now: Time) -> Option<Arc<Change>> {
        let (due, _) = self.on_the_way.front()?;
        if *due > now {
            return None;
        }
        self.on_the_way.pop_front().map(|(_, change)| change)
    }

    /// Loses everything on the way: the connection broke. The receiver lists anew when it is back.
    pub fn lose(&mut self) {
        self.on_the_way.clear();
    }

    /// How many changes are on the way.
    pub fn len(&self) -> usize {
        self.on_the_way.len()
    }

    /// Whether nothing is on the way.
    pub fn is_empty(&self) -> bool {
        self.on_the_way.is_empty()
    }
}
