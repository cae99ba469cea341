//! What people see who look into containers.

use expect_test::{Expect, expect};
use serde_json::{Value, json};

use super::{connect, cut, inside, lines, page};

/// 2026-01-01T00:00:00Z
const START: u64 = 1_767_225_600_000_000;

fn facts(image: &str, tag: &str, own: Value) -> Value {
    let mut container = json!({
        "run": 7, "since": START, "at": null, "serves": true, "argv": null, "args": [], "own": [],
        "image": {"path": image, "tag": tag}, "env": {"HOSTNAME": "web-0"}, "answers": [],
    });
    for (name, value) in own.as_object().into_iter().flatten() {
        container[name] = value.clone();
    }
    json!({
        "pod": {
            "metadata": {"name": "web-0", "namespace": "shop", "uid": "u1", "labels": {"app": "web"}},
            "spec": {
                "nodeName": "node-1",
                "containers": [{"name": "c", "volumeMounts": [
                    {"name": "config", "mountPath": "/etc/config"}, {"name": "data", "mountPath": "/data"},
                    {"name": "config", "mountPath": "/etc/one", "subPath": "color"}, {"name": "info", "mountPath": "/info"},
                ]}],
                "volumes": [
                    {"name": "config", "configMap": {"name": "settings"}}, {"name": "data", "emptyDir": {}},
                    {"name": "info", "downwardAPI": {"items": [{"path": "labels", "fieldRef": {"fieldPath": "metadata.labels"}}]}},
                ],
            },
        },
        "container": "c", "ip": "10.244.1.2", "node": "node-1", "now": START + 60_000_000, "containers": {"c": container},
        "objects": {"ConfigMap/settings": {"data": {"color": "blue", "size": "2"}}}, "left": {},
    })
}

fn printed(facts: &Value, seconds: u64, options: Value) -> String {
    let until = START + seconds * 1_000_000;
    let lines = lines(facts, &until.into());
    cut(&lines["lines"], &options, &until.into())
        .as_str()
        .unwrap()
        .into()
}

fn told(answer: &Value) -> String {
    let out = answer["out"].as_array().unwrap().iter();
    out.map(|line| line[2].as_str().unwrap()).collect()
}

fn sh(facts: &Value, script: &str) -> Value {
    inside(facts, &json!({"argv": ["sh", "-c", script]}))
}

fn refusal(pod: &Value, sub: &str, query: &[(&str, &str)]) -> String {
    let asked =
        json!({"sub": sub, "query": query.iter().map(|(k, v)| json!([k, v])).collect::<Vec<_>>()});
    let answer = connect(pod, &asked);
    match answer["refused"]["message"].as_str() {
        Some(message) => message.into(),
        None => format!("{} {}", answer["container"], answer["run"]),
    }
}

