//! The Node objects that kubelets register, and the addresses of nodes and their pods.

use std::collections::BTreeMap;
use std::net::{IpAddr, Ipv4Addr};

use k8s_openapi::api::core::v1 as core;
use k8s_openapi::apimachinery::pkg::api::resource::Quantity;
use podarium_api::meta::{Labels, Meta, Str, Time};
use podarium_api::object::{Node, NodeBody};

use crate::config::Config;

/// The version that the whole cluster says it is.
const VERSION: &str = "v1.37.0";

/// The name of the zone of that number.
pub(super) fn zone_name(zone: u32) -> String {
    match u8::try_from(zone) {
        Ok(n @ 0..=25) => format!("zone-{}", char::from(b'a' + n)),
        _ => format!("zone-{}", zone + 1),
    }
}

/// The address of a node: 10.0.<zone>.<number in it>, and another range for what does not fit.
pub(super) fn node_ip(index: u32, zone: u32, in_zone: u32) -> IpAddr {
    let ip = match (u8::try_from(zone + 1), u8::try_from(in_zone + 11)) {
        (Ok(z @ 1..=254), Ok(n @ ..=254)) => Ipv4Addr::new(10, 0, z, n),
        _ => {
            let host =
                u32::from(Ipv4Addr::new(172, 16, 0, 0)) + index / 250 * 256 + index % 250 + 1;
            Ipv4Addr::from(host)
        }
    };
    ip.into()
}

/// The first three bytes of the addresses of a node's pods.
pub(super) fn pod_range(index: u32) -> [u8; 3] {
    match index + 1 {
        n @ 1..=255 => [10, 244, n as u8],
        n => {
            let n = n - 256;
            [100, 64 + (n >> 8 & 63) as u8, n as u8]
        }
    }
}

/// The node whose pods have that address, by number.
pub(super) fn node_of_pod_ip(ip: IpAddr) -> Option<(u32, u8)> {
    let IpAddr::V4(ip) = ip else {
        return None;
    };
    match ip.octets() {
        [10, 244, n, host] => Some((u32::from(n).checked_sub(1)?, host)),
        [100, high @ 64..=127, low, host] => {
            Some((u32::from(high - 64) << 8 | u32::from(low), host)).map(|(n, h)| (n + 255, h))
        }
        _ => None,
    }
}

/// What a node is made with.
pub(super) struct Site<'a> {
    pub name: &'a Str,
    pub index: u32,
    pub zone: u32,
    pub ip: IpAddr,
}

/// The Node object that a kubelet registers.
// upstream: pkg/kubelet/kubelet_node_status.go initialNode; pkg/kubelet/nodestatus/setters.go
pub(super) fn node(site: &Site<'_>, config: &Config, now: Time) -> Node {
    let zone = zone_name(site.zone);
    let mut meta = Meta::new("", site.name);
    meta.labels = Labels::from([
        ("beta.kubernetes.io/arch", "amd64"),
        ("beta.kubernetes.io/os", "linux"),
        ("kubernetes.io/arch", "amd64"),
        ("kubernetes.io/hostname", site.name),
        ("kubernetes.io/os", "linux"),
        ("topology.kubernetes.io/region", "region-1"),
        ("topology.kubernetes.io/zone", &zone),
    ]);
    let [a, b, c] = pod_range(site.index);
    let range = format!("{a}.{b}.{c}.0/24");
    let mut node = Node::new(
        meta,
        NodeBody {
            spec: core::NodeSpec {
                pod_cidr: Some(range.clone()),
                pod_cidrs: Some(vec![range]),
                provider_id: Some(format!("podarium:///{zone}/{}", site.name)),
                ..Default::default()
            },
            status: core::NodeStatus {
                addresses: Some(vec![
                    address("InternalIP", &site.ip.to_string()),
                    address("Hostname", site.name),
                ]),
                capacity: Some(capacity(config)),
                allocatable: Some(capacity(config)),
                daemon_endpoints: Some(core::NodeDaemonEndpoints {
                    kubelet_endpoint: Some(core::DaemonEndpoint { port: 10_250 }),
                }),
                node_info: Some(info(site)),
                ..Default::default()
            },
        },
    );
    node.body.status.conditions = Some(conditions(None, now));
    node
}

