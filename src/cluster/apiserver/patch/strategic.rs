//! Strategic merge patch: lists merge by keys that each kind's table of fields names, and `$` keys give orders.
// upstream: staging/src/k8s.io/apimachinery/pkg/util/strategicpatch/patch.go

use podarium_api::schema::{Field, Type, Wrap, schema};
use podarium_api::sort;
use serde_json::{Map, Value};

const DIRECTIVE: &str = "$patch";
const RETAIN_KEYS: &str = "$retainKeys";
const ORDER: &str = "$setElementOrder/";
const DELETE_PRIMITIVES: &str = "$deleteFromPrimitiveList/";

/// What `patch` makes of `target`, an object of type `owner`; without a type, lists are replaced.
///
/// # Errors
/// A sentence for a patch that contradicts itself.
// upstream: strategicpatch/patch.go StrategicMergePatch
pub fn apply(target: Value, patch: Value, owner: Option<&Type>) -> Result<Value, String> {
    let (Value::Object(target), Value::Object(patch)) = (target, patch) else {
        return Err("a strategic merge patch must be an object".into());
    };
    merge_map(target, patch, owner).map(Value::Object)
}

// upstream: strategicpatch/patch.go mergeMap
fn merge_map(
    mut target: Map<String, Value>,
    mut patch: Map<String, Value>,
    owner: Option<&Type>,
) -> Result<Map<String, Value>, String> {
    match patch.remove(DIRECTIVE).as_ref().map(|d| d.as_str()) {
        None | Some(Some("merge")) => {}
        Some(Some("replace")) => return Ok(patch),
        Some(Some("delete")) => return Ok(Map::new()),
        Some(other) => {
            return Err(format!(
                "unknown patch type found: {}",
                other.unwrap_or_default()
            ));
        }
    }
    if let Some(Value::Array(kept)) = patch.remove(RETAIN_KEYS) {
        target.retain(|name, _| kept.iter().any(|k| k.as_str() == Some(name)));
    }
    let mut orders = Vec::new();
    let mut plain = Vec::new();
    for (name, value) in patch {
        if let Some(list) = name.strip_prefix(ORDER) {
            orders.push((list.to_owned(), value));
        } else if let Some(list) = name.strip_prefix(DELETE_PRIMITIVES) {
            let (Value::Array(gone), Some(Value::Array(items))) = (value, target.get_mut(list))
            else {
                continue;
            };
            items.retain(|item| !gone.contains(item));
        } else {
            plain.push((name, value));
        }
    }
    for (name, value) in plain {
        let field = owner.and_then(|t| t.field(&name));
        let order = orders.iter().position(|(list, _)| *list == name);
        let order = order.map(|i| orders.remove(i).1);
        merge_field(&mut target, name, value, field, order)?;
    }
    // Lists of which only the order is given.
    for (name, order) in orders {
        let field = owner.and_then(|t| t.field(&name));
        if let (Some(Value::Array(items)), Some(key)) =
            (target.get(&name), field.and_then(|f| f.merge))
        {
            let sorted = in_order(items.clone(), items, Some(&order), key);
            target.insert(name, Value::Array(sorted));
        }
    }
    Ok(target)
}

fn merge_field(
    target: &mut Map<String, Value>,
    name: String,
    value: Value,
    field: Option<&Field>,
    order: Option<Value>,
) -> Result<(), String> {
    if value.is_null() {
        target.remove(&name);
        return Ok(());
    }
    let inner = field.filter(|f| f.wrap != Wrap::List);
    let owner = inner.and_then(|f| schema().object_of(f));
    let merged = match (target.remove(&name), value) {
        (Some(Value::Object(old)), Value::Object(new)) => {
            // The values of a map of objects are of that type; the map itself has none.
            let owner = owner.filter(|_| inner.is_some_and(|f| f.wrap == Wrap::One));
            Value::Object(merge_map(old, new, owner)?)
        }
        (Some(Value::Array(old)), Value::Array(new)) => match field
            .and_then(|f| f.merge.map(|k| (f, k)))
        {
            Some((field, key)) => Value::Array(merge_list(old, new, field, key, order.as_ref())?),
            None => Value::Array(new),
        },
        (None, Value::Object(new)) => {
            let owner = owner.filter(|_| inner.is_some_and(|f| f.wrap == Wrap::One));
            Value::Object(merge_map(Map::new(), new, owner)?)
        }
        (None, Value::Array(new)) => match field.and_then(|f| f.merge.map(|k| (f, k))) {
            Some((field, key)) => {
                Value::Array(merge_list(Vec::new(), new, field, key, order.as_ref())?)
            }
            None => Value::Array(new),
        },
        (_, new) => new,
    };
    target.insert(name, merged);
    Ok(())
}

