//! Commands in containers, by raw WebSocket frames.

use expect_test::{Expect, expect};
use serde_json::{Value, json};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

use super::{PODS, Running, running, running_at};

/// A client that speaks in channels.
struct Client {
    stream: TcpStream,
}

impl Running {
    /// Code and headers of an answer to a wish to speak by WebSocket, and the connection.
    async fn upgrade(&self, path: &str) -> (String, TcpStream) {
        let headers = "Connection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\
            Sec-WebSocket-Protocol: v5.channel.k8s.io";
        let mut stream = TcpStream::connect(("127.0.0.1", self.port)).await.unwrap();
        let head = format!(
            "GET {path} HTTP/1.1\r\nHost: 127.0.0.1:{}\r\n{headers}\r\n\r\n",
            self.port
        );
        stream.write_all(head.as_bytes()).await.unwrap();
        let mut answer = Vec::new();
        while !answer.ends_with(b"\r\n\r\n") {
            answer.push(stream.read_u8().await.unwrap());
        }
        (String::from_utf8(answer).unwrap(), stream)
    }

    async fn exec(&self, rest: &str) -> Client {
        let (head, stream) = self.upgrade(&format!("{PODS}/{rest}")).await;
        assert!(head.starts_with("HTTP/1.1 101"), "{head}");
        assert!(
            head.to_lowercase()
                .contains("sec-websocket-protocol: v5.channel.k8s.io")
        );
        Client { stream }
    }

    /// What a command shows and how it ends.
    async fn told(&self, rest: &str) -> String {
        self.exec(rest).await.rest().await
    }
}

impl Client {
    async fn send(&mut self, bytes: &[u8]) {
        let mut frame = vec![0x82, 0x80 | bytes.len() as u8, 1, 2, 3, 4];
        let masked = bytes
            .iter()
            .enumerate()
            .map(|(i, b)| b ^ [1, 2, 3, 4][i % 4]);
        frame.extend(masked);
        self.stream.write_all(&frame).await.unwrap();
    }

    async fn types(&mut self, text: &str) {
        self.send(&[b"\0", text.as_bytes()].concat()).await;
    }

    /// The next message; none when the server closes.
    async fn next(&mut self) -> Option<(u8, String)> {
        let head = self.stream.read_u8().await.ok()?;
        let mut length = usize::from(self.stream.read_u8().await.ok()?);
        if length == 126 {
            length = self.stream.read_u16().await.ok()?.into();
        }
        let mut bytes = vec![0; length];
        self.stream.read_exact(&mut bytes).await.ok()?;
        (head == 0x82).then(|| (bytes[0], String::from_utf8(bytes[1..].to_vec()).unwrap()))
    }

    async fn until(&mut self, end: &str) -> String {
        let mut all = String::new();
        while !all.ends_with(end) {
            let (_, text) = self
                .next()
                .await
                .unwrap_or_else(|| panic!("closed after {all:?}"));
            all += &text;
        }
        all
    }

    async fn rest(mut self) -> String {
        let mut all = String::new();
        while let Some((stream, text)) = self.next().await {
            match stream {
                1 => all += &text,
                2 => all += &format!("! {text}"),
                _ => {
                    let status: Value = serde_json::from_str(&text).unwrap();
                    let (cause, message) = (
                        &status["details"]["causes"][0]["message"],
                        &status["message"],
                    );
                    all += &match (status["status"].as_str(), cause.as_str()) {
                        (Some("Success"), _) => "[done]".to_owned(),
                        (_, Some(code)) if status["reason"] == "NonZeroExitCode" => {
                            format!("[{code}]")
                        }
                        _ => {
                            // The id of the try is another every time.
                            let text = message.as_str().unwrap_or_default();
                            let id = text.split('"').find(|part| part.len() == 64);
                            format!("[{}]", text.replace(id.unwrap_or("\0"), "ID"))
                        }
                    };
                }
            }
        }
        all
    }
}

const OUT: &str = "stdout=true&stderr=true";

async fn web(speed: f64) -> Running {
    let server = running_at(speed).await;
    server
        .pod("web", json!({"name": "web", "image": "nginx"}))
        .await;
    server
}

async fn check(server: &Running, rest: &str, expected: Expect) {
    // What a terminal is sent is shown with its carriage returns.
    expected.assert_eq(&server.told(rest).await.replace('\r', "␍"));
}

