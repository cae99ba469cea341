//! Small helpers over the browser's document.

use wasm_bindgen::prelude::*;
use web_sys::{Document, Element, EventTarget, HtmlElement, Window};

/// The window.
pub fn window() -> Window {
    web_sys::window().expect("the page runs in a window")
}

/// The document.
pub fn document() -> Document {
    window().document().expect("a window has a document")
}

/// Listens for as long as the page lives.
pub fn listen<E>(target: &EventTarget, event: &str, handler: impl FnMut(E) + 'static)
where
    E: wasm_bindgen::convert::FromWasmAbi + 'static,
{
    let closure = Closure::<dyn FnMut(E)>::new(handler);
    let _ = target.add_event_listener_with_callback(event, closure.as_ref().unchecked_ref());
    closure.forget();
}

/// The element of that id.
pub fn by_id(id: &str) -> Option<HtmlElement> {
    document().get_element_by_id(id)?.dyn_into().ok()
}

/// Gives the focus to the element of that id once what was just changed is in the document.
pub fn focus_soon(id: &'static str) {
    // The interface follows its signals in a microtask; a timer comes after it.
    gloo_timers::callback::Timeout::new(0, move || {
        if let Some(element) = by_id(id) {
            let _ = element.focus();
        }
    })
    .forget();
}

/// Whether a key pressed there is a person's typing or a control's own, and no shortcut.
pub fn takes_keys(target: Option<EventTarget>) -> bool {
    let Some(element) = target.and_then(|t| t.dyn_into::<Element>().ok()) else {
        return false;
    };
    // The editor lives in a shadow root: seen from outside, its host is the target.
    element
        .closest("input, select, textarea, button, summary, a, [contenteditable], [role=menu], [role=separator], .editor-host, dialog")
        .ok()
        .flatten()
        .is_some()
}

/// Whether the person wants less motion.
pub fn reduced_motion() -> bool {
    window()
        .match_media("(prefers-reduced-motion: reduce)")
        .ok()
        .flatten()
        .is_some_and(|query| query.matches())
}
