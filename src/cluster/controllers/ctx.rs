//! What a controller is given: the cache and its keys when something changed, and the world besides when it reconciles.

use std::sync::Arc;

use podarium_api::meta::{Meta, Span, Str, Time, Uid};
use podarium_api::object::{Body, Key, Obj, Object};
use podarium_api::status::{Reason, Status};

use super::cache::Cache;
use super::queue::Weight;
use super::{State, registry::Entry};
use crate::apiserver::DeleteOptions;
use crate::sim::{Actor, Why};
use crate::world::World;

/// A key to be added to a controller's queue.
#[derive(Clone, Debug)]
pub struct Add {
    /// Which.
    pub key: Key,
    /// How much the cause at hand says about it.
    pub weight: Weight,
    /// After how long.
    pub delay: Span,
}

/// What a controller sees when something changed: it may only note which keys to reconcile.
pub struct Feed<'a> {
    /// The cache, with the change in it.
    pub cache: &'a Cache,
    /// What controllers remember.
    pub state: &'a mut State,
    /// The virtual time.
    pub now: Time,
    pub(super) adds: Vec<Add>,
}

impl Feed<'_> {
    /// Asks for a key to be reconciled.
    pub fn add(&mut self, key: Key, weight: Weight) {
        self.adds.push(Add {
            key,
            weight,
            delay: Span(0),
        });
    }

    /// Asks for a key to be reconciled after a delay.
    pub fn add_after(&mut self, key: Key, delay: Span) {
        self.adds.push(Add {
            key,
            weight: Weight::Light,
            delay,
        });
    }
}

/// How a reconcile went.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Done {
    /// Look again after this long.
    pub again: Option<Span>,
    /// How long the work occupies the key: what changes meanwhile is dealt with in one go afterwards.
    pub busy: Span,
}

impl Done {
    /// Look again after `span`.
    pub fn again(span: Span) -> Self {
        Done {
            again: Some(span),
            ..Done::default()
        }
    }

    /// The work takes `span`.
    pub fn busy(span: Span) -> Self {
        Done {
            busy: span,
            ..Done::default()
        }
    }
}

/// What a reconcile returns; an error is tried again with back-off.
pub type Outcome = Result<Done, Status>;

/// What a controller reconciles with.
pub struct Ctx<'a> {
    /// The API, and what is live.
    pub world: &'a mut World,
    /// What the controller knows.
    pub cache: &'a Cache,
    /// What controllers remember.
    pub state: &'a mut State,
    /// Who writes.
    pub actor: Actor,
    pub(super) entry: &'static Entry,
    pub(super) adds: Vec<Add>,
}

impl Ctx<'_> {
    /// The virtual time.
    pub fn now(&self) -> Time {
        self.world.now()
    }

    /// Asks for another key of this controller to be reconciled.
    pub fn add(&mut self, key: Key, delay: Span) {
        self.adds.push(Add {
            key,
            weight: Weight::Light,
            delay,
        });
    }

    /// Changes a part of an object, whatever else has been written to it meanwhile: what a PATCH with the uid does.
    /// `None` when the object of that uid is gone.
    pub fn patch<B: Body>(
        &mut self,
        key: &Key,
        uid: Uid,
        why: Why,
        change: impl FnOnce(&mut Obj<B>),
    ) -> Result<Option<Arc<Obj<B>>>, Status> {
        self.patch_by(World::update, key, uid, why, change)
    }

    /// [`Ctx::patch`] of the status.
    pub fn patch_status<B: Body>(
        &mut self,
        key: &Key,
        uid: Uid,
        why: Why,
        change: impl FnOnce(&mut Obj<B>),
    ) -> Result<Option<Arc<Obj<B>>>, Status> {
        self.patch_by(World::update_status, key, uid, why, change)
    }

    fn patch_by<B: Body>(
        &mut self,
        write: impl FnOnce(&mut World, &Actor, Obj<B>, Why) -> Result<Arc<Obj<B>>, Status>,
        key: &Key,
        uid: Uid,
        why: Why,
        change: impl FnOnce(&mut Obj<B>),
    ) -> Result<Option<Arc<Obj<B>>>, Status> {
        let live = self.world.get::<B>(&key.namespace, &key.name);
        let Some(live) = live.filter(|o| o.meta.uid == uid) else {
            return Ok(None);
        };
        let mut object = live.as_ref().clone();
        change(&mut object);
        if object == *live {
            return Ok(Some(live));
        }
        let actor = self.actor.clone();
        write(self.world, &actor, object, why).map(Some)
    }

    /// [`Ctx::patch`] of the metadata of an object of any kind.
    pub fn patch_meta(
        &mut self,
        key: &Key,
        uid: Uid,
        why: Why,
        change: impl FnOnce(&mut Meta),
    ) -> Result<(), Status> {
        let live = self.world.store().get(key).filter(|o| o.meta().uid == uid);
        let Some(mut object) = live.cloned() else {
            return Ok(());
        };
        let before = object.meta().clone();
        change(object.meta_mut());
        if *object.meta() == before {
            return Ok(());
        }
        let actor = self.actor.clone();
        self.world.update_object(&actor, object, why).map(drop)
    }

    /// Deletes an object; one that is gone already is no error.
    pub fn delete(&mut self, key: &Key, options: &DeleteOptions, why: Why) -> Result<(), Status> {
        let actor = self.actor.clone();
        match self.world.delete(&actor, key, options, why) {
            Err(status) if status.reason != Reason::NotFound => Err(status),
            _ => Ok(()),
        }
    }

    /// Tells people something about an object.
    pub fn tell(&mut self, about: &Object, warning: bool, reason: &str, message: impl Into<Str>) {
        let actor = Actor::Control(self.entry.source);
        self.world.tell(&actor, about, warning, reason, message);
    }
}
