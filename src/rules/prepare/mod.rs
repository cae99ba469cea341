//! What the server decides of a new or changed object, whatever was sent: what is observed begins empty, and what it
//! generates is generated.
// upstream: PrepareForCreate, PrepareForUpdate of the strategies below pkg/registry

use podarium_api::schema::schema;
use serde_json::{Map, Value, json};

use crate::defaults::{Fields, batch, below, default, extensions, has, made, said};
use crate::kinds;
use crate::validation::job::{NAME_LABELS, UID_LABELS};

/// Where versions that had a field for it are told which generation a DaemonSet's template is of.
///
/// upstream: staging/src/k8s.io/api/apps/v1/types.go DeprecatedTemplateGeneration
const TEMPLATE_GENERATION: &str = "deprecated.daemonset.template.generation";

/// Begins a new object.
pub fn create(mut object: Value) -> Value {
    let row = kinds::row(&object);
    let text = |field: &str| object[field].as_str().unwrap_or_default();
    let type_ = schema().find(text("apiVersion"), text("kind"));
    let observed = type_.is_some_and(|t| t.field("status").is_some());
    if let Value::Object(fields) = &mut object {
        if observed {
            fields.insert("status".into(), json!({}));
        }
        (row.begin)(fields);
    }
    object
}

/// Keeps of `old` what a write of the new one may not change.
pub fn update(mut object: Value, old: &Value) -> Value {
    let row = kinds::row(&object);
    if let Value::Object(fields) = &mut object {
        (row.keep)(fields, old);
    }
    object
}

fn status(fields: &mut Fields, status: Value) {
    fields.insert("status".into(), status);
}

/// Nothing that a write may not change but the status, which the core looks after.
pub fn nothing(_: &mut Fields, _: &Value) {}

/// upstream: pkg/registry/core/persistentvolume/strategy.go
pub fn pending(fields: &mut Fields) {
    status(fields, json!({"phase": "Pending"}));
}

/// upstream: pkg/registry/core/persistentvolumeclaim/strategy.go
pub fn claim(fields: &mut Fields) {
    pending(fields);
    data_sources(made(fields, "spec"));
}

/// upstream: pkg/registry/core/persistentvolumeclaim/strategy.go
pub fn claim_update(fields: &mut Fields, _: &Value) {
    data_sources(made(fields, "spec"));
}

/// A claim says in two fields what it is filled from; each follows from the other.
///
/// upstream: pkg/api/persistentvolumeclaim/util.go NormalizeDataSources, EnforceDataSourceBackwardsCompatibility
fn data_sources(spec: &mut Fields) {
    let known = |source: &Fields| {
        matches!(
            (said(source, "apiGroup"), said(source, "kind")),
            ("", "PersistentVolumeClaim") | ("snapshot.storage.k8s.io", "VolumeSnapshot")
        )
    };
    if !has(spec, "dataSourceRef") {
        if below(spec, "dataSource").is_some_and(|source| !known(source)) {
            spec.remove("dataSource");
        }
        if let Some(source) = spec.get("dataSource").filter(|s| s.is_object()).cloned() {
            spec.insert("dataSourceRef".into(), source);
        }
    } else if !has(spec, "dataSource")
        && let Some(reference) = below(spec, "dataSourceRef").cloned()
        && !has(&reference, "namespace")
    {
        spec.insert("dataSource".into(), Value::Object(reference));
    }
}

/// upstream: pkg/registry/apps/statefulset/strategy.go
pub fn stateful_set(fields: &mut Fields) {
    status(fields, json!({"replicas": 0, "availableReplicas": 0}));
}

/// upstream: pkg/registry/apps/daemonset/strategy.go
pub fn daemon_set(fields: &mut Fields) {
    let zeros = [
        "currentNumberScheduled",
        "desiredNumberScheduled",
        "numberMisscheduled",
        "numberReady",
    ];
    let zeros: Map<_, _> = zeros
        .map(|name| (name.to_owned(), 0.into()))
        .into_iter()
        .collect();
    status(fields, Value::Object(zeros));
    template_generation(fields, 1);
}

