//! From Services and EndpointSlices to what kube-proxy and CoreDNS make of them.

use std::net::IpAddr;
use std::sync::{Arc, OnceLock};

use podarium_api::meta::{Span, Str, Time};
use podarium_api::object::{Key, Service};
use podarium_api::slice::EndpointSlice;

use super::Protocol;
use super::choice::{Backend, Backends, Uses};
use crate::sim::RecordId;

/// `spec.type`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub enum ServiceType {
    /// Reachable inside the cluster.
    #[default]
    ClusterIp,
    /// … and at a port of every node.
    NodePort,
    /// … and at an address of a load balancer.
    LoadBalancer,
    /// Another name for something outside.
    ExternalName,
}

impl ServiceType {
    /// As the API spells it.
    pub fn as_str(self) -> &'static str {
        match self {
            ServiceType::ClusterIp => "ClusterIP",
            ServiceType::NodePort => "NodePort",
            ServiceType::LoadBalancer => "LoadBalancer",
            ServiceType::ExternalName => "ExternalName",
        }
    }
}

/// One port of a Service.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ServicePort {
    /// Its name; empty when the only port has none.
    pub name: Str,
    /// The protocol.
    pub protocol: Protocol,
    /// The port at the Service's addresses.
    pub port: u16,
    /// The port at every node; 0 for none.
    pub node_port: u16,
}

impl ServicePort {
    /// The name, or the number where there is none.
    pub fn label(&self) -> Str {
        if self.name.is_empty() {
            self.port.to_string().into()
        } else {
            self.name.clone()
        }
    }
}

/// What is made of a Service itself, without its endpoints.
#[derive(Clone, Debug)]
pub struct Rules {
    /// The Service.
    pub key: Key,
    /// `spec.type`.
    pub kind: ServiceType,
    /// Whether it is headless: a name without an address of its own.
    pub headless: bool,
    /// Whether kube-proxy makes rules for it.
    pub proxied: bool,
    /// `spec.clusterIPs`; empty when headless.
    pub cluster_ips: Vec<IpAddr>,
    /// `spec.externalIPs`.
    pub external_ips: Vec<IpAddr>,
    /// The load balancer's addresses, each with whether kube-proxy answers for it (`ipMode: VIP`).
    pub ingress: Vec<(IpAddr, bool)>,
    /// `spec.externalName`.
    pub external_name: Option<Str>,
    /// The traffic policies.
    pub uses: Uses,
    /// How long a client keeps its endpoint under `sessionAffinity: ClientIP`.
    pub affinity: Option<Span>,
    /// Whether endpoints count in DNS before they are ready.
    pub publish_not_ready: bool,
    /// The ports.
    pub ports: Vec<ServicePort>,
}

impl Rules {
    /// Reads a Service.
    ///
    /// upstream: pkg/proxy/serviceport.go newBaseServiceInfo
    pub fn new(service: &Service) -> Self {
        let spec = &service.body.spec;
        let kind = match spec.type_.as_deref() {
            Some("NodePort") => ServiceType::NodePort,
            Some("LoadBalancer") => ServiceType::LoadBalancer,
            Some("ExternalName") => ServiceType::ExternalName,
            _ => ServiceType::ClusterIp,
        };
        let ips = |texts: &Option<Vec<String>>| -> Vec<IpAddr> {
            texts
                .iter()
                .flatten()
                .filter_map(|t| t.parse().ok())
                .collect()
        };
        let mut cluster_ips = ips(&spec.cluster_ips);
        if cluster_ips.is_empty() {
            cluster_ips.extend(
                spec.cluster_ip
                    .as_ref()
                    .and_then(|t| t.parse::<IpAddr>().ok()),
            );
        }
        let external_ips = ips(&spec.external_ips);
        let balancer = service.body.status.load_balancer.as_ref();
        let ingress: Vec<(IpAddr, bool)> = balancer
            .and_then(|b| b.ingress.as_ref())
            .into_iter()
            .flatten()
            .filter_map(|i| {
                Some((
                    i.ip.as_ref()?.parse().ok()?,
                    i.ip_mode.as_deref() != Some("Proxy"),
                ))
            })
            .collect();
        let ports: Vec<_> = spec
            .ports
            .iter()
            .flatten()
            .map(|p| ServicePort {
                name: p.name.as_deref().unwrap_or_default().into(),
                protocol: Protocol::parse(p.protocol.as_deref().unwrap_or_default())
                    .unwrap_or_default(),
                port: port_number(p.port),
                node_port: p.node_port.map(port_number).unwrap_or_default(),
            })
            .collect();
        let external = ports.iter().any(|p| p.node_port != 0)
            || !external_ips.is_empty()
            || ingress.iter().any(|(_, vip)| *vip);
        let is_local = |policy: &Option<String>| policy.as_deref() == Some("Local");
        let affinity = (spec.session_affinity.as_deref() == Some("ClientIP")).then(|| {
            let config = spec.session_affinity_config.as_ref();
            let seconds = config.and_then(|c| c.client_ip.as_ref()?.timeout_seconds);
            Span::secs(
                seconds
                    .and_then(|s| u64::try_from(s).ok())
                    .unwrap_or(10_800),
            )
        });
        let headless = kind != ServiceType::ExternalName && cluster_ips.is_empty();
        Rules {
            key: Key {
                kind: podarium_api::kinds::KindId::SERVICE,
                namespace: service.meta.namespace.clone(),
                name: service.meta.name.clone(),
            },
            kind,
            headless,
            // upstream: pkg/proxy/util/utils.go ShouldSkipService, and the label selector of its informers
            proxied: kind != ServiceType::ExternalName
                && !headless
                && service
                    .meta
                    .labels
                    .get("service.kubernetes.io/service-proxy-name")
                    .is_none(),
            cluster_ips,
            external_ips,
            ingress,
            external_name: spec
                .external_name
                .as_deref()
                .filter(|_| kind == ServiceType::ExternalName)
                .map(Str::from),
            uses: Uses {
                internal_local: is_local(&spec.internal_traffic_policy),
                external_local: external && is_local(&spec.external_traffic_policy),
                external,
            },
            affinity,
            publish_not_ready: spec.publish_not_ready_addresses.unwrap_or(false),
            ports,
        }
    }
}

