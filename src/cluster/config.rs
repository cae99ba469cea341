//! What a cluster is made of before anybody asks it for anything.

use podarium_api::meta::{Span, Str, Time};

/// Size, seed and pace of a cluster.
#[derive(Clone, Debug, PartialEq)]
pub struct Config {
    /// The seed of all chance.
    pub seed: u64,
    /// What the tokens of its service accounts are signed with; by the seed where it is empty, which whoever knows the seed
    /// can do as well.
    pub token_key: Str,
    /// The instant at which it begins: what a clock on its wall shows then.
    pub start: Time,
    /// How many nodes there are at the start; may be 0.
    pub nodes: u32,
    /// Over how many zones they are spread, in turn; at least 1.
    pub zones: u32,
    /// CPU of each node in milli-cores.
    pub node_cpu_milli: u64,
    /// Memory of each node in bytes.
    pub node_memory: u64,
    /// How many pods each node takes.
    pub node_pods: u32,
    /// How long a watch takes to deliver a change, before jitter.
    pub watch_lag: Span,
    /// How long a kube-proxy takes to turn a change into rules, on top of the watch; upstream's minSyncPeriod is 1 s.
    pub proxy_lag: Span,
}

impl Default for Config {
    fn default() -> Self {
        Config {
            seed: 1,
            token_key: "".into(),
            start: Time(0),
            nodes: 3,
            zones: 2,
            node_cpu_milli: 4_000,
            node_memory: 8 << 30,
            node_pods: 110,
            watch_lag: Span::millis(8),
            proxy_lag: Span::millis(200),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Cluster;

    /// The log with its times counted from the beginning.
    fn life(start: Time) -> Vec<(Span, String)> {
        let mut cluster = Cluster::new(Config {
            start,
            ..Config::default()
        });
        cluster.advance(start + Span::secs(120), u64::MAX);
        let records = cluster.world().log().since(crate::sim::RecordId(0));
        let told = records.map(|(_, record)| {
            let what = format!("{:?} {} {:?}", record.cause, record.actor, record.what);
            // Events are named by their time.
            let what = what.split("kind: Event").next().unwrap_or_default();
            (record.time - start, what.to_owned())
        });
        told.collect()
    }

    #[test]
    fn a_cluster_that_begins_later_lives_the_same_life() {
        let day = Span::secs(86_400);
        assert_eq!(life(Time(0)), life(Time(0) + day * 328));
    }
}
