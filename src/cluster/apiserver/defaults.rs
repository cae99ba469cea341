//! Defaults: what a field that was not given is taken to be.

use podarium_api::object::Object;

/// Fills in defaults. `old` is the stored object on an update.
pub fn apply(object: &mut Object, old: Option<&Object>) {
    let _ = (object, old);
}
