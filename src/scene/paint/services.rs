//! The internet and Services.

use podarium_api::meta::Str;

use crate::display::{Align, Color, Icon, Message, Stroke};
use crate::geometry::{Point, Rect};
use crate::layout::column::low_pad;
use crate::layout::text;
use crate::model::{ServiceModel, ServiceType};
use crate::paint::{Canvas, Type};

/// What comes from outside.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Visits {
    /// Requests a second.
    pub rate: u32,
    /// Failed requests a second.
    pub failed: u32,
}

/// Draws the internet.
pub fn internet(canvas: &mut Canvas, rect: Rect, visits: Visits) {
    canvas.panel(rect, 10.0, Stroke::solid(Color::Line, 1.0));
    let pad = low_pad(rect.h);
    let left = rect.x + pad;
    let room = rect.w - 2.0 * pad;
    let size = if rect.h >= 28.0 { 13.0 } else { 11.0 };
    let two = rect.h >= 40.0;
    let y = rect.center().y + if two { -3.0 } else { 4.0 };
    canvas.message(
        Point::new(left, y),
        Message::new("scene-visitors"),
        room,
        Type::new(size, Color::Ink1).bold(),
    );
    let args = [
        ("rate", i64::from(visits.rate).into()),
        ("failed", i64::from(visits.failed).into()),
    ];
    if two {
        let id = if visits.rate == 0 {
            "scene-visits-none"
        } else {
            "scene-visits"
        };
        canvas.message(
            Point::new(left, y + 16.0),
            Message::with(id, args),
            room,
            Type::new(11.0, Color::Ink2),
        );
        canvas.icon(
            Icon::Internet,
            Point::new(rect.right() - 17.0, rect.y + 14.0),
            6.5,
            Color::Ink3,
        );
    } else {
        let at = Point::new(rect.right() - pad + 1.0, y);
        let look = Type::new(11.0, Color::Ink2).align(Align::End);
        canvas.message(
            at,
            Message::with("scene-visits-short", args),
            room / 2.0,
            look,
        );
    }
}

/// Draws a Service.
pub fn service(canvas: &mut Canvas, name: &Str, service: &ServiceModel, rect: Rect, system: bool) {
    let radius = (rect.h / 2.0).min(16.0);
    let ink = if system { Color::Ink2 } else { Color::Ink1 };
    if system {
        canvas.rect(
            rect,
            radius,
            Some(Color::Panel.at(0.6)),
            Some(Stroke::solid(Color::Line, 1.0)),
        );
    } else {
        canvas.panel(rect, radius, Stroke::solid(Color::Line, 1.0));
    }
    let pad = low_pad(rect.h);
    let (left, right) = (rect.x + pad, rect.right() - pad + 1.0);
    let two = rect.h >= 38.0;
    let y = if two {
        rect.center().y - 3.0
    } else {
        rect.center().y + 4.0
    };
    let size = if rect.h >= 28.0 { 13.0 } else { 11.0 };
    let look = Type::new(size, ink);
    let look = if system { look } else { look.bold() };
    let outside = matches!(
        service.kind,
        ServiceType::LoadBalancer | ServiceType::NodePort
    );
    if two {
        let room = right - left - if outside { 18.0 } else { 0.0 };
        canvas.text(Point::new(left, y), name, room, look);
        let count = endpoints(canvas, service, Point::new(right, y + 16.0));
        let address = Type::new(11.0, Color::Ink2).mono();
        let at = Point::new(left, y + 16.0);
        let room = right - left - count - 6.0;
        match service.kind {
            ServiceType::Headless => {
                canvas.message(
                    at,
                    Message::new("scene-headless"),
                    room,
                    Type::new(11.0, Color::Ink2),
                );
            }
            _ => canvas.text(
                at,
                &service.ip,
                room,
                address.fit(crate::display::Fit::Squeeze),
            ),
        }
        if outside {
            canvas.icon(
                Icon::LoadBalancer,
                Point::new(right - 5.0, y - 4.0),
                6.5,
                Color::Ink2,
            );
        }
    } else {
        let count = endpoints(canvas, service, Point::new(right, rect.center().y + 4.0));
        let sign = if outside && rect.w > 100.0 { 16.0 } else { 0.0 };
        if sign > 0.0 {
            canvas.icon(
                Icon::LoadBalancer,
                Point::new(right - count - 10.0, rect.center().y),
                5.5,
                Color::Ink2,
            );
        }
        canvas.text(
            Point::new(left, y),
            name,
            right - left - count - sign - 8.0,
            look,
        );
    }
}

/// Ready endpoints of all, ending at `at`, with a sign when not all are; how wide it is.
fn endpoints(canvas: &mut Canvas, service: &ServiceModel, at: Point) -> f32 {
    if service.kind == ServiceType::ExternalName {
        return 0.0;
    }
    let words: Str = [&*service.ready.to_string(), "/", &service.total.to_string()]
        .concat()
        .into();
    let width = text::width(&words, 11.0, true, false);
    let look = Type::new(11.0, Color::Ink1).bold().align(Align::End);
    canvas.text(at, &words, width + 8.0, look);
    let (icon, color) = match (service.ready, service.total) {
        (r, t) if r == t && t > 0 => (Icon::Tick, Color::Ready),
        (0, 0) => (Icon::Hollow, Color::Pending),
        (0, _) => (Icon::Cross, Color::Crash),
        _ => (Icon::Hollow, Color::NotReady),
    };
    canvas.icon(icon, Point::new(at.x - width - 8.0, at.y - 4.0), 4.5, color);
    width + 13.0
}
