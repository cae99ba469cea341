//! Short messages that come and go, and are said aloud by screen readers.

use gloo_timers::callback::Timeout;
use leptos::prelude::*;

use crate::once;
use crate::texts::t;

/// How long a message stays, in milliseconds: long enough to read two lines.
const STAYS_MS: u32 = 8_000;

/// A message.
#[derive(Clone)]
struct Toast {
    number: u64,
    text: String,
    error: bool,
}

/// The messages that show now; copies are the same ones.
#[derive(Clone, Copy)]
pub struct Toasts {
    shown: RwSignal<Vec<Toast>>,
    count: StoredValue<u64>,
}

impl Toasts {
    /// None yet.
    pub fn new() -> Self {
        Toasts {
            shown: RwSignal::new(Vec::new()),
            count: StoredValue::new(0),
        }
    }

    /// Something went as it should.
    pub fn say(self, text: String) {
        self.push(text, false);
    }

    /// Something was refused.
    pub fn error(self, text: String) {
        self.push(text, true);
    }

    fn push(self, text: String, error: bool) {
        self.count.update_value(|n| *n += 1);
        let number = self.count.get_value();
        self.shown.update(|shown| {
            shown.retain(|toast| toast.text != text);
            // Three at most: more would cover the picture.
            if shown.len() == 3 {
                shown.remove(0);
            }
            shown.push(Toast {
                number,
                text,
                error,
            });
        });
        Timeout::new(STAYS_MS, move || self.remove(number)).forget();
    }

    fn remove(self, number: u64) {
        let _ = self
            .shown
            .try_update(|shown| shown.retain(|toast| toast.number != number));
    }
}

/// Where the messages show.
#[component]
pub fn ToastList() -> impl IntoView {
    let toasts = crate::page::Page::here().toasts;
    let numbers = move || {
        toasts
            .shown
            .with(|shown| shown.iter().map(|t| t.number).collect())
    };
    let one = move |number| {
        let toast = toasts
            .shown
            .with_untracked(|shown| shown.iter().find(|t| t.number == number).cloned());
        let (text, error) = toast.map(|t| (t.text, t.error)).unwrap_or_default();
        view! {
            <div class="toast" class:toast-error=error>
                <span>{text}</span>
                <button class="icon-button" aria-label=t!("toast-close") on:click=move |_| toasts.remove(number)>"×"</button>
            </div>
        }
        .into_any()
    };
    view! {
        <div class="toasts" role="status" aria-live="polite">
            {once::list(numbers, one)}
        </div>
    }
}
