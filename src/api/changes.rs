//! Which fields a write changed, in words that a person can follow.

use crate::sort;
use serde_json::Value;

/// How many fields are told of.
const MOST: usize = 3;
/// Of a longer value, only the beginning is told.
const LONGEST: usize = 40;

/// One changed field.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Change {
    /// As `spec.template.spec.containers[0].image`.
    pub path: String,
    before: String,
    after: String,
}

/// What differs between two states of an object, apart from what the server itself keeps in it.
pub fn between(before: &Value, after: &Value) -> Vec<Change> {
    let mut out = Vec::new();
    for (field, path) in [
        ("labels", "metadata.labels"),
        ("annotations", "metadata.annotations"),
    ] {
        let of = |object: &Value| {
            let mut map = object["metadata"][field].clone();
            if let Value::Object(map) = &mut map {
                // It repeats the whole manifest.
                map.remove("kubectl.kubernetes.io/last-applied-configuration");
            }
            map
        };
        compare(path, &of(before), &of(after), &mut out);
    }
    let (Value::Object(a), Value::Object(b)) = (before, after) else {
        return out;
    };
    let skipped = ["apiVersion", "kind", "metadata", "status"];
    let mut names: Vec<&String> = a
        .keys()
        .chain(b.keys().filter(|k| !a.contains_key(*k)))
        .collect();
    names.retain(|n| !skipped.contains(&n.as_str()));
    for name in names {
        compare(
            name,
            &before[name.as_str()],
            &after[name.as_str()],
            &mut out,
        );
    }
    // What a person meant comes before what they labelled.
    sort::by_key(&mut out, |c| c.path.starts_with("metadata."));
    out
}

/// `spec.replicas: 4 → 5, spec.paused: unset → true, and 2 more`
pub fn text(changes: &[Change]) -> String {
    let told = changes.iter().take(MOST);
    let each: Vec<_> = told
        .map(|c| format!("{}: {} → {}", c.path, c.before, c.after))
        .collect();
    let mut text = each.join(", ");
    if changes.len() > MOST {
        text.push_str(&format!(", and {} more", changes.len() - MOST));
    }
    text
}

fn compare(path: &str, a: &Value, b: &Value, out: &mut Vec<Change>) {
    if a == b {
        return;
    }
    let empty = Value::Null;
    match (a, b) {
        (Value::Object(x), Value::Object(y)) => {
            for (name, value) in x {
                compare(
                    &below(path, name),
                    value,
                    y.get(name).unwrap_or(&empty),
                    out,
                );
            }
            for (name, value) in y.iter().filter(|(name, _)| !x.contains_key(*name)) {
                compare(&below(path, name), &empty, value, out);
            }
        }
        (Value::Array(x), Value::Array(y)) => {
            for i in 0..x.len().max(y.len()) {
                let at = |list: &[Value]| list.get(i).cloned().unwrap_or_default();
                compare(&format!("{path}[{i}]"), &at(x), &at(y), out);
            }
        }
        _ => out.push(Change {
            path: path.into(),
            before: short(a),
            after: short(b),
        }),
    }
}

/// Keys with dots in them stand in brackets, as in upstream's field paths.
fn below(path: &str, name: &str) -> String {
    if name.contains(['.', '/']) {
        format!("{path}[{name}]")
    } else {
        format!("{path}.{name}")
    }
}

fn short(value: &Value) -> String {
    let text = match value {
        Value::Null => return "unset".into(),
        Value::String(text) => text.clone(),
        other => other.to_string(),
    };
    if text.chars().count() <= LONGEST {
        return text;
    }
    let mut text: String = text.chars().take(LONGEST).collect();
    text.push('…');
    text
}

#[cfg(test)]
mod tests {
    use super::*;
    use expect_test::expect;
    use serde_json::json;

    #[test]
    fn changes_are_told_by_path() {
        let before = json!({
            "metadata": {"labels": {"app": "web"}, "resourceVersion": "1"},
            "spec": {"replicas": 4, "template": {"spec": {"containers": [{"name": "a", "image": "x:1"}]}}},
            "status": {"replicas": 4},
        });
        let mut after = before.clone();
        after["metadata"]["resourceVersion"] = "2".into();
        after["status"]["replicas"] = 9.into();
        assert_eq!(between(&before, &after), []);
        after["spec"]["replicas"] = 5.into();
        after["spec"]["template"]["spec"]["containers"][0]["image"] = "x:2".into();
        after["spec"]["paused"] = true.into();
        after["metadata"]["labels"]["a.b/c"] = "d".into();
        let changes = between(&before, &after);
        assert_eq!(changes[3].path, "metadata.labels[a.b/c]");
        expect!["spec.replicas: 4 → 5, spec.template.spec.containers[0].image: x:1 → x:2, spec.paused: unset → true, and 1 more"]
            .assert_eq(&text(&changes));
    }
}
