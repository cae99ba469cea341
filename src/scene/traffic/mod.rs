//! Packets: every dot follows the hop list of a real trace, slowed down until an eye can follow it.
//!
//! Hops are micro- to milliseconds apart. At normal speed each leg of the way is drawn over a tenth of a second of
//! *virtual* time or a little more (longer legs longer, by their logarithm), so that the time bar's speed speeds packets
//! up too; above threefold speed legs are stretched, so that no request takes less than about a third of its usual time
//! on the screen. A picture lags behind the truth, it is never ahead of it.

pub mod flow;
pub mod route;

use std::collections::VecDeque;

use podarium_cluster::network::{Failure, Outcome, Trace, Traffic as Kind};

use crate::display::Message;
use crate::geometry::Rect;
use crate::layout::Layout;
use crate::paint::services::Visits;
use crate::thing::{Thing, ThingId};
use flow::Flows;
use route::{Leg, Load, Way};

/// More dots than these tell no more.
pub const MOST_PACKETS: usize = 100;
/// How long a cross stands where a request failed, in virtual microseconds at normal speed.
const CROSS: f64 = 1_500_000.0;
/// How long the words about it stay.
const WORDS: f64 = 3_200_000.0;
/// More callouts than these hide the picture.
const MOST_NOTES: usize = 2;
/// Up to this speed packets are as fast as time.
const EASY_SPEED: f64 = 3.0;

/// A request on its way.
#[derive(Clone, Debug)]
pub struct Flight {
    /// The trace's number.
    pub id: u64,
    /// The request whose answering made this one.
    pub parent: Option<u64>,
    /// When it sets out on the stage: virtual microseconds.
    pub start: f64,
    /// Its way.
    pub legs: Vec<Leg>,
    /// Virtual microseconds on the stage per drawn microsecond.
    pub stretch: f64,
    /// Whether it failed.
    pub failed: bool,
    /// Whether it is a probe.
    pub probe: bool,
    /// How many requests it stands for.
    pub weight: u32,
    /// The Service whose rule sent it on, and when.
    pub service: Option<(ThingId, f64)>,
    /// Where a cross shows that it failed.
    cross: Option<ThingId>,
    calls: Calls,
}

/// How far the calls that a request makes have come.
#[derive(Clone, Copy, Debug, Default)]
struct Calls {
    /// When the last one is over in the trace's own time.
    over: u64,
    /// When the last one begins on the stage.
    begin: f64,
    /// When the last one ends on the stage.
    end: f64,
}

impl Flight {
    /// When the last leg is done.
    pub fn arrival(&self) -> f64 {
        self.start + self.length() * self.stretch
    }

    /// From when to when a cross stands where it failed, and where.
    pub fn cross(&self) -> Option<(ThingId, f64, f64)> {
        let place = self.cross?;
        // An error was decided by the program: before the way back.
        let decided = self
            .legs
            .iter()
            .find(|l| l.load == Load::Answer)
            .map_or(self.length(), |l| l.begin);
        let from = self.start + decided * self.stretch;
        Some((place, from, from + CROSS * self.stretch))
    }

    /// When nothing of it is left.
    fn end(&self) -> f64 {
        self.cross()
            .map_or(0.0, |(.., until)| until)
            .max(self.arrival())
    }

    fn length(&self) -> f64 {
        self.legs.last().map_or(0.0, |l| l.begin + l.length)
    }

    /// Places a call: when its caller has got so far, and after the calls that it came after.
    fn begin_call(&mut self, call: &mut Flight, start: u64, over: u64) {
        let ready = self
            .legs
            .iter()
            .find(|l| l.is_dwell())
            .map_or(0.0, |l| l.begin);
        let ready = self.start + ready * self.stretch;
        let last = self.calls;
        let begin = if last.end > 0.0 && start >= last.over {
            last.end
        } else {
            last.begin
        };
        call.start = begin.max(ready).max(call.start);
        self.calls = Calls {
            over: last.over.max(over),
            begin: call.start,
            end: last.end.max(call.arrival()),
        };
    }

    /// Works until an instant before it answers.
    fn wait(&mut self, until: f64) {
        self.calls.end = self.calls.end.max(until);
        let Some(dwell) = self.legs.iter().position(Leg::is_dwell) else {
            return;
        };
        let late = (until - self.start) / self.stretch
            - (self.legs[dwell].begin + self.legs[dwell].length);
        if late > 0.0 {
            self.legs[dwell].length += late;
            self.legs[dwell + 1..]
                .iter_mut()
                .for_each(|leg| leg.begin += late);
        }
    }
}

