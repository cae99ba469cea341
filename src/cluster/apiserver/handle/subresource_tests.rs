//! Subresources, as a client sees them.

use expect_test::expect;
use serde_json::{Value, json};

use super::tests::{check, cluster, deployment, send};
use crate::{Cluster, Method};
use podarium_api::meta::{Span, Time};

const PODS: &str = "/api/v1/namespaces/default/pods";
const WEB: &str = "/api/v1/namespaces/default/pods/web";
const SCALE: &str = "/apis/apps/v1/namespaces/default/deployments/web/scale";
const BUDGETS: &str = "/apis/policy/v1/namespaces/default/poddisruptionbudgets";
const REQUESTS: &str = "/apis/certificates.k8s.io/v1/certificatesigningrequests";

fn post(c: &mut Cluster, path: &str, body: Value) -> Value {
    let answer = send(c, Method::Post, path, &body);
    assert_eq!(answer.code, 201, "{}", answer.message());
    answer.into_value()
}

fn get(c: &mut Cluster, path: &str) -> Value {
    send(c, Method::Get, path, &Value::Null).into_value()
}

fn pod(name: &str) -> Value {
    let resources =
        json!({"requests": {"cpu": "100m", "memory": "64Mi"}, "limits": {"cpu": "200m"}});
    json!({
        "metadata": {"name": name, "labels": {"app": "web"}},
        "spec": {"containers": [{"name": "c", "image": "x", "resources": resources}]},
    })
}

#[test]
fn a_scale_says_only_what_may_be() {
    let c = &mut cluster();
    let made = post(
        c,
        "/apis/apps/v1/namespaces/default/deployments",
        deployment("web"),
    );
    let scale =
        |replicas: i64| json!({"metadata": {"name": "web"}, "spec": {"replicas": replicas}});
    check(
        c,
        Method::Put,
        SCALE,
        scale(-1),
        expect![[
            r#"422 Scale.autoscaling "web" is invalid: spec.replicas: Invalid value: -1: must be greater than or equal to 0"#
        ]],
    );
    let mut stale = get(c, SCALE);
    stale["metadata"]["resourceVersion"] = "1".into();
    check(
        c,
        Method::Put,
        SCALE,
        stale,
        expect![[
            r#"409 Operation cannot be fulfilled on deployments.apps "web": the object has been modified; please apply your changes to the latest version and try again"#
        ]],
    );
    let mut other = scale(3);
    other["metadata"]["uid"] = "1".into();
    let refused = send(c, Method::Put, SCALE, &other);
    let uid = made["metadata"]["uid"].as_str().unwrap();
    assert_eq!(
        refused.message().replace(uid, "UID"),
        r#"Operation cannot be fulfilled on deployments/scale.apps "web": Precondition failed: UID in precondition: 1, UID in object meta: UID"#
    );
    let done = send(c, Method::Put, SCALE, &scale(3));
    assert_eq!(
        (done.code, &done.value()["spec"]["replicas"]),
        (200, &json!(3))
    );
}

#[test]
fn a_binding_marks_the_pod() {
    let c = &mut cluster();
    post(c, PODS, pod("web"));
    let binding = |name: &str, node: &str| json!({"metadata": {"name": name, "annotations": {"a": "b"}}, "target": {"kind": "Node", "name": node}});
    let path = [WEB, "/binding"].concat();
    check(
        c,
        Method::Post,
        &path,
        binding("web", ""),
        expect!["500 target.name: Required value"],
    );
    check(
        c,
        Method::Post,
        &path,
        binding("other", "n1"),
        expect!["400 name in URL does not match name in Binding object"],
    );
    let mut another = binding("web", "n1");
    another["metadata"]["uid"] = "11111111-2222-4333-8444-555555555555".into();
    assert_eq!(send(c, Method::Post, &path, &another).code, 409);
    let done = post(
        c,
        "/api/v1/namespaces/default/bindings",
        binding("web", "n1"),
    );
    assert_eq!(
        (&done["status"], &done["code"]),
        (&json!("Success"), &json!(201))
    );
    let bound = get(c, WEB);
    assert_eq!(
        (
            &bound["spec"]["nodeName"],
            &bound["metadata"]["annotations"]["a"]
        ),
        (&json!("n1"), &json!("b"))
    );
    check(
        c,
        Method::Post,
        &path,
        binding("web", "n2"),
        expect![[
            r#"409 Operation cannot be fulfilled on pods/binding "web": pod web is already assigned to node "n1""#
        ]],
    );
}

