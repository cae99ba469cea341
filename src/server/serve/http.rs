//! HTTP to the core's requests, and its answers to HTTP.

use std::sync::Arc;

use axum::body::Body;
use axum::extract::State;
use axum::http::{
    HeaderMap, HeaderValue, Method as Verb, Request as HttpRequest, Response as HttpResponse,
    header,
};
use podarium_api::status::{Reason, Status};
use podarium_cluster::apiserver::{self, Body as Answer};
use podarium_cluster::sim::{Identity, User};
use podarium_cluster::{Method, Request, Response};
use serde_json::json;

use super::{Server, channel, documents, follow, life, pages, stream};
use crate::protobuf;

/// A body of more bytes than this is refused.
///
/// upstream: staging/src/k8s.io/apiserver/pkg/server/config.go MaxRequestBodyBytes
const MOST: usize = 3 * 1024 * 1024;

/// Answers a request from the network.
pub async fn answer(
    State(server): State<Arc<Server>>,
    request: HttpRequest<Body>,
) -> HttpResponse<Body> {
    let (mut parts, body) = request.into_parts();
    if let Err(why) = server.guard.admit(&parts.headers) {
        return status(&Status::new(Reason::Forbidden, why));
    }
    let path = parts.uri.path();
    let accept = parts.headers.get(header::ACCEPT);
    let browser = accept.is_some_and(|a| a.to_str().is_ok_and(|a| a.contains("text/html")));
    // The root is the page's for browsers, and a list of paths for everybody else.
    let page = !pages::is_api(path) && (browser || path != "/");
    if page && matches!(parts.method, Verb::GET | Verb::HEAD) {
        return pages::answer(&server.dist, path).await;
    }
    let user = match user(&server, &parts.headers) {
        Ok(user) => user,
        Err(answer) => return answer,
    };
    let Some(method) = method(&parts.method) else {
        return status(&Status::new(
            Reason::MethodNotAllowed,
            "the server does not allow this method on the requested resource",
        ));
    };
    let Ok(body) = axum::body::to_bytes(body, MOST).await else {
        return too_large();
    };
    let target = parts
        .uri
        .path_and_query()
        .map_or(path, |both| both.as_str());
    let text = |name: header::HeaderName| {
        let value = parts.headers.get(name).and_then(|v| v.to_str().ok());
        value.unwrap_or_default().to_owned()
    };
    let mut asked = Request::new(method, target).content_type(&text(header::CONTENT_TYPE));
    asked.path = decoded(path);
    asked.accept = text(header::ACCEPT);
    asked.user_agent = text(header::USER_AGENT).into();
    asked.body = body.to_vec();
    asked.user = user;
    asked.impersonate = impersonated(&parts.headers);
    if asked.content_type == protobuf::MEDIA_TYPE {
        match protobuf::decode(&asked.body) {
            Ok(value) => asked = asked.json(&value).content_type("application/json"),
            Err(why) => return status(&Status::new(Reason::BadRequest, why)),
        }
    }
    if method == Method::Get && path == life::PATH {
        return match life::admit(&server, &asked.user) {
            Ok(()) => life::answer(&server),
            Err(why) => status(&why),
        };
    }
    let timeout = asked
        .param("timeoutSeconds")
        .and_then(|seconds| seconds.parse().ok());
    let pretty = pretty(&asked);
    let headers_only = parts.method == Verb::HEAD;
    let user = asked.user.clone();
    let response = server.live.handle(asked);
    if let Answer::Connect(to) = &response.body
        && to.sub != "log"
    {
        return channel::open(&server, &mut parts, (**to).clone(), user).await;
    }
    // upstream: staging/src/k8s.io/apimachinery/pkg/util/proxy/upgradeaware.go proxyRedirectsforRootPath
    if method == Method::Get && path.ends_with("/proxy") && response.is_success() {
        let query = target.strip_prefix(path).unwrap_or_default();
        return moved(&format!("{path}/{query}"));
    }
    // What the core does not have, it may have refused to this person: only where it has nothing is more looked for.
    let document = (response.code == 404)
        .then(|| documents::answer(&server, path, &parts.headers))
        .flatten();
    let aggregated = documents::aggregated(&response, &parts.headers);
    let answer = document
        .or(aggregated)
        .unwrap_or_else(|| convert(&server, response, timeout, pretty));
    if headers_only {
        let (parts, _) = answer.into_parts();
        return HttpResponse::from_parts(parts, Body::empty());
    }
    answer
}

