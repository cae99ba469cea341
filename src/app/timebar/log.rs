//! The latest happenings in words.

use leptos::prelude::*;
use podarium_api::kinds::KindId;
use podarium_cluster::Cluster;
use podarium_cluster::sim::{Record, RecordId, Verb, What};

use crate::pace::clock;
use crate::page::Page;
use crate::texts::{self, t};

/// How many are shown.
const LINES: usize = 3;

/// How far back they are looked for.
const LOOK_BACK: u32 = 400;

/// The latest happenings.
#[component]
pub fn LogLines() -> impl IntoView {
    let page = Page::here();
    let lines = Memo::new(move |_| {
        page.engine.version.track();
        page.engine.read(latest)
    });
    view! {
        <ol class="log" aria-label=t!("log")>
            {move || lines.get().into_iter().map(|(mark, time, text)| view! {
                <li title=time><span class=format!("dot {mark}") aria-hidden="true"></span><span class="log-text">{text}</span></li>
            }).collect_view()}
        </ol>
    }
}

fn latest(cluster: &Cluster) -> Vec<(&'static str, String, String)> {
    let log = cluster.world().log();
    let first = RecordId((log.len() as u32).saturating_sub(LOOK_BACK));
    let mut lines: Vec<_> = log
        .since(first)
        .rev()
        .filter(|(_, record)| worth_saying(record))
        .take(LINES)
        .map(|(_, record)| (mark(record), clock(record.time), sentence(record)))
        .collect();
    lines.reverse();
    lines
}

/// Status writes and events repeat what a note or a write has said already.
fn worth_saying(record: &Record) -> bool {
    match &record.what {
        What::Write { verb, key, .. } => *verb != Verb::UpdateStatus && key.kind != KindId::EVENT,
        What::Command(_) | What::Note(_) => true,
    }
}

fn mark(record: &Record) -> &'static str {
    match record.what {
        What::Command(_) => "dot-accent",
        What::Write { .. } => "dot-pulse",
        What::Note(_) => "",
    }
}

fn sentence(record: &Record) -> String {
    let text = texts::why(&record.why);
    match &record.what {
        What::Command(typed) => typed.to_string(),
        What::Write { key, .. } | What::Note(Some(key)) if !text.contains(&*key.name) => {
            format!("{}: {text}", key.name)
        }
        What::Write { .. } | What::Note(_) => text,
    }
}
