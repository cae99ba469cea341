//! What a cluster is made of before anybody asks it for anything.

use podarium_api::meta::Span;

/// Size, seed and pace of a cluster.
#[derive(Clone, Debug, PartialEq)]
pub struct Config {
    /// The seed of all chance.
    pub seed: u64,
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
