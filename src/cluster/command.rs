//! Commands: everything that reaches the cluster from outside, and all that history needs to write down.

use std::sync::Arc;

use podarium_api::meta::Str;
use serde_json::Value;

use crate::apiserver::Request;
use crate::network::TrafficSource;
use crate::sim::{Component, User};

/// Something from outside.
#[derive(Clone, Debug, PartialEq)]
pub enum Command {
    /// A request to the API.
    Request(Arc<Request>),
    /// Stops a component.
    Stop(Component),
    /// Starts a stopped component.
    Start(Component),
    /// Cuts the link between two nodes, or a node and `control-plane`.
    Cut(Str, Str),
    /// Mends a cut link.
    Mend(Str, Str),
    /// Kills a container: its process ends with 137, and the kubelet deals with it.
    Kill {
        /// The pod's namespace.
        namespace: Str,
        /// The pod.
        pod: Str,
        /// The container; the first when empty.
        container: Str,
    },
    /// What somebody's command in a container has left behind.
    Leave {
        /// Who ran it.
        user: User,
        /// The command, as one would type it.
        text: Str,
        /// Texts by volume and path, `{dir}` for a directory, null for what is gone.
        files: Arc<Value>,
    },
    /// Adds a node, in the zone that has the fewest.
    AddNode,
    /// Adds a traffic source, or replaces the one of that name.
    Traffic(TrafficSource),
    /// Removes the traffic source of that name.
    StopTraffic(Str),
}

impl std::fmt::Display for Command {
    /// What a person would type for it.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Command::Request(request) => request.fmt(f),
            Command::Stop(c) => write!(f, "podarium stop {c}"),
            Command::Start(c) => write!(f, "podarium start {c}"),
            Command::Cut(a, b) => write!(f, "podarium cut {a} {b}"),
            Command::Mend(a, b) => write!(f, "podarium mend {a} {b}"),
            Command::Kill {
                namespace,
                pod,
                container,
            } => {
                write!(f, "podarium kill -n {namespace} {pod}")?;
                if !container.is_empty() {
                    write!(f, " -c {container}")?;
                }
                Ok(())
            }
            Command::Leave { text, .. } => f.write_str(text),
            Command::AddNode => f.write_str("podarium add node"),
            Command::Traffic(source) => write!(f, "podarium traffic {source}"),
            Command::StopTraffic(name) => write!(f, "podarium traffic {name} off"),
        }
    }
}
