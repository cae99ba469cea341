//! Requests and responses: HTTP in shape, without a network.

use std::fmt;
use std::sync::Arc;

use podarium_api::meta::Str;
use podarium_api::status::Status;
use serde_json::Value;

use crate::sim::User;

/// An HTTP method.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Method {
    /// Read, or watch with `?watch=1`.
    Get,
    /// Create.
    Post,
    /// Replace.
    Put,
    /// Change a part.
    Patch,
    /// Delete.
    Delete,
}

impl Method {
    /// What HTTP spells so, if it is one of these.
    pub fn parse(text: &str) -> Option<Method> {
        use Method::{Delete, Get, Patch, Post, Put};
        [Get, Post, Put, Patch, Delete]
            .into_iter()
            .find(|method| method.as_str() == text)
    }

    /// As HTTP spells it.
    pub fn as_str(self) -> &'static str {
        match self {
            Method::Get => "GET",
            Method::Post => "POST",
            Method::Put => "PUT",
            Method::Patch => "PATCH",
            Method::Delete => "DELETE",
        }
    }
}

/// Where a request came from, so that "why?" can end at a line of a manifest.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Origin {
    /// What a person did, as they would type it: `kubectl apply -f web.yaml`.
    pub command: Str,
    /// The file.
    pub source: Str,
    /// Lines of the fields in it: JSON path (`spec.replicas`) to line, from 1.
    pub lines: Vec<(String, u32)>,
}

impl Origin {
    /// The line of a path, or of its nearest ancestor that has one.
    pub fn line_of(&self, path: &str) -> Option<u32> {
        let mut path = path;
        loop {
            if let Some((_, line)) = self.lines.iter().find(|(p, _)| p == path) {
                return Some(*line);
            }
            path = &path[..path.rfind(['.', '['])?];
        }
    }
}

/// A request to the API.
#[derive(Clone, Debug, PartialEq)]
pub struct Request {
    /// The method.
    pub method: Method,
    /// The path, as `/apis/apps/v1/namespaces/default/deployments/web`.
    pub path: String,
    /// The query, decoded, in order.
    pub query: Vec<(String, String)>,
    /// `application/json`, `application/yaml`, or one of the patch types; empty is JSON.
    pub content_type: String,
    /// `Accept`, for Tables and the like; empty is plain JSON.
    pub accept: String,
    /// `User-Agent`: its first word is who manages the fields that are written, unless the query says so.
    pub user_agent: Str,
    /// The body; empty when there is none.
    pub body: Vec<u8>,
    /// Who asks.
    pub user: User,
    /// Whom they ask to be instead.
    pub impersonate: Option<User>,
    /// What a person did to make the request.
    pub origin: Option<Arc<Origin>>,
}

impl Request {
    /// A request without a body, as the administrator.
    pub fn new(method: Method, path: &str) -> Self {
        let (path, query) = path.split_once('?').unwrap_or((path, ""));
        let pairs = query.split('&').filter(|p| !p.is_empty());
        Request {
            method,
            path: path.into(),
            query: pairs
                .map(|p| p.split_once('=').unwrap_or((p, "")))
                .map(|(k, v)| (percent_decode(k), percent_decode(v)))
                .collect(),
            content_type: String::new(),
            accept: String::new(),
            user_agent: "podarium".into(),
            body: Vec::new(),
            user: User::admin(),
            impersonate: None,
            origin: None,
        }
    }

    /// A GET.
    pub fn get(path: &str) -> Self {
        Request::new(Method::Get, path)
    }

    /// The same request with a JSON body.
    pub fn json(mut self, body: &Value) -> Self {
        self.body = body.to_string().into_bytes();
        self
    }

    /// The same request with a content type.
    pub fn content_type(mut self, content_type: &str) -> Self {
        self.content_type = content_type.into();
        self
    }

    /// The same request as somebody else.
    pub fn user(mut self, user: User) -> Self {
        self.user = user;
        self
    }

    /// The same request in the name of somebody.
    pub fn impersonate(mut self, user: User) -> Self {
        self.impersonate = Some(user);
        self
    }

