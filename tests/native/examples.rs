//! The examples behave as their sentences say.

use std::fs;
use std::path::Path;

use podarium_api::kinds::KindId;
use podarium_api::meta::{Span, Time};
use podarium_api::object::{DeploymentBody, Key, NodeBody};
use podarium_api::pod::{ContainerState, Phase, Pod, PodBody};
use podarium_api::slice::SliceBody;
use podarium_cluster::network::{Failure, Outcome, Place, Trace, Traffic};
use podarium_cluster::sim::Component;
use podarium_cluster::{Cluster, Command};
use podarium_lessons::{Example, Started, apply_text};

use crate::common::shared;

fn folder() -> std::path::PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("static/examples")
}

fn examples() -> Vec<Example> {
    Example::list(&fs::read_to_string(folder().join("index.json")).unwrap()).unwrap()
}

fn texts(example: &Example) -> Vec<(String, String)> {
    let text = |name: &String| {
        (
            name.clone(),
            fs::read_to_string(folder().join(name)).unwrap(),
        )
    };
    example.files.iter().map(text).collect()
}

/// The example of that name, as old as a person first sees it, and its first text.
fn open(id: &str) -> (Cluster, String) {
    let example = examples().into_iter().find(|e| e.id == id).unwrap();
    let texts = texts(&example);
    let Started { cluster, applied } = example.warm(&texts);
    for applied in applied {
        assert_eq!(applied.problems, [], "{id}");
    }
    (cluster, texts[0].1.clone())
}

fn run(cluster: &mut Cluster, seconds: u64) {
    cluster.advance(cluster.now() + Span::secs(seconds), u64::MAX);
}

/// The pods whose names begin so.
fn pods<'a>(cluster: &'a Cluster, prefix: &str) -> Vec<&'a Pod> {
    let all = cluster.world().store().all_in::<PodBody>("default");
    all.map(|pod| &**pod)
        .filter(|pod| pod.meta.name.starts_with(prefix))
        .collect()
}

fn ready(cluster: &Cluster, prefix: &str) -> usize {
    pods(cluster, prefix)
        .iter()
        .filter(|pod| pod.is_ready() && !pod.meta.is_terminating())
        .count()
}

fn waiting(pod: &Pod) -> &str {
    match pod.body.status.containers.first().map(|c| &c.state) {
        Some(ContainerState::Waiting { reason, .. }) => reason,
        _ => "",
    }
}

/// Requests from outside that set out since then.
fn visits(cluster: &Cluster, since: Time) -> Vec<&Trace> {
    let all = cluster.network().traces_since(0).map(|trace| &**trace);
    all.filter(|t| t.traffic == Traffic::Request && t.from == Place::Internet && t.start >= since)
        .collect()
}

fn failures<'a>(visits: &[&'a Trace]) -> Vec<&'a Failure> {
    let failure = |trace: &&'a Trace| match &trace.outcome {
        Outcome::Failed(failure) => Some(failure),
        Outcome::Success => None,
    };
    visits.iter().filter_map(failure).collect()
}

#[test]
fn the_index_names_every_file_and_no_other() {
    let mut named: Vec<String> = examples().into_iter().flat_map(|e| e.files).collect();
    let mut there: Vec<String> = fs::read_dir(folder())
        .unwrap()
        .map(|entry| entry.unwrap().file_name().to_string_lossy().into_owned())
        .filter(|name| name != "index.json")
        .collect();
    named.sort();
    there.sort();
    assert_eq!(named, there);
}

