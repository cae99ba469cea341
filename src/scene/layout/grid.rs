//! Zones, nodes and their pods: as large as they fit, all nodes of one size.

use podarium_api::meta::Str;

use super::level::Packing;
use super::{Layout, Level, Omitted};
use crate::geometry::{Point, Rect};
use crate::model::Model;
use crate::thing::Thing;

/// Inside a zone, beside its nodes.
const PAD: f32 = 12.0;
/// Above a zone's nodes: its name.
const HEAD: f32 = 28.0;
/// Between nodes.
const GAP: f32 = 12.0;
/// Between zones.
const BETWEEN: f32 = 14.0;
/// More nodes than these are not drawn.
const MOST_NODES: usize = 400;
/// More pods than these are not drawn, though every node shows a dozen.
const MOST_PODS: usize = 4_000;

/// Zones that stand side by side: each with how many nodes it has in a row.
struct Row {
    zones: Vec<(usize, usize)>,
    lines: usize,
}

struct Plan {
    packing: Packing,
    rows: Vec<Row>,
    columns: usize,
    width: f32,
    height: f32,
    per_row: usize,
    cost: f32,
}

impl Layout {
    /// Puts zones, nodes and pods into `area`, or below it if they need more height; the bottom of the lowest zone.
    pub(super) fn grid(&mut self, model: &Model, area: Rect, before: Option<Packing>) -> f32 {
        let mut zones = model.zones();
        let total = cap(&mut zones, MOST_NODES);
        let count: usize = zones.iter().map(|(_, n)| n.len()).sum();
        if count == 0 {
            return area.y;
        }
        let most = zones
            .iter()
            .flat_map(|(_, nodes)| nodes)
            .map(|n| model.slots(Some(n)).len())
            .max()
            .unwrap_or_default();
        let plan = choose(&zones, most, area, before);
        self.packing = plan.packing;
        let bottom = self.place_zones(model, &zones, &plan, area);
        if total > count {
            self.omitted.push(Omitted {
                at: Point::new(area.right(), bottom + 16.0),
                message: "scene-omitted-nodes",
                shown: count,
                total,
            });
        }
        bottom
    }

    fn place_zones(
        &mut self,
        model: &Model,
        zones: &[(Str, Vec<Str>)],
        plan: &Plan,
        area: Rect,
    ) -> f32 {
        let most_pods = (MOST_PODS / zones.iter().map(|z| z.1.len()).sum::<usize>()).max(12);
        let mut y = area.y;
        for row in &plan.rows {
            let height = HEAD + row.lines as f32 * (plan.height + GAP) - GAP + PAD;
            let mut x = area.x;
            for (i, &(zone, across)) in row.zones.iter().enumerate() {
                let (name, nodes) = &zones[zone];
                let last = i + 1 == row.zones.len();
                let width = if last {
                    area.right() - x
                } else {
                    2.0 * PAD + across as f32 * (plan.width + GAP) - GAP
                };
                self.put(Thing::Zone(name.clone()), Rect::new(x, y, width, height));
                for (n, node) in nodes.iter().enumerate() {
                    let rect = Rect::new(
                        x + PAD + (n % across) as f32 * (plan.width + GAP),
                        y + HEAD + (n / across) as f32 * (plan.height + GAP),
                        plan.width,
                        plan.height,
                    );
                    self.put_node(node, rect, plan.packing.level);
                    let slots = model.slots(Some(node));
                    let room = plan.per_row * plan.packing.rows(plan.height);
                    let shown = room.min(if plan.packing.level == Level::Heat {
                        most_pods
                    } else {
                        room
                    });
                    self.put_pods(slots, shown, |i| {
                        plan.packing.slot_rect(rect, plan.per_row, i)
                    });
                    let hidden = slots.iter().skip(shown).flatten().count();
                    if hidden > 0 {
                        let all = slots.iter().flatten().count();
                        self.omitted.push(Omitted {
                            at: Point::new(rect.right() - 6.0, rect.bottom() - 4.0),
                            message: if rect.w < 130.0 {
                                "scene-omitted-here"
                            } else {
                                "scene-omitted-pods"
                            },
                            shown: all - hidden,
                            total: all,
                        });
                    }
                }
                x += width + BETWEEN;
            }
            y += height + BETWEEN;
        }
        y - BETWEEN
    }
}

