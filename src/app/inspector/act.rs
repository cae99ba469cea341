//! What a person can do to a thing, each with the line that they would type for it.

use std::sync::Arc;

use podarium_api::meta::Str;
use podarium_api::object::Key;
use podarium_cluster::apiserver::Origin;
use podarium_cluster::network::TrafficSource;
use podarium_cluster::sim::Component;
use podarium_cluster::sim::faults::CONTROL_PLANE;
use podarium_cluster::{Cluster, Command, Method, Request};
use podarium_lessons::example::{VISITORS, visitors};
use serde_json::{Value, json};

use super::sheet::Action;
use crate::texts::t;

/// Visitors a second that the buttons offer, with steps as on an axis of a chart.
const RATES: [u64; 10] = [1, 2, 5, 10, 20, 50, 100, 200, 500, 1_000];

/// How many visitors a second there are where there were none.
const USUAL_RATE: u64 = 5;

/// More other nodes than these have no button each for the link to them.
const MOST_LINKS: usize = 4;

/// The path of an object in the API.
pub fn path(key: &Key) -> String {
    let info = key.kind.info();
    let root = if info.group.is_empty() {
        "/api".to_owned()
    } else {
        format!("/apis/{}", info.group)
    };
    let namespace = if info.namespaced {
        format!("/namespaces/{}", key.namespace)
    } else {
        String::new()
    };
    format!(
        "{root}/{}{namespace}/{}/{}",
        info.version, info.plural, key.name
    )
}

/// ` -n shop`, or nothing in the default namespace.
fn flag(key: &Key) -> String {
    match &*key.namespace {
        "" | "default" => String::new(),
        namespace => format!(" -n {namespace}"),
    }
}

fn request(label: String, typed: String, deletes: bool, request: Request) -> Action {
    let origin = Origin {
        command: typed.as_str().into(),
        ..Origin::default()
    };
    Action {
        label,
        typed,
        deletes,
        command: Command::Request(Arc::new(request.origin(Arc::new(origin)))),
    }
}

/// Deletes the object.
pub fn delete(label: String, key: &Key) -> Action {
    let typed = format!(
        "kubectl delete {}/{}{}",
        key.kind.info().singular,
        key.name,
        flag(key)
    );
    request(label, typed, true, Request::new(Method::Delete, &path(key)))
}

/// Merges `patch` into the object.
pub fn patch(label: String, typed: String, key: &Key, patch: &Value) -> Action {
    let asked = Request::new(Method::Patch, &path(key))
        .content_type("application/strategic-merge-patch+json")
        .json(patch);
    request(label, typed, false, asked)
}

/// Gives a workload another number of replicas.
pub fn scale(label: String, key: &Key, replicas: i32) -> Action {
    let typed = format!(
        "kubectl scale {}/{} --replicas={replicas}{}",
        key.kind.info().singular,
        key.name,
        flag(key)
    );
    patch(label, typed, key, &json!({"spec": {"replicas": replicas}}))
}

/// Lets no more pods come to a node, or lets them come again.
pub fn cordon(label: String, key: &Key, cordon: bool) -> Action {
    let typed = format!(
        "kubectl {} {}",
        if cordon { "cordon" } else { "uncordon" },
        key.name
    );
    patch(
        label,
        typed,
        key,
        &json!({"spec": {"unschedulable": cordon.then_some(true)}}),
    )
}

/// Any other command.
pub fn command(label: String, command: Command) -> Action {
    Action {
        label,
        typed: command.to_string(),
        deletes: false,
        command,
    }
}

/// Stops a component that runs, or starts one that does not.
pub fn toggle(stop: String, start: String, component: Component, runs: bool) -> Action {
    if runs {
        command(stop, Command::Stop(component))
    } else {
        command(start, Command::Start(component))
    }
}

/// Stops CoreDNS in all its pods, or starts it again.
pub fn core_dns(cluster: &Cluster) -> Action {
    let runs = cluster.world().faults.runs(&Component::CoreDns);
    let (stop, start) = (t!("act-stop-coredns"), t!("act-start-coredns"));
    toggle(stop, start, Component::CoreDns, runs)
}

/// Cuts the links of a node, or mends them: to the control plane, and to the nodes in `others`.
pub fn links(cluster: &Cluster, node: &str, others: &[Str]) -> Vec<Action> {
    let faults = &cluster.world().faults;
    let link = |end: &str, cut: String, mend: String| {
        if faults.linked(node, end) {
            command(cut, Command::Cut(node.into(), end.into()))
        } else {
            command(mend, Command::Mend(node.into(), end.into()))
        }
    };
    let (cut, mend) = (t!("act-cut-control"), t!("act-mend-control"));
    let mut all = vec![link(CONTROL_PLANE, cut, mend)];
    let many = others.len() > MOST_LINKS;
    for other in others {
        // What is cut can be mended, however many nodes there are.
        if !many || !faults.linked(node, other) {
            let cut = t!("act-cut-link", node = &**other);
            all.push(link(other, cut, t!("act-mend-link", node = &**other)));
        }
    }
    all
}

/// More visitors, fewer, or none.
pub fn traffic(source: Option<&TrafficSource>) -> Vec<Action> {
    let send = |rate: u64| {
        let label = t!("act-visitors-rate", rate = rate as i64);
        command(label, Command::Traffic(visitors(rate)))
    };
    let Some(source) = source else {
        return vec![send(USUAL_RATE)];
    };
    let now = source.per_second_milli;
    let more = RATES.into_iter().find(|r| r * 1_000 > now);
    let fewer = RATES.into_iter().rev().find(|r| r * 1_000 < now);
    let mut all: Vec<_> = [more, fewer].into_iter().flatten().map(send).collect();
    let stop = Command::StopTraffic(VISITORS.into());
    all.push(command(t!("act-visitors-stop"), stop));
    all
}
