//! The tabs that read the API as anybody would: the live object as YAML, and its events.

use leptos::prelude::*;
use podarium_api::event::EventBody;
use podarium_api::object::Key;
use podarium_api::sort;
use podarium_api::yaml::to_yaml;

use super::act::path;
use crate::pace::clock;
use crate::page::Page;
use crate::texts::t;

/// How many events are listed.
const MOST_EVENTS: usize = 50;

/// The live object.
#[component]
pub fn YamlTab(key: Memo<Option<Key>>) -> impl IntoView {
    let page = Page::here();
    let lines = Memo::new(move |_| {
        page.engine.version.track();
        let response = page.engine.get(&path(&key.get()?));
        response.is_success().then(|| {
            let mut value = response.into_value();
            // Nobody asks for it, and it would be the longest part.
            if let Some(meta) = value["metadata"].as_object_mut() {
                meta.remove("managedFields");
            }
            to_yaml(&value)
        })
    });
    let line = |text: &str| {
        let indent = text.len() - text.trim_start_matches([' ', '-']).len();
        let colon = text[indent..].find(':').map(|at| indent + at);
        let (key, rest) = text.split_at(colon.unwrap_or(0));
        view! { <span class="yaml-key">{key.to_owned()}</span>{format!("{rest}\n")} }
    };
    view! {
        {move || match lines.get() {
            None => view! { <p class="nothing">{t!("yaml-nothing")}</p> }.into_any(),
            Some(text) => view! {
                <pre class="yaml" tabindex="0" aria-label=t!("tab-yaml")>{text.lines().map(line).collect_view()}</pre>
            }.into_any(),
        }}
    }
}

/// The events about an object.
#[component]
pub fn EventsTab(key: Memo<Option<Key>>) -> impl IntoView {
    let page = Page::here();
    let events = Memo::new(move |_| {
        page.engine.version.track();
        let Some(key) = key.get() else {
            return Vec::new();
        };
        page.engine.read(|cluster| {
            let all = cluster.world().store().all::<EventBody>();
            let mut events: Vec<_> = all
                .filter(|event| event.body.about == key)
                .map(|event| &event.body)
                .collect();
            sort::by_key(&mut events, |event| std::cmp::Reverse(event.last));
            let row = |e: &&EventBody| {
                (
                    e.warning,
                    clock(e.last),
                    e.reason.to_string(),
                    e.message.to_string(),
                    e.count,
                )
            };
            events.iter().take(MOST_EVENTS).map(row).collect::<Vec<_>>()
        })
    });
    view! {
        {move || match events.get() {
            events if events.is_empty() => view! { <p class="nothing">{t!("events-nothing")}</p> }.into_any(),
            events => view! {
                <table class="events">
                    <thead><tr><th scope="col">{t!("events-time")}</th><th scope="col">{t!("events-what")}</th></tr></thead>
                    <tbody>
                        {events.into_iter().map(|(warning, time, reason, message, count)| view! {
                            <tr class:event-warning=warning>
                                <td class="mono">{time}</td>
                                <td>
                                    <strong>{reason}</strong>
                                    {(count > 1).then(|| format!(" ×{count}"))}
                                    <br/>{message}
                                </td>
                            </tr>
                        }).collect_view()}
                    </tbody>
                </table>
            }.into_any(),
        }}
    }
}
