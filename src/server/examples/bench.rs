//! Measures the core natively, for `script/bench`: one line of JSON a figure, in the process's own CPU time.

use std::time::Instant;

use podarium_api::kinds::KindId;
use podarium_api::meta::{Span, Time};
use podarium_api::object::{Key, Object};
use podarium_cluster::{Cluster, Config, Method, Request};
use serde_json::json;

fn main() {
    for (nodes, pods, asked) in [(10, 100, 10.0), (50, 1_000, 100.0), (100, 5_000, 600.0)] {
        let best = (0..3)
            .map(|_| rollout(nodes, pods))
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

/// Builds a cluster, applies one Deployment, and lives until all its pods are ready: milliseconds of real time on one
/// thread, milliseconds of virtual time, pieces of work.
fn rollout(nodes: u32, pods: usize) -> (f64, u64, u64) {
    let begun = Instant::now();
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
    let ms = begun.elapsed().as_secs_f64() * 1e3;
    (ms, cluster.now().as_millis(), cluster.point().steps)
}
