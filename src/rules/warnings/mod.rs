//! What a client is told of a write that is allowed all the same.
// upstream: WarningsOnCreate, WarningsOnUpdate of the strategies below pkg/registry

pub mod pod;
pub mod service;

use podarium_api::names::{dns1123_label_error, qualified_name_error};
use podarium_api::schema::schema;
use serde_json::Value;

use crate::address::range_warning;
use crate::field::Field;
use crate::kinds;
use crate::validation::{claim as claims, ingress as ingresses};

/// The warnings of an object, and of the one that it replaces.
pub fn of(object: &Value, old: Option<&Value>) -> Vec<String> {
    let mut out = Vec::new();
    let old = old.map(Field::root);
    (kinds::row(object).warn)(&Field::root(object), old.as_ref(), &mut out);
    let text = |field: &str| object[field].as_str().unwrap_or_default();
    if schema().find(text("apiVersion"), text("kind")).is_none() {
        finalizers(&Field::root(object), old.as_ref(), &mut out);
    }
    out
}

/// New finalizers of custom resources.
///
/// upstream: staging/src/k8s.io/apiextensions-apiserver/pkg/registry/customresource/strategy.go generateWarningsFromObj
fn finalizers(object: &Field, old: Option<&Field>, out: &mut Vec<String>) {
    let all = object.at("metadata.finalizers");
    let had = old.map(|old| old.at("metadata.finalizers"));
    let mut new: Vec<&str> = all.texts().collect();
    new.retain(|name| had.as_ref().is_none_or(|had| !had.contains(name)));
    new.sort_unstable();
    for name in new {
        if let Some(why) = qualified_name_error(name) {
            out.push(format!("{}: {name:?}: {why}", all.path));
        }
        if !name.contains('/') && !["orphan", "foregroundDeletion"].contains(&name) {
            out.push(format!(
                "{}: {name:?}: prefer a domain-qualified finalizer name including a path (/) to avoid accidental conflicts with other finalizer writers",
                all.path
            ));
        }
    }
}

/// Labels of nodes that have other names now.
///
/// upstream: pkg/api/node/util.go deprecatedNodeLabels
pub const NODE_LABELS: [(&str, &str, &str); 5] = [
    ("beta.kubernetes.io/arch", "1.14", "kubernetes.io/arch"),
    ("beta.kubernetes.io/os", "1.14", "kubernetes.io/os"),
    (
        "failure-domain.beta.kubernetes.io/region",
        "1.17",
        "topology.kubernetes.io/region",
    ),
    (
        "failure-domain.beta.kubernetes.io/zone",
        "1.17",
        "topology.kubernetes.io/zone",
    ),
    (
        "beta.kubernetes.io/instance-type",
        "1.17",
        "node.kubernetes.io/instance-type",
    ),
];

/// What is said of such a label.
fn old_label(label: &str) -> Option<String> {
    let (_, since, instead) = NODE_LABELS.iter().find(|(l, ..)| *l == label)?;
    Some(format!(
        "deprecated since v{since}; use {instead:?} instead"
    ))
}

/// The expressions of a selector of nodes.
///
/// upstream: pkg/api/node/util.go GetWarningsForNodeSelectorTerm, GetWarningsForNodeSelector
fn node_expressions(expressions: &Field, out: &mut Vec<String>) {
    for expression in expressions.items() {
        let key = expression.get("key");
        if let Some(why) = old_label(key.text()) {
            out.push(format!("{}: {} is {why}", key.path, key.text()));
        }
    }
}

fn class_annotation(object: &Field, out: &mut Vec<String>) {
    let annotations = object.at("metadata.annotations");
    if annotations.key(claims::CLASS_ANNOTATION).is_set() {
        out.push(format!(
            "metadata.annotations[{}]: deprecated since v1.8; use \"storageClassName\" attribute instead",
            claims::CLASS_ANNOTATION
        ));
    }
}