/// Why requests failed at a place.
#[derive(Clone, Debug)]
pub struct Note {
    /// Where.
    pub place: ThingId,
    /// Whose request it was.
    pub from: f64,
    /// Until when it is shown.
    pub until: f64,
    /// What happened.
    pub title: Message,
    /// What it happened to.
    pub detail: Message,
    /// Where the words are, once there is a layout.
    pub spot: Option<Rect>,
}

/// Everything in flight.
#[derive(Clone, Debug, Default)]
pub struct Traffic {
    /// Requests on their way, the oldest first.
    pub flights: VecDeque<Flight>,
    /// Which ways are used, and how much.
    pub flows: Flows,
    /// Words about failures.
    pub notes: Vec<Note>,
    next: u64,
}

impl Traffic {
    /// Forgets everything: time has leapt.
    pub fn clear(&mut self) {
        *self = Traffic::default();
    }

    /// The number of the next trace that it does not know.
    pub fn next(&self) -> u64 {
        self.next
    }

    /// Takes in traces that it does not know yet, in order; whether there was one.
    pub fn take<'a>(
        &mut self,
        traces: impl Iterator<Item = &'a Trace>,
        now: f64,
        speed: f64,
    ) -> bool {
        let before = self.next;
        let stretch = (speed / EASY_SPEED).max(1.0);
        // Spread over time, so that dots do not come in bursts when there are too many.
        let mut room = ((MOST_PACKETS - self.flights.len().min(MOST_PACKETS)) / 4).max(1);
        for trace in traces {
            self.next = self.next.max(trace.id + 1);
            self.flows.count(trace, stretch);
            let way = route::way(trace);
            if let Outcome::Failed(failure) = &trace.outcome {
                self.note(trace, failure, &way, stretch);
            }
            let child = trace.parent.is_some();
            if self.flights.len() >= MOST_PACKETS || (room == 0 && !child) || way.legs.is_empty() {
                continue;
            }
            let Some(flight) = self.launch(trace, way, stretch) else {
                continue;
            };
            if flight.end() > now {
                room = room.saturating_sub(1);
                self.flights.push_back(flight);
            }
        }
        self.next > before
    }

    fn launch(&mut self, trace: &Trace, way: Way, stretch: f64) -> Option<Flight> {
        let (failed, here) = match &trace.outcome {
            Outcome::Success => (false, false),
            // The call that failed shows its own cross.
            Outcome::Failed(Failure::Upstream(_)) => (true, false),
            Outcome::Failed(_) => (true, true),
        };
        let mut flight = Flight {
            id: trace.id,
            parent: trace.parent,
            start: trace.start.0 as f64,
            legs: way.legs,
            stretch,
            failed,
            probe: trace.traffic == Kind::Probe,
            weight: trace.weight,
            service: way.service.map(|(key, at)| (Thing::Service(key).id(), at)),
            cross: here.then_some(way.end).flatten().map(|end| end.id()),
            calls: Calls::default(),
        };
        if let Some(parent) = trace.parent {
            // A call is shown while its caller works. One whose caller is not shown would come from nowhere.
            let caller = self.flights.iter_mut().rev().find(|f| f.id == parent)?;
            flight.stretch = caller.stretch;
            let ends = trace.start.0 + trace.duration().0;
            caller.begin_call(&mut flight, trace.start.0, ends);
            self.wait(parent, flight.arrival());
        }
        Some(flight)
    }

    /// Lets a request wait for a call of its own to end, and its callers for it.
    fn wait(&mut self, id: u64, until: f64) {
        let Some(flight) = self.flights.iter_mut().rev().find(|f| f.id == id) else {
            return;
        };
        flight.wait(until);
        let (parent, arrival) = (flight.parent, flight.arrival());
        // A caller's number is less than its calls', so this ends.
        if let Some(parent) = parent.filter(|p| *p < id) {
            self.wait(parent, arrival);
        }
    }

    fn note(&mut self, trace: &Trace, failure: &Failure, way: &Way, stretch: f64) {
        let from =
            trace.start.0 as f64 + way.legs.last().map_or(0.0, |l| l.begin + l.length) * stretch;
        let until = from + WORDS * stretch;
        if matches!(failure, Failure::Upstream(_)) {
            return;
        }
        let title = failure_title(failure);
        let Some(place) = way.end.as_ref() else {
            return;
        };
        let id = place.id();
        // One word for one trouble: the same sentence, or the same kind of thing at the same place.
        let same = |n: &&mut Note| n.title == title || (n.place == id && n.title.id == title.id);
        if let Some(note) = self.notes.iter_mut().find(same) {
            note.until = until;
            return;
        }
        if self.notes.len() == MOST_NOTES {
            return;
        }
        let detail = detail(place, &trace.target);
        self.notes.push(Note {
            place: id,
            from,
            until,
            title,
            detail,
            spot: None,
        });
    }

    /// Forgets what is over; whether anything moves.
    pub fn prune(&mut self, now: f64) -> bool {
        self.flights.retain(|f| f.end() > now);
        let notes = self.notes.len();
        self.notes.retain(|n| n.until > now);
        !self.flights.is_empty() || self.notes.len() != notes
    }

    /// Finds places for words about failures: all of them anew after a change of layout.
    pub fn place_notes(&mut self, layout: &Layout, anew: bool) {
        if anew {
            self.notes.iter_mut().for_each(|n| n.spot = None);
        }
        for i in 0..self.notes.len() {
            let note = &self.notes[i];
            let Some(place) = layout.place(note.place).filter(|_| note.spot.is_none()) else {
                continue;
            };
            let size = ((layout.width - 24.0).min(350.0), 44.0);
            let taken: Vec<Rect> = self.notes.iter().filter_map(|n| n.spot).collect();
            self.notes[i].spot = Some(layout.free_spot(place.rect.center(), size, &taken));
        }
    }

    /// When words appear or go, if nothing else happens.
    pub fn wake(&self, now: f64) -> f64 {
        let notes = self.notes.iter().flat_map(|n| [n.from, n.until]);
        notes.filter(|t| *t > now).fold(f64::INFINITY, f64::min)
    }

    /// What comes from outside.
    pub fn visits(&self) -> Visits {
        self.flows.visits()
    }
}

