//! The way in: the internet, Services, and the row of pods that wait for a node.

use podarium_api::meta::Str;

use super::{Layout, Omitted, Waiting, flow, text};
use crate::geometry::{Point, Rect};
use crate::model::{Model, ServiceModel, ServiceType};
use crate::thing::Thing;

/// The height kept for those that wait, so that the first to wait moves nothing.
pub const WAITING: f32 = 74.0;

/// The same where there is one column.
pub const WAITING_LOW: f32 = 54.0;

/// Heights of Services in rows and the space between, the most spacious first.
const LOW: [(f32, f32); 3] = [(34.0, 8.0), (28.0, 6.0), (24.0, 4.0)];

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

    /// Puts the internet and the Services into rows, each box as wide as its name needs; their bottom. They are lower where
    /// they would push the nodes out of sight.
    pub(super) fn services_above(&mut self, model: &Model, pad: f32, top: f32) -> f32 {
        let room = self.width - 2.0 * pad;
        self.heading(pad, top + 10.0, "scene-internet-services");
        let all = model.services_in_order();
        let flow = |(height, gap): (f32, f32)| {
            let visitors = (text::width("visitors", 13.0, true, false) + 70.0, gap);
            let services = all
                .iter()
                .map(|(key, service)| (natural(&key.name, service, height), gap));
            let items: Vec<_> = [visitors].into_iter().chain(services).collect();
            let rows = flow::rows(&items, room);
            (items, rows)
        };
        let fits = |&(height, gap): &(f32, f32)| {
            flow((height, gap)).1.len() as f32 * (height + gap) <= 0.2 * self.height
        };
        let (height, gap) = LOW.into_iter().find(fits).unwrap_or(LOW[2]);
        let (items, rows) = flow((height, gap));
        let mut things = [Thing::Internet]
            .into_iter()
            .chain(all.iter().map(|(key, _)| Thing::Service((*key).clone())));
        let mut y = top + 16.0;
        for row in &rows {
            let row = &items[row.clone()];
            let stretch = (room - flow::width(row)).max(0.0) / row.len() as f32;
            let mut x = pad;
            for ((natural, gap), thing) in row.iter().zip(&mut things) {
                // A name that is longer than a whole row is cut.
                let width = (natural + stretch).min(room);
                self.put(thing, Rect::new(x, y, width, height));
                x += width + gap;
            }
            y += height + gap;
        }
        y - gap
    }

    /// Puts those that wait for a node into a row.
    pub(super) fn waiting_row(&mut self, model: &Model, area: Rect) {
        let slots = model.slots(None);
        let tall = if area.h < WAITING { 28.0 } else { 44.0 };
        let sizes = [
            (44.0, tall, 1),
            (28.0, 28.0, 1),
            (18.0, 18.0, ((tall + 3.0) / 21.0) as usize),
            (7.0, 7.0, (tall / 9.0) as usize),
        ];
        let gap = |slot: f32| if slot > 20.0 { 6.0 } else { 3.0 };
        let across = |slot: f32| ((area.w + gap(slot)) / (slot + gap(slot))) as usize;
        let (slot, tall, rows) = sizes
            .into_iter()
            .find(|(s, _, rows)| across(*s) * rows >= slots.len())
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
                top + row as f32 * (tall + gap(slot)),
                slot,
                tall,
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
        let roomy = tall > 40.0 && area.w - used > 150.0 && !slots.is_empty();
        self.waiting = Waiting {
            rect: area,
            slot,
            reason: roomy.then(|| (Point::new(area.x + used, top + 18.0), area.w - used)),
        };
    }
}

/// How wide a low box is that has room for a Service's name, sign and number of endpoints.
fn natural(name: &Str, service: &ServiceModel, height: f32) -> f32 {
    let size = if height >= 28.0 { 13.0 } else { 11.0 };
    let pads = 2.0 * low_pad(height);
    let outside = matches!(
        service.kind,
        ServiceType::LoadBalancer | ServiceType::NodePort
    );
    // As many digits as all of them have, so that none is wider when more of them are ready.
    let digits = service.total.max(1).ilog10() + 1;
    let count = 20.0 + 12.0 * digits as f32;
    let sign = if outside { 16.0 } else { 0.0 };
    text::width(name, size, true, false) + pads + sign + count + 8.0
}

/// Between the edge of a Service's box and its name.
pub fn low_pad(height: f32) -> f32 {
    if height < 28.0 { 10.0 } else { 14.0 }
}
