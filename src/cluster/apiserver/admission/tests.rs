//! What plugins do, as requests see it.

use expect_test::{Expect, expect};
use serde_json::{Value, json};

use super::*;
use crate::{Cluster, Config, Method, Request, Response};

/// A cluster without nodes, and a few ways to write to it.
struct Rig(Cluster);

impl Rig {
    fn new() -> Rig {
        Rig(Cluster::new(Config {
            nodes: 0,
            ..Config::default()
        }))
    }

    fn send(&mut self, method: Method, path: &str, body: &Value) -> Response {
        let kind = match method {
            Method::Patch => "application/merge-patch+json",
            _ => "application/json",
        };
        let request = Request::new(method, path).content_type(kind);
        self.0.handle(request.json(body))
    }

    /// Creates an object, in `default` if nowhere else. The code, or what is wrong, and the warnings.
    fn create(&mut self, object: Value) -> String {
        let response = self.post(&object);
        let mut text = match response.is_success() {
            true => response.code.to_string(),
            false => format!("{} {}", response.code, response.message()),
        };
        for warning in &response.warnings {
            // What nothing acts on yet is another's to say.
            if !warning.starts_with("accepted, not simulated") {
                text += &format!("\nWarning: {warning}");
            }
        }
        text
    }

    fn post(&mut self, object: &Value) -> Response {
        let text = |field: &str| object[field].as_str().unwrap();
        let info = podarium_api::kinds::by_gvk(text("apiVersion"), text("kind")).unwrap();
        let root = match info.group {
            "" => "/api/v1".to_owned(),
            group => format!("/apis/{group}/{}", info.version),
        };
        let space = object["metadata"]["namespace"]
            .as_str()
            .unwrap_or("default");
        let path = match info.namespaced {
            true => format!("{root}/namespaces/{space}/{}", info.plural),
            false => format!("{root}/{}", info.plural),
        };
        self.send(Method::Post, &path, object)
    }

    fn ok(&mut self, object: Value) -> Value {
        let response = self.post(&object);
        assert!(response.is_success(), "{}", response.message());
        response.into_value()
    }
}

fn pod(name: &str, spec: Value) -> Value {
    let mut pod = json!({
        "apiVersion": "v1", "kind": "Pod", "metadata": {"name": name},
        "spec": {"containers": [{"name": "web", "image": "nginx"}]},
    });
    for (field, value) in spec.as_object().into_iter().flatten() {
        pod["spec"][field] = value.clone();
    }
    pod
}

#[test]
fn the_order_is_upstreams() {
    let upstream = [
        "NamespaceLifecycle",
        "LimitRanger",
        "ServiceAccount",
        "NodeRestriction",
        "TaintNodesByCondition",
        "PodSecurity",
        "Priority",
        "DefaultTolerationSeconds",
        "DefaultStorageClass",
        "StorageObjectInUseProtection",
        "PersistentVolumeClaimResize",
        "RuntimeClass",
        "CertificateApproval",
        "CertificateSigning",
        "CertificateSubjectRestriction",
        "DefaultIngressClass",
        "ValidatingAdmissionPolicy",
        "ResourceQuota",
    ];
    let places: Vec<_> = ALL
        .iter()
        .map(|p| upstream.iter().position(|name| *name == p.doc.name))
        .collect();
    assert!(places.iter().all(Option::is_some));
    assert!(places.is_sorted());
}

#[test]
fn only_plugins_that_look_are_asked() {
    let admin = crate::sim::Actor::Bootstrap;
    let names = |operation, sub, kind| {
        let attributes = Attributes::new(operation, &admin, None).at(sub);
        let object = Object::from_value(kind, json!({})).unwrap();
        let all: Vec<_> = asked(&attributes, &object).map(|p| p.doc.name).collect();
        all.join(" ")
    };
    let check = |names: String, expect: Expect| expect.assert_eq(&names);
    check(
        names(Operation::Create, "", KindId::CONFIG_MAP),
        expect!["NamespaceLifecycle"],
    );
    check(
        names(Operation::Update, "status", KindId::DEPLOYMENT),
        expect![""],
    );
    check(
        names(Operation::Delete, "", KindId::NAMESPACE),
        expect!["NamespaceLifecycle"],
    );
    check(
        names(Operation::Create, "eviction", KindId::POD),
        expect!["NamespaceLifecycle ServiceAccount PodSecurity"],
    );
}

