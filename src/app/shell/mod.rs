//! The shell: what holds the panels together, and the keys that work everywhere.

mod help;
mod splitter;
mod topbar;

use gloo_timers::callback::Timeout;
use leptos::prelude::*;
use web_sys::KeyboardEvent;

use crate::dom;
use crate::editor::{EditorView, Files};
use crate::engine::Engine;
use crate::examples;
use crate::inspector::InspectorView;
use crate::layout::{Layout, Pane};
use crate::once;
use crate::pace::Pace;
use crate::page::Page;
use crate::stage::StageView;
use crate::texts::{format, t};
use crate::theme::Theme;
use crate::timebar::TimeBar;
use crate::toasts::{ToastList, Toasts};
use splitter::Splitter;
use topbar::TopBar;

/// How many side panels there are.
const PANELS: u32 = 2;

/// The whole page.
#[component]
pub fn Shell() -> impl IntoView {
    let page = Page {
        engine: Engine::new(),
        selected: RwSignal::new(None),
        hovered: RwSignal::new(None),
        files: Files::new(),
        layout: Layout::new(),
        theme: Theme::new(),
        toasts: Toasts::new(),
    };
    provide_context(page);
    let built = RwSignal::new(0);
    build_on(page, built);
    let help = RwSignal::new(false);
    dom::listen(&dom::window(), "keydown", move |event: KeyboardEvent| {
        if shortcut(page, help, &event) {
            event.prevent_default();
        }
    });

    let layout = page.layout;
    let width = move |side: crate::layout::Side| {
        if side.open.get() {
            format!("{}px", side.width.get())
        } else {
            "var(--rail)".into()
        }
    };
    view! {
        <div class="shell" data-pane=move || layout.pane.get().name()
            style:--left=move || width(layout.left) style:--right=move || width(layout.right)>
            <a class="skip-link" href="#stage-tree">{t!("skip-to-stage")}</a>
            <TopBar help/>
            <PaneTabs/>
            <main class="panes">
                <section class="pane manifests" id="pane-manifests" aria-label=t!("pane-manifests")>
                    <Folding side=layout.left pane=Pane::Manifests built at=1 inside=|| view! { <EditorView/> }.into_any()/>
                </section>
                <Splitter side=layout.left leading=true label=t!("resize-manifests")/>
                <section class="pane stage" id="pane-stage" aria-label=t!("pane-stage")><StageView/></section>
                <Splitter side=layout.right leading=false label=t!("resize-inspector")/>
                <section class="pane inspector" id="pane-inspector" aria-label=t!("pane-inspector")>
                    <Folding side=layout.right pane=Pane::Inspector built at=2 inside=|| view! { <InspectorView/> }.into_any()/>
                </section>
            </main>
            <TimeBar/>
            <ToastList/>
            <help::Help open=help/>
        </div>
    }
}

/// Builds the side panels one by one and then begins, each when the browser has had its turn: together they would keep it
/// from drawing and listening for longer than a person notices. Their places are there from the first.
fn build_on(page: Page, built: RwSignal<u32>) {
    Timeout::new(0, move || {
        let before = built.get_untracked();
        built.set(before + 1);
        if before < PANELS {
            return build_on(page, built);
        }
        page.engine.begin();
        Timeout::new(0, move || examples::open_at_start(page)).forget();
    })
    .forget();
}

/// A side panel, or while it is closed a rail with a button that opens it. What is `inside` is built when its turn has come.
#[component]
fn Folding(
    side: crate::layout::Side,
    pane: Pane,
    built: RwSignal<u32>,
    at: u32,
    inside: fn() -> AnyView,
) -> impl IntoView {
    let inside = once::show(move || built.get() >= at, inside);
    let open = move || side.open.get();
    let label = format(&format!("pane-{}", pane.name()), &[]);
    view! {
        <div class="fold-body" class:folded=move || !open()>{inside}</div>
        <button class="rail" class:folded=open aria-expanded="false" on:click=move |_| side.open.set(true)>
            <span>{label}</span>
        </button>
    }
}

/// The panels as tabs, where the screen is too narrow for more than one.
#[component]
fn PaneTabs() -> impl IntoView {
    let pane = Page::here().layout.pane;
    view! {
        <nav class="pane-tabs" aria-label=t!("panes")>
            {Pane::ALL.map(|each| view! {
                <button aria-current=move || (pane.get() == each).then_some("true") on:click=move |_| pane.set(each)>
                    {format(&format!("pane-{}", each.name()), &[])}
                </button>
            }).collect_view()}
        </nav>
    }
}

/// A key that works wherever nobody is typing; whether it meant something.
fn shortcut(page: Page, help: RwSignal<bool>, event: &KeyboardEvent) -> bool {
    if event.ctrl_key()
        || event.meta_key()
        || event.alt_key()
        || event.default_prevented()
        || dom::takes_keys(event.target())
    {
        return false;
    }
    let engine = page.engine;
    match event.key().as_str() {
        " " => engine.play(!engine.playing.get_untracked()),
        "." => engine.step(),
        "," => engine.step_back(),
        "]" => engine.set_speed(Pace::step(engine.speed.get_untracked(), 1)),
        "[" => engine.set_speed(Pace::step(engine.speed.get_untracked(), -1)),
        "e" => {
            page.layout.show(Pane::Manifests);
            page.files.focus();
        }
        "s" => {
            page.layout.show(Pane::Stage);
            dom::focus_soon("stage-tree");
        }
        "i" => {
            page.layout.show(Pane::Inspector);
            dom::focus_soon("inspector-title");
        }
        "t" => page.theme.toggle(),
        "?" => help.set(true),
        _ => return false,
    }
    true
}
