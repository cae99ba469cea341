//! Metadata of all kinds.
// upstream: staging/src/k8s.io/apimachinery/pkg/api/validation/objectmeta_test.go

use expect_test::expect;
use serde_json::{Value, json};

use super::{creates, deployment, updates};

fn map() -> Value {
    json!({"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": "a", "namespace": "default"}})
}

#[test]
fn names_and_labels() {
    creates(
        &map(),
        &[
            json!({}),
            json!({"metadata.name": "Web_1"}),
            json!({"metadata.name": ""}),
            json!({"metadata.generateName": "A-"}),
            json!({"metadata.generateName": "a-"}),
            json!({"metadata.labels": {"a b": "c", "d": "-e"}}),
            json!({"metadata.annotations": {"A.b/C": "d", "e f": ""}}),
        ],
        expect![[r#"
            {}
            {"metadata.name":"Web_1"}
              metadata.name: Invalid value: "Web_1": a lowercase RFC 1123 subdomain must consist of lower case alphanumeric characters, '-' or '.', and must start and end with an alphanumeric character (e.g. 'example.com', regex used for validation is '[a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*')
            {"metadata.name":""}
              metadata.name: Required value: name or generateName is required
            {"metadata.generateName":"A-"}
              metadata.generateName: Invalid value: "A-": a lowercase RFC 1123 subdomain must consist of lower case alphanumeric characters, '-' or '.', and must start and end with an alphanumeric character (e.g. 'example.com', regex used for validation is '[a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*')
            {"metadata.generateName":"a-"}
            {"metadata.labels":{"a b":"c","d":"-e"}}
              metadata.labels: Invalid value: "a b": name part must consist of alphanumeric characters, '-', '_' or '.', and must start and end with an alphanumeric character (e.g. 'MyName',  or 'my.name',  or '123-abc', regex used for validation is '([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9]')
              metadata.labels: Invalid value: "-e": a valid label must be an empty string or consist of alphanumeric characters, '-', '_' or '.', and must start and end with an alphanumeric character (e.g. 'MyValue',  or 'my_value',  or '12345', regex used for validation is '(([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9])?')
            {"metadata.annotations":{"A.b/C":"d","e f":""}}
              metadata.annotations: Invalid value: "e f": name part must consist of alphanumeric characters, '-', '_' or '.', and must start and end with an alphanumeric character (e.g. 'MyName',  or 'my.name',  or '123-abc', regex used for validation is '([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9]')"#]],
    );
    let long = json!({"metadata.annotations": {"a": "v".repeat(256 * 1024)}});
    let found = super::validation::create(
        &super::person(),
        &super::object(&super::edited(&map(), &long)),
        false,
    );
    expect![[r#"ConfigMap "a" is invalid: metadata.annotations: Too long: may not be more than 262144 bytes"#]].assert_eq(&found.unwrap_err().message);
    let of = |version: &str, kind: &str, name: &str| json!({"apiVersion": version, "kind": kind, "metadata.name": name});
    creates(
        &json!({"metadata": {"name": "a"}, "spec": {}}),
        &[
            of("v1", "Namespace", "a.b"),
            of("v1", "Endpoints", "a.b"),
            of("rbac.authorization.k8s.io/v1", "ClusterRole", "system:a/b"),
        ],
        expect![[r#"
            {"apiVersion":"v1","kind":"Namespace","metadata.name":"a.b"}
              metadata.name: Invalid value: "a.b": a lowercase RFC 1123 label must consist of lower case alphanumeric characters or '-', and must start and end with an alphanumeric character (e.g. 'my-name',  or '123-abc', regex used for validation is '[a-z0-9]([-a-z0-9]*[a-z0-9])?')
            {"apiVersion":"v1","kind":"Endpoints","metadata.name":"a.b"}
            {"apiVersion":"rbac.authorization.k8s.io/v1","kind":"ClusterRole","metadata.name":"system:a/b"}
              metadata.name: Invalid value: "system:a/b": may not contain '/'"#]],
    );
}

#[test]
fn finalizers_and_owners() {
    let owner = json!({"apiVersion": "v1", "kind": "Pod", "name": "p", "uid": "d3f7b1c4-0000-4000-8000-000000000001", "controller": true});
    let mut second = owner.clone();
    second["name"] = "q".into();
    let event = json!({"apiVersion": "v1", "kind": "Event", "name": "e", "uid": "d3f7b1c4-0000-4000-8000-000000000001"});
    creates(
        &map(),
        &[
            json!({"metadata.finalizers": ["example.com/a", "kubernetes"]}),
            json!({"metadata.finalizers": ["odd", "a b/c"]}),
            json!({"metadata.finalizers": ["orphan", "foregroundDeletion"]}),
            json!({"metadata.ownerReferences": [owner]}),
            json!({"metadata.ownerReferences": [owner, second]}),
            json!({"metadata.ownerReferences": [{"apiVersion": "", "kind": "", "name": "", "uid": ""}]}),
            json!({"metadata.ownerReferences": [event]}),
        ],
        expect![[r#"
            {"metadata.finalizers":["example.com/a","kubernetes"]}
            {"metadata.finalizers":["odd","a b/c"]}
              metadata.finalizers: Invalid value: "a b/c": prefix part a lowercase RFC 1123 subdomain must consist of lower case alphanumeric characters, '-' or '.', and must start and end with an alphanumeric character (e.g. 'example.com', regex used for validation is '[a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*')
              metadata.finalizers[0]: Invalid value: "odd": name is neither a standard finalizer name nor is it fully qualified
            {"metadata.finalizers":["orphan","foregroundDeletion"]}
              metadata.finalizers: Invalid value: ["orphan","foregroundDeletion"]: finalizer orphan and foregroundDeletion cannot be both set
            {"metadata.ownerReferences":[{"apiVersion":"v1","controller":true,"kind":"Pod","name":"p","uid":"d3f7b1c4-0000-4000-8000-000000000001"}]}
            {"metadata.ownerReferences":[{"apiVersion":"v1","controller":true,"kind":"Pod","name":"p","uid":"d3f7b1c4-0000-4000-8000-000000000001"},{"apiVersion":"v1","controller":true,"kind":"Pod","name":"q","uid":"d3f7b1c4-0000-4000-8000-000000000001"}]}
              metadata.ownerReferences: Invalid value: [{"apiVersion":"v1","kind":"Pod","name":"p","uid":"d3f7b1c4-0000-4000-8000-000000000001","controller":true},{"apiVersion":"v1","kind":"Pod","name":"q","uid":"d3f7b1c4-0000-4000-8000-000000000001","controller":true}]: Only one reference can have Controller set to true. Found "true" in references for Pod/p and Pod/q
            {"metadata.ownerReferences":[{"apiVersion":"","kind":"","name":"","uid":""}]}
              metadata.ownerReferences.apiVersion: Invalid value: "": version must not be empty
              metadata.ownerReferences.kind: Invalid value: "": must not be empty
              metadata.ownerReferences.name: Invalid value: "": must not be empty
              metadata.ownerReferences.uid: Invalid value: "": must not be empty
            {"metadata.ownerReferences":[{"apiVersion":"v1","kind":"Event","name":"e","uid":"d3f7b1c4-0000-4000-8000-000000000001"}]}
              metadata.ownerReferences: Invalid value: {"apiVersion":"v1","kind":"Event","name":"e","uid":"d3f7b1c4-0000-4000-8000-000000000001"}: /v1, Kind=Event is disallowed from being an owner"#]],
    );
}

#[test]
fn what_may_change_in_metadata() {
    updates(
        &deployment(),
        &[
            json!({"metadata.labels": {"a": "b"}}),
            json!({"metadata.labels": {"a b": "b"}}),
            json!({"metadata.finalizers": ["odd"]}),
        ],
        expect![[r#"
            {"metadata.labels":{"a":"b"}}
            {"metadata.labels":{"a b":"b"}}
              metadata.labels: Invalid value: "a b": name part must consist of alphanumeric characters, '-', '_' or '.', and must start and end with an alphanumeric character (e.g. 'MyName',  or 'my.name',  or '123-abc', regex used for validation is '([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9]')
            {"metadata.finalizers":["odd"]}
              metadata.finalizers[0]: Invalid value: "odd": name is neither a standard finalizer name nor is it fully qualified"#]],
    );
    let mut leaving = map();
    leaving["metadata"]["deletionTimestamp"] = "2026-01-01T00:00:00Z".into();
    leaving["metadata"]["finalizers"] = json!(["example.com/a"]);
    updates(
        &leaving,
        &[
            json!({"metadata.finalizers": []}),
            json!({"metadata.finalizers": ["example.com/b", "example.com/a"]}),
        ],
        expect![[r#"
            {"metadata.finalizers":[]}
            {"metadata.finalizers":["example.com/b","example.com/a"]}
              metadata.finalizers: Forbidden: no new finalizers can be added if the object is being deleted, found new finalizers []string{"example.com/b"}"#]],
    );
}
