//! What moves over the picture, and what shows where the person is.

use std::sync::Arc;

use podarium_cluster::sim::faults::CONTROL_PLANE;

use crate::display::{Callout, Color, Icon, Paint, Shape, Stroke};
use crate::geometry::{Cubic, Point, Rect};
use crate::layout::Layout;
use crate::model::Model;
use crate::motion::Motion;
use crate::paint::Canvas;
use crate::pulses::{Pulse, Pulses, Signal};
use crate::thing::{Component, Thing, ThingId};
use crate::traffic::flow::Flow;
use crate::traffic::route::{Leg, Load};
use crate::traffic::{Flight, Note, Traffic};
use crate::view::Options;
use podarium_api::sort;

/// More ways than these are a tangle; the most used are drawn.
const MOST_FLOWS: usize = 120;

/// What is painted over the base.
#[derive(Clone, Copy, Debug)]
pub struct Over<'a> {
    pub(crate) layout: &'a Layout,
    pub(crate) motion: &'a Motion,
    pub(crate) traffic: &'a Traffic,
    pub(crate) pulses: &'a Pulses,
    pub(crate) options: &'a Options,
    pub(crate) now: f64,
    pub(crate) real_ms: f64,
}

impl Over<'_> {
    /// Paints everything that moves; when (virtual microseconds) a step comes, if nothing glides.
    pub(crate) fn paint(&self, canvas: &mut Canvas) -> f64 {
        canvas.alpha = 1.0;
        let mut wake = f64::INFINITY;
        if self.options.layer_control {
            self.lit(canvas);
            for pulse in &self.pulses.all {
                self.pulse(canvas, pulse);
                wake = wake.min(if pulse.start > self.now {
                    pulse.start
                } else {
                    pulse.start + pulse.length
                });
            }
            let lit = self.pulses.lit.values().copied();
            wake = lit.fold(wake, f64::min);
        }
        if self.options.layer_data {
            self.related(canvas);
            for flight in &self.traffic.flights {
                wake = wake.min(self.flight(canvas, flight));
            }
            for note in self.traffic.notes.iter().filter(|n| n.from <= self.now) {
                self.note(canvas, note);
            }
            wake = wake.min(self.traffic.wake(self.now));
        }
        self.focus(canvas);
        wake
    }

    fn rect(&self, id: ThingId) -> Option<Rect> {
        let rect = self.layout.place(id)?.rect;
        Some(self.motion.pose(id, rect, self.real_ms).rect)
    }

    /// Where packets come and go at a thing: at a node's head, for its pods are inside it.
    fn port(&self, id: ThingId) -> Option<Rect> {
        port(self.layout, self.motion, self.real_ms, id)
    }

    /// Rings around what is pointed at and what is selected.
    fn focus(&self, canvas: &mut Canvas) {
        let selected = self.options.selected.as_ref();
        let hovered = self
            .options
            .hovered
            .as_ref()
            .filter(|h| Some(*h) != selected);
        for (thing, by, stroke) in [
            (hovered, 2.5, Stroke::solid(Color::Accent.at(0.55), 1.5)),
            (selected, 4.0, Stroke::solid(Color::Accent, 2.25)),
        ] {
            let id = thing.map(Thing::id);
            if let Some(rect) = id.and_then(|id| self.rect(id)) {
                canvas.thing = id;
                ring(canvas, rect, by, stroke);
            }
        }
        canvas.thing = None;
    }

    /// The ways from and to what is pointed at or selected.
    fn related(&self, canvas: &mut Canvas) {
        let chosen =
            [&self.options.hovered, &self.options.selected].map(|t| t.as_ref().map(Thing::id));
        for flow in self.traffic.flows.shown() {
            if [Some(flow.from), Some(flow.to)]
                .iter()
                .any(|e| chosen.contains(e))
                && let Some(curve) = self.curve(flow.from, flow.to)
            {
                let color = if flow.failing {
                    Color::Crash
                } else {
                    Color::Accent
                };
                draw(
                    canvas,
                    curve,
                    Stroke::solid(color.at(0.75), width(flow)),
                    true,
                );
            }
        }
    }

    fn curve(&self, from: ThingId, to: ThingId) -> Option<Cubic> {
        Some(self.layout.way(self.port(from)?, self.port(to)?))
    }

    fn lit(&self, canvas: &mut Canvas) {
        for (&id, &until) in &self.pulses.lit {
            let Some(rect) = self.rect(id) else { continue };
            let left = if self.options.reduced_motion {
                1.0
            } else {
                (until - self.now) / 400_000.0
            };
            let stroke = Stroke::solid(Color::Pulse.at(left.clamp(0.0, 1.0) as f32), 1.75);
            canvas.thing = Some(id);
            let radius: f32 = if rect.h > 30.0 { 10.0 } else { 7.0 };
            canvas.rect(
                rect,
                radius.min(rect.h / 2.0).min(rect.w / 2.0),
                None,
                Some(stroke),
            );
        }
        canvas.thing = None;
    }

    fn pulse(&self, canvas: &mut Canvas, pulse: &Pulse) {
        if pulse.start > self.now {
            return;
        }
        let Some(curve) = self.pulse_way(pulse) else {
            return;
        };
        let color = if pulse.signal == Signal::Request {
            Color::Accent
        } else {
            Color::Pulse
        };
        let t = ((self.now - pulse.start) / pulse.length).clamp(0.0, 1.0) as f32;
        canvas.thing = pulse.from.or(Some(pulse.to));
        if self.options.reduced_motion {
            draw(canvas, curve, Stroke::solid(color.at(0.6), 1.5), true);
            return;
        }
        // The line brightens as the pulse sets out and is gone when it has arrived.
        let line = (t * 5.0).min(1.0) * (1.0 - t) * 0.45;
        draw(canvas, curve, Stroke::solid(color.at(line), 1.5), false);
        let fade = ((1.0 - t) * 6.0).min(1.0);
        packet(
            canvas,
            curve.at(t),
            if pulse.signal == Signal::Delivery {
                2.75
            } else {
                3.75
            },
            color.at(fade),
            false,
        );
        canvas.thing = None;
    }

    fn pulse_way(&self, pulse: &Pulse) -> Option<Cubic> {
        let to = self.rect(pulse.to)?;
        let Some(from) = pulse.from else {
            let at = Point::new(to.center().x, to.y);
            let from = at.shift(0.0, -30.0);
            return Some(Cubic {
                from,
                c1: from,
                c2: at,
                to: at,
            });
        };
        let from = self.rect(from)?;
        let strip = self
            .layout
            .manager
            .bottom()
            .max(from.bottom().min(to.bottom()));
        let in_strip =
            |r: Rect| r.bottom() <= self.layout.manager.bottom() + 1.0 || r.bottom() <= strip - 1.0;
        if in_strip(from) && in_strip(to) {
            return Some(self.hang(from, to));
        }
        Some(self.drop(from, to))
    }

    /// Between two parts of the control plane: straight between neighbours, otherwise hanging below the strip.
    fn hang(&self, from: Rect, to: Rect) -> Cubic {
        let (a, b) = (from.center(), to.center());
        let tall = from.h > 30.0 && to.h > 30.0;
        let near = (a.x - b.x).abs() < (from.w + to.w) / 2.0 + 40.0;
        if (tall && near) || self.layout.narrow {
            return Cubic::between(from, to);
        }
        let bottom = |r: Rect| {
            // A controller's line leaves from its box, so that it crosses no other controller.
            let low = if r.h > 30.0 {
                r.bottom()
            } else {
                self.layout.manager.bottom()
            };
            Point::new(r.center().x, low)
        };
        let (from, to) = (bottom(from), bottom(to));
        let depth = (12.0 + (from.x - to.x).abs() * 0.06).min(34.0);
        Cubic {
            from,
            c1: from.shift(0.0, depth),
            c2: to.shift(0.0, depth),
            to,
        }
    }

    /// Between the control plane and a node: down from the API server, then in from the side.
    fn drop(&self, from: Rect, to: Rect) -> Cubic {
        let up = from.y > to.y;
        let (high, low) = if up { (to, from) } else { (from, to) };
        let begin = Point::new(high.center().x, high.bottom());
        let end = if low.w < 30.0 {
            low.center()
        } else {
            Point::new(low.x, low.center().y)
        };
        let fall = ((end.y - begin.y) * 0.6).max(20.0);
        let curve = Cubic {
            from: begin,
            c1: begin.shift(0.0, fall),
            c2: end.shift(-60.0, 0.0),
            to: end,
        };
        if up { curve.reversed() } else { curve }
    }

    /// Paints a request; when its next step comes.
    fn flight(&self, canvas: &mut Canvas, flight: &Flight) -> f64 {
        if flight.start > self.now {
            return flight.start;
        }
        let at = (self.now - flight.start) / flight.stretch;
        let mut wake = f64::INFINITY;
        let running = flight
            .legs
            .iter()
            .find(|l| at >= l.begin && at < l.begin + l.length);
        if let Some(leg) = running {
            self.leg(canvas, flight, leg, at);
            wake = flight.start + (leg.begin + leg.length) * flight.stretch;
        }
        if let Some((service, when)) = flight.service {
            // The rule stands for the Service: it lights up when one of its rules is used.
            let since = at - when;
            if (0.0..250_000.0).contains(&since) {
                if let Some(rect) = self.rect(service) {
                    canvas.thing = Some(service);
                    let left = 1.0 - (since / 250_000.0) as f32;
                    let radius = (rect.h / 2.0).min(16.0);
                    let alpha = if self.options.reduced_motion {
                        0.7
                    } else {
                        left * 0.8
                    };
                    canvas.rect(
                        rect,
                        radius,
                        None,
                        Some(Stroke::solid(Color::Accent.at(alpha), 1.75)),
                    );
                    canvas.thing = None;
                }
                wake = wake.min(flight.start + (when + 250_000.0) * flight.stretch);
            }
        }
        if let Some((place, from, until)) = flight.cross() {
            if self.now >= from && self.now < until {
                self.cross(canvas, flight, place);
            }
            wake = wake.min(if self.now < from { from } else { until });
        }
        wake
    }

    fn leg(&self, canvas: &mut Canvas, flight: &Flight, leg: &Leg, at: f64) {
        canvas.thing = Some(leg.to);
        let (Some(from), Some(to)) = (self.port(leg.from), self.port(leg.to)) else {
            return;
        };
        if leg.is_dwell() {
            // The program works: a dot waits at the pod's edge.
            packet(
                canvas,
                Point::new(to.center().x, to.y),
                2.75,
                Color::Accent.into(),
                false,
            );
            return;
        }
        let curve = self.layout.way(from, to);
        let t = ((at - leg.begin) / leg.length) as f32;
        let (color, r, hollow) = look(flight, leg);
        if self.options.reduced_motion {
            draw(canvas, curve, Stroke::solid(color.color.at(0.5), 1.5), true);
            packet(canvas, curve.to, r, color, hollow);
            return;
        }
        let lane = 2.5 + (flight.id % 3) as f32 - 1.0;
        if !hollow {
            for (back, size, alpha) in [(0.16, 0.5, 0.2), (0.08, 0.72, 0.42)] {
                if t > back {
                    let trail = Paint {
                        alpha: color.alpha * alpha,
                        ..color
                    };
                    packet(
                        canvas,
                        on_lane(curve, smooth(t - back), lane),
                        r * size,
                        trail,
                        false,
                    );
                }
            }
        }
        packet(canvas, on_lane(curve, smooth(t), lane), r, color, hollow);
        canvas.thing = None;
    }

    fn cross(&self, canvas: &mut Canvas, flight: &Flight, place: ThingId) {
        let Some(rect) = self.rect(place) else { return };
        let last = flight
            .legs
            .iter()
            .rev()
            .find(|l| l.to == place && l.from != place);
        let at = last
            .and_then(|l| self.curve(l.from, l.to))
            .map_or(Point::new(rect.center().x, rect.y), |c| c.to);
        canvas.thing = Some(place);
        canvas.circle(at, 9.5, Some(Color::Panel.into()), None);
        canvas.icon(Icon::Cross, at, 8.0, Color::Crash);
        canvas.thing = None;
    }

    fn note(&self, canvas: &mut Canvas, note: &Note) {
        let (Some(place), Some(rect)) = (self.port(note.place), note.spot) else {
            return;
        };
        let callout = Callout {
            rect,
            tip: place.center(),
            title: note.title.clone(),
            detail: note.detail.clone(),
        };
        canvas.thing = Some(note.place);
        canvas.push(Shape::Callout(Arc::new(callout)));
        canvas.thing = None;
    }
}

