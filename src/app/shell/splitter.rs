//! The line between two panels: drag it, move it with arrow keys, close the panel with Enter, double-click for its usual width.

use leptos::html;
use leptos::prelude::*;
use web_sys::{KeyboardEvent, PointerEvent};

use crate::layout::{Side, WIDTHS};

/// How far an arrow key moves it, in pixels.
const STEP: f64 = 24.0;

/// A splitter; `leading` when its panel is at the left.
#[component]
pub fn Splitter(side: Side, leading: bool, label: String) -> impl IntoView {
    let handle = NodeRef::<html::Div>::new();
    // Where the pointer was and how wide the panel was when the drag began.
    let drag = StoredValue::new(None::<(f64, f64)>);
    let width = move || {
        if side.open.get_untracked() {
            side.width.get_untracked()
        } else {
            0.0
        }
    };
    let toward = if leading { 1.0 } else { -1.0 };

    let down = move |event: PointerEvent| {
        drag.set_value(Some((event.client_x().into(), width())));
        if let Some(handle) = handle.get() {
            let _ = handle.set_pointer_capture(event.pointer_id());
        }
        event.prevent_default();
    };
    let moved = move |event: PointerEvent| {
        if let Some((from, width)) = drag.get_value() {
            side.resize(width + (f64::from(event.client_x()) - from) * toward);
        }
    };
    let key = move |event: KeyboardEvent| {
        match event.key().as_str() {
            "ArrowLeft" => side.resize(width() - STEP * toward),
            "ArrowRight" => side.resize(width() + STEP * toward),
            "Home" => side.resize(*WIDTHS.start()),
            "End" => side.resize(*WIDTHS.end()),
            "Enter" => side.open.update(|open| *open = !*open),
            _ => return,
        }
        event.prevent_default();
    };
    view! {
        <div
            class="splitter" node_ref=handle role="separator" tabindex="0" aria-orientation="vertical" aria-label=label
            aria-valuemin=*WIDTHS.start() aria-valuemax=*WIDTHS.end()
            aria-valuenow=move || if side.open.get() { side.width.get().round() } else { 0.0 }
            on:pointerdown=down on:pointermove=moved on:pointerup=move |_| drag.set_value(None)
            on:pointercancel=move |_| drag.set_value(None)
            on:dblclick=move |_| side.reset() on:keydown=key
        ></div>
    }
}
