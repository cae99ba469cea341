//! The open manifests: their texts, what was applied of them, and what is found in them.

use gloo_timers::callback::Timeout;
use leptos::prelude::*;
use podarium_api::decode::decode;

use super::binding::EditorHandle;
use super::check::{Found, Problem, check, entries};
use super::kept::{self, Texts};
use crate::changes::Entry;
use crate::dom;

/// Texts above this many bytes are not taken: reading them as one types would make the page wait.
pub const MOST_BYTES: usize = 4 << 20;

/// The id of the text field that stands in for the editor where its script did not arrive.
pub const PLAIN: &str = "plain-editor";

/// An open file.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct File {
    /// Its name.
    pub name: String,
    /// Its text.
    pub text: String,
    /// Its objects as they were last applied.
    pub applied: Vec<Entry>,
}

/// A line of what applying came to.
#[derive(Clone, Debug, PartialEq)]
pub struct Outcome {
    /// As kubectl says it: `deployment.apps/web configured`.
    pub text: String,
    /// Whether the object was refused.
    pub refused: bool,
}

/// The open files; copies are the same ones.
#[derive(Clone, Copy)]
pub struct Files {
    /// All of them.
    pub list: RwSignal<Vec<File>>,
    /// The place of the one that shows.
    pub current: RwSignal<usize>,
    /// What is found in them.
    pub found: RwSignal<Found>,
    /// What the last applying came to.
    pub outcomes: RwSignal<Vec<Outcome>>,
    /// What the person had written and is not open now.
    pub before: RwSignal<Texts>,
    /// Whether that is offered where the editor is.
    pub offered: RwSignal<bool>,
    /// The texts as they were opened; none if they are the person's own.
    opened: StoredValue<Option<Texts>>,
    editor: StoredValue<Option<EditorHandle>, LocalStorage>,
    waiting: StoredValue<Option<Timeout>, LocalStorage>,
}

impl Files {
    /// No files.
    pub fn new() -> Self {
        Files {
            list: RwSignal::new(Vec::new()),
            current: RwSignal::new(0),
            found: RwSignal::new(Found::default()),
            outcomes: RwSignal::new(Vec::new()),
            before: RwSignal::new(Vec::new()),
            offered: RwSignal::new(false),
            opened: StoredValue::new(None),
            editor: StoredValue::new_local(None),
            waiting: StoredValue::new_local(None),
        }
    }

    /// Opens files in the place of those before, as applied already. `own` says that the person wrote them; what they wrote
    /// and is replaced is put aside.
    pub fn replace(self, files: Texts, own: bool) {
        let (texts, were_own) = self.texts();
        if were_own {
            self.put_aside(texts);
        }
        self.opened.set_value((!own).then(|| files.clone()));
        let opened = files.iter().map(|(name, text)| File {
            name: name.clone(),
            text: text.clone(),
            applied: Vec::new(),
        });
        self.list.set(opened.collect());
        self.outcomes.set(Vec::new());
        self.found.set(Found::default());
        self.go(0);
        self.keep();
        // The texts show at once; they are read when the browser has drawn them.
        Timeout::new(0, move || self.read(&files)).forget();
    }

    /// Reads files that were opened as applied already, unless others were opened since.
    fn read(self, files: &Texts) {
        self.list.update_untracked(|list| {
            for (name, text) in files {
                if let Some(file) = list.iter_mut().find(|f| f.name == *name) {
                    file.applied = entries(&decode(name, text).manifests);
                }
            }
        });
        self.check();
    }

    /// Opens one more file, or gives the one of that name another text; shows it.
    pub fn add(self, name: &str, text: String) {
        let found = self
            .list
            .with_untracked(|list| list.iter().position(|f| f.name == name));
        let at = found.unwrap_or_else(|| self.list.with_untracked(Vec::len));
        self.list.update(|list| match list.get_mut(at) {
            Some(file) => file.text = text,
            None => list.push(File {
                name: name.into(),
                text,
                applied: Vec::new(),
            }),
        });
        self.go(at);
        self.check();
    }

    /// A name that no file has.
    pub fn free_name(self) -> String {
        self.list.with_untracked(|list| {
            let mut names = (1..).map(|n| {
                if n == 1 {
                    "manifest.yaml".into()
                } else {
                    format!("manifest-{n}.yaml")
                }
            });
            names
                .find(|name: &String| list.iter().all(|f| f.name != *name))
                .unwrap_or_default()
        })
    }

