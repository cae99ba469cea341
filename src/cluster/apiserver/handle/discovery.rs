//! What the server says of itself: version, health, groups and resources.

use podarium_api::kinds::KindId;
use podarium_api::object::Object;
use podarium_api::status::{Reason, Status};
use serde_json::{Value, json};

use super::super::request::Body;
use super::super::rules;
use super::{Answer, Method, Request, Response, no_such_method, router};
use crate::world::World;

/// Answers a request for a document.
pub fn answer(world: &World, request: &Request) -> Answer {
    let asked = json!({"path": request.path, "accept": request.accept, "query": request.query});
    let definitions = world.store().list(KindId::CUSTOM_RESOURCE_DEFINITION);
    let definitions: Vec<Value> = definitions.map(Object::to_value).collect();
    match rules::discovery(&asked, &Value::Array(definitions)) {
        Some(Value::String(text)) => Ok(text_of(200, text)),
        Some(document @ Value::Object(_)) if request.method == Method::Get => {
            Ok(Response::json(200, document))
        }
        Some(Value::Object(_)) => Err(no_such_method()),
        _ => unknown(world, &request.path),
    }
}

/// Refuses a path that leads nowhere.
///
/// upstream: staging/src/k8s.io/apimachinery/pkg/api/errors/errors.go NewGenericServerResponse;
/// staging/src/k8s.io/apiserver/pkg/util/notfoundhandler/not_found_handler.go
pub fn unknown(world: &World, path: &str) -> Answer {
    if router::below_resources(world, path) {
        return Err(Status::new(
            Reason::NotFound,
            "the server could not find the requested resource",
        ));
    }
    Ok(text_of(404, "404 page not found\n".into()))
}

fn text_of(code: u16, text: String) -> Response {
    Response {
        code,
        body: Body::Text(text),
        ..Response::empty()
    }
}
