//! Things on the stage and the tree of them that the page mirrors in the DOM.

use std::num::NonZeroU64;
use std::sync::Arc;

use podarium_api::meta::Str;
use podarium_api::object::Key;

use crate::display::Message;

/// A part of the control plane that has a place on the stage.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Component {
    /// etcd.
    Etcd,
    /// kube-apiserver.
    ApiServer,
    /// kube-scheduler.
    Scheduler,
    /// A controller of the controller manager, by upstream's name (`replicaset-controller`).
    Controller(&'static str),
}

/// What can be pointed at, selected and asked about.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Thing {
    /// A part of the control plane.
    ControlPlane(Component),
    /// The world outside.
    Internet,
    /// A Service.
    Service(Key),
    /// A zone, by the value of `topology.kubernetes.io/zone`.
    Zone(Str),
    /// A node.
    Node(Str),
    /// The kubelet of a node.
    Kubelet(Str),
    /// The kube-proxy of a node.
    KubeProxy(Str),
    /// A pod.
    Pod(Key),
    /// What made pods: a Deployment, a ReplicaSet, a Job …
    Workload(Key),
}

/// A thing's number: the same for the same thing in every scene, so a DOM id may be made of it.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct ThingId(NonZeroU64);

impl ThingId {
    /// The number.
    pub fn get(self) -> u64 {
        self.0.get()
    }
}

impl std::fmt::Debug for ThingId {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "ThingId({:016x})", self.0)
    }
}

impl std::fmt::Display for ThingId {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{:016x}", self.0)
    }
}

impl Thing {
    /// The thing's number: FNV-1a over what names it.
    pub fn id(&self) -> ThingId {
        let (tag, a, b, kind): (u8, &str, &str, u8) = match self {
            Thing::ControlPlane(Component::Etcd) => (1, "", "", 0),
            Thing::ControlPlane(Component::ApiServer) => (2, "", "", 0),
            Thing::ControlPlane(Component::Scheduler) => (3, "", "", 0),
            Thing::ControlPlane(Component::Controller(name)) => (4, name, "", 0),
            Thing::Internet => (5, "", "", 0),
            Thing::Service(key) => (6, &key.namespace, &key.name, 0),
            Thing::Zone(name) => (7, name, "", 0),
            Thing::Node(name) => (8, name, "", 0),
            Thing::Kubelet(name) => (9, name, "", 0),
            Thing::KubeProxy(name) => (10, name, "", 0),
            Thing::Pod(key) => (11, &key.namespace, &key.name, 0),
            Thing::Workload(key) => (12, &key.namespace, &key.name, key.kind.index() as u8),
        };
        let mut hash: u64 = 0xcbf2_9ce4_8422_2325;
        let mut eat =
            |byte: u8| hash = (hash ^ u64::from(byte)).wrapping_mul(0x0000_0100_0000_01b3);
        eat(tag);
        eat(kind);
        a.bytes().for_each(&mut eat);
        // No name contains it, so ("ab", "c") and ("a", "bc") differ.
        eat(0);
        b.bytes().for_each(&mut eat);
        ThingId(NonZeroU64::new(hash).unwrap_or(NonZeroU64::MIN))
    }

    /// The API object behind it, where there is one.
    pub fn key(&self) -> Option<Key> {
        use podarium_api::kinds::KindId;
        match self {
            Thing::Service(key) | Thing::Pod(key) | Thing::Workload(key) => Some(key.clone()),
            Thing::Node(name) => Some(Key::new(KindId::NODE, "", name)),
            _ => None,
        }
    }
}

/// One entry of the tree of things.
#[derive(Clone, Debug, PartialEq)]
pub struct Outline {
    /// What it is; `None` for a heading that only groups.
    pub thing: Option<Thing>,
    /// Its name, or nothing where `words` say it all.
    pub name: Str,
    /// What is to be said of it, in order: its kind, its state, its numbers.
    pub words: Vec<Arc<Message>>,
    /// What is in it.
    pub children: Vec<Outline>,
}

#[cfg(test)]
mod tests {
    use super::*;
    use podarium_api::kinds::KindId;

    #[test]
    fn a_number_tells_things_apart_by_what_names_them() {
        let key = |ns: &str, name: &str| Key::new(KindId::POD, ns, name);
        let all = [
            Thing::Internet,
            Thing::Node("a".into()),
            Thing::Kubelet("a".into()),
            Thing::Pod(key("ab", "c")),
            Thing::Pod(key("a", "bc")),
            Thing::Service(key("a", "bc")),
            Thing::Workload(Key::new(KindId::DEPLOYMENT, "a", "bc")),
            Thing::Workload(Key::new(KindId::REPLICA_SET, "a", "bc")),
        ];
        let mut ids: Vec<_> = all.iter().map(Thing::id).collect();
        ids.sort();
        ids.dedup();
        assert_eq!(ids.len(), all.len());
        assert_eq!(Thing::Internet.id(), Thing::Internet.id());
        assert_eq!(Thing::Internet.id().to_string().len(), 16);
    }
}
