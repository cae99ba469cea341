//! The control plane along the top.

use super::flow::{rows, width};
use super::{Layout, text};
use crate::geometry::Rect;
use crate::model::{Chip, Model};
use crate::thing::{Component, Thing};

/// Height of etcd, API server and scheduler.
const TALL: f32 = 46.0;
/// Their height where there is one column.
const STACKED: f32 = 42.0;
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
        let baseline = if self.narrow { 22.0 } else { 28.0 };
        self.heading(pad, baseline, "scene-control-plane");
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
        let (top, gap) = (30.0, 10.0);
        let room = self.width - 2.0 * pad;
        let width = (room + gap) / tall.len().max(1) as f32 - gap;
        for (i, chip) in tall.iter().enumerate() {
            let rect = Rect::new(pad + i as f32 * (width + gap), top, width, STACKED);
            self.put(Thing::ControlPlane(chip.component.clone()), rect);
        }
        let y = top + STACKED + 10.0;
        y + self.controllers(controllers, pad, y, room)
    }

    /// Puts the controllers in as few rows as they need, each row filled; the height of their box.
    fn controllers(&mut self, chips: &[&Chip], x: f32, y: f32, room: f32) -> f32 {
        if chips.is_empty() {
            return 0.0;
        }
        let inner = room - 2.0 * PAD;
        let items: Vec<_> = chips.iter().map(|c| (natural(c), gap_after(c))).collect();
        let rows = rows(&items, inner);
        for (line, row) in rows.iter().enumerate() {
            let free = (inner - width(&items[row.clone()])).max(0.0);
            let row = &chips[row.clone()];
            // The row is filled by those that have names.
            let named = row.iter().filter(|c| !c.minor).count();
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

fn wide(component: &Component) -> f32 {
    match component {
        Component::Etcd => 76.0,
        Component::ApiServer => 124.0,
        _ => 92.0,
    }
}
