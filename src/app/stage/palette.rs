//! The stage's colours and faces, read from the page's tokens.

use podarium_scene::display::Color;
use wasm_bindgen::JsValue;

/// Colours by [`Color::index`], and the font families.
pub struct Palette {
    colors: Vec<JsValue>,
    sans: String,
    mono: String,
}

impl Palette {
    /// What the tokens say now.
    pub fn read() -> Self {
        let style = crate::dom::document().document_element().and_then(|root| {
            crate::dom::window()
                .get_computed_style(&root)
                .ok()
                .flatten()
        });
        let value = |name: &str| {
            let value = style.as_ref().and_then(|s| s.get_property_value(name).ok());
            value.unwrap_or_default().trim().to_owned()
        };
        Palette {
            colors: Color::ALL
                .iter()
                .map(|c| value(property(*c)).into())
                .collect(),
            sans: value("--sans"),
            mono: value("--mono"),
        }
    }

    /// A colour as the canvas takes it.
    pub fn color(&self, color: Color) -> &JsValue {
        &self.colors[color.index()]
    }

    /// A font as the canvas takes it.
    pub fn font(&self, size: f32, bold: bool, mono: bool) -> String {
        let weight = if bold { 600 } else { 400 };
        format!(
            "{weight} {size}px {}",
            if mono { &self.mono } else { &self.sans }
        )
    }
}

/// The custom property behind a colour of the scene. Its tints are named after what they are for in the style sheets.
fn property(color: Color) -> &'static str {
    match color {
        Color::Ground => "--ground",
        Color::Panel => "--panel",
        Color::Panel2 => "--well",
        Color::Zone => "--zone",
        Color::Ink1 => "--ink-1",
        Color::Ink2 => "--ink-2",
        Color::Ink3 => "--ink-3",
        Color::Line => "--line-strong",
        Color::Accent => "--accent",
        Color::AccentTint => "--accent-soft",
        Color::Pulse => "--pulse",
        Color::PulseTint => "--pulse-soft",
        Color::Ready => "--ready",
        Color::ReadyTint => "--ready-soft",
        Color::Starting => "--starting",
        Color::StartingTint => "--starting-soft",
        Color::NotReady => "--not-ready",
        Color::NotReadyTint => "--not-ready-soft",
        Color::Crash => "--crash",
        Color::CrashTint => "--crash-soft",
        Color::Leaving => "--leaving",
        Color::LeavingTint => "--leaving-soft",
        Color::Pending => "--pending",
        Color::PendingTint => "--pending-soft",
        Color::OnState => "--on-accent",
    }
}
