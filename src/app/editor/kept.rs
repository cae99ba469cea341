//! What this browser keeps of a person's manifests: what is open, and what of their own was open before that.

use leptos::prelude::*;
use serde_json::{Value, json};

use super::files::Files;
use crate::examples;
use crate::once;
use crate::page::Page;
use crate::storage;
use crate::texts::t;

/// Names and texts of files.
pub type Texts = Vec<(String, String)>;

/// What is open.
const OPEN: &str = "manifests";

/// What a person had written and is not open now.
const BEFORE: &str = "manifests-before";

/// Files with one mark: of those that are open, whether the person wrote them; of those before, whether to offer them.
fn load(name: &str) -> (Texts, bool) {
    let kept: Value = storage::get(name)
        .and_then(|text| podarium_api::typed::parse(text.as_bytes()).ok())
        .unwrap_or_default();
    let text = |value: &Value| value.as_str().map(str::to_owned);
    let files = kept["files"].as_array().into_iter().flatten();
    let files = files.filter_map(|f| Some((text(&f["name"])?, text(&f["text"])?)));
    (files.collect(), kept["mark"].as_bool().unwrap_or_default())
}

fn save(name: &str, files: &Texts, mark: bool) {
    let files: Vec<Value> = files
        .iter()
        .map(|(name, text)| json!({"name": name, "text": text}))
        .collect();
    storage::set(name, &json!({"files": files, "mark": mark}).to_string());
}

/// Keeps what is open; `own` says that it is no longer the example that was opened.
pub fn keep_open(files: &Texts, own: bool) {
    save(OPEN, files, own);
}

/// What was open when the page was left, and whether it was the person's own.
pub fn last_open() -> (Texts, bool) {
    load(OPEN)
}

impl Files {
    /// At the start: what the person wrote last time is offered until they have said yes or no.
    pub fn offer_kept(self, last: Option<Texts>) {
        if let Some(last) = last {
            self.put_aside(last);
        }
        let (before, offer) = load(BEFORE);
        self.offered.set(offer && !before.is_empty());
        self.before.set(before);
    }

    /// Keeps a person's own files that are about to be replaced.
    pub fn put_aside(self, files: Texts) {
        save(BEFORE, &files, true);
        self.before.set(files);
    }

    /// Takes what was put aside, to be opened.
    pub fn take_kept(self) -> Texts {
        let files = self.before.get_untracked();
        save(BEFORE, &Vec::new(), false);
        self.before.set(Vec::new());
        self.offered.set(false);
        files
    }

    /// The person does not want them now: they stay in the menu of examples, and are not offered again.
    fn leave_kept(self) {
        save(BEFORE, &self.before.get_untracked(), false);
        self.offered.set(false);
    }
}

/// The offer to open what was open last time.
#[component]
pub fn KeptOffer() -> impl IntoView {
    let page = Page::here();
    let files = page.files;
    view! {
        {once::show(move || files.offered.get(), move || view! {
            <div class="kept">
                <span>{t!("kept-manifests")}</span>
                <button class="button" on:click=move |_| examples::restore(page)>{t!("kept-restore")}</button>
                <button class="icon-button" aria-label=t!("kept-leave") title=t!("kept-leave")
                    on:click=move |_| { files.leave_kept(); files.focus(); }>"×"</button>
            </div>
        }.into_any())}
    }
}
