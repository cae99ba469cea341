//! The first tab: facts, lists and buttons of a sheet. Rows stay in the document while their texts change.

use leptos::prelude::*;

use super::sheet::{Action, Fact, Row, Section, Sheet};
use crate::once;
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
        {once::show(move || sentence.with(Option::is_some), move || {
            let words = once::text(move || sentence.get().unwrap_or_default());
            view! { <p class="sentence">{words}</p> }.into_any()
        })}
        <dl class="facts">
            {once::rows(move || facts.with(Vec::len), move |i| view! { <FactLine facts i/> }.into_any())}
        </dl>
        <div class="actions" role="group" aria-label=t!("actions")>
            {move || actions.get().into_iter().map(button).collect_view()}
        </div>
        {once::rows(move || sections.with(Vec::len), move |i| view! { <SectionView sections i/> }.into_any())}
    }
}

#[component]
fn FactLine(facts: Memo<Vec<Fact>>, i: usize) -> impl IntoView {
    let page = Page::here();
    let get = move || facts.with(|facts| facts.get(i).cloned());
    let linked = Memo::new(move |_| get().is_some_and(|f| f.link.is_some()));
    let value = move || once::text(move || get().map(|f| f.value).unwrap_or_default());
    let label = once::text(move || get().map(|f| f.label).unwrap_or_default());
    let follow = move |_| {
        if let Some(thing) = get().and_then(|f| f.link) {
            page.select(thing);
        }
    };
    view! {
        <div>
            <dt>{label}</dt>
            <dd class:mono=move || get().is_some_and(|f| f.mono)>
                {once::choose(
                    move || linked.get(),
                    move || view! { <button class="link" on:click=follow>{value()}</button> }.into_any(),
                    move || value().into_any(),
                )}
            </dd>
        </div>
    }
}

#[component]
fn SectionView(sections: Memo<Vec<Section>>, i: usize) -> impl IntoView {
    let rows =
        Memo::new(move |_| sections.with(|s| s.get(i).map(|s| s.rows.clone()).unwrap_or_default()));
    let title = move || sections.with(|s| s.get(i).map(|s| s.title.clone()).unwrap_or_default());
    let title = once::text(title);
    view! {
        <section class="section">
            <h3>{title}</h3>
            <ul class="rows">
                {once::rows(move || rows.with(Vec::len), move |i| view! { <RowLine rows i/> }.into_any())}
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
    let words = move || once::text(move || get().text);
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
                {once::choose(
                    move || linked.get(),
                    move || view! { <button class="link" on:click=follow>{words()}</button> }.into_any(),
                    move || words().into_any(),
                )}
                <span class="row-detail">{once::text(move || get().detail)}</span>
            </span>
            {once::show(move || rows.with(|rows| rows.get(i).is_some_and(|r| r.bar.is_some())), move || {
                let count = once::text(move || get().bar.map(|(_, words)| words).unwrap_or_default());
                view! {
                    <span class="row-bar"><span class="bar" aria-hidden="true"><span style:width=wide></span></span></span>
                    <span class="row-count">{count}</span>
                }.into_any()
            })}
        </li>
    }
}

fn button(action: Action) -> impl IntoView {
    let page = Page::here();
    let Action {
        label,
        typed,
        deletes,
        command,
    } = action;
    let title = typed.clone();
    let act = move |_| {
        crate::class::alone(page);
        let response = page.engine.command(command.clone());
        if page.report(&response) {
            page.toasts.say(typed.clone());
        }
    };
    view! { <button class="button" class:button-deletes=deletes title=title on:click=act>{label}</button> }
}
