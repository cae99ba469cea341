//! Lists: of what is there now or was there a little while ago, whole or in pages.

use podarium_api::kinds::KindId;
use podarium_api::object::{Key, Object};
use podarium_api::selector::{FieldSelector, Selector};
use podarium_api::status::{Cause, Reason, Status};
use serde_json::{Value, json};

use super::super::{Request, beats, rules};
use super::router::Place;
use super::{bad_request, fields};
use crate::world::World;

/// The parameters that lists and watches are asked with beside their selectors.
const PARAMETERS: [&str; 5] = [
    "resourceVersion",
    "resourceVersionMatch",
    "limit",
    "continue",
    "sendInitialEvents",
];

/// upstream: staging/src/k8s.io/apiserver/pkg/storage/etcd3/errors.go expired, inconsistentContinue
const TOO_OLD: &str = "The resourceVersion for the provided list is too old.";
const INCONSISTENT: &str = "The provided continue parameter is too old to display a consistent list result. You can start a new list without the continue parameter, or use the continue token in this response to retrieve the remainder of the results. Continuing with the provided token results in an inconsistent list - objects that were created, modified, or deleted between the time the first chunk was returned and now may show up in the list.";

/// Which objects of a collection are meant.
#[derive(Clone, Debug, PartialEq)]
pub struct Terms {
    /// By their labels.
    pub labels: Selector,
    /// By their fields.
    pub fields: FieldSelector,
}

/// What a list or watch asks beside its selectors.
#[derive(Default)]
pub struct Asked {
    /// The revision to list at; 0 for the newest.
    pub exact: u64,
    /// The revision that must have come.
    pub least: u64,
    /// The key to begin with, relative to the collection.
    start: String,
    /// How many objects at most; 0 for all.
    limit: usize,
    /// Whether a watch begins with what there is.
    pub initial: bool,
}

/// Reads what a list or watch asks.
///
/// # Errors
/// `BadRequest` or `Invalid`, in upstream's words.
pub fn asked(request: &Request, place: &Place, watch: bool) -> Result<Asked, Status> {
    let mut given = json!({"watch": watch});
    let mut any = false;
    for name in PARAMETERS {
        if let Some(text) = request.param(name) {
            given[name] = text.into();
            any = true;
        }
    }
    // What asks for nothing need not wait for the rules.
    let answer = if any {
        rules::list(&given)
    } else {
        json!({"initial": true})
    };
    let invalid = |group: &str, kind: &str, causes: &Value| {
        let causes = rules::causes(Some(causes.clone()));
        Err(Status::invalid(group, kind, "", causes))
    };
    if let Some(text) = answer["bad"].as_str() {
        return Err(bad_request(text));
    }
    if !answer["causes"].is_null() {
        return invalid("meta.k8s.io", "ListOptions", &answer["causes"]);
    }
    if !answer["version"].is_null() {
        return invalid(place.info.group, place.info.plural, &answer["version"]);
    }
    let number = |name: &str| answer[name].as_u64().unwrap_or_default();
    Ok(Asked {
        exact: number("exact"),
        least: number("least"),
        start: answer["start"].as_str().unwrap_or_default().into(),
        limit: number("limit") as usize,
        initial: answer["initial"] == true,
    })
}

/// A revision that has not come yet.
///
/// upstream: staging/src/k8s.io/apiserver/pkg/storage/errors.go NewTooLargeResourceVersionError
pub fn too_large(asked: u64, here: u64) -> Status {
    let text = format!("Too large resource version: {asked}, current: {here}");
    let mut status = Status::timeout(&text, 1);
    let cause = Cause::whole("ResourceVersionTooLarge", "Too large resource version");
    status.causes.push(cause);
    status
}

/// A list, or a part of one.
pub struct Page {
    /// In the order of their keys.
    pub objects: Vec<Object>,
    /// The `metadata` of the list: its revision, and the token for what is left.
    pub meta: Value,
}

/// The objects of a collection that are asked for.
///
/// # Errors
/// `Expired` where a revision is forgotten, `Timeout` where it has not come.
// upstream: staging/src/k8s.io/apiserver/pkg/storage/etcd3/store.go GetList
pub fn page(world: &World, place: &Place, terms: &Terms, asked: &Asked) -> Result<Page, Status> {
    let store = world.store();
    let here = store.revision();
    let wanted = asked.exact.max(asked.least);
    if wanted > here {
        return Err(too_large(wanted, here));
    }
    let at = if asked.exact == 0 { here } else { asked.exact };
    let kind = place.info.storage();
    let Some(past) = store.past(kind, at) else {
        if asked.start.is_empty() {
            return Err(Status::new(Reason::Expired, TOO_OLD));
        }
        let mut status = Status::new(Reason::Expired, INCONSISTENT);
        let last = asked.start.trim_end_matches('\0');
        status.continue_token = rules::continue_after(-1, last);
        return Err(status);
    };
    let from = first(place, &asked.start);
    let mut meta = json!({"resourceVersion": at.to_string()});
    let holds = |o: &&Object| place.holds(o);
    let node = terms
        .fields
        .exact("spec.nodeName")
        .filter(|n| !n.is_empty());
    let mut objects = Vec::new();
    let mut all: Box<dyn Iterator<Item = &Object>> = match node {
        Some(node) if kind == KindId::POD && at == here => {
            let all = store.pods_on(node).filter(holds);
            Box::new(all.filter(|o| o.key() >= from))
        }
        _ => Box::new(store.list_past(&past, &from).take_while(holds)),
    };
    for object in all.by_ref() {
        if terms.select(object) {
            objects.push(beats::seen(world, object));
            if objects.len() == asked.limit {
                break;
            }
        }
    }
    if objects.len() == asked.limit && asked.limit > 0 {
        let left = all.count();
        if left > 0 {
            let last = objects.last().map(|o| relative(place, o));
            let token = rules::continue_after(at as i64, &last.unwrap_or_default());
            meta["continue"] = token.into();
            // upstream: with a selector nobody knows how many of the rest it would select.
            if terms.labels.is_everything() && terms.fields.is_everything() {
                meta["remainingItemCount"] = left.into();
            }
        }
    }
    Ok(Page { objects, meta })
}

/// The key that a list begins with.
fn first(place: &Place, start: &str) -> Key {
    let (namespace, name) = match start.split_once('/') {
        Some((namespace, name)) if place.namespace.is_empty() => (namespace, name),
        _ => (place.namespace.as_str(), start),
    };
    Key::new(place.info.storage(), namespace, name)
}

/// An object's key as seen from the collection.
fn relative(place: &Place, object: &Object) -> String {
    let meta = object.meta();
    if place.info.namespaced && place.namespace.is_empty() {
        return [&*meta.namespace, "/", &*meta.name].concat();
    }
    meta.name.to_string()
}

impl Place {
    /// Whether an object of the kind is in the namespace that is meant.
    pub fn holds(&self, object: &Object) -> bool {
        self.namespace.is_empty() || *object.meta().namespace == *self.namespace
    }
}

impl Terms {
    /// Whether both selectors select an object.
    pub fn select(&self, object: &Object) -> bool {
        self.labels.matches(|key| object.meta().labels.get(key))
            && fields::matches(&self.fields, object)
    }
}
