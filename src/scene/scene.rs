//! The scene: takes in a cluster, gives out display lists, and answers what is where.

use podarium_cluster::Cluster;
use podarium_cluster::network::Trace;
use podarium_cluster::sim::Record;

use crate::display::DisplayList;
use crate::geometry::{Point, Rect};
use crate::layout::Layout;
use crate::model::{Model, PodModel};
use crate::motion::Motion;
use crate::paint::base::{Base, Names};
use crate::paint::over::Over;
use crate::paint::{Canvas, over};
use crate::pulses::Pulses;
use crate::thing::{Outline, Thing, ThingId};
use crate::traffic::Traffic;
use crate::view::{Direction, Options, View};
use crate::watch::Watch;
use crate::{navigate, outline};

/// What [`Scene::frame`] came to.
#[derive(Clone, Copy, Debug)]
pub struct Frame<'a> {
    /// What to paint.
    pub list: &'a DisplayList,
    /// Whether it differs from the last frame's; if not, nothing needs painting.
    pub changed: bool,
}

/// A picture of a cluster that moves as the cluster does.
#[derive(Debug, Default)]
pub struct Scene {
    model: Model,
    watch: Watch,
    layout: Layout,
    motion: Motion,
    traffic: Traffic,
    pulses: Pulses,
    speed: f64,
    names: Names,
    list: DisplayList,
    canvas: Canvas,
    last: Option<Last>,
    /// Packets or pulses came since the last frame.
    fresh: bool,
    /// What is new is shown at its place at once: the first picture, and one after a leap in time.
    leap: bool,
}

/// What the last frame was made from.
#[derive(Clone, Debug)]
struct Last {
    generation: u64,
    told: u64,
    now: f64,
    view: View,
    options: Options,
    /// When the base changes although nothing happens: virtual microseconds.
    base_wake: f64,
    /// When a step of what moves over it comes.
    over_wake: f64,
    gliding: bool,
    flying: bool,
}

impl Scene {
    /// An empty scene.
    pub fn new() -> Scene {
        Scene {
            leap: true,
            speed: 1.0,
            ..Scene::default()
        }
    }

    /// Takes in what happened in the cluster since the last time. Costs next to nothing when nothing did. A cluster that
    /// went back in time, or another cluster, is taken in anew.
    pub fn sync(&mut self, cluster: &Cluster) {
        let now = cluster.now().0 as f64;
        let (pulses, fresh, speed) = (&mut self.pulses, &mut self.fresh, self.speed);
        let leapt = self.watch.sync(&mut self.model, cluster, |model, record| {
            pulses.take(model, record, now, speed);
            *fresh = true;
        });
        if leapt {
            self.leap = true;
            self.traffic.clear();
        }
        let traces = cluster.network().traces_since(self.traffic.next());
        self.fresh |= self.traffic.take(traces.map(|t| &**t), now, speed);
    }

