//! Ownership over time: appliers and updaters of one object, as structured-merge-diff's own tests tell it.

use expect_test::{Expect, expect};
use serde_json::{Map, Value, json};

use super::{apply, entries, managers, set, track};

/// An object and what is done to it.
struct Life {
    live: Value,
    api_version: &'static str,
    kind: &'static str,
    second: u32,
}

impl Life {
    fn of(api_version: &'static str, kind: &'static str) -> Life {
        Life {
            live: Value::Null,
            api_version,
            kind,
            second: 0,
        }
    }

    fn how(&mut self, manager: &str, force: bool) -> Value {
        self.second += 1;
        json!({
            "manager": manager, "apiVersion": self.api_version, "kind": self.kind, "force": force,
            "time": format!("2026-01-01T00:00:{:02}Z", self.second), "reset": ["status"],
        })
    }

    fn named(&self, mut object: Value) -> Value {
        object["apiVersion"] = self.api_version.into();
        object["kind"] = self.kind.into();
        object["metadata"]["name"] = "it".into();
        object
    }

    fn try_apply(&mut self, manager: &str, object: Value, force: bool) -> Result<(), Value> {
        let how = self.how(manager, force);
        let mut answer = apply(&self.live, &self.named(object), &how);
        if !answer["refused"].is_null() {
            return Err(answer["refused"].take());
        }
        self.live = without_nulls(answer["object"].take());
        Ok(())
    }

    fn apply(&mut self, manager: &str, object: Value) -> &mut Self {
        self.try_apply(manager, object, false).unwrap();
        self
    }

    fn force(&mut self, manager: &str, object: Value) -> &mut Self {
        self.try_apply(manager, object, true).unwrap();
        self
    }

    fn update(&mut self, manager: &str, change: impl Fn(&mut Value)) -> &mut Self {
        let how = self.how(manager, false);
        let mut new = match &self.live {
            Value::Null => self.named(json!({})),
            live => live.clone(),
        };
        change(&mut new);
        new["metadata"]["managedFields"] = track(&self.live, &new, &how);
        self.live = new;
        self
    }

    /// What is there, and whose it is.
    fn check(&self, object: Value, owners: Expect) {
        let mut bare = self.live.clone();
        let meta = bare["metadata"].as_object_mut().unwrap();
        let list = meta.remove("managedFields").unwrap_or_default();
        meta.remove("name");
        if meta.is_empty() {
            bare.as_object_mut().unwrap().remove("metadata");
        }
        for field in ["apiVersion", "kind"] {
            bare.as_object_mut().unwrap().remove(field);
        }
        assert_eq!(bare, object);
        owners.assert_eq(&owners_of(&list));
    }
}

fn owners_of(list: &Value) -> String {
    let all = entries::decode(list).unwrap();
    let each = all.iter().map(|entry| {
        let (word, time) = (
            if entry.applied { "applied" } else { "updated" },
            entry.time.as_deref().unwrap_or("...............never"),
        );
        let second = time.get(17..19).unwrap_or("--");
        format!(
            "{} {word} :{second} {}\n",
            entry.manager,
            set::paths(&entry.set).join(" ")
        )
    });
    each.collect()
}

fn without_nulls(value: Value) -> Value {
    match value {
        Value::Object(fields) => {
            let each = fields.into_iter().filter(|(_, v)| !v.is_null());
            Value::Object(
                each.map(|(k, v)| (k, without_nulls(v)))
                    .collect::<Map<_, _>>(),
            )
        }
        Value::Array(items) => items.into_iter().map(without_nulls).collect(),
        other => other,
    }
}

fn deployment() -> Life {
    Life::of("apps/v1", "Deployment")
}

fn pod() -> Life {
    Life::of("v1", "Pod")
}

fn containers(list: Value) -> Value {
    json!({"spec": {"containers": list}})
}

