//! What the page remembers in this browser: small texts by name. A browser that forbids it remembers nothing.

use web_sys::Storage;

fn storage() -> Option<Storage> {
    web_sys::window()?.local_storage().ok()?
}

/// The text of that name.
pub fn get(name: &str) -> Option<String> {
    storage()?.get_item(&format!("podarium.{name}")).ok()?
}

/// Remembers a text; too large a one is not remembered.
pub fn set(name: &str, text: &str) {
    if let Some(storage) = storage() {
        let _ = storage.set_item(&format!("podarium.{name}"), text);
    }
}
