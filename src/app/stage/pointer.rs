//! Mouse, pen and fingers on the stage: hover, select, drag to pan, wheel and pinch to zoom.

use std::cell::RefCell;
use std::rc::Rc;

use leptos::prelude::*;
use podarium_scene::Point;
use web_sys::{HtmlElement, PointerEvent, WheelEvent};

use super::{Shared, place, thing_at};
use crate::dom::listen;
use crate::page::Page;

/// A press that moves less than this, in CSS pixels, is a click.
const CLICK_SLACK: f32 = 4.0;

#[derive(Default)]
struct Hands {
    /// Pressed pointers and where they are.
    down: Vec<(i32, Point)>,
    /// Where the first was pressed, while it is a click still.
    click: Option<Point>,
}

/// Listens on the stage's frame.
pub fn attach(page: Page, stage: Shared, frame: &HtmlElement) {
    let hands = Rc::new(RefCell::new(Hands::default()));

    let (h, f) = (hands.clone(), frame.clone());
    listen(frame, "pointerdown", move |event: PointerEvent| {
        if event.button() != 0 {
            return;
        }
        let at = place(&event, &f);
        let mut hands = h.borrow_mut();
        hands.down.push((event.pointer_id(), at));
        hands.click = (hands.down.len() == 1).then_some(at);
        let _ = f.set_pointer_capture(event.pointer_id());
    });

    let (h, f, s) = (hands.clone(), frame.clone(), stage.clone());
    listen(frame, "pointermove", move |event: PointerEvent| {
        let at = place(&event, &f);
        let mut hands = h.borrow_mut();
        let Some(moved) = hands
            .down
            .iter()
            .position(|(id, _)| *id == event.pointer_id())
        else {
            let thing = thing_at(&s, at);
            let _ = f
                .class_list()
                .toggle_with_force("stage-over-thing", thing.is_some());
            if page.hovered.get_untracked() != thing {
                page.hovered.set(thing);
            }
            return;
        };
        let before = hands.down[moved].1;
        if hands
            .click
            .is_some_and(|from| from.distance(at) < CLICK_SLACK)
        {
            return;
        }
        hands.click = None;
        hands.down[moved].1 = at;
        let mut stage = s.borrow_mut();
        match hands.down[..] {
            [_] => stage.camera.pan(at.x - before.x, at.y - before.y),
            [(_, a), (_, b)] => {
                let other = if moved == 0 { b } else { a };
                let by = at.distance(other) / before.distance(other).max(1.0);
                let middle = at.lerp(other, 0.5);
                stage
                    .camera
                    .pan((at.x - before.x) / 2.0, (at.y - before.y) / 2.0);
                stage.camera.zoom(by, middle);
            }
            _ => {}
        }
        drop(stage);
        page.engine.wake();
    });

    for over in ["pointerup", "pointercancel"] {
        let (h, s) = (hands.clone(), stage.clone());
        listen(frame, over, move |event: PointerEvent| {
            let mut hands = h.borrow_mut();
            hands.down.retain(|(id, _)| *id != event.pointer_id());
            let Some(at) = hands.click.take().filter(|_| event.type_() == "pointerup") else {
                return;
            };
            drop(hands);
            let thing = thing_at(&s, at);
            page.selected.set(thing);
        });
    }

    listen(frame, "pointerleave", move |_: PointerEvent| {
        page.hovered.set(None);
    });

    let f = frame.clone();
    listen(frame, "wheel", move |event: WheelEvent| {
        event.prevent_default();
        let mut stage = stage.borrow_mut();
        // Lines count as 16 pixels; a pinch on a trackpad comes as a wheel with Ctrl and small steps.
        let unit = if event.delta_mode() == WheelEvent::DOM_DELTA_LINE {
            16.0
        } else {
            1.0
        };
        let (dx, dy) = (event.delta_x() * unit, event.delta_y() * unit);
        let (dx, dy) = if event.shift_key() && dx == 0.0 {
            (dy, 0.0)
        } else {
            (dx, dy)
        };
        let pinch = event.ctrl_key() || event.meta_key();
        // As on any page a wheel scrolls; where there is nothing to scroll it zooms.
        if pinch || !stage.camera.scroll(-dx as f32, -dy as f32) {
            let gain = if pinch { 0.01 } else { 0.002 };
            let by = (-dy * gain).clamp(-0.5, 0.5).exp() as f32;
            stage.camera.zoom(by, place(&event, &f));
        }
        drop(stage);
        page.engine.wake();
    });
}
