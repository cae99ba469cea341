//! A world with nodes, pods and Services put there by hand, and machines whose every answer is known.

use std::collections::BTreeMap;
use std::net::IpAddr;
use std::sync::Arc;

use podarium_api::kinds::{self, KindId};
use podarium_api::meta::{Span, Str, Time};
use podarium_api::object::{Key, Object};
use serde_json::{Value, json};

use crate::config::Config;
use crate::network::{
    Call, Caller, Decision, Ground, Network, Offer, Place, Protocol, Sender, SenderKind, Step,
    Trace,
};
use crate::sim::{Actor, Component, Verb, Why};
use crate::world::{Work, World};

/// What a pod of the town does.
#[derive(Clone, Debug)]
pub struct Machine {
    pub node: Str,
    pub ip: IpAddr,
    pub port: u16,
    pub protocol: Protocol,
    pub code: u16,
    pub calls: Vec<Call>,
}

#[derive(Clone, Debug, Default)]
pub struct Machines {
    pub nodes: BTreeMap<Str, IpAddr>,
    pub pods: BTreeMap<Key, Machine>,
    pub callers: BTreeMap<Key, Caller>,
}

impl Ground for Machines {
    fn pod_at(&self, ip: IpAddr) -> Option<(&Key, &Str)> {
        self.pods
            .iter()
            .find(|(_, m)| m.ip == ip)
            .map(|(k, m)| (k, &m.node))
    }
    fn pod_ip(&self, pod: &Key) -> Option<IpAddr> {
        self.pods.get(pod).map(|m| m.ip)
    }
    fn node_of(&self, pod: &Key) -> Option<&Str> {
        self.pods.get(pod).map(|m| &m.node)
    }
    fn node_ip(&self, node: &str) -> Option<IpAddr> {
        self.nodes.get(node).copied()
    }
    fn node_at(&self, ip: IpAddr) -> Option<&Str> {
        self.nodes.iter().find(|(_, i)| **i == ip).map(|(n, _)| n)
    }
    fn offer(&self, _: &World, ip: IpAddr, port: u16, protocol: Protocol, _: &str) -> Offer {
        match self.pods.values().find(|m| m.ip == ip) {
            Some(m) if (m.port, m.protocol) == (port, protocol) => Offer::Answer {
                code: m.code,
                latency: Span::millis(2),
                calls: m.calls.clone().into(),
            },
            _ => Offer::Refused,
        }
    }
    fn caller(&self, pod: &Key, run: u32) -> Option<Caller> {
        self.callers.get(pod).filter(|c| c.run == run).cloned()
    }
}

/// The town: `n1` and `n3` in zone `a`, `n2` in zone `b`.
pub struct Town {
    pub world: World,
    pub network: Network,
    pub machines: Machines,
    next_ip: u8,
}

pub fn pod_key(name: &str) -> Key {
    Key::new(KindId::POD, "shop", name)
}

pub fn service_key(name: &str) -> Key {
    Key::new(KindId::SERVICE, "shop", name)
}

pub fn pod_place(name: &str) -> Place {
    Place::Pod(pod_key(name))
}

pub fn pod_sender(ip: &str) -> Sender {
    Sender {
        ip: ip.parse().unwrap(),
        kind: SenderKind::Pod,
    }
}