fn port(layout: &Layout, motion: &Motion, real_ms: f64, id: ThingId) -> Option<Rect> {
    let place = layout.place(id)?;
    let rect = motion.pose(id, place.rect, real_ms).rect;
    Some(match place.thing {
        Thing::Node(_) => Rect {
            h: layout.packing.level.head().min(26.0),
            ..rect
        },
        _ => rect,
    })
}

/// Paints links that are cut: between nodes, or from the API server to a node's kubelet.
pub fn cuts(canvas: &mut Canvas, model: &Model, layout: &Layout, motion: &Motion, real_ms: f64) {
    for (a, b) in &model.cuts {
        let control = [a, b].iter().any(|e| &***e == CONTROL_PLANE);
        let ends = [a, b].map(|end| {
            let thing = match control {
                true if &**end == CONTROL_PLANE => Thing::ControlPlane(Component::ApiServer),
                true => Thing::Kubelet(end.clone()),
                false => Thing::Node(end.clone()),
            };
            port(layout, motion, real_ms, thing.id())
        });
        if let [Some(from), Some(to)] = ends {
            let curve = layout.way(from, to);
            draw(
                canvas,
                curve,
                Stroke::dashed(Color::Crash.at(0.8), 1.5),
                false,
            );
            canvas.icon(Icon::Cross, curve.at(0.5), 7.0, Color::Crash);
        }
    }
}