/// The API keeps ports as 32-bit numbers; what does not fit is no port.
pub(super) fn port_number(port: i32) -> u16 {
    u16::try_from(port).unwrap_or(0)
}

/// A Service and its endpoints as they were from one commit on.
#[derive(Clone, Debug)]
pub struct Version {
    /// When it was committed.
    pub time: Time,
    /// The revision that made it.
    pub revision: u64,
    /// The record of the write that made it.
    pub record: RecordId,
    /// The Service; `None` when there is none (any more).
    pub rules: Option<Arc<Rules>>,
    /// Its slices by name.
    pub slices: Vec<Arc<EndpointSlice>>,
    /// Backends of each port in IPv4 and IPv6, made when a packet first asks.
    compiled: OnceLock<Vec<[Backends; 2]>>,
}

impl Version {
    pub(super) fn new(
        (time, revision, record): (Time, u64, RecordId),
        rules: Option<Arc<Rules>>,
        slices: Vec<Arc<EndpointSlice>>,
    ) -> Self {
        Version {
            time,
            revision,
            record,
            rules,
            slices,
            compiled: OnceLock::new(),
        }
    }

    /// The endpoints of the `port`-th port of the Service in one address family.
    pub fn backends(&self, port: usize, v6: bool) -> &Backends {
        let compiled = self.compiled.get_or_init(|| {
            let rules = self.rules.as_ref();
            let ports = rules.map_or(&[][..], |r| &r.ports);
            let each = ports.iter();
            each.map(|p| [self.collect(p, false), self.collect(p, true)])
                .collect()
        });
        &compiled[port][usize::from(v6)]
    }

    fn collect(&self, port: &ServicePort, v6: bool) -> Backends {
        let family = if v6 { "IPv6" } else { "IPv4" };
        let mut all = Vec::new();
        for slice in self.slices.iter().filter(|s| s.body.address_type == family) {
            let ports = slice.body.ports.iter();
            // upstream: pkg/proxy/endpointslicecache.go getServicePortName: the name and the protocol tell which port.
            let numbers = ports.filter(|p| {
                p.name.as_deref().unwrap_or_default() == &*port.name
                    && Protocol::parse(p.protocol.as_deref().unwrap_or_default())
                        == Some(port.protocol)
            });
            for number in numbers
                .filter_map(|p| p.port)
                .map(port_number)
                .filter(|p| *p != 0)
            {
                for endpoint in &slice.body.endpoints {
                    if let Some(ip) = endpoint.address() {
                        all.push(Backend {
                            ip,
                            port: number,
                            endpoint: endpoint.clone(),
                        });
                    }
                }
            }
        }
        Backends::new(all)
    }

    /// All endpoints of one address family, each once for every slice that it is in.
    pub fn endpoints(&self, v6: bool) -> impl Iterator<Item = &Arc<podarium_api::slice::Endpoint>> {
        let family = if v6 { "IPv6" } else { "IPv4" };
        let slices = self
            .slices
            .iter()
            .filter(move |s| s.body.address_type == family);
        slices.flat_map(|s| s.body.endpoints.iter())
    }
}