/// upstream: pkg/api/persistentvolume/util.go GetWarningsForPersistentVolume
pub fn volume(volume: &Field, _: Option<&Field>, out: &mut Vec<String>) {
    class_annotation(volume, out);
    let mount = "volume.beta.kubernetes.io/mount-options";
    if volume.at("metadata.annotations").key(mount).is_set() {
        out.push(format!("metadata.annotations[{mount}]: deprecated since v1.31; use \"mountOptions\" attribute instead"));
    }
    let spec = volume.get("spec");
    let reclaim = spec.get("persistentVolumeReclaimPolicy");
    if reclaim.text() == "Recycle" {
        out.push(format!(
            "{}: The Recycle reclaim policy is deprecated. Instead, the recommended approach is to use dynamic provisioning.",
            reclaim.path
        ));
    }
    let gone = [
        ("cephfs", "1.28", "1.31"),
        ("photonPersistentDisk", "1.11", "1.16"),
        ("scaleIO", "1.16", "1.22"),
        ("storageos", "1.22", "1.25"),
        ("glusterfs", "1.25", "1.26"),
        ("rbd", "1.28", "1.31"),
    ];
    if let Some((name, since, dead)) = gone.iter().find(|(name, ..)| spec.get(name).is_set()) {
        // upstream writes this one in another case.
        let name = if *name == "storageos" {
            "storageOS"
        } else {
            name
        };
        out.push(format!(
            "spec.{name}: deprecated in v{since}, non-functional in v{dead}+"
        ));
    }
    for term in spec.at("nodeAffinity.required.nodeSelectorTerms").items() {
        node_expressions(&term.get("matchExpressions"), out);
    }
}

/// upstream: pkg/api/persistentvolumeclaim/util.go GetWarningsForPersistentVolumeClaim
pub fn claim(claim: &Field, _: Option<&Field>, out: &mut Vec<String>) {
    class_annotation(claim, out);
    claim_spec(&claim.get("spec"), out);
}

/// upstream: pkg/api/persistentvolumeclaim/util.go GetWarningsForPersistentVolumeClaimSpec
fn claim_spec(spec: &Field, out: &mut Vec<String>) {
    fractional(&spec.at("resources.requests").key("storage"), out);
}

/// Of bytes that are no whole number.
fn fractional(amount: &Field, out: &mut Vec<String>) {
    if let Some(size) = amount.quantity().filter(|q| q.milli() % 1000 != 0) {
        let path = &amount.path;
        out.push(format!(
            "{path}: fractional byte value {:?} is invalid, must be an integer",
            size.to_string()
        ));
    }
}

/// upstream: pkg/registry/apps/statefulset/strategy.go
pub fn stateful_set(set: &Field, old: Option<&Field>, out: &mut Vec<String>) {
    pod::template(set, old, out);
    for claim in set.at("spec.volumeClaimTemplates").items() {
        // The path is that of the template, without its spec.
        claim_spec(&claim.get("spec").called(&claim.path), out);
    }
    if set.at("spec.revisionHistoryLimit").int() < 0 {
        out.push(
            "spec.revisionHistoryLimit: a negative value retains all historical revisions; a value >= 0 is recommended"
                .into(),
        );
    }
}

/// upstream: pkg/registry/batch/job/strategy.go WarningsOnCreate
pub fn job(job: &Field, old: Option<&Field>, out: &mut Vec<String>) {
    named_pods(job, old, out);
    job_spec(&job.get("spec"), old.map(|old| old.get("spec")), out);
}

/// upstream: pkg/registry/batch/cronjob/strategy.go WarningsOnCreate
pub fn cron_job(object: &Field, old: Option<&Field>, out: &mut Vec<String>) {
    named_pods(object, old, out);
    let schedule = object.at("spec.schedule");
    if schedule.text().contains("TZ") {
        out.push(format!(
            "cannot use TZ or CRON_TZ in {}, use timeZone instead, see https://kubernetes.io/docs/concepts/workloads/controllers/cron-jobs/#time-zones for more details",
            schedule.path
        ));
    }
    let inner = "spec.jobTemplate.spec";
    job_spec(&object.at(inner), old.map(|old| old.at(inner)), out);
}

fn named_pods(object: &Field, old: Option<&Field>, out: &mut Vec<String>) {
    let name = object.at("metadata.name");
    if let Some(why) = dns1123_label_error(name.text()).filter(|_| old.is_none()) {
        out.push(format!(
            "metadata.name: this is used in Pod names and hostnames, which can result in surprising behavior; a DNS label is recommended: [{why}]"
        ));
    }
}

/// upstream: pkg/api/job/warnings.go WarningsForJobSpec
fn job_spec(spec: &Field, old: Option<Field>, out: &mut Vec<String>) {
    if old.is_none_or(|old| old.value != spec.value) {
        pod::spec_and_meta(&spec.get("template"), true, out);
    }
    let many = spec.get("completions").int() > 100_000 && spec.get("parallelism").int() > 10_000;
    if spec.get("completionMode").text() == "Indexed" && many {
        out.push(format!(
            "{}: In Indexed Jobs with a number of completions higher than 10^5 and a parallelism higher than 10^4, Kubernetes might not be able to track completedIndexes when a big number of indexes fail",
            spec.path
        ));
    }
}

