//! Deletion: at once, after a grace period, or when the last finalizer is gone.

use std::sync::Arc;

use podarium_api::kinds::KindId;
use podarium_api::meta::{Meta, Span, Str, Time, Uid};
use podarium_api::object::{Key, Object};
use podarium_api::status::Status;

use super::admission::{Attributes, Operation};
use super::{admission, allocate, authorization, custom, strategy};
use crate::sim::{Actor, Verb, Why};
use crate::world::World;

/// Keeps an object until what it owns is gone.
pub const FOREGROUND: &str = "foregroundDeletion";
/// Keeps an object until what it owns has been let go.
pub const ORPHAN: &str = "orphan";

/// What becomes of what a deleted object owns.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Propagation {
    /// What the object's finalizers say, or else its kind.
    #[default]
    Unsaid,
    /// The garbage collector deletes it afterwards.
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

impl World {
    /// Deletes an object, or marks it deleted when it must wait for a grace period or finalizers. Returns it as it was
    /// left.
    ///
    /// Errors: `NotFound`, `Conflict` for a precondition, `Forbidden`.
    // upstream: staging/src/k8s.io/apiserver/pkg/registry/generic/registry/store.go Delete; pkg/registry/core/namespace/storage/storage.go Delete
    pub fn delete(
        &mut self,
        actor: &Actor,
        key: &Key,
        options: &DeleteOptions,
        why: Why,
    ) -> Result<Object, Status> {
        let info = key.kind.info();
        authorization::component(self, actor, "delete", key, "")?;
        let Some(old) = self.store.get(key).cloned() else {
            return Err(Status::not_found(info.group, info.plural, &key.name));
        };
        preconditions(&old, options)?;
        let mut attributes = Attributes::new(Operation::Delete, actor, None);
        let allowed = admission::validate(self, &mut attributes, &old);
        self.heed(actor, key, attributes.found, allowed)?;
        let mut marked = old.clone();
        let now = self.now();
        if let Object::Namespace(namespace) = &mut marked {
            let namespace = Arc::make_mut(namespace);
            if !namespace.meta.is_terminating() {
                namespace.meta.deleted = Some(now);
                namespace.meta.finalizers = finalizers(key.kind, &namespace.meta, options);
                namespace.body.status.phase = Some("Terminating".into());
                return Ok(self.mark(actor, key, marked, why));
            }
            if !may_go(&old) {
                return Ok(old);
            }
        }
        let graceful = match grace(&old, options.grace, now) {
            Grace::Pending => return Ok(old),
            Grace::None => false,
            Grace::Until(at, seconds) => {
                let meta = marked.meta_mut();
                if !meta.is_terminating() && meta.generation > 0 {
                    meta.generation += 1;
                }
                (meta.deleted, meta.deletion_grace) = (Some(at), Some(seconds));
                true
            }
        };
        let meta = marked.meta_mut();
        let first = !meta.is_terminating();
        meta.finalizers = finalizers(key.kind, meta, options);
        if first && key.kind == KindId::CUSTOM_RESOURCE_DEFINITION {
            // upstream: staging/src/k8s.io/apiextensions-apiserver/pkg/registry/customresourcedefinition/etcd.go Delete
            meta.finalizers.push(custom::FINALIZER.into());
        }
        let held = !meta.finalizers.is_empty();
        if held && !graceful {
            // upstream: store.go markAsDeleting
            if !meta.is_terminating() && meta.generation > 0 {
                meta.generation += 1;
            }
            meta.deleted = Some(meta.deleted.map_or(now, |at| at.min(now)));
            meta.deletion_grace = Some(0);
        }
        if held || meta.deletion_grace.is_some_and(|seconds| seconds > 0) {
            if marked == old {
                return Ok(old);
            }
            return Ok(self.mark(actor, key, marked, why));
        }
        allocate::release(self, &old);
        self.commit(actor, Verb::Delete, key.clone(), None, why);
        Ok(marked)
    }

    fn mark(&mut self, actor: &Actor, key: &Key, marked: Object, why: Why) -> Object {
        let change = self.commit(actor, Verb::MarkDeleted, key.clone(), Some(marked), why);
        change.new.clone().expect("a mark leaves an object")
    }
}

