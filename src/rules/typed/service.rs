//! Services.
// upstream: pkg/apis/core/validation/validation.go ValidateService

use std::net::IpAddr;

use k8s_openapi::api::core::v1::{ServicePort, ServiceSpec};
use k8s_openapi::apimachinery::pkg::util::intstr::IntOrString;
use podarium_api::names::{dns1123_label_error, dns1123_subdomain_error};
use podarium_api::ordered::OrdSet;
use serde_json::json;

use super::container::port_name_errors;
use super::{Errors, meta};

pub(super) fn service(spec: &ServiceSpec, errors: &mut Errors) {
    let kind = spec.type_.as_deref().unwrap_or_default();
    let headless = spec.cluster_ip.as_deref() == Some("None");
    let ports = spec.ports.as_deref().unwrap_or_default();
    if ports.is_empty() && !headless && kind != "ExternalName" {
        errors.required("spec.ports", "");
    }
    let ips = json!(spec.cluster_ips.clone().unwrap_or_default());
    match kind {
        "LoadBalancer" | "NodePort" if headless => errors.invalid(
            "spec.clusterIPs[0]",
            "None",
            &format!("may not be set to 'None' for {kind} services"),
        ),
        "ExternalName" => {
            if spec.cluster_ips.as_ref().is_some_and(|ips| !ips.is_empty()) {
                errors.invalid(
                    "spec.clusterIPs",
                    ips,
                    "may not be set for ExternalName services",
                );
            }
            match spec
                .external_name
                .as_deref()
                .unwrap_or_default()
                .trim_end_matches('.')
            {
                "" => errors.required("spec.externalName", ""),
                name => errors.named("spec.externalName", name, dns1123_subdomain_error),
            }
        }
        _ => {}
    }
    let mut names = OrdSet::new();
    for (i, port) in ports.iter().enumerate() {
        service_port(port, i, ports.len() > 1, &mut names, errors);
    }
    duplicates(kind, ports, errors);
    let pairs = spec.selector.iter().flatten();
    let pairs = pairs.map(|(k, v)| (k.as_str(), v.as_str()));
    meta::pairs(pairs, "spec.selector", errors);
    errors.one_of(
        "spec.sessionAffinity",
        spec.session_affinity.as_deref(),
        &["ClientIP", "None"],
    );
    for (i, ip) in spec.external_ips.iter().flatten().enumerate() {
        address(ip, &format!("spec.externalIPs[{i}]"), errors);
    }
    for (i, ip) in spec.cluster_ips.iter().flatten().enumerate() {
        if ip != "None" && !ip.is_empty() {
            address(ip, &format!("spec.clusterIPs[{i}]"), errors);
        }
    }
    errors.one_of(
        "spec.type",
        Some(kind),
        &["ClusterIP", "ExternalName", "LoadBalancer", "NodePort"],
    );
    let external = matches!(kind, "NodePort" | "LoadBalancer")
        || spec
            .external_ips
            .as_ref()
            .is_some_and(|ips| !ips.is_empty());
    if let Some(policy) = spec.external_traffic_policy.as_deref() {
        if external {
            errors.one_of(
                "spec.externalTrafficPolicy",
                Some(policy),
                &["Cluster", "Local"],
            );
        } else {
            errors.invalid(
                "spec.externalTrafficPolicy",
                policy,
                "may only be set for externally-accessible services",
            );
        }
    }
    errors.one_of(
        "spec.internalTrafficPolicy",
        spec.internal_traffic_policy.as_deref(),
        &["Cluster", "Local"],
    );
    let client = spec
        .session_affinity_config
        .as_ref()
        .and_then(|c| c.client_ip.as_ref());
    if let Some(seconds) = client.and_then(|c| c.timeout_seconds)
        && !(1..=86_400).contains(&seconds)
    {
        errors.invalid(
            "spec.sessionAffinityConfig.clientIP.timeoutSeconds",
            seconds,
            "must be greater than 0 and less than 86400",
        );
    }
}

fn address(ip: &str, path: &str, errors: &mut Errors) {
    if ip.parse::<IpAddr>().is_err() {
        errors.invalid(
            path,
            ip,
            "must be a valid IP address, (e.g. 10.9.8.7 or 2001:db8::ffff)",
        );
    }
}

/// upstream: validateServicePort
fn service_port<'a>(
    port: &'a ServicePort,
    i: usize,
    several: bool,
    names: &mut OrdSet<&'a str>,
    errors: &mut Errors,
) {
    let at = |name: &str| format!("spec.ports[{i}].{name}");
    match port.name.as_deref().unwrap_or_default() {
        "" if several => errors.required(&at("name"), ""),
        "" => {}
        name => {
            errors.named(&at("name"), name, dns1123_label_error);
            if !names.insert(name) {
                errors.duplicate(&at("name"), name);
            }
        }
    }
    errors.port(&at("port"), port.port);
    errors.one_of(
        &at("protocol"),
        port.protocol.as_deref(),
        &["SCTP", "TCP", "UDP"],
    );
    match &port.target_port {
        Some(IntOrString::Int(number)) => errors.port(&at("targetPort"), *number),
        Some(IntOrString::String(name)) => {
            for why in port_name_errors(name) {
                errors.invalid(&at("targetPort"), name.as_str(), why);
            }
        }
        None => {}
    }
}

/// A port number serves once for each protocol, inside the cluster and on the nodes.
fn duplicates(kind: &str, ports: &[ServicePort], errors: &mut Errors) {
    let mut node_ports = OrdSet::new();
    let mut numbers = OrdSet::new();
    // Upstream prints its internal type, whose fields have no JSON names.
    let printed = |protocol: &Option<String>, port: i32, node_port: i32| {
        json!({
            "Name": "", "Protocol": protocol, "AppProtocol": null, "Port": port, "TargetPort": 0, "NodePort": node_port,
        })
    };
    for (i, port) in ports.iter().enumerate() {
        let path = format!("spec.ports[{i}]");
        if let Some(number) = port.node_port.filter(|p| *p != 0) {
            if kind == "ClusterIP" {
                errors.forbidden(
                    &format!("{path}.nodePort"),
                    "may not be used when `type` is 'ClusterIP'",
                );
            } else if !node_ports.insert((&port.protocol, number)) {
                errors.duplicate(
                    &format!("{path}.nodePort"),
                    printed(&port.protocol, 0, number),
                );
            }
        }
        if !numbers.insert((&port.protocol, port.port)) {
            errors.duplicate(&path, printed(&port.protocol, port.port, 0));
        }
    }
}

/// upstream: ValidateServiceUpdate, validateUpgradeDowngradeClusterIPs
pub(super) fn update(new: &ServiceSpec, old: &ServiceSpec, errors: &mut Errors) {
    let needs = |spec: &ServiceSpec| spec.type_.as_deref() != Some("ExternalName");
    let first = |spec: &ServiceSpec| spec.cluster_ips.iter().flatten().next().cloned();
    if let (true, true, Some(had)) = (needs(new), needs(old), first(old)) {
        let ips = json!(new.cluster_ips.clone().unwrap_or_default());
        match first(new) {
            Some(has) if has != had => {
                errors.invalid("spec.clusterIPs[0]", ips, "may not change once set");
            }
            None => errors.invalid(
                "spec.clusterIPs[0]",
                ips,
                "primary clusterIP can not be unset",
            ),
            Some(_) => {}
        }
    }
}
