//! EndpointSlices and Endpoints by hand: who is in, how ready, at which ports, in how many pieces.

use std::fmt::Write as _;

use expect_test::expect;
use podarium_api::kinds::KindId;
use podarium_api::meta::Span;
use podarium_api::object::{EndpointsBody, ReplicaSetBody, ServiceBody};
use podarium_api::pod::PodBody;
use podarium_api::slice::{EndpointSlice, SliceBody};
use serde_json::{Value, json};

use crate::apiserver::DeleteOptions;
use crate::controllers::testing::{Rig, mask, pod_spec, replica_set};
use crate::sim::Component;

const SECOND: Span = Span::secs(1);

fn service(ports: Value) -> Value {
    json!({
        "apiVersion": "v1", "kind": "Service", "metadata": {"name": "web", "namespace": "default", "labels": {"team": "a"}},
        "spec": {
            "type": "ClusterIP", "selector": {"app": "web"}, "ports": ports, "sessionAffinity": "None",
            "internalTrafficPolicy": "Cluster",
        },
    })
}

fn http() -> Value {
    json!([{"name": "http", "port": 80, "targetPort": "http", "protocol": "TCP"}])
}

fn rig(replicas: i32) -> Rig {
    let mut rig = Rig::new();
    rig.create(replica_set("web", replicas));
    rig.create(service(http()));
    rig.run(SECOND);
    rig
}

fn describe(slice: &EndpointSlice) -> String {
    let ports = slice.body.ports.iter();
    let ports: Vec<_> = ports
        .map(|p| {
            format!(
                "{}:{}/{}",
                p.name.as_deref().unwrap(),
                p.port.unwrap(),
                p.protocol.as_deref().unwrap()
            )
        })
        .collect();
    let mut out = format!(
        "{} {} {}:",
        mask(&slice.meta.name),
        slice.body.address_type,
        ports.join(",")
    );
    for e in &slice.body.endpoints {
        let c = &e.conditions;
        let flags: String = [(c.ready, 'r'), (c.serving, 's'), (c.terminating, 't')]
            .iter()
            .filter(|(on, _)| *on == Some(true))
            .map(|(_, letter)| *letter)
            .collect();
        let _ = write!(
            out,
            " {}({flags} {}/{})",
            e.addresses[0],
            e.node_name.as_deref().unwrap_or("-"),
            e.zone.as_deref().unwrap_or("-")
        );
    }
    out
}

fn slices(rig: &Rig) -> String {
    let all = rig.all::<SliceBody>();
    all.iter().map(|s| describe(s) + "\n").collect()
}

fn sizes(rig: &Rig) -> Vec<usize> {
    let mut sizes: Vec<_> = rig
        .all::<SliceBody>()
        .iter()
        .map(|s| s.body.endpoints.len())
        .collect();
    sizes.sort_unstable();
    sizes
}

