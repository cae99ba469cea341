//! Examples: clusters to begin with. Each is a line of `static/examples/index.json` and the manifests that it names.

use podarium_api::meta::Span;
use podarium_api::typed;
use podarium_cluster::network::{Destination, Origin, TrafficSource};
use podarium_cluster::{Cluster, Command, Config};
use serde::Deserialize;

use crate::apply::{Applied, apply_text};

/// The name of the traffic source that stands for people outside.
pub const VISITORS: &str = "visitors";

/// A cluster to begin with. Its title and the sentence on what to watch for are the message `example-<id>` and its
/// attribute `watch`, in the reader's language.
#[derive(Clone, Debug, PartialEq, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Example {
    /// What names it in messages and links.
    pub id: String,
    /// The manifests, files beside the index, in the order in which they are applied.
    pub files: Vec<String>,
    /// How many nodes there are.
    #[serde(default = "three")]
    pub nodes: u32,
    /// Over how many zones they are spread.
    #[serde(default = "two")]
    pub zones: u32,
    /// The seed of all chance.
    #[serde(default = "one")]
    pub seed: u64,
    /// Requests a second from outside, to every LoadBalancer Service in turn.
    #[serde(default)]
    pub visitors_per_second: u64,
    /// How many virtual seconds old the cluster is when a person first sees it.
    #[serde(default)]
    pub age_seconds: u64,
}

fn one() -> u64 {
    1
}
fn two() -> u32 {
    2
}
fn three() -> u32 {
    3
}

/// A cluster that was started, and what applying each file came to.
#[derive(Debug)]
pub struct Started {
    /// The cluster.
    pub cluster: Cluster,
    /// One for each file.
    pub applied: Vec<Applied>,
}

impl Example {
    /// The examples of an index; the first is the one that the page opens on.
    ///
    /// # Errors
    /// The index is no JSON, or none of this form.
    pub fn list(index: &str) -> Result<Vec<Example>, String> {
        let index = typed::parse(index.as_bytes()).map_err(|e| e.to_string())?;
        typed::read(&index).map_err(|e| e.to_string())
    }

    /// Makes the cluster and applies the files (name and text, in order); it has not lived yet, and nobody visits it.
    pub fn start(&self, files: &[(String, String)]) -> Started {
        let mut cluster = Cluster::new(Config {
            seed: self.seed,
            nodes: self.nodes,
            zones: self.zones,
            ..Config::default()
        });
        let applied = files
            .iter()
            .map(|(name, text)| apply_text(&mut cluster, name, text))
            .collect();
        Started { cluster, applied }
    }

    /// As [`Example::start`], and lives until the cluster is as old as the example says. Visitors come when half of that time
    /// has passed: nobody opens a shop before its shelves are up.
    pub fn warm(&self, files: &[(String, String)]) -> Started {
        let mut started = self.start(files);
        let cluster = &mut started.cluster;
        let age = Span::secs(self.age_seconds);
        cluster.advance(cluster.now() + Span(age.0 / 2), u64::MAX);
        if self.visitors_per_second > 0 {
            cluster.command(Command::Traffic(visitors(self.visitors_per_second)));
        }
        cluster.advance(cluster.now() + Span(age.0 - age.0 / 2), u64::MAX);
        started
    }
}

/// People outside who ask every LoadBalancer Service in turn.
pub fn visitors(per_second: u64) -> TrafficSource {
    TrafficSource {
        name: VISITORS.into(),
        from: Origin::Internet,
        to: Destination::EveryLoadBalancer,
        per_second_milli: per_second * 1_000,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_an_example_leaves_out_is_usual() {
        let index = r#"[{"id": "shop", "files": ["shop.yaml"], "visitorsPerSecond": 5}]"#;
        let example = &Example::list(index).unwrap()[0];
        assert_eq!((example.nodes, example.zones, example.seed), (3, 2, 1));
        assert_eq!(example.visitors_per_second, 5);
        assert!(Example::list(r#"[{"id": "shop", "files": [], "node": 3}]"#).is_err());
    }
}
