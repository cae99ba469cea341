//! Machines without power, kubelets that stop, links that are cut, containers that are killed, and how all that mends.

use expect_test::expect;
use podarium_api::object::NodeBody;

use super::sim;
use crate::sim::Component;
use crate::sim::faults::CONTROL_PLANE;

const WEB: &str = "
metadata: {name: web}
spec:
  containers:
  - {name: web, image: 'nginx:1.27'}
";

#[test]
fn a_killed_container_starts_again() {
    let mut sim = sim(1);
    sim.apply(WEB).run_for(10).story();
    assert!(sim.kill("web", "").is_success());
    assert!(!sim.kill("web", "").is_success(), "it does not run now");
    assert!(!sim.kill("web", "other").is_success());
    assert!(!sim.kill("nobody", "").is_success());
    sim.run_for(5);
    assert!(sim.kill("web", "web").is_success());
    sim.run_for(30);
    expect![[r#"
        10.406s web Running init web=Error(137)
        11.406s web Running init READY web=runningx1
        15.406s web Running init web=Error(137)x1
        16.406s web Running init web=CrashLoopBackOffx1
        26.406s web Running init READY web=runningx2
    "#]]
    .assert_eq(&sim.story());
    expect![[r#"
        0.565s Normal Pulling: Pulling image "nginx:1.27"
        2.753s Normal Pulled: Successfully pulled image "nginx:1.27" in 2.188s (2.188s including waiting). Image size: 72180980 bytes.
        2.832s Normal Created: Container created (x3)
        2.832s Normal Started: Container started (x3)
        10.406s Normal Pulled: Container image "nginx:1.27" already present on machine and can be accessed by the pod (x2)
        15.406s Warning BackOff: Back-off restarting failed container web in pod web_default(UID)
    "#]].assert_eq(&sim.events("web"));
}

#[test]
fn a_node_without_power_comes_back_with_new_containers() {
    let mut sim = sim(1);
    sim.apply(WEB);
    sim.apply(
        "
metadata: {name: once}
spec:
  restartPolicy: Never
  containers:
  - {name: job, image: 'busybox:1.36', command: [sleep, '3600']}
",
    );
    let node = Component::Node("node-1".into());
    sim.run_for(10).stop(node.clone()).run_for(60).story();
    sim.start(node).run_for(30);
    expect![[r#"
        75.000s once Failed init job=Unknown(255)
        75.000s web Running init web=ContainerCreating
        76.406s web Running init READY web=runningx1
    "#]]
    .assert_eq(&sim.story());
    expect![[r#"
        0.688s Normal Pulling: Pulling image "nginx:1.27"
        3.113s Normal Pulled: Successfully pulled image "nginx:1.27" in 2.239s (2.425s including waiting). Image size: 72180980 bytes.
        3.238s Normal Created: Container created (x2)
        3.238s Normal Started: Container started (x2)
        75.000s Normal SandboxChanged: Pod sandbox changed, it will be killed and re-created.
        75.628s Normal Pulled: Container image "nginx:1.27" already present on machine and can be accessed by the pod
    "#]].assert_eq(&sim.events("web"));
    assert!(sim.pod("web").ip().is_some());
}

#[test]
fn containers_go_on_without_their_kubelet() {
    let mut sim = sim(1);
    let kubelet = Component::Kubelet("node-1".into());
    sim.apply(WEB).run_for(10).stop(kubelet.clone()).story();
    // What happens meanwhile is seen afterwards: a container dies, a pod comes, another is deleted.
    sim.run_for(5).kill("web", "");
    sim.apply(&WEB.replace("name: web}", "name: new}"));
    sim.run_for(60);
    expect![[r#"
        15.000s new Pending
        15.000s new Pending
    "#]]
    .assert_eq(&sim.story());
    sim.start(kubelet).run_for(20);
    expect![[r#"
        76.000s new Pending init web=ContainerCreating
        76.000s web Running init web=Error(137)
        77.406s web Running init READY web=runningx1
        77.406s new Running init READY web=running
    "#]]
    .assert_eq(&sim.story());
}

#[test]
fn a_cut_link_keeps_news_from_both_sides() {
    let mut sim = sim(1);
    sim.apply(WEB).run_for(10).story();
    let now = sim.world.now();
    sim.world.faults.cut(now, "node-1", CONTROL_PLANE);
    sim.kubelets.links_changed(&mut sim.world);
    sim.kill("web", "");
    sim.run_for(5).delete("web", None).run_for(60);
    expect![[r#"
        15.000s web Running deleted init READY web=running
    "#]]
    .assert_eq(&sim.story());
    sim.world.faults.mend("node-1", CONTROL_PLANE);
    sim.kubelets.links_changed(&mut sim.world);
    sim.run_for(60);
    expect![[r#"
        75.148s web Succeeded deleted init web=Completed(0)x1
        75.318s web gone
    "#]]
    .assert_eq(&sim.story());
}

#[test]
fn nodes_join_in_the_emptiest_zone() {
    let mut sim = sim(3);
    sim.kubelets.add_node(&mut sim.world);
    sim.kubelets.add_node(&mut sim.world);
    sim.settle();
    let mut all = String::new();
    for node in sim.world.store().all::<NodeBody>() {
        let status = &node.body.status;
        let address = &status.addresses.as_ref().unwrap()[0].address;
        let zone = node.meta.labels.get("topology.kubernetes.io/zone").unwrap();
        let range = node.body.spec.pod_cidr.as_deref().unwrap();
        all += &format!("{} {zone} {address} {range}\n", node.meta.name);
    }
    expect![[r#"
        node-1 zone-a 10.0.1.11 10.244.1.0/24
        node-2 zone-b 10.0.2.11 10.244.2.0/24
        node-3 zone-a 10.0.1.12 10.244.3.0/24
        node-4 zone-b 10.0.2.12 10.244.4.0/24
        node-5 zone-a 10.0.1.13 10.244.5.0/24
    "#]]
    .assert_eq(&all);
}

#[test]
fn coredns_falls_silent_and_speaks_again() {
    let mut sim = sim(1);
    sim.apply(
        "
metadata: {name: dns}
spec:
  containers:
  - name: coredns
    image: registry.k8s.io/coredns/coredns:v1.12.1
    readinessProbe: {httpGet: {path: /ready, port: 8181}}
    livenessProbe: {httpGet: {path: /health, port: 8080}, initialDelaySeconds: 60, failureThreshold: 5}
",
    );
    sim.run_for(30)
        .stop(Component::CoreDns)
        .run_for(30)
        .start(Component::CoreDns);
    sim.run_for(30);
    expect![[r#"
        0.000s dns Pending
        0.000s dns Pending
        0.008s dns Pending init coredns=ContainerCreating
        2.406s dns Running init READY coredns=running
        30.000s dns Running init coredns=running
        62.406s dns Running init READY coredns=running
    "#]]
    .assert_eq(&sim.story());
}
