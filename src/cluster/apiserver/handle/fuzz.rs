//! Requests made at random: none panics, no revision is lost, what is refused or only tried leaves no trace, and who lists and
//! then watches sees what who lists again sees.

use std::collections::BTreeMap;

use podarium_api::kinds::{self, KindInfo};
use serde_json::{Map, Value, json};

use crate::apiserver::Body;
use crate::sim::Rng;
use crate::{Cluster, Config, Method, Request};

struct Dice(Rng);

impl Dice {
    fn one<'a, T>(&mut self, of: &'a [T]) -> &'a T {
        &of[self.0.below(of.len() as u64) as usize]
    }

    fn chance(&mut self, percent: u64) -> bool {
        self.0.below(100) < percent
    }

    /// A value of any shape, with the words that requests are made of.
    fn value(&mut self, depth: u64) -> Value {
        let words = [
            "",
            "a",
            "web",
            "default",
            "None",
            "-1",
            "10.96.0.10",
            "ClusterIP",
            "NodePort",
            "replace",
            "1Gi",
            "é b",
        ];
        let names = [
            "metadata",
            "name",
            "namespace",
            "labels",
            "annotations",
            "spec",
            "status",
            "replicas",
            "selector",
            "template",
            "matchLabels",
            "containers",
            "image",
            "ports",
            "port",
            "nodePort",
            "type",
            "clusterIP",
            "data",
            "$patch",
            "$retainKeys",
            "$setElementOrder/ports",
            "$deleteFromPrimitiveList/finalizers",
            "finalizers",
            "resourceVersion",
            "op",
            "path",
            "value",
            "kind",
            "apiVersion",
            "items",
            "target",
            "uid",
        ];
        match self.0.below(if depth == 0 { 4 } else { 7 }) {
            0 => Value::Null,
            1 => self.chance(50).into(),
            2 => (self.0.below(70_000) as i64 - 100).into(),
            3 => (*self.one(&words)).into(),
            4 => (0..self.0.below(4))
                .map(|_| self.value(depth - 1))
                .collect(),
            _ => {
                let mut fields = Map::new();
                for _ in 0..self.0.below(5) {
                    let name = (*self.one(&names)).to_owned();
                    fields.insert(name, self.value(depth - 1));
                }
                Value::Object(fields)
            }
        }
    }

    /// A good object with one value in it replaced.
    fn spoiled(&mut self, mut good: Value) -> Value {
        self.spoil(&mut good);
        good
    }

    fn spoil(&mut self, value: &mut Value) {
        let inside = match value {
            Value::Object(fields) => fields.len(),
            Value::Array(items) => items.len(),
            _ => 0,
        };
        if inside == 0 || self.chance(25) {
            *value = self.value(3);
            return;
        }
        let at = self.0.below(inside as u64) as usize;
        match value {
            Value::Object(fields) => fields.values_mut().nth(at).map(|v| self.spoil(v)),
            Value::Array(items) => items.get_mut(at).map(|v| self.spoil(v)),
            _ => None,
        };
    }
}

