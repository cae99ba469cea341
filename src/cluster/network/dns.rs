//! Names: what a pod's resolver asks, and what CoreDNS answers from its own view of Services and slices.

use std::net::{IpAddr, Ipv4Addr};

use podarium_api::kinds::KindId;
use podarium_api::meta::{Span, Str, Time};
use podarium_api::object::Key;
use podarium_api::pod::{Pod, PodBody};
use podarium_api::sort;

use super::compile::{Rules, Version};
use super::table::Tables;
use super::views::Reader;

/// The domain of the cluster.
pub const CLUSTER_DOMAIN: &str = "cluster.local";

/// The address that kubelets write into the pods' resolv.conf: the kube-dns Service's, by kubeadm's convention.
pub const CLUSTER_DNS: IpAddr = IpAddr::V4(Ipv4Addr::new(10, 96, 0, 10));

/// How far CNAMEs are followed.
const CNAME_DEPTH: usize = 8;

/// What a resolver does before it asks: `/etc/resolv.conf`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ResolvConf {
    /// Whom it asks, in order; empty for the resolver outside the cluster, which the node uses.
    pub nameservers: Vec<IpAddr>,
    /// What it appends to names with few dots.
    pub search: Vec<Str>,
    /// How few: names with fewer dots walk the search list first.
    pub ndots: usize,
    /// How long it waits for one server.
    pub timeout: Span,
    /// How often it asks all of them.
    pub attempts: u64,
}

impl ResolvConf {
    /// What nodes and the outside have.
    pub fn outside() -> Self {
        ResolvConf {
            nameservers: Vec::new(),
            search: Vec::new(),
            ndots: 1,
            timeout: Span::secs(5),
            attempts: 2,
        }
    }

    /// What the kubelet writes for a pod.
    ///
    /// upstream: pkg/kubelet/network/dns/dns.go GetPodDNS
    pub fn of_pod(namespace: &str, pod: &PodBody) -> Self {
        let spec = &pod.spec;
        let on_host = spec.host_network.unwrap_or(false);
        let mut conf = match spec.dns_policy.as_deref() {
            Some("None" | "Default") => ResolvConf::outside(),
            None | Some("ClusterFirst") if on_host => ResolvConf::outside(),
            _ => ResolvConf {
                nameservers: vec![CLUSTER_DNS],
                search: vec![
                    format!("{namespace}.svc.{CLUSTER_DOMAIN}").into(),
                    format!("svc.{CLUSTER_DOMAIN}").into(),
                    CLUSTER_DOMAIN.into(),
                ],
                ndots: 5,
                ..ResolvConf::outside()
            },
        };
        if let Some(more) = &spec.dns_config {
            let more_servers = more
                .nameservers
                .iter()
                .flatten()
                .filter_map(|n| n.parse::<IpAddr>().ok());
            conf.nameservers.extend(more_servers);
            for domain in more.searches.iter().flatten() {
                if !conf.search.iter().any(|d| **d == **domain) {
                    conf.search.push(domain.as_str().into());
                }
            }
            for option in more.options.iter().flatten() {
                let value = option.value.as_ref().and_then(|v| v.parse::<u64>().ok());
                // upstream: resolv.conf(5): larger values are silently cut.
                match (option.name.as_deref(), value) {
                    (Some("ndots"), Some(n)) => conf.ndots = n.min(15) as usize,
                    (Some("timeout"), Some(n)) => conf.timeout = Span::secs(n.min(30)),
                    (Some("attempts"), Some(n)) => conf.attempts = n.clamp(1, 5),
                    _ => {}
                }
            }
        }
        conf
    }

    /// The full names to ask for, in order, each with its final dot left out.
    pub fn candidates(&self, name: &str) -> Vec<Str> {
        if let Some(absolute) = name.strip_suffix('.') {
            return vec![absolute.into()];
        }
        let searched = self
            .search
            .iter()
            .map(|domain| format!("{name}.{domain}").into());
        let own = std::iter::once(Str::from(name));
        if name.matches('.').count() >= self.ndots {
            own.chain(searched).collect()
        } else {
            searched.chain(own).collect()
        }
    }
}

/// The address that a pod's `/etc/hosts` has for a name, if any.
///
/// upstream: pkg/kubelet/kubelet_pods.go managedHostsFileContent
pub(super) fn hosts(pod: &Pod, name: &str) -> Option<IpAddr> {
    let spec = &pod.body.spec;
    let own = spec.hostname.as_deref().unwrap_or(&pod.meta.name);
    let aliases = spec.host_aliases.iter().flatten();
    let mut aliases = aliases.filter(|a| a.hostnames.iter().flatten().any(|h| h == name));
    let alias = aliases.find_map(|a| a.ip.parse().ok());
    alias.or_else(|| pod.ip().filter(|_| own == name))
}

