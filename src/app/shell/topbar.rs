//! The bar at the top: name, examples, what the cluster is, theme and help.

use leptos::ev;
use leptos::html;
use leptos::prelude::*;
use podarium_api::kinds::{KindId, RELEASE};
use podarium_api::pod::PodBody;
use wasm_bindgen::JsCast;
use web_sys::{HtmlElement, KeyboardEvent};

use crate::examples;
use crate::once;
use crate::page::Page;
use crate::texts::{format, t};

/// The bar.
#[component]
pub fn TopBar(help: RwSignal<bool>) -> impl IntoView {
    let page = Page::here();
    let counts = Memo::new(move |_| {
        page.engine.version.track();
        page.engine.read(|cluster| {
            let store = cluster.world().store();
            let ready = store.all::<PodBody>().filter(|pod| pod.is_ready()).count();
            (store.count(KindId::NODE), ready, store.count(KindId::POD))
        })
    });
    let pods = move || counts.with(|(_, ready, all)| t!("pod-count", ready = *ready, all = *all));
    let few =
        move || counts.with(|(_, ready, all)| t!("pod-count-short", ready = *ready, all = *all));
    let not_yet = move || page.engine.warming.get() && counts.with(|(nodes, ..)| *nodes == 0);
    let nodes = move || t!("release", version = RELEASE, nodes = counts.get().0);
    view! {
        <header class="topbar">
            <h1 class="brand"><img src="static/icon.svg" alt="" width="20" height="20"/>"Podarium"</h1>
            <ExamplesMenu/>
            <span class="release" class:not-yet=not_yet><span class="version">{once::text(nodes)}" · "</span><span class="pod-count">{once::text(pods)}</span><span class="pod-count-short">{once::text(few)}</span></span>
            <button class="icon-button" aria-label=t!("theme-toggle") title=t!("theme-toggle")
                on:click=move |_| page.theme.toggle()>
                <span class="theme-sign" aria-hidden="true"></span>
            </button>
            <button class="icon-button" aria-label=t!("help") title=t!("help") on:click=move |_| help.set(true)>"?"</button>
        </header>
    }
}

/// The examples, each with a sentence on what to watch for.
#[component]
fn ExamplesMenu() -> impl IntoView {
    let page = Page::here();
    let open = RwSignal::new(false);
    let button = NodeRef::<html::Button>::new();
    let menu = NodeRef::<html::Div>::new();
    let focus = move |at: usize| {
        let items = menu.get().map(|menu| menu.children());
        let item = items.and_then(|items| items.item(at as u32));
        if let Some(item) = item.and_then(|item| item.dyn_into::<HtmlElement>().ok()) {
            let _ = item.focus();
        }
    };
    let close = move || {
        open.set(false);
        if let Some(button) = button.get() {
            let _ = button.focus();
        }
    };
    let key = move |event: KeyboardEvent| {
        let Some(menu) = menu.get() else {
            return;
        };
        let count = menu.children().length() as usize;
        let focused = crate::dom::document().active_element();
        let at = (0..count)
            .position(|i| menu.children().item(i as u32) == focused)
            .unwrap_or(0);
        match event.key().as_str() {
            "ArrowDown" => focus((at + 1) % count.max(1)),
            "ArrowUp" => focus((at + count.max(1) - 1) % count.max(1)),
            "Home" => focus(0),
            "End" => focus(count.saturating_sub(1)),
            "Escape" => close(),
            "Tab" => return open.set(false),
            _ => return,
        }
        event.prevent_default();
    };
    // A press anywhere else closes it.
    let outside = window_event_listener(ev::pointerdown, move |event| {
        let target = event
            .target()
            .and_then(|t| t.dyn_into::<web_sys::Element>().ok());
        let inside = target.is_some_and(|t| t.closest(".menu-anchor").ok().flatten().is_some());
        if !inside && open.get_untracked() {
            open.set(false);
        }
    });
    on_cleanup(move || outside.remove());
    Effect::new(move |_| {
        if open.get() {
            focus(0);
        }
    });
    view! {
        <div class="menu-anchor">
            <button node_ref=button class="menu-button" aria-haspopup="menu" aria-expanded=move || open.get().to_string()
                on:click=move |_| open.update(|open| *open = !*open)>
                {t!("examples")}<span aria-hidden="true">" ▾"</span>
            </button>
            {once::show(move || open.get(), move || view! {
                <div node_ref=menu class="menu" role="menu" aria-label=t!("examples") on:keydown=key>
                    {once::show(move || page.files.before.with(|before| !before.is_empty()), move || view! {
                        <button class="menu-item" role="menuitem" tabindex="-1"
                            on:click=move |_| { close(); examples::restore(page); }>
                            <strong>{t!("kept-title")}</strong>
                            <span>{t!("kept-what")}</span>
                        </button>
                    }.into_any())}
                    {examples::all().into_iter().map(|example| {
                        let id = example.id.clone();
                        view! {
                            <button class="menu-item" role="menuitem" tabindex="-1"
                                on:click=move |_| { close(); examples::open(page, example.clone()); }>
                                <strong>{format(&format!("example-{id}"), &[])}</strong>
                                <span>{format(&format!("example-{id}.watch"), &[])}</span>
                            </button>
                        }
                    }).collect_view()}
                </div>
            }.into_any())}
        </div>
    }
}
