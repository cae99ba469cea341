//! The legend: what the shapes and colours of pods mean.

use leptos::prelude::*;

use crate::texts::format;

/// States in the order of a pod's life, as the scene tells them apart; each has a shape in stage.css.
const STATES: [&str; 6] = [
    "ready",
    "starting",
    "not-ready",
    "crash",
    "leaving",
    "pending",
];

/// The legend.
#[component]
pub fn Legend() -> impl IntoView {
    view! {
        <ul class="legend" aria-label=format("legend", &[])>
            {STATES.map(|state| view! {
                <li>
                    <span class=format!("state-mark state-{state}") aria-hidden="true"></span>
                    {format(&format!("legend-{state}"), &[])}
                </li>
            }).collect_view()}
        </ul>
    }
}