/// Paints the ways in use, beneath packets and pods.
pub fn flows(canvas: &mut Canvas, layout: &Layout, motion: &Motion, real_ms: f64, flows: &[Flow]) {
    let rect = |id: ThingId| port(layout, motion, real_ms, id);
    let least = if flows.len() > MOST_FLOWS {
        let mut levels: Vec<u8> = flows.iter().map(|f| f.level).collect();
        sort::by(&mut levels, |a, b| b.cmp(a));
        levels[MOST_FLOWS]
    } else {
        0
    };
    let drawn = flows
        .iter()
        .filter(|f| f.level > least || flows.len() <= MOST_FLOWS);
    for flow in drawn {
        let (Some(from), Some(to)) = (rect(flow.from), rect(flow.to)) else {
            continue;
        };
        let alpha = (0.12 + 0.035 * f32::from(flow.level)).min(0.4);
        let stroke = if flow.failing {
            Stroke::dashed(Color::Crash.at(alpha + 0.2), width(flow))
        } else {
            Stroke::solid(Color::Accent.at(alpha), width(flow))
        };
        draw(canvas, layout.way(from, to), stroke, false);
    }
}

fn width(flow: &Flow) -> f32 {
    (0.75 + 0.45 * f32::from(flow.level)).min(5.0)
}

