//! What of an object is nobody's: what the API server itself put there after the writer had spoken.
// upstream: plugin/pkg/admission, PrepareForCreate of the strategies and the allocators below pkg/registry

use serde_json::{Map, Value};

/// Takes from an object what admission, strategies, allocators and binding gave it.
pub fn remove(kind: &str, object: &mut Value) {
    let Value::Object(fields) = object else {
        return;
    };
    if let Some(Value::Object(meta)) = fields.get_mut("metadata") {
        for field in [
            "deletionTimestamp",
            "deletionGracePeriodSeconds",
            "managedFields",
        ] {
            meta.remove(field);
        }
        let protection = |finalizer: &Value| {
            let text = finalizer.as_str().unwrap_or_default();
            matches!(
                text,
                "kubernetes.io/pvc-protection" | "kubernetes.io/pv-protection"
            )
        };
        drop_items(meta, "finalizers", protection);
        if kind == "Deployment" {
            // Its controller's, who writes it with the status.
            drop_entries(meta, "annotations", |key| key == super::derive::REVISION);
        }
    }
    if kind == "Namespace" {
        fields.remove("spec");
    }
    if let Some(Value::Object(spec)) = fields.get_mut("spec") {
        match kind {
            "Pod" => pod(spec),
            "Service" => service(spec),
            "Job" => job(spec),
            _ => {}
        }
    }
}

fn pod(spec: &mut Map<String, Value>) {
    for containers in ["containers", "initContainers"] {
        let all = spec.get_mut(containers).and_then(Value::as_array_mut);
        for container in all.into_iter().flatten().filter_map(Value::as_object_mut) {
            drop_items(container, "volumeMounts", |mount| {
                mount["mountPath"] == "/var/run/secrets/kubernetes.io/serviceaccount"
            });
        }
    }
    drop_items(spec, "volumes", |volume| {
        let name = volume["name"].as_str().unwrap_or_default();
        name.starts_with("kube-api-access-")
    });
    for field in ["nodeName", "priority", "preemptionPolicy"] {
        spec.remove(field);
    }
    for account in ["serviceAccountName", "serviceAccount"] {
        if spec.get(account).is_some_and(|name| name == "default") {
            spec.remove(account);
        }
    }
    let by_default = |toleration: &Value| {
        let key = toleration["key"].as_str().unwrap_or_default();
        matches!(
            key,
            "node.kubernetes.io/not-ready" | "node.kubernetes.io/unreachable"
        ) && toleration["tolerationSeconds"] == 300
    };
    let tolerations = spec.get("tolerations").and_then(Value::as_array);
    if tolerations.is_some_and(|all| all.iter().all(by_default)) {
        spec.remove("tolerations");
    }
}

fn service(spec: &mut Map<String, Value>) {
    if spec.get("clusterIP").is_some_and(|ip| ip != "None") {
        spec.remove("clusterIP");
    }
    for field in [
        "clusterIPs",
        "ipFamilies",
        "ipFamilyPolicy",
        "healthCheckNodePort",
    ] {
        spec.remove(field);
    }
    let ports = spec.get_mut("ports").and_then(Value::as_array_mut);
    for port in ports.into_iter().flatten().filter_map(Value::as_object_mut) {
        port.remove("nodePort");
    }
}

fn job(spec: &mut Map<String, Value>) {
    if spec
        .get("manualSelector")
        .is_some_and(|manual| *manual == true)
    {
        return;
    }
    spec.remove("selector");
    let template = spec.get_mut("template");
    if let Some(Value::Object(meta)) = template.and_then(|template| template.get_mut("metadata")) {
        drop_entries(meta, "labels", |key| {
            matches!(key, "controller-uid" | "job-name") || key.starts_with("batch.kubernetes.io/")
        });
    }
}

fn drop_items(owner: &mut Map<String, Value>, field: &str, which: impl Fn(&Value) -> bool) {
    if let Some(Value::Array(items)) = owner.get_mut(field) {
        items.retain(|item| !which(item));
        if items.is_empty() {
            owner.remove(field);
        }
    }
}

fn drop_entries(owner: &mut Map<String, Value>, field: &str, which: impl Fn(&str) -> bool) {
    if let Some(Value::Object(entries)) = owner.get_mut(field) {
        entries.retain(|key, _| !which(key));
        if entries.is_empty() {
            owner.remove(field);
        }
    }
}
