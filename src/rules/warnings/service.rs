//! What is odd about Services and what they lead to.
// upstream: pkg/api/service/warnings.go

use crate::address::{ip_warning, range_warning};
use crate::field::Field;

/// upstream: GetWarningsForService
pub fn service(service: &Field, _: Option<&Field>, out: &mut Vec<String>) {
    let spec = service.get("spec");
    let annotations = service.at("metadata.annotations");
    let hints = "service.kubernetes.io/topology-aware-hints";
    if annotations.key(hints).is_set() {
        out.push(format!(
            "annotation {hints} is deprecated, please use service.kubernetes.io/topology-mode instead"
        ));
    }
    let (type_, ip) = (spec.get("type").text(), spec.get("clusterIP").text());
    if !["", "None"].contains(&ip) {
        out.extend(
            spec.get("clusterIPs")
                .items()
                .filter_map(|ip| ip_warning(&ip)),
        );
    }
    let headless = type_ == "ClusterIP" && ip == "None";
    let (outside, named) = (spec.get("externalIPs"), type_ == "ExternalName");
    let balancer = spec.get("loadBalancerIP");
    say(
        out,
        headless && !balancer.is_empty(),
        "spec.loadBalancerIP is ignored for headless services",
    );
    say(
        out,
        headless && !outside.is_empty(),
        "spec.externalIPs is ignored for headless services",
    );
    say(
        out,
        headless && spec.get("sessionAffinity").text() != "None",
        "spec.SessionAffinity is ignored for headless services",
    );
    out.extend(outside.items().filter_map(|ip| ip_warning(&ip)));
    say(
        out,
        !outside.is_empty() && !headless && !named,
        "spec.externalIPs is deprecated and may no longer be implemented in some clusters",
    );
    out.extend(ip_warning(&balancer));
    let ranges = spec.get("loadBalancerSourceRanges");
    out.extend(ranges.items().filter_map(|range| range_warning(&range)));
    say(
        out,
        named && !outside.is_empty(),
        "spec.externalIPs is ignored when spec.type is \"ExternalName\"",
    );
    say(
        out,
        !named && !spec.get("externalName").is_empty(),
        "spec.externalName is ignored when spec.type is not \"ExternalName\"",
    );
    say(
        out,
        spec.get("trafficDistribution").text() == "PreferClose",
        "spec.trafficDistribution: \"PreferClose\" is deprecated; use \"PreferSameZone\"",
    );
}

fn say(out: &mut Vec<String>, when: bool, text: &str) {
    if when {
        out.push(text.into());
    }
}

/// upstream: pkg/registry/core/endpoint/strategy.go endpointsWarnings
pub fn endpoints(endpoints: &Field, _: Option<&Field>, out: &mut Vec<String>) {
    for subset in endpoints.get("subsets").items() {
        for list in ["addresses", "notReadyAddresses"] {
            let addresses = subset.get(list).items();
            out.extend(addresses.filter_map(|address| ip_warning(&address.get("ip"))));
        }
    }
}

/// upstream: pkg/registry/discovery/endpointslice/strategy.go WarningsOnCreate
pub fn slice(slice: &Field, _: Option<&Field>, out: &mut Vec<String>) {
    if slice.get("addressType").text() == "FQDN" {
        out.push("addressType: FQDN endpoints are deprecated".into());
        return;
    }
    for endpoint in slice.get("endpoints").items() {
        let addresses = endpoint.get("addresses").items();
        out.extend(addresses.filter_map(|address| ip_warning(&address)));
    }
}
