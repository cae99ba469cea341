//! The server from outside, by raw HTTP on loopback.

mod exec;

use std::sync::Arc;
use std::time::Duration;

use podarium_api::kinds::KindId;
use podarium_api::object::Key;
use podarium_cluster::history::{Input, Point};
use podarium_cluster::{Cluster, Config};
use serde_json::{Value, json};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::oneshot;

use super::guard::Guard;
use super::live::Live;
use super::tokens::Tokens;
use super::{Server, serve};

/// A server on a port of its own, which ends when this is dropped.
struct Running {
    port: u16,
    _end: oneshot::Sender<()>,
}

async fn running(tokens: Option<Tokens>) -> Running {
    started(tokens, 1.0).await
}

/// A server whose time flies.
async fn running_at(speed: f64) -> Running {
    started(None, speed).await
}

async fn started(tokens: Option<Tokens>, speed: f64) -> Running {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    let cluster = Cluster::new(Config {
        nodes: 1,
        ..Config::default()
    });
    let server = Arc::new(Server {
        live: Arc::new(Live::new(cluster, speed)),
        guard: Guard::new(address, tokens.is_some()),
        tokens,
        dist: "no-such-folder".into(),
    });
    let (end, ended) = oneshot::channel::<()>();
    tokio::spawn(serve(listener, server, async {
        let _ = ended.await;
    }));
    Running {
        port: address.port(),
        _end: end,
    }
}

impl Running {
    async fn send(&self, head: &str, body: &[u8]) -> TcpStream {
        let mut stream = TcpStream::connect(("127.0.0.1", self.port)).await.unwrap();
        let mut text = format!("{head} HTTP/1.1\r\nHost: 127.0.0.1:{}\r\n", self.port);
        if let Some((line, headers)) = head.split_once('\n') {
            text = format!(
                "{line} HTTP/1.1\r\nHost: 127.0.0.1:{}\r\n{headers}\r\n",
                self.port
            );
        }
        text += &format!(
            "Connection: close\r\nContent-Length: {}\r\n\r\n",
            body.len()
        );
        stream.write_all(text.as_bytes()).await.unwrap();
        // A server that has refused may close before it was told everything.
        let _ = stream.write_all(body).await;
        stream
    }

    /// Code, headers and body of an answer.
    async fn ask(&self, head: &str, body: &[u8]) -> (u16, String, Vec<u8>) {
        let mut stream = self.send(head, body).await;
        let mut all = Vec::new();
        let _ = stream.read_to_end(&mut all).await;
        let end = all
            .windows(4)
            .position(|w| w == b"\r\n\r\n")
            .unwrap_or(all.len());
        let head = String::from_utf8_lossy(&all[..end]).into_owned();
        let code = head
            .split(' ')
            .nth(1)
            .and_then(|c| c.parse().ok())
            .unwrap_or(0);
        (code, head, all.get(end + 4..).unwrap_or_default().to_vec())
    }

    async fn json(&self, head: &str, body: &Value) -> (u16, Value) {
        let bytes = if body.is_null() {
            Vec::new()
        } else {
            body.to_string().into_bytes()
        };
        let (code, _, body) = self.ask(head, &bytes).await;
        (code, serde_json::from_slice(&body).unwrap_or_default())
    }
}

fn map(name: &str) -> Value {
    json!({"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": name}, "data": {"k": "v"}})
}

const MAPS: &str = "/api/v1/namespaces/default/configmaps";

#[tokio::test(flavor = "multi_thread")]
async fn objects_go_in_and_come_out() {
    let server = running(None).await;
    let (code, made) = server
        .json(
            &format!("POST {MAPS}\nContent-Type: application/json"),
            &map("a"),
        )
        .await;
    assert_eq!((code, &made["metadata"]["name"]), (201, &json!("a")));
    let (code, had) = server.json(&format!("GET {MAPS}/a"), &Value::Null).await;
    assert_eq!((code, &had["data"]["k"]), (200, &json!("v")));
    let (code, refused) = server.json(&format!("POST {MAPS}"), &map("a")).await;
    assert_eq!((code, &refused["reason"]), (409, &json!("AlreadyExists")));
    let (code, head, _) = server.ask(&format!("HEAD {MAPS}/a"), b"").await;
    assert_eq!(code, 200, "{head}");
}

