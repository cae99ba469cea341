//! Logs that are followed: lines come as they are printed.

use std::convert::Infallible;
use std::sync::Arc;
use std::time::Duration;

use axum::body::{Body, Bytes};
use axum::http::Response;
use futures_util::stream::unfold;
use podarium_api::status::Status;
use podarium_cluster::apiserver::Connect;
use podarium_cluster::inside::Log;
use serde_json::{Value, json};

use super::Server;
use super::http::plain;

/// How often it is looked for more.
pub const LOOK: Duration = Duration::from_millis(50);

struct Open {
    server: Arc<Server>,
    log: Log,
    options: Value,
    /// What was found first, and not sent yet.
    first: Option<String>,
    /// How many bytes may still come, if there is a limit.
    left: Option<usize>,
    closed: tokio::sync::watch::Receiver<bool>,
}

/// A log as a stream that ends with the container.
///
/// # Errors
/// What the kubelet says against it.
pub fn log(server: &Arc<Server>, connect: &Connect) -> Result<Response<Body>, Status> {
    let mut log = Log::new(connect);
    let first = server.live.read(|cluster| {
        let view = cluster.inside();
        Ok(view.text(log.more(view)?, &connect.options))
    })?;
    let limit = connect.options["limitBytes"].as_u64();
    let open = Open {
        closed: server.live.closed(),
        server: server.clone(),
        log,
        // What is asked of the past is done with the first look.
        options: json!({"timestamps": connect.options["timestamps"], "stream": connect.options["stream"]}),
        left: limit.map(|limit| limit as usize),
        first: Some(first),
    };
    let texts = unfold(open, |mut open| async move {
        let text = open.next().await?;
        Some((Ok::<_, Infallible>(Bytes::from(text)), open))
    });
    let mut answer = plain("text/plain", Vec::new());
    *answer.body_mut() = Body::from_stream(texts);
    Ok(answer)
}

impl Open {
    async fn next(&mut self) -> Option<String> {
        loop {
            if self.left == Some(0) {
                return None;
            }
            let mut text = match self.first.take() {
                Some(first) => first,
                None => self.look().await?,
            };
            if let Some(left) = &mut self.left {
                text.truncate(text.floor_char_boundary(*left));
                *left -= text.len();
            }
            if !text.is_empty() {
                return Some(text);
            }
        }
    }

    async fn look(&mut self) -> Option<String> {
        if self.log.is_over() {
            return None;
        }
        tokio::select! {
            () = tokio::time::sleep(LOOK) => {}
            _ = self.closed.changed() => return None,
        }
        let (log, options) = (&mut self.log, &self.options);
        self.server.live.read(|cluster| {
            let view = cluster.inside();
            // A kubelet that goes away takes the stream with it.
            let lines = log.more(view).ok()?;
            Some(view.text(lines, options))
        })
    }
}
