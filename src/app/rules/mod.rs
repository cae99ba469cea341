//! The API server's rules, which arrive as a Wasm module of their own when the first cluster lives.

use std::cell::OnceCell;

use js_sys::Function;
use podarium_cluster::apiserver::rules::install;
use serde_json::Value;
use wasm_bindgen::prelude::*;

use crate::page::Page;
use crate::texts::t;

#[wasm_bindgen]
extern "C" {
    /// Loads the module, once; fails if it does not arrive, and tries again when called again.
    #[wasm_bindgen(catch, js_name = podariumRules)]
    async fn load() -> Result<JsValue, JsValue>;
}

thread_local! {
    /// The module's `answer`.
    static ANSWER: OnceCell<Function> = const { OnceCell::new() };
}

/// Does something once the rules are there. Whatever comes from outside waits for them; if they do not arrive, the person is
/// told and it is not done.
pub fn then(page: Page, act: impl FnOnce() + 'static) {
    if ANSWER.with(|answer| answer.get().is_some()) {
        return act();
    }
    wasm_bindgen_futures::spawn_local(async move {
        match load().await.ok().and_then(|answer| answer.dyn_into().ok()) {
            Some(answer) => {
                ANSWER.with(|have| {
                    have.get_or_init(|| answer);
                });
                install(ask);
                know_fields(page);
                act();
            }
            None => page.toasts.error(t!("rules-missing")),
        }
    });
}

/// The fields of the kinds come with the rules. What was read before them was held against kinds and syntax alone.
fn know_fields(page: Page) {
    if let Value::String(fields) = ask("fields", &[]) {
        podarium_api::schema::install(fields.leak());
        page.files.check();
    }
}

fn ask(question: &str, given: &[&Value]) -> Value {
    let texts: Vec<String> = given.iter().map(|value| value.to_string()).collect();
    let given = ["[", &texts.join(","), "]"].concat();
    let answer = ANSWER.with(|answer| {
        let answer = answer.get().expect("installed when it had arrived");
        answer.call2(&JsValue::NULL, &question.into(), &given.into())
    });
    // What the module throws would be a panic of the rules: no answer can be made up for it.
    let text = answer.ok().and_then(|text| text.as_string());
    let text = text.expect("the rules answer every question that the core asks");
    podarium_api::typed::parse(text.as_bytes()).expect("the rules answer in JSON")
}
