//! The page's interface: stage, editor, inspector and time bar, in Leptos.

use leptos::prelude::*;

/// Mounts the page at the end of the document's body.
pub fn mount() {
    mount_to_body(|| view! { <h1>"Podarium"</h1> });
}
