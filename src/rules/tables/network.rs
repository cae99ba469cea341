//! Tables of networking: Services, their endpoints, Ingresses, policies, addresses.
// upstream: pkg/printers/internalversion/printers.go AddHandlers, printService and its like

use std::collections::BTreeSet;

use serde_json::Value;

use super::column::Cell::{Join, Own, Text, TextOr};
use super::column::{Column, age, name};
use super::seen::{self, Seen, items, text};

/// Services
pub static SERVICE: &[Column] = &[
    name(),
    Column::text("Type", "type determines how the Service is exposed. Defaults to ClusterIP. Valid options are ExternalName, ClusterIP, NodePort, and LoadBalancer. \"ClusterIP\" allocates a cluster-internal IP address for load-balancing to endpoints. Endpoints are determined by the selector or if that is not specified, by manual construction of an Endpoints object or EndpointSlice objects. If clusterIP is \"None\", no virtual IP is allocated and the endpoints are published as a set of endpoints rather than a virtual IP. \"NodePort\" builds on ClusterIP and allocates a port on every node which routes to the same endpoints as the clusterIP. \"LoadBalancer\" builds on NodePort and creates an external load-balancer (if supported in the current cloud) which routes to the same endpoints as the clusterIP. \"ExternalName\" aliases this service to the specified externalName. Several other fields do not apply to ExternalName services. More info: https://kubernetes.io/docs/concepts/services-networking/service/#publishing-services-service-types", Text("spec.type")),
    Column::text(
        "Cluster-IP",
        "clusterIP is the IP address of the service and is usually assigned randomly. If an address is specified manually, is in-range (as per system configuration), and is not in use, it will be allocated to the service; otherwise creation of the service will fail. This field may not be changed through updates unless the type field is also being changed to ExternalName (which requires this field to be blank) or the type field is being changed from ExternalName (in which case this field may optionally be specified, as describe above).  Valid values are \"None\", empty string (\"\"), or a valid IP address. Setting this to \"None\" makes a \"headless service\" (no virtual IP), which is useful when direct endpoint connections are preferred and proxying is not required.  Only applies to types ClusterIP, NodePort, and LoadBalancer. If this field is specified when creating a Service of type ExternalName, creation will fail. This field will be wiped when updating a Service to type ExternalName. More info: https://kubernetes.io/docs/concepts/services-networking/service/#virtual-ips-and-service-proxies",
        Own(|s| {
            let first = s.items("spec.clusterIPs").first().and_then(Value::as_str);
            first.unwrap_or("<none>").into()
        }),
    ),
    Column::text(
        "External-IP",
        "externalIPs is a list of IP addresses for which nodes in the cluster will also accept traffic for this service.  These IPs are not managed by Kubernetes.  The user is responsible for ensuring that traffic arrives at a node with this IP.  A common example is external load-balancers that are not part of the Kubernetes system.",
        Own(external_ip),
    ),
    Column::text("Port(s)", "The list of ports that are exposed by this service. More info: https://kubernetes.io/docs/concepts/services-networking/service/#virtual-ips-and-service-proxies", Own(service_ports)),
    age(),
    Column::text(
        "Selector",
        "Route service traffic to pods with label keys and values matching this selector. If empty or not present, the service is assumed to have an external process managing its endpoints, which Kubernetes will not modify. Only applies to types ClusterIP, NodePort, and LoadBalancer. Ignored if type is ExternalName. More info: https://kubernetes.io/docs/concepts/services-networking/service/",
        Own(|s| seen::labels(s.at("spec.selector")).into()),
    )
    .wide(),
];

/// upstream: pkg/printers/internalversion/printers.go getServiceExternalIP
fn external_ip(seen: &Seen) -> Value {
    let own = seen.join("spec.externalIPs", ",");
    match seen.text("spec.type") {
        "ClusterIP" | "NodePort" => seen::or_none(own).into(),
        "LoadBalancer" => {
            let mut all = load_balancer(seen);
            if !own.is_empty() {
                all.push(own);
            }
            match all.is_empty() {
                true => "<pending>".into(),
                false => all.join(",").into(),
            }
        }
        "ExternalName" => seen.text("spec.externalName").into(),
        _ => "<unknown>".into(),
    }
}

