//! What differs between two states of an object, as a strategic merge patch.
// upstream: staging/src/k8s.io/apimachinery/pkg/util/strategicpatch/patch.go

use podarium_api::schema::{Field, Type, Wrap, schema};
use serde_json::{Map, Value, json};

/// Which differences count.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Keep {
    /// What is new or other.
    Additions,
    /// What is gone.
    Deletions,
}

// upstream: strategicpatch/patch.go diffMaps
pub fn maps(
    old: &Map<String, Value>,
    new: &Map<String, Value>,
    owner: Option<&Type>,
    keep: Keep,
    retain_keys: bool,
) -> Map<String, Value> {
    let mut patch = Map::new();
    for (name, value) in new {
        let field = owner.and_then(|t| t.field(name));
        let Some(before) = old.get(name) else {
            if keep == Keep::Additions {
                patch.insert(name.clone(), value.clone());
            }
            continue;
        };
        match (before, value) {
            (Value::Object(before), Value::Object(value)) => {
                let one = field.filter(|f| f.wrap == Wrap::One);
                let inner = one.and_then(|f| schema().object_of(f));
                let retain = field.is_some_and(|f| f.retain_keys);
                let difference = maps(before, value, inner, keep, retain);
                if !difference.is_empty() {
                    patch.insert(name.clone(), Value::Object(difference));
                }
            }
            (Value::Array(before), Value::Array(value))
                if field.is_some_and(|f| f.merge.is_some()) =>
            {
                lists(
                    before,
                    value,
                    field.expect("it was just asked"),
                    keep,
                    &mut patch,
                );
            }
            _ if keep == Keep::Additions && before != value => {
                patch.insert(name.clone(), value.clone());
            }
            _ => {}
        }
    }
    let mut gone = old
        .keys()
        .filter(|name| !new.contains_key(*name))
        .peekable();
    let cleared = gone.peek().is_some();
    if keep == Keep::Deletions {
        patch.extend(gone.map(|name| (name.clone(), Value::Null)));
    }
    if retain_keys && !new.is_empty() && (!patch.is_empty() || cleared) {
        let keys = new.keys().map(|k| Value::from(k.as_str()));
        patch.insert("$retainKeys".into(), keys.collect());
    }
    patch
}

// upstream: strategicpatch/patch.go handleSliceDiff, diffLists
fn lists(old: &[Value], new: &[Value], field: &Field, keep: Keep, patch: &mut Map<String, Value>) {
    let name = field.name;
    if old.is_empty() {
        if keep == Keep::Additions && !new.is_empty() {
            patch.insert(name.into(), new.into());
        }
        return;
    }
    let key = field.merge.unwrap_or_default();
    if key.is_empty() {
        return scalars(old, new, name, keep, patch);
    }
    let owner = schema().object_of(field);
    let of = |list: &'_ [Value], id: &Value| list.iter().find(|item| &item[key] == id).cloned();
    let mut items = Vec::new();
    for item in new {
        let (Some(fields), before) = (item.as_object(), of(old, &item[key])) else {
            continue;
        };
        match before.as_ref().and_then(Value::as_object) {
            Some(before) => {
                let mut difference = maps(before, fields, owner, keep, field.retain_keys);
                if !difference.is_empty() {
                    difference.insert(key.into(), item[key].clone());
                    items.push(Value::Object(difference));
                }
            }
            None if keep == Keep::Additions => items.push(item.clone()),
            None => {}
        }
    }
    if keep == Keep::Deletions {
        for item in old.iter().filter(|item| of(new, &item[key]).is_none()) {
            items.push(json!({key: item[key], "$patch": "delete"}));
        }
    }
    let same_order = old.len() == new.len() && old.iter().zip(new).all(|(a, b)| a[key] == b[key]);
    let ordered = match keep {
        Keep::Additions => !items.is_empty() || !same_order,
        Keep::Deletions => !items.is_empty(),
    };
    if ordered {
        let order = new.iter().map(|item| json!({key: item[key]}));
        patch.insert(format!("$setElementOrder/{name}"), order.collect());
    }
    if !items.is_empty() {
        patch.insert(name.into(), Value::Array(items));
    }
}

// upstream: strategicpatch/patch.go diffListsOfScalars
fn scalars(old: &[Value], new: &[Value], name: &str, keep: Keep, patch: &mut Map<String, Value>) {
    let without = |list: &[Value], other: &[Value]| -> Vec<Value> {
        let mut all: Vec<Value> = Vec::new();
        for item in list.iter().filter(|item| !other.contains(item)) {
            if !all.contains(item) {
                all.push(item.clone());
            }
        }
        all
    };
    let (list, directive, ordered) = match keep {
        Keep::Additions => (without(new, old), name.to_owned(), old != new),
        Keep::Deletions => {
            let gone = without(old, new);
            let any = !gone.is_empty();
            (gone, format!("$deleteFromPrimitiveList/{name}"), any)
        }
    };
    if !list.is_empty() {
        patch.insert(directive, Value::Array(list));
    }
    if ordered {
        patch.insert(format!("$setElementOrder/{name}"), new.into());
    }
}
