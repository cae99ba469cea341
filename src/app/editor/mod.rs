//! The editor: manifests in tabs, what is wrong with them, and the button that applies them.

mod apply;
mod binding;
mod check;
mod files;
mod kept;

use leptos::html;
use leptos::prelude::*;
use wasm_bindgen::prelude::*;
use web_sys::{DragEvent, KeyboardEvent};

pub use apply::apply;
use check::{Problem, summary};
pub use files::Files;
use files::{MOST_BYTES, PLAIN};
use kept::KeptOffer;
pub use kept::{Texts, last_open};

use crate::dom;
use crate::layout::Pane;
use crate::once;
use crate::page::Page;
use crate::texts::t;

/// How many problems are listed.
const MOST_PROBLEMS: usize = 20;

/// The panel of manifests.
#[component]
pub fn EditorView() -> impl IntoView {
    let page = Page::here();
    let files = page.files;
    let over = RwSignal::new(false);
    let drop_files = move |event: DragEvent| {
        event.prevent_default();
        event.stop_propagation();
        over.set(false);
        if let Some(list) = event.data_transfer().and_then(|data| data.files()) {
            take(page, &list);
        }
    };
    // The editor would take dropped files as text, so the panel takes them on their way down.
    let panel = NodeRef::<html::Div>::new();
    Effect::new(move |_| {
        if let Some(panel) = panel.get() {
            guard_paste(page, &panel);
        }
    });
    view! {
        <div class="editor" class:editor-over=over node_ref=panel
            on:dragover:capture=move |event: DragEvent| { if has_files(&event) { event.prevent_default(); over.set(true); } }
            on:dragleave=move |_| over.set(false)
            on:drop:capture=move |event: DragEvent| { if has_files(&event) { drop_files(event); } }>
            <Tabs/>
            <KeptOffer/>
            <CodeMirror/>
            <div class="apply-bar">
                <button class="button button-main" on:click=move |_| apply(page) title=t!("apply-title")>{t!("apply")}</button>
                <span class="summary" role="status">{once::text(move || files.found.with(summary))}</span>
            </div>
            <Problems/>
            <Outcomes/>
        </div>
    }
}

fn has_files(event: &DragEvent) -> bool {
    event
        .data_transfer()
        .is_some_and(|data| data.types().includes(&"Files".into(), 0))
}

/// Opens dropped files.
fn take(page: Page, list: &web_sys::FileList) {
    for file in (0..list.length()).filter_map(|i| list.item(i)) {
        let name = file.name();
        if file.size() > MOST_BYTES as f64 {
            page.toasts.error(t!("file-too-large", name = name));
            continue;
        }
        wasm_bindgen_futures::spawn_local(async move {
            match wasm_bindgen_futures::JsFuture::from(file.text()).await {
                Ok(text) => page.files.add(&name, text.as_string().unwrap_or_default()),
                Err(_) => page.toasts.error(t!("file-unreadable", name = name)),
            }
        });
    }
}

/// Refuses pasted texts that are too large to be read as one types.
fn guard_paste(page: Page, panel: &web_sys::HtmlElement) {
    let closure = Closure::<dyn FnMut(web_sys::ClipboardEvent)>::new(
        move |event: web_sys::ClipboardEvent| {
            let text = event
                .clipboard_data()
                .and_then(|data| data.get_data("text/plain").ok());
            if text.is_some_and(|text| text.len() + page.files.text().len() > MOST_BYTES) {
                event.prevent_default();
                event.stop_propagation();
                page.toasts.error(t!("paste-too-large"));
            }
        },
    );
    let _ = panel.add_event_listener_with_callback_and_bool(
        "paste",
        closure.as_ref().unchecked_ref(),
        true,
    );
    closure.forget();
}

/// The open files as tabs.
#[component]
fn Tabs() -> impl IntoView {
    let page = Page::here();
    let files = page.files;
    let names = Memo::new(move |_| {
        files
            .list
            .with(|list| list.iter().map(|f| f.name.clone()).collect::<Vec<_>>())
    });
    let key = move |event: KeyboardEvent| {
        let (at, count) = (
            files.current.get_untracked(),
            names.with_untracked(Vec::len),
        );
        let to = match event.key().as_str() {
            "ArrowRight" => (at + 1) % count,
            "ArrowLeft" => (at + count - 1) % count,
            "Delete" => {
                files.close(at);
                return;
            }
            _ => return,
        };
        event.prevent_default();
        files.go(to);
        if let Some(tab) = dom::by_id(&format!("file-tab-{to}")) {
            let _ = tab.focus();
        }
    };
    view! {
        <div class="tabs">
            <div class="tab-list" role="tablist" aria-label=t!("files") on:keydown=key>
                {move || names.get().into_iter().enumerate().map(|(i, name)| view! {
                    <button class="tab" role="tab" id=format!("file-tab-{i}") aria-controls="file-panel"
                        aria-selected=move || (files.current.get() == i).to_string()
                        tabindex=move || if files.current.get() == i { "0" } else { "-1" }
                        on:click=move |_| files.go(i)>
                        {name}
                    </button>
                }).collect_view()}
            </div>
            <button class="icon-button" aria-label=t!("file-new") title=t!("file-new")
                on:click=move |_| files.add(&files.free_name(), String::new())>"+"</button>
            <button class="icon-button tab-close" aria-label=t!("file-close") title=t!("file-close")
                hidden=move || names.with(|names| names.len() < 2)
                on:click=move |_| files.close(files.current.get_untracked())>"×"</button>
            <button class="icon-button fold" aria-label=t!("fold-manifests") title=t!("fold-manifests") aria-expanded="true"
                on:click=move |_| page.layout.left.open.set(false)>"‹"</button>
        </div>
    }
}

