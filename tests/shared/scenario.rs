//! One life of a cluster with everything in it that happens from outside, for tests that compare lives.

use podarium_api::decode::decode;
use podarium_api::meta::{Span, Time};
use podarium_cluster::network::{Destination, Origin, TrafficSource};
use podarium_cluster::sim::Component;
use podarium_cluster::{Cluster, Command, Config};
use podarium_kubectl::{Options, apply};

/// What the log of [`live`] digests to. A change of behaviour changes it, and whoever changes behaviour says so here.
pub const DIGEST: &str = include_str!("scenario.digest");

const WEB: &str = "
apiVersion: apps/v1
kind: Deployment
metadata: {name: web}
spec:
  replicas: 3
  selector: {matchLabels: {app: web}}
  template:
    metadata: {labels: {app: web}}
    spec:
      containers:
      - name: web
        image: nginx:1.27
        ports: [{containerPort: 80}]
        env: [{name: BACKEND_ADDR, value: 'api:8080'}]
        readinessProbe: {httpGet: {path: /, port: 80}, periodSeconds: 2}
---
apiVersion: v1
kind: Service
metadata: {name: web}
spec:
  type: LoadBalancer
  selector: {app: web}
  ports: [{port: 80}]
---
apiVersion: apps/v1
kind: Deployment
metadata: {name: api}
spec:
  replicas: 2
  selector: {matchLabels: {app: api}}
  template:
    metadata: {labels: {app: api}}
    spec:
      containers: [{name: api, image: 'example/api:1', ports: [{containerPort: 8080}]}]
---
apiVersion: v1
kind: Service
metadata: {name: api}
spec:
  selector: {app: api}
  ports: [{port: 8080}]
";

/// Applies manifests as `kubectl apply -f`, and expects that nothing is refused.
pub fn apply_text(cluster: &mut Cluster, text: &str) {
    let decoded = decode("web.yaml", text);
    assert_eq!(decoded.problems, []);
    for outcome in apply(
        cluster,
        &decoded.manifests,
        &Options::command("kubectl apply -f web.yaml"),
    ) {
        assert!(outcome.line().is_some(), "{outcome:?}");
    }
}

/// Something done to the cluster from outside.
pub type Input = Box<dyn Fn(&mut Cluster)>;

/// What happens from outside, and when in virtual seconds.
pub fn inputs() -> Vec<(u64, Input)> {
    let text = |text: String| -> Input { Box::new(move |c| apply_text(c, &text)) };
    let command = |command: Command| -> Input {
        Box::new(move |c| {
            c.command(command.clone());
        })
    };
    let visitors = TrafficSource {
        name: "visitors".into(),
        from: Origin::Internet,
        to: Destination::EveryLoadBalancer,
        per_second_milli: 4_000,
    };
    vec![
        (0, text(WEB.into())),
        (1, command(Command::Traffic(visitors))),
        (20, text(WEB.replace("replicas: 3", "replicas: 5"))),
        (40, text(WEB.replace("nginx:1.27", "nginx:1.28"))),
        (
            50,
            command(Command::Stop(Component::KubeProxy("node-1".into()))),
        ),
        (
            60,
            text(WEB.replace("app: api}\n  ports", "app: nobody}\n  ports")),
        ),
        (80, command(Command::Stop(Component::Node("node-2".into())))),
        (85, command(Command::Stop(Component::Scheduler))),
        (140, command(Command::Start(Component::Scheduler))),
        (
            150,
            command(Command::Start(Component::KubeProxy("node-1".into()))),
        ),
        (
            200,
            command(Command::Start(Component::Node("node-2".into()))),
        ),
        (210, command(Command::Cut("node-1".into(), "node-3".into()))),
        (
            240,
            command(Command::Mend("node-1".into(), "node-3".into())),
        ),
        (250, command(Command::AddNode)),
    ]
}

/// Lives through all of it, in slices of `budget` pieces of work, up to `seconds`.
pub fn live(seed: u64, budget: u64, seconds: u64) -> Cluster {
    let mut cluster = Cluster::new(Config {
        seed,
        ..Config::default()
    });
    for (at, happen) in inputs() {
        if at > seconds {
            break;
        }
        run_to(&mut cluster, at, budget);
        happen(&mut cluster);
    }
    run_to(&mut cluster, seconds, budget);
    cluster
}

fn run_to(cluster: &mut Cluster, seconds: u64, budget: u64) {
    let until = Time(0) + Span::secs(seconds);
    while !cluster.advance(until, budget).reached {}
}

/// A short name for a long text.
pub fn digest(text: &str) -> String {
    let hash = text.bytes().fold(0xcbf2_9ce4_8422_2325_u64, |h, b| {
        (h ^ u64::from(b)).wrapping_mul(0x0000_0100_0000_01b3)
    });
    format!("{hash:016x} {}", text.lines().count())
}
