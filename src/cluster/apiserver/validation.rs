//! Validation: what is refused. What is wrong with an object is the rules' to say (`src/rules/validation`).

use podarium_api::kinds::KindId;
use podarium_api::object::Object;
use podarium_api::status::{Cause, Status};

use super::rules;
use crate::sim::Actor;

/// Kinds of which components write good objects, and often.
const OWN: [KindId; 7] = [
    KindId::POD,
    KindId::NODE,
    KindId::NAMESPACE,
    KindId::ENDPOINTS,
    KindId::ENDPOINT_SLICE,
    KindId::EVENT,
    KindId::SERVICE_ACCOUNT,
];

/// Whether a new object may be stored. What comes of a pod's template is `fresh` where it has not been judged before.
///
/// # Errors
/// `Invalid`, with every field at fault.
pub fn create(actor: &Actor, object: &Object, fresh: bool) -> Result<(), Status> {
    if OWN.contains(&object.kind()) && !fresh && !matches!(actor, Actor::User(_)) {
        return Ok(());
    }
    finish(object, rules::check(object, None))
}

/// Whether an object may take the place of `old`.
///
/// # Errors
/// `Invalid`, with every field at fault.
pub fn update(actor: &Actor, object: &Object, old: &Object) -> Result<(), Status> {
    let (new, had) = (object.meta(), old.meta());
    let same = new.labels == had.labels
        && new.annotations == had.annotations
        && new.finalizers == had.finalizers
        && new.owners == had.owners;
    // What is as it was has been found valid before.
    let own = OWN.contains(&object.kind()) && !matches!(actor, Actor::User(_));
    if same && (own || object.spec_eq(old)) {
        return Ok(());
    }
    finish(object, rules::check(object, Some(old)))
}

/// Whether a pod may be as a subresource left it.
///
/// # Errors
/// `Invalid`, with every field at fault.
pub fn pod(pod: &Object) -> Result<(), Status> {
    finish(pod, rules::check_pod(pod))
}

/// Whether an event may be written by way of events.k8s.io.
///
/// # Errors
/// `Invalid`, with every field at fault.
pub fn event(event: &Object, old: Option<&Object>) -> Result<(), Status> {
    finish(event, rules::check_event(event, old))
}

fn finish(object: &Object, causes: Vec<Cause>) -> Result<(), Status> {
    if causes.is_empty() {
        return Ok(());
    }
    let info = object.kind().info();
    let name = &object.meta().name;
    Err(Status::invalid(info.group, info.kind, name, causes))
}
