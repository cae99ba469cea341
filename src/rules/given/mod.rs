//! What only people look at of what a fresh cluster holds: the core puts it in its place when somebody first asks for anything.
//!
//! What is asked: `{start, ca, server, services}`, where `start` is the instant at which the cluster began, `ca` its
//! certificate, `server` the address of its API, and `services` the range of its Services' addresses.

mod config;
mod flow;
mod leases;

use podarium_api::kinds::KINDS;
use serde_json::{Value, json};

/// The objects, each after what it refers to.
pub fn objects(asked: &Value) -> Value {
    let text = |field: &str| asked[field].as_str().unwrap_or_default();
    let start = text("start");
    let mut all = Vec::new();
    if let Value::Array(policy) = crate::authorization::bootstrap() {
        all = policy;
    }
    for (api_version, kind, objects) in [
        ("v1", "ConfigMap", config::maps(&text)),
        (
            "apiregistration.k8s.io/v1",
            "APIService",
            api_services(start),
        ),
        ("coordination.k8s.io/v1", "Lease", leases::leases(start)),
        (flow::VERSION, "PriorityLevelConfiguration", flow::levels()),
        (flow::VERSION, "FlowSchema", flow::schemas(start)),
        ("networking.k8s.io/v1", "ServiceCIDR", service_cidrs(&text)),
    ] {
        for mut object in objects {
            object["apiVersion"] = api_version.into();
            object["kind"] = kind.into();
            all.push(object);
        }
    }
    all.into()
}

/// The group and version of every kind, each once, with the order of discovery in numbers.
///
/// upstream: pkg/controlplane/apiserver/aggregator.go DefaultGenericAPIServicePriorities; cmd/kube-apiserver/app/aggregator.go
fn priorities(group: &str, version: &str) -> (i64, i64) {
    let of_group = match group {
        "" => 18_000,
        "apps" => 17_800,
        "events.k8s.io" => 17_750,
        "authentication.k8s.io" => 17_700,
        "authorization.k8s.io" => 17_600,
        "autoscaling" => 17_500,
        "batch" => 17_400,
        "certificates.k8s.io" => 17_300,
        "networking.k8s.io" => 17_200,
        "policy" => 17_100,
        "rbac.authorization.k8s.io" => 17_000,
        "storage.k8s.io" => 16_800,
        "apiextensions.k8s.io" | "admissionregistration.k8s.io" => 16_700,
        "scheduling.k8s.io" => 16_600,
        "coordination.k8s.io" => 16_500,
        "node.k8s.io" => 16_300,
        "discovery.k8s.io" | "resource.k8s.io" => 16_200,
        "flowcontrol.apiserver.k8s.io" => 16_100,
        _ => 15_800,
    };
    let of_version = match (group, version) {
        ("", _) => 1,
        ("autoscaling", "v2") => 30,
        ("flowcontrol.apiserver.k8s.io", _) => 21,
        ("resource.k8s.io", _) => 20,
        _ => 15,
    };
    (of_group, of_version)
}

/// upstream: cmd/kube-apiserver/app/aggregator.go apiServicesToRegister;
/// kube-aggregator/pkg/controllers/status/local/local_available_controller.go sync
fn api_services(start: &str) -> Vec<Value> {
    let mut all = Vec::<Value>::new();
    // The aggregator's own group is served by itself.
    let rows = KINDS
        .iter()
        .filter(|row| row.group != "apiregistration.k8s.io");
    for row in rows {
        let name = [row.version, ".", row.group].concat();
        if all.iter().any(|made| made["metadata"]["name"] == *name) {
            continue;
        }
        let (of_group, of_version) = priorities(row.group, row.version);
        let mut spec = json!({
            "version": row.version, "groupPriorityMinimum": of_group, "versionPriority": of_version,
        });
        if !row.group.is_empty() {
            spec["group"] = row.group.into();
        }
        all.push(json!({
            "metadata": {"name": name, "labels": {"kube-aggregator.kubernetes.io/automanaged": "onstart"}},
            "spec": spec,
            "status": {"conditions": [{
                "type": "Available", "status": "True", "reason": "Local",
                "message": "Local APIServices are always available", "lastTransitionTime": start,
            }]},
        }));
    }
    all
}

/// upstream: pkg/controlplane/controller/defaultservicecidr/default_servicecidr_controller.go sync, syncStatus;
/// pkg/controller/servicecidrs/servicecidrs_controller.go addServiceCIDRFinalizerIfNeeded
fn service_cidrs<'a>(text: &impl Fn(&str) -> &'a str) -> Vec<Value> {
    vec![json!({
        "metadata": {"name": "kubernetes", "finalizers": ["networking.k8s.io/service-cidr-finalizer"]},
        "spec": {"cidrs": [text("services")]},
        "status": {"conditions": [{
            "type": "Ready", "status": "True", "reason": "", "message": "Kubernetes default Service CIDR is ready",
            "lastTransitionTime": text("start"),
        }]},
    })]
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::fmt::Write;

    #[test]
    fn what_is_given_is_what_the_rules_would_make_of_it() {
        let objects = objects(&json!({
            "start": "2026-01-01T00:00:00Z", "ca": "a certificate\n", "server": "10.0.0.10:6443",
            "services": "10.96.0.0/16",
        }));
        let mut counts = std::collections::BTreeMap::new();
        for object in objects.as_array().unwrap() {
            *counts.entry(object["kind"].to_string()).or_insert(0) += 1;
            assert_eq!(crate::answer("defaults", &[object]), *object);
            let causes = crate::answer("check", &[object]);
            assert_eq!(causes, json!([]), "{object}");
        }
        let mut given = String::new();
        for (kind, count) in counts {
            writeln!(given, "{count} {kind}").unwrap();
        }
        expect_test::expect![[r#"
            22 "APIService"
            74 "ClusterRole"
            60 "ClusterRoleBinding"
            5 "ConfigMap"
            13 "FlowSchema"
            3 "Lease"
            8 "PriorityLevelConfiguration"
            11 "Role"
            11 "RoleBinding"
            1 "ServiceCIDR"
        "#]]
        .assert_eq(&given);
    }

    #[test]
    fn groups_stand_in_the_order_in_which_discovery_lists_them() {
        let services = api_services("");
        let order: Vec<i64> = services
            .iter()
            .filter(|made| made["spec"]["group"] != "resource.k8s.io")
            .map(|made| made["spec"]["groupPriorityMinimum"].as_i64().unwrap())
            .collect();
        assert!(order.is_sorted_by(|a, b| a >= b), "{order:?}");
        let version = |name: &str| {
            let mut all = services.iter();
            let made = all.find(|made| made["metadata"]["name"] == name).unwrap();
            made["spec"]["versionPriority"].clone()
        };
        assert_eq!(
            (version("v1."), version("v2.autoscaling")),
            (1.into(), 30.into())
        );
    }
}
