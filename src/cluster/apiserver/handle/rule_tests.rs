//! What the rules decide of kinds, as a client sees it: defaults, what is generated, what is refused, and warnings.

use expect_test::{Expect, expect};
use serde_json::{Value, json};

use super::tests::{check, cluster, send};
use crate::{Cluster, Method, Response};

const JOBS: &str = "/apis/batch/v1/namespaces/default/jobs";
const SETS: &str = "/apis/apps/v1/namespaces/default/statefulsets";
const DAEMONS: &str = "/apis/apps/v1/namespaces/default/daemonsets";
const CLAIMS: &str = "/api/v1/namespaces/default/persistentvolumeclaims";
const INGRESSES: &str = "/apis/networking.k8s.io/v1/namespaces/default/ingresses";

fn template(policy: &str) -> Value {
    json!({"spec": {"restartPolicy": policy, "containers": [{"name": "c", "image": "x:1"}]}})
}

fn labelled() -> Value {
    let mut template = template("Always");
    template["metadata"] = json!({"labels": {"app": "a"}});
    template
}

fn set(kind: &str) -> Value {
    json!({
        "apiVersion": "apps/v1", "kind": kind, "metadata": {"name": "web"},
        "spec": {"selector": {"matchLabels": {"app": "a"}}, "template": labelled()},
    })
}

fn made(c: &mut Cluster, path: &str, body: Value) -> Response {
    let answer = send(c, Method::Post, path, &body);
    assert_eq!(answer.code, 201, "{}", answer.message());
    answer
}

fn told(value: &Value, expected: Expect) {
    expected.assert_eq(&value.to_string());
}

