//! The examples in the page: opens one, fetching its files; begins with the first, or with the manifests that were kept.

use std::cell::RefCell;
use std::rc::Rc;

use js_sys::{Object, Reflect};
use leptos::prelude::*;
use podarium_api::kinds::KindId;
use podarium_api::meta::Time;
use podarium_api::object::Key;
use podarium_cluster::Cluster;
use podarium_lessons::{Applied, Example, Started};
use podarium_scene::Thing;
use wasm_bindgen::prelude::*;

use crate::class;
use crate::crash;
use crate::editor::{Texts, last_open};
use crate::pace;
use crate::page::Page;
use crate::rules;
use crate::texts::t;

#[wasm_bindgen]
extern "C" {
    type Fetched;

    /// What `www/boot.ts` fetched beside the module.
    #[wasm_bindgen(thread_local_v2, js_name = podariumExamples)]
    static FETCHED: Option<Fetched>;

    #[wasm_bindgen(method, getter)]
    fn index(this: &Fetched) -> String;
    #[wasm_bindgen(method, getter)]
    fn files(this: &Fetched) -> Object;
}

/// All examples, in the order of the menu.
pub fn all() -> Vec<Example> {
    let index = FETCHED
        .with(|fetched| fetched.as_ref().map(Fetched::index))
        .unwrap_or_else(|| "[]".into());
    Example::list(&index).unwrap_or_default()
}

/// A file that was fetched beside the module.
fn at_hand(name: &str) -> Option<String> {
    let files = FETCHED.with(|fetched| fetched.as_ref().map(Fetched::files))?;
    Reflect::get(&files, &name.into()).ok()?.as_string()
}

/// Begins: with the manifests of before after a crash, otherwise with the first example and an offer to open those.
pub fn open_at_start(page: Page) {
    if class::follow(page) {
        return;
    }
    let Some(first) = all().into_iter().next() else {
        return;
    };
    let (last, own) = last_open();
    if crash::restarting() && !last.is_empty() {
        let example = Example {
            visitors_per_second: 5,
            ..bare(&first)
        };
        rules::then(page, move || begin(page, &example, last, own));
        return page.files.offer_kept(None);
    }
    let files: Vec<_> = first
        .files
        .iter()
        .filter_map(|name| Some((name.clone(), at_hand(name)?)))
        .collect();
    let differ = own && last != files;
    begin(page, &first, files, false);
    page.files.offer_kept(differ.then_some(last));
}

/// A cluster of the same size that is still empty.
fn bare(example: &Example) -> Example {
    Example {
        files: Vec::new(),
        ..example.clone()
    }
}

/// Opens what the person had written before, in a new cluster.
pub fn restore(page: Page) {
    if let Some(first) = all().into_iter().next() {
        let files = page.files.take_kept();
        rules::then(page, move || {
            begin(page, &bare(&first), files, true);
            page.files.focus();
        });
    }
}

/// Opens an example in the place of what was there.
pub fn open(page: Page, example: Example) {
    wasm_bindgen_futures::spawn_local(async move {
        let mut files = Vec::new();
        for name in &example.files {
            match fetch(name).await {
                Ok(text) => files.push((name.clone(), text)),
                Err(_) => {
                    return page
                        .toasts
                        .error(t!("file-unreadable", name = name.as_str()));
                }
            }
        }
        rules::then(page, move || {
            begin(page, &example, files, false);
            page.toasts.say(crate::texts::format(
                &format!("example-{}.watch", example.id),
                &[],
            ));
        });
    });
}

async fn fetch(name: &str) -> Result<String, JsValue> {
    if let Some(text) = at_hand(name) {
        return Ok(text);
    }
    let url = format!("static/examples/{name}");
    let response =
        wasm_bindgen_futures::JsFuture::from(crate::dom::window().fetch_with_str(&url)).await?;
    let response: web_sys::Response = response.dyn_into()?;
    if !response.ok() {
        return Err(url.into());
    }
    let text = wasm_bindgen_futures::JsFuture::from(response.text()?).await?;
    text.as_string().ok_or(text)
}

/// Makes the cluster in slices; the manifests can be read and typed in meanwhile.
fn begin(page: Page, example: &Example, files: Texts, own: bool) {
    page.engine.leave();
    pace::count_from(Time(0));
    page.selected.set(None);
    page.hovered.set(None);
    page.engine.set_speed(1.0);
    page.engine.play(true);
    let mut start = Some(example.start(files.clone()));
    let applied = Rc::new(RefCell::new(Vec::new()));
    let told = applied.clone();
    let pieces = move |cluster: &mut Cluster| {
        if let Some(mut going) = start.take() {
            if !going.go_on() {
                start = Some(going);
                return false;
            }
            let Started {
                cluster: made,
                applied,
            } = going.finish();
            *cluster = made;
            told.replace(applied);
        }
        true
    };
    let then = move || {
        select_first(page, &applied.borrow());
        // The first example needs none of them: the core has the defaults that its objects need.
        rules::then(page, || ());
    };
    page.engine.make(Box::new(pieces), Box::new(then));
    page.files.replace(files, own);
}

/// The first thing that was applied is selected, so that the inspector shows what it is for.
fn select_first(page: Page, applied: &[Applied]) {
    let mut done = applied
        .iter()
        .flat_map(|a| &a.outcomes)
        .filter(|o| o.result.is_ok());
    page.selected.set(done.next().map(|first| {
        let key = Key::new(first.kind, &first.namespace, &first.name);
        if first.kind == KindId::SERVICE {
            Thing::Service(key)
        } else {
            Thing::Workload(key)
        }
    }));
}
