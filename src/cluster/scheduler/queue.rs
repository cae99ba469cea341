//! The pods that wait: ready to be tried, backing off, or until something happens that could help them.

use podarium_api::meta::{Span, Time};
use podarium_api::object::Key;
use podarium_api::ordered::{OrdMap, OrdSet};

use crate::sim::RecordId;

/// upstream: pkg/scheduler/backend/queue/scheduling_queue.go DefaultPodInitialBackoffDuration, DefaultPodMaxBackoffDuration
const BACKOFF: (Span, Span) = (Span::secs(1), Span::secs(10));

/// upstream: scheduling_queue.go DefaultPodMaxInUnschedulablePodsDuration
const LEFTOVER: Span = Span::secs(300);

/// A pod that waits.
#[derive(Clone, Debug)]
pub struct Waiting {
    /// Its priority.
    pub priority: i32,
    /// Since when it has been waiting for its turn.
    pub since: Time,
    /// How often it was tried.
    pub attempts: u32,
    /// When it was tried last.
    pub tried: Time,
    /// What put it here.
    pub cause: Option<RecordId>,
}

/// Highest priority first, then longest wait, then name.
type Turn = (std::cmp::Reverse<i32>, Time, Key);

/// Where a waiting pod is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Place {
    /// It will be tried when its turn comes.
    Active,
    /// It will be active again at that time.
    Backoff(Time),
    /// Nothing that has happened could help it.
    Unschedulable,
}

/// The scheduling queue.
///
/// upstream: pkg/scheduler/backend/queue/scheduling_queue.go PriorityQueue
#[derive(Clone, Debug, Default)]
pub struct Queue {
    pods: OrdMap<Key, (Place, Waiting)>,
    active: OrdSet<Turn>,
    backoff: OrdSet<(Time, Key)>,
    unschedulable: OrdSet<(Time, Key)>,
}

impl Queue {
    /// A pod that was not known before, or has changed so that another try may end differently.
    pub fn add(&mut self, now: Time, key: Key, priority: i32, cause: Option<RecordId>) {
        if let Some((_, known)) = self.remove(&key) {
            self.put(
                key,
                Place::Active,
                Waiting {
                    priority,
                    cause,
                    ..known
                },
            );
        } else {
            let waiting = Waiting {
                priority,
                since: now,
                attempts: 0,
                tried: now,
                cause,
            };
            self.put(key, Place::Active, waiting);
        }
    }

    /// Takes the pod whose turn it is.
    pub fn pop(&mut self) -> Option<(Key, Waiting)> {
        let (_, _, key) = self.active.first()?.clone();
        let (_, mut waiting) = self.remove(&key)?;
        waiting.attempts += 1;
        Some((key, waiting))
    }

    /// Puts back a pod that found no place.
    pub fn unschedulable(&mut self, now: Time, key: Key, waiting: Waiting) {
        self.put(
            key,
            Place::Unschedulable,
            Waiting {
                tried: now,
                ..waiting
            },
        );
    }

    /// Puts back a pod whose try went wrong for another reason.
    pub fn retry(&mut self, now: Time, key: Key, waiting: Waiting) {
        let at = now + delay(waiting.attempts);
        self.put(
            key,
            Place::Backoff(at),
            Waiting {
                tried: now,
                ..waiting
            },
        );
    }

    /// Something happened that could help: pods that found no place get another try, after their back-off.
    pub fn wake_all(&mut self, now: Time, cause: Option<RecordId>) {
        for (_, key) in std::mem::take(&mut self.unschedulable) {
            self.wake(now, &key, cause);
        }
    }

    /// Moves pods on whose time has come: out of back-off, or out of five minutes of being forgotten.
    pub fn move_due(&mut self, now: Time) {
        while let Some((at, key)) = self.backoff.first().cloned() {
            if at > now {
                break;
            }
            if let Some((_, waiting)) = self.remove(&key) {
                self.put(key, Place::Active, waiting);
            }
        }
        while let Some((tried, key)) = self.unschedulable.first().cloned() {
            if tried + LEFTOVER > now {
                break;
            }
            self.unschedulable.remove(&(tried, key.clone()));
            self.wake(now, &key, None);
        }
    }

    /// When [`Queue::move_due`] has something to do next.
    pub fn next_due(&self) -> Option<Time> {
        let backoff = self.backoff.first().map(|(at, _)| *at);
        let forgotten = self
            .unschedulable
            .first()
            .map(|(tried, _)| *tried + LEFTOVER);
        backoff.into_iter().chain(forgotten).min()
    }

