//! The typed verbs: what components call, and what requests from outside end in.
//!
//! Every write goes admission → defaulting → validation → commit, whoever asks.

use std::sync::Arc;

use podarium_api::hash::SAFE_ALPHABET;
use podarium_api::kinds::KindId;
use podarium_api::meta::{Meta, Str, Uid};
use podarium_api::object::{Body, Key, Obj, Object};
use podarium_api::pod::{Pod, PodBody};
use podarium_api::status::Status;

use super::{admission, allocate, defaults, pods, prepare, validation};
use crate::sim::{Actor, Verb, Why};
use crate::world::World;
use podarium_api::meta::Span;

/// What becomes of what a deleted object owns.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Propagation {
    /// The garbage collector deletes it afterwards.
    #[default]
    Background,
    /// The object waits until it is gone.
    Foreground,
    /// It stays, without the owner.
    Orphan,
}

/// How to delete.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct DeleteOptions {
    /// Seconds to allow; `None` leaves it to the object, 0 is at once.
    pub grace: Option<i64>,
    /// What becomes of what it owns.
    pub propagation: Propagation,
    /// Delete only the object of this uid.
    pub uid: Option<Uid>,
    /// Delete only at this revision.
    pub resource_version: Option<u64>,
}

const OPTIMISTIC_LOCK: &str =
    "the object has been modified; please apply your changes to the latest version and try again";

impl World {
    /// Creates an object. Returns it as stored, with everything that defaulting and admission filled in.
    ///
    /// Errors: `AlreadyExists`, `Invalid`, `Forbidden`, or `NotFound` for the namespace.
    pub fn create<B: Body>(
        &mut self,
        actor: &Actor,
        object: Obj<B>,
        why: Why,
    ) -> Result<Arc<Obj<B>>, Status> {
        let stored = self.create_object(actor, object.into_object(), why)?;
        Ok(B::unwrap(&stored)
            .expect("create returns the kind that it was given")
            .clone())
    }

    /// Replaces an object's desired state and metadata; its status stays.
    ///
    /// Errors: `NotFound`, `Conflict` when `meta.resource_version` is set and not the stored one, `Invalid`.
    pub fn update<B: Body>(
        &mut self,
        actor: &Actor,
        object: Obj<B>,
        why: Why,
    ) -> Result<Arc<Obj<B>>, Status> {
        let stored = self.update_object(actor, object.into_object(), why)?;
        Ok(B::unwrap(&stored)
            .expect("update returns the kind that it was given")
            .clone())
    }

    /// Replaces an object's status; everything else stays. A status equal to the stored one writes nothing.
    ///
    /// Errors: `NotFound`, `Conflict`.
    pub fn update_status<B: Body>(
        &mut self,
        actor: &Actor,
        object: Obj<B>,
        why: Why,
    ) -> Result<Arc<Obj<B>>, Status> {
        let stored = self.update_object_status(actor, object.into_object(), why)?;
        Ok(B::unwrap(&stored)
            .expect("update returns the kind that it was given")
            .clone())
    }

    /// [`World::create`] for an object of any kind.
    pub fn create_object(
        &mut self,
        actor: &Actor,
        mut object: Object,
        why: Why,
    ) -> Result<Object, Status> {
        self.prepare_create(actor, &mut object)?;
        let key = object.key();
        let change = self.commit(actor, Verb::Create, key, Some(object), why);
        Ok(change.new.clone().expect("a create leaves an object"))
    }

    /// Everything that comes before a new object is stored.
    fn prepare_create(&mut self, actor: &Actor, object: &mut Object) -> Result<(), Status> {
        let info = object.kind().info();
        let (uid, now) = (self.next_uid(), self.now());
        if object.meta().name.is_empty()
            && let Some(prefix) = object.meta().generate_name.clone()
        {
            object.meta_mut().name = self.generate_name(&prefix);
        }
        let meta = object.meta_mut();
        meta.uid = uid;
        meta.created = now;
        (meta.deleted, meta.deletion_grace) = (None, None);
        meta.generation = i64::from(counts_generations(info.id));
        if !info.namespaced {
            meta.namespace = "".into();
        } else if meta.namespace.is_empty() {
            meta.namespace = "default".into();
        }
        defaults::apply(object)?;
        admission::on_create(self, actor, object)?;
        prepare::create(object, actor);
        if let Object::Pod(pod) = object {
            pods::finish(self, Arc::make_mut(pod))?;
        }
        let before = self.api.allocations.clone();
        allocate::allocate(self, object, None)?;
        let key = object.key();
        let valid = validation::create(object).and_then(|()| match self.store.get(&key) {
            Some(_) => Err(Status::already_exists(info.group, info.plural, &key.name)),
            None => Ok(()),
        });
        // upstream: pkg/registry/core/service/storage/storage.go beginCreate: a refusal gives back what was taken.
        valid.inspect_err(|_| self.api.allocations = before)
    }

    /// [`World::update`] for an object of any kind.
    pub fn update_object(
        &mut self,
        actor: &Actor,
        mut object: Object,
        why: Why,
    ) -> Result<Object, Status> {
        let old = self.prepare_update(actor, &mut object)?;
        self.replace(actor, Verb::Update, object, &old, why)
    }

