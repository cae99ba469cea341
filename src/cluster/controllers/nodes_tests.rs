//! Failing nodes by hand: silence, taints, evictions, and the pods of nodes that are gone.

use expect_test::expect;
use podarium_api::kinds::KindId;
use podarium_api::meta::{Meta, Span, Time};
use podarium_api::object::NodeBody;
use podarium_api::pod::{Phase, Pod, PodBody};
use serde_json::json;

use super::testing::{Rig, pod_spec, replica_set};
use crate::apiserver::DeleteOptions;
use crate::sim::Component;
use crate::sim::faults::CONTROL_PLANE;

const SECOND: Span = Span::secs(1);

/// One ready pod on `n1`, under a ReplicaSet.
fn web() -> (Rig, String) {
    let mut rig = Rig::new();
    rig.create(replica_set("web", 1));
    rig.run(SECOND);
    rig.start_pods();
    rig.run(SECOND);
    let pod = rig.names("pods")[0].clone();
    (rig, pod)
}

fn taints(rig: &Rig, node: &str) -> String {
    let node = rig.get::<NodeBody>(node);
    let all = node.body.spec.taints.iter().flatten();
    let all: Vec<_> = all.map(|t| format!("{}:{}", t.key, t.effect)).collect();
    all.join(" ")
}

fn ready(rig: &Rig, node: &str) -> String {
    let node = rig.get::<NodeBody>(node);
    let mut all = node.body.status.conditions.iter().flatten();
    let c = all.find(|c| c.type_ == "Ready").unwrap();
    let text = |t: &Option<String>| t.clone().unwrap_or_default();
    format!("{} {} {}", c.status, text(&c.reason), text(&c.message))
}

fn set_ready(rig: &mut Rig, node: &str, status: &str) {
    rig.edit_status::<NodeBody>(node, |node| {
        let all = node.body.status.conditions.as_mut().unwrap();
        let c = all.iter_mut().find(|c| c.type_ == "Ready").unwrap();
        c.status = status.into();
    });
    rig.run(SECOND);
}

