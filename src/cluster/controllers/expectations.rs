//! Expectations: what a controller has asked for and not yet seen, so that a cache that lags is not acted on twice.
// upstream: pkg/controller/controller_utils.go UIDTrackingControllerExpectations

use podarium_api::meta::{Span, Str, Time};
use podarium_api::object::Key;
use podarium_api::ordered::{OrdMap, OrdSet};

/// upstream: pkg/controller/controller_utils.go ExpectationsTimeout
const TIMEOUT: Span = Span::secs(300);

#[derive(Clone, Debug)]
struct Expected {
    creations: i64,
    deletions: OrdSet<Str>,
    since: Time,
}

/// What is expected, by the object whose controller expects it.
#[derive(Clone, Debug, Default)]
pub struct Expectations(OrdMap<Key, Expected>);

impl Expectations {
    /// Whether everything has been seen, or has been waited for too long.
    pub fn satisfied(&self, now: Time, key: &Key) -> bool {
        self.0
            .get(key)
            .is_none_or(|e| (e.creations <= 0 && e.deletions.is_empty()) || now - e.since > TIMEOUT)
    }

    /// Expects so many new pods, and nothing else.
    pub fn expect_creations(&mut self, now: Time, key: &Key, count: usize) {
        self.0.insert(
            key.clone(),
            Expected {
                creations: count as i64,
                deletions: OrdSet::new(),
                since: now,
            },
        );
    }

    /// Expects these pods to go, and nothing else.
    pub fn expect_deletions(&mut self, now: Time, key: &Key, pods: impl Iterator<Item = Str>) {
        self.0.insert(
            key.clone(),
            Expected {
                creations: 0,
                deletions: pods.collect(),
                since: now,
            },
        );
    }

    /// So many creations were seen, or will never be.
    pub fn created(&mut self, key: &Key, count: usize) {
        if let Some(expected) = self.0.get_mut(key) {
            expected.creations -= count as i64;
        }
    }

    /// A pod was seen going, or will never be.
    pub fn deleted(&mut self, key: &Key, pod: &str) {
        if let Some(expected) = self.0.get_mut(key) {
            expected.deletions.remove(pod);
        }
    }

    /// The object is gone.
    pub fn forget(&mut self, key: &Key) {
        self.0.remove(key);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use podarium_api::kinds::KindId;

    #[test]
    fn what_was_asked_for_is_waited_for_five_minutes_at_most() {
        let mut expectations = Expectations::default();
        let key = Key::new(KindId::REPLICA_SET, "default", "web");
        assert!(expectations.satisfied(Time(0), &key));
        expectations.expect_creations(Time(0), &key, 2);
        expectations.created(&key, 1);
        assert!(!expectations.satisfied(Time(0), &key));
        assert!(expectations.satisfied(Time(0) + Span::secs(301), &key));
        expectations.created(&key, 1);
        assert!(expectations.satisfied(Time(0), &key));
        expectations.expect_deletions(Time(0), &key, ["a".into()].into_iter());
        expectations.deleted(&key, "b");
        assert!(!expectations.satisfied(Time(0), &key));
        expectations.deleted(&key, "a");
        assert!(expectations.satisfied(Time(0), &key));
    }
}