// upstream: strategicpatch/patch.go mergeSlice
fn merge_list(
    old: Vec<Value>,
    patch: Vec<Value>,
    field: &Field,
    key: &str,
    order: Option<&Value>,
) -> Result<Vec<Value>, String> {
    if key.is_empty() {
        let mut all = old.clone();
        for item in patch {
            if !all.contains(&item) {
                all.push(item);
            }
        }
        return Ok(in_order(all, &old, order, key));
    }
    let owner = schema().object_of(field);
    let mut all = old.clone();
    let mut replaced = false;
    let mut plain = Vec::new();
    for item in patch {
        let Value::Object(mut item) = item else {
            return Err(format!("a list that merges by {key:?} must hold objects"));
        };
        match item.get(DIRECTIVE).and_then(Value::as_str) {
            None | Some("merge") => plain.push(item),
            Some("delete") => {
                let gone = item.get(key).cloned();
                let Some(gone) = gone else {
                    return Err(format!(
                        "map: {item:?} does not contain declared merge key: {key}"
                    ));
                };
                all.retain(|had| had.get(key) != Some(&gone));
            }
            Some("replace") => {
                item.remove(DIRECTIVE);
                replaced = true;
                if !item.is_empty() {
                    plain.push(item);
                }
            }
            Some(other) => return Err(format!("unknown patch type found: {other}")),
        }
    }
    if replaced {
        return Ok(plain.into_iter().map(Value::Object).collect());
    }
    for mut item in plain {
        item.remove(DIRECTIVE);
        let Some(id) = item.get(key).cloned() else {
            let item = Value::Object(item);
            return Err(format!(
                "map: {item} does not contain declared merge key: {key}"
            ));
        };
        match all.iter_mut().find(|had| had.get(key) == Some(&id)) {
            Some(had) => {
                let Value::Object(fields) = had.take() else {
                    return Err(format!("a list that merges by {key:?} must hold objects"));
                };
                *had = Value::Object(merge_map(fields, item, owner)?);
            }
            None => all.push(Value::Object(merge_map(Map::new(), item, owner)?)),
        }
    }
    Ok(in_order(all, &old, order, key))
}

/// Sorts a merged list: what the patch orders goes as it says, what only the server has stays by its old neighbours.
// upstream: strategicpatch/patch.go normalizeElementOrder, mergeSortedSlice
fn in_order(all: Vec<Value>, server: &[Value], order: Option<&Value>, key: &str) -> Vec<Value> {
    let Some(Value::Array(order)) = order else {
        return all;
    };
    let same = |a: &Value, b: &Value| {
        if key.is_empty() {
            a == b
        } else {
            a.get(key) == b.get(key)
        }
    };
    let place = |list: &[Value], item: &Value| list.iter().position(|other| same(other, item));
    let (mut ordered, mut others): (Vec<_>, Vec<_>) = all
        .into_iter()
        .partition(|item| place(order, item).is_some());
    sort::by_key(&mut ordered, |item| place(order, item));
    sort::by_key(&mut others, |item| place(server, item));
    let mut out = Vec::with_capacity(ordered.len() + others.len());
    let mut others = others.into_iter().peekable();
    for item in ordered {
        while let Some(other) = others.peek() {
            match (place(server, other), place(server, &item)) {
                (Some(a), Some(b)) if a < b => out.extend(others.next()),
                _ => break,
            }
        }
        out.push(item);
    }
    out.extend(others);
    out
}

#[cfg(test)]
mod tests {
    use super::*;
    use podarium_api::kinds::KindId;
    use serde_json::json;

    fn patched(target: Value, patch: Value) -> Result<Value, String> {
        apply(target, patch, Some(schema().of_kind(KindId::POD)))
    }

