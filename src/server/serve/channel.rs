//! Streams of a command over a WebSocket: each message begins with the number of its stream.
// upstream: staging/src/k8s.io/apimachinery/pkg/util/remotecommand/constants.go

use std::sync::Arc;

use axum::body::Body;
use axum::extract::FromRequestParts;
use axum::extract::ws::{CloseFrame, Message, WebSocket, WebSocketUpgrade, close_code};
use axum::http::{Response, header, request::Parts};
use podarium_api::status::{Reason, Status};
use podarium_cluster::apiserver::Connect;
use podarium_cluster::sim::User;
use serde_json::{Value, json};

use super::Server;
use super::exec;
use super::http::status;

const PROTOCOLS: [&str; 2] = ["v5.channel.k8s.io", "v4.channel.k8s.io"];

/// What a client sends.
#[derive(Debug)]
pub enum Heard {
    /// Bytes to be read by the command.
    Input(Vec<u8>),
    /// Nothing more will come to be read.
    InputEnds,
    /// The client is gone.
    Gone,
}

/// The client's end.
pub struct Channel {
    socket: WebSocket,
}

impl Channel {
    /// Waits for what the client sends next.
    pub async fn hear(&mut self) -> Heard {
        loop {
            let bytes = match self.socket.recv().await {
                Some(Ok(Message::Binary(bytes))) => bytes,
                Some(Ok(Message::Text(text))) => text.into(),
                Some(Ok(Message::Ping(_) | Message::Pong(_))) => continue,
                Some(Ok(Message::Close(_)) | Err(_)) | None => return Heard::Gone,
            };
            match bytes.split_first() {
                Some((0, input)) => return Heard::Input(input.to_vec()),
                Some((255, [0])) => return Heard::InputEnds,
                // The terminal's size changes nothing here.
                _ => {}
            }
        }
    }

    /// Sends text on a stream: 1 is the standard output, 2 the standard error. Whether the client is still there.
    pub async fn send(&mut self, stream: u8, text: &str) -> bool {
        if text.is_empty() {
            return true;
        }
        let mut bytes = vec![stream];
        bytes.extend_from_slice(text.as_bytes());
        self.socket
            .send(Message::Binary(bytes.into()))
            .await
            .is_ok()
    }

    /// Says how it ended, and closes.
    pub async fn end(mut self, how: &Value) {
        self.send(3, &how.to_string()).await;
        let normal = CloseFrame {
            code: close_code::NORMAL,
            reason: "".into(),
        };
        let _ = self.socket.send(Message::Close(Some(normal))).await;
        // Closing before the client has read everything might take it from it.
        while let Some(Ok(_)) = self.socket.recv().await {}
    }
}

/// How a command has ended.
// upstream: staging/src/k8s.io/apiserver/pkg/endpoints/../util/proxy/streamtranslator.go codeExitToStatusError
pub fn exited(code: i32) -> Value {
    if code == 0 {
        return json!({"metadata": {}, "status": "Success"});
    }
    json!({
        "metadata": {}, "status": "Failure", "reason": "NonZeroExitCode",
        "message": format!("command terminated with non-zero exit code: command terminated with exit code {code}"),
        "details": {"causes": [{"reason": "ExitCode", "message": code.to_string()}]},
    })
}

/// Opens the streams of a command, if the client asks for them in a way that is spoken here.
pub async fn open(
    server: &Arc<Server>,
    parts: &mut Parts,
    connect: Connect,
    user: User,
) -> Response<Body> {
    let refuse = |text: &str| status(&Status::new(Reason::BadRequest, text));
    let upgrade = parts.headers.get(header::UPGRADE);
    let upgrade = upgrade.and_then(|v| v.to_str().ok()).unwrap_or_default();
    if connect.sub == "portforward" {
        return refuse(
            "port-forward is not simulated: what a pod answers is at pods/NAME:PORT/proxy/",
        );
    }
    if upgrade.to_ascii_lowercase().starts_with("spdy") {
        return refuse(
            "SPDY is not spoken here: use a client that connects by WebSocket, as kubectl does since 1.31",
        );
    }
    if upgrade.is_empty() {
        // upstream: staging/src/k8s.io/apimachinery/pkg/util/proxy/upgradeaware.go UpgradeRequired
        return refuse("Upgrade request required");
    }
    let wants = |name: &str| connect.options[name] == true;
    if !["stdin", "stdout", "stderr"].into_iter().any(wants) {
        return refuse("you must specify at least 1 of stdin, stdout, stderr");
    }
    let socket = match WebSocketUpgrade::from_request_parts(parts, &()).await {
        Ok(socket) => socket.protocols(PROTOCOLS),
        Err(rejection) => return refuse(&rejection.body_text()),
    };
    if socket.selected_protocol().is_none() {
        return refuse(
            "unable to upgrade: no protocol of v5.channel.k8s.io and v4.channel.k8s.io was asked for",
        );
    }
    let server = server.clone();
    socket.on_upgrade(move |socket| async move {
        let channel = Channel { socket };
        match connect.sub.as_str() {
            "attach" => exec::attach(&server, channel, &connect, &user).await,
            _ => exec::run(&server, channel, &connect, &user).await,
        }
    })
}
