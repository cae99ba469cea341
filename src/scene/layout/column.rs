//! The way in: the internet, Services, and the row of pods that wait for a node.

use super::{Layout, Omitted, Waiting};
use crate::geometry::{Point, Rect};
use crate::model::Model;
use crate::thing::Thing;

/// The height kept for those that wait, so that the first to wait moves nothing.
pub const WAITING: f32 = 74.0;

/// Heights of Services and the space between, the most spacious first.
const SIZES: [(f32, f32); 4] = [(46.0, 12.0), (40.0, 8.0), (30.0, 5.0), (22.0, 4.0)];

impl Layout {
    /// Puts the internet and the Services into a column.
    pub(super) fn services_beside(&mut self, model: &Model, area: Rect) {
        self.heading(area.x, area.y + 10.0, "scene-internet");
        let card = Rect::new(area.x, area.y + 20.0, area.w, 44.0);
        self.put(Thing::Internet, card);
        let heading = card.bottom() + 34.0;
        let all = model.services_in_order();
        if all.is_empty() {
            return;
        }
        self.heading(area.x, heading, "scene-services");
        let top = heading + 12.0;
        let room = area.bottom() - top;
        let fits = |(h, gap): (f32, f32)| ((room + gap) / (h + gap)) as usize;
        let (height, gap) = SIZES
            .into_iter()
            .find(|s| fits(*s) >= all.len())
            .unwrap_or(SIZES[3]);
        // A line is kept for the words about what is left out.
        let most = fits((height, gap));
        let shown = if all.len() <= most {
            all.len()
        } else {
            most.saturating_sub(1).max(1)
        };
        for (i, (key, _)) in all.iter().take(shown).enumerate() {
            let rect = Rect::new(area.x, top + i as f32 * (height + gap), area.w, height);
            self.put(Thing::Service((*key).clone()), rect);
        }
        if shown < all.len() {
            self.omitted.push(Omitted {
                at: Point::new(area.right(), top + shown as f32 * (height + gap) + 12.0),
                message: "scene-omitted-services",
                shown,
                total: all.len(),
            });
        }
    }

    /// Puts the internet and the Services into rows of two; their bottom.
    pub(super) fn services_above(&mut self, model: &Model, pad: f32, top: f32) -> f32 {
        let room = self.width - 2.0 * pad;
        self.heading(pad, top + 10.0, "scene-internet-services");
        let (height, gap) = (34.0, 8.0);
        let width = (room - gap) / 2.0;
        let all = model.services_in_order();
        let mut y = top + 20.0;
        self.put(Thing::Internet, Rect::new(pad, y, width, height));
        for (i, (key, _)) in all.iter().enumerate() {
            let (row, column) = (i.div_ceil(2), (i + 1) % 2);
            y = top + 20.0 + row as f32 * (height + gap);
            let rect = Rect::new(pad + column as f32 * (width + gap), y, width, height);
            self.put(Thing::Service((*key).clone()), rect);
        }
        y + height
    }

    /// Puts those that wait for a node into a row.
    pub(super) fn waiting_row(&mut self, model: &Model, area: Rect) {
        let slots = model.slots(None);
        let sizes = [(44.0, 1), (28.0, 1), (18.0, 2), (7.0, 5)];
        let gap = |slot: f32| if slot > 20.0 { 6.0 } else { 3.0 };
        let across = |slot: f32| ((area.w + gap(slot)) / (slot + gap(slot))) as usize;
        let (slot, rows) = sizes
            .into_iter()
            .find(|(s, rows)| across(*s) * rows >= slots.len())
            .unwrap_or(sizes[3]);
        let per_row = across(slot);
        let shown = slots.len().min(per_row * rows);
        let pitch = slot + gap(slot);
        let top = area.y + 24.0;
        if !slots.is_empty() {
            self.heading(area.x, area.y + 12.0, "scene-waiting");
        }
        self.put_pods(slots, shown, |i| {
            let (row, column) = (i / per_row, i % per_row);
            Rect::new(
                area.x + column as f32 * pitch,
                top + row as f32 * pitch,
                slot,
                slot,
            )
        });
        let hidden = slots.iter().skip(shown).flatten().count();
        if hidden > 0 {
            let all = slots.iter().flatten().count();
            self.omitted.push(Omitted {
                at: Point::new(area.right(), area.y + 12.0),
                message: "scene-omitted-pods",
                shown: all - hidden,
                total: all,
            });
        }
        let used = slots.len() as f32 * pitch + 8.0;
        let roomy = slot > 40.0 && area.w - used > 150.0 && !slots.is_empty();
        self.waiting = Waiting {
            rect: area,
            slot,
            reason: roomy.then(|| (Point::new(area.x + used, top + 18.0), area.w - used)),
        };
    }
}