#[tokio::test(flavor = "multi_thread")]
async fn commands_run_once_and_end_with_their_code() {
    let server = web(20.0).await;
    check(
        &server,
        &format!("web/exec?command=hostname&{OUT}"),
        expect![[r#"
            web
            [done]"#]],
    )
    .await;
    let script = "command=sh&command=-c&command=echo+out;+echo+err+%3E%262;+sleep+2;+exit+3";
    check(
        &server,
        &format!("web/exec?{script}&{OUT}"),
        expect![[r#"
            out
            ! err
            [3]"#]],
    )
    .await;
    check(
        &server,
        &format!("web/exec?command=vi&{OUT}"),
        expect![[r#"[Internal error occurred: Internal error occurred: error executing command in container: failed to exec in container: failed to start exec "ID": OCI runtime exec failed: exec failed: unable to start container process: exec: "vi": executable file not found in $PATH: unknown]"#]],
    )
    .await;
    check(
        &server,
        &format!("web/exec?command=ls&command=/&{OUT}&tty=true"),
        expect![[r#"
            bin␍
            dev␍
            etc␍
            home␍
            lib␍
            media␍
            mnt␍
            opt␍
            proc␍
            root␍
            run␍
            sbin␍
            srv␍
            sys␍
            tmp␍
            usr␍
            var␍
            [done]"#]],
    )
    .await;
    let write =
        "command=sh&command=-c&command=echo+$(hostname)+%3E+/usr/share/nginx/html/index.html";
    check(
        &server,
        &format!("web/exec?{write}&{OUT}"),
        expect!["[done]"],
    )
    .await;
    check(
        &server,
        &format!("web/exec?command=curl&command=-s&command=localhost&{OUT}"),
        expect![[r#"
            web
            [done]"#]],
    )
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_piped_in_is_read() {
    let server = web(20.0).await;
    let mut client = server
        .exec(&format!("web/exec?command=sh&stdin=true&{OUT}"))
        .await;
    client.types("echo a; ").await;
    client.types("cat /etc/hostname\n").await;
    client.send(&[255, 0]).await;
    assert_eq!(client.rest().await, "a\nweb\n[done]");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_shell_at_a_terminal_takes_line_after_line() {
    let server = web(20.0).await;
    let mut client = server
        .exec(&format!("web/exec?command=bash&stdin=true&tty=true&{OUT}"))
        .await;
    client.until("root@web:/# ").await;
    client.types("cd /tmp; X=1\r").await;
    client.until("root@web:/tmp# ").await;
    client.types("echo $X > f\r").await;
    client.until("root@web:/tmp# ").await;
    client.types("cat fg\u{7f}; nonsense\r").await;
    let shown = client.until("root@web:/tmp# ").await;
    expect![[r#"
        cat fg ; nonsense
        1
        bash: nonsense: command not found
        root@web:/tmp# "#]]
    .assert_eq(&shown.replace('\r', ""));
    client.types("sleep 1000000\r").await;
    client.until("\n").await;
    client.types("\u{3}").await;
    client.until("root@web:/tmp# ").await;
    client.types("exit 4\r").await;
    assert!(client.rest().await.ends_with("[4]"));
}

#[tokio::test(flavor = "multi_thread")]
async fn who_attaches_sees_what_is_printed_from_then_on() {
    let server = running_at(20.0).await;
    let script = "for i in 1 2 3 4 5 6; do echo line $i; sleep 10; done";
    let job = json!({"name": "c", "image": "busybox", "command": ["sh", "-c", script]});
    server.pod("job", job).await;
    let all = server.told(&format!("job/attach?{OUT}")).await;
    assert!(
        !all.contains("line 1") && all.ends_with("line 6\n[done]"),
        "{all}"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn what_cannot_be_is_refused_before_and_after_the_handshake() {
    let server = web(20.0).await;
    let refused = async |head: &str| {
        let (code, status) = server.json(head, &Value::Null).await;
        format!("{code} {}", status["message"].as_str().unwrap_or_default())
    };
    let exec = format!("{PODS}/web/exec?command=ls&stdout=1");
    assert_eq!(
        refused(&format!("GET {exec}")).await,
        "400 Upgrade request required"
    );
    let spdy = format!("POST {exec}\nConnection: Upgrade\r\nUpgrade: SPDY/3.1");
    assert!(
        refused(&spdy)
            .await
            .starts_with("400 SPDY is not spoken here")
    );
    assert_eq!(
        refused(&format!("GET {exec}&container=x")).await,
        "400 container x is not valid for pod web"
    );
    assert!(
        refused(&format!("POST {PODS}/web/portforward?ports=80"))
            .await
            .contains("port-forward is not simulated")
    );
    let (head, _) = server.upgrade(&format!("{PODS}/web/exec?command=ls")).await;
    assert!(head.starts_with("HTTP/1.1 400"), "{head}");
}

#[tokio::test(flavor = "multi_thread")]
async fn requests_go_through_the_api_server() {
    let server = running(None).await;
    let container = json!({"name": "web", "image": "nginx", "ports": [{"containerPort": 80}]});
    server.pod("web", container).await;
    let ask = async |path: &str| {
        let (code, head, body) = server.ask(&format!("GET /api/v1/{path}"), b"").await;
        let body = String::from_utf8_lossy(&body).into_owned();
        let location = head.lines().find_map(|l| l.strip_prefix("location: "));
        let message = serde_json::from_str::<Value>(&body).ok();
        let message = message.and_then(|v| v["message"].as_str().map(str::to_owned));
        let line = message.or(body
            .lines()
            .find(|l| l.contains("title"))
            .map(str::to_owned));
        format!(
            "{code} {}",
            line.or(location.map(str::to_owned)).unwrap_or(body)
        )
    };
    let service = json!({"metadata": {"name": "no"}, "spec": {"selector": {"app": "no"}, "ports": [{"port": 80}]}});
    server
        .json("POST /api/v1/namespaces/default/services", &service)
        .await;
    let paths = [
        "namespaces/default/pods/web/proxy/",
        "namespaces/default/pods/web:80/proxy/none",
        "namespaces/default/pods/web:81/proxy/",
        "namespaces/default/pods/none/proxy/",
        "namespaces/default/pods/web/proxy",
        "namespaces/default/services/no/proxy/",
        "namespaces/default/services/no:81/proxy/",
        "nodes/node-1/proxy/healthz",
    ];
    // Until the Endpoints are there.
    while ask(paths[5]).await.starts_with("404") {
        tokio::time::sleep(std::time::Duration::from_millis(20)).await;
    }
    let mut told = String::new();
    for path in paths {
        told += &format!("{}\n", ask(path).await);
    }
    expect![[r#"
        200 <title>Welcome to nginx!</title>
        404 <head><title>404 Not Found</title></head>
        503 error trying to reach service: dial tcp 10.244.1.3:81: connect: connection refused
        404 pods "none" not found
        301 /api/v1/namespaces/default/pods/web/proxy/
        503 no endpoints available for service "no"
        503 no service port 81 found for service "no"
        200 ok
    "#]]
    .assert_eq(&told);
}
