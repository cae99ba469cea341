//! What a node's rules do with a packet.

use podarium_api::meta::Span;
use serde_json::json;

use super::town::{Town, pod_sender, service_key};
use crate::network::{Decision, Protocol, Sender, SenderKind};
use crate::sim::Component;
use crate::sim::faults::CONTROL_PLANE;

const POD: &str = "10.244.7.7";

fn outside() -> Sender {
    Sender {
        ip: "203.0.113.5".parse().unwrap(),
        kind: SenderKind::Outside,
    }
}

fn node(ip: &str) -> Sender {
    Sender {
        ip: ip.parse().unwrap(),
        kind: SenderKind::Node,
    }
}

/// A Service `web` at 10.96.0.7 with a pod `a` on `n1`, heard of by everybody.
fn town(spec: serde_json::Value, pods: &[&str]) -> Town {
    let mut town = Town::new();
    town.pod("a", "n1");
    town.pod("b", "n1");
    town.service("web", "10.96.0.7", spec);
    town.slice("web", pods);
    town.pass(Span::secs(1));
    town
}

#[test]
fn each_way_in_is_decided_as_upstream_does() {
    let cluster = json!({"type": "LoadBalancer", "ports": [{"port": 80, "nodePort": 30007}],
        "ingress": "203.0.113.10", "externalIPs": ["198.51.100.1"]});
    let mut local = cluster.clone();
    local["externalTrafficPolicy"] = "Local".into();
    let mut internal = cluster.clone();
    internal["internalTrafficPolicy"] = "Local".into();
    let pod = pod_sender(POD);
    let only = |masquerade: &str| format!("10.244.0.1 of 1{masquerade}");
    let (plain, masked) = (only(""), only(" masquerade"));
    for (spec, pods, at, from, to, port, expected) in [
        (
            &cluster,
            &["a"][..],
            "n2",
            pod,
            "10.96.0.7",
            80,
            plain.as_str(),
        ),
        (&cluster, &["a"], "n2", outside(), "10.96.0.7", 80, &masked),
        (&cluster, &["a"], "n2", pod, "10.96.0.7", 81, "no rule"),
        (&cluster, &["a"], "n2", pod, "10.96.0.8", 80, "no rule"),
        // A pod that reaches itself.
        (
            &cluster,
            &["a"],
            "n1",
            pod_sender("10.244.0.1"),
            "10.96.0.7",
            80,
            &masked,
        ),
        // Node ports: at every node's own address, and at no other's.
        (
            &cluster,
            &["a"],
            "n2",
            outside(),
            "172.18.0.2",
            30_007,
            &masked,
        ),
        (
            &cluster,
            &["a"],
            "n1",
            outside(),
            "172.18.0.1",
            30_007,
            &masked,
        ),
        (
            &cluster,
            &["a"],
            "n1",
            outside(),
            "172.18.0.2",
            30_007,
            "no rule",
        ),
        (
            &cluster,
            &["a"],
            "n1",
            outside(),
            "172.18.0.1",
            80,
            "no rule",
        ),
        (
            &cluster,
            &["a"],
            "n2",
            node("172.18.0.2"),
            "127.0.0.1",
            30_007,
            &masked,
        ),
        (&cluster, &["a"], "n2", pod, "127.0.0.1", 30_007, "no rule"),
        (
            &cluster,
            &["a"],
            "n2",
            outside(),
            "203.0.113.10",
            80,
            &masked,
        ),
        (
            &cluster,
            &["a"],
            "n2",
            outside(),
            "198.51.100.1",
            80,
            &masked,
        ),
        // No endpoints anywhere; leaving ones are the last resort.
        (&cluster, &["-a"], "n2", pod, "10.96.0.7", 80, "reject"),
        (
            &cluster,
            &[],
            "n2",
            outside(),
            "172.18.0.2",
            30_007,
            "reject",
        ),
        (
            &cluster,
            &["-a", "~b"],
            "n2",
            pod,
            "10.96.0.7",
            80,
            "10.244.0.2 of 1",
        ),
        // externalTrafficPolicy: Local keeps the client's address and stays on the node; pods and nodes go round it.
        (
            &local,
            &["a"],
            "n1",
            outside(),
            "172.18.0.1",
            30_007,
            &plain,
        ),
        (
            &local,
            &["a"],
            "n2",
            outside(),
            "172.18.0.2",
            30_007,
            "drop",
        ),
        (&local, &["a"], "n2", pod, "203.0.113.10", 80, &plain),
        (
            &local,
            &["a"],
            "n2",
            node("172.18.0.2"),
            "203.0.113.10",
            80,
            &masked,
        ),
        (&local, &["a"], "n2", pod, "10.96.0.7", 80, &plain),
        (&local, &[], "n2", outside(), "172.18.0.2", 30_007, "reject"),
        // internalTrafficPolicy: Local is about the cluster IP alone.
        (&internal, &["a"], "n1", pod, "10.96.0.7", 80, &plain),
        (&internal, &["a"], "n2", pod, "10.96.0.7", 80, "drop"),
        (
            &internal,
            &["a"],
            "n2",
            outside(),
            "172.18.0.2",
            30_007,
            &masked,
        ),
    ] {
        let decided = town(spec.clone(), pods).decide(at, from, to, port);
        assert_eq!(
            decided, expected,
            "{pods:?} on {at} from {from:?} to {to}:{port} with {spec}"
        );
    }
}