#[test]
fn a_job_is_made_whole() {
    let c = &mut cluster();
    let body = json!({"metadata": {"name": "pi"}, "spec": {"template": template("Never")}});
    let job = made(c, JOBS, body).into_value();
    let uid = job["metadata"]["uid"].as_str().unwrap();
    let text = job["spec"].to_string().replace(uid, "UID");
    expect![[r#"{"backoffLimit":6,"completionMode":"NonIndexed","completions":1,"parallelism":1,"podReplacementPolicy":"TerminatingOrFailed","selector":{"matchLabels":{"batch.kubernetes.io/controller-uid":"UID"}},"suspend":false,"template":{"metadata":{"labels":{"batch.kubernetes.io/controller-uid":"UID","batch.kubernetes.io/job-name":"pi","controller-uid":"UID","job-name":"pi"}},"spec":{"containers":[{"image":"x:1","imagePullPolicy":"IfNotPresent","name":"c","resources":{},"terminationMessagePath":"/dev/termination-log","terminationMessagePolicy":"File"}],"dnsPolicy":"ClusterFirst","restartPolicy":"Never","schedulerName":"default-scheduler","securityContext":{},"terminationGracePeriodSeconds":30}}}"#]].assert_eq(&text);
    let labels = job["metadata"]["labels"].to_string().replace(uid, "UID");
    expect![[r#"{"batch.kubernetes.io/controller-uid":"UID","batch.kubernetes.io/job-name":"pi","controller-uid":"UID","job-name":"pi"}"#]].assert_eq(&labels);
    assert_eq!(job["status"], json!({}));
    let path = [JOBS, "/pi"].concat();
    let image =
        json!({"spec": {"template": {"spec": {"containers": [{"name": "c", "image": "x:2"}]}}}});
    let refused = send(c, Method::Patch, &path, &image);
    assert_eq!(refused.code, 422);
    assert!(
        refused.message().ends_with(": field is immutable"),
        "{}",
        refused.message()
    );
    let again = send(c, Method::Put, &path, &job).into_value();
    assert_eq!(
        again["metadata"]["resourceVersion"],
        job["metadata"]["resourceVersion"]
    );
    check(
        c,
        Method::Post,
        JOBS,
        json!({"metadata": {"name": "a"}, "spec": {"template": {"spec": {"containers": [{"name": "c"}]}}}}),
        expect![[
            r#"422 Job.batch "a" is invalid: [spec.template.spec.containers[0].image: Required value, spec.template.spec.restartPolicy: Required value: valid values: "OnFailure", "Never"]"#
        ]],
    );
}

#[test]
fn a_cron_job_runs_by_a_schedule() {
    let c = &mut cluster();
    let path = "/apis/batch/v1/namespaces/default/cronjobs";
    let cron = |schedule: &str| json!({"metadata": {"name": "a"}, "spec": {"schedule": schedule, "jobTemplate": {"spec": {"template": template("OnFailure")}}}});
    let value = made(c, path, cron("*/5 * * * *")).into_value();
    assert_eq!(
        value["spec"]["jobTemplate"]["spec"]["template"]["spec"]["dnsPolicy"],
        "ClusterFirst"
    );
    assert_eq!(value["spec"]["concurrencyPolicy"], "Allow");
    check(
        c,
        Method::Post,
        path,
        cron("61 * * * *"),
        expect![[
            r#"422 CronJob.batch "a" is invalid: spec.schedule: Invalid value: "61 * * * *": end of range (61) above maximum (59): 61"#
        ]],
    );
    let mut empty = cron("@daily");
    empty["spec"]["jobTemplate"]["spec"]["template"]["spec"]["containers"] = json!([]);
    check(
        c,
        Method::Post,
        path,
        empty,
        expect![[
            r#"422 CronJob.batch "a" is invalid: spec.jobTemplate.spec.template.spec.containers: Required value"#
        ]],
    );
}

#[test]
fn a_stateful_set_mounts_what_it_claims() {
    let c = &mut cluster();
    let mut whole = set("StatefulSet");
    let claim = json!({"metadata": {"name": "data"}, "spec": {"accessModes": ["ReadWriteOnce"], "resources": {"requests": {"storage": "0.5Gi"}}}});
    whole["spec"]["volumeClaimTemplates"] = json!([claim]);
    whole["spec"]["template"]["spec"]["containers"][0]["volumeMounts"] =
        json!([{"name": "data", "mountPath": "/a"}]);
    let value = made(c, SETS, whole).into_value();
    told(
        &value["status"],
        expect![[r#"{"availableReplicas":0,"replicas":0}"#]],
    );
    told(
        &value["spec"]["volumeClaimTemplates"],
        expect![[
            r#"[{"apiVersion":"v1","kind":"PersistentVolumeClaim","metadata":{"name":"data"},"spec":{"accessModes":["ReadWriteOnce"],"resources":{"requests":{"storage":"512Mi"}},"volumeMode":"Filesystem"},"status":{"phase":"Pending"}}]"#
        ]],
    );
    assert_eq!(value["spec"]["template"]["spec"].get("volumes"), None);
    let path = [SETS, "/web"].concat();
    let name = json!({"spec": {"serviceName": "b"}});
    check(
        c,
        Method::Patch,
        &path,
        name,
        expect![[
            r#"422 StatefulSet.apps "web" is invalid: spec: Forbidden: updates to statefulset spec for fields other than 'replicas', 'ordinals', 'template', 'updateStrategy', 'revisionHistoryLimit', 'persistentVolumeClaimRetentionPolicy' and 'minReadySeconds' are forbidden"#
        ]],
    );
    let more = send(c, Method::Patch, &path, &json!({"spec": {"replicas": 3}})).into_value();
    assert_eq!(more["metadata"]["generation"], 2);
    let mut lost = set("StatefulSet");
    lost["spec"]["template"]["spec"]["containers"][0]["volumeMounts"] =
        json!([{"name": "other", "mountPath": "/a"}]);
    lost["metadata"]["name"] = "a.b".into();
    check(
        c,
        Method::Post,
        SETS,
        lost,
        expect![[
            r#"422 StatefulSet.apps "a.b" is invalid: [metadata.name: Invalid value: "a.b": a lowercase RFC 1123 label must consist of lower case alphanumeric characters or '-', and must start and end with an alphanumeric character (e.g. 'my-name',  or '123-abc', regex used for validation is '[a-z0-9]([-a-z0-9]*[a-z0-9])?'), spec.template.spec.containers[0].volumeMounts[0].name: Not found: "other"]"#
        ]],
    );
}

#[test]
fn a_daemon_set_counts_its_templates() {
    let c = &mut cluster();
    let value = made(c, DAEMONS, set("DaemonSet")).into_value();
    told(
        &value["metadata"]["annotations"],
        expect![[r#"{"deprecated.daemonset.template.generation":"1"}"#]],
    );
    told(
        &value["status"],
        expect![[
            r#"{"currentNumberScheduled":0,"desiredNumberScheduled":0,"numberMisscheduled":0,"numberReady":0}"#
        ]],
    );
    let path = [DAEMONS, "/web"].concat();
    let image =
        json!({"spec": {"template": {"spec": {"containers": [{"name": "c", "image": "x:2"}]}}}});
    let value = send(c, Method::Patch, &path, &image).into_value();
    told(
        &value["metadata"]["annotations"],
        expect![[r#"{"deprecated.daemonset.template.generation":"2"}"#]],
    );
}

#[test]
fn a_claim_asks_for_storage_and_stays() {
    let c = &mut cluster();
    let claim = |size: &str| json!({"metadata": {"name": "a"}, "spec": {"accessModes": ["ReadWriteOnce"], "resources": {"requests": {"storage": size}}}});
    let answer = made(c, CLAIMS, claim("1500m"));
    assert_eq!(
        answer.warnings.last().map(String::as_str),
        Some(
            "spec.resources.requests[storage]: fractional byte value \"1500m\" is invalid, must be an integer"
        )
    );
    told(
        &answer.value()["status"],
        expect![[r#"{"phase":"Pending"}"#]],
    );
    let path = [CLAIMS, "/a"].concat();
    let class = json!({"spec": {"accessModes": ["ReadOnlyMany"]}});
    check(
        c,
        Method::Patch,
        &path,
        class,
        expect![[r#"
            422 PersistentVolumeClaim "a" is invalid: spec: Forbidden: spec is immutable after creation except resources.requests and volumeAttributesClassName for bound claims
            --- expected
            +++ got
            @@ -1,13 +1,13 @@
             {
               "AccessModes": [
            -    "ReadWriteOnce"
            +    "ReadOnlyMany"
               ],
               "Selector": null,
               "Resources": {
                 "Limits": null,
                 "Requests": {
                   "storage": "1500m"
                 }
               },
               "VolumeName": "",
               "StorageClassName": null,
        "#]],
    );
    check(
        c,
        Method::Post,
        CLAIMS,
        claim("-1"),
        expect![[
            r#"422 PersistentVolumeClaim "a" is invalid: spec.resources[storage]: Invalid value: "-1": must be greater than zero"#
        ]],
    );
}

#[test]
fn an_old_annotation_of_an_ingress_is_told_of() {
    let c = &mut cluster();
    let backend = json!({"service": {"name": "web", "port": {"number": 80}}});
    let annotations = json!({"kubernetes.io/ingress.class": "nginx"});
    let ingress = json!({"metadata": {"name": "a", "annotations": annotations}, "spec": {"defaultBackend": backend}});
    let answer = made(c, INGRESSES, ingress);
    assert_eq!(
        answer.warnings.last().map(String::as_str),
        Some(
            "annotation \"kubernetes.io/ingress.class\" is deprecated, please use 'spec.ingressClassName' instead"
        )
    );
    told(
        &answer.value()["status"],
        expect![[r#"{"loadBalancer":{}}"#]],
    );
    let rule = json!({"http": {"paths": [{"path": "/", "backend": backend}]}});
    let body = json!({"metadata": {"name": "b"}, "spec": {"rules": [rule]}});
    check(
        c,
        Method::Post,
        INGRESSES,
        body,
        expect![[
            r#"422 Ingress.networking.k8s.io "b" is invalid: spec.rules[0].http.paths[0].pathType: Required value: pathType must be specified"#
        ]],
    );
}

#[test]
fn a_request_for_a_certificate_says_who_asks() {
    let c = &mut cluster();
    let request = "LS0tLS1CRUdJTiBDRVJUSUZJQ0FURSBSRVFVRVNULS0tLS0KTUlJQgotLS0tLUVORCBDRVJUSUZJQ0FURSBSRVFVRVNULS0tLS0K";
    let spec = json!({"request": request, "signerName": "example.com/a", "usages": ["client auth"], "username": "somebody", "uid": "1"});
    let path = "/apis/certificates.k8s.io/v1/certificatesigningrequests";
    let mut value = made(c, path, json!({"metadata": {"name": "a:b"}, "spec": spec})).into_value();
    value["spec"]["request"] = Value::Null;
    told(
        &value["spec"],
        expect![[
            r#"{"groups":["kubeadm:cluster-admins","system:authenticated"],"request":null,"signerName":"example.com/a","usages":["client auth"],"username":"kubernetes-admin"}"#
        ]],
    );
}

#[test]
fn names_are_judged_by_kind() {
    let c = &mut cluster();
    let quota = |name: &str| json!({"metadata": {"name": name}, "spec": {"hard": {"pods": "1"}}});
    let path = "/api/v1/namespaces/default/resourcequotas";
    check(
        c,
        Method::Post,
        path,
        quota("A"),
        expect![[
            r#"422 ResourceQuota "A" is invalid: metadata.name: Invalid value: "A": a lowercase RFC 1123 subdomain must consist of lower case alphanumeric characters, '-' or '.', and must start and end with an alphanumeric character (e.g. 'example.com', regex used for validation is '[a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*')"#
        ]],
    );
    let prefix = json!({"metadata": {"generateName": "A-"}, "spec": {"hard": {"pods": "1"}}});
    let refused = send(c, Method::Post, path, &prefix);
    assert_eq!(
        refused.value()["details"]["causes"][0]["field"],
        "metadata.generateName"
    );
    let parent = json!({"resource": "services", "name": "a"});
    let address = json!({"metadata": {"name": "10.0.0.01"}, "spec": {"parentRef": parent}});
    check(
        c,
        Method::Post,
        "/apis/networking.k8s.io/v1/ipaddresses",
        address,
        expect![[
            r#"422 IPAddress.networking.k8s.io "10.0.0.01" is invalid: metadata.name: Invalid value: "10.0.0.01": must not have leading 0s"#
        ]],
    );
}