    /// Everything that comes before a changed object is stored; returns the stored one.
    fn prepare_update(&mut self, actor: &Actor, object: &mut Object) -> Result<Object, Status> {
        let old = self.current(object)?;
        object.take_status(&old);
        keep_identity(object.meta_mut(), old.meta());
        defaults::apply(object)?;
        prepare::update(object, &old, actor);
        let before = self.api.allocations.clone();
        allocate::allocate(self, object, Some(&old))?;
        validation::update(object, &old).inspect_err(|_| self.api.allocations = before)?;
        if counts_generations(object.kind()) && !object.spec_eq(&old) {
            object.meta_mut().generation += 1;
        }
        Ok(old)
    }

    /// [`World::update_status`] for an object of any kind.
    pub fn update_object_status(
        &mut self,
        actor: &Actor,
        mut object: Object,
        why: Why,
    ) -> Result<Object, Status> {
        let old = self.current(&object)?;
        object.take_spec(&old);
        *object.meta_mut() = old.meta().clone();
        self.replace(actor, Verb::UpdateStatus, object, &old, why)
    }

    /// Replaces a namespace's own finalizers, as the `finalize` subresource does; the last one gone, the namespace goes.
    ///
    /// upstream: pkg/registry/core/namespace/strategy.go namespaceFinalizeStrategy
    pub fn finalize_namespace(
        &mut self,
        actor: &Actor,
        object: Object,
        why: Why,
    ) -> Result<Object, Status> {
        let old = self.current(&object)?;
        let mut finalized = old.clone();
        if let (Object::Namespace(new), Object::Namespace(given)) = (&mut finalized, &object) {
            let spec = &mut Arc::make_mut(new).body.spec;
            spec.finalizers.clone_from(&given.body.spec.finalizers);
        }
        self.replace(actor, Verb::Update, finalized, &old, why)
    }

    /// Binds a pod to a node, as the scheduler's `binding` subresource does.
    ///
    /// upstream: pkg/registry/core/pod/storage/storage.go BindingREST.setPodNodeAndMetadata
    pub fn bind(
        &mut self,
        actor: &Actor,
        namespace: &str,
        name: &str,
        node: &str,
        why: Why,
    ) -> Result<Arc<Pod>, Status> {
        let Some(pod) = self.store.find::<PodBody>(namespace, name) else {
            return Err(Status::not_found("", "pods", name));
        };
        let conflict = |text: String| Status::conflict("", "pods/binding", name, &text);
        if pod.meta.is_terminating() {
            return Err(conflict(format!(
                "pod {name} is being deleted, cannot be assigned to a host"
            )));
        }
        if let Some(already) = &pod.body.node_name {
            return Err(conflict(format!(
                "pod {name} is already assigned to node {already:?}"
            )));
        }
        let mut bound = pod.as_ref().clone();
        let key = Key {
            kind: KindId::POD,
            namespace: bound.meta.namespace.clone(),
            name: bound.meta.name.clone(),
        };
        bound.body.node_name = Some(node.into());
        bound
            .body
            .status
            .set_condition(self.now(), "PodScheduled", Some(true), None, None);
        let change = self.commit(actor, Verb::Update, key, Some(bound.into_object()), why);
        Ok(change
            .new
            .as_ref()
            .and_then(Object::as_pod)
            .expect("a binding leaves a pod")
            .clone())
    }

    /// Deletes an object, or marks it deleted when it must wait for a grace period or finalizers. Returns it as it was
    /// left.
    ///
    /// Errors: `NotFound`, `Conflict` for a precondition.
    // upstream: staging/src/k8s.io/apiserver/pkg/registry/generic/registry/store.go Delete; pkg/registry/core/pod/strategy.go CheckGracefulDelete
    pub fn delete(
        &mut self,
        actor: &Actor,
        key: &Key,
        options: &DeleteOptions,
        why: Why,
    ) -> Result<Object, Status> {
        let info = key.kind.info();
        let Some(old) = self.store.get(key).cloned() else {
            return Err(Status::not_found(info.group, info.plural, &key.name));
        };
        if let Some(uid) = options.uid.filter(|uid| *uid != old.meta().uid) {
            let text = format!(
                "Precondition failed: UID in precondition: {uid}, UID in object meta: {}",
                old.meta().uid
            );
            return Err(Status::conflict(info.group, info.plural, &key.name, &text));
        }
        if options
            .resource_version
            .is_some_and(|v| v != old.meta().resource_version)
        {
            return Err(Status::conflict(
                info.group,
                info.plural,
                &key.name,
                OPTIMISTIC_LOCK,
            ));
        }
        admission::on_delete(&old)?;
        let mut marked = old.clone();
        let finalizer = match options.propagation {
            Propagation::Background => None,
            Propagation::Foreground => Some("foregroundDeletion"),
            Propagation::Orphan => Some("orphan"),
        };
        let meta = marked.meta_mut();
        if let Some(finalizer) =
            finalizer.filter(|f| !meta.finalizers.iter().any(|have| **have == **f))
        {
            meta.finalizers.push(finalizer.into());
        }
        let grace = grace_period(&old, options.grace);
        let namespace_lives = key.kind == KindId::NAMESPACE && !old.meta().is_terminating();
        if grace == 0 && marked.meta().finalizers.is_empty() && !namespace_lives && may_go(&old) {
            allocate::release(self, &old);
            let change = self.commit(actor, Verb::Delete, key.clone(), None, why);
            return Ok(change.old.clone().expect("a delete had an object"));
        }
        let meta = marked.meta_mut();
        let shorter = meta.deletion_grace.is_none_or(|g| grace < g);
        if meta.deleted.is_none() || shorter {
            meta.deleted = Some(self.now() + Span::secs(u64::try_from(grace).unwrap_or(0)));
            meta.deletion_grace = Some(grace);
            if counts_generations(key.kind) {
                meta.generation += 1;
            }
        }
        if let Object::Namespace(namespace) = &mut marked {
            Arc::make_mut(namespace).body.status.phase = Some("Terminating".into());
        }
        if marked == old {
            return Ok(old);
        }
        let change = self.commit(actor, Verb::MarkDeleted, key.clone(), Some(marked), why);
        Ok(change.new.clone().expect("a mark leaves an object"))
    }

