//! How a write comes about: by whom, in which version, on which part.

use serde_json::Value;

use super::entries::Entry;
use super::set::{Set, put};
use super::shape::Spot;
use super::skeleton::{self, Empty};

/// What the core says of a write.
pub struct How<'a> {
    given: &'a Value,
}

impl<'a> How<'a> {
    /// Reads `{manager, apiVersion, kind, subresource, time, force, reset, schema}`.
    pub fn new(given: &'a Value) -> Self {
        How { given }
    }

    fn text(&self, name: &str) -> &'a str {
        self.given[name].as_str().unwrap_or_default()
    }

    /// The manager's name.
    pub fn manager(&self) -> &'a str {
        self.text("manager")
    }

    /// The version of the object.
    pub fn api_version(&self) -> &'a str {
        self.text("apiVersion")
    }

    /// The kind of the object.
    pub fn kind(&self) -> &'a str {
        self.text("kind")
    }

    /// Empty for the object itself.
    pub fn subresource(&self) -> &'a str {
        self.text("subresource")
    }

    /// Now.
    pub fn time(&self) -> Option<String> {
        self.given["time"].as_str().map(str::to_owned)
    }

    /// Whether conflicts are overruled.
    pub fn force(&self) -> bool {
        self.given["force"] == true
    }

    /// The type of the object.
    pub fn spot(&self) -> Spot<'a> {
        Spot::of(self.api_version(), self.kind(), &self.given["schema"])
    }

    /// Whether a definition describes the kind.
    pub fn is_custom(&self) -> bool {
        matches!(self.spot(), Spot::Custom(_))
    }

    /// The object before anything is in it.
    pub fn empty(&self) -> Empty {
        Empty::Map(match self.spot() {
            Spot::Object(_) => skeleton::empty(self.api_version(), self.kind()),
            _ => skeleton::CUSTOM,
        })
    }

    /// Fields that the write cannot change, whatever it says: the status of the object itself, all else of its status.
    // upstream: GetResetFields of the strategies below pkg/registry
    pub fn reset(&self) -> Set {
        let mut set = Set::new();
        let names = self.given["reset"].as_array().into_iter().flatten();
        for name in names.filter_map(Value::as_str) {
            put(&mut set, super::element::field(name), Some(Set::new()));
        }
        set
    }

    /// The entry of this write, with what it owns.
    pub fn entry(&self, manager: &str, applied: bool, set: Set) -> Entry {
        Entry {
            manager: manager.into(),
            applied,
            api_version: self.api_version().into(),
            subresource: self.subresource().into(),
            time: None,
            set,
        }
    }
}
