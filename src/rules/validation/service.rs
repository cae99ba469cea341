//! Services.
// upstream: pkg/apis/core/validation/validation.go

use podarium_api::names::{dns1123_label_error, dns1123_subdomain_error, qualified_name_error};

use super::pod::{chosen, port_or_name};
use crate::address::{self, Range};
use crate::errors::Errors;
use crate::field::Field;

mod addresses;

const PROTOCOLS: [&str; 3] = ["SCTP", "TCP", "UDP"];
const TYPES: [&str; 4] = ["ClusterIP", "ExternalName", "LoadBalancer", "NodePort"];
const BALANCED: &str = "may only be used when `type` is 'LoadBalancer'";
const HINTS: &str = "service.kubernetes.io/topology-aware-hints";
const MODE: &str = "service.kubernetes.io/topology-mode";
const RANGES: &str = "service.beta.kubernetes.io/load-balancer-source-ranges";

pub(super) fn is_headless(spec: &Field) -> bool {
    let ips = spec.get("clusterIPs");
    ips.len() == 1 && ips.contains("None")
}

/// upstream: ValidateService
pub fn service(service: &Field, errors: &mut Errors) {
    let annotations = service.at("metadata.annotations");
    let (hints, mode) = (annotations.key(HINTS), annotations.key(MODE));
    if hints.is_set() && mode.is_set() && hints.value != mode.value {
        let detail = format!("must match annotations[{HINTS}] when both are specified");
        errors.invalid(&mode, &detail);
    }
    let spec = service.get("spec");
    let (type_, ports) = (spec.get("type"), spec.get("ports"));
    if ports.is_empty() && !is_headless(&spec) && type_.text() != "ExternalName" {
        errors.required(&ports, "");
    }
    match type_.text() {
        kind @ ("LoadBalancer" | "NodePort") if is_headless(&spec) => {
            let first = spec.get("clusterIPs").called("spec.clusterIPs[0]");
            let detail = format!("may not be set to 'None' for {kind} services");
            errors.invalid_as(&first, "None", &detail);
        }
        "ExternalName" => external_name(&spec, errors),
        _ => {}
    }
    let mut names = Vec::new();
    for port in ports.items() {
        service_port(&port, ports.len() > 1, &mut names, errors);
    }
    errors.labels(&spec.get("selector"));
    affinity(&spec, errors);
    addresses::related(&spec, errors);
    for ip in spec.get("externalIPs").items() {
        let before = errors.count();
        address::any_ip(&ip, errors);
        if errors.count() == before {
            address::not_special(&ip, errors);
        }
    }
    chosen(&type_, &TYPES, errors);
    numbers(&ports, type_.text(), errors);
    source_ranges(&spec, &annotations.key(RANGES), errors);
    let allocate = spec.get("allocateLoadBalancerNodePorts");
    let balanced = type_.text() == "LoadBalancer";
    if allocate.is_set() && !balanced {
        errors.forbidden(&allocate, BALANCED);
    } else if !allocate.is_set() && balanced {
        errors.required(&allocate.called("allocateLoadBalancerNodePorts"), "");
    }
    class(&spec, errors);
    traffic(&spec, errors);
}

fn external_name(spec: &Field, errors: &mut Errors) {
    for name in ["clusterIPs", "ipFamilies", "ipFamilyPolicy"] {
        let field = spec.get(name);
        if !field.is_empty() {
            errors.forbidden(&field, "may not be set for ExternalName services");
        }
    }
    let name = spec.get("externalName");
    let text = name.text().strip_suffix('.').unwrap_or(name.text());
    if text.is_empty() {
        errors.required(&name, "");
    } else if let Some(why) = dns1123_subdomain_error(text) {
        errors.invalid_as(&name, text, &why);
    }
}

/// upstream: validateServicePort
fn service_port<'a>(
    port: &Field<'a>,
    several: bool,
    names: &mut Vec<&'a str>,
    errors: &mut Errors,
) {
    let name = port.get("name");
    if !name.is_empty() {
        errors.named(&name, dns1123_label_error);
        if names.contains(&name.text()) {
            errors.duplicate(&name);
        } else {
            names.push(name.text());
        }
    } else if several {
        errors.required(&name, "");
    }
    errors.port_number(&port.get("port"));
    chosen(&port.get("protocol"), &PROTOCOLS, errors);
    port_or_name(&port.get("targetPort"), errors);
    let protocol = port.get("appProtocol");
    if protocol.is_set() {
        errors.named(&protocol, qualified_name_error);
    }
}

/// A port number serves once for each protocol, inside the cluster and on the nodes.
fn numbers(ports: &Field, type_: &str, errors: &mut Errors) {
    let on_nodes = || ports.items().filter(|p| p.get("nodePort").int() != 0);
    if type_ == "ClusterIP" {
        for port in on_nodes() {
            let detail = "may not be used when `type` is 'ClusterIP'";
            errors.forbidden(&port.get("nodePort"), detail);
        }
    }
    let mut seen = Vec::new();
    for port in on_nodes() {
        let number = port.get("nodePort");
        let pair = (port.get("protocol").text(), number.int());
        if seen.contains(&pair) {
            errors.duplicate(&number);
        }
        seen.push(pair);
    }
    let mut seen = Vec::new();
    for port in ports.items() {
        let pair = (port.get("protocol").text(), port.get("port").int());
        if seen.contains(&pair) {
            // upstream prints its internal type, whose fields have no JSON names.
            let shown = format!(
                "{{\"Name\":\"\",\"Protocol\":{:?},\"AppProtocol\":null,\"Port\":{},\"TargetPort\":0,\"NodePort\":0}}",
                pair.0, pair.1
            );
            errors.duplicate_raw(&port, &shown);
        }
        seen.push(pair);
    }
}

