//! From layout, model and motion to items: what everything looks like.

pub mod base;
pub mod node;
pub mod over;
pub mod pod;
pub mod services;
pub mod strip;

use std::sync::Arc;

use podarium_api::meta::Str;

use crate::display::{Align, Color, Content, Fit, Icon, Item, Message, Paint, Shape, Stroke, Text};
use crate::geometry::{Point, Rect};
use crate::thing::ThingId;

/// Items in the making.
#[derive(Debug, Default)]
pub struct Canvas {
    /// What has been drawn.
    pub items: Vec<Item>,
    /// What the next items stand for.
    pub thing: Option<ThingId>,
    /// Opacity of the next items.
    pub alpha: f32,
}

/// Looks of a text that are not its place and words.
#[derive(Clone, Copy, Debug)]
pub struct Type {
    pub(crate) size: f32,
    pub(crate) bold: bool,
    pub(crate) mono: bool,
    pub(crate) paint: Paint,
    pub(crate) align: Align,
    pub(crate) fit: Fit,
}

impl Type {
    pub(crate) fn new(size: f32, paint: impl Into<Paint>) -> Type {
        Type {
            size,
            bold: false,
            mono: false,
            paint: paint.into(),
            align: Align::Start,
            fit: Fit::Ellipsis,
        }
    }
    pub(crate) fn bold(self) -> Type {
        Type { bold: true, ..self }
    }
    pub(crate) fn mono(self) -> Type {
        Type { mono: true, ..self }
    }
    pub(crate) fn align(self, align: Align) -> Type {
        Type { align, ..self }
    }
    pub(crate) fn fit(self, fit: Fit) -> Type {
        Type { fit, ..self }
    }
}

impl Canvas {
    pub(crate) fn push(&mut self, shape: Shape) {
        self.items.push(Item {
            thing: self.thing,
            shape,
        });
    }

    fn faded(&self, paint: Paint) -> Paint {
        Paint {
            alpha: paint.alpha * self.alpha,
            ..paint
        }
    }

    fn faded_stroke(&self, stroke: Stroke) -> Stroke {
        Stroke {
            paint: self.faded(stroke.paint),
            ..stroke
        }
    }

    pub(crate) fn rect(
        &mut self,
        rect: Rect,
        radius: f32,
        fill: Option<Paint>,
        stroke: Option<Stroke>,
    ) {
        self.push(Shape::Rect {
            rect,
            radius,
            fill: fill.map(|p| self.faded(p)),
            stroke: stroke.map(|s| self.faded_stroke(s)),
            shadow: false,
        });
    }

    /// A raised surface.
    pub(crate) fn panel(&mut self, rect: Rect, radius: f32, stroke: Stroke) {
        self.push(Shape::Rect {
            rect,
            radius,
            fill: Some(self.faded(Color::Panel.into())),
            stroke: Some(self.faded_stroke(stroke)),
            shadow: true,
        });
    }

    pub(crate) fn circle(
        &mut self,
        center: Point,
        r: f32,
        fill: Option<Paint>,
        stroke: Option<Stroke>,
    ) {
        self.push(Shape::Circle {
            center,
            r,
            fill: fill.map(|p| self.faded(p)),
            stroke: stroke.map(|s| self.faded_stroke(s)),
        });
    }

    /// A ring from twelve o'clock on that is `done` (0 to 1) full, over a faint whole one.
    pub(crate) fn ring(&mut self, center: Point, r: f32, done: f32, color: Color, width: f32) {
        self.circle(center, r, None, Some(Stroke::solid(color.at(0.22), width)));
        self.push(Shape::Arc {
            center,
            r,
            from: -std::f32::consts::FRAC_PI_2,
            sweep: done * std::f32::consts::TAU,
            stroke: self.faded_stroke(Stroke::solid(color, width)),
        });
    }

    pub(crate) fn icon(&mut self, icon: Icon, center: Point, r: f32, color: impl Into<Paint>) {
        let paint = self.faded(color.into());
        let mark = self.faded(Color::OnState.into());
        self.push(Shape::Icon {
            icon,
            center,
            r,
            paint,
            mark,
        });
    }

    pub(crate) fn text(&mut self, at: Point, text: &Str, max_width: f32, look: Type) {
        if !text.is_empty() {
            self.content(at, Content::Plain(text.clone()), max_width, look);
        }
    }

    pub(crate) fn message(&mut self, at: Point, message: Message, max_width: f32, look: Type) {
        self.content(at, Content::Message(Arc::new(message)), max_width, look);
    }

    fn content(&mut self, at: Point, content: Content, max_width: f32, look: Type) {
        self.push(Shape::Text(Text {
            at,
            content,
            size: look.size,
            bold: look.bold,
            mono: look.mono,
            paint: self.faded(look.paint),
            align: look.align,
            max_width: max_width.max(1.0),
            fit: look.fit,
        }));
    }
}
