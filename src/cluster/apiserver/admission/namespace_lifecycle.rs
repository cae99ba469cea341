//! NamespaceLifecycle: nothing is made in a namespace that is missing or on its way out, and some namespaces stay.

use podarium_api::kinds::KindId;
use podarium_api::object::{NamespaceBody, Object};
use podarium_api::status::Status;

use crate::doc::Doc;
use crate::sim::Actor;
use crate::world::World;

pub(super) static DOC: Doc = Doc {
    name: "NamespaceLifecycle",
    sentence: "Refuses new objects in a namespace that is missing or being deleted, and keeps the system's namespaces.",
    upstream: "staging/src/k8s.io/apiserver/pkg/admission/plugin/namespace/lifecycle/admission.go",
    docs: "reference/access-authn-authz/admission-controllers/#namespacelifecycle",
    acts_on: &["Namespace.spec.finalizers"],
};

const IMMORTAL: [&str; 3] = ["default", "kube-system", "kube-public"];

pub(super) fn create(world: &World, actor: &Actor, object: &Object) -> Result<(), Status> {
    let meta = object.meta();
    let info = object.kind().info();
    if !info.namespaced || *actor == Actor::Bootstrap {
        return Ok(());
    }
    match world.store().find::<NamespaceBody>("", &meta.namespace) {
        None => Err(Status::not_found("", "namespaces", &meta.namespace)),
        Some(namespace) if namespace.meta.is_terminating() => {
            let space = &meta.namespace;
            Err(Status::forbidden(
                info.group,
                info.plural,
                &meta.name,
                &format!(
                    "unable to create new content in namespace {space} because it is being terminated"
                ),
            ))
        }
        Some(_) => Ok(()),
    }
}

pub(super) fn delete(object: &Object) -> Result<(), Status> {
    let name = &*object.meta().name;
    if object.kind() == KindId::NAMESPACE && IMMORTAL.contains(&name) {
        return Err(Status::forbidden(
            "",
            "namespaces",
            name,
            "this namespace may not be deleted",
        ));
    }
    Ok(())
}
