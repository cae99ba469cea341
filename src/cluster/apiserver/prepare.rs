//! What the server decides of a new or changed object, whatever was sent: observed state begins empty.

use std::sync::Arc;

use podarium_api::object::Object;
use serde_json::Value;

use crate::sim::Actor;

/// What a new object begins with.
///
/// upstream: PrepareForCreate of the strategies below pkg/registry
pub fn create(object: &mut Object, actor: &Actor) {
    let person = matches!(actor, Actor::User(_));
    match object {
        Object::Deployment(o) if person => Arc::make_mut(o).body.status = Default::default(),
        Object::ReplicaSet(o) if person => Arc::make_mut(o).body.status = Default::default(),
        Object::ReplicationController(o) if person => {
            Arc::make_mut(o).body.status = Default::default();
        }
        Object::Service(o) if person => Arc::make_mut(o).body.status = Default::default(),
        Object::Namespace(o) => {
            let body = &mut Arc::make_mut(o).body;
            body.status = Default::default();
            body.status.phase = Some("Active".into());
            let finalizers = body.spec.finalizers.get_or_insert_default();
            if !finalizers.iter().any(|f| f == "kubernetes") {
                finalizers.push("kubernetes".into());
            }
        }
        Object::Other(kind, o)
            if person
                && kind.info().subresources.contains(&"status")
                && o.body.contains_key("status") =>
        {
            // Upstream's strategies print an empty status for most kinds.
            Arc::make_mut(o)
                .body
                .insert("status".into(), Value::Object(Default::default()));
        }
        _ => {}
    }
}

/// What a write to the main resource may not change, though the field is there.
///
/// upstream: PrepareForUpdate of the strategies below pkg/registry
pub fn update(object: &mut Object, old: &Object, actor: &Actor) {
    let person = matches!(actor, Actor::User(_));
    match (object, old) {
        (Object::Namespace(o), Object::Namespace(old)) if person => {
            Arc::make_mut(o)
                .body
                .spec
                .finalizers
                .clone_from(&old.body.spec.finalizers);
        }
        (Object::Pod(o), Object::Pod(old)) => {
            let o = Arc::make_mut(o);
            if !Arc::ptr_eq(&o.body.spec, &old.body.spec) {
                let mut spec = o.body.spec.as_ref().clone();
                super::defaults::pod(&mut spec);
                // Equal specs stay one: pods of a template share theirs.
                o.body.spec = if spec == *old.body.spec {
                    old.body.spec.clone()
                } else {
                    Arc::new(spec)
                };
            }
        }
        _ => {}
    }
}