    /// Takes in traces that are not a cluster's, at a virtual instant (microseconds).
    pub fn take_traces<'a>(&mut self, traces: impl Iterator<Item = &'a Trace>, now: f64) {
        self.fresh |= self.traffic.take(traces, now, self.speed);
    }

    /// Takes in a record that is not a cluster's, at a virtual instant (microseconds).
    pub fn take_record(&mut self, record: &Record, now: f64) {
        self.pulses.take(&self.model, record, now, self.speed);
        self.fresh = true;
    }

    /// What is shown, to fill by hand instead of from a cluster.
    pub fn model_mut(&mut self) -> &mut Model {
        &mut self.model
    }

    /// What is shown.
    pub fn model(&self) -> &Model {
        &self.model
    }

    /// The layout of the last frame.
    pub fn layout(&self) -> &Layout {
        &self.layout
    }

    /// The picture at a virtual instant (microseconds, fractions allowed) and a real one (milliseconds from any fixed
    /// origin; it only drives how things grow, fade and slide).
    pub fn frame(
        &mut self,
        virtual_now: f64,
        real_ms: f64,
        view: View,
        options: &Options,
    ) -> Frame<'_> {
        let changed = self.update(virtual_now, real_ms, view, options);
        Frame {
            list: &self.list,
            changed,
        }
    }

    fn update(&mut self, now: f64, real_ms: f64, view: View, options: &Options) -> bool {
        if options.speed > 0.0 {
            self.speed = options.speed;
        }
        let last = self.last.take();
        let generation = self.model.generation();
        // What the last frame was made from, or nothing that could be the same.
        let resized = last
            .as_ref()
            .is_none_or(|l| (l.view.width, l.view.height) != (view.width, view.height));
        let redressed = last.as_ref().is_none_or(|l| l.generation != generation);
        let told = self.model.told();
        let rearranged = last.as_ref().is_none_or(|l| l.told != told);
        let moved = last.as_ref().is_none_or(|l| l.view != view);
        let other_options = last.as_ref().is_none_or(|l| l.options != *options);
        let layers = last
            .as_ref()
            .is_none_or(|l| l.options.layer_data != options.layer_data);
        let backward = last.as_ref().is_some_and(|l| now < l.now);
        let ticked = last.as_ref().is_none_or(|l| l.now != now);
        let (mut base_wake, mut over_wake, was_gliding, was_flying) = last
            .map_or((0.0, 0.0, false, false), |l| {
                (l.base_wake, l.over_wake, l.gliding, l.flying)
            });

        if resized || rearranged {
            self.lay_out(
                view,
                real_ms,
                resized || self.leap || options.reduced_motion,
            );
            self.leap = false;
        }
        self.traffic
            .place_notes(&self.layout, resized || rearranged);
        let gliding = self.motion.prune(real_ms);
        let mut base = resized
            || redressed
            || layers
            || backward
            || gliding
            || was_gliding
            || now >= base_wake;
        let mut flying = was_flying;
        let fresh = std::mem::take(&mut self.fresh);
        if ticked || fresh {
            // Both are asked, whatever the first says.
            let packets = self.traffic.prune(now);
            flying = self.pulses.prune(now) || packets;
            base |= now >= self.traffic.flows.wake() && self.traffic.flows.update(now);
        }
        if base {
            self.traffic.flows.update(now);
            base_wake = self.paint_base(now, real_ms, options);
        }
        let flies = ticked && (flying || was_flying) && !options.reduced_motion;
        let over = base || fresh || other_options || flies || now >= over_wake;
        if over {
            over_wake = self.paint_over(now, real_ms, options);
        }
        if moved {
            self.list.scale = view.zoom;
            self.list.offset = view.pan;
        }
        let changed = over || moved;
        self.list.generation += u64::from(changed);
        let flying = flying && !options.reduced_motion;
        self.list.animating = gliding || flying;
        self.last = Some(Last {
            generation,
            told,
            now,
            view,
            options: options.clone(),
            base_wake,
            over_wake,
            gliding,
            flying,
        });
        changed
    }

    fn lay_out(&mut self, view: View, real_ms: f64, at_once: bool) {
        let new = Layout::compute(&self.model, view.width, view.height, Some(&self.layout));
        let gone: Vec<(ThingId, PodModel)> = self.model.take_gone();
        if at_once {
            self.motion.settle();
        } else {
            self.motion.glide(&self.layout, &new, gone, real_ms);
        }
        self.layout = new;
    }

    fn paint_base(&mut self, virtual_now: f64, real_ms: f64, options: &Options) -> f64 {
        let base = Base {
            model: &self.model,
            layout: &self.layout,
            motion: &self.motion,
            virtual_now,
            real_ms,
            visits: self.traffic.visits(),
            last_write: self.pulses.last_write(),
            names: &self.names,
        };
        self.canvas.items = std::mem::take(&mut self.list.base);
        self.canvas.items.clear();
        let flows = if options.layer_data {
            self.traffic.flows.shown()
        } else {
            &[]
        };
        let (model, layout, motion) = (&self.model, &self.layout, &self.motion);
        let wake = base.paint(&mut self.canvas, |canvas| {
            over::flows(canvas, layout, motion, real_ms, flows);
            over::cuts(canvas, model, layout, motion, real_ms);
        });
        self.list.base = std::mem::take(&mut self.canvas.items);
        self.list.base_generation += 1;
        self.list.width = self.layout.width;
        self.list.height = self.layout.height;
        wake.min(self.traffic.flows.wake())
    }

    fn paint_over(&mut self, now: f64, real_ms: f64, options: &Options) -> f64 {
        let over = Over {
            layout: &self.layout,
            motion: &self.motion,
            traffic: &self.traffic,
            pulses: &self.pulses,
            options,
            now,
            real_ms,
        };
        self.canvas.items = std::mem::take(&mut self.list.over);
        self.canvas.items.clear();
        let wake = over.paint(&mut self.canvas);
        self.list.over = std::mem::take(&mut self.canvas.items);
        wake
    }

    fn to_stage(&self, x: f32, y: f32) -> Point {
        let scale = self.list.scale.max(0.01);
        Point::new(
            (x - self.list.offset.x) / scale,
            (y - self.list.offset.y) / scale,
        )
    }

    /// What is at a place of the canvas, in CSS pixels.
    pub fn hit(&self, x: f32, y: f32) -> Option<Thing> {
        let at = self.to_stage(x, y);
        let found = self
            .layout
            .places
            .iter()
            .rev()
            .find(|p| p.rect.contains(at))?;
        Some(found.thing.clone())
    }

    /// Where a thing is on the canvas, in CSS pixels; `None` if it is not there.
    pub fn anchor(&self, thing: &Thing) -> Option<Rect> {
        let rect = self.layout.place(thing.id())?.rect;
        let (scale, offset) = (self.list.scale, self.list.offset);
        Some(Rect::new(
            rect.x * scale + offset.x,
            rect.y * scale + offset.y,
            rect.w * scale,
            rect.h * scale,
        ))
    }

    /// The thing of that number.
    pub fn thing(&self, id: ThingId) -> Option<Thing> {
        match self.layout.place(id) {
            Some(place) => Some(place.thing.clone()),
            None => self.model.thing(id),
        }
    }

    /// The nearest thing in a direction.
    pub fn next(&self, thing: &Thing, direction: Direction) -> Option<Thing> {
        navigate::next(&self.layout, thing, direction)
    }

    /// Counts changes of the outline, so that a mirror is rebuilt only when it must.
    pub fn outline_generation(&self) -> u64 {
        self.model.told()
    }

    /// All things as a tree, in reading order.
    pub fn outline(&self) -> Vec<Outline> {
        outline::outline(&self.model)
    }
}