/// A pod that is ready, on a node that nobody looks after.
fn ready(c: &mut Cluster, name: &str) {
    post(c, PODS, pod(name));
    let path = format!("{PODS}/{name}");
    let binding = json!({"metadata": {"name": name}, "target": {"name": "n1"}});
    post(c, &[&path, "/binding"].concat(), binding);
    let status = json!({"status": {"phase": "Running", "conditions": [{"type": "Ready", "status": "True"}]}});
    assert_eq!(
        send(c, Method::Patch, &[&path, "/status"].concat(), &status).code,
        200
    );
}

fn live(c: &mut Cluster, seconds: u64) {
    let until = c.now() + Span::secs(seconds);
    c.advance(until, u64::MAX);
    assert!(c.now() > Time(0));
}

#[test]
fn a_budget_limits_evictions() {
    let c = &mut cluster();
    // Taints of nodes that nobody has seen are not the matter here: all happens within seconds.
    for name in ["web", "web2"] {
        ready(c, name);
    }
    let budget = json!({
        "metadata": {"name": "few"}, "spec": {"minAvailable": 1, "selector": {"matchLabels": {"app": "web"}}},
    });
    post(c, BUDGETS, budget.clone());
    let evict = |name: &str| json!({"metadata": {"name": name}});
    let path = [WEB, "/eviction"].concat();
    let early = send(c, Method::Post, &path, &evict("web"));
    assert_eq!(early.code, 429);
    assert_eq!(
        early.value()["details"],
        json!({"retryAfterSeconds": 10, "causes": [
            {"reason": "DisruptionBudget", "message": "The disruption budget few is still being processed by the server."}]})
    );
    live(c, 1);
    assert_eq!(
        get(c, &[BUDGETS, "/few"].concat())["status"]["disruptionsAllowed"],
        1
    );
    let dry = json!({"metadata": {"name": "web"}, "deleteOptions": {"dryRun": ["All"]}});
    post(c, &path, dry);
    post(c, &path, evict("web"));
    let gone = get(c, WEB);
    assert_eq!(gone["metadata"]["deletionGracePeriodSeconds"], 30);
    let target = gone["status"]["conditions"].as_array().unwrap();
    let target = target
        .iter()
        .find(|c| c["type"] == "DisruptionTarget")
        .unwrap();
    assert_eq!(
        (&target["reason"], &target["message"]),
        (
            &json!("EvictionByEvictionAPI"),
            &json!("Eviction API: evicting")
        )
    );
    let second = format!("{PODS}/web2/eviction");
    let refused = send(c, Method::Post, &second, &evict("web2"));
    assert_eq!(
        (refused.code, refused.message()),
        (
            429,
            "Cannot evict pod as it would violate the pod's disruption budget."
        )
    );
    live(c, 1);
    let refused = send(c, Method::Post, &second, &evict("web2"));
    assert_eq!(
        refused.value()["details"]["causes"],
        json!([{"reason": "DisruptionBudget", "message": "The disruption budget few needs 1 healthy pods and has 1 currently"}])
    );
    post(c, &path, evict("web"));
    let mut another = budget;
    another["metadata"]["name"] = "more".into();
    post(c, BUDGETS, another);
    check(
        c,
        Method::Post,
        &second,
        evict("web2"),
        expect![
            "500 This pod has more than one PodDisruptionBudget, which the eviction subresource does not support."
        ],
    );
    check(
        c,
        Method::Post,
        &second,
        evict("x"),
        expect!["400 name in URL does not match name in Eviction object"],
    );
}

