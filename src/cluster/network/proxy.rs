//! What a node's kube-proxy does with the first packet of a connection.

use std::net::IpAddr;
use std::sync::Arc;

use podarium_api::meta::{Str, Time};
use podarium_api::object::Key;
use podarium_api::ordered::OrdMap;

use super::Protocol;
use super::choice::Backend;
use super::compile::{Rules, ServicePort, Version};
use super::table::{Front, Tables};
use crate::sim::Rng;

/// Where a packet comes from, as a node's rules tell it: by its source address.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Sender {
    /// Its address.
    pub ip: IpAddr,
    /// What that address is.
    pub kind: SenderKind,
}

/// What a source address is to the rules.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SenderKind {
    /// A pod of the cluster.
    Pod,
    /// The node itself.
    Node,
    /// Anything else.
    Outside,
}

/// What the rules do with a packet.
#[derive(Clone, Debug)]
pub enum Decision {
    /// No rule matches: it is routed as it is.
    NoRule,
    /// The Service has no endpoint anywhere: refused at once.
    Reject(Matched),
    /// The Service has endpoints, but the policy wants local ones and there are none: dropped.
    Drop(Matched),
    /// The destination is rewritten.
    Translate(Translation),
}

/// The service port that a packet's destination matched.
#[derive(Clone, Debug)]
pub struct Matched {
    /// The Service and its endpoints as this node has them.
    pub version: Arc<Version>,
    /// Which of its ports.
    pub port: usize,
}

impl Matched {
    fn rules(&self) -> &Arc<Rules> {
        let rules = self.version.rules.as_ref();
        rules.expect("only versions with rules are matched")
    }

    /// The Service.
    pub fn service(&self) -> &Key {
        &self.rules().key
    }

    /// The port of the Service.
    pub fn service_port(&self) -> &ServicePort {
        &self.rules().ports[self.port]
    }
}

/// A rewritten destination.
#[derive(Clone, Debug)]
pub struct Translation {
    /// What matched.
    pub matched: Matched,
    /// Which of the port's backends was chosen.
    pub index: u32,
    /// Whether that is an IPv6 one.
    pub v6: bool,
    /// How many there were to choose from.
    pub candidates: u32,
    /// Whether the client was bound to it by session affinity.
    pub sticky: bool,
    /// Whether the source address becomes the node's.
    pub masquerade: bool,
}

impl Translation {
    /// The chosen endpoint.
    pub fn backend(&self) -> &Backend {
        let backends = self.matched.version.backends(self.matched.port, self.v6);
        &backends.all()[self.index as usize]
    }
}

/// What a node remembers under `sessionAffinity: ClientIP`: the slot of the Service, its port, the client.
type Client = (Str, u32, u16, Protocol, IpAddr);

/// The chance and memory of all nodes' rules.
#[derive(Clone, Debug)]
pub(super) struct Dice {
    pub rng: Rng,
    sticky: OrdMap<Client, (IpAddr, u16, Time)>,
    sweep_at: usize,
}

impl Dice {
    pub fn new(rng: Rng) -> Self {
        Dice {
            rng,
            sticky: OrdMap::new(),
            sweep_at: 4_096,
        }
    }

    /// Forgets expired clients, seldom enough to cost nothing a packet.
    fn sweep(&mut self, now: Time) {
        if self.sticky.len() >= self.sweep_at {
            self.sticky = self
                .sticky
                .iter()
                .filter(|(_, e)| e.2 > now)
                .map(|(k, v)| (k.clone(), *v))
                .collect();
            self.sweep_at = (self.sticky.len() * 2).max(4_096);
        }
    }
}

/// By which of a Service's addresses a packet came.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Entry {
    Internal,
    External,
}

