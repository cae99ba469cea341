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
