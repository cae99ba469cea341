//! From a trace's hops to the legs of a way across the stage.

use podarium_api::object::Key;
use podarium_cluster::network::{Place, Step, Trace, Traffic};

use crate::thing::{Component, Thing, ThingId};

/// How long a leg is drawn at least, in virtual microseconds at normal speed.
const LEG: f64 = 140_000.0;
/// How long a name's question or answer, or a leg of the way back, is drawn at least.
const QUICK: f64 = 90_000.0;

/// What travels along a leg.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Load {
    /// A request.
    Request,
    /// Its answer.
    Answer,
    /// A name's question.
    Question,
    /// The answer to it.
    Name,
    /// Nothing: the program works.
    Work,
}

/// A piece of a way.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Leg {
    /// From where.
    pub from: ThingId,
    /// To where.
    pub to: ThingId,
    /// When it begins, in virtual microseconds at normal speed after the start.
    pub begin: f64,
    /// How long it is drawn, in the same measure.
    pub length: f64,
    /// What travels.
    pub load: Load,
}

impl Leg {
    /// Whether the program works here before it answers.
    pub fn is_dwell(&self) -> bool {
        self.load == Load::Work
    }
}

/// The way of a request.
#[derive(Clone, Debug, Default)]
pub struct Way {
    /// Its legs, one after another.
    pub legs: Vec<Leg>,
    /// The Service whose rule sent it on, and when, in the legs' measure.
    pub service: Option<(Key, f64)>,
    /// Where it ends.
    pub end: Option<Thing>,
}

/// The thing that stands for a place on the stage.
pub fn thing(place: &Place) -> Thing {
    match place {
        Place::Internet => Thing::Internet,
        Place::LoadBalancer(key) => Thing::Service(key.clone()),
        Place::Node(name) => Thing::Node(name.clone()),
        Place::KubeProxy(name) => Thing::KubeProxy(name.clone()),
        Place::Pod(key) => Thing::Pod(key.clone()),
        Place::ApiServer => Thing::ControlPlane(Component::ApiServer),
    }
}

/// The way of a trace.
pub fn way(trace: &Trace) -> Way {
    let origin = match &trace.from {
        Place::Node(node) if trace.traffic == Traffic::Probe => Thing::Kubelet(node.clone()),
        from => thing(from),
    };
    let mut way = Way {
        end: Some(origin.clone()),
        ..Way::default()
    };
    let mut path = vec![origin.id()];
    let (mut time, mut last, mut answered) = (0.0, 0u64, false);
    let hops = &trace.hops;
    // Until then the hops are those of the name's question; of the names that a search list tries, the last is drawn.
    let named = hops
        .iter()
        .rposition(|h| matches!(h.step, Step::Resolve { .. }));
    for (i, hop) in hops.iter().enumerate() {
        let took = hop.at.0.saturating_sub(last) as f64;
        let drawn = way.legs.len();
        let here = *path.last().expect("a way begins somewhere");
        let asking = named.is_some_and(|n| i < n);
        match &hop.step {
            Step::Sent => {}
            Step::Resolve { .. } if asking => continue,
            Step::Resolve { server, .. } => {
                if let Some(server) = server {
                    let dns = Thing::Pod(server.clone()).id();
                    time = way.leg((here, dns), time, QUICK, took / 2.0, Load::Question);
                    time = way.leg((dns, path[0]), time, QUICK, took / 2.0, Load::Name);
                }
                path.truncate(1);
            }
            Step::Answer { .. } => {
                time = way.leg((here, here), time, QUICK, took, Load::Work);
                answered = true;
            }
            Step::Returned => {
                // Back along what is left of the way that it came.
                let took = took / (path.len() - 1).max(1) as f64;
                for pair in path.windows(2).rev() {
                    time = way.leg((pair[1], pair[0]), time, QUICK, took, Load::Answer);
                }
                path.truncate(1);
            }
            Step::Translate { .. } | Step::Forward | Step::Arrive | Step::Fail(_) => {
                let failed = matches!(hop.step, Step::Fail(_));
                // A node's own network is passed through on the way to something on it, unless it is the end.
                if !failed && i + 1 < hops.len() && matches!(hop.place, Place::Node(_)) {
                    continue;
                }
                let there = thing(&hop.place);
                let id = there.id();
                if id != here {
                    let (load, least) = match (asking, answered) {
                        (true, _) => (Load::Question, QUICK),
                        (_, true) => (Load::Answer, QUICK),
                        _ => (Load::Request, LEG),
                    };
                    time = way.leg((here, id), time, least, took, load);
                    match path.iter().position(|p| *p == id) {
                        Some(back) if answered => path.truncate(back + 1),
                        _ => path.push(id),
                    }
                }
                if !answered || failed {
                    way.end = Some(there);
                }
                if let (Step::Translate { service, .. }, false) = (&hop.step, asking) {
                    way.service.get_or_insert_with(|| (service.clone(), time));
                }
            }
        }
        // Time that no leg was drawn for is spent on the next one.
        if way.legs.len() > drawn {
            last = hop.at.0;
        }
    }
    way
}

impl Way {
    fn leg(
        &mut self,
        (from, to): (ThingId, ThingId),
        begin: f64,
        least: f64,
        took: f64,
        load: Load,
    ) -> f64 {
        // A hundred times slower is drawn half again as long; what really takes longer than it is drawn takes as long.
        let length = (least * (1.0 + 0.075 * (1.0 + took / 100.0).log2())).max(took);
        self.legs.push(Leg {
            from,
            to,
            begin,
            length,
            load,
        });
        begin + length
    }
}
