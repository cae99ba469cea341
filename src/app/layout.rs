//! Sizes of the panels, remembered; and the one panel that a narrow screen shows.

use leptos::prelude::*;
use serde_json::{Value, json};

use crate::storage;

/// A panel.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Pane {
    /// The editor.
    Manifests,
    /// The picture.
    Stage,
    /// The inspector.
    Inspector,
}

impl Pane {
    /// All of them, in order.
    pub const ALL: [Pane; 3] = [Pane::Manifests, Pane::Stage, Pane::Inspector];

    /// Its name in styles, ids and messages.
    pub fn name(self) -> &'static str {
        match self {
            Pane::Manifests => "manifests",
            Pane::Stage => "stage",
            Pane::Inspector => "inspector",
        }
    }
}

/// One panel at the side.
#[derive(Clone, Copy)]
pub struct Side {
    /// Its width in pixels while it is open.
    pub width: RwSignal<f64>,
    /// Whether it is open.
    pub open: RwSignal<bool>,
    usual: f64,
}

/// Bounds of a side panel's width, in pixels.
pub const WIDTHS: std::ops::RangeInclusive<f64> = 220.0..=720.0;

impl Side {
    fn new(saved: &Value, usual: f64) -> Self {
        let width = saved["width"].as_f64().unwrap_or(usual);
        Side {
            width: RwSignal::new(width.clamp(*WIDTHS.start(), *WIDTHS.end())),
            open: RwSignal::new(saved["open"].as_bool().unwrap_or(true)),
            usual,
        }
    }

    /// Sets the width, within its bounds; so narrow a wish that it means none closes the panel.
    pub fn resize(self, width: f64) {
        self.open.set(width > *WIDTHS.start() / 2.0);
        self.width.set(width.clamp(*WIDTHS.start(), *WIDTHS.end()));
    }

    /// Back to its usual width.
    pub fn reset(self) {
        self.open.set(true);
        self.width.set(self.usual);
    }

    fn saved(self) -> Value {
        json!({"width": self.width.get(), "open": self.open.get()})
    }
}

/// The layout; copies are the same one.
#[derive(Clone, Copy)]
pub struct Layout {
    /// The editor's side.
    pub left: Side,
    /// The inspector's side.
    pub right: Side,
    /// What a narrow screen shows.
    pub pane: RwSignal<Pane>,
}

impl Layout {
    /// The remembered layout, or the usual one for this width of window.
    pub fn new() -> Self {
        let saved: Value = storage::get("layout")
            .and_then(|text| podarium_api::typed::parse(text.as_bytes()).ok())
            .unwrap_or_default();
        let window = crate::dom::window().inner_width().ok();
        let wide = window.and_then(|w| w.as_f64()).is_none_or(|w| w >= 1200.0);
        let layout = Layout {
            left: Side::new(&saved["left"], if wide { 340.0 } else { 280.0 }),
            right: Side::new(&saved["right"], if wide { 320.0 } else { 264.0 }),
            pane: RwSignal::new(Pane::Stage),
        };
        Effect::new(move |before: Option<String>| {
            let text =
                json!({"left": layout.left.saved(), "right": layout.right.saved()}).to_string();
            if before.is_some_and(|before| before != text) {
                storage::set("layout", &text);
            }
            text
        });
        layout
    }

    /// Shows a panel: opens it at the side, or brings it to the front of a narrow screen.
    pub fn show(self, pane: Pane) {
        self.pane.set(pane);
        match pane {
            Pane::Manifests => self.left.open.set(true),
            Pane::Inspector => self.right.open.set(true),
            Pane::Stage => {}
        }
    }
}
