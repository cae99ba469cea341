//! What etcd is to a cluster: objects by key under one revision counter, with indexes and the changes of late.

use std::collections::{BTreeMap, VecDeque};
use std::sync::Arc;

use podarium_api::kinds::KindId;
use podarium_api::meta::{Str, Time, Uid};
use podarium_api::object::{Body, Key, Obj, Object};
use podarium_api::ordered::{OrdMap, OrdSet};

use crate::sim::RecordId;

/// How many changes are kept for watches that begin in the past; older revisions answer 410 Gone.
const WINDOW: usize = 1_024;

/// One committed write. An object is new when `old` is `None`, gone when `new` is `None`.
#[derive(Clone, Debug)]
pub struct Change {
    /// The revision that it made.
    pub revision: u64,
    /// When.
    pub time: Time,
    /// Its record in the log.
    pub record: RecordId,
    /// Which object.
    pub key: Key,
    /// Before.
    pub old: Option<Object>,
    /// After.
    pub new: Option<Object>,
}

impl Change {
    /// The object after the change, or before it if it is gone.
    pub fn object(&self) -> &Object {
        self.new
            .as_ref()
            .or(self.old.as_ref())
            .expect("a change has an object before or after it")
    }
}

/// What was different at an earlier revision: the objects that have changed since, as they were, `None` where none was.
#[derive(Debug, Default)]
pub struct Past(BTreeMap<Key, Option<Object>>);

/// Objects by key, with indexes kept in `commit`. A clone shares everything and costs nothing.
#[derive(Clone, Debug, Default)]
pub struct Store {
    revision: u64,
    objects: OrdMap<Key, Object>,
    by_owner: OrdSet<(Uid, Key)>,
    by_node: OrdSet<(Str, Key)>,
    /// By kind: how many objects there are, and the revision of the last change.
    counts: Vec<(usize, u64)>,
    changes: VecDeque<Arc<Change>>,
}

impl Store {
    /// The revision of the last commit; 0 before the first.
    pub fn revision(&self) -> u64 {
        self.revision
    }

    /// The object of that key.
    pub fn get(&self, key: &Key) -> Option<&Object> {
        self.objects.get(key)
    }

    /// The object of that name, as one of its kind.
    pub fn find<B: Body>(&self, namespace: &str, name: &str) -> Option<&Arc<Obj<B>>> {
        B::unwrap(self.objects.get(&Key::new(B::KIND, namespace, name))?)
    }

    /// All objects of a kind, by namespace and name.
    pub fn list(&self, kind: KindId) -> impl Iterator<Item = &Object> {
        let from = Key {
            kind,
            namespace: "".into(),
            name: "".into(),
        };
        self.objects
            .range(from..)
            .map(|(_, o)| o)
            .take_while(move |o| o.kind() == kind)
    }

    /// All objects, by kind, namespace and name.
    pub fn everything(&self) -> impl Iterator<Item = &Object> {
        self.objects.iter().map(|(_, o)| o)
    }

    /// All objects of a kind in a namespace, by name.
    pub fn list_in(&self, kind: KindId, namespace: &str) -> impl Iterator<Item = &Object> {
        let from = Key {
            kind,
            namespace: namespace.into(),
            name: "".into(),
        };
        let space = from.namespace.clone();
        self.objects
            .range(from..)
            .map(|(_, o)| o)
            .take_while(move |o| o.kind() == kind && o.meta().namespace == space)
    }

    /// All objects of that kind and namespace whose names begin as the key's.
    pub fn named_like<'a>(&'a self, key: &'a Key) -> impl Iterator<Item = &'a Object> {
        let objects = self.objects.range(key.clone()..);
        objects
            .take_while(|(k, _)| {
                (k.kind, &k.namespace) == (key.kind, &key.namespace)
                    && k.name.starts_with(&*key.name)
            })
            .map(|(_, o)| o)
    }

    /// All objects of a kind as that kind.
    pub fn all<B: Body>(&self) -> impl Iterator<Item = &Arc<Obj<B>>> {
        self.list(B::KIND).filter_map(B::unwrap)
    }

    /// All objects of a kind in a namespace as that kind.
    pub fn all_in<B: Body>(&self, namespace: &str) -> impl Iterator<Item = &Arc<Obj<B>>> {
        self.list_in(B::KIND, namespace).filter_map(B::unwrap)
    }

    /// Everything that names `uid` among its owners.
    pub fn owned_by(&self, uid: Uid) -> impl Iterator<Item = &Object> {
        let from = (
            uid,
            Key::new(
                KindId::from_index(0).expect("the kinds table has rows"),
                "",
                "",
            ),
        );
        self.by_owner
            .range(from..)
            .take_while(move |(u, _)| *u == uid)
            .filter_map(|(_, key)| self.objects.get(key))
    }

    /// All pods bound to a node.
    pub fn pods_on(&self, node: &str) -> impl Iterator<Item = &Object> {
        let node: Str = node.into();
        let from = (node.clone(), Key::new(KindId::POD, "", ""));
        self.by_node
            .range(from..)
            .take_while(move |(n, _)| *n == node)
            .filter_map(|(_, key)| self.objects.get(key))
    }