#[test]
fn a_service_that_kube_proxy_leaves_alone_has_no_rules() {
    let mut town = town(json!({"clusterIP": "None", "clusterIPs": ["None"]}), &["a"]);
    assert_eq!(
        town.decide("n1", pod_sender(POD), "10.96.0.7", 80),
        "no rule"
    );
    town.service(
        "web",
        "10.96.0.7",
        json!({"type": "ExternalName", "externalName": "example.com"}),
    );
    town.pass(Span::secs(1));
    assert_eq!(
        town.decide("n1", pod_sender(POD), "10.96.0.7", 80),
        "no rule"
    );
}

#[test]
fn every_endpoint_is_as_likely_as_any_other() {
    let mut town = town(json!({}), &["a", "b"]);
    town.pod("c", "n2");
    town.slice("web", &["a", "b", "c"]);
    town.pass(Span::secs(1));
    let mut counts = [0u32; 3];
    for _ in 0..30_000 {
        let to = ("10.96.0.7".parse().unwrap(), 80);
        match town
            .network
            .decide(&town.world, "n3", pod_sender(POD), to, Protocol::Tcp)
        {
            Decision::Translate(t) => counts[t.index as usize] += 1,
            other => panic!("{other:?}"),
        }
    }
    // 10,000 each; the standard deviation of B(30000, 1/3) is 81.6, and five of them are passed once in 1.7 million.
    assert!(
        counts.iter().all(|n| (9_592..=10_408).contains(n)),
        "{counts:?}"
    );
}

#[test]
fn a_client_keeps_its_endpoint_under_session_affinity_on_each_node_for_itself() {
    let affinity = json!({"sessionAffinity": "ClientIP", "sessionAffinityConfig": {"clientIP": {"timeoutSeconds": 60}}});
    let mut town = town(affinity, &["a", "b"]);
    let mut first = Vec::new();
    for i in 0..20 {
        let from = pod_sender(&format!("10.244.5.{i}"));
        first.push(town.decide("n1", from, "10.96.0.7", 80));
    }
    assert!(
        first.iter().any(|d| d != &first[0]),
        "twenty clients do not all get the same endpoint"
    );
    // Each connection starts the time anew.
    for _ in 0..3 {
        town.pass(Span::secs(59));
        for (i, expected) in first.iter().enumerate() {
            let from = pod_sender(&format!("10.244.5.{i}"));
            assert_eq!(&town.decide("n1", from, "10.96.0.7", 80), expected);
        }
    }
    let again = |town: &mut Town, node: &str| {
        let mut same = 0;
        for (i, expected) in first.iter().enumerate() {
            let from = pod_sender(&format!("10.244.5.{i}"));
            same += u32::from(&town.decide(node, from, "10.96.0.7", 80) == expected);
        }
        same
    };
    assert!(
        again(&mut town, "n2") < 20,
        "another node knows nothing of them"
    );
    town.slice("web", &["b"]);
    town.pass(Span::secs(1));
    let moved = town.decide("n1", pod_sender("10.244.5.1"), "10.96.0.7", 80);
    assert_eq!(moved, "10.244.0.2 of 1");
    town.slice("web", &["a", "b"]);
    town.pass(Span::secs(61));
    assert!(again(&mut town, "n1") < 20, "the time is over");
}

