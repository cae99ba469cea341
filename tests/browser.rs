//! Tests that run in a real browser, by `wasm-pack test --headless --chrome`.
#![cfg(target_arch = "wasm32")]

use wasm_bindgen_test::{wasm_bindgen_test, wasm_bindgen_test_configure};

wasm_bindgen_test_configure!(run_in_browser);

/// Mounting writes into the document that a person sees.
#[wasm_bindgen_test]
fn the_page_mounts() {
    let body = web_sys::window()
        .and_then(|window| window.document())
        .and_then(|document| document.body())
        .expect("a browser has a document with a body");
    let before = body.child_element_count();
    podarium_app::mount();
    assert!(body.child_element_count() > before, "nothing was mounted");
}
