//! The shared tables of the network: Services and nodes as they were and are, found by name and by address.
//!
//! Every commit to a Service or one of its slices makes a new version beside the old ones. A reader takes the newest that
//! it has heard of ([`Views`](super::views::Views)); what nobody can ask for any more is forgotten.

use std::collections::VecDeque;
use std::net::IpAddr;
use std::sync::Arc;

use podarium_api::kinds::KindId;
use podarium_api::meta::{Str, Time};
use podarium_api::object::{Key, Node, NodeBody, Object, ServiceBody};
use podarium_api::ordered::{OrdMap, OrdSet};
use podarium_api::slice::{EndpointSlice, SliceBody};

use super::Protocol;
use super::compile::{Rules, ServiceType, Version};
use super::views::{Reader, Role, Views};
use crate::config::Config;
use crate::store::Change;

/// The label that ties a slice to its Service.
const SERVICE_NAME: &str = "kubernetes.io/service-name";

/// What the network knows of a node.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NodeInfo {
    /// Its addresses, as its status has them.
    pub ips: Vec<IpAddr>,
    /// Its zone; empty when it has no such label.
    pub zone: Str,
    /// Whether its `Ready` condition is true.
    pub ready: bool,
    /// Whether load balancers leave it out.
    pub excluded: bool,
}

/// A destination that rules may match: an address and port, or a node port.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Front {
    ip: u128,
    port: u16,
    protocol: Protocol,
}

impl Front {
    pub fn address(ip: IpAddr, port: u16, protocol: Protocol) -> Self {
        let ip = match ip {
            IpAddr::V4(ip) => u128::from(ip.to_ipv6_mapped()),
            IpAddr::V6(ip) => u128::from(ip),
        };
        Front { ip, port, protocol }
    }

    /// `::` and `::1` are never a Service's address, so they stand for the node ports of the two families.
    pub fn node_port(v6: bool, port: u16, protocol: Protocol) -> Self {
        Front {
            ip: u128::from(v6),
            port,
            protocol,
        }
    }
}

#[derive(Clone, Debug)]
struct Slot {
    key: Key,
    slices: OrdMap<Str, Arc<EndpointSlice>>,
    /// Oldest first; never empty.
    versions: Vec<Arc<Version>>,
}

/// The shared tables. A clone shares everything.
#[derive(Clone, Debug, Default)]
pub(super) struct Tables {
    pub views: Views,
    nodes: OrdMap<Str, Arc<NodeInfo>>,
    slots: OrdMap<u32, Arc<Slot>>,
    by_key: OrdMap<Key, u32>,
    fronts: OrdMap<Front, Arc<[u32]>>,
    namespaces: OrdSet<Str>,
    next_slot: u32,
    /// Slots with versions that nobody will need soon, by when.
    retiring: VecDeque<(Time, u32)>,
}

impl Tables {
    pub fn new(config: &Config) -> Self {
        Tables {
            views: Views::new(config),
            ..Tables::default()
        }
    }

    /// Takes in a commit, of a world that began at `start`.
    pub fn observe(&mut self, start: Time, now: Time, change: &Change) {
        match change.object() {
            Object::Service(_) => {
                let service = change.new.as_ref().and_then(Object::as_kind::<ServiceBody>);
                let rules = service.map(|s| Arc::new(Rules::new(s)));
                self.push(change.key.clone(), change, |_| {}, Some(rules));
            }
            Object::EndpointSlice(_) => self.observe_slice(change),
            Object::Node(_) => self.observe_node(start, now, change),
            Object::Namespace(_) if change.new.is_some() => {
                self.namespaces.insert(change.key.name.clone());
            }
            Object::Namespace(_) => {
                self.namespaces.remove(&change.key.name);
            }
            _ => {}
        }
        self.prune(now);
    }

    fn observe_slice(&mut self, change: &Change) {
        let service = |o: &Option<Object>| {
            let slice = o.as_ref()?.as_kind::<SliceBody>()?;
            let name = slice.meta.labels.get(SERVICE_NAME)?;
            Some((
                Key::new(KindId::SERVICE, &slice.meta.namespace, name),
                slice.clone(),
            ))
        };
        let (old, new) = (service(&change.old), service(&change.new));
        let name = change.key.name.clone();
        if let Some((key, _)) = old.filter(|(k, _)| new.as_ref().is_none_or(|(n, _)| n != k)) {
            let name = name.clone();
            self.push(key, change, move |slices| drop(slices.remove(&name)), None);
        }
        if let Some((key, slice)) = new {
            self.push(
                key,
                change,
                move |slices| drop(slices.insert(name, slice)),
                None,
            );
        }
    }

    fn observe_node(&mut self, start: Time, now: Time, change: &Change) {
        let name = &change.key.name;
        let old = self.nodes.get(name).cloned();
        let Some(node) = change.new.as_ref().and_then(Object::as_kind::<NodeBody>) else {
            self.nodes.remove(name);
            self.views.forget(now, Some(name));
            return;
        };
        let info = node_info(node);
        if old.as_deref() == Some(&info) {
            return;
        }
        // The kube-proxy of a new node starts with nothing and lists; at the beginning of time nobody knows anything yet.
        if old.is_none() && now > start {
            self.views.lose(Role::Proxy, name, now, true);
            self.views.regain(Role::Proxy, name, now);
        }
        self.nodes.insert(name.clone(), Arc::new(info));
    }