#[test]
fn an_applier_owns_what_it_applied_and_no_more() {
    let mut life = deployment();
    life.apply(
        "a",
        json!({
            "metadata": {"labels": {"app": "web"}},
            "spec": {
                "replicas": 3, "selector": {"matchLabels": {"app": "web"}},
                "template": {
                    "metadata": {"labels": {"app": "web"}},
                    "spec": {"containers": [{"name": "c", "image": "i", "args": ["x"], "ports": [{"containerPort": 80}]}]},
                },
            },
        }),
    );
    let list = managers(
        &life.live,
        &json!({"apiVersion": "apps/v1", "kind": "Deployment"}),
    );
    assert_eq!(
        list[0]["fieldsV1"],
        json!({
            "f:metadata": {"f:labels": {"f:app": {}}},
            "f:spec": {
                "f:replicas": {}, "f:selector": {},
                "f:template": {
                    "f:metadata": {"f:labels": {"f:app": {}}},
                    "f:spec": {"f:containers": {"k:{\"name\":\"c\"}": {
                        ".": {}, "f:name": {}, "f:image": {}, "f:args": {},
                        "f:ports": {"k:{\"containerPort\":80,\"protocol\":\"TCP\"}": {".": {}, "f:containerPort": {}}},
                    }}},
                },
            },
        })
    );
}

#[test]
fn a_writer_owns_what_it_wrote_and_the_maps_that_it_made() {
    let mut life = deployment();
    life.update("a", |new| {
        new["metadata"]["labels"] = json!({"app": "web"});
        new["spec"] = json!({
            "replicas": 3, "selector": {"matchLabels": {"app": "web"}}, "strategy": {"type": "Recreate"},
            "template": {
                "metadata": {"labels": {"app": "web"}},
                "spec": {
                    "containers": [{"name": "c", "image": "i", "resources": {}, "env": [{"name": "A", "value": "1"}]}],
                    "securityContext": {},
                },
            },
        });
        new["status"] = json!({});
    });
    assert_eq!(
        life.live["metadata"]["managedFields"][0]["fieldsV1"],
        json!({
            "f:metadata": {"f:labels": {".": {}, "f:app": {}}},
            "f:spec": {
                "f:replicas": {}, "f:selector": {}, "f:strategy": {"f:type": {}},
                "f:template": {
                    "f:metadata": {"f:labels": {".": {}, "f:app": {}}},
                    "f:spec": {
                        "f:containers": {"k:{\"name\":\"c\"}": {
                            ".": {}, "f:name": {}, "f:image": {}, "f:resources": {},
                            "f:env": {".": {}, "k:{\"name\":\"A\"}": {".": {}, "f:name": {}, "f:value": {}}},
                        }},
                        "f:securityContext": {},
                    },
                },
            },
        })
    );
}