#[test]
fn a_silent_node_is_unknown_after_the_grace_period_and_its_pods_move_after_five_minutes() {
    let (mut rig, pod) = web();
    rig.switch(Component::Node("n1".into()), false);
    rig.run(Span::secs(49));
    assert!(ready(&rig, "n1").starts_with("True"));
    assert!(rig.get::<PodBody>(&pod).is_ready());
    rig.run(Span::secs(7));
    assert_eq!(
        ready(&rig, "n1"),
        "Unknown NodeStatusUnknown Kubelet stopped posting node status."
    );
    assert_eq!(
        taints(&rig, "n1"),
        "node.kubernetes.io/unreachable:NoSchedule node.kubernetes.io/unreachable:NoExecute"
    );
    assert!(!rig.get::<PodBody>(&pod).is_ready());
    assert_eq!(taints(&rig, "n2"), "");
    rig.run(Span::secs(290));
    assert!(!rig.get::<PodBody>(&pod).meta.is_terminating());
    rig.run(Span::secs(10));
    assert!(rig.get::<PodBody>(&pod).meta.is_terminating());
    assert_eq!(rig.names("pods").len(), 2);
    expect![[r#"
        taint-eviction-controller: taint-evict pod="web-*" node="n1" taint="node.kubernetes.io/unreachable"
        node-lifecycle-controller: node-taints name="n1" added="node.kubernetes.io/unreachable:NoSchedule node.kubernetes.io/unreachable:NoExecute" removed=""
        node-lifecycle-controller: node-silent name="n1"
    "#]]
    .assert_eq(&rig.why(KindId::POD, &pod));
    let events = rig.events();
    let node: Vec<_> = events
        .lines()
        .filter(|l| l.contains("Node") || l.contains("Taint"))
        .collect();
    expect![[r#"
        Normal NodeNotReady node-controller node/n1: Node n1 status is now: NodeNotReady
        Warning NodeNotReady node-controller pod/web-*: Node is not ready
        Normal TaintManagerEviction taint-eviction-controller pod/web-*: Marking for deletion Pod default/web-*"#]]
    .assert_eq(&node.join("\n"));
}

#[test]
fn a_node_that_comes_back_in_time_keeps_its_pods() {
    let (mut rig, pod) = web();
    let now = rig.world.now();
    rig.world.faults.cut(now, "n1", CONTROL_PLANE);
    rig.controllers.links_changed(&mut rig.world);
    rig.run(Span::secs(100));
    assert!(taints(&rig, "n1").contains("NoExecute"));
    rig.world.faults.mend("n1", CONTROL_PLANE);
    rig.controllers.links_changed(&mut rig.world);
    set_ready(&mut rig, "n1", "True");
    assert_eq!(taints(&rig, "n1"), "");
    rig.run(Span::secs(600));
    assert!(!rig.get::<PodBody>(&pod).meta.is_terminating());
    assert!(
        rig.events()
            .contains("Cancelling deletion of Pod default/web-")
    );
}

#[test]
fn a_short_silence_is_not_noticed() {
    let (mut rig, pod) = web();
    for _ in 0..3 {
        rig.switch(Component::Kubelet("n1".into()), false);
        rig.run(Span::secs(40));
        rig.switch(Component::Kubelet("n1".into()), true);
        rig.run(SECOND);
    }
    rig.run(Span::secs(100));
    assert!(ready(&rig, "n1").starts_with("True") && rig.get::<PodBody>(&pod).is_ready());
}

#[test]
fn when_no_node_is_left_nobody_is_evicted() {
    let (mut rig, pod) = web();
    rig.switch(Component::Node("n1".into()), false);
    rig.switch(Component::Node("n2".into()), false);
    rig.run(Span::secs(600));
    for node in ["n1", "n2"] {
        assert_eq!(
            taints(&rig, node),
            "node.kubernetes.io/unreachable:NoSchedule"
        );
    }
    assert!(!rig.get::<PodBody>(&pod).meta.is_terminating());
    rig.switch(Component::Node("n2".into()), true);
    set_ready(&mut rig, "n2", "True");
    assert!(taints(&rig, "n1").contains("NoExecute"));
}

#[test]
fn conditions_and_cordons_are_taints() {
    let (mut rig, _) = web();
    set_ready(&mut rig, "n1", "False");
    assert_eq!(
        taints(&rig, "n1"),
        "node.kubernetes.io/not-ready:NoSchedule node.kubernetes.io/not-ready:NoExecute"
    );
    set_ready(&mut rig, "n1", "True");
    rig.edit::<NodeBody>("n1", |n| n.body.spec.unschedulable = Some(true));
    rig.run(SECOND);
    assert_eq!(
        taints(&rig, "n1"),
        "node.kubernetes.io/unschedulable:NoSchedule"
    );
    rig.edit::<NodeBody>("n1", |n| n.body.spec.unschedulable = None);
    rig.run(SECOND);
    assert_eq!(taints(&rig, "n1"), "");
}

#[test]
fn pods_go_by_what_they_tolerate() {
    let mut rig = Rig::new();
    let taint = json!([{"key": "fire", "effect": "NoExecute"}]);
    for (name, tolerations) in [
        ("never", json!([])),
        (
            "shortly",
            json!([{"key": "fire", "operator": "Exists", "effect": "NoExecute", "tolerationSeconds": 30}]),
        ),
        ("always", json!([{"operator": "Exists"}])),
    ] {
        let mut spec = pod_spec("web:1");
        spec["tolerations"] = tolerations;
        rig.create(json!({
            "apiVersion": "v1", "kind": "Pod", "metadata": {"name": name, "namespace": "default"}, "spec": spec,
        }));
        rig.start_pod(name, "n1");
    }
    rig.run(SECOND);
    rig.edit::<NodeBody>("n1", |n| {
        n.body.spec.taints = Some(serde_json::from_value(taint).unwrap());
    });
    let leaving = |rig: &Rig| {
        let pods = rig.all::<PodBody>();
        let leaving = pods.iter().filter(|p| p.meta.is_terminating());
        leaving.map(|p| p.meta.name.to_string()).collect::<Vec<_>>()
    };
    rig.run(SECOND);
    assert_eq!(leaving(&rig), ["never"]);
    rig.run(Span::secs(30));
    assert_eq!(leaving(&rig), ["never", "shortly"]);
    rig.run(Span::secs(1_000));
    assert_eq!(leaving(&rig), ["never", "shortly"]);
}

#[test]
fn pods_of_a_deleted_node_go_after_a_while() {
    let (mut rig, pod) = web();
    rig.delete(KindId::NODE, "n1", DeleteOptions::default());
    rig.run(Span::secs(39));
    assert!(rig.find::<PodBody>(&pod).is_some());
    rig.run(Span::secs(25));
    assert!(rig.find::<PodBody>(&pod).is_none());
    assert_eq!(rig.names("pods").len(), 1);
}

#[test]
fn out_of_service_frees_what_waits_for_a_dead_node() {
    let (mut rig, pod) = web();
    rig.switch(Component::Node("n1".into()), false);
    rig.run(Span::secs(400));
    assert!(rig.get::<PodBody>(&pod).meta.is_terminating());
    rig.edit::<NodeBody>("n1", |n| {
        let taint = json!({"key": "node.kubernetes.io/out-of-service", "value": "nodeshutdown", "effect": "NoExecute"});
        let taints = n.body.spec.taints.get_or_insert_default();
        taints.push(serde_json::from_value(taint).unwrap());
    });
    rig.run(Span::secs(25));
    assert!(rig.find::<PodBody>(&pod).is_none());
}

#[test]
fn ended_pods_are_kept_up_to_a_limit() {
    use crate::sim::{Actor, Verb, Why};
    let mut rig = Rig::new();
    for n in 0..12_503u64 {
        let mut meta = Meta::new("default", &format!("p{n}"));
        meta.created = Time(20_000 - n);
        let mut pod = Pod::new(meta, PodBody::default());
        pod.body.status.phase = Phase::Succeeded;
        let object = pod.into_object();
        let actor = Actor::User("tester".into());
        let why = Why::new("test");
        rig.world
            .commit(&actor, Verb::Create, object.key(), Some(object), why);
    }
    rig.run(SECOND);
    assert_eq!(rig.world.store().count(KindId::POD), 12_500);
    assert!(rig.find::<PodBody>("p12502").is_none() && rig.find::<PodBody>("p12499").is_some());
}
