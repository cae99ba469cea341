//! What is served beside the core's answers: OpenAPI, a few counters, and the tags by which clients keep documents.

use axum::body::Body;
use axum::http::{HeaderMap, HeaderValue, Response, StatusCode, header};
use podarium_api::kinds::{KINDS, KindId};
use podarium_api::object::Object;
use serde_json::Value;

use super::Server;
use super::http::plain;
use crate::openapi;

/// Answers a path that the core does not have; none where nobody has it.
pub fn answer(server: &Server, path: &str, headers: &HeaderMap) -> Option<Response<Body>> {
    if path == "/metrics" {
        let text = server.live.read(|cluster| metrics(cluster.world()));
        return Some(plain(
            "text/plain; version=0.0.4; charset=utf-8",
            text.into_bytes(),
        ));
    }
    if !path.starts_with("/openapi/") {
        return None;
    }
    let definitions: Vec<Value> = server.live.read(|cluster| {
        let all = cluster
            .world()
            .store()
            .list(KindId::CUSTOM_RESOURCE_DEFINITION);
        all.map(Object::to_value).collect()
    });
    let mut document = openapi::document(path, &definitions)?;
    let mut kind = "application/json";
    // kubectl knows version 2 in its binary form alone, and asks for nothing else.
    let accept = text(headers, header::ACCEPT);
    let json = ["json", "*/*", "application/*"];
    if !accept.is_empty() && !json.iter().any(|form| accept.contains(form)) {
        let binary = ["spec.v2@v1.0+protobuf", "spec.v2.v1.0+protobuf"];
        if path != "/openapi/v2" || !binary.iter().any(|form| accept.contains(form)) {
            let mut answer = plain("text/plain; charset=utf-8", Vec::new());
            *answer.status_mut() = StatusCode::NOT_ACCEPTABLE;
            return Some(answer);
        }
        document = openapi::binary_version_2(&definitions);
        kind = "application/com.github.proto-openapi.spec.v2.v1.0+protobuf";
    }
    let answer = plain(kind, document.bytes.clone());
    Some(tagged(answer, &document.hash, headers))
}

/// Aggregated discovery with its media type and a tag; none for any other answer.
///
/// upstream: staging/src/k8s.io/apiserver/pkg/endpoints/discovery/aggregated/etag.go ServeHTTPWithETag
pub fn aggregated(
    response: &podarium_cluster::Response,
    headers: &HeaderMap,
) -> Option<Response<Body>> {
    let value = response.value();
    if value["kind"] != "APIGroupDiscoveryList" {
        return None;
    }
    let kind = match value["apiVersion"].as_str() {
        Some("apidiscovery.k8s.io/v2beta1") => {
            "application/json;g=apidiscovery.k8s.io;v=v2beta1;as=APIGroupDiscoveryList"
        }
        _ => "application/json;g=apidiscovery.k8s.io;v=v2;as=APIGroupDiscoveryList",
    };
    let text = value.to_string();
    let hash = openapi::hash(text.as_bytes());
    let answer = plain(kind, text.into_bytes());
    Some(tagged(answer, &hash, headers))
}

/// Nothing new for who has it already.
fn tagged(mut answer: Response<Body>, hash: &str, headers: &HeaderMap) -> Response<Body> {
    let tag = format!("\"{hash}\"");
    let had = text(headers, header::IF_NONE_MATCH);
    if had.split(',').any(|had| had.trim() == tag) {
        *answer.status_mut() = StatusCode::NOT_MODIFIED;
        *answer.body_mut() = Body::empty();
        answer.headers_mut().remove(header::CONTENT_TYPE);
    }
    if let Ok(tag) = HeaderValue::from_str(&tag) {
        answer.headers_mut().insert(header::ETAG, tag);
    }
    let vary = HeaderValue::from_static("Accept");
    answer.headers_mut().insert(header::VARY, vary);
    answer
}

fn text(headers: &HeaderMap, name: header::HeaderName) -> String {
    let all = headers.get_all(name).into_iter();
    let all: Vec<&str> = all.filter_map(|value| value.to_str().ok()).collect();
    all.join(",")
}

/// Counters, in the form that Prometheus reads.
///
/// upstream: staging/src/k8s.io/apiserver/pkg/storage/etcd3/metrics/metrics.go resourceCounts
fn metrics(world: &podarium_cluster::World) -> String {
    let mut out = String::from(
        "# HELP apiserver_resource_objects Number of stored objects of each kind.\n# TYPE apiserver_resource_objects gauge\n",
    );
    for row in KINDS.iter().filter(|row| row.stored()) {
        let (group, plural) = (row.group, row.plural);
        let count = world.store().count(row.id);
        out += &format!(
            "apiserver_resource_objects{{group=\"{group}\",resource=\"{plural}\"}} {count}\n"
        );
    }
    out
}
