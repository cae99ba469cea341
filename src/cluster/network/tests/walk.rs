//! Whole requests.

use expect_test::expect;
use podarium_api::meta::Span;
use serde_json::json;

use super::town::{Town, lines, pod_key, pod_place, service_key};
use crate::network::{Failure, Outcome, PATIENCE, Place, Trace};
use crate::sim::Component;

fn town() -> Town {
    let mut town = Town::new();
    town.pod("client", "n1");
    town.pod("a", "n2");
    town.pod("b", "n3");
    let spec = json!({"type": "LoadBalancer", "ports": [{"port": 80, "nodePort": 30007}], "ingress": "203.0.113.10"});
    town.service("web", "10.96.0.7", spec);
    town.slice("web", &["a"]);
    town.pass(Span::secs(1));
    town
}

fn failed(trace: &Trace) -> Failure {
    match &trace.outcome {
        Outcome::Failed(failure) => failure.clone(),
        Outcome::Success => panic!("it went well: {}", lines(trace)),
    }
}

#[test]
fn a_node_port_is_open_on_every_node() {
    let town = town();
    for node in ["n1", "n2", "n3"] {
        let target = format!("http://{}:30007", town.machines.nodes[node]);
        for from in [
            Place::Internet,
            pod_place("client"),
            Place::Node("n3".into()),
        ] {
            let trace = &town.ask(from, &target)[0];
            assert_eq!(trace.outcome, Outcome::Success, "{}", lines(trace));
            assert_eq!(trace.endpoint, Some(pod_key("a")));
            assert_eq!(trace.service, Some(service_key("web")));
        }
    }
    expect![[r#"
        internet: Sent
        node n1: Forward
        proxy n1: web 172.18.0.1:30007 -> 10.244.0.2:80 of 1 masquerade
        node n2: Forward
        pod a: Arrive
        pod a: Answer { code: 200 }
        node n2: Forward
        proxy n1: Forward
        node n1: Forward
        internet: Returned
    "#]]
    .assert_eq(&lines(
        &town.ask(Place::Internet, "http://172.18.0.1:30007")[0],
    ));
}

#[test]
fn a_load_balancer_goes_to_a_node_and_from_there_to_a_pod() {
    let mut town = town();
    town.stop(Component::Node("n1".into()));
    town.stop(Component::KubeProxy("n3".into()));
    // Until its health checks have noticed, one request in three or so goes to the dead machine.
    let good = |town: &mut Town| {
        let mut good = 0;
        for _ in 0..60 {
            good += u32::from(town.ask(Place::Internet, "http://203.0.113.10")[0].is_success());
            town.network.dice.rng.next();
        }
        good
    };
    let before = good(&mut town);
    assert!((20..60).contains(&before), "{before}");
    town.pass(Span::secs(7));
    assert_eq!(good(&mut town), 60);
    expect![[r#"
        internet: Sent
        balancer web: web 203.0.113.10:80 -> 172.18.0.2:30007 of 1
        node n2: Forward
        proxy n2: web 172.18.0.2:30007 -> 10.244.0.2:80 of 1 masquerade
        pod a: Arrive
        pod a: Answer { code: 200 }
        proxy n2: Forward
        node n2: Forward
        balancer web: Forward
        internet: Returned
    "#]]
    .assert_eq(&lines(&town.ask(Place::Internet, "http://203.0.113.10")[0]));
    town.stop(Component::Node("n2".into()));
    town.pass(Span::secs(7));
    let trace = &town.ask(Place::Internet, "http://203.0.113.10")[0];
    assert_eq!(failed(trace), Failure::NoHealthyNodes(service_key("web")));
}

#[test]
fn under_the_local_policy_a_load_balancer_takes_nodes_with_endpoints_only() {
    let mut town = town();
    town.service(
        "web",
        "10.96.0.7",
        json!({
            "type": "LoadBalancer", "externalTrafficPolicy": "Local",
            "ports": [{"port": 80, "nodePort": 30007}], "ingress": "203.0.113.10",
        }),
    );
    town.pass(Span::secs(1));
    for _ in 0..10 {
        town.network.dice.rng.next();
        let trace = &town.ask(Place::Internet, "http://203.0.113.10")[0];
        assert!(
            trace.is_success() && lines(trace).contains("172.18.0.2:30007 of 1"),
            "{}",
            lines(trace)
        );
    }
}

#[test]
fn inside_the_cluster_a_balancers_address_is_cut_short() {
    let town = town();
    let trace = &town.ask(pod_place("client"), "http://203.0.113.10")[0];
    assert!(
        trace.is_success() && !lines(trace).contains("balancer"),
        "{}",
        lines(trace)
    );
}

#[test]
fn a_packet_by_stale_rules_goes_to_the_dead_pod() {
    let mut town = town();
    town.stop(Component::KubeProxy("n1".into()));
    town.slice("web", &["b"]);
    town.machines.pods.remove(&pod_key("a"));
    town.delete(pod_key("a"));
    town.pass(Span::secs(1));
    let from_n3 = &town.ask(Place::Node("n3".into()), "http://10.96.0.7")[0];
    assert_eq!(from_n3.endpoint, Some(pod_key("b")));
    let trace = &town.ask(pod_place("client"), "http://10.96.0.7")[0];
    assert_eq!(
        failed(trace),
        Failure::Unreachable("10.244.0.2".parse().unwrap())
    );
    assert_eq!(trace.endpoint, Some(pod_key("a")));
    assert_eq!(trace.waited(), trace.duration() + PATIENCE);
    expect![[r#"
        pod client: Sent
        proxy n1: web 10.96.0.7:80 -> 10.244.0.2:80 of 1
        node n2: Forward
        node n2: Fail(Unreachable(10.244.0.2))
    "#]]
    .assert_eq(&lines(trace));
}

#[test]
fn what_is_broken_is_told_where_it_broke() {
    let ask = |edit: fn(&mut Town), target: &str| {
        let mut town = town();
        edit(&mut town);
        town.pass(Span::secs(1));
        failed(&town.ask(pod_place("client"), target)[0])
    };
    let web = "http://10.96.0.7";
    let link = Failure::LinkCut("n1".into(), "n2".into());
    assert_eq!(ask(|t| t.cut("n1", "n2"), web), link);
    let dead = Failure::Unreachable("10.244.0.2".parse().unwrap());
    assert_eq!(ask(|t| t.stop(Component::Node("n2".into())), web), dead);
    assert_eq!(
        ask(|t| t.slice("web", &["-a"]), web),
        Failure::NoEndpoints(service_key("web"))
    );
    let nobody = Failure::NoRoute("10.96.7.7".parse().unwrap());
    assert_eq!(ask(|_| (), "http://10.96.7.7"), nobody);
    let refused = |ip: &str, port| Failure::Refused {
        ip: ip.parse().unwrap(),
        port,
    };
    assert_eq!(ask(|_| (), "10.244.0.2:81"), refused("10.244.0.2", 81));
    assert_eq!(ask(|_| (), "172.18.0.2:9999"), refused("172.18.0.2", 9_999));
    let set_code = |t: &mut Town| t.machines.pods.get_mut(&pod_key("a")).unwrap().code = 503;
    assert_eq!(ask(set_code, web), Failure::Error(503));
    assert_eq!(
        ask(|t| t.stop(Component::Node("n1".into())), web),
        Failure::NoSource
    );
    assert_eq!(ask(|_| (), "http://"), Failure::BadTarget);
}

#[test]
fn a_program_calls_others_before_it_answers() {
    let mut town = town();
    town.calls("a", &["http://10.244.0.3", "https://198.18.0.5"]);
    let traces = town.ask(pod_place("client"), "http://10.96.0.7");
    let told: Vec<_> = traces
        .iter()
        .map(|t| (t.parent.map(|p| p - traces[0].id), &*t.target))
        .collect();
    let expected = [
        (None, "http://10.96.0.7"),
        (Some(0), "http://10.244.0.3"),
        (Some(0), "https://198.18.0.5"),
    ];
    assert_eq!(told, expected);
    assert!(
        traces[1].start > traces[0].start
            && traces[2].start >= traces[1].start + traces[1].duration()
    );
    assert!(traces[0].start + traces[0].duration() > traces[2].start + traces[2].duration());
    town.machines.pods.remove(&pod_key("b"));
    let traces = town.ask(pod_place("client"), "http://10.96.0.7");
    assert_eq!(
        failed(&traces[0]),
        Failure::Upstream("http://10.244.0.3".into())
    );
    assert!(lines(&traces[0]).contains("pod a: Answer { code: 500 }"));
    assert!(
        traces[0].duration() > PATIENCE,
        "it waited for what it called"
    );
    assert_eq!(traces.len(), 2, "it did not get to its second call");
}

#[test]
fn calls_in_a_circle_end() {
    let mut town = town();
    town.calls("a", &["http://10.244.0.3"]);
    town.calls("b", &["http://10.96.0.7"]);
    let traces = town.ask(pod_place("client"), "http://10.96.0.7");
    assert_eq!(
        traces.iter().map(failed).collect::<Vec<_>>(),
        [
            Failure::Upstream("http://10.244.0.3".into()),
            Failure::Upstream("http://10.96.0.7".into()),
            Failure::Loop,
        ]
    );
}

#[test]
fn calls_that_fan_out_stay_bounded() {
    let mut town = town();
    let mut names = Vec::new();
    for i in 0..12 {
        let name = format!("p{i}");
        let ip = town.pod(&name, "n1");
        names.push((name, format!("http://{ip}")));
    }
    let all: Vec<&str> = names.iter().map(|(_, url)| url.as_str()).collect();
    for (name, _) in &names {
        town.calls(name, &all);
        for call in &mut town.machines.pods.get_mut(&pod_key(name)).unwrap().calls {
            call.required = false;
        }
    }
    let traces = town.ask(pod_place("client"), all[0]);
    assert!((32..=64).contains(&traces.len()), "{}", traces.len());
}

#[test]
fn pods_and_nodes_reach_themselves_without_leaving() {
    let mut town = town();
    let node = Place::Node("n1".into());
    assert!(town.ask(node.clone(), "http://localhost:30007")[0].is_success());
    let nothing = Failure::Refused {
        ip: town.machines.nodes["n1"],
        port: 8_080,
    };
    assert_eq!(failed(&town.ask(node, "http://localhost:8080")[0]), nothing);
    town.machines.pods.get_mut(&pod_key("client")).unwrap().port = 8_080;
    expect![[r#"
        pod client: Sent
        pod client: Arrive
        pod client: Answer { code: 200 }
        pod client: Returned
    "#]]
    .assert_eq(&lines(
        &town.ask(pod_place("client"), "http://localhost:8080")[0],
    ));
}

#[test]
fn distance_takes_time() {
    let town = town();
    let time = |target: &str| town.ask(pod_place("client"), target)[0].duration();
    // The program thinks for 2 ms; there and back is 0.2, 0.8, 2.4 and 40 ms, a fifth more or less.
    let within = |span: Span, from: u64, to: u64| (from..=to).contains(&span.0);
    assert!(within(time("http://10.244.0.3"), 2_640, 2_960));
    assert!(within(time("http://10.244.0.2"), 3_920, 4_880));
    assert!(within(time("http://198.18.0.5"), 44_000, 66_000));
}