impl Town {
    pub fn new() -> Self {
        let mut world = World::new(Config {
            seed: 7,
            ..Config::default()
        });
        let mut network = Network::default();
        network.start(&mut world);
        let mut town = Town {
            world,
            network,
            machines: Machines::default(),
            next_ip: 0,
        };
        town.put(json!({"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": "shop"}}));
        for (i, zone) in [(1, "a"), (2, "b"), (3, "a")] {
            let (name, ip) = (format!("n{i}"), format!("172.18.0.{i}"));
            town.machines
                .nodes
                .insert(name.as_str().into(), ip.parse().unwrap());
            town.put(json!({
                "apiVersion": "v1", "kind": "Node",
                "metadata": {"name": name, "labels": {"topology.kubernetes.io/zone": zone}},
                "status": {"addresses": [{"type": "InternalIP", "address": ip}]},
            }));
        }
        town
    }

    /// Commits an object as it is and lets the network see it.
    pub fn put(&mut self, value: Value) {
        let text = |field: &str| value[field].as_str().unwrap().to_owned();
        let kind = kinds::by_gvk(&text("apiVersion"), &text("kind"))
            .unwrap()
            .id;
        let object = Object::from_value(kind, value).unwrap();
        self.commit(object.key(), Some(object));
    }

    pub fn delete(&mut self, key: Key) {
        self.commit(key, None);
    }

    fn commit(&mut self, key: Key, object: Option<Object>) {
        self.world.commit(
            &Actor::Bootstrap,
            Verb::Update,
            key,
            object,
            Why::new("test"),
        );
        for change in self.world.take_pending() {
            let change: Arc<_> = change;
            self.network.observe(&mut self.world, &change);
        }
    }

    /// A running pod that answers at port 80, with its object; returns its address.
    pub fn pod(&mut self, name: &str, node: &str) -> IpAddr {
        self.next_ip += 1;
        let ip: IpAddr = format!("10.244.0.{}", self.next_ip).parse().unwrap();
        let machine = Machine {
            node: node.into(),
            ip,
            port: 80,
            protocol: Protocol::Tcp,
            code: 200,
            calls: Vec::new(),
        };
        self.machines.pods.insert(pod_key(name), machine);
        self.put(json!({
            "apiVersion": "v1", "kind": "Pod", "metadata": {"name": name, "namespace": "shop"},
            "spec": {"containers": [], "nodeName": node},
        }));
        ip
    }

    /// What a pod's program calls before it answers.
    pub fn calls(&mut self, pod: &str, targets: &[&str]) {
        let call = |t: &&str| Call {
            target: (*t).into(),
            required: true,
        };
        self.machines.pods.get_mut(&pod_key(pod)).unwrap().calls =
            targets.iter().map(call).collect();
    }

    /// A Service at port 80 with more of its spec.
    pub fn service(&mut self, name: &str, ip: &str, more: Value) {
        let mut spec = json!({"clusterIP": ip, "clusterIPs": [ip], "ports": [{"port": 80, "protocol": "TCP"}]});
        for (field, value) in more.as_object().into_iter().flatten() {
            spec[field] = value.clone();
        }
        let mut value = json!({
            "apiVersion": "v1", "kind": "Service", "metadata": {"name": name, "namespace": "shop"}, "spec": spec,
        });
        if let Some(ip) = value["spec"].as_object_mut().unwrap().remove("ingress") {
            value["status"] = json!({"loadBalancer": {"ingress": [{"ip": ip}]}});
        }
        self.put(value);
    }

    /// The slice of a Service: pods with `-` before their name are not ready, with `~` leaving but serving.
    pub fn slice(&mut self, service: &str, pods: &[&str]) {
        let endpoints: Vec<Value> = pods
            .iter()
            .map(|mark| {
                let name = mark.trim_start_matches(['-', '~']);
                let (ready, leaving) = (name == *mark, mark.starts_with('~'));
                let machine = &self.machines.pods[&pod_key(name)];
                json!({
                    "addresses": [machine.ip.to_string()], "nodeName": machine.node, "hostname": format!("host-{name}"),
                    "conditions": {"ready": ready, "serving": ready || leaving, "terminating": leaving},
                    "targetRef": {"kind": "Pod", "namespace": "shop", "name": name, "uid": ""},
                })
            })
            .collect();
        self.put(json!({
            "apiVersion": "discovery.k8s.io/v1", "kind": "EndpointSlice", "addressType": "IPv4",
            "metadata": {
                "name": format!("{service}-1"), "namespace": "shop",
                "labels": {"kubernetes.io/service-name": service},
            },
            "endpoints": endpoints, "ports": [{"name": "", "port": 80, "protocol": "TCP"}],
        }));
    }

    /// CoreDNS on `n2`, behind the kube-dns Service.
    pub fn core_dns(&mut self) {
        let key = Key::new(KindId::POD, "kube-system", "coredns-1");
        let machine = Machine {
            node: "n2".into(),
            ip: "10.244.9.9".parse().unwrap(),
            port: 53,
            protocol: Protocol::Udp,
            code: 200,
            calls: Vec::new(),
        };
        self.machines.pods.insert(key, machine);
        self.put(json!({
            "apiVersion": "v1", "kind": "Pod",
            "metadata": {"name": "coredns-1", "namespace": "kube-system", "labels": {"k8s-app": "kube-dns"}},
            "spec": {"containers": [], "nodeName": "n2"},
        }));
        self.put(json!({
            "apiVersion": "v1", "kind": "Service", "metadata": {"name": "kube-dns", "namespace": "kube-system"},
            "spec": {"clusterIP": "10.96.0.10", "ports": [{"name": "dns", "port": 53, "protocol": "UDP"}]},
        }));
        self.dns_ready(true);
    }

    pub fn dns_ready(&mut self, ready: bool) {
        self.put(json!({
            "apiVersion": "discovery.k8s.io/v1", "kind": "EndpointSlice", "addressType": "IPv4",
            "metadata": {
                "name": "kube-dns-1", "namespace": "kube-system",
                "labels": {"kubernetes.io/service-name": "kube-dns"},
            },
            "endpoints": [{
                "addresses": ["10.244.9.9"], "nodeName": "n2", "conditions": {"ready": ready},
                "targetRef": {"kind": "Pod", "namespace": "kube-system", "name": "coredns-1", "uid": ""},
            }],
            "ports": [{"name": "dns", "port": 53, "protocol": "UDP"}],
        }));
    }

    /// Lets virtual time pass, without work.
    pub fn pass(&mut self, span: Span) {
        self.world.now = self.world.now + span;
    }

    /// Lets virtual time pass and the network do its work.
    pub fn run(&mut self, span: Span) {
        let until = self.world.now + span;
        while let Some(work) = self.world.next_work(until) {
            if let Work::Network(work) = work {
                self.network.work_on(&mut self.world, work, &self.machines);
            }
        }
        self.world.now = until;
    }

    pub fn stop(&mut self, component: Component) {
        let now: Time = self.world.now;
        self.world.faults.stop(now, component.clone());
        self.network.stopped(&mut self.world, &component);
    }

    pub fn start(&mut self, component: Component) {
        self.world.faults.start(&component);
        self.network.started(&mut self.world, &component);
    }

    pub fn cut(&mut self, a: &str, b: &str) {
        self.world.faults.cut(self.world.now(), a, b);
        self.network.links_changed(&mut self.world);
    }

    pub fn mend(&mut self, a: &str, b: &str) {
        self.world.faults.mend(a, b);
        self.network.links_changed(&mut self.world);
    }

    /// What a node does with a packet, in a word: the chosen address, or why none.
    pub fn decide(&mut self, node: &str, from: Sender, ip: &str, port: u16) -> String {
        let to = (ip.parse().unwrap(), port);
        match self
            .network
            .decide(&self.world, node, from, to, Protocol::Tcp)
        {
            Decision::NoRule => "no rule".into(),
            Decision::Reject(_) => "reject".into(),
            Decision::Drop(_) => "drop".into(),
            Decision::Translate(t) => {
                let backend = t.backend();
                let masquerade = if t.masquerade { " masquerade" } else { "" };
                format!("{} of {}{masquerade}", backend.ip, t.candidates)
            }
        }
    }

    /// One request as it would go now, with those that it leads to.
    pub fn ask(&self, from: Place, target: &str) -> Vec<Trace> {
        self.network
            .trace(&self.world, &self.machines, &from, target)
    }
}

/// A trace in lines: `0.80ms pod web-1: arrive`.
pub fn lines(trace: &Trace) -> String {
    let mut out = String::new();
    for hop in &trace.hops {
        let place = match &hop.place {
            Place::Internet => "internet".into(),
            Place::LoadBalancer(key) => format!("balancer {}", key.name),
            Place::Node(name) => format!("node {name}"),
            Place::KubeProxy(name) => format!("proxy {name}"),
            Place::Pod(key) => format!("pod {}", key.name),
            Place::ApiServer => "API server".into(),
        };
        let step = match &hop.step {
            Step::Resolve {
                full_name, answers, ..
            } => format!("resolve {full_name} {answers:?}"),
            Step::Translate {
                service,
                from,
                to,
                candidates,
                masquerade,
                ..
            } => format!(
                "{} {}:{} -> {}:{} of {candidates}{}",
                service.name,
                from.0,
                from.1,
                to.0,
                to.1,
                if *masquerade { " masquerade" } else { "" }
            ),
            other => format!("{other:?}"),
        };
        out += &format!("{place}: {step}\n");
    }
    out
}
