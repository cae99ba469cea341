//! The page's interface: stage, editor, inspector and time bar, in Leptos.

/// Mounts the page.
pub fn mount() {}
