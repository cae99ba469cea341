//! The scene: takes in a cluster, gives out display lists, and answers what is where.

use podarium_cluster::Cluster;

use crate::display::DisplayList;
use crate::geometry::Rect;
use crate::thing::{Outline, Thing, ThingId};
use crate::view::{Direction, Options, View};

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
    list: DisplayList,
}

impl Scene {
    /// An empty scene.
    pub fn new() -> Scene {
        Scene::default()
    }

    /// Takes in what happened in the cluster since the last time. Costs next to nothing when nothing did. A cluster that
    /// went back in time, or another cluster, is taken in anew.
    pub fn sync(&mut self, cluster: &Cluster) {
        let _ = cluster;
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
        let _ = (virtual_now, real_ms, view, options);
        Frame {
            list: &self.list,
            changed: false,
        }
    }

    /// What is at a place of the canvas, in CSS pixels.
    pub fn hit(&self, x: f32, y: f32) -> Option<Thing> {
        let _ = (x, y);
        None
    }

    /// Where a thing is on the canvas, in CSS pixels; `None` if it is not there.
    pub fn anchor(&self, thing: &Thing) -> Option<Rect> {
        let _ = thing;
        None
    }

    /// The thing of that number.
    pub fn thing(&self, id: ThingId) -> Option<Thing> {
        let _ = id;
        None
    }

    /// The nearest thing in a direction.
    pub fn next(&self, thing: &Thing, direction: Direction) -> Option<Thing> {
        let _ = (thing, direction);
        None
    }

    /// Counts changes of the outline, so that a mirror is rebuilt only when it must.
    pub fn outline_generation(&self) -> u64 {
        0
    }

    /// All things as a tree, in reading order.
    pub fn outline(&self) -> Vec<Outline> {
        Vec::new()
    }
}
