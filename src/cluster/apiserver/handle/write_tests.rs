//! What writes and deletions allow and answer, as a client sees it.

use expect_test::expect;
use serde_json::{Value, json};

use super::tests::{CONFIG_MAPS, check, cluster, deployment, send};
use crate::{Cluster, Method};

const PODS: &str = "/api/v1/namespaces/default/pods";
const LEASES: &str = "/apis/coordination.k8s.io/v1/namespaces/default/leases";
const DEPLOYMENTS: &str = "/apis/apps/v1/namespaces/default/deployments";

fn map(name: &str) -> Value {
    json!({"metadata": {"name": name}})
}

fn get(c: &mut Cluster, path: &str) -> Value {
    send(c, Method::Get, path, &Value::Null).into_value()
}

fn post(c: &mut Cluster, path: &str, body: Value) -> Value {
    let answer = send(c, Method::Post, path, &body);
    assert_eq!(answer.code, 201, "{}", answer.message());
    answer.into_value()
}

/// A pod that runs on a node.
fn bound(c: &mut Cluster, name: &str) -> String {
    let pod =
        json!({"metadata": {"name": name}, "spec": {"containers": [{"name": "c", "image": "x"}]}});
    post(c, PODS, pod);
    let path = format!("{PODS}/{name}");
    let binding = json!({"metadata": {"name": name}, "target": {"kind": "Node", "name": "n1"}});
    post(c, &[&path, "/binding"].concat(), binding);
    path
}

