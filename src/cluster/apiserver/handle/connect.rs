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
    /// `log`, `exec`, `attach`, `portforward` or `proxy`.
    pub sub: String,
    /// The pod; with `proxy`, what is asked for, its name as it was given, with scheme and port.
    pub pod: Key,
    /// The container; empty for the whole pod.
    pub container: String,
    /// Whether the run before the present one is meant; `None` for a pod that is on no node yet.
    pub previous: Option<bool>,
    /// The request's options, as the rules read them.
    pub options: Value,
}

/// Leads on to a server behind a pod, a Service or a node.
// upstream: pkg/registry/core/pod/rest/subresources.go ProxyREST.Connect, and its like for Services and nodes
pub fn proxy(request: &Request, place: &Place) -> Answer {
    let rest = request.path.split_once("/proxy");
    let mut path = rest.map_or("", |(_, rest)| rest).to_owned();
    if path.is_empty() {
        path.push('/');
    }
    for (i, (name, value)) in request.query.iter().enumerate() {
        path.push(if i == 0 { '?' } else { '&' });
        path += &[name, "=", value].concat();
    }
    let connect = Connect {
        sub: "proxy".into(),
        pod: place.key(),
        container: String::new(),
        previous: None,
        options: json!({"path": path, "method": request.method.as_str()}),
    };
    Ok(Response {
        body: Body::Connect(Box::new(connect)),
        ..Response::empty()
    })
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
