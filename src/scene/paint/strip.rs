//! The control plane.

use crate::display::{Align, Color, Content, Fit, Icon, Shape, Stroke};
use crate::geometry::{Cubic, Point, Rect};
use crate::model::Chip;
use crate::paint::{Canvas, Type};
use crate::thing::Component;

/// Draws the controller manager's box.
pub fn manager(canvas: &mut Canvas, rect: Rect) {
    canvas.rect(rect, 12.0, Some(Color::Zone.into()), None);
}

/// Draws a part of the control plane; `below` is the small line under its name.
pub fn chip(canvas: &mut Canvas, chip: &Chip, rect: Rect, below: Option<(Content, bool)>) {
    let controller = matches!(chip.component, Component::Controller(_));
    let stroke = if chip.runs {
        Stroke::solid(Color::Line, 1.0)
    } else {
        Stroke::dashed(Color::Crash, 1.25)
    };
    let ink = if chip.runs { Color::Ink1 } else { Color::Ink3 };
    if controller {
        canvas.rect(
            rect,
            (rect.w / 2.0).min(7.0),
            Some(Color::Panel.into()),
            Some(stroke),
        );
    } else {
        canvas.panel(rect, 10.0, stroke);
    }
    let c = rect.center();
    if chip.minor {
        let dot = if chip.runs { Color::Ink3 } else { Color::Crash };
        return canvas.circle(c, 1.5, Some(dot.into()), None);
    }
    let middle = Type::new(if controller { 11.0 } else { 13.0 }, ink)
        .align(Align::Middle)
        .fit(Fit::Squeeze);
    let (look, y) = match (controller, &below) {
        (true, _) => (middle, c.y + 4.0),
        (false, Some(_)) => (middle.bold(), c.y - 2.0),
        (false, None) => (middle.bold(), c.y + 4.5),
    };
    canvas.text(Point::new(c.x, y), &chip.label, rect.w - 10.0, look);
    if let (Some((content, mono)), false) = (below, controller) {
        let look = Type::new(11.0, Color::Ink2).align(Align::Middle);
        let look = if mono {
            look.mono().fit(Fit::Middle)
        } else {
            look
        };
        let at = Point::new(c.x, c.y + 14.0);
        match content {
            Content::Plain(text) => canvas.text(at, &text, rect.w - 12.0, look),
            Content::Message(message) => {
                canvas.message(at, (*message).clone(), rect.w - 12.0, look)
            }
        }
    }
    if !chip.runs {
        canvas.icon(
            Icon::Cross,
            Point::new(rect.right() - 2.0, rect.y + 2.0),
            5.5,
            Color::Crash,
        );
    }
}

/// Draws the line between two neighbours that talk.
pub fn link(canvas: &mut Canvas, a: Rect, b: Rect) {
    let Cubic { from, c1, c2, to } = Cubic::between(a, b);
    canvas.push(Shape::Curve {
        from,
        c1,
        c2,
        to,
        stroke: Stroke::dotted(Color::Pulse.at(0.7), 1.75),
        arrow: false,
    });
}