/// upstream: pkg/registry/networking/ingress/strategy.go WarningsOnCreate
pub fn ingress(ingress: &Field, old: Option<&Field>, out: &mut Vec<String>) {
    let annotations = ingress.at("metadata.annotations");
    let class = ingress.at("spec.ingressClassName");
    if old.is_none() && annotations.key(ingresses::CLASS_ANNOTATION).is_set() && !class.is_set() {
        out.push(format!(
            "annotation {:?} is deprecated, please use 'spec.ingressClassName' instead",
            ingresses::CLASS_ANNOTATION
        ));
    }
}

/// upstream: pkg/registry/networking/networkpolicy/strategy.go networkPolicyWarnings
pub fn network_policy(policy: &Field, _: Option<&Field>, out: &mut Vec<String>) {
    let spec = policy.get("spec");
    for (rules, peers) in [("ingress", "from"), ("egress", "to")] {
        for rule in spec.get(rules).items() {
            for peer in rule.get(peers).items() {
                let block = peer.get("ipBlock");
                out.extend(range_warning(&block.get("cidr")));
                out.extend(
                    block
                        .get("except")
                        .items()
                        .filter_map(|e| range_warning(&e)),
                );
            }
        }
    }
}

/// upstream: pkg/api/storage/util.go GetWarningsForStorageClass
pub fn storage_class(class: &Field, _: Option<&Field>, out: &mut Vec<String>) {
    for term in class.get("allowedTopologies").items() {
        for expression in term.get("matchLabelExpressions").items() {
            let key = expression.get("key");
            out.extend(old_label(key.text()).map(|why| format!("{}: {why}", key.path)));
        }
    }
}

/// upstream: pkg/api/storage/util.go GetWarningsForCSIStorageCapacity
pub fn storage_capacity(capacity: &Field, _: Option<&Field>, out: &mut Vec<String>) {
    let topology = capacity.get("nodeTopology");
    node_expressions(&topology.get("matchExpressions"), out);
    for (label, _) in topology.get("matchLabels").entries() {
        out.extend(old_label(label).map(|why| format!("nodeTopology.matchLabels.{label}: {why}")));
    }
}

/// upstream: pkg/api/node/util.go GetWarningsForRuntimeClass
pub fn runtime_class(class: &Field, _: Option<&Field>, out: &mut Vec<String>) {
    for (label, _) in class.at("scheduling.nodeSelector").entries() {
        out.extend(old_label(label).map(|why| format!("scheduling.nodeSelector: {why}")));
    }
}

/// upstream: pkg/registry/core/node/strategy.go fieldIsDeprecatedWarnings
pub fn node(node: &Field, _: Option<&Field>, out: &mut Vec<String>) {
    let spec = node.get("spec");
    if spec.get("configSource").is_set() {
        out.push("spec.configSource: the feature is removed".into());
    }
    if !spec.get("externalID").is_empty() {
        out.push("spec.externalID: this field is deprecated, and is unused by Kubernetes".into());
    }
    out.extend(
        spec.get("podCIDRs")
            .items()
            .filter_map(|r| range_warning(&r)),
    );
}

/// upstream: pkg/registry/core/secret/strategy.go warningsForSecret; crypto/tls X509KeyPair
pub fn secret(secret: &Field, _: Option<&Field>, out: &mut Vec<String>) {
    if secret.get("type").text() != "kubernetes.io/tls" {
        return;
    }
    for (key, marks, what) in [
        ("tls.crt", "CERTIFICATE-----", "certificate"),
        ("tls.key", "PRIVATE KEY-----", "key"),
    ] {
        let bytes = crate::text::base64(secret.get("data").key(key).text());
        let text = String::from_utf8_lossy(&bytes);
        if !(text.contains("-----BEGIN ") && text.contains(marks)) {
            out.push(format!("tls: failed to find any PEM data in {what} input"));
            return;
        }
    }
}

#[cfg(test)]
mod tests {
    use crate::testing::warned;
    use expect_test::expect;
    use serde_json::json;

