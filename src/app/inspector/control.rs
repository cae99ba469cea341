//! The sheets of the control plane's parts, the internet and the zones.

use podarium_api::object::NodeBody;
use podarium_cluster::Cluster;
use podarium_cluster::network::{Outcome, Place, Traffic};
use podarium_cluster::sim::{Actor, Component as Part, RecordId};
use podarium_lessons::example::VISITORS;
use podarium_scene::Thing;
use podarium_scene::thing::Component;

use super::act;
use super::sheet::{Row, Sheet};
use crate::pace::clock;
use crate::texts::{self, t};

/// How many of a component's doings are listed, and how far back they are looked for.
const DOINGS: usize = 8;
const LOOK_BACK: u32 = 4_000;

/// Over how long visitors' requests are counted, in virtual microseconds.
const ARRIVING: u64 = 3_000_000;

/// The sheet of a part of the control plane.
pub fn component(cluster: &Cluster, component: &Component) -> Sheet {
    let world = cluster.world();
    let mut sheet = Sheet {
        sentence: Some(match component {
            Component::Etcd => t!("what-etcd"),
            Component::ApiServer => t!("what-apiserver"),
            Component::Scheduler => t!("what-scheduler"),
            Component::Controller(name) => doc(name).unwrap_or_else(|| t!("what-controller")),
        }),
        ..Sheet::default()
    };
    let part = match component {
        Component::Scheduler => Some((
            Part::Scheduler,
            t!("act-stop-scheduler"),
            t!("act-start-scheduler"),
        )),
        Component::Controller(_) => Some((
            Part::ControllerManager,
            t!("act-stop-manager"),
            t!("act-start-manager"),
        )),
        Component::Etcd | Component::ApiServer => None,
    };
    if let Some((part, stop, start)) = part {
        let runs = world.faults.runs(&part);
        sheet.state = Some(if runs {
            ("ready", t!("state-running"))
        } else {
            ("crash", t!("state-stopped"))
        });
        sheet.actions.push(act::toggle(stop, start, part, runs));
    }
    if *component == Component::Etcd {
        sheet.fact(t!("fact-revision"), world.store().revision().to_string());
        sheet.fact(t!("fact-objects"), world.store().len().to_string());
    }
    let name = match component {
        Component::Scheduler => "default-scheduler",
        Component::Controller(name) => name,
        Component::Etcd | Component::ApiServer => return sheet,
    };
    let first = (world.log().len() as u32).saturating_sub(LOOK_BACK);
    let doings = world.log().since(RecordId(first)).rev();
    let own = doings.filter(|(_, r)| matches!(&r.actor, Actor::Control(n) if *n == name));
    sheet.section(
        t!("section-doings"),
        own.take(DOINGS)
            .map(|(_, record)| Row {
                text: texts::why(&record.why),
                detail: clock(record.time),
                ..Row::default()
            })
            .collect(),
    );
    sheet
}

/// A controller's own sentence on what it does, as its registry has it.
fn doc(name: &str) -> Option<String> {
    podarium_cluster::doc::all()
        .find(|doc| doc.name == name)
        .map(|doc| doc.sentence.to_owned())
}

/// The sheet of the world outside.
pub fn internet(cluster: &Cluster) -> Sheet {
    let now = cluster.now().0;
    let (mut all, mut failed) = (0_u64, 0_u64);
    let mut since = now.saturating_sub(ARRIVING);
    // Where so much is going on that the oldest that is kept is younger, what there is counts for as long as it took.
    if let Some(oldest) = cluster.network().traces_since(0).next() {
        since = since.max(oldest.start.0).min(now.saturating_sub(1));
    }
    let outside = cluster.network().traces_since(0).filter(|t| {
        t.start.0 >= since && t.traffic == Traffic::Request && t.from == Place::Internet
    });
    for trace in outside {
        all += u64::from(trace.weight);
        failed += if trace.outcome == Outcome::Success {
            0
        } else {
            u64::from(trace.weight)
        };
    }
    let a_second = |count: u64| (count as f64 * 1e6 / (now - since).max(1) as f64).round() as i64;
    let mut sheet = Sheet {
        sentence: Some(t!("what-internet")),
        ..Sheet::default()
    };
    let source = cluster.network().traffic().find(|s| &*s.name == VISITORS);
    let rate = match source {
        Some(source) => t!("visitors-rate", rate = per_second(source.per_second_milli)),
        None => t!("visitors-none"),
    };
    sheet.fact(t!("fact-visitors"), rate);
    // Without visitors nothing happens that would bring this up to date.
    if source.is_some() {
        let (rate, failed) = (a_second(all), a_second(failed));
        sheet.fact(
            t!("fact-arriving"),
            t!("arriving", rate = rate, failed = failed),
        );
    }
    sheet.actions = act::traffic(source);
    sheet
}

/// Thousandths a second as a number a second, with no more digits than it needs.
fn per_second(milli: u64) -> String {
    if milli.is_multiple_of(1_000) {
        return (milli / 1_000).to_string();
    }
    let digits = format!("{}.{:03}", milli / 1_000, milli % 1_000);
    digits.trim_end_matches('0').to_owned()
}

/// The sheet of a zone.
pub fn zone(cluster: &Cluster, name: &str) -> Sheet {
    let mut sheet = Sheet {
        sentence: Some(t!("what-zone")),
        ..Sheet::default()
    };
    let nodes = cluster.world().store().all::<NodeBody>();
    let own =
        nodes.filter(|node| node.meta.labels.get("topology.kubernetes.io/zone") == Some(name));
    sheet.section(
        t!("section-nodes"),
        own.map(|node| Row {
            text: node.meta.name.to_string(),
            link: Some(Thing::Node(node.meta.name.clone())),
            ..Row::default()
        })
        .collect(),
    );
    sheet
}
