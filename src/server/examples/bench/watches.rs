//! What open watches add to a write, delivered to sinks: all but the sockets.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Instant;

use podarium_cluster::apiserver::Body;
use podarium_cluster::{Cluster, Config, Method, Request};
use serde_json::json;
use tokio::sync::Notify;

use super::following::Following;
use super::live::Live;
use super::{cpu, round};

const WATCHES: usize = 1_000;
const WRITES: usize = 500;

/// Measures writes that nobody watches, and writes each of which a thousand watches have been told of before the next.
pub fn watches() {
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .worker_threads(2)
        .enable_all()
        .build()
        .expect("a runtime");
    let run = |watches| {
        let writes = runtime.spawn(writes(watches));
        runtime.block_on(writes).expect("the writes come to an end")
    };
    let best = (0..3)
        .map(|_| {
            let (alone, watched) = (run(0), run(WATCHES));
            (watched.0 - alone.0, watched.1 - alone.1)
        })
        .min_by(|a, b| a.0.total_cmp(&b.0))
        .expect("three runs have a best one");
    println!(
        "{}",
        json!({"what": format!("{WATCHES} watches of pods: what they add to a write"), "ms": round(best.0),
            "passed": round(best.1), "asked": 1})
    );
}

/// Milliseconds of CPU time and of time that a write takes.
async fn writes(watches: usize) -> (f64, f64) {
    let live = Arc::new(Live::new(Cluster::new(Config::default()), 1.0));
    let told = Arc::new(AtomicUsize::new(0));
    let all_told = Arc::new(Notify::new());
    for i in 0..watches {
        let mut following = Following::new(&live, watch(&live, i), None);
        let (told, all_told) = (told.clone(), all_told.clone());
        tokio::spawn(async move {
            while let Some(line) = following.next().await {
                assert!(line.len() > 100);
                if (told.fetch_add(1, Ordering::AcqRel) + 1).is_multiple_of(watches) {
                    all_told.notify_one();
                }
            }
        });
    }
    let requests: Vec<Request> = (0..WRITES)
        .map(|i| {
            let container = json!({"name": "web", "image": "nginx:1.27"});
            let pod = json!({
                "apiVersion": "v1", "kind": "Pod", "metadata": {"name": format!("o{i}"), "labels": {"app": "web"}},
                "spec": {"containers": [container]},
            });
            Request::new(Method::Post, "/api/v1/namespaces/default/pods").json(&pod)
        })
        .collect();
    let (begun, clock) = (cpu::nanos(), Instant::now());
    for request in requests {
        let response = live.handle(request);
        assert!(response.is_success(), "{}", response.message());
        if watches > 0 {
            all_told.notified().await;
        }
    }
    let (worked, passed) = (cpu::nanos() - begun, clock.elapsed().as_nanos());
    live.close();
    assert_eq!(told.load(Ordering::Acquire), watches * WRITES);
    let each = |nanos: f64| nanos / 1e6 / WRITES as f64;
    (each(worked as f64), each(passed as f64))
}

/// A watch of all pods; most as clients keep them, some with selectors, as Tables, or of the metadata alone.
fn watch(live: &Live, i: usize) -> podarium_cluster::apiserver::Watch {
    let form = "application/json;v=v1;g=meta.k8s.io;as=";
    let (query, accept) = match i % 10 {
        0 => ("&labelSelector=app%3Dweb", String::new()),
        1 => ("&fieldSelector=metadata.namespace%3Ddefault", String::new()),
        2 => ("", [form, "Table"].concat()),
        3 => ("", [form, "PartialObjectMetadata"].concat()),
        _ => ("&allowWatchBookmarks=true", String::new()),
    };
    let mut request = Request::get(&["/api/v1/pods?watch=1", query].concat());
    request.accept = accept;
    match live.handle(request).body {
        Body::Watch(watch) => watch,
        other => panic!("no watch: {other:?}"),
    }
}
