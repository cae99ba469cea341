//! The control plane along the top.

use std::ops::Range;

use super::{Layout, text};
use crate::geometry::Rect;
use crate::model::{Chip, Model};
use crate::thing::{Component, Thing};

/// Height of etcd, API server and scheduler.
const TALL: f32 = 46.0;
/// Height of a controller.
const LOW: f32 = 22.0;
/// Width of a controller without a name.
const SMALL: f32 = 8.0;
/// Between controllers.
const GAP: f32 = 6.0;
/// Around the controllers.
const PAD: f32 = 7.0;

impl Layout {
    /// Puts the control plane along the top; its bottom.
    pub(super) fn strip(&mut self, model: &Model, pad: f32) -> f32 {
        let (tall, controllers): (Vec<&Chip>, Vec<&Chip>) = model
            .chips
            .iter()
            .partition(|c| !matches!(c.component, Component::Controller(_)));
        self.heading(pad, 28.0, "scene-control-plane");
        if self.narrow {
            self.strip_stacked(&tall, &controllers, pad)
        } else {
            self.strip_in_line(&tall, &controllers, pad)
        }
    }

    fn strip_in_line(&mut self, tall: &[&Chip], controllers: &[&Chip], pad: f32) -> f32 {
        let top = 40.0;
        let gap = if self.width < 720.0 { 18.0 } else { 26.0 };
        let widths: Vec<f32> = tall.iter().map(|c| wide(&c.component)).collect();
        let left = pad + widths.iter().map(|w| w + gap).sum::<f32>() - 4.0;
        let room = self.width - pad - left;
        let height = self.controllers(controllers, left, top, room);
        let height = height.max(TALL);
        if !controllers.is_empty() {
            // One row of controllers stands in the middle of a box as high as its neighbours.
            let down = (height - self.manager.h) / 2.0;
            self.places.iter_mut().for_each(|p| p.rect.y += down);
            self.manager.h = height;
            self.heading(left, 28.0, "scene-controllers");
        }
        let mut x = pad;
        for (chip, width) in tall.iter().zip(widths) {
            let y = top + (height - TALL) / 2.0;
            self.put(
                Thing::ControlPlane(chip.component.clone()),
                Rect::new(x, y, width, TALL),
            );
            x += width + gap;
        }
        top + height
    }

    fn strip_stacked(&mut self, tall: &[&Chip], controllers: &[&Chip], pad: f32) -> f32 {
        let (top, gap) = (38.0, 10.0);
        let room = self.width - 2.0 * pad;
        let width = (room + gap) / tall.len().max(1) as f32 - gap;
        for (i, chip) in tall.iter().enumerate() {
            let rect = Rect::new(pad + i as f32 * (width + gap), top, width, TALL);
            self.put(Thing::ControlPlane(chip.component.clone()), rect);
        }
        let y = top + TALL + 14.0;
        y + self.controllers(controllers, pad, y, room)
    }

    /// Puts the controllers in as few rows as they need, each row filled; the height of their box.
    fn controllers(&mut self, chips: &[&Chip], x: f32, y: f32, room: f32) -> f32 {
        if chips.is_empty() {
            return 0.0;
        }
        let inner = room - 2.0 * PAD;
        let rows = rows(chips, inner);
        for (line, row) in rows.iter().enumerate() {
            let row = &chips[row.clone()];
            // The row is filled by those that have names.
            let named = row.iter().filter(|c| !c.minor).count();
            let free = (inner - width(row)).max(0.0);
            let stretch = if named > 0 { free / named as f32 } else { 0.0 };
            let mut at = x + PAD;
            for chip in row {
                let width = natural(chip) + if chip.minor { 0.0 } else { stretch };
                let rect = Rect::new(at, y + PAD + line as f32 * (LOW + GAP), width, LOW);
                self.put(Thing::ControlPlane(chip.component.clone()), rect);
                at += rect.w + gap_after(chip);
            }
        }
        let height = 2.0 * PAD + rows.len() as f32 * (LOW + GAP) - GAP;
        self.manager = Rect::new(x, y, room, height);
        height
    }
}

/// As few rows as there must be, of widths as equal as may be.
fn rows(chips: &[&Chip], most: f32) -> Vec<Range<usize>> {
    let fill = |limit: f32| {
        let mut rows: Vec<Range<usize>> = Vec::new();
        for i in 0..chips.len() {
            match rows.last_mut() {
                Some(row) if width(&chips[row.start..=i]) <= limit => row.end = i + 1,
                _ => rows.push(i..i + 1),
            }
        }
        rows
    };
    let fewest = fill(most);
    let even = width(chips) / fewest.len() as f32;
    let tries = (0..20).map(|i| even + (most - even) * i as f32 / 20.0);
    let found = tries.map(fill).find(|rows| rows.len() == fewest.len());
    found.unwrap_or(fewest)
}

fn natural(chip: &Chip) -> f32 {
    if chip.minor {
        SMALL
    } else {
        text::width(&chip.label, 11.0, true, false) + 16.0
    }
}

fn gap_after(chip: &Chip) -> f32 {
    if chip.minor { GAP - 2.0 } else { GAP }
}

fn width(row: &[&Chip]) -> f32 {
    let all: f32 = row.iter().map(|c| natural(c) + gap_after(c)).sum();
    all - row.last().map_or(0.0, |c| gap_after(c))
}

fn wide(component: &Component) -> f32 {
    match component {
        Component::Etcd => 76.0,
        Component::ApiServer => 124.0,
        _ => 92.0,
    }
}