fn good() -> Vec<(&'static str, Value)> {
    let labels = json!({"app": "web"});
    let template = json!({"metadata": {"labels": labels}, "spec": {"containers": [{"name": "web", "image": "x", "ports": [{"containerPort": 80}]}]}});
    vec![
        (
            "/apis/apps/v1/namespaces/default/deployments",
            json!({"metadata": {"name": "web"}, "spec": {"selector": {"matchLabels": labels}, "template": template}}),
        ),
        (
            "/api/v1/namespaces/default/services",
            json!({"metadata": {"name": "web"}, "spec": {"type": "NodePort", "selector": labels, "ports": [{"port": 80, "nodePort": 30080}]}}),
        ),
        (
            "/api/v1/namespaces/default/pods",
            json!({"metadata": {"name": "web"}, "spec": template["spec"]}),
        ),
        (
            "/api/v1/namespaces/default/secrets",
            json!({"metadata": {"name": "web"}, "stringData": {"a": "b"}}),
        ),
        ("/api/v1/namespaces", json!({"metadata": {"name": "web"}})),
        (
            "/api/v1/namespaces/default/events",
            json!({"metadata": {"name": "web"}, "involvedObject": {"kind": "Pod", "name": "web", "namespace": "default"}, "reason": "r", "message": "m", "type": "Normal", "count": 1, "firstTimestamp": "2026-01-01T00:00:00Z", "lastTimestamp": "2026-01-01T00:00:00Z"}),
        ),
        (
            "/apis/events.k8s.io/v1/namespaces/default/events",
            json!({"metadata": {"name": "web"}, "regarding": {"kind": "Pod", "name": "web", "namespace": "default"}, "reason": "r", "note": "m", "type": "Normal", "action": "a", "reportingController": "c", "reportingInstance": "i", "eventTime": "2026-01-01T00:00:00.000000Z"}),
        ),
        (
            "/apis/autoscaling/v1/namespaces/default/horizontalpodautoscalers",
            json!({"metadata": {"name": "web"}, "spec": {"maxReplicas": 3, "minReplicas": 1, "targetCPUUtilizationPercentage": 50, "scaleTargetRef": {"apiVersion": "apps/v1", "kind": "Deployment", "name": "web"}}}),
        ),
        (
            "/apis/autoscaling/v2/namespaces/default/horizontalpodautoscalers",
            json!({"metadata": {"name": "web"}, "spec": {"maxReplicas": 3, "scaleTargetRef": {"apiVersion": "apps/v1", "kind": "Deployment", "name": "web"}, "metrics": [{"type": "Resource", "resource": {"name": "cpu", "target": {"type": "Utilization", "averageUtilization": 50}}}]}}),
        ),
        (
            "/apis/batch/v1/namespaces/default/jobs",
            json!({"metadata": {"name": "web"}, "spec": {"completions": 2, "backoffLimit": 1, "template": {"spec": {"restartPolicy": "Never", "containers": [{"name": "web", "image": "x"}]}}}}),
        ),
        (
            "/apis/networking.k8s.io/v1/namespaces/default/ingresses",
            json!({"metadata": {"name": "web"}, "spec": {"rules": [{"host": "a.b", "http": {"paths": [{"path": "/", "pathType": "Prefix", "backend": {"service": {"name": "web", "port": {"number": 80}}}}]}}]}}),
        ),
        (
            "/apis/policy/v1/namespaces/default/poddisruptionbudgets",
            json!({"metadata": {"name": "web"}, "spec": {"minAvailable": "50%", "selector": {"matchLabels": labels}}}),
        ),
        (
            "/apis/rbac.authorization.k8s.io/v1/clusterroles",
            json!({"metadata": {"name": "web"}, "rules": [{"apiGroups": [""], "resources": ["pods"], "verbs": ["get"]}]}),
        ),
        (
            "/api/v1/namespaces/default/persistentvolumeclaims",
            json!({"metadata": {"name": "web"}, "spec": {"accessModes": ["ReadWriteOnce"], "resources": {"requests": {"storage": "1Gi"}}}}),
        ),
        (
            "/apis/apiextensions.k8s.io/v1/customresourcedefinitions",
            json!({"metadata": {"name": "webs.example.com"}, "spec": {"group": "example.com", "scope": "Namespaced", "names": {"plural": "webs", "singular": "web", "kind": "Web", "listKind": "WebList"}, "versions": [{"name": "v1", "served": true, "storage": true, "schema": {"openAPIV3Schema": {"type": "object", "properties": {"spec": {"type": "object", "properties": {"port": {"type": "integer", "default": 80}}}}}}}]}}),
        ),
        (
            "/apis/apps/v1/namespaces/default/statefulsets",
            json!({"metadata": {"name": "web"}, "spec": {"serviceName": "web", "selector": {"matchLabels": labels}, "template": template}}),
        ),
    ]
}

/// The kind of a collection.
fn known(collection: &str) -> &'static KindInfo {
    let parts: Vec<&str> = collection.split('/').skip(1).collect();
    let (group, version) = match parts[0] {
        "api" => ("", parts[1]),
        _ => (parts[1], parts[2]),
    };
    kinds::by_resource(group, version, parts[parts.len() - 1]).unwrap()
}

fn name(object: &Value) -> String {
    object["metadata"]["name"].as_str().unwrap().into()
}

/// The revision and the objects of a list.
fn list(cluster: &mut Cluster, path: &str) -> (u64, BTreeMap<String, Value>) {
    let mut request = Request::get(path);
    request.user_agent = "kubectl/v1".into();
    let list = cluster.handle(request).into_value();
    let revision = list["metadata"]["resourceVersion"].as_str().unwrap();
    let items = list["items"].as_array().unwrap().iter().cloned();
    (
        revision.parse().unwrap(),
        items.map(|item| (name(&item), item)).collect(),
    )
}

/// Does to the objects of a list what a watch tells from its revision on.
fn follow(cluster: &mut Cluster, path: &str, from: u64, items: &mut BTreeMap<String, Value>) {
    let watch = format!("{path}&watch=1&resourceVersion={from}");
    let answer = cluster.handle(Request::get(&watch));
    let Body::Watch(mut watch) = answer.body else {
        panic!("no watch: {}", answer.message());
    };
    for (word, mut object) in cluster.world().poll_watch(&mut watch) {
        for field in ["apiVersion", "kind"] {
            object.as_object_mut().unwrap().remove(field);
        }
        let was = match word {
            "DELETED" => items.remove(&name(&object)),
            _ => items.insert(name(&object), object),
        };
        assert_eq!(
            was.is_some(),
            word != "ADDED",
            "{word} in {path} after {from}"
        );
    }
}