    #[test]
    fn lists_merge_by_their_keys() {
        let pod = json!({"spec": {"containers": [
            {"name": "a", "image": "x:1", "ports": [{"containerPort": 80, "name": "http"}], "args": ["1"]},
            {"name": "b", "image": "y:1"},
        ]}});
        for (patch, result) in [
            (
                json!({"spec": {"containers": [{"name": "a", "image": "x:2"}]}}),
                json!([
                    {"name": "a", "image": "x:2", "ports": [{"containerPort": 80, "name": "http"}], "args": ["1"]},
                    {"name": "b", "image": "y:1"},
                ]),
            ),
            (
                json!({"spec": {"containers": [{"name": "a", "args": ["2"], "ports": [{"containerPort": 90}]}, {"name": "c"}]}}),
                json!([
                    {"name": "a", "image": "x:1", "ports": [{"containerPort": 80, "name": "http"}, {"containerPort": 90}], "args": ["2"]},
                    {"name": "b", "image": "y:1"},
                    {"name": "c"},
                ]),
            ),
            (
                json!({"spec": {"containers": [{"name": "a", "$patch": "delete"}]}}),
                json!([{"name": "b", "image": "y:1"}]),
            ),
            (
                json!({"spec": {"containers": [{"name": "z"}, {"$patch": "replace"}]}}),
                json!([{"name": "z"}]),
            ),
            (
                json!({"spec": {"$setElementOrder/containers": [{"name": "c"}, {"name": "a"}], "containers": [{"name": "c"}]}}),
                json!([
                    {"name": "c"},
                    {"name": "a", "image": "x:1", "ports": [{"containerPort": 80, "name": "http"}], "args": ["1"]},
                    {"name": "b", "image": "y:1"},
                ]),
            ),
            (
                json!({"spec": {"$setElementOrder/containers": [{"name": "b"}, {"name": "a"}]}}),
                json!([
                    {"name": "b", "image": "y:1"},
                    {"name": "a", "image": "x:1", "ports": [{"containerPort": 80, "name": "http"}], "args": ["1"]},
                ]),
            ),
        ] {
            let got = patched(pod.clone(), patch.clone()).unwrap();
            assert_eq!(got["spec"]["containers"], result, "{patch}");
        }
    }

    #[test]
    fn plain_lists_and_maps() {
        let pod = json!({"metadata": {"finalizers": ["a", "b"], "labels": {"x": "1", "y": "2"}}});
        for (patch, result) in [
            (
                json!({"metadata": {"finalizers": ["c", "a"]}}),
                json!({"finalizers": ["a", "b", "c"], "labels": {"x": "1", "y": "2"}}),
            ),
            (
                json!({"metadata": {"$deleteFromPrimitiveList/finalizers": ["a"], "labels": {"x": null}}}),
                json!({"finalizers": ["b"], "labels": {"y": "2"}}),
            ),
            (
                json!({"metadata": {"labels": {"$patch": "replace", "z": "3"}}}),
                json!({"finalizers": ["a", "b"], "labels": {"z": "3"}}),
            ),
        ] {
            let got = patched(pod.clone(), patch.clone()).unwrap();
            assert_eq!(got["metadata"], result, "{patch}");
        }
    }

    #[test]
    fn retained_keys_and_unknown_orders() {
        let deployment = json!({"spec": {"strategy": {"type": "RollingUpdate", "rollingUpdate": {"maxSurge": 1}}}});
        let patch = json!({"spec": {"strategy": {"$retainKeys": ["type"], "type": "Recreate"}}});
        let owner = Some(schema().of_kind(KindId::DEPLOYMENT));
        assert_eq!(
            apply(deployment, patch, owner),
            Ok(json!({"spec": {"strategy": {"type": "Recreate"}}}))
        );
        assert_eq!(
            patched(json!({}), json!({"$patch": "grow"})),
            Err("unknown patch type found: grow".into())
        );
        let keyless = json!({"spec": {"containers": [{"image": "x"}]}});
        assert_eq!(
            patched(json!({}), keyless),
            Err(r#"map: {"image":"x"} does not contain declared merge key: name"#.into())
        );
    }
}
