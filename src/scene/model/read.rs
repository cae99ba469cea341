//! Fills the model from a cluster: everything at first, then only what changed.

use podarium_api::kinds::KindId;
use podarium_api::meta::Str;
use podarium_api::object::{DeploymentBody, Key, NodeBody, Object, ReplicaSetBody, ServiceBody};
use podarium_api::ordered::OrdMap;
use podarium_api::pod::{Pod, PodBody};
use podarium_api::requests::{Amounts, pod_requests};
use podarium_api::slice::SliceBody;
use podarium_api::sort;
use podarium_cluster::sim::Component as Part;
use podarium_cluster::store::Store;
use podarium_cluster::{World, controllers};

use super::pod::state;
use super::{Chip, Model, NodeModel, PodModel, ServiceModel, ServiceType};
use crate::thing::Component;

/// The label that names a node's zone.
const ZONE: &str = "topology.kubernetes.io/zone";

/// The label that names a slice's Service.
const SERVICE_NAME: &str = "kubernetes.io/service-name";

impl Model {
    /// Takes in everything, as if for the first time; what is still there keeps its slot and its short name.
    pub fn read_all(&mut self, world: &World) {
        let store = world.store();
        self.retain(store);
        for kind in [KindId::NODE, KindId::SERVICE, KindId::ENDPOINT_SLICE] {
            for object in store.list(kind) {
                self.read_object(world, object);
            }
        }
        // Slots are given in the order of creation, as they would have been had the scene looked on.
        let mut pods: Vec<_> = store.all::<PodBody>().collect();
        sort::by_key(&mut pods, |p| (p.meta.created, p.meta.resource_version));
        for pod in pods {
            self.read_pod(store, pod);
        }
        self.read_rest(world);
    }

    /// Takes in what was committed after `revision`.
    pub fn read_since(&mut self, world: &World, revision: u64) {
        let Some(changes) = world.store().changes_after(revision) else {
            return self.read_all(world);
        };
        // Only the last state is shown, so each object is read once, however often it changed.
        let mut latest: OrdMap<&Key, u64> = OrdMap::new();
        for change in changes {
            latest.insert(&change.key, change.revision);
        }
        let mut latest: Vec<_> = latest.into_iter().map(|(k, r)| (r, k)).collect();
        sort::natural(&mut latest);
        for (_, key) in latest {
            match world.store().get(key) {
                Some(object) => self.read_object(world, object),
                None => self.forget(key),
            }
        }
        self.read_rest(world);
    }

    /// Takes in what is not in the store: what is stopped or cut.
    pub fn read_faults(&mut self, world: &World) {
        let names: Vec<Str> = self.nodes.keys().cloned().collect();
        for name in names {
            let mut node = self.nodes[&name].clone();
            power(&mut node, world, &name);
            self.set_node(&name, node);
        }
        self.read_rest(world);
    }

    fn read_rest(&mut self, world: &World) {
        self.set_revision(world.store().revision());
        self.set_chips(chips(world));
        let cuts = world.faults.cuts();
        self.set_cuts(cuts.map(|(a, b)| (a.into(), b.into())).collect());
    }

    fn retain(&mut self, store: &Store) {
        let gone: Vec<Key> = self
            .pods
            .iter()
            .filter(|(key, pod)| store.get(key).is_none_or(|o| o.meta().uid != pod.uid))
            .map(|(key, _)| key.clone())
            .chain(
                self.nodes
                    .keys()
                    .map(|n| Key::new(KindId::NODE, "", n))
                    .filter(|k| store.get(k).is_none()),
            )
            .chain(
                self.services
                    .keys()
                    .filter(|k| store.get(k).is_none())
                    .cloned(),
            )
            .chain(
                self.slices
                    .keys()
                    .filter(|k| store.get(k).is_none())
                    .cloned(),
            )
            .collect();
        for key in gone {
            self.forget(&key);
        }
    }

    fn forget(&mut self, key: &Key) {
        match key.kind {
            KindId::POD => self.remove_pod(key),
            KindId::NODE => self.remove_node(&key.name),
            KindId::SERVICE => self.remove_service(key),
            KindId::ENDPOINT_SLICE => self.remove_slice(key),
            _ => {}
        }
    }

    fn read_object(&mut self, world: &World, object: &Object) {
        match object {
            Object::Pod(pod) => self.read_pod(world.store(), pod),
            Object::Node(node) => {
                let mut model = read_node(&node.body);
                model.zone = node.meta.labels.get(ZONE).unwrap_or_default().into();
                power(&mut model, world, &node.meta.name);
                self.set_node(&node.meta.name, model);
            }
            Object::Service(service) => {
                self.set_service(&object.key(), read_service(&service.body))
            }
            Object::EndpointSlice(slice) => {
                if let Some(name) = slice.meta.labels.get(SERVICE_NAME) {
                    let service = Key::new(KindId::SERVICE, &slice.meta.namespace, name);
                    let (ready, total) = count(&slice.body);
                    self.set_slice(&object.key(), &service, ready, total);
                }
            }
            _ => {}
        }
    }