fn failure_title(failure: &Failure) -> Message {
    use podarium_cluster::sim::Arg;
    let text = |t: &str| Arg::from(t);
    match failure {
        Failure::NoSuchName(name) => {
            Message::with("scene-fail-no-such-name", [("name", text(name))])
        }
        Failure::NoDns => Message::new("scene-fail-no-dns"),
        Failure::NoEndpoints(key) => {
            Message::with("scene-fail-no-endpoints", [("service", text(&key.name))])
        }
        Failure::NoLocalEndpoints(key) => Message::with(
            "scene-fail-no-local-endpoints",
            [("service", text(&key.name))],
        ),
        Failure::NoRoute(ip) => {
            Message::with("scene-fail-no-route", [("ip", ip.to_string().into())])
        }
        Failure::Refused { ip, port } => Message::with(
            "scene-fail-refused",
            [
                ("ip", ip.to_string().into()),
                ("port", port.to_string().into()),
            ],
        ),
        Failure::Unreachable(ip) => {
            Message::with("scene-fail-unreachable", [("ip", ip.to_string().into())])
        }
        Failure::LinkCut(a, b) => {
            Message::with("scene-fail-link-cut", [("a", text(a)), ("b", text(b))])
        }
        Failure::Error(code) => {
            Message::with("scene-fail-error", [("code", code.to_string().into())])
        }
        Failure::Upstream(target) => {
            Message::with("scene-fail-upstream", [("target", text(target))])
        }
        Failure::Loop => Message::new("scene-fail-loop"),
        Failure::NoHealthyNodes(key) => Message::with(
            "scene-fail-no-healthy-nodes",
            [("service", text(&key.name))],
        ),
        Failure::NoSource => Message::new("scene-fail-no-source"),
        Failure::BadTarget => Message::new("scene-fail-bad-target"),
    }
}

fn detail(place: &Thing, target: &str) -> Message {
    let to = ("target", target.into());
    let at = |id, name: &str| Message::with(id, [("name", name.into()), ("target", target.into())]);
    match place {
        Thing::KubeProxy(node) => at("scene-fail-at-proxy", node),
        Thing::Node(node) => at("scene-fail-at-node", node),
        Thing::Pod(key) => at("scene-fail-at-pod", &key.name),
        Thing::Service(key) => at("scene-fail-at-balancer", &key.name),
        _ => Message::with("scene-fail-at", [to]),
    }
}
