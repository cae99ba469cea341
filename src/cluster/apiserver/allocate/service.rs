//! What a Service gets when it is written: address families, a cluster IP, node ports, a health check port.

use std::net::Ipv4Addr;

use k8s_openapi::api::core::v1::{ServicePort, ServiceSpec};
use podarium_api::status::{Cause, Reason, Status};

use super::pool::Refusal;
use super::{Allocations, SERVICE_CIDR};

const V4: &str = "IPv4";
const V6: &str = "IPv6";
const NONE: &str = "None";

/// upstream: pkg/registry/core/service/storage/alloc.go allocateCreate, allocateUpdate
pub(super) fn allocate(
    allocations: &mut Allocations,
    name: &str,
    spec: &mut ServiceSpec,
    old: Option<&ServiceSpec>,
) -> Result<(), Status> {
    let said = |problem: Problem| match problem {
        Problem::Field(cause) => Status::invalid("", "Service", name, vec![cause]),
        Problem::Server(text) => Status::new(
            Reason::InternalError,
            format!("Internal error occurred: {text}"),
        ),
    };
    same_cluster_ip(spec, old);
    if let Some(old) = old {
        keep_allocated(spec, old);
        drop_what_the_type_has_not(spec, old);
    }
    families(spec).map_err(said)?;
    cluster_ips(allocations, spec, old).map_err(said)?;
    node_ports(allocations, spec, old).map_err(said)?;
    health_check_port(allocations, spec, old).map_err(said)
}

/// Whose fault it is that something cannot be given.
enum Problem {
    /// The person's: a field asks for what is not to be had.
    Field(Cause),
    /// The server's.
    Server(String),
}

const PORT_RANGE: &str =
    "provided port is not in the valid range. The range of valid ports is 30000-32767";
const PORT_TAKEN: &str = "provided port is already allocated";

/// Gives back everything that a Service has.
pub(super) fn release(allocations: &mut Allocations, spec: &ServiceSpec) {
    for ip in owned_ips(spec) {
        allocations.ips.release(ip);
    }
    let ports = spec.ports.iter().flatten().filter_map(|p| p.node_port);
    for port in ports.chain(spec.health_check_node_port) {
        allocations.ports.release(port as u32);
    }
}

/// `clusterIP` and the first of `clusterIPs` say the same.
///
/// upstream: pkg/api/service/util.go, pkg/registry/core/service/strategy.go NormalizeClusterIPs
fn same_cluster_ip(spec: &mut ServiceSpec, old: Option<&ServiceSpec>) {
    let one = spec.cluster_ip.clone().filter(|ip| !ip.is_empty());
    let first = spec
        .cluster_ips
        .as_ref()
        .and_then(|ips| ips.first())
        .cloned();
    match (one, first) {
        (Some(one), None) => spec.cluster_ips = Some(vec![one]),
        // An old client that knows of one field only: what it changed is what it meant.
        (Some(one), Some(first)) if one != first => {
            let was = old.and_then(|o| o.cluster_ip.clone());
            if was.as_ref() == Some(&first) {
                spec.cluster_ips = Some(vec![one]);
            }
        }
        _ => {}
    }
}

fn kind(spec: &ServiceSpec) -> &str {
    spec.type_.as_deref().unwrap_or("ClusterIP")
}

fn needs_cluster_ip(spec: &ServiceSpec) -> bool {
    kind(spec) != "ExternalName"
}

fn needs_node_port(spec: &ServiceSpec) -> bool {
    matches!(kind(spec), "NodePort" | "LoadBalancer")
}

/// upstream: pkg/api/service/util.go NeedsHealthCheck
fn needs_health_check(spec: &ServiceSpec) -> bool {
    kind(spec) == "LoadBalancer" && spec.external_traffic_policy.as_deref() == Some("Local")
}

