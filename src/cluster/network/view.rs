//! What the page and the commands read of the network: Services with their endpoints, and how far behind each node is.

use std::net::IpAddr;
use std::sync::Arc;

use podarium_api::kinds::KindId;
use podarium_api::meta::{Span, Time};
use podarium_api::object::Key;
use podarium_api::slice::Endpoint;

use super::compile::{Rules, ServicePort, ServiceType, Version};
use super::dns::{self, Answer};
use super::proxy::{Decision, Sender, decide};
use super::views::Reader;
use super::{Network, Protocol, Stats};
use crate::world::World;

/// A Service as it is stored now, with its endpoints.
#[derive(Clone, Copy, Debug)]
pub struct ServiceView<'a> {
    /// The Service as kube-proxy and CoreDNS read it.
    pub rules: &'a Arc<Rules>,
    /// With its slices, and when it last changed.
    pub version: &'a Arc<Version>,
}

impl<'a> ServiceView<'a> {
    /// The Service.
    pub fn key(&self) -> &'a Key {
        &self.rules.key
    }

    /// `spec.type`.
    pub fn kind(&self) -> ServiceType {
        self.rules.kind
    }

    /// The first cluster IP; none when headless or an ExternalName.
    pub fn cluster_ip(&self) -> Option<IpAddr> {
        self.rules.cluster_ips.first().copied()
    }

    /// The address that the outside reaches it at: the load balancer's, or the first of `spec.externalIPs`.
    pub fn external_ip(&self) -> Option<IpAddr> {
        let balancer = self.rules.ingress.first().map(|(ip, _)| ip);
        balancer.or(self.rules.external_ips.first()).copied()
    }

    /// The ports.
    pub fn ports(&self) -> &'a [ServicePort] {
        &self.rules.ports
    }

    /// The endpoints of the Service's first address family.
    pub fn endpoints(&self) -> impl Iterator<Item = &'a Arc<Endpoint>> + use<'a> {
        let v6 = self.cluster_ip().is_some_and(|ip| ip.is_ipv6());
        self.version.endpoints(v6)
    }

    /// How many endpoints are ready, and how many there are.
    pub fn ready_of(&self) -> (usize, usize) {
        let fold = |(ready, all), e: &Arc<Endpoint>| {
            (ready + usize::from(e.conditions.is_ready()), all + 1)
        };
        self.endpoints().fold((0, 0), fold)
    }
}

/// The pod behind an endpoint.
pub fn pod_of(endpoint: &Endpoint) -> Option<Key> {
    let target = endpoint.target_ref.as_ref().filter(|t| &*t.kind == "Pod")?;
    Some(Key::new(KindId::POD, &target.namespace, &target.name))
}

impl Network {
    /// All Services as they are stored now, by namespace and name.
    pub fn services(&self) -> impl Iterator<Item = ServiceView<'_>> {
        self.tables
            .all()
            .map(|(version, rules)| ServiceView { rules, version })
    }

    /// One Service as it is stored now.
    pub fn service(&self, key: &Key) -> Option<ServiceView<'_>> {
        let (version, rules) = self.tables.newest(key)?;
        Some(ServiceView { rules, version })
    }

    /// One Service as a node's kube-proxy has it; `None` when it has not heard of it.
    pub fn service_on(&self, node: &str, key: &Key, now: Time) -> Option<ServiceView<'_>> {
        let (version, rules) = self.tables.by_name(key, Reader::Proxy(node), now)?;
        Some(ServiceView { rules, version })
    }

    /// How far a node's kube-proxy is behind in what it knows of a Service: the age of the oldest change that it has not
    /// heard of; `None` when it knows everything.
    pub fn behind(&self, node: &str, service: &Key, now: Time) -> Option<Span> {
        let since = self
            .tables
            .unheard_since(service, Reader::Proxy(node), now)?;
        Some(now - since)
    }

    /// What a Service has been asked so far.
    pub fn stats(&self, service: &Key, now: Time) -> Stats {
        self.counters.service(now, service)
    }

    /// What a pod has been asked so far by way of a Service.
    pub fn endpoint_stats(&self, service: &Key, pod: &Key, now: Time) -> Stats {
        self.counters.endpoint(now, service, pod)
    }

    /// What a node's rules do with the first packet of a connection. Draws from the network's dice.
    pub fn decide(
        &mut self,
        world: &World,
        node: &str,
        from: Sender,
        to: (IpAddr, u16),
        protocol: Protocol,
    ) -> Decision {
        decide(
            &self.tables,
            &mut self.dice,
            world.now(),
            node,
            from,
            to,
            protocol,
        )
    }

    /// How many of so many first packets a node's rules would send on to an endpoint. Nothing of it happens: the dice that
    /// are thrown are copies.
    pub fn would_reach(
        &self,
        world: &World,
        node: &str,
        from: Sender,
        to: (IpAddr, u16),
        protocol: Protocol,
        packets: u32,
    ) -> u32 {
        let mut dice = self.dice.clone();
        let now = world.now();
        let reaches = |_: &u32| {
            let decision = decide(&self.tables, &mut dice, now, node, from, to, protocol);
            matches!(decision, Decision::Translate(_))
        };
        (0..packets).filter(reaches).count() as u32
    }

    /// What a CoreDNS pod on a node answers to a question for the addresses of a full name.
    pub fn dns_answer(&self, world: &World, node: &str, full_name: &str) -> Answer {
        dns::answer(&self.tables, node, world.now(), full_name)
    }
}