    fn read_pod(&mut self, store: &Store, pod: &Pod) {
        let key = Key {
            kind: KindId::POD,
            namespace: pod.meta.namespace.clone(),
            name: pod.meta.name.clone(),
        };
        let (state, status) = state(pod);
        let known = self.pods.get(&key).filter(|p| p.uid == pod.meta.uid);
        let (requests, workload) = match known {
            Some(p) => (p.requests, p.workload.clone()),
            None => {
                let asked = pod_requests(&pod.body.spec);
                ((asked.cpu, asked.memory), workload(store, pod))
            }
        };
        let scheduled = pod.body.status.condition("PodScheduled");
        let message = match scheduled {
            Some(c) if pod.body.node_name.is_none() => c.message.clone(),
            _ => pod.body.status.message.clone(),
        };
        let status_containers = &pod.body.status.containers;
        self.set_pod(
            &key,
            PodModel {
                uid: pod.meta.uid,
                created: pod.meta.created,
                workload,
                short: "".into(),
                node: pod.body.node_name.clone(),
                ip: pod.ip().map(|ip| ip.to_string().into()).unwrap_or_default(),
                state,
                status,
                message,
                restarts: status_containers.iter().map(|c| c.restart_count).sum(),
                requests,
                ended: pod.body.status.phase.is_terminal(),
            },
        );
    }
}

/// What made a pod, as far up as the chain of controllers goes: the Deployment behind the ReplicaSet, or the nearest
/// known.
fn workload(store: &Store, pod: &Pod) -> Option<Key> {
    let namespace = &pod.meta.namespace;
    let owner = pod.meta.controller()?;
    let kind = kind_of(&owner.kind)?;
    if kind == KindId::REPLICA_SET {
        let set = store.find::<ReplicaSetBody>(namespace, &owner.name);
        let above = set.and_then(|s| s.meta.controller());
        if let Some(above) =
            above.filter(|o| store.find::<DeploymentBody>(namespace, &o.name).is_some())
        {
            return Some(Key::new(KindId::DEPLOYMENT, namespace, &above.name));
        }
    }
    Some(Key::new(kind, namespace, &owner.name))
}

fn kind_of(name: &str) -> Option<KindId> {
    podarium_api::kinds::KINDS
        .iter()
        .find(|row| row.kind == name)
        .map(|row| row.id)
}

fn read_node(body: &NodeBody) -> NodeModel {
    let status = &body.status;
    let addresses = status.addresses.as_deref().unwrap_or_default();
    let ip = addresses.iter().find(|a| a.type_ == "InternalIP");
    let conditions = status.conditions.as_deref().unwrap_or_default();
    let ready = conditions.iter().find(|c| c.type_ == "Ready");
    let allocatable = Amounts::from_list(status.allocatable.as_ref());
    NodeModel {
        ip: ip.map(|a| a.address.as_str().into()).unwrap_or_default(),
        ready: match ready.map(|c| c.status.as_str()) {
            Some("True") => Some(true),
            Some("False") => Some(false),
            _ => None,
        },
        cordoned: body.spec.unschedulable.unwrap_or_default(),
        allocatable: (allocatable.cpu, allocatable.memory),
        ..NodeModel::default()
    }
}

fn power(node: &mut NodeModel, world: &World, name: &Str) {
    node.powered = world.faults.runs(&Part::Node(name.clone()));
    node.kubelet = world.faults.runs(&Part::Kubelet(name.clone()));
    node.proxy = world.faults.runs(&Part::KubeProxy(name.clone()));
}

fn read_service(body: &ServiceBody) -> ServiceModel {
    let ip = body.spec.cluster_ip.as_deref().unwrap_or_default();
    let kind = match body.spec.type_.as_deref() {
        Some("ExternalName") => ServiceType::ExternalName,
        _ if ip == "None" => ServiceType::Headless,
        Some("LoadBalancer") => ServiceType::LoadBalancer,
        Some("NodePort") => ServiceType::NodePort,
        _ => ServiceType::ClusterIp,
    };
    let ip = match kind {
        ServiceType::Headless => "",
        ServiceType::ExternalName => body.spec.external_name.as_deref().unwrap_or_default(),
        _ => ip,
    };
    ServiceModel {
        kind,
        ip: ip.into(),
        ..ServiceModel::default()
    }
}

fn count(slice: &SliceBody) -> (u32, u32) {
    let ready = slice
        .endpoints
        .iter()
        .filter(|e| e.conditions.is_ready())
        .count();
    (ready as u32, slice.endpoints.len() as u32)
}

/// Controllers that stand on the stage with their names, in order, and what they are called there; the others follow,
/// small.
const CONTROLLERS: [(&str, &str); 5] = [
    ("deployment-controller", "deployment"),
    ("replicaset-controller", "replicaset"),
    ("endpointslice-controller", "endpointslice"),
    ("node-lifecycle-controller", "node lifecycle"),
    ("garbage-collector-controller", "garbage collector"),
];

fn chips(world: &World) -> Vec<Chip> {
    let chip = |component, label: &str, runs| Chip {
        component,
        label: label.into(),
        runs,
        minor: false,
    };
    let scheduler = world.faults.runs(&Part::Scheduler);
    let manager = world.faults.runs(&Part::ControllerManager);
    let mut all = vec![
        chip(Component::Etcd, "etcd", true),
        chip(Component::ApiServer, "API server", true),
        chip(Component::Scheduler, "scheduler", scheduler),
    ];
    let place = |name: &str| CONTROLLERS.iter().position(|(n, _)| *n == name);
    let mut names: Vec<&'static str> = controllers::ALL.iter().map(|e| e.doc.name).collect();
    sort::by_key(&mut names, |name| place(name).unwrap_or(CONTROLLERS.len()));
    all.extend(names.into_iter().map(|name| {
        let label = place(name).map_or(name.trim_end_matches("-controller"), |p| CONTROLLERS[p].1);
        Chip {
            minor: place(name).is_none(),
            ..chip(Component::Controller(name), label, manager)
        }
    }));
    all
}