/// Leaves out nodes past the `most`-th; how many there were.
fn cap(zones: &mut [(Str, Vec<Str>)], most: usize) -> usize {
    let total = zones.iter().map(|(_, n)| n.len()).sum();
    let mut left = most;
    for (_, nodes) in zones {
        nodes.truncate(left);
        left -= nodes.len();
    }
    total
}

fn choose(zones: &[(Str, Vec<Str>)], most: usize, area: Rect, before: Option<Packing>) -> Plan {
    let counts: Vec<usize> = zones.iter().map(|(_, n)| n.len()).collect();
    let columns = counts.iter().sum::<usize>().min(40);
    let was = Packing::all().position(|packing| before == Some(packing));
    for (i, packing) in Packing::all().enumerate() {
        // Growing larger again asks for room to spare, so that one pod more or less does not pack everything anew.
        let larger = was.is_some_and(|was| i < was);
        let spare = if larger { most / 4 + 1 } else { 0 };
        let best = (1..=columns)
            .filter_map(|c| plan(&counts, most + spare, area, packing, c))
            .filter(|p| total_height(p) <= area.h)
            .min_by(|a, b| a.cost.total_cmp(&b.cost));
        if let Some(best) = best {
            return best;
        }
    }
    // Nothing fits: specks in as many columns as there is width for, and the stage is longer than the canvas.
    let packing = Packing {
        level: Level::Heat,
        slot: 7.0,
        tall: 7.0,
    };
    (1..=columns)
        .rev()
        .find_map(|c| plan(&counts, most.min(110), area, packing, c))
        .unwrap_or_else(|| Plan {
            packing,
            rows: pack(&counts, 1),
            columns: 1,
            width: (area.w - 2.0 * PAD).max(20.0),
            height: packing.height(1),
            per_row: packing.per_row(area.w - 2.0 * PAD),
            cost: 0.0,
        })
}

fn plan(
    counts: &[usize],
    most: usize,
    area: Rect,
    packing: Packing,
    columns: usize,
) -> Option<Plan> {
    let rows = pack(counts, columns);
    let level = packing.level;
    let width = rows.iter().map(|row| {
        let across = if row.zones.len() == 1 {
            columns
        } else {
            row.zones.iter().map(|z| z.1).sum()
        };
        let pads = row.zones.len() as f32 * 2.0 * PAD + (row.zones.len() - 1) as f32 * BETWEEN;
        let gaps = (across - row.zones.len().min(across)) as f32 * GAP;
        (area.w - pads - gaps) / across as f32
    });
    let width = width
        .fold(f32::INFINITY, f32::min)
        .min(level.usual_height() * 2.6);
    if width < level.min_width() {
        return None;
    }
    let per_row = packing.per_row(width);
    let least = packing.height(most.div_ceil(per_row));
    let mut plan = Plan {
        packing,
        rows,
        columns,
        width,
        height: least,
        per_row,
        cost: 0.0,
    };
    let lines: usize = plan.rows.iter().map(|r| r.lines).sum();
    let free = (area.h - total_height(&plan)) / lines as f32;
    plan.height = (least + free.max(0.0)).min(level.usual_height()).max(least);
    let cells: usize = counts.iter().sum();
    let empty = (lines * plan.columns) as f32 / cells as f32 - 1.0;
    // A node a little wider than high looks best; gaps are a lesser evil.
    plan.cost = (plan.width / plan.height / 1.35).ln().abs() + 0.15 * empty;
    Some(plan)
}

/// Zones in rows of at most `columns` nodes; small ones share a row.
fn pack(counts: &[usize], columns: usize) -> Vec<Row> {
    let mut rows: Vec<Row> = Vec::new();
    for (zone, &count) in counts.iter().enumerate() {
        if count == 0 {
            continue;
        }
        let across = count.min(columns);
        let lines = count.div_ceil(columns);
        if let Some(row) = rows.last_mut() {
            let taken: usize = row.zones.iter().map(|z| z.1).sum();
            if lines == 1 && row.lines == 1 && taken + across <= columns {
                row.zones.push((zone, across));
                continue;
            }
        }
        rows.push(Row {
            zones: vec![(zone, across)],
            lines,
        });
    }
    rows
}

fn total_height(plan: &Plan) -> f32 {
    let one = |row: &Row| HEAD + row.lines as f32 * (plan.height + GAP) - GAP + PAD + BETWEEN;
    plan.rows.iter().map(one).sum::<f32>() - BETWEEN
}
