//! What the controller manager knows: its informers' shared cache with its indexes, fed by watch deliveries alone.
// upstream: staging/src/k8s.io/client-go/tools/cache/shared_informer.go; indexes as pkg/controller/controller_utils.go AddPodControllerIndexer

use std::sync::Arc;

use podarium_api::kinds::KindId;
use podarium_api::meta::{Labels, Meta, OwnerReference, Str, Time, Uid};
use podarium_api::object::{Body, Key, Obj, Object};
use podarium_api::ordered::{OrdMap, OrdSet};
use podarium_api::pod::Pod;

use crate::store::Store;

/// An object before or after a change, if it was or is there.
pub type Version<'a, B> = Option<&'a Arc<Obj<B>>>;

/// One change as a controller sees it: an object is new without `old`, gone without `new`.
#[derive(Clone, Copy, Debug)]
pub struct Delta<'a> {
    /// Which object.
    pub key: &'a Key,
    /// Before.
    pub old: Option<&'a Object>,
    /// After.
    pub new: Option<&'a Object>,
}

impl<'a> Delta<'a> {
    /// The object before and after, as one of its kind.
    pub fn of<B: Body>(&self) -> (Version<'a, B>, Version<'a, B>) {
        (self.old.and_then(B::unwrap), self.new.and_then(B::unwrap))
    }

    /// The metadata after the change, or before it if the object is gone.
    pub fn meta(&self) -> &'a Meta {
        self.new
            .or(self.old)
            .expect("a delta has an object before or after it")
            .meta()
    }

    /// Whether the object is gone.
    pub fn gone(&self) -> bool {
        self.new.is_none()
    }

    /// Whether the desired state, or the wish to delete, differs.
    pub fn spec_changed(&self) -> bool {
        match (self.old, self.new) {
            (Some(old), Some(new)) => {
                let (a, b) = (old.meta(), new.meta());
                a.generation != b.generation || a.deleted != b.deleted
            }
            _ => true,
        }
    }
}

/// Pods with equal labels under one controller, counted.
#[derive(Clone, Debug)]
pub struct Group {
    /// The labels.
    pub labels: Labels,
    /// Neither ended nor being deleted.
    pub active: u32,
    /// Active, and ready.
    pub ready: u32,
    /// Being deleted, and not ended.
    pub terminating: u32,
    /// Everything, ended pods included.
    pub all: u32,
}

/// The cache.
#[derive(Clone, Debug, Default)]
pub struct Cache {
    objects: OrdMap<Key, Object>,
    tallies: OrdMap<Uid, Vec<Group>>,
    orphans: OrdMap<(Str, Str), Arc<Pod>>,
    dependents: OrdSet<(Uid, Key)>,
    by_node: OrdSet<(Str, Key)>,
    ended: OrdSet<(Time, Key)>,
}

impl Cache {
    /// A fresh list of everything.
    pub fn list_anew(store: &Store) -> Cache {
        let mut cache = Cache::default();
        for object in store.everything() {
            // Events are told to people; no controller reads them.
            if object.kind() != KindId::EVENT {
                cache.apply(&object.key(), None, Some(object));
            }
        }
        cache
    }

    /// Takes in one change.
    pub fn apply(&mut self, key: &Key, old: Option<&Object>, new: Option<&Object>) {
        match new {
            Some(object) => self.objects.insert(key.clone(), object.clone()),
            None => self.objects.remove(key),
        };
        self.index_owners(key, old.map(Object::meta), new.map(Object::meta));
        if key.kind == KindId::POD {
            let pod = |o: Option<&Object>| o.and_then(Object::as_pod).cloned();
            self.index_pod(key, pod(old).as_deref(), pod(new).as_ref());
        }
    }

    /// The object of that key.
    pub fn get(&self, key: &Key) -> Option<&Object> {
        self.objects.get(key)
    }

    /// The object of that key as one of its kind.
    pub fn find<B: Body>(&self, key: &Key) -> Option<&Arc<Obj<B>>> {
        B::unwrap(self.objects.get(key)?)
    }

    /// The object of that kind and name.
    pub fn named<B: Body>(&self, namespace: &str, name: &str) -> Option<&Arc<Obj<B>>> {
        self.find(&Key::new(B::KIND, namespace, name))
    }

    /// All objects of a kind in a namespace (of all namespaces when it is empty), by name.
    pub fn list<B: Body>(&self, namespace: &str) -> impl Iterator<Item = &Arc<Obj<B>>> {
        let from = Key::new(B::KIND, namespace, "");
        let space = from.namespace.clone();
        self.objects
            .range(from..)
            .take_while(move |(k, _)| {
                k.kind == B::KIND && (space.is_empty() || k.namespace == space)
            })
            .filter_map(|(_, o)| B::unwrap(o))
    }

