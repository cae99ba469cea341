//! From a request to a verb: the path says what is meant, the method what is done with it.

mod approval;
mod body;
#[cfg(test)]
mod collection_tests;
mod components;
#[cfg(not(target_arch = "wasm32"))]
mod connect;
#[cfg(test)]
mod custom_tests;
mod delete;
mod discovery;
mod fields;
#[cfg(test)]
mod fuzz;
mod list;
#[cfg(test)]
mod managed_tests;
mod options;
mod pods;
mod present;
mod read;
mod router;
#[cfg(test)]
mod rule_tests;
#[cfg(test)]
mod subresource_tests;
mod subresources;
#[cfg(test)]
mod tests;
mod version;
#[cfg(test)]
mod version_tests;
mod watch;
mod write;
#[cfg(test)]
mod write_tests;

use podarium_api::kinds::KindId;
use podarium_api::status::{Reason, Status};

#[cfg(not(target_arch = "wasm32"))]
pub use connect::Connect;
pub use watch::{Look, Told, Watch};

use super::{Method, Request, Response, authorization, managed, unsimulated};
use crate::world::World;
pub(super) use body::{noting, unsupported as unsupported_media_type};
pub(super) use router::Place;
use router::Route;
pub(super) use version::served;

/// What a handler comes to: an answer, or a refusal.
type Answer = Result<Response, Status>;

/// Answers a request.
pub fn handle(world: &mut World, request: &Request) -> Response {
    world.warnings = Some(Vec::new());
    let mut deprecated = None;
    let request = match authorization::enter(world, request) {
        Ok(request) => request,
        Err(refusal) => return Response::status(&refusal),
    };
    let request = &*request;
    let answer = match router::route(world, &request.path) {
        None => discovery::unknown(world, &request.path),
        Some(Route::Document) => discovery::answer(world, request),
        Some(Route::Unsimulated(place)) => unsimulated::answer(world, &place),
        Some(Route::Resource(place)) => {
            deprecated = deprecation(&place);
            world.custom.clone_from(&place.custom);
            world.strict = place.info.id == KindId::EVENTS_EVENT;
            let answer = resource(world, request, &place);
            (world.custom, world.strict) = (None, false);
            answer
        }
    };
    let mut response = answer.unwrap_or_else(|status| Response::status(&status));
    // A refusal comes with what was said before it.
    response
        .warnings
        .extend(world.warnings.take().unwrap_or_default());
    if let Some(text) = deprecated {
        response.warnings.insert(0, text);
    }
    response
}

/// What is said to everybody who still asks for a kind.
///
/// upstream: staging/src/k8s.io/apiserver/pkg/endpoints/deprecation/deprecation.go WarningMessage
fn deprecation(place: &Place) -> Option<String> {
    let text = match place.info.id {
        KindId::COMPONENT_STATUS => "v1 ComponentStatus is deprecated in v1.19+",
        KindId::ENDPOINTS => {
            "v1 Endpoints is deprecated in v1.33+; use discovery.k8s.io/v1 EndpointSlice"
        }
        _ => place.custom.as_ref()?["deprecated"].as_str()?,
    };
    Some(text.into())
}

fn resource(world: &mut World, request: &Request, place: &Place) -> Answer {
    let form = present::form(request, place)?;
    let dry = delete::dry_run(request, place)?;
    let response = world.maybe_dry(dry, |world| written(world, request, place, &form));
    let mut response = response.map_err(|status| place.own(status))?;
    managed::show(request, place.info, &mut response);
    form.answer(world.now(), response)
}

fn written(world: &mut World, request: &Request, place: &Place, form: &present::Form) -> Answer {
    if let Some(described) = &place.custom {
        place.takes(request)?;
        if described["terminating"] == true && request.method == Method::Post {
            // upstream: staging/src/k8s.io/apiextensions-apiserver/pkg/apiserver/customresource_handler.go serveResource
            let text = "create not allowed while custom resource definition is terminating";
            return Err(Status::new(Reason::MethodNotAllowed, text));
        }
    }
    if !place.sub.is_empty() {
        return subresources::answer(world, request, place);
    }
    if place.info.id == KindId::COMPONENT_STATUS {
        return components::answer(world, request, place);
    }
    let one = !place.name.is_empty();
    match (request.method, one) {
        (Method::Get, true) if !options::watches(request) => read::get(world, request, place),
        (Method::Get, _) => read::list_or_watch(world, request, place, form),
        (Method::Post, false) => write::create(world, request, place),
        (Method::Put, true) => write::update(world, request, place),
        (Method::Patch, true) => write::patch(world, request, place),
        (Method::Delete, true) => delete::one(world, request, place),
        (Method::Delete, false) => delete::collection(world, request, place),
        _ => Err(no_such_method()),
    }
}

fn no_such_method() -> Status {
    Status::new(
        Reason::MethodNotAllowed,
        "the server does not allow this method on the requested resource",
    )
}

fn bad_request(message: impl Into<String>) -> Status {
    Status::new(Reason::BadRequest, message)
}
