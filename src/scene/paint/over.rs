//! What moves over the picture, and what shows where the person is.

use crate::display::{Color, Stroke};
use crate::geometry::Rect;
use crate::layout::Layout;
use crate::motion::Motion;
use crate::paint::Canvas;
use crate::thing::Thing;

/// Rings around what is pointed at and what is selected.
pub fn focus(
    canvas: &mut Canvas,
    layout: &Layout,
    motion: &Motion,
    real_ms: f64,
    hovered: Option<&Thing>,
    selected: Option<&Thing>,
) {
    let rect = |thing: &Thing| {
        let id = thing.id();
        let rect = layout.place(id)?.rect;
        Some((id, motion.pose(id, rect, real_ms).rect))
    };
    canvas.alpha = 1.0;
    let hovered = hovered.filter(|h| Some(*h) != selected);
    if let Some((id, at)) = hovered.and_then(rect) {
        canvas.thing = Some(id);
        ring(canvas, at, 2.5, Stroke::solid(Color::Accent.at(0.55), 1.5));
    }
    if let Some((id, at)) = selected.and_then(rect) {
        canvas.thing = Some(id);
        ring(canvas, at, 4.0, Stroke::solid(Color::Accent, 2.25));
    }
    canvas.thing = None;
}

fn ring(canvas: &mut Canvas, rect: Rect, by: f32, stroke: Stroke) {
    let rect = rect.grow(by);
    let radius = (rect.w.min(rect.h) / 2.0).min(if rect.h > 60.0 { 15.0 } else { 13.0 });
    canvas.rect(rect, radius, None, Some(stroke));
}
