//! A real cluster on the stage: what is taken in step by step is what is taken in at once.

use podarium_api::meta::{Span, Time};
use podarium_cluster::sim::Component;
use podarium_cluster::{Cluster, Command, Config, Method, Request};
use podarium_scene::{Options, Scene, Thing, View};
use serde_json::{Value, json};

fn view() -> View {
    View::new(757.0, 757.0)
}

fn post(cluster: &mut Cluster, path: &str, body: Value) {
    let response = cluster.handle(Request::new(Method::Post, path).json(&body));
    assert!(response.code < 300, "{response:?}");
}

/// A cluster whose nodes were made by hand: nothing runs on them, and nothing changes them.
fn town() -> Cluster {
    let mut cluster = Cluster::new(Config {
        nodes: 0,
        ..Config::default()
    });
    for n in 1..=3 {
        let zone = if n == 2 { "zone-b" } else { "zone-a" };
        let node = json!({
            "apiVersion": "v1", "kind": "Node",
            "metadata": {"name": format!("node-{n}"), "labels": {"topology.kubernetes.io/zone": zone}},
        });
        post(&mut cluster, "/api/v1/nodes", node);
    }
    cluster
}

fn pods(cluster: &mut Cluster, names: std::ops::Range<u32>) {
    for n in names {
        // Every fourth waits for a node.
        let node = ["node-1", "node-2", "node-3", ""][n as usize % 4];
        let pod = json!({
            "apiVersion": "v1", "kind": "Pod", "metadata": {"name": format!("p-{n}")},
            "spec": {"nodeName": node, "containers": [{"name": "c", "image": "nginx", "resources": {"requests": {"cpu": "100m"}}}]},
        });
        post(cluster, "/api/v1/namespaces/default/pods", pod);
    }
}

/// What a scene shows, without slots: they tell who came first, and a fresh look cannot know.
fn shown(scene: &mut Scene, cluster: &Cluster) -> Vec<String> {
    let now = cluster.now().0 as f64;
    scene.sync(cluster);
    scene.frame(now, 1e9, view(), &Options::default());
    scene.frame(now, 2e9, view(), &Options::default());
    let model = scene.model();
    let nodes = model.nodes.iter().map(|n| format!("{n:?}"));
    let pods = model
        .pods
        .iter()
        .map(|(k, p)| format!("{k} {:?} {:?} {:?}", p.node, p.state, p.requests));
    let services = model.services.iter().map(|s| format!("{s:?}"));
    let mut rects: Vec<String> = scene
        .layout()
        .places
        .iter()
        .map(|p| format!("{:?} {:?}", kind(&p.thing), p.rect))
        .collect();
    rects.sort();
    nodes.chain(pods).chain(services).chain(rects).collect()
}

/// The thing, or only that it is a pod.
fn kind(thing: &Thing) -> Option<&Thing> {
    (!matches!(thing, Thing::Pod(_))).then_some(thing)
}

#[test]
fn step_by_step_is_as_good_as_at_once() {
    let mut cluster = town();
    let mut scene = Scene::new();
    for round in 0..6 {
        pods(&mut cluster, round * 3..round * 3 + 3);
        if round > 1 {
            let path = format!("/api/v1/namespaces/default/pods/p-{}", round * 3 - 4);
            cluster.handle(Request::new(Method::Delete, &path));
        }
        for _ in 0..20 {
            cluster.advance(cluster.now() + Span::millis(300), u64::MAX);
            scene.sync(&cluster);
        }
        assert_eq!(
            shown(&mut scene, &cluster),
            shown(&mut Scene::new(), &cluster)
        );
    }
    assert!(scene.model().pods.len() > 5 && scene.model().nodes.len() == 3);
}

#[test]
fn after_a_seek_back_it_is_as_if_nothing_had_been_ahead() {
    let mut cluster = town();
    let mut scene = Scene::new();
    cluster.advance(Time(1_000_000), u64::MAX);
    pods(&mut cluster, 0..4);
    cluster.advance(Time(5_000_000), u64::MAX);
    let early = shown(&mut Scene::new(), &cluster);
    pods(&mut cluster, 4..9);
    cluster.advance(Time(20_000_000), u64::MAX);
    let late = shown(&mut scene, &cluster);
    assert_ne!(early, late);
    cluster.seek(Time(4_900_000));
    let back = shown(&mut scene, &cluster);
    assert_eq!(back, shown(&mut Scene::new(), &cluster));
    // And forward again, along another way: the pods that came then did not come now.
    pods(&mut cluster, 20..22);
    cluster.advance(Time(20_000_000), u64::MAX);
    assert_eq!(
        shown(&mut scene, &cluster),
        shown(&mut Scene::new(), &cluster)
    );
    assert!(!scene.model().pods.keys().any(|k| &*k.name == "p-5"));
}

#[test]
fn taking_in_nothing_changes_nothing() {
    let mut cluster = town();
    cluster.advance(Time(2_000_000), u64::MAX);
    let mut scene = Scene::new();
    scene.sync(&cluster);
    let now = cluster.now().0 as f64;
    scene.frame(now, 0.0, view(), &Options::default());
    for i in 0..20 {
        scene.sync(&cluster);
        assert!(
            !scene
                .frame(now, f64::from(i), view(), &Options::default())
                .changed
        );
    }
}

#[test]
fn faults_are_seen() {
    let mut cluster = town();
    let mut scene = Scene::new();
    scene.sync(&cluster);
    let node = scene.model().nodes.keys().next().unwrap().clone();
    assert!(scene.model().nodes[&node].powered && scene.model().chips.iter().all(|c| c.runs));
    cluster.command(Command::Stop(Component::Node(node.clone())));
    cluster.command(Command::Stop(Component::Scheduler));
    scene.sync(&cluster);
    let model = scene.model();
    assert!(!model.nodes[&node].powered && !model.nodes[&node].kubelet);
    assert_eq!(model.chips.iter().filter(|c| !c.runs).count(), 1);
    cluster.command(Command::Start(Component::Node(node.clone())));
    scene.sync(&cluster);
    assert!(scene.model().nodes[&node].powered);
}