fn look(flight: &Flight, leg: &Leg) -> (Paint, f32, bool) {
    let heavier = (flight.weight.max(1) as f32).log2().min(5.0) * 0.4;
    match leg.load {
        _ if flight.probe => (Color::Ink2.at(0.8), 2.5, true),
        Load::Question => (Color::Accent.at(0.65), 2.25, false),
        Load::Name => (Color::Accent.at(0.65), 2.5, true),
        Load::Answer if flight.failed => (Color::Crash.into(), 3.0, true),
        Load::Answer => (Color::Accent.into(), 2.75 + heavier, true),
        Load::Request | Load::Work => (Color::Accent.into(), 3.75 + heavier, false),
    }
}

/// Slow at both ends: a packet is handed on, it does not bounce.
fn smooth(t: f32) -> f32 {
    t * t * (3.0 - 2.0 * t)
}

/// A place on a curve, kept to the right, so that the ways there and back do not share a line.
fn on_lane(curve: Cubic, t: f32, lane: f32) -> Point {
    let at = curve.at(t);
    let (a, b) = (curve.at((t - 0.02).max(0.0)), curve.at((t + 0.02).min(1.0)));
    let d = a.distance(b).max(0.01);
    let off = lane * (t * (1.0 - t) * 4.0).min(1.0);
    at.shift(-(b.y - a.y) / d * off, (b.x - a.x) / d * off)
}

fn packet(canvas: &mut Canvas, center: Point, r: f32, paint: Paint, hollow: bool) {
    canvas.push(Shape::Packet {
        center,
        r,
        paint,
        hollow,
    });
}

fn draw(canvas: &mut Canvas, curve: Cubic, stroke: Stroke, arrow: bool) {
    let Cubic { from, c1, c2, to } = curve;
    canvas.push(Shape::Curve {
        from,
        c1,
        c2,
        to,
        stroke,
        arrow,
    });
}

fn ring(canvas: &mut Canvas, rect: Rect, by: f32, stroke: Stroke) {
    let rect = rect.grow(by);
    let radius = (rect.w.min(rect.h) / 2.0).min(if rect.h > 70.0 { 15.0 } else { 13.0 });
    canvas.rect(rect, radius, None, Some(stroke));
}
