//! Help: what this is, and the keys.

use leptos::html;
use leptos::prelude::*;

use crate::texts::{format, t};

/// Keys and the message that says what they do.
const KEYS: [(&str, &str); 12] = [
    ("Ctrl Enter", "key-apply"),
    ("Space", "key-play"),
    (".", "key-step"),
    (",", "key-step-back"),
    ("[ ]", "key-speed"),
    ("e", "key-editor"),
    ("s", "key-stage"),
    ("i", "key-inspector"),
    ("← ↑ ↓ →", "key-arrows"),
    ("+ − 0", "key-zoom"),
    ("t", "key-theme"),
    ("?", "key-help"),
];

/// The help dialog.
#[component]
pub fn Help(open: RwSignal<bool>) -> impl IntoView {
    let dialog = NodeRef::<html::Dialog>::new();
    Effect::new(move |_| {
        if let Some(dialog) = dialog.get()
            && open.get()
            && !dialog.open()
        {
            let _ = dialog.show_modal();
        }
    });
    let close = move || {
        if let Some(dialog) = dialog.get() {
            dialog.close();
        }
    };
    view! {
        <dialog class="help" node_ref=dialog aria-labelledby="help-title" on:close=move |_| open.set(false)>
            <header>
                <h2 id="help-title">{t!("help-title")}</h2>
                <button class="icon-button" aria-label=t!("close") on:click=move |_| close()>"×"</button>
            </header>
            <p>{t!("help-what")}</p>
            <p>{t!("help-why")}</p>
            <h3>{t!("help-keys")}</h3>
            <dl class="keys">
                {KEYS.map(|(key, message)| view! {
                    <div><dt><kbd>{key}</kbd></dt><dd>{format(message, &[])}</dd></div>
                }).collect_view()}
            </dl>
        </dialog>
    }
}