/// Addresses that a load balancer was given, or names, sorted and each once.
///
/// upstream: pkg/printers/internalversion/printers.go loadBalancerStatusStringer, of which a server never clips the result
fn load_balancer(seen: &Seen) -> Vec<String> {
    let points = seen.items("status.loadBalancer.ingress").iter();
    let texts = points.map(|point| match text(point, "ip") {
        "" => text(point, "hostname"),
        ip => ip,
    });
    let all: BTreeSet<_> = texts.filter(|t| !t.is_empty()).collect();
    all.into_iter().map(str::to_owned).collect()
}

/// upstream: pkg/printers/internalversion/printers.go makePortString
fn service_ports(seen: &Seen) -> Value {
    let one = |port: &Value| {
        let (number, protocol) = (&port["port"], text(port, "protocol"));
        match port["nodePort"].as_i64().unwrap_or_default() {
            0 => format!("{number}/{protocol}"),
            node => format!("{number}:{node}/{protocol}"),
        }
    };
    let all: Vec<_> = seen.items("spec.ports").iter().map(one).collect();
    seen::or_none(all.join(",")).into()
}

/// Endpoints
pub static ENDPOINTS: &[Column] = &[
    name(),
    Column::text(
        "Endpoints",
        "The set of all endpoints is the union of all subsets. Addresses are placed into subsets according to the IPs they share. A single address with multiple ports, some of which are ready and some of which are not (because they come from different containers) will result in the address being displayed in different subsets for the different ports. No address will appear in both Addresses and NotReadyAddresses in the same subset. Sets of addresses and ports that comprise a service.",
        Own(endpoints),
    ),
    age(),
];

/// upstream: pkg/printers/internalversion/printers.go formatEndpoints
fn endpoints(seen: &Seen) -> Value {
    let subsets = seen.items("subsets");
    if subsets.is_empty() {
        return "<none>".into();
    }
    let mut all = Vec::new();
    for subset in subsets {
        let addresses = || items(&subset["addresses"]).iter().map(|a| text(a, "ip"));
        let ports = items(&subset["ports"]);
        if ports.is_empty() {
            all.extend(addresses().map(str::to_owned));
        }
        for port in ports {
            all.extend(addresses().map(|ip| match ip.contains(':') {
                true => format!("[{ip}]:{}", port["port"]),
                false => format!("{ip}:{}", port["port"]),
            }));
        }
    }
    seen::some(&all, "").into()
}

/// EndpointSlices
pub static ENDPOINT_SLICE: &[Column] = &[
    name(),
    Column::text(
        "AddressType",
        "addressType specifies the type of address carried by this EndpointSlice. All addresses in this slice must be the same type. This field is immutable after creation. The following address types are currently supported: * IPv4: Represents an IPv4 Address. * IPv6: Represents an IPv6 Address. * FQDN: Represents a Fully Qualified Domain Name. (Deprecated) The EndpointSlice controller only generates, and kube-proxy only processes, slices of addressType \"IPv4\" and \"IPv6\". No semantics are defined for the \"FQDN\" type.",
        Text("addressType"),
    ),
    Column::text(
        "Ports",
        "ports specifies the list of network ports exposed by each endpoint in this slice. Each port must have a unique name. Each slice may include a maximum of 100 ports. Services always have at least 1 port, so EndpointSlices generated by the EndpointSlice controller will likewise always have at least 1 port. EndpointSlices used for other purposes may have an empty ports list.",
        Own(|s| {
            let one = |port: &Value| match (&port["port"], &port["name"]) {
                (Value::Number(number), _) => number.to_string(),
                (_, Value::String(name)) => name.clone(),
                _ => "*".into(),
            };
            let all: Vec<_> = s.items("ports").iter().map(one).collect();
            seen::some(&all, "<unset>").into()
        }),
    ),
    Column::text(
        "Endpoints",
        "endpoints is a list of unique endpoints in this slice. Each slice may include a maximum of 1000 endpoints.",
        Own(|s| {
            let addresses = s
                .items("endpoints")
                .iter()
                .flat_map(|e| items(&e["addresses"]));
            let all: Vec<_> = addresses
                .filter_map(Value::as_str)
                .map(str::to_owned)
                .collect();
            seen::some(&all, "<unset>").into()
        }),
    ),
    age(),
];

