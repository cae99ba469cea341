//! `metadata.managedFields`: the rules say whose fields are whose; here is when they are asked.
//!
//! Of a new object, only its maker is kept, and of what a component made nothing at all: whose its fields are is told from the
//! object when somebody looks, or when somebody writes to it again. From then on a book is kept as upstream does. What
//! components write to a status never goes into it: that is told from the object too.

use std::sync::Arc;

use podarium_api::kinds::KindInfo;
use podarium_api::meta::Time;
use podarium_api::object::Object;
use podarium_api::status::Status;
use serde_json::{Value, json};

use super::handle::{Place, served};
use super::request::Body;
use super::{Request, Response, defaults, rules, strategy};
use crate::sim::{Actor, Verb};

/// upstream: staging/src/k8s.io/apimachinery/pkg/apis/meta/v1/validation/validation.go FieldManagerMaxLength
const LONGEST: usize = 128;

/// Who writes, by name: what is said, or else the first word of the user agent.
///
/// upstream: staging/src/k8s.io/apiserver/pkg/endpoints/handlers/create.go managerOrUserAgent
fn manager(request: &Request) -> &str {
    let said = request
        .param("fieldManager")
        .filter(|said| !said.is_empty());
    let agent = request.user_agent.split('/').next().unwrap_or_default();
    let name = said.unwrap_or(&agent[..agent.floor_char_boundary(LONGEST)]);
    // upstream: apimachinery/pkg/util/managedfields/internal/buildmanagerinfo.go buildManagerInfo
    if name.is_empty() { "unknown" } else { name }
}

/// What the rules need to know of a write.
fn how(info: &KindInfo, sub: &str, manager: &str, now: Time) -> Value {
    let reset = match sub {
        "status" if strategy::status_keeps_metadata(info.storage()) => json!(["spec", "metadata"]),
        "status" => json!(["spec"]),
        "" if info.subresources.contains(&"status") => json!(["status"]),
        _ => Value::Null,
    };
    json!({
        "manager": manager, "apiVersion": info.api_version(), "kind": info.kind, "subresource": sub,
        "time": now.to_rfc3339(), "reset": reset,
    })
}

/// Notes who makes an object.
///
/// # Errors
/// `BadRequest` for an object that is none any more with its defaults.
pub fn made(now: Time, request: &Request, place: &Place, new: &mut Object) -> Result<(), Status> {
    // Of a custom resource the schema is at hand only now.
    if new.meta().managed_fields.is_some() || place.custom.is_some() {
        return track(now, request, place, None, new);
    }
    let marker = json!([{
        "manager": manager(request), "operation": "Update", "apiVersion": place.info.api_version(),
        "time": now.to_rfc3339(),
    }]);
    new.meta_mut().managed_fields = Some(Arc::new(marker));
    Ok(())
}

/// Notes what a request from outside does to an object, which gets its defaults on the way: they are its writer's too.
///
/// # Errors
/// `BadRequest` for an object that is none any more with its defaults.
pub fn track(
    now: Time,
    request: &Request,
    place: &Place,
    live: Option<&Object>,
    new: &mut Object,
) -> Result<(), Status> {
    defaults::apply(new)?;
    if let Object::Pod(pod) = new {
        defaults::pod(Arc::make_mut(&mut Arc::make_mut(pod).body.spec));
    }
    let mut how = how(place.info, &place.sub, manager(request), now);
    how["schema"] = place.schema();
    note(place.info, live, new, &how);
    Ok(())
}

fn note(info: &'static KindInfo, live: Option<&Object>, new: &mut Object, how: &Value) {
    let live = live.map(|live| served(info, live)).unwrap_or_default();
    if let Some(kept) = rules::track(&live, &served(info, new), how) {
        new.meta_mut().managed_fields = Some(kept).filter(|kept| !kept.is_null()).map(Arc::new);
    }
}

/// Notes what a component does to an object that a book is kept of.
pub fn by_component(
    now: Time,
    actor: &Actor,
    verb: Verb,
    info: &'static KindInfo,
    live: &Object,
    new: &mut Object,
) {
    let Some(book) = &live.meta().managed_fields else {
        return;
    };
    let name = match actor {
        Actor::User(_) => return,
        Actor::Kubelet(_) => "kubelet",
        Actor::KubeProxy(_) => "kube-proxy",
        Actor::Control("scheduler" | "kube-scheduler") => "kube-scheduler",
        _ => "kube-controller-manager",
    };
    let sub = if verb == Verb::UpdateStatus {
        // What of a status nobody else has is its writer's without being noted.
        let entries = book.as_array().map_or(&[][..], Vec::as_slice);
        if !entries
            .iter()
            .any(|entry| entry["fieldsV1"].get("f:status").is_some())
        {
            return;
        }
        "status"
    } else {
        let (a, b) = (live.meta(), new.meta());
        // The deployment controller writes it with the status, as upstream does.
        let other = |(key, _): &(&str, &str)| *key != "deployment.kubernetes.io/revision";
        let same = a.labels == b.labels
            && a.annotations
                .iter()
                .filter(other)
                .eq(b.annotations.iter().filter(other))
            && a.owners == b.owners
            && a.finalizers == b.finalizers;
        if same && live.spec_eq(new) {
            return;
        }
        ""
    };
    note(info, Some(live), new, &how(info, sub, name, now));
}

/// What an object that was applied makes of the live one.
///
/// # Errors
/// Conflicts with other managers, and what cannot be applied at all.
pub fn apply(
    now: Time,
    request: &Request,
    place: &Place,
    live: Option<&Object>,
    applied: &Value,
) -> Result<Value, Status> {
    let mut how = how(place.info, &place.sub, manager(request), now);
    how["force"] = matches!(
        request.param("force"),
        Some("true" | "1" | "t" | "T" | "True" | "TRUE")
    )
    .into();
    how["schema"] = place.schema();
    let live = live.map(|live| place.value(live)).unwrap_or_default();
    rules::apply(&live, applied, &how)
}

/// Lets an answer show who manages what. Lists only for clients from outside: within the page nobody looks there.
pub fn show(request: &Request, info: &KindInfo, response: &mut Response) {
    let Body::Json(value) = &mut response.body else {
        return;
    };
    if value["kind"] == info.kind && info.stored() {
        show_one(info, value);
    } else if value["kind"] == info.list_kind && request.user_agent.contains('/') {
        for item in value["items"].as_array_mut().into_iter().flatten() {
            show_one(info, item);
        }
    }
}

/// [`show`] for one object.
pub fn show_one(info: &KindInfo, value: &mut Value) {
    let how = json!({"apiVersion": info.api_version(), "kind": info.kind});
    let Some(managers) = rules::managers(value, &how) else {
        return;
    };
    if let Some(Value::Object(meta)) = value.get_mut("metadata") {
        if managers.is_null() {
            meta.remove("managedFields");
        } else {
            meta.insert("managedFields".into(), managers);
        }
    }
}