/// upstream: pkg/registry/apps/daemonset/strategy.go
pub fn daemon_set_update(fields: &mut Fields, old: &Value) {
    let had = old["metadata"]["annotations"][TEMPLATE_GENERATION].as_str();
    let had: i64 = had.and_then(|text| text.parse().ok()).unwrap_or(0);
    let template = fields.get("spec").map(|spec| &spec["template"]);
    let changed = template != Some(&old["spec"]["template"]);
    template_generation(fields, had + i64::from(changed));
}

fn template_generation(fields: &mut Fields, generation: i64) {
    let annotations = made(made(fields, "metadata"), "annotations");
    annotations.insert(TEMPLATE_GENERATION.into(), generation.to_string().into());
}

/// upstream: pkg/registry/autoscaling/horizontalpodautoscaler/strategy.go
pub fn autoscaler(fields: &mut Fields) {
    status(
        fields,
        json!({"currentMetrics": null, "desiredReplicas": 0}),
    );
}

/// A job that does not say which pods are its own gets labels for them, and selects by the one that cannot be another's.
///
/// upstream: pkg/registry/batch/job/strategy.go generateSelector
pub fn job(fields: &mut Fields) {
    let meta = made(fields, "metadata");
    let (name, uid) = (said(meta, "name").to_owned(), said(meta, "uid").to_owned());
    let spec = made(fields, "spec");
    // A field of a feature that is off.
    spec.remove("scheduling");
    if spec.get("manualSelector").and_then(Value::as_bool) != Some(true) {
        let labels = made(made(made(spec, "template"), "metadata"), "labels");
        for (keys, value) in [(NAME_LABELS, &name), (UID_LABELS, &uid)] {
            for key in keys {
                default(labels, key, value.as_str());
            }
        }
        let labels = made(made(spec, "selector"), "matchLabels");
        default(labels, UID_LABELS[1], uid);
    }
    batch::labels(fields);
}

/// upstream: staging/src/k8s.io/apiextensions-apiserver/pkg/registry/customresourcedefinition/strategy.go PrepareForCreate
pub fn definition(fields: &mut Fields) {
    let stored: Vec<Value> = extensions::storage_version(fields).into_iter().collect();
    let names = json!({"plural": "", "kind": ""});
    status(
        fields,
        json!({"acceptedNames": names, "conditions": null, "storedVersions": stored}),
    );
}

/// A version that objects come to be stored in is noted. upstream: registry/customresourcedefinition/strategy.go PrepareForUpdate
pub fn definition_update(fields: &mut Fields, _: &Value) {
    let name = extensions::storage_version(fields);
    let stored = made(fields, "status")
        .entry("storedVersions")
        .or_insert(json!([]));
    if let (Some(name), Value::Array(stored)) = (name, stored)
        && !stored.contains(&name)
    {
        stored.push(name);
    }
}

/// A request stays as it was made. upstream: pkg/registry/certificates/certificates/strategy.go
pub fn signing_request_update(fields: &mut Fields, old: &Value) {
    fields.insert("spec".into(), old["spec"].clone());
}

/// upstream: pkg/registry/networking/ingress/strategy.go
pub fn ingress(fields: &mut Fields) {
    status(fields, json!({"loadBalancer": {}}));
}

/// upstream: pkg/registry/policy/poddisruptionbudget/strategy.go
pub fn disruption_budget(fields: &mut Fields) {
    let zeros = json!({"disruptionsAllowed": 0, "currentHealthy": 0, "desiredHealthy": 0, "expectedPods": 0});
    status(fields, zeros);
}

/// upstream: pkg/registry/storage/volumeattachment/strategy.go
pub fn attachment(fields: &mut Fields) {
    status(fields, json!({"attached": false}));
}

#[cfg(test)]
mod tests {
    use expect_test::{Expect, expect};
    use serde_json::{Value, json};

    fn check(object: Value, path: &str, expected: Expect) {
        let begun = super::create(object);
        let part = path.split('.').fold(&begun, |v, name| &v[name]);
        expected.assert_eq(&part.to_string());
    }