    /// How many objects of a kind there are.
    pub fn count(&self, kind: KindId) -> usize {
        self.counts.get(kind.index()).map_or(0, |(count, _)| *count)
    }

    /// The revision of the last change of a kind; 0 before the first.
    pub fn last_change(&self, kind: KindId) -> u64 {
        self.counts.get(kind.index()).map_or(0, |(_, last)| *last)
    }

    /// How many objects there are.
    pub fn len(&self) -> usize {
        self.objects.len()
    }

    /// Whether there is nothing.
    pub fn is_empty(&self) -> bool {
        self.objects.is_empty()
    }

    /// Puts, replaces or (with `None`) removes an object under the next revision, which it stamps on the object.
    pub(crate) fn commit(
        &mut self,
        time: Time,
        record: RecordId,
        key: Key,
        new: Option<Object>,
    ) -> Arc<Change> {
        self.revision += 1;
        let revision = self.revision;
        let new = new.map(|mut object| {
            object.meta_mut().resource_version = revision;
            object
        });
        let old = match &new {
            Some(object) => self.objects.insert(key.clone(), object.clone()),
            None => self.objects.remove(&key),
        };
        self.index(&key, old.as_ref(), new.as_ref());
        let change = Arc::new(Change {
            revision,
            time,
            record,
            key,
            old,
            new,
        });
        if self.changes.len() == WINDOW {
            self.changes.pop_front();
        }
        self.changes.push_back(change.clone());
        change
    }

    /// Puts an object in the place of one that looks the same from outside.
    pub(crate) fn amend(&mut self, object: Object) {
        self.objects.insert(object.key(), object);
    }

    /// Puts an object of no owner and no node that was there from the beginning.
    pub(crate) fn seed(&mut self, object: Object) {
        let key = object.key();
        self.counts[key.kind.index()].0 += 1;
        self.objects.insert(key, object);
    }

    /// The revision of the oldest change that is still known.
    pub fn oldest_change(&self) -> u64 {
        let oldest = self.changes.front();
        oldest.map_or(self.revision + 1, |c| c.revision)
    }

    /// Changes after `revision`, oldest first; `None` when some of them are forgotten already.
    pub fn changes_after(&self, revision: u64) -> Option<impl Iterator<Item = &Arc<Change>>> {
        let oldest = self.oldest_change();
        if revision + 1 < oldest {
            return None;
        }
        let skip = usize::try_from(revision + 1 - oldest).unwrap_or(usize::MAX);
        Some(self.changes.iter().skip(skip))
    }

    /// What was different about a kind at `revision`; `None` when that is forgotten already.
    pub fn past(&self, kind: KindId, revision: u64) -> Option<Past> {
        let mut past = Past::default();
        if revision < self.last_change(kind) {
            // The first change after the revision knows what there was at it.
            for change in self.changes_after(revision)? {
                if change.key.kind == kind {
                    let was = || change.old.clone();
                    past.0.entry(change.key.clone()).or_insert_with(was);
                }
            }
        }
        Some(past)
    }

