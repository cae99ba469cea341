//! Parts of objects that have a path of their own, and kinds that only pass through.

use podarium_api::changes;
use podarium_api::kinds::KindId;
use podarium_api::object::Object;
use podarium_api::status::{Cause, Reason, Status};
use serde_json::{Value, json};

use super::super::{Method, Request, Response, authorization, managed, patch, rules};
#[cfg(not(target_arch = "wasm32"))]
use super::connect;
use super::router::Place;
use super::write::{actor, why};
use super::{Answer, approval, bad_request, body, no_such_method, pods, read};
use crate::world::World;

const NOT_SIMULATED: [&str; 5] = ["attach", "exec", "log", "portforward", "proxy"];

/// Answers a request for a subresource.
pub fn answer(world: &mut World, request: &Request, place: &Place) -> Answer {
    match (place.sub.as_str(), request.method) {
        ("status", Method::Get) => read::get(world, request, place),
        ("status", Method::Put | Method::Patch) => status(world, request, place),
        ("scale", Method::Get) => {
            let object = read::stored(world, place)?.to_value();
            Ok(Response::json(200, scale_of(place, &object)?))
        }
        ("scale", Method::Put | Method::Patch) => scale(world, request, place),
        ("binding", Method::Post) => {
            let value = body::parse(request)?;
            pods::bind(world, request, place, &value)
        }
        ("eviction", Method::Post) => pods::evict(world, request, place),
        ("ephemeralcontainers" | "resize", _) => pods::part(world, request, place),
        ("approval", Method::Get) => read::get(world, request, place),
        ("approval", Method::Put | Method::Patch) => status(world, request, place),
        ("finalize", Method::Put) => finalize(world, request, place),
        #[cfg(not(target_arch = "wasm32"))]
        ("log", Method::Get) | ("attach" | "exec" | "portforward", Method::Get | Method::Post) => {
            connect::answer(world, request, place)
        }
        ("token", Method::Post) => token(world, request, place),
        #[cfg(not(target_arch = "wasm32"))]
        ("proxy", _) => connect::proxy(request, place),
        // The page shows no insides of containers.
        (sub, _) if NOT_SIMULATED.contains(&sub) => Err(Status::new(
            Reason::NotFound,
            format!(
                "the subresource {:?} of {} is not simulated",
                place.sub, place.info.plural
            ),
        )),
        _ => Err(no_such_method()),
    }
}

fn status(world: &mut World, request: &Request, place: &Place) -> Answer {
    let old = read::stored(world, place)?.clone();
    let (mut object, warnings) = written(world, request, place, &old)?;
    if place.info.id == KindId::CERTIFICATE_SIGNING_REQUEST {
        approval::settle(world, place, &mut object)?;
    }
    let why = why("api-update-status", request, Vec::new());
    let stored = world.update_object_status(&actor(request), object, why)?;
    Ok(Response {
        warnings,
        ..Response::json(200, place.value(&stored))
    })
}

/// What a write makes of the old object, with the book of who manages what; and warnings.
pub fn written(
    world: &World,
    request: &Request,
    place: &Place,
    old: &Object,
) -> Result<(Object, Vec<String>), Status> {
    let now = world.now();
    if request.method == Method::Patch && patch::is_apply(request)? {
        let applied = body::applied(request)?;
        let merged = managed::apply(now, request, place, Some(old), &applied)?;
        return Ok((body::merged(place, merged)?, Vec::new()));
    }
    let (mut object, warnings) = sent(request, place, old)?;
    managed::track(now, request, place, Some(old), &mut object)?;
    Ok((object, warnings))
}

/// What was sent, or what the patch makes of the old one.
fn sent(request: &Request, place: &Place, old: &Object) -> Result<(Object, Vec<String>), Status> {
    if request.method != Method::Patch {
        return body::object(request, place);
    }
    let patched = patch::apply(request, Some(place.info.id), &place.value(old))?;
    body::patched(request, place, patched)
}