/// Ingresses
pub static INGRESS: &[Column] = &[
    name(),
    Column::text(
        "Class",
        "The name of the IngressClass resource that should be used for additional configuration",
        TextOr("spec.ingressClassName", "<none>"),
    ),
    Column::text(
        "Hosts",
        "Hosts that incoming requests are matched against before the ingress rule",
        Own(hosts),
    ),
    Column::text(
        "Address",
        "Address is a list containing ingress points for the load-balancer",
        Own(|s| load_balancer(s).join(",").into()),
    ),
    Column::text(
        "Ports",
        "Ports of TLS configurations that open",
        Own(|s| match s.count("spec.tls") {
            0 => "80".into(),
            _ => "80, 443".into(),
        }),
    ),
    age(),
];

/// upstream: pkg/printers/internalversion/printers.go formatHosts, which counts rules and not hosts
fn hosts(seen: &Seen) -> Value {
    let rules = seen.items("spec.rules");
    let mut list = Vec::new();
    let mut more = false;
    for rule in rules {
        more |= list.len() == 3;
        let host = text(rule, "host");
        if !more && !host.is_empty() {
            list.push(host);
        }
    }
    match () {
        () if list.is_empty() => "*".into(),
        () if more => format!("{} + {} more...", list.join(","), rules.len() - 3).into(),
        () => list.join(",").into(),
    }
}

/// IngressClasses
pub static INGRESS_CLASS: &[Column] = &[
    name(),
    Column::text(
        "Controller",
        "Controller that is responsible for handling this class",
        Text("spec.controller"),
    ),
    Column::text(
        "Parameters",
        "A reference to a resource with additional parameters",
        Own(|s| {
            let parameters = s.at("spec.parameters");
            if parameters.is_null() {
                return "<none>".into();
            }
            let mut kind = text(parameters, "kind").to_owned();
            if let Some(group) = parameters["apiGroup"].as_str() {
                kind = [&kind, ".", group].concat();
            }
            format!("{kind}/{}", text(parameters, "name")).into()
        }),
    ),
    age(),
];

/// NetworkPolicies
pub static NETWORK_POLICY: &[Column] = &[
    name(),
    Column::text(
        "Pod-Selector",
        "podSelector selects the pods to which this NetworkPolicy object applies. The array of rules is applied to any pods selected by this field. An empty selector matches all pods in the policy's namespace. Multiple network policies can select the same set of pods. In this case, the ingress rules for each are combined additively. This field is optional. If it is not specified, it defaults to an empty selector.",
        Own(|s| seen::selector_or_none(s.at("spec.podSelector")).into()),
    ),
    age(),
];

/// ServiceCIDRs
pub static SERVICE_CIDR: &[Column] = &[
    name(),
    Column::text(
        "CIDRs",
        "cidrs defines the IP blocks in CIDR notation (e.g. \"192.168.0.0/24\" or \"2001:db8::/64\") from which to assign service cluster IPs. Max of two CIDRs is allowed, one of each IP family. This field is immutable.",
        Join("spec.cidrs"),
    ),
    age(),
];

/// IPAddresses. Their age is a cell without a column, upstream too.
pub static IP_ADDRESS: &[Column] = &[
    name(),
    Column::text(
        "ParentRef",
        "parentRef references the resource that an IPAddress is attached to. An IPAddress must reference a parent object.",
        Own(|s| {
            let parent = s.at("spec.parentRef");
            if parent.is_null() {
                return "<none>".into();
            }
            let mut all = text(parent, "resource").to_lowercase();
            for (before, field) in [(".", "group"), ("/", "namespace")] {
                let part = text(parent, field);
                if !part.is_empty() {
                    all = [&all, before, part].concat();
                }
            }
            format!("{all}/{}", text(parent, "name")).into()
        }),
    ),
    Column { name: "", ..age() },
];