/// What a client does not send again, it means to keep.
///
/// upstream: pkg/registry/core/service/storage/storage.go patchAllocatedValues
fn keep_allocated(spec: &mut ServiceSpec, old: &ServiceSpec) {
    if needs_cluster_ip(spec) && needs_cluster_ip(old) {
        if spec.cluster_ip.as_ref().is_none_or(String::is_empty) {
            spec.cluster_ip.clone_from(&old.cluster_ip);
        }
        if spec.cluster_ips.as_ref().is_none_or(Vec::is_empty) && spec.cluster_ip == old.cluster_ip
        {
            spec.cluster_ips.clone_from(&old.cluster_ips);
        }
    }
    if needs_node_port(spec) && needs_node_port(old) {
        let given: Vec<i32> = spec
            .ports
            .iter()
            .flatten()
            .filter_map(|p| p.node_port)
            .collect();
        for port in spec.ports.iter_mut().flatten() {
            if port.node_port.is_none_or(|p| p == 0) {
                let before = old
                    .ports
                    .iter()
                    .flatten()
                    .find(|o| o.port == port.port && o.protocol == port.protocol)
                    .and_then(|o| o.node_port);
                port.node_port = before.filter(|p| !given.contains(p));
            }
        }
    }
    if needs_health_check(spec)
        && needs_health_check(old)
        && spec.health_check_node_port.is_none_or(|p| p == 0)
    {
        spec.health_check_node_port = old.health_check_node_port;
    }
    if needs_cluster_ip(spec) {
        if spec.ip_family_policy.is_none() {
            spec.ip_family_policy.clone_from(&old.ip_family_policy);
        }
        if spec.ip_families.as_ref().is_none_or(Vec::is_empty) {
            spec.ip_families.clone_from(&old.ip_families);
        }
    }
}

/// A type changed and nothing else: what belonged to the old type goes.
///
/// upstream: pkg/registry/core/service/strategy.go dropTypeDependentFields
fn drop_what_the_type_has_not(spec: &mut ServiceSpec, old: &ServiceSpec) {
    if needs_cluster_ip(old) && !needs_cluster_ip(spec) {
        if spec.cluster_ip == old.cluster_ip {
            spec.cluster_ip = None;
            spec.cluster_ips = None;
        }
        if spec.ip_families == old.ip_families {
            spec.ip_families = None;
        }
        if spec.ip_family_policy == old.ip_family_policy {
            spec.ip_family_policy = None;
        }
        if spec.internal_traffic_policy == old.internal_traffic_policy {
            spec.internal_traffic_policy = None;
        }
    }
    let numbers = |s: &ServiceSpec| -> Vec<i32> {
        s.ports
            .iter()
            .flatten()
            .filter_map(|p| p.node_port)
            .collect()
    };
    if needs_node_port(old) && !needs_node_port(spec) {
        if numbers(spec) == numbers(old) {
            for port in spec.ports.iter_mut().flatten() {
                port.node_port = None;
            }
        }
        if spec.external_traffic_policy == old.external_traffic_policy
            && spec.external_ips.as_ref().is_none_or(Vec::is_empty)
        {
            spec.external_traffic_policy = None;
        }
    }
    if needs_health_check(old)
        && !needs_health_check(spec)
        && spec.health_check_node_port == old.health_check_node_port
    {
        spec.health_check_node_port = None;
    }
    if kind(old) == "LoadBalancer" && kind(spec) != "LoadBalancer" {
        if spec.allocate_load_balancer_node_ports == old.allocate_load_balancer_node_ports {
            spec.allocate_load_balancer_node_ports = None;
        }
        if spec.load_balancer_class == old.load_balancer_class {
            spec.load_balancer_class = None;
        }
    }
}

/// upstream: pkg/registry/core/service/storage/alloc.go initIPFamilyFields, for a cluster of IPv4 alone
fn families(spec: &mut ServiceSpec) -> Result<(), Problem> {
    if !needs_cluster_ip(spec) {
        return Ok(());
    }
    let headless = spec.cluster_ip.as_deref() == Some(NONE);
    let selects = spec.selector.as_ref().is_some_and(|s| !s.is_empty());
    let policy = match (&spec.ip_family_policy, headless && !selects) {
        (Some(policy), _) => policy.clone(),
        (None, true) => "RequireDualStack".into(),
        (None, false) => "SingleStack".into(),
    };
    spec.ip_family_policy = Some(policy.clone());
    let families = spec.ip_families.get_or_insert_default();
    if families.is_empty() {
        families.push(V4.into());
    }
    if policy == "SingleStack" && families.len() > 1 {
        let text = "must be 'RequireDualStack' or 'PreferDualStack' when multiple IP families are specified";
        return Err(Problem::Field(Cause::invalid(
            "spec.ipFamilyPolicy",
            policy,
            text,
        )));
    }
    if headless && !selects {
        if families.len() < 2 && policy != "SingleStack" {
            families.push(if families[0] == V4 { V6 } else { V4 }.into());
        }
        return Ok(());
    }
    if policy == "RequireDualStack" {
        let text = "this cluster is not configured for dual-stack services";
        return Err(Problem::Field(Cause::invalid(
            "spec.ipFamilyPolicy",
            policy,
            text,
        )));
    }
    match families.iter().position(|f| f != V4) {
        Some(i) => Err(Problem::Field(Cause::invalid(
            &format!("spec.ipFamilies[{i}]"),
            families[i].clone(),
            "not configured on this cluster",
        ))),
        None => Ok(()),
    }
}