    /// The same request with an origin.
    pub fn origin(mut self, origin: Arc<Origin>) -> Self {
        self.origin = Some(origin);
        self
    }

    /// The first value of a query parameter.
    pub fn param(&self, name: &str) -> Option<&str> {
        self.query
            .iter()
            .find(|(k, _)| k == name)
            .map(|(_, v)| v.as_str())
    }
}

impl fmt::Display for Request {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.origin {
            Some(origin) if !origin.command.is_empty() => f.write_str(&origin.command),
            _ => write!(f, "{} {}", self.method.as_str(), self.path),
        }
    }
}

/// An answer.
#[derive(Clone, Debug, PartialEq)]
pub struct Response {
    /// The HTTP status code.
    pub code: u16,
    /// The body.
    pub body: Body,
    /// Warnings, as the `Warning` header carries them.
    pub warnings: Vec<String>,
}

/// The body of an answer.
#[derive(Clone, Debug, PartialEq)]
pub enum Body {
    /// Nothing.
    Empty,
    /// JSON.
    Json(Value),
    /// Ready bytes of a media type: large lists, YAML.
    Bytes(&'static str, Vec<u8>),
    /// Plain text: logs, health checks.
    Text(String),
    /// A watch: events come from `World::poll_watch` from this revision on.
    Watch(super::Watch),
    /// A way on to a container: see [`crate::inside`].
    #[cfg(not(target_arch = "wasm32"))]
    Connect(Box<super::Connect>),
}

impl Response {
    /// 200 without a body.
    pub fn empty() -> Self {
        Response {
            code: 200,
            body: Body::Empty,
            warnings: Vec::new(),
        }
    }

    /// An answer with JSON.
    pub fn json(code: u16, value: Value) -> Self {
        Response {
            code,
            body: Body::Json(value),
            warnings: Vec::new(),
        }
    }

    /// A refusal.
    pub fn status(status: &Status) -> Self {
        Response::json(status.reason.code(), status.to_value())
    }

    /// Whether the code is 2xx.
    pub fn is_success(&self) -> bool {
        (200..300).contains(&self.code)
    }

    /// The JSON body; `Null` when there is none.
    pub fn value(&self) -> &Value {
        match &self.body {
            Body::Json(value) => value,
            _ => &Value::Null,
        }
    }

    /// The JSON body; `Null` when there is none.
    pub fn into_value(self) -> Value {
        match self.body {
            Body::Json(value) => value,
            _ => Value::Null,
        }
    }

    /// The message of a refusal.
    pub fn message(&self) -> &str {
        self.value()["message"].as_str().unwrap_or_default()
    }
}

fn percent_decode(text: &str) -> String {
    let bytes = text.as_bytes();
    let mut out = Vec::with_capacity(bytes.len());
    let mut i = 0;
    while i < bytes.len() {
        let hex = |at: usize| bytes.get(at).and_then(|b| char::from(*b).to_digit(16));
        match (bytes[i], hex(i + 1), hex(i + 2)) {
            (b'%', Some(high), Some(low)) => {
                out.push((high * 16 + low) as u8);
                i += 2;
            }
            (b'+', _, _) => out.push(b' '),
            (b, _, _) => out.push(b),
        }
        i += 1;
    }
    String::from_utf8_lossy(&out).into_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn queries_are_decoded() {
        let request = Request::get("/api/v1/pods?labelSelector=app%3Dweb,tier+in+(a)&watch");
        assert_eq!(request.path, "/api/v1/pods");
        assert_eq!(request.param("labelSelector"), Some("app=web,tier in (a)"));
        assert_eq!(
            (request.param("watch"), request.param("x")),
            (Some(""), None)
        );
    }

    #[test]
    fn a_path_without_a_line_takes_its_parents() {
        let origin = Origin {
            lines: vec![("spec".into(), 4), ("spec.replicas".into(), 6)],
            ..Origin::default()
        };
        assert_eq!(origin.line_of("spec.replicas"), Some(6));
        assert_eq!(origin.line_of("spec.template.spec"), Some(4));
        assert_eq!(origin.line_of("metadata"), None);
    }
}
