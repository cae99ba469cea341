//! A work queue: keys in order without repetition, with delays, back-off on errors and the cause that brought each key.
// upstream: staging/src/k8s.io/client-go/util/workqueue/{queue,delaying_queue,default_rate_limiters}.go

use std::collections::VecDeque;

use podarium_api::meta::{Span, Time};
use podarium_api::object::Key;
use podarium_api::ordered::OrdMap;

use crate::sim::RecordId;

/// upstream: workqueue DefaultTypedControllerRateLimiter: 5 ms, doubled, to 1000 s
const BASE_DELAY: Span = Span::millis(5);
const MAX_DELAY: Span = Span::secs(1_000);

/// How much a cause says about the work that follows: among several causes of one sync the weightiest is kept, since it
/// is the one that changed what is wanted.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub enum Weight {
    /// A timer, or a status that changed.
    #[default]
    Light,
    /// Something that the object counts came or went.
    Medium,
    /// The object's own desired state changed.
    Heavy,
}

#[derive(Clone, Debug, Default)]
struct Slot {
    queued: bool,
    again: bool,
    busy_until: Time,
    failures: u32,
    timer: Option<Time>,
    cause: Option<RecordId>,
    weight: Weight,
}

/// What must be done after adding a key.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Added {
    /// Nothing: a worker or a timer will find it.
    Waits,
    /// It is ready for a worker.
    Ready,
    /// The key is being worked on: set a timer for when that is over.
    BusyUntil(Time),
}

/// The queue of one controller.
#[derive(Clone, Debug, Default)]
pub struct WorkQueue {
    ready: VecDeque<Key>,
    slots: OrdMap<Key, Slot>,
    /// Whether a run of the workers is under way.
    pub running: bool,
}

impl WorkQueue {
    /// Adds a key.
    pub fn add(&mut self, now: Time, key: &Key, weight: Weight, cause: Option<RecordId>) -> Added {
        if !self.slots.contains_key(key) {
            self.slots.insert(key.clone(), Slot::default());
        }
        let slot = self.slots.get_mut(key).expect("the slot was made above");
        let waiting = slot.queued || slot.again;
        if !waiting || weight >= slot.weight {
            (slot.cause, slot.weight) = (cause, weight);
        }
        if waiting {
            Added::Waits
        } else if slot.busy_until > now {
            slot.again = true;
            Added::BusyUntil(slot.busy_until)
        } else {
            slot.queued = true;
            self.ready.push_back(key.clone());
            Added::Ready
        }
    }

    /// Notes that a key is to be added at an instant; returns whether a timer must be set for it. The earliest of several
    /// wins.
    pub fn add_at(&mut self, key: &Key, at: Time) -> bool {
        let slot = self.slots.entry(key.clone()).or_default();
        let earlier = slot.timer.is_none_or(|t| at < t);
        if earlier {
            slot.timer = Some(at);
        }
        earlier
    }

    /// A timer has gone off: whether it still stands for that key.
    pub fn timer(&mut self, now: Time, key: &Key) -> bool {
        match self.slots.get_mut(key) {
            Some(slot) if slot.timer == Some(now) => {
                slot.timer = None;
                true
            }
            _ => false,
        }
    }

    /// The time in which a key was worked on is over: whether it was added meanwhile, and is ready now.
    pub fn free(&mut self, key: &Key) -> bool {
        match self.slots.get_mut(key) {
            Some(slot) if slot.again => {
                slot.again = false;
                slot.queued = true;
                self.ready.push_back(key.clone());
                true
            }
            _ => false,
        }
    }

    /// Takes the next ready key and its cause.
    pub fn take(&mut self) -> Option<(Key, Option<RecordId>)> {
        let key = self.ready.pop_front()?;
        let slot = self.slots.get_mut(&key)?;
        slot.queued = false;
        slot.weight = Weight::Light;
        Some((key, slot.cause.take()))
    }

    /// The work on a key went well and took until `busy_until`.
    pub fn done(&mut self, now: Time, key: &Key, busy_until: Time) {
        if let Some(slot) = self.slots.get_mut(key) {
            slot.failures = 0;
            slot.busy_until = busy_until;
            let idle = !slot.queued && !slot.again && slot.timer.is_none();
            if idle && busy_until <= now {
                self.slots.remove(key);
            }
        }
    }

    /// The work on a key failed; returns after how long to try again.
    pub fn failed(&mut self, key: &Key) -> Span {
        let slot = self.slots.entry(key.clone()).or_default();
        let delay = 2u64
            .checked_pow(slot.failures)
            .map_or(MAX_DELAY, |times| (BASE_DELAY * times).min(MAX_DELAY));
        slot.failures += 1;
        delay
    }

    /// Whether nothing is ready.
    pub fn is_empty(&self) -> bool {
        self.ready.is_empty()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use podarium_api::kinds::KindId;

    fn key(name: &str) -> Key {
        Key::new(KindId::POD, "default", name)
    }

    #[test]
    fn keys_come_once_in_order_with_their_weightiest_cause() {
        let mut queue = WorkQueue::default();
        let mut add = |name: &str, weight, cause| {
            queue.add(Time(0), &key(name), weight, Some(RecordId(cause)))
        };
        assert_eq!(add("a", Weight::Medium, 1), Added::Ready);
        assert_eq!(add("b", Weight::Light, 2), Added::Ready);
        assert_eq!(add("a", Weight::Heavy, 3), Added::Waits);
        assert_eq!(add("a", Weight::Light, 4), Added::Waits);
        assert_eq!(queue.take(), Some((key("a"), Some(RecordId(3)))));
        assert_eq!(queue.take(), Some((key("b"), Some(RecordId(2)))));
        assert_eq!(queue.take(), None);
    }

    #[test]
    fn a_key_that_is_worked_on_waits_until_that_is_over() {
        let mut queue = WorkQueue::default();
        queue.add(Time(0), &key("a"), Weight::Light, None);
        queue.take();
        queue.done(Time(0), &key("a"), Time(9));
        let added = queue.add(Time(5), &key("a"), Weight::Light, None);
        assert_eq!(added, Added::BusyUntil(Time(9)));
        assert_eq!(
            queue.add(Time(6), &key("a"), Weight::Light, None),
            Added::Waits
        );
        assert!(queue.is_empty());
        assert!(queue.free(&key("a")) && !queue.free(&key("a")));
        assert!(!queue.is_empty());
    }

    #[test]
    fn errors_back_off_from_5_ms_to_1000_s() {
        let mut queue = WorkQueue::default();
        let delays: Vec<_> = (0..40)
            .map(|_| queue.failed(&key("a")).as_millis())
            .collect();
        assert_eq!(delays[..4], [5, 10, 20, 40]);
        assert_eq!(delays[17..19], [655_360, 1_000_000]);
        queue.done(Time(0), &key("a"), Time(0));
        assert_eq!(queue.failed(&key("a")), Span::millis(5));
    }

    #[test]
    fn the_earliest_of_several_timers_stands() {
        let mut queue = WorkQueue::default();
        assert!(queue.add_at(&key("a"), Time(9)));
        assert!(!queue.add_at(&key("a"), Time(12)));
        assert!(queue.add_at(&key("a"), Time(4)));
        assert!(queue.timer(Time(4), &key("a")));
        assert!(!queue.timer(Time(9), &key("a")));
    }
}
