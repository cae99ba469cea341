//! Pods in a whole cluster: scripts that ask the network, programs that call others.

use podarium_api::kinds::by_gvk;
use podarium_api::meta::{Span, Time};
use podarium_api::pod::PodBody;
use serde_json::Value;

use crate::kubelet::programs::decode;
use crate::{Cluster, Command, Config, Method, Request};

fn apply(cluster: &mut Cluster, yaml: &str) {
    for text in yaml.split("\n---\n") {
        let value: Value = decode(text).unwrap();
        let text = |field: &str| value[field].as_str().unwrap();
        let info = by_gvk(text("apiVersion"), text("kind")).unwrap();
        let group = match info.group {
            "" => "/api/v1".to_owned(),
            group => format!("/apis/{group}/{}", info.version),
        };
        let path = format!("{group}/namespaces/default/{}", info.plural);
        let response = cluster.handle(Request::new(Method::Post, &path).json(&value));
        assert!(response.is_success(), "{}", response.message());
    }
}

fn run_for(cluster: &mut Cluster, seconds: u64) {
    let until: Time = cluster.now() + Span::secs(seconds);
    cluster.advance(until, u64::MAX);
}

fn is_ready(cluster: &Cluster, name: &str) -> bool {
    let pod = cluster.world().get::<PodBody>("default", name).unwrap();
    pod.is_ready()
}

const SERVICE: &str = "
apiVersion: v1
kind: Service
metadata: {name: db}
spec: {selector: {app: db}, ports: [{port: 80}]}
";

#[test]
fn init_containers_wait_for_names_and_answers() {
    let mut cluster = Cluster::new(Config::default());
    for (name, script) in [
        (
            "name",
            "until nslookup db; do echo waiting for db; sleep 2; done",
        ),
        ("answer", "until wget -qO- http://db/; do sleep 2; done"),
        (
            "code",
            "while [ $(curl -s -o /dev/null -w '%{http_code}' db:80) -ne 200 ]; do sleep 1; done",
        ),
    ] {
        apply(
            &mut cluster,
            &format!(
                "
apiVersion: v1
kind: Pod
metadata: {{name: {name}}}
spec:
  initContainers:
  - {{name: wait, image: 'busybox:1.36', command: [sh, -c, \"{script}\"]}}
  containers:
  - {{name: web, image: 'nginx:1.27'}}
"
            ),
        );
    }
    let names = ["name", "answer", "code"];
    run_for(&mut cluster, 30);
    assert_eq!(names.map(|n| is_ready(&cluster, n)), [false, false, false]);
    apply(&mut cluster, SERVICE);
    run_for(&mut cluster, 30);
    assert_eq!(names.map(|n| is_ready(&cluster, n)), [true, false, false]);
    apply(
        &mut cluster,
        "
apiVersion: v1
kind: Pod
metadata: {name: db, labels: {app: db}}
spec:
  containers: [{name: web, image: 'nginx:1.27', ports: [{containerPort: 80}]}]
",
    );
    run_for(&mut cluster, 30);
    assert_eq!(names.map(|n| is_ready(&cluster, n)), [true, true, true]);
}

#[test]
fn a_cluster_comes_to_rest() {
    let mut cluster = Cluster::new(Config::default());
    apply(
        &mut cluster,
        "
apiVersion: apps/v1
kind: Deployment
metadata: {name: web}
spec:
  replicas: 20
  selector: {matchLabels: {app: web}}
  template:
    metadata: {labels: {app: web}}
    spec:
      containers:
      - name: web
        image: nginx:1.27
        readinessProbe: {httpGet: {port: 80}, periodSeconds: 1}
        livenessProbe: {httpGet: {port: 80}, periodSeconds: 1}
",
    );
    run_for(&mut cluster, 120);
    let pods = cluster.world().store().all_in::<PodBody>("default");
    assert_eq!(pods.filter(|p| p.is_ready()).count(), 20);
    let (steps, revision) = (cluster.point().steps, cluster.world().store().revision());
    run_for(&mut cluster, 600);
    assert_eq!(
        cluster.world().store().revision(),
        revision,
        "nothing is written"
    );
    assert!(
        cluster.point().steps < steps + 200,
        "and next to nothing is done"
    );
}

#[test]
fn the_same_life_with_a_node_lost_and_found_is_the_same_log() {
    let live = || {
        let mut cluster = Cluster::new(Config::default());
        apply(
            &mut cluster,
            "
apiVersion: apps/v1
kind: Deployment
metadata: {name: web}
spec:
  replicas: 6
  selector: {matchLabels: {app: web}}
  template:
    metadata: {labels: {app: web}}
    spec: {containers: [{name: web, image: 'nginx:1.27'}]}
",
        );
        run_for(&mut cluster, 20);
        let node = crate::sim::Component::Node("node-2".into());
        cluster.command(Command::Stop(node.clone()));
        run_for(&mut cluster, 400);
        cluster.command(Command::Start(node));
        run_for(&mut cluster, 60);
        cluster
    };
    let cluster = live();
    let pods = cluster.world().store().all_in::<PodBody>("default");
    assert_eq!(pods.filter(|p| p.is_ready()).count(), 6);
    let node = cluster
        .world()
        .get::<podarium_api::object::NodeBody>("", "node-2")
        .unwrap();
    assert_eq!(node.body.spec.taints, None);
    assert_eq!(
        cluster.world().log().to_text(),
        live().world().log().to_text()
    );
}
