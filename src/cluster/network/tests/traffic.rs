//! Sources, self-calling programs, counters and what is told of failures.

use podarium_api::meta::Span;
use serde_json::json;

use super::town::{Town, pod_key, service_key};
use crate::network::{Call, Caller, Destination, Origin, Place, TrafficSource, Work};

fn town() -> Town {
    let mut town = Town::new();
    town.pod("a", "n2");
    for (name, cluster_ip, ip) in [
        ("web", "10.96.0.7", "203.0.113.10"),
        ("shop", "10.96.0.8", "203.0.113.11"),
    ] {
        let ports = json!([{"port": 80, "nodePort": if name == "web" { 30_007 } else { 30_008 }}]);
        town.service(
            name,
            cluster_ip,
            json!({"type": "LoadBalancer", "ports": ports, "ingress": ip}),
        );
        town.slice(name, &["a"]);
    }
    town.pass(Span::secs(1));
    town
}

fn source(to: Destination, per_second: u64) -> TrafficSource {
    TrafficSource {
        name: "shoppers".into(),
        from: Origin::Internet,
        to,
        per_second_milli: per_second * 1_000,
    }
}

fn url(text: &str) -> Destination {
    Destination::Url(text.into())
}

#[test]
fn a_source_sends_at_its_rate_whatever_it_is() {
    for per_second in [1, 20, 50, 51, 1_000, 1_000_000] {
        let mut town = town();
        let set = town.network.set_traffic(
            &mut town.world,
            source(url("http://203.0.113.10"), per_second),
        );
        assert!(set.is_success());
        town.run(Span::secs(20));
        let stats = town.network.stats(&service_key("web"), town.world.now);
        let (asked, sent) = (20 * per_second, stats.requests);
        assert!(
            sent * 100 >= asked * 90 && sent * 100 <= asked * 110,
            "{sent} of {asked}"
        );
        assert_eq!(stats.failures, 0);
        let rate = stats.per_second_milli;
        assert!(
            rate >= per_second * 800 && rate <= per_second * 1_200,
            "{rate} of {per_second}"
        );
        assert!(
            town.network.next_id <= 20 * 52,
            "few are walked: {}",
            town.network.next_id
        );
        let pod = town
            .network
            .endpoint_stats(&service_key("web"), &pod_key("a"), town.world.now);
        assert_eq!(pod, stats);
    }
}

#[test]
fn every_load_balancer_gets_its_turn() {
    let mut town = town();
    town.network
        .set_traffic(&mut town.world, source(Destination::EveryLoadBalancer, 10));
    town.run(Span::secs(10));
    let count = |town: &Town, name| {
        town.network
            .stats(&service_key(name), town.world.now)
            .requests
    };
    let (web, shop) = (count(&town, "web"), count(&town, "shop"));
    assert!(web >= 40 && web.abs_diff(shop) <= 1, "{web} {shop}");
    town.delete(service_key("shop"));
    town.run(Span::secs(10));
    assert!(count(&town, "web") >= web + 80);
    let targets = |town: &Town| {
        town.network
            .traces_since(0)
            .map(|t| t.target.clone())
            .collect::<Vec<_>>()
    };
    assert_eq!(&*targets(&town)[0], "http://203.0.113.11/");
}

#[test]
fn a_source_stops_when_it_is_told_to_and_a_new_one_of_its_name_takes_its_place() {
    let mut town = town();
    town.network
        .set_traffic(&mut town.world, source(url("http://203.0.113.10"), 10));
    town.network
        .set_traffic(&mut town.world, source(url("http://203.0.113.11"), 10));
    town.run(Span::secs(5));
    assert_eq!(
        town.network
            .stats(&service_key("web"), town.world.now)
            .requests,
        0
    );
    let sent = town
        .network
        .stats(&service_key("shop"), town.world.now)
        .requests;
    assert!(sent >= 40);
    assert!(
        town.network
            .stop_traffic(&mut town.world, "shoppers")
            .is_success()
    );
    town.run(Span::secs(5));
    assert_eq!(
        town.network
            .stats(&service_key("shop"), town.world.now)
            .requests,
        sent
    );
    assert_eq!(
        town.network.stop_traffic(&mut town.world, "shoppers").code,
        404
    );
    assert_eq!(town.world.queue.len(), 0, "nothing goes on by itself");
}