    /// Makes a new version of a Service: with changed slices, with changed rules, or both.
    fn push(
        &mut self,
        key: Key,
        change: &Change,
        edit: impl FnOnce(&mut OrdMap<Str, Arc<EndpointSlice>>),
        rules: Option<Option<Arc<Rules>>>,
    ) {
        let id = match self.by_key.get(&key) {
            Some(id) => *id,
            None => {
                self.next_slot += 1;
                self.by_key.insert(key.clone(), self.next_slot);
                let slot = Slot {
                    key,
                    slices: OrdMap::new(),
                    versions: Vec::new(),
                };
                self.slots.insert(self.next_slot, Arc::new(slot));
                self.next_slot
            }
        };
        let slot = self
            .slots
            .get_mut(&id)
            .expect("by_key names slots that are there");
        let slot = Arc::make_mut(slot);
        edit(&mut slot.slices);
        let rules = rules.unwrap_or_else(|| slot.versions.last().and_then(|v| v.rules.clone()));
        let slices = slot.slices.values().cloned().collect();
        let stamp = (change.time, change.revision, change.record);
        slot.versions
            .push(Arc::new(Version::new(stamp, rules.clone(), slices)));
        for front in rules.iter().filter(|r| r.proxied).flat_map(|r| fronts(r)) {
            let ids = self.fronts.get(&front).map_or(&[][..], |ids| ids);
            if !ids.contains(&id) {
                let ids = ids.iter().copied().chain([id]).collect();
                self.fronts.insert(front, ids);
            }
        }
        self.retiring
            .push_back((change.time + self.views.longest(), id));
    }

    /// Forgets versions that no reader can be at any more.
    fn prune(&mut self, now: Time) {
        let mut horizons = None;
        while let Some((due, id)) = self.retiring.front().copied() {
            if due > now {
                return;
            }
            self.retiring.pop_front();
            let horizons = horizons
                .get_or_insert_with(|| self.views.horizons(now))
                .clone();
            self.prune_slot(id, &horizons);
        }
    }

    /// A reader is back: what was kept for it alone is looked through once it has caught up.
    pub fn regain(&mut self, role: Role, node: &Str, now: Time) {
        self.views.regain(role, node, now);
        let due = now + self.views.longest();
        let kept = self
            .slots
            .iter()
            .filter(|(_, slot)| slot.versions.len() > 1);
        self.retiring.extend(kept.map(|(id, _)| (due, *id)));
    }

    fn prune_slot(&mut self, id: u32, horizons: &[Time]) {
        let longest = self.views.longest();
        let Some(slot) = self.slots.get(&id) else {
            return;
        };
        // Somebody at `h` may be at a version unless it is from later, or its successor has surely arrived by then.
        let needed = |i: usize| {
            let successor = slot.versions.get(i + 1).map(|v| v.time + longest);
            let mut at = horizons.iter();
            at.any(|h| slot.versions[i].time <= *h && successor.is_none_or(|s| s > *h))
        };
        let (mut kept, mut old) = (Vec::new(), Vec::new());
        for (i, version) in slot.versions.iter().enumerate() {
            if needed(i) { &mut kept } else { &mut old }.push(version.clone());
        }
        let gone = match &kept[..] {
            [last] => last.rules.is_none() && slot.slices.is_empty(),
            _ => false,
        };
        if gone {
            old.append(&mut kept);
            let key = slot.key.clone();
            self.slots.remove(&id);
            self.by_key.remove(&key);
        } else if old.is_empty() {
            return;
        } else {
            let slot = self.slots.get_mut(&id).expect("it was there just above");
            Arc::make_mut(slot).versions.clone_from(&kept);
        }
        self.drop_fronts(id, old.iter(), &kept);
    }