    #[test]
    fn what_is_old_or_odd_about_storage() {
        let volume = json!({"apiVersion": "v1", "kind": "PersistentVolume", "metadata": {"name": "a"}, "spec": {"capacity": {"storage": "1Gi"}}});
        let near = json!({"nodeSelectorTerms": [{"matchExpressions": [{"key": "beta.kubernetes.io/os", "operator": "Exists"}]}]});
        warned(
            &volume,
            &[
                json!({"metadata.annotations.volume~beta~kubernetes~io/storage-class": "x", "spec.persistentVolumeReclaimPolicy": "Recycle"}),
                json!({"spec.rbd": {"image": "a"}, "spec.nodeAffinity.required": near}),
                json!({"spec.storageos": {}}),
            ],
            expect![[r#"
                {"metadata.annotations.volume~beta~kubernetes~io/storage-class":"x","spec.persistentVolumeReclaimPolicy":"Recycle"}
                  metadata.annotations[volume.beta.kubernetes.io/storage-class]: deprecated since v1.8; use "storageClassName" attribute instead
                  spec.persistentVolumeReclaimPolicy: The Recycle reclaim policy is deprecated. Instead, the recommended approach is to use dynamic provisioning.
                {"spec.nodeAffinity.required":{"nodeSelectorTerms":[{"matchExpressions":[{"key":"beta.kubernetes.io/os","operator":"Exists"}]}]},"spec.rbd":{"image":"a"}}
                  spec.rbd: deprecated in v1.28, non-functional in v1.31+
                  spec.nodeAffinity.required.nodeSelectorTerms[0].matchExpressions[0].key: beta.kubernetes.io/os is deprecated since v1.14; use "kubernetes.io/os" instead
                {"spec.storageos":{}}
                  spec.storageOS: deprecated in v1.22, non-functional in v1.25+"#]],
        );
        let claim = json!({"apiVersion": "v1", "kind": "PersistentVolumeClaim", "metadata": {"name": "a"}, "spec": {}});
        warned(
            &claim,
            &[json!({"spec.resources.requests.storage": "1500m"})],
            expect![[r#"
                {"spec.resources.requests.storage":"1500m"}
                  spec.resources.requests[storage]: fractional byte value "1500m" is invalid, must be an integer"#]],
        );
        let class = json!({"apiVersion": "storage.k8s.io/v1", "kind": "StorageClass", "metadata": {"name": "a"}, "allowedTopologies": [{"matchLabelExpressions": [{"key": "failure-domain.beta.kubernetes.io/zone", "values": ["a"]}]}]});
        warned(
            &class,
            &[json!({})],
            expect![[r#"
            {}
              allowedTopologies[0].matchLabelExpressions[0].key: deprecated since v1.17; use "topology.kubernetes.io/zone" instead"#]],
        );
    }

    #[test]
    fn what_is_odd_about_workloads() {
        let of = |version: &str, kind: &str| json!({"apiVersion": version, "kind": kind, "metadata": {"name": "a"}, "spec": {}});
        warned(
            &of("apps/v1", "StatefulSet"),
            &[json!({"spec.revisionHistoryLimit": -1})],
            expect![[r#"
                {"spec.revisionHistoryLimit":-1}
                  spec.revisionHistoryLimit: a negative value retains all historical revisions; a value >= 0 is recommended"#]],
        );
        warned(
            &of("batch/v1", "Job"),
            &[
                json!({}),
                json!({"metadata.name": "a.b"}),
                json!({"spec.completionMode": "Indexed", "spec.completions": 100_001, "spec.parallelism": 10_001}),
            ],
            expect![[r#"
                {}
                {"metadata.name":"a.b"}
                  metadata.name: this is used in Pod names and hostnames, which can result in surprising behavior; a DNS label is recommended: [a lowercase RFC 1123 label must consist of lower case alphanumeric characters or '-', and must start and end with an alphanumeric character (e.g. 'my-name',  or '123-abc', regex used for validation is '[a-z0-9]([-a-z0-9]*[a-z0-9])?')]
                {"spec.completionMode":"Indexed","spec.completions":100001,"spec.parallelism":10001}
                  spec: In Indexed Jobs with a number of completions higher than 10^5 and a parallelism higher than 10^4, Kubernetes might not be able to track completedIndexes when a big number of indexes fail"#]],
        );
        let class = json!({"apiVersion": "node.k8s.io/v1", "kind": "RuntimeClass", "metadata": {"name": "a"}, "handler": "b"});
        warned(
            &class,
            &[json!({"scheduling.nodeSelector": {"beta.kubernetes.io/arch": "arm"}})],
            expect![[r#"
                {"scheduling.nodeSelector":{"beta.kubernetes.io/arch":"arm"}}
                  scheduling.nodeSelector: deprecated since v1.14; use "kubernetes.io/arch" instead"#]],
        );
    }
}
