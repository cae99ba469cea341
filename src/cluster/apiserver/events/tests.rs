//! Events counted, combined, kept back and forgotten; and those of events.k8s.io.

use super::*;
use crate::{Cluster, Config, Method, Request};
use podarium_api::object::Namespace;
use serde_json::{Value, json};

const ME: Actor = Actor::Control("namespace-controller");

fn about() -> Object {
    let mut meta = Meta::new("", "shop");
    (meta.uid, meta.resource_version) = (podarium_api::meta::Uid(7), 3);
    Namespace::new(meta, Default::default()).into_object()
}

/// Reasons or messages with counts.
fn told(world: &World) -> Vec<String> {
    let all = world.store.all::<EventBody>();
    all.map(|e| format!("{} x{}", e.body.message, e.body.count))
        .collect()
}

/// Does what is due until then.
fn live(world: &mut World, until: Time) {
    while world.next_work(until).is_some() {
        expire(world);
    }
    world.now = until;
}

#[test]
fn tellings_are_counted_and_forgotten_after_an_hour() {
    let world = &mut World::new(Config::default());
    world.tell(&ME, &about(), false, "Begun", "once");
    world.now = world.now + Span::secs(1_800);
    world.tell(&ME, &about(), true, "Again", "twice");
    world.tell(&ME, &about(), true, "Again", "twice");
    assert_eq!(told(world), ["once x1", "twice x2"]);
    let mut left = Vec::new();
    while world.next_work(Time(u64::MAX)).is_some() {
        expire(world);
        left.push((world.now().as_millis() / 1_000, told(world).len()));
    }
    assert_eq!(left, [(3_600, 1), (5_400, 0)]);
    world.tell(&ME, &about(), false, "Begun", "anew");
    assert!(world.next_work(Time(u64::MAX)).is_some());
}

#[test]
fn an_event_is_named_by_its_object_and_the_time() {
    let world = &mut World::new(Config::default());
    for message in ["a", "b", "c"] {
        world.tell(&ME, &about(), false, "Begun", message);
    }
    let all = world.store.all::<EventBody>();
    let names: Vec<_> = all.map(|e| e.meta.name.to_string()).collect();
    assert_eq!(
        names,
        [
            "shop.18867251edfa0000",
            "shop.18867251edfa0001",
            "shop.18867251edfa0002"
        ]
    );
}

// upstream: staging/src/k8s.io/client-go/tools/record/events_cache_test.go TestEventCorrelator
#[test]
fn similar_events_are_combined_and_what_comes_too_often_is_kept_back() {
    let world = &mut World::new(Config::default());
    for i in 0..9 {
        world.tell(&ME, &about(), false, "Made", format!("made {i}"));
    }
    assert_eq!(told(world).len(), 9);
    for i in 9..20 {
        world.tell(&ME, &about(), false, "Made", format!("made {i}"));
    }
    // One that was told before is told as itself.
    world.tell(&ME, &about(), false, "Made", "made 3");
    let all = told(world);
    assert_eq!(all.len(), 10);
    assert_eq!(all[3], "made 3 x2");
    assert_eq!(all[9], "(combined from similar events): made 19 x11");
    // Twenty-one are told so far, and twenty-five may be.
    let revision = world.store.revision();
    for _ in 0..9 {
        world.tell(&ME, &about(), false, "Made", "made 3");
    }
    assert_eq!(world.store.revision(), revision + 4);
    world.tell(&ME, &about(), false, "Other", "not heard of");
    assert_eq!((told(world).len(), &*told(world)[3]), (10, "made 3 x6"));
    world.tell(
        &Actor::Control("another"),
        &about(),
        false,
        "Made",
        "of its own",
    );
    // One more in five minutes, with all that was kept back.
    live(world, world.now + Span::secs(299));
    world.tell(&ME, &about(), false, "Made", "made 3");
    live(world, world.now + Span::secs(1));
    world.tell(&ME, &about(), false, "Made", "made 3");
    assert_eq!(told(world)[3], "made 3 x13");
    // After a break of ten minutes, similar ones are counted anew.
    live(world, world.now + Span::secs(601));
    world.tell(&ME, &about(), false, "Made", "made 20");
    assert!(told(world).contains(&"made 20 x1".into()));
}