/// upstream: pkg/registry/core/service/storage/alloc.go allocIPs, updateClusterIPs
fn cluster_ips(
    allocations: &mut Allocations,
    spec: &mut ServiceSpec,
    old: Option<&ServiceSpec>,
) -> Result<(), Problem> {
    let had: Vec<u32> = old.map(|o| owned_ips(o).collect()).unwrap_or_default();
    if !needs_cluster_ip(spec) || spec.cluster_ip.as_deref() == Some(NONE) {
        had.iter().for_each(|ip| allocations.ips.release(*ip));
        return Ok(());
    }
    let wanted = spec.cluster_ip.clone().filter(|ip| !ip.is_empty());
    let ip = match wanted {
        None => match allocations.ips.take_any() {
            Ok(number) => Ipv4Addr::from(number).to_string(),
            Err(_) => {
                let text = "failed to allocate a serviceIP: range is full";
                return Err(Problem::Server(text.into()));
            }
        },
        Some(wanted) => {
            let Ok(number) = wanted.parse::<Ipv4Addr>().map(u32::from) else {
                // No address at all: validation says so.
                return Ok(());
            };
            if !had.contains(&number)
                && let Err(refusal) = allocations.ips.take(number)
            {
                let why = match refusal {
                    Refusal::Taken => "provided IP is already allocated".to_owned(),
                    _ => format!(
                        "the provided IP ({wanted}) is not in the valid range. The range of valid IPs is {SERVICE_CIDR}"
                    ),
                };
                return Err(Problem::Field(Cause::invalid(
                    "spec.clusterIPs",
                    spec.cluster_ips.clone().unwrap_or_default(),
                    &format!("failed to allocate IP {wanted}: {why}"),
                )));
            }
            wanted
        }
    };
    spec.cluster_ips = Some(vec![ip.clone()]);
    spec.cluster_ip = Some(ip);
    Ok(())
}

pub(super) fn owned_ips(spec: &ServiceSpec) -> impl Iterator<Item = u32> {
    let ips = spec.cluster_ips.iter().flatten();
    ips.filter_map(|ip| ip.parse::<Ipv4Addr>().ok())
        .map(u32::from)
}

/// upstream: pkg/registry/core/service/storage/alloc.go initNodePorts, updateNodePorts
fn node_ports(
    allocations: &mut Allocations,
    spec: &mut ServiceSpec,
    old: Option<&ServiceSpec>,
) -> Result<(), Problem> {
    let numbers = |ports: &Option<Vec<ServicePort>>| -> Vec<i32> {
        let all = ports.iter().flatten().filter_map(|p| p.node_port);
        all.filter(|p| *p != 0).collect()
    };
    let had = old.map(|o| numbers(&o.ports)).unwrap_or_default();
    if needs_node_port(spec) {
        let always =
            kind(spec) == "NodePort" || spec.allocate_load_balancer_node_ports != Some(false);
        let mut ports = spec.ports.take().unwrap_or_default();
        let mut given: Vec<(i32, i32)> = Vec::new();
        let mut problem = None;
        for i in 0..ports.len() {
            let asked = ports[i].node_port.filter(|p| *p != 0);
            if asked.is_none() && !always {
                continue;
            }
            // One number serves the TCP and the UDP port of the same number.
            let shared = given
                .iter()
                .find(|(port, _)| *port == ports[i].port)
                .map(|(_, n)| *n);
            let asked_later = ports[i..]
                .iter()
                .filter(|p| p.port == ports[i].port)
                .find_map(|p| p.node_port.filter(|n| *n != 0));
            let wanted = asked.or(shared).or(asked_later);
            let number = match wanted {
                Some(n) if shared == Some(n) || had.contains(&n) => n,
                Some(n) if given.iter().any(|(_, g)| *g == n) => n,
                Some(n) => match allocations.ports.take(u32::try_from(n).unwrap_or_default()) {
                    Ok(()) => n,
                    Err(refusal) => {
                        let why = match refusal {
                            Refusal::Taken => PORT_TAKEN,
                            _ => PORT_RANGE,
                        };
                        problem =
                            Some(Cause::invalid(&format!("spec.ports[{i}].nodePort"), n, why));
                        break;
                    }
                },
                None => match allocations.ports.take_any() {
                    Ok(n) => n as i32,
                    Err(_) => {
                        let text = "failed to allocate a nodePort: range is full";
                        return Err(Problem::Server(text.into()));
                    }
                },
            };
            given.push((ports[i].port, number));
            ports[i].node_port = Some(number);
        }
        spec.ports = Some(ports);
        if let Some(cause) = problem {
            return Err(Problem::Field(cause));
        }
    }
    let has = numbers(&spec.ports);
    for port in had.into_iter().filter(|p| !has.contains(p)) {
        allocations.ports.release(port as u32);
    }
    Ok(())
}

