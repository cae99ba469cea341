//! How far behind each reader of the shared tables is: what a kube-proxy or a CoreDNS pod has heard of by now.
//!
//! A reader's view is not a copy. It is an instant: every change committed up to it has been heard, nothing after it. So a
//! change costs nothing per node, however many nodes there are.

use podarium_api::meta::{Span, Str, Time};
use podarium_api::ordered::OrdMap;
use podarium_api::sort;

use crate::config::Config;
use crate::sim::Rng;

/// Who reads.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Reader<'a> {
    /// The kube-proxy of a node: a watch, and then the writing of rules.
    Proxy(&'a str),
    /// A program on a node that watches the API, as CoreDNS does.
    Watcher(&'a str),
}

/// Which readers of a node an outage is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Role {
    Proxy,
    Watcher,
}

/// A time in which a reader heard nothing.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Outage {
    /// Since when.
    pub since: Time,
    /// Until when, once that is known; the reader lists everything anew then.
    pub until: Option<Time>,
    /// Whether what it knew before is lost too: the machine was off, or is new.
    pub blank: bool,
}

/// The pace of all readers.
#[derive(Clone, Debug, Default)]
pub(super) struct Views {
    seed: u64,
    watch: Span,
    proxy: Span,
    /// Of the proxies, and of the watchers, by node.
    outages: [OrdMap<Str, Outage>; 2],
}

impl Views {
    pub fn new(config: &Config) -> Self {
        Views {
            seed: config.seed,
            watch: config.watch_lag,
            proxy: config.watch_lag + config.proxy_lag,
            outages: Default::default(),
        }
    }

    /// No reader that runs is further behind than this.
    pub fn longest(&self) -> Span {
        let base = self.watch.max(self.proxy);
        base + Span(base.0 / 4 + 1)
    }

    /// How long a change committed at `commit` takes to reach the reader: the usual lag, up to a quarter shorter or
    /// longer.
    ///
    /// The jitter moves slowly and evenly with the commit's time, so that a later change never overtakes an earlier one.
    pub fn lag(&self, reader: Reader<'_>, commit: Time) -> Span {
        let (base, name, salt) = match reader {
            Reader::Proxy(node) => (self.proxy, node, 0),
            Reader::Watcher(node) => (self.watch, node, 0x5bd1_e995),
        };
        let width = u128::from(base.0 / 2);
        let slot = (base.0 * 4).max(1_000_000);
        let mut name_hash = Rng::stream(self.seed ^ salt, name);
        let key = name_hash.next();
        let at = |n: u64| {
            u128::from(Rng::new(key ^ n.wrapping_mul(0x9e37_79b9_7f4a_7c15)).below(1 << 20))
        };
        let (n, rest) = (commit.0 / slot, u128::from(commit.0 % slot));
        let slot = u128::from(slot);
        let mixed = at(n) * (slot - rest) + at(n + 1) * rest;
        let jitter = width * mixed / (slot << 20);
        Span(base.0 - base.0 / 4 + jitter as u64)
    }

    /// Whether the reader has heard by `now` of what was committed at `commit`.
    pub fn has_heard(&self, reader: Reader<'_>, commit: Time, now: Time) -> bool {
        let outage = self
            .outage(reader)
            .filter(|o| o.until.is_none_or(|u| now < u));
        let by = match outage {
            Some(o) if o.blank => return false,
            Some(o) => o.since,
            None => now,
        };
        // Most of what is asked about is long past: no need for the jitter.
        commit + self.longest() <= by || commit + self.lag(reader, commit) <= by
    }

    fn outage(&self, reader: Reader<'_>) -> Option<&Outage> {
        match reader {
            Reader::Proxy(node) => self.outages[Role::Proxy as usize].get(node),
            Reader::Watcher(node) => self.outages[Role::Watcher as usize].get(node),
        }
    }

    /// The reader hears nothing from now on.
    pub fn lose(&mut self, role: Role, node: &Str, now: Time, blank: bool) {
        let outages = &mut self.outages[role as usize];
        let outage = outages.entry(node.clone()).or_insert(Outage {
            since: now,
            until: None,
            blank,
        });
        // Lost again before it was back: it still knows what it knew then. Otherwise this is a new outage.
        if outage.until.is_some_and(|u| u <= now) {
            *outage = Outage {
                since: now,
                until: None,
                blank,
            };
        }
        outage.until = None;
        outage.blank |= blank;
    }

