//! Packets: along their hops, never ahead of the truth, and never too many.

use expect_test::expect;
use podarium_api::meta::Span;
use podarium_cluster::network::{Failure, Outcome, Step, Trace};
use podarium_scene::display::{Icon, Shape};
use podarium_scene::traffic::route::{self, Load};
use podarium_scene::traffic::{MOST_PACKETS, Traffic};
use podarium_scene::{Options, Scene, Thing, View};

use crate::sample;

const POD: &str = "web-7f4c9d5b8-2xk9p";

fn show(trace: &Trace) -> String {
    let things: Vec<Thing> = trace
        .hops
        .iter()
        .flat_map(|h| {
            let server = match &h.step {
                Step::Resolve { server, .. } => server.clone().map(Thing::Pod),
                _ => None,
            };
            [Some(route::thing(&h.place)), server].into_iter().flatten()
        })
        .collect();
    let name = |id| {
        things
            .iter()
            .find(|t| t.id() == id)
            .map_or("?".into(), |t| format!("{t:?}"))
    };
    let way = route::way(trace);
    let lines = way.legs.iter().map(|l| {
        format!(
            "{:4.0} ms {:?} {} -> {}",
            l.begin / 1e3,
            l.load,
            name(l.from),
            name(l.to)
        )
    });
    let service = way
        .service
        .map(|(key, at)| format!("rule of {key} at {:.0} ms", at / 1e3));
    lines.chain(service).collect::<Vec<_>>().join("\n")
}

