//! Where everything is, for a canvas of a given size: no motion, no colour.

pub mod column;
pub mod flow;
pub mod grid;
pub mod level;
pub mod strip;
pub mod text;

use podarium_api::meta::Str;
use podarium_api::object::Key;
use podarium_api::sort;

use crate::geometry::{Cubic, Point, Rect};
use crate::model::Model;
use crate::thing::{Thing, ThingId};
pub use level::{Level, Packing};

/// Below this width the stage is one column.
pub const NARROW: f32 = 560.0;

/// Below this width the stage is as long as it likes.
pub const PHONE: f32 = 440.0;

/// A thing and where it is.
#[derive(Clone, Debug, PartialEq)]
pub struct Place {
    /// Its number.
    pub id: ThingId,
    /// What it is.
    pub thing: Thing,
    /// Where it is.
    pub rect: Rect,
}

impl Place {
    fn new(thing: Thing, rect: Rect) -> Place {
        Place {
            id: thing.id(),
            thing,
            rect,
        }
    }
}

/// A heading and where it begins.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Heading {
    /// On the baseline.
    pub at: Point,
    /// Its Fluent message.
    pub message: &'static str,
}

/// What is left out because there is no room for it.
#[derive(Clone, Debug, PartialEq)]
pub struct Omitted {
    /// Right end of the words about it, on the baseline.
    pub at: Point,
    /// Which words: `scene-omitted-…`.
    pub message: &'static str,
    /// How many are shown.
    pub shown: usize,
    /// How many there are.
    pub total: usize,
}

/// The row of pods that wait for a node.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Waiting {
    /// The whole row, heading included.
    pub rect: Rect,
    /// The size of its slots.
    pub slot: f32,
    /// Where there is room for a reason: first baseline and width.
    pub reason: Option<(Point, f32)>,
}

/// Where everything is.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Layout {
    /// The stage's width.
    pub width: f32,
    /// Its height: the canvas's, or more.
    pub height: f32,
    /// How closely pods are packed.
    pub packing: Packing,
    /// Whether it is one column.
    pub narrow: bool,
    /// The controller manager's box.
    pub manager: Rect,
    /// Where the column of Services ends; 0 in a narrow layout, which has none.
    pub column: f32,
    /// Headings.
    pub headings: Vec<Heading>,
    /// Things, those behind first.
    pub places: Vec<Place>,
    /// What is left out.
    pub omitted: Vec<Omitted>,
    /// Those that wait for a node.
    pub waiting: Waiting,
    index: Vec<(ThingId, u32)>,
}

impl Layout {
    /// Lays out a model on a canvas. Pods are packed more closely only when they must be; `before` is the layout that this
    /// one replaces, and keeps them from being packed to and fro.
    pub fn compute(model: &Model, width: f32, height: f32, before: Option<&Layout>) -> Layout {
        let (width, height) = (width.max(240.0), height.max(200.0));
        let narrow = width < NARROW;
        let pad = if narrow { 12.0 } else { 20.0 };
        let mut layout = Layout {
            width,
            height,
            narrow,
            ..Layout::default()
        };
        let top = layout.strip(model, pad);
        let area = if narrow {
            let y = layout.services_above(model, pad, top + 16.0) + 14.0;
            let room = height - y - column::WAITING_LOW - 2.0 * pad;
            // A phone scrolls: pods stay large until the stage is several screens long. Where there is a little more width, the
            // nodes go side by side to be seen all at once.
            let room = if width < PHONE {
                1_400.0
            } else {
                room.max(244.0)
            };
            Rect::new(pad, y, width - 2.0 * pad, room)
        } else {
            let column = if width < 720.0 { 124.0 } else { 152.0 };
            layout.services_beside(
                model,
                Rect::new(pad, top + 26.0, column, height - top - 26.0 - pad),
            );
            layout.column = pad + column;
            let x = pad + column + 26.0;
            let y = top + 26.0;
            Rect::new(
                x,
                y,
                width - pad - x,
                height - y - column::WAITING - pad - 12.0,
            )
        };
        let bottom = layout.grid(
            model,
            area,
            before.filter(|b| !b.places.is_empty()).map(|b| b.packing),
        );
        let (y, waiting) = if narrow {
            (bottom + 12.0, column::WAITING_LOW)
        } else {
            let low = height - pad - column::WAITING;
            (low.max(bottom + 12.0), column::WAITING)
        };
        layout.waiting_row(model, Rect::new(area.x, y, area.w, waiting));
        layout.height = y + waiting + pad;
        if !narrow {
            layout.height = layout.height.max(height);
        }
        layout.index = layout
            .places
            .iter()
            .enumerate()
            .map(|(i, p)| (p.id, i as u32))
            .collect();
        sort::natural(&mut layout.index);
        layout
    }

