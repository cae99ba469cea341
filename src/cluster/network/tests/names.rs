//! Names: what CoreDNS answers, and what a resolver does with it.

use expect_test::expect;
use podarium_api::meta::Span;
use serde_json::json;

use super::town::{Town, lines, pod_key, pod_place, service_key};
use crate::network::{Failure, Outcome};
use crate::sim::Component;
use crate::sim::faults::CONTROL_PLANE;

fn town() -> Town {
    let mut town = Town::new();
    town.core_dns();
    town.pod("client", "n1");
    town.pod("a", "n2");
    town.pod("b", "n3");
    town.service("web", "10.96.0.7", json!({}));
    town.slice("web", &["a"]);
    town.service("peers", "None", json!({"clusterIPs": ["None"]}));
    town.slice("peers", &["a", "-b"]);
    town.service("empty", "None", json!({"clusterIPs": ["None"]}));
    town.service(
        "early",
        "None",
        json!({"clusterIPs": ["None"], "publishNotReadyAddresses": true}),
    );
    town.slice("early", &["-b"]);
    for (name, to) in [
        ("api", "api.example.com"),
        ("alias", "web.shop.svc.cluster.local"),
        ("self", "self.shop.svc.cluster.local"),
    ] {
        town.service(
            name,
            "",
            json!({"type": "ExternalName", "externalName": to, "clusterIPs": null}),
        );
    }
    town.pass(Span::secs(1));
    town
}

#[test]
fn names_are_answered_as_the_specification_says() {
    let town = town();
    for (name, expected) in [
        ("web.shop.svc.cluster.local", "10.96.0.7"),
        ("WEB.shop.svc.Cluster.Local", "10.96.0.7"),
        ("web.other.svc.cluster.local", ""),
        ("web.shop.cluster.local", ""),
        ("peers.shop.svc.cluster.local", "10.244.0.2"),
        ("host-a.peers.shop.svc.cluster.local", "10.244.0.2"),
        ("host-b.peers.shop.svc.cluster.local", ""),
        ("empty.shop.svc.cluster.local", ""),
        ("early.shop.svc.cluster.local", "10.244.0.3"),
        ("10-244-0-3.shop.pod.cluster.local", "10.244.0.3"),
        ("10-244-0-3.nowhere.pod.cluster.local", ""),
        (
            "alias.shop.svc.cluster.local",
            "10.96.0.7 by web.shop.svc.cluster.local",
        ),
        ("self.shop.svc.cluster.local", ""),
        ("web", ""),
    ] {
        let answer = town.network.dns_answer(&town.world, "n2", name);
        let ips: Vec<_> = answer.addresses.iter().map(ToString::to_string).collect();
        let mut told = ips.join(" ");
        if let (false, [alias]) = (ips.is_empty(), &answer.aliases[..]) {
            told += &format!(" by {alias}");
        }
        assert_eq!(told, expected, "{name}");
    }
    let outside = town
        .network
        .dns_answer(&town.world, "n2", "api.shop.svc.cluster.local");
    assert_eq!(outside.aliases, ["api.example.com".into()]);
    let headless = |name| town.network.dns_answer(&town.world, "n2", name).headless;
    assert_eq!(
        headless("peers.shop.svc.cluster.local"),
        Some(service_key("peers"))
    );
    assert_eq!(headless("web.shop.svc.cluster.local"), None);
    assert_eq!(outside, {
        let mut direct = town
            .network
            .dns_answer(&town.world, "n2", "api.example.com");
        direct.aliases.push("api.example.com".into());
        direct
    });
}

