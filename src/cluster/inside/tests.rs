//! Containers, as people look into them.

use expect_test::{Expect, expect};
use podarium_api::kinds::KindId;
use podarium_api::meta::{Span, Time};
use podarium_api::object::Key;
use serde_json::{Value, json};

use super::{Asked, Session};
use crate::sim::User;
use crate::{Cluster, Config, Method, Request, Response};

const PODS: &str = "/api/v1/namespaces/default/pods";

fn cluster() -> Cluster {
    let mut cluster = Cluster::new(Config {
        nodes: 1,
        ..Config::default()
    });
    run(&mut cluster, 10);
    cluster
}

fn run(cluster: &mut Cluster, seconds: u64) {
    let until = cluster.now() + Span::secs(seconds);
    cluster.advance(until, u64::MAX);
}

fn make(cluster: &mut Cluster, path: &str, body: Value) {
    let made = cluster.handle(Request::new(Method::Post, path).json(&body));
    assert_eq!(made.code, 201, "{}", made.message());
}

fn pod(cluster: &mut Cluster, name: &str, spec: Value) {
    make(
        cluster,
        PODS,
        json!({"metadata": {"name": name, "labels": {"app": name}}, "spec": spec}),
    );
}

fn script(text: &str) -> Value {
    json!({"containers": [{"name": "c", "image": "busybox", "command": ["sh", "-c", text]}]})
}

fn get(cluster: &mut Cluster, path: &str) -> Response {
    cluster.handle(Request::get(path))
}

fn log(cluster: &mut Cluster, rest: &str) -> String {
    let response = get(cluster, &format!("{PODS}/{rest}"));
    match response.body {
        crate::apiserver::Body::Text(text) => text,
        _ => format!("{} {}", response.code, response.message()),
    }
}

fn exec(cluster: &mut Cluster, pod: &str, container: &str, text: &str) -> String {
    let key = Key::new(KindId::POD, "default", pod);
    let asked = Asked {
        argv: ["sh", "-c", text].map(String::from).to_vec(),
        ..Asked::default()
    };
    let mut session = match Session::new(cluster.inside(), &key, container, asked) {
        Ok(session) => session,
        Err(status) => return status.message,
    };
    let mut out = String::new();
    loop {
        let shown = session.look(cluster.inside());
        out.extend(shown.out.into_iter().map(|(_, text)| text));
        if let Some(code) = shown.code {
            if let Some(left) = session.left(&User::admin()) {
                cluster.command(left);
            }
            return match code {
                0 => out,
                code => format!("{out}[{code}]"),
            };
        }
        run(cluster, 1);
    }
}

fn check(cluster: &mut Cluster, rest: &str, expected: Expect) {
    expected.assert_eq(&log(cluster, rest));
}

