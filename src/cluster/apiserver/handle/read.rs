//! GET of one object, lists, and the opening of watches.

use podarium_api::kinds::{KindId, KindInfo};
use podarium_api::object::{Key, Object};
use podarium_api::selector::{FieldSelector, Selector};
use podarium_api::status::Status;
use serde_json::{Value, json};

use super::super::request::Body;
use super::super::{Request, Response};
use super::present::Form;
use super::router::Place;
use super::watch::Watch;
use super::{Answer, bad_request, fields, no_such_method, options};
use crate::world::World;

/// The stored object that a path names.
pub fn stored<'a>(world: &'a World, place: &Place) -> Result<&'a Object, Status> {
    let info = place.info;
    let key = Key::new(info.id, &place.namespace, &place.name);
    let missing = || Status::not_found(info.group, info.plural, &place.name);
    world.store().get(&key).ok_or_else(missing)
}

/// Answers with one object.
pub fn get(world: &World, place: &Place) -> Answer {
    Ok(Response::json(200, stored(world, place)?.to_value()))
}

/// Answers with a collection, or opens a watch on it.
pub fn list_or_watch(world: &World, request: &Request, place: &Place, form: &Form) -> Answer {
    if !place.info.stored() {
        return Err(no_such_method());
    }
    let (labels, mut field_terms) = options::selectors(request)?;
    if !place.name.is_empty() {
        // A watch on one object is a watch on the collection with its name selected.
        let text = format!("metadata.name={}", place.name);
        field_terms = FieldSelector::parse(&text).map_err(bad_request)?;
    }
    fields::check(place.info.id, &field_terms)?;
    if options::watches(request) {
        let revision = request.param("resourceVersion").unwrap_or_default();
        let revision = match revision {
            "" | "0" => None,
            text => Some(
                text.parse()
                    .map_err(|_| bad_request(format!("invalid resource version {text:?}")))?,
            ),
        };
        let watch = Watch::new(
            place.info.id,
            &place.namespace,
            labels,
            field_terms,
            revision,
        );
        return Ok(Response {
            body: Body::Watch(watch),
            ..Response::empty()
        });
    }
    #[cfg(not(target_arch = "wasm32"))]
    if place.info.id == KindId::POD {
        let pods = select(world, place, &labels, &field_terms);
        let empty = list(place.info, world, Vec::new());
        if let Some(response) = form.pods(world.now(), &empty, pods) {
            return Ok(response);
        }
    }
    let items = select(world, place, &labels, &field_terms)
        .map(|object| {
            let mut value = object.to_value();
            // upstream: items of typed lists carry no type of their own
            if let Value::Object(fields) = &mut value {
                fields.remove("apiVersion");
                fields.remove("kind");
            }
            value
        })
        .collect();
    Ok(Response::json(200, list(place.info, world, items)))
}

fn list(info: &KindInfo, world: &World, items: Vec<Value>) -> Value {
    json!({
        "kind": info.list_kind, "apiVersion": info.api_version(),
        "metadata": {"resourceVersion": world.store().revision().to_string()},
        "items": items,
    })
}

/// The objects of a collection that both selectors select.
pub fn select<'a>(
    world: &'a World,
    place: &'a Place,
    labels: &'a Selector,
    field_terms: &'a FieldSelector,
) -> Box<dyn Iterator<Item = &'a Object> + 'a> {
    let store = world.store();
    let kind = place.info.id;
    let node = field_terms.exact("spec.nodeName").filter(|n| !n.is_empty());
    let all: Box<dyn Iterator<Item = &Object>> = match node {
        Some(node) if kind == KindId::POD => Box::new(
            store
                .pods_on(node)
                .filter(|o| place.namespace.is_empty() || *o.meta().namespace == *place.namespace),
        ),
        _ if place.namespace.is_empty() => Box::new(store.list(kind)),
        _ => Box::new(store.list_in(kind, &place.namespace)),
    };
    Box::new(all.filter(|o| {
        labels.matches(|key| o.meta().labels.get(key)) && fields::matches(field_terms, o)
    }))
}