#[test]
fn the_shop_is_open_when_a_person_comes() {
    let (cluster, _) = open("shop");
    for (deployment, replicas) in [("frontend", 3), ("cart", 2), ("catalog", 2), ("redis", 1)] {
        assert_eq!(ready(&cluster, deployment), replicas, "{deployment}");
        let status = &cluster
            .world()
            .get::<DeploymentBody>("default", deployment)
            .unwrap()
            .body
            .status;
        assert_eq!(
            status.available_replicas,
            Some(replicas as i32),
            "{deployment}"
        );
    }
    let visits = visits(&cluster, Time(20_000_000));
    assert!(visits.len() > 20 && failures(&visits).is_empty());
    let calls = cluster
        .network()
        .traces_since(0)
        .filter(|t| t.parent.is_some());
    let called: std::collections::BTreeSet<_> = calls
        .filter_map(|t| Some(t.service.as_ref()?.name.to_string()))
        .collect();
    let called: Vec<_> = called.iter().map(String::as_str).collect();
    assert_eq!(called, ["cart", "catalog", "redis"]);
}

#[test]
fn visitors_notice_nothing_of_the_rolling_update() {
    let (mut cluster, text) = open("rolling-update");
    let begun = cluster.now();
    let newer = text.replace("image: hello/web:1.0", "image: hello/web:2.0");
    assert_ne!(text, newer);
    apply_text(&mut cluster, "rolling-update.yaml", &newer);
    let mut most = 0;
    for _ in 0..600 {
        cluster.advance(cluster.now() + Span::millis(100), u64::MAX);
        assert!(ready(&cluster, "web") >= 4, "none is missing");
        most = most.max(
            pods(&cluster, "web")
                .iter()
                .filter(|p| !p.meta.is_terminating())
                .count(),
        );
    }
    assert_eq!(most, 5, "one more than wanted at a time");
    let images = pods(&cluster, "web")
        .into_iter()
        .map(|p| p.body.spec.containers[0].image.clone().unwrap());
    assert_eq!(images.collect::<Vec<_>>(), ["hello/web:2.0"; 4]);
    let visits = visits(&cluster, begun);
    assert!(visits.len() > 100);
    assert_eq!(failures(&visits), Vec::<&Failure>::new());
}

#[test]
fn a_service_that_selects_nothing_refuses_visitors() {
    let (cluster, _) = open("lost-service");
    assert_eq!(ready(&cluster, "web"), 3);
    let visits = visits(&cluster, Time(0));
    let service = Key::new(KindId::SERVICE, "default", "web");
    assert!(!visits.is_empty());
    assert_eq!(
        failures(&visits),
        vec![&Failure::NoEndpoints(service); visits.len()]
    );
}

#[test]
fn pods_that_are_not_ready_get_no_requests() {
    let (cluster, _) = open("not-ready");
    let pods = pods(&cluster, "web");
    assert_eq!(pods.len(), 2);
    for pod in &pods {
        assert_eq!(
            (pod.body.status.phase, pod.is_ready()),
            (Phase::Running, false),
            "{:?}",
            pod.body.status
        );
    }
    let slices = cluster.world().store().all_in::<SliceBody>("default");
    let web = slices.filter(|s| s.meta.labels.get("kubernetes.io/service-name") == Some("web"));
    let endpoints: Vec<_> = web.flat_map(|s| &s.body.endpoints).collect();
    assert!(endpoints.len() == 2 && endpoints.iter().all(|e| !e.conditions.is_ready()));
    let visits = visits(&cluster, Time(0));
    assert_eq!(failures(&visits).len(), visits.len());
}

#[test]
fn the_crash_loop_waits_twice_as_long_each_time() {
    let (mut cluster, _) = open("crash-loop");
    let worker =
        |cluster: &Cluster| pods(cluster, "worker")[0].body.status.containers[0].restart_count;
    let (mut at, mut count) = (Vec::new(), worker(&cluster));
    for _ in 0..400 {
        run(&mut cluster, 1);
        if worker(&cluster) > count {
            count = worker(&cluster);
            at.push(cluster.now().as_millis() / 1_000);
        } else if !at.is_empty() {
            assert!(matches!(
                waiting(pods(&cluster, "worker")[0]),
                "CrashLoopBackOff" | ""
            ));
        }
    }
    let waits: Vec<u64> = at.windows(2).map(|w| w[1] - w[0]).collect();
    assert!(waits.len() >= 2, "{waits:?}");
    // The kubelet looks again some seconds late, as upstream does.
    assert!(waits.windows(2).all(|w| w[1] * 2 >= w[0] * 3), "{waits:?}");
}

