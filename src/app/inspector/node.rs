//! The sheet of a node, and of the parts that run on it.

use podarium_api::kinds::KindId;
use podarium_api::object::{Key, NodeBody};
use podarium_api::quantity::Quantity;
use podarium_cluster::Cluster;
use podarium_cluster::sim::Component;
use podarium_cluster::sim::faults::CONTROL_PLANE;
use podarium_scene::Thing;

use super::sheet::{Row, Sheet};
use super::{act, pod};
use crate::texts::t;

/// What there is to say of a node.
pub fn sheet(cluster: &Cluster, name: &str) -> Option<Sheet> {
    let world = cluster.world();
    let node = world.get::<NodeBody>("", name)?;
    let key = Key::new(KindId::NODE, "", name);
    let status = &node.body.status;
    let mut sheet = Sheet::default();
    let ready = status
        .conditions
        .iter()
        .flatten()
        .find(|c| c.type_ == "Ready");
    let powered = world.faults.runs(&Component::Node(name.into()));
    let cordoned = node.body.spec.unschedulable == Some(true);
    sheet.state = Some(match ready.map(|c| c.status.as_str()) {
        Some("True") if cordoned => ("not-ready", t!("state-cordoned")),
        Some("True") => ("ready", t!("state-ready")),
        Some("False") => ("not-ready", t!("state-not-ready")),
        _ => ("crash", t!("state-unknown")),
    });
    if !powered {
        sheet.sentence = Some(t!("node-off"));
    } else if !world.faults.linked(name, CONTROL_PLANE) {
        sheet.sentence = Some(t!("node-cut"));
    }
    if let Some(zone) = node.meta.labels.get("topology.kubernetes.io/zone") {
        sheet.fact(t!("fact-zone"), zone).mono();
    }
    let addresses = status.addresses.iter().flatten();
    for address in addresses.filter(|a| a.type_ == "InternalIP") {
        sheet
            .fact(t!("fact-address"), address.address.as_str())
            .mono();
    }
    let pods: Vec<_> = world
        .store()
        .pods_on(name)
        .filter_map(|o| o.as_pod())
        .collect();
    let asked = |what: &str| -> i64 {
        let containers = pods
            .iter()
            .filter(|p| !p.body.status.phase.is_terminal())
            .flat_map(|p| &p.body.spec.containers);
        let requests =
            containers.filter_map(|c| c.resources.as_ref()?.requests.as_ref()?.get(what));
        requests
            .filter_map(|q| Quantity::parse(&q.0).ok())
            .map(|q| q.milli())
            .sum()
    };
    let offered = |what: &str| -> i64 {
        let quantity = status.allocatable.as_ref().and_then(|all| all.get(what));
        quantity
            .and_then(|q| Quantity::parse(&q.0).ok())
            .map_or(0, |q| q.milli())
    };
    let bar = |label: String, used: i64, all: i64, words: String| Row {
        text: label,
        bar: Some((used as f64 / (all.max(1)) as f64, words)),
        ..Row::default()
    };
    let (cpu, memory) = (
        (asked("cpu"), offered("cpu")),
        (asked("memory"), offered("memory")),
    );
    let mib = |milli: i64| milli / 1_000 / (1 << 20);
    sheet.section(
        t!("section-asked"),
        vec![
            bar(
                t!("capacity-cpu"),
                cpu.0,
                cpu.1,
                format!("{} / {} m", cpu.0, cpu.1),
            ),
            bar(
                t!("capacity-memory"),
                memory.0,
                memory.1,
                format!("{} / {} Mi", mib(memory.0), mib(memory.1)),
            ),
            bar(
                t!("capacity-pods"),
                pods.len() as i64 * 1_000,
                offered("pods"),
                format!("{} / {}", pods.len(), offered("pods") / 1_000),
            ),
        ],
    );
    sheet.section(
        t!("section-conditions"),
        status
            .conditions
            .iter()
            .flatten()
            .map(|c| Row {
                state: Some(match (c.type_ == "Ready", c.status.as_str()) {
                    (true, "True") | (false, "False") => "ready",
                    (_, "Unknown") => "pending",
                    _ => "crash",
                }),
                text: format!("{}: {}", c.type_, c.status),
                detail: c.message.clone().unwrap_or_default(),
                ..Row::default()
            })
            .collect(),
    );
    let taints = node.body.spec.taints.iter().flatten();
    sheet.section(
        t!("section-taints"),
        taints
            .map(|taint| Row {
                text: format!("{}:{}", taint.key, taint.effect),
                ..Row::default()
            })
            .collect(),
    );
    sheet.section(
        t!("section-pods"),
        pods.iter().map(|p| pod::row(p)).collect(),
    );

    sheet.actions.push(act::toggle(
        t!("act-power-off"),
        t!("act-power-on"),
        Component::Node(name.into()),
        powered,
    ));
    sheet.actions.push(act::cordon(
        if cordoned {
            t!("act-uncordon")
        } else {
            t!("act-cordon")
        },
        &key,
        !cordoned,
    ));
    sheet.actions.extend(processes(cluster, name));
    let others: Vec<_> = world
        .store()
        .all::<NodeBody>()
        .map(|node| node.meta.name.clone())
        .filter(|other| **other != *name)
        .collect();
    sheet.actions.extend(act::links(cluster, name, &others));
    Some(sheet)
}

/// What can be done to the kubelet and the kube-proxy of a node.
fn processes(cluster: &Cluster, node: &str) -> [super::sheet::Action; 2] {
    let faults = &cluster.world().faults;
    let (kubelet, proxy) = (
        Component::Kubelet(node.into()),
        Component::KubeProxy(node.into()),
    );
    let (kubelet_runs, proxy_runs) = (faults.runs(&kubelet), faults.runs(&proxy));
    [
        act::toggle(
            t!("act-stop-kubelet"),
            t!("act-start-kubelet"),
            kubelet,
            kubelet_runs,
        ),
        act::toggle(
            t!("act-stop-kube-proxy"),
            t!("act-start-kube-proxy"),
            proxy,
            proxy_runs,
        ),
    ]
}

/// The sheet of a node's kubelet or kube-proxy.
pub fn process(cluster: &Cluster, node: &str, kubelet: bool) -> Sheet {
    let component = if kubelet {
        Component::Kubelet(node.into())
    } else {
        Component::KubeProxy(node.into())
    };
    let runs = cluster.world().faults.runs(&component);
    let mut sheet = Sheet {
        sentence: Some(if kubelet {
            t!("what-kubelet")
        } else {
            t!("what-kube-proxy")
        }),
        state: Some(if runs {
            ("ready", t!("state-running"))
        } else {
            ("crash", t!("state-stopped"))
        }),
        ..Sheet::default()
    };
    sheet
        .fact(t!("fact-node"), node)
        .mono()
        .link(Thing::Node(node.into()));
    let [first, second] = processes(cluster, node);
    sheet.actions.push(if kubelet { first } else { second });
    sheet.actions.extend(act::links(cluster, node, &[]));
    sheet
}
