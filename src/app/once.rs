//! Lists, choices and texts that are compiled once.
//!
//! Leptos compiles its `<For>`, its `<Show>` and every text that changes anew for each closure they are given: some five kilobytes
//! for a list, two for a choice. Here the closures are boxed first.

use std::sync::Arc;

use leptos::prelude::*;

type View = Arc<dyn Fn() -> AnyView + Send + Sync>;

/// One row for each key, in order; a row stays in the document while its key does.
pub fn list(
    keys: impl Fn() -> Vec<u64> + Send + Sync + 'static,
    row: impl Fn(u64) -> AnyView + Send + Sync + 'static,
) -> AnyView {
    boxed_list(Arc::new(keys), Arc::new(row))
}

fn boxed_list(
    keys: Arc<dyn Fn() -> Vec<u64> + Send + Sync>,
    row: Arc<dyn Fn(u64) -> AnyView + Send + Sync>,
) -> AnyView {
    view! { <For each=move || keys() key=|key| *key let:key>{row(key)}</For> }.into_any()
}

/// One row for each number below `count`.
pub fn rows(
    count: impl Fn() -> usize + Send + Sync + 'static,
    row: impl Fn(usize) -> AnyView + Send + Sync + 'static,
) -> AnyView {
    list(
        move || (0..count() as u64).collect(),
        move |i| row(i as usize),
    )
}

/// What `then` gives while `when` is true, and nothing otherwise. It is made anew only when that changes.
pub fn show(
    when: impl Fn() -> bool + Send + Sync + 'static,
    then: impl Fn() -> AnyView + Send + Sync + 'static,
) -> AnyView {
    choose(when, then, || ().into_any())
}

/// What `then` gives while `when` is true, and `otherwise` while it is not. Each is made anew only when that changes.
pub fn choose(
    when: impl Fn() -> bool + Send + Sync + 'static,
    then: impl Fn() -> AnyView + Send + Sync + 'static,
    otherwise: impl Fn() -> AnyView + Send + Sync + 'static,
) -> AnyView {
    boxed_choice(Box::new(when), Arc::new(then), Arc::new(otherwise))
}

fn boxed_choice(when: Box<dyn Fn() -> bool + Send + Sync>, then: View, otherwise: View) -> AnyView {
    let yes = Memo::new(move |_| when());
    (move || if yes.get() { then() } else { otherwise() }).into_any()
}

/// A text that changes.
pub fn text(text: impl Fn() -> String + Send + 'static) -> Box<dyn FnMut() -> String + Send> {
    Box::new(text)
}
