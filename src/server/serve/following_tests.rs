//! Watches of one cluster side by side: each is told what it would be told alone.

use std::sync::Arc;
use std::time::Duration;

use axum::body::Bytes;
use podarium_cluster::apiserver::{Body, Watch};
use podarium_cluster::{Cluster, Config, Method, Request};
use serde_json::json;
use tokio::time::timeout;

use super::following::Following;
use super::hub::line;
use super::live::Live;

const MAPS: &str = "/api/v1/namespaces/default/configmaps";

fn live() -> Arc<Live> {
    Arc::new(Live::new(Cluster::new(Config::default()), 1.0))
}

fn put(live: &Live, name: &str, app: &str) {
    let map = json!({"metadata": {"name": name, "labels": {"app": app}}});
    let mut response = live.handle(Request::new(Method::Post, MAPS).json(&map));
    if response.code == 409 {
        let path = [MAPS, "/", name].concat();
        response = live.handle(Request::new(Method::Put, &path).json(&map));
    }
    assert!(response.is_success(), "{}", response.message());
}

fn delete(live: &Live, name: &str) {
    let path = [MAPS, "/", name].concat();
    assert!(
        live.handle(Request::new(Method::Delete, &path))
            .is_success()
    );
}

fn watch(live: &Live, query: &str, form: &str) -> Watch {
    let mut request = Request::get(&["/api/v1/configmaps?watch=1", query].concat());
    if !form.is_empty() {
        request.accept = format!("application/json;v=v1;g=meta.k8s.io;as={form}");
    }
    match live.handle(request).body {
        Body::Watch(watch) => watch,
        other => panic!("no watch: {other:?}"),
    }
}

/// The lines that come without waiting for more to happen.
async fn lines(following: &mut Following) -> Vec<Bytes> {
    let mut out = Vec::new();
    while let Ok(Some(line)) = timeout(Duration::from_millis(20), following.next()).await {
        out.push(line);
    }
    out
}

#[tokio::test]
async fn every_watch_is_told_what_it_would_be_told_alone() {
    let live = live();
    put(&live, "before", "web");
    let asked = [
        ("", ""),
        ("", ""),
        ("&labelSelector=app%3Dweb", ""),
        ("&fieldSelector=metadata.name%3Db", ""),
        ("", "Table"),
        ("", "Table"),
        ("&includeObject=None", "Table"),
        ("", "PartialObjectMetadata"),
        ("&resourceVersion=1", ""),
    ];
    let mut open: Vec<_> = asked
        .iter()
        .map(|(query, form)| {
            let alone = watch(&live, query, form);
            (alone.clone(), Following::new(&live, alone, None))
        })
        .collect();
    let mut told = vec![0; asked.len()];
    for step in 0..4 {
        match step {
            0 => {}
            1 => ["a", "b", "c"]
                .iter()
                .for_each(|name| put(&live, name, "web")),
            2 => put(&live, "a", "other"),
            _ => delete(&live, "b"),
        }
        for (i, (alone, following)) in open.iter_mut().enumerate() {
            let expected = live.read(|cluster| cluster.world().poll_watch(alone));
            let expected: Vec<_> = expected.iter().map(|(word, v)| line(word, v)).collect();
            assert_eq!(lines(following).await, expected, "{:?} at {step}", asked[i]);
            told[i] += expected.len();
        }
    }
    assert_eq!(told[0], 16, "what a fresh cluster has, too");
    assert_eq!(told[2], 6, "what is no longer selected is deleted");
    assert_eq!(told[3], 2);
}

#[tokio::test]
async fn watches_of_one_look_share_their_lines() {
    let live = live();
    let mut open: Vec<_> = ["", "", "&labelSelector=app%3Dweb"]
        .map(|query| Following::new(&live, watch(&live, query, ""), None))
        .into();
    for following in &mut open {
        lines(following).await;
    }
    put(&live, "a", "web");
    let mut at = Vec::new();
    for following in &mut open {
        let line = lines(following).await.remove(0);
        at.push((line.as_ptr(), line));
    }
    assert!(at.iter().all(|(ptr, _)| *ptr == at[0].0));
}

#[tokio::test]
async fn one_that_falls_too_far_behind_ends_and_the_others_go_on() {
    let live = live();
    let mut slow = Following::new(&live, watch(&live, "", ""), None);
    let mut fast = Following::new(&live, watch(&live, "", ""), None);
    lines(&mut slow).await;
    let mut heard = lines(&mut fast).await.len();
    let (begun, total) = (heard, 5_000);
    for i in 0..total {
        put(&live, &format!("o{i}"), "web");
        if i % 500 == 499 {
            heard += lines(&mut fast).await.len();
        }
    }
    assert_eq!(heard - begun, total);
    assert_eq!(timeout(Duration::from_secs(1), slow.next()).await, Ok(None));
    put(&live, "last", "web");
    assert_eq!(lines(&mut fast).await.len(), 1);
}

#[tokio::test]
async fn open_watches_end_with_the_server_and_in_their_time() {
    let live = live();
    let mut open = Following::new(&live, watch(&live, "", ""), None);
    let mut short = Following::new(&live, watch(&live, "", ""), Some(0));
    lines(&mut open).await;
    while let Some(line) = timeout(Duration::from_secs(1), short.next()).await.unwrap() {
        assert!(line.starts_with(b"{\"type\":\"ADDED\""));
    }
    live.close();
    assert_eq!(timeout(Duration::from_secs(1), open.next()).await, Ok(None));
    let mut late = Following::new(&live, watch(&live, "&resourceVersion=1", ""), None);
    lines(&mut late).await;
    assert_eq!(timeout(Duration::from_secs(1), late.next()).await, Ok(None));
}
