//! Counters: how many requests a Service and each of its endpoints got, and how many went wrong.

use podarium_api::meta::Time;
use podarium_api::object::Key;
use podarium_api::ordered::OrdMap;

/// Over how many seconds rates are taken.
const WINDOW: u64 = 10;

/// What was counted.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Stats {
    /// Requests since the beginning.
    pub requests: u64,
    /// Those of them that got no good answer.
    pub failures: u64,
    /// Thousandths of a request a second, over the last ten.
    pub per_second_milli: u64,
    /// Thousandths of a failed request a second, over the last ten.
    pub failing_per_second_milli: u64,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
struct Counter {
    requests: u64,
    failures: u64,
    /// Requests and failures of each of the last seconds, by the second modulo the window.
    seconds: [(u32, u32); WINDOW as usize],
    last: u64,
}

impl Counter {
    fn count(&mut self, second: u64, weight: u32, good: bool) {
        self.move_to(second);
        self.requests += u64::from(weight);
        let bucket = &mut self.seconds[(second % WINDOW) as usize];
        bucket.0 = bucket.0.saturating_add(weight);
        if !good {
            self.failures += u64::from(weight);
            bucket.1 = bucket.1.saturating_add(weight);
        }
    }

    /// Empties the seconds that have passed since the last count.
    fn move_to(&mut self, second: u64) {
        for passed in (self.last + 1..=second).rev().take(WINDOW as usize) {
            self.seconds[(passed % WINDOW) as usize] = (0, 0);
        }
        self.last = self.last.max(second);
    }

    fn stats(mut self, second: u64) -> Stats {
        self.move_to(second);
        let sum = |part: fn(&(u32, u32)) -> u32| {
            self.seconds.iter().map(|s| u64::from(part(s))).sum::<u64>()
        };
        Stats {
            requests: self.requests,
            failures: self.failures,
            per_second_milli: sum(|s| s.0) * 1_000 / WINDOW,
            failing_per_second_milli: sum(|s| s.1) * 1_000 / WINDOW,
        }
    }
}

/// All counters.
#[derive(Clone, Debug, Default)]
pub(super) struct Counters {
    services: OrdMap<Key, Counter>,
    /// By pod, then Service.
    endpoints: OrdMap<(Key, Key), Counter>,
}

impl Counters {
    pub fn count(
        &mut self,
        now: Time,
        service: &Key,
        endpoint: Option<&Key>,
        weight: u32,
        good: bool,
    ) {
        let second = now.0 / 1_000_000;
        self.services
            .entry(service.clone())
            .or_default()
            .count(second, weight, good);
        if let Some(pod) = endpoint {
            let key = (pod.clone(), service.clone());
            self.endpoints
                .entry(key)
                .or_default()
                .count(second, weight, good);
        }
    }

    pub fn service(&self, now: Time, service: &Key) -> Stats {
        let counter = self.services.get(service).copied();
        counter.unwrap_or_default().stats(now.0 / 1_000_000)
    }

    pub fn endpoint(&self, now: Time, service: &Key, pod: &Key) -> Stats {
        let counter = self.endpoints.get(&(pod.clone(), service.clone())).copied();
        counter.unwrap_or_default().stats(now.0 / 1_000_000)
    }

    /// A Service is gone.
    pub fn forget_service(&mut self, service: &Key) {
        self.services.remove(service);
    }

    /// A pod is gone.
    pub fn forget_pod(&mut self, pod: &Key) {
        let from = (
            pod.clone(),
            Key::new(podarium_api::kinds::KindId::SERVICE, "", ""),
        );
        let all = self
            .endpoints
            .range(from..)
            .take_while(|((p, _), _)| p == pod);
        let keys: Vec<_> = all.map(|(k, _)| k.clone()).collect();
        for key in keys {
            self.endpoints.remove(&key);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use podarium_api::kinds::KindId;

    #[test]
    fn rates_slide_and_totals_stay() {
        let service = Key::new(KindId::SERVICE, "shop", "web");
        let (a, b) = (
            Key::new(KindId::POD, "shop", "a"),
            Key::new(KindId::POD, "shop", "b"),
        );
        let mut counters = Counters::default();
        let at = |s: u64| Time(s * 1_000_000);
        for second in 0..20 {
            counters.count(at(second), &service, Some(&a), 2, true);
        }
        counters.count(at(19), &service, Some(&b), 5, false);
        counters.count(at(19), &service, None, 1, false);
        let expected = Stats {
            requests: 46,
            failures: 6,
            per_second_milli: 2_600,
            failing_per_second_milli: 600,
        };
        assert_eq!(counters.service(at(19), &service), expected);
        assert_eq!(counters.service(at(24), &service).per_second_milli, 1_600);
        assert_eq!(counters.service(at(29), &service).per_second_milli, 0);
        assert_eq!(counters.endpoint(at(29), &service, &a).requests, 40);
        assert_eq!(counters.endpoint(at(29), &service, &b).failures, 5);
        counters.forget_pod(&a);
        assert_eq!(counters.endpoint(at(29), &service, &a), Stats::default());
        assert_eq!(counters.endpoint(at(29), &service, &b).failures, 5);
    }
}