    /// The place of a thing.
    pub fn place(&self, id: ThingId) -> Option<&Place> {
        let at = self.index.binary_search_by_key(&id, |(i, _)| *i).ok()?;
        self.places.get(self.index[at].1 as usize)
    }

    /// The way between two boxes. Out of the column of Services it leads sideways, so that it crosses none of them.
    pub fn way(&self, a: Rect, b: Rect) -> Cubic {
        let (in_a, in_b) = (a.right() <= self.column, b.right() <= self.column);
        if in_a != in_b && a.bottom() > self.manager.bottom() && b.bottom() > self.manager.bottom()
        {
            Cubic::sideways(a, b)
        } else {
            Cubic::between(a, b)
        }
    }

    /// Where a box of words about a spot hides the least: far from pods, near to the spot, over no other box of words.
    pub fn free_spot(&self, tip: Point, size: (f32, f32), taken: &[Rect]) -> Rect {
        let (w, h) = size;
        let cost = |rect: Rect| {
            let mut cost = rect.center().distance(tip) * 0.3;
            if rect.y < self.manager.bottom() + 16.0 {
                cost += 200.0;
            }
            for place in self.places.iter().filter(|p| p.rect.overlaps(rect)) {
                cost += match place.thing {
                    Thing::Zone(_) => 0.0,
                    // Hiding a node's name is worse than hiding what is empty in it.
                    Thing::Node(_) if rect.y < place.rect.y + 44.0 => 110.0,
                    Thing::Node(_) => 20.0,
                    Thing::Pod(_) => 130.0,
                    _ => 100.0,
                };
            }
            cost + 1e4 * taken.iter().filter(|t| t.overlaps(rect)).count() as f32
        };
        let (right, bottom) = (
            (self.width - w - 12.0).max(12.0),
            (self.height - h - 12.0).max(12.0),
        );
        let mut best = (f32::INFINITY, Rect::new(12.0, 12.0, w, h));
        let mut y = 12.0;
        while y <= bottom {
            for step in 0..=12 {
                let x = 12.0 + (right - 12.0) * step as f32 / 12.0;
                let rect = Rect::new(x, y, w, h);
                let cost = cost(rect);
                if cost < best.0 {
                    best = (cost, rect);
                }
            }
            y += 22.0;
        }
        best.1
    }

    /// The place of a thing in the list of places.
    pub fn position(&self, id: ThingId) -> Option<usize> {
        let at = self.index.binary_search_by_key(&id, |(i, _)| *i).ok()?;
        Some(self.index[at].1 as usize)
    }

    fn put(&mut self, thing: Thing, rect: Rect) {
        self.places.push(Place::new(thing, rect));
    }

    fn heading(&mut self, x: f32, baseline: f32, message: &'static str) {
        self.headings.push(Heading {
            at: Point::new(x, baseline),
            message,
        });
    }

    fn put_pods(&mut self, slots: &[Option<Key>], shown: usize, at: impl Fn(usize) -> Rect) {
        for (i, pod) in slots.iter().take(shown).enumerate() {
            if let Some(key) = pod {
                self.put(Thing::Pod(key.clone()), at(i));
            }
        }
    }

    fn put_node(&mut self, name: &Str, rect: Rect, level: Level) {
        self.put(Thing::Node(name.clone()), rect);
        let (kubelet, proxy) = level.processes(rect);
        self.put(Thing::Kubelet(name.clone()), kubelet);
        self.put(Thing::KubeProxy(name.clone()), proxy);
    }
}
