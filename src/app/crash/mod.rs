//! A panic: a calm sentence in the place of the page, and a button that begins again from the kept manifests.
//!
//! After a panic nothing of this module may be called any more, so all that is needed then is in the document already.

use wasm_bindgen::prelude::*;

use crate::dom;
use crate::texts::t;

#[wasm_bindgen]
extern "C" {
    #[wasm_bindgen(js_namespace = console, js_name = error)]
    fn log_error(text: &str);

    /// `www/boot.ts`: shows the sentence and wires its button, without Wasm.
    #[wasm_bindgen(catch, js_name = podariumCrashed)]
    fn show() -> Result<(), JsValue>;
}

/// What session storage says while the page begins again.
const RESTART: &str = "podarium.restart";

/// From now on a panic is shown.
pub fn install() {
    prepare();
    std::panic::set_hook(Box::new(|info| {
        log_error(&info.to_string());
        let _ = show();
    }));
}

/// Puts the sentence into the document, hidden, in the reader's language.
fn prepare() {
    for (id, text) in [
        ("crash-title", t!("crash-title")),
        ("crash-text", t!("crash-text")),
        ("crash-restart", t!("crash-restart")),
        ("crash-fresh", t!("crash-fresh")),
    ] {
        if let Some(element) = dom::by_id(id) {
            element.set_text_content(Some(&text));
        }
    }
}

/// Whether the page begins again after a panic; asked once.
pub fn restarting() -> bool {
    let Ok(Some(storage)) = dom::window().session_storage() else {
        return false;
    };
    let restarting = storage.get_item(RESTART).ok().flatten().is_some();
    let _ = storage.remove_item(RESTART);
    restarting
}