/// Where CodeMirror comes; until then the text as it is, and if its script does not arrive, a plain text field.
#[component]
fn CodeMirror() -> impl IntoView {
    let page = Page::here();
    let files = page.files;
    let place = NodeRef::<html::Div>::new();
    let arrived = RwSignal::new(false);
    let missing = RwSignal::new(false);
    Effect::new(move |begun: Option<bool>| {
        let Some(parent) = place.get() else {
            return false;
        };
        if begun == Some(true) {
            return true;
        }
        wasm_bindgen_futures::spawn_local(async move {
            let Ok(module) = binding::load().await else {
                return missing.set(true);
            };
            // What is open now, since it may have changed while the editor was on its way.
            let editor = binding::create(
                &module,
                parent.unchecked_into(),
                files.text(),
                page.theme.dark.get_untracked(),
                move |text| files.typed(text),
                move || apply(page),
            );
            match editor {
                Ok(editor) => {
                    arrived.set(true);
                    files.set_editor(editor);
                }
                Err(_) => missing.set(true),
            }
        });
        true
    });
    Effect::new(move |_| {
        let dark = page.theme.dark.get();
        files.with_editor(|editor| editor.set_dark(dark));
    });
    let waiting_text = move || {
        files.list.track();
        files.current.track();
        files.text()
    };
    let waiting = move || {
        let text = once::text(waiting_text);
        view! { <pre class="code-waiting">{text}</pre> }.into_any()
    };
    let key = move |event: KeyboardEvent| {
        if event.key() == "Enter" && (event.ctrl_key() || event.meta_key()) {
            event.prevent_default();
            apply(page);
        }
    };
    view! {
        <div class="code" id="file-panel" role="tabpanel" aria-labelledby=move || format!("file-tab-{}", files.current.get()) node_ref=place>
            {once::show(move || !arrived.get(), move || {
                let plain = move || view! {
                    <p class="code-missing" role="alert">{t!("editor-missing")}</p>
                    <textarea class="code-plain" id=PLAIN aria-label=t!("editor-label") spellcheck="false" autocapitalize="off"
                        prop:value=waiting_text on:input:target=move |event| files.typed(event.target().value())
                        on:keydown=key></textarea>
                }.into_any();
                once::choose(move || missing.get(), plain, waiting)
            })}
        </div>
    }
}

/// The problems, each a way to its line.
#[component]
fn Problems() -> impl IntoView {
    let page = Page::here();
    let files = page.files;
    let shown = move || {
        files.found.with(|found| {
            found
                .problems
                .iter()
                .take(MOST_PROBLEMS)
                .cloned()
                .collect::<Vec<_>>()
        })
    };
    let more = move || {
        files
            .found
            .with(|found| found.problems.len().saturating_sub(MOST_PROBLEMS))
    };
    let line = move |problem: Problem| {
        let name = files
            .list
            .with_untracked(|list| list.get(problem.file).map(|f| f.name.clone()))
            .unwrap_or_default();
        let place = t!(
            "problem-place",
            file = name.as_str(),
            line = problem.line as i64,
            column = problem.column as i64
        );
        let go = move |_| {
            page.layout.show(Pane::Manifests);
            files.reveal(&name, problem.line);
        };
        view! {
            <li class:problem-error=problem.error>
                <button on:click=go>
                    <span class="problem-text">{problem.message}</span>
                    {problem.fix.map(|(label, _)| view! { <span class="problem-fix">{label}</span> })}
                    <span class="problem-place">{place}</span>
                </button>
            </li>
        }
    };
    view! {
        {once::show(move || files.found.with(|found| !found.problems.is_empty()), move || view! {
            <ul class="problems" aria-label=t!("problems")>
                {move || shown().into_iter().map(line).collect_view()}
                {move || (more() > 0).then(|| view! { <li class="problem-more">{t!("problems-more", count = more())}</li> })}
            </ul>
        }.into_any())}
    }
}

/// What the last applying came to, in kubectl's words.
#[component]
fn Outcomes() -> impl IntoView {
    let files = Page::here().files;
    view! {
        {once::show(move || files.outcomes.with(|lines| !lines.is_empty()), move || view! {
            <div class="outcomes" tabindex="0" role="log" aria-label=t!("outcomes")>
                {move || files.outcomes.get().into_iter().map(|line| view! {
                    <div class:refused=line.refused>{line.text}</div>
                }).collect_view()}
            </div>
        }.into_any())}
    }
}
