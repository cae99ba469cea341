//! The page's texts: messages of the Fluent files in `i18n/`, formatted by `www/texts.ts`.

use js_sys::{Object, Reflect};
use podarium_cluster::sim::{Arg, Why};
use wasm_bindgen::prelude::*;

#[wasm_bindgen]
extern "C" {
    type Texts;

    #[wasm_bindgen(thread_local_v2, js_name = podariumTexts)]
    static TEXTS: Option<Texts>;

    #[wasm_bindgen(method)]
    fn format(this: &Texts, id: &str, args: &Object) -> Option<String>;
}

/// The sentence of a message, or of an attribute as `message.attribute`. A message that no language has is shown by its
/// id, so that it is seen; tests/native/texts.rs keeps that from happening.
pub fn format(id: &str, args: &[(&str, Arg)]) -> String {
    let object = Object::new();
    for (name, value) in args {
        let value = match value {
            Arg::Int(n) => JsValue::from_f64(*n as f64),
            Arg::Text(text) => JsValue::from_str(text),
        };
        // Setting a property of a plain object cannot fail.
        let _ = Reflect::set(&object, &JsValue::from_str(name), &value);
    }
    TEXTS
        .with(|texts| texts.as_ref()?.format(id, &object))
        .unwrap_or_else(|| id.to_owned())
}

/// The sentence of a reason: the message `why-<id>`. A write that changed no field has none to name.
pub fn why(why: &Why) -> String {
    let mut args = why.args.as_deref().unwrap_or_default().to_vec();
    if args.iter().all(|(name, _)| *name != "fields") {
        args.push(("fields", "none".into()));
    }
    format(&format!("why-{}", why.id), &args)
}

/// The sentence of a message: `t!("apply")`, `t!("pods", count = 3)`.
macro_rules! t {
    ($id:expr) => {
        $crate::texts::format($id, &[])
    };
    ($id:expr, $($name:ident = $value:expr),+ $(,)?) => {
        $crate::texts::format($id, &[$((stringify!($name), podarium_cluster::sim::Arg::from($value))),+])
    };
}
pub(crate) use t;
