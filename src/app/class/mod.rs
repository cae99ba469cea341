//! A page that a served cluster gave out follows that very cluster: the server tells its input and where it is, and this
//! page's own core lives the same life. Whoever does something here goes on alone from that instant.

use js_sys::{Function, Promise};
use leptos::prelude::*;
use podarium_api::typed;
use podarium_cluster::history::{Input, Point};
use podarium_cluster::{Cluster, Config};
use wasm_bindgen::prelude::*;

use crate::pace;
use crate::page::Page;
use crate::rules;
use crate::texts::t;

#[wasm_bindgen]
extern "C" {
    /// Calls back with every line of the life; ends with it. None where no cluster gave the page out (www/boot.ts).
    #[wasm_bindgen(thread_local_v2, js_name = podariumLife)]
    static LIFE: Option<Function>;
}

/// Follows the cluster that gave the page out; whether there is one.
pub fn follow(page: Page) -> bool {
    let Some(life) = LIFE.with(Clone::clone) else {
        return false;
    };
    page.files
        .replace(vec![("mine.yaml".into(), t!("class-file"))], false);
    page.engine.warming.set(true);
    // Input is requests, which need the rules.
    rules::then(page, move || {
        let hear = Closure::<dyn FnMut(JsValue)>::new(move |line: JsValue| {
            hear(page, &line.as_string().unwrap_or_default());
        });
        let end = life.call1(&JsValue::NULL, hear.as_ref());
        hear.forget();
        wasm_bindgen_futures::spawn_local(async move {
            if let Some(end) = end.ok().and_then(|end| end.dyn_into::<Promise>().ok()) {
                let _ = wasm_bindgen_futures::JsFuture::from(end).await;
            }
            page.engine.warming.set(false);
            if page.engine.follows() {
                page.toasts.error(t!("class-lost"));
            }
        });
    });
    true
}

/// One line of the life: what it began with, input, or where it is.
fn hear(page: Page, line: &str) {
    let Ok(line) = typed::parse(line.as_bytes()) else {
        return;
    };
    if let Some(config) = line.get("config").and_then(Config::from_wire) {
        pace::count_from(config.start);
        page.engine.follow(Cluster::new(config));
    } else if let Some(here) = line.get("here").and_then(Point::from_wire) {
        page.engine.hear(here);
    } else if let Some(input) = Input::from_wire(&line) {
        page.engine.foretell(input);
    } else if page.engine.leave() {
        // A server of another version: going on would show what is not so.
        page.toasts.error(t!("class-lost"));
    }
}

/// Something is done to the cluster here, which makes it this page's own.
pub fn alone(page: Page) {
    if page.engine.leave() {
        page.toasts.say(t!("class-left"));
    }
}
