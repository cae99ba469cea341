//! What differs between the manifests as they were applied and as they are typed now.

use serde_json::Value;

/// An object of a manifest: what names it, and all of it.
#[derive(Clone, Debug, PartialEq)]
pub struct Entry {
    /// `deployment/web`, with the namespace in front where it is not the default one.
    pub name: String,
    /// The object.
    pub value: Value,
}

/// One difference.
#[derive(Clone, Debug, PartialEq)]
pub enum Change {
    /// An object that was not there.
    Added(String),
    /// An object that is there no more.
    Removed(String),
    /// A value that was another.
    Edited {
        /// The object.
        object: String,
        /// The field's own name, as `replicas`, or with its number, as `ports[1]`.
        field: String,
        /// The value before, shortened; empty if there was none.
        from: String,
        /// The value now, shortened; empty if there is none.
        to: String,
    },
}

/// All differences, in the order of the objects.
pub fn changes(before: &[Entry], now: &[Entry]) -> Vec<Change> {
    let mut found = Vec::new();
    for entry in now {
        match before.iter().find(|b| b.name == entry.name) {
            Some(old) => compare(
                &entry.name,
                "",
                Some(&old.value),
                Some(&entry.value),
                &mut found,
            ),
            None => found.push(Change::Added(entry.name.clone())),
        }
    }
    let gone = before
        .iter()
        .filter(|b| now.iter().all(|n| n.name != b.name));
    found.extend(gone.map(|b| Change::Removed(b.name.clone())));
    found
}

fn compare(
    object: &str,
    field: &str,
    before: Option<&Value>,
    now: Option<&Value>,
    found: &mut Vec<Change>,
) {
    match (before, now) {
        (Some(a), Some(b)) if a == b => {}
        (Some(Value::Object(a)), Some(Value::Object(b))) => {
            let gone = a.keys().filter(|key| !b.contains_key(*key));
            for key in b.keys().chain(gone) {
                compare(object, key, a.get(key), b.get(key), found);
            }
        }
        (Some(Value::Array(a)), Some(Value::Array(b))) if a.len() == b.len() => {
            for (i, (a, b)) in a.iter().zip(b).enumerate() {
                compare(object, &format!("{field}[{i}]"), Some(a), Some(b), found);
            }
        }
        (before, now) => found.push(Change::Edited {
            object: object.to_owned(),
            field: field.to_owned(),
            from: before.map(short).unwrap_or_default(),
            to: now.map(short).unwrap_or_default(),
        }),
    }
}

/// A value in a few letters.
fn short(value: &Value) -> String {
    const MOST: usize = 32;
    let text = match value {
        Value::String(text) => text.clone(),
        Value::Object(_) => return "{…}".into(),
        Value::Array(_) => return "[…]".into(),
        other => other.to_string(),
    };
    if text.chars().count() <= MOST {
        return text;
    }
    // Images differ at their ends.
    let skip = text.chars().count() - MOST + 1;
    std::iter::once('…')
        .chain(text.chars().skip(skip))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn entry(name: &str, value: Value) -> Entry {
        Entry {
            name: name.into(),
            value,
        }
    }

    fn edited(field: &str, from: &str, to: &str) -> Change {
        Change::Edited {
            object: "deployment/web".into(),
            field: field.into(),
            from: from.into(),
            to: to.into(),
        }
    }

    #[test]
    fn a_changed_field_is_named_by_its_last_part() {
        let before = [entry(
            "deployment/web",
            json!({"spec": {"replicas": 4, "template": {"image": "a"}}}),
        )];
        let now = [entry(
            "deployment/web",
            json!({"spec": {"replicas": 5, "template": {"image": "a"}}}),
        )];
        assert_eq!(changes(&before, &now), [edited("replicas", "4", "5")]);
        assert_eq!(changes(&before, &before), []);
    }

    #[test]
    fn fields_come_and_go() {
        let before = [entry(
            "deployment/web",
            json!({"spec": {"paused": true, "args": ["a"]}}),
        )];
        let now = [entry(
            "deployment/web",
            json!({"spec": {"replicas": 1, "args": ["a", "b"]}}),
        )];
        assert_eq!(
            changes(&before, &now),
            [
                edited("args", "[…]", "[…]"),
                edited("replicas", "", "1"),
                edited("paused", "true", "")
            ]
        );
    }

    #[test]
    fn objects_come_and_go() {
        let web = entry("deployment/web", json!({}));
        let cart = entry("deployment/cart", json!({}));
        assert_eq!(
            changes(std::slice::from_ref(&web), std::slice::from_ref(&cart)),
            [
                Change::Added("deployment/cart".into()),
                Change::Removed("deployment/web".into())
            ]
        );
    }

    #[test]
    fn long_values_keep_their_ends() {
        let text = "registry.example.com/a/long/path/to/an/image:1.2.3";
        let short = short(&json!(text));
        assert_eq!(short.chars().count(), 32);
        assert!(
            short.starts_with('…') && text.ends_with(short.trim_start_matches('…')),
            "{short}"
        );
    }
}