/// The Scale of a workload.
///
/// upstream: pkg/registry/apps/deployment/storage/storage.go scaleFromDeployment
fn scale_of(place: &Place, object: &Value) -> Result<Value, Status> {
    if let Some(described) = &place.custom {
        let scale = rules::scale(object, &described["scale"], &Value::Null);
        let path = described["scale"]["specReplicasPath"].as_str();
        let missing = || {
            let path = path.unwrap_or_default();
            Status::internal(&format!("the spec replicas field {path:?} does not exist"))
        };
        return Some(scale).filter(Value::is_object).ok_or_else(missing);
    }
    let meta = &object["metadata"];
    let mut kept = json!({});
    for field in [
        "name",
        "namespace",
        "uid",
        "resourceVersion",
        "creationTimestamp",
    ] {
        kept[field] = meta[field].clone();
    }
    let selector = podarium_api::typed::read(&object["spec"]["selector"]).ok();
    let selector = podarium_api::selector::Selector::from_label_selector(selector.as_ref());
    Ok(json!({
        "kind": "Scale", "apiVersion": "autoscaling/v1", "metadata": kept,
        "spec": {"replicas": object["spec"]["replicas"].as_i64().unwrap_or(1)},
        "status": {
            "replicas": object["status"]["replicas"].as_i64().unwrap_or(0),
            "selector": selector.map(|s| s.to_string()).unwrap_or_default(),
        },
    }))
}

// upstream: pkg/registry/apps/deployment/storage/storage.go scaleUpdatedObjectInfo.UpdatedObject; pkg/apis/autoscaling/validation
// ValidateScale
fn check_scale(place: &Place, scale: &Value, old: &Value) -> Result<(), Status> {
    let meta = &scale["metadata"];
    let name = meta["name"].as_str().unwrap_or_default();
    if name != place.name {
        return Err(bad_request(format!(
            "the name of the object ({name}) does not match the name on the URL ({})",
            place.name
        )));
    }
    if let Some(replicas) = scale["spec"]["replicas"].as_i64().filter(|n| *n < 0) {
        let text = "must be greater than or equal to 0";
        let cause = Cause::invalid("spec.replicas", replicas, text);
        return Err(Status::invalid("autoscaling", "Scale", name, vec![cause]));
    }
    let (uid, have) = (&meta["uid"], &old["metadata"]["uid"]);
    if let (Some(uid), Some(have)) = (uid.as_str(), have.as_str())
        && !uid.is_empty()
        && uid != have
    {
        let text =
            format!("Precondition failed: UID in precondition: {uid}, UID in object meta: {have}");
        let plural = [place.info.plural, "/scale"].concat();
        return Err(Status::conflict(place.info.group, &plural, name, &text));
    }
    Ok(())
}

fn scale(world: &mut World, request: &Request, place: &Place) -> Answer {
    let stored = read::stored(world, place)?.clone();
    let old = stored.to_value();
    let scale = match request.method {
        Method::Patch if patch::is_apply(request)? => {
            return apply_scale(world, request, place, &stored);
        }
        Method::Patch => patch::apply(request, None, &scale_of(place, &old)?)?.object,
        _ => body::parse(request)?,
    };
    check_scale(place, &scale, &old)?;
    let mut value = old.clone();
    match &scale["spec"]["replicas"] {
        Value::Null => set_replicas(place, &mut value, &0.into()),
        replicas if replicas.as_i64().is_some_and(|n| i32::try_from(n).is_ok()) => {
            set_replicas(place, &mut value, replicas);
        }
        _ => {
            return Err(bad_request(
                "Scale in version \"v1\" cannot be handled as a Scale: json: cannot unmarshal string into Go struct \
                 field ScaleSpec.spec.replicas of type int32",
            ));
        }
    }
    value["metadata"]["resourceVersion"] = scale["metadata"]["resourceVersion"]
        .as_str()
        .unwrap_or_default()
        .into();
    let mut object = Object::from_value(stored.kind(), value).map_err(bad_request)?;
    managed::track(world.now(), request, place, Some(&stored), &mut object)?;
    scaled(world, request, place, &stored, object)
}

