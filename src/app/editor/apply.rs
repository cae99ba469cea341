//! Applying: what `kubectl apply -f` does with each open file, and where to show what it says.

use std::collections::BTreeMap;

use leptos::prelude::*;
use podarium_api::decode::decode;
use podarium_kubectl::{Done, print_failures};
use podarium_lessons::apply_text;

use super::check::{self, Problem, entries};
use super::files::Outcome;
use crate::page::Page;
use crate::texts::t;

/// Applies all open files, in order; shows kubectl's lines, and the problems at their places.
pub fn apply(page: Page) {
    let files = page.files;
    files.check();
    let texts: Vec<_> = files.list.with_untracked(|list| {
        list.iter()
            .map(|f| (f.name.clone(), f.text.clone()))
            .collect()
    });
    // Which of the files applied before gave an object that is now applied again.
    let mut given: BTreeMap<String, &str> = BTreeMap::new();
    let (mut outcomes, mut problems) = (Vec::new(), Vec::new());
    page.engine.write(|cluster| {
        for (i, (name, text)) in texts
            .iter()
            .enumerate()
            .filter(|(_, (_, text))| !text.trim().is_empty())
        {
            let applied = apply_text(cluster, name, text);
            for outcome in &applied.outcomes {
                let object = check::name(outcome.kind, &outcome.namespace, &outcome.name);
                let other = given.insert(object, name).filter(|other| other != name);
                outcomes.push(line(outcome, other));
            }
            problems.extend(applied.problems.iter().map(|p| Problem::new(i, p)));
        }
    });
    files.list.update(|list| {
        for file in list {
            file.applied = entries(&decode(&file.name, &file.text).manifests);
        }
    });
    // What stayed as it was is counted only.
    let all = outcomes.len();
    outcomes.retain(|outcome: &Outcome| !outcome.text.is_empty());
    if outcomes.len() < all {
        outcomes.push(Outcome {
            text: t!("outcomes-unchanged", count = all - outcomes.len()),
            refused: false,
        });
    }
    files.outcomes.set(outcomes);
    files.check();
    files.add_problems(problems);
}

/// What kubectl prints of one object, and which other file's it replaced; nothing where nothing was changed.
fn line(outcome: &podarium_kubectl::Outcome, other: Option<&str>) -> Outcome {
    let (text, refused) = match (&outcome.result, outcome.line().unwrap_or_default()) {
        (Err(failure), _) => (print_failures(&[failure]).join("\n"), true),
        (Ok(Done::Unchanged), _) => (String::new(), false),
        (Ok(_), line) => match other {
            Some(file) => (t!("outcome-took-over", line = line, file = file), false),
            None => (line, false),
        },
    };
    Outcome { text, refused }
}
