//! ReplicaSets by hand: creation, deletion, adoption, release, status.

use expect_test::expect;
use podarium_api::kinds::KindId;
use podarium_api::meta::Span;
use podarium_api::object::ReplicaSetBody;
use podarium_api::pod::PodBody;
use serde_json::json;

use crate::apiserver::DeleteOptions;
use crate::controllers::testing::{Rig, pod_spec, replica_set};
use crate::sim::Component;

fn web(replicas: i32) -> Rig {
    let mut rig = Rig::new();
    rig.create(replica_set("web", replicas));
    rig.run(Span::secs(1));
    rig
}

fn status(rig: &Rig) -> String {
    let s = &rig.get::<ReplicaSetBody>("web").body.status;
    let n = |n: Option<i32>| n.unwrap_or(0);
    format!(
        "{} labelled {} ready {} available {} terminating {}",
        s.replicas,
        n(s.fully_labeled_replicas),
        n(s.ready_replicas),
        n(s.available_replicas),
        n(s.terminating_replicas)
    )
}

fn scale(rig: &mut Rig, replicas: i32) {
    rig.edit::<ReplicaSetBody>("web", |rs| rs.body.spec.replicas = Some(replicas));
    rig.run(Span::secs(1));
}

#[test]
fn pods_are_made_once_although_the_cache_lags() {
    let mut rig = web(3);
    assert_eq!(rig.all::<PodBody>().len(), 3);
    assert_eq!(
        status(&rig),
        "3 labelled 3 ready 0 available 0 terminating 0"
    );
    rig.start_pods();
    rig.run(Span::secs(1));
    assert_eq!(
        status(&rig),
        "3 labelled 3 ready 3 available 3 terminating 0"
    );
    let pods = rig.all::<PodBody>();
    assert!(
        pods.iter()
            .all(|p| p.meta.name.starts_with("web-") && p.meta.labels.get("app") == Some("web"))
    );
    let owner = pods[0].meta.controller().unwrap();
    assert_eq!((&*owner.kind, &*owner.name), ("ReplicaSet", "web"));
    expect![[r#"
        Normal SuccessfulCreate replicaset-controller replicaset/web: Created pod: web-*
        Normal SuccessfulCreate replicaset-controller replicaset/web: Created pod: web-*
        Normal SuccessfulCreate replicaset-controller replicaset/web: Created pod: web-*
    "#]]
    .assert_eq(&rig.events());
    let name = pods[0].meta.name.clone();
    rig.set_ready(&name, false);
    rig.run(Span::secs(1));
    assert_eq!(
        status(&rig),
        "3 labelled 3 ready 2 available 2 terminating 0"
    );
}

#[test]
fn a_pod_s_cause_is_the_wish_for_it() {
    let mut rig = web(1);
    let first = rig.names("pods")[0].clone();
    expect![[r#"
        replicaset-controller: replicaset-create name="web" wanted=1 had=0
        user tester: test
    "#]]
    .assert_eq(&rig.why(KindId::POD, &first));
    rig.start_pods();
    rig.delete(KindId::POD, &first, DeleteOptions::default());
    rig.run(Span::secs(1));
    let second = rig.names("pods").into_iter().find(|n| *n != first).unwrap();
    expect![[r#"
        replicaset-controller: replicaset-create name="web" wanted=1 had=0
        user tester: test
    "#]]
    .assert_eq(&rig.why(KindId::POD, &second));
    assert_eq!(
        status(&rig),
        "1 labelled 1 ready 0 available 0 terminating 1"
    );
    rig.end_pods();
    rig.run(Span::secs(1));
    assert_eq!(
        status(&rig),
        "1 labelled 1 ready 0 available 0 terminating 0"
    );
}

#[test]
fn at_most_five_hundred_at_a_time() {
    let mut rig = Rig::new();
    rig.create(replica_set("web", 1_200));
    rig.run(Span::millis(15));
    assert_eq!(rig.all::<PodBody>().len(), 500);
    rig.run(Span::secs(1));
    assert_eq!(rig.all::<PodBody>().len(), 1_200);
}

#[test]
fn scaling_down_takes_the_least_useful_first() {
    let mut rig = web(3);
    let names = rig.names("pods");
    rig.start_pod(&names[0], "n1");
    rig.start_pod(&names[1], "n1");
    rig.run(Span::secs(1));
    scale(&mut rig, 2);
    // The one that was never bound goes, and at once.
    assert_eq!(rig.names("pods"), names[..2]);
    scale(&mut rig, 0);
    assert_eq!(
        status(&rig),
        "0 labelled 0 ready 0 available 0 terminating 2"
    );
    assert_eq!(rig.end_pods(), 2);
    rig.run(Span::secs(1));
    assert_eq!(
        status(&rig),
        "0 labelled 0 ready 0 available 0 terminating 0"
    );
    assert_eq!(rig.events().matches("SuccessfulDelete").count(), 3);
}

#[test]
fn orphans_are_adopted_and_strangers_released() {
    let mut rig = Rig::new();
    for (name, app) in [("lone", "web"), ("other", "db")] {
        rig.create(json!({
            "apiVersion": "v1", "kind": "Pod",
            "metadata": {"name": name, "namespace": "default", "labels": {"app": app}}, "spec": pod_spec("web:1"),
        }));
    }
    rig.create(replica_set("web", 2));
    rig.run(Span::secs(1));
    assert_eq!(rig.all::<PodBody>().len(), 3);
    assert!(rig.get::<PodBody>("lone").meta.controller().is_some());
    assert!(rig.get::<PodBody>("other").meta.controller().is_none());
    rig.edit::<PodBody>("lone", |pod| pod.meta.labels.insert("app", "test"));
    rig.run(Span::secs(1));
    assert!(rig.get::<PodBody>("lone").meta.controller().is_none());
    assert_eq!(
        status(&rig),
        "2 labelled 2 ready 0 available 0 terminating 0"
    );
    rig.edit::<PodBody>("other", |pod| pod.meta.labels.insert("app", "web"));
    rig.run(Span::secs(1));
    // One too many now: the adopted or one of its own goes.
    assert_eq!(
        status(&rig),
        "2 labelled 2 ready 0 available 0 terminating 0"
    );
    assert_eq!(rig.all::<PodBody>().len(), 3);
}

#[test]
fn available_is_ready_for_long_enough() {
    let mut rig = Rig::new();
    let mut value = replica_set("web", 1);
    value["spec"]["minReadySeconds"] = 10.into();
    rig.create(value);
    rig.run(Span::secs(1));
    rig.start_pods();
    rig.run(Span::secs(9));
    assert_eq!(
        status(&rig),
        "1 labelled 1 ready 1 available 0 terminating 0"
    );
    rig.run(Span::secs(2));
    assert_eq!(
        status(&rig),
        "1 labelled 1 ready 1 available 1 terminating 0"
    );
}

#[test]
fn a_stopped_manager_does_nothing_and_catches_up() {
    let mut rig = web(2);
    rig.switch(Component::ControllerManager, false);
    scale(&mut rig, 4);
    rig.run(Span::secs(30));
    assert_eq!(rig.all::<PodBody>().len(), 2);
    rig.switch(Component::ControllerManager, true);
    rig.run(Span::millis(1_900));
    assert_eq!(rig.all::<PodBody>().len(), 2);
    rig.run(Span::secs(1));
    assert_eq!(rig.all::<PodBody>().len(), 4);
    assert_eq!(
        status(&rig),
        "4 labelled 4 ready 0 available 0 terminating 0"
    );
}