    /// Forgets a pod; what was known of it.
    pub fn remove(&mut self, key: &Key) -> Option<(Place, Waiting)> {
        let (place, waiting) = self.pods.remove(key)?;
        match place {
            Place::Active => {
                self.active.remove(&turn(key, &waiting));
            }
            Place::Backoff(at) => {
                self.backoff.remove(&(at, key.clone()));
            }
            Place::Unschedulable => {
                self.unschedulable.remove(&(waiting.tried, key.clone()));
            }
        }
        Some((place, waiting))
    }

    /// Whether a pod has its turn to come.
    pub fn has_active(&self) -> bool {
        !self.active.is_empty()
    }

    /// The pods in the order of their names, and where each is.
    pub fn pods(&self) -> impl Iterator<Item = (&Key, Place, &Waiting)> {
        self.pods.iter().map(|(k, (p, w))| (k, *p, w))
    }

    fn wake(&mut self, now: Time, key: &Key, cause: Option<RecordId>) {
        let Some((_, mut waiting)) = self.pods.remove(key) else {
            return;
        };
        waiting.cause = cause.or(waiting.cause);
        let at = waiting.tried + delay(waiting.attempts);
        let place = if at > now {
            Place::Backoff(at)
        } else {
            Place::Active
        };
        self.put(key.clone(), place, waiting);
    }

    fn put(&mut self, key: Key, place: Place, waiting: Waiting) {
        match place {
            Place::Active => {
                self.active.insert(turn(&key, &waiting));
            }
            Place::Backoff(at) => {
                self.backoff.insert((at, key.clone()));
            }
            Place::Unschedulable => {
                self.unschedulable.insert((waiting.tried, key.clone()));
            }
        }
        self.pods.insert(key, (place, waiting));
    }
}

fn turn(key: &Key, waiting: &Waiting) -> Turn {
    (
        std::cmp::Reverse(waiting.priority),
        waiting.since,
        key.clone(),
    )
}

/// upstream: pkg/scheduler/backend/queue/backoff_queue.go calculateBackoffDuration
fn delay(attempts: u32) -> Span {
    let (first, most) = BACKOFF;
    Span(
        first
            .0
            .checked_shl(attempts.saturating_sub(1).min(20))
            .unwrap_or(most.0),
    )
    .min(most)
}

#[cfg(test)]
mod tests {
    use super::*;
    use podarium_api::kinds::KindId;

    fn key(name: &str) -> Key {
        Key::new(KindId::POD, "default", name)
    }

    fn pop(queue: &mut Queue) -> Option<(String, Waiting)> {
        queue.pop().map(|(k, w)| (k.name.to_string(), w))
    }

    #[test]
    fn priority_then_age_then_name() {
        let mut queue = Queue::default();
        queue.add(Time(2), key("late"), 0, None);
        queue.add(Time(1), key("b"), 0, None);
        queue.add(Time(1), key("a"), 0, None);
        queue.add(Time(9), key("vip"), 5, None);
        let order: Vec<_> = std::iter::from_fn(|| pop(&mut queue))
            .map(|(n, _)| n)
            .collect();
        assert_eq!(order, ["vip", "a", "b", "late"]);
    }

    #[test]
    fn backoff_doubles_from_one_second_to_ten() {
        let secs: Vec<_> = (1..=6).map(|n| delay(n).as_secs()).collect();
        assert_eq!(secs, [1, 2, 4, 8, 10, 10]);
    }

    #[test]
    fn a_pod_that_fits_nowhere_waits_for_something_to_happen() {
        let now = Time(0);
        let mut queue = Queue::default();
        queue.add(now, key("a"), 0, None);
        let (_, waiting) = pop(&mut queue).unwrap();
        queue.unschedulable(now, key("a"), waiting);
        queue.move_due(now + Span::secs(60));
        assert!(!queue.has_active());
        queue.wake_all(now + Span::millis(10), None);
        assert_eq!(queue.next_due(), Some(now + Span::secs(1)));
        queue.move_due(now + Span::secs(1));
        assert!(queue.has_active());
    }

    #[test]
    fn after_five_minutes_it_is_tried_anyway() {
        let now = Time(0);
        let mut queue = Queue::default();
        queue.add(now, key("a"), 0, None);
        let (_, waiting) = pop(&mut queue).unwrap();
        queue.unschedulable(now, key("a"), waiting);
        assert_eq!(queue.next_due(), Some(now + LEFTOVER));
        queue.move_due(now + LEFTOVER);
        assert!(queue.has_active());
    }
}
