//! CodeMirror behind its handle (`www/editor.ts`), loaded after the first paint.

use js_sys::{Array, Function, Object, Reflect};
use wasm_bindgen::prelude::*;
use web_sys::HtmlElement;

use super::check::Problem;
use crate::texts::t;

#[wasm_bindgen]
extern "C" {
    /// Loads CodeMirror; fails if its script does not arrive.
    #[wasm_bindgen(catch, js_name = podariumEditor)]
    pub async fn load() -> Result<JsValue, JsValue>;

    /// What `createEditor` gives.
    #[derive(Clone)]
    pub type EditorHandle;
    /// Another text, without its predecessor's history; does not call back.
    #[wasm_bindgen(method, js_name = setText)]
    pub fn set_text(this: &EditorHandle, text: &str);
    #[wasm_bindgen(method, js_name = setProblems)]
    fn set_problems(this: &EditorHandle, problems: &Array);
    #[wasm_bindgen(method, js_name = highlightLine)]
    fn highlight(this: &EditorHandle, line: &JsValue);
    /// Takes the keyboard.
    #[wasm_bindgen(method)]
    pub fn focus(this: &EditorHandle);
    /// Tells the colour scheme.
    #[wasm_bindgen(method, js_name = setDark)]
    pub fn set_dark(this: &EditorHandle, dark: bool);
}

/// CodeMirror's own phrases, and the messages in their place.
const PHRASES: [(&str, &str); 10] = [
    ("editor", "editor-label"),
    ("Find", "editor-find"),
    ("Replace", "editor-replace"),
    ("next", "editor-next"),
    ("previous", "editor-previous"),
    ("all", "editor-all"),
    ("match case", "editor-match-case"),
    ("by word", "editor-by-word"),
    ("replace all", "editor-replace-all"),
    ("close", "close"),
];

fn set(object: &Object, name: &str, value: impl Into<JsValue>) {
    // Setting a property of a plain object cannot fail.
    let _ = Reflect::set(object, &name.into(), &value.into());
}

/// Puts an editor of the loaded `module` into `parent`.
///
/// # Errors
/// The module is not the one that was meant, or could not make an editor.
pub fn create(
    module: &JsValue,
    parent: HtmlElement,
    text: String,
    dark: bool,
    on_change: impl FnMut(String) + 'static,
    on_apply: impl FnMut() + 'static,
) -> Result<EditorHandle, JsValue> {
    let options = Object::new();
    set(&options, "doc", text);
    set(&options, "dark", dark);
    set(
        &options,
        "onChange",
        Closure::<dyn FnMut(String)>::new(on_change).into_js_value(),
    );
    set(
        &options,
        "onApply",
        Closure::<dyn FnMut()>::new(on_apply).into_js_value(),
    );
    let labels = Object::new();
    for (phrase, message) in PHRASES {
        set(&labels, phrase, crate::texts::format(message, &[]));
    }
    set(&options, "labels", labels);
    let create: Function = Reflect::get(module, &"createEditor".into())?.dyn_into()?;
    Ok(create
        .call2(&JsValue::UNDEFINED, &parent, &options)?
        .unchecked_into())
}

impl EditorHandle {
    /// Marks a line, from 1, and scrolls to it; or takes the mark away.
    pub fn highlight_line(&self, line: Option<u32>) {
        // An absent option would be `undefined`, and the handle wants `null`.
        self.highlight(&line.map_or(JsValue::NULL, JsValue::from));
    }

    /// Underlines problems in the place of those before.
    pub fn show_problems<'a>(&self, problems: impl Iterator<Item = &'a Problem>) {
        let place = |line: u32, column: u32| {
            let place = Object::new();
            set(&place, "line", line);
            set(&place, "column", column);
            place
        };
        let all = Array::new();
        for problem in problems {
            let each = Object::new();
            set(&each, "from", place(problem.line, problem.column));
            set(&each, "to", place(problem.end_line, problem.end_column));
            set(&each, "message", problem.message.as_str());
            set(
                &each,
                "severity",
                if problem.error { "error" } else { "warning" },
            );
            if let Some((_, replacement)) = &problem.fix {
                let fix = Object::new();
                set(
                    &fix,
                    "label",
                    t!("problem-fix", text = replacement.as_str()),
                );
                set(&fix, "text", replacement.as_str());
                set(&each, "fix", fix);
            }
            all.push(&each);
        }
        self.set_problems(&all);
    }
}
