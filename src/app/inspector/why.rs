//! Why: the chain of causes of an object's creation and of its last change, down to the line of the manifest.

use leptos::prelude::*;
use podarium_api::object::Key;
use podarium_cluster::Cluster;
use podarium_cluster::sim::{Actor, Arg, Log, Record, RecordId, Verb, What, Why};

use crate::layout::Pane;
use crate::pace::clock;
use crate::page::Page;
use crate::texts::{self, t};

/// Where in the log an object was created and last changed; taken on from where the log was last read.
#[derive(Clone, Default)]
struct Story {
    key: Option<Key>,
    read: u32,
    created: Option<RecordId>,
    changed: Option<RecordId>,
    noted: Option<RecordId>,
}

impl Story {
    fn sync(&mut self, key: &Key, log: &Log) {
        if self.key.as_ref() != Some(key) || (log.len() as u32) < self.read {
            *self = Story {
                key: Some(key.clone()),
                ..Story::default()
            };
        }
        for (id, record) in log.since(RecordId(self.read)) {
            match &record.what {
                What::Write {
                    verb, key: written, ..
                } if written == key => match verb {
                    Verb::Create => {
                        self.created = Some(id);
                        self.changed = None;
                    }
                    Verb::Update | Verb::UpdateStatus | Verb::MarkDeleted | Verb::Delete => {
                        self.changed = Some(id)
                    }
                },
                What::Note(Some(about)) if about == key => self.noted = Some(id),
                _ => {}
            }
        }
        self.read = log.len() as u32;
    }
}

/// One link of a chain.
#[derive(Clone, PartialEq)]
struct Link {
    text: String,
    who: String,
    line: Option<(String, u32)>,
}

/// A chain and its heading.
#[derive(Clone, PartialEq)]
struct Chain {
    title: String,
    links: Vec<Link>,
}

/// The chains of an object.
#[component]
pub fn WhyTab(key: Memo<Option<Key>>) -> impl IntoView {
    let page = Page::here();
    let story = StoredValue::new(Story::default());
    let chains = Memo::new(move |_| {
        page.engine.version.track();
        let Some(key) = key.get() else {
            return Vec::new();
        };
        page.engine.read(|cluster| {
            story.update_value(|story| story.sync(&key, cluster.world().log()));
            story.with_value(|story| chains(cluster, story))
        })
    });
    let show = move |line: Option<(String, u32)>| {
        line.map(|(source, line)| {
            let label = t!("why-line-link", file = source.as_str(), line = line as i64);
            view! {
                <button class="link" on:click=move |_| {
                    page.layout.show(Pane::Manifests);
                    page.files.reveal(&source, line);
                }>{label}</button>
            }
        })
    };
    view! {
        {move || match chains.get() {
            chains if chains.is_empty() => view! { <p class="nothing">{t!("why-nothing")}</p> }.into_any(),
            chains => chains.into_iter().map(|chain| view! {
                <section class="section">
                    <h3>{chain.title}</h3>
                    <ol class="chain">
                        {chain.links.into_iter().map(|link| view! {
                            <li>
                                <span class="chain-text">{link.text}</span>
                                <span class="chain-who">{link.who}" "{show(link.line)}</span>
                            </li>
                        }).collect_view()}
                    </ol>
                </section>
            }).collect_view().into_any(),
        }}
    }
}

fn chains(cluster: &Cluster, story: &Story) -> Vec<Chain> {
    let log = cluster.world().log();
    let latest = story.changed.max(story.noted);
    [
        (t!("why-here"), story.created),
        (
            t!("why-changed"),
            latest.filter(|id| Some(*id) != story.created),
        ),
    ]
    .into_iter()
    .filter_map(|(title, id)| {
        Some(Chain {
            title,
            links: links(&log.why(id?)),
        })
    })
    .collect()
}

/// The chain in the order in which it happened: what a person did first.
fn links(chain: &[(RecordId, &Record)]) -> Vec<Link> {
    let mut before = None;
    let mut links: Vec<Link> = Vec::new();
    let mut typed: Option<&str> = None;
    for (i, (_, record)) in chain.iter().enumerate().rev() {
        if let (What::Command(text), true) = (&record.what, i > 0) {
            // What the command wrote says more than the command: it is told there.
            if matches!(chain[i - 1].1.actor, Actor::User(_)) {
                typed = Some(text);
                continue;
            }
        }
        let since = before
            .replace(record.time)
            .map(|earlier| record.time - earlier);
        let when = match since {
            None => clock(record.time),
            Some(span) if span.as_millis() >= 1_000 => format!("+{:.1} s", span.0 as f64 / 1e6),
            Some(span) => format!("+{} ms", span.as_millis()),
        };
        let text = match (&record.what, &record.actor) {
            (What::Command(typed), _) => t!("why-you", command = typed),
            (What::Write { key, .. }, Actor::User(_)) => {
                t!(
                    "why-you-wrote",
                    kind = key.kind.info().kind,
                    name = &key.name,
                    what = texts::why(&record.why)
                )
            }
            (What::Write { .. } | What::Note(_), _) => texts::why(&record.why),
        };
        let who = match typed.take() {
            Some(typed) => t!("why-typed", command = typed),
            None => who(&record.actor),
        };
        links.push(Link {
            text,
            who: format!("{who} · {when}"),
            line: asked_at(&record.why),
        });
    }
    links
}

/// The file and line that asked for a write, where a person's manifest did.
fn asked_at(why: &Why) -> Option<(String, u32)> {
    let arg = |name: &str| why.args.as_deref()?.iter().find(|(n, _)| *n == name);
    match (arg("source"), arg("line")) {
        (Some((_, Arg::Text(source))), Some((_, Arg::Int(line)))) => {
            Some((source.to_string(), u32::try_from(*line).ok()?))
        }
        _ => None,
    }
}

fn who(actor: &Actor) -> String {
    match actor {
        Actor::User(_) => t!("actor-you"),
        Actor::Control(name) => (*name).to_owned(),
        Actor::Kubelet(node) => t!("actor-kubelet", node = node),
        Actor::KubeProxy(node) => t!("actor-kube-proxy", node = node),
        Actor::Bootstrap => t!("actor-bootstrap"),
    }
}
