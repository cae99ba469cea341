//! POST, PUT, PATCH and DELETE of objects.

use podarium_api::meta::Meta;
use podarium_api::object::{Key, Object};
use serde_json::{Value, json};

use super::super::{Request, Response, changes, patch, unsimulated};
use super::router::Place;
use super::{Answer, body, list, no_such_method, options, read};
use crate::sim::{Actor, Arg, Why};
use crate::world::World;

/// Who asks.
pub fn actor(request: &Request) -> Actor {
    Actor::User(request.user.clone())
}

/// POST to a collection.
pub fn create(world: &mut World, request: &Request, place: &Place) -> Answer {
    let info = place.info;
    if info.namespaced && place.namespace.is_empty() {
        return Err(no_such_method());
    }
    let value = body::parse(request)?;
    let (mut object, mut warnings) = body::object(request, place, value)?;
    *object.meta_mut() = only_given(object.meta());
    warn(&mut warnings, &object.to_value(), &object);
    if !info.stored() {
        return super::subresources::review(world, request, place, object);
    }
    let why = why("api-create", request, Vec::new());
    let stored = world.create_object(&actor(request), object, why)?;
    Ok(Response {
        warnings,
        ..Response::json(201, stored.to_value())
    })
}

/// PUT of an object.
pub fn update(world: &mut World, request: &Request, place: &Place) -> Answer {
    let old = read::stored(world, place)?.clone();
    let value = body::parse(request)?;
    let (object, warnings) = body::object(request, place, value)?;
    replace(world, request, &old, object, warnings)
}

/// PATCH of an object.
pub fn patch(world: &mut World, request: &Request, place: &Place) -> Answer {
    let old = read::stored(world, place)?.clone();
    let patched = patch::apply(request, place.info.id, old.to_value())?;
    let (object, warnings) = body::object(request, place, patched)?;
    replace(world, request, &old, object, warnings)
}

fn replace(
    world: &mut World,
    request: &Request,
    old: &Object,
    object: Object,
    mut warnings: Vec<String>,
) -> Answer {
    let (before, after) = (old.to_value(), object.to_value());
    let differences = changes::between(&before, &after);
    let added: Vec<&str> = differences.iter().map(|c| c.path.as_str()).collect();
    let all = unsimulated::paths(&after, object.kind());
    let touched = all
        .into_iter()
        .filter(|p| added.iter().any(|a| within(a, p) || within(p, a)));
    warnings.extend(unsimulated::warning(touched.collect()));
    let why = why("api-update", request, differences);
    let stored = world.update_object(&actor(request), object, why)?;
    Ok(Response {
        warnings,
        ..Response::json(200, stored.to_value())
    })
}

/// Whether `path` is `above` or something below it.
fn within(path: &str, above: &str) -> bool {
    path.strip_prefix(above)
        .is_some_and(|rest| rest.is_empty() || rest.starts_with(['.', '[']))
}

/// DELETE of an object.
pub fn delete(world: &mut World, request: &Request, place: &Place) -> Answer {
    let options = options::delete(request)?;
    let info = place.info;
    let key = Key::new(info.id, &place.namespace, &place.name);
    let why = why("api-delete", request, Vec::new());
    let left = world.delete(&actor(request), &key, &options, why)?;
    if world.store().get(&key).is_some() || returns_object(info.kind) {
        return Ok(Response::json(200, left.to_value()));
    }
    // upstream: staging/src/k8s.io/apiserver/pkg/registry/generic/registry/store.go finalizeDelete
    let mut details =
        json!({"name": place.name, "kind": info.plural, "uid": left.meta().uid.to_string()});
    if !info.group.is_empty() {
        details["group"] = info.group.into();
    }
    Ok(Response::json(200, success(details)))
}

/// upstream: ReturnDeletedObject of the stores below pkg/registry
fn returns_object(kind: &str) -> bool {
    matches!(
        kind,
        "Pod"
            | "Service"
            | "ServiceAccount"
            | "PersistentVolumeClaim"
            | "PersistentVolume"
            | "ResourceQuota"
    )
}

/// A Status that says yes.
pub fn success(details: Value) -> Value {
    json!({
        "kind": "Status", "apiVersion": "v1", "metadata": {}, "status": "Success", "details": details,
    })
}

/// DELETE of a collection.
pub fn delete_collection(world: &mut World, request: &Request, place: &Place) -> Answer {
    let info = place.info;
    if !info.verbs.contains(&"deletecollection") || (info.namespaced && place.namespace.is_empty())
    {
        return Err(no_such_method());
    }
    let options = options::delete(request)?;
    let terms = read::terms(request, place)?;
    list::asked(request, place, false)?;
    let keys = list::keys(world.store(), place, &terms);
    let mut items = Vec::new();
    for key in keys {
        let why = why("api-delete", request, Vec::new());
        match world.delete(&actor(request), &key, &options, why) {
            Ok(left) => items.push(left.to_value()),
            Err(status) if status.reason == podarium_api::status::Reason::NotFound => {}
            Err(status) => return Err(status),
        }
    }
    Ok(Response::json(
        200,
        json!({
            "kind": info.list_kind, "apiVersion": info.api_version(),
            "metadata": {"resourceVersion": world.store().revision().to_string()},
            "items": items,
        }),
    ))
}

/// What a person may say of a new object's metadata; the rest is the server's to say.
fn only_given(meta: &Meta) -> Meta {
    Meta {
        namespace: meta.namespace.clone(),
        name: meta.name.clone(),
        generate_name: meta.generate_name.clone(),
        labels: meta.labels.clone(),
        annotations: meta.annotations.clone(),
        owners: meta.owners.clone(),
        finalizers: meta.finalizers.clone(),
        managed_fields: meta.managed_fields.clone(),
        ..Meta::default()
    }
}

fn warn(warnings: &mut Vec<String>, value: &Value, object: &Object) {
    warnings.extend(unsimulated::warning(unsimulated::paths(
        value,
        object.kind(),
    )));
}

/// Why a write came about: which fields it changed, and the line of the manifest that asked for the first of them.
pub fn why(id: &'static str, request: &Request, changed: Vec<changes::Change>) -> Why {
    let mut args: Vec<(&'static str, Arg)> = Vec::new();
    if !changed.is_empty() {
        args.push(("fields", changes::text(&changed).into()));
    }
    if let Some(origin) = &request.origin {
        let path = changed.first().map_or("metadata.name", |c| c.path.as_str());
        if let Some(line) = origin.line_of(path) {
            args.push(("line", i64::from(line).into()));
        }
        if !origin.source.is_empty() {
            args.push(("source", (&origin.source).into()));
        }
    }
    Why {
        id,
        args: (!args.is_empty()).then(|| args.into_boxed_slice()),
    }
}
