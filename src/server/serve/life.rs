//! The life of the cluster as a stream: what it began with, its input, and where it is. Whoever lives the same input up to
//! the same point has the same cluster, so a whole class can watch one.

use std::convert::Infallible;
use std::sync::Arc;
use std::time::Duration;

use axum::body::{Body, Bytes};
use axum::http::{HeaderValue, Response, header};
use futures_util::stream::unfold;
use podarium_api::status::{Reason, Status};
use podarium_cluster::sim::User;
use podarium_cluster::{Cluster, Method, Request};
use serde_json::{Value, json};

use super::Server;

/// Where it is asked for.
pub const PATH: &str = "/podarium/life";

/// How often it is told where the cluster is: as often as a picture wants to move on.
const BEAT: Duration = Duration::from_millis(33);

struct Open {
    server: Arc<Server>,
    closed: tokio::sync::watch::Receiver<bool>,
    beat: tokio::time::Interval,
    /// How much of the input is told.
    told: usize,
    begun: bool,
}

/// Whether somebody may follow. The whole life is whatever is in the cluster, Secrets too, so a role must allow the path.
///
/// # Errors
/// The refusal.
pub fn admit(server: &Server, user: &User) -> Result<(), Status> {
    let review = json!({
        "apiVersion": "authorization.k8s.io/v1",
        "kind": "SelfSubjectAccessReview",
        "spec": {"nonResourceAttributes": {"path": PATH, "verb": "get"}},
    });
    let path = "/apis/authorization.k8s.io/v1/selfsubjectaccessreviews";
    let asked = Request::new(Method::Post, path).json(&review);
    let answer = server.live.handle(asked.user(user.clone()));
    if answer.value().pointer("/status/allowed") == Some(&Value::Bool(true)) {
        return Ok(());
    }
    let why = format!("User \"{user}\" cannot get path \"{PATH}\"");
    Err(Status::new(Reason::Forbidden, why))
}

/// Lines of JSON without end: first `{"config"}`, then for every piece of input `{"at", "do", "with"}`, and after them
/// `{"here"}`, up to where nothing more comes in between.
pub fn answer(server: &Arc<Server>) -> Response<Body> {
    let mut beat = tokio::time::interval(BEAT);
    // A client that reads slowly needs the last word only.
    beat.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Delay);
    let open = Open {
        closed: server.live.closed(),
        server: server.clone(),
        beat,
        told: 0,
        begun: false,
    };
    let lines = unfold(open, |mut open| async move {
        tokio::select! {
            _ = open.beat.tick() => (),
            _ = open.closed.changed() => return None,
        }
        let server = open.server.clone();
        let text = server.live.read(|cluster| open.news(cluster));
        Some((Ok::<_, Infallible>(Bytes::from(text)), open))
    });
    let mut answer = Response::new(Body::from_stream(lines));
    let headers = answer.headers_mut();
    let kind = HeaderValue::from_static("application/x-ndjson");
    headers.insert(header::CONTENT_TYPE, kind);
    let nowhere = HeaderValue::from_static("no-cache, private");
    headers.insert(header::CACHE_CONTROL, nowhere);
    answer
}

impl Open {
    /// What happened since the last look. Input and point are read in one, so that no input is missing before the point.
    fn news(&mut self, cluster: &Cluster) -> String {
        let mut text = String::new();
        if !self.begun {
            self.begun = true;
            text += &json!({"config": cluster.config().to_wire()}).to_string();
            text.push('\n');
        }
        for input in &cluster.inputs()[self.told..] {
            text += &input.to_wire().to_string();
            text.push('\n');
        }
        self.told = cluster.inputs().len();
        text += &json!({"here": cluster.point().to_wire()}).to_string();
        text.push('\n');
        text
    }
}
