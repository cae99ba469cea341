//! What the stage shows of a cluster, and nothing else: plain values that [`read`] fills from the store and tests fill by
//! hand.

pub mod names;
pub mod pod;
pub mod read;
pub mod slots;

use podarium_api::meta::{Str, Time, Uid};
use podarium_api::object::Key;
use podarium_api::ordered::{OrdMap, OrdSet};
use podarium_api::sort;

use crate::thing::{Component, Thing, ThingId};
pub use pod::PodState;
use slots::Slots;

/// A part of the control plane.
#[derive(Clone, Debug, PartialEq)]
pub struct Chip {
    /// Which.
    pub component: Component,
    /// Its name on the stage.
    pub label: Str,
    /// Whether it runs.
    pub runs: bool,
    /// Whether it has a small place without a name: there are more controllers than a learner needs to tell apart.
    pub minor: bool,
}

/// A node.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct NodeModel {
    /// Its zone; empty for none.
    pub zone: Str,
    /// Its internal address; empty for none yet.
    pub ip: Str,
    /// Its `Ready` condition; `None` is `Unknown`.
    pub ready: Option<bool>,
    /// Whether it takes no new pods.
    pub cordoned: bool,
    /// Whether the machine is on.
    pub powered: bool,
    /// Whether its kubelet runs.
    pub kubelet: bool,
    /// Whether its kube-proxy runs.
    pub proxy: bool,
    /// What pods may ask for: milli-cores and bytes.
    pub allocatable: (i64, i64),
    /// What its pods ask for: milli-cores and bytes.
    pub requested: (i64, i64),
}

/// A pod.
#[derive(Clone, Debug, PartialEq)]
pub struct PodModel {
    /// Its identity: another pod of the same name is another pod.
    pub uid: Uid,
    /// When it was created.
    pub created: Time,
    /// What made it, as far up as the chain of controllers goes.
    pub workload: Option<Key>,
    /// The few letters in its slot.
    pub short: Str,
    /// The node that it is bound to.
    pub node: Option<Str>,
    /// Its address, once it has one.
    pub ip: Str,
    /// How it is.
    pub state: PodState,
    /// The word that `kubectl get pods` would show.
    pub status: Str,
    /// Why it waits, in the cluster's own sentence.
    pub message: Option<Str>,
    /// How often its containers were restarted.
    pub restarts: u32,
    /// What it asks for: milli-cores and bytes.
    pub requests: (i64, i64),
    /// Whether it has ended and asks for nothing any more.
    pub ended: bool,
}

/// What kind of Service it is.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub enum ServiceType {
    /// Within the cluster.
    #[default]
    ClusterIp,
    /// Without an address of its own.
    Headless,
    /// On a port of every node.
    NodePort,
    /// Behind a load balancer.
    LoadBalancer,
    /// A name for another name.
    ExternalName,
}

/// A Service.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct ServiceModel {
    /// Which kind.
    pub kind: ServiceType,
    /// Its cluster address; empty for none.
    pub ip: Str,
    /// Endpoints that get traffic.
    pub ready: u32,
    /// All endpoints.
    pub total: u32,
}

/// Everything shown.
#[derive(Clone, Debug, Default)]
pub struct Model {
    /// The control plane, in order.
    pub chips: Vec<Chip>,
    /// etcd's revision.
    pub revision: u64,
    /// Nodes by name.
    pub nodes: OrdMap<Str, NodeModel>,
    /// Pods by namespace and name.
    pub pods: OrdMap<Key, PodModel>,
    /// Services by namespace and name.
    pub services: OrdMap<Key, ServiceModel>,
    /// Endpoints (ready, all) by slice, and the Service each is for.
    slices: OrdMap<Key, (Key, u32, u32)>,
    /// Links that are cut, and other faults that only lines show.
    pub cuts: OrdSet<(Str, Str)>,
    slots: Slots,
    names: names::Names,
    /// Pods removed since they were last asked for: they fade.
    gone: Vec<(ThingId, PodModel)>,
    /// Counts changes that may move or re-dress something.
    generation: u64,
    /// Counts those of them that are told in words.
    told: u64,
}

impl Model {
    /// Counts changes that may be seen.
    pub fn generation(&self) -> u64 {
        self.generation
    }

    /// Counts changes of what the outline says.
    pub fn told(&self) -> u64 {
        self.told
    }

    fn touch(&mut self) {
        self.generation += 1;
        self.told += 1;
    }