#[test]
fn requests_at_random_leave_what_they_say() {
    let (mut taken, mut refused) = (0, 0);
    for seed in 0..8 {
        let mut dice = Dice(Rng::stream(seed, "fuzz"));
        let mut cluster = Cluster::new(Config {
            nodes: 1,
            seed,
            ..Config::default()
        });
        let good = good();
        let paths = good.iter().flat_map(|(path, _)| {
            [
                "",
                "labelSelector=app%3Dweb",
                "fieldSelector=metadata.name%3Dweb",
            ]
            .map(|selector| format!("{path}?{selector}"))
        });
        let paths: Vec<String> = paths.collect();
        let mut seen: Vec<(u64, BTreeMap<String, Value>)> =
            paths.iter().map(|path| list(&mut cluster, path)).collect();
        for round in 0..500 {
            if round % 50 == 49 {
                for (path, (revision, items)) in paths.iter().zip(&mut seen) {
                    follow(&mut cluster, path, *revision, items);
                    let now = list(&mut cluster, path);
                    assert_eq!(*items, now.1, "{path} after {revision}");
                    *revision = now.0;
                }
            }
            let (collection, object) = dice.one(&good).clone();
            let method = *dice.one(&[
                Method::Post,
                Method::Post,
                Method::Put,
                Method::Patch,
                Method::Delete,
                Method::Get,
            ]);
            let sub = *dice.one(&[
                "",
                "",
                "",
                "/status",
                "/scale",
                "/binding",
                "/eviction",
                "/finalize",
                "/log",
            ]);
            let one = method != Method::Post || !sub.is_empty();
            let path = if one {
                format!("{collection}/{}{sub}", name(&object))
            } else {
                collection.into()
            };
            let query = *dice.one(&[
                "",
                "",
                "",
                "dryRun=All",
                "fieldValidation=Strict",
                "watch=1",
                "labelSelector=a%20in",
                "gracePeriodSeconds=x",
                "fieldSelector=metadata.name%3Dweb",
                "propagationPolicy=Foreground",
                "resourceVersion=99",
            ]);
            let kinds = match method {
                _ if dice.chance(10) => ["text/plain", "", "application/yaml", "*/*"],
                Method::Patch => [
                    "application/merge-patch+json",
                    "application/json-patch+json",
                    "application/strategic-merge-patch+json",
                    "application/apply-patch+yaml",
                ],
                _ => ["application/json"; 4],
            };
            let kind = *dice.one(&kinds);
            let body = match dice.0.below(4) {
                0 => object,
                1 => dice.value(4),
                _ => dice.spoiled(object),
            };
            let manager = *dice.one(&["", "&fieldManager=a", "&fieldManager=b&force=true"]);
            let mut body = body;
            if kind == "application/apply-patch+yaml" && dice.chance(90) && body.is_object() {
                let info = known(collection);
                body["apiVersion"] = info.api_version().into();
                body["kind"] = info.kind.into();
            }
            let mut request = Request::new(method, &format!("{path}?{query}{manager}"))
                .content_type(kind)
                .json(&body);
            if dice.chance(3) {
                request.body.truncate(request.body.len() / 2);
            }
            if method == Method::Delete && dice.chance(50) {
                request.body.clear();
            }
            // Options in the body of a deletion stand in the place of those of its path.
            let options = method != Method::Delete || request.body.is_empty();
            let dry = method == Method::Get || query == "dryRun=All" && options;
            let before = cluster.world().store().clone();
            let given = format!("{:?}", cluster.world().api.allocations);
            let text = format!("{method:?} {path}?{query}{manager} {kind} {body}");
            let answer = cluster.handle(request);
            let after = cluster.world().store();
            let changes = after.changes_after(before.revision());
            let told: Vec<u64> = changes.unwrap().map(|change| change.revision).collect();
            let through: Vec<u64> = (before.revision() + 1..=after.revision()).collect();
            assert_eq!(told, through, "{text}");
            match answer.is_success() {
                true => taken += 1,
                false => {
                    refused += 1;
                    assert!(!answer.message().is_empty(), "{text}");
                }
            }
            if dry || !answer.is_success() {
                assert!(after.everything().eq(before.everything()), "{text}");
                assert_eq!(after.revision(), before.revision(), "{text}");
                let kept = format!("{:?}", cluster.world().api.allocations);
                assert_eq!(kept, given, "{text}");
            }
            if dice.chance(10) {
                let later = cluster.now() + podarium_api::meta::Span::millis(300);
                cluster.advance(later, 10_000);
            }
        }
    }
    assert!(
        taken > 200 && refused > 200,
        "{taken} taken, {refused} refused"
    );
}
