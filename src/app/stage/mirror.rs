//! The mirror: the things of the picture as a tree in the document, for screen readers, keyboards and tests.

use podarium_scene::{Outline, Scene, Thing, ThingId};
use web_sys::{Element, HtmlElement};

use super::painter::sentence;
use crate::dom;
use podarium_api::ordered::OrdMap;

/// The tree is made anew at most this often, in real milliseconds: nobody reads faster.
const EVERY_MS: f64 = 400.0;

/// A pause in the typing after which a name begins anew, in real milliseconds.
const TYPING_MS: f64 = 800.0;

/// The tree, and the words of each thing.
#[derive(Default)]
pub struct Mirror {
    root: Option<HtmlElement>,
    generation: Option<u64>,
    made: f64,
    words: OrdMap<ThingId, String>,
    /// In reading order.
    things: Vec<Thing>,
    /// Letters typed of late, and when the last of them was.
    typed: (String, f64),
    active: Option<ThingId>,
    selected: Option<ThingId>,
}

impl Mirror {
    /// Where the tree is kept.
    pub fn attach(&mut self, root: &HtmlElement) {
        self.root = Some(root.clone());
        self.generation = None;
    }

    /// What is to be said of a thing.
    pub fn words(&self, thing: &Thing) -> Option<String> {
        self.words.get(&thing.id()).cloned()
    }

    /// The first thing in reading order.
    pub fn first(&self) -> Option<Thing> {
        self.things.first().cloned()
    }

    /// The thing of an element of the tree.
    pub fn thing_of(&self, element: &Element) -> Option<Thing> {
        let id = element.id();
        let thing = self.things.iter().find(|t| element_id(t.id()) == id)?;
        Some(thing.clone())
    }

    /// Whether a name is being typed just now.
    pub fn is_typing(&self, real: f64) -> bool {
        !self.typed.0.is_empty() && real - self.typed.1 <= TYPING_MS
    }

    /// The next thing, after `from`, whose words begin with what is being typed.
    pub fn type_ahead(&mut self, letter: char, from: Option<&Thing>, real: f64) -> Option<Thing> {
        if !self.is_typing(real) {
            self.typed.0.clear();
        }
        self.typed.0 += &lower(&letter.to_string());
        self.typed.1 = real;
        let at = from.and_then(|from| self.things.iter().position(|t| t == from));
        // The first letter goes on from where one is, the next ones may stay there.
        let start = at.map_or(0, |at| at + usize::from(self.typed.0.chars().count() == 1));
        let round = self
            .things
            .iter()
            .cycle()
            .skip(start)
            .take(self.things.len());
        let mut found = round.filter(|thing| {
            let words = self.words.get(&thing.id());
            words.is_some_and(|words| lower(words).starts_with(&self.typed.0))
        });
        found.next().cloned()
    }

    /// Makes the tree anew if the picture's outline has changed; whether it is up to date.
    pub fn sync(&mut self, scene: &Scene, real: f64) -> bool {
        let generation = scene.outline_generation();
        if self.generation == Some(generation) {
            return true;
        }
        if real - self.made < EVERY_MS {
            return false;
        }
        let Some(root) = self.root.clone() else {
            return true;
        };
        self.generation = Some(generation);
        self.made = real;
        self.words = OrdMap::new();
        self.things.clear();
        root.set_text_content(None);
        for entry in scene.outline() {
            self.append(&root, &entry, 1);
        }
        self.mark();
        true
    }

    fn append(&mut self, parent: &Element, entry: &Outline, level: u32) {
        let mut said: Vec<String> = Vec::new();
        if !entry.name.is_empty() {
            said.push(entry.name.to_string());
        }
        said.extend(entry.words.iter().map(|message| sentence(message)));
        let said = said.join(", ");
        let Ok(item) = dom::document().create_element("div") else {
            return;
        };
        let _ = item.set_attribute("role", "treeitem");
        let _ = item.set_attribute("aria-level", &level.to_string());
        let _ = item.set_attribute("aria-label", &said);
        if let Some(thing) = &entry.thing {
            item.set_id(&element_id(thing.id()));
            self.words.insert(thing.id(), said);
            self.things.push(thing.clone());
        }
        if !entry.children.is_empty() {
            let _ = item.set_attribute("aria-expanded", "true");
            if let Ok(group) = dom::document().create_element("div") {
                let _ = group.set_attribute("role", "group");
                for child in &entry.children {
                    self.append(&group, child, level + 1);
                }
                let _ = item.append_child(&group);
            }
        }
        let _ = parent.append_child(&item);
    }

    /// What the keyboard is on, and what is selected.
    pub fn set_active(&mut self, active: Option<&Thing>, selected: Option<&Thing>) {
        self.unmark();
        self.active = active.map(Thing::id);
        self.selected = selected.map(Thing::id);
        self.mark();
    }

    fn unmark(&self) {
        if let Some(item) = self.selected.and_then(|id| dom::by_id(&element_id(id))) {
            let _ = item.remove_attribute("aria-selected");
        }
    }

    fn mark(&self) {
        let Some(root) = &self.root else {
            return;
        };
        let active = self
            .active
            .map(element_id)
            .filter(|id| dom::by_id(id).is_some());
        let _ = match active {
            Some(id) => root.set_attribute("aria-activedescendant", &id),
            None => root.remove_attribute("aria-activedescendant"),
        };
        if let Some(item) = self.selected.and_then(|id| dom::by_id(&element_id(id))) {
            let _ = item.set_attribute("aria-selected", "true");
        }
    }
}

fn element_id(thing: ThingId) -> String {
    format!("thing-{thing}")
}

/// In small letters, by the browser: it has Unicode's tables, and ours would be 10 KiB of the page.
fn lower(text: &str) -> String {
    js_sys::JsString::from(text).to_lower_case().into()
}
