//! The inspector: what a thing is, why it is so, its YAML and its events.

mod act;
mod control;
mod node;
mod pod;
mod service;
mod sheet;
mod tabs;
mod what;
mod why;
mod workload;

use leptos::prelude::*;
use podarium_api::object::Key;
use podarium_cluster::Cluster;
use podarium_cluster::apiserver::unsimulated_paths;
use podarium_kubectl::LAST_APPLIED;
use podarium_scene::Thing;
use podarium_scene::thing::Component;
use web_sys::KeyboardEvent;

use crate::dom;
use crate::once;
use crate::page::Page;
use crate::texts::{format, t};
use sheet::Sheet;
use tabs::{EventsTab, YamlTab};
use what::WhatTab;
use why::WhyTab;

/// The tabs.
const TABS: [&str; 4] = ["what", "why", "yaml", "events"];

/// The inspector.
#[component]
pub fn InspectorView() -> impl IntoView {
    let page = Page::here();
    let tab = RwSignal::new("what");
    let key = Memo::new(move |_| {
        page.selected
            .with(|thing| thing.as_ref().and_then(Thing::key))
    });
    let sheet = Memo::new(move |_| {
        page.engine.version.track();
        page.selected.with(|thing| {
            page.engine
                .read(|cluster| describe(cluster, thing.as_ref()?))
        })
    });
    let name = Memo::new(move |_| page.selected.with(|thing| thing.as_ref().map(naming)));
    view! {
        <div class="inspector-body">
            <InspectorTabs tab/>
            {once::choose(move || name.with(Option::is_some), move || view! {
                <header class="inspector-head">
                    <h2 id="inspector-title" tabindex="-1">
                        <span class="kind">{once::text(move || name.get().unwrap_or_default().0)}</span>
                        <span class="name">{once::text(move || name.get().unwrap_or_default().1)}</span>
                    </h2>
                    <State sheet/>
                </header>
                <div class="inspector-tab" role="tabpanel" id="inspector-panel" aria-labelledby=move || format!("inspector-tab-{}", tab.get())>
                    {move || match tab.get() {
                        "why" => view! { <WhyTab key/> }.into_any(),
                        "yaml" => view! { <YamlTab key/> }.into_any(),
                        "events" => view! { <EventsTab key/> }.into_any(),
                        _ => view! { <WhatTab sheet/> }.into_any(),
                    }}
                </div>
            }.into_any(), || view! { <p class="nothing">{t!("inspector-nothing")}</p> }.into_any())}
        </div>
    }
}

#[component]
fn InspectorTabs(tab: RwSignal<&'static str>) -> impl IntoView {
    let page = Page::here();
    let key = move |event: KeyboardEvent| {
        let at = TABS
            .iter()
            .position(|t| *t == tab.get_untracked())
            .unwrap_or(0);
        let to = match event.key().as_str() {
            "ArrowRight" => (at + 1) % TABS.len(),
            "ArrowLeft" => (at + TABS.len() - 1) % TABS.len(),
            _ => return,
        };
        event.prevent_default();
        tab.set(TABS[to]);
        if let Some(tab) = dom::by_id(&format!("inspector-tab-{}", TABS[to])) {
            let _ = tab.focus();
        }
    };
    view! {
        <div class="tabs">
            <div class="tab-list" role="tablist" aria-label=t!("pane-inspector") on:keydown=key>
                {TABS.map(|each| view! {
                    <button class="tab" role="tab" id=format!("inspector-tab-{each}")
                        aria-controls="inspector-panel"
                        aria-selected=move || (tab.get() == each).to_string()
                        tabindex=move || if tab.get() == each { "0" } else { "-1" }
                        on:click=move |_| tab.set(each)>{format(&format!("tab-{each}"), &[])}</button>
                }).collect_view()}
            </div>
            <button class="icon-button fold" aria-label=t!("fold-inspector") title=t!("fold-inspector") aria-expanded="true"
                on:click=move |_| page.layout.right.open.set(false)>"›"</button>
        </div>
    }
}

#[component]
fn State(sheet: Memo<Option<Sheet>>) -> impl IntoView {
    let state = Memo::new(move |_| sheet.with(|sheet| sheet.as_ref().map(|s| s.state.clone())));
    let shown = move || match state.get() {
        None => Some(("leaving", t!("state-gone"))),
        Some(state) => state,
    };
    view! {
        {move || shown().map(|(mark, word)| view! {
            <span class="state-word"><span class=format!("state-mark state-{mark}") aria-hidden="true"></span>{word}</span>
        })}
    }
}

/// The kind and the name of a thing, as headings.
fn naming(thing: &Thing) -> (String, String) {
    let object = |key: &Key| (key.kind.info().kind.to_owned(), key.name.to_string());
    match thing {
        Thing::ControlPlane(Component::Etcd) => (t!("kind-control-plane"), "etcd".into()),
        Thing::ControlPlane(Component::ApiServer) => {
            (t!("kind-control-plane"), "kube-apiserver".into())
        }
        Thing::ControlPlane(Component::Scheduler) => {
            (t!("kind-control-plane"), "kube-scheduler".into())
        }
        Thing::ControlPlane(Component::Controller(name)) => (t!("kind-controller"), (*name).into()),
        Thing::Internet => (t!("kind-internet"), t!("internet")),
        Thing::Zone(name) => (t!("kind-zone"), name.to_string()),
        Thing::Node(name) => ("Node".into(), name.to_string()),
        Thing::Kubelet(node) => ("kubelet".into(), node.to_string()),
        Thing::KubeProxy(node) => ("kube-proxy".into(), node.to_string()),
        Thing::Service(key) | Thing::Pod(key) | Thing::Workload(key) => object(key),
    }
}

/// What there is to say of a thing; nothing if it is gone.
fn describe(cluster: &Cluster, thing: &Thing) -> Option<Sheet> {
    let mut sheet = of_kind(cluster, thing)?;
    let fields = thing
        .key()
        .map(|key| unsimulated(cluster, &key))
        .unwrap_or_default();
    let rows = fields.into_iter().map(|text| sheet::Row {
        text,
        ..sheet::Row::default()
    });
    sheet.section(t!("section-not-simulated"), rows.collect());
    Some(sheet)
}

/// The fields that a person applied and that nothing acts on. What controllers make of a template is told of at the template.
fn unsimulated(cluster: &Cluster, key: &Key) -> Vec<String> {
    let object = cluster.world().store().get(key);
    let applied = object.and_then(|o| {
        podarium_api::typed::parse(o.meta().annotations.get(LAST_APPLIED)?.as_bytes()).ok()
    });
    applied
        .map(|applied| unsimulated_paths(&applied, key.kind))
        .unwrap_or_default()
}

fn of_kind(cluster: &Cluster, thing: &Thing) -> Option<Sheet> {
    match thing {
        Thing::ControlPlane(component) => Some(control::component(cluster, component)),
        Thing::Internet => Some(control::internet(cluster)),
        Thing::Zone(name) => Some(control::zone(cluster, name)),
        Thing::Node(name) => node::sheet(cluster, name),
        Thing::Kubelet(name) => Some(node::process(cluster, name, true)),
        Thing::KubeProxy(name) => Some(node::process(cluster, name, false)),
        Thing::Service(key) => service::sheet(cluster, key),
        Thing::Pod(key) => pod::sheet(cluster, key),
        Thing::Workload(key) => workload::sheet(cluster, key),
    }
}
