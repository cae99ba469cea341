//! Images that come, that do not exist, and that need no pull.

use expect_test::expect;

use super::sim;

fn pod(name: &str, image: &str, policy: &str) -> String {
    format!(
        "
metadata: {{name: {name}}}
spec:
  containers:
  - {{name: c, image: '{image}', imagePullPolicy: {policy}}}
"
    )
}

#[test]
fn a_tag_that_does_not_exist_backs_off() {
    let mut sim = sim(1);
    sim.apply(&pod("web", "nginx:1.161", "IfNotPresent"))
        .run_for(100);
    expect![[r#"
        0.000s web Pending
        0.000s web Pending
        0.008s web Pending init c=ContainerCreating
        1.406s web Pending init c=ErrImagePull
        2.406s web Pending init c=ImagePullBackOff
        14.406s web Pending init c=ErrImagePull
        16.406s web Pending init c=ImagePullBackOff
        37.406s web Pending init c=ErrImagePull
        40.406s web Pending init c=ImagePullBackOff
        85.406s web Pending init c=ErrImagePull
        87.406s web Pending init c=ImagePullBackOff
    "#]]
    .assert_eq(&sim.story());
    expect![[r#"
        0.565s Normal Pulling: Pulling image "nginx:1.161" (x4)
        1.244s Warning Failed: Failed to pull image "nginx:1.161": rpc error: code = NotFound desc = failed to pull and unpack image "docker.io/library/nginx:1.161": failed to resolve image: docker.io/library/nginx:1.161: not found (x4)
        1.244s Warning Failed: Error: ErrImagePull (x4)
        1.406s Normal BackOff: Back-off pulling image "nginx:1.161" (x4)
        1.406s Warning Failed: Error: ImagePullBackOff (x4)
    "#]].assert_eq(&sim.events("web"));
    let status = sim.pod("web").body.status.to_value();
    expect![[r#"Back-off pulling image "nginx:1.161": ErrImagePull: rpc error: code = NotFound desc = failed to pull and unpack image "docker.io/library/nginx:1.161": failed to resolve image: docker.io/library/nginx:1.161: not found"#]].assert_eq(
        status["containerStatuses"][0]["state"]["waiting"]["message"]
            .as_str()
            .unwrap(),
    );
}

#[test]
fn what_cannot_be_pulled_is_told_as_upstream_does() {
    for (image, policy, want) in [
        (
            "NGINX",
            "Always",
            expect![[r#"
            0.000s web Pending
            0.000s web Pending
            0.008s web Pending init c=ContainerCreating
            1.406s web Pending init c=InvalidImageName
            0.565s Warning InspectFailed: Failed to apply default image tag "NGINX": couldn't parse image name "NGINX": invalid reference format: repository name (library/NGINX) must be lowercase (x2)
            0.565s Warning Failed: Error: InvalidImageName (x2)
        "#]],
        ),
        (
            "nginx",
            "Never",
            expect![[r#"
            0.000s web Pending
            0.000s web Pending
            0.008s web Pending init c=ContainerCreating
            1.406s web Pending init c=ErrImageNeverPull
            0.565s Warning ErrImageNeverPull: Container image "nginx" is not present with pull policy of Never (x2)
            0.565s Warning Failed: Error: ErrImageNeverPull (x2)
        "#]],
        ),
        (
            "registry.invalid/web:1",
            "Always",
            expect![[r#"
            0.000s web Pending
            0.000s web Pending
            0.008s web Pending init c=ContainerCreating
            1.406s web Pending init c=ErrImagePull
            2.406s web Pending init c=ImagePullBackOff
            0.565s Normal Pulling: Pulling image "registry.invalid/web:1"
            1.244s Warning Failed: Failed to pull image "registry.invalid/web:1": rpc error: code = Unknown desc = failed to pull and unpack image "registry.invalid/web:1": failed to resolve image: failed to do request: Head "https://registry.invalid/v2/web/manifests/1": dial tcp: lookup registry.invalid: no such host
            1.244s Warning Failed: Error: ErrImagePull
            1.406s Normal BackOff: Back-off pulling image "registry.invalid/web:1"
            1.406s Warning Failed: Error: ImagePullBackOff
        "#]],
        ),
        (
            "example/nonexistent",
            "Always",
            expect![[r#"
            0.000s web Pending
            0.000s web Pending
            0.008s web Pending init c=ContainerCreating
            1.406s web Pending init c=ErrImagePull
            2.406s web Pending init c=ImagePullBackOff
            0.565s Normal Pulling: Pulling image "example/nonexistent"
            1.244s Warning Failed: Failed to pull image "example/nonexistent": rpc error: code = Unknown desc = failed to pull and unpack image "docker.io/example/nonexistent:latest": failed to resolve image: pull access denied, repository does not exist or may require authorization: server message: insufficient_scope: authorization failed
            1.244s Warning Failed: Error: ErrImagePull
            1.406s Normal BackOff: Back-off pulling image "example/nonexistent"
            1.406s Warning Failed: Error: ImagePullBackOff
        "#]],
        ),
    ] {
        let mut sim = sim(1);
        sim.apply(&pod("web", image, policy)).run_for(4);
        want.assert_eq(&format!("{}{}", sim.story(), sim.events("web")));
    }
}

#[test]
fn a_node_pulls_one_image_at_a_time_and_keeps_it() {
    let mut sim = sim(1);
    sim.apply(&pod("a", "nginx:1.27", "IfNotPresent"));
    sim.apply(&pod("b", "redis:7.2", "IfNotPresent"));
    sim.apply(&pod("c", "nginx:1.27", "IfNotPresent"));
    sim.run_for(20);
    sim.apply(&pod("d", "nginx:1.27", "IfNotPresent"));
    sim.apply(&pod("e", "nginx:1.27", "Always"));
    sim.run_for(20);
    let mut pulls = String::new();
    for name in ["a", "b", "c", "d", "e"] {
        let events = sim.events(name);
        for line in events.lines().filter(|l| l.contains(" Pulled: ")) {
            pulls += &format!("{name} {line}\n");
        }
    }
    expect![[r#"
        a 4.512s Normal Pulled: Successfully pulled image "nginx:1.27" in 2.416s (4.002s including waiting). Image size: 72180980 bytes.
        b 2.096s Normal Pulled: Successfully pulled image "redis:7.2" in 1.68s (1.68s including waiting). Image size: 45010000 bytes.
        c 4.773s Normal Pulled: Successfully pulled image "nginx:1.27" in 260ms (4.17s including waiting). Image size: 72180980 bytes.
        d 20.638s Normal Pulled: Container image "nginx:1.27" already present on machine and can be accessed by the pod
        e 20.870s Normal Pulled: Successfully pulled image "nginx:1.27" in 316ms (316ms including waiting). Image size: 72180980 bytes.
    "#]].assert_eq(&pulls);
    let node = sim
        .world
        .get::<podarium_api::object::NodeBody>("", "node-1")
        .unwrap();
    let images = node.body.status.images.as_ref().unwrap();
    let names: Vec<_> = images
        .iter()
        .flat_map(|i| i.names.iter().flatten())
        .collect();
    assert_eq!(
        names,
        [
            "docker.io/library/nginx:1.27",
            "docker.io/library/redis:7.2"
        ]
    );
}

#[test]
fn a_corrected_image_replaces_the_wrong_one() {
    let mut sim = sim(1);
    sim.apply(&pod("web", "nginx:1.161", "IfNotPresent"))
        .run_for(30)
        .story();
    let mut fixed = sim.pod("web").as_ref().clone();
    let mut spec = fixed.body.spec.as_ref().clone();
    spec.containers[0].image = Some("nginx:1.27".into());
    fixed.body.spec = spec.into();
    let me = crate::sim::Actor::User("me".into());
    sim.world
        .update(&me, fixed, crate::sim::Why::new("test"))
        .unwrap();
    sim.settle();
    sim.run_for(30);
    expect![[r#"
        30.000s web Pending init c=ImagePullBackOff
        30.008s web Pending init c=ContainerCreating
        33.406s web Running init READY c=running
    "#]]
    .assert_eq(&sim.story());
}
