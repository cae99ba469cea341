//! One packet's way from a sender to whatever answers: rules, address translation, links and machines.

use std::net::IpAddr;

use podarium_api::meta::{Span, Str, Time};
use podarium_api::object::Key;

use super::compile::Rules;
use super::dns::is_public;
use super::ground::Ground;
use super::proxy::{Decision, Dice, Sender, SenderKind, decide};
use super::table::Tables;
use super::views::Reader;
use super::{Failure, Hop, Place, Protocol, Step};
use crate::apiserver::CONTROL_PLANE_IP;
use crate::sim::faults::CONTROL_PLANE;
use crate::sim::{Component, RecordId};
use crate::world::World;

/// How long a packet takes within a node.
const SAME_NODE: Span = Span::micros(100);
/// … between nodes of one zone.
const SAME_ZONE: Span = Span::micros(400);
/// … between zones.
const OTHER_ZONE: Span = Span::micros(1_200);
/// … between the internet and the cluster.
const INTERNET: Span = Span::millis(20);

/// A load balancer takes a node out after two health checks missed, three seconds apart.
const HEALTH_CHECK: Span = Span::secs(6);

/// How many nodes' rules a packet meets at most: its own node's, a load balancer's choice, a node port's owner.
const MOST_NODES: usize = 4;

/// Where a packet begins.
#[derive(Clone, Debug)]
pub(super) struct Start {
    pub place: Place,
    /// `None` outside the cluster.
    pub node: Option<Str>,
    pub ip: IpAddr,
    pub kind: SenderKind,
}

/// Where a packet arrived.
#[derive(Clone, Debug)]
pub(super) struct Arrival {
    pub place: Place,
    pub ip: IpAddr,
    pub port: u16,
    pub pod: Option<Key>,
    pub node: Option<Str>,
}

/// The hops so far and what is known of the way.
#[derive(Debug, Default)]
pub(super) struct Way {
    pub at: Span,
    pub hops: Vec<Hop>,
    pub service: Option<Key>,
    pub endpoint: Option<Key>,
    /// The write that led to what the last rules decided.
    pub cause: Option<RecordId>,
}

impl Way {
    pub fn hop(&mut self, place: Place, step: Step) {
        let at = self.at;
        self.hops.push(Hop { at, place, step });
    }

    fn fail<T>(&mut self, place: Place, failure: Failure) -> Result<T, Failure> {
        self.hop(place, Step::Fail(failure.clone()));
        Err(failure)
    }
}

/// What packets move in.
pub(super) struct Net<'a> {
    pub world: &'a World,
    pub ground: &'a dyn Ground,
    pub tables: &'a Tables,
    pub dice: &'a mut Dice,
}

/// A packet on its way.
struct Packet {
    to: (IpAddr, u16),
    protocol: Protocol,
    from: Sender,
    /// The node it is on; `None` outside.
    here: Option<Str>,
    /// The node that the chosen endpoint was on, once a rule chose one.
    endpoint_node: Option<Str>,
    /// Whether a load balancer has had it: it does not come back to it.
    balanced: bool,
}

