//! DELETE of one object or a collection, and the options that all writes bring.

use podarium_api::meta::Uid;
use podarium_api::object::Object;
use podarium_api::status::{Reason, Status};
use serde_json::{Value, json};

use super::super::{
    DeleteOptions, Method, Propagation, Request, Response, deletion, patch, rules, strategy,
};
use super::router::Place;
use super::write::{actor, why};
use super::{Answer, bad_request, body, list, no_such_method, read};
use crate::world::World;

/// Whether the request asks what would happen.
///
/// # Errors
/// `Invalid` for options that are none.
pub fn dry_run(request: &Request, place: &Place) -> Result<bool, Status> {
    let kind = match request.method {
        Method::Get => return Ok(false),
        Method::Post => "CreateOptions",
        Method::Put => "UpdateOptions",
        Method::Patch => "PatchOptions",
        Method::Delete => "DeleteOptions",
    };
    let body = match request.method {
        Method::Delete => sent(request)?,
        _ => Value::Null,
    };
    if place.sub == "eviction" && sent(request)?["deleteOptions"]["dryRun"][0] == "All" {
        return Ok(true);
    }
    Ok(asked(request, kind, body)?["dry"] == true)
}

/// The body of a DELETE, which may have none.
fn sent(request: &Request) -> Result<Value, Status> {
    if request.body.is_empty() {
        return Ok(Value::Null);
    }
    body::parse(request)
}

fn asked(request: &Request, kind: &str, body: Value) -> Result<Value, Status> {
    let mut query = json!({});
    let mut dry = Vec::new();
    for (name, text) in request.query.iter().filter(|(_, text)| !text.is_empty()) {
        match name.as_str() {
            "dryRun" => dry.push(text.as_str()),
            "gracePeriodSeconds" | "propagationPolicy" | "orphanDependents" | "fieldManager"
            | "fieldValidation" | "force" => {
                query[name] = text.as_str().into();
            }
            _ => {}
        }
    }
    let applies = request.method == Method::Patch && patch::is_apply(request)?;
    if dry.is_empty() && query == json!({}) && body.is_null() && !applies {
        return Ok(Value::Null);
    }
    let answer = rules::options(&json!({
        "kind": kind, "dryRun": dry, "query": query, "body": body, "applies": applies,
    }));
    if let Some(text) = answer["bad"].as_str() {
        return Err(bad_request(text));
    }
    let causes = rules::causes(Some(answer["causes"].clone()));
    if !causes.is_empty() {
        return Err(Status::invalid("meta.k8s.io", kind, "", causes));
    }
    Ok(answer)
}

/// How to delete, by a body and the query.
///
/// # Errors
/// `Invalid` or `BadRequest`.
pub fn options(request: &Request, body: Value) -> Result<DeleteOptions, Status> {
    let asked = asked(request, "DeleteOptions", body)?;
    let text = |field: &str| asked[field].as_str();
    Ok(DeleteOptions {
        grace: asked["grace"].as_i64(),
        propagation: match text("propagation") {
            Some("Background") => Propagation::Background,
            Some("Foreground") => Propagation::Foreground,
            Some("Orphan") => Propagation::Orphan,
            _ => Propagation::Unsaid,
        },
        // What is no uid or revision is that of no object.
        uid: text("uid").map(|text| Uid::parse(text).unwrap_or_default()),
        resource_version: text("version").map(|text| text.parse().unwrap_or_default()),
    })
}

/// DELETE of an object.
pub fn one(world: &mut World, request: &Request, place: &Place) -> Answer {
    let sent = sent(request)?;
    let accepted = sent["orphanDependents"] == false;
    let options = options(request, sent)?;
    let info = place.info;
    let key = place.key();
    let why = why("api-delete", request, Vec::new());
    let left = world.delete(&actor(request), &key, &options, why)?;
    let waits = !deletion::is_gone(&left);
    if waits || strategy::returns_deleted(info.id) {
        // upstream: delete.go DeleteResource: only who asked by the older word is told that it will take a while.
        let code = if waits && accepted { 202 } else { 200 };
        return Ok(Response::json(code, place.value(&left)));
    }
    // upstream: staging/src/k8s.io/apiserver/pkg/registry/generic/registry/store.go finalizeDelete
    let mut details =
        json!({"name": place.name, "kind": info.plural, "uid": left.meta().uid.to_string()});
    if !info.group.is_empty() {
        details["group"] = info.group.into();
    }
    let mut status = super::write::success();
    status["details"] = details;
    Ok(Response::json(200, status))
}

/// DELETE of a collection. The answer is the list of what was there.
pub fn collection(world: &mut World, request: &Request, place: &Place) -> Answer {
    let info = place.info;
    if !info.verbs.contains(&"deletecollection") || (info.namespaced && place.namespace.is_empty())
    {
        return Err(no_such_method());
    }
    let options = options(request, sent(request)?)?;
    let terms = read::terms(request, place)?;
    let asked = list::asked(request, place, false)?;
    let page = list::page(world, place, &terms, &asked)?;
    for key in page.objects.iter().map(Object::key) {
        let why = why("api-delete", request, Vec::new());
        match world.delete(&actor(request), &key, &options, why) {
            Err(status) if status.reason != Reason::NotFound => return Err(status),
            _ => {}
        }
    }
    Ok(Response::json(200, read::list(place, page)))
}
