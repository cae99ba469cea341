//! Kinds that are served in several versions, as a client sees them.

use expect_test::expect;
use serde_json::{Value, json};

use super::tests::{check, cluster, send};
use crate::apiserver::request::Body;
use crate::{Cluster, Method};

const V1: &str = "/apis/autoscaling/v1/namespaces/default/horizontalpodautoscalers";
const V2: &str = "/apis/autoscaling/v2/namespaces/default/horizontalpodautoscalers";
const CORE: &str = "/api/v1/namespaces/default/events";
const NEW: &str = "/apis/events.k8s.io/v1/namespaces/default/events";

fn get(c: &mut Cluster, path: &str) -> Value {
    let answer = send(c, Method::Get, path, &Value::Null);
    assert_eq!(answer.code, 200, "{}", answer.message());
    answer.into_value()
}

#[test]
fn an_autoscaler_is_one_in_both_versions() {
    let c = &mut cluster();
    let Body::Watch(mut watch) =
        send(c, Method::Get, &[V1, "?watch=1"].concat(), &Value::Null).body
    else {
        panic!("a watch was asked for");
    };
    assert_eq!(c.world().poll_watch(&mut watch), []);
    let spec = json!({
        "scaleTargetRef": {"apiVersion": "apps/v1", "kind": "Deployment", "name": "web"}, "maxReplicas": 5,
        "targetCPUUtilizationPercentage": 80,
    });
    let made = send(
        c,
        Method::Post,
        V1,
        &json!({"metadata": {"name": "web"}, "spec": spec}),
    );
    assert_eq!(made.code, 201, "{}", made.message());
    assert_eq!(made.value()["apiVersion"], "autoscaling/v1");
    assert_eq!(made.value()["spec"]["targetCPUUtilizationPercentage"], 80);
    let two = [V2, "/web"].concat();
    let metrics = &get(c, &two)["spec"]["metrics"];
    assert_eq!(metrics[0]["resource"]["target"]["averageUtilization"], 80);
    let patch = json!({"spec": {"targetCPUUtilizationPercentage": 60}});
    let patched = send(c, Method::Patch, &[V1, "/web"].concat(), &patch);
    assert_eq!(
        patched.value()["spec"]["targetCPUUtilizationPercentage"],
        60
    );
    let list = get(c, V2);
    assert_eq!(list["apiVersion"], "autoscaling/v2");
    let target = &list["items"][0]["spec"]["metrics"][0]["resource"]["target"];
    assert_eq!(target["averageUtilization"], 60);
    check(
        c,
        Method::Post,
        V2,
        json!({"metadata": {"name": "web"}, "spec": {"scaleTargetRef": {"apiVersion": "apps/v1", "kind": "Deployment", "name": "w"}, "maxReplicas": 1}}),
        expect![[r#"409 horizontalpodautoscalers.autoscaling "web" already exists"#]],
    );
    let told = c.world().poll_watch(&mut watch);
    let words: Vec<_> = told
        .iter()
        .map(|(word, o)| {
            format!(
                "{word} {} {}",
                o["apiVersion"], o["spec"]["targetCPUUtilizationPercentage"]
            )
        })
        .collect();
    assert_eq!(
        words,
        [
            r#"ADDED "autoscaling/v1" 80"#,
            r#"MODIFIED "autoscaling/v1" 60"#
        ]
    );
    assert_eq!(send(c, Method::Delete, &two, &Value::Null).code, 200);
    assert_eq!(get(c, V1)["items"], json!([]));
}

#[test]
fn an_event_is_one_in_both_groups() {
    let c = &mut cluster();
    let core = json!({
        "metadata": {"name": "a"}, "involvedObject": {"kind": "Pod", "apiVersion": "v1", "name": "web", "namespace": "default"},
        "reason": "Noticed", "message": "It is so", "type": "Normal", "source": {"component": "me"}, "count": 2,
        "firstTimestamp": "2026-01-01T00:00:00Z", "lastTimestamp": "2026-01-01T00:00:00Z",
    });
    let made = send(c, Method::Post, CORE, &core);
    assert_eq!(made.code, 201, "{}", made.message());
    let one = [NEW, "/a"].concat();
    let new = get(c, &one);
    assert_eq!(new["apiVersion"], "events.k8s.io/v1");
    assert_eq!(
        (
            &new["note"],
            &new["regarding"]["name"],
            &new["deprecatedCount"]
        ),
        (&json!("It is so"), &json!("web"), &json!(2))
    );
    assert_eq!(new["message"], Value::Null);
    let found = |c: &mut Cluster, path: String| get(c, &path)["items"].as_array().unwrap().len();
    assert_eq!(
        found(c, format!("{NEW}?fieldSelector=regarding.name%3Dweb")),
        1
    );
    assert_eq!(
        found(c, format!("{NEW}?fieldSelector=regarding.name%3Dother")),
        0
    );
    assert_eq!(
        found(c, format!("{CORE}?fieldSelector=involvedObject.name%3Dweb")),
        1
    );
    assert_eq!(
        send(c, Method::Delete, &one, &Value::Null).value()["details"]["group"],
        "events.k8s.io"
    );
    check(
        c,
        Method::Get,
        &one,
        Value::Null,
        expect![[r#"404 events.events.k8s.io "a" not found"#]],
    );
    check(
        c,
        Method::Delete,
        &one,
        Value::Null,
        expect![[r#"404 events.events.k8s.io "a" not found"#]],
    );
    check(
        c,
        Method::Delete,
        &[CORE, "/a"].concat(),
        Value::Null,
        expect![[r#"404 events "a" not found"#]],
    );
}
