//! What the network asks of the kubelets: who has an address, what listens there, and who calls by itself.

use std::net::IpAddr;
use std::sync::Arc;

use podarium_api::meta::Str;
use podarium_api::object::Key;

use super::node::node_of_pod_ip;
use super::programs::Speaks;
use super::programs::shell::{End, Query};
use super::worker::Worker;
use super::{Kubelets, find};
use crate::network::{Caller, Failure, Ground, Network, Offer, Outcome, Place, Protocol};
use crate::world::World;

impl Ground for Kubelets {
    fn pod_at(&self, ip: IpAddr) -> Option<(&Key, &Str)> {
        let (node, w) = self.worker_at(ip)?;
        Some((&w.key, &self.nodes[node as usize].host.name))
    }

    fn pod_ip(&self, pod: &Key) -> Option<IpAddr> {
        let (node, id) = *self.shared.places.get(pod)?;
        self.worker(node, id)?.ip
    }

    fn node_of(&self, pod: &Key) -> Option<&Str> {
        let (node, _) = self.shared.places.get(pod)?;
        Some(&self.nodes.get(*node as usize)?.host.name)
    }

    fn node_ip(&self, node: &str) -> Option<IpAddr> {
        let index = *self.by_name.get(node)?;
        Some(self.nodes[index as usize].host.ip)
    }

    fn node_at(&self, ip: IpAddr) -> Option<&Str> {
        let index = *self.by_ip.get(&ip)?;
        Some(&self.nodes[index as usize].host.name)
    }

    fn offer(&self, world: &World, ip: IpAddr, port: u16, protocol: Protocol, path: &str) -> Offer {
        if let Some((_, w)) = self.worker_at(ip) {
            return offer_of(w, port, protocol, path, world).unwrap_or(Offer::Refused);
        }
        let Some(index) = self.by_ip.get(&ip) else {
            return Offer::Gone;
        };
        let kubelet = &self.nodes[*index as usize];
        if !kubelet.host.up {
            return Offer::Gone;
        }
        // Pods on the node's own network listen at the node's address.
        let mut shared = kubelet.workers.iter().filter(|(_, w)| w.ip == Some(ip));
        shared
            .find_map(|(_, w)| offer_of(w, port, protocol, path, world))
            .unwrap_or(Offer::Refused)
    }

    fn caller(&self, pod: &Key, run: u32) -> Option<Caller> {
        let (node, id) = *self.shared.places.get(pod)?;
        let w = self.worker(node, id)?;
        let container = w.runs.iter().find(|r| r.id == run)?;
        container.running()?;
        let program = container.program.as_ref()?;
        Some(Caller {
            pod: w.key.clone(),
            run,
            calls: program.calls.clone(),
            interval: program.every?,
        })
    }
}

impl Kubelets {
    /// All nodes, in the order in which they joined.
    pub fn nodes(&self) -> impl Iterator<Item = &Str> {
        self.nodes.iter().map(|k| &k.host.name)
    }

    /// What a pod's running containers use, without the requests that they answer: milli-cores and bytes.
    pub fn usage(&self, pod: &Key) -> Option<(u64, u64)> {
        let (node, id) = *self.shared.places.get(pod)?;
        let running = self.worker(node, id)?.runs.iter();
        let programs = running
            .filter(|r| r.running().is_some())
            .filter_map(|r| r.program.as_ref());
        Some(programs.fold((0, 0), |(cpu, memory), p| {
            (cpu + p.image.cpu, memory + p.memory)
        }))
    }

    /// What somebody's command has written stays in the container or its volumes.
    pub(crate) fn leave(&mut self, files: &serde_json::Value) {
        let left = Arc::make_mut(&mut self.shared.left);
        for (volume, files) in files.as_object().into_iter().flatten() {
            for (path, now) in files.as_object().into_iter().flatten() {
                left[volume.as_str()][path.as_str()] = now.clone();
            }
        }
    }

    fn worker_at(&self, ip: IpAddr) -> Option<(u32, &Worker)> {
        let (node, host) = node_of_pod_ip(ip)?;
        let kubelet = self.nodes.get(node as usize)?;
        let id = *kubelet.host.ips.get(&host)?;
        let at = find(&kubelet.workers, id)?;
        Some((node, &kubelet.workers[at].1))
    }

    /// What the network answers to a script that has come to a question; `None` when it asks nothing.
    pub(super) fn answer(
        &self,
        world: &World,
        network: &Network,
        node: u32,
        pod: u32,
        container: usize,
        run: u32,
    ) -> Option<Option<u16>> {
        let w = self.worker(node, pod)?;
        let state = w.runs.get(container).filter(|r| r.id == run)?;
        let program = state.program.as_ref()?;
        let End::Asks(_, query) = &program.end else {
            return None;
        };
        let open = state.opens.is_some_and(|at| at <= world.now());
        let (target, name_only) = match query {
            Query::Own(text) => return Some(w.own_answer(text, world.now(), &world.faults, open)),
            Query::Name(name) => (name, true),
            Query::Request(target) => (target, false),
        };
        // What a script asks takes the way of every other request; nobody else hears of it.
        let traces = network.trace(world, self, &Place::Pod(w.key.clone()), target);
        let outcome = traces.first().map(|t| &t.outcome)?;
        Some(match outcome {
            Outcome::Failed(Failure::NoSuchName(_) | Failure::NoDns) => None,
            _ if name_only => Some(200),
            Outcome::Success => Some(200),
            Outcome::Failed(Failure::Error(code)) => Some(*code),
            Outcome::Failed(Failure::Upstream(_) | Failure::Loop) => Some(500),
            Outcome::Failed(_) => None,
        })
    }
}

fn offer_of(w: &Worker, port: u16, protocol: Protocol, path: &str, world: &World) -> Option<Offer> {
    let now = world.now();
    let (run, program, speaks) = w.listening(port, protocol, now, &world.faults)?;
    let since = run.running()?;
    Some(Offer::Answer {
        code: match speaks {
            Speaks::Http | Speaks::Any => program.code(path, now - since),
            // Other protocols have no paths: whoever listens answers well.
            Speaks::Grpc | Speaks::Tcp => 200,
        },
        latency: program.image.latency,
        calls: program.calls.clone(),
    })
}
