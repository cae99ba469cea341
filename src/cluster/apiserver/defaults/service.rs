//! Defaults of Services; addresses and ports are allocated elsewhere.

use k8s_openapi::api::core::v1 as core;
use k8s_openapi::apimachinery::pkg::util::intstr::IntOrString;
use podarium_api::object::ServiceBody;

use super::text;

/// upstream: pkg/apis/core/v1/defaults.go SetDefaults_Service
pub(super) fn service(body: &mut ServiceBody) {
    let spec = &mut body.spec;
    text(&mut spec.session_affinity, "None");
    match spec.session_affinity.as_deref() {
        Some("ClientIP") => {
            let config = spec.session_affinity_config.get_or_insert_default();
            let client = config.client_ip.get_or_insert_default();
            client.timeout_seconds.get_or_insert(10_800);
        }
        _ => spec.session_affinity_config = None,
    }
    text(&mut spec.type_, "ClusterIP");
    for port in spec.ports.iter_mut().flatten() {
        text(&mut port.protocol, "TCP");
        let unset = match &port.target_port {
            None | Some(IntOrString::Int(0)) => true,
            Some(IntOrString::String(name)) => name.is_empty(),
            Some(IntOrString::Int(_)) => false,
        };
        if unset {
            port.target_port = Some(IntOrString::Int(port.port));
        }
    }
    if externally_accessible(spec) {
        text(&mut spec.external_traffic_policy, "Cluster");
    }
    if spec.type_.as_deref() != Some("ExternalName") {
        text(&mut spec.internal_traffic_policy, "Cluster");
    }
    if spec.type_.as_deref() == Some("LoadBalancer") {
        spec.allocate_load_balancer_node_ports.get_or_insert(true);
    }
    let balancer = body.status.load_balancer.get_or_insert_default();
    for ingress in balancer.ingress.iter_mut().flatten() {
        if ingress.ip.as_ref().is_some_and(|ip| !ip.is_empty()) {
            text(&mut ingress.ip_mode, "VIP");
        }
    }
}

/// upstream: pkg/api/v1/service/util.go ExternallyAccessible
fn externally_accessible(spec: &core::ServiceSpec) -> bool {
    match spec.type_.as_deref() {
        Some("NodePort" | "LoadBalancer") => true,
        Some("ClusterIP") => spec
            .external_ips
            .as_ref()
            .is_some_and(|ips| !ips.is_empty()),
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use expect_test::expect;
    use podarium_api::object::Body;
    use serde_json::{Value, json};

    fn defaulted(spec: Value) -> String {
        let mut body: ServiceBody = ServiceBody {
            spec: podarium_api::typed::read(&spec).unwrap(),
            ..ServiceBody::default()
        };
        service(&mut body);
        let mut all = serde_json::Map::new();
        body.encode(&mut all);
        Value::Object(all).to_string()
    }

    #[test]
    fn each_type_has_its_own() {
        expect![[r#"{"spec":{"internalTrafficPolicy":"Cluster","ports":[{"port":80,"protocol":"TCP","targetPort":80}],"sessionAffinity":"None","type":"ClusterIP"},"status":{"loadBalancer":{}}}"#]]
            .assert_eq(&defaulted(json!({"ports": [{"port": 80}]})));
        expect![[r#"{"spec":{"externalTrafficPolicy":"Cluster","internalTrafficPolicy":"Cluster","ports":[{"port":80,"protocol":"TCP","targetPort":"web"}],"sessionAffinity":"ClientIP","sessionAffinityConfig":{"clientIP":{"timeoutSeconds":10800}},"type":"NodePort"},"status":{"loadBalancer":{}}}"#]]
            .assert_eq(&defaulted(json!({
                "type": "NodePort", "sessionAffinity": "ClientIP", "ports": [{"port": 80, "targetPort": "web"}],
            })));
        expect![[r#"{"spec":{"allocateLoadBalancerNodePorts":true,"externalTrafficPolicy":"Local","internalTrafficPolicy":"Cluster","sessionAffinity":"None","type":"LoadBalancer"},"status":{"loadBalancer":{}}}"#]]
            .assert_eq(&defaulted(json!({"type": "LoadBalancer", "externalTrafficPolicy": "Local"})));
        expect![[r#"{"spec":{"externalName":"example.com","sessionAffinity":"None","type":"ExternalName"},"status":{"loadBalancer":{}}}"#]]
            .assert_eq(&defaulted(json!({"type": "ExternalName", "externalName": "example.com"})));
    }
}