#[test]
fn the_missing_config_map_is_all_that_was_missing() {
    let (mut cluster, text) = open("missing-config");
    assert_eq!(
        waiting(pods(&cluster, "greeter")[0]),
        "CreateContainerConfigError"
    );
    let (before, after) = text.rsplit_once("---\n").unwrap();
    let lines: Vec<&str> = after
        .lines()
        .map(|line| line.strip_prefix("# ").unwrap())
        .collect();
    let applied = apply_text(
        &mut cluster,
        "missing-config.yaml",
        &format!("{before}---\n{}\n", lines.join("\n")),
    );
    assert_eq!(applied.problems, []);
    run(&mut cluster, 30);
    assert_eq!(ready(&cluster, "greeter"), 1);
}

#[test]
fn the_pod_that_fits_nowhere_fits_when_it_asks_for_less() {
    let (mut cluster, text) = open("pending");
    let analyst = pods(&cluster, "analyst")[0];
    let why = analyst
        .body
        .status
        .condition("PodScheduled")
        .and_then(|c| c.message.clone())
        .unwrap();
    assert!(
        why.starts_with("0/3 nodes are available: 3 Insufficient cpu"),
        "{why}"
    );
    apply_text(
        &mut cluster,
        "pending.yaml",
        &text.replace("cpu: \"6\"", "cpu: \"2\""),
    );
    run(&mut cluster, 60);
    assert_eq!(ready(&cluster, "analyst"), 1);
}

#[test]
fn a_node_that_fails_is_believed_within_a_minute_and_its_pods_move_five_later() {
    let (mut cluster, _) = open("node-failure");
    let on_node = |cluster: &Cluster| {
        pods(cluster, "web")
            .iter()
            .filter(|p| p.body.node_name.as_deref() == Some("node-2"))
            .count()
    };
    assert!(on_node(&cluster) > 0);
    cluster.command(Command::Stop(Component::Node("node-2".into())));
    let believed = |cluster: &Cluster| {
        let node = cluster.world().get::<NodeBody>("", "node-2").unwrap();
        let ready = node
            .body
            .status
            .conditions
            .as_ref()
            .and_then(|all| all.iter().find(|c| c.type_ == "Ready").cloned());
        ready.is_some_and(|c| c.status == "Unknown")
    };
    run(&mut cluster, 35);
    assert!(!believed(&cluster), "too early");
    run(&mut cluster, 25);
    assert!(believed(&cluster), "within a minute");
    run(&mut cluster, 120);
    assert!(
        ready(&cluster, "web") < 6,
        "pods stay where they are for five minutes"
    );
    run(&mut cluster, 240);
    assert_eq!(ready(&cluster, "web"), 6, "replacements run elsewhere");
}

#[test]
fn the_empty_cluster_takes_a_tutorial() {
    let (mut cluster, text) = open("empty");
    let applied = apply_text(&mut cluster, "empty.yaml", &text);
    assert_eq!((applied.problems, applied.outcomes.len()), (vec![], 0));
    assert_eq!(pods(&cluster, "").len(), 0);
    for part in ["redis-leader", "redis-follower", "frontend"] {
        for object in ["deployment", "service"] {
            let file = format!("{part}-{object}.yaml");
            let folder = "manifests/website/content/en/examples/application/guestbook";
            let Some(text) = shared(&format!("{folder}/{file}")) else {
                return println!("skipped: no {folder} in the shared folder");
            };
            let applied = apply_text(&mut cluster, &file, &text);
            assert_eq!(applied.problems, [], "{file}");
        }
    }
    run(&mut cluster, 60);
    let all = (ready(&cluster, "redis-"), ready(&cluster, "frontend-"));
    assert_eq!(all, (3, 3));
}
