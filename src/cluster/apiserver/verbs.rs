//! The typed verbs: what components call, and what requests from outside end in.
//!
//! Every write goes admission → defaulting → validation → commit, whoever asks.

use std::sync::Arc;

use podarium_api::hash::SAFE_ALPHABET;
use podarium_api::kinds::KindId;
use podarium_api::meta::{Meta, Str, Uid};
use podarium_api::object::{Body, Key, Obj, Object};
use podarium_api::status::Status;

use super::admission::{Attributes, Found, Operation};
use super::deletion::is_gone;
use super::pods::Begun;
use super::strategy::{self, counts_generations};
use super::{
    admission, allocate, authorization, custom, defaults, managed, pods, prepare, validation,
};
use crate::sim::{Actor, Verb, Why};
use crate::world::World;

pub(super) const OPTIMISTIC_LOCK: &str =
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
        authorization::component(self, actor, "create", &object.key(), "")?;
        let mut attributes = Attributes::new(Operation::Create, actor, None);
        let prepared = self.prepare_create(&mut attributes, &mut object);
        let key = object.key();
        self.heed(actor, &key, attributes.found, prepared)?;
        let change = self.commit(actor, Verb::Create, key, Some(object), why);
        Ok(change.new.clone().expect("a create leaves an object"))
    }

    /// Everything that comes before a new object is stored.
    fn prepare_create(
        &mut self,
        attributes: &mut Attributes<'_>,
        object: &mut Object,
    ) -> Result<(), Status> {
        let info = object.kind().info();
        let (uid, now) = (self.next_uid(), self.now());
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
        attributes.generated = self.name(object);
        defaults::apply(object)?;
        let mut template = None;
        if let Object::Pod(pod) = object {
            match pods::begin(self, Arc::make_mut(pod)) {
                Begun::Known => attributes.recalled = true,
                Begun::New(given) => template = given,
            }
        }
        admission::admit(self, attributes, object)?;
        authorization::escalation(self, attributes.actor, object, None)?;
        prepare::create(object, attributes.actor)?;
        custom::begin(self, object);
        if let (Object::Pod(pod), false) = (&mut *object, attributes.recalled) {
            pods::finish(self, Arc::make_mut(pod));
        }
        let before = self.api.allocations.clone();
        allocate::allocate(self, object, None)?;
        let key = object.key();
        let fresh = key.kind == KindId::POD && !attributes.recalled;
        let valid = self
            .judge(attributes.actor, object, None, fresh)
            .and_then(|()| admission::validate(self, attributes, object))
            .and_then(|()| match self.store.get(&key) {
                Some(_) => Err(taken(&key, attributes.generated)),
                None => Ok(()),
            });
        // upstream: pkg/registry/core/service/storage/storage.go beginCreate: a refusal gives back what was taken.
        valid.inspect_err(|_| self.api.allocations = before)?;
        // What is found of a template is found of each of its pods.
        if let (Object::Pod(pod), Some(template)) = (object, template)
            && attributes.found.audit.is_empty()
        {
            pods::remember(self, template, pod);
        }
        Ok(())
    }

    /// Whether an object may be stored, in the place of `old`. See [`validation::create`] for `fresh`.
    fn judge(
        &self,
        actor: &Actor,
        object: &Object,
        old: Option<&Object>,
        fresh: bool,
    ) -> Result<(), Status> {
        match old {
            _ if object.kind().is_custom() => custom::judge(self, object, old, ""),
            _ if self.strict && object.kind() == KindId::EVENT => validation::event(object, old),
            Some(old) => validation::update(actor, object, old),
            None => validation::create(actor, object, fresh),
        }
    }

    /// Hands on what admission found of a write that is about to come about, or has failed.
    pub(super) fn heed<T>(
        &mut self,
        actor: &Actor,
        key: &Key,
        found: Found,
        outcome: Result<T, Status>,
    ) -> Result<T, Status> {
        if let Some(warnings) = &mut self.warnings {
            warnings.extend(found.warnings);
        }
        // What is only tried leaves no record.
        let dry = self.dry;
        for text in found.audit.into_iter().filter(|_| !dry) {
            let why = Why::with("audit", [("text", text.into())]);
            self.note(actor, Some(key.clone()), why);
        }
        let outcome = outcome?;
        for charged in found.charges {
            let (actor, key) = (Actor::Control("kube-apiserver"), charged.key());
            let why = Why::new("quota-charge");
            self.commit(&actor, Verb::UpdateStatus, key, Some(charged), why);
        }
        Ok(outcome)
    }

    /// Asks admission about something that is done with a stored object by way of a subresource.
    ///
    /// # Errors
    /// A plugin's refusal.
    pub(super) fn admit(
        &mut self,
        mut attributes: Attributes<'_>,
        object: &mut Object,
    ) -> Result<(), Status> {
        let admitted = admission::admit(self, &mut attributes, object);
        let admitted = admitted.and_then(|()| admission::validate(self, &mut attributes, object));
        self.heed(attributes.actor, &object.key(), attributes.found, admitted)
    }

    /// [`World::update`] for an object of any kind.
    pub fn update_object(
        &mut self,
        actor: &Actor,
        mut object: Object,
        why: Why,
    ) -> Result<Object, Status> {
        let old = self.current(&object)?;
        let mut attributes = Attributes::new(Operation::Update, actor, Some(&old));
        let prepared = self.prepare_update(&mut attributes, &mut object, &old);
        self.heed(actor, &old.key(), attributes.found, prepared)?;
        self.replace(actor, Verb::Update, object, &old, why)
    }

    /// Everything that comes before a changed object is stored.
    fn prepare_update(
        &mut self,
        attributes: &mut Attributes<'_>,
        object: &mut Object,
        old: &Object,
    ) -> Result<(), Status> {
        if custom::keeps_status(self) {
            object.take_status(old);
        }
        keep_identity(attributes.actor, object.meta_mut(), old.meta());
        if matches!(
            (attributes.actor, &*object),
            (Actor::User(_), _) | (_, Object::Other(..))
        ) {
            defaults::apply(object)?;
        }
        prepare::update(object, old, attributes.actor)?;
        admission::admit(self, attributes, object)?;
        authorization::escalation(self, attributes.actor, object, Some(old))?;
        let before = self.api.allocations.clone();
        allocate::allocate(self, object, Some(old))?;
        self.judge(attributes.actor, object, Some(old), false)
            .and_then(|()| admission::validate(self, attributes, object))
            .inspect_err(|_| self.api.allocations = before)?;
        let changed = match (&*object, old) {
            // Of a kind without a part for it, the status counts as well.
            (Object::Other(kind, a), Object::Other(_, b)) if kind.is_custom() => a.body != b.body,
            // upstream: pkg/registry/apps/deployment/strategy.go PrepareForUpdate
            (Object::Deployment(_), _)
                if matches!(attributes.actor, Actor::User(_))
                    && object.meta().annotations != old.meta().annotations =>
            {
                true
            }
            _ => !object.spec_eq(old),
        };
        // What may change in a PriorityClass is not what is desired of it.
        if changed && counts_generations(object.kind()) && object.kind() != KindId::PRIORITY_CLASS {
            object.meta_mut().generation += 1;
        }
        Ok(())
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
        let kind = object.kind();
        let meta = object.meta_mut();
        if matches!(actor, Actor::User(_)) && !strategy::status_keeps_metadata(kind) {
            keep_identity(actor, meta, old.meta());
            // upstream: pkg/registry/core/pod/strategy.go podStatusStrategy, pkg/registry/apps/deployment/strategy.go
            // deploymentStatusStrategy
            match kind {
                KindId::POD => meta.owners.clone_from(&old.meta().owners),
                KindId::DEPLOYMENT => meta.labels.clone_from(&old.meta().labels),
                _ => {}
            }
        } else {
            // A component's copy of the metadata may be older than its news.
            let managed = meta.managed_fields.take();
            *meta = old.meta().clone();
            if matches!(actor, Actor::User(_)) && managed.is_some() {
                meta.managed_fields = managed;
            }
        }
        if kind.is_custom() {
            custom::judge(self, &object, Some(&old), "status")?;
        }
        let attributes = Attributes::new(Operation::Update, actor, Some(&old)).at("status");
        self.admit(attributes, &mut object)?;
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
        let attributes = Attributes::new(Operation::Update, actor, Some(&old)).at("finalize");
        self.admit(attributes, &mut finalized)?;
        self.replace(actor, Verb::Update, finalized, &old, why)
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

    /// Gives an object without a name one that is free, if it says with which prefix; whether it did.
    ///
    /// upstream: staging/src/k8s.io/apiserver/pkg/registry/generic/registry/store.go createWithGenerateNameRetry
    fn name(&mut self, object: &mut Object) -> bool {
        let prefix = object.meta().generate_name.clone();
        let Some(prefix) = prefix.filter(|_| object.meta().name.is_empty()) else {
            return false;
        };
        for _ in 0..8 {
            object.meta_mut().name = self.generate_name(&prefix);
            if self.store.get(&object.key()).is_none() {
                break;
            }
        }
        true
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
            let text = wrong_uid(&object.key(), meta.uid, &old.meta().uid.to_string());
            return conflict(&text);
        }
        Ok(old.clone())
    }

    /// Stores a changed object; the last finalizer gone, it goes.
    pub(super) fn replace(
        &mut self,
        actor: &Actor,
        verb: Verb,
        mut object: Object,
        old: &Object,
        why: Why,
    ) -> Result<Object, Status> {
        let sub = match (verb, old.kind()) {
            (Verb::UpdateStatus, _) => "status",
            (_, KindId::NAMESPACE) => "finalize",
            _ => "",
        };
        authorization::component(self, actor, "update", &old.key(), sub)?;
        let info = custom::shown(self, old.kind());
        managed::by_component(self.now(), actor, verb, info, old, &mut object);
        if object == *old {
            // upstream: an update that changes nothing writes nothing and keeps the revision.
            return Ok(object);
        }
        let key = object.key();
        if object.meta().is_terminating() && is_gone(&object) {
            allocate::release(self, old);
            self.commit(actor, Verb::Delete, key, None, why);
            return Ok(object);
        }
        let change = self.commit(actor, verb, key, Some(object), why);
        Ok(change.new.clone().expect("an update leaves an object"))
    }
}