/// upstream: staging/src/k8s.io/apiserver/pkg/registry/rest/delete.go BeforeDelete
fn preconditions(object: &Object, options: &DeleteOptions) -> Result<(), Status> {
    let (info, meta) = (object.kind().info(), object.meta());
    let conflict = |text: String| Err(Status::conflict(info.group, info.kind, &meta.name, &text));
    if let Some(uid) = options.uid.filter(|uid| *uid != meta.uid) {
        let have = meta.uid;
        return conflict(format!(
            "the UID in the precondition ({uid}) does not match the UID in record ({have}). The object might have been \
             deleted and then recreated"
        ));
    }
    let have = meta.resource_version;
    if let Some(asked) = options.resource_version.filter(|v| *v != have) {
        return conflict(format!(
            "the ResourceVersion in the precondition ({asked}) does not match the ResourceVersion in record ({have}). \
             The object might have been modified"
        ));
    }
    Ok(())
}

/// What a deletion does about the time that an object is allowed.
enum Grace {
    /// Its kind allows none, or it is over.
    None,
    /// It runs already, and is not made shorter.
    Pending,
    /// Until then, in so many seconds.
    Until(Time, i64),
}

// upstream: staging/src/k8s.io/apiserver/pkg/registry/rest/delete.go BeforeDelete; pkg/registry/core/pod/strategy.go CheckGracefulDelete
fn grace(object: &Object, asked: Option<i64>, now: Time) -> Grace {
    let Object::Pod(pod) = object else {
        return Grace::None;
    };
    // Less than nothing is taken to be a second.
    let asked = asked.map(|seconds| if seconds < 0 { 1 } else { seconds });
    let span = |seconds: i64| Span::secs(u64::try_from(seconds).unwrap_or_default());
    if let Some(due) = pod.meta.deleted {
        let have = pod.meta.deletion_grace.unwrap_or_default();
        return match asked {
            _ if have == 0 => Grace::None,
            Some(less) if less < have => {
                let since = Time(due.0.saturating_sub(span(have).0));
                Grace::Until(since + span(less), less)
            }
            _ => Grace::Pending,
        };
    }
    let body = &pod.body;
    let unstarted = body.node_name.is_none() || body.status.phase.is_terminal();
    let own = body.spec.termination_grace_period_seconds.unwrap_or(0);
    let seconds = match asked.unwrap_or(own) {
        _ if unstarted => 0,
        seconds if seconds < 0 => 1,
        seconds => seconds,
    };
    Grace::Until(now + span(seconds), seconds)
}

/// An object's finalizers, with those of the garbage collector as its deletion asks.
///
/// upstream: store.go deletionFinalizersForGarbageCollection
fn finalizers(kind: KindId, meta: &Meta, options: &DeleteOptions) -> Vec<Str> {
    if kind == KindId::EVENT {
        return meta.finalizers.clone();
    }
    let has = |finalizer: &str| meta.finalizers.iter().any(|f| **f == *finalizer);
    let wanted = match options.propagation {
        Propagation::Unsaid if has(ORPHAN) => Propagation::Orphan,
        Propagation::Unsaid if has(FOREGROUND) => Propagation::Foreground,
        Propagation::Unsaid => strategy::propagation(kind),
        said => said,
    };
    let mut all = meta.finalizers.clone();
    all.retain(|f| ![FOREGROUND, ORPHAN].contains(&&**f));
    match wanted {
        Propagation::Orphan => all.push(ORPHAN.into()),
        Propagation::Foreground => all.push(FOREGROUND.into()),
        _ => {}
    }
    all
}

/// Whether a deletion that left this leaves nothing: a dry run cannot look.
pub(super) fn is_gone(left: &Object) -> bool {
    let meta = left.meta();
    meta.finalizers.is_empty() && meta.deletion_grace.unwrap_or_default() == 0 && may_go(left)
}

/// Whether nothing but the grace period and metadata finalizers keeps a deleted object: a namespace also waits for its
/// own `spec.finalizers`.
pub(super) fn may_go(object: &Object) -> bool {
    match object {
        Object::Namespace(n) => n.body.spec.finalizers.as_ref().is_none_or(Vec::is_empty),
        _ => true,
    }
}
