//! What is typed, and what comes back.

use expect_test::{Expect, expect};
use serde_json::{Value, json};

use super::answer;

fn given(more: Value) -> Value {
    let mut given = json!({
        "env": {"HOSTNAME": "web-0", "HOME": "/root", "A": "1 2"}, "cwd": "/", "now": 1_767_225_600_000_000_u64,
        "files": {"/etc/config/color": "blue", "/data": null}, "processes": ["nginx: master process"], "own": ["nginx"],
        "shell": "sh", "busybox": true,
    });
    for (name, value) in more.as_object().unwrap() {
        given[name] = value.clone();
    }
    given
}

/// What a terminal shows, then the code and the time if they are worth a word.
fn told(answer: &Value) -> String {
    let mut out = answer["missing"]
        .as_str()
        .map_or(String::new(), |text| format!("{text}\n"));
    for line in answer["out"].as_array().unwrap() {
        out += line[2].as_str().unwrap();
    }
    match (answer["code"].as_i64(), answer["at"].as_u64()) {
        (Some(0), Some(at)) if at < 1_000_000 => {}
        (Some(code), at) => {
            out += &format!("[{code} after {} s]\n", at.unwrap_or_default() / 1_000_000)
        }
        (None, _) if answer["asks"].is_object() => out += &format!("[asks {}]\n", answer["asks"]),
        (None, _) => out += "[goes on]\n",
    }
    out
}

fn sh(script: &str) -> String {
    told(&answer(&given(json!({"argv": ["sh", "-c", script]}))))
}

fn check(script: &str, expected: Expect) {
    expected.assert_eq(&sh(script));
}

#[test]
fn one_liners_print_what_they_print() {
    check(
        "echo hello; echo \"$A\" $A; hostname",
        expect![[r#"
        hello
        1 2 1 2
        web-0
    "#]],
    );
    check(
        "cat /etc/config/color && echo; cat /nothing || echo no",
        expect![[r#"
        blue
        cat: can't open '/nothing': No such file or directory
        no
    "#]],
    );
    check(
        "ls / | head -3; ls /etc/config; ls /data /none",
        expect![[r#"
        bin
        data
        dev
        color
        /data:
        ls: /none: No such file or directory
        [1 after 0 s]
    "#]],
    );
    check(
        "for i in 1 2 3; do echo n$i; done | grep -v 2 | wc -l",
        expect![[r#"
        2
    "#]],
    );
    check(
        "x=$(echo a b | cut -d' ' -f2); echo got $x $((2+3)) > /tmp/o; cat < /tmp/o",
        expect![[r#"
        got b 5
    "#]],
    );
    check(
        "nonsense; echo $?",
        expect![[r#"
        sh: nonsense: not found
        127
    "#]],
    );
    check(
        "exit 3",
        expect![[r#"
        [3 after 0 s]
    "#]],
    );
    check(
        "sleep 2; date; date +%F",
        expect![[r#"
        Thu Jan  1 00:00:02 UTC 2026
        2026-01-01
        [0 after 2 s]
    "#]],
    );
    check(
        "ls /none 2>/dev/null; echo out >&2; env | sort | head -2",
        expect![[r#"
        out
        A=1 2
        HOME=/root
    "#]],
    );
    check(
        "printf '%s-%s\\n' a b; echo -n x; echo -e 'a\\tb' | tr a-z A-Z",
        expect![[r#"
        a-b
        xA	B
    "#]],
    );
    check(
        "if [ -f /etc/config/color ]; then echo yes; else echo no; fi; ps",
        expect![[r#"
        yes
        PID   USER     TIME  COMMAND
            1 root      0:00 nginx: master process
            2 root      0:00 ps
    "#]],
    );
}

#[test]
fn a_look_ends_when_it_ends() {
    let loops = json!({"argv": ["sh", "-c", "while true; do echo tick; sleep 10; done"], "until": 25_000_000});
    assert_eq!(
        told(&answer(&given(loops))),
        "tick\ntick\ntick\n[goes on]\n"
    );
    let own = answer(&given(
        json!({"argv": ["sh", "-c", "echo a; nginx -g 'daemon off;'"]}),
    ));
    assert_eq!(
        (told(&own).as_str(), &own["serves"]),
        ("a\n[goes on]\n", &json!(0))
    );
}

#[test]
fn images_without_a_shell_say_so() {
    let bare = |argv: Value| told(&answer(&given(json!({"argv": argv, "shell": null}))));
    expect![[r#"
        OCI runtime exec failed: exec failed: unable to start container process: exec: "sh": executable file not found in $PATH
        [127 after 0 s]
    "#]]
    .assert_eq(&bare(json!(["sh", "-c", "ls"])));
    assert!(
        bare(json!(["nonsense"]))
            .contains("exec: \"nonsense\": executable file not found in $PATH")
    );
}

#[test]
fn clients_print_what_the_network_answers() {
    let asks = |script: &str, answers: Value| {
        told(&answer(&given(
            json!({"argv": ["sh", "-c", script], "answers": answers}),
        )))
    };
    let page = json!([{"code": 200, "body": "hello\n", "ip": "10.96.3.4", "headers": {"Server": "nginx/1.27.0"}}]);
    expect![[r#"
        [asks {"at":0,"kind":"request","method":"GET","target":"http://web"}]
    "#]]
    .assert_eq(&asks("curl -s http://web", json!([])));
    assert_eq!(asks("curl -s http://web", page.clone()), "hello\n");
    assert_eq!(
        asks("curl -s -o /dev/null -w '%{http_code}' web", page.clone()),
        "200"
    );
    assert_eq!(asks("wget -qO- http://web:8080", page.clone()), "hello\n");
    assert!(asks("curl -sI web", page).starts_with("HTTP/1.1 200 OK\r\nServer: nginx/1.27.0\r\n"));
    let failed = |why: &str| json!([{"error": why, "ip": "10.96.3.4", "micros": 2_000}]);
    expect![[r#"
        curl: (6) Could not resolve host: web
        [6 after 0 s]
    "#]]
    .assert_eq(&asks("curl http://web", failed("name")));
    expect![[r#"
        curl: (7) Failed to connect to web port 80 after 2 ms: Could not connect to server
        [7 after 0 s]
    "#]]
    .assert_eq(&asks("curl http://web", failed("refused")));
    expect![[r#"
        wget: bad address 'web'
        [1 after 0 s]
    "#]]
    .assert_eq(&asks("wget -O- http://web", failed("name")));
    expect![[r#"
        Connecting to web (10.96.3.4:80)
        wget: download timed out
        [1 after 0 s]
    "#]]
    .assert_eq(&asks("wget -O- http://web", failed("timeout")));
    let names = json!([{"addresses": [["web.default.svc.cluster.local", "10.96.3.4"]], "server": "10.96.0.10"}]);
    expect![[r#"
        Server:    10.96.0.10
        Address 1: 10.96.0.10 kube-dns.kube-system.svc.cluster.local

        Name:      web
        Address 1: 10.96.3.4 web.default.svc.cluster.local
    "#]]
    .assert_eq(&asks("nslookup web", names));
}

#[test]
fn what_is_written_is_told() {
    let left = answer(&given(json!({
        "line": "cd /data; echo a > f; rm -r /etc/config; mkdir sub; export B=2", "cwd": "/",
    })));
    assert_eq!(left["cwd"], "/data");
    assert_eq!(left["env"]["B"], "2");
    assert_eq!(
        left["files"],
        json!({"/data/f": "a\n", "/data/sub": {"dir": true}, "/etc/config": null, "/etc/config/color": null})
    );
}
