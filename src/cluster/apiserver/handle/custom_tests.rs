//! Tests of custom resources, from their definition to its end.

use expect_test::{Expect, expect};
use podarium_api::meta::Span;
use serde_json::{Value, json};

use crate::{Cluster, Config, Method, Request, Response};

/// The definition that kubernetes.io begins with, with a status, a scale and columns.
fn definition() -> Value {
    let schema = json!({"type": "object", "properties": {
        "spec": {"type": "object", "required": ["cronSpec"], "properties": {
            "cronSpec": {"type": "string", "pattern": "^(\\d+|\\*)(/\\d+)?(\\s+(\\d+|\\*)(/\\d+)?){4}$"},
            "image": {"type": "string"},
            "replicas": {"type": "integer", "minimum": 1, "maximum": 10, "default": 1},
        }},
        "status": {"type": "object", "properties": {
            "replicas": {"type": "integer"}, "labelSelector": {"type": "string"},
        }},
    }});
    let parts = json!({"status": {}, "scale": {
        "specReplicasPath": ".spec.replicas", "statusReplicasPath": ".status.replicas", "labelSelectorPath": ".status.labelSelector",
    }});
    json!({
        "apiVersion": "apiextensions.k8s.io/v1", "kind": "CustomResourceDefinition",
        "metadata": {"name": "crontabs.stable.example.com"},
        "spec": {
            "group": "stable.example.com", "scope": "Namespaced",
            "names": {"plural": "crontabs", "singular": "crontab", "kind": "CronTab", "shortNames": ["ct"], "categories": ["all"]},
            "versions": [
                {"name": "v1beta1", "served": true, "storage": false, "deprecated": true, "schema": {"openAPIV3Schema": schema}, "subresources": parts},
                {"name": "v1", "served": true, "storage": true, "schema": {"openAPIV3Schema": schema}, "subresources": parts,
                    "selectableFields": [{"jsonPath": ".spec.image"}],
                    "additionalPrinterColumns": [
                        {"name": "Spec", "type": "string", "jsonPath": ".spec.cronSpec"},
                        {"name": "Replicas", "type": "integer", "jsonPath": ".spec.replicas"},
                        {"name": "Age", "type": "date", "jsonPath": ".metadata.creationTimestamp"},
                    ]},
            ],
        },
    })
}

const DEFINITIONS: &str = "/apis/apiextensions.k8s.io/v1/customresourcedefinitions";
const TABS: &str = "/apis/stable.example.com/v1/namespaces/default/crontabs";

fn crontab(name: &str, spec: Value) -> Value {
    json!({"apiVersion": "stable.example.com/v1", "kind": "CronTab", "metadata": {"name": name}, "spec": spec})
}

fn cluster() -> Cluster {
    Cluster::new(Config::default())
}

/// A cluster in which the definition is established.
fn defined() -> Cluster {
    let mut cluster = cluster();
    let made = post(&mut cluster, DEFINITIONS, &definition());
    assert!(made.is_success(), "{}", made.message());
    cluster.advance(cluster.now() + Span::secs(1), u64::MAX);
    cluster
}

fn post(cluster: &mut Cluster, path: &str, body: &Value) -> Response {
    cluster.handle(Request::new(Method::Post, path).json(body))
}

fn get(cluster: &mut Cluster, path: &str) -> Response {
    cluster.handle(Request::get(path))
}

fn patch(cluster: &mut Cluster, path: &str, kind: &str, body: &Value) -> Response {
    let request = Request::new(Method::Patch, path).json(body);
    cluster.handle(request.content_type(&format!("application/{kind}")))
}

fn told(response: &Response) -> String {
    let mut text = format!("{} {}", response.code, response.message());
    for warning in &response.warnings {
        text += &format!("\n  Warning: {warning}");
    }
    text
}