#[test]
fn a_visit_goes_there_and_back_again() {
    expect![[r#"
           0 ms Request Internet -> Service(Key { kind: Service, namespace: "default", name: "web" })
         220 ms Request Service(Key { kind: Service, namespace: "default", name: "web" }) -> KubeProxy("node-3")
         385 ms Request KubeProxy("node-3") -> Pod(Key { kind: Pod, namespace: "default", name: "web-7f4c9d5b8-2xk9p" })
         552 ms Work Pod(Key { kind: Pod, namespace: "default", name: "web-7f4c9d5b8-2xk9p" }) -> Pod(Key { kind: Pod, namespace: "default", name: "web-7f4c9d5b8-2xk9p" })
         690 ms Answer Pod(Key { kind: Pod, namespace: "default", name: "web-7f4c9d5b8-2xk9p" }) -> KubeProxy("node-3")
         798 ms Answer KubeProxy("node-3") -> Service(Key { kind: Service, namespace: "default", name: "web" })
         903 ms Answer Service(Key { kind: Service, namespace: "default", name: "web" }) -> Internet
        rule of services/default/web at 385 ms"#]].assert_eq(&show(&sample::visit(1, 0, "node-3", POD)));
}

#[test]
fn a_call_asks_for_the_name_first() {
    let trace = sample::call(
        1,
        None,
        0,
        POD,
        ("node-1", "cart", "cart-5d9c7-q8d7s"),
        None,
    );
    expect![[r#"
           0 ms Question Pod(Key { kind: Pod, namespace: "default", name: "web-7f4c9d5b8-2xk9p" }) -> KubeProxy("node-1")
          97 ms Question KubeProxy("node-1") -> Pod(Key { kind: Pod, namespace: "default", name: "coredns-6c4d-2" })
         200 ms Name Pod(Key { kind: Pod, namespace: "default", name: "coredns-6c4d-2" }) -> Pod(Key { kind: Pod, namespace: "default", name: "web-7f4c9d5b8-2xk9p" })
         304 ms Request Pod(Key { kind: Pod, namespace: "default", name: "web-7f4c9d5b8-2xk9p" }) -> KubeProxy("node-1")
         477 ms Request KubeProxy("node-1") -> Pod(Key { kind: Pod, namespace: "default", name: "cart-5d9c7-q8d7s" })
         644 ms Work Pod(Key { kind: Pod, namespace: "default", name: "cart-5d9c7-q8d7s" }) -> Pod(Key { kind: Pod, namespace: "default", name: "cart-5d9c7-q8d7s" })
         774 ms Answer Pod(Key { kind: Pod, namespace: "default", name: "cart-5d9c7-q8d7s" }) -> KubeProxy("node-1")
         882 ms Answer KubeProxy("node-1") -> Pod(Key { kind: Pod, namespace: "default", name: "web-7f4c9d5b8-2xk9p" })
        rule of services/default/cart at 477 ms"#]].assert_eq(&show(&trace));
}

#[test]
fn a_refused_call_ends_where_it_was_refused() {
    let refused = Failure::Refused {
        ip: [10, 0, 0, 1].into(),
        port: 80,
    };
    let trace = sample::call(
        1,
        None,
        0,
        POD,
        ("node-1", "cart", "payments-1"),
        Some(refused),
    );
    let way = route::way(&trace);
    assert_eq!(way.end, Some(Thing::Pod(sample::pod_key("payments-1"))));
    assert!(way.legs.iter().all(|l| l.load != Load::Answer));
}

#[test]
fn the_picture_is_never_ahead_of_the_truth() {
    let mut trace = sample::visit(1, 0, "node-3", POD);
    for (i, hop) in trace.hops.iter_mut().enumerate() {
        hop.at = Span(i as u64 * 900_000);
    }
    let way = route::way(&trace);
    let end = way.legs.last().map(|l| l.begin + l.length).unwrap();
    assert!(end >= trace.duration().0 as f64, "{end}");
}

#[test]
fn a_call_is_shown_while_its_caller_works() {
    let mut traffic = Traffic::default();
    let visit = sample::visit(1, 0, "node-3", POD);
    let mut calls = vec![visit];
    for (i, start) in [21_000, 30_000].into_iter().enumerate() {
        calls.push(sample::call(
            2 + i as u64,
            Some(1),
            start,
            POD,
            ("node-1", "cart", "cart-5d9c7-q8d7s"),
            None,
        ));
    }
    traffic.take(calls.iter(), 0.0, 1.0);
    let flights: Vec<_> = traffic.flights.iter().collect();
    let dwell = flights[0].legs.iter().find(|l| l.is_dwell()).unwrap();
    assert_eq!(flights.len(), 3);
    assert!(flights[1].start >= dwell.begin);
    assert!(
        flights[2].start >= flights[1].arrival(),
        "made after the first was answered"
    );
    assert!(dwell.begin + dwell.length >= flights[2].arrival());
    assert!(flights[0].arrival() > flights[2].arrival());
}

#[test]
fn calls_of_a_request_that_is_not_shown_are_not_shown() {
    let mut traffic = Traffic::default();
    let call = sample::call(
        9,
        Some(4),
        0,
        POD,
        ("node-1", "cart", "cart-5d9c7-q8d7s"),
        None,
    );
    traffic.take(std::iter::once(&call), 0.0, 1.0);
    assert!(traffic.flights.is_empty());
    assert_eq!(traffic.next(), 10);
}

#[test]
fn never_more_packets_than_tell_something() {
    let mut traffic = Traffic::default();
    for i in 0..4_000u64 {
        let trace = sample::visit(i + 1, i * 1_000, "node-3", POD);
        traffic.take(std::iter::once(&trace), i as f64 * 1e3, 1.0);
        traffic.prune(i as f64 * 1e3);
        assert!(traffic.flights.len() <= MOST_PACKETS);
    }
    assert!(traffic.flights.len() > MOST_PACKETS / 2);
    traffic.flows.update(4e6);
    assert_eq!(traffic.visits().rate, 1_000);
}

#[test]
fn a_fast_clock_stretches_ways_so_that_eyes_can_follow() {
    let length = |speed: f64| {
        let mut traffic = Traffic::default();
        traffic.take(
            std::iter::once(&sample::visit(1, 0, "node-3", POD)),
            0.0,
            speed,
        );
        // Real seconds on the screen.
        traffic.flights[0].arrival() / 1e6 / speed
    };
    let (slow, normal, fast, faster) = (length(0.1), length(1.0), length(10.0), length(1_000.0));
    assert!((slow / normal - 10.0).abs() < 0.01);
    assert!((0.6..1.5).contains(&normal), "{normal}");
    assert!(
        (fast - faster).abs() < 0.01 && fast > 0.2,
        "{fast} {faster}"
    );
}

#[test]
fn a_failure_leaves_a_cross_and_words_where_it_was_decided() {
    let mut scene = Scene::new();
    sample::shop(scene.model_mut());
    let refused = Failure::Refused {
        ip: [10, 244, 3, 9].into(),
        port: 8080,
    };
    let trace = sample::call(
        1,
        None,
        0,
        "checkout-1",
        ("node-1", "payments", "payments-1"),
        Some(refused),
    );
    scene.take_traces(std::iter::once(&trace), 0.0);
    let view = View::new(757.0, 757.0);
    let payments = Thing::Pod(sample::pod_key("payments-1")).id();
    let mut seen = Vec::new();
    for i in 0..60 {
        let list = scene
            .frame(1e5 * f64::from(i), 0.0, view, &Options::default())
            .list;
        let cross = list.over.iter().any(|i| {
            matches!(
                i.shape,
                Shape::Icon {
                    icon: Icon::Cross,
                    ..
                }
            ) && i.thing == Some(payments)
        });
        let words = list.over.iter().find_map(|i| match &i.shape {
            Shape::Callout(c) => Some((c.title.id, c.detail.id)),
            _ => None,
        });
        seen.push((cross, words.is_some()));
        if let Some(words) = words {
            assert_eq!(words, ("scene-fail-refused", "scene-fail-at-pod"));
        }
    }
    seen.dedup();
    assert_eq!(
        seen,
        [(false, false), (true, true), (false, true), (false, false)]
    );
}

#[test]
fn a_failed_call_shows_one_cross_its_own() {
    let mut trace = sample::visit(1, 0, "node-3", POD);
    trace.outcome = Outcome::Failed(Failure::Upstream("http://cart/".into()));
    let mut traffic = Traffic::default();
    traffic.take(std::iter::once(&trace), 0.0, 1.0);
    assert!(
        traffic.flights[0].failed
            && traffic.flights[0].cross().is_none()
            && traffic.notes.is_empty()
    );
    trace.outcome = Outcome::Failed(Failure::Error(503));
    trace.id = 2;
    traffic.take(std::iter::once(&trace), 0.0, 1.0);
    let (place, from, _) = traffic.flights[1].cross().unwrap();
    assert_eq!(place, Thing::Pod(sample::pod_key(POD)).id());
    assert!(
        from < traffic.flights[1].arrival(),
        "before the answer is back"
    );
    assert_eq!(traffic.notes.len(), 1);
}

#[test]
fn quiet_ways_fade_from_the_picture() {
    let mut scene = Scene::new();
    sample::shop(scene.model_mut());
    let view = View::new(757.0, 757.0);
    scene.take_traces(
        std::iter::once(&sample::visit(1, 500_000, "node-3", POD)),
        500_000.0,
    );
    let mut curves = |now: f64| {
        let list = scene.frame(now, 0.0, view, &Options::default()).list;
        list.base
            .iter()
            .filter(|i| matches!(i.shape, Shape::Curve { .. }))
            .count()
    };
    let links = curves(0.9e6) - 3;
    assert_eq!(curves(1.5e6), links + 3);
    assert_eq!(curves(3.5e6), links);
}
