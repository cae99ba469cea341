//! One pod as an endpoint of one Service: its address, conditions, hints and ports.
// upstream: staging/src/k8s.io/endpointslice/utils.go podToEndpoint, getEndpointPorts

use std::sync::Arc;

use k8s_openapi::api::core::v1::{PodSpec, ServicePort};
use k8s_openapi::api::discovery::v1::{EndpointHints, EndpointPort, ForNode, ForZone};
use k8s_openapi::apimachinery::pkg::util::intstr::IntOrString;
use podarium_api::object::{Key, NodeBody, Service};
use podarium_api::pod::Pod;
use podarium_api::slice::{Conditions, Endpoint, Target};

use super::track::eligible;
use crate::controllers::cache::Cache;

const ZONE: &str = "topology.kubernetes.io/zone";

/// Why a pod is no endpoint.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Absent {
    /// It has no address of that family, or has ended.
    Pod,
    /// Its node is not known, so it will be looked at again.
    Node,
}

/// The endpoint of a pod in one address family.
pub fn endpoint(cache: &Cache, service: &Service, pod: &Pod, v6: bool) -> Result<Endpoint, Absent> {
    let mut ips = pod.body.status.pod_ips.iter();
    let ip = ips.find(|ip| ip.is_ipv6() == v6).filter(|_| eligible(pod));
    let ip = ip.ok_or(Absent::Pod)?;
    let spec = &service.body.spec;
    let publish = spec.publish_not_ready_addresses == Some(true);
    let node = pod.body.node_name.as_ref();
    let known = node.and_then(|n| cache.find::<NodeBody>(&node_key(n)));
    if node.is_some() && known.is_none() && !publish {
        return Err(Absent::Node);
    }
    let zone = known.and_then(|n| n.meta.labels.get(ZONE));
    let serving = pod.is_ready();
    let terminating = pod.meta.is_terminating();
    let ready = publish || (serving && !terminating);
    let hints = hints(
        spec.traffic_distribution.as_deref(),
        ready,
        zone,
        node.map(|n| &**n),
    );
    Ok(Endpoint {
        addresses: vec![ip.to_string().into()],
        conditions: Conditions {
            ready: Some(ready),
            serving: Some(serving),
            terminating: Some(terminating),
        },
        hostname: hostname(service, pod),
        node_name: node.cloned(),
        zone: zone.map(Into::into),
        hints,
        target_ref: Some(Target {
            kind: "Pod".into(),
            namespace: pod.meta.namespace.clone(),
            name: pod.meta.name.clone(),
            uid: pod.meta.uid,
        }),
        ..Endpoint::default()
    })
}

fn node_key(name: &podarium_api::meta::Str) -> Key {
    Key {
        kind: podarium_api::kinds::KindId::NODE,
        namespace: "".into(),
        name: name.clone(),
    }
}

/// The pod's name within a headless Service whose name is its subdomain.
pub fn hostname(service: &Service, pod: &Pod) -> Option<podarium_api::meta::Str> {
    let subdomain = pod.body.spec.subdomain.as_deref();
    let host = pod.body.spec.hostname.as_deref();
    let here = subdomain == Some(&*service.meta.name);
    host.filter(|h| here && !h.is_empty()).map(Into::into)
}

// upstream: staging/src/k8s.io/endpointslice/trafficdist/trafficdist.go ReconcileHints
fn hints(
    distribution: Option<&str>,
    ready: bool,
    zone: Option<&str>,
    node: Option<&str>,
) -> Option<Arc<EndpointHints>> {
    let same_node = distribution == Some("PreferSameNode");
    let same_zone = matches!(distribution, Some("PreferClose" | "PreferSameZone"));
    if !ready || !(same_node || same_zone) {
        return None;
    }
    let name = |n: &str| n.to_owned();
    let hints = EndpointHints {
        for_zones: zone.map(|z| vec![ForZone { name: name(z) }]),
        for_nodes: node
            .filter(|_| same_node)
            .map(|n| vec![ForNode { name: name(n) }]),
    };
    (hints != EndpointHints::default()).then(|| Arc::new(hints))
}

/// The ports at which a pod serves a Service; a port whose name the pod does not have is left out.
pub fn ports(service: &Service, spec: &PodSpec) -> Vec<EndpointPort> {
    let all = service.body.spec.ports.iter().flatten();
    all.filter_map(|port| {
        Some(EndpointPort {
            name: Some(port.name.clone().unwrap_or_default()),
            port: Some(find_port(port, spec)?),
            protocol: Some(protocol(port.protocol.as_deref())),
            app_protocol: port.app_protocol.clone(),
        })
    })
    .collect()
}

fn protocol(text: Option<&str>) -> String {
    text.unwrap_or("TCP").into()
}

/// The number of a port in a pod: a name is looked up among its containers, then its sidecars.
// upstream: pkg/api/v1/pod/util.go FindPort
pub fn find_port(port: &ServicePort, spec: &PodSpec) -> Option<i32> {
    let name = match &port.target_port {
        None | Some(IntOrString::Int(0)) => return Some(port.port),
        Some(IntOrString::Int(n)) => return Some(*n),
        Some(IntOrString::String(name)) => name,
    };
    let sidecars = spec.init_containers.iter().flatten();
    let sidecars = sidecars.filter(|c| c.restart_policy.as_deref() == Some("Always"));
    spec.containers
        .iter()
        .chain(sidecars)
        .flat_map(|c| c.ports.iter().flatten())
        .find(|p| {
            p.name.as_ref() == Some(name)
                && protocol(p.protocol.as_deref()) == protocol(port.protocol.as_deref())
        })
        .map(|p| p.container_port)
}
