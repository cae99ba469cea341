//! What plugins are told of a write beside its object, and what they find.

use podarium_api::object::Object;
use podarium_api::status::Status;

use crate::sim::Actor;

/// What is done with an object.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Operation {
    /// It is new; or, with a subresource, something is posted to it.
    Create,
    /// It takes the place of the one that is stored.
    Update,
    /// It is to go.
    Delete,
    /// Somebody talks to it: `exec`, `attach`, `portforward`, `proxy`.
    Connect,
}

/// A write, as plugins see it.
///
/// upstream: staging/src/k8s.io/apiserver/pkg/admission/interfaces.go Attributes
#[derive(Debug)]
pub struct Attributes<'a> {
    /// What is done.
    pub operation: Operation,
    /// By way of which subresource; empty for the object itself.
    pub subresource: &'a str,
    /// Who does it.
    pub actor: &'a Actor,
    /// The object that is stored, of an update.
    pub old: Option<&'a Object>,
    /// Whether the name was made from a prefix, which is all that the first phase knows of it upstream.
    pub generated: bool,
    /// Whether a pod of this template was finished before.
    pub recalled: bool,
    /// What was found.
    pub found: Found,
    pub(super) mutating: bool,
}

/// What plugins say beside yes and no.
#[derive(Debug, Default)]
pub struct Found {
    /// For the person who asks.
    pub warnings: Vec<String>,
    /// For the record.
    pub audit: Vec<String>,
    /// What is to be stored along with the write, should it come about.
    pub charges: Vec<Object>,
}

impl<'a> Attributes<'a> {
    /// A write of the object itself.
    pub fn new(operation: Operation, actor: &'a Actor, old: Option<&'a Object>) -> Self {
        Attributes {
            operation,
            subresource: "",
            actor,
            old,
            generated: false,
            recalled: false,
            found: Found::default(),
            mutating: false,
        }
    }

    /// The same by way of a subresource.
    pub fn at(self, subresource: &'a str) -> Self {
        Attributes {
            subresource,
            ..self
        }
    }

    /// A refusal.
    ///
    /// upstream: staging/src/k8s.io/apiserver/pkg/admission/errors.go NewForbidden
    pub fn forbidden(&self, object: &Object, text: &str) -> Status {
        let (info, meta) = (object.kind().info(), object.meta());
        let prefix = meta.generate_name.as_deref();
        let name = prefix.filter(|_| self.generated && self.mutating);
        Status::forbidden(info.group, info.plural, name.unwrap_or(&meta.name), text)
    }
}
