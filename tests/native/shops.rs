//! Whole shops under traffic: every part of the cluster has to work for a request to be answered.

use std::collections::BTreeSet;

use podarium_api::kinds::KindId;
use podarium_api::meta::{Span, Time};
use podarium_api::object::Key;
use podarium_api::pod::PodBody;
use podarium_cluster::network::{
    Destination, Failure, Origin, Outcome, Place, Stats, Step, Trace, TrafficSource,
};
use podarium_cluster::sim::Component;
use podarium_cluster::sim::faults::CONTROL_PLANE;
use podarium_cluster::{Cluster, Command, Config, Method, Request};

use crate::common::shared;

/// A cluster with a shop in it, which visitors from the internet come to from the beginning.
fn shop(text: &str) -> Cluster {
    let mut cluster = Cluster::new(Config::default());
    crate::scenario::apply_text(&mut cluster, text);
    let visitors = TrafficSource {
        name: "visitors".into(),
        from: Origin::Internet,
        to: Destination::EveryLoadBalancer,
        per_second_milli: 4_000,
    };
    let response = cluster.command(Command::Traffic(visitors));
    assert!(response.is_success(), "{}", response.message());
    cluster
}

fn our_shop() -> Cluster {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/static/examples/shop.yaml");
    let mut cluster = shop(&std::fs::read_to_string(path).unwrap());
    pass(&mut cluster, 60);
    cluster
}

fn pass(cluster: &mut Cluster, seconds: u64) {
    let until = cluster.now() + Span::secs(seconds);
    assert!(cluster.advance(until, u64::MAX).reached);
}

fn stats(cluster: &Cluster, service: &str) -> Stats {
    let key = Key::new(KindId::SERVICE, "default", service);
    cluster.network().stats(&key, cluster.now())
}

/// The visits that set out from then on.
fn visits(cluster: &Cluster, since: Time) -> Vec<&Trace> {
    let traces = cluster.network().traces_since(0).map(|t| &**t);
    traces
        .filter(|t| t.parent.is_none() && t.start >= since)
        .collect()
}

fn failures(cluster: &Cluster, since: Time) -> Vec<&Failure> {
    let failure = |t: &&Trace| t.outcome != Outcome::Success;
    let failed = cluster
        .network()
        .traces_since(0)
        .map(|t| &**t)
        .filter(|t| t.start >= since);
    let failed = failed.filter(failure);
    failed
        .filter_map(|t| match &t.outcome {
            Outcome::Failed(failure) => Some(failure),
            Outcome::Success => None,
        })
        .collect()
}

/// Every Service that a visit reached, by way of the calls that it led to.
fn reached(cluster: &Cluster) -> BTreeSet<String> {
    let traces = cluster.network().traces_since(0);
    let good = traces.filter(|t| t.is_success());
    good.filter_map(|t| t.service.as_ref())
        .map(|k| k.name.to_string())
        .collect()
}

#[test]
fn our_own_shop_answers_its_visitors() {
    let mut cluster = our_shop();
    pass(&mut cluster, 30);
    let front = stats(&cluster, "frontend");
    assert!(
        (3_200..=4_800).contains(&front.per_second_milli),
        "{front:?}"
    );
    assert_eq!(front.failing_per_second_milli, 0);
    let names: Vec<_> = reached(&cluster).into_iter().collect();
    assert_eq!(names, ["cart", "catalog", "frontend", "redis"]);
    let visit = visits(&cluster, Time(0)).pop().unwrap();
    // From the internet by the load balancer, a node's port and its rules to a pod, and back.
    assert!(matches!(visit.hops[1].place, Place::LoadBalancer(_)));
    let by_rules = |h: &&podarium_cluster::network::Hop| {
        matches!(
            (&h.place, &h.step),
            (Place::KubeProxy(_), Step::Translate { .. })
        )
    };
    assert_eq!(visit.hops.iter().filter(by_rules).count(), 1);
    assert_eq!(visit.hops.last().map(|h| &h.step), Some(&Step::Returned));
}

#[test]
fn the_demo_shop_of_the_kubernetes_world_answers_its_visitors() {
    let Some(text) = shared("manifests/microservices-demo/release/kubernetes-manifests.yaml")
    else {
        println!("skipped: there is no manifests/microservices-demo");
        return;
    };
    let mut cluster = shop(&text);
    pass(&mut cluster, 120);
    assert_eq!(
        stats(&cluster, "frontend-external").failing_per_second_milli,
        0
    );
    for service in [
        "adservice",
        "cartservice",
        "currencyservice",
        "frontend",
        "frontend-external",
        "productcatalogservice",
        "recommendationservice",
        "redis-cart",
        "shippingservice",
    ] {
        assert!(
            reached(&cluster).contains(service),
            "{service} of {:?}",
            reached(&cluster)
        );
    }
    let loader = |t: &&std::sync::Arc<Trace>| matches!(&t.from, Place::Pod(p) if p.name.starts_with("loadgenerator"));
    assert!(
        cluster.network().traces_since(0).any(|t| loader(&t)),
        "the load generator calls by itself"
    );
}