// upstream: staging/src/k8s.io/client-go/tools/events/event_broadcaster_test.go TestRecordEventToSink and others
#[test]
fn what_the_scheduler_repeats_becomes_a_series() {
    let world = &mut World::new(Config::default());
    let tell = |world: &mut World, message: &str| {
        let telling = Telling {
            warning: true,
            reason: "FailedScheduling",
            message: message.into(),
            action: "Scheduling",
            ..Telling::default()
        };
        world.tell_part(&Actor::Control(SCHEDULER), &about(), telling);
    };
    tell(world, "none");
    tell(world, "still none");
    assert_eq!(told(world), ["none x2"]);
    for _ in 0..3 {
        live(world, world.now + Span::secs(300));
        tell(world, "none");
        assert_eq!(told(world), ["none x2"]);
    }
    // Silent for six minutes, at the next round: what was kept back is told, and then it is over.
    live(world, Time(0) + Span::secs(1_440));
    assert_eq!(told(world), ["none x5"]);
    let event = world.store.all::<EventBody>().next().unwrap();
    let value = Object::Event(event.clone()).to_value();
    expect_test::expect![[r#"{"action":"Scheduling","apiVersion":"v1","eventTime":"2026-01-01T00:00:00.000000Z","firstTimestamp":null,"involvedObject":{"apiVersion":"v1","kind":"Namespace","name":"shop","resourceVersion":"3","uid":"00000000-0000-0000-0000-000000000007"},"kind":"Event","lastTimestamp":null,"message":"none","metadata":{"creationTimestamp":"2026-01-01T00:00:00Z","name":"shop.18867251edfa0000","namespace":"default","resourceVersion":"3","uid":"…"},"reason":"FailedScheduling","reportingComponent":"default-scheduler","reportingInstance":"default-scheduler-control-plane","series":{"count":5,"lastObservedTime":"2026-01-01T00:15:00.000000Z"},"source":{},"type":"Warning"}"#]]
    .assert_eq(&value.to_string().replace(&event.meta.uid.to_string(), "…"));
    tell(world, "none");
    assert_eq!(told(world), ["none x5", "none x1"]);
}

fn cluster() -> Cluster {
    Cluster::new(Config {
        nodes: 0,
        ..Config::default()
    })
}

fn request(method: Method, path: &str, body: &Value) -> Request {
    let request = Request::new(method, path).json(body);
    match method {
        Method::Patch => request.content_type("application/merge-patch+json"),
        _ => request,
    }
}

fn send(cluster: &mut Cluster, method: Method, path: &str, body: &Value) -> (u16, Value) {
    let answer = cluster.handle(request(method, path, body));
    (answer.code, answer.value().clone())
}

fn send_to(world: &mut World, method: Method, path: &str, body: &Value) -> (u16, Value) {
    let answer = crate::apiserver::handle(world, &request(method, path, body));
    (answer.code, answer.value().clone())
}

/// The world of a new cluster.
fn fresh() -> World {
    let config = Config {
        nodes: 0,
        ..Config::default()
    };
    crate::core::Core::new(config).world
}

const EVENTS: &str = "/api/v1/namespaces/default/events";
const NEW: &str = "/apis/events.k8s.io/v1/namespaces/default/events";

#[test]
fn both_versions_show_one_event() {
    let mut cluster = cluster();
    let event = json!({
        "metadata": {"name": "w.1"}, "regarding": {"kind": "Widget", "name": "w", "namespace": "default"}, "note": "all is well",
        "eventTime": "2026-01-01T00:00:00.000000Z", "reason": "Well", "type": "Normal", "action": "Looking",
        "reportingController": "example.com/looker", "reportingInstance": "looker-1",
    });
    let (code, made) = send(&mut cluster, Method::Post, NEW, &event);
    assert_eq!(code, 201, "{made}");
    let (_, core) = send(
        &mut cluster,
        Method::Get,
        &[EVENTS, "/w.1"].concat(),
        &Value::Null,
    );
    assert_eq!(core["involvedObject"], event["regarding"]);
    assert_eq!(core["message"], "all is well");
    assert_eq!(core["reportingComponent"], "example.com/looker");
    let series = json!({"series": {"count": 2, "lastObservedTime": "2026-01-01T00:01:00.000000Z"}});
    let (code, patched) = send(
        &mut cluster,
        Method::Patch,
        &[NEW, "/w.1"].concat(),
        &series,
    );
    assert_eq!(
        (code, &patched["series"]["count"]),
        (200, &2.into()),
        "{patched}"
    );
    for (path, selector, found) in [
        (EVENTS, "involvedObject.kind=Widget", 1),
        (EVENTS, "involvedObject.kind=Widget,type!=Normal", 0),
        (EVENTS, "source=example.com/looker", 1),
        (
            EVENTS,
            "reportingComponent=example.com/looker,reason=Well",
            1,
        ),
        (
            NEW,
            "regarding.name=w,reportingController=example.com/looker",
            1,
        ),
        (NEW, "regarding.name=v", 0),
    ] {
        let path = format!("{path}?fieldSelector={}", selector.replace('=', "%3D"));
        let (_, list) = send(&mut cluster, Method::Get, &path, &Value::Null);
        assert_eq!(
            list["items"].as_array().map(Vec::len),
            Some(found),
            "{list}"
        );
    }
}

#[test]
fn what_clients_write_is_forgotten_an_hour_after_they_wrote_it() {
    let mut cluster = cluster();
    let event = json!({
        "metadata": {"name": "w.1"}, "involvedObject": {"kind": "Widget", "name": "w", "namespace": "default"},
        "firstTimestamp": "2025-01-01T00:00:00Z", "lastTimestamp": "2025-01-01T00:00:00Z",
    });
    let start = cluster.now();
    assert_eq!(send(&mut cluster, Method::Post, EVENTS, &event).0, 201);
    cluster.advance(start + Span::secs(1_800), u64::MAX);
    let path = [EVENTS, "/w.1"].concat();
    assert_eq!(
        send(&mut cluster, Method::Patch, &path, &json!({"count": 2})).0,
        200
    );
    cluster.advance(start + Span::secs(5_000), u64::MAX);
    assert_eq!(send(&mut cluster, Method::Get, &path, &Value::Null).0, 200);
    cluster.advance(start + Span::secs(5_500), u64::MAX);
    assert_eq!(send(&mut cluster, Method::Get, &path, &Value::Null).0, 404);
}

#[test]
fn a_label_on_an_event_does_not_make_its_component_forget_it() {
    let world = &mut fresh();
    world.tell(&ME, &about(), false, "Begun", "told");
    let name = world
        .store
        .all::<EventBody>()
        .next()
        .unwrap()
        .meta
        .name
        .to_string();
    let path = [EVENTS, "/", &name].concat();
    let label = json!({"metadata": {"labels": {"a": "b"}}});
    assert_eq!(send_to(world, Method::Patch, &path, &label).0, 200);
    world.tell(&ME, &about(), false, "Begun", "told");
    let (_, event) = send_to(world, Method::Get, &path, &Value::Null);
    assert_eq!(
        (&event["count"], &event["metadata"]["labels"]["a"]),
        (&2.into(), &"b".into())
    );
}

#[test]
fn nothing_new_is_told_in_a_namespace_that_goes() {
    let world = &mut fresh();
    let space = json!({"metadata": {"name": "shop"}});
    assert_eq!(
        send_to(world, Method::Post, "/api/v1/namespaces", &space).0,
        201
    );
    let pod = Object::Pod(Arc::new(Obj::new(
        Meta::new("shop", "web"),
        Default::default(),
    )));
    let kubelet = Actor::Kubelet("n1".into());
    world.tell(&kubelet, &pod, false, "Pulling", "told");
    assert_eq!(
        send_to(
            world,
            Method::Delete,
            "/api/v1/namespaces/shop",
            &Value::Null
        )
        .0,
        200
    );
    world.tell(&kubelet, &pod, false, "Killing", "not told");
    world.tell(&kubelet, &pod, false, "Pulling", "told");
    assert_eq!(told(world), ["told x2"]);
}

#[test]
fn events_k8s_io_asks_for_more() {
    let mut cluster = cluster();
    let event = json!({"metadata": {"name": "w.1"}, "regarding": {"kind": "Widget", "name": "w", "namespace": "default"}});
    let (code, refused) = send(&mut cluster, Method::Post, NEW, &event);
    expect_test::expect![[r#"Event.events.k8s.io "w.1" is invalid: [eventTime: Required value, type: Invalid value: "": has invalid value: ]"#]].assert_eq(refused["message"].as_str().unwrap());
    assert_eq!(code, 422);
    let event = json!({"metadata": {"name": "w.1"}, "involvedObject": event["regarding"]});
    assert_eq!(send(&mut cluster, Method::Post, EVENTS, &event).0, 201);
    let note = json!({"note": "another"});
    let path = [NEW, "/w.1"].concat();
    let (code, refused) = send(&mut cluster, Method::Patch, &path, &note);
    expect_test::expect![[r#"Event.events.k8s.io "w.1" is invalid: message: Invalid value: "another": field is immutable"#]].assert_eq(refused["message"].as_str().unwrap());
    assert_eq!(code, 422);
}
