//! Requests and their answers, as a client sees them.

use std::sync::Arc;

use expect_test::{Expect, expect};
use serde_json::{Value, json};

use crate::apiserver::request::Body;
use crate::{Cluster, Config, Method, Origin, Request, Response};

pub(super) fn cluster() -> Cluster {
    Cluster::new(Config {
        nodes: 0,
        ..Config::default()
    })
}

pub(super) fn send(cluster: &mut Cluster, method: Method, path: &str, body: &Value) -> Response {
    let kind = match (method, body) {
        (Method::Patch, Value::Array(_)) => "application/json-patch+json",
        (Method::Patch, _) => "application/strategic-merge-patch+json",
        _ => "application/json",
    };
    let mut request = Request::new(method, path).content_type(kind);
    if !body.is_null() {
        request = request.json(body);
    }
    cluster.handle(request)
}

pub(super) fn deployment(name: &str) -> Value {
    json!({
        "apiVersion": "apps/v1", "kind": "Deployment", "metadata": {"name": name, "labels": {"app": name}},
        "spec": {
            "replicas": 2, "selector": {"matchLabels": {"app": name}},
            "template": {
                "metadata": {"labels": {"app": name}},
                "spec": {"containers": [{"name": "web", "image": "nginx:1"}]},
            },
        },
    })
}

const DEPLOYMENTS: &str = "/apis/apps/v1/namespaces/default/deployments";
const WEB: &str = "/apis/apps/v1/namespaces/default/deployments/web";
pub(super) const CONFIG_MAPS: &str = "/api/v1/namespaces/default/configmaps";

/// A method, a path, a body, and the answer: its code, and its message or the named field.
pub(super) fn check(
    cluster: &mut Cluster,
    method: Method,
    path: &str,
    body: Value,
    answer: Expect,
) {
    let response = send(cluster, method, path, &body);
    let text = match &response.body {
        Body::Text(text) => text.clone(),
        _ => response.message().to_owned(),
    };
    answer.assert_eq(&format!("{} {text}", response.code));
}