    /// A name from a prefix: five characters of upstream's alphabet.
    ///
    /// upstream: staging/src/k8s.io/apiserver/pkg/storage/names/generate.go
    pub fn generate_name(&mut self, prefix: &str) -> Str {
        let mut name = String::from(&prefix[..prefix.floor_char_boundary(58)]);
        for _ in 0..5 {
            let i = self.api.names.below(SAFE_ALPHABET.len() as u64) as usize;
            name.push(char::from(SAFE_ALPHABET[i]));
        }
        name.into()
    }

    fn current(&self, object: &Object) -> Result<Object, Status> {
        let info = object.kind().info();
        let meta = object.meta();
        let Some(old) = self.store.get(&object.key()) else {
            return Err(Status::not_found(info.group, info.plural, &meta.name));
        };
        let conflict =
            |text: &str| Err(Status::conflict(info.group, info.plural, &meta.name, text));
        if meta.resource_version != 0 && meta.resource_version != old.meta().resource_version {
            return conflict(OPTIMISTIC_LOCK);
        }
        if meta.uid != Uid::default() && meta.uid != old.meta().uid {
            let (given, have) = (meta.uid, old.meta().uid);
            return conflict(&format!(
                "Precondition failed: UID in precondition: {given}, UID in object meta: {have}"
            ));
        }
        Ok(old.clone())
    }

    fn replace(
        &mut self,
        actor: &Actor,
        verb: Verb,
        object: Object,
        old: &Object,
        why: Why,
    ) -> Result<Object, Status> {
        if object == *old {
            // upstream: an update that changes nothing writes nothing and keeps the revision.
            return Ok(object);
        }
        let meta = object.meta();
        let key = object.key();
        if meta.is_terminating()
            && meta.finalizers.is_empty()
            && meta.deletion_grace == Some(0)
            && may_go(&object)
        {
            allocate::release(self, old);
            let change = self.commit(actor, Verb::Delete, key, None, why);
            return Ok(change.old.clone().expect("a delete had an object"));
        }
        let change = self.commit(actor, verb, key, Some(object), why);
        Ok(change.new.clone().expect("an update leaves an object"))
    }
}

/// Whether nothing but the grace period and metadata finalizers keeps a deleted object: a namespace also waits for its
/// own `spec.finalizers`.
fn may_go(object: &Object) -> bool {
    match object {
        Object::Namespace(n) => n.body.spec.finalizers.as_ref().is_none_or(Vec::is_empty),
        _ => true,
    }
}

fn grace_period(object: &Object, asked: Option<i64>) -> i64 {
    let Object::Pod(pod) = object else {
        return 0;
    };
    let unstarted = pod.body.node_name.is_none() || pod.body.status.phase.is_terminal();
    if unstarted {
        return 0;
    }
    let own = pod.body.spec.termination_grace_period_seconds.unwrap_or(30);
    asked.unwrap_or(own).max(0)
}

/// Kinds whose desired state is counted in `metadata.generation`.
fn counts_generations(kind: KindId) -> bool {
    let data = [
        KindId::CONFIG_MAP,
        KindId::SECRET,
        KindId::EVENT,
        KindId::ENDPOINTS,
        KindId::SERVICE_ACCOUNT,
        KindId::NODE,
        KindId::NAMESPACE,
        KindId::SERVICE,
        KindId::LEASE,
    ];
    !data.contains(&kind)
}

fn keep_identity(meta: &mut Meta, old: &Meta) {
    meta.uid = old.uid;
    meta.created = old.created;
    meta.deleted = old.deleted;
    meta.deletion_grace = old.deletion_grace;
    meta.generation = old.generation;
    meta.resource_version = old.resource_version;
    meta.generate_name.clone_from(&old.generate_name);
    if meta.managed_fields.is_none() {
        meta.managed_fields.clone_from(&old.managed_fields);
    }
}
