//! What one-liners of manifests do, and when.

use super::run::{Known, command};
use super::{Course, End};

fn follow(text: &str, answers: &[Option<u16>]) -> Course {
    let env = [("FRONTEND_ADDR".to_owned(), "frontend:80".to_owned())];
    command(
        &["sh".into(), "-c".into(), text.into()],
        Known {
            env: &env,
            answers,
            own: &["nginx".into()],
            ..Known::default()
        },
    )
}

fn told(text: &str, answers: &[Option<u16>]) -> String {
    let course = follow(text, answers);
    let mut out = match &course.end {
        End::Never => "never".to_owned(),
        End::Exit(at, code) => format!("exit {code} at {}", at.as_millis()),
        End::Asks(at, query) => format!("asks {query:?} at {}", at.as_millis()),
    };
    for (at, file, there) in &course.files {
        out += &format!(
            "; {}{file} at {}",
            if *there { "+" } else { "-" },
            at.as_millis()
        );
    }
    if let Some(at) = course.serves {
        out += &format!("; serves at {}", at.as_millis());
    }
    out
}

#[test]
fn one_liners_of_the_docs() {
    for (text, want) in [
        (
            "touch /tmp/healthy; sleep 30; rm -f /tmp/healthy; sleep 600",
            "exit 0 at 630000; +/tmp/healthy at 0; -/tmp/healthy at 30000",
        ),
        ("sleep 1h", "exit 0 at 3600000"),
        ("sleep infinity", "never"),
        ("echo hello && exit 3", "exit 3 at 0"),
        (
            "while true; do echo hello from cnt04; sleep 10;done",
            "never",
        ),
        (
            "while true; do date >> /out; sleep 1; done",
            "never; +/out at 0",
        ),
        ("tail -F /opt/logs.txt", "never"),
        ("echo start; nginx -g 'daemon off;'", "never; serves at 0"),
        ("sleep 5 && exec nginx", "never; serves at 5000"),
        ("env", "exit 0 at 0"),
        (
            "set -eu; false || true; if false; then :; fi; sleep 1; false; sleep 9",
            "exit 1 at 1000",
        ),
        ("false; sleep 9", "exit 0 at 9000"),
        (
            "rm /no; if [ -f /no ]; then exit 1; else sleep 2; fi; false",
            "exit 1 at 2000; -/no at 0",
        ),
        ("test -f /x || exit 4", "exit 0 at 0"),
        ("rm /x; test -f /x || exit 4", "exit 4 at 0; -/x at 0"),
        ("for i in 1 2 3; do sleep $i; done", "exit 0 at 6000"),
        (
            "i=0; while [ $i -lt 3 ]; do i=$((i+1)); sleep 1; done; exit $i",
            "exit 3 at 3000",
        ),
        ("nginx & sleep 2; echo up; wait", "never; serves at 0"),
        ("case $x in a) ;; esac", "never; serves at 0"),
    ] {
        assert_eq!(told(text, &[]), want, "{text}");
    }
}

#[test]
fn loops_wait_for_the_network() {
    let until = "until nslookup db.shop; do echo waiting; sleep 2; done";
    let name = r#"Name("db.shop")"#;
    assert_eq!(told(until, &[]), format!("asks {name} at 0"));
    assert_eq!(told(until, &[None, None]), format!("asks {name} at 4000"));
    assert_eq!(told(until, &[None, Some(0)]), "exit 0 at 2000");
    let wget = "for i in $(seq 1 3); do S=$(wget --server-response http://${FRONTEND_ADDR} 2>&1 | awk '/^  HTTP/{print $2}')
        if [ $S -eq 200 ]; then exit 0; fi; sleep 10; done; exit 1";
    let asks = r#"asks Request("http://frontend:80")"#;
    assert_eq!(told(wget, &[]), format!("{asks} at 0"));
    assert_eq!(told(wget, &[None, Some(503)]), format!("{asks} at 20000"));
    assert_eq!(told(wget, &[None, Some(200)]), "exit 0 at 10000");
    assert_eq!(told(wget, &[None, None, None]), "exit 1 at 30000");
}

#[test]
fn the_first_process_without_a_shell() {
    let words = |text: &str| text.split(' ').map(String::from).collect::<Vec<_>>();
    let stress = words("stress --vm 1 --vm-bytes 250M --vm-hang 1");
    let course = command(&stress, Known::default());
    assert_eq!((course.memory, course.end), (250 << 20, End::Never));
    for (text, heeds) in [("/usr/bin/server --port 80", true), ("sleep 3600", false)] {
        assert_eq!(
            command(&words(text), Known::default()).heeds_term,
            heeds,
            "{text}"
        );
    }
    assert!(follow("trap 'exit 0' TERM; sleep 9", &[]).heeds_term);
    assert!(follow("exec nginx", &[]).heeds_term);
}

#[test]
fn what_is_no_shell_does_not_hang_or_fall() {
    let nested = "$(".repeat(50_000);
    let bangs = "! ".repeat(10_000);
    let ifs = "if true; then ".repeat(2_000);
    for text in [
        "", "(", "'", "if", "a && ", "$((", ";;;", &nested, &bangs, &ifs,
    ] {
        follow(text, &[]);
    }
    assert_eq!(told("while :; do :; done", &[]), "never");
}
