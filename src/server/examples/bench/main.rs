//! Measures the core natively, for `script/bench`: one line of JSON a figure, in the process's own CPU time. With a word behind
//! it, only what that word names: `creates`, `network`, `rollout`, `tables`, `watches`.

#[path = "../../cpu.rs"]
mod cpu;
// What `podarium serve` is made of: a binary has no library.
#[path = "../../serve/following.rs"]
mod following;
#[path = "../../serve/hub.rs"]
mod hub;
#[allow(dead_code)]
#[path = "../../serve/live.rs"]
mod live;
mod watches;

use podarium_api::kinds::KindId;
use podarium_api::meta::{Span, Time};
use podarium_api::object::{Key, Object};
use podarium_cluster::apiserver::Body;
use podarium_cluster::network::{Decision, Protocol, Sender, SenderKind};
use podarium_cluster::{Cluster, Config, Method, Request};
use serde_json::json;

fn main() {
    let only = std::env::args().nth(1);
    let wanted = |name: &str| only.as_deref().is_none_or(|only| only == name);
    if wanted("network") {
        network();
    }
    if wanted("rollout") {
        rollouts();
    }
    if wanted("tables") {
        tables();
    }
    if wanted("creates") {
        creates();
    }
    if wanted("watches") {
        watches::watches();
    }
}

/// Objects created as clients create them, in JSON, with validation and the default admission.
fn creates() {
    const OBJECTS: usize = 20_000;
    let container = json!({
        "name": "web", "image": "nginx:1.27", "ports": [{"containerPort": 80}],
        "resources": {"requests": {"cpu": "10m", "memory": "16Mi"}},
    });
    let pod = json!({"apiVersion": "v1", "kind": "Pod", "spec": {"containers": [container]}});
    let map = json!({"apiVersion": "v1", "kind": "ConfigMap", "data": {"key": "value"}});
    for (plural, object) in [("pods", pod), ("configmaps", map)] {
        let mut cluster = Cluster::new(Config::default());
        let path = format!("/api/v1/namespaces/default/{plural}");
        let requests: Vec<Request> = (0..OBJECTS)
            .map(|i| {
                let mut object = object.clone();
                object["metadata"] = json!({"name": format!("o{i}"), "labels": {"app": "web"}});
                Request::new(Method::Post, &path).json(&object)
            })
            .collect();
        let begun = cpu::nanos();
        for request in requests {
            let response = cluster.handle(request);
            assert!(response.is_success(), "{}", response.message());
        }
        let seconds = (cpu::nanos() - begun) as f64 / 1e9;
        println!(
            "{}",
            json!({"what": format!("{plural} created per second through handle"),
                "perSecond": (OBJECTS as f64 / seconds).round(), "asked": 20_000})
        );
    }
}

/// Pods listed as kubectl asks for them: a Table, with each pod's metadata, ready to be sent.
fn tables() {
    const PODS: usize = 10_000;
    let (mut cluster, ..) = rollout(100, PODS);
    let mut request = Request::get("/api/v1/namespaces/default/pods");
    request.accept = "application/json;as=Table;v=v1;g=meta.k8s.io".into();
    let mut length = 0;
    let mut best = f64::MAX;
    for _ in 0..10 {
        let begun = cpu::nanos();
        let response = cluster.handle(request.clone());
        best = best.min((cpu::nanos() - begun) as f64 / 1e6);
        let Body::Bytes(_, bytes) = response.body else {
            panic!("a list of pods comes as bytes");
        };
        length = bytes.len();
    }
    assert!(length > PODS * 200, "only {length} bytes");
    println!(
        "{}",
        json!({"what": format!("{PODS} pods listed as a Table through handle, as bytes"), "ms": round(best), "asked": 40,
            "bytes": length})
    );
}

fn network() {
    let per_second = (0..3).map(|_| decisions()).fold(0.0, f64::max);
    println!(
        "{}",
        json!({"what": "ClusterIP requests decided per second, 100 endpoints among 5,000 Services",
            "perSecond": per_second.round(), "asked": 1_000_000})
    );
}

fn rollouts() {
    for (nodes, pods, asked) in [(10, 100, 10.0), (50, 1_000, 100.0), (100, 5_000, 600.0)] {
        let best = (0..3)
            .map(|_| {
                let (cluster, ms) = rollout(nodes, pods);
                (ms, cluster.now().as_millis(), cluster.point().steps)
            })
            .min_by(|a, b| a.0.total_cmp(&b.0))
            .expect("three runs have a best one");
        let (ms, virtual_ms, steps) = best;
        println!(
            "{}",
            json!({"what": format!("{nodes} nodes, Deployment of {pods}, all Ready"), "ms": round(ms),
                "asked": asked, "virtualMs": virtual_ms, "steps": steps})
        );
    }
}