/// upstream: validateClientIPAffinityConfig
fn affinity(spec: &Field, errors: &mut Errors) {
    const MOST: i64 = 86_400;
    const WHEN: &str = "when session affinity type is ClientIP";
    let (kind, config) = (
        spec.get("sessionAffinity"),
        spec.get("sessionAffinityConfig"),
    );
    chosen(&kind, &["ClientIP", "None"], errors);
    match kind.text() {
        "ClientIP" => {
            let client = config.get("clientIP");
            let seconds = client.get("timeoutSeconds");
            if let Some(missing) = [&config, &client, &seconds].iter().find(|f| !f.is_set()) {
                errors.required(missing, WHEN);
            } else if !(1..=MOST).contains(&seconds.int()) {
                let detail = format!("must be greater than 0 and less than {MOST}");
                errors.invalid(&seconds, &detail);
            }
        }
        "None" if config.is_set() => {
            errors.forbidden(&config, "must not be set when session affinity is None");
        }
        _ => {}
    }
}

fn source_ranges(spec: &Field, annotation: &Field, errors: &mut Errors) {
    let given = spec.get("loadBalancerSourceRanges");
    let balanced = spec.get("type").text() == "LoadBalancer";
    // upstream writes the field in another case.
    let shown = given.called("spec.LoadBalancerSourceRanges");
    let trimmed = |field: &Field, text: &str, errors: &mut Errors| {
        let text = text.trim();
        if Range::read(text).is_none() {
            errors.invalid_as(field, text, address::NO_RANGE);
        }
    };
    if !given.is_empty() {
        if !balanced {
            errors.forbidden(&shown, BALANCED);
        }
        for range in shown.items() {
            trimmed(&range, range.text(), errors);
        }
    } else if annotation.is_set() {
        if !balanced {
            errors.forbidden(annotation, BALANCED);
        }
        let text = annotation.text().trim();
        for range in text.split(',').filter(|_| !text.is_empty()) {
            trimmed(annotation, range, errors);
        }
    }
}

/// upstream: validateLoadBalancerClassField
fn class(spec: &Field, errors: &mut Errors) {
    let class = spec.get("loadBalancerClass");
    if !class.is_set() {
        return;
    }
    if spec.get("type").text() == "LoadBalancer" {
        errors.named(&class, qualified_name_error);
    } else {
        errors.forbidden(&class, BALANCED);
    }
}

/// upstream: pkg/api/service/util.go ExternallyAccessible
fn is_external(spec: &Field) -> bool {
    let type_ = spec.get("type").text();
    matches!(type_, "LoadBalancer" | "NodePort")
        || (type_ == "ClusterIP" && !spec.get("externalIPs").is_empty())
}

/// upstream: pkg/api/service/util.go NeedsHealthCheck
fn is_health_checked(spec: &Field) -> bool {
    spec.get("type").text() == "LoadBalancer" && spec.get("externalTrafficPolicy").text() == "Local"
}

/// upstream: validateServiceExternalTrafficPolicy, validateServiceInternalTrafficFieldsValue,
/// validateServiceTrafficDistribution
fn traffic(spec: &Field, errors: &mut Errors) {
    let (outside, health) = (
        spec.get("externalTrafficPolicy"),
        spec.get("healthCheckNodePort"),
    );
    if is_external(spec) {
        chosen(&outside, &["Cluster", "Local"], errors);
    } else if !outside.is_empty() {
        let detail = "may only be set for externally-accessible services";
        errors.invalid(&outside, detail);
    }
    if is_health_checked(spec) {
        if health.int() == 0 {
            errors.required(&health, "");
        } else {
            errors.port_number(&health);
        }
    } else if health.int() != 0 {
        errors.invalid(
            &health,
            "may only be set when `type` is 'LoadBalancer' and `externalTrafficPolicy` is 'Local'",
        );
    }
    let inside = spec.get("internalTrafficPolicy");
    let led = ["ClusterIP", "LoadBalancer", "NodePort"].contains(&spec.get("type").text());
    if led && !inside.is_set() {
        errors.required(&inside, "");
    }
    errors.one_of(&inside, &["Cluster", "Local"]);
    errors.one_of(
        &spec.get("trafficDistribution"),
        &["PreferClose", "PreferSameNode", "PreferSameZone"],
    );
}

/// upstream: ValidateServiceUpdate
pub fn service_update(new: &Field, old: &Field, errors: &mut Errors) {
    let (spec, had) = (new.get("spec"), old.get("spec"));
    addresses::ips_update(&spec, &had, errors);
    addresses::families_update(&spec, &had, errors);
    let balanced = |spec: &Field| spec.get("type").text() == "LoadBalancer";
    let (class, before) = (spec.get("loadBalancerClass"), had.get("loadBalancerClass"));
    if balanced(&spec) && balanced(&had) && class.value != before.value {
        errors.invalid(&class, "may not change once set");
    }
    self::class(&spec, errors);
    let (port, before) = (
        spec.get("healthCheckNodePort"),
        had.get("healthCheckNodePort"),
    );
    if is_health_checked(&spec) && is_health_checked(&had) && port.value != before.value {
        errors.forbidden(&port, "field is immutable");
    }
    service(new, errors);
}
