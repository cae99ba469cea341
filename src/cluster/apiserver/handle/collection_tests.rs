//! Lists and watches, as a client sees them.

use expect_test::expect;
use serde_json::{Value, json};

use super::tests::{CONFIG_MAPS, check, cluster, send};
use super::{Told, Watch};
use crate::apiserver::request::Body;
use crate::{Cluster, Method};
use podarium_api::meta::{Span, Time};

fn map(name: &str) -> Value {
    json!({"metadata": {"name": name}})
}

/// A namespace with five ConfigMaps, `a` to `e`; the path of the collection.
fn five(c: &mut Cluster) -> &'static str {
    send(c, Method::Post, "/api/v1/namespaces", &map("shop"));
    let maps = "/api/v1/namespaces/shop/configmaps";
    for name in ["a", "b", "c", "d", "e"] {
        assert_eq!(send(c, Method::Post, maps, &map(name)).code, 201);
    }
    maps
}

fn get(c: &mut Cluster, path: &str) -> Value {
    let answer = send(c, Method::Get, path, &Value::Null);
    assert_eq!(answer.code, 200, "{}", answer.message());
    answer.into_value()
}

fn names(list: &Value) -> String {
    let items = list["items"].as_array().unwrap().iter();
    let each: Vec<_> = items
        .map(|o| o["metadata"]["name"].as_str().unwrap())
        .collect();
    each.join(" ")
}

fn revision(list: &Value) -> u64 {
    let text = list["metadata"]["resourceVersion"].as_str().unwrap();
    text.parse().unwrap()
}

fn token(list: &Value) -> &str {
    list["metadata"]["continue"].as_str().unwrap()
}

/// Makes so many changes that all earlier ones are forgotten.
fn forget(c: &mut Cluster) {
    send(c, Method::Post, CONFIG_MAPS, &map("busy"));
    for i in 0..1_024 {
        let patch = json!({"data": {"i": i.to_string()}});
        let path = [CONFIG_MAPS, "/busy"].concat();
        assert_eq!(send(c, Method::Patch, &path, &patch).code, 200);
    }
}

#[test]
fn pages_show_one_moment() {
    let c = &mut cluster();
    let maps = five(c);
    let first = get(c, &[maps, "?limit=2"].concat());
    assert_eq!(
        (names(&first), &first["metadata"]["remainingItemCount"]),
        ("a b".into(), &json!(3))
    );
    send(c, Method::Delete, &[maps, "/c"].concat(), &Value::Null);
    send(c, Method::Post, maps, &map("bb"));
    let path = format!("{maps}?limit=2&continue={}", token(&first));
    let second = get(c, &path);
    assert_eq!(names(&second), "c d", "what was there at first");
    assert_eq!(revision(&second), revision(&first));
    let last = get(c, &format!("{maps}?limit=2&continue={}", token(&second)));
    assert_eq!(names(&last), "e");
    assert_eq!(last["metadata"]["continue"], Value::Null);
    let all = get(c, "/api/v1/configmaps?limit=1&labelSelector=a!%3Db");
    assert_eq!(all["metadata"]["remainingItemCount"], Value::Null);
    let mut path = format!("/api/v1/configmaps?limit=3&continue={}", token(&all));
    let mut seen = names(&all);
    loop {
        let page = get(c, &path);
        seen = [seen, names(&page)].join(" ");
        if page["metadata"]["continue"].is_null() {
            break;
        }
        path = format!("/api/v1/configmaps?limit=3&continue={}", token(&page));
    }
    assert_eq!(seen, names(&get(c, "/api/v1/configmaps")));
    forget(c);
    let late = send(
        c,
        Method::Get,
        &format!("{maps}?limit=2&continue={}", token(&first)),
        &Value::Null,
    );
    assert_eq!(late.code, 410);
    assert!(
        late.message()
            .starts_with("The provided continue parameter is too old to display a consistent list")
    );
    let path = format!("{maps}?continue={}", token(late.value()));
    assert_eq!(names(&get(c, &path)), "bb d e", "as it is now");
}

#[test]
fn a_list_may_be_of_another_moment() {
    let c = &mut cluster();
    let maps = five(c);
    let then = revision(&get(c, maps));
    send(c, Method::Delete, &[maps, "/a"].concat(), &Value::Null);
    let at = |query: &str| format!("{maps}?resourceVersion={then}{query}");
    for (query, seen) in [
        ("", "b c d e"),
        ("&resourceVersionMatch=NotOlderThan", "b c d e"),
        ("&resourceVersionMatch=Exact", "a b c d e"),
        ("&limit=3", "a b c"),
    ] {
        assert_eq!(names(&get(c, &at(query))), seen, "{query}");
    }
    let any = get(c, &[maps, "?resourceVersion=0&limit=1"].concat());
    assert_eq!(names(&any), "b c d e", "the cache knows no pages");
    assert_eq!(revision(&any), then + 1);
    let future = [maps, "?resourceVersion=99999"].concat();
    let refused = send(c, Method::Get, &future, &Value::Null);
    assert_eq!(
        (refused.code, refused.message()),
        (
            504,
            &*format!(
                "Timeout: Too large resource version: 99999, current: {}",
                then + 1
            )
        )
    );
    let details = json!({
        "causes": [{"reason": "ResourceVersionTooLarge", "message": "Too large resource version"}], "retryAfterSeconds": 1,
    });
    assert_eq!(refused.value()["details"], details);
    let wrong = [maps, "?resourceVersionMatch=Exact"].concat();
    check(
        c,
        Method::Get,
        &wrong,
        Value::Null,
        expect![[
            r#"422 ListOptions.meta.k8s.io "" is invalid: resourceVersionMatch: Forbidden: resourceVersionMatch is forbidden unless resourceVersion is provided"#
        ]],
    );
    let wrong = [maps, "?fieldSelector=data.a=b"].concat();
    check(
        c,
        Method::Get,
        &wrong,
        Value::Null,
        expect![[
            r#"400 "data.a" is not a known field selector: only "metadata.name", "metadata.namespace""#
        ]],
    );
    forget(c);
    send(c, Method::Post, maps, &map("f"));
    let old = at("&resourceVersionMatch=Exact");
    check(
        c,
        Method::Get,
        &old,
        Value::Null,
        expect!["410 The resourceVersion for the provided list is too old."],
    );
    let none = get(c, "/apis/batch/v1/jobs");
    assert_eq!(none["items"], json!([]));
    assert_eq!(
        none["metadata"]["resourceVersion"],
        json!(c.world().store().revision().to_string())
    );
}