#[test]
fn a_namespace_must_be_there_and_stay() {
    let mut rig = Rig::new();
    let map = |space: &str| {
        json!({
            "apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": "m", "namespace": space},
        })
    };
    assert_eq!(
        rig.create(map("none")),
        r#"404 namespaces "none" not found"#
    );
    rig.ok(json!({"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": "shop"}}));
    let mut web = pod("web", Value::Null);
    web["metadata"]["namespace"] = "shop".into();
    rig.ok(json!({"apiVersion": "v1", "kind": "ServiceAccount", "metadata": {"name": "default", "namespace": "shop"}}));
    rig.ok(web);
    for (space, answer) in [
        (
            "default",
            r#"namespaces "default" is forbidden: this namespace may not be deleted"#,
        ),
        (
            "kube-system",
            r#"namespaces "kube-system" is forbidden: this namespace may not be deleted"#,
        ),
        (
            "kube-public",
            r#"namespaces "kube-public" is forbidden: this namespace may not be deleted"#,
        ),
        ("kube-node-lease", ""),
        ("shop", ""),
    ] {
        let path = format!("/api/v1/namespaces/{space}");
        assert_eq!(
            rig.send(Method::Delete, &path, &json!({})).message(),
            answer
        );
    }
    let refused = rig.post(&map("shop"));
    assert_eq!(
        refused.message(),
        "configmaps \"m\" is forbidden: unable to create new content in namespace shop because it is being terminated"
    );
    assert_eq!(
        refused.value()["details"]["causes"],
        json!([{
            "reason": "NamespaceTerminating", "message": "namespace shop is being terminated",
            "field": "metadata.namespace",
        }])
    );
    let eviction =
        json!({"apiVersion": "policy/v1", "kind": "Eviction", "metadata": {"name": "web"}});
    let evicted = rig.send(
        Method::Post,
        "/api/v1/namespaces/shop/pods/web/eviction",
        &eviction,
    );
    assert_eq!(
        evicted.message(),
        "pods \"web\" is forbidden: unable to create new content in namespace shop because it is being terminated"
    );
}

#[test]
fn a_priority_is_kept_and_one_class_is_the_default() {
    let mut rig = Rig::new();
    let class = |name: &str, default: bool| {
        json!({
            "apiVersion": "scheduling.k8s.io/v1", "kind": "PriorityClass", "metadata": {"name": name},
            "value": 7, "globalDefault": default,
        })
    };
    assert_eq!(
        rig.create(pod("a", json!({"priorityClassName": "none"}))),
        "403 pods \"a\" is forbidden: no PriorityClass with name none was found"
    );
    rig.ok(class("high", true));
    assert_eq!(
        rig.create(class("higher", true)),
        "403 priorityclasses.scheduling.k8s.io \"higher\" is forbidden: PriorityClass high is already marked as default. \
         Only one default can exist"
    );
    rig.ok(class("higher", false));
    let classes = "/apis/scheduling.k8s.io/v1/priorityclasses";
    let mark = json!({"globalDefault": true});
    let again = rig.send(Method::Patch, &format!("{classes}/high"), &mark);
    assert_eq!(again.code, 200);
    let other = rig.send(Method::Patch, &format!("{classes}/higher"), &mark);
    assert_eq!(other.code, 403);
    let stored = rig.ok(pod("a", Value::Null));
    assert_eq!(stored["spec"]["priority"], 7);
    assert_eq!(stored["spec"]["priorityClassName"], "high");
    assert_eq!(
        rig.create(pod("b", json!({"priority": 8}))),
        "403 pods \"b\" is forbidden: the integer value of priority (8) must not be provided in pod spec; priority \
         admission controller computed 7 from the given PriorityClass name"
    );
    let mut put = stored;
    put["spec"].as_object_mut().unwrap().remove("priority");
    put["spec"]["containers"][0]["image"] = "nginx:2".into();
    let updated = rig.send(Method::Put, "/api/v1/namespaces/default/pods/a", &put);
    assert_eq!(
        (updated.code, &updated.value()["spec"]["priority"]),
        (200, &json!(7))
    );
}

#[test]
fn a_strict_account_and_a_mirror_pod_are_held_to_the_rules() {
    let mut rig = Rig::new();
    rig.ok(json!({
        "apiVersion": "v1", "kind": "ServiceAccount",
        "metadata": {"name": "ci", "annotations": {"kubernetes.io/enforce-mountable-secrets": "true"}},
    }));
    let secret = json!([{"name": "v", "secret": {"secretName": "other"}}]);
    assert_eq!(
        rig.create(pod(
            "a",
            json!({"volumes": secret, "serviceAccountName": "ci"})
        )),
        "403 pods \"a\" is forbidden: volume with secret.secretName=\"other\" is not allowed because service account ci \
         does not reference that secret"
    );
    assert_eq!(rig.create(pod("a", json!({"volumes": secret}))), "201");
    let mut mirror = pod("b", json!({"volumes": secret, "nodeName": "node-1"}));
    mirror["metadata"]["annotations"] = json!({"kubernetes.io/config.mirror": "x"});
    assert_eq!(
        rig.create(mirror.clone()),
        "403 pods \"b\" is forbidden: a mirror pod may not reference secrets"
    );
    mirror["spec"]["volumes"] = json!([]);
    let stored = rig.ok(mirror);
    assert_eq!(stored["spec"]["serviceAccountName"], Value::Null);
}

