//! Validation: what is refused. What is wrong with an object is the rules' to say (`src/rules/typed`).

use k8s_openapi::api::core::v1::PodSpec;
use podarium_api::kinds::KindId;
use podarium_api::object::Object;
use podarium_api::status::{Cause, Status};

use super::rules;
use crate::sim::Actor;

/// Kinds of which nothing but the metadata is judged.
const METADATA: [KindId; 7] = [
    KindId::POD,
    KindId::NODE,
    KindId::NAMESPACE,
    KindId::ENDPOINTS,
    KindId::ENDPOINT_SLICE,
    KindId::EVENT,
    KindId::SERVICE_ACCOUNT,
];

/// Whether a new object may be stored.
///
/// # Errors
/// `Invalid`, with every field at fault.
pub fn create(actor: &Actor, object: &Object) -> Result<(), Status> {
    // Components make their metadata by upstream's rules: these are their hottest writes, and there is nothing to find.
    if METADATA.contains(&object.kind()) && !matches!(actor, Actor::User(_)) {
        return Ok(());
    }
    finish(
        object.kind(),
        &object.meta().name,
        rules::check(object, None),
    )
}

/// Whether an object may take the place of `old`.
///
/// # Errors
/// `Invalid`, with every field at fault.
pub fn update(object: &Object, old: &Object) -> Result<(), Status> {
    let (new, had) = (object.meta(), old.meta());
    let same = new.labels == had.labels && new.annotations == had.annotations;
    // What is as it was has been found valid before; of pods more than the spec is judged.
    let judged = object.kind() == KindId::POD || !METADATA.contains(&object.kind());
    if same && (!judged || object.spec_eq(old)) {
        return Ok(());
    }
    finish(object.kind(), &new.name, rules::check(object, Some(old)))
}

/// Whether a pod may have this spec.
///
/// # Errors
/// `Invalid`, with every field at fault.
pub fn pod_spec(name: &str, spec: &PodSpec) -> Result<(), Status> {
    finish(KindId::POD, name, rules::check_pod_spec(spec))
}

fn finish(kind: KindId, name: &str, causes: Vec<Cause>) -> Result<(), Status> {
    if causes.is_empty() {
        return Ok(());
    }
    let info = kind.info();
    Err(Status::invalid(info.group, info.kind, name, causes))
}
