//! Admission: the plugins that change or refuse a write. One file per plugin, one line in [`ALL`].

mod default_toleration_seconds;
mod namespace_lifecycle;
mod priority;
mod service_account;

use k8s_openapi::api::core::v1::PodSpec;
use podarium_api::object::Object;
use podarium_api::status::Status;

pub(super) use priority::classes_fingerprint;
pub(super) use service_account::account_of;
pub(crate) use service_account::root_ca;

use crate::doc::Doc;
use crate::sim::Actor;
use crate::world::World;

/// The plugins, in the order in which they are asked.
pub static ALL: &[&Doc] = &[
    &namespace_lifecycle::DOC,
    &service_account::DOC,
    &default_toleration_seconds::DOC,
    &priority::DOC,
];

/// Checks a new object.
pub fn on_create(world: &World, actor: &Actor, object: &Object) -> Result<(), Status> {
    namespace_lifecycle::create(world, actor, object)
}

/// Checks a deletion.
pub fn on_delete(object: &Object) -> Result<(), Status> {
    namespace_lifecycle::delete(object)
}

/// Finishes the spec of a new pod. `name` is what refusals call it.
pub fn on_pod(
    world: &World,
    namespace: &str,
    name: &str,
    spec: &mut PodSpec,
) -> Result<(), Status> {
    service_account::admit(world, namespace, name, spec)?;
    default_toleration_seconds::admit(spec);
    priority::admit(world, name, spec)
}
