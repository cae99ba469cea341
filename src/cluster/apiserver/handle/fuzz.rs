//! Requests made at random: none may panic, and a refused one leaves no trace in the store.

use serde_json::{Map, Value, json};

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
            "/apis/apps/v1/namespaces/default/statefulsets",
            json!({"metadata": {"name": "web"}, "spec": {"serviceName": "web", "selector": {"matchLabels": labels}, "template": template}}),
        ),
    ]
}

#[test]
fn no_request_panics_and_a_refused_one_leaves_no_trace() {
    let (mut taken, mut refused) = (0, 0);
    for seed in 0..8 {
        let mut dice = Dice(Rng::stream(seed, "fuzz"));
        let mut cluster = Cluster::new(Config {
            nodes: 1,
            seed,
            ..Config::default()
        });
        let good = good();
        for _ in 0..500 {
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
                format!("{collection}/web{sub}")
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
                let typed = collection.split('/').collect::<Vec<_>>();
                let (version, kind) = match typed.last() {
                    Some(&"deployments") => ("apps/v1", "Deployment"),
                    Some(&"statefulsets") => ("apps/v1", "StatefulSet"),
                    Some(&"services") => ("v1", "Service"),
                    Some(&"pods") => ("v1", "Pod"),
                    Some(&"secrets") => ("v1", "Secret"),
                    _ => ("v1", "Namespace"),
                };
                body["apiVersion"] = version.into();
                body["kind"] = kind.into();
            }
            let mut request = Request::new(method, &format!("{path}?{query}{manager}"))
                .content_type(kind)
                .json(&body);
            if dice.chance(3) {
                request.body.truncate(request.body.len() / 2);
            }
            let before = cluster.world().store().revision();
            let answer = cluster.handle(request);
            if answer.is_success() {
                taken += 1;
            } else {
                refused += 1;
                assert!(!answer.message().is_empty());
                assert_eq!(
                    cluster.world().store().revision(),
                    before,
                    "{}",
                    answer.message()
                );
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
