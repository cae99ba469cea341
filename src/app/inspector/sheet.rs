//! What the inspector says of a thing, as data: computed anew when something happened, shown without rebuilding what stayed.

use podarium_cluster::Command;
use podarium_scene::Thing;

/// The state that a mark shows, as in the legend; the class `state-<name>` draws it.
pub type State = &'static str;

/// Everything on one thing.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Sheet {
    /// Its kind, as Kubernetes names it.
    pub kind: String,
    /// Its name.
    pub name: String,
    /// Its state: the mark, and the words.
    pub state: Option<(State, String)>,
    /// A sentence on what it is or why it is so.
    pub sentence: Option<String>,
    /// Label and value.
    pub facts: Vec<Fact>,
    /// Lists.
    pub sections: Vec<Section>,
    /// What a person can do to it.
    pub actions: Vec<Action>,
}

/// A label and a value.
#[derive(Clone, Debug, PartialEq)]
pub struct Fact {
    /// The label.
    pub label: String,
    /// The value.
    pub value: String,
    /// Whether the value is a name or an address, in the mono face.
    pub mono: bool,
    /// The thing that the value names.
    pub link: Option<Thing>,
}

/// A heading and what is under it.
#[derive(Clone, Debug, PartialEq)]
pub struct Section {
    /// The heading.
    pub title: String,
    /// What is under it.
    pub rows: Vec<Row>,
}

/// One line of a section.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Row {
    /// A mark in front.
    pub state: Option<State>,
    /// The line.
    pub text: String,
    /// A second line.
    pub detail: String,
    /// A bar from 0 to 1, and the number beside it.
    pub bar: Option<(f64, String)>,
    /// The thing that it speaks of.
    pub link: Option<Thing>,
}

/// Something to do.
#[derive(Clone, Debug, PartialEq)]
pub struct Action {
    /// The button.
    pub label: String,
    /// What a person would type for it.
    pub typed: String,
    /// Whether it takes the thing away for good.
    pub deletes: bool,
    /// What it is.
    pub command: Command,
}

impl Sheet {
    /// Adds a fact.
    pub fn fact(&mut self, label: String, value: impl Into<String>) -> &mut Fact {
        self.facts.push(Fact {
            label,
            value: value.into(),
            mono: false,
            link: None,
        });
        self.facts.last_mut().expect("a fact was just added")
    }

    /// Adds a section, unless it is empty.
    pub fn section(&mut self, title: String, rows: Vec<Row>) {
        if !rows.is_empty() {
            self.sections.push(Section { title, rows });
        }
    }
}

impl Fact {
    /// The value is a name or an address.
    pub fn mono(&mut self) -> &mut Self {
        self.mono = true;
        self
    }

    /// The value names a thing.
    pub fn link(&mut self, thing: Thing) -> &mut Self {
        self.link = Some(thing);
        self
    }
}