#[test]
fn what_is_no_longer_applied_goes_unless_another_applier_has_it() {
    let mut life = Life::of("v1", "ConfigMap");
    life.apply("a", json!({"data": {"x": "1", "y": "1"}}))
        .apply("b", json!({"data": {"y": "1", "z": "1"}}));
    life.check(
        json!({"data": {"x": "1", "y": "1", "z": "1"}}),
        expect![[r#"
            a applied :01 .data.x .data.y
            b applied :02 .data.y .data.z
        "#]],
    );
    life.apply("a", json!({}));
    life.check(
        json!({"data": {"y": "1", "z": "1"}}),
        expect![[r#"
            b applied :02 .data.y .data.z
        "#]],
    );
    life.apply("b", json!({"data": {"z": "1"}}));
    life.check(
        json!({"data": {"z": "1"}}),
        expect![[r#"
            b applied :04 .data.z
        "#]],
    );
}

#[test]
fn what_an_updater_wrote_over_stays_when_its_applier_lets_go() {
    let mut life = Life::of("v1", "ConfigMap");
    life.apply("a", json!({"data": {"x": "1", "y": "1"}}))
        .update("u", |new| new["data"]["x"] = "2".into());
    life.check(
        json!({"data": {"x": "2", "y": "1"}}),
        expect![[r#"
            a applied :01 .data.y
            u updated :02 .data.x
        "#]],
    );
    life.apply("a", json!({"data": {"y": "1"}}));
    life.check(
        json!({"data": {"x": "2", "y": "1"}}),
        expect![[r#"
            a applied :01 .data.y
            u updated :02 .data.x
        "#]],
    );
}

#[test]
fn a_conflict_is_refused_shared_or_forced() {
    let mut life = deployment();
    life.apply("kubectl", json!({"spec": {"replicas": 3, "paused": true}}));
    // The same value is shared without a conflict.
    life.apply("b", json!({"spec": {"replicas": 3}}));
    let refused = life.try_apply("b", json!({"spec": {"replicas": 4}}), false);
    assert_eq!(
        refused,
        Err(json!({
            "reason": "Conflict",
            "message": "Apply failed with 1 conflict: conflict with \"kubectl\": .spec.replicas",
            "causes": [{
                "reason": "FieldManagerConflict", "message": "conflict with \"kubectl\"", "field": ".spec.replicas",
            }],
        }))
    );
    life.force("b", json!({"spec": {"replicas": 4}}));
    life.check(
        json!({"spec": {"replicas": 4, "paused": true}}),
        expect![[r#"
            kubectl applied :01 .spec.paused
            b applied :04 .spec.replicas
        "#]],
    );
    life.update("hpa", |new| {
        new["spec"]["replicas"] = 5.into();
        new["spec"]["paused"] = false.into();
    });
    let refused = life.try_apply(
        "b",
        json!({"spec": {"replicas": 4, "paused": true, "minReadySeconds": 1}}),
        false,
    );
    expect![[r#"
        Apply failed with 2 conflicts: conflicts with "hpa" using apps/v1:
        - .spec.paused
        - .spec.replicas"#]]
    .assert_eq(refused.unwrap_err()["message"].as_str().unwrap());
}

#[test]
fn items_of_keyed_lists_are_owned_one_by_one() {
    let mut life = pod();
    let ports =
        json!([{"containerPort": 80, "protocol": "TCP"}, {"containerPort": 80, "protocol": "UDP"}]);
    life.apply("a", containers(json!([{"name": "x", "ports": ports}])));
    life.apply(
        "b",
        containers(
            json!([{"name": "x", "image": "i"}, {"name": "y", "ports": [{"containerPort": 1}]}]),
        ),
    );
    life.apply(
        "a",
        containers(json!([{"name": "x", "ports": [{"containerPort": 80}]}])),
    );
    life.check(
        containers(json!([
            {"name": "x", "image": "i", "ports": [{"containerPort": 80}]},
            {"name": "y", "ports": [{"containerPort": 1}]},
        ])),
        expect![[r#"
            b applied :02 .spec.containers[name="x"] .spec.containers[name="y"] .spec.containers[name="x"].image .spec.containers[name="x"].name .spec.containers[name="y"].name .spec.containers[name="y"].ports[containerPort=1,protocol="TCP"] .spec.containers[name="y"].ports[containerPort=1,protocol="TCP"].containerPort
            a applied :03 .spec.containers[name="x"] .spec.containers[name="x"].name .spec.containers[name="x"].ports[containerPort=80,protocol="TCP"] .spec.containers[name="x"].ports[containerPort=80,protocol="TCP"].containerPort
        "#]],
    );
    life.apply("a", containers(json!([{"name": "x"}])));
    life.apply("b", containers(json!([{"name": "y"}])));
    life.check(
        containers(json!([{"name": "x"}, {"name": "y"}])),
        expect![[r#"
            a applied :04 .spec.containers[name="x"] .spec.containers[name="x"].name
            b applied :05 .spec.containers[name="y"] .spec.containers[name="y"].name
        "#]],
    );
}

#[test]
fn merged_lists_keep_the_applied_order_and_the_live_neighbours() {
    let item = |name: &&str| json!({"name": name});
    for (live, applied, merged) in [
        (vec!["a", "b"], vec!["c"], vec!["a", "b", "c"]),
        (vec!["a", "b", "c"], vec!["c", "a"], vec!["b", "c", "a"]),
        (vec!["a", "x", "b"], vec!["a", "b"], vec!["a", "x", "b"]),
        (vec!["a", "b"], vec!["b", "n", "a"], vec!["b", "n", "a"]),
        (vec![], vec!["b", "a"], vec!["b", "a"]),
        (vec!["x", "a"], vec!["a", "y"], vec!["x", "a", "y"]),
    ] {
        let mut life = pod();
        let list = |names: &[&str]| Value::Array(names.iter().map(item).collect());
        life.update("u", |new| new["spec"]["containers"] = list(&live));
        life.apply("a", containers(list(&applied)));
        assert_eq!(
            life.live["spec"]["containers"],
            list(&merged),
            "{live:?} and {applied:?}"
        );
    }
}

#[test]
fn sets_and_whole_values() {
    let mut life = pod();
    life.apply(
        "a",
        json!({"metadata": {"finalizers": ["x/1", "x/2"]}, "spec": {"nodeSelector": {"a": "1"}}}),
    );
    life.apply("b", json!({"metadata": {"finalizers": ["x/2", "x/3"]}}));
    life.apply("a", json!({"metadata": {"finalizers": ["x/1"]}}));
    life.check(
        json!({"metadata": {"finalizers": ["x/1", "x/2", "x/3"]}}),
        expect![[r#"
            b applied :02 .metadata.finalizers[="x/2"] .metadata.finalizers[="x/3"]
            a applied :03 .metadata.finalizers[="x/1"]
        "#]],
    );
    // A map that is one value belongs to one applier as a whole.
    life.apply(
        "a",
        json!({"spec": {"nodeSelector": {"a": "1"}, "tolerations": [{"key": "k"}]}}),
    );
    let refused = life.try_apply("b", json!({"spec": {"nodeSelector": {"b": "1"}}}), false);
    assert_eq!(
        refused.unwrap_err()["causes"][0]["field"],
        ".spec.nodeSelector"
    );
    life.force("b", json!({"spec": {"nodeSelector": {"b": "1"}}}));
    life.check(
        json!({"spec": {"nodeSelector": {"b": "1"}, "tolerations": [{"key": "k"}]}}),
        expect![[r#"
            a applied :04 .spec.tolerations
            b applied :06 .spec.nodeSelector
        "#]],
    );
}

#[test]
fn the_same_again_changes_nothing_not_even_the_time() {
    let mut life = deployment();
    let object = json!({"spec": {"replicas": 3}});
    life.apply("a", object.clone());
    let before = life.live.clone();
    life.apply("a", object).update("u", |_| {});
    assert_eq!(life.live, before);
}

#[test]
fn an_object_that_nobody_kept_book_of_was_there_before_the_first_apply() {
    let mut life = deployment();
    life.update("u", |new| {
        new["spec"] = json!({"replicas": 1, "paused": true})
    });
    life.update("u", |new| new["metadata"]["managedFields"] = json!([{}]));
    assert_eq!(life.live["metadata"]["managedFields"], json!([]));
    life.update("u", |new| new["spec"]["replicas"] = 2.into());
    assert_eq!(life.live["metadata"]["managedFields"], json!([]));
    life.force("a", json!({"spec": {"replicas": 3}}));
    life.check(
        json!({"spec": {"replicas": 3, "paused": true}}),
        expect![[r#"
            a applied :04 .spec.replicas
            before-first-apply updated :04 .spec.paused
        "#]],
    );
}

#[test]
fn kubectl_takes_over_what_it_applied_by_itself() {
    let annotation = "kubectl.kubernetes.io/last-applied-configuration";
    let last = r#"{"apiVersion":"apps/v1","kind":"Deployment","metadata":{"name":"it"},"spec":{"replicas":1,"paused":true}}"#;
    let mut life = deployment();
    life.update("kubectl-client-side-apply", |new| {
        new["metadata"]["annotations"] = json!({annotation: last});
        new["spec"] = json!({"replicas": 1, "paused": true});
    });
    let new = json!({"spec": {"replicas": 2, "paused": true}});
    let refused = life.try_apply("other", new.clone(), false).unwrap_err();
    assert_eq!(
        refused["message"],
        "Apply failed with 1 conflict: conflict with \"kubectl-client-side-apply\" using apps/v1: .spec.replicas"
    );
    life.apply("kubectl", new);
    assert_eq!(life.live["spec"]["replicas"], 2);
    assert_eq!(
        life.live["metadata"]["annotations"][annotation],
        "{\"apiVersion\":\"apps/v1\",\"kind\":\"Deployment\",\"metadata\":{\"name\":\"it\"},\"spec\":{\"paused\":true,\"replicas\":2}}\n"
    );
    // What another has changed since is another's.
    life.update("u", |new| new["spec"]["paused"] = false.into());
    let refused = life.try_apply("kubectl", json!({"spec": {"paused": true}}), false);
    assert_eq!(refused.unwrap_err()["causes"][0]["field"], ".spec.paused");
}

#[test]
fn what_cannot_be_applied_is_refused_in_upstreams_words() {
    let how = json!({"manager": "a", "apiVersion": "apps/v1", "kind": "Deployment"});
    for (object, reason, message) in [
        (
            json!({"apiVersion": "apps/v1", "kind": "Deployment", "metadata": {"name": "w", "namespace": "n"}, "spec": {"replcas": 1}}),
            "Unknown",
            "failed to create typed patch object (n/w; apps/v1, Kind=Deployment): .spec.replcas: field not declared in schema",
        ),
        (
            json!({"apiVersion": "v1", "kind": "Pod"}),
            "BadRequest",
            "invalid object type: /v1, Kind=Pod",
        ),
        (json!({}), "BadRequest", "invalid object type: /, Kind="),
        (
            json!({"apiVersion": "apps/v1", "kind": "Deployment", "metadata": {"managedFields": []}}),
            "BadRequest",
            "metadata.managedFields must be nil",
        ),
    ] {
        let answer = apply(&Value::Null, &object, &how);
        let refused = &answer["refused"];
        assert_eq!(
            (&refused["reason"], &refused["message"]),
            (&json!(reason), &json!(message))
        );
    }
}

#[test]
fn custom_resources_merge_by_their_schema() {
    let schema = json!({"type": "object", "properties": {"spec": {"type": "object", "properties": {
        "set": {"type": "array", "x-kubernetes-list-type": "set", "items": {"type": "string"}},
        "map": {
            "type": "array", "x-kubernetes-list-type": "map", "x-kubernetes-list-map-keys": ["k"],
            "items": {"type": "object", "properties": {"k": {"type": "string"}, "v": {"type": "integer"}}},
        },
        "list": {"type": "array", "items": {"type": "string"}},
        "any": {"type": "object", "x-kubernetes-preserve-unknown-fields": true},
    }}}});
    let how = |manager: &str| json!({"manager": manager, "apiVersion": "a.b/v1", "kind": "Thing", "schema": schema});
    let thing = |spec: Value| json!({"apiVersion": "a.b/v1", "kind": "Thing", "metadata": {"name": "t"}, "spec": spec});
    let first = thing(
        json!({"set": ["a"], "map": [{"k": "x", "v": 1}], "list": ["p"], "any": {"q": {"r": 1}}}),
    );
    let live = apply(&Value::Null, &first, &how("a"))["object"].take();
    let second = thing(json!({"set": ["b"], "map": [{"k": "y", "v": 2}], "any": {"q": {"s": 1}}}));
    let live = apply(&live, &second, &how("b"))["object"].take();
    assert_eq!(
        live["spec"],
        json!({
            "set": ["a", "b"], "map": [{"k": "x", "v": 1}, {"k": "y", "v": 2}], "list": ["p"],
            "any": {"q": {"r": 1, "s": 1}},
        })
    );
    let unknown = apply(&live, &thing(json!({"other": 1})), &how("b"));
    let message = unknown["refused"]["message"].as_str().unwrap();
    assert!(
        message.ends_with(".spec.other: field not declared in schema"),
        "{message}"
    );
}

#[test]
fn the_maker_owns_nothing_of_what_the_server_added() {
    let marker = json!([{"manager": "me", "operation": "Update", "apiVersion": "v1", "time": "2026-01-01T00:00:07Z"}]);
    for (version, kind, object, set) in [
        (
            "v1",
            "Service",
            json!({"spec": {
                "type": "NodePort", "clusterIP": "10.96.0.9", "clusterIPs": ["10.96.0.9"], "ipFamilies": ["IPv4"],
                "ipFamilyPolicy": "SingleStack", "ports": [{"port": 80, "protocol": "TCP", "nodePort": 30001}],
            }, "status": {"loadBalancer": {}}}),
            json!({"f:spec": {
                "f:type": {}, "f:ports": {".": {}, "k:{\"port\":80,\"protocol\":\"TCP\"}": {".": {}, "f:port": {}, "f:protocol": {}}},
            }}),
        ),
        (
            "v1",
            "Namespace",
            json!({"metadata": {"labels": {"kubernetes.io/metadata.name": "a"}}, "spec": {"finalizers": ["kubernetes"]}, "status": {"phase": "Active"}}),
            json!({"f:metadata": {"f:labels": {".": {}, "f:kubernetes.io/metadata.name": {}}}}),
        ),
        (
            "v1",
            "Pod",
            json!({"spec": {
                "containers": [{"name": "c", "volumeMounts": [{"name": "kube-api-access-x", "mountPath": "/var/run/secrets/kubernetes.io/serviceaccount"}]}],
                "volumes": [{"name": "kube-api-access-x"}], "nodeName": "n", "priority": 0, "serviceAccountName": "default",
                "tolerations": [{"key": "node.kubernetes.io/not-ready", "tolerationSeconds": 300}],
            }}),
            json!({"f:spec": {"f:containers": {"k:{\"name\":\"c\"}": {".": {}, "f:name": {}}}}}),
        ),
        (
            "batch/v1",
            "Job",
            json!({"spec": {"suspend": false, "selector": {"matchLabels": {"u": "1"}}, "template": {"metadata": {"labels": {
                "batch.kubernetes.io/job-name": "j", "app": "a",
            }}}}}),
            json!({"f:spec": {"f:suspend": {}, "f:template": {"f:metadata": {"f:labels": {".": {}, "f:app": {}}}}}}),
        ),
        (
            "v1",
            "PersistentVolumeClaim",
            json!({"metadata": {"finalizers": ["kubernetes.io/pvc-protection"]}, "spec": {"volumeMode": "Filesystem"}, "status": {"phase": "Pending"}}),
            json!({"f:spec": {"f:volumeMode": {}}}),
        ),
    ] {
        let mut object = object;
        object["metadata"]["managedFields"] = marker.clone();
        let list = managers(&object, &json!({"apiVersion": version, "kind": kind}));
        assert_eq!(list.as_array().map(Vec::len), Some(1), "{list}");
        assert_eq!(list[0]["fieldsV1"], set, "{kind}");
        assert_eq!(
            (&list[0]["manager"], &list[0]["time"]),
            (&json!("me"), &json!("2026-01-01T00:00:07Z"))
        );
    }
}

/// Numbers at random, the same ones every time.
struct Dice(u64);

impl Dice {
    fn below(&mut self, n: u64) -> u64 {
        self.0 = self
            .0
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1);
        (self.0 >> 33) % n
    }

    fn deployment(&mut self) -> Value {
        let mut containers = Vec::new();
        for name in ["a", "b", "c"] {
            if self.below(2) == 0 {
                let mut container = json!({"name": name});
                if self.below(2) == 0 {
                    container["image"] = format!("i:{}", self.below(3)).into();
                }
                let ports = (80..82).filter(|_| self.below(2) == 0);
                let ports: Vec<Value> = ports.map(|port| json!({"containerPort": port})).collect();
                if !ports.is_empty() {
                    container["ports"] = ports.into();
                }
                containers.push(container);
            }
        }
        let mut spec = json!({});
        if !containers.is_empty() {
            spec["template"]["spec"]["containers"] = containers.into();
        }
        for (field, values) in [("replicas", 3), ("minReadySeconds", 2)] {
            if self.below(2) == 0 {
                spec[field] = self.below(values).into();
            }
        }
        if self.below(2) == 0 {
            spec["selector"]["matchLabels"]["x"] = self.below(2).to_string().into();
        }
        json!({"spec": spec})
    }
}

/// Whether everything of an applied value is in the object.
fn holds(object: &Value, applied: &Value) -> bool {
    match (object, applied) {
        (Value::Object(object), Value::Object(applied)) => applied
            .iter()
            .all(|(name, value)| object.get(name).is_some_and(|had| holds(had, value))),
        (Value::Array(object), Value::Array(applied)) => applied
            .iter()
            .all(|value| object.iter().any(|had| holds(had, value))),
        (object, applied) => object == applied,
    }
}

#[test]
fn whoever_applies_by_force_has_their_way_and_leaves_no_trace_when_they_go() {
    let managers = ["x", "y", "z"];
    for seed in 0..60 {
        let mut dice = Dice(seed);
        let mut life = deployment();
        let mut last = [json!({}), json!({}), json!({})];
        for _ in 0..12 {
            let who = dice.below(3) as usize;
            let object = dice.deployment();
            life.force(managers[who], object.clone());
            assert!(
                holds(&life.live, &object),
                "seed {seed}: {object} in {}",
                life.live
            );
            let once = life.live.clone();
            life.apply(managers[who], object.clone());
            assert_eq!(
                life.live, once,
                "seed {seed}: the same again changes nothing"
            );
            last[who] = object;
        }
        for who in managers {
            life.force(who, json!({}));
        }
        // Appliers were all there ever was: with them everything goes.
        let left = &life.live;
        assert_eq!(left["metadata"]["managedFields"], json!([]), "seed {seed}");
        assert!(
            left.get("spec").is_none_or(|spec| *spec == json!({})),
            "seed {seed}: {left}"
        );
    }
}
