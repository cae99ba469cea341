//! Who manages which fields, patches and field validation, as a client sees them.

use expect_test::{Expect, expect};
use podarium_api::meta::{Span, Time};
use serde_json::{Value, json};

use crate::{Cluster, Config, Method, Request, Response};

const DEPLOYMENTS: &str = "/apis/apps/v1/namespaces/default/deployments";
const WEB: &str = "/apis/apps/v1/namespaces/default/deployments/web";
const MAP: &str = "/api/v1/namespaces/default/configmaps/a";

fn cluster(nodes: u32) -> Cluster {
    Cluster::new(Config {
        nodes,
        ..Config::default()
    })
}

fn send(c: &mut Cluster, method: Method, path: &str, kind: &str, body: &Value) -> Response {
    let mut request = Request::new(method, path).content_type(kind);
    request.user_agent = "kubectl/v1.37.0 (linux/amd64) kubernetes/abc".into();
    if !body.is_null() {
        request = request.json(body);
    }
    c.handle(request)
}

fn apply(c: &mut Cluster, path: &str, body: &Value) -> Response {
    let path = match path.contains('?') {
        true => path.to_owned(),
        false => [path, "?fieldManager=me"].concat(),
    };
    send(
        c,
        Method::Patch,
        &path,
        "application/apply-patch+yaml",
        body,
    )
}

fn get(c: &mut Cluster, path: &str) -> Value {
    let answer = send(c, Method::Get, path, "", &Value::Null);
    assert!(answer.is_success(), "{path}: {}", answer.message());
    answer.into_value()
}

fn web(replicas: i32) -> Value {
    json!({
        "apiVersion": "apps/v1", "kind": "Deployment", "metadata": {"name": "web"},
        "spec": {
            "replicas": replicas, "selector": {"matchLabels": {"app": "web"}},
            "template": {
                "metadata": {"labels": {"app": "web"}},
                "spec": {"containers": [{"name": "c", "image": "nginx:1", "ports": [{"containerPort": 80}]}]},
            },
        },
    })
}

fn map(data: Value) -> Value {
    json!({"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": "a"}, "data": data})
}

/// Who manages what, one line an entry.
fn managers(object: &Value) -> String {
    let list = object["metadata"]["managedFields"].as_array();
    let each = list.into_iter().flatten().map(|entry| {
        let text = |field: &str| entry[field].as_str().unwrap_or("-").to_owned();
        format!(
            "{} {} {} {} {} {}\n",
            text("manager"),
            text("operation"),
            text("apiVersion"),
            text("subresource"),
            text("time"),
            entry["fieldsV1"]
        )
    });
    each.collect()
}

/// The answer: its code, and its message.
fn check(response: &Response, answer: Expect) {
    answer.assert_eq(&format!("{} {}", response.code, response.message()));
}