#[test]
fn a_log_is_what_the_script_has_printed_by_now() {
    let c = &mut cluster();
    pod(
        c,
        "counter",
        script("i=0; while true; do echo $i; i=$((i+1)); sleep 1; done"),
    );
    check(c, "counter/log", expect![[r#""#]]);
    run(c, 1);
    check(
        c,
        "counter/log",
        expect![[r#"400 container "c" in pod "counter" is waiting to start: ContainerCreating"#]],
    );
    run(c, 9);
    let first = log(c, "counter/log");
    assert!(first.starts_with("0\n1\n2\n"), "{first}");
    run(c, 100);
    let later = log(c, "counter/log");
    assert!(later.starts_with(&first) && later.len() > first.len());
    assert_eq!(log(c, "counter/log?tailLines=2").lines().count(), 2);
    check(
        c,
        "counter/log?container=x",
        expect!["400 container x is not valid for pod counter"],
    );
    check(
        c,
        "counter/log?previous=true",
        expect![[r#"400 previous terminated container "c" in pod "counter" not found"#]],
    );
    check(c, "none/log", expect![[r#"404 pods "none" not found"#]]);
}

#[test]
fn a_log_of_one_that_crashes_is_its_last_runs() {
    let c = &mut cluster();
    let mut spec = script("echo run of $COLOR; sleep 2; echo lost >&2; exit 3");
    spec["containers"][0]["envFrom"] = json!([{"configMapRef": {"name": "settings"}}]);
    let maps = "/api/v1/namespaces/default/configmaps";
    make(
        c,
        maps,
        json!({"metadata": {"name": "settings"}, "data": {"COLOR": "red"}}),
    );
    pod(c, "crash", spec);
    run(c, 3);
    assert_eq!(log(c, "crash/log"), "run of red\n");
    let new = json!({"metadata": {"name": "settings"}, "data": {"COLOR": "blue"}});
    let put = Request::new(Method::Put, &format!("{maps}/settings")).json(&new);
    assert_eq!(c.handle(put).code, 200);
    assert_eq!(log(c, "crash/log"), "run of red\n");
    while log(c, "crash/log") != "run of blue\n" {
        run(c, 1);
        assert!(c.now() < Time(0) + Span::secs(120));
    }
    run(c, 1);
    assert_eq!(log(c, "crash/log?previous=true"), "run of red\nlost\n");
    run(c, 5);
    // While it waits to start again, both words mean the run that ended last.
    assert_eq!(log(c, "crash/log"), "run of blue\nlost\n");
    assert_eq!(log(c, "crash/log?previous=true"), "run of blue\nlost\n");
}

#[test]
fn a_kubelet_that_is_away_tells_no_logs() {
    let c = &mut cluster();
    pod(
        c,
        "web",
        json!({"containers": [{"name": "web", "image": "nginx"}]}),
    );
    run(c, 20);
    assert!(log(c, "web/log").contains("start worker processes"));
    c.command(crate::Command::Stop(crate::sim::Component::Kubelet(
        "node-1".into(),
    )));
    check(
        c,
        "web/log",
        expect![[
            r#"500 Get "https://10.0.1.11:10250/containerLogs/default/web/web": dial tcp 10.0.1.11:10250: connect: connection refused"#
        ]],
    );
}

#[test]
fn what_is_written_is_served_and_stays_with_its_volume() {
    let c = &mut cluster();
    pod(
        c,
        "web",
        json!({
            "containers": [
                {"name": "web", "image": "nginx", "volumeMounts": [{"name": "pages", "mountPath": "/usr/share/nginx/html"}]},
                {"name": "side", "image": "busybox", "command": ["sleep", "1000"], "volumeMounts": [{"name": "pages", "mountPath": "/pages"}]},
            ],
            "volumes": [{"name": "pages", "emptyDir": {}}],
        }),
    );
    run(c, 20);
    expect![[r#"
        <head><title>403 Forbidden</title></head>
    "#]]
    .assert_eq(&exec(c, "web", "web", "curl -s localhost | grep title"));
    assert_eq!(
        exec(
            c,
            "web",
            "side",
            "echo $(hostname) > /pages/index.html; echo x > /tmp/own"
        ),
        ""
    );
    assert_eq!(
        exec(c, "web", "web", "curl -s localhost; cat /tmp/own"),
        "web\ncat: /tmp/own: No such file or directory\n[1]"
    );
    assert_eq!(exec(c, "web", "side", "cat /tmp/own"), "x\n");
    c.command(crate::Command::Kill {
        namespace: "default".into(),
        pod: "web".into(),
        container: "side".into(),
    });
    assert_eq!(
        exec(c, "web", "side", "true"),
        "Internal error occurred: unable to upgrade connection: container not found (\"side\")"
    );
    run(c, 20);
    assert_eq!(
        exec(c, "web", "side", "cat /pages/index.html /tmp/own"),
        "web\ncat: can't open '/tmp/own': No such file or directory\n[1]"
    );
    // History lives it again without a shell.
    let now = c.now();
    c.seek(Time(0));
    c.seek(now);
    assert_eq!(exec(c, "web", "web", "curl -s localhost"), "web\n");
}

#[test]
fn commands_ask_the_network_of_their_pod() {
    let c = &mut cluster();
    pod(
        c,
        "hello",
        json!({"containers": [{"name": "hello", "image": "gcr.io/google-samples/hello-app:2.0", "ports": [{"containerPort": 8080}]}]}),
    );
    pod(c, "box", script("sleep 10000"));
    let service = json!({"metadata": {"name": "hello"}, "spec": {"selector": {"app": "hello"}, "ports": [{"port": 80, "targetPort": 8080}]}});
    make(c, "/api/v1/namespaces/default/services", service);
    run(c, 40);
    expect![[r#"
        Hello, world!
        Version: 2.0.0
        Hostname: hello
        Name:      hello.default.svc.cluster.local
        Address 1: 10.96.252.138 hello.default.svc.cluster.local
        Thu Jan  1 00:00:52 UTC 2026
    "#]]
    .assert_eq(&exec(
        c,
        "box",
        "c",
        "wget -qO- http://hello; nslookup hello.default.svc.cluster.local | tail -2; sleep 2; date",
    ));
    expect![[r#"
        wget: download timed out
        wget: bad address 'no-such'
        [1]"#]]
    .assert_eq(&exec(
        c,
        "box",
        "c",
        "wget -qO- http://hello:81 || wget -qO- http://no-such",
    ));
    expect!["[127]"].assert_eq(&exec(c, "hello", "hello", "ls"));
}