    /// The reader hears again: it is current after one lag.
    pub fn regain(&mut self, role: Role, node: &Str, now: Time) {
        let reader = match role {
            Role::Proxy => Reader::Proxy(node),
            Role::Watcher => Reader::Watcher(node),
        };
        let until = now + self.lag(reader, now);
        if let Some(outage) = self.outages[role as usize].get_mut(node) {
            outage.until.get_or_insert(until);
        }
    }

    /// Whether the reader is known to hear nothing.
    pub fn is_lost(&self, role: Role, node: &Str) -> bool {
        let outage = self.outages[role as usize].get(node);
        outage.is_some_and(|o| o.until.is_none())
    }

    /// Forgets outages that are over, and the readers of a node that is gone.
    pub fn forget(&mut self, now: Time, gone: Option<&str>) {
        for outages in &mut self.outages {
            outages.retain(|node, o| o.until.is_none_or(|u| now < u) && gone != Some(&**node));
        }
    }

    /// The instants that readers are at: now, and where those stand that hear nothing. In order, each once.
    pub fn horizons(&self, now: Time) -> Vec<Time> {
        let all = self.outages.iter().flat_map(OrdMap::values);
        let frozen = all.filter(|o| !o.blank && o.until.is_none_or(|u| now < u));
        let mut out: Vec<Time> = frozen.map(|o| o.since).chain([now]).collect();
        sort::natural(&mut out);
        out.dedup();
        out
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn views() -> Views {
        Views::new(&Config::default())
    }

    #[test]
    fn changes_arrive_in_order_and_near_the_usual_lag() {
        let views = views();
        for reader in [Reader::Proxy("n1"), Reader::Watcher("n1")] {
            let base = if reader == Reader::Proxy("n1") {
                208_000
            } else {
                8_000
            };
            let mut last = Time(0);
            for t in (0..5_000_000).step_by(997) {
                let lag = views.lag(reader, Time(t));
                assert!((base * 3 / 4..=base * 5 / 4).contains(&lag.0), "{lag:?}");
                assert!(Time(t) + lag >= last);
                last = Time(t) + lag;
            }
        }
    }

    #[test]
    fn nodes_differ() {
        let views = views();
        let at = Time(3_000_000);
        assert_ne!(
            views.lag(Reader::Proxy("n1"), at),
            views.lag(Reader::Proxy("n2"), at)
        );
    }

    #[test]
    fn a_stopped_reader_keeps_what_it_knew_and_catches_up_at_once() {
        let (mut views, node) = (views(), Str::from("n1"));
        let (old, new) = (Time(0), Time(2_000_000));
        views.lose(Role::Proxy, &node, Time(1_000_000), false);
        let proxy = Reader::Proxy("n1");
        assert!(views.has_heard(proxy, old, Time(60_000_000)));
        assert!(!views.has_heard(proxy, new, Time(60_000_000)));
        assert!(views.has_heard(Reader::Proxy("n2"), new, Time(60_000_000)));
        assert!(views.has_heard(Reader::Watcher("n1"), new, Time(60_000_000)));
        views.regain(Role::Proxy, &node, Time(60_000_000));
        assert!(!views.has_heard(proxy, new, Time(60_001_000)));
        assert!(views.has_heard(proxy, new, Time(60_300_000)));
        views.forget(Time(60_300_000), None);
        assert_eq!(views.outages, Views::default().outages);
    }

    #[test]
    fn a_machine_that_was_off_knows_nothing_at_first() {
        let (mut views, node) = (views(), Str::from("n1"));
        views.lose(Role::Proxy, &node, Time(1_000_000), true);
        views.regain(Role::Proxy, &node, Time(2_000_000));
        assert!(!views.has_heard(Reader::Proxy("n1"), Time(0), Time(2_100_000)));
        assert!(views.has_heard(Reader::Proxy("n1"), Time(0), Time(2_300_000)));
    }
}
