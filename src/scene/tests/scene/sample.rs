//! Clusters filled by hand: what tests and the preview look at.
#![allow(dead_code)]

use podarium_api::kinds::KindId;
use podarium_api::meta::{Span, Str, Time, Uid};
use podarium_api::object::Key;
use podarium_cluster::network::{Failure, Hop, Outcome, Place, Step, Trace, Traffic};
use podarium_cluster::sim::{Actor, Record, Verb, What, Why};
use podarium_scene::model::{
    Chip, Model, NodeModel, PodModel, PodState, ServiceModel, ServiceType,
};
use podarium_scene::thing::Component;

pub fn pod_key(name: &str) -> Key {
    Key::new(KindId::POD, "default", name)
}

pub fn service_key(namespace: &str, name: &str) -> Key {
    Key::new(KindId::SERVICE, namespace, name)
}

/// A pod of a Deployment; its identity follows from its name.
pub fn pod(workload: &str, name: &str, node: Option<&str>, state: PodState) -> (Key, PodModel) {
    let uid = name
        .bytes()
        .fold(7u128, |h, b| h.wrapping_mul(31).wrapping_add(u128::from(b)));
    let model = PodModel {
        uid: Uid(uid),
        created: Time(0),
        workload: Some(Key::new(KindId::DEPLOYMENT, "default", workload)),
        short: "".into(),
        node: node.map(Into::into),
        ip: "10.244.0.7".into(),
        state,
        status: "Running".into(),
        message: None,
        restarts: 0,
        requests: (250, 256 << 20),
        ended: false,
    };
    (pod_key(name), model)
}

pub fn node(zone: &str, ip: &str) -> NodeModel {
    NodeModel {
        zone: zone.into(),
        ip: ip.into(),
        ready: Some(true),
        cordoned: false,
        powered: true,
        kubelet: true,
        proxy: true,
        allocatable: (4_000, 8 << 30),
        requested: (0, 0),
    }
}

pub fn chips(model: &mut Model) {
    let chip = |component, label: &str| Chip {
        component,
        label: label.into(),
        runs: true,
        minor: false,
    };
    model.set_chips(vec![
        chip(Component::Etcd, "etcd"),
        chip(Component::ApiServer, "API server"),
        chip(Component::Scheduler, "scheduler"),
        chip(Component::Controller("deployment-controller"), "deployment"),
        chip(Component::Controller("replicaset-controller"), "replicaset"),
        chip(
            Component::Controller("endpointslice-controller"),
            "endpointslice",
        ),
        chip(
            Component::Controller("node-lifecycle-controller"),
            "node lifecycle",
        ),
        chip(
            Component::Controller("garbage-collector-controller"),
            "garbage collector",
        ),
        Chip {
            minor: true,
            ..chip(Component::Controller("namespace-controller"), "namespace")
        },
        Chip {
            minor: true,
            ..chip(
                Component::Controller("serviceaccount-controller"),
                "serviceaccount",
            )
        },
        Chip {
            minor: true,
            ..chip(
                Component::Controller("taint-eviction-controller"),
                "taint-eviction",
            )
        },
    ]);
}

pub fn service(
    model: &mut Model,
    namespace: &str,
    name: &str,
    kind: ServiceType,
    ip: &str,
    ready: u32,
    total: u32,
) {
    let key = service_key(namespace, name);
    model.set_service(
        &key,
        ServiceModel {
            kind,
            ip: ip.into(),
            ..ServiceModel::default()
        },
    );
    let slice = Key::new(KindId::ENDPOINT_SLICE, namespace, &[name, "-x"].concat());
    model.set_slice(&slice, &key, ready, total);
}