#[test]
fn an_object_lives_through_all_verbs() {
    let c = &mut cluster();
    let created = send(c, Method::Post, DEPLOYMENTS, &deployment("web"));
    assert_eq!(created.code, 201, "{}", created.message());
    let value = created.value();
    assert_eq!(value["metadata"]["generation"], 1);
    assert_eq!(
        value["spec"]["template"]["spec"]["dnsPolicy"],
        "ClusterFirst"
    );
    assert_eq!(value["spec"]["progressDeadlineSeconds"], 600);

    let mut changed = value.clone();
    changed["spec"]["replicas"] = 3.into();
    let updated = send(c, Method::Put, WEB, &changed);
    assert_eq!(
        (updated.code, &updated.value()["metadata"]["generation"]),
        (200, &json!(2))
    );
    check(
        c,
        Method::Put,
        WEB,
        changed,
        expect![[
            r#"409 Operation cannot be fulfilled on deployments.apps "web": the object has been modified; please apply your changes to the latest version and try again"#
        ]],
    );

    let image = json!({"spec": {"template": {"spec": {"containers": [{"name": "web", "image": "nginx:2"}]}}}});
    let patched = send(c, Method::Patch, WEB, &image);
    let container = &patched.value()["spec"]["template"]["spec"]["containers"][0];
    assert_eq!(
        (&container["image"], &container["imagePullPolicy"]),
        (&json!("nginx:2"), &json!("IfNotPresent"))
    );
    let revision = patched.value()["metadata"]["resourceVersion"].clone();
    let again = send(c, Method::Patch, WEB, &image);
    assert_eq!(
        again.value()["metadata"]["resourceVersion"],
        revision,
        "a patch that changes nothing writes nothing"
    );

    let scale = send(
        c,
        Method::Patch,
        &[WEB, "/scale"].concat(),
        &json!({"spec": {"replicas": 7}}),
    );
    assert_eq!(
        (
            &scale.value()["kind"],
            &scale.value()["spec"]["replicas"],
            &scale.value()["status"]["selector"]
        ),
        (&json!("Scale"), &json!(7), &json!("app=web"))
    );
    let status = json!([{"op": "add", "path": "/status/replicas", "value": 5}]);
    let status = send(c, Method::Patch, &[WEB, "/status"].concat(), &status);
    assert_eq!(
        (
            &status.value()["status"]["replicas"],
            &status.value()["spec"]["replicas"]
        ),
        (&json!(5), &json!(7))
    );

    let list = send(
        c,
        Method::Get,
        &[DEPLOYMENTS, "?labelSelector=app%3Dweb"].concat(),
        &Value::Null,
    );
    assert_eq!(list.value()["kind"], "DeploymentList");
    assert_eq!(list.value()["items"][0]["metadata"]["name"], "web");
    assert_eq!(list.value()["items"][0]["kind"], Value::Null);
    let none = send(
        c,
        Method::Get,
        &[DEPLOYMENTS, "?labelSelector=app!%3Dweb"].concat(),
        &Value::Null,
    );
    assert_eq!(none.value()["items"], json!([]));

    let deleted = send(c, Method::Delete, WEB, &Value::Null);
    assert_eq!(
        (
            deleted.code,
            &deleted.value()["status"],
            &deleted.value()["details"]["group"]
        ),
        (200, &json!("Success"), &json!("apps"))
    );
    check(
        c,
        Method::Get,
        WEB,
        Value::Null,
        expect![[r#"404 deployments.apps "web" not found"#]],
    );
}

#[test]
fn refusals_are_upstreams() {
    let c = &mut cluster();
    let map =
        |name: &str| json!({"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": name}});
    assert_eq!(send(c, Method::Post, CONFIG_MAPS, &map("a")).code, 201);
    check(
        c,
        Method::Post,
        CONFIG_MAPS,
        map("a"),
        expect![[r#"409 configmaps "a" already exists"#]],
    );
    check(
        c,
        Method::Post,
        "/api/v1/namespaces/none/configmaps",
        map("a"),
        expect![[r#"404 namespaces "none" not found"#]],
    );
    check(
        c,
        Method::Post,
        "/api/v1/configmaps",
        map("a"),
        expect!["405 the server does not allow this method on the requested resource"],
    );
    check(
        c,
        Method::Get,
        "/api/v1/podz",
        Value::Null,
        expect!["404 the server could not find the requested resource"],
    );
    check(
        c,
        Method::Get,
        "/api/v1/nodes/n9",
        Value::Null,
        expect![[r#"404 nodes "n9" not found"#]],
    );
    check(
        c,
        Method::Delete,
        "/api/v1/namespaces/default",
        Value::Null,
        expect![[r#"403 namespaces "default" is forbidden: this namespace may not be deleted"#]],
    );
    check(
        c,
        Method::Post,
        CONFIG_MAPS,
        json!({"apiVersion": "v1", "kind": "Secret"}),
        expect![[
            r#"400 Secret in version "v1" cannot be handled as a ConfigMap: converting (v1.Secret) to (core.ConfigMap): unknown conversion"#
        ]],
    );
    check(
        c,
        Method::Post,
        CONFIG_MAPS,
        json!({"apiVersion": "v2", "kind": "ConfigMap"}),
        expect![[
            r#"400 ConfigMap in version "v2" cannot be handled as a ConfigMap: no kind "ConfigMap" is registered for version "v2" in scheme "pkg/api/legacyscheme/scheme.go:30""#
        ]],
    );
    let elsewhere = json!({"metadata": {"name": "b", "namespace": "kube-system"}});
    check(
        c,
        Method::Post,
        CONFIG_MAPS,
        elsewhere,
        expect![
            "400 the namespace of the provided object does not match the namespace sent on the request"
        ],
    );
    check(
        c,
        Method::Put,
        &[CONFIG_MAPS, "/a"].concat(),
        map("b"),
        expect!["400 the name of the object (b) does not match the name on the URL (a)"],
    );
    check(
        c,
        Method::Get,
        "/api/v1/pods?fieldSelector=spec.x=1",
        Value::Null,
        expect![[r#"400 field label not supported: spec.x"#]],
    );
    let mut wrong = deployment("web");
    wrong["spec"]["replicas"] = "four".into();
    check(
        c,
        Method::Post,
        DEPLOYMENTS,
        wrong,
        expect![[
            r#"400 Deployment in version "v1" cannot be handled as a Deployment: json: cannot unmarshal string into Go struct field DeploymentSpec.spec.replicas of type int32"#
        ]],
    );
    let mut typo = deployment("web");
    typo["spec"]["replcas"] = 1.into();
    check(
        c,
        Method::Post,
        &[DEPLOYMENTS, "?fieldValidation=Strict"].concat(),
        typo.clone(),
        expect![[
            r#"400 Deployment in version "v1" cannot be handled as a Deployment: strict decoding error: unknown field "spec.replcas""#
        ]],
    );
    let warned = send(c, Method::Post, DEPLOYMENTS, &typo);
    assert_eq!(
        (warned.code, warned.warnings[0].as_str()),
        (201, r#"unknown field "spec.replcas""#)
    );
    let request = Request::new(Method::Patch, WEB).content_type("text/plain");
    let refused = c.handle(request.json(&json!({})));
    expect!["the body of the request was in an unknown format - accepted media types include: application/json-patch+json, application/merge-patch+json, application/strategic-merge-patch+json, application/apply-patch+yaml"].assert_eq(refused.message());
    let mut broken = Request::new(Method::Post, CONFIG_MAPS);
    broken.body = b"{".to_vec();
    expect!["the object provided is unrecognized (must be of type ConfigMap): couldn't get version/kind; json parse error: unexpected end of JSON input ({)"].assert_eq(c.handle(broken).message());
}

#[test]
fn a_dry_run_changes_nothing() {
    let c = &mut cluster();
    let before = c.world().store().revision();
    let dry = [DEPLOYMENTS, "?dryRun=All"].concat();
    let answer = send(c, Method::Post, &dry, &deployment("web"));
    assert_eq!(
        (
            answer.code,
            &answer.value()["spec"]["progressDeadlineSeconds"]
        ),
        (201, &json!(600))
    );
    assert_eq!(c.world().store().revision(), before);
    let real = send(c, Method::Post, DEPLOYMENTS, &deployment("web"));
    assert_eq!(
        real.value()["metadata"]["uid"],
        answer.value()["metadata"]["uid"],
        "a dry run draws nothing either"
    );
}

#[test]
fn watches_tell_what_begins_and_ceases_to_be_selected() {
    let c = &mut cluster();
    let map =
        |name: &str, tier: &str| json!({"metadata": {"name": name, "labels": {"tier": tier}}});
    send(c, Method::Post, CONFIG_MAPS, &map("a", "x"));
    let opened = send(
        c,
        Method::Get,
        &[CONFIG_MAPS, "?watch=1&labelSelector=tier%3Dx"].concat(),
        &Value::Null,
    );
    let Body::Watch(mut watch) = opened.body else {
        panic!("a watch was asked for");
    };
    let mut told = |c: &Cluster| -> Vec<String> {
        let events = c.world().poll_watch(&mut watch);
        let each = events
            .iter()
            .map(|(what, o)| format!("{what} {}", o["metadata"]["name"].as_str().unwrap()));
        each.collect()
    };
    assert_eq!(told(c), ["ADDED a"]);
    assert_eq!(told(c), [""; 0]);
    send(c, Method::Post, CONFIG_MAPS, &map("b", "y"));
    let patch = |tier: &str| json!({"metadata": {"labels": {"tier": tier}}});
    send(c, Method::Patch, &[CONFIG_MAPS, "/b"].concat(), &patch("x"));
    send(
        c,
        Method::Patch,
        &[CONFIG_MAPS, "/b"].concat(),
        &json!({"data": {"k": "v"}}),
    );
    send(c, Method::Patch, &[CONFIG_MAPS, "/a"].concat(), &patch("y"));
    send(
        c,
        Method::Delete,
        &[CONFIG_MAPS, "/b"].concat(),
        &Value::Null,
    );
    assert_eq!(told(c), ["ADDED b", "MODIFIED b", "DELETED a", "DELETED b"]);
}

#[test]
fn writes_say_which_fields_and_which_line() {
    let c = &mut cluster();
    send(c, Method::Post, DEPLOYMENTS, &deployment("web"));
    let origin = Arc::new(Origin {
        command: "kubectl apply -f web.yaml".into(),
        source: "web.yaml".into(),
        lines: vec![("spec".into(), 4), ("spec.replicas".into(), 6)],
    });
    let patch = Request::new(Method::Patch, WEB).content_type("application/merge-patch+json");
    let answer = c.handle(patch.json(&json!({"spec": {"replicas": 5}})).origin(origin));
    assert_eq!(answer.code, 200);
    let log = c.world().log().to_text();
    let told: Vec<_> = log
        .lines()
        .map(|line| &line[line.find('[').expect("a line names its actor")..])
        .collect();
    let revision = format!(" @{}", c.world().store().revision());
    let told: Vec<_> = told
        .iter()
        .map(|line| line.replace(&revision, ""))
        .collect();
    expect![[r#"
        [user kubernetes-admin] command "kubectl apply -f web.yaml": command
        [user kubernetes-admin] Update deployments/default/web: api-update fields="spec.replicas: 2 → 5" line=6 source="web.yaml""#]].assert_eq(&told[told.len() - 2..].join("\n"));
}

#[test]
fn what_nothing_acts_on_is_said() {
    let c = &mut cluster();
    let class = json!({"metadata": {"name": "a"}, "value": 1, "description": "b"});
    let classes = "/apis/scheduling.k8s.io/v1/priorityclasses";
    let answer = send(c, Method::Post, classes, &class);
    assert_eq!(answer.warnings, ["accepted, not simulated: description"]);
    let patch = json!({"globalDefault": true});
    let quiet = send(c, Method::Patch, &[classes, "/a"].concat(), &patch);
    let none: [&str; 0] = [];
    assert_eq!(
        quiet.warnings, none,
        "only what this write touches is warned of"
    );
    let class =
        json!({"metadata": {"name": "fast"}, "driverName": "disk", "parameters": {"a": "b"}});
    let classes = "/apis/storage.k8s.io/v1/volumeattributesclasses";
    assert_eq!(send(c, Method::Post, classes, &class).code, 201);
    let list = send(
        c,
        Method::Get,
        "/podarium/unsimulated/storage.k8s.io/v1/-/volumeattributesclasses/fast",
        &Value::Null,
    );
    assert_eq!(list.value()["fields"], json!(["driverName", "parameters"]));
}

#[test]
fn services_get_their_ports_back() {
    let c = &mut cluster();
    let service = |name: &str| {
        json!({
            "apiVersion": "v1", "kind": "Service", "metadata": {"name": name},
            "spec": {"type": "NodePort", "ports": [{"port": 80, "nodePort": 30007}]},
        })
    };
    let services = "/api/v1/namespaces/default/services";
    assert_eq!(send(c, Method::Post, services, &service("a")).code, 201);
    check(
        c,
        Method::Post,
        services,
        service("b"),
        expect![[
            r#"422 Service "b" is invalid: spec.ports[0].nodePort: Invalid value: 30007: provided port is already allocated"#
        ]],
    );
    let mut nowhere = service("b");
    nowhere["spec"]["clusterIP"] = "abc".into();
    nowhere["spec"]["ports"][0]["nodePort"] = 30_008.into();
    check(
        c,
        Method::Post,
        services,
        nowhere,
        expect![[
            r#"422 Service "b" is invalid: spec.clusterIPs[0]: Invalid value: "abc": must be a valid IP address, (e.g. 10.9.8.7 or 2001:db8::ffff)"#
        ]],
    );
    let mut fine = service("c");
    fine["spec"]["ports"][0]["nodePort"] = 30_008.into();
    let fine = send(c, Method::Post, services, &fine);
    assert_eq!(fine.code, 201, "a refusal takes nothing");
    assert_eq!(
        send(c, Method::Delete, &[services, "/a"].concat(), &Value::Null).code,
        200
    );
    assert_eq!(send(c, Method::Post, services, &service("b")).code, 201);
}

#[test]
fn pods_are_finished_and_share_what_they_become() {
    let c = &mut cluster();
    let pods = "/api/v1/namespaces/default/pods";
    let pod = |class: Option<&str>| {
        json!({
            "apiVersion": "v1", "kind": "Pod", "metadata": {"generateName": "web-"},
            "spec": {"containers": [{"name": "web", "image": "nginx"}], "priorityClassName": class},
        })
    };
    let made = send(c, Method::Post, pods, &pod(None));
    assert_eq!(made.code, 201, "{}", made.message());
    let value = made.value();
    assert_eq!(
        value["status"],
        json!({"phase": "Pending", "qosClass": "BestEffort"})
    );
    assert_eq!(value["spec"]["serviceAccountName"], "default");
    assert_eq!(value["spec"]["priority"], 0);
    assert_eq!(value["spec"]["tolerations"][0]["tolerationSeconds"], 300);
    let volume = &value["spec"]["volumes"][0];
    assert_eq!(
        volume["projected"]["sources"][0]["serviceAccountToken"]["expirationSeconds"],
        3607
    );
    assert_eq!(
        value["spec"]["containers"][0]["volumeMounts"][0]["name"],
        volume["name"]
    );
    check(
        c,
        Method::Post,
        pods,
        pod(Some("none")),
        expect![[r#"403 pods "web-" is forbidden: no PriorityClass with name none was found"#]],
    );
    let critical = send(c, Method::Post, pods, &pod(Some("system-node-critical")));
    assert_eq!(critical.value()["spec"]["priority"], 2_000_001_000);
    let mut nobody = pod(None);
    nobody["spec"]["serviceAccountName"] = "nobody".into();
    nobody["metadata"] = json!({"name": "n"});
    check(
        c,
        Method::Post,
        pods,
        nobody,
        expect![[
            r#"403 pods "n" is forbidden: error looking up service account default/nobody: serviceaccount "nobody" not found"#
        ]],
    );
}

#[test]
fn documents_about_the_server() {
    let c = &mut cluster();
    check(c, Method::Get, "/readyz", Value::Null, expect!["200 ok"]);
    check(c, Method::Post, "/readyz", Value::Null, expect!["200 ok"]);
    check(
        c,
        Method::Post,
        "/version",
        Value::Null,
        expect!["405 the server does not allow this method on the requested resource"],
    );
    let version = send(c, Method::Get, "/version", &Value::Null);
    assert_eq!(version.value()["gitVersion"], "v1.37.0");
    let groups = send(c, Method::Get, "/apis", &Value::Null);
    assert_eq!(groups.value()["groups"][1]["name"], "apps");
}

#[test]
fn what_is_nowhere_is_refused_as_upstream_does() {
    let c = &mut cluster();
    let body = |c: &mut Cluster, path: &str| match send(c, Method::Get, path, &Value::Null) {
        Response {
            code,
            body: Body::Text(text),
            ..
        } => format!("{code} {text}"),
        other => format!("{} {}", other.code, other.value()["reason"]),
    };
    for (path, want) in [
        ("/nowhere", "404 404 page not found\n"),
        ("/healthz/nothing", "404 404 page not found\n"),
        ("/apis/extensions", "404 404 page not found\n"),
        ("/apis/extensions/v1beta1", "404 404 page not found\n"),
        (
            "/apis/extensions/v1beta1/namespaces/default/deployments",
            "404 404 page not found\n",
        ),
        ("/apis/apps/v1beta1", "404 \"NotFound\""),
        ("/apis/apps/v1beta1/deployments", "404 \"NotFound\""),
        ("/apis/apps/v1/podz", "404 \"NotFound\""),
        ("/api/v2/pods", "404 \"NotFound\""),
    ] {
        assert_eq!(body(c, path), want, "{path}");
    }
}

#[test]
fn discovery_knows_definitions_that_are_established() {
    let c = &mut cluster();
    let definitions = "/apis/apiextensions.k8s.io/v1/customresourcedefinitions";
    let names = json!({"kind": "Widget", "plural": "widgets", "singular": "widget"});
    let schema = json!({"openAPIV3Schema": {"type": "object"}});
    let definition = json!({
        "apiVersion": "apiextensions.k8s.io/v1", "kind": "CustomResourceDefinition",
        "metadata": {"name": "widgets.example.com"},
        "spec": {
            "group": "example.com", "scope": "Namespaced", "names": names,
            "versions": [{"name": "v1", "served": true, "storage": true, "schema": schema}],
        },
    });
    let made = send(c, Method::Post, definitions, &definition);
    assert_eq!(made.code, 201, "{}", made.message());
    let one = format!("{definitions}/widgets.example.com/status");
    let mut value = made.into_value();
    value["status"] = json!({
        "acceptedNames": names, "storedVersions": ["v1"],
        "conditions": [{"type": "Established", "status": "True", "reason": "InitialNamesAccepted", "message": "",
            "lastTransitionTime": "2026-01-01T00:00:00Z"}],
    });
    let stood = send(c, Method::Put, &one, &value);
    assert_eq!(stood.code, 200, "{}", stood.message());
    let found = send(c, Method::Get, "/apis/example.com/v1", &Value::Null);
    assert_eq!(found.value()["resources"][0]["name"], "widgets");
}

#[test]
fn namespaces_go_when_their_last_finalizer_is_gone() {
    let c = &mut cluster();
    send(
        c,
        Method::Post,
        "/api/v1/namespaces",
        &json!({"metadata": {"name": "shop"}}),
    );
    let marked = send(c, Method::Delete, "/api/v1/namespaces/shop", &Value::Null);
    assert_eq!(marked.value()["status"]["phase"], "Terminating");
    let map = json!({"metadata": {"name": "a"}});
    check(
        c,
        Method::Post,
        "/api/v1/namespaces/shop/configmaps",
        map,
        expect![[
            r#"403 configmaps "a" is forbidden: unable to create new content in namespace shop because it is being terminated"#
        ]],
    );
    let mut value = marked.into_value();
    value["spec"]["finalizers"] = json!([]);
    let done = send(c, Method::Put, "/api/v1/namespaces/shop/finalize", &value);
    assert_eq!(done.code, 200, "{}", done.message());
    check(
        c,
        Method::Get,
        "/api/v1/namespaces/shop",
        Value::Null,
        expect![[r#"404 namespaces "shop" not found"#]],
    );
}