    /// All objects of a kind in a namespace, by name.
    pub fn list_kind(&self, kind: KindId, namespace: &str) -> impl Iterator<Item = &Object> {
        let from = Key::new(kind, namespace, "");
        let space = from.namespace.clone();
        self.objects
            .range(from..)
            .take_while(move |(k, _)| k.kind == kind && k.namespace == space)
            .map(|(_, o)| o)
    }

    /// Counts of the pods whose controller has that uid, by their labels.
    pub fn tally(&self, controller: Uid) -> &[Group] {
        self.tallies.get(&controller).map_or(&[], Vec::as_slice)
    }

    /// The pods whose controller has that uid, by name.
    pub fn pods_of(&self, controller: Uid) -> impl Iterator<Item = &Arc<Pod>> {
        self.dependents_of(controller)
            .filter(|key| key.kind == KindId::POD)
            .filter_map(|key| self.find(key))
            .filter(move |pod: &&Arc<Pod>| {
                pod.meta.controller().is_some_and(|c| c.uid == controller)
            })
    }

    /// The pods of a namespace that no controller manages.
    pub fn orphans(&self, namespace: &str) -> impl Iterator<Item = &Arc<Pod>> {
        let from: (Str, Str) = (namespace.into(), "".into());
        let space = from.0.clone();
        self.orphans
            .range(from..)
            .take_while(move |((ns, _), _)| *ns == space)
            .map(|(_, pod)| pod)
    }

    /// Keys of everything that names `uid` among its owners.
    pub fn dependents_of(&self, uid: Uid) -> impl Iterator<Item = &Key> {
        let first = KindId::from_index(0).expect("the kinds table has rows");
        self.dependents
            .range((uid, Key::new(first, "", ""))..)
            .take_while(move |(u, _)| *u == uid)
            .map(|(_, key)| key)
    }

    /// The pods bound to a node.
    pub fn pods_on(&self, node: &str) -> impl Iterator<Item = &Arc<Pod>> {
        let node: Str = node.into();
        self.by_node
            .range((node.clone(), Key::new(KindId::POD, "", ""))..)
            .take_while(move |(n, _)| *n == node)
            .filter_map(|(_, key)| self.find(key))
    }

    /// Keys of ended pods, oldest first, and how many there are.
    pub fn ended_pods(&self) -> (impl Iterator<Item = &Key>, usize) {
        (self.ended.iter().map(|(_, key)| key), self.ended.len())
    }

    /// The object that manages another, if it is known and the same one still.
    // upstream: pkg/controller/replicaset/replica_set.go resolveControllerRef
    pub fn controller_of<B: Body>(
        &self,
        namespace: &str,
        owner: &OwnerReference,
    ) -> Option<&Arc<Obj<B>>> {
        if *owner.kind != *B::KIND.info().kind {
            return None;
        }
        let key = Key {
            kind: B::KIND,
            namespace: namespace.into(),
            name: owner.name.clone(),
        };
        self.find::<B>(&key).filter(|o| o.meta.uid == owner.uid)
    }

    fn index_owners(&mut self, key: &Key, old: Option<&Meta>, new: Option<&Meta>) {
        let owners = |m: Option<&Meta>| m.and_then(|m| m.owners.clone());
        let (before, after) = (owners(old), owners(new));
        if before == after {
            return;
        }
        for owner in before.iter().flat_map(|o| o.iter()) {
            self.dependents.remove(&(owner.uid, key.clone()));
        }
        for owner in after.iter().flat_map(|o| o.iter()) {
            self.dependents.insert((owner.uid, key.clone()));
        }
    }

    fn index_pod(&mut self, key: &Key, old: Option<&Pod>, new: Option<&Arc<Pod>>) {
        let node = |p: Option<&Pod>| p.and_then(|p| p.body.node_name.clone());
        let (before, after) = (node(old), node(new.map(|p| &**p)));
        if before != after {
            if let Some(node) = before {
                self.by_node.remove(&(node, key.clone()));
            }
            if let Some(node) = after {
                self.by_node.insert((node, key.clone()));
            }
        }
        let ended = |p: Option<&Pod>| {
            p.filter(|p| p.body.status.phase.is_terminal())
                .map(|p| p.meta.created)
        };
        let (before, after) = (ended(old), ended(new.map(|p| &**p)));
        if before != after {
            if let Some(created) = before {
                self.ended.remove(&(created, key.clone()));
            }
            if let Some(created) = after {
                self.ended.insert((created, key.clone()));
            }
        }
        let controller = |p: Option<&Pod>| p.and_then(|p| p.meta.controller()).map(|c| c.uid);
        let name = || (key.namespace.clone(), key.name.clone());
        match (old, controller(old)) {
            (Some(old), Some(uid)) => self.count(uid, old, false),
            (Some(_), None) => {
                self.orphans.remove(&name());
            }
            _ => {}
        }
        match (new, controller(new.map(|p| &**p))) {
            (Some(new), Some(uid)) => self.count(uid, new, true),
            (Some(new), None) => {
                self.orphans.insert(name(), new.clone());
            }
            _ => {}
        }
    }