#[test]
fn the_search_list_is_walked_step_by_step() {
    let mut town = town();
    let (own, other) = (town.ask(pod_place("client"), "http://web"), {
        town.pod("stranger", "n1");
        town.ask(pod_place("stranger"), "http://web.shop.svc")
    });
    expect![[r#"
        pod client: Sent
        proxy n1: kube-dns 10.96.0.10:53 -> 10.244.9.9:53 of 1
        node n2: Forward
        pod coredns-1: resolve web.shop.svc.cluster.local [10.96.0.7]
        proxy n1: web 10.96.0.7:80 -> 10.244.0.2:80 of 1
        node n2: Forward
        pod a: Arrive
        pod a: Answer { code: 200 }
        node n2: Forward
        proxy n1: Forward
        pod client: Returned
    "#]]
    .assert_eq(&lines(&own[0]));
    let resolved = |text: String| {
        let steps = text.lines().filter(|l| l.contains("resolve"));
        steps
            .map(|l| l.split_once("resolve ").unwrap().1.to_owned() + "\n")
            .collect::<String>()
    };
    expect![[r#"
        web.shop.svc.shop.svc.cluster.local []
        web.shop.svc.svc.cluster.local []
        web.shop.svc.cluster.local [10.96.0.7]
    "#]]
    .assert_eq(&resolved(lines(&other[0])));
    assert_eq!(other[0].outcome, Outcome::Success);
    let outside = town.ask(pod_place("client"), "https://api.example.com/v1");
    expect![[r#"
        api.example.com.shop.svc.cluster.local []
        api.example.com.svc.cluster.local []
        api.example.com.cluster.local []
        api.example.com [198.19.48.132]
    "#]]
    .assert_eq(&resolved(lines(&outside[0])));
    assert_eq!(outside[0].outcome, Outcome::Success);
    let wrong = town.ask(pod_place("client"), "http://wbe");
    assert_eq!(
        wrong[0].outcome,
        Outcome::Failed(Failure::NoSuchName("wbe".into()))
    );
    assert_eq!(resolved(lines(&wrong[0])).lines().count(), 4);
}

#[test]
fn without_core_dns_names_fail_and_addresses_still_work() {
    let no_dns = Outcome::Failed(Failure::NoDns);
    let mut town = town();
    town.stop(Component::CoreDns);
    let asked = &town.ask(pod_place("client"), "http://web")[0];
    // Two attempts, five seconds each.
    assert_eq!((&asked.outcome, asked.waited()), (&no_dns, Span::secs(10)));
    assert_eq!(
        town.ask(pod_place("client"), "http://10.96.0.7")[0].outcome,
        Outcome::Success
    );
    town.start(Component::CoreDns);
    assert_eq!(
        town.ask(pod_place("client"), "http://web")[0].outcome,
        Outcome::Success
    );
    // Not ready: the Service has no endpoints, so the question is refused at once.
    town.dns_ready(false);
    town.pass(Span::secs(1));
    let asked = &town.ask(pod_place("client"), "http://web")[0];
    assert_eq!((&asked.outcome, &asked.service), (&no_dns, &None));
    assert!(asked.waited() < Span::millis(10), "{:?}", asked.waited());
    expect![[r#"
        pod client: Sent
        proxy n1: Fail(NoEndpoints(Key { kind: Service, namespace: "kube-system", name: "kube-dns" }))
        pod client: Fail(NoDns)
    "#]]
    .assert_eq(&lines(asked));
    // Its machine is off, and nobody has noticed yet.
    town.dns_ready(true);
    town.pass(Span::secs(1));
    town.stop(Component::Node("n2".into()));
    let asked = &town.ask(pod_place("client"), "http://web")[0];
    assert_eq!((&asked.outcome, asked.waited()), (&no_dns, Span::secs(10)));
}

#[test]
fn core_dns_answers_from_its_own_view() {
    let mut town = town();
    let new = "new.shop.svc.cluster.local";
    let known = |town: &Town| {
        !town
            .network
            .dns_answer(&town.world, "n2", new)
            .addresses
            .is_empty()
    };
    town.cut("n2", CONTROL_PLANE);
    town.service("new", "10.96.0.8", json!({}));
    assert!(!known(&town));
    town.pass(Span::secs(60));
    assert!(!known(&town), "its watch is cut");
    town.mend("n2", CONTROL_PLANE);
    town.pass(Span::millis(20));
    assert!(known(&town));
}

#[test]
fn outside_the_cluster_its_names_are_unknown() {
    let town = town();
    let asked = town.ask(
        crate::network::Place::Internet,
        "http://web.shop.svc.cluster.local",
    );
    let unknown = Failure::NoSuchName("web.shop.svc.cluster.local".into());
    assert_eq!(asked[0].outcome, Outcome::Failed(unknown));
}

#[test]
fn a_resolver_goes_on_to_its_next_server() {
    let mut town = town();
    town.put(json!({
        "apiVersion": "v1", "kind": "Pod", "metadata": {"name": "client", "namespace": "shop"},
        "spec": {
            "containers": [], "nodeName": "n1", "dnsPolicy": "None",
            "dnsConfig": {
                "nameservers": ["10.96.99.99", "10.96.0.10"], "searches": ["shop.svc.cluster.local"],
                "options": [{"name": "timeout", "value": "1"}],
            },
        },
    }));
    let asked = &town.ask(pod_place("client"), "http://web")[0];
    assert_eq!(asked.outcome, Outcome::Success);
    assert!((Span::secs(1)..Span::millis(1_020)).contains(&asked.duration()));
}

#[test]
fn a_request_to_a_headless_service_is_counted_as_its() {
    let town = town();
    let asked = &town.ask(pod_place("client"), "http://peers")[0];
    assert_eq!(
        (&asked.service, &asked.endpoint),
        (&Some(service_key("peers")), &Some(pod_key("a")))
    );
    assert_eq!(
        town.ask(pod_place("client"), "http://web")[0].service,
        Some(service_key("web"))
    );
}

#[test]
fn the_hosts_file_comes_before_dns() {
    let mut town = town();
    let alias = json!([{"ip": "10.244.0.2", "hostnames": ["legacy", "legacy.example.com"]}]);
    town.put(json!({
        "apiVersion": "v1", "kind": "Pod", "metadata": {"name": "client", "namespace": "shop"},
        "spec": {"containers": [], "nodeName": "n1", "hostAliases": alias},
    }));
    town.stop(Component::CoreDns);
    let asked = &town.ask(pod_place("client"), "http://legacy.example.com")[0];
    assert_eq!(asked.endpoint, Some(pod_key("a")));
}