#[tokio::test(flavor = "multi_thread")]
async fn watches_tell_what_happens_and_end_in_time() {
    let server = running(None).await;
    let (_, list) = server.json(&format!("GET {MAPS}"), &Value::Null).await;
    let here = list["metadata"]["resourceVersion"]
        .as_str()
        .unwrap()
        .to_owned();
    let watch = format!("GET {MAPS}?watch=1&timeoutSeconds=2&resourceVersion={here}");
    let mut stream = server.send(&watch, b"").await;
    for name in ["a", "b"] {
        server.json(&format!("POST {MAPS}"), &map(name)).await;
    }
    server.json(&format!("DELETE {MAPS}/a"), &Value::Null).await;
    let mut all = String::new();
    // It ends by itself, or the test would wait here.
    tokio::time::timeout(Duration::from_secs(30), stream.read_to_string(&mut all))
        .await
        .unwrap()
        .unwrap();
    let lines = all.lines().filter(|line| line.starts_with('{'));
    let told: Vec<String> = lines
        .map(|line| serde_json::from_str::<Value>(line).unwrap())
        .map(|event| {
            format!(
                "{} {}",
                event["type"].as_str().unwrap(),
                event["object"]["metadata"]["name"].as_str().unwrap()
            )
        })
        .collect();
    assert_eq!(told, ["ADDED a", "ADDED b", "DELETED a"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn bad_requests_get_their_status_and_the_server_goes_on() {
    let server = running(None).await;
    let large = vec![b' '; 3 * 1024 * 1024 + 1];
    let (code, _, body) = server.ask(&format!("POST {MAPS}"), &large).await;
    // A client that still writes may see the connection closed instead of the answer.
    assert!(
        code == 413 || code == 0,
        "{code} {}",
        String::from_utf8_lossy(&body)
    );
    let deep = [
        b"{\"a\":".repeat(100_000),
        b"1".to_vec(),
        b"}".repeat(100_000),
    ]
    .concat();
    assert_eq!(server.ask(&format!("POST {MAPS}"), &deep).await.0, 400);
    assert_eq!(
        server
            .ask(&format!("POST {MAPS}"), b"{\"kind\": \"\xff\"}")
            .await
            .0,
        400
    );
    let (code, status) = server.json(&format!("OPTIONS {MAPS}"), &Value::Null).await;
    assert_eq!((code, &status["reason"]), (405, &json!("MethodNotAllowed")));
    let (code, status) = server
        .json(&format!("POST {MAPS}\nContent-Type: text/html"), &map("a"))
        .await;
    assert_eq!(
        (code, &status["reason"]),
        (415, &json!("UnsupportedMediaType"))
    );
    assert_eq!(
        server.json("GET /api/v1/nothing", &Value::Null).await.0,
        404
    );
    let foreign = format!("GET {MAPS}\nOrigin: http://evil.example");
    assert_eq!(server.json(&foreign, &Value::Null).await.0, 403);
    // One that goes away in the middle of its request, and one in the middle of its watch.
    let mut half = TcpStream::connect(("127.0.0.1", server.port))
        .await
        .unwrap();
    half.write_all(b"POST /api/v1 HTTP/1.1\r\nContent-Length: 9\r\n")
        .await
        .unwrap();
    drop(half);
    drop(server.send(&format!("GET {MAPS}?watch=1"), b"").await);
    assert_eq!(server.json("GET /version", &Value::Null).await.0, 200);
}

#[tokio::test(flavor = "multi_thread")]
async fn where_there_are_tokens_one_must_be_shown() {
    let path = std::env::temp_dir().join(format!("podarium-tokens-{}", std::process::id()));
    std::fs::write(&path, "s3cret,jane,1\n").unwrap();
    let server = running(Some(Tokens::read(&path).unwrap())).await;
    std::fs::remove_file(&path).unwrap();
    let (code, status) = server.json(&format!("GET {MAPS}"), &Value::Null).await;
    assert_eq!((code, &status["message"]), (401, &json!("Unauthorized")));
    let with = |token: &str| format!("GET {MAPS}\nAuthorization: Bearer {token}");
    assert_eq!(server.json(&with("wrong"), &Value::Null).await.0, 401);
    assert_ne!(server.json(&with("s3cret"), &Value::Null).await.0, 401);
}

#[tokio::test(flavor = "multi_thread")]
async fn service_accounts_come_in_with_their_tokens() {
    let server = running(None).await;
    let accounts = "/api/v1/namespaces/default/serviceaccounts";
    let asked =
        json!({"apiVersion": "authentication.k8s.io/v1", "kind": "TokenRequest", "spec": {}});
    let (code, made) = server
        .json(&format!("POST {accounts}/default/token"), &asked)
        .await;
    assert_eq!(code, 201, "{made}");
    let token = made["status"]["token"].as_str().unwrap();
    let with = |token: &str| format!("GET {MAPS}\nAuthorization: Bearer {token}");
    let (code, refused) = server.json(&with(token), &Value::Null).await;
    assert_eq!(code, 403);
    assert_eq!(
        refused["message"],
        "configmaps is forbidden: User \"system:serviceaccount:default:default\" cannot list resource \"configmaps\" in \
         API group \"\" in the namespace \"default\""
    );
    assert_eq!(server.json(&with("wrong"), &Value::Null).await.0, 401);
    // Who speaks for somebody is asked about; who speaks for a group alone is nobody.
    let (code, _) = server
        .json(&format!("GET {MAPS}\nImpersonate-User: jane"), &Value::Null)
        .await;
    assert_eq!(code, 403);
    let head = format!("GET {MAPS}\nImpersonate-Group: dev\r\nImpersonate-Extra-a%2fb: c");
    let (code, refused) = server.json(&head, &Value::Null).await;
    assert_eq!(code, 400);
    assert_eq!(
        refused["message"],
        "requested [{Group  dev    } {UserExtra  c  authentication.k8s.io/v1  a/b}] without impersonating a user"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn the_cluster_lives_by_the_wall_clock() {
    let server = running(None).await;
    let (mut ready, mut tries) = (json!(null), 0);
    while ready != "True" && tries < 200 {
        let (_, node) = server.json("GET /api/v1/nodes/node-1", &Value::Null).await;
        let conditions = node["status"]["conditions"]
            .as_array()
            .cloned()
            .unwrap_or_default();
        let found = conditions.into_iter().find(|c| c["type"] == "Ready");
        ready = found.map(|c| c["status"].clone()).unwrap_or_default();
        tries += 1;
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    assert_eq!(ready, "True");
}

#[tokio::test(flavor = "multi_thread")]
async fn documents_carry_tags_by_which_clients_keep_them() {
    let server = running(None).await;
    let aggregated = "Accept: application/json;g=apidiscovery.k8s.io;v=v2;as=APIGroupDiscoveryList,application/json";
    let tag = |head: &str| {
        let line = head
            .lines()
            .find(|line| line.to_lowercase().starts_with("etag: "));
        line.map(|line| line[6..].to_owned()).unwrap_or_default()
    };
    for (path, accept, kind) in [
        (
            "/apis",
            aggregated,
            "application/json;g=apidiscovery.k8s.io;v=v2;as=APIGroupDiscoveryList",
        ),
        (
            "/openapi/v3",
            "Accept: application/json",
            "application/json",
        ),
        (
            "/openapi/v3/apis/apps/v1",
            "Accept: */*",
            "application/json",
        ),
        (
            "/openapi/v2",
            "Accept: application/json",
            "application/json",
        ),
    ] {
        let (code, head, body) = server.ask(&format!("GET {path}\n{accept}"), b"").await;
        assert_eq!(code, 200, "{path}");
        assert!(serde_json::from_slice::<Value>(&body).is_ok());
        assert!(
            head.to_lowercase()
                .contains(&format!("content-type: {kind}").to_lowercase()),
            "{head}"
        );
        let again = format!("GET {path}\n{accept}\r\nIf-None-Match: {}", tag(&head));
        let (code, _, body) = server.ask(&again, b"").await;
        assert_eq!((code, body.len()), (304, 0), "{path}");
    }
    let binary = "Accept: application/com.github.proto-openapi.spec.v2@v1.0+protobuf";
    let (code, head, body) = server.ask(&format!("GET /openapi/v2\n{binary}"), b"").await;
    assert!(code == 200 && head.contains("protobuf") && body.starts_with(b"\x0a\x032.0"));
    let (code, ..) = server.ask(&format!("GET /openapi/v3\n{binary}"), b"").await;
    assert_eq!(code, 406);
    let (code, ..) = server.ask("GET /openapi/v3/apis/none/v1", b"").await;
    assert_eq!(code, 404);
}

#[tokio::test(flavor = "multi_thread")]
async fn metrics_count_what_is_stored() {
    let server = running(None).await;
    let (code, _, body) = server.ask("GET /metrics", b"").await;
    let text = String::from_utf8(body).unwrap();
    assert_eq!(code, 200);
    assert!(
        text.contains("apiserver_resource_objects{group=\"\",resource=\"nodes\"} 1\n"),
        "{text}"
    );
}

const PODS: &str = "/api/v1/namespaces/default/pods";

impl Running {
    /// Makes a pod of one container and waits until it has printed something.
    async fn pod(&self, name: &str, container: Value) -> String {
        let pod = json!({"metadata": {"name": name}, "spec": {"containers": [container]}});
        let (code, made) = self.json(&format!("POST {PODS}"), &pod).await;
        assert_eq!(code, 201, "{made}");
        for _ in 0..500 {
            let (code, _, body) = self.ask(&format!("GET {PODS}/{name}/log"), b"").await;
            if code == 200 && !body.is_empty() {
                return String::from_utf8(body).unwrap();
            }
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
        panic!("{name} has printed nothing");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn logs_are_followed_to_their_end() {
    let server = running_at(20.0).await;
    let script = "for i in 1 2 3; do echo line $i; sleep 5; done";
    let job = json!({"name": "c", "image": "busybox", "command": ["sh", "-c", script]});
    server.pod("job", job).await;
    let follow = format!("GET {PODS}/job/log?follow=true");
    let mut stream = server.send(&follow, b"").await;
    let mut all = String::new();
    tokio::time::timeout(Duration::from_secs(30), stream.read_to_string(&mut all))
        .await
        .unwrap()
        .unwrap();
    let lines = all.lines().filter(|line| line.starts_with("line"));
    assert_eq!(lines.collect::<Vec<_>>(), ["line 1", "line 2", "line 3"]);
    let (code, status) = server
        .json(&format!("GET {PODS}/job/log?container=x"), &Value::Null)
        .await;
    assert_eq!(
        (code, &status["message"]),
        (400, &json!("container x is not valid for pod job"))
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn the_root_is_a_page_for_browsers_and_a_list_for_others() {
    let server = running(None).await;
    let (code, list) = server.json("GET /", &Value::Null).await;
    assert_eq!((code, &list["paths"][1]), (200, &json!("/api")));
    let (code, head, _) = server.ask("GET /\nAccept: text/html,*/*;q=0.8", b"").await;
    assert!(code == 200 && head.contains("text/plain"), "{head}");
}

#[tokio::test(flavor = "multi_thread")]
async fn people_read_answers_line_by_line() {
    let server = running(None).await;
    for (head, lines) in [
        ("GET /version\nUser-Agent: curl/8.5.0", true),
        ("GET /version?pretty=false\nUser-Agent: curl/8.5.0", false),
        ("GET /version?pretty=true\nUser-Agent: kubectl", true),
        ("GET /version\nUser-Agent: kubectl", false),
    ] {
        let (_, _, body) = server.ask(head, b"").await;
        let begins = if lines { "{\n  \"" } else { "{\"" };
        assert!(body.starts_with(begins.as_bytes()), "{head}");
    }
}

/// Reads a life from the network until the follower has done what was asked for.
async fn followed(running: &Running, enough: impl Fn(&Cluster) -> bool) -> Cluster {
    let mut stream = running.send("GET /podarium/life", b"").await;
    let mut text = Vec::new();
    let mut cluster: Option<Cluster> = None;
    loop {
        let mut some = [0; 4_096];
        let read = stream.read(&mut some).await.unwrap();
        assert!(
            read > 0,
            "the life ended: {}",
            String::from_utf8_lossy(&text)
        );
        text.extend_from_slice(&some[..read]);
        while let Some(end) = text.iter().position(|b| *b == b'\n') {
            let line: Vec<u8> = text.drain(..=end).collect();
            // Heads and the lengths of chunks are no JSON objects.
            let Ok(line) = serde_json::from_slice::<Value>(&line) else {
                continue;
            };
            if let Some(config) = line.get("config") {
                cluster = Config::from_wire(config).map(Cluster::new);
            }
            let Some(cluster) = &mut cluster else {
                continue;
            };
            if line.get("do").is_some() {
                cluster.foretell(Input::from_wire(&line).unwrap());
            }
            if let Some(here) = line.get("here") {
                let here = Point::from_wire(here).unwrap();
                while !cluster.follow(here, 1_000) {}
            }
            if enough(cluster) {
                return cluster.clone();
            }
        }
    }
}

#[tokio::test]
async fn a_life_is_followed_from_outside() {
    let running = running_at(20.0).await;
    let before = map("before").to_string();
    let path = "/api/v1/namespaces/default/configmaps";
    running
        .ask(&format!("POST {path}"), before.as_bytes())
        .await;
    let pod = json!({"apiVersion": "v1", "kind": "Pod", "metadata": {"name": "web"},
        "spec": {"containers": [{"name": "web", "image": "nginx"}]}});
    let pods = "/api/v1/namespaces/default/pods";
    running
        .ask(&format!("POST {pods}"), pod.to_string().as_bytes())
        .await;
    let key = |kind, name: &str| Key::new(kind, "default", name);
    let cluster = followed(&running, |cluster| {
        let store = cluster.world().store();
        store
            .get(&key(KindId::POD, "web"))
            .is_some_and(|pod| pod.to_value()["status"]["phase"] == "Running")
    })
    .await;
    let store = cluster.world().store();
    let here = store
        .get(&key(KindId::CONFIG_MAP, "before"))
        .unwrap()
        .to_value();
    let (code, _, body) = running.ask(&format!("GET {path}/before"), b"").await;
    let there: Value = serde_json::from_slice(&body).unwrap();
    assert_eq!(
        (code, &there["metadata"]["uid"]),
        (200, &here["metadata"]["uid"])
    );
    let (_, _, body) = running.ask(&format!("GET {pods}/web"), b"").await;
    let there: Value = serde_json::from_slice(&body).unwrap();
    let here = store.get(&key(KindId::POD, "web")).unwrap().to_value();
    assert_eq!(there["status"], here["status"]);
}

#[tokio::test]
async fn a_life_is_not_shown_to_everybody() {
    let file = std::env::temp_dir().join(format!("podarium-students-{}", std::process::id()));
    std::fs::write(&file, "t,jane,1,\"students\"\n").unwrap();
    let running = running(Some(Tokens::read(&file).unwrap())).await;
    std::fs::remove_file(&file).unwrap();
    let (code, _, _) = running.ask("GET /podarium/life", b"").await;
    assert_eq!(code, 401);
    let head = "GET /podarium/life\nAuthorization: Bearer t";
    let (code, _, body) = running.ask(head, b"").await;
    let told = String::from_utf8_lossy(&body);
    assert_eq!(code, 403);
    assert!(
        told.contains(r#"User \"jane\" cannot get path \"/podarium/life\""#),
        "{told}"
    );
}
