//! A pod in its slot: colour *and* shape say how it is, at every size.

use crate::display::{Align, Color, Fit, Icon, Stroke};
use crate::geometry::{Point, Rect};
use crate::model::{PodModel, PodState};
use crate::paint::{Canvas, Type};

/// The colour of a state and the tint of its ground.
pub fn colors(state: PodState) -> (Color, Color) {
    match state {
        PodState::Ready => (Color::Ready, Color::ReadyTint),
        PodState::Starting(_) => (Color::Starting, Color::StartingTint),
        PodState::NotReady => (Color::NotReady, Color::NotReadyTint),
        PodState::CrashLoop { .. } | PodState::Trouble | PodState::Failed => {
            (Color::Crash, Color::CrashTint)
        }
        PodState::Leaving { .. } => (Color::Leaving, Color::LeavingTint),
        PodState::Pending | PodState::Completed | PodState::Unknown => {
            (Color::Pending, Color::PendingTint)
        }
    }
}

/// The sign of a state; states that a ring tells have none.
fn sign(state: PodState) -> Option<Icon> {
    match state {
        PodState::Ready => Some(Icon::Tick),
        PodState::NotReady => Some(Icon::Hollow),
        PodState::CrashLoop { .. } => Some(Icon::Cross),
        PodState::Trouble => Some(Icon::Warning),
        PodState::Failed => Some(Icon::Stop),
        PodState::Completed => Some(Icon::Flag),
        PodState::Unknown => Some(Icon::Warning),
        PodState::Starting(_) | PodState::Leaving { .. } | PodState::Pending => None,
    }
}

/// How its edge is drawn.
fn edge(state: PodState, width: f32) -> Stroke {
    let (color, _) = colors(state);
    match state {
        PodState::Pending | PodState::Unknown => Stroke::dashed(color, width),
        PodState::Starting(_) => Stroke::solid(color.at(0.55), width),
        PodState::Leaving { .. } => Stroke::solid(color.at(0.6), width),
        _ => Stroke::solid(color, width),
    }
}

/// Draws a pod into `rect`; the instant (microseconds) when it will look different by itself.
pub fn pod(canvas: &mut Canvas, pod: &PodModel, rect: Rect, now: f64) -> f64 {
    let ring = pod.state.ring(now);
    let next = ring.map_or(f64::INFINITY, |(_, next)| next);
    match rect.w {
        w if w >= 36.0 && rect.h < 36.0 => low(canvas, pod, rect, ring.map(|r| r.0)),
        w if w >= 36.0 => large(canvas, pod, rect, ring.map(|r| r.0)),
        w if w >= 26.0 => medium(canvas, pod, rect, ring.map(|r| r.0)),
        w if w >= 15.0 => small(canvas, pod, rect, ring.map(|r| r.0)),
        _ => speck(canvas, pod, rect),
    }
    next
}

fn large(canvas: &mut Canvas, pod: &PodModel, rect: Rect, ring: Option<f32>) {
    let (color, tint) = colors(pod.state);
    let leaving = matches!(pod.state, PodState::Leaving { .. });
    let ground = if leaving { tint.at(0.5) } else { tint.into() };
    canvas.rect(rect, 10.0, Some(ground), Some(edge(pod.state, 1.75)));
    let c = rect.center();
    let big = rect.w >= 48.0;
    if let Some(done) = ring {
        canvas.ring(c, if big { 21.0 } else { 17.5 }, done, color, 2.5);
    }
    let ink = ink(pod.state);
    let room = rect.w - if ring.is_some() { 15.0 } else { 6.0 };
    let size = if big { 13.0 } else { 11.0 };
    let look = Type::new(size, ink)
        .bold()
        .align(Align::Middle)
        .fit(Fit::Squeeze);
    canvas.text(Point::new(c.x, c.y + 4.0), &pod.short, room, look);
    let badge = Point::new(rect.right() - 5.0, rect.bottom() - 5.0);
    if let Some(icon) = sign(pod.state) {
        canvas.circle(badge, 8.5, Some(Color::Panel.into()), None);
        canvas.icon(icon, badge, 7.0, color);
    }
    if pod.restarts > 0 && !leaving {
        restarts(
            canvas,
            pod,
            Point::new(rect.x + 5.0, rect.bottom() - 5.0),
            color,
        );
    }
}

fn ink(state: PodState) -> Color {
    match state {
        PodState::Leaving { .. } | PodState::Completed | PodState::Pending => Color::Ink2,
        _ => Color::Ink1,
    }
}

