//! From a request to a verb: paths, bodies and answers.

use podarium_api::status::{Reason, Status};

use super::{Request, Response};
use crate::world::World;

/// An open watch.
#[derive(Clone, Debug, PartialEq)]
pub struct Watch {}

/// Answers a request.
pub fn handle(world: &mut World, request: &Request) -> Response {
    let _ = (world, request);
    Response::status(&Status::new(
        Reason::NotFound,
        "the server could not find the requested resource",
    ))
}
