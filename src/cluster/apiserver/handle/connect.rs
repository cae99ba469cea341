//! Requests that lead on to a kubelet: the API server says to which container, and whether.

use podarium_api::object::{Key, Object};

use serde_json::{Value, json};

use super::super::{Request, Response, request::Body, rules};
use super::router::Place;
use super::{Answer, read};
use crate::world::World;

/// Where a request is led on to.
#[derive(Clone, Debug, PartialEq)]
pub struct Connect {
    /// `log`, `exec`, `attach` or `portforward`.
    pub sub: String,
    /// The pod.
    pub pod: Key,
    /// The container; empty for the whole pod.
    pub container: String,
    /// Whether the run before the present one is meant; `None` for a pod that is on no node yet.
    pub previous: Option<bool>,
    /// The request's options, as the rules read them.
    pub options: Value,
}

/// Leads on to the kubelet of a pod's node.
// upstream: pkg/registry/core/pod/rest/log.go LogREST.Get, subresources.go
pub fn answer(world: &World, request: &Request, place: &Place) -> Answer {
    let pod = read::stored(world, place)?;
    let query = request
        .query
        .iter()
        .map(|(name, value)| json!([name, value]));
    let asked = json!({"sub": place.sub, "query": query.collect::<Vec<_>>()});
    let mut answer = rules::connect(&pod.to_value(), &asked)?;
    let connect = Connect {
        sub: place.sub.clone(),
        pod: Object::key(pod),
        container: answer["container"].as_str().unwrap_or_default().into(),
        previous: answer["run"].as_str().map(|run| run == "previous"),
        options: answer["options"].take(),
    };
    Ok(Response {
        body: Body::Connect(Box::new(connect)),
        ..Response::empty()
    })
}
