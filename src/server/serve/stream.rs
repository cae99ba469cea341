//! Watches as streams of JSON lines.

use std::collections::VecDeque;
use std::convert::Infallible;
use std::sync::Arc;
use std::time::Duration;

use axum::body::{Body, Bytes};
use axum::http::{HeaderValue, Response, header};
use futures_util::stream::unfold;
use serde_json::{Value, json};
use tokio::time::Instant;

use super::Server;
use super::http::Watch;

/// How long a watch stays open whose client does not say.
///
/// upstream: staging/src/k8s.io/apiserver/pkg/endpoints/handlers/get.go: 30 to 60 minutes, by chance
const LONGEST: Duration = Duration::from_secs(45 * 60);

struct Open {
    server: Arc<Server>,
    watch: Watch,
    revisions: tokio::sync::watch::Receiver<u64>,
    closed: tokio::sync::watch::Receiver<bool>,
    until: Instant,
    /// Lines that the client has not read yet. No more are made before it has.
    lines: VecDeque<Bytes>,
    over: bool,
}

/// A watch, open for `timeout` seconds at most. It is as fast as its client reads: who is too slow finds the changes that it
/// has not seen forgotten, and is told so (410 Gone) as the last line.
pub fn watch(server: &Arc<Server>, watch: Watch, timeout: Option<u64>) -> Response<Body> {
    let open = Open {
        revisions: server.live.revisions(),
        closed: server.live.closed(),
        until: Instant::now() + timeout.map_or(LONGEST, Duration::from_secs),
        server: server.clone(),
        watch,
        lines: VecDeque::new(),
        over: false,
    };
    let lines = unfold(open, |mut open| async move {
        let line = open.next().await?;
        Some((Ok::<_, Infallible>(line), open))
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

impl Open {
    async fn next(&mut self) -> Option<Bytes> {
        loop {
            if let Some(line) = self.lines.pop_front() {
                return Some(line);
            }
            if self.over || *self.closed.borrow() {
                return None;
            }
            // Seen before the look, so that nothing that comes meanwhile is slept through.
            self.revisions.mark_unchanged();
            let (server, watch) = (&self.server, &mut self.watch);
            let events = server
                .live
                .read(|cluster| cluster.world().poll_watch(watch));
            self.over = events.iter().any(|(kind, _)| *kind == "ERROR");
            self.lines
                .extend(events.into_iter().map(|(kind, object)| line(kind, &object)));
            if !self.lines.is_empty() {
                continue;
            }
            tokio::select! {
                changed = self.revisions.changed() => changed.ok()?,
                _ = self.closed.changed() => return None,
                () = tokio::time::sleep_until(self.until) => return None,
            }
        }
    }
}

fn line(kind: &str, object: &Value) -> Bytes {
    let mut text = json!({"type": kind, "object": object}).to_string();
    text.push('\n');
    text.into()
}
