//! The subresources of pods that are written to: `binding`, `eviction`, `ephemeralcontainers` and `resize`.

use std::sync::Arc;

use podarium_api::meta::Meta;
use podarium_api::object::Object;
use podarium_api::pod::Pod;
use podarium_api::status::{Cause, Reason, Status};
use serde_json::Value;

use super::super::{Method, Request, Response, pod_parts};
use super::router::Place;
use super::write::{actor, success, why};
use super::{Answer, bad_request, body, delete, no_such_method, read, subresources};
use crate::world::World;

/// POST of a Binding.
// upstream: pkg/registry/core/pod/storage/storage.go BindingREST.Create; pkg/apis/core/validation/validation.go ValidatePodBinding
pub fn bind(world: &mut World, request: &Request, place: &Place, binding: &Value) -> Answer {
    let mut meta = Meta::from_value(binding["metadata"].clone()).map_err(bad_request)?;
    if !place.name.is_empty() && *meta.name != *place.name {
        let text = "name in URL does not match name in Binding object";
        return Err(bad_request(text));
    }
    meta.namespace = place.namespace.as_str().into();
    let text = |field: &str| binding["target"][field].as_str().unwrap_or_default();
    let mut causes = Vec::new();
    if !["", "Node"].contains(&text("kind")) {
        let cause = Cause::not_supported("target.kind", text("kind"), &["Node", "<empty>"]);
        causes.push(cause);
    }
    if text("name").is_empty() {
        causes.push(Cause::required("target.name", ""));
    }
    if !causes.is_empty() {
        let each: Vec<_> = causes
            .iter()
            .map(|c| [&c.field, ": ", &c.message].concat())
            .collect();
        let text = match each.as_slice() {
            [one] => one.clone(),
            many => format!("[{}]", many.join(", ")),
        };
        return Err(Status::new(Reason::Unknown, text));
    }
    let why = why("api-bind", request, Vec::new());
    world.bind_as(&actor(request), &meta, text("name"), why)?;
    Ok(Response::json(201, done()))
}

/// POST of an Eviction.
pub fn evict(world: &mut World, request: &Request, place: &Place) -> Answer {
    let eviction = body::parse(request)?;
    if eviction["metadata"]["name"] != place.name.as_str() {
        let text = "name in URL does not match name in Eviction object";
        return Err(bad_request(text));
    }
    let options = delete::options(request, eviction["deleteOptions"].clone())?;
    let pod = stored(world, place)?;
    let why = why("api-evict", request, Vec::new());
    world.evict(&actor(request), &pod, options, why)?;
    Ok(Response::json(201, done()))
}

/// upstream: staging/src/k8s.io/apiserver/pkg/endpoints/handlers/create.go createHandler: a Status gets the answer's code.
fn done() -> Value {
    let mut status = success();
    status["code"] = 201.into();
    status
}

/// GET, PUT and PATCH of the parts of a pod's spec that may change alone.
pub fn part(world: &mut World, request: &Request, place: &Place) -> Answer {
    if request.method == Method::Get {
        return read::get(world, request, place);
    }
    if !matches!(request.method, Method::Put | Method::Patch) {
        return Err(no_such_method());
    }
    let old = stored(world, place)?;
    let object = Object::Pod(old.clone());
    let (sent, warnings) = subresources::written(world, request, place, &object)?;
    let Some(new) = sent.as_pod() else {
        return Err(no_such_method());
    };
    let given = new.meta.resource_version;
    if given != 0 && given != old.meta.resource_version {
        let text = super::super::verbs::OPTIMISTIC_LOCK;
        return Err(Status::conflict("", "pods", &place.name, text));
    }
    let sub = match place.sub.as_str() {
        "resize" => "resize",
        _ => "ephemeralcontainers",
    };
    let spec = pod_parts::part(sub, &old, &sent)?;
    let why = why("api-update", request, Vec::new());
    let stored = world.set_pod_part(&actor(request), sub, (&old, new), spec, why)?;
    Ok(Response {
        warnings,
        ..Response::json(200, stored.to_value())
    })
}

fn stored(world: &World, place: &Place) -> Result<Arc<Pod>, Status> {
    let object = read::stored(world, place)?;
    let pod = object.as_pod().cloned();
    pod.ok_or_else(|| Status::internal(&format!("{} is no pod", Object::key(object))))
}
