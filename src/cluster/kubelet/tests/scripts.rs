//! What containers with commands of their own do: init containers, one-liners, loops that wait.

use expect_test::expect;

use super::sim;

fn pod(policy: &str, command: &str) -> String {
    format!(
        "
metadata: {{name: p}}
spec:
  restartPolicy: {policy}
  containers:
  - {{name: c, image: 'busybox:1.36', command: {command}}}
"
    )
}

#[test]
fn commands_that_end() {
    for (policy, command, want) in [
        (
            "Never",
            "[sh, -c, 'sleep 2; exit 0']",
            expect![[r#"
            0.000s p Pending
            0.000s p Pending
            0.008s p Pending init c=ContainerCreating
            1.406s p Running init READY c=running
            3.406s p Succeeded init c=Completed(0)
        "#]],
        ),
        (
            "Never",
            "[sh, -c, 'exit 3']",
            expect![[r#"
            0.000s p Pending
            0.000s p Pending
            0.008s p Pending init c=ContainerCreating
            1.406s p Failed init c=Error(3)
        "#]],
        ),
        (
            "OnFailure",
            "['false']",
            expect![[r#"
            0.000s p Pending
            0.000s p Pending
            0.008s p Pending init c=ContainerCreating
            1.406s p Running init c=Error(1)
            2.406s p Running init c=Error(1)x1
            3.406s p Running init c=CrashLoopBackOffx1
            12.406s p Running init c=Error(1)x2
            13.406s p Running init c=CrashLoopBackOffx2
            34.406s p Running init c=Error(1)x3
            35.406s p Running init c=CrashLoopBackOffx3
        "#]],
        ),
        (
            "Always",
            "[echo, hello]",
            expect![[r#"
            0.000s p Pending
            0.000s p Pending
            0.008s p Pending init c=ContainerCreating
            1.406s p Running init c=Completed(0)
            2.406s p Running init c=Completed(0)x1
            3.406s p Running init c=CrashLoopBackOffx1
            12.406s p Running init c=Completed(0)x2
            13.406s p Running init c=CrashLoopBackOffx2
            34.406s p Running init c=Completed(0)x3
            35.406s p Running init c=CrashLoopBackOffx3
        "#]],
        ),
    ] {
        let mut sim = sim(1);
        sim.apply(&pod(policy, command)).run_for(40);
        want.assert_eq(&sim.story());
    }
}

#[test]
fn a_crash_loop_backs_off_longer_and_longer() {
    let mut sim = sim(1);
    sim.apply(&pod("Always", "[sh, -c, 'sleep 3; exit 1']"))
        .run_for(1_500);
    let restarts: Vec<String> = sim
        .story()
        .lines()
        .filter(|l| l.contains("READY"))
        .map(|l| l.split('.').next().unwrap().to_owned())
        .collect();
    expect!["1 5 18 43 93 186 358 720 1047 1394"].assert_eq(&restarts.join(" "));
    let waiting = sim.pod("p").body.status.to_value();
    let waiting = waiting["containerStatuses"][0]["state"]["waiting"]["message"].to_string();
    let uid = sim.pod("p").meta.uid.to_string();
    expect![[r#""back-off 5m0s restarting failed container=c pod=p_default(UID)""#]]
        .assert_eq(&waiting.replace(&uid, "UID"));
}

#[test]
fn init_containers_come_first_and_in_order() {
    let mut sim = sim(1);
    sim.apply(
        "
metadata: {name: app}
spec:
  initContainers:
  - {name: first, image: 'busybox:1.36', command: [sh, -c, 'sleep 2']}
  - {name: proxy, image: 'busybox:1.36', command: [sh, -c, 'sleep 9999'], restartPolicy: Always}
  - {name: second, image: 'busybox:1.36', command: [sh, -c, 'sleep 1']}
  containers:
  - {name: web, image: 'nginx:1.27'}
",
    );
    sim.run_for(20).delete("app", None).run_for(60);
    expect![[r#"
        0.000s app Pending
        0.000s app Pending
        0.008s app Pending first=PodInitializing proxy=PodInitializing second=PodInitializing web=PodInitializing
        1.406s app Pending first=running proxy=PodInitializing second=PodInitializing web=PodInitializing
        3.406s app Pending first=Completed(0) proxy=PodInitializing second=PodInitializing web=PodInitializing
        4.406s app Pending first=Completed(0) proxy=running second=running web=PodInitializing
        5.406s app Pending init first=Completed(0) proxy=running second=Completed(0) web=PodInitializing
        8.406s app Running init READY first=Completed(0) proxy=running second=Completed(0) web=running
        20.000s app Running deleted init READY first=Completed(0) proxy=running second=Completed(0) web=running
        20.406s app Running deleted init first=Completed(0) proxy=running second=Completed(0) web=Completed(0)
        50.177s app Succeeded deleted init first=Completed(0) proxy=Error(137) second=Completed(0) web=Completed(0)
        50.341s app gone
    "#]].assert_eq(&sim.story());
    expect![[r#"
        0.565s Normal Pulling: Pulling image "busybox:1.36"
        1.054s Normal Pulled: Successfully pulled image "busybox:1.36" in 489ms (489ms including waiting). Image size: 2156519 bytes.
        1.132s Normal Created: Container created
        1.132s Normal Started: Container started
        3.406s Normal Pulled: Container image "busybox:1.36" already present on machine and can be accessed by the pod
        3.543s Normal Created: Container created
        3.543s Normal Started: Container started
        3.543s Normal Pulled: Container image "busybox:1.36" already present on machine and can be accessed by the pod
        3.622s Normal Created: Container created
        3.622s Normal Started: Container started
        5.406s Normal Pulling: Pulling image "nginx:1.27"
        7.505s Normal Pulled: Successfully pulled image "nginx:1.27" in 2.099s (2.099s including waiting). Image size: 72180980 bytes.
        7.613s Normal Created: Container created
        7.613s Normal Started: Container started
        20.009s Normal Killing: Stopping container web
        20.177s Normal Killing: Stopping container proxy
    "#]].assert_eq(&sim.events("app"));
}

#[test]
fn an_init_container_that_fails_is_tried_again_or_fails_the_pod() {
    for (policy, want) in [
        (
            "Always",
            expect![[r#"
        0.000s app Pending
        0.000s app Pending
        0.008s app Pending setup=PodInitializing web=PodInitializing
        1.406s app Pending setup=Error(1) web=PodInitializing
        2.406s app Pending setup=Error(1)x1 web=PodInitializing
        3.406s app Pending setup=CrashLoopBackOffx1 web=PodInitializing
        12.406s app Pending setup=Error(1)x2 web=PodInitializing
        13.406s app Pending setup=CrashLoopBackOffx2 web=PodInitializing
    "#]],
        ),
        (
            "Never",
            expect![[r#"
        0.000s app Pending
        0.000s app Pending
        0.008s app Pending setup=PodInitializing web=PodInitializing
        1.406s app Failed setup=Error(1) web=PodInitializing
    "#]],
        ),
    ] {
        let mut sim = sim(1);
        sim.apply(&format!(
            "
metadata: {{name: app}}
spec:
  restartPolicy: {policy}
  initContainers:
  - {{name: setup, image: 'busybox:1.36', command: ['false']}}
  containers:
  - {{name: web, image: 'nginx:1.27'}}
"
        ));
        sim.run_for(20);
        want.assert_eq(&sim.story());
    }
}

#[test]
fn more_memory_than_the_limit_is_killed() {
    let mut sim = sim(1);
    sim.apply(
        "
metadata: {name: memory-demo-2}
spec:
  containers:
  - name: memory-demo-2-ctr
    image: polinux/stress
    resources: {requests: {memory: 50Mi}, limits: {memory: 100Mi}}
    command: [stress]
    args: ['--vm', '1', '--vm-bytes', 250M, '--vm-hang', '1']
",
    );
    sim.run_for(20);
    expect![[r#"
        0.000s memory-demo-2 Pending
        0.000s memory-demo-2 Pending
        0.008s memory-demo-2 Pending init memory-demo-2-ctr=ContainerCreating
        1.406s memory-demo-2 Running init READY memory-demo-2-ctr=running
        2.406s memory-demo-2 Running init memory-demo-2-ctr=OOMKilled(137)
        3.406s memory-demo-2 Running init memory-demo-2-ctr=OOMKilled(137)x1
        4.406s memory-demo-2 Running init memory-demo-2-ctr=CrashLoopBackOffx1
        14.406s memory-demo-2 Running init memory-demo-2-ctr=OOMKilled(137)x2
        15.406s memory-demo-2 Running init memory-demo-2-ctr=CrashLoopBackOffx2
    "#]]
    .assert_eq(&sim.story());
}