#[test]
fn logs_are_refused_in_upstreams_words() {
    let status = |state: Value, last: Value| {
        json!({
            "metadata": {"name": "web"},
            "spec": {"nodeName": "n", "containers": [{"name": "a"}, {"name": "b"}], "initContainers": [{"name": "i"}]},
            "status": {"containerStatuses": [{"name": "a", "state": state, "lastState": last}]},
        })
    };
    let pod = status(json!({"running": {}}), json!({}));
    let a = ("container", "a");
    let all: Vec<String> = vec![
        refusal(&pod, "log", &[]),
        refusal(&pod, "log", &[("container", "x")]),
        refusal(&pod, "log", &[a]),
        refusal(&pod, "log", &[a, ("previous", "true")]),
        refusal(&pod, "log", &[a, ("tailLines", "-1"), ("limitBytes", "0")]),
        refusal(&pod, "log", &[a, ("tailLines", "x")]),
        refusal(
            &pod,
            "log",
            &[
                a,
                ("sinceSeconds", "3"),
                ("sinceTime", "2026-01-01T00:00:00Z"),
            ],
        ),
        refusal(
            &status(json!({"waiting": {"reason": "ErrImagePull"}}), json!({})),
            "log",
            &[a],
        ),
        refusal(
            &status(
                json!({"waiting": {"reason": "ImagePullBackOff"}}),
                json!({}),
            ),
            "log",
            &[a],
        ),
        refusal(
            &status(json!({"waiting": {"reason": "PodInitializing"}}), json!({})),
            "log",
            &[a],
        ),
        refusal(
            &status(
                json!({"waiting": {"reason": "CrashLoopBackOff"}}),
                json!({"terminated": {}}),
            ),
            "log",
            &[a],
        ),
        refusal(
            &status(json!({"running": {}}), json!({"terminated": {}})),
            "log",
            &[a, ("previous", "1")],
        ),
        refusal(
            &json!({"metadata": {"name": "web"}, "spec": {"containers": [{"name": "a"}]}}),
            "log",
            &[],
        ),
        refusal(
            &json!({"metadata": {"name": "web"}, "spec": {"containers": [{"name": "a"}]}}),
            "exec",
            &[],
        ),
    ];
    expect![[r#"
        a container name must be specified for pod web, choose one of: [i a b]
        container x is not valid for pod web
        "a" "current"
        previous terminated container "a" in pod "web" not found
        PodLogOptions "web" is invalid: [tailLines: Invalid value: -1: must be greater than or equal to 0, limitBytes: Invalid value: 0: must be greater than 0]
        strconv.ParseInt: parsing "x": invalid syntax
        PodLogOptions "web" is invalid: : Forbidden: at most one of `sinceTime` or `sinceSeconds` may be specified
        container "a" in pod "web" is waiting to start: image can't be pulled
        container "a" in pod "web" is waiting to start: trying and failing to pull image
        container "a" in pod "web" is waiting to start: PodInitializing
        "a" "current"
        "a" "previous"
        "a" null
        pod web does not have a host assigned"#]].assert_eq(&all.join("\n"));
}

#[test]
fn scripts_print_by_their_own_time() {
    let argv = json!({"argv": ["sh", "-c", "i=0; while true; do echo \"$i: $(date)\"; i=$((i+1)); sleep 1; done"]});
    let counter = facts("busybox", "1.36", argv);
    expect![[r#"
        0: Thu Jan  1 00:00:00 UTC 2026
        1: Thu Jan  1 00:00:01 UTC 2026
        2: Thu Jan  1 00:00:02 UTC 2026
    "#]]
    .assert_eq(&printed(&counter, 2, json!({})));
    expect![[r#"
        2026-01-01T01:00:00.000000000Z 3600: Thu Jan  1 01:00:00 UTC 2026
    "#]]
    .assert_eq(&printed(
        &counter,
        3_600,
        json!({"tailLines": 1, "timestamps": true}),
    ));
    expect![[r#"
        9: Thu Jan  1 00:00:09 UTC 2026
        10: Thu Jan  1 00:00:10 UTC 2026
    "#]]
    .assert_eq(&printed(&counter, 10, json!({"sinceSeconds": 1})));
    expect!["0: Th"].assert_eq(&printed(&counter, 10, json!({"limitBytes": 5})));
    let ended = facts(
        "busybox",
        "1.36",
        json!({"argv": ["sh", "-c", "echo no >&2; printf end; exit 1"], "at": START + 5}),
    );
    assert_eq!(printed(&ended, 60, json!({})), "no\nend");
    assert_eq!(printed(&ended, 60, json!({"stream": "Stderr"})), "no\n");
}

#[test]
fn servers_print_how_they_started() {
    expect![[r#"
        2026/01/01 00:00:00 [notice] 1#1: start worker processes
        2026/01/01 00:00:00 [notice] 1#1: start worker process 29
        2026/01/01 00:00:00 [notice] 1#1: start worker process 30
    "#]]
    .assert_eq(&printed(
        &facts("library/nginx", "1.27", json!({})),
        9,
        json!({"tailLines": 3}),
    ));
    assert_eq!(
        printed(&facts("library/nginx", "1.14.2", json!({})), 9, json!({})),
        ""
    );
    let bootcamp = facts("google-samples/kubernetes-bootcamp", "v1", json!({}));
    expect![[r#"
        Kubernetes Bootcamp App Started At: 2026-01-01T00:00:00.090Z | Running On:  web-0 

    "#]]
    .assert_eq(&printed(&bootcamp, 9, json!({})));
    let failed = facts("library/postgres", "16", json!({"serves": false}));
    assert!(printed(&failed, 9, json!({})).starts_with("Error: Database is uninitialized"));
}

fn check(facts: &Value, script: &str, expected: Expect) {
    expected.assert_eq(&told(&sh(facts, script)));
}

#[test]
fn commands_see_the_files_of_volumes() {
    let web = facts("library/nginx", "1.27", json!({}));
    check(
        &web,
        "ls /etc/config; cat /etc/config/color /etc/one /info/labels; echo; head -1 /usr/share/nginx/html/index.html; hostname; ps",
        expect![[r#"
            color
            size
            blueblueapp="web"
            <!DOCTYPE html>
            web-0
            sh: ps: not found
        "#]],
    );
    check(
        &web,
        "cat /etc/resolv.conf; tail -1 /etc/hosts",
        expect![[r#"
            search shop.svc.cluster.local svc.cluster.local cluster.local
            nameserver 10.96.0.10
            options ndots:5
            10.244.1.2	web-0
        "#]],
    );
    check(
        &web,
        "echo x > /etc/config/color; touch /etc/config/new",
        expect![[r#"
            sh: can't create /etc/config/color: Read-only file system
            touch: /etc/config/new: Read-only file system
        "#]],
    );
    let left = &sh(
        &web,
        "echo a > /data/f; mkdir /data/d; echo b > /tmp/g; rm /usr/share/nginx/html/index.html",
    )["left"];
    assert_eq!(
        left,
        &json!({
            "pod/u1/data": {"f": "a\n", "d": {"dir": true}},
            "run/7": {"tmp/g": "b\n", "usr/share/nginx/html/index.html": null},
        })
    );
    let mut later = web.clone();
    later["left"] = left.clone();
    check(
        &later,
        "ls /data; cat /data/f /tmp/g; ls /usr/share/nginx/html",
        expect![[r#"
            d
            f
            a
            b
            50x.html
        "#]],
    );
}

#[test]
fn shells_wait_for_lines_in_their_own_way() {
    let prompt = |image: &str, tag: &str, shell: &str| {
        let answer = inside(
            &facts(image, tag, json!({})),
            &json!({"argv": [shell], "stdin": "cd /tmp"}),
        );
        answer["prompt"].as_str().unwrap().to_owned()
    };
    assert_eq!(prompt("busybox", "1.28", "sh"), "/tmp # ");
    assert_eq!(prompt("library/nginx", "1.27", "sh"), "# ");
    assert_eq!(prompt("library/nginx", "1.27", "bash"), "root@web-0:/tmp# ");
    let open = inside(
        &facts("busybox", "1", json!({})),
        &json!({"argv": ["cat"], "open": true}),
    );
    assert_eq!(open["asks"], json!({"kind": "stdin"}));
    let piped = inside(
        &facts("busybox", "1", json!({})),
        &json!({"argv": ["sh", "-c", "echo a | cat"], "open": true}),
    );
    assert_eq!(told(&piped), "a\n");
}

#[test]
fn servers_answer_what_they_are_known_for() {
    let asked = |path: &str| json!({"path": path, "host": "web", "method": "GET", "code": 200, "from": "10.244.1.9"});
    let body = |facts: &Value, path: &str| {
        let answer = page(facts, &asked(path));
        let text = answer["body"].as_str().unwrap();
        format!(
            "{} {}",
            answer["code"],
            text.lines().next().unwrap_or_default()
        )
    };
    let nginx = facts("library/nginx", "1.27", json!({}));
    assert_eq!(body(&nginx, "/"), "200 <!DOCTYPE html>");
    assert_eq!(body(&nginx, "/none"), "404 <html>");
    let mut written = nginx.clone();
    written["left"] = json!({"run/7": {"usr/share/nginx/html/index.html": "web-0\n", "usr/share/nginx/html/healthz": "ok"}});
    assert_eq!(body(&written, "/"), "200 web-0");
    assert_eq!(body(&written, "/healthz?x=1"), "200 ok");
    let bootcamp = facts("google-samples/kubernetes-bootcamp", "v2", json!({}));
    assert_eq!(
        body(&bootcamp, "/"),
        "200 Hello Kubernetes bootcamp! | Running on: web-0 | v=2"
    );
    let echo = facts(
        "hashicorp/http-echo",
        "1.0",
        json!({"args": ["-text=apple"]}),
    );
    assert_eq!(body(&echo, "/"), "200 apple");
}