/// Three nodes in two zones, a shop of twenty pods, one of each state.
pub fn shop(model: &mut Model) {
    chips(model);
    model.set_revision(1_284);
    for (name, zone, ip) in [
        ("node-1", "zone-a", "10.0.1.11"),
        ("node-2", "zone-b", "10.0.2.11"),
        ("node-3", "zone-a", "10.0.1.12"),
    ] {
        model.set_node(&name.into(), node(zone, ip));
    }
    use PodState::*;
    let s = |secs: u64| Time(secs * 1_000_000);
    let crash = CrashLoop {
        since: s(90),
        until: s(130),
    };
    let leave = Leaving {
        since: s(95),
        until: s(125),
    };
    for (workload, name, node, state) in [
        ("web", "web-7f4c9d5b8-2xk9p", "node-1", Ready),
        ("cart", "cart-5d9c7-q8d7s", "node-1", Ready),
        ("coredns", "coredns-6c4d-1", "node-1", Ready),
        ("loadgenerator", "loadgenerator-1", "node-1", Ready),
        ("checkoutservice", "checkout-1", "node-1", NotReady),
        ("redis-cart", "redis-cart-1", "node-1", Ready),
        ("web", "web-7f4c9d5b8-9wq4z", "node-3", Ready),
        ("frontend", "frontend-1", "node-3", Ready),
        ("web", "web-7f4c9d5b8-hx7lm", "node-3", Starting(0.75)),
        ("payments", "payments-1", "node-3", crash),
        ("emailservice", "email-1", "node-3", Trouble),
        ("adservice", "ad-1", "node-3", Ready),
        ("report", "report-1", "node-3", Completed),
        ("web", "web-7f4c9d5b8-pl2vd", "node-2", Ready),
        ("cart", "cart-5d9c7-b7d2w", "node-2", Ready),
        ("coredns", "coredns-6c4d-2", "node-2", Ready),
        ("web", "web-6d8f7-tz8rn", "node-2", leave),
        ("shippingservice", "ship-1", "node-2", Ready),
        ("recommendationservice", "rec-1", "node-2", Starting(0.375)),
        ("currencyservice", "cur-1", "node-2", Ready),
    ] {
        let (key, mut pod) = pod(workload, name, Some(node), state);
        if workload == "payments" {
            pod.restarts = 4;
            pod.status = "CrashLoopBackOff".into();
        }
        model.set_pod(&key, pod);
    }
    let (key, mut waiting) = pod("ml", "ml-train-x2v5k", None, Pending);
    waiting.message = Some("0/3 nodes are available: 3 Insufficient nvidia.com/gpu. preemption: 0/3 nodes are available: 3 No preemption victims found for incoming pod.".into());
    model.set_pod(&key, waiting);
    use ServiceType::*;
    service(model, "default", "web", LoadBalancer, "10.96.14.7", 4, 4);
    service(model, "default", "cart", ClusterIp, "10.96.3.201", 2, 2);
    service(model, "default", "checkout", ClusterIp, "10.96.8.12", 0, 1);
    service(model, "default", "redis-cart", Headless, "", 1, 1);
    service(
        model,
        "default",
        "recommendationservice",
        ClusterIp,
        "10.96.77.140",
        0,
        1,
    );
    service(
        model,
        "default",
        "payments",
        ClusterIp,
        "10.96.101.33",
        1,
        2,
    );
    service(model, "default", "kubernetes", ClusterIp, "10.96.0.1", 1, 1);
    service(
        model,
        "kube-system",
        "kube-dns",
        ClusterIp,
        "10.96.0.10",
        2,
        2,
    );
}

/// Many nodes and pods.
pub fn crowd(model: &mut Model, nodes: usize, pods: usize, zones: usize) {
    chips(model);
    for n in 0..nodes {
        let zone = format!("zone-{}", (b'a' + (n % zones) as u8) as char);
        model.set_node(
            &format!("node-{}", n + 1).into(),
            node(&zone, &format!("10.0.{}.{}", n % zones, n + 10)),
        );
    }
    let names = [
        "web", "cart", "checkout", "email", "payments", "shipping", "search",
    ];
    for p in 0..pods {
        let state = match p % 37 {
            5 => PodState::Starting(0.5),
            11 => PodState::NotReady,
            17 => PodState::CrashLoop {
                since: Time(80_000_000),
                until: Time(160_000_000),
            },
            23 => PodState::Leaving {
                since: Time(90_000_000),
                until: Time(120_000_000),
            },
            29 => PodState::Trouble,
            _ => PodState::Ready,
        };
        let node = format!("node-{}", p * 7 % nodes + 1);
        let (key, model_pod) = pod(
            names[p % names.len()],
            &format!("p-{p}"),
            Some(&node),
            state,
        );
        model.set_pod(&key, model_pod);
    }
    for (i, name) in names.iter().enumerate() {
        service(
            model,
            "default",
            name,
            ServiceType::ClusterIp,
            &format!("10.96.0.{i}"),
            3,
            3,
        );
    }
    service(
        model,
        "kube-system",
        "kube-dns",
        ServiceType::ClusterIp,
        "10.96.0.10",
        2,
        2,
    );
}

fn hop(at: u64, place: &Place, step: Step) -> Hop {
    Hop {
        at: Span(at),
        place: place.clone(),
        step,
    }
}

fn translate(service: &str, candidates: u32) -> Step {
    Step::Translate {
        service: service_key("default", service),
        port: "http".into(),
        from: ([10, 96, 14, 7].into(), 80),
        to: ([10, 244, 1, 7].into(), 8080),
        candidates,
        masquerade: false,
    }
}

/// A request from the internet through a load balancer and a node's kube-proxy to a pod, and its answer.
pub fn visit(id: u64, start: u64, node: &str, pod: &str) -> Trace {
    let balancer = Place::LoadBalancer(service_key("default", "web"));
    let (on, proxy) = (Place::Node(node.into()), Place::KubeProxy(node.into()));
    let to = Place::Pod(pod_key(pod));
    Trace {
        id,
        parent: None,
        start: Time(start),
        traffic: Traffic::Request,
        from: Place::Internet,
        target: "http://web/".into(),
        service: Some(service_key("default", "web")),
        endpoint: Some(pod_key(pod)),
        weight: 1,
        hops: vec![
            hop(0, &Place::Internet, Step::Sent),
            hop(20_000, &balancer, Step::Forward),
            hop(20_400, &on, Step::Forward),
            hop(20_400, &proxy, translate("web", 4)),
            hop(20_900, &to, Step::Arrive),
            hop(35_000, &to, Step::Answer { code: 200 }),
            hop(35_500, &proxy, Step::Forward),
            hop(35_500, &on, Step::Forward),
            hop(35_900, &balancer, Step::Forward),
            hop(56_000, &Place::Internet, Step::Returned),
        ],
        outcome: Outcome::Success,
    }
}