impl Net<'_> {
    fn now(&self) -> Time {
        self.world.now()
    }

    pub fn jitter(&mut self, span: Span) -> Span {
        self.dice.rng.jitter(span, 20)
    }

    /// Sends a packet on its way; the failure's hop is the last one.
    pub fn send(
        &mut self,
        way: &mut Way,
        start: &Start,
        to: (IpAddr, u16),
        protocol: Protocol,
    ) -> Result<Arrival, Failure> {
        let mut packet = Packet {
            to,
            protocol,
            from: Sender {
                ip: start.ip,
                kind: start.kind,
            },
            here: start.node.clone(),
            endpoint_node: None,
            balanced: false,
        };
        // A pod talks to itself without leaving its network namespace.
        if start.kind == SenderKind::Pod && (to.0 == start.ip || to.0.is_loopback()) {
            return Ok(self.arrive(start.ip, &packet, start.node.clone(), start.place.clone()));
        }
        for _ in 0..MOST_NODES {
            if let Some(node) = packet.here.clone() {
                self.translate(way, &mut packet, &node)?;
            }
            if let Some(arrival) = self.route(way, &mut packet)? {
                return Ok(arrival);
            }
        }
        let place = here(&packet);
        way.fail(place, Failure::Loop)
    }

    /// The rules of the node that the packet is on.
    fn translate(&mut self, way: &mut Way, packet: &mut Packet, node: &Str) -> Result<(), Failure> {
        let now = self.now();
        let decision = decide(
            self.tables,
            self.dice,
            now,
            node,
            packet.from,
            packet.to,
            packet.protocol,
        );
        let place = Place::KubeProxy(node.clone());
        match decision {
            Decision::NoRule => Ok(()),
            Decision::Reject(matched) => {
                way.cause = Some(matched.version.record);
                way.service.get_or_insert(matched.service().clone());
                way.fail(place, Failure::NoEndpoints(matched.service().clone()))
            }
            Decision::Drop(matched) => {
                way.cause = Some(matched.version.record);
                way.service.get_or_insert(matched.service().clone());
                way.fail(place, Failure::NoLocalEndpoints(matched.service().clone()))
            }
            Decision::Translate(t) => {
                let backend = t.backend();
                let to = (backend.ip, backend.port);
                let step = Step::Translate {
                    service: t.matched.service().clone(),
                    port: t.matched.service_port().label(),
                    from: packet.to,
                    to,
                    candidates: t.candidates,
                    masquerade: t.masquerade,
                };
                way.hop(place, step);
                way.cause = Some(t.matched.version.record);
                way.service.get_or_insert(t.matched.service().clone());
                way.endpoint = backend.pod();
                packet.endpoint_node = backend.endpoint.node_name.clone();
                packet.to = to;
                if t.masquerade {
                    packet.from.ip = self.ground.node_ip(node).unwrap_or(packet.from.ip);
                    packet.from.kind = SenderKind::Node;
                }
                Ok(())
            }
        }
    }

    /// Brings the packet one machine further; `None` when that machine's rules come next.
    fn route(&mut self, way: &mut Way, packet: &mut Packet) -> Result<Option<Arrival>, Failure> {
        if let Some(node) = packet.here.as_ref().filter(|_| packet.to.0.is_loopback()) {
            packet.to.0 = self.ground.node_ip(node).unwrap_or(packet.to.0);
        }
        let (ip, port) = packet.to;
        let inside = packet.here.is_some();
        if let Some((pod, node)) = self.ground.pod_at(ip).filter(|_| inside) {
            let (pod, node) = (pod.clone(), node.clone());
            self.cross(way, packet, &node)?;
            way.endpoint = Some(pod.clone());
            return Ok(Some(self.arrive(ip, packet, Some(node), Place::Pod(pod))));
        }
        if let Some(owner) = self.ground.node_at(ip).cloned() {
            if packet.here.as_ref() == Some(&owner) {
                let place = Place::Node(owner.clone());
                return Ok(Some(self.arrive(ip, packet, Some(owner), place)));
            }
            self.cross(way, packet, &owner)?;
            return Ok(None);
        }
        if let Some((_, rules)) = self.tables.balancer(ip).filter(|_| !packet.balanced) {
            let rules = rules.clone();
            packet.balanced = true;
            self.balance(way, packet, &rules)?;
            return Ok(None);
        }
        if let Some(node) = packet.here.as_ref().filter(|_| ip == CONTROL_PLANE_IP) {
            if !self.world.faults.linked(node, CONTROL_PLANE) {
                let failure = Failure::LinkCut(node.clone(), CONTROL_PLANE.into());
                return way.fail(Place::Node(node.clone()), failure);
            }
            way.at = way.at + self.jitter(SAME_ZONE);
            return Ok(Some(self.arrive(ip, packet, None, Place::ApiServer)));
        }
        if let Some(node) = packet.endpoint_node.take() {
            // The endpoint is no more. Its machine, if that is still there, is where the packet ends.
            if self.ground.node_ip(&node).is_some() {
                self.cross(way, packet, &node)?;
            }
            return way.fail(here(packet), Failure::Unreachable(ip));
        }
        if way.endpoint.is_none() && !packet.balanced && is_public(ip) {
            way.at = way.at + self.jitter(INTERNET);
            let arrival = Arrival {
                place: Place::Internet,
                ip,
                port,
                pod: None,
                node: None,
            };
            return Ok(Some(arrival));
        }
        let failure = if way.endpoint.is_some() {
            Failure::Unreachable(ip)
        } else {
            Failure::NoRoute(ip)
        };
        way.fail(here(packet), failure)
    }

    /// From where the packet is to a node.
    fn cross(&mut self, way: &mut Way, packet: &mut Packet, to: &Str) -> Result<(), Failure> {
        let zone = |node: &str| self.tables.node(node).map(|n| n.zone.clone());
        let base = match &packet.here {
            Some(here) if here == to => {
                way.at = way.at + self.jitter(SAME_NODE);
                return Ok(());
            }
            Some(here) => {
                if !self.world.faults.linked(here, to) {
                    let failure = Failure::LinkCut(here.clone(), to.clone());
                    return way.fail(Place::Node(here.clone()), failure);
                }
                if zone(here) == zone(to) {
                    SAME_ZONE
                } else {
                    OTHER_ZONE
                }
            }
            // From a load balancer, which stands before the nodes, or all the way.
            None if matches!(
                way.hops.last(),
                Some(Hop {
                    place: Place::LoadBalancer(_),
                    ..
                })
            ) =>
            {
                SAME_ZONE
            }
            None => INTERNET,
        };
        way.at = way.at + self.jitter(base);
        let place = Place::Node(to.clone());
        if !self.world.faults.runs(&Component::Node(to.clone())) {
            return way.fail(place, Failure::Unreachable(packet.to.0));
        }
        way.hop(place, Step::Forward);
        packet.here = Some(to.clone());
        if packet.from.kind == SenderKind::Node {
            // Another node's address is nothing special to this one's rules.
            packet.from.kind = SenderKind::Outside;
        }
        Ok(())
    }

    /// At a Service's load balancer: a node that passes its health check, and that node's port of the Service.
    fn balance(
        &mut self,
        way: &mut Way,
        packet: &mut Packet,
        rules: &Rules,
    ) -> Result<(), Failure> {
        let service = rules.key.clone();
        way.at = way.at + self.jitter(INTERNET);
        way.service = Some(service.clone());
        let place = Place::LoadBalancer(service.clone());
        let (ip, port) = packet.to;
        let mut ports = rules.ports.iter();
        let Some(index) = ports.position(|p| p.port == port && p.protocol == packet.protocol)
        else {
            return way.fail(place, Failure::Refused { ip, port });
        };
        let healthy: Vec<Str> = self.healthy_nodes(rules);
        if healthy.is_empty() {
            return way.fail(place, Failure::NoHealthyNodes(service));
        }
        let node = healthy[self.dice.rng.below(healthy.len() as u64) as usize].clone();
        let service_port = &rules.ports[index];
        let node_ip = self.ground.node_ip(&node).unwrap_or(ip);
        let to = match service_port.node_port {
            0 => packet.to,
            node_port => (node_ip, node_port),
        };
        let step = Step::Translate {
            service,
            port: service_port.label(),
            from: packet.to,
            to,
            candidates: healthy.len() as u32,
            masquerade: false,
        };
        way.hop(place, step);
        packet.to = to;
        packet.here = None;
        packet.from.kind = SenderKind::Outside;
        self.cross(way, packet, &node)
    }

    /// The nodes that pass the load balancer's health check: kube-proxy answers there and, under the Local policy, has a
    /// ready endpoint of its own.
    ///
    /// upstream: pkg/proxy/healthcheck/proxy_health.go, service_health.go
    fn healthy_nodes(&self, rules: &Rules) -> Vec<Str> {
        let now = self.now();
        let mut out = Vec::new();
        for (name, node) in self.tables.nodes() {
            let stopped = self
                .world
                .faults
                .stopped_since(&Component::KubeProxy(name.clone()));
            if node.excluded || stopped.is_some_and(|since| now - since >= HEALTH_CHECK) {
                continue;
            }
            let has_local = || {
                let seen = self.tables.by_name(&rules.key, Reader::Proxy(name), now);
                seen.is_some_and(|(version, rules)| {
                    let v6 = rules.cluster_ips.first().is_some_and(IpAddr::is_ipv6);
                    (0..rules.ports.len()).any(|p| version.backends(p, v6).has_ready_local(name))
                })
            };
            if !rules.uses.external_local || has_local() {
                out.push(name.clone());
            }
        }
        out
    }

    fn arrive(&self, ip: IpAddr, packet: &Packet, node: Option<Str>, place: Place) -> Arrival {
        let pod = match &place {
            Place::Pod(pod) => Some(pod.clone()),
            _ => None,
        };
        Arrival {
            place,
            ip,
            port: packet.to.1,
            pod,
            node,
        }
    }
}

fn here(packet: &Packet) -> Place {
    packet.here.clone().map_or(Place::Internet, Place::Node)
}