    /// Pods removed since this was last called.
    pub fn take_gone(&mut self) -> Vec<(ThingId, PodModel)> {
        std::mem::take(&mut self.gone)
    }

    /// Puts or replaces a node.
    pub fn set_node(&mut self, name: &Str, mut node: NodeModel) {
        let old = self.nodes.get(name);
        node.requested = old.map_or((0, 0), |n| n.requested);
        if old == Some(&node) {
            return;
        }
        if old.is_none() {
            for pod in self.pods.values() {
                if pod.node.as_ref() == Some(name) && !pod.ended {
                    add(&mut node.requested, pod.requests, 1);
                }
            }
        }
        self.nodes.insert(name.clone(), node);
        self.touch();
    }

    /// Removes a node.
    pub fn remove_node(&mut self, name: &Str) {
        if self.nodes.remove(name).is_some() {
            self.touch();
        }
    }

    /// Puts or replaces a pod; gives it a slot and a short name, which it keeps for life.
    pub fn set_pod(&mut self, key: &Key, mut pod: PodModel) {
        let old = self.pods.get(key);
        if let Some(old) = old.filter(|o| o.uid == pod.uid) {
            pod.short = old.short.clone();
            if *old == pod {
                return;
            }
        } else {
            let name = pod.workload.as_ref().unwrap_or(key).clone();
            pod.short = self.names.short(&name);
        }
        if old.is_none_or(|o| o.uid != pod.uid || o.node != pod.node) {
            self.let_go(key);
            self.slots.take(pod.node.as_ref(), key);
            self.names.hold(pod.workload.as_ref().unwrap_or(key));
        } else if let Some(old) = self.pods.get(key) {
            let (was, node) = (old.clone(), old.node.clone());
            self.account(node.as_ref(), &was, -1);
        }
        self.account(pod.node.clone().as_ref(), &pod, 1);
        self.pods.insert(key.clone(), pod);
        self.touch();
    }

    /// Removes a pod and frees its slot.
    pub fn remove_pod(&mut self, key: &Key) {
        if let Some(pod) = self.let_go(key) {
            // Nobody sees more of them fade at once, and a scene that is never drawn must not keep them all.
            if self.gone.len() < 200 {
                self.gone.push((Thing::Pod(key.clone()).id(), pod));
            }
            self.touch();
        }
    }

    fn let_go(&mut self, key: &Key) -> Option<PodModel> {
        let pod = self.pods.remove(key)?;
        self.account(pod.node.as_ref(), &pod, -1);
        self.slots.free(pod.node.as_ref(), key);
        self.names.release(pod.workload.as_ref().unwrap_or(key));
        Some(pod)
    }

    fn account(&mut self, node: Option<&Str>, pod: &PodModel, sign: i64) {
        if let Some(node) = node.and_then(|n| self.nodes.get_mut(n))
            && !pod.ended
        {
            add(&mut node.requested, pod.requests, sign);
        }
    }

    /// Puts or replaces a Service; its endpoints are counted from the slices.
    pub fn set_service(&mut self, key: &Key, mut service: ServiceModel) {
        (service.ready, service.total) = self.count(key);
        if self.services.get(key) != Some(&service) {
            self.services.insert(key.clone(), service);
            self.touch();
        }
    }

    /// Removes a Service.
    pub fn remove_service(&mut self, key: &Key) {
        if self.services.remove(key).is_some() {
            self.touch();
        }
    }

    /// Puts or replaces what a slice says: the Service it is for, and its endpoints, ready and all.
    pub fn set_slice(&mut self, key: &Key, service: &Key, ready: u32, total: u32) {
        let new = (service.clone(), ready, total);
        if self.slices.get(key) != Some(&new) {
            let old = self.slices.insert(key.clone(), new);
            if let Some((other, ..)) = old {
                self.recount(&other);
            }
            self.recount(service);
        }
    }

    /// Removes a slice.
    pub fn remove_slice(&mut self, key: &Key) {
        if let Some((service, ..)) = self.slices.remove(key) {
            self.recount(&service);
        }
    }

    fn count(&self, service: &Key) -> (u32, u32) {
        let own = self.slices.values().filter(|(s, ..)| s == service);
        own.fold((0, 0), |(r, t), (_, ready, total)| (r + ready, t + total))
    }

