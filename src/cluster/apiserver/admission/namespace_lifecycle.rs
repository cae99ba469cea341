//! NamespaceLifecycle: nothing is made in a namespace that is missing or on its way out, and some namespaces stay.

use podarium_api::kinds::KindId;
use podarium_api::object::{NamespaceBody, Object};
use podarium_api::status::{Cause, Status};

use super::{Attributes, CREATE, DELETE, Operation, Plugin, SUB};
use crate::doc::Doc;
use crate::sim::Actor;
use crate::world::World;

pub(super) static PLUGIN: Plugin = Plugin {
    doc: Doc {
        name: "NamespaceLifecycle",
        sentence: "Refuses new objects in a namespace that is missing or being deleted, and keeps the system's namespaces.",
        upstream: "staging/src/k8s.io/apiserver/pkg/admission/plugin/namespace/lifecycle/admission.go",
        docs: "reference/access-authn-authz/admission-controllers/#namespacelifecycle",
        acts_on: &["Namespace.spec.finalizers"],
    },
    on: &[
        (None, CREATE),
        (Some(KindId::POD), SUB),
        (Some(KindId::SERVICE_ACCOUNT), SUB),
        (Some(KindId::NAMESPACE), DELETE),
    ],
    shared: false,
    admit: Some(|world, attributes, object| lives(world, attributes, object)),
    validate: Some(|_, attributes, object| stays(attributes, object)),
};

const IMMORTAL: [&str; 3] = ["default", "kube-system", "kube-public"];

/// Whether the namespace takes new objects.
fn lives(world: &World, attributes: &Attributes<'_>, object: &Object) -> Result<(), Status> {
    let creates = attributes.operation == Operation::Create;
    if !creates || !object.kind().info().namespaced || *attributes.actor == Actor::Bootstrap {
        return Ok(());
    }
    let space = &object.meta().namespace;
    match world.store().find::<NamespaceBody>("", space) {
        None => Err(Status::not_found("", "namespaces", space)),
        Some(namespace) if namespace.meta.is_terminating() => {
            let text = format!(
                "unable to create new content in namespace {space} because it is being terminated"
            );
            let mut status = attributes.forbidden(object, &text);
            status.causes.push(Cause {
                reason: "NamespaceTerminating",
                field: "metadata.namespace".into(),
                message: format!("namespace {space} is being terminated"),
            });
            Err(status)
        }
        Some(_) => Ok(()),
    }
}

/// Whether a namespace may be deleted.
fn stays(attributes: &Attributes<'_>, object: &Object) -> Result<(), Status> {
    let deletes = attributes.operation == Operation::Delete;
    if deletes && object.kind() == KindId::NAMESPACE && IMMORTAL.contains(&&*object.meta().name) {
        return Err(attributes.forbidden(object, "this namespace may not be deleted"));
    }
    Ok(())
}