#[test]
fn what_is_created_and_what_its_controllers_add_belongs_to_each() {
    let c = &mut cluster(1);
    let path = [DEPLOYMENTS, "?fieldManager=kubectl-create"].concat();
    let created = send(c, Method::Post, &path, "", &web(1));
    assert_eq!(created.code, 201);
    c.advance(Time(0) + Span::secs(30), u64::MAX);
    expect![[r#"
        kubectl-create Update apps/v1 - 2026-01-01T00:00:00Z {"f:spec":{"f:progressDeadlineSeconds":{},"f:replicas":{},"f:revisionHistoryLimit":{},"f:selector":{},"f:strategy":{"f:rollingUpdate":{".":{},"f:maxSurge":{},"f:maxUnavailable":{}},"f:type":{}},"f:template":{"f:metadata":{"f:labels":{".":{},"f:app":{}}},"f:spec":{"f:containers":{"k:{\"name\":\"c\"}":{".":{},"f:image":{},"f:imagePullPolicy":{},"f:name":{},"f:ports":{".":{},"k:{\"containerPort\":80,\"protocol\":\"TCP\"}":{".":{},"f:containerPort":{},"f:protocol":{}}},"f:resources":{},"f:terminationMessagePath":{},"f:terminationMessagePolicy":{}}},"f:dnsPolicy":{},"f:restartPolicy":{},"f:schedulerName":{},"f:securityContext":{},"f:terminationGracePeriodSeconds":{}}}}}
        kube-controller-manager Update apps/v1 status 2026-01-01T00:00:03Z {"f:metadata":{"f:annotations":{".":{},"f:deployment.kubernetes.io/revision":{}}},"f:status":{"f:availableReplicas":{},"f:conditions":{".":{},"k:{\"type\":\"Available\"}":{".":{},"f:lastTransitionTime":{},"f:lastUpdateTime":{},"f:message":{},"f:reason":{},"f:status":{},"f:type":{}},"k:{\"type\":\"Progressing\"}":{".":{},"f:lastTransitionTime":{},"f:lastUpdateTime":{},"f:message":{},"f:reason":{},"f:status":{},"f:type":{}}},"f:observedGeneration":{},"f:readyReplicas":{},"f:replicas":{},"f:updatedReplicas":{}}}
    "#]].assert_eq(&managers(&get(c, WEB)));
    let sets = get(c, "/apis/apps/v1/namespaces/default/replicasets");
    expect![[r#"
        kube-controller-manager Update apps/v1 - 2026-01-01T00:00:00Z {"f:metadata":{"f:annotations":{".":{},"f:deployment.kubernetes.io/desired-replicas":{},"f:deployment.kubernetes.io/max-replicas":{},"f:deployment.kubernetes.io/revision":{}},"f:labels":{".":{},"f:app":{},"f:pod-template-hash":{}},"f:ownerReferences":{".":{},"k:{\"uid\":\"8c4581bf-3642-4765-930c-f261025482b7\"}":{}}},"f:spec":{"f:replicas":{},"f:selector":{},"f:template":{"f:metadata":{"f:labels":{".":{},"f:app":{},"f:pod-template-hash":{}}},"f:spec":{"f:containers":{"k:{\"name\":\"c\"}":{".":{},"f:image":{},"f:imagePullPolicy":{},"f:name":{},"f:ports":{".":{},"k:{\"containerPort\":80,\"protocol\":\"TCP\"}":{".":{},"f:containerPort":{},"f:protocol":{}}},"f:resources":{},"f:terminationMessagePath":{},"f:terminationMessagePolicy":{}}},"f:dnsPolicy":{},"f:restartPolicy":{},"f:schedulerName":{},"f:securityContext":{},"f:terminationGracePeriodSeconds":{}}}}}
        kube-controller-manager Update apps/v1 status 2026-01-01T00:00:00Z {"f:status":{"f:availableReplicas":{},"f:fullyLabeledReplicas":{},"f:observedGeneration":{},"f:readyReplicas":{},"f:replicas":{}}}
    "#]].assert_eq(&managers(&sets["items"][0]));
    let pods = get(c, "/api/v1/namespaces/default/pods");
    expect![[r#"
        kube-controller-manager Update v1 - 2026-01-01T00:00:00Z {"f:metadata":{"f:generateName":{},"f:labels":{".":{},"f:app":{},"f:pod-template-hash":{}},"f:ownerReferences":{".":{},"k:{\"uid\":\"fa2b5ef1-f657-4f1a-bb14-d0d6afa86edc\"}":{}}},"f:spec":{"f:containers":{"k:{\"name\":\"c\"}":{".":{},"f:image":{},"f:imagePullPolicy":{},"f:name":{},"f:ports":{".":{},"k:{\"containerPort\":80,\"protocol\":\"TCP\"}":{".":{},"f:containerPort":{},"f:protocol":{}}},"f:resources":{},"f:terminationMessagePath":{},"f:terminationMessagePolicy":{}}},"f:dnsPolicy":{},"f:enableServiceLinks":{},"f:restartPolicy":{},"f:schedulerName":{},"f:securityContext":{},"f:terminationGracePeriodSeconds":{}}}
        kubelet Update v1 status 2026-01-01T00:00:03Z {"f:status":{"f:conditions":{"k:{\"type\":\"ContainersReady\"}":{".":{},"f:lastProbeTime":{},"f:lastTransitionTime":{},"f:status":{},"f:type":{}},"k:{\"type\":\"Initialized\"}":{".":{},"f:lastProbeTime":{},"f:lastTransitionTime":{},"f:status":{},"f:type":{}},"k:{\"type\":\"PodReadyToStartContainers\"}":{".":{},"f:lastProbeTime":{},"f:lastTransitionTime":{},"f:status":{},"f:type":{}},"k:{\"type\":\"Ready\"}":{".":{},"f:lastProbeTime":{},"f:lastTransitionTime":{},"f:status":{},"f:type":{}}},"f:containerStatuses":{},"f:hostIP":{},"f:hostIPs":{},"f:observedGeneration":{},"f:phase":{},"f:podIP":{},"f:podIPs":{".":{},"k:{\"ip\":\"10.244.1.2\"}":{".":{},"f:ip":{}}},"f:startTime":{}}}
    "#]].assert_eq(&managers(&pods["items"][0]));
    let node = get(c, "/api/v1/nodes");
    let names: Vec<_> = node["items"][0]["metadata"]["managedFields"]
        .as_array()
        .into_iter()
        .flatten()
        .map(|entry| format!("{} {}", entry["manager"], entry["subresource"]))
        .collect();
    assert_eq!(
        names,
        [
            "\"kube-controller-manager\" null",
            "\"kubelet\" null",
            "\"kubelet\" \"status\""
        ]
    );
}

#[test]
fn an_apply_creates_changes_and_removes() {
    let c = &mut cluster(0);
    let created = apply(c, WEB, &web(2));
    assert_eq!(created.code, 201, "{}", created.message());
    assert_eq!(created.value()["spec"]["progressDeadlineSeconds"], 600);
    expect![[r#"
        me Apply apps/v1 - 2026-01-01T00:00:00Z {"f:spec":{"f:replicas":{},"f:selector":{},"f:template":{"f:metadata":{"f:labels":{"f:app":{}}},"f:spec":{"f:containers":{"k:{\"name\":\"c\"}":{".":{},"f:image":{},"f:name":{},"f:ports":{"k:{\"containerPort\":80,\"protocol\":\"TCP\"}":{".":{},"f:containerPort":{}}}}}}}}}
    "#]].assert_eq(&managers(created.value()));
    let revision = created.value()["metadata"]["resourceVersion"].clone();
    let again = apply(c, WEB, &web(2));
    assert_eq!(
        (again.code, &again.value()["metadata"]["resourceVersion"]),
        (200, &revision),
        "what changes nothing writes nothing"
    );
    let mut less = web(3);
    less["spec"]["template"]["spec"]["containers"][0] = json!({"name": "c", "image": "nginx:2"});
    let changed = apply(c, WEB, &less);
    let container = &changed.value()["spec"]["template"]["spec"]["containers"][0];
    assert_eq!(
        (&container["image"], &container["ports"]),
        (&json!("nginx:2"), &Value::Null)
    );
    assert_eq!(changed.value()["spec"]["replicas"], 3);
    assert_eq!(changed.value()["metadata"]["generation"], 2);
}

#[test]
fn conflicts_are_told_and_forced() {
    let c = &mut cluster(0);
    apply(c, WEB, &web(2));
    let scale = json!({"spec": {"replicas": 5}});
    let merge = "application/merge-patch+json";
    send(c, Method::Patch, &[WEB, "/scale"].concat(), merge, &scale);
    let refused = apply(c, WEB, &web(3));
    check(
        &refused,
        expect![[
            r#"409 Apply failed with 1 conflict: conflict with "kubectl" with subresource "scale" using apps/v1: .spec.replicas"#
        ]],
    );
    assert_eq!(refused.value()["reason"], "Conflict");
    assert_eq!(
        refused.value()["details"],
        json!({"causes": [{
            "reason": "FieldManagerConflict", "field": ".spec.replicas",
            "message": "conflict with \"kubectl\" with subresource \"scale\" using apps/v1",
        }]})
    );
    let forced = apply(c, &[WEB, "?fieldManager=me&force=true"].concat(), &web(3));
    assert_eq!(
        forced.value()["spec"]["replicas"],
        3,
        "{}",
        forced.message()
    );
    let scaled = json!({"apiVersion": "autoscaling/v1", "kind": "Scale", "metadata": {"name": "web"}, "spec": {"replicas": 4}});
    let refused = apply(c, &[WEB, "/scale?fieldManager=hpa"].concat(), &scaled);
    check(
        &refused,
        expect![[r#"409 Apply failed with 1 conflict: conflict with "me": .spec.replicas"#]],
    );
    let forced = apply(
        c,
        &[WEB, "/scale?fieldManager=hpa&force=true"].concat(),
        &scaled,
    );
    assert_eq!(
        forced.value()["spec"]["replicas"],
        4,
        "{}",
        forced.message()
    );
    let lines = managers(&get(c, WEB));
    assert!(lines.contains("hpa Apply apps/v1 scale"), "{lines}");
}

#[test]
fn a_status_is_applied_by_itself() {
    let c = &mut cluster(0);
    apply(c, WEB, &web(2));
    let mut status = web(9);
    status["status"] = json!({"conditions": [{
        "type": "Mine", "status": "True", "reason": "Because", "message": "so",
        "lastUpdateTime": "2026-01-01T00:00:00Z", "lastTransitionTime": "2026-01-01T00:00:00Z",
    }]});
    let applied = apply(c, &[WEB, "/status"].concat(), &status);
    assert_eq!(applied.code, 200, "{}", applied.message());
    let value = applied.value();
    assert_eq!(
        (
            &value["spec"]["replicas"],
            &value["status"]["conditions"][0]["type"]
        ),
        (&json!(2), &json!("Mine"))
    );
    let lines = managers(value);
    let own = lines
        .lines()
        .find(|line| line.contains("me Apply apps/v1 status"));
    assert!(
        own.is_some_and(
            |line| line.contains(r#"{"f:status":{"f:conditions":{"k:{\"type\":\"Mine\"}":"#)
        ),
        "{lines}"
    );
}

#[test]
fn applies_that_cannot_be_are_refused() {
    let c = &mut cluster(0);
    let yaml = "application/apply-patch+yaml";
    check(
        &send(c, Method::Patch, WEB, yaml, &web(1)),
        expect![[
            r#"422 PatchOptions.meta.k8s.io "" is invalid: fieldManager: Required value: is required for apply patch"#
        ]],
    );
    let merge = [WEB, "?force=true"].concat();
    check(
        &send(
            c,
            Method::Patch,
            &merge,
            "application/merge-patch+json",
            &json!({}),
        ),
        expect![[
            r#"422 PatchOptions.meta.k8s.io "" is invalid: force: Forbidden: may not be specified for non-apply patch"#
        ]],
    );
    let mut other = web(1);
    other["metadata"]["name"] = "other".into();
    check(
        &apply(c, WEB, &other),
        expect!["400 the name of the object (other) does not match the name on the URL (web)"],
    );
    let mut uid = web(1);
    uid["metadata"]["uid"] = "00000000-0000-0000-0000-000000000001".into();
    check(
        &apply(c, WEB, &uid),
        expect![[
            r#"409 Operation cannot be fulfilled on deployments.apps "web": uid mismatch: the provided object specified uid 00000000-0000-0000-0000-000000000001, and no existing object was found"#
        ]],
    );
    let mut typo = web(1);
    typo["spec"]["replcas"] = 1.into();
    let refused = apply(c, WEB, &typo);
    check(
        &refused,
        expect![
            "500 failed to create typed patch object (/web; apps/v1, Kind=Deployment): .spec.replcas: field not declared in schema"
        ],
    );
    assert_eq!(refused.value()["reason"], Value::Null);
    apply(c, WEB, &web(1));
    let mut stale = web(2);
    stale["metadata"]["resourceVersion"] = "1".into();
    check(
        &apply(c, WEB, &stale),
        expect![[
            r#"409 Operation cannot be fulfilled on deployments.apps "web": the object has been modified; please apply your changes to the latest version and try again"#
        ]],
    );
    let mut cbor = Request::new(Method::Patch, WEB).content_type("application/apply-patch+cbor");
    cbor.body = vec![0xa0];
    assert_eq!(c.handle(cbor).code, 415);
    let mut text =
        Request::new(Method::Patch, &[MAP, "?fieldManager=me"].concat()).content_type(yaml);
    text.body =
        b"apiVersion: v1\nkind: ConfigMap\nmetadata: {name: a}\ndata: {x: 'yes'}\n".to_vec();
    let created = c.handle(text);
    assert_eq!(
        (created.code, &created.value()["data"]["x"]),
        (201, &json!("yes"))
    );
}

#[test]
fn ordinary_writes_take_over_what_they_change() {
    let c = &mut cluster(0);
    apply(c, MAP, &map(json!({"x": "1", "y": "1"})));
    let path = [MAP, "?fieldManager=other"].concat();
    let json_patch = json!([{"op": "replace", "path": "/data/x", "value": "2"}]);
    send(
        c,
        Method::Patch,
        &path,
        "application/json-patch+json",
        &json_patch,
    );
    let mut value = get(c, MAP);
    expect![[r#"
        me Apply v1 - 2026-01-01T00:00:00Z {"f:data":{"f:y":{}}}
        other Update v1 - 2026-01-01T00:00:00Z {"f:data":{"f:x":{}}}
    "#]]
    .assert_eq(&managers(&value));
    // By the user agent, and with what was read sent back.
    value["data"] = json!({"x": "2", "z": "3"});
    let put = send(c, Method::Put, MAP, "", &value);
    expect![[r#"
        kubectl Update v1 - 2026-01-01T00:00:00Z {"f:data":{"f:z":{}}}
        other Update v1 - 2026-01-01T00:00:00Z {"f:data":{"f:x":{}}}
    "#]]
    .assert_eq(&managers(put.value()));
    let mut reset = put.value().clone();
    reset["metadata"]["managedFields"] = json!([{}]);
    let put = send(c, Method::Put, MAP, "", &reset);
    assert_eq!(put.value()["metadata"]["managedFields"], Value::Null);
    let first = apply(
        c,
        &[MAP, "?fieldManager=me&force=true"].concat(),
        &map(json!({"x": "9"})),
    );
    expect![[r#"
        me Apply v1 - 2026-01-01T00:00:00Z {"f:data":{"f:x":{}}}
        before-first-apply Update v1 - 2026-01-01T00:00:00Z {"f:data":{".":{},"f:z":{}}}
    "#]]
    .assert_eq(&managers(first.value()));
}

#[test]
fn patches_are_refused_in_upstreams_words() {
    let c = &mut cluster(0);
    apply(c, WEB, &web(1));
    let strict = [WEB, "?fieldValidation=Strict"].concat();
    for (path, kind, body, answer) in [
        (
            WEB,
            "json",
            json!([{"op": "remove", "path": "/spec/nothing"}]),
            expect!["422 the server rejected our request due to an error in our request"],
        ),
        (
            WEB,
            "json",
            json!({}),
            expect![
                "400 error decoding patch: json: cannot unmarshal object into Go value of type []handlers.jsonPatchOp"
            ],
        ),
        (
            WEB,
            "strategic-merge",
            json!({"spec": {"template": {"spec": {"containers": [{"image": "x"}]}}}}),
            expect!["500 map: map[image:x] does not contain declared merge key: name"],
        ),
        (
            WEB,
            "strategic-merge",
            json!({"spec": {"replicas": "many"}}),
            expect![[
                r#"422  "" is invalid: patch: Invalid value: "map[spec:map[replicas:many]]": unrecognized type: int32"#
            ]],
        ),
        (
            &strict,
            "strategic-merge",
            json!({"spec": {"foo": 1, "bar": {"a": [1, null]}}}),
            expect![[
                r#"422  "" is invalid: patch: Invalid value: "map[spec:map[bar:map[a:[1 <nil>]] foo:1]]": strict decoding error: unknown field "spec.bar", unknown field "spec.foo""#
            ]],
        ),
        (
            WEB,
            "merge",
            json!({"metadata": {"name": "other"}}),
            expect!["400 the name of the object (other) does not match the name on the URL (web)"],
        ),
        (
            WEB,
            "merge",
            json!({"metadata": {"resourceVersion": "1"}, "spec": {"replicas": 2}}),
            expect![[
                r#"409 Operation cannot be fulfilled on deployments.apps "web": the object has been modified; please apply your changes to the latest version and try again"#
            ]],
        ),
    ] {
        let kind = ["application/", kind, "-patch+json"].concat();
        check(&send(c, Method::Patch, path, &kind, &body), answer);
    }
    let wrong = json!({"spec": {"replicas": "many"}});
    let refused = send(
        c,
        Method::Patch,
        WEB,
        "application/merge-patch+json",
        &wrong,
    );
    assert_eq!(refused.code, 422);
    let text = refused.message();
    assert!(
        text.starts_with(" \"\" is invalid: patch: Invalid value: \"{\\\"apiVersion\\\":"),
        "{text}"
    );
    assert!(
        text.ends_with(": json: cannot unmarshal string into Go struct field DeploymentSpec.spec.replicas of type int32"),
        "{text}"
    );
    let warned = send(
        c,
        Method::Patch,
        WEB,
        "application/merge-patch+json",
        &json!({"spec": {"foo": 1}}),
    );
    assert_eq!(
        (warned.code, warned.warnings),
        (200, vec!["unknown field \"spec.foo\"".to_owned()])
    );
}

#[test]
fn fields_that_are_there_twice_are_strict_errors() {
    let c = &mut cluster(0);
    let path = "/api/v1/namespaces/default/configmaps";
    let text = br#"{"kind":"ConfigMap","metadata":{"name":"b"},"data":{"x":"1","x":"2"},"data":{"x":"3"},"foo":1}"#;
    let post = |c: &mut Cluster, validation: &str| {
        let mut request = Request::new(
            Method::Post,
            &[path, "?fieldValidation=", validation].concat(),
        );
        request.body = text.to_vec();
        c.handle(request)
    };
    check(
        &post(c, "Strict"),
        expect![[
            r#"400 ConfigMap in version "v1" cannot be handled as a ConfigMap: strict decoding error: duplicate field "data.x", duplicate field "data", unknown field "foo""#
        ]],
    );
    check(
        &post(c, "Loose"),
        expect![[
            r#"422 CreateOptions.meta.k8s.io "" is invalid: fieldValidation: Unsupported value: "Loose": supported values: "", "Ignore", "Strict", "Warn""#
        ]],
    );
    let warned = post(c, "Warn");
    assert_eq!(
        warned.warnings,
        [
            "duplicate field \"data.x\"",
            "duplicate field \"data\"",
            "unknown field \"foo\""
        ]
    );
    assert_eq!(warned.value()["data"]["x"], "3");
    let long = [path, "?fieldManager=", &"m".repeat(129)].concat();
    check(
        &send(c, Method::Post, &long, "", &map(json!({}))),
        expect![[
            r#"422 CreateOptions.meta.k8s.io "" is invalid: fieldManager: Too long: may not be more than 128 bytes"#
        ]],
    );
}
