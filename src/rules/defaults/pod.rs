//! Pods and their templates.
// upstream: pkg/apis/core/v1/defaults.go, zz_generated.defaults.go SetObjectDefaults_Pod

use serde_json::{Value, json};

use super::container::{container, ephemeral};
use super::{Fields, below, default, each, made, said, text, volume};
use crate::field::Field;
use crate::validation::pod::{of_whole_pods, sums};

/// Ordinary and init containers, by field.
const RUNNING: [&str; 2] = ["containers", "initContainers"];

/// upstream: SetDefaults_Pod
pub fn pod(fields: &mut Fields) {
    let spec = made(fields, "spec");
    self::spec(spec);
    for list in RUNNING {
        for container in each(spec, list) {
            if let Some(resources) = below(container, "resources") {
                requests_of_limits(resources);
            }
        }
    }
    if below(spec, "resources").is_some() {
        whole(spec);
    }
    default(spec, "enableServiceLinks", true);
    if spec.get("hostNetwork") == Some(&Value::Bool(true)) {
        for list in RUNNING {
            for container in each(spec, list) {
                each(container, "ports").for_each(host_port);
            }
        }
    }
}

/// The template of an object that has one at `spec.template`.
pub fn template(fields: &mut Fields) {
    let template = made(made(fields, "spec"), "template");
    spec(made(template, "spec"));
}

/// What a template gets, and so a pod.
///
/// upstream: SetDefaults_PodSpec
pub fn spec(spec: &mut Fields) {
    text(spec, "dnsPolicy", "ClusterFirst");
    text(spec, "restartPolicy", "Always");
    text(spec, "schedulerName", "default-scheduler");
    default(spec, "terminationGracePeriodSeconds", 30);
    default(spec, "securityContext", json!({}));
    same_service_account(spec);
    each(spec, "volumes").for_each(volume::volume);
    for list in RUNNING {
        each(spec, list).for_each(container);
    }
    each(spec, "ephemeralContainers").for_each(ephemeral);
}

/// The old name of the field says the same.
///
/// upstream: pkg/apis/core/v1/conversion.go Convert_v1_PodSpec_To_core_PodSpec, Convert_core_PodSpec_To_v1_PodSpec
fn same_service_account(spec: &mut Fields) {
    let names = ["serviceAccountName", "serviceAccount"];
    let given = names.map(|name| said(spec, name).to_owned());
    match given.into_iter().find(|name| !name.is_empty()) {
        Some(given) => names.map(|name| spec.insert(name.into(), given.as_str().into())),
        None => names.map(|name| spec.remove(name)),
    };
}

fn requests_of_limits(resources: &mut Fields) {
    let limits = below(resources, "limits").map(|limits| limits.clone());
    for (name, limit) in limits.into_iter().flatten() {
        made(resources, "requests").entry(name).or_insert(limit);
    }
}

/// upstream: defaultHostNetworkPorts
fn host_port(port: &mut Fields) {
    let unset = |n: &Value| n.is_null() || n == 0;
    if port.get("hostPort").is_none_or(unset)
        && let Some(inside) = port.get("containerPort").cloned()
    {
        port.insert("hostPort".into(), inside);
    }
}

/// What a pod that has resources of its own may use and asks for as a whole, where it says something of that.
///
/// upstream: defaultHugePagePodLimits, defaultPodRequests
fn whole(spec: &mut Fields) {
    let given = Value::Object(spec.clone());
    let given = Field::root(&given);
    let own = made(spec, "resources");
    let (limits, requests) = (
        own.get("limits").cloned().unwrap_or_default(),
        own.get("requests").cloned().unwrap_or_default(),
    );
    let said = |list: &Value| list.as_object().is_some_and(|list| !list.is_empty());
    if said(&limits) || said(&requests) {
        for (name, sum) in sums(&given, "limits") {
            if name.starts_with("hugepages-") && requests.get(name).is_none() {
                let limits = made(own, "limits");
                limits.entry(name).or_insert(sum.to_string().into());
            }
        }
    }
    let limits = below(own, "limits").map(|limits| limits.clone());
    let Some(limits) = limits.filter(|limits| !limits.is_empty()) else {
        return;
    };
    for (name, sum) in sums(&given, "requests") {
        if !name.starts_with("hugepages-") {
            let requests = made(own, "requests");
            requests.entry(name).or_insert(sum.to_string().into());
        }
    }
    for (name, limit) in limits {
        if of_whole_pods(&name) {
            made(own, "requests").entry(name).or_insert(limit);
        }
    }
}