fn set_replicas(place: &Place, object: &mut Value, replicas: &Value) {
    match &place.custom {
        Some(described) => *object = rules::scale(object, &described["scale"], replicas),
        None => object["spec"]["replicas"] = replicas.clone(),
    }
}

fn scaled(
    world: &mut World,
    request: &Request,
    place: &Place,
    old: &Object,
    object: Object,
) -> Answer {
    let differences = changes::between(&old.to_value(), &object.to_value());
    let why = why("api-update", request, differences);
    let stored = world.update_object(&actor(request), object, why)?;
    Ok(Response::json(200, scale_of(place, &stored.to_value())?))
}

/// An applied Scale is an applied object of which only the number of replicas is said.
// upstream: apimachinery/pkg/util/managedfields/scalehandler.go
fn apply_scale(world: &mut World, request: &Request, place: &Place, old: &Object) -> Answer {
    let scale = body::applied(request)?;
    let text = |field: &str| scale[field].as_str().unwrap_or_default();
    let (version, kind) = (text("apiVersion"), text("kind"));
    if (version, kind) != ("autoscaling/v1", "Scale") {
        let slash = if version.contains('/') { "" } else { "/" };
        return Err(bad_request(format!(
            "invalid object type: {slash}{version}, Kind={kind}"
        )));
    }
    let (info, meta) = (place.info, &scale["metadata"]);
    let mut applied = json!({
        "apiVersion": info.api_version(), "kind": info.kind,
        "metadata": {"name": place.name, "resourceVersion": meta["resourceVersion"]}, "spec": scale["spec"],
    });
    let replicas = applied["spec"]["replicas"].take();
    applied["spec"] = json!({});
    if !replicas.is_null() {
        set_replicas(place, &mut applied, &replicas);
    }
    let merged = managed::apply(world.now(), request, place, Some(old), &applied)?;
    let object = body::merged(place, merged)?;
    scaled(world, request, place, old, object)
}

/// upstream: pkg/registry/core/namespace/storage/storage.go FinalizeREST
fn finalize(world: &mut World, request: &Request, place: &Place) -> Answer {
    let (sent, _) = body::object(request, place)?;
    let mut object = read::stored(world, place)?.clone();
    if let (Object::Namespace(object), Object::Namespace(sent)) = (&mut object, &sent) {
        let spec = &mut std::sync::Arc::make_mut(object).body.spec;
        spec.finalizers.clone_from(&sent.body.spec.finalizers);
    }
    let why = why("api-update", request, Vec::new());
    let stored = world.finalize_namespace(&actor(request), object, why)?;
    Ok(Response::json(200, place.value(&stored)))
}

/// A POST of a kind that is not stored.
pub fn review(world: &mut World, request: &Request, place: &Place, object: Object) -> Answer {
    let value = object.to_value();
    match place.info.kind {
        "Binding" => {
            let place = Place {
                info: KindId::POD.info(),
                namespace: place.namespace.clone(),
                name: object.meta().name.to_string(),
                sub: String::new(),
                custom: None,
            };
            pods::bind(world, request, &place, &value)
        }
        _ => {
            let answer = authorization::review(world, &request.user, place, value)?;
            Ok(Response::json(201, answer))
        }
    }
}

fn token(world: &mut World, request: &Request, place: &Place) -> Answer {
    let mut value = body::parse(request)?;
    if !value.is_object() {
        value = json!({});
    }
    for (field, expected) in [
        ("apiVersion", "authentication.k8s.io/v1"),
        ("kind", "TokenRequest"),
    ] {
        if *value[field].as_str().unwrap_or(expected) != *expected {
            let text = ["the body is of another ", field, " than ", expected].concat();
            return Err(bad_request(text));
        }
        value[field] = expected.into();
    }
    let answer = authorization::review(world, &request.user, place, value)?;
    Ok(Response::json(201, answer))
}
