//! Defaults of pods and pod templates.

use k8s_openapi::api::core::v1 as core;
use podarium_api::quantity::Quantity;

use super::container::{container, ephemeral};
use super::{canonical, rules, text, volume};

/// What a template gets.
///
/// upstream: pkg/apis/core/v1/defaults.go SetDefaults_PodSpec
pub(super) fn template(spec: &mut core::PodSpec) {
    text(&mut spec.dns_policy, "ClusterFirst");
    text(&mut spec.restart_policy, "Always");
    text(&mut spec.scheduler_name, "default-scheduler");
    spec.termination_grace_period_seconds.get_or_insert(30);
    spec.security_context.get_or_insert_default();
    same_service_account(spec);
    if let Some(resources) = &mut spec.resources {
        canonical(&mut resources.limits);
        canonical(&mut resources.requests);
    }
    canonical(&mut spec.overhead);
    spec.volumes.iter_mut().flatten().for_each(volume::volume);
    spec.init_containers
        .iter_mut()
        .flatten()
        .for_each(container);
    spec.containers.iter_mut().for_each(container);
    let joined = spec.ephemeral_containers.iter_mut().flatten();
    joined.for_each(ephemeral);
    if spec.host_network == Some(true) {
        let all = spec
            .containers
            .iter_mut()
            .chain(spec.init_containers.iter_mut().flatten());
        for port in all.filter_map(|c| c.ports.as_mut()).flatten() {
            // upstream: pkg/apis/core/v1/defaults.go defaultHostNetworkPorts
            if port.host_port.is_none_or(|p| p == 0) {
                port.host_port = Some(port.container_port);
            }
        }
    }
}

/// What a pod gets: what a template gets, and more.
///
/// upstream: pkg/apis/core/v1/defaults.go SetDefaults_Pod
pub(in super::super) fn pod(spec: &mut core::PodSpec) {
    template(spec);
    spec.enable_service_links.get_or_insert(true);
    let all = spec
        .containers
        .iter_mut()
        .chain(spec.init_containers.iter_mut().flatten());
    for resources in all.filter_map(|c| c.resources.as_mut()) {
        let Some(limits) = &resources.limits else {
            continue;
        };
        let requests = resources.requests.get_or_insert_default();
        for (name, limit) in limits {
            requests
                .entry(name.clone())
                .or_insert_with(|| limit.clone());
        }
    }
    if spec.resources.as_ref().is_some_and(|r| r.limits.is_some()) {
        rules::pod_requests(spec);
    }
}

/// upstream: pkg/apis/core/v1/conversion.go Convert_v1_PodSpec_To_core_PodSpec: the old name of the field says the same
fn same_service_account(spec: &mut core::PodSpec) {
    let given = [&spec.service_account_name, &spec.service_account]
        .into_iter()
        .flatten()
        .find(|name| !name.is_empty())
        .cloned();
    spec.service_account_name.clone_from(&given);
    spec.service_account = given;
}