    fn count(&mut self, controller: Uid, pod: &Pod, more: bool) {
        let groups = self.tallies.entry(controller).or_default();
        // Pods of one template share their labels, so the comparison is mostly one of pointers.
        let at = match groups.iter().position(|g| g.labels == pod.meta.labels) {
            Some(at) => at,
            None => {
                groups.push(Group {
                    labels: pod.meta.labels.clone(),
                    active: 0,
                    ready: 0,
                    terminating: 0,
                    all: 0,
                });
                groups.len() - 1
            }
        };
        let group = &mut groups[at];
        let step = |n: &mut u32, counts: bool| {
            if counts {
                *n = if more { *n + 1 } else { n.saturating_sub(1) };
            }
        };
        let active = pod.is_active();
        step(&mut group.active, active);
        step(&mut group.ready, active && pod.is_ready());
        step(
            &mut group.terminating,
            pod.meta.is_terminating() && !pod.body.status.phase.is_terminal(),
        );
        step(&mut group.all, true);
        if group.all == 0 {
            groups.swap_remove(at);
            if groups.is_empty() {
                self.tallies.remove(&controller);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use podarium_api::pod::{Phase, PodBody};

    fn pod(name: &str, owner: u128, app: &str) -> Pod {
        let mut meta = Meta::new("default", name);
        meta.labels = [("app", app)].into();
        if owner != 0 {
            meta.owners = Some(Arc::new([OwnerReference {
                api_version: "apps/v1".into(),
                kind: "ReplicaSet".into(),
                name: "web".into(),
                uid: Uid(owner),
                controller: true,
                block_owner_deletion: true,
            }]));
        }
        Pod::new(meta, PodBody::default())
    }

    fn put(cache: &mut Cache, pod: Pod) {
        let object = pod.into_object();
        let old = cache.get(&object.key()).cloned();
        cache.apply(&object.key(), old.as_ref(), Some(&object));
    }

    fn counts(cache: &Cache, owner: u128) -> Vec<(u32, u32, u32, u32)> {
        let groups = cache.tally(Uid(owner));
        groups
            .iter()
            .map(|g| (g.active, g.ready, g.terminating, g.all))
            .collect()
    }

    #[test]
    fn tallies_follow_every_change_of_a_pod() {
        let mut cache = Cache::default();
        put(&mut cache, pod("a", 1, "web"));
        put(&mut cache, pod("b", 1, "web"));
        assert_eq!(counts(&cache, 1), [(2, 0, 0, 2)]);
        let mut ready = pod("a", 1, "web");
        ready
            .body
            .status
            .set_condition(Time(1), "Ready", Some(true), None, None);
        put(&mut cache, ready.clone());
        assert_eq!(counts(&cache, 1), [(2, 1, 0, 2)]);
        ready.meta.deleted = Some(Time(2));
        put(&mut cache, ready.clone());
        assert_eq!(counts(&cache, 1), [(1, 0, 1, 2)]);
        ready.body.status.phase = Phase::Succeeded;
        put(&mut cache, ready.clone());
        assert_eq!(counts(&cache, 1), [(1, 0, 0, 2)]);
        assert_eq!(cache.ended_pods().1, 1);
        let gone = ready.into_object();
        cache.apply(&gone.key(), Some(&gone), None);
        put(&mut cache, pod("b", 1, "other"));
        assert_eq!(counts(&cache, 1), [(1, 0, 0, 1)]);
        put(&mut cache, pod("b", 0, "other"));
        assert_eq!(counts(&cache, 1), []);
        assert_eq!(cache.orphans("default").count(), 1);
        assert_eq!(cache.pods_of(Uid(1)).count(), 0);
        assert_eq!(cache.ended_pods().1, 0);
    }

    #[test]
    fn a_list_anew_is_what_the_changes_came_to() {
        let mut store = Store::default();
        for p in [pod("a", 1, "web"), pod("b", 0, "web")] {
            let object = p.into_object();
            store.commit(Time(0), crate::sim::RecordId(0), object.key(), Some(object));
        }
        let cache = Cache::list_anew(&store);
        assert_eq!(counts(&cache, 1), [(1, 0, 0, 1)]);
        assert_eq!(cache.pods_of(Uid(1)).count(), 1);
        assert_eq!(cache.orphans("default").count(), 1);
    }
}