#[test]
fn a_node_hears_of_a_change_after_its_lag() {
    let mut town = town(json!({}), &["a"]);
    let web = service_key("web");
    assert_eq!(town.network.behind("n1", &web, town.world.now()), None);
    town.slice("web", &["b"]);
    let (old, new) = ("10.244.0.1 of 1", "10.244.0.2 of 1");
    assert_eq!(town.decide("n1", pod_sender(POD), "10.96.0.7", 80), old);
    town.pass(Span::millis(100));
    assert_eq!(town.decide("n1", pod_sender(POD), "10.96.0.7", 80), old);
    assert_eq!(
        town.network.behind("n1", &web, town.world.now()),
        Some(Span::millis(100))
    );
    town.pass(Span::millis(200));
    assert_eq!(town.decide("n1", pod_sender(POD), "10.96.0.7", 80), new);
}

#[test]
fn a_kube_proxy_that_hears_nothing_goes_on_with_what_it_knew() {
    let (old, new) = ("10.244.0.1 of 1", "10.244.0.2 of 1");
    for cut in [false, true] {
        let mut town = town(json!({}), &["a"]);
        if cut {
            town.cut("n1", CONTROL_PLANE);
        } else {
            town.stop(Component::KubeProxy("n1".into()));
        }
        town.slice("web", &["b"]);
        // Later changes must not make the tables forget what the lost node still goes by.
        for _ in 0..10 {
            town.pass(Span::secs(60));
            town.slice("web", &["-a", "b"]);
        }
        town.pass(Span::secs(1));
        assert_eq!(town.decide("n1", pod_sender(POD), "10.96.0.7", 80), old);
        assert_eq!(town.decide("n2", pod_sender(POD), "10.96.0.7", 80), new);
        if cut {
            town.mend("n1", CONTROL_PLANE);
        } else {
            town.start(Component::KubeProxy("n1".into()));
        }
        assert_eq!(town.decide("n1", pod_sender(POD), "10.96.0.7", 80), old);
        town.pass(Span::secs(1));
        assert_eq!(town.decide("n1", pod_sender(POD), "10.96.0.7", 80), new);
    }
}

#[test]
fn a_machine_that_comes_back_has_no_rules_until_its_kube_proxy_wrote_them() {
    let mut town = town(json!({}), &["a"]);
    town.stop(Component::Node("n1".into()));
    town.pass(Span::secs(60));
    town.start(Component::Node("n1".into()));
    assert_eq!(
        town.decide("n1", pod_sender(POD), "10.96.0.7", 80),
        "no rule"
    );
    town.pass(Span::secs(1));
    assert_eq!(
        town.decide("n1", pod_sender(POD), "10.96.0.7", 80),
        "10.244.0.1 of 1"
    );
}

#[test]
fn a_deleted_service_leaves_nothing_behind() {
    let mut town = town(
        json!({"type": "NodePort", "ports": [{"port": 80, "nodePort": 30007}]}),
        &["a"],
    );
    assert_eq!(town.network.tables.size(), (1, 2, 2));
    for _ in 0..100 {
        town.pass(Span::millis(500));
        town.slice("web", &["a", "b"]);
    }
    let (slots, versions, _) = town.network.tables.size();
    assert!(
        slots == 1 && versions <= 2,
        "old versions are forgotten: {versions}"
    );
    town.delete(service_key("web"));
    let slice = podarium_api::object::Key::new(
        podarium_api::kinds::KindId::ENDPOINT_SLICE,
        "shop",
        "web-1",
    );
    town.delete(slice);
    assert_ne!(
        town.decide("n1", pod_sender(POD), "10.96.0.7", 80),
        "no rule"
    );
    town.pass(Span::secs(1));
    assert_eq!(
        town.decide("n1", pod_sender(POD), "10.96.0.7", 80),
        "no rule"
    );
    // Any later change sweeps.
    town.pod("z", "n1");
    assert_eq!(town.network.tables.size(), (0, 0, 0));
}

#[test]
fn a_kube_proxy_that_is_lost_for_long_costs_two_versions_at_most() {
    let mut town = town(json!({}), &["a"]);
    town.stop(Component::KubeProxy("n1".into()));
    for _ in 0..100 {
        town.pass(Span::millis(500));
        town.slice("web", &["a", "b"]);
    }
    let (_, versions, _) = town.network.tables.size();
    assert!(versions <= 3, "{versions}");
    town.start(Component::KubeProxy("n1".into()));
    town.pass(Span::secs(1));
    town.pod("z", "n1");
    let (_, versions, _) = town.network.tables.size();
    assert_eq!(versions, 1, "the last reader of the old one has caught up");
}