    /// Closes a file; its objects stay in the cluster.
    pub fn close(self, at: usize) {
        self.list.update(|list| {
            list.remove(at);
            if list.is_empty() {
                list.push(File {
                    name: "manifest.yaml".into(),
                    ..File::default()
                });
            }
        });
        let last = self.list.with_untracked(Vec::len) - 1;
        let current = self.current.get_untracked();
        self.go(if current > at { current - 1 } else { current }.min(last));
        self.check();
    }

    /// Shows a file.
    pub fn go(self, at: usize) {
        self.current.set(at);
        let text = self
            .list
            .with_untracked(|list| list.get(at).map(|f| f.text.clone()));
        self.with_editor(|editor| editor.set_text(&text.unwrap_or_default()));
        self.underline();
    }

    /// The text of the file that shows.
    pub fn text(self) -> String {
        let at = self.current.get_untracked();
        self.list
            .with_untracked(|list| list.get(at).map(|f| f.text.clone()))
            .unwrap_or_default()
    }

    /// The person has typed.
    pub fn typed(self, text: String) {
        let at = self.current.get_untracked();
        // Longer texts take longer to read: they wait for a longer pause in the typing.
        let wait = 120 + (text.len() >> 12) as u32;
        self.list.update_untracked(|list| {
            if let Some(file) = list.get_mut(at) {
                file.text = text;
            }
        });
        self.waiting
            .set_value(Some(Timeout::new(wait, move || self.check())));
        self.with_editor(|editor| editor.highlight_line(None));
    }

    /// Reads all files now, and keeps them.
    pub fn check(self) {
        self.waiting.set_value(None);
        let found = self.list.with_untracked(|list| check(list));
        if self.found.with_untracked(|before| *before != found) {
            self.found.set(found);
        }
        self.underline();
        self.keep();
    }

    /// Shows problems that were found while applying, besides those that reading finds.
    pub fn add_problems(self, problems: Vec<Problem>) {
        self.found.update(|found| {
            for problem in problems {
                let said = |p: &Problem| {
                    (p.file, p.line, p.message == problem.message)
                        == (problem.file, problem.line, true)
                };
                if !found.problems.iter().any(said) {
                    found.problems.push(problem);
                }
            }
        });
        self.underline();
    }

    fn underline(self) {
        let at = self.current.get_untracked();
        self.with_editor(|editor| {
            self.found.with_untracked(|found| {
                editor.show_problems(found.problems.iter().filter(|p| p.file == at))
            });
        });
    }

    /// Marks a line of the file of that name, if it is open; whether it is.
    pub fn reveal(self, name: &str, line: u32) -> bool {
        let Some(at) = self
            .list
            .with_untracked(|list| list.iter().position(|f| f.name == name))
        else {
            return false;
        };
        if at != self.current.get_untracked() {
            self.go(at);
        }
        self.with_editor(|editor| editor.highlight_line(Some(line)));
        true
    }

    /// Gives the keyboard to the editor, or to what is in its place.
    pub fn focus(self) {
        self.with_editor(EditorHandle::focus);
        if let Some(plain) = dom::by_id(PLAIN) {
            let _ = plain.focus();
        }
    }

    /// The editor has arrived.
    pub fn set_editor(self, editor: EditorHandle) {
        self.editor.set_value(Some(editor));
        self.underline();
    }

    /// Does something with the editor, once it is there.
    pub fn with_editor(self, f: impl FnOnce(&EditorHandle)) {
        // A copy, since the editor may call back into this.
        if let Some(editor) = self.editor.get_value() {
            f(&editor);
        }
    }

    /// All texts, and whether any of them is the person's own.
    fn texts(self) -> (Texts, bool) {
        let texts: Texts = self.list.with_untracked(|list| {
            let texts = list.iter().map(|f| (f.name.clone(), f.text.clone()));
            texts.collect()
        });
        let opened = self
            .opened
            .with_value(|opened| opened.as_ref() == Some(&texts));
        let empty = texts.iter().all(|(_, text)| text.trim().is_empty());
        (texts, !opened && !empty)
    }

    /// Remembers the texts in this browser.
    pub fn keep(self) {
        let (texts, own) = self.texts();
        kept::keep_open(&texts, own);
    }
}