fn method(verb: &Verb) -> Option<Method> {
    Some(match *verb {
        Verb::GET | Verb::HEAD => Method::Get,
        Verb::POST => Method::Post,
        Verb::PUT => Method::Put,
        Verb::PATCH => Method::Patch,
        Verb::DELETE => Method::Delete,
        _ => return None,
    })
}

/// Names may hold what a path must escape, as those of RBAC's objects do.
fn decoded(path: &str) -> String {
    let mut out = Vec::with_capacity(path.len());
    let bytes = path.as_bytes();
    let mut i = 0;
    while i < bytes.len() {
        let hex = |at: usize| bytes.get(at).and_then(|b| char::from(*b).to_digit(16));
        if let (b'%', Some(high), Some(low)) = (bytes[i], hex(i + 1), hex(i + 2)) {
            out.push((high * 16 + low) as u8);
            i += 3;
        } else {
            out.push(bytes[i]);
            i += 1;
        }
    }
    String::from_utf8_lossy(&out).into_owned()
}

/// Who asks: by token, of the file or of a service account; without one the administrator, unless there is a file of tokens.
fn user(server: &Server, headers: &HeaderMap) -> Result<User, HttpResponse<Body>> {
    let given = headers
        .get(header::AUTHORIZATION)
        .and_then(|v| v.to_str().ok());
    let token = given.and_then(|v| v.strip_prefix("Bearer ")).map(str::trim);
    match (&server.tokens, token) {
        (None, None) => Ok(User::admin()),
        (Some(_), None) => Err(unauthorized()),
        (tokens, Some(token)) => {
            let known = tokens.as_ref().and_then(|tokens| tokens.user(token));
            let account = || server.live.read(|cluster| cluster.authenticate(token).ok());
            known.or_else(account).ok_or_else(unauthorized)
        }
    }
}

/// Whom they ask to be instead: the core says whether they may.
///
/// upstream: staging/src/k8s.io/apiserver/pkg/endpoints/filters/impersonation/impersonation.go buildImpersonationRequests
fn impersonated(headers: &HeaderMap) -> Option<User> {
    let mut wanted = Identity::default();
    let mut asked = false;
    for (name, value) in headers {
        let Some(part) = name.as_str().strip_prefix("impersonate-") else {
            continue;
        };
        let value = value.to_str().unwrap_or_default();
        match part {
            "user" => wanted.name = value.into(),
            "uid" => wanted.uid = value.into(),
            "group" => wanted.groups.push(value.into()),
            part => {
                let Some(key) = part.strip_prefix("extra-") else {
                    continue;
                };
                let key = decoded(key).as_str().into();
                match wanted.extra.iter_mut().find(|(have, _)| *have == key) {
                    Some((_, values)) => values.push(value.into()),
                    None => wanted.extra.push((key, vec![value.into()])),
                }
            }
        }
        asked |= !value.is_empty();
    }
    asked.then(|| User::from(wanted))
}

/// Whether a person reads the answer.
///
/// upstream: staging/src/k8s.io/apiserver/pkg/endpoints/handlers/negotiation/negotiate.go isPrettyPrint
fn pretty(asked: &Request) -> bool {
    match asked.param("pretty").filter(|value| !value.is_empty()) {
        Some(value) => ["1", "t", "T", "true", "TRUE", "True"].contains(&value),
        None => ["curl", "Wget", "Mozilla/5.0"]
            .iter()
            .any(|agent| asked.user_agent.starts_with(agent)),
    }
}