#[test]
fn a_refusal_of_the_first_phase_knows_the_prefix_alone() {
    let mut rig = Rig::new();
    let mut web = pod("", json!({"serviceAccountName": "none"}));
    web["metadata"] = json!({"generateName": "web-"});
    assert_eq!(
        rig.create(web),
        "403 pods \"web-\" is forbidden: error looking up service account default/none: serviceaccount \"none\" not found"
    );
}

#[test]
fn a_runtime_class_finishes_its_pods() {
    let mut rig = Rig::new();
    let wanted = || pod("a", json!({"runtimeClassName": "sandbox"}));
    assert_eq!(
        rig.create(wanted()),
        "403 pods \"a\" is forbidden: pod rejected: RuntimeClass \"sandbox\" not found"
    );
    rig.ok(json!({
        "apiVersion": "node.k8s.io/v1", "kind": "RuntimeClass", "metadata": {"name": "sandbox"},
        "handler": "sandbox", "overhead": {"podFixed": {"memory": "64Mi"}},
        "scheduling": {"nodeSelector": {"sandbox": "yes"}},
    }));
    let stored = rig.ok(wanted());
    assert_eq!(stored["spec"]["overhead"]["memory"], "64Mi");
    assert_eq!(stored["spec"]["nodeSelector"]["sandbox"], "yes");
    assert_eq!(stored["spec"]["tolerations"].as_array().unwrap().len(), 2);
}

#[test]
fn namespaces_hold_their_pods_to_a_standard() {
    let mut rig = Rig::new();
    let named = |kind: &str, name: &str| json!({"apiVersion": "v1", "kind": kind, "metadata": {"name": name}});
    let mut strict = named("Namespace", "shop");
    strict["metadata"]["labels"] = json!({"pod-security.kubernetes.io/enforce": "strict"});
    assert_eq!(
        rig.create(strict.clone()),
        "422 Namespace \"shop\" is invalid: metadata.labels[pod-security.kubernetes.io/enforce]: Invalid value: \
         \"strict\": must be one of privileged, baseline, restricted"
    );
    strict["metadata"]["labels"] = json!({"pod-security.kubernetes.io/enforce": "baseline"});
    rig.ok(strict);
    let mut account = named("ServiceAccount", "default");
    account["metadata"]["namespace"] = "shop".into();
    rig.ok(account);
    let mut host = pod("", json!({"hostPID": true}));
    host["metadata"] = json!({"generateName": "web-", "namespace": "shop"});
    let refused = rig.create(host.clone());
    assert!(refused.starts_with("403 pods \"web-"), "{refused}");
    assert!(
        refused.ends_with("\" is forbidden: violates PodSecurity \"baseline:latest\": host namespaces (hostPID=true)"),
        "{refused}"
    );
    assert!(
        !refused.contains("web-\""),
        "the second phase knows the name: {refused}"
    );
    let deployment = json!({
        "apiVersion": "apps/v1", "kind": "Deployment", "metadata": {"name": "web", "namespace": "shop"},
        "spec": {
            "replicas": 1, "selector": {"matchLabels": {"a": "b"}},
            "template": {"metadata": {"labels": {"a": "b"}}, "spec": host["spec"]},
        },
    });
    assert_eq!(
        rig.create(deployment),
        "201\nWarning: would violate PodSecurity \"baseline:latest\": host namespaces (hostPID=true)"
    );
    rig.0.advance(podarium_api::meta::Time(5_000_000), u64::MAX);
    let events = rig
        .0
        .handle(Request::get("/api/v1/namespaces/shop/events"))
        .into_value();
    let told: Vec<_> = events["items"]
        .as_array()
        .unwrap()
        .iter()
        .filter(|e| e["reason"] == "FailedCreate")
        .collect();
    let text = told[0]["message"].as_str().unwrap();
    assert!(text.starts_with("Error creating: pods \"web-"), "{text}");
    assert!(
        told.len() + told[0]["count"].as_u64().unwrap_or(0) as usize > 2,
        "tried again"
    );
    rig.ok(pod("old", json!({"hostPID": true})));
    let labels =
        json!({"metadata": {"labels": {"pod-security.kubernetes.io/enforce": "restricted"}}});
    let labelled = rig.send(Method::Patch, "/api/v1/namespaces/default", &labels);
    assert_eq!(
        labelled.warnings,
        [
            "existing pods in namespace \"default\" violate the new PodSecurity enforce level \"restricted:latest\"",
            "old: host namespaces, allowPrivilegeEscalation != false, unrestricted capabilities, runAsNonRoot != true, seccompProfile",
        ]
    );
    let tried = rig.send(
        Method::Post,
        "/api/v1/namespaces/default/pods?dryRun=All",
        &pod("new", Value::Null),
    );
    assert_eq!(tried.code, 403);
}