fn address(kind: &str, address: &str) -> core::NodeAddress {
    core::NodeAddress {
        type_: kind.into(),
        address: address.into(),
    }
}

fn capacity(config: &Config) -> BTreeMap<String, Quantity> {
    let memory = match config.node_memory % 1_024 {
        0 => format!("{}Ki", config.node_memory / 1_024),
        _ => config.node_memory.to_string(),
    };
    // As the API prints it again.
    let memory = podarium_api::quantity::Quantity::parse(&memory);
    let memory = memory.map_or_else(|_| String::new(), |memory| memory.to_string());
    let cpu = match config.node_cpu_milli % 1_000 {
        0 => (config.node_cpu_milli / 1_000).to_string(),
        _ => format!("{}m", config.node_cpu_milli),
    };
    [
        ("cpu", cpu),
        ("ephemeral-storage", "100Gi".into()),
        ("hugepages-1Gi", "0".into()),
        ("hugepages-2Mi", "0".into()),
        ("memory", memory),
        ("pods", config.node_pods.to_string()),
    ]
    .map(|(name, amount)| (name.into(), Quantity(amount)))
    .into()
}

fn info(site: &Site<'_>) -> core::NodeSystemInfo {
    // Identities that differ from node to node and never change.
    let id = |salt: u32| {
        format!(
            "{:032x}",
            u128::from(site.index + 1) << 64 | u128::from(salt)
        )
    };
    core::NodeSystemInfo {
        architecture: "amd64".into(),
        boot_id: id(1),
        container_runtime_version: "containerd://2.2.0".into(),
        kernel_version: "6.12.0".into(),
        kube_proxy_version: String::new(),
        kubelet_version: VERSION.into(),
        machine_id: id(2),
        operating_system: "linux".into(),
        os_image: "Podarium Linux".into(),
        system_uuid: id(3),
        ..Default::default()
    }
}

/// What a healthy kubelet says of its node. The time of a condition moves only when its status does.
pub(super) fn conditions(
    old: Option<&[core::NodeCondition]>,
    now: Time,
) -> Vec<core::NodeCondition> {
    [
        (
            "MemoryPressure",
            "False",
            "KubeletHasSufficientMemory",
            "kubelet has sufficient memory available",
        ),
        (
            "DiskPressure",
            "False",
            "KubeletHasNoDiskPressure",
            "kubelet has no disk pressure",
        ),
        (
            "PIDPressure",
            "False",
            "KubeletHasSufficientPID",
            "kubelet has sufficient PID available",
        ),
        (
            "Ready",
            "True",
            "KubeletReady",
            "kubelet is posting ready status",
        ),
    ]
    .map(|(kind, status, reason, message)| {
        let before = old.and_then(|all| all.iter().find(|c| c.type_ == kind));
        let since = match before {
            Some(before) if before.status == status => before.last_transition_time.clone(),
            _ => Some(now.to_k8s()),
        };
        core::NodeCondition {
            type_: kind.into(),
            status: status.into(),
            reason: Some(reason.into()),
            message: Some(message.into()),
            last_heartbeat_time: Some(now.to_k8s()),
            last_transition_time: since,
        }
    })
    .into()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_lead_back_to_their_node() {
        for index in [0, 1, 100, 254, 255, 256, 600, 4_999] {
            let [a, b, c] = pod_range(index);
            let ip = IpAddr::from([a, b, c, 7]);
            assert_eq!(node_of_pod_ip(ip), Some((index, 7)), "{ip}");
        }
        assert_eq!(node_of_pod_ip([10, 96, 0, 1].into()), None);
    }

    #[test]
    fn node_addresses_differ() {
        let mut all = std::collections::BTreeSet::new();
        for index in 0..5_000 {
            let ip = node_ip(index, index % 3, index / 3);
            assert!(all.insert(ip), "{ip}");
            assert_eq!(node_of_pod_ip(ip), None);
        }
    }
}