#[cfg(test)]
mod tests {
    use crate::testing::defaulted;
    use expect_test::expect;
    use serde_json::{Value, json};

    fn pod(spec: Value) -> Value {
        json!({"apiVersion": "v1", "kind": "Pod", "spec": spec})
    }

    #[test]
    fn a_template_and_a_pod_get_what_upstream_gives_them() {
        let given = json!({
            "serviceAccount": "shop",
            "hostNetwork": true,
            "containers": [{
                "name": "web", "image": "nginx", "ports": [{"containerPort": 80}],
                "resources": {"limits": {"cpu": "0.5", "memory": "1024Mi"}, "requests": {"cpu": "100m"}},
                "readinessProbe": {"httpGet": {"port": 80}, "periodSeconds": 5},
                "livenessProbe": {"grpc": {"port": 80}},
                "lifecycle": {"preStop": {"httpGet": {"port": 80}}},
                "env": [
                    {"name": "IP", "valueFrom": {"fieldRef": {"fieldPath": "status.podIP"}}},
                    {"name": "CPU", "valueFrom": {"resourceFieldRef": {"resource": "limits.cpu"}}},
                ],
            }],
        });
        let template =
            json!({"apiVersion": "v1", "kind": "PodTemplate", "template": {"spec": given.clone()}});
        defaulted(
            &template,
            "template.spec",
            expect![[
                r#"{"containers":[{"env":[{"name":"IP","valueFrom":{"fieldRef":{"apiVersion":"v1","fieldPath":"status.podIP"}}},{"name":"CPU","valueFrom":{"resourceFieldRef":{"divisor":"0","resource":"limits.cpu"}}}],"image":"nginx","imagePullPolicy":"Always","lifecycle":{"preStop":{"httpGet":{"path":"/","port":80,"scheme":"HTTP"}}},"livenessProbe":{"failureThreshold":3,"grpc":{"port":80,"service":""},"periodSeconds":10,"successThreshold":1,"timeoutSeconds":1},"name":"web","ports":[{"containerPort":80,"protocol":"TCP"}],"readinessProbe":{"failureThreshold":3,"httpGet":{"path":"/","port":80,"scheme":"HTTP"},"periodSeconds":5,"successThreshold":1,"timeoutSeconds":1},"resources":{"limits":{"cpu":"500m","memory":"1Gi"},"requests":{"cpu":"100m"}},"terminationMessagePath":"/dev/termination-log","terminationMessagePolicy":"File"}],"dnsPolicy":"ClusterFirst","hostNetwork":true,"restartPolicy":"Always","schedulerName":"default-scheduler","securityContext":{},"serviceAccount":"shop","serviceAccountName":"shop","terminationGracePeriodSeconds":30}"#
            ]],
        );
        let pod = pod(given);
        defaulted(&pod, "spec.enableServiceLinks", expect!["true"]);
        let container = &crate::defaults::apply(pod)["spec"]["containers"][0];
        assert_eq!(
            container["resources"]["requests"],
            json!({"cpu": "100m", "memory": "1Gi"})
        );
        assert_eq!(
            container["ports"],
            json!([{"containerPort": 80, "hostPort": 80, "protocol": "TCP"}])
        );
    }

    // upstream: pkg/apis/core/v1/defaults_test.go TestPodResourcesDefaults
    #[test]
    fn what_a_pod_asks_for_as_a_whole_follows_from_its_limits() {
        let two = |resources: Value| json!([{"name": "a", "image": "b", "resources": resources}, {"name": "c", "image": "b"}]);
        let spec = json!({
            "resources": {"limits": {"cpu": "2", "memory": "1Gi"}},
            "containers": two(json!({"requests": {"cpu": "500m"}})),
        });
        defaulted(
            &pod(spec),
            "spec.resources",
            expect![[
                r#"{"limits":{"cpu":"2","memory":"1Gi"},"requests":{"cpu":"500m","memory":"1Gi"}}"#
            ]],
        );
        let spec = json!({
            "resources": {"requests": {"cpu": "1"}},
            "containers": two(json!({"limits": {"hugepages-2Mi": "4Mi"}})),
        });
        defaulted(
            &pod(spec),
            "spec.resources",
            expect![[
                r#"{"limits":{"hugepages-2Mi":"4Mi"},"requests":{"cpu":"1","hugepages-2Mi":"4Mi"}}"#
            ]],
        );
    }
}
