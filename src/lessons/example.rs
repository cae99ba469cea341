//! Examples: clusters to begin with. Each is a line of `static/examples/index.json` and the manifests that it names.

use std::collections::VecDeque;

use podarium_api::meta::{Span, Time};
use podarium_api::typed;
use podarium_cluster::network::{Destination, Origin, TrafficSource};
use podarium_cluster::{Cluster, Command, Config};
use serde::Deserialize;

use crate::apply::{Applied, Applying};

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

    /// Sets out to make the cluster, to apply the files (name and text, in order), and to live until the cluster is as old as
    /// the example says. Visitors come when half of that time has passed: nobody opens a shop before its shelves are up.
    pub fn start(&self, files: Vec<(String, String)>) -> Start {
        Start {
            example: self.clone(),
            files: files.into_iter(),
            read: VecDeque::new(),
            applied: Vec::new(),
            cluster: Cluster::blank(),
            next: Next::Read,
        }
    }

    /// As [`Example::start`], in one go.
    pub fn warm(&self, files: &[(String, String)]) -> Started {
        let mut start = self.start(files.to_vec());
        while !start.go_on() {}
        start.finish()
    }
}

/// Pieces of a cluster's work between two questions whether to go on.
const STEPS: u64 = 64;

/// A cluster on its way to what an example says, a little at a time, for those who cannot wait for all of it.
#[derive(Debug)]
pub struct Start {
    example: Example,
    files: std::vec::IntoIter<(String, String)>,
    /// Read and not applied in full, in order.
    read: VecDeque<Applying>,
    applied: Vec<Applied>,
    cluster: Cluster,
    next: Next,
}

#[derive(Clone, Copy, Debug)]
enum Next {
    Read,
    Make,
    Apply,
    /// Living until then, without visitors.
    Live(Time),
    /// Living until then, with visitors if there are any.
    Age(Time),
    Nothing,
}

impl Start {
    /// Does one little piece: reads a file, makes the cluster, applies an object, or lives on for some work; whether
    /// everything is done. How it is cut into pieces changes nothing of what comes of it.
    pub fn go_on(&mut self) -> bool {
        let age = Span::secs(self.example.age_seconds);
        let cluster = &mut self.cluster;
        self.next = match self.next {
            Next::Read => match self.files.next() {
                Some((name, text)) => {
                    self.read.push_back(Applying::new(&name, &text));
                    Next::Read
                }
                None => Next::Make,
            },
            Next::Make => {
                *cluster = Cluster::new(Config {
                    seed: self.example.seed,
                    nodes: self.example.nodes,
                    zones: self.example.zones,
                    ..Config::default()
                });
                Next::Apply
            }
            Next::Apply => match self.read.front_mut() {
                Some(applying) => {
                    if applying.go_on(cluster) {
                        let done = self.read.pop_front();
                        self.applied.extend(done.map(Applying::finish));
                    }
                    Next::Apply
                }
                None => Next::Live(cluster.now() + Span(age.0 / 2)),
            },
            Next::Live(until) => {
                if !cluster.advance(until, STEPS).reached {
                    return false;
                }
                if self.example.visitors_per_second > 0 {
                    let visitors = visitors(self.example.visitors_per_second);
                    cluster.command(Command::Traffic(visitors));
                }
                Next::Age(cluster.now() + Span(age.0 - age.0 / 2))
            }
            Next::Age(until) if cluster.advance(until, STEPS).reached => Next::Nothing,
            next => next,
        };
        matches!(self.next, Next::Nothing)
    }

    /// The cluster as far as it has come.
    pub fn finish(self) -> Started {
        Started {
            cluster: self.cluster,
            applied: self.applied,
        }
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
    fn a_start_in_pieces_is_the_same_life() {
        let index =
            r#"[{"id": "web", "files": ["web.yaml"], "visitorsPerSecond": 5, "ageSeconds": 30}]"#;
        let example = &Example::list(index).unwrap()[0];
        let text = "\
apiVersion: apps/v1
kind: Deployment
metadata: {name: web}
spec:
  replicas: 3
  selector: {matchLabels: {app: web}}
  template:
    metadata: {labels: {app: web}}
    spec: {containers: [{name: web, image: nginx, ports: [{containerPort: 80}]}]}
---
apiVersion: v1
kind: Service
metadata: {name: web}
spec: {type: LoadBalancer, selector: {app: web}, ports: [{port: 80}]}
";
        // What it must come to, command by command.
        let mut whole = Cluster::new(Config::default());
        let applied = crate::apply_text(&mut whole, "web.yaml", text);
        whole.advance(Time(15_000_000), u64::MAX);
        whole.command(Command::Traffic(visitors(5)));
        whole.advance(Time(30_000_000), u64::MAX);

        let mut start = example.start(vec![("web.yaml".into(), text.into())]);
        let mut pieces = 1;
        while !start.go_on() {
            pieces += 1;
        }
        let started = start.finish();
        assert!(pieces > 10, "only {pieces} pieces");
        assert_eq!(
            started.cluster.world().log().to_text(),
            whole.world().log().to_text()
        );
        assert_eq!(started.cluster.now(), Time(30_000_000));
        assert_eq!(started.applied.len(), 1);
        assert_eq!(started.applied[0].outcomes.len(), applied.outcomes.len());
    }

    #[test]
    fn what_an_example_leaves_out_is_usual() {
        let index = r#"[{"id": "shop", "files": ["shop.yaml"], "visitorsPerSecond": 5}]"#;
        let example = &Example::list(index).unwrap()[0];
        assert_eq!((example.nodes, example.zones, example.seed), (3, 2, 1));
        assert_eq!(example.visitors_per_second, 5);
        assert!(Example::list(r#"[{"id": "shop", "files": [], "node": 3}]"#).is_err());
    }
}
