//! POST, PUT, PATCH and DELETE of objects.

use podarium_api::changes;
use podarium_api::kinds::KindId;
use podarium_api::meta::{Meta, Uid};
use podarium_api::object::Object;
use podarium_api::status::{Cause, Reason, Status};
use serde_json::{Value, json};

use super::super::{Request, Response, managed, patch, rules, strategy, unsimulated};
use super::router::Place;
use super::{Answer, body, no_such_method, read};
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
    let mut idle = None;
    let (mut object, warnings) = body::looked_at(request, place, &mut |value| {
        // What is known of a pod as a value is not told from the object again: pods are what is made most.
        if info.id == KindId::POD {
            idle = Some(unsimulated::paths(value, info.id));
        }
    })?;
    if object.meta().resource_version != 0 {
        // upstream: staging/src/k8s.io/apiserver/pkg/storage/errors.go ErrResourceVersionSetOnCreate
        let text = "resourceVersion should not be set on objects to be created";
        return Err(Status::new(Reason::Unknown, text));
    }
    *object.meta_mut() = only_given(object.meta());
    if !info.stored() {
        return super::subresources::review(world, request, place, object);
    }
    managed::made(world.now(), request, place, &mut object)?;
    let idle = idle.unwrap_or_else(|| idle_fields(&object));
    created(world, request, place, object, warnings, idle)
}

/// The fields that nothing acts on.
fn idle_fields(object: &Object) -> Vec<String> {
    unsimulated::paths(&object.to_value(), object.kind())
}

fn created(
    world: &mut World,
    request: &Request,
    place: &Place,
    object: Object,
    mut warnings: Vec<String>,
    idle: Vec<String>,
) -> Answer {
    warnings.extend(unsimulated::warning(idle));
    let why = why("api-create", request, Vec::new());
    let stored = world.create_object(&actor(request), object, why)?;
    let value = place.value(&stored);
    warnings.extend(rules::warnings(&value, None));
    Ok(Response {
        warnings,
        ..Response::json(201, value)
    })
}

/// PUT of an object.
pub fn update(world: &mut World, request: &Request, place: &Place) -> Answer {
    let (mut object, warnings) = body::object(request, place)?;
    let (info, meta) = (place.info, object.meta());
    let old = match read::stored(world, place) {
        Ok(old) => old.clone(),
        Err(_) if strategy::creates_on_update(info.id) => {
            if meta.uid != Uid::default() {
                let text = super::super::verbs::wrong_uid(&object.key(), meta.uid, "");
                return Err(Status::conflict(info.group, info.plural, &meta.name, &text));
            }
            *object.meta_mut() = only_given(meta);
            managed::made(world.now(), request, place, &mut object)?;
            let idle = idle_fields(&object);
            return created(world, request, place, object, warnings, idle);
        }
        Err(missing) => return Err(missing),
    };
    if meta.resource_version == 0 && strategy::demands_revision(info.id) {
        // upstream: staging/src/k8s.io/apiserver/pkg/registry/generic/registry/store.go Update: of the resource, not the kind
        let mut cause = Cause::invalid("metadata.resourceVersion", 0, "");
        cause.message = "Invalid value: 0x0: must be specified for an update".into();
        let (group, plural) = (info.group, info.plural);
        return Err(Status::invalid(group, plural, &meta.name, vec![cause]));
    }
    replace(world, request, place, &old, object, warnings)
}

/// PATCH of an object.
pub fn patch(world: &mut World, request: &Request, place: &Place) -> Answer {
    if patch::is_apply(request)? {
        return apply(world, request, place);
    }
    let old = read::stored(world, place)?.clone();
    let patched = patch::apply(request, Some(place.info.id), &place.value(&old))?;
    let (object, warnings) = body::patched(request, place, patched)?;
    replace(world, request, place, &old, object, warnings)
}

/// PATCH with an object to be applied, which may be a new one.
// upstream: staging/src/k8s.io/apiserver/pkg/endpoints/handlers/patch.go applyPatcher
fn apply(world: &mut World, request: &Request, place: &Place) -> Answer {
    let applied = body::applied(request)?;
    let old = read::stored(world, place).ok().cloned();
    let merged = managed::apply(world.now(), request, place, old.as_ref(), &applied)?;
    let mut object = body::merged(place, merged)?;
    let Some(old) = old else {
        let info = place.info;
        let uid = object.meta().uid;
        if uid != Default::default() {
            let text = format!(
                "uid mismatch: the provided object specified uid {uid}, and no existing object was found"
            );
            return Err(Status::conflict(
                info.group,
                info.plural,
                &place.name,
                &text,
            ));
        }
        *object.meta_mut() = only_given(object.meta());
        let idle = idle_fields(&object);
        return created(world, request, place, object, Vec::new(), idle);
    };
    replace(world, request, place, &old, object, Vec::new())
}

fn replace(
    world: &mut World,
    request: &Request,
    place: &Place,
    old: &Object,
    mut object: Object,
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
    // Defaults are no part of what was asked, though the fields are the writer's.
    if !patch::is_apply(request).unwrap_or_default() {
        managed::track(world.now(), request, place, Some(old), &mut object)?;
    }
    let stored = world.update_object(&actor(request), object, why)?;
    let value = place.value(&stored);
    warnings.extend(rules::warnings(&value, Some(old)));
    Ok(Response {
        warnings,
        ..Response::json(200, value)
    })
}

/// Whether `path` is `above` or something below it.
fn within(path: &str, above: &str) -> bool {
    path.strip_prefix(above)
        .is_some_and(|rest| rest.is_empty() || rest.starts_with(['.', '[']))
}

/// A Status that says yes.
pub fn success() -> Value {
    json!({"kind": "Status", "apiVersion": "v1", "metadata": {}, "status": "Success"})
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
