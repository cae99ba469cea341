//! The page's interface: stage, editor, inspector and time bar, in Leptos.
//!
//! What needs a browser is compiled for one only; what does not is tested natively.

pub mod changes;
#[cfg(target_arch = "wasm32")]
mod class;
pub mod pace;

#[cfg(target_arch = "wasm32")]
mod crash;
#[cfg(target_arch = "wasm32")]
mod dom;
#[cfg(target_arch = "wasm32")]
mod editor;
#[cfg(target_arch = "wasm32")]
mod engine;
#[cfg(target_arch = "wasm32")]
mod examples;
#[cfg(target_arch = "wasm32")]
mod inspector;
#[cfg(target_arch = "wasm32")]
mod js_api;
#[cfg(target_arch = "wasm32")]
mod layout;
#[cfg(target_arch = "wasm32")]
mod once;
#[cfg(target_arch = "wasm32")]
mod page;
#[cfg(target_arch = "wasm32")]
mod rules;
#[cfg(target_arch = "wasm32")]
mod shell;
#[cfg(target_arch = "wasm32")]
mod stage;
#[cfg(target_arch = "wasm32")]
mod storage;
#[cfg(target_arch = "wasm32")]
mod texts;
#[cfg(target_arch = "wasm32")]
mod theme;
#[cfg(target_arch = "wasm32")]
mod timebar;
#[cfg(target_arch = "wasm32")]
mod toasts;

/// Mounts the page into the document's body.
#[cfg(target_arch = "wasm32")]
pub fn mount() {
    crash::install();
    leptos::mount::mount_to_body(shell::Shell);
}