#[test]
fn a_service_without_pods_has_one_empty_slice_that_fills_up() {
    let mut rig = rig(0);
    expect![[r#"
        web-* IPv4 :
    "#]]
    .assert_eq(&slices(&rig));
    let name = rig.all::<SliceBody>()[0].meta.name.clone();
    rig.edit::<ReplicaSetBody>("web", |rs| rs.body.spec.replicas = Some(2));
    rig.run(SECOND);
    rig.start_pods();
    rig.run(SECOND);
    expect![[r#"
        web-* IPv4 http:8080/TCP: 10.244.0.1(rs n1/a) 10.244.0.2(rs n1/a)
    "#]]
    .assert_eq(&slices(&rig));
    let slice = &rig.all::<SliceBody>()[0];
    assert_eq!(slice.meta.name, name);
    let labels: Vec<_> = slice.meta.labels.iter().collect();
    assert_eq!(
        labels,
        [
            (
                "endpointslice.kubernetes.io/managed-by",
                "endpointslice-controller.k8s.io"
            ),
            ("kubernetes.io/service-name", "web"),
            ("team", "a"),
        ]
    );
    assert_eq!(
        slice.meta.annotations.get(super::TRIGGER),
        Some("2026-01-01T00:00:03Z")
    );
    let owner = slice.meta.controller().unwrap();
    assert_eq!(
        (&*owner.kind, &*owner.name, owner.block_owner_deletion),
        ("Service", "web", true)
    );
    rig.edit::<ReplicaSetBody>("web", |rs| rs.body.spec.replicas = Some(0));
    rig.run(SECOND);
    expect![[r#"
        web-* IPv4 http:8080/TCP: 10.244.0.1(st n1/a) 10.244.0.2(st n1/a)
    "#]]
    .assert_eq(&slices(&rig));
    rig.end_pods();
    rig.run(SECOND);
    expect![[r#"
        web-* IPv4 :
    "#]]
    .assert_eq(&slices(&rig));
}

#[test]
fn readiness_is_followed_in_slices_and_in_endpoints() {
    let mut rig = rig(2);
    let names = rig.names("pods");
    rig.start_pod(&names[0], "n1");
    rig.start_pod(&names[1], "n2");
    rig.run(SECOND);
    rig.set_ready(&names[0], false);
    rig.run(SECOND);
    expect![[r#"
        web-* IPv4 http:8080/TCP: 10.244.0.1( n1/a) 10.244.0.2(rs n2/b)
    "#]]
    .assert_eq(&slices(&rig));
    let endpoints = rig.get::<EndpointsBody>("web");
    let subset = &endpoints.body.subsets[0];
    let ips = |list: &Option<Vec<k8s_openapi::api::core::v1::EndpointAddress>>| {
        list.iter()
            .flatten()
            .map(|a| a.ip.clone())
            .collect::<Vec<_>>()
    };
    assert_eq!(ips(&subset.addresses), ["10.244.0.2"]);
    assert_eq!(ips(&subset.not_ready_addresses), ["10.244.0.1"]);
    assert_eq!(
        endpoints
            .meta
            .labels
            .get("endpoints.kubernetes.io/managed-by"),
        Some("endpoint-controller")
    );
    rig.edit::<ServiceBody>("web", |s| {
        s.body.spec.publish_not_ready_addresses = Some(true)
    });
    rig.delete(KindId::POD, &names[0], DeleteOptions::default());
    rig.run(SECOND);
    expect![[r#"
        web-* IPv4 http:8080/TCP: 10.244.0.1(rt n1/a) 10.244.0.2(rs n2/b)
    "#]]
    .assert_eq(&slices(&rig));
}

#[test]
fn a_hundred_to_a_slice_and_no_more_writes_than_needed() {
    let mut rig = rig(250);
    rig.start_pods();
    rig.run(SECOND);
    assert_eq!(sizes(&rig), [50, 100, 100]);
    let revisions = |rig: &Rig| {
        rig.all::<SliceBody>()
            .iter()
            .map(|s| s.meta.resource_version)
            .collect::<Vec<_>>()
    };
    let before = revisions(&rig);
    let full = rig
        .all::<SliceBody>()
        .into_iter()
        .find(|s| s.body.endpoints.len() == 100)
        .unwrap();
    let pod = full.body.endpoints[7].target_ref.clone().unwrap().name;
    rig.set_ready(&pod, false);
    rig.run(SECOND);
    let changed = revisions(&rig)
        .iter()
        .zip(&before)
        .filter(|(a, b)| a != b)
        .count();
    assert_eq!(changed, 1);
    // One goes and its replacement comes: the freed place is taken, or the slice with room.
    rig.delete(
        KindId::POD,
        &pod,
        DeleteOptions {
            grace: Some(0),
            ..DeleteOptions::default()
        },
    );
    rig.run(SECOND);
    rig.start_pods();
    rig.run(SECOND);
    assert_eq!(sizes(&rig).iter().sum::<usize>(), 250);
    assert_eq!(sizes(&rig).len(), 3);
    assert!(sizes(&rig).iter().all(|n| *n <= 100));
    assert_eq!(
        rig.get::<EndpointsBody>("web").body.subsets[0]
            .addresses
            .as_ref()
            .map(Vec::len),
        Some(250)
    );
}

#[test]
fn many_pods_that_turn_ready_cost_few_writes() {
    let mut rig = rig(200);
    let names = rig.names("pods");
    for name in &names {
        rig.start_pod(name, "n1");
        rig.run(Span::millis(5));
    }
    rig.run(SECOND);
    assert_eq!(sizes(&rig).iter().sum::<usize>(), 200);
    assert!(sizes(&rig).len() <= 3);
    let log = rig.world.log();
    let writes = log
        .since(crate::sim::RecordId(0))
        .filter(|(_, r)| r.why.id.starts_with("endpointslice-"));
    let writes = writes.count();
    // A second of pods, a write each tenth of it, mostly of one slice.
    assert!((10..=16).contains(&writes), "{writes}");
}

#[test]
fn ports_are_resolved_in_each_pod() {
    let mut rig = Rig::new();
    rig.create(service(json!([
        {"name": "http", "port": 80, "targetPort": "http", "protocol": "TCP"},
        {"name": "metrics", "port": 9090, "targetPort": 9100, "protocol": "TCP"},
        {"name": "none", "port": 7, "targetPort": "absent", "protocol": "TCP"},
    ])));
    for (name, port) in [("old", 8080), ("new", 9000)] {
        let mut spec = pod_spec("web:1");
        spec["containers"][0]["ports"][0]["containerPort"] = port.into();
        rig.create(json!({
            "apiVersion": "v1", "kind": "Pod",
            "metadata": {"name": name, "namespace": "default", "labels": {"app": "web"}}, "spec": spec,
        }));
    }
    rig.run(SECOND);
    rig.start_pods();
    rig.run(SECOND);
    let mut lines: Vec<_> = slices(&rig).lines().map(str::to_owned).collect();
    lines.sort();
    assert_eq!(
        lines,
        [
            "web-* IPv4 http:8080/TCP,metrics:9100/TCP: 10.244.0.2(rs n1/a)",
            "web-* IPv4 http:9000/TCP,metrics:9100/TCP: 10.244.0.1(rs n1/a)",
        ]
    );
    assert_eq!(rig.get::<EndpointsBody>("web").body.subsets.len(), 2);
}

#[test]
fn a_changed_selector_and_changed_labels_move_pods() {
    let mut rig = rig(1);
    rig.start_pods();
    rig.run(SECOND);
    rig.edit::<ServiceBody>("web", |s| {
        s.body.spec.selector = Some([("app".to_string(), "db".to_string())].into());
    });
    rig.run(SECOND);
    assert_eq!(slices(&rig), "web-* IPv4 :\n");
    let pod = rig.names("pods")[0].clone();
    rig.edit::<PodBody>(&pod, |p| p.meta.labels.insert("app", "db"));
    rig.run(SECOND);
    assert_eq!(
        slices(&rig),
        "web-* IPv4 http:8080/TCP: 10.244.0.1(rs n1/a)\n"
    );
}

#[test]
fn what_others_do_to_slices_is_put_right() {
    let mut rig = rig(2);
    rig.start_pods();
    rig.run(SECOND);
    let good = slices(&rig);
    let name = rig.names("endpointslices")[0].clone();
    rig.edit::<SliceBody>(&name, |s| {
        s.body.endpoints.truncate(1);
    });
    rig.run(SECOND);
    assert_eq!(sizes(&rig), [2]);
    rig.delete(KindId::ENDPOINT_SLICE, &name, DeleteOptions::default());
    rig.delete(KindId::ENDPOINTS, "web", DeleteOptions::default());
    rig.run(SECOND);
    assert_eq!(slices(&rig), good);
    assert!(rig.find::<EndpointsBody>("web").is_some());
    // A restarted manager finds everything as it should be and writes nothing.
    let revision = rig.all::<SliceBody>()[0].meta.resource_version;
    rig.switch(Component::ControllerManager, false);
    rig.switch(Component::ControllerManager, true);
    rig.run(Span::secs(5));
    assert_eq!(rig.all::<SliceBody>()[0].meta.resource_version, revision);
    rig.set_ready(&rig.names("pods")[0].clone(), false);
    rig.run(SECOND);
    assert!(slices(&rig).contains("( n1/a)"));
}

#[test]
fn headless_services_name_hosts_and_hints_follow_the_wish() {
    let mut rig = Rig::new();
    let mut value = service(json!([]));
    value["spec"]["clusterIP"] = "None".into();
    value["spec"]["trafficDistribution"] = "PreferSameZone".into();
    rig.create(value);
    let mut spec = pod_spec("db:1");
    spec["hostname"] = "first".into();
    spec["subdomain"] = "web".into();
    rig.create(json!({
        "apiVersion": "v1", "kind": "Pod",
        "metadata": {"name": "db", "namespace": "default", "labels": {"app": "web"}}, "spec": spec,
    }));
    rig.run(SECOND);
    rig.start_pods();
    rig.run(SECOND);
    let slice = &rig.all::<SliceBody>()[0];
    assert_eq!(slice.meta.labels.get(super::HEADLESS), Some(""));
    let endpoint = &slice.body.endpoints[0];
    assert_eq!(endpoint.hostname.as_deref(), Some("first"));
    let zones = endpoint.hints.as_ref().unwrap().for_zones.clone().unwrap();
    assert_eq!(zones[0].name, "a");
    rig.delete(KindId::SERVICE, "web", DeleteOptions::default());
    rig.run(SECOND);
    assert!(rig.find::<EndpointsBody>("web").is_none());
}