#[test]
fn with_core_dns_stopped_the_shop_fails_at_names_and_recovers() {
    let mut cluster = our_shop();
    let stopped = cluster.now();
    cluster.command(Command::Stop(Component::CoreDns));
    pass(&mut cluster, 20);
    let failed = failures(&cluster, stopped);
    assert!(failed.contains(&&Failure::NoDns), "{failed:?}");
    assert!(
        visits(&cluster, stopped + Span::secs(1))
            .iter()
            .all(|t| !t.is_success())
    );
    cluster.command(Command::Start(Component::CoreDns));
    pass(&mut cluster, 60);
    let recovered = cluster.now();
    pass(&mut cluster, 20);
    assert_eq!(failures(&cluster, recovered), [&Failure::NoDns; 0]);
}

#[test]
fn a_deleted_pods_last_visitors_are_those_whose_nodes_have_not_heard() {
    let mut cluster = our_shop();
    let pods = cluster.world().store().list_in(KindId::POD, "default");
    let pod = pods
        .map(|p| p.meta().name.clone())
        .find(|n| n.starts_with("frontend-"))
        .unwrap();
    let before = cluster.now();
    pass(&mut cluster, 20);
    let to_it = |cluster: &Cluster, since| {
        visits(cluster, since)
            .iter()
            .filter(|t| t.endpoint.as_ref().is_some_and(|p| p.name == pod))
            .count()
    };
    assert!(to_it(&cluster, before) > 5);
    let path = format!("/api/v1/namespaces/default/pods/{pod}");
    let response = cluster.handle(Request::new(Method::Delete, &path));
    assert!(response.is_success(), "{}", response.message());
    // The endpoint leaves within a second, the kube-proxies hear of it within another.
    pass(&mut cluster, 2);
    let heard = cluster.now();
    pass(&mut cluster, 60);
    assert_eq!(to_it(&cluster, heard), 0);
    assert!(visits(&cluster, heard).iter().all(|t| t.is_success()));
}

#[test]
fn asking_for_a_trace_changes_no_life() {
    let (mut asked, mut left_alone) = (our_shop(), our_shop());
    for _ in 0..20 {
        let trace = asked.trace(&Place::Internet, "http://203.0.113.1");
        assert!(trace.is_success(), "{trace:?}");
        pass(&mut asked, 1);
        pass(&mut left_alone, 1);
    }
    assert_eq!(
        asked.world().log().to_text(),
        left_alone.world().log().to_text()
    );
    let traces = |c: &Cluster| c.network().traces_since(0).cloned().collect::<Vec<_>>();
    assert_eq!(traces(&asked), traces(&left_alone));
}

/// The name, the ClusterIP and the address behind it are those of every cluster: `curl -k https://kubernetes` is refused for want
/// of credentials, not for want of a way.
#[test]
fn the_api_server_answers_pods_at_its_service() {
    let mut cluster = our_shop();
    let pod = cluster.world().store().all_in::<PodBody>("default").next();
    let pod = pod.unwrap().clone();
    let node = pod.body.node_name.clone().unwrap();
    let from = Place::Pod(Key::new(KindId::POD, "default", &pod.meta.name));
    let ask = |cluster: &Cluster, target: &str| cluster.trace(&from, target);
    let health = ask(&cluster, "https://kubernetes.default.svc/healthz");
    assert!(health.is_success(), "{health:?}");
    let ends_at = |t: &Trace| t.hops.iter().any(|h| h.place == Place::ApiServer);
    assert!(ends_at(&health));
    let pods = ask(&cluster, "https://10.96.0.1/api/v1/pods");
    assert_eq!(pods.outcome, Outcome::Failed(Failure::Error(403)));
    let other = ask(&cluster, "http://10.0.0.10:80");
    assert!(matches!(
        other.outcome,
        Outcome::Failed(Failure::Refused { .. })
    ));
    let cut = Command::Cut(node.clone(), CONTROL_PLANE.into());
    assert!(cluster.command(cut).is_success());
    let away = ask(&cluster, "https://kubernetes/healthz");
    let expected = Failure::LinkCut(node, CONTROL_PLANE.into());
    assert_eq!(away.outcome, Outcome::Failed(expected));
}