#[test]
fn impossible_sources_are_refused_with_a_sentence() {
    let mut town = town();
    for (bad, message) in [
        (
            source(url("http://x"), 0),
            "the rate must be more than 0 requests a second",
        ),
        (
            source(url("http://x"), 1_000_001),
            "the rate must be at most 1000000 requests a second",
        ),
        (
            source(url("http://"), 1),
            r#""http://" is neither a URL nor host:port"#,
        ),
        (
            TrafficSource {
                name: "a b".into(),
                ..source(url("x"), 1)
            },
            "a traffic source needs a name without spaces",
        ),
    ] {
        let response = town.network.set_traffic(&mut town.world, bad);
        assert_eq!((response.code, response.message()), (400, message));
    }
    assert_eq!(town.network.traffic().count(), 0);
}

#[test]
fn a_program_calls_by_itself_while_its_run_lasts() {
    let mut town = town();
    town.pod("loader", "n1");
    let loader = pod_key("loader");
    let caller = |run| Caller {
        pod: pod_key("loader"),
        run,
        calls: [Call {
            target: "http://10.96.0.7".into(),
            required: false,
        }]
        .into(),
        interval: Span::millis(100),
    };
    town.machines.callers.insert(loader.clone(), caller(4));
    for _ in 0..2 {
        // Being told twice does not make it call twice as often.
        let work = Work::Caller {
            pod: loader.clone(),
            run: 4,
        };
        town.network.work_on(&mut town.world, work, &town.machines);
    }
    town.run(Span::secs(10));
    let count = |town: &Town| {
        town.network
            .stats(&service_key("web"), town.world.now)
            .requests
    };
    let sent = count(&town);
    assert!((90..=110).contains(&sent), "{sent}");
    assert!(
        town.network
            .traces_since(0)
            .all(|t| t.from == Place::Pod(loader.clone()))
    );
    // Its container restarted: the old run's calls end, the new one's begin when the kubelet says so.
    town.machines.callers.insert(loader.clone(), caller(5));
    town.run(Span::secs(10));
    assert_eq!(count(&town), sent);
    let work = Work::Caller {
        pod: loader,
        run: 5,
    };
    town.network.work_on(&mut town.world, work, &town.machines);
    town.run(Span::secs(10));
    assert!((90..=110).contains(&(count(&town) - sent)));
}

#[test]
fn failures_are_told_at_powers_of_ten_with_what_led_to_them() {
    let mut town = town();
    town.slice("web", &["-a"]);
    let emptied = town.world.store().revision();
    town.pass(Span::secs(1));
    town.network
        .set_traffic(&mut town.world, source(url("http://203.0.113.10"), 20));
    let before = town.world.log().len();
    town.run(Span::secs(10));
    let failures = town
        .network
        .stats(&service_key("web"), town.world.now)
        .failures;
    assert!(failures > 150);
    let told: Vec<_> = town
        .world
        .log()
        .since(crate::sim::RecordId(before as u32))
        .map(|(_, r)| r)
        .collect();
    let counts: Vec<_> = told.iter().map(|r| r.why.to_string()).collect();
    assert_eq!(counts, ["1", "10", "100"].map(|n| format!(
        r#"request-no-endpoints from="shoppers" target="http://203.0.113.10" count={n} detail="shop/web""#
    )));
    for record in told {
        let cause = town.world.log().get(record.cause.unwrap()).unwrap();
        let crate::sim::What::Write { revision, .. } = cause.what else {
            panic!("{cause}")
        };
        assert_eq!(
            revision, emptied,
            "the write that took the last endpoint away"
        );
    }
}

#[test]
fn asking_for_a_trace_disturbs_nothing() {
    let run = |asks: usize| {
        let mut town = town();
        town.network
            .set_traffic(&mut town.world, source(Destination::EveryLoadBalancer, 10));
        for _ in 0..5 {
            town.run(Span::millis(700));
            for _ in 0..asks {
                town.ask(Place::Internet, "http://203.0.113.10");
            }
        }
        town.network.traces_since(0).cloned().collect::<Vec<_>>()
    };
    let traces = run(0);
    assert!(traces.len() > 20);
    assert_eq!(traces, run(7));
    assert!(traces.windows(2).all(|w| w[0].id < w[1].id));
}

#[test]
fn only_the_latest_traces_are_kept() {
    let mut town = town();
    town.network
        .set_traffic(&mut town.world, source(Destination::EveryLoadBalancer, 50));
    town.run(Span::secs(20));
    let ids: Vec<_> = town.network.traces_since(0).map(|t| t.id).collect();
    assert_eq!(ids.len(), 512);
    assert!(ids[0] > 1);
    assert_eq!(town.network.traces_since(ids[500]).count(), 12);
}