/// A name in a slot that is wider than high; sign and ring share a corner.
fn low(canvas: &mut Canvas, pod: &PodModel, rect: Rect, ring: Option<f32>) {
    let (color, tint) = colors(pod.state);
    let leaving = matches!(pod.state, PodState::Leaving { .. });
    let ground = if leaving { tint.at(0.5) } else { tint.into() };
    canvas.rect(rect, 7.0, Some(ground), Some(edge(pod.state, 1.5)));
    let look = Type::new(11.0, ink(pod.state))
        .bold()
        .align(Align::Middle)
        .fit(Fit::Squeeze);
    let at = Point::new(rect.center().x, rect.center().y + 3.5);
    canvas.text(at, &pod.short, rect.w - 6.0, look);
    let badge = Point::new(rect.right() - 3.0, rect.bottom() - 3.0);
    if ring.is_some() || sign(pod.state).is_some() {
        canvas.circle(badge, 7.0, Some(Color::Panel.into()), None);
    }
    if let Some(done) = ring {
        canvas.ring(badge, 5.0, done, color, 2.0);
    }
    match sign(pod.state) {
        // The cross stands within the ring of its back-off.
        Some(icon) if ring.is_some() => canvas.icon(icon, badge, 3.0, color),
        Some(icon) => canvas.icon(icon, badge, 5.5, color),
        None => {}
    }
    if pod.restarts > 0 && !leaving {
        let at = Point::new(rect.x + 6.0, rect.bottom() - 3.0);
        restarts(canvas, pod, at, color);
    }
}

fn restarts(canvas: &mut Canvas, pod: &PodModel, at: Point, color: Color) {
    let count: podarium_api::meta::Str = if pod.restarts > 99 {
        "99×".into()
    } else {
        [&*pod.restarts.to_string(), "×"].concat().into()
    };
    let width = 8.0 + 6.6 * count.chars().count() as f32;
    let pill = Rect::new(at.x - 9.0, at.y - 7.5, width, 15.0);
    canvas.rect(
        pill,
        7.5,
        Some(Color::Panel.into()),
        Some(Stroke::solid(color, 1.25)),
    );
    let look = Type::new(11.0, Color::Ink1)
        .bold()
        .align(Align::Middle)
        .fit(Fit::Squeeze);
    canvas.text(
        Point::new(pill.center().x, pill.y + 11.5),
        &count,
        width - 4.0,
        look,
    );
}

fn medium(canvas: &mut Canvas, pod: &PodModel, rect: Rect, ring: Option<f32>) {
    let (color, tint) = colors(pod.state);
    canvas.rect(rect, 7.0, Some(tint.into()), Some(edge(pod.state, 1.5)));
    let c = rect.center();
    if let Some(done) = ring {
        canvas.ring(c, 8.5, done, color, 2.25);
    }
    match sign(pod.state) {
        Some(Icon::Cross) => canvas.icon(Icon::Cross, c, 5.0, color),
        Some(icon) => canvas.icon(icon, c, 6.0, color),
        None => {}
    }
}

fn small(canvas: &mut Canvas, pod: &PodModel, rect: Rect, ring: Option<f32>) {
    let (color, tint) = colors(pod.state);
    let ground = match pod.state {
        PodState::Ready => color.at(0.85),
        _ => tint.into(),
    };
    canvas.rect(rect, 5.0, Some(ground), Some(edge(pod.state, 1.25)));
    let c = rect.center();
    match (pod.state, ring) {
        (PodState::CrashLoop { .. }, _) => canvas.icon(Icon::Cross, c, 5.5, color),
        (_, Some(done)) => canvas.ring(c, 5.0, done, color, 2.0),
        // A ready one is solid: with so many of them, ticks would be noise.
        (PodState::Ready, _) => {}
        (state, _) => {
            if let Some(icon) = sign(state) {
                canvas.icon(icon, c, 5.0, color);
            }
        }
    }
}

fn speck(canvas: &mut Canvas, pod: &PodModel, rect: Rect) {
    let (color, _) = colors(pod.state);
    let line = Some(Stroke::solid(color, 1.0));
    match pod.state {
        PodState::Ready => canvas.rect(rect, 1.5, Some(color.into()), None),
        PodState::Starting(_) => {
            let half = Rect::new(rect.x, rect.y + rect.h / 2.0, rect.w, rect.h / 2.0);
            canvas.rect(half, 1.0, Some(color.into()), None);
        }
        PodState::CrashLoop { .. } | PodState::Trouble | PodState::Failed => {
            canvas.circle(rect.center(), rect.w / 2.0 + 0.75, Some(color.into()), None);
        }
        PodState::Leaving { .. } => {
            canvas.circle(rect.center(), rect.w / 3.5, Some(color.into()), None)
        }
        _ => canvas.rect(rect.grow(-0.5), 1.5, None, line),
    }
}