    /// The objects of a kind as they were then, in the order of their keys, from a key on.
    pub fn list_past<'a>(
        &'a self,
        past: &'a Past,
        from: &Key,
    ) -> impl Iterator<Item = &'a Object> + use<'a> {
        let kind = from.kind;
        let now = self.objects.range(from.clone()..);
        let mut now = now.take_while(move |(k, _)| k.kind == kind).peekable();
        let mut then = past.0.range(from.clone()..).peekable();
        std::iter::from_fn(move || {
            loop {
                let (Some((was, object)), next) = (then.peek().copied(), now.peek().copied())
                else {
                    return now.next().map(|(_, object)| object);
                };
                match next {
                    Some((key, object)) if key < was => {
                        now.next();
                        return Some(object);
                    }
                    Some((key, _)) if key == was => drop(now.next()),
                    _ => {}
                }
                then.next();
                if let Some(object) = object {
                    return Some(object);
                }
            }
        })
    }

    fn index(&mut self, key: &Key, old: Option<&Object>, new: Option<&Object>) {
        let place = key.kind.index();
        if self.counts.len() <= place {
            let most = podarium_api::kinds::KINDS.len().max(place + 1);
            self.counts.resize(most, (0, 0));
        }
        let (count, last) = &mut self.counts[place];
        *last = self.revision;
        match (old, new) {
            (None, Some(_)) => *count += 1,
            (Some(_), None) => *count -= 1,
            _ => {}
        }
        let owners = |o: Option<&Object>| o.and_then(|o| o.meta().owners.clone());
        let (before, after) = (owners(old), owners(new));
        if before != after {
            for owner in before.iter().flat_map(|o| o.iter()) {
                self.by_owner.remove(&(owner.uid, key.clone()));
            }
            for owner in after.iter().flat_map(|o| o.iter()) {
                self.by_owner.insert((owner.uid, key.clone()));
            }
        }
        let node = |o: Option<&Object>| {
            o.and_then(Object::as_pod)
                .and_then(|p| p.body.node_name.clone())
        };
        let (before, after) = (node(old), node(new));
        if before != after {
            if let Some(node) = before {
                self.by_node.remove(&(node, key.clone()));
            }
            if let Some(node) = after {
                self.by_node.insert((node, key.clone()));
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use podarium_api::meta::{Meta, OwnerReference};
    use podarium_api::pod::{Pod, PodBody};

    fn pod(name: &str, owner: u128, node: Option<&str>) -> Object {
        let mut meta = Meta::new("default", name);
        meta.owners = Some(
            vec![OwnerReference {
                api_version: "apps/v1".into(),
                kind: "ReplicaSet".into(),
                name: "rs".into(),
                uid: Uid(owner),
                controller: true,
                block_owner_deletion: true,
            }]
            .into(),
        );
        let mut pod = Pod::new(meta, PodBody::default());
        pod.body.node_name = node.map(Str::from);
        pod.into_object()
    }

    fn put(store: &mut Store, object: Object) -> u64 {
        store
            .commit(Time(0), RecordId(0), object.key(), Some(object))
            .revision
    }

    fn names<'a>(objects: impl Iterator<Item = &'a Object>) -> Vec<String> {
        objects.map(|o| o.meta().name.to_string()).collect()
    }

    #[test]
    fn indexes_follow_every_commit() {
        let mut store = Store::default();
        put(&mut store, pod("a", 1, None));
        put(&mut store, pod("b", 1, Some("n1")));
        put(&mut store, pod("c", 2, Some("n1")));
        assert_eq!(names(store.owned_by(Uid(1))), ["a", "b"]);
        assert_eq!(names(store.pods_on("n1")), ["b", "c"]);
        put(&mut store, pod("a", 2, Some("n2")));
        let gone = pod("b", 1, None).key();
        store.commit(Time(0), RecordId(0), gone, None);
        assert_eq!(names(store.owned_by(Uid(1))), [""; 0]);
        assert_eq!(names(store.owned_by(Uid(2))), ["a", "c"]);
        assert_eq!(names(store.pods_on("n1")), ["c"]);
        assert_eq!(names(store.pods_on("n2")), ["a"]);
        assert_eq!(store.count(KindId::POD), 2);
        assert_eq!(names(store.list_in(KindId::POD, "default")), ["a", "c"]);
        assert_eq!(names(store.list_in(KindId::POD, "defaul")), [""; 0]);
    }

    #[test]
    fn a_snapshot_stays_as_it_was() {
        let mut store = Store::default();
        put(&mut store, pod("a", 1, None));
        let snapshot = store.clone();
        put(&mut store, pod("b", 1, None));
        assert_eq!((snapshot.len(), store.len()), (1, 2));
    }

    #[test]
    fn the_near_past_can_be_listed() {
        let mut store = Store::default();
        put(&mut store, pod("a", 1, None));
        put(&mut store, pod("c", 1, None));
        let then = put(&mut store, pod("d", 1, None));
        put(&mut store, pod("a", 2, None));
        put(&mut store, pod("b", 1, None));
        for key in [pod("b", 1, None).key(), pod("d", 1, None).key()] {
            store.commit(Time(0), RecordId(0), key, None);
        }
        put(&mut store, pod("e", 1, None));
        let at = |revision: u64, from: &str| {
            let past = store.past(KindId::POD, revision).unwrap();
            let from = Key::new(KindId::POD, "default", from);
            let all = store.list_past(&past, &from);
            let each = all.map(|o| format!("{}@{}", o.meta().name, o.meta().resource_version));
            each.collect::<Vec<_>>()
        };
        assert_eq!(at(then, ""), ["a@1", "c@2", "d@3"]);
        assert_eq!(at(then, "a\0"), ["c@2", "d@3"]);
        assert_eq!(at(then + 2, ""), ["a@4", "b@5", "c@2", "d@3"]);
        assert_eq!(at(store.revision(), ""), ["a@4", "c@2", "e@8"]);
        assert_eq!(store.last_change(KindId::POD), store.revision());
        assert_eq!(store.last_change(KindId::NODE), 0);
        for _ in 0..WINDOW {
            put(&mut store, pod("a", 1, None));
        }
        assert!(store.past(KindId::POD, then).is_none());
        assert!(store.past(KindId::NODE, then).is_some());
    }

    #[test]
    fn watches_may_begin_in_the_near_past_only() {
        let mut store = Store::default();
        for _ in 0..WINDOW + 2 {
            put(&mut store, pod("a", 1, None));
        }
        let last = store.revision();
        assert_eq!(store.changes_after(last).map(Iterator::count), Some(0));
        assert_eq!(store.changes_after(last - 5).map(Iterator::count), Some(5));
        assert_eq!(store.changes_after(2).map(Iterator::count), Some(WINDOW));
        assert!(store.changes_after(1).is_none());
    }
}