fn convert(
    server: &Arc<Server>,
    response: Response,
    timeout: Option<u64>,
    pretty: bool,
) -> HttpResponse<Body> {
    let mut answer = match response.body {
        Answer::Empty => plain("text/plain", Vec::new()),
        Answer::Json(value) if pretty => {
            plain("application/json", format!("{value:#}").into_bytes())
        }
        Answer::Json(value) => plain("application/json", value.to_string().into_bytes()),
        Answer::Bytes(kind, bytes) => plain(kind, bytes),
        Answer::Text(text) => plain("text/plain; charset=utf-8", text.into_bytes()),
        Answer::Watch(watch) => stream::watch(server, watch, timeout),
        Answer::Connect(to) if to.sub == "log" => {
            return follow::log(server, &to).unwrap_or_else(|refused| status(&refused));
        }
        // Everything else that leads on was led on before.
        Answer::Connect(_) => plain("text/plain", Vec::new()),
    };
    *answer.status_mut() = axum::http::StatusCode::from_u16(response.code).unwrap_or_default();
    for warning in &response.warnings {
        if let Ok(value) = HeaderValue::from_str(&format!("299 - {}", quoted(warning))) {
            answer.headers_mut().append(header::WARNING, value);
        }
    }
    answer
}

/// upstream: staging/src/k8s.io/apimachinery/pkg/util/net/http.go NewWarningHeader
fn quoted(text: &str) -> String {
    let mut out = String::from("\"");
    for c in text.chars() {
        match c {
            '"' | '\\' => out.extend(['\\', c]),
            c if c.is_control() => out.push(' '),
            c if c.is_ascii() => out.push(c),
            // Header values are ASCII for most clients.
            _ => out.push('?'),
        }
    }
    out.push('"');
    out
}

/// An answer of ready bytes.
pub fn plain(kind: &'static str, bytes: Vec<u8>) -> HttpResponse<Body> {
    let mut answer = HttpResponse::new(Body::from(bytes));
    let headers = answer.headers_mut();
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static(kind));
    headers.insert(
        header::CACHE_CONTROL,
        HeaderValue::from_static("no-cache, private"),
    );
    answer
}

fn moved(to: &str) -> HttpResponse<Body> {
    let mut answer = plain("text/plain", Vec::new());
    *answer.status_mut() = axum::http::StatusCode::MOVED_PERMANENTLY;
    if let Ok(to) = HeaderValue::from_str(to) {
        answer.headers_mut().insert(header::LOCATION, to);
    }
    answer
}

pub fn status(status: &Status) -> HttpResponse<Body> {
    let response = Response::status(status);
    let mut answer = plain(
        "application/json",
        response.value().to_string().into_bytes(),
    );
    *answer.status_mut() = axum::http::StatusCode::from_u16(response.code).unwrap_or_default();
    answer
}

fn failure(code: u16, reason: &str, message: &str) -> HttpResponse<Body> {
    let status = json!({
        "kind": "Status", "apiVersion": "v1", "metadata": {}, "status": "Failure", "message": message, "reason": reason,
        "code": code,
    });
    let mut answer = plain("application/json", status.to_string().into_bytes());
    *answer.status_mut() = axum::http::StatusCode::from_u16(code).unwrap_or_default();
    answer
}

/// upstream: staging/src/k8s.io/apiserver/pkg/endpoints/filters/authentication.go failed
fn unauthorized() -> HttpResponse<Body> {
    failure(401, "Unauthorized", "Unauthorized")
}

/// upstream: staging/src/k8s.io/apimachinery/pkg/api/errors/errors.go NewRequestEntityTooLargeError
fn too_large() -> HttpResponse<Body> {
    let message = format!("Request entity too large: limit is {MOST}");
    failure(413, "RequestEntityTooLarge", &message)
}

/// The watch that an answer opens, for those who look inside.
pub type Watch = apiserver::Watch;
