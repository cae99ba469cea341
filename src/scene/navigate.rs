//! Arrow keys: the nearest thing in a direction.

use crate::geometry::Rect;
use crate::layout::Layout;
use crate::thing::Thing;
use crate::view::Direction;

/// The nearest thing in a direction, among things that are not around this one: from a pod to pods, processes, Services.
pub fn next(layout: &Layout, thing: &Thing, direction: Direction) -> Option<Thing> {
    let from = layout.place(thing.id())?.rect;
    let fits = |rect: Rect| !rect.encloses(from);
    // Going into a node or a zone with an arrow key would take two presses for every step: boxes are reached by the tree.
    let leaf = |t: &Thing| !matches!(t, Thing::Zone(_) | Thing::Node(_));
    layout
        .places
        .iter()
        .filter(|p| p.thing != *thing && leaf(&p.thing) && fits(p.rect))
        .filter_map(|p| Some((cost(from, p.rect, direction)?, p)))
        .min_by(|a, b| a.0.total_cmp(&b.0))
        .map(|(_, p)| p.thing.clone())
}

/// How far it is, sideways counting double; `None` when it is not in that direction.
fn cost(from: Rect, to: Rect, direction: Direction) -> Option<f32> {
    let (a, b) = (from.center(), to.center());
    let (dx, dy) = (b.x - a.x, b.y - a.y);
    let (ahead, aside, reach) = match direction {
        Direction::Left => (-dx, dy, from.w),
        Direction::Right => (dx, dy, from.w),
        Direction::Up => (-dy, dx, from.h),
        Direction::Down => (dy, dx, from.h),
    };
    // Half its own size away at least, so that a neighbour of another height is not "below".
    (ahead > reach * 0.4).then_some(ahead + 2.0 * aside.abs())
}