/// What a server says to a question for addresses.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Answer {
    /// The addresses; empty for NXDOMAIN, or for a name without addresses.
    pub addresses: Vec<IpAddr>,
    /// The names that CNAME records led through.
    pub aliases: Vec<Str>,
    /// The headless Service whose endpoints they are, if they are.
    pub headless: Option<Key>,
}

/// Answers a question for the IPv4 addresses (or, where there are none, the IPv6 addresses) of a full name, as a CoreDNS
/// pod on `node` does.
pub(super) fn answer(tables: &Tables, node: &str, now: Time, name: &str) -> Answer {
    let mut out = Answer::default();
    let mut name = Str::from(name.to_ascii_lowercase());
    for _ in 0..CNAME_DEPTH {
        let Some(inside) = name
            .strip_suffix(CLUSTER_DOMAIN)
            .and_then(|n| n.strip_suffix('.'))
        else {
            out.addresses.extend(outside_address(&name));
            return out;
        };
        match record(tables, node, now, inside) {
            Record::Addresses(mut ips, headless) => {
                // upstream: CoreDNS plugin/loadbalance shuffles them; the caller's dice do that here.
                let has_v4 = ips.iter().any(IpAddr::is_ipv4);
                ips.retain(|ip| ip.is_ipv4() == has_v4);
                out.addresses = ips;
                out.headless = headless;
                return out;
            }
            Record::Alias(next) => {
                let next: Str = next.trim_end_matches('.').to_ascii_lowercase().into();
                out.aliases.push(next.clone());
                name = next;
            }
            Record::None => return out,
        }
    }
    out
}

enum Record {
    Addresses(Vec<IpAddr>, Option<Key>),
    Alias(Str),
    None,
}

/// What stands for a name below the cluster's domain.
///
/// upstream: kubernetes/dns docs/specification.md
fn record(tables: &Tables, node: &str, now: Time, name: &str) -> Record {
    let labels: Vec<&str> = name.split('.').collect();
    let (hostname, service, namespace) = match labels[..] {
        [service, namespace, "svc"] => (None, service, namespace),
        [hostname, service, namespace, "svc"] => (Some(hostname), service, namespace),
        [address, namespace, "pod"] => return pod_record(tables, address, namespace),
        _ => return Record::None,
    };
    let key = Key::new(KindId::SERVICE, namespace, service);
    let Some((version, rules)) = tables.by_name(&key, Reader::Watcher(node), now) else {
        return Record::None;
    };
    if let Some(alias) = &rules.external_name {
        return match hostname {
            None => Record::Alias(alias.clone()),
            Some(_) => Record::None,
        };
    }
    let ips = match hostname {
        None if !rules.headless => rules.cluster_ips.clone(),
        _ => endpoint_addresses(version, rules, hostname),
    };
    if ips.is_empty() {
        Record::None
    } else {
        Record::Addresses(ips, rules.headless.then_some(key))
    }
}

fn endpoint_addresses(version: &Version, rules: &Rules, hostname: Option<&str>) -> Vec<IpAddr> {
    let mut ips = Vec::new();
    for endpoint in version.endpoints(false).chain(version.endpoints(true)) {
        let counts = endpoint.conditions.is_ready() || rules.publish_not_ready;
        let named = |ip: &IpAddr| match (hostname, &endpoint.hostname) {
            (None, _) => true,
            (Some(asked), Some(own)) => asked.eq_ignore_ascii_case(own),
            // upstream: CoreDNS plugin/kubernetes endpointHostname: the address with dashes, where there is no hostname.
            (Some(asked), None) => dashed(asked) == Some(*ip),
        };
        ips.extend(endpoint.address().filter(|ip| counts && named(ip)));
    }
    sort::natural(&mut ips);
    ips.dedup();
    ips
}

/// upstream: CoreDNS plugin/kubernetes, `pods insecure` as in kubeadm's Corefile: any address, if the namespace exists.
fn pod_record(tables: &Tables, address: &str, namespace: &str) -> Record {
    match dashed(address) {
        Some(ip) if tables.has_namespace(namespace) => Record::Addresses(vec![ip], None),
        _ => Record::None,
    }
}

fn dashed(text: &str) -> Option<IpAddr> {
    let v4 = text.replace('-', ".").parse().ok().map(IpAddr::V4);
    v4.or_else(|| text.replace('-', ":").parse().ok().map(IpAddr::V6))
}