    #[test]
    fn what_is_observed_begins_empty() {
        let of = |version: &str, kind: &str| json!({"apiVersion": version, "kind": kind, "status": {"replicas": 9}});
        check(
            of("apps/v1", "StatefulSet"),
            "status",
            expect![[r#"{"availableReplicas":0,"replicas":0}"#]],
        );
        check(
            of("policy/v1", "PodDisruptionBudget"),
            "status",
            expect![[
                r#"{"currentHealthy":0,"desiredHealthy":0,"disruptionsAllowed":0,"expectedPods":0}"#
            ]],
        );
        check(of("batch/v1", "CronJob"), "status", expect!["{}"]);
        check(
            of("networking.k8s.io/v1", "Ingress"),
            "status",
            expect![[r#"{"loadBalancer":{}}"#]],
        );
        check(
            of("storage.k8s.io/v1", "StorageClass"),
            "status",
            expect![[r#"{"replicas":9}"#]],
        );
    }

    // upstream: pkg/registry/batch/job/strategy_test.go TestJobStrategy_PrepareForCreate
    #[test]
    fn a_job_selects_its_pods_by_its_uid() {
        let job = |spec: Value| json!({"apiVersion": "batch/v1", "kind": "Job", "metadata": {"name": "pi", "uid": "1a"}, "spec": spec});
        check(
            job(json!({})),
            "spec",
            expect![[
                r#"{"selector":{"matchLabels":{"batch.kubernetes.io/controller-uid":"1a"}},"template":{"metadata":{"labels":{"batch.kubernetes.io/controller-uid":"1a","batch.kubernetes.io/job-name":"pi","controller-uid":"1a","job-name":"pi"}}}}"#
            ]],
        );
        check(
            job(json!({})),
            "metadata.labels",
            expect![[
                r#"{"batch.kubernetes.io/controller-uid":"1a","batch.kubernetes.io/job-name":"pi","controller-uid":"1a","job-name":"pi"}"#
            ]],
        );
        let own = json!({"manualSelector": true, "selector": {"matchLabels": {"a": "b"}}});
        check(
            job(own),
            "spec",
            expect![[r#"{"manualSelector":true,"selector":{"matchLabels":{"a":"b"}}}"#]],
        );
    }

    #[test]
    fn the_generation_of_a_daemon_sets_template_is_counted() {
        let set = |image: &str| json!({"apiVersion": "apps/v1", "kind": "DaemonSet", "spec": {"template": {"spec": {"image": image}}}});
        let first = super::create(set("a"));
        let of = |set: &Value| set["metadata"]["annotations"][super::TEMPLATE_GENERATION].clone();
        assert_eq!(of(&first), "1");
        assert_eq!(of(&super::update(set("a"), &first)), "1");
        assert_eq!(of(&super::update(set("b"), &first)), "2");
    }

    // upstream: pkg/api/persistentvolumeclaim/util_test.go
    #[test]
    fn what_a_claim_is_filled_from_stands_in_two_fields() {
        let claim = |spec: Value| json!({"apiVersion": "v1", "kind": "PersistentVolumeClaim", "spec": spec});
        let snapshot =
            json!({"apiGroup": "snapshot.storage.k8s.io", "kind": "VolumeSnapshot", "name": "a"});
        check(
            claim(json!({"dataSource": snapshot})),
            "spec",
            expect![[
                r#"{"dataSource":{"apiGroup":"snapshot.storage.k8s.io","kind":"VolumeSnapshot","name":"a"},"dataSourceRef":{"apiGroup":"snapshot.storage.k8s.io","kind":"VolumeSnapshot","name":"a"}}"#
            ]],
        );
        check(
            claim(json!({"dataSourceRef": {"apiGroup": "x.y", "kind": "Z", "name": "a"}})),
            "spec",
            expect![[
                r#"{"dataSource":{"apiGroup":"x.y","kind":"Z","name":"a"},"dataSourceRef":{"apiGroup":"x.y","kind":"Z","name":"a"}}"#
            ]],
        );
        check(
            claim(json!({"dataSource": {"apiGroup": "x.y", "kind": "Z", "name": "a"}})),
            "spec",
            expect!["{}"],
        );
    }

    #[test]
    fn a_request_for_a_certificate_stays() {
        let csr = |usage: &str| json!({"apiVersion": "certificates.k8s.io/v1", "kind": "CertificateSigningRequest", "spec": {"usages": [usage]}});
        assert_eq!(super::update(csr("a"), &csr("b"))["spec"], csr("b")["spec"]);
    }
}
