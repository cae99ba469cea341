//! The first tab: facts, lists and buttons of a sheet. Rows stay in the document while their texts change.

use leptos::prelude::*;

use super::sheet::{Action, Fact, Row, Section, Sheet};
use crate::page::Page;
use crate::texts::t;

/// The sheet.
#[component]
pub fn WhatTab(sheet: Memo<Option<Sheet>>) -> impl IntoView {
    let facts =
        Memo::new(move |_| sheet.with(|s| s.as_ref().map(|s| s.facts.clone()).unwrap_or_default()));
    let sections = Memo::new(move |_| {
        sheet.with(|s| s.as_ref().map(|s| s.sections.clone()).unwrap_or_default())
    });
    let actions = Memo::new(move |_| {
        sheet.with(|s| s.as_ref().map(|s| s.actions.clone()).unwrap_or_default())
    });
    let sentence = Memo::new(move |_| sheet.with(|s| s.as_ref().and_then(|s| s.sentence.clone())));
    view! {
        {move || sentence.get().map(|sentence| view! { <p class="sentence">{sentence}</p> })}
        <dl class="facts">
            <For each=move || 0..facts.with(Vec::len) key=|i| *i let:i><FactLine facts i/></For>
        </dl>
        <div class="actions" role="group" aria-label=t!("actions")>
            {move || actions.get().into_iter().map(button).collect_view()}
        </div>
        <For each=move || 0..sections.with(Vec::len) key=|i| *i let:i><SectionView sections i/></For>
    }
}

#[component]
fn FactLine(facts: Memo<Vec<Fact>>, i: usize) -> impl IntoView {
    let page = Page::here();
    let get = move || facts.with(|facts| facts.get(i).cloned());
    let linked = Memo::new(move |_| get().is_some_and(|f| f.link.is_some()));
    let value = move || get().map(|f| f.value);
    let follow = move |_| {
        if let Some(thing) = get().and_then(|f| f.link) {
            page.select(thing);
        }
    };
    view! {
        <div>
            <dt>{move || get().map(|f| f.label)}</dt>
            <dd class:mono=move || get().is_some_and(|f| f.mono)>
                <Show when=move || linked.get() fallback=move || value>
                    <button class="link" on:click=follow>{value}</button>
                </Show>
            </dd>
        </div>
    }
}

#[component]
fn SectionView(sections: Memo<Vec<Section>>, i: usize) -> impl IntoView {
    let rows =
        Memo::new(move |_| sections.with(|s| s.get(i).map(|s| s.rows.clone()).unwrap_or_default()));
    view! {
        <section class="section">
            <h3>{move || sections.with(|s| s.get(i).map(|s| s.title.clone()))}</h3>
            <ul class="rows">
                <For each=move || 0..rows.with(Vec::len) key=|i| *i let:i><RowLine rows i/></For>
            </ul>
        </section>
    }
}

#[component]
fn RowLine(rows: Memo<Vec<Row>>, i: usize) -> impl IntoView {
    let page = Page::here();
    let get = move || rows.with(|rows| rows.get(i).cloned()).unwrap_or_default();
    let linked = Memo::new(move |_| get().link.is_some());
    let follow = move |_| {
        if let Some(thing) = get().link {
            page.select(thing);
        }
    };
    let mark = move || match get().state {
        Some(state) => format!("state-mark state-{state}"),
        None => "no-mark".into(),
    };
    let wide = move || {
        format!(
            "{:.1}%",
            get()
                .bar
                .map_or(0.0, |(part, _)| part.clamp(0.0, 1.0) * 100.0)
        )
    };
    view! {
        <li class="row">
            <span class=mark aria-hidden="true"></span>
            <span class="row-text">
                <Show when=move || linked.get() fallback=move || move || get().text>
                    <button class="link" on:click=follow>{move || get().text}</button>
                </Show>
                <span class="row-detail">{move || get().detail}</span>
            </span>
            <Show when=move || rows.with(|rows| rows.get(i).is_some_and(|r| r.bar.is_some()))>
                <span class="row-bar"><span class="bar" aria-hidden="true"><span style:width=wide></span></span></span>
                <span class="row-count">{move || get().bar.map(|(_, words)| words)}</span>
            </Show>
        </li>
    }
}

fn button(action: Action) -> impl IntoView {
    let page = Page::here();
    let Action {
        label,
        typed,
        breaks,
        command,
    } = action;
    let title = typed.clone();
    let act = move |_| {
        let response = page.engine.command(command.clone());
        if page.report(&response) {
            page.toasts.say(typed.clone());
        }
    };
    view! { <button class="button" class:button-breaks=breaks title=title on:click=act>{label}</button> }
}
