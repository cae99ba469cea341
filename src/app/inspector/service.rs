//! The sheet of a Service: its addresses, its endpoints, and how the requests of late were shared among them.

use k8s_openapi::apimachinery::pkg::util::intstr::IntOrString;

use podarium_api::kinds::KindId;
use podarium_api::meta::Str;
use podarium_api::object::{Key, ServiceBody};
use podarium_api::ordered::OrdMap;
use podarium_api::slice::SliceBody;
use podarium_cluster::Cluster;
use podarium_cluster::network::{Outcome, Traffic};
use podarium_scene::Thing;

use super::act;
use super::sheet::{Row, Sheet};
use crate::texts::t;

/// What there is to say of a Service.
pub fn sheet(cluster: &Cluster, key: &Key) -> Option<Sheet> {
    let store = cluster.world().store();
    let service = store.find::<ServiceBody>(&key.namespace, &key.name)?;
    let spec = &service.body.spec;
    let mut sheet = Sheet::default();
    sheet.fact(
        t!("fact-type"),
        spec.type_.as_deref().unwrap_or("ClusterIP"),
    );
    if let Some(ip) = &spec.cluster_ip {
        sheet.fact(t!("fact-cluster-ip"), ip.as_str()).mono();
    }
    let balancer = service
        .body
        .status
        .load_balancer
        .as_ref()
        .and_then(|l| l.ingress.as_ref());
    for ip in balancer.into_iter().flatten().filter_map(|i| i.ip.as_ref()) {
        sheet.fact(t!("fact-load-balancer"), ip.as_str()).mono();
    }
    for port in spec.ports.iter().flatten() {
        let target = match &port.target_port {
            Some(IntOrString::Int(n)) => n.to_string(),
            Some(IntOrString::String(s)) => s.clone(),
            None => port.port.to_string(),
        };
        let node = port
            .node_port
            .map(|n| format!(" · {n}"))
            .unwrap_or_default();
        sheet
            .fact(t!("fact-port"), format!("{} → {target}{node}", port.port))
            .mono();
    }
    let selector = spec
        .selector
        .iter()
        .flatten()
        .map(|(k, v)| format!("{k}={v}"))
        .collect::<Vec<_>>()
        .join(", ");
    if !selector.is_empty() {
        sheet.fact(t!("fact-selector"), selector.as_str()).mono();
    }

    let mut shares: OrdMap<Str, u64> = OrdMap::new();
    let (mut all, mut failed) = (0_u64, 0_u64);
    for trace in cluster.network().traces_since(0) {
        if trace.traffic != Traffic::Request || trace.service.as_ref() != Some(key) {
            continue;
        }
        all += u64::from(trace.weight);
        if trace.outcome != Outcome::Success {
            failed += u64::from(trace.weight);
        }
        if let Some(pod) = &trace.endpoint {
            *shares.entry(pod.name.clone()).or_default() += u64::from(trace.weight);
        }
    }
    let most = shares.values().copied().max().unwrap_or(0).max(1);

    let mut rows = Vec::new();
    let (mut ready, mut known) = (0, 0);
    let slices = store.all_in::<SliceBody>(&key.namespace);
    let own = slices
        .filter(|slice| slice.meta.labels.get("kubernetes.io/service-name") == Some(&key.name));
    for endpoint in own.flat_map(|slice| &slice.body.endpoints) {
        known += 1;
        ready += usize::from(endpoint.conditions.is_ready());
        let name = endpoint
            .target_ref
            .as_ref()
            .map(|target| target.name.clone());
        let address = endpoint.addresses.first().cloned().unwrap_or_default();
        let count = name
            .as_ref()
            .and_then(|n| shares.get(n))
            .copied()
            .unwrap_or(0);
        rows.push(Row {
            state: Some(
                match (
                    endpoint.conditions.is_ready(),
                    endpoint.conditions.is_terminating(),
                ) {
                    (true, _) => "ready",
                    (false, true) => "leaving",
                    (false, false) => "not-ready",
                },
            ),
            text: name.as_deref().map_or_else(|| address.to_string(), short),
            detail: match &endpoint.node_name {
                Some(node) => format!("{address} · {node}"),
                None => address.to_string(),
            },
            bar: Some((count as f64 / most as f64, count.to_string())),
            link: name.map(|name| Thing::Pod(Key::new(KindId::POD, &key.namespace, &name))),
        });
    }
    sheet.state = Some(match (ready, known) {
        (0, 0) => ("crash", t!("service-no-endpoints")),
        (0, _) => ("not-ready", t!("service-none-ready")),
        _ => ("ready", t!("service-endpoints", ready = ready, all = known)),
    });
    if known == 0 && spec.selector.is_some() {
        sheet.sentence = Some(t!("service-selects-nothing", selector = selector));
    }
    if all > 0 {
        sheet.fact(
            t!("fact-requests"),
            t!("requests-of-late", all = all as i64, failed = failed as i64),
        );
    }
    sheet.section(t!("section-endpoints"), rows);
    if service.meta.labels.get("k8s-app") == Some("kube-dns") {
        sheet.actions.push(act::core_dns(cluster));
    }
    sheet
        .actions
        .push(act::delete(t!("act-delete-service"), key));
    Some(sheet)
}

/// A pod's name beside a bar: its ends tell it from the others.
fn short(name: &str) -> String {
    const MOST: usize = 20;
    let letters: Vec<char> = name.chars().collect();
    if letters.len() <= MOST {
        return name.to_owned();
    }
    let tail = name.rsplit('-').next().unwrap_or_default();
    let head: String = letters[..MOST.saturating_sub(tail.len() + 1)]
        .iter()
        .collect();
    format!("{}…{tail}", head.trim_end_matches('-'))
}
