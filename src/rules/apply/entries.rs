//! The entries of `metadata.managedFields`: who owns which fields.
// upstream: apimachinery/pkg/util/managedfields/internal/managedfields.go, capmanagers.go

use podarium_api::sort;
use serde_json::{Map, Value};

use super::element;
use super::set::{Set, union};

/// At most so many updaters are told apart.
const MOST_UPDATERS: usize = 10;
/// Who the oldest updates are given to beyond that.
const OLDEST: &str = "ancient-changes";

/// What one manager owns.
#[derive(Clone, Debug, PartialEq)]
pub struct Entry {
    /// The manager's name.
    pub manager: String,
    /// By applying, not by updating.
    pub applied: bool,
    /// The version in which the fields are named.
    pub api_version: String,
    /// Empty for the object itself.
    pub subresource: String,
    /// When it last changed something.
    pub time: Option<String>,
    /// What it owns.
    pub set: Set,
}

impl Entry {
    /// Whether both are one manager's: an applier is the same in all versions.
    // upstream: managedfields.go BuildManagerIdentifier
    pub fn is_of(&self, other: &Entry) -> bool {
        let version = self.applied || self.api_version == other.api_version;
        version
            && self.applied == other.applied
            && self.manager == other.manager
            && self.subresource == other.subresource
    }

    fn into_value(self) -> Value {
        let operation = if self.applied { "Apply" } else { "Update" };
        let mut out = Map::new();
        let mut put = |field: &str, value: Value| out.insert(field.into(), value);
        put("manager", self.manager.into());
        put("operation", operation.into());
        put("apiVersion", self.api_version.into());
        put("fieldsType", "FieldsV1".into());
        // Moved: a set may be larger than the object that it is of.
        put("fieldsV1", self.set.into());
        if !self.subresource.is_empty() {
            put("subresource", self.subresource.into());
        }
        if let Some(time) = self.time {
            put("time", time.into());
        }
        out.into()
    }

    fn read(value: &Value) -> Option<Entry> {
        let text = |name: &str| value[name].as_str().unwrap_or_default().to_owned();
        let applied = match value["operation"].as_str()? {
            "Apply" => true,
            "Update" => false,
            _ => return None,
        };
        let api_version = text("apiVersion");
        if api_version.is_empty() || value["fieldsType"] != "FieldsV1" {
            return None;
        }
        Some(Entry {
            manager: text("manager"),
            applied,
            api_version,
            subresource: text("subresource"),
            time: value["time"].as_str().map(str::to_owned),
            set: match &value["fieldsV1"] {
                Value::Null => Set::new(),
                set => read_set(set)?,
            },
        })
    }
}

fn read_set(value: &Value) -> Option<Set> {
    let mut set = Set::new();
    for (element, part) in value.as_object()? {
        let element = match element.as_str() {
            "." => element.clone(),
            element => element::normal(element)?,
        };
        set.insert(element, Value::Object(read_set(part)?));
    }
    Some(set)
}

/// The entries of a `managedFields` list; none where one of them cannot be read.
pub fn decode(list: &Value) -> Option<Vec<Entry>> {
    match list {
        Value::Null => Some(Vec::new()),
        list => list.as_array()?.iter().map(Entry::read).collect(),
    }
}

/// Whether a `managedFields` list asks that all be forgotten.
// upstream: internal/fieldmanager.go isResetManagedFields
pub fn is_reset(list: &Value) -> bool {
    match list.as_array().map(Vec::as_slice) {
        Some([]) => true,
        Some([one]) => one.as_object().is_some_and(|entry| entry.is_empty()),
        _ => false,
    }
}

/// The list as the API prints it.
// upstream: managedfields.go sortEncodedManagedFields
pub fn encode(mut entries: Vec<Entry>) -> Value {
    // Times of one form sort as text; none comes first.
    let key = |e: &Entry| {
        (
            !e.applied,
            e.time.clone(),
            e.manager.clone(),
            e.api_version.clone(),
            e.subresource.clone(),
        )
    };
    sort::by_key(&mut entries, key);
    entries.into_iter().map(Entry::into_value).collect()
}

/// Gives the oldest updates to nobody in particular when there are too many updaters.
pub fn cap(entries: &mut Vec<Entry>) {
    let mut updaters: Vec<Entry> = Vec::new();
    entries.retain(|entry| {
        if !entry.applied {
            updaters.push(entry.clone());
        }
        entry.applied
    });
    let key = |e: &Entry| {
        (
            e.time.clone(),
            e.manager.clone(),
            e.api_version.clone(),
            e.subresource.clone(),
        )
    };
    sort::by_key(&mut updaters, key);
    let mut at = 0;
    while updaters.len() > MOST_UPDATERS && at < updaters.len() {
        let version = updaters[at].api_version.clone();
        let before = updaters[..at].iter().position(|e| e.api_version == version);
        let Some(first) = before else {
            at += 1;
            continue;
        };
        let merged = updaters.remove(at);
        let bucket = &mut updaters[first];
        bucket.manager = OLDEST.into();
        bucket.subresource = String::new();
        bucket.set = union(&merged.set, &bucket.set);
        bucket.time = merged.time;
    }
    entries.append(&mut updaters);
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn updater(manager: &str, second: usize, field: &str) -> Entry {
        Entry {
            manager: manager.into(),
            applied: false,
            api_version: "v1".into(),
            subresource: String::new(),
            time: Some(format!("2026-01-01T00:00:{second:02}Z")),
            set: [(format!("f:{field}"), json!({}))].into_iter().collect(),
        }
    }

    #[test]
    fn entries_survive_the_way_through_json() {
        let mut applied = updater("kubectl", 1, "a");
        applied.applied = true;
        let mut status = updater("kubelet", 0, "b");
        status.subresource = "status".into();
        let list = encode(vec![status.clone(), applied.clone()]);
        assert_eq!(list[0]["operation"], "Apply", "appliers come first");
        assert_eq!(decode(&list), Some(vec![applied, status]));
        assert_eq!(
            decode(&json!([{"manager": "a", "operation": "Grow"}])),
            None
        );
        assert_eq!(
            decode(&json!([{"operation": "Update", "apiVersion": "v1"}])),
            None
        );
        assert!(is_reset(&json!([])) && is_reset(&json!([{}])) && !is_reset(&list));
        assert!(!is_reset(&Value::Null));
    }

    #[test]
    fn the_oldest_of_many_updaters_are_put_together() {
        let mut entries: Vec<Entry> = (0..12)
            .map(|i| updater(&format!("m{i:02}"), i, &format!("f{i}")))
            .collect();
        cap(&mut entries);
        assert_eq!(entries.len(), MOST_UPDATERS);
        let oldest = &entries[0];
        assert_eq!(oldest.manager, "ancient-changes");
        assert_eq!(oldest.set.len(), 3);
        assert_eq!(oldest.time.as_deref(), Some("2026-01-01T00:00:02Z"));
        let again = entries.clone();
        cap(&mut entries);
        assert_eq!(entries, again);
    }
}