/// A pod's call by name through DNS: `way` is its node, the Service and the pod that gets it.
pub fn call(
    id: u64,
    parent: Option<u64>,
    start: u64,
    from: &str,
    way: (&str, &str, &str),
    failure: Option<Failure>,
) -> Trace {
    let (node, service, pod) = way;
    let (own, proxy) = (Place::Pod(pod_key(from)), Place::KubeProxy(node.into()));
    let (dns, to) = (pod_key("coredns-6c4d-2"), Place::Pod(pod_key(pod)));
    let name: Str = service.into();
    let resolve = Step::Resolve {
        name: name.clone(),
        full_name: name,
        answers: vec![[10, 96, 3, 201].into()],
        server: Some(dns.clone()),
    };
    let mut hops = vec![
        hop(0, &own, Step::Sent),
        hop(100, &proxy, translate("kube-dns", 2)),
        hop(700, &Place::Pod(dns), resolve),
        hop(1_500, &proxy, translate(service, 2)),
    ];
    match &failure {
        Some(failure) => hops.push(hop(2_000, &to, Step::Fail(failure.clone()))),
        None => hops.extend([
            hop(2_000, &to, Step::Arrive),
            hop(8_000, &to, Step::Answer { code: 200 }),
            hop(8_500, &proxy, Step::Forward),
            hop(8_600, &own, Step::Returned),
        ]),
    }
    Trace {
        id,
        parent,
        start: Time(start),
        traffic: Traffic::Request,
        from: own,
        target: ["http://", service, "/"].concat().into(),
        service: Some(service_key("default", service)),
        endpoint: Some(pod_key(pod)),
        weight: 1,
        hops,
        outcome: failure.map_or(Outcome::Success, Outcome::Failed),
    }
}

/// Traffic of the shop in the seconds before `now` (microseconds).
pub fn traffic(now: u64) -> Vec<Trace> {
    let mut all = Vec::new();
    let pods = [
        ("node-1", "web-7f4c9d5b8-2xk9p"),
        ("node-3", "web-7f4c9d5b8-9wq4z"),
        ("node-2", "web-7f4c9d5b8-pl2vd"),
    ];
    for i in 0..60u64 {
        let start = now - 2_400_000 + i * 40_000;
        let (_, pod) = pods[(i % 3) as usize];
        let (node, _) = pods[(i / 2 % 3) as usize];
        all.push(visit(all.len() as u64 + 1, start, node, pod));
        if i % 4 == 0 {
            let parent = all.len() as u64;
            let from = ["node-1", "node-3", "node-2"][(i % 3) as usize];
            let to = if i % 8 == 0 {
                "cart-5d9c7-q8d7s"
            } else {
                "cart-5d9c7-b7d2w"
            };
            all.push(call(
                parent + 1,
                Some(parent),
                start + 22_000,
                pod,
                (from, "cart", to),
                None,
            ));
        }
    }
    let refused = Failure::Refused {
        ip: [10, 244, 3, 9].into(),
        port: 8080,
    };
    all.push(call(
        all.len() as u64 + 1,
        None,
        now - 1_400_000,
        "checkout-1",
        ("node-1", "payments", "payments-1"),
        Some(refused),
    ));
    all
}

/// A write of a component at an instant (microseconds).
pub fn write(time: u64, actor: Actor, verb: Verb, key: Key) -> Record {
    Record {
        time: Time(time),
        cause: None,
        actor,
        what: What::Write {
            verb,
            key,
            revision: 1,
        },
        why: Why::new("test"),
    }
}

/// What the control plane wrote just before `now` (microseconds).
pub fn writes(now: u64) -> Vec<Record> {
    let set = Key::new(KindId::REPLICA_SET, "default", "web-7f4c9d5b8");
    let deployment = Key::new(KindId::DEPLOYMENT, "default", "web");
    vec![
        write(
            now - 620_000,
            Actor::User("admin".into()),
            Verb::Update,
            deployment,
        ),
        write(
            now - 420_000,
            Actor::Control("deployment-controller"),
            Verb::Update,
            set,
        ),
        write(
            now - 250_000,
            Actor::Control("replicaset-controller"),
            Verb::Create,
            pod_key("web-7f4c9d5b8-hx7lm"),
        ),
        write(
            now - 150_000,
            Actor::Kubelet("node-3".into()),
            Verb::UpdateStatus,
            pod_key("web-7f4c9d5b8-9wq4z"),
        ),
    ]
}
