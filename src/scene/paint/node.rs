//! Zones and nodes: a box with a name, what is asked of it, and its two processes.

use podarium_api::meta::Str;

use crate::display::{Align, Color, Fit, Icon, Message, Stroke};
use crate::geometry::{Point, Rect};
use crate::layout::Level;
use crate::layout::text;
use crate::model::NodeModel;
use crate::paint::{Canvas, Type};

/// Draws a zone behind its nodes.
pub fn zone(canvas: &mut Canvas, name: &Str, rect: Rect) {
    canvas.rect(rect, 16.0, Some(Color::Zone.into()), None);
    let at = Point::new(rect.x + 14.0, rect.y + 20.0);
    let look = Type::new(11.0, Color::Ink2).bold();
    if name.is_empty() {
        canvas.message(at, Message::new("scene-no-zone"), rect.w - 28.0, look);
    } else {
        canvas.text(at, name, rect.w - 28.0, look);
    }
}

/// Draws a node without its pods and processes.
pub fn node(canvas: &mut Canvas, name: &Str, node: &NodeModel, rect: Rect, level: Level) {
    let ok = node.ready == Some(true) && node.powered;
    let stroke = match (ok, node.cordoned) {
        (false, _) => Stroke::dashed(Color::Crash, 1.5),
        (true, true) => Stroke::dashed(Color::Ink3, 1.25),
        (true, false) => Stroke::solid(Color::Line, 1.0),
    };
    let radius = match level {
        Level::Large => 12.0,
        Level::Medium => 10.0,
        Level::Small => 8.0,
        Level::Heat => 6.0,
    };
    if node.powered {
        canvas.panel(rect, radius, stroke);
    } else {
        canvas.rect(rect, radius, Some(Color::Panel2.into()), Some(stroke));
    }
    let sign = if !node.powered {
        Some((Icon::Stop, Color::Crash))
    } else if !ok {
        Some((Icon::Warning, Color::Crash))
    } else if node.cordoned {
        Some((Icon::Bar, Color::Pending))
    } else {
        None
    };
    match level {
        Level::Large | Level::Medium => roomy(canvas, name, node, rect, level, sign),
        Level::Small | Level::Heat => tight(canvas, name, node, rect, level, sign),
    }
}

type Sign = Option<(Icon, Color)>;

fn roomy(canvas: &mut Canvas, name: &Str, node: &NodeModel, rect: Rect, level: Level, sign: Sign) {
    let pad = level.pad();
    let (left, right) = (rect.x + pad, rect.right() - pad);
    let baseline = rect.y + if level == Level::Large { 24.0 } else { 20.0 };
    let address = text::width(&node.ip, 11.0, false, true);
    let named = text::width(name, 13.0, true, false);
    let room = right - left - if sign.is_some() { 18.0 } else { 0.0 };
    // The name matters more: the address goes when there is no room for both.
    let both = named + address + 10.0 <= room;
    let name_room = if both { room - address - 10.0 } else { room };
    canvas.text(
        Point::new(left, baseline),
        name,
        name_room,
        Type::new(13.0, Color::Ink1).bold(),
    );
    if let Some((icon, color)) = sign {
        let x = left + named.min(name_room) + 11.0;
        canvas.icon(icon, Point::new(x, baseline - 4.5), 6.5, color);
    }
    if both {
        let look = Type::new(11.0, Color::Ink2).mono().align(Align::End);
        canvas.text(Point::new(right, baseline), &node.ip, address + 4.0, look);
    }
    let y = baseline + if level == Level::Large { 19.0 } else { 16.0 };
    let half = (right - left - 14.0) / 2.0;
    let amounts = [
        ("scene-cpu", node.requested.0, node.allocatable.0),
        ("scene-memory", node.requested.1, node.allocatable.1),
    ];
    for (i, (message, asked, all)) in amounts.into_iter().enumerate() {
        let x = left + i as f32 * (half + 14.0);
        canvas.message(
            Point::new(x, y),
            Message::new(message),
            30.0,
            Type::new(11.0, Color::Ink2),
        );
        bar(
            canvas,
            Rect::new(x + 32.0, y - 6.0, half - 32.0, 5.0),
            share(asked, all),
        );
    }
}

fn tight(canvas: &mut Canvas, name: &Str, node: &NodeModel, rect: Rect, level: Level, sign: Sign) {
    let pad = level.pad();
    let small = level == Level::Heat;
    let baseline = rect.y + if small { 13.0 } else { 17.0 };
    let (left, right) = (
        rect.x + pad,
        rect.right() - pad - if small { 12.0 } else { 22.0 },
    );
    let room = right - left - if sign.is_some() { 12.0 } else { 0.0 };
    let look = Type::new(11.0, Color::Ink1).bold().fit(Fit::Middle);
    canvas.text(Point::new(left, baseline), name, room, look);
    if let Some((icon, color)) = sign {
        canvas.icon(icon, Point::new(right - 5.0, baseline - 4.0), 5.0, color);
    }
    if !small {
        let width = rect.w - 2.0 * pad;
        let used = share(node.requested.0, node.allocatable.0);
        let more = share(node.requested.1, node.allocatable.1);
        bar(
            canvas,
            Rect::new(left, rect.y + 22.0, width, 2.5),
            used.max(more),
        );
    }
}

/// How much of a whole is asked for, 0 to 1.
fn share(asked: i64, all: i64) -> f32 {
    if all <= 0 {
        return 0.0;
    }
    (asked as f32 / all as f32).clamp(0.0, 1.0)
}

fn bar(canvas: &mut Canvas, rect: Rect, share: f32) {
    canvas.rect(rect, rect.h / 2.0, Some(Color::Line.at(0.7)), None);
    if share > 0.0 {
        let color = if share > 0.9 {
            Color::NotReady
        } else {
            Color::Ink3
        };
        let filled = Rect::new(rect.x, rect.y, (rect.w * share).max(rect.h), rect.h);
        canvas.rect(filled, rect.h / 2.0, Some(color.into()), None);
    }
}

/// Draws a kubelet or kube-proxy.
pub fn process(canvas: &mut Canvas, label: &Str, rect: Rect, runs: bool) {
    if rect.w < 30.0 {
        let color = if runs { Color::Ink3 } else { Color::Crash };
        if runs {
            canvas.circle(rect.center(), rect.w / 2.0 - 0.5, Some(color.into()), None);
        } else {
            canvas.icon(Icon::Cross, rect.center(), rect.w / 2.0 + 0.5, color);
        }
        return;
    }
    let (ink, stroke) = if runs {
        (Color::Ink2, Stroke::solid(Color::Line, 1.0))
    } else {
        (Color::Ink3, Stroke::dashed(Color::Crash, 1.25))
    };
    canvas.rect(rect, 7.0, Some(Color::Panel.into()), Some(stroke));
    let at = Point::new(rect.center().x, rect.center().y + 4.0);
    canvas.text(
        at,
        label,
        rect.w - 6.0,
        Type::new(11.0, ink).align(Align::Middle).fit(Fit::Squeeze),
    );
    if !runs {
        canvas.icon(
            Icon::Cross,
            Point::new(rect.right() - 1.0, rect.y + 1.0),
            5.5,
            Color::Crash,
        );
    }
}