#[test]
fn ephemeral_containers_come_and_stay() {
    let c = &mut cluster();
    post(c, PODS, pod("web"));
    let path = [WEB, "/ephemeralcontainers"].concat();
    let debug = json!({"spec": {"ephemeralContainers": [{"name": "debug", "image": "busybox"}]}});
    let done = send(c, Method::Patch, &path, &debug);
    assert_eq!(done.code, 200, "{}", done.message());
    let added = &done.value()["spec"]["ephemeralContainers"][0];
    assert_eq!(added["name"], "debug");
    assert_eq!(done.value()["metadata"]["generation"], 2);
    let other = json!({"spec": {"ephemeralContainers": [{"name": "debug", "image": "nginx"}]}});
    check(
        c,
        Method::Patch,
        &path,
        other,
        expect![[r#"
        422 Pod "web" is invalid: spec.ephemeralContainers: Forbidden: existing ephemeral containers "debug" may not be changed
    "#]],
    );
    let mut whole = get(c, &path);
    whole["spec"]["containers"][0]["image"] = "other".into();
    let done = send(c, Method::Put, &path, &whole);
    assert_eq!(
        done.value()["spec"]["containers"][0]["image"],
        "x",
        "only they change here"
    );
}

#[test]
fn a_resize_changes_cpu_and_memory_alone() {
    let c = &mut cluster();
    post(c, PODS, pod("web"));
    let path = [WEB, "/resize"].concat();
    let resources =
        |resources: Value| json!({"spec": {"containers": [{"name": "c", "resources": resources}]}});
    let done = send(
        c,
        Method::Patch,
        &path,
        &resources(json!({"requests": {"cpu": "150m"}})),
    );
    assert_eq!(done.code, 200, "{}", done.message());
    assert_eq!(
        done.value()["spec"]["containers"][0]["resources"]["requests"]["cpu"],
        "150m"
    );
    assert_eq!(done.value()["metadata"]["generation"], 2);
    check(
        c,
        Method::Patch,
        &path,
        resources(json!({"requests": {"ephemeral-storage": "1Gi"}})),
        expect![[
            r#"422 Pod "web" is invalid: spec: Forbidden: only cpu and memory resources are mutable"#
        ]],
    );
    check(
        c,
        Method::Patch,
        &path,
        resources(json!({"limits": {"cpu": null}})),
        expect![[
            r#"422 Pod "web" is invalid: spec.containers[0].resources.limits: Forbidden: resource limits cannot be removed"#
        ]],
    );
    check(
        c,
        Method::Patch,
        &path,
        resources(
            json!({"requests": {"cpu": "200m", "memory": "64Mi"}, "limits": {"memory": "64Mi"}}),
        ),
        expect![[
            r#"422 Pod "web" is invalid: spec: Invalid value: "Burstable": Pod QOS Class may not change as a result of resizing"#
        ]],
    );
}

#[test]
fn only_the_approval_approves() {
    let c = &mut cluster();
    let request = json!({
        "metadata": {"name": "me"},
        "spec": {"request": "LS0tLS1CRUdJTiBDRVJUSUZJQ0FURSBSRVFVRVNULS0tLS0KTUE9PQotLS0tLUVORCBDRVJUSUZJQ0FURSBSRVFVRVNULS0tLS0K", "signerName": "example.com/me", "usages": ["client auth"]},
    });
    let made = send(c, Method::Post, REQUESTS, &request);
    assert_eq!(made.code, 201, "{}", made.message());
    let path = [REQUESTS, "/me"].concat();
    let approved = json!({"status": {"conditions": [{"type": "Approved", "status": "True", "reason": "Fine", "message": "ok"}], "certificate": "aGk="}});
    let merge = |c: &mut Cluster, sub: &str, body: &Value| {
        send(c, Method::Patch, &[&path, sub].concat(), body)
    };
    let status = merge(c, "/status", &approved);
    assert_eq!(status.code, 200, "{}", status.message());
    assert_eq!(status.value()["status"]["conditions"], Value::Null);
    let status = merge(c, "/approval", &approved);
    let condition = &status.value()["status"]["conditions"][0];
    assert_eq!(
        (&condition["type"], &condition["lastUpdateTime"]),
        (&json!("Approved"), &json!("2026-01-01T00:00:00Z"))
    );
}