    fn recount(&mut self, service: &Key) {
        let counted = self.count(service);
        if let Some(s) = self.services.get_mut(service)
            && (s.ready, s.total) != counted
        {
            (s.ready, s.total) = counted;
            self.touch();
        }
    }

    /// Says of the control plane which parts there are and which of them run.
    pub fn set_chips(&mut self, chips: Vec<Chip>) {
        if self.chips != chips {
            self.chips = chips;
            self.touch();
        }
    }

    /// Says etcd's revision.
    pub fn set_revision(&mut self, revision: u64) {
        if self.revision != revision {
            self.revision = revision;
            // A number that every write changes: seen, but not worth telling.
            self.generation += 1;
        }
    }

    /// Says which links are cut.
    pub fn set_cuts(&mut self, cuts: OrdSet<(Str, Str)>) {
        if self.cuts != cuts {
            self.cuts = cuts;
            self.touch();
        }
    }

    /// The slots of a node, or of the row of those that wait: a pod or a gap each.
    pub fn slots(&self, node: Option<&Str>) -> &[Option<Key>] {
        self.slots.of(node)
    }

    /// Which slot a pod has on its node or in the waiting row.
    pub fn slot(&self, key: &Key) -> Option<usize> {
        self.slots.find(self.pods.get(key)?.node.as_ref(), key)
    }

    /// Services in the order they are shown: people's own first, then the system's; those that are reached from outside
    /// first; then by namespace and name.
    pub fn services_in_order(&self) -> Vec<(&Key, &ServiceModel)> {
        let mut all: Vec<_> = self.services.iter().collect();
        sort::by_key(&mut all, |(key, service)| {
            let outside = matches!(
                service.kind,
                ServiceType::LoadBalancer | ServiceType::NodePort
            );
            (is_system(key), !outside, &*key.namespace != "default", *key)
        });
        all
    }

    /// Zones with their nodes, by name; nodes without a zone come last.
    pub fn zones(&self) -> Vec<(Str, Vec<Str>)> {
        let mut zones: OrdMap<(bool, &Str), Vec<Str>> = OrdMap::new();
        for (name, node) in &self.nodes {
            let place = (node.zone.is_empty(), &node.zone);
            zones.entry(place).or_default().push(name.clone());
        }
        let mut zones: Vec<_> = zones
            .into_iter()
            .map(|((_, zone), nodes)| (zone.clone(), nodes))
            .collect();
        for (_, nodes) in &mut zones {
            sort::by(nodes, |a, b| natural(a).cmp(&natural(b)));
        }
        zones
    }

    /// What made pods: each workload once, by key.
    pub fn workloads(&self) -> OrdSet<&Key> {
        self.pods
            .values()
            .filter_map(|p| p.workload.as_ref())
            .collect()
    }

    /// The thing of that number, if it is in the model.
    pub fn thing(&self, id: ThingId) -> Option<Thing> {
        let fixed = [Thing::Internet].into_iter();
        let chips = self
            .chips
            .iter()
            .map(|c| Thing::ControlPlane(c.component.clone()));
        let zones = self.nodes.values().map(|n| Thing::Zone(n.zone.clone()));
        let nodes = self.nodes.keys().flat_map(|n| {
            [
                Thing::Node(n.clone()),
                Thing::Kubelet(n.clone()),
                Thing::KubeProxy(n.clone()),
            ]
        });
        let services = self.services.keys().map(|k| Thing::Service(k.clone()));
        let pods = self.pods.keys().map(|k| Thing::Pod(k.clone()));
        let workloads = self
            .pods
            .values()
            .filter_map(|p| p.workload.clone())
            .map(Thing::Workload);
        fixed
            .chain(chips)
            .chain(zones)
            .chain(nodes)
            .chain(services)
            .chain(pods)
            .chain(workloads)
            .find(|t| t.id() == id)
    }
}

/// Whether it is the cluster's own rather than somebody's application.
pub fn is_system(key: &Key) -> bool {
    key.namespace.starts_with("kube-") || (&*key.namespace, &*key.name) == ("default", "kubernetes")
}

/// A name that sorts as people count: node-2 before node-10.
fn natural(name: &str) -> (&str, u64, &str) {
    let stem = name.trim_end_matches(|c: char| c.is_ascii_digit());
    (stem, name[stem.len()..].parse().unwrap_or_default(), name)
}

fn add(to: &mut (i64, i64), what: (i64, i64), sign: i64) {
    to.0 += sign * what.0;
    to.1 += sign * what.1;
}