/// `Guaranteed`, `Burstable` or `BestEffort`.
///
/// upstream: pkg/apis/core/v1/helper/qos/qos.go ComputePodQOS
pub(in super::super) fn qos_class(spec: &core::PodSpec) -> &'static str {
    let own = spec.resources.as_ref();
    let all = spec
        .containers
        .iter()
        .chain(spec.init_containers.iter().flatten())
        .map(|c| c.resources.as_ref());
    let all: Vec<_> = match own {
        Some(_) => vec![own],
        None => all.collect(),
    };
    let mut any = false;
    let mut guaranteed = true;
    for resources in all {
        for name in ["cpu", "memory"] {
            let amount = |list: Option<&std::collections::BTreeMap<String, _>>| {
                list.and_then(|l| l.get(name))
                    .and_then(
                        |q: &k8s_openapi::apimachinery::pkg::api::resource::Quantity| {
                            Quantity::parse(&q.0).ok()
                        },
                    )
                    .filter(|q| !q.is_zero())
            };
            let limit = amount(resources.and_then(|r| r.limits.as_ref()));
            let request = amount(resources.and_then(|r| r.requests.as_ref()));
            any |= limit.is_some() || request.is_some();
            guaranteed &= limit.is_some() && limit == request;
        }
    }
    match (any, guaranteed) {
        (false, _) => "BestEffort",
        (true, true) => "Guaranteed",
        (true, false) => "Burstable",
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use expect_test::expect;
    use serde_json::{Value, json};

    fn spec(value: Value) -> core::PodSpec {
        serde_json::from_value(value).unwrap()
    }

    #[test]
    fn a_template_and_a_pod_get_what_upstream_gives_them() {
        let mut given = spec(json!({
            "serviceAccountName": "shop",
            "containers": [{
                "name": "web", "image": "nginx", "ports": [{"containerPort": 80}],
                "resources": {"limits": {"cpu": "0.5", "memory": "1024Mi"}, "requests": {"cpu": "100m"}},
                "readinessProbe": {"httpGet": {"port": 80}, "periodSeconds": 5},
                "livenessProbe": {"grpc": {"port": 80}},
                "env": [{"name": "IP", "valueFrom": {"fieldRef": {"fieldPath": "status.podIP"}}}],
            }],
            "volumes": [{"name": "a"}, {"name": "b", "configMap": {"name": "c"}}],
        }));
        template(&mut given);
        let before = serde_json::to_value(&given).unwrap();
        expect![[r#"{"containers":[{"env":[{"name":"IP","valueFrom":{"fieldRef":{"apiVersion":"v1","fieldPath":"status.podIP"}}}],"image":"nginx","imagePullPolicy":"Always","livenessProbe":{"failureThreshold":3,"grpc":{"port":80,"service":""},"periodSeconds":10,"successThreshold":1,"timeoutSeconds":1},"name":"web","ports":[{"containerPort":80,"protocol":"TCP"}],"readinessProbe":{"failureThreshold":3,"httpGet":{"path":"/","port":80,"scheme":"HTTP"},"periodSeconds":5,"successThreshold":1,"timeoutSeconds":1},"resources":{"limits":{"cpu":"500m","memory":"1Gi"},"requests":{"cpu":"100m"}},"terminationMessagePath":"/dev/termination-log","terminationMessagePolicy":"File"}],"dnsPolicy":"ClusterFirst","restartPolicy":"Always","schedulerName":"default-scheduler","securityContext":{},"serviceAccount":"shop","serviceAccountName":"shop","terminationGracePeriodSeconds":30,"volumes":[{"emptyDir":{},"name":"a"},{"configMap":{"defaultMode":420,"name":"c"},"name":"b"}]}"#]].assert_eq(&before.to_string());
        pod(&mut given);
        let after = serde_json::to_value(&given).unwrap();
        assert_eq!(after["enableServiceLinks"], true);
        assert_eq!(
            after["containers"][0]["resources"]["requests"],
            json!({"cpu": "100m", "memory": "1Gi"})
        );
    }

    #[test]
    fn quality_of_service() {
        for (resources, class) in [
            (json!({}), "BestEffort"),
            (json!({"requests": {"cpu": "1"}}), "Burstable"),
            (json!({"limits": {"cpu": "1"}}), "Burstable"),
            (
                json!({"limits": {"cpu": "1", "memory": "1Gi"}}),
                "Guaranteed",
            ),
            (
                json!({"limits": {"cpu": "1", "memory": "1Gi"}, "requests": {"cpu": "1000m", "memory": "1024Mi"}}),
                "Guaranteed",
            ),
            (
                json!({"limits": {"cpu": "1", "memory": "1Gi"}, "requests": {"cpu": "1", "memory": "1Mi"}}),
                "Burstable",
            ),
            (
                json!({"requests": {"ephemeral-storage": "1Gi"}}),
                "BestEffort",
            ),
        ] {
            let mut spec =
                spec(json!({"containers": [{"name": "a", "resources": resources.clone()}]}));
            pod(&mut spec);
            assert_eq!(qos_class(&spec), class, "{resources}");
        }
    }
}
