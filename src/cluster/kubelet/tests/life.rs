//! From binding to ready, and to the end.

use expect_test::expect;

use super::sim;

const WEB: &str = "
metadata: {name: web}
spec:
  containers:
  - {name: web, image: 'nginx:1.27', ports: [{containerPort: 80}]}
";

#[test]
fn a_pod_becomes_ready_and_goes() {
    let mut sim = sim(1);
    sim.apply(WEB).run_for(10).delete("web", None).run_for(10);
    expect![[r#"
        0.000s web Pending
        0.000s web Pending
        0.008s web Pending init web=ContainerCreating
        3.406s web Running init READY web=running
        10.000s web Running deleted init READY web=running
        10.138s web Succeeded deleted init web=Completed(0)
        10.286s web gone
    "#]]
    .assert_eq(&sim.story());
    expect![[r#"
        0.565s Normal Pulling: Pulling image "nginx:1.27"
        2.753s Normal Pulled: Successfully pulled image "nginx:1.27" in 2.188s (2.188s including waiting). Image size: 72180980 bytes.
        2.832s Normal Created: Container created
        2.832s Normal Started: Container started
        10.006s Normal Killing: Stopping container web
    "#]].assert_eq(&sim.events("web"));
}

#[test]
fn a_grace_period_is_used_as_far_as_it_is_needed() {
    for (what, spec, grace, want) in [
        (
            "a server that heeds SIGTERM",
            "image: 'nginx:1.27'",
            None,
            expect![[r#"
                a server that heeds SIGTERM
                10.000s web Running deleted init READY web=running
                10.138s web Succeeded deleted init web=Completed(0)
                10.286s web gone
            "#]],
        ),
        (
            "a shell that does not",
            "image: busybox, command: [sleep, '3600']",
            None,
            expect![[r#"
                a shell that does not
                10.000s web Running deleted init READY web=running
                30.009s web Failed deleted init web=Error(137)
                30.116s web gone
            "#]],
        ),
        (
            "one with less time",
            "image: busybox, command: [sleep, '3600']",
            Some(3),
            expect![[r#"
                one with less time
                10.000s web Running deleted init READY web=running
                13.009s web Failed deleted init web=Error(137)
                13.116s web gone
            "#]],
        ),
        (
            "one that is let go at once",
            "image: busybox, command: [sleep, '3600']",
            Some(0),
            expect![[r#"
                one that is let go at once
                10.000s web gone
            "#]],
        ),
        (
            "a hook that sleeps",
            "image: 'nginx:1.27', lifecycle: {preStop: {sleep: {seconds: 7}}}",
            None,
            expect![[r#"
                a hook that sleeps
                10.000s web Running deleted init READY web=running
                17.138s web Succeeded deleted init web=Completed(0)
                17.286s web gone
            "#]],
        ),
        (
            "a hook that sleeps too long",
            "image: 'nginx:1.27', lifecycle: {preStop: {exec: {command: [/bin/sh, -c, sleep 180]}}}",
            None,
            expect![[r#"
                a hook that sleeps too long
                10.000s web Running deleted init READY web=running
                30.138s web Succeeded deleted init web=Completed(0)
                30.286s web gone
            "#]],
        ),
    ] {
        let mut sim = sim(1);
        sim.apply(&format!(
            "
metadata: {{name: web}}
spec:
  terminationGracePeriodSeconds: 20
  containers: [{{name: web, {spec}}}]
"
        ));
        sim.run_for(10).story();
        sim.delete("web", grace).run_for(60);
        want.assert_eq(&format!("{what}\n{}", sim.story()));
    }
}

#[test]
fn a_deleted_pod_answers_until_it_has_stopped() {
    use crate::network::{Ground, Offer, Protocol};
    let mut sim = sim(1);
    sim.apply(&WEB.replace(
        "ports:",
        "lifecycle: {preStop: {sleep: {seconds: 5}}}, ports:",
    ));
    sim.run_for(10);
    let ip = sim.pod("web").ip().unwrap();
    let mut told = String::new();
    sim.delete("web", None);
    for _ in 0..7 {
        let offer = |port| sim.kubelets.offer(&sim.world, ip, port, Protocol::Tcp, "/");
        let code = |offer| match offer {
            Offer::Answer { code, .. } => code.to_string(),
            other => format!("{other:?}"),
        };
        told += &format!("{} {}; ", code(offer(80)), code(offer(81)));
        sim.run_for(1);
    }
    expect![
        "200 Refused; 200 Refused; 200 Refused; 200 Refused; 200 Refused; 200 Refused; Gone Gone; "
    ]
    .assert_eq(&told);
}

#[test]
fn what_the_network_asks_is_answered() {
    use crate::network::Ground;
    use podarium_api::kinds::KindId;
    use podarium_api::object::Key;
    let mut sim = sim(2);
    sim.apply(
        "
metadata: {name: caller}
spec:
  containers: [{name: c, image: 'example/own:1', env: [{name: CART_ADDR, value: 'cart:7070'}]}]
",
    );
    sim.run_for(10);
    let key = Key::new(KindId::POD, "default", "caller");
    let ip = sim.kubelets.pod_ip(&key).unwrap();
    assert_eq!(sim.kubelets.pod_at(ip).unwrap().0, &key);
    assert_eq!(&**sim.kubelets.node_of(&key).unwrap(), "node-1");
    let node_ip = sim.kubelets.node_ip("node-1").unwrap();
    assert_eq!(&**sim.kubelets.node_at(node_ip).unwrap(), "node-1");
    assert_eq!(sim.kubelets.nodes().count(), 2);
    let run = sim.pod("caller").body.status.containers[0].id;
    assert_eq!(sim.kubelets.usage(&key), Some((2, 32 << 20)));
    let caller = sim.kubelets.caller(&key, run).unwrap();
    assert_eq!(
        (&*caller.calls[0].target, caller.interval.as_secs()),
        ("cart:7070", 1)
    );
    sim.delete("caller", None).run_for(40);
    assert_eq!(sim.kubelets.caller(&key, run), None);
    assert_eq!(sim.kubelets.usage(&key), None);
    assert!(sim.kubelets.pod_at(ip).is_none() && sim.kubelets.pod_ip(&key).is_none());
}

#[test]
fn addresses_are_used_again_only_after_all_others() {
    let mut sim = sim(1);
    let mut all = Vec::new();
    for i in 0..4 {
        let name = format!("p{i}");
        sim.apply(&WEB.replace("name: web}", &format!("name: {name}}}")));
        sim.run_for(5);
        all.push(sim.pod(&name).ip().unwrap().to_string());
        sim.delete(&name, Some(1)).run_for(5);
    }
    assert_eq!(
        all,
        ["10.244.1.2", "10.244.1.3", "10.244.1.4", "10.244.1.5"]
    );
}

#[test]
fn a_pod_on_the_nodes_network_has_the_nodes_address() {
    let mut sim = sim(1);
    sim.apply(&WEB.replace("spec:", "spec:\n  hostNetwork: true"));
    sim.run_for(10);
    assert_eq!(sim.pod("web").ip().unwrap().to_string(), "10.0.1.11");
    use crate::network::{Ground, Offer, Protocol};
    let ip = sim.pod("web").ip().unwrap();
    let offer = |port| sim.kubelets.offer(&sim.world, ip, port, Protocol::Tcp, "/");
    assert!(matches!(offer(80), Offer::Answer { code: 200, .. }));
    assert_eq!(offer(81), Offer::Refused);
}

#[test]
fn every_reason_has_a_sentence() {
    let sentences = include_str!("../../../app/i18n/en/why-kubelet.ftl");
    let sources = [
        include_str!("../faults.rs"),
        include_str!("../probing.rs"),
        include_str!("../status.rs"),
        include_str!("../start.rs"),
        include_str!("../terminate.rs"),
    ];
    let mut seen = 0;
    for source in sources {
        for part in source.split("Why::").skip(1) {
            let Some(id) = part
                .split('"')
                .nth(1)
                .filter(|_| !part.starts_with("with;"))
            else {
                continue;
            };
            seen += 1;
            assert!(sentences.contains(&format!("why-{id} = ")), "{id}");
        }
    }
    assert!(seen >= 14, "{seen}");
}
