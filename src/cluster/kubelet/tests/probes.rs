//! Probes: who passes, who fails, what follows.

use expect_test::expect;

use super::sim;

#[test]
fn the_documentations_liveness_example() {
    let mut sim = sim(1);
    sim.apply(
        "
metadata: {name: liveness-exec}
spec:
  containers:
  - name: liveness
    image: registry.k8s.io/busybox
    args: [/bin/sh, -c, 'touch /tmp/healthy; sleep 30; rm -f /tmp/healthy; sleep 600']
    livenessProbe:
      exec: {command: [cat, /tmp/healthy]}
      initialDelaySeconds: 5
      periodSeconds: 5
",
    );
    sim.run_for(100);
    expect![[r#"
        0.000s liveness-exec Pending
        0.000s liveness-exec Pending
        0.008s liveness-exec Pending init liveness=ContainerCreating
        1.406s liveness-exec Running init READY liveness=running
        75.406s liveness-exec Running init liveness=Error(137)
        76.406s liveness-exec Running init READY liveness=runningx1
    "#]]
    .assert_eq(&sim.story());
    expect![[r#"
        0.565s Normal Pulling: Pulling image "registry.k8s.io/busybox" (x2)
        1.054s Normal Pulled: Successfully pulled image "registry.k8s.io/busybox" in 489ms (489ms including waiting). Image size: 2156519 bytes.
        1.132s Normal Created: Container created (x2)
        1.132s Normal Started: Container started (x2)
        35.008s Warning Unhealthy: Liveness probe failed: cat: can't open '/tmp/healthy': No such file or directory (x3)
        45.008s Normal Killing: Container liveness failed liveness probe, will be restarted
        75.720s Normal Pulled: Successfully pulled image "registry.k8s.io/busybox" in 314ms (314ms including waiting). Image size: 2156519 bytes.
    "#]].assert_eq(&sim.events("liveness-exec"));
}

#[test]
fn the_documentations_http_liveness_example() {
    let mut sim = sim(1);
    sim.apply(
        "
metadata: {name: liveness-http}
spec:
  containers:
  - name: liveness
    image: registry.k8s.io/e2e-test-images/agnhost:2.40
    args: [liveness]
    livenessProbe: {httpGet: {path: /healthz, port: 8080}, initialDelaySeconds: 3, periodSeconds: 3}
",
    );
    sim.run_for(30);
    expect![[r#"
        0.565s Normal Pulling: Pulling image "registry.k8s.io/e2e-test-images/agnhost:2.40"
        2.295s Normal Pulled: Successfully pulled image "registry.k8s.io/e2e-test-images/agnhost:2.40" in 1.73s (1.73s including waiting). Image size: 53300000 bytes.
        2.373s Normal Created: Container created (x2)
        2.373s Normal Started: Container started (x2)
        15.008s Warning Unhealthy: Liveness probe failed: HTTP probe failed with statuscode: 500 (x3)
        21.008s Normal Killing: Container liveness failed liveness probe, will be restarted
        21.406s Normal Pulled: Container image "registry.k8s.io/e2e-test-images/agnhost:2.40" already present on machine and can be accessed by the pod
    "#]].assert_eq(&sim.events("liveness-http"));
}

#[test]
fn readiness_by_kind_of_server_and_probe() {
    let mut table = String::new();
    for (image, probe) in [
        ("nginx:1.27", "{httpGet: {path: /, port: 80}}"),
        ("nginx:1.27", "{httpGet: {path: /healthz, port: 80}}"),
        ("nginx:1.27", "{httpGet: {port: 8080}}"),
        ("nginx:1.27", "{grpc: {port: 80}}"),
        ("redis:7", "{tcpSocket: {port: 6379}}"),
        ("redis:7", "{exec: {command: [redis-cli, ping]}}"),
        ("redis:7", "{httpGet: {port: 6379}}"),
        ("redis:7", "{tcpSocket: {port: 6380}}"),
        ("example/own:1", "{grpc: {port: 9000}}"),
        ("example/own:1", "{httpGet: {path: /ready, port: web}}"),
        (
            "example/own:1",
            "{exec: {command: [/bin/grpc_health_probe, '-addr=:9000']}}",
        ),
        (
            "example/own:1",
            "{exec: {command: [sh, -c, 'curl -f localhost:8080/ready']}}",
        ),
        ("example/own:1", "{exec: {command: [sh, -c, 'exit 3']}}"),
        ("example/own:1", "{exec: {command: [sleep, '5']}}"),
    ] {
        let mut sim = sim(1);
        sim.apply(&format!(
            "
metadata: {{name: p}}
spec:
  containers:
  - name: c
    image: {image}
    ports: [{{containerPort: 8080, name: web}}]
    readinessProbe: {probe}
"
        ));
        sim.run_for(30);
        let events = sim.events("p");
        let told = events.lines().find(|l| l.contains("Unhealthy"));
        let told = told.map_or("", |l| &l[l.find("Readiness").unwrap()..]);
        let verdict = if sim.pod("p").is_ready() {
            "ready"
        } else {
            "NOT"
        };
        table += &format!("{image} {probe}: {verdict} {told}\n");
    }
    expect![[r#"
        nginx:1.27 {httpGet: {path: /, port: 80}}: ready 
        nginx:1.27 {httpGet: {path: /healthz, port: 80}}: NOT Readiness probe failed: HTTP probe failed with statuscode: 404 (x3)
        nginx:1.27 {httpGet: {port: 8080}}: NOT Readiness probe failed: Get "http://10.244.1.2:8080/": dial tcp 10.244.1.2:8080: connect: connection refused (x3)
        nginx:1.27 {grpc: {port: 80}}: NOT Readiness probe failed: error: this server does not implement the grpc health protocol (grpc.health.v1.Health): 10.244.1.2:80 (x3)
        redis:7 {tcpSocket: {port: 6379}}: ready 
        redis:7 {exec: {command: [redis-cli, ping]}}: ready 
        redis:7 {httpGet: {port: 6379}}: NOT Readiness probe failed: Get "http://10.244.1.2:6379/": EOF (x3)
        redis:7 {tcpSocket: {port: 6380}}: NOT Readiness probe failed: dial tcp 10.244.1.2:6380: connect: connection refused (x3)
        example/own:1 {grpc: {port: 9000}}: ready Readiness probe failed: timeout: failed to connect service "10.244.1.2:9000" within 1s: context deadline exceeded
        example/own:1 {httpGet: {path: /ready, port: web}}: ready Readiness probe failed: Get "http://10.244.1.2:8080/ready": dial tcp 10.244.1.2:8080: connect: connection refused
        example/own:1 {exec: {command: [/bin/grpc_health_probe, '-addr=:9000']}}: ready Readiness probe failed: timeout: failed to connect service within 1s
        example/own:1 {exec: {command: [sh, -c, 'curl -f localhost:8080/ready']}}: ready Readiness probe failed: curl: (7) Failed to connect: Connection refused
        example/own:1 {exec: {command: [sh, -c, 'exit 3']}}: NOT Readiness probe failed:  (x3)
        example/own:1 {exec: {command: [sleep, '5']}}: NOT Readiness probe failed: command timed out: "sleep 5" timed out after 1s (x3)
    "#]].assert_eq(&table);
}

#[test]
fn a_startup_probe_holds_the_others_back() {
    let mut sim = sim(1);
    sim.apply(
        "
metadata: {name: slow}
spec:
  containers:
  - name: c
    image: busybox:1.36
    command: [sh, -c, 'sleep 30; touch /tmp/started; sleep 3600']
    startupProbe: {exec: {command: [cat, /tmp/started]}, periodSeconds: 5, failureThreshold: 10}
    livenessProbe: {exec: {command: [cat, /tmp/started]}, periodSeconds: 1, failureThreshold: 1}
",
    );
    sim.run_for(60);
    expect![[r#"
        0.000s slow Pending
        0.000s slow Pending
        0.008s slow Pending init c=ContainerCreating
        1.406s slow Running init c=running
        32.406s slow Running init READY c=running
    "#]]
    .assert_eq(&sim.story());
    expect![[r#"
        0.565s Normal Pulling: Pulling image "busybox:1.36"
        1.054s Normal Pulled: Successfully pulled image "busybox:1.36" in 489ms (489ms including waiting). Image size: 2156519 bytes.
        1.132s Normal Created: Container created
        1.132s Normal Started: Container started
        1.406s Warning Unhealthy: Startup probe failed: cat: can't open '/tmp/started': No such file or directory (x6)
    "#]].assert_eq(&sim.events("slow"));
}

#[test]
fn a_startup_probe_that_never_passes_ends_the_container() {
    let mut sim = sim(1);
    sim.apply(
        "
metadata: {name: never}
spec:
  terminationGracePeriodSeconds: 3
  containers:
  - name: c
    image: busybox:1.36
    command: [sleep, '3600']
    startupProbe: {exec: {command: [cat, /tmp/x]}, periodSeconds: 2, failureThreshold: 2}
",
    );
    sim.run_for(12);
    expect![[r#"
        0.000s never Pending
        0.000s never Pending
        0.008s never Pending init c=ContainerCreating
        1.406s never Running init c=running
        7.406s never Running init c=Error(137)
        8.406s never Running init c=runningx1
    "#]]
    .assert_eq(&sim.story());
}

#[test]
fn a_probe_that_changes_nothing_costs_nothing() {
    let mut sim = sim(1);
    sim.apply(
        "
metadata: {name: web}
spec:
  containers:
  - name: web
    image: nginx:1.27
    readinessProbe: {httpGet: {port: 80}, periodSeconds: 1}
    livenessProbe: {httpGet: {port: 80}, periodSeconds: 1}
",
    );
    sim.run_for(60);
    assert!(sim.pod("web").is_ready());
    let mut later = 0;
    while sim
        .world
        .next_work(sim.world.now() + podarium_api::meta::Span::secs(600))
        .is_some()
    {
        later += 1;
    }
    assert_eq!(later, 0, "nothing is due any more");
}

#[test]
fn a_readiness_gate_waits_for_somebody_else() {
    let mut sim = sim(1);
    sim.apply(
        "
metadata: {name: gated}
spec:
  readinessGates: [{conditionType: example.com/registered}]
  containers: [{name: web, image: 'nginx:1.27'}]
",
    );
    sim.run_for(10);
    let pod = sim.pod("gated");
    let ready = pod.body.status.condition("Ready").unwrap();
    expect![[
        r#"corresponding condition of pod readiness gate "example.com/registered" does not exist."#
    ]]
    .assert_eq(ready.message.as_deref().unwrap());
    let mut told = pod.as_ref().clone();
    let now = sim.world.now();
    told.body
        .status
        .set_condition(now, "example.com/registered", Some(true), None, None);
    let me = crate::sim::Actor::User("me".into());
    sim.world
        .update_status(&me, told, crate::sim::Why::new("test"))
        .unwrap();
    sim.settle();
    sim.run_for(2);
    assert!(sim.pod("gated").is_ready());
}
