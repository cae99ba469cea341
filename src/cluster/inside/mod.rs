//! Looking into containers: their logs, commands in them, what their servers answer.
//!
//! Nobody inside the cluster needs it, and nothing of it is kept: it is worked out from what runs, by the rules. What a command
//! leaves behind comes back as a [`Command`](crate::Command) of its own, so that a history tells of it without having to run
//! shells again.

mod ask;
mod facts;
mod log;
mod proxy;
mod session;
#[cfg(test)]
mod tests;

pub use log::Log;
pub use session::{Asked, Session, Shown};

use podarium_api::meta::{Str, Time};
use podarium_api::object::Key;
use podarium_api::status::{Reason, Status};
use podarium_api::time::EPOCH_UNIX_MS;

use crate::apiserver::{Body, Response};
use crate::kubelet::Kubelets;
use crate::network::{Ground, Network};
use crate::sim::Component;
use crate::sim::faults::CONTROL_PLANE;
use crate::world::World;

/// All that is looked at.
#[derive(Clone, Copy, Debug)]
pub struct View<'a> {
    /// The world.
    pub world: &'a World,
    /// The machines.
    pub kubelets: &'a Kubelets,
    /// The network.
    pub network: &'a Network,
}

/// Microseconds since 1970.
pub(crate) fn unix(time: Time) -> u64 {
    (EPOCH_UNIX_MS as u64 * 1_000).saturating_add(time.0)
}

impl View<'_> {
    /// An answer with what it leads on to, where that is known at once.
    pub(crate) fn connected(&self, response: Response) -> Response {
        match &response.body {
            Body::Connect(to) if to.sub == "proxy" => {
                let answer = self.proxied(to);
                answer.unwrap_or_else(|status| Response::status(&status))
            }
            Body::Connect(to) if to.sub == "log" && to.options["follow"] != true => {
                match self.log(to) {
                    Ok(text) => Response {
                        body: Body::Text(text),
                        ..response
                    },
                    Err(status) => Response::status(&status),
                }
            }
            _ => response,
        }
    }

    /// Whether the API server reaches the kubelet of a pod's node.
    ///
    /// # Errors
    /// As upstream's API server tells of a connection that fails.
    pub fn reach(&self, pod: &Key, path: &str) -> Result<(), Status> {
        let Some(node) = self.kubelets.node_of(pod).or_else(|| self.bound_to(pod)) else {
            return Ok(());
        };
        self.reach_node(node, path)
    }

    /// Whether the API server reaches a node's kubelet.
    fn reach_node(&self, node: &str, path: &str) -> Result<(), Status> {
        let ip = self.kubelets.node_ip(node);
        let ip = ip.map_or(String::new(), |ip| ip.to_string());
        let (faults, name) = (&self.world.faults, Str::from(node));
        let on = faults.runs(&Component::Node(name.clone()));
        let why = if !on || !faults.linked(node, CONTROL_PLANE) {
            "connect: no route to host"
        } else if !faults.runs(&Component::Kubelet(name)) {
            "connect: connection refused"
        } else {
            return Ok(());
        };
        let text = format!("Get \"https://{ip}:10250/{path}\": dial tcp {ip}:10250: {why}");
        Err(Status::new(Reason::Unknown, text))
    }

    fn bound_to(&self, pod: &Key) -> Option<&Str> {
        let pod = self.world.store().get(pod)?.as_pod()?;
        pod.body.node_name.as_ref()
    }
}
