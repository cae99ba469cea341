//! Light or dark: the system's wish, unless the person has chosen.

use leptos::prelude::*;

use crate::storage;

/// The theme; copies are the same one.
#[derive(Clone, Copy)]
pub struct Theme {
    /// Whether it is dark now.
    pub dark: RwSignal<bool>,
}

impl Theme {
    /// The remembered choice, or the system's wish, which is followed while no choice is made.
    pub fn new() -> Self {
        let query = web_sys::window()
            .and_then(|w| w.match_media("(prefers-color-scheme: dark)").ok().flatten());
        let system = query.as_ref().is_some_and(web_sys::MediaQueryList::matches);
        let chosen = storage::get("theme");
        let theme = Theme {
            dark: RwSignal::new(chosen.as_deref().map_or(system, |c| c == "dark")),
        };
        if chosen.is_some() {
            theme.mark();
        }
        if let Some(query) = query {
            let listened = query.clone();
            crate::dom::listen(&query, "change", move |_: web_sys::Event| {
                if storage::get("theme").is_none() {
                    theme.dark.set(listened.matches());
                }
            });
        }
        theme
    }

    /// Changes to the other one, and remembers it.
    pub fn toggle(self) {
        self.dark.update(|dark| *dark = !*dark);
        storage::set("theme", self.name());
        self.mark();
    }

    fn name(self) -> &'static str {
        if self.dark.get_untracked() {
            "dark"
        } else {
            "light"
        }
    }

    fn mark(self) {
        if let Some(root) = crate::dom::document().document_element() {
            let _ = root.set_attribute("data-theme", self.name());
        }
    }
}
