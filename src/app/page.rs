//! What the parts of the page share: the engine, what is selected, the open files, the layout, and what is said aloud.

use leptos::prelude::*;
use podarium_cluster::Response;
use podarium_scene::Thing;

use crate::editor::Files;
use crate::engine::Engine;
use crate::layout::Layout;
use crate::theme::Theme;
use crate::toasts::Toasts;

/// Handles to everything shared; a copy is the same page.
#[derive(Clone, Copy)]
pub struct Page {
    /// The cluster and its time.
    pub engine: Engine,
    /// What the inspector shows.
    pub selected: RwSignal<Option<Thing>>,
    /// What the pointer or the keyboard is on.
    pub hovered: RwSignal<Option<Thing>>,
    /// The manifests.
    pub files: Files,
    /// Sizes of panels, and which one a narrow screen shows.
    pub layout: Layout,
    /// Light, dark, or as the system has it.
    pub theme: Theme,
    /// Short messages.
    pub toasts: Toasts,
}

impl Page {
    /// The page that the calling component is on.
    pub fn here() -> Page {
        expect_context::<Page>()
    }

    /// Selects a thing, so that the inspector speaks of it.
    pub fn select(self, thing: Thing) {
        self.selected.set(Some(thing));
    }

    /// Says so when the cluster refused a command; whether it was carried out.
    pub fn report(self, response: &Response) -> bool {
        if !response.is_success() {
            self.toasts.error(response.message().to_owned());
        }
        response.is_success()
    }
}