fn open(c: &mut Cluster, path: &str) -> Watch {
    match send(c, Method::Get, path, &Value::Null).body {
        Body::Watch(watch) => watch,
        other => panic!("a watch was asked for, not {other:?}"),
    }
}

/// What a watch tells, in a line each.
fn told(c: &Cluster, watch: &mut Watch) -> Vec<String> {
    let all = c.world().told(watch);
    let line = |t: &Told| {
        let value = t.value(watch);
        let name = match t {
            Told::Error(status) => status.message.clone(),
            Told::Bookmark(_) => value["metadata"]["annotations"].to_string(),
            Told::Object(..) => value["metadata"]["name"].to_string(),
        };
        format!("{} {name}", t.word())
    };
    all.iter().map(line).collect()
}

#[test]
fn a_watch_begins_where_it_is_asked_to() {
    let c = &mut cluster();
    let maps = five(c);
    let then = revision(&get(c, maps));
    let none: [&str; 0] = [];
    let mut from = open(c, &format!("{maps}?watch=1&resourceVersion={}", then - 2));
    assert_eq!(told(c, &mut from), [r#"ADDED "d""#, r#"ADDED "e""#]);
    let mut quiet = open(
        c,
        &[
            maps,
            "?watch=1&sendInitialEvents=false&resourceVersionMatch=NotOlderThan",
        ]
        .concat(),
    );
    assert_eq!(told(c, &mut quiet), none);
    let mut future = open(c, &format!("{maps}?watch=1&resourceVersion={}", then + 1));
    assert_eq!(told(c, &mut future), none);
    let mut one = open(c, &[maps, "/b?watch=1"].concat());
    assert_eq!(told(c, &mut one), [r#"ADDED "b""#]);
    for name in ["x", "y"] {
        send(c, Method::Post, maps, &map(name));
    }
    assert_eq!(told(c, &mut quiet), [r#"ADDED "x""#, r#"ADDED "y""#]);
    assert_eq!(told(c, &mut future), [r#"ADDED "y""#]);
    assert_eq!(told(c, &mut one), none);
    check(
        c,
        Method::Get,
        &[maps, "?watch=1&resourceVersion=x"].concat(),
        Value::Null,
        expect![[
            r#"422 configmaps "" is invalid: resourceVersion: Invalid value: "x": strconv.ParseUint: parsing "x": invalid syntax"#
        ]],
    );
    let mut sleeper = open(c, "/apis/batch/v1/jobs?watch=1&resourceVersion=1");
    let mut late = open(c, &format!("{maps}?watch=1&resourceVersion={then}"));
    forget(c);
    assert_eq!(told(c, &mut sleeper), none, "nothing was missed");
    let known = c.world().store().revision() - 1_024;
    let error = format!("ERROR too old resource version: {then} ({known})");
    assert_eq!(told(c, &mut late), [error]);
    assert!(late.is_over());
    assert_eq!(told(c, &mut late), none);
}

#[test]
fn bookmarks_tell_how_far_a_watch_has_come() {
    let c = &mut cluster();
    let maps = five(c);
    // The new namespace gets its root certificates.
    c.advance(Time(0) + Span::secs(5), u64::MAX);
    let here = c.world().store().revision();
    let query = "?watch=1&allowWatchBookmarks=true&sendInitialEvents=true&resourceVersionMatch=NotOlderThan";
    let mut streaming = open(c, &format!("{maps}{query}&resourceVersion={here}"));
    let first = told(c, &mut streaming);
    assert_eq!(first.len(), 7);
    assert_eq!(first[6], r#"BOOKMARK {"k8s.io/initial-events-end":"true"}"#);
    let mut ahead = open(c, &format!("{maps}{query}&resourceVersion={}", here + 1));
    let text = format!(
        "ERROR Timeout: Too large resource version: {}, current: {here}",
        here + 1
    );
    assert_eq!(told(c, &mut ahead), [text]);
    let mut plain = open(c, &format!("{maps}?watch=1&resourceVersion={here}"));
    for (seconds, lines) in [(64, 0), (65, 1), (100, 0), (125, 1)] {
        c.advance(Time(0) + Span::secs(seconds), u64::MAX);
        let events = c.world().told(&mut streaming);
        assert_eq!(events.len(), lines, "after {seconds} s");
        if let Some(bookmark) = events.first() {
            let value = bookmark.value(&streaming);
            assert_eq!(value["kind"], "ConfigMap");
            assert_eq!(revision(&value), c.world().store().revision());
        }
    }
    let none: [&str; 0] = [];
    assert_eq!(told(c, &mut plain), none);
}
