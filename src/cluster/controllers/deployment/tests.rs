//! Deployments by hand: roll-outs of both kinds, scaling in the middle, pausing, rolling back, deadlines.

use std::fmt::Write as _;

use expect_test::expect;
use podarium_api::kinds::KindId;
use podarium_api::meta::Span;
use podarium_api::object::{DeploymentBody, ReplicaSetBody};
use podarium_api::pod::PodBody;
use serde_json::json;

use crate::apiserver::DeleteOptions;
use crate::controllers::testing::{Rig, deployment, mask, replica_set};

const SECOND: Span = Span::secs(1);

fn web(replicas: i32) -> Rig {
    let mut rig = Rig::new();
    rig.create(deployment(replicas, "web:1"));
    rig.run(SECOND);
    rig
}

fn set_image(rig: &mut Rig, image: &str) {
    rig.edit::<DeploymentBody>("web", |d| {
        let spec = d.body.spec.template.spec.as_mut().unwrap();
        spec.containers[0].image = Some(image.into());
    });
    rig.run(SECOND);
}

/// ReplicaSets as `image: wanted/there/available @revision`, oldest first.
fn sets(rig: &Rig) -> String {
    let mut all = rig.all::<ReplicaSetBody>();
    all.sort_by_key(|rs| (rs.meta.created, rs.meta.name.clone()));
    let mut out = String::new();
    for rs in all {
        let template = rs.body.spec.template.as_ref().unwrap();
        let image = template.spec.as_ref().unwrap().containers[0].image.clone();
        let _ = writeln!(
            out,
            "{}: {}/{}/{} @{}",
            image.unwrap_or_default(),
            rs.body.spec.replicas.unwrap(),
            rs.body.status.replicas,
            rs.body.status.available_replicas.unwrap_or(0),
            rs.meta.annotations.get(super::revision::REVISION).unwrap()
        );
    }
    out
}

fn conditions(rig: &Rig) -> String {
    let d = rig.get::<DeploymentBody>("web");
    let mut out = String::new();
    for c in d.body.status.conditions.iter().flatten() {
        let [kind, status, reason, message] =
            [&c.type_, &c.status, &c.reason, &c.message].map(|t| t.as_deref().unwrap_or_default());
        let _ = writeln!(out, "{kind}={status} {reason}: {}", mask(message));
    }
    out
}

/// Lets pods come and go until nothing moves; what the ReplicaSets went through, at each step.
fn settle(rig: &mut Rig) -> String {
    let mut steps = String::new();
    for _ in 0..20 {
        rig.run(SECOND);
        let step = sets(rig).trim_end().replace('\n', ", ");
        let _ = writeln!(steps, "{step}");
        if rig.start_pods() + rig.end_pods() == 0 {
            break;
        }
    }
    steps
}