fn taken(key: &Key, generated: bool) -> Status {
    let info = key.kind.info();
    let mut status = Status::already_exists(info.group, info.plural, &key.name);
    if generated {
        // upstream: staging/src/k8s.io/apimachinery/pkg/api/errors/errors.go NewGenerateNameConflict
        let more = ", the server was not able to generate a unique name for the object";
        status.message.push_str(more);
        status.retry_after = 1;
    }
    status
}

/// Why an update of another object of the same name is refused. `have` is empty where there is none.
///
/// upstream: staging/src/k8s.io/apiserver/pkg/storage/errors.go StorageError.Error; interfaces.go Preconditions.Check
pub(super) fn wrong_uid(key: &Key, given: Uid, have: &str) -> String {
    let info = key.kind.info();
    // upstream: pkg/kubeapiserver/default_storage_factory_builder.go SpecialDefaultResourcePrefixes
    let place = match info.plural {
        "replicationcontrollers" => "controllers",
        "endpoints" => "services/endpoints",
        "nodes" => "minions",
        "services" => "services/specs",
        "ingresses" => "ingress",
        plural => plural,
    };
    let space = match &*key.namespace {
        "" => String::new(),
        space => [space, "/"].concat(),
    };
    format!(
        "StorageError: invalid object, Code: 4, Key: /registry/{place}/{space}{}, ResourceVersion: 0, AdditionalErrorMsg: \
         Precondition failed: UID in precondition: {given}, UID in object meta: {have}",
        key.name
    )
}

fn keep_identity(actor: &Actor, meta: &mut Meta, old: &Meta) {
    meta.uid = old.uid;
    meta.created = old.created;
    meta.deleted = old.deleted;
    meta.deletion_grace = old.deletion_grace;
    meta.generation = old.generation;
    meta.resource_version = old.resource_version;
    meta.generate_name.clone_from(&old.generate_name);
    // A component's copy is as old as its last news.
    if meta.managed_fields.is_none() || !matches!(actor, Actor::User(_)) {
        meta.managed_fields.clone_from(&old.managed_fields);
    }
}
