//! Integration tests that run natively, in one binary.
#![cfg(not(target_arch = "wasm32"))]
// Clippy allows it inside test functions by itself, but not in their helpers.
#![allow(clippy::unwrap_used)]

mod apply;
#[cfg(unix)]
mod clients;
mod common;
mod decode;
mod examples;
mod history;
#[cfg(unix)]
mod kubectl;
#[path = "../shared/scenario.rs"]
mod scenario;
mod shops;
mod texts;
mod tidy;
mod topology;
