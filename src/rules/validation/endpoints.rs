//! Where Services lead to: Endpoints and EndpointSlices.
// upstream: pkg/apis/core/validation/validation.go, pkg/apis/discovery/validation/validation.go

use std::net::IpAddr;

use podarium_api::names::{dns1123_label_error, dns1123_subdomain_error, qualified_name_error};

use super::pod::chosen;
use crate::address;
use crate::errors::Errors;
use crate::field::Field;

const PROTOCOLS: [&str; 3] = ["SCTP", "TCP", "UDP"];
const MOST_ENDPOINTS: usize = 1000;
const MOST_ADDRESSES: usize = 100;
const MOST_PORTS: usize = 20_000;
const MOST_TOPOLOGY: usize = 16;
const MOST_HINTS: usize = 8;

/// upstream: validateEndpointSubsets
pub fn endpoints(object: &Field, errors: &mut Errors) {
    for subset in object.get("subsets").items() {
        let lists = ["addresses", "notReadyAddresses"].map(|name| subset.get(name));
        if lists.iter().all(Field::is_empty) {
            errors.required(&subset, "must specify `addresses` or `notReadyAddresses`");
        }
        for address in lists.iter().flat_map(|list| list.items()) {
            self::address(&address, errors);
        }
        let ports = subset.get("ports");
        for port in ports.items() {
            self::port(&port, ports.len() > 1, errors);
        }
    }
}

/// upstream: validateEndpointAddress
fn address(address: &Field, errors: &mut Errors) {
    let (ip, host, node) = (
        address.get("ip"),
        address.get("hostname"),
        address.get("nodeName"),
    );
    address::any_ip(&ip, errors);
    if !host.is_empty() {
        errors.named(&host, dns1123_label_error);
    }
    if node.is_set() {
        errors.named(&node, dns1123_subdomain_error);
    }
    address::not_special(&ip, errors);
}

/// upstream: validateEndpointPort
fn port(port: &Field, named: bool, errors: &mut Errors) {
    let (name, protocol) = (port.get("name"), port.get("appProtocol"));
    if !name.is_empty() {
        errors.named(&name, dns1123_label_error);
    } else if named {
        errors.required(&name, "");
    }
    errors.port_number(&port.get("port"));
    chosen(&port.get("protocol"), &PROTOCOLS, errors);
    if protocol.is_set() {
        errors.named(&protocol, qualified_name_error);
    }
}

/// upstream: ValidateEndpointSlice
pub fn slice(slice: &Field, errors: &mut Errors) {
    let type_ = slice.get("addressType");
    chosen(&type_, &["FQDN", "IPv4", "IPv6"], errors);
    let all = slice.get("endpoints");
    if all.len() > MOST_ENDPOINTS {
        errors.too_many(&all, MOST_ENDPOINTS);
    } else {
        for endpoint in all.items() {
            self::endpoint(&endpoint, type_.text(), errors);
        }
    }
    let ports = slice.get("ports");
    if ports.len() > MOST_PORTS {
        return errors.too_many(&ports, MOST_PORTS);
    }
    let mut names = Vec::new();
    for port in ports.items() {
        let (name, protocol) = (port.get("name"), port.get("appProtocol"));
        if !name.is_empty() {
            errors.named(&name, dns1123_label_error);
        }
        if names.contains(&name.text()) {
            errors.duplicate_as(&name, name.text());
        }
        names.push(name.text());
        chosen(&port.get("protocol"), &PROTOCOLS, errors);
        if port.get("port").is_set() {
            errors.port_number(&port.get("port"));
        }
        if protocol.is_set() {
            errors.named(&protocol, qualified_name_error);
        }
    }
}

/// upstream: validateEndpoints
fn endpoint(endpoint: &Field, type_: &str, errors: &mut Errors) {
    let addresses = endpoint.get("addresses");
    if addresses.is_empty() {
        errors.required(&addresses, "must contain at least 1 address");
    } else if addresses.len() > MOST_ADDRESSES {
        errors.too_many(&addresses, MOST_ADDRESSES);
    }
    for address in addresses.items() {
        match type_ {
            "IPv4" | "IPv6" => of_family(&address, type_, errors),
            "FQDN" => domain_name(&address, errors),
            _ => {}
        }
    }
    let node = endpoint.get("nodeName");
    if node.is_set() {
        errors.named(&node, dns1123_subdomain_error);
    }
    let topology = endpoint.get("deprecatedTopology");
    if topology.len() > MOST_TOPOLOGY {
        errors.too_many(&topology, MOST_TOPOLOGY);
    }
    errors.labels(&topology);
    let host = endpoint.get("hostname");
    if host.is_set() {
        errors.named(&host, dns1123_label_error);
    }
    hints(&endpoint.get("hints"), errors);
}

fn of_family(address: &Field, type_: &str, errors: &mut Errors) {
    let ip = address::ip(address.text());
    let (fits, detail) = match type_ {
        "IPv4" => (
            ip.is_some_and(|ip| ip.is_ipv4()),
            "must be a valid IPv4 address",
        ),
        _ => (
            ip.is_some_and(|ip| ip.is_ipv6()),
            "must be a valid IPv6 address",
        ),
    };
    if !fits {
        errors.invalid_text(address, detail);
    }
    address::not_special(address, errors);
}

/// upstream: staging/src/k8s.io/apimachinery/pkg/util/validation/validation.go IsFullyQualifiedDomainName
fn domain_name(name: &Field, errors: &mut Errors) {
    if !errors.needed(name) {
        return;
    }
    let text = name.text();
    let text = text.strip_suffix('.').unwrap_or(text);
    if let Some(why) = dns1123_subdomain_error(text) {
        errors.invalid(name, &why);
    } else if !text.contains('.') {
        let detail = "should be a domain with at least two segments separated by dots";
        errors.invalid(name, detail);
    }
}

/// upstream: validateHintsForZones, validateHintsForNodes
fn hints(hints: &Field, errors: &mut Errors) {
    for (list, why) in [
        (
            "forZones",
            podarium_api::names::label_value_error as fn(&str) -> Option<String>,
        ),
        ("forNodes", dns1123_subdomain_error),
    ] {
        let list = hints.get(list);
        if list.len() > MOST_HINTS {
            errors.too_many(&list, MOST_HINTS);
            continue;
        }
        let mut seen = Vec::new();
        for hint in list.items() {
            let name = hint.get("name");
            if seen.contains(&name.text()) {
                errors.duplicate_as(&name, name.text());
            }
            seen.push(name.text());
            errors.named(&name, why);
        }
    }
}

/// upstream: ValidateEndpointSliceUpdate
pub fn slice_update(new: &Field, old: &Field, errors: &mut Errors) {
    slice(new, errors);
    errors.immutable(&new.get("addressType"), &old.get("addressType"));
}

/// Whether an address is of version 6.
pub fn is_v6(text: &str) -> bool {
    matches!(address::ip(text), Some(IpAddr::V6(_)))
}
