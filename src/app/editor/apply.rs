//! Applying: what `kubectl apply -f` does with each open file, and where to show what it says.

use std::cell::RefCell;
use std::collections::BTreeMap;
use std::rc::Rc;

use leptos::prelude::*;
use podarium_cluster::Cluster;
use podarium_kubectl::{Done, print_failures};
use podarium_lessons::Applying;

use super::check::{self, Problem, entries};
use super::files::{Files, Outcome};
use crate::changes::Entry;
use crate::class;
use crate::page::Page;
use crate::rules;
use crate::texts::t;

/// Applies all open files, in order and in slices; shows kubectl's lines, and the problems at their places.
pub fn apply(page: Page) {
    page.files.keep();
    let list = page.files.list.with_untracked(Clone::clone);
    let texts = list.into_iter().map(|f| (f.name, f.text));
    let mut waiting = texts.enumerate();
    let mut applying: Option<(usize, String, Applying)> = None;
    let all = Rc::new(RefCell::new(AllApplied::default()));
    let told = all.clone();
    let pieces = move |cluster: &mut Cluster| match applying.take() {
        Some((at, name, mut file)) => {
            if file.go_on(cluster) {
                told.borrow_mut().file(at, &name, file);
            } else {
                applying = Some((at, name, file));
            }
            false
        }
        None => match waiting.next() {
            Some((at, (name, text))) => {
                let file = Applying::new(&name, &text);
                applying = Some((at, name, file));
                false
            }
            None => true,
        },
    };
    let then = move || all.take().show(page.files);
    class::alone(page);
    rules::then(page, move || {
        page.engine.work(Box::new(pieces), Box::new(then))
    });
}

/// What applying the files came to.
#[derive(Default)]
struct AllApplied {
    /// Which of the files applied before gave an object that is now applied again.
    given: BTreeMap<String, String>,
    outcomes: Vec<Outcome>,
    problems: Vec<Problem>,
    /// The objects of each file, by its name.
    entries: Vec<(String, Vec<Entry>)>,
}

impl AllApplied {
    /// The file at that place is applied.
    fn file(&mut self, at: usize, name: &str, file: Applying) {
        self.entries.push((name.into(), entries(file.manifests())));
        let applied = file.finish();
        for outcome in &applied.outcomes {
            let object = check::name(outcome.kind, &outcome.namespace, &outcome.name);
            let other = self.given.insert(object, name.into());
            let other = other.filter(|other| other != name);
            self.outcomes.push(line(outcome, other.as_deref()));
        }
        let problems = applied.problems.iter().map(|p| Problem::new(at, p));
        self.problems.extend(problems);
    }

    fn show(mut self, files: Files) {
        files.list.update(|list| {
            for file in list {
                if let Some((_, entries)) = self.entries.iter().find(|(name, _)| *name == file.name)
                {
                    file.applied.clone_from(entries);
                }
            }
        });
        // What stayed as it was is counted only.
        let all = self.outcomes.len();
        self.outcomes.retain(|outcome| !outcome.text.is_empty());
        if self.outcomes.len() < all {
            self.outcomes.push(Outcome {
                text: t!("outcomes-unchanged", count = all - self.outcomes.len()),
                refused: false,
            });
        }
        files.outcomes.set(self.outcomes);
        files.check();
        files.add_problems(self.problems);
    }
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