#[test]
fn a_new_deployment_becomes_available() {
    let mut rig = web(3);
    expect![[r#"
        web:1: 3/3/0 @1
    "#]]
    .assert_eq(&sets(&rig));
    expect![[r#"
        Available=False MinimumReplicasUnavailable: Deployment does not have minimum availability.
        Progressing=True ReplicaSetUpdated: ReplicaSet "web-*" is progressing.
    "#]]
    .assert_eq(&conditions(&rig));
    settle(&mut rig);
    expect![[r#"
        Available=True MinimumReplicasAvailable: Deployment has minimum availability.
        Progressing=True NewReplicaSetAvailable: ReplicaSet "web-*" has successfully progressed.
    "#]]
    .assert_eq(&conditions(&rig));
    let d = rig.get::<DeploymentBody>("web");
    let s = &d.body.status;
    let counts = [
        s.replicas,
        s.updated_replicas,
        s.ready_replicas,
        s.available_replicas,
    ];
    assert_eq!(counts, [Some(3); 4]);
    assert_eq!(
        (s.unavailable_replicas, s.observed_generation),
        (None, Some(d.meta.generation))
    );
    assert_eq!(super::revision::of(&d.meta), 1);
    let rs = &rig.all::<ReplicaSetBody>()[0];
    let hash = rs.meta.labels.get("pod-template-hash").unwrap().to_owned();
    assert_eq!(*rs.meta.name, format!("web-{hash}"));
    let pods = rig.all::<PodBody>();
    assert!(
        pods.iter()
            .all(|p| p.meta.labels.get("pod-template-hash") == Some(&hash))
    );
    assert_eq!(
        rig.events().lines().next(),
        Some(
            "Normal ScalingReplicaSet deployment-controller deployment/web: Scaled up replica set web-* from 0 to 3"
        )
    );
    expect![[r#"
        replicaset-controller: replicaset-create name="web-*" wanted=3 had=0
        deployment-controller: deployment-new-replicaset deployment="web" name="web-*" revision=1 replicas=3
        user tester: test
    "#]]
    .assert_eq(&{
        let mut other = web(3);
        let pod = other.names("pods")[0].clone();
        other.run(SECOND);
        other.why(KindId::POD, &pod)
    });
}

#[test]
fn a_rolling_update_stays_within_its_bounds() {
    let mut rig = web(4);
    settle(&mut rig);
    set_image(&mut rig, "web:2");
    // 25% of 4: one too many and one too few at most.
    expect![[r#"
        web:1: 3/3/3 @1, web:2: 2/2/0 @2
        web:1: 1/1/1 @1, web:2: 4/4/2 @2
        web:1: 0/0/0 @1, web:2: 4/4/4 @2
        web:1: 0/0/0 @1, web:2: 4/4/4 @2
    "#]]
    .assert_eq(&settle(&mut rig));
    expect![[r#"
        Available=True MinimumReplicasAvailable: Deployment has minimum availability.
        Progressing=True NewReplicaSetAvailable: ReplicaSet "web-*" has successfully progressed.
    "#]]
    .assert_eq(&conditions(&rig));
    let events = rig.events();
    let scaling: Vec<_> = events
        .lines()
        .filter(|l| l.contains("ScalingReplicaSet"))
        .collect();
    expect![[r#"
        Normal ScalingReplicaSet deployment-controller deployment/web: Scaled up replica set web-* from 0 to 4
        Normal ScalingReplicaSet deployment-controller deployment/web: Scaled up replica set web-* from 0 to 1
        Normal ScalingReplicaSet deployment-controller deployment/web: Scaled down replica set web-* from 4 to 3
        Normal ScalingReplicaSet deployment-controller deployment/web: Scaled up replica set web-* from 1 to 2
        Normal ScalingReplicaSet deployment-controller deployment/web: Scaled down replica set web-* from 3 to 1
        Normal ScalingReplicaSet deployment-controller deployment/web: Scaled up replica set web-* from 2 to 4
        Normal ScalingReplicaSet deployment-controller deployment/web: Scaled down replica set web-* from 1 to 0"#]]
    .assert_eq(&scaling.join("\n"));
}

#[test]
fn recreate_waits_for_the_last_old_pod() {
    let mut rig = Rig::new();
    let mut value = deployment(2, "web:1");
    value["spec"]["strategy"] = json!({"type": "Recreate"});
    rig.create(value);
    settle(&mut rig);
    set_image(&mut rig, "web:2");
    assert_eq!(sets(&rig), "web:1: 0/0/0 @1\n");
    let names = rig.names("pods");
    rig.delete(
        KindId::POD,
        &names[0],
        DeleteOptions {
            grace: Some(0),
            ..DeleteOptions::default()
        },
    );
    rig.run(SECOND);
    assert_eq!(sets(&rig), "web:1: 0/0/0 @1\n");
    rig.end_pods();
    rig.run(SECOND);
    assert_eq!(sets(&rig), "web:1: 0/0/0 @1\nweb:2: 2/2/0 @2\n");
}

#[test]
fn going_back_takes_the_old_replicaset_under_a_new_number() {
    let mut rig = web(2);
    settle(&mut rig);
    set_image(&mut rig, "web:2");
    settle(&mut rig);
    set_image(&mut rig, "web:1");
    settle(&mut rig);
    assert_eq!(sets(&rig), "web:1: 2/2/2 @3\nweb:2: 0/0/0 @2\n");
    let all = rig.all::<ReplicaSetBody>();
    let back = all
        .iter()
        .find(|rs| rs.body.spec.replicas == Some(2))
        .unwrap();
    let history = "deployment.kubernetes.io/revision-history";
    assert_eq!(back.meta.annotations.get(history), Some("1"));
    assert_eq!(
        super::revision::of(&rig.get::<DeploymentBody>("web").meta),
        3
    );
}

#[test]
fn only_so_many_old_replicasets_are_kept() {
    let mut rig = web(1);
    rig.edit::<DeploymentBody>("web", |d| d.body.spec.revision_history_limit = Some(2));
    for version in 2..=5 {
        settle(&mut rig);
        set_image(&mut rig, &format!("web:{version}"));
    }
    settle(&mut rig);
    assert_eq!(
        sets(&rig),
        "web:3: 0/0/0 @3\nweb:4: 0/0/0 @4\nweb:5: 1/1/1 @5\n"
    );
}

#[test]
fn scaling_amid_a_rollout_is_shared_out() {
    // upstream: docs, "Proportional scaling": 10 replicas, maxSurge 3, maxUnavailable 2, a bad image, then 15.
    let mut rig = Rig::new();
    let mut value = deployment(10, "web:1");
    value["spec"]["strategy"]["rollingUpdate"] = json!({"maxSurge": 3, "maxUnavailable": 2});
    rig.create(value);
    settle(&mut rig);
    set_image(&mut rig, "web:bad");
    rig.end_pods();
    rig.run(SECOND);
    assert_eq!(sets(&rig), "web:1: 8/8/8 @1\nweb:bad: 5/5/0 @2\n");
    rig.edit::<DeploymentBody>("web", |d| d.body.spec.replicas = Some(15));
    rig.run(SECOND);
    assert_eq!(sets(&rig), "web:1: 11/11/8 @1\nweb:bad: 7/7/0 @2\n");
    rig.edit::<DeploymentBody>("web", |d| d.body.spec.replicas = Some(0));
    rig.run(SECOND);
    assert_eq!(sets(&rig), "web:1: 0/0/0 @1\nweb:bad: 0/0/0 @2\n");
}

#[test]
fn plain_scaling_makes_no_new_revision() {
    let mut rig = web(2);
    settle(&mut rig);
    rig.edit::<DeploymentBody>("web", |d| d.body.spec.replicas = Some(5));
    settle(&mut rig);
    assert_eq!(sets(&rig), "web:1: 5/5/5 @1\n");
    let rs = &rig.all::<ReplicaSetBody>()[0];
    let annotation = |key| super::revision::number(&rs.meta.annotations, key);
    assert_eq!(annotation(super::revision::DESIRED), Some(5));
    assert_eq!(annotation(super::revision::MAX), Some(7));
}

#[test]
fn a_paused_deployment_scales_but_does_not_roll_out() {
    let mut rig = web(2);
    settle(&mut rig);
    rig.edit::<DeploymentBody>("web", |d| d.body.spec.paused = Some(true));
    set_image(&mut rig, "web:2");
    rig.edit::<DeploymentBody>("web", |d| d.body.spec.replicas = Some(3));
    settle(&mut rig);
    assert_eq!(sets(&rig), "web:1: 3/3/3 @1\n");
    assert!(
        conditions(&rig).contains("Progressing=Unknown DeploymentPaused: Deployment is paused")
    );
    rig.edit::<DeploymentBody>("web", |d| d.body.spec.paused = None);
    settle(&mut rig);
    assert_eq!(sets(&rig), "web:1: 0/0/0 @1\nweb:2: 3/3/3 @2\n");
}

#[test]
fn a_rollout_that_does_not_get_on_is_reported() {
    let mut rig = Rig::new();
    let mut value = deployment(1, "web:1");
    value["spec"]["progressDeadlineSeconds"] = 60.into();
    rig.create(value);
    rig.run(Span::secs(58));
    assert!(conditions(&rig).contains("ReplicaSetUpdated"));
    rig.run(Span::secs(6));
    expect![[r#"
        Available=False MinimumReplicasUnavailable: Deployment does not have minimum availability.
        Progressing=False ProgressDeadlineExceeded: ReplicaSet "web-*" has timed out progressing.
    "#]]
    .assert_eq(&conditions(&rig));
    settle(&mut rig);
    assert!(conditions(&rig).contains("Progressing=True NewReplicaSetAvailable"));
}

#[test]
fn an_orphan_replicaset_of_the_same_template_is_taken_over() {
    let mut rig = Rig::new();
    let mut value = replica_set("web", 2);
    value["metadata"]["labels"] = json!({"app": "web"});
    let rs = rig.create(value);
    rig.run(SECOND);
    rig.create(deployment(2, "web:1"));
    rig.run(SECOND);
    let all = rig.all::<ReplicaSetBody>();
    assert_eq!(all.len(), 1);
    assert_eq!(all[0].meta.uid, rs.meta().uid);
    assert_eq!(all[0].meta.controller().map(|o| &*o.name), Some("web"));
}
