//! Tests that run in a real browser, by `wasm-pack test --headless --chrome`.
#![cfg(target_arch = "wasm32")]

#[path = "shared/scenario.rs"]
mod scenario;

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

/// The life that `tests/native/history.rs` lives natively, to the byte.
#[wasm_bindgen_test]
fn a_life_in_the_browser_is_a_life_outside() {
    podarium_cluster::apiserver::rules::install(podarium_rules::answer);
    podarium_api::schema::install(podarium_api::schema::FIELDS);
    let log = scenario::live(1, 500, 300).world().log().to_text();
    assert_eq!(scenario::digest(&log), scenario::DIGEST);
}
