//! What the parts of the network say of themselves.

use crate::doc::Doc;

/// The parts of the network that act on fields.
pub const ALL: &[&Doc] = &[
    &Doc {
        name: "kube-proxy",
        sentence: "Turns Services and EndpointSlices into rules on every node, which send a connection to one of the endpoints.",
        upstream: "pkg/proxy",
        docs: "reference/networking/virtual-ips/",
        acts_on: &[
            "Service.spec.type",
            "Service.spec.clusterIP",
            "Service.spec.clusterIPs",
            "Service.spec.externalIPs",
            "Service.spec.ports.name",
            "Service.spec.ports.protocol",
            "Service.spec.ports.port",
            "Service.spec.ports.nodePort",
            "Service.spec.sessionAffinity",
            "Service.spec.sessionAffinityConfig.clientIP.timeoutSeconds",
            "Service.spec.internalTrafficPolicy",
            "Service.spec.externalTrafficPolicy",
            "EndpointSlice.addressType",
            "EndpointSlice.ports.name",
            "EndpointSlice.ports.protocol",
            "EndpointSlice.ports.port",
            "EndpointSlice.endpoints.addresses",
            "EndpointSlice.endpoints.conditions.**",
            "EndpointSlice.endpoints.nodeName",
            "EndpointSlice.endpoints.hints.**",
            "EndpointSlice.endpoints.targetRef.**",
        ],
    },
    &Doc {
        name: "CoreDNS",
        sentence: "Answers questions for the names of Services, from its own view of them.",
        upstream: "github.com/kubernetes/dns docs/specification.md",
        docs: "concepts/services-networking/dns-pod-service/",
        acts_on: &[
            "Service.spec.externalName",
            "Service.spec.publishNotReadyAddresses",
            "EndpointSlice.endpoints.hostname",
            "Pod.spec.hostAliases.**",
            "Pod.spec.dnsPolicy",
            "Pod.spec.dnsConfig.nameservers",
            "Pod.spec.dnsConfig.searches",
            "Pod.spec.dnsConfig.options.name",
            "Pod.spec.dnsConfig.options.value",
        ],
    },
];