    /// Removes what led to a slot by way of versions that are gone, and of none that are kept.
    fn drop_fronts<'a>(
        &mut self,
        id: u32,
        gone: impl Iterator<Item = &'a Arc<Version>>,
        kept: &[Arc<Version>],
    ) {
        let rules_of = |v: &'a Arc<Version>| v.rules.as_ref().filter(|r| r.proxied);
        let mut last: Option<&Arc<Rules>> = None;
        for rules in gone.filter_map(rules_of) {
            let same = |other: &Arc<Rules>| Arc::ptr_eq(other, rules);
            // Most versions differ in endpoints only and share their rules.
            if last.is_some_and(same) || kept.iter().filter_map(|v| v.rules.as_ref()).any(same) {
                continue;
            }
            last = Some(rules);
            for front in fronts(rules) {
                let still = |r: &Arc<Rules>| r.proxied && fronts(r).contains(&front);
                if kept.iter().filter_map(|v| v.rules.as_ref()).any(still) {
                    continue;
                }
                let Some(ids) = self.fronts.get(&front) else {
                    continue;
                };
                let rest: Arc<[u32]> = ids.iter().copied().filter(|i| *i != id).collect();
                if rest.is_empty() {
                    self.fronts.remove(&front);
                } else {
                    self.fronts.insert(front, rest);
                }
            }
        }
    }

    /// The newest version of a slot that the reader has heard of.
    fn version(&self, id: u32, reader: Reader<'_>, now: Time) -> Option<&Arc<Version>> {
        let versions = self.slots.get(&id)?.versions.iter().rev();
        versions
            .into_iter()
            .find(|v| self.views.has_heard(reader, v.time, now))
    }

    /// What a reader has of a Service by name, if it has heard of it.
    pub fn by_name(
        &self,
        key: &Key,
        reader: Reader<'_>,
        now: Time,
    ) -> Option<(&Arc<Version>, &Arc<Rules>)> {
        let version = self.version(*self.by_key.get(key)?, reader, now)?;
        Some((version, version.rules.as_ref()?))
    }

    /// The versions of all Services with a rule for that destination, as a node's kube-proxy has them, with the slot's
    /// number.
    pub fn by_front(
        &self,
        front: Front,
        node: &str,
        now: Time,
    ) -> impl Iterator<Item = (u32, &Arc<Version>, &Arc<Rules>)> {
        let ids = self.fronts.get(&front).map_or(&[][..], |ids| ids);
        ids.iter().filter_map(move |id| {
            let version = self.version(*id, Reader::Proxy(node), now)?;
            let rules = version.rules.as_ref().filter(|r| r.proxied)?;
            Some((*id, version, rules))
        })
    }

    /// A Service as it is stored now.
    pub fn newest(&self, key: &Key) -> Option<(&Arc<Version>, &Arc<Rules>)> {
        let slot = self.slots.get(self.by_key.get(key)?)?;
        let version = slot.versions.last()?;
        Some((version, version.rules.as_ref()?))
    }

    /// All Services as they are stored now, by namespace and name.
    pub fn all(&self) -> impl Iterator<Item = (&Arc<Version>, &Arc<Rules>)> {
        self.by_key.keys().filter_map(|key| self.newest(key))
    }

    /// The Services behind a load balancer's address and port, whoever answers for it.
    pub fn balancer(&self, ip: IpAddr) -> Option<(&Arc<Version>, &Arc<Rules>)> {
        self.all().find(|(_, r)| {
            r.kind == ServiceType::LoadBalancer && r.ingress.iter().any(|(i, _)| *i == ip)
        })
    }

    /// When the oldest change to a Service was committed that the reader has not heard of.
    pub fn unheard_since(&self, key: &Key, reader: Reader<'_>, now: Time) -> Option<Time> {
        let slot = self.slots.get(self.by_key.get(key)?)?;
        let unheard = slot.versions.iter().rev();
        let unheard = unheard.take_while(|v| !self.views.has_heard(reader, v.time, now));
        unheard.last().map(|v| v.time)
    }

    /// How many slots, versions and destinations there are.
    #[cfg(test)]
    pub fn size(&self) -> (usize, usize, usize) {
        let versions = self.slots.values().map(|s| s.versions.len()).sum();
        (self.slots.len(), versions, self.fronts.len())
    }

    pub fn has_namespace(&self, name: &str) -> bool {
        self.namespaces.contains(name)
    }

    pub fn node(&self, name: &str) -> Option<&Arc<NodeInfo>> {
        self.nodes.get(name)
    }

    pub fn nodes(&self) -> impl Iterator<Item = (&Str, &Arc<NodeInfo>)> {
        self.nodes.iter()
    }
}

/// Every destination that a Service's rules match.
fn fronts(rules: &Rules) -> Vec<Front> {
    let balancers = rules
        .ingress
        .iter()
        .filter(|(_, vip)| *vip)
        .map(|(ip, _)| ip);
    let ips = rules
        .cluster_ips
        .iter()
        .chain(&rules.external_ips)
        .chain(balancers);
    let ips: Vec<IpAddr> = ips.copied().collect();
    let mut out = Vec::new();
    for port in &rules.ports {
        out.extend(
            ips.iter()
                .map(|ip| Front::address(*ip, port.port, port.protocol)),
        );
        if port.node_port != 0 {
            for v6 in [false, true] {
                if rules.cluster_ips.iter().any(|ip| ip.is_ipv6() == v6) {
                    out.push(Front::node_port(v6, port.node_port, port.protocol));
                }
            }
        }
    }
    out
}

fn node_info(node: &Node) -> NodeInfo {
    let status = &node.body.status;
    let labels = &node.meta.labels;
    NodeInfo {
        ips: status
            .addresses
            .iter()
            .flatten()
            .filter(|a| a.type_ == "InternalIP" || a.type_ == "ExternalIP")
            .filter_map(|a| a.address.parse().ok())
            .collect(),
        zone: labels
            .get("topology.kubernetes.io/zone")
            .unwrap_or_default()
            .into(),
        ready: status
            .conditions
            .iter()
            .flatten()
            .any(|c| c.type_ == "Ready" && c.status == "True"),
        excluded: labels
            .get("node.kubernetes.io/exclude-from-external-load-balancers")
            .is_some(),
    }
}
