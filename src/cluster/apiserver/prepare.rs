//! What the server decides of a new or changed object, whatever was sent: observed state begins empty.

use std::sync::Arc;

use podarium_api::kinds::KindId;
use podarium_api::meta::Str;
use podarium_api::object::{Obj, Object};
use podarium_api::status::{Reason, Status};
use serde_json::{Map, Value};

use super::rules;
use crate::sim::{Actor, User};

/// What a new object begins with.
///
/// upstream: PrepareForCreate of the strategies below pkg/registry
///
/// # Errors
/// `BadRequest` where what comes of it is no object.
pub fn create(object: &mut Object, actor: &Actor) -> Result<(), Status> {
    let person = matches!(actor, Actor::User(_));
    match object {
        Object::Deployment(o) if person => Arc::make_mut(o).body.status = Default::default(),
        Object::ReplicaSet(o) if person => Arc::make_mut(o).body.status = Default::default(),
        Object::ReplicationController(o) if person => {
            Arc::make_mut(o).body.status = Default::default();
        }
        Object::Service(o) if person => {
            let status = &mut Arc::make_mut(o).body.status;
            *status = Default::default();
            status.load_balancer = Some(Default::default());
        }
        Object::Namespace(o) => {
            let body = &mut Arc::make_mut(o).body;
            body.status = Default::default();
            body.status.phase = Some("Active".into());
            let finalizers = body.spec.finalizers.get_or_insert_default();
            if !finalizers.iter().any(|f| f == "kubernetes") {
                finalizers.push("kubernetes".into());
            }
        }
        Object::Other(kind, o) if !kind.is_custom() => {
            if let (KindId::CERTIFICATE_SIGNING_REQUEST, Actor::User(user)) = (*kind, actor) {
                requested_by(Arc::make_mut(o), user);
            }
            by_rule(object, None)?;
        }
        _ => {}
    }
    Ok(())
}

/// Who asks for a certificate is for the server to say.
///
/// upstream: pkg/registry/certificates/certificates/strategy.go PrepareForCreate
fn requested_by(request: &mut Obj<Map<String, Value>>, user: &User) {
    if let Some(Value::Object(spec)) = request.body.get_mut("spec") {
        let texts = |list: &[Str]| list.iter().map(|t| Value::from(&**t)).collect::<Value>();
        let extra = user.extra.iter().map(|(k, v)| (k.to_string(), texts(v)));
        let extra: Map<_, _> = extra.collect();
        let asks = [
            ("username", user.name.is_empty(), (&*user.name).into()),
            ("uid", user.uid.is_empty(), (&*user.uid).into()),
            ("groups", user.groups.is_empty(), texts(&user.groups)),
            ("extra", extra.is_empty(), Value::Object(extra)),
        ];
        for (name, nothing, value) in asks {
            spec.remove(name);
            if !nothing {
                spec.insert(name.into(), value);
            }
        }
    }
}

fn by_rule(object: &mut Object, old: Option<&Object>) -> Result<(), Status> {
    rules::prepare(object, old).map_err(|text| Status::new(Reason::BadRequest, text))
}

/// What a write to the main resource may not change, though the field is there.
///
/// upstream: PrepareForUpdate of the strategies below pkg/registry
///
/// # Errors
/// `BadRequest` where what comes of it is no object.
pub fn update(object: &mut Object, old: &Object, actor: &Actor) -> Result<(), Status> {
    let person = matches!(actor, Actor::User(_));
    match (&mut *object, old) {
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
        (Object::Other(kind, _), _) if !kind.is_custom() => by_rule(object, Some(old))?,
        _ => {}
    }
    Ok(())
}
