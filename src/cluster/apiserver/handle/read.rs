//! GET of one object, lists, and the opening of watches.

use podarium_api::object::Object;
use podarium_api::selector::FieldSelector;
use podarium_api::status::Status;
use serde_json::{Value, json};

use super::super::request::Body;
use super::super::{Request, Response, beats};
use super::list::{self, Page, Terms};
use super::present::Form;
use super::router::Place;
use super::watch::Watch;
use super::{Answer, bad_request, fields, no_such_method, options};
use crate::world::World;

/// The stored object that a path names.
pub fn stored<'a>(world: &'a World, place: &Place) -> Result<&'a Object, Status> {
    let info = place.info;
    let missing = || Status::not_found(info.group, info.plural, &place.name);
    world.store().get(&place.key()).ok_or_else(missing)
}

/// Answers with one object.
pub fn get(world: &World, request: &Request, place: &Place) -> Answer {
    let version = request.param("resourceVersion").unwrap_or_default();
    let (least, here) = (version.parse().unwrap_or(0), world.store().revision());
    if least > here {
        return Err(list::too_large(least, here));
    }
    Ok(Response::json(
        200,
        place.value(&beats::seen(world, stored(world, place)?)),
    ))
}

/// The selectors of a request, those that the kind offers.
pub fn terms(request: &Request, place: &Place) -> Result<Terms, Status> {
    let (labels, mut terms) = options::selectors(request)?;
    if !place.name.is_empty() {
        // A watch on one object is a watch on the collection with its name selected.
        if terms.is_everything() {
            let text = ["metadata.name=", &place.name].concat();
            terms = FieldSelector::parse(&text).map_err(bad_request)?;
        } else if terms.exact("metadata.name") != Some(&place.name) {
            let text = "fieldSelector metadata.name doesn't match requested name";
            return Err(bad_request(text));
        }
    }
    fields::check(place, &terms)?;
    Ok(Terms {
        labels,
        fields: terms,
    })
}

/// Answers with a collection, or opens a watch on it.
// upstream: staging/src/k8s.io/apiserver/pkg/endpoints/handlers/get.go ListResource
pub fn list_or_watch(world: &World, request: &Request, place: &Place, form: &Form) -> Answer {
    if !place.info.stored() {
        return Err(no_such_method());
    }
    let terms = terms(request, place)?;
    let watches = options::watches(request);
    let asked = list::asked(request, place, watches)?;
    if watches {
        let bookmarks = options::says(request, "allowWatchBookmarks");
        let streams = options::says(request, "sendInitialEvents");
        let watch = Watch::new(world, place, terms, &asked, bookmarks, streams);
        return Ok(Response {
            body: Body::Watch(watch),
            ..Response::empty()
        });
    }
    let page = list::page(world, place, &terms, &asked)?;
    if place.info.id == podarium_api::kinds::KindId::POD {
        let empty = list_of(place, &page, Vec::new());
        if let Some(response) = form.pods(world.now(), &empty, page.objects.iter()) {
            return Ok(response);
        }
    }
    Ok(Response::json(200, list(place, page)))
}

/// A list of the kind that a place has.
pub fn list(place: &Place, page: Page) -> Value {
    list_of(
        place,
        &page,
        page.objects.iter().map(|o| item(place, o)).collect(),
    )
}

fn list_of(place: &Place, page: &Page, items: Vec<Value>) -> Value {
    let info = place.info;
    json!({
        "kind": info.list_kind, "apiVersion": info.api_version(), "metadata": page.meta, "items": items,
    })
}

fn item(place: &Place, object: &Object) -> Value {
    let mut value = place.value(object);
    // upstream: items of typed lists carry no type of their own
    if let (Value::Object(fields), None) = (&mut value, &place.custom) {
        fields.remove("apiVersion");
        fields.remove("kind");
    }
    value
}