/// upstream: pkg/registry/core/service/storage/alloc.go updateHealthCheckNodePort
fn health_check_port(
    allocations: &mut Allocations,
    spec: &mut ServiceSpec,
    old: Option<&ServiceSpec>,
) -> Result<(), Problem> {
    let had = old
        .and_then(|o| o.health_check_node_port)
        .filter(|p| *p != 0);
    let wanted = spec.health_check_node_port.filter(|p| *p != 0);
    if !needs_health_check(spec) {
        if let Some(port) = had {
            allocations.ports.release(port as u32);
        }
        return Ok(());
    }
    if wanted.is_some() && wanted == had {
        return Ok(());
    }
    let taken = match wanted {
        Some(port) => allocations
            .ports
            .take(port as u32)
            .map(|()| port)
            .map_err(|refusal| {
                let why = match refusal {
                    Refusal::Taken => PORT_TAKEN,
                    _ => PORT_RANGE,
                };
                format!("failed to allocate requested HealthCheck NodePort {port}: {why}")
            }),
        None => allocations
            .ports
            .take_any()
            .map(|port| port as i32)
            .map_err(|_| "failed to allocate a HealthCheck NodePort 0: range is full".into()),
    };
    let port = taken.map_err(Problem::Server)?;
    spec.health_check_node_port = Some(port);
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use expect_test::{Expect, expect};
    use serde_json::{Value, json};

    fn spec(value: Value) -> ServiceSpec {
        serde_json::from_value(value).unwrap()
    }

    fn written(
        pool: &mut Allocations,
        value: Value,
        old: Option<&ServiceSpec>,
    ) -> Result<ServiceSpec, String> {
        let mut spec = spec(value);
        let before = pool.clone();
        allocate(pool, "web", &mut spec, old).map_err(|status| {
            *pool = before;
            status.message
        })?;
        Ok(spec)
    }

    #[test]
    fn addresses_come_from_the_upper_band_and_asked_for_ones_from_anywhere() {
        let mut pool = Allocations::new(1);
        let any = written(&mut pool, json!({"selector": {"a": "b"}}), None).unwrap();
        let ip: Ipv4Addr = any.cluster_ip.as_deref().unwrap().parse().unwrap();
        assert!(
            u32::from(ip) > u32::from(Ipv4Addr::new(10, 96, 1, 0)),
            "{ip}"
        );
        assert_eq!(any.cluster_ips, Some(vec![ip.to_string()]));
        assert_eq!(any.ip_family_policy.as_deref(), Some("SingleStack"));
        let asked = written(&mut pool, json!({"clusterIP": "10.96.0.10"}), None).unwrap();
        assert_eq!(asked.cluster_ips, Some(vec!["10.96.0.10".into()]));
        // What is kept on an update, and what is given back with a change of type.
        let kept = written(&mut pool, json!({"selector": {"a": "c"}}), Some(&any)).unwrap();
        assert_eq!(kept.cluster_ip, any.cluster_ip);
        let named = written(
            &mut pool,
            json!({"type": "ExternalName", "clusterIP": "10.96.0.10", "clusterIPs": ["10.96.0.10"]}),
            Some(&asked),
        )
        .unwrap();
        assert_eq!((named.cluster_ip, named.cluster_ips), (None, None));
        assert!(written(&mut pool, json!({"clusterIP": "10.96.0.10"}), None).is_ok());
    }

    #[test]
    fn node_ports_are_kept_shared_and_given_back() {
        let mut pool = Allocations::new(1);
        let ports = json!({"type": "NodePort", "ports": [
            {"name": "a", "port": 53, "protocol": "UDP"}, {"name": "b", "port": 53, "protocol": "TCP"},
            {"name": "c", "port": 80, "protocol": "TCP", "nodePort": 30007},
        ]});
        let first = written(&mut pool, ports.clone(), None).unwrap();
        let numbers = |s: &ServiceSpec| -> Vec<i32> {
            let all = s.ports.iter().flatten();
            all.filter_map(|p| p.node_port).collect()
        };
        let given = numbers(&first);
        assert!(given[0] == given[1] && given[0] >= 30_086 && given[2] == 30_007);
        let again = written(&mut pool, ports, Some(&first)).unwrap();
        assert_eq!(numbers(&again), given);
        let plain =
            json!({"type": "ClusterIP", "ports": [{"name": "c", "port": 80, "nodePort": 30007}]});
        let old = spec(
            json!({"type": "NodePort", "ports": [{"name": "c", "port": 80, "nodePort": 30007}]}),
        );
        assert_eq!(
            numbers(&written(&mut pool, plain, Some(&old)).unwrap()),
            [0; 0]
        );
        let local = json!({"type": "LoadBalancer", "externalTrafficPolicy": "Local", "ports": [{"port": 80, "nodePort": 30007}]});
        let local = written(&mut pool, local, None).unwrap();
        assert!(local.health_check_node_port.is_some_and(|p| p >= 30_086));
        assert_eq!(numbers(&local), [30_007]);
    }

    #[test]
    fn a_headless_service_without_a_selector_is_of_both_families() {
        let mut pool = Allocations::new(1);
        let spec = written(&mut pool, json!({"clusterIP": "None"}), None).unwrap();
        assert_eq!(spec.ip_families, Some(vec![V4.into(), V6.into()]));
        assert_eq!(spec.cluster_ips, Some(vec![NONE.into()]));
    }

    #[test]
    fn refusals() {
        fn check(value: Value, text: Expect) {
            let mut pool = Allocations::new(1);
            let taken = json!({"type": "NodePort", "clusterIP": "10.96.0.10", "ports": [{"port": 1, "nodePort": 30007}]});
            written(&mut pool, taken, None).unwrap();
            text.assert_eq(&written(&mut pool, value, None).unwrap_err());
        }
        check(
            json!({"clusterIP": "10.96.0.10"}),
            expect![[
                r#"Service "web" is invalid: spec.clusterIPs: Invalid value: ["10.96.0.10"]: failed to allocate IP 10.96.0.10: provided IP is already allocated"#
            ]],
        );
        check(
            json!({"clusterIP": "10.0.0.10"}),
            expect![[
                r#"Service "web" is invalid: spec.clusterIPs: Invalid value: ["10.0.0.10"]: failed to allocate IP 10.0.0.10: the provided IP (10.0.0.10) is not in the valid range. The range of valid IPs is 10.96.0.0/16"#
            ]],
        );
        check(
            json!({"type": "NodePort", "ports": [{"port": 80, "nodePort": 30007}]}),
            expect![[
                r#"Service "web" is invalid: spec.ports[0].nodePort: Invalid value: 30007: provided port is already allocated"#
            ]],
        );
        check(
            json!({"type": "NodePort", "ports": [{"port": 80, "nodePort": 80}]}),
            expect![[
                r#"Service "web" is invalid: spec.ports[0].nodePort: Invalid value: 80: provided port is not in the valid range. The range of valid ports is 30000-32767"#
            ]],
        );
        check(
            json!({"ipFamilyPolicy": "RequireDualStack"}),
            expect![[
                r#"Service "web" is invalid: spec.ipFamilyPolicy: Invalid value: "RequireDualStack": this cluster is not configured for dual-stack services"#
            ]],
        );
        check(
            json!({"ipFamilies": ["IPv6"]}),
            expect![[
                r#"Service "web" is invalid: spec.ipFamilies[0]: Invalid value: "IPv6": not configured on this cluster"#
            ]],
        );
    }
}