/// Decides over the first packet of a connection to `to` on a node.
///
/// upstream: pkg/proxy/iptables/proxier.go syncProxyRules, in its order: cluster IPs, external and load balancer IPs, node
/// ports last and only for the node's own addresses.
pub(super) fn decide(
    tables: &Tables,
    dice: &mut Dice,
    now: Time,
    node: &str,
    from: Sender,
    (ip, port): (IpAddr, u16),
    protocol: Protocol,
) -> Decision {
    let front = Front::address(ip, port, protocol);
    for (slot, version, rules) in tables.by_front(front, node, now) {
        let Some(index) = rules
            .ports
            .iter()
            .position(|p| p.port == port && p.protocol == protocol)
        else {
            continue;
        };
        // An older version may have had this address.
        let entry = if rules.cluster_ips.contains(&ip) {
            Entry::Internal
        } else if rules.external_ips.contains(&ip) || rules.ingress.contains(&(ip, true)) {
            Entry::External
        } else {
            continue;
        };
        let place = Place {
            tables,
            now,
            node,
            slot,
        };
        return place.choose(dice, from, ip.is_ipv6(), version, index, entry);
    }
    let local = tables.node(node).is_some_and(|n| n.ips.contains(&ip))
        || (from.kind == SenderKind::Node && ip.is_ipv4() && ip.is_loopback());
    if !local {
        return Decision::NoRule;
    }
    let front = Front::node_port(ip.is_ipv6(), port, protocol);
    for (slot, version, rules) in tables.by_front(front, node, now) {
        let mut ports = rules.ports.iter();
        if let Some(index) = ports.position(|p| p.node_port == port && p.protocol == protocol) {
            let place = Place {
                tables,
                now,
                node,
                slot,
            };
            return place.choose(dice, from, ip.is_ipv6(), version, index, Entry::External);
        }
    }
    Decision::NoRule
}

struct Place<'a> {
    tables: &'a Tables,
    now: Time,
    node: &'a str,
    slot: u32,
}

impl Place<'_> {
    fn choose(
        &self,
        dice: &mut Dice,
        from: Sender,
        v6: bool,
        version: &Arc<Version>,
        port: usize,
        entry: Entry,
    ) -> Decision {
        let matched = Matched {
            version: version.clone(),
            port,
        };
        let rules = matched.rules();
        let backends = version.backends(port, v6);
        if !backends.has_any() {
            return Decision::Reject(matched);
        }
        let (local_only, mut masquerade) = match entry {
            Entry::Internal => (rules.uses.internal_local, from.kind != SenderKind::Pod),
            // Pods and the node itself go round the Local policy; only the node's own packets then change their source.
            Entry::External if rules.uses.external_local => (
                from.kind == SenderKind::Outside,
                from.kind == SenderKind::Node,
            ),
            Entry::External => (false, true),
        };
        let candidates = if local_only {
            backends.local(self.node)
        } else {
            let zone = self.tables.node(self.node).map_or("", |n| &n.zone);
            backends.cluster(self.node, zone)
        };
        if candidates.is_empty() {
            return Decision::Drop(matched);
        }
        let all = backends.all();
        let client = rules.affinity.map(|timeout| {
            let p = &rules.ports[port];
            let client: Client = (self.node.into(), self.slot, p.port, p.protocol, from.ip);
            (client, timeout)
        });
        let bound = client.as_ref().and_then(|(client, _)| {
            let (ip, port, until) = dice.sticky.get(client)?;
            let is_it = |i: &&u32| (all[**i as usize].ip, all[**i as usize].port) == (*ip, *port);
            candidates.iter().find(is_it).filter(|_| *until > self.now)
        });
        let (index, sticky) = match bound {
            Some(index) => (*index, true),
            None => (
                candidates[dice.rng.below(candidates.len() as u64) as usize],
                false,
            ),
        };
        let chosen = &all[index as usize];
        if let Some((client, timeout)) = client {
            dice.sticky
                .insert(client, (chosen.ip, chosen.port, self.now + timeout));
            dice.sweep(self.now);
        }
        // A pod that reaches itself would see its own address as the source and never get an answer.
        masquerade |= chosen.ip == from.ip;
        Decision::Translate(Translation {
            candidates: candidates.len() as u32,
            matched,
            index,
            v6,
            sticky,
            masquerade,
        })
    }
}