/// Top-level domains under which any name exists outside; a name below anything else does not exist.
const TOP_LEVEL: &[&str] = &[
    "ai", "app", "at", "au", "be", "biz", "br", "ca", "ch", "cloud", "cn", "co", "com", "cz", "de",
    "dev", "dk", "edu", "es", "eu", "fi", "fr", "gov", "ie", "in", "info", "io", "it", "jp", "kr",
    "me", "mx", "net", "nl", "no", "nz", "online", "org", "pl", "pt", "ru", "se", "sh", "site",
    "tech", "tv", "uk", "us", "xyz",
];

/// The address of a public name: made up, the same for the same name always, and out of a range that is kept for tests.
pub(super) fn outside_address(name: &str) -> Option<IpAddr> {
    let (rest, top) = name.rsplit_once('.')?;
    let exists = !rest.is_empty()
        && TOP_LEVEL.binary_search(&top).is_ok()
        && name
            .split('.')
            .all(|label| !label.is_empty() && label.len() <= 63);
    let hash = podarium_api::hash::fnv32a(name.as_bytes());
    // RFC 2544 keeps 198.18.0.0/15 for measurements.
    exists.then(|| Ipv4Addr::from(0xc612_0000 | (hash & 0x1_ffff).clamp(1, 0x1_fffe)).into())
}

/// Whether an address lies outside the cluster and its networks: the internet answers there.
pub(super) fn is_public(ip: IpAddr) -> bool {
    match ip {
        IpAddr::V4(ip) => {
            let [a, b, ..] = ip.octets();
            !(ip.is_private()
                || ip.is_loopback()
                || ip.is_link_local()
                || ip.is_unspecified()
                || ip.is_multicast()
                || ip.is_documentation())
                && !(a == 100 && (64..128).contains(&b))
                && a < 240
        }
        IpAddr::V6(ip) => ip.segments()[0] & 0xe000 == 0x2000,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use k8s_openapi::api::core::v1 as core;
    use std::sync::Arc;

    fn conf(edit: impl FnOnce(&mut core::PodSpec)) -> ResolvConf {
        let mut spec = core::PodSpec::default();
        edit(&mut spec);
        let body = PodBody {
            spec: Arc::new(spec),
            ..PodBody::default()
        };
        ResolvConf::of_pod("shop", &body)
    }

    #[test]
    fn the_search_list_is_walked_for_names_with_fewer_than_five_dots() {
        let conf = conf(|_| ());
        let asked = |name| conf.candidates(name).join(" ");
        assert_eq!(
            asked("web"),
            "web.shop.svc.cluster.local web.svc.cluster.local web.cluster.local web"
        );
        assert_eq!(
            asked("a.b.c.d.e.f"),
            "a.b.c.d.e.f a.b.c.d.e.f.shop.svc.cluster.local a.b.c.d.e.f.svc.cluster.local a.b.c.d.e.f.cluster.local"
        );
        assert_eq!(asked("web.shop."), "web.shop");
    }

    #[test]
    fn the_dns_policy_decides_whom_a_pod_asks() {
        let policy = |p: &'static str| conf(move |s| s.dns_policy = Some(p.into()));
        assert_eq!(policy("ClusterFirst"), conf(|_| ()));
        assert_eq!(policy("Default"), ResolvConf::outside());
        let on_host = |p: &'static str| {
            conf(move |s| {
                s.host_network = Some(true);
                s.dns_policy = Some(p.into());
            })
        };
        assert_eq!(on_host("ClusterFirst"), ResolvConf::outside());
        assert_eq!(on_host("ClusterFirstWithHostNet"), conf(|_| ()));
        let own = conf(|s| {
            s.dns_policy = Some("None".into());
            s.dns_config = Some(core::PodDNSConfig {
                nameservers: Some(vec!["10.96.0.10".into()]),
                searches: Some(vec!["svc.cluster.local".into()]),
                options: Some(
                    [("ndots", "2"), ("timeout", "1"), ("attempts", "3")]
                        .map(|(name, value)| core::PodDNSConfigOption {
                            name: Some(name.into()),
                            value: Some(value.into()),
                        })
                        .into(),
                ),
            });
        });
        assert_eq!((own.timeout, own.attempts), (Span::secs(1), 3));
        assert_eq!((own.nameservers, own.ndots), (vec![CLUSTER_DNS], 2));
    }

    #[test]
    fn public_names_exist_and_made_up_ones_do_not() {
        assert!(outside_address("api.example.com").is_some_and(is_public));
        assert_eq!(
            outside_address("a.example.com"),
            outside_address("a.example.com")
        );
        // Load balancers have addresses out of a documentation range; a free one is nobody's.
        assert!(!is_public("203.0.113.9".parse().unwrap()));
        for name in ["web", "web.shop", "web.shop.svc", ".com", "a..com", "com"] {
            assert_eq!(outside_address(name), None, "{name}");
        }
        assert!(TOP_LEVEL.is_sorted());
    }
}