#[test]
fn a_kind_is_served_when_its_definition_is_established() {
    let mut cluster = cluster();
    assert_eq!(told(&get(&mut cluster, TABS)), "404 ");
    let made = post(&mut cluster, DEFINITIONS, &definition());
    assert_eq!(made.value()["status"]["storedVersions"], json!(["v1"]));
    let early = post(
        &mut cluster,
        TABS,
        &crontab("a", json!({"cronSpec": "* * * * */5"})),
    );
    assert_eq!(
        told(&early),
        "404 the server could not find the requested resource"
    );
    cluster.advance(cluster.now() + Span::secs(1), u64::MAX);
    let path = format!("{DEFINITIONS}/crontabs.stable.example.com");
    let conditions = get(&mut cluster, &path).value()["status"]["conditions"].clone();
    let shown = conditions.as_array().unwrap().iter();
    let shown = shown.map(|c| format!("{} {} {}", c["type"], c["status"], c["reason"]));
    expect![[r#"
        "NamesAccepted" "True" "NoConflicts"
        "Established" "True" "InitialNamesAccepted""#]]
    .assert_eq(&shown.collect::<Vec<_>>().join("\n"));
    let list = get(&mut cluster, TABS);
    let (kind, items) = (&list.value()["kind"], &list.value()["items"]);
    assert_eq!((kind, items), (&json!("CronTabList"), &json!([])));
    for path in [
        "/apis/stable.example.com/v2/namespaces/default/crontabs",
        "/apis/stable.example.com/v1/crontabs/a",
        "/apis/stable.example.com/v1/namespaces/default/crontabs/a/log",
        "/apis/other.example.com/v1/crontabs",
    ] {
        assert_eq!(get(&mut cluster, path).code, 404, "{path}");
    }
    let groups = get(&mut cluster, "/apis/stable.example.com");
    assert_eq!(groups.value()["preferredVersion"]["version"], "v1");
}

/// Each object on a line, and below it what comes of creating it.
fn creates(objects: &[(&str, Value)], expected: Expect) {
    let mut cluster = defined();
    let mut text = String::new();
    for (query, object) in objects {
        let made = post(&mut cluster, &[TABS, query].concat(), object);
        text += &format!("{query} {object}\n  {}\n", told(&made));
        if made.is_success() {
            text += &format!("  {}\n", made.value()["spec"]);
        }
    }
    expected.assert_eq(&text);
}

#[test]
fn objects_are_held_against_the_schema() {
    let mut alien = crontab("x", json!({"cronSpec": "* * * * *"}));
    alien["kind"] = "Tab".into();
    let mut other = crontab("x", json!({"cronSpec": "* * * * *"}));
    other["apiVersion"] = "stable.example.com/v1beta1".into();
    creates(
        &[
            (
                "",
                crontab(
                    "a",
                    json!({"cronSpec": "* * * * */5", "image": "my-awesome-cron-image"}),
                ),
            ),
            ("", crontab("a", json!({"cronSpec": "* * * * */5"}))),
            (
                "",
                crontab("b", json!({"cronSpec": "* * * *", "replicas": 15})),
            ),
            ("", crontab("b", json!({"replicas": "many"}))),
            ("", crontab("B", json!({"cronSpec": "* * * * *"}))),
            (
                "?fieldValidation=Strict",
                crontab("b", json!({"cronSpec": "* * * * *", "someRandomField": 42})),
            ),
            (
                "?fieldValidation=Warn",
                crontab("b", json!({"cronSpec": "* * * * *", "someRandomField": 42})),
            ),
            (
                "?fieldValidation=Ignore",
                crontab("c", json!({"cronSpec": "* * * * *", "someRandomField": 42})),
            ),
            (
                "?dryRun=All",
                crontab("d", json!({"cronSpec": "* * * * *"})),
            ),
            ("", alien),
            ("", other),
        ],
        expect![[r#"
             {"apiVersion":"stable.example.com/v1","kind":"CronTab","metadata":{"name":"a"},"spec":{"cronSpec":"* * * * */5","image":"my-awesome-cron-image"}}
              201 
              {"cronSpec":"* * * * */5","image":"my-awesome-cron-image","replicas":1}
             {"apiVersion":"stable.example.com/v1","kind":"CronTab","metadata":{"name":"a"},"spec":{"cronSpec":"* * * * */5"}}
              409 crontabs.stable.example.com "a" already exists
             {"apiVersion":"stable.example.com/v1","kind":"CronTab","metadata":{"name":"b"},"spec":{"cronSpec":"* * * *","replicas":15}}
              422 CronTab.stable.example.com "b" is invalid: [spec.cronSpec: Invalid value: "* * * *": spec.cronSpec in body should match '^(\d+|\*)(/\d+)?(\s+(\d+|\*)(/\d+)?){4}$', spec.replicas: Invalid value: 15: spec.replicas in body should be less than or equal to 10]
             {"apiVersion":"stable.example.com/v1","kind":"CronTab","metadata":{"name":"b"},"spec":{"replicas":"many"}}
              422 CronTab.stable.example.com "b" is invalid: [spec.replicas: Invalid value: "string": spec.replicas in body must be of type integer: "string", spec.cronSpec: Required value]
             {"apiVersion":"stable.example.com/v1","kind":"CronTab","metadata":{"name":"B"},"spec":{"cronSpec":"* * * * *"}}
              422 CronTab.stable.example.com "B" is invalid: metadata.name: Invalid value: "B": a lowercase RFC 1123 subdomain must consist of lower case alphanumeric characters, '-' or '.', and must start and end with an alphanumeric character (e.g. 'example.com', regex used for validation is '[a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*')
            ?fieldValidation=Strict {"apiVersion":"stable.example.com/v1","kind":"CronTab","metadata":{"name":"b"},"spec":{"cronSpec":"* * * * *","someRandomField":42}}
              400 CronTab in version "v1" cannot be handled as a CronTab: strict decoding error: unknown field "spec.someRandomField"
            ?fieldValidation=Warn {"apiVersion":"stable.example.com/v1","kind":"CronTab","metadata":{"name":"b"},"spec":{"cronSpec":"* * * * *","someRandomField":42}}
              201 
              Warning: unknown field "spec.someRandomField"
              {"cronSpec":"* * * * *","replicas":1}
            ?fieldValidation=Ignore {"apiVersion":"stable.example.com/v1","kind":"CronTab","metadata":{"name":"c"},"spec":{"cronSpec":"* * * * *","someRandomField":42}}
              201 
              {"cronSpec":"* * * * *","replicas":1}
            ?dryRun=All {"apiVersion":"stable.example.com/v1","kind":"CronTab","metadata":{"name":"d"},"spec":{"cronSpec":"* * * * *"}}
              201 
              {"cronSpec":"* * * * *","replicas":1}
             {"apiVersion":"stable.example.com/v1","kind":"Tab","metadata":{"name":"x"},"spec":{"cronSpec":"* * * * *"}}
              422 CronTab.stable.example.com "x" is invalid: kind: Invalid value: "Tab": must be CronTab
             {"apiVersion":"stable.example.com/v1beta1","kind":"CronTab","metadata":{"name":"x"},"spec":{"cronSpec":"* * * * *"}}
              400 the API version in the data (stable.example.com/v1beta1) does not match the expected API version (stable.example.com/v1)
        "#]],
    );
}

#[test]
fn objects_come_in_every_version() {
    let mut cluster = defined();
    post(
        &mut cluster,
        TABS,
        &crontab("a", json!({"cronSpec": "* * * * *"})),
    );
    let old = get(&mut cluster, &TABS.replace("v1", "v1beta1"));
    assert_eq!(
        old.value()["items"][0]["apiVersion"],
        "stable.example.com/v1beta1"
    );
    expect![[r#"
        200 
          Warning: stable.example.com/v1beta1 CronTab is deprecated; use stable.example.com/v1 CronTab"#]].assert_eq(&told(&old));
    let all = get(
        &mut cluster,
        "/apis/stable.example.com/v1/crontabs?fieldSelector=spec.image%3Dx",
    );
    assert_eq!(all.value()["items"], json!([]));
    let odd = get(
        &mut cluster,
        "/apis/stable.example.com/v1/crontabs?fieldSelector=spec.cronSpec%3Dx",
    );
    assert_eq!(told(&odd), "400 field label not supported: spec.cronSpec");
}

#[test]
fn objects_are_seen_with_the_defaults_of_what_is_stored_and_the_fields_of_their_version() {
    let mut cluster = defined();
    post(
        &mut cluster,
        TABS,
        &crontab("a", json!({"cronSpec": "* * * * *"})),
    );
    let Value::Object(mut changed) = get(
        &mut cluster,
        &[DEFINITIONS, "/crontabs.stable.example.com"].concat(),
    )
    .value()
    .clone() else {
        panic!("a definition is an object");
    };
    let path = "/schema/openAPIV3Schema/properties/spec/properties";
    let versions = &mut changed["spec"]["versions"];
    let old = versions[0].pointer_mut(path).unwrap();
    *old = json!({"later": {"type": "string"}});
    let new = versions[1].pointer_mut(path).unwrap();
    new["later"] = json!({"type": "string", "default": "yes"});
    let answer = patch(
        &mut cluster,
        &[DEFINITIONS, "/crontabs.stable.example.com"].concat(),
        "merge-patch+json",
        &json!({"spec": {"versions": versions}}),
    );
    assert!(answer.is_success(), "{}", answer.message());
    let new = get(&mut cluster, &[TABS, "/a"].concat());
    assert_eq!(new.value()["spec"]["later"], "yes");
    assert_eq!(new.value()["spec"]["cronSpec"], "* * * * *");
    let old = get(
        &mut cluster,
        &[&TABS.replace("v1", "v1beta1"), "/a"].concat(),
    );
    assert_eq!(old.value()["spec"], json!({"later": "yes"}));
}

#[test]
fn writes_count_generations_and_keep_the_status() {
    let mut cluster = defined();
    let path = format!("{TABS}/a");
    let mut object = crontab("a", json!({"cronSpec": "* * * * *"}));
    object["status"] = json!({"replicas": 9});
    let made = post(&mut cluster, TABS, &object);
    assert_eq!(made.value()["status"], Value::Null);
    let mut text = String::new();
    let mut line = |what: &str, response: Response| {
        let value = response.value();
        let (generation, spec, status) = (
            &value["metadata"]["generation"],
            &value["spec"],
            &value["status"],
        );
        text += &format!(
            "{what}: {} generation {generation} {spec} {status}\n",
            told(&response)
        );
    };
    let merge = "merge-patch+json";
    line(
        "merge",
        patch(
            &mut cluster,
            &path,
            merge,
            &json!({"spec": {"replicas": 3}, "status": {"replicas": 1}}),
        ),
    );
    line(
        "same",
        patch(
            &mut cluster,
            &path,
            merge,
            &json!({"spec": {"replicas": 3}}),
        ),
    );
    line(
        "wrong",
        patch(
            &mut cluster,
            &path,
            merge,
            &json!({"spec": {"replicas": 30}}),
        ),
    );
    line(
        "json",
        patch(
            &mut cluster,
            &path,
            "json-patch+json",
            &json!([{"op": "remove", "path": "/spec/replicas"}]),
        ),
    );
    line(
        "strategic",
        patch(
            &mut cluster,
            &path,
            "strategic-merge-patch+json",
            &json!({}),
        ),
    );
    let status = format!("{path}/status");
    line(
        "status",
        patch(
            &mut cluster,
            &status,
            merge,
            &json!({"spec": {"replicas": 7}, "status": {"replicas": 2, "labelSelector": "app=a"}}),
        ),
    );
    line(
        "wrong status",
        patch(
            &mut cluster,
            &status,
            merge,
            &json!({"status": {"replicas": "x"}}),
        ),
    );
    let mut unversioned = crontab("a", json!({"cronSpec": "1 * * * *"}));
    line(
        "put",
        cluster.handle(Request::new(Method::Put, &path).json(&unversioned)),
    );
    unversioned["metadata"]["resourceVersion"] =
        get(&mut cluster, &path).value()["metadata"]["resourceVersion"].clone();
    line(
        "put",
        cluster.handle(Request::new(Method::Put, &path).json(&unversioned)),
    );
    expect![[r#"
        merge: 200  generation 2 {"cronSpec":"* * * * *","replicas":3} null
        same: 200  generation 2 {"cronSpec":"* * * * *","replicas":3} null
        wrong: 422 CronTab.stable.example.com "a" is invalid: spec.replicas: Invalid value: 30: spec.replicas in body should be less than or equal to 10 generation null null "Failure"
        json: 200  generation 3 {"cronSpec":"* * * * *","replicas":1} null
        strategic: 415 the body of the request was in an unknown format - accepted media types include: application/json-patch+json, application/merge-patch+json, application/apply-patch+yaml generation null null "Failure"
        status: 200  generation 3 {"cronSpec":"* * * * *","replicas":1} {"labelSelector":"app=a","replicas":2}
        wrong status: 422 CronTab.stable.example.com "a" is invalid: status.replicas: Invalid value: "string": replicas in body must be of type integer: "string" generation null null "Failure"
        put: 422 crontabs.stable.example.com "a" is invalid: metadata.resourceVersion: Invalid value: 0x0: must be specified for an update generation null null "Failure"
        put: 200  generation 4 {"cronSpec":"1 * * * *","replicas":1} {"labelSelector":"app=a","replicas":2}
    "#]].assert_eq(&text);
}

#[test]
fn scale_goes_by_the_paths_of_the_definition() {
    let mut cluster = defined();
    post(
        &mut cluster,
        TABS,
        &crontab("a", json!({"cronSpec": "* * * * *"})),
    );
    let path = format!("{TABS}/a/scale");
    let mut scale = get(&mut cluster, &path).value().clone();
    assert_eq!(
        (&scale["spec"], &scale["status"]),
        (&json!({"replicas": 1}), &json!({"replicas": 0}))
    );
    scale["spec"]["replicas"] = 4.into();
    let put = cluster.handle(Request::new(Method::Put, &path).json(&scale));
    assert_eq!(told(&put), "200 ");
    let object = get(&mut cluster, &format!("{TABS}/a"));
    assert_eq!(object.value()["spec"]["replicas"], 4);
    let many = patch(
        &mut cluster,
        &path,
        "merge-patch+json",
        &json!({"spec": {"replicas": 40}}),
    );
    expect![[r#"422 CronTab.stable.example.com "a" is invalid: spec.replicas: Invalid value: 40: spec.replicas in body should be less than or equal to 10"#]].assert_eq(&told(&many));
}

#[test]
fn apply_merges_by_the_schema() {
    let mut cluster = defined();
    let path = format!("{TABS}/a?fieldManager=me");
    let mut text = String::new();
    for (path, spec) in [
        (path.clone(), json!({"cronSpec": "* * * * *", "image": "x"})),
        (path.clone(), json!({"cronSpec": "* * * * *"})),
        (
            path.replace("=me", "=you"),
            json!({"cronSpec": "1 * * * *"}),
        ),
        (path.clone(), json!({"cronSpec": "* * * * *", "typo": 1})),
    ] {
        let applied = patch(&mut cluster, &path, "apply-patch+yaml", &crontab("a", spec));
        text += &format!("{} {}\n", told(&applied), applied.value()["spec"]);
    }
    let managed =
        get(&mut cluster, &format!("{TABS}/a")).value()["metadata"]["managedFields"].clone();
    let managed = managed.as_array().unwrap().iter();
    let managed =
        managed.map(|e| format!("{} {} {}", e["manager"], e["apiVersion"], e["fieldsV1"]));
    text += &managed.collect::<Vec<_>>().join("\n");
    expect![[r#"
        201  {"cronSpec":"* * * * *","image":"x","replicas":1}
        200  {"cronSpec":"* * * * *","replicas":1}
        409 Apply failed with 1 conflict: conflict with "me": .spec.cronSpec null
        500 failed to create typed patch object (/a; stable.example.com/v1, Kind=CronTab): .spec.typo: field not declared in schema null
        "me" "stable.example.com/v1" {"f:spec":{"f:cronSpec":{}}}"#]].assert_eq(&text);
}

#[test]
fn tables_have_the_columns_of_the_definition() {
    let mut cluster = defined();
    post(
        &mut cluster,
        TABS,
        &crontab("a", json!({"cronSpec": "* * * * *"})),
    );
    let mut request = Request::get(TABS);
    request.accept = "application/json;as=Table;v=v1;g=meta.k8s.io".into();
    let table = cluster.handle(request);
    let names = table.value()["columnDefinitions"]
        .as_array()
        .unwrap()
        .iter();
    let names: Vec<_> = names.map(|c| c["name"].as_str().unwrap()).collect();
    assert_eq!(names, ["Name", "Spec", "Replicas", "Age"]);
    assert_eq!(
        table.value()["rows"][0]["cells"],
        json!(["a", "* * * * *", 1, "0s"])
    );
}

#[test]
fn a_definition_takes_its_objects_along() {
    let mut cluster = defined();
    let mut held = crontab("held", json!({"cronSpec": "* * * * *"}));
    held["metadata"]["finalizers"] = json!(["plain"]);
    expect![[r#"
        201 
          Warning: metadata.finalizers: "plain": prefer a domain-qualified finalizer name including a path (/) to avoid accidental conflicts with other finalizer writers"#]].assert_eq(&told(&post(&mut cluster, TABS, &held)));
    post(
        &mut cluster,
        TABS,
        &crontab("free", json!({"cronSpec": "* * * * *"})),
    );
    let path = format!("{DEFINITIONS}/crontabs.stable.example.com");
    let deleted = cluster.handle(Request::new(Method::Delete, &path));
    assert_eq!(
        deleted.value()["metadata"]["finalizers"],
        json!(["customresourcecleanup.apiextensions.k8s.io"])
    );
    cluster.advance(cluster.now() + Span::secs(20), u64::MAX);
    let terminating = |cluster: &mut Cluster| {
        let conditions = get(cluster, &path).value()["status"]["conditions"].clone();
        conditions[2]["reason"]
            .as_str()
            .unwrap_or_default()
            .to_owned()
    };
    assert_eq!(terminating(&mut cluster), "InstanceDeletionInProgress");
    let late = post(
        &mut cluster,
        TABS,
        &crontab("late", json!({"cronSpec": "* * * * *"})),
    );
    assert_eq!(
        told(&late),
        "405 create not allowed while custom resource definition is terminating"
    );
    let left = get(&mut cluster, TABS);
    assert_eq!(left.value()["items"].as_array().unwrap().len(), 1);
    patch(
        &mut cluster,
        &format!("{TABS}/held"),
        "merge-patch+json",
        &json!({"metadata": {"finalizers": null}}),
    );
    cluster.advance(cluster.now() + Span::secs(20), u64::MAX);
    assert_eq!(get(&mut cluster, &path).code, 404);
    assert_eq!(get(&mut cluster, TABS).code, 404);
}

#[test]
fn namespaces_and_owners_take_custom_resources_along() {
    let mut cluster = defined();
    post(
        &mut cluster,
        "/api/v1/namespaces",
        &json!({"kind": "Namespace", "metadata": {"name": "shop"}}),
    );
    let shop = TABS.replace("default", "shop");
    let owner = post(
        &mut cluster,
        TABS,
        &crontab("owner", json!({"cronSpec": "* * * * *"})),
    );
    let mut owned = json!({"kind": "ConfigMap", "metadata": {"name": "owned", "ownerReferences": [{
        "apiVersion": "stable.example.com/v1beta1", "kind": "CronTab", "name": "owner", "uid": owner.value()["metadata"]["uid"],
    }]}});
    let maps = "/api/v1/namespaces/default/configmaps";
    post(&mut cluster, maps, &owned);
    post(
        &mut cluster,
        &shop,
        &crontab("a", json!({"cronSpec": "* * * * *"})),
    );
    cluster.advance(cluster.now() + Span::secs(5), u64::MAX);
    assert_eq!(get(&mut cluster, &format!("{maps}/owned")).code, 200);
    cluster.handle(Request::new(Method::Delete, "/api/v1/namespaces/shop"));
    cluster.handle(Request::new(Method::Delete, &format!("{TABS}/owner")));
    cluster.advance(cluster.now() + Span::secs(60), u64::MAX);
    assert_eq!(get(&mut cluster, "/api/v1/namespaces/shop").code, 404);
    assert_eq!(get(&mut cluster, &format!("{maps}/owned")).code, 404);
    // An owner that is not there any more.
    owned["metadata"]["name"] = "late".into();
    post(&mut cluster, maps, &owned);
    cluster.advance(cluster.now() + Span::secs(5), u64::MAX);
    assert_eq!(get(&mut cluster, &format!("{maps}/late")).code, 404);
}

#[test]
fn a_replay_has_the_same_kinds() {
    let log = |cluster: &Cluster| {
        let all = cluster.world().store().everything();
        all.map(|object| object.to_value().to_string())
            .collect::<Vec<_>>()
    };
    let run = || {
        let mut cluster = defined();
        post(
            &mut cluster,
            TABS,
            &crontab("a", json!({"cronSpec": "* * * * *"})),
        );
        cluster
    };
    assert_eq!(log(&run()), log(&run()));
}
