//! Watches as streams of JSON lines.

use std::convert::Infallible;
use std::sync::Arc;

use axum::body::Body;
use axum::http::{HeaderValue, Response, header};
use futures_util::stream::unfold;

use super::Server;
use super::following::Following;
use super::http::Watch;

/// A watch, open for `timeout` seconds at most.
pub fn watch(server: &Arc<Server>, watch: Watch, timeout: Option<u64>) -> Response<Body> {
    let following = Following::new(&server.live, watch, timeout);
    let lines = unfold(following, |mut following| async move {
        let line = following.next().await?;
        Some((Ok::<_, Infallible>(line), following))
    });
    let mut answer = Response::new(Body::from_stream(lines));
    let headers = answer.headers_mut();
    headers.insert(
        header::CONTENT_TYPE,
        HeaderValue::from_static("application/json"),
    );
    headers.insert(
        header::CACHE_CONTROL,
        HeaderValue::from_static("no-cache, private"),
    );
    answer
}
