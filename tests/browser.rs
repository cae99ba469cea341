//! Tests that run in a real browser, by `wasm-pack test --headless --chrome`.
#![cfg(target_arch = "wasm32")]