fn round(x: f64) -> f64 {
    (x * 100.0).round() / 100.0
}

/// Builds a cluster, applies one Deployment, and lives until all its pods are ready: the cluster, and milliseconds of CPU
/// time.
fn rollout(nodes: u32, pods: usize) -> (Cluster, f64) {
    let begun = cpu::nanos();
    let mut cluster = Cluster::new(Config {
        nodes,
        zones: 3,
        ..Config::default()
    });
    let deployment = json!({
        "apiVersion": "apps/v1", "kind": "Deployment", "metadata": {"name": "web"},
        "spec": {
            "replicas": pods, "selector": {"matchLabels": {"app": "web"}},
            "template": {
                "metadata": {"labels": {"app": "web"}},
                "spec": {"containers": [{
                    "name": "web", "image": "nginx:1.27", "ports": [{"containerPort": 80}],
                    "resources": {"requests": {"cpu": "10m", "memory": "16Mi"}},
                    "readinessProbe": {"httpGet": {"path": "/", "port": 80}, "periodSeconds": 2},
                }]},
            },
        },
    });
    let service = json!({
        "apiVersion": "v1", "kind": "Service", "metadata": {"name": "web"},
        "spec": {"selector": {"app": "web"}, "ports": [{"port": 80}]},
    });
    for (path, body) in [
        ("/api/v1/namespaces/default/services", service),
        ("/apis/apps/v1/namespaces/default/deployments", deployment),
    ] {
        let response = cluster.handle(Request::new(Method::Post, path).json(&body));
        assert!(response.is_success(), "{}", response.message());
    }
    let key = Key::new(KindId::DEPLOYMENT, "default", "web");
    let ready = |cluster: &Cluster| match cluster.world().store().get(&key) {
        Some(Object::Deployment(d)) => d.body.status.ready_replicas.unwrap_or(0) as usize,
        _ => 0,
    };
    let mut now = Time(0);
    while ready(&cluster) < pods {
        now = now + Span::millis(500);
        cluster.advance(now, u64::MAX);
        assert!(
            now < Time(0) + Span::secs(900),
            "only {} of {pods} pods are ready",
            ready(&cluster)
        );
    }
    let ms = (cpu::nanos() - begun) as f64 / 1e6;
    (cluster, ms)
}

/// Decides over first packets from many clients to one Service of many, and returns how many in a second of real time.
fn decisions() -> f64 {
    const PACKETS: u32 = 1_000_000;
    let mut cluster = Cluster::new(Config::default());
    let mut post = |path: &str, body: &serde_json::Value| {
        let path = format!(
            "{path}/namespaces/default/{}",
            body["kind"].as_str().map_or("", plural)
        );
        let response = cluster.handle(Request::new(Method::Post, &path).json(body));
        assert!(response.is_success(), "{}", response.message());
    };
    for i in 0..5_000 {
        let (high, low) = (64 + i / 250, i % 250 + 1);
        post(
            "/api/v1",
            &json!({
                "apiVersion": "v1", "kind": "Service", "metadata": {"name": format!("s{i}")},
                "spec": {"clusterIP": format!("10.96.{high}.{low}"), "ports": [{"port": 80}]},
            }),
        );
    }
    let endpoints: Vec<_> = (1..=100)
        .map(|i| json!({"addresses": [format!("10.244.9.{i}")], "conditions": {"ready": true}}))
        .collect();
    post(
        "/apis/discovery.k8s.io/v1",
        &json!({
            "apiVersion": "discovery.k8s.io/v1", "kind": "EndpointSlice", "addressType": "IPv4",
            "metadata": {"name": "s2500-x", "labels": {"kubernetes.io/service-name": "s2500"}},
            "endpoints": endpoints, "ports": [{"name": "", "port": 80, "protocol": "TCP"}],
        }),
    );
    cluster.advance(Time(0) + Span::secs(5), u64::MAX);
    let mut network = cluster.network().clone();
    let node = cluster.world().store().list(KindId::NODE).next();
    let node = node.map_or("node-1".into(), |n| n.meta().name.clone());
    let from = Sender {
        ip: [10, 244, 1, 1].into(),
        kind: SenderKind::Pod,
    };
    let to = ([10, 96, 74, 1].into(), 80);
    let begun = cpu::nanos();
    let mut sum = 0;
    for _ in 0..PACKETS {
        match network.decide(cluster.world(), &node, from, to, Protocol::Tcp) {
            Decision::Translate(t) => sum += u64::from(t.index),
            other => panic!("the packet was not sent on: {other:?}"),
        }
    }
    let seconds = (cpu::nanos() - begun) as f64 / 1e9;
    assert!(sum > 0);
    f64::from(PACKETS) / seconds
}

fn plural(kind: &str) -> &str {
    if kind == "Service" {
        "services"
    } else {
        "endpointslices"
    }
}
