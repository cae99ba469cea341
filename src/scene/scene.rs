//! The scene: takes in a cluster, gives out display lists, and answers what is where.

use podarium_api::meta::Str;
use podarium_cluster::Cluster;

use crate::display::DisplayList;
use crate::geometry::{Point, Rect};
use crate::layout::Layout;
use crate::model::{Model, PodModel};
use crate::motion::Motion;
use crate::paint::base::{Base, Names};
use crate::paint::services::Visits;
use crate::paint::{Canvas, over};
use crate::thing::{Outline, Thing, ThingId};
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
    names: Names,
    list: DisplayList,
    canvas: Canvas,
    last: Option<Last>,
    /// What is new is shown at its place at once: the first picture, and one after a leap in time.
    leap: bool,
}

/// What the last frame was made from.
#[derive(Clone, Debug)]
struct Last {
    generation: u64,
    virtual_now: f64,
    view: View,
    options: Options,
    /// When the picture changes although nothing happens: virtual microseconds.
    wake: f64,
    moving: bool,
}

impl Scene {
    /// An empty scene.
    pub fn new() -> Scene {
        Scene {
            leap: true,
            ..Scene::default()
        }
    }

    /// Takes in what happened in the cluster since the last time. Costs next to nothing when nothing did. A cluster that
    /// went back in time, or another cluster, is taken in anew.
    pub fn sync(&mut self, cluster: &Cluster) {
        if self.watch.sync(&mut self.model, cluster) {
            self.leap = true;
        }
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
        let last = self.last.take();
        let resized = last
            .as_ref()
            .is_none_or(|l| (l.view.width, l.view.height) != (view.width, view.height));
        let redressed = last
            .as_ref()
            .is_none_or(|l| l.generation != self.model.generation());
        if resized || redressed {
            self.lay_out(
                view,
                real_ms,
                resized || self.leap || options.reduced_motion,
            );
            self.leap = false;
        }
        let was_moving = last.as_ref().is_some_and(|l| l.moving);
        let moving = self.motion.prune(real_ms);
        let due = last
            .as_ref()
            .is_none_or(|l| now >= l.wake || now < l.virtual_now);
        let base = resized || redressed || was_moving || moving || due;
        let mut wake = last.as_ref().map_or(0.0, |l| l.wake);
        if base {
            wake = self.paint_base(now, real_ms);
        }
        let moved = last.as_ref().is_none_or(|l| l.view != view);
        if moved {
            self.list.scale = view.zoom;
            self.list.offset = view.pan;
        }
        let over = base || last.as_ref().is_none_or(|l| l.options != *options);
        if over {
            self.paint_over(real_ms, options);
        }
        let changed = over || moved;
        if changed {
            self.list.generation += 1;
        }
        self.list.animating = moving;
        self.last = Some(Last {
            generation: self.model.generation(),
            virtual_now: now,
            view,
            options: options.clone(),
            wake,
            moving,
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

    fn paint_base(&mut self, virtual_now: f64, real_ms: f64) -> f64 {
        let write: Str = "".into();
        let base = Base {
            model: &self.model,
            layout: &self.layout,
            motion: &self.motion,
            virtual_now,
            real_ms,
            visits: Visits::default(),
            last_write: &write,
            names: &self.names,
        };
        std::mem::swap(&mut self.canvas.items, &mut self.list.base);
        self.canvas.items.clear();
        let wake = base.paint(&mut self.canvas, |_| {});
        std::mem::swap(&mut self.canvas.items, &mut self.list.base);
        self.list.base_generation += 1;
        self.list.width = self.layout.width;
        self.list.height = self.layout.height;
        wake
    }

    fn paint_over(&mut self, real_ms: f64, options: &Options) {
        std::mem::swap(&mut self.canvas.items, &mut self.list.over);
        self.canvas.items.clear();
        let (hovered, selected) = (options.hovered.as_ref(), options.selected.as_ref());
        over::focus(
            &mut self.canvas,
            &self.layout,
            &self.motion,
            real_ms,
            hovered,
            selected,
        );
        std::mem::swap(&mut self.canvas.items, &mut self.list.over);
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
        self.model.generation()
    }

    /// All things as a tree, in reading order.
    pub fn outline(&self) -> Vec<Outline> {
        outline::outline(&self.model)
    }
}