#[test]
fn an_update_is_of_what_it_has_seen() {
    let c = &mut cluster();
    let made = post(c, CONFIG_MAPS, map("a"));
    let path = [CONFIG_MAPS, "/a"].concat();
    let mut stale = made.clone();
    stale["data"] = json!({"k": "v"});
    assert_eq!(send(c, Method::Put, &path, &stale).code, 200);
    check(
        c,
        Method::Put,
        &path,
        stale,
        expect![[
            r#"409 Operation cannot be fulfilled on configmaps "a": the object has been modified; please apply your changes to the latest version and try again"#
        ]],
    );
    let mut other = map("a");
    other["metadata"]["uid"] = "11111111-2222-4333-8444-555555555555".into();
    let refused = send(c, Method::Put, &path, &other);
    let uid = made["metadata"]["uid"].as_str().unwrap();
    assert_eq!(
        refused.message().replace(uid, "UID"),
        r#"Operation cannot be fulfilled on configmaps "a": StorageError: invalid object, Code: 4, Key: /registry/configmaps/default/a, ResourceVersion: 0, AdditionalErrorMsg: Precondition failed: UID in precondition: 11111111-2222-4333-8444-555555555555, UID in object meta: UID"#
    );
    assert_eq!(
        send(c, Method::Put, &path, &map("a")).code,
        200,
        "the last one to write wins, where nothing is said"
    );
    check(
        c,
        Method::Put,
        &[CONFIG_MAPS, "/b"].concat(),
        map("b"),
        expect![[r#"404 configmaps "b" not found"#]],
    );
    let mut early = map("c");
    early["metadata"]["resourceVersion"] = "1".into();
    let refused = send(c, Method::Post, CONFIG_MAPS, &early);
    assert_eq!(
        (refused.code, refused.message(), &refused.value()["reason"]),
        (
            500,
            "resourceVersion should not be set on objects to be created",
            &Value::Null
        )
    );
}

#[test]
fn a_lease_is_made_by_an_update_and_demands_its_revision() {
    let c = &mut cluster();
    let path = [LEASES, "/a"].concat();
    let made = send(c, Method::Put, &path, &map("a"));
    assert_eq!(made.code, 201, "{}", made.message());
    check(
        c,
        Method::Put,
        &path,
        map("a"),
        expect![[
            r#"422 leases.coordination.k8s.io "a" is invalid: metadata.resourceVersion: Invalid value: 0x0: must be specified for an update"#
        ]],
    );
    let mut renewed = made.into_value();
    renewed["spec"] = json!({"holderIdentity": "me"});
    assert_eq!(send(c, Method::Put, &path, &renewed).code, 200);
    send(c, Method::Delete, &path, &Value::Null);
    let lost = send(c, Method::Put, &path, &renewed);
    assert_eq!(lost.code, 409, "{}", lost.message());
    assert!(lost.message().ends_with("UID in object meta: "));
}

#[test]
fn generations_count_what_is_desired() {
    let c = &mut cluster();
    let generation = |v: &Value| v["metadata"]["generation"].clone();
    let made = post(c, DEPLOYMENTS, deployment("web"));
    assert_eq!(generation(&made), 1);
    let path = [DEPLOYMENTS, "/web"].concat();
    let label = json!({"metadata": {"labels": {"a": "b"}}});
    let patched = send(c, Method::Patch, &path, &label);
    assert_eq!(generation(patched.value()), 1);
    let more = json!({"spec": {"replicas": 5}});
    let patched = send(c, Method::Patch, &path, &more);
    assert_eq!(generation(patched.value()), 2);
    // Annotations of a Deployment count too. Nothing counts of a PriorityClass, whose value stays.
    let note = json!({"metadata": {"annotations": {"a": "b"}}});
    let patched = send(c, Method::Patch, &path, &note);
    assert_eq!(generation(patched.value()), 3);
    let classes = "/apis/scheduling.k8s.io/v1/priorityclasses";
    let class = json!({"metadata": {"name": "high"}, "value": 7});
    assert_eq!(generation(&post(c, classes, class)), 1);
    let words = json!({"description": "first"});
    let patched = send(c, Method::Patch, &[classes, "/high"].concat(), &words);
    assert_eq!(patched.value()["description"], "first");
    assert_eq!(generation(patched.value()), 1);
    let foreground = [&path, "?propagationPolicy=Foreground"].concat();
    let marked = send(c, Method::Delete, &foreground, &Value::Null);
    assert_eq!(generation(marked.value()), 4);
    assert_eq!(generation(&post(c, CONFIG_MAPS, map("a"))), Value::Null);
}

#[test]
fn a_deletion_asks_for_what_it_means() {
    let c = &mut cluster();
    let path = [DEPLOYMENTS, "/web"].concat();
    let made = post(c, DEPLOYMENTS, deployment("web"));
    let uid = made["metadata"]["uid"].as_str().unwrap();
    let ask = |precondition: &str, value: &str| json!({"preconditions": {precondition: value}});
    let refused = send(
        c,
        Method::Delete,
        &path,
        &ask("uid", "11111111-2222-4333-8444-555555555555"),
    );
    assert_eq!(
        refused.message().replace(uid, "UID"),
        r#"Operation cannot be fulfilled on Deployment.apps "web": the UID in the precondition (11111111-2222-4333-8444-555555555555) does not match the UID in record (UID). The object might have been deleted and then recreated"#
    );
    let refused = send(c, Method::Delete, &path, &ask("resourceVersion", "3"));
    assert_eq!(refused.code, 409);
    assert!(
        refused
            .message()
            .ends_with("The object might have been modified")
    );
    check(
        c,
        Method::Delete,
        &[&path, "?propagationPolicy=Never"].concat(),
        Value::Null,
        expect![[
            r#"422 DeleteOptions.meta.k8s.io "" is invalid: propagationPolicy: Unsupported value: "Never": supported values: "Foreground", "Background", "Orphan", "nil""#
        ]],
    );
    check(
        c,
        Method::Delete,
        &[&path, "?dryRun=Some"].concat(),
        Value::Null,
        expect![[
            r#"422 DeleteOptions.meta.k8s.io "" is invalid: dryRun: Unsupported value: []string{"Some"}: supported values: "All""#
        ]],
    );
    let dry = json!({"dryRun": ["All"], "preconditions": {"uid": uid}});
    let answer = send(c, Method::Delete, &path, &dry);
    assert_eq!(
        answer.value(),
        &json!({
            "kind": "Status", "apiVersion": "v1", "metadata": {}, "status": "Success",
            "details": {"name": "web", "group": "apps", "kind": "deployments", "uid": uid},
        })
    );
    assert_eq!(get(c, &path)["kind"], "Deployment", "it was only tried");
    let old = json!({"orphanDependents": true});
    let marked = send(c, Method::Delete, &path, &old);
    assert_eq!(
        (marked.code, &marked.value()["metadata"]["finalizers"]),
        (200, &json!(["orphan"]))
    );
}

#[test]
fn a_job_lets_go_what_it_owns_where_nothing_is_said() {
    let c = &mut cluster();
    let template =
        json!({"spec": {"restartPolicy": "Never", "containers": [{"name": "c", "image": "x"}]}});
    let jobs = "/apis/batch/v1/namespaces/default/jobs";
    post(
        c,
        jobs,
        json!({"metadata": {"name": "once"}, "spec": {"template": template}}),
    );
    let path = [jobs, "/once"].concat();
    let marked = send(c, Method::Delete, &path, &Value::Null);
    assert_eq!(marked.value()["metadata"]["finalizers"], json!(["orphan"]));
    assert_eq!(marked.value()["metadata"]["deletionGracePeriodSeconds"], 0);
    let free = json!({"metadata": {"finalizers": null}});
    let freed = send(c, Method::Patch, &path, &free);
    assert_eq!(
        (freed.code, &freed.value()["metadata"]["finalizers"]),
        (200, &Value::Null)
    );
    check(
        c,
        Method::Get,
        &path,
        Value::Null,
        expect![[r#"404 jobs.batch "once" not found"#]],
    );
}

#[test]
fn the_time_that_a_pod_is_allowed_only_shrinks() {
    let c = &mut cluster();
    let path = bound(c, "a");
    let mut delete = |seconds: Option<i64>| {
        let query = seconds.map_or(String::new(), |s| format!("?gracePeriodSeconds={s}"));
        let answer = send(
            c,
            Method::Delete,
            &[&path, query.as_str()].concat(),
            &Value::Null,
        );
        assert_eq!(answer.code, 200, "{}", answer.message());
        let meta = &answer.value()["metadata"];
        format!(
            "{} {}",
            meta["deletionGracePeriodSeconds"], meta["deletionTimestamp"]
        )
    };
    for (seconds, left) in [
        (Some(20), r#"20 "2026-01-01T00:00:20Z""#),
        (Some(25), r#"20 "2026-01-01T00:00:20Z""#),
        (None, r#"20 "2026-01-01T00:00:20Z""#),
        (Some(5), r#"5 "2026-01-01T00:00:05Z""#),
        (Some(-7), r#"1 "2026-01-01T00:00:01Z""#),
        (Some(0), r#"0 "2026-01-01T00:00:00Z""#),
    ] {
        assert_eq!(delete(seconds), left, "{seconds:?}");
    }
    check(
        c,
        Method::Get,
        &path,
        Value::Null,
        expect![[r#"404 pods "a" not found"#]],
    );
}

#[test]
fn a_collection_goes_as_its_selectors_say() {
    let c = &mut cluster();
    for (name, tier) in [("a", "x"), ("b", "y"), ("c", "x")] {
        let map = json!({"metadata": {"name": name, "labels": {"tier": tier}}});
        post(c, CONFIG_MAPS, map);
    }
    let path = [CONFIG_MAPS, "?labelSelector=tier%3Dx"].concat();
    let before = c.world().store().revision();
    let gone = send(c, Method::Delete, &path, &json!({"dryRun": ["All"]}));
    assert_eq!(
        (gone.code, c.world().store().revision()),
        (200, before),
        "tried"
    );
    let gone = send(c, Method::Delete, &path, &Value::Null);
    assert_eq!(gone.value()["kind"], "ConfigMapList");
    assert_eq!(gone.value()["items"].as_array().unwrap().len(), 2);
    let left = get(c, CONFIG_MAPS);
    assert_eq!(left["items"].as_array().unwrap().len(), 2);
    check(
        c,
        Method::Delete,
        "/api/v1/namespaces",
        Value::Null,
        expect!["405 the server does not allow this method on the requested resource"],
    );
}

#[test]
fn a_persons_status_brings_its_annotations() {
    let c = &mut cluster();
    let path = [DEPLOYMENTS, "/web"].concat();
    let mut object = post(c, DEPLOYMENTS, deployment("web"));
    object["metadata"]["annotations"] = json!({"seen": "yes"});
    object["metadata"]["labels"] = json!({"app": "other"});
    object["status"] = json!({"replicas": 3, "observedGeneration": 1});
    object["spec"]["replicas"] = 9.into();
    let answer = send(c, Method::Put, &[&path, "/status"].concat(), &object);
    let value = answer.value();
    assert_eq!(value["metadata"]["annotations"]["seen"], "yes");
    assert_eq!(value["metadata"]["labels"]["app"], "web");
    assert_eq!(
        (&value["spec"]["replicas"], &value["status"]["replicas"]),
        (&json!(2), &json!(3))
    );
    assert_eq!(value["metadata"]["generation"], 1);
}
