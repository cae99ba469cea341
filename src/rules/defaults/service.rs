//! Services and their endpoints; addresses and ports are the core's to allocate.
// upstream: pkg/apis/core/v1/defaults.go; pkg/apis/discovery/v1/defaults.go

use serde_json::Value;

use super::{Fields, default, each, has, made, said, text};

/// upstream: SetDefaults_Service
pub fn service(fields: &mut Fields) {
    let spec = made(fields, "spec");
    text(spec, "sessionAffinity", "None");
    match said(spec, "sessionAffinity") {
        "None" => drop(spec.remove("sessionAffinityConfig")),
        "ClientIP" => {
            let config = made(made(spec, "sessionAffinityConfig"), "clientIP");
            default(config, "timeoutSeconds", 10_800);
        }
        _ => {}
    }
    text(spec, "type", "ClusterIP");
    for port in each(spec, "ports") {
        text(port, "protocol", "TCP");
        let unset = |target: &Value| target.is_null() || target == 0 || target == "";
        if port.get("targetPort").is_none_or(unset) {
            let same = port.get("port").cloned().unwrap_or(0.into());
            port.insert("targetPort".into(), same);
        }
    }
    let kind = said(spec, "type").to_owned();
    if externally_accessible(spec) {
        text(spec, "externalTrafficPolicy", "Cluster");
    }
    if ["ClusterIP", "NodePort", "LoadBalancer"].contains(&&*kind) {
        default(spec, "internalTrafficPolicy", "Cluster");
    }
    let balanced = kind == "LoadBalancer";
    if balanced {
        default(spec, "allocateLoadBalancerNodePorts", true);
    }
    let balancer = made(made(fields, "status"), "loadBalancer");
    for ingress in each(balancer, "ingress") {
        if balanced && !said(ingress, "ip").is_empty() {
            default(ingress, "ipMode", "VIP");
        }
    }
}

/// upstream: pkg/api/v1/service/util.go ExternallyAccessible
fn externally_accessible(spec: &Fields) -> bool {
    let addresses = spec.get("externalIPs").and_then(Value::as_array);
    match said(spec, "type") {
        "NodePort" | "LoadBalancer" => true,
        "ClusterIP" => addresses.is_some_and(|list| !list.is_empty()),
        _ => false,
    }
}

/// upstream: SetDefaults_Endpoints
pub fn endpoints(fields: &mut Fields) {
    for subset in each(fields, "subsets") {
        for port in each(subset, "ports") {
            text(port, "protocol", "TCP");
        }
    }
}

/// upstream: SetDefaults_EndpointPort
pub fn slice(fields: &mut Fields) {
    for port in each(fields, "ports") {
        if !has(port, "name") {
            port.insert("name".into(), "".into());
        }
        text(port, "protocol", "TCP");
    }
}

#[cfg(test)]
mod tests {
    use crate::testing::defaulted;
    use expect_test::{Expect, expect};
    use serde_json::{Value, json};

    fn check(spec: Value, expected: Expect) {
        let service = json!({"apiVersion": "v1", "kind": "Service", "spec": spec});
        defaulted(&service, "spec", expected);
    }

    #[test]
    fn each_type_has_its_own() {
        check(
            json!({"ports": [{"port": 80}]}),
            expect![[
                r#"{"internalTrafficPolicy":"Cluster","ports":[{"port":80,"protocol":"TCP","targetPort":80}],"sessionAffinity":"None","type":"ClusterIP"}"#
            ]],
        );
        check(
            json!({"type": "NodePort", "sessionAffinity": "ClientIP", "ports": [{"port": 80, "targetPort": "web"}]}),
            expect![[
                r#"{"externalTrafficPolicy":"Cluster","internalTrafficPolicy":"Cluster","ports":[{"port":80,"protocol":"TCP","targetPort":"web"}],"sessionAffinity":"ClientIP","sessionAffinityConfig":{"clientIP":{"timeoutSeconds":10800}},"type":"NodePort"}"#
            ]],
        );
        check(
            json!({"type": "LoadBalancer", "externalTrafficPolicy": "Local"}),
            expect![[
                r#"{"allocateLoadBalancerNodePorts":true,"externalTrafficPolicy":"Local","internalTrafficPolicy":"Cluster","sessionAffinity":"None","type":"LoadBalancer"}"#
            ]],
        );
        check(
            json!({"type": "ExternalName", "externalName": "example.com", "sessionAffinityConfig": {"clientIP": {}}}),
            expect![[
                r#"{"externalName":"example.com","sessionAffinity":"None","type":"ExternalName"}"#
            ]],
        );
        check(
            json!({"externalIPs": ["192.0.2.1"]}),
            expect![[
                r#"{"externalIPs":["192.0.2.1"],"externalTrafficPolicy":"Cluster","internalTrafficPolicy":"Cluster","sessionAffinity":"None","type":"ClusterIP"}"#
            ]],
        );
    }

    #[test]
    fn ports_of_endpoints_are_of_tcp() {
        defaulted(
            &json!({"apiVersion": "v1", "kind": "Endpoints", "subsets": [{"ports": [{"port": 80}]}]}),
            "subsets",
            expect![[r#"[{"ports":[{"port":80,"protocol":"TCP"}]}]"#]],
        );
        defaulted(
            &json!({"apiVersion": "discovery.k8s.io/v1", "kind": "EndpointSlice", "ports": [{"port": 80}]}),
            "ports",
            expect![[r#"[{"name":"","port":80,"protocol":"TCP"}]"#]],
        );
        let mut service =
            json!({"apiVersion": "v1", "kind": "Service", "spec": {"type": "LoadBalancer"}});
        service["status"] =
            json!({"loadBalancer": {"ingress": [{"ip": "192.0.2.1"}, {"hostname": "a"}]}});
        defaulted(
            &service,
            "status",
            expect![[
                r#"{"loadBalancer":{"ingress":[{"ip":"192.0.2.1","ipMode":"VIP"},{"hostname":"a"}]}}"#
            ]],
        );
    }
}
