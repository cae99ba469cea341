//! Strategic merge patch: lists merge by keys that each kind's table of fields names, and `$` keys give orders.
// upstream: staging/src/k8s.io/apimachinery/pkg/util/strategicpatch/patch.go

use podarium_api::schema::{Field, Type, Wrap, schema};
use podarium_api::sort;
use serde_json::{Map, Value};

use crate::words::{go, kind};

const DIRECTIVE: &str = "$patch";
const RETAIN_KEYS: &str = "$retainKeys";
const ORDER: &str = "$setElementOrder/";
const DELETE_PRIMITIVES: &str = "$deleteFromPrimitiveList/";

/// Reason and message of a refusal.
type Refusal = (&'static str, String);
type Fields = Map<String, Value>;

/// What `patch` makes of `target`, an object of type `owner`; without a type, lists are replaced.
///
/// # Errors
/// Reason and message for a patch that contradicts itself.
// upstream: strategicpatch/patch.go StrategicMergeMapPatch
pub fn apply(target: Value, patch: Fields, owner: Option<&Type>) -> Result<Value, Refusal> {
    let target = match target {
        Value::Object(fields) => fields,
        _ => Fields::new(),
    };
    merge_map(target, patch, owner).map(Value::Object)
}

/// upstream: handlers/patch.go interpretStrategicMergePatchError; apimachinery/pkg/util/mergepatch/errors.go
fn bad_format(of: &str) -> Refusal {
    ("BadRequest", ["invalid patch format of ", of].concat())
}

/// What upstream gives no reason for.
fn other(text: String) -> Refusal {
    ("Unknown", text)
}

fn unknown_directive(directive: &Value, owner: &Fields) -> Refusal {
    let map = go(&Value::Object(owner.clone()));
    other(format!(
        "unknown patch type: {} in map: {map}",
        go(directive)
    ))
}

fn keyless(item: &Value, key: &str) -> Refusal {
    other(format!(
        "map: {} does not contain declared merge key: {key}",
        go(item)
    ))
}

// upstream: strategicpatch/patch.go mergeMap
fn merge_map(
    mut target: Fields,
    mut patch: Fields,
    owner: Option<&Type>,
) -> Result<Fields, Refusal> {
    if let Some(directive) = patch.get(DIRECTIVE) {
        return match directive.as_str() {
            Some("replace") => {
                patch.remove(DIRECTIVE);
                Ok(patch)
            }
            Some("delete") => Ok(Fields::new()),
            _ => Err(unknown_directive(directive, &patch)),
        };
    }
    retain_keys(&mut target, &mut patch)?;
    let mut orders = Vec::new();
    let mut plain = Vec::new();
    for (name, value) in patch {
        if let Some(list) = name.strip_prefix(ORDER) {
            let Value::Array(order) = value else {
                let text = format!(
                    "expected a []interface {{}}, but received a {}",
                    kind(&value)
                );
                return Err(other(text));
            };
            orders.push((list.to_owned(), order));
        } else if let Some(list) = name.strip_prefix(DELETE_PRIMITIVES) {
            if let (Value::Array(gone), Some(Value::Array(items))) = (value, target.get_mut(list)) {
                items.retain(|item| !gone.contains(item));
            }
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
            let sorted = in_order(items.clone(), items, &order, key);
            target.insert(name, Value::Array(sorted));
        }
    }
    Ok(target)
}

// upstream: strategicpatch/patch.go applyRetainKeysDirective
fn retain_keys(target: &mut Fields, patch: &mut Fields) -> Result<(), Refusal> {
    let kept = match patch.remove(RETAIN_KEYS) {
        None => return Ok(()),
        Some(Value::Array(kept)) => kept,
        Some(_) => return Err(bad_format("retainKeys")),
    };
    let has = |name: &str| kept.iter().any(|k| k.as_str() == Some(name));
    let strange = patch.iter().any(|(name, value)| {
        let order = name.starts_with(ORDER) || name.starts_with(DELETE_PRIMITIVES);
        !value.is_null() && !order && !has(name)
    });
    if strange {
        return Err(bad_format("retainKeys"));
    }
    target.retain(|name, _| has(name));
    Ok(())
}

fn merge_field(
    target: &mut Fields,
    name: String,
    value: Value,
    field: Option<&Field>,
    order: Option<Vec<Value>>,
) -> Result<(), Refusal> {
    let old = target.remove(&name);
    let merged = match (old, value) {
        (_, Value::Null) => return Ok(()),
        (old @ (None | Some(Value::Object(_))), Value::Object(new)) => {
            // The values of a map of objects are of that type; the map itself has none.
            let inner = field.filter(|f| f.wrap == Wrap::One);
            let owner = inner.and_then(|f| schema().object_of(f));
            let old = match old {
                Some(Value::Object(old)) => old,
                _ => Fields::new(),
            };
            Value::Object(merge_map(old, new, owner)?)
        }
        (old @ (None | Some(Value::Array(_))), Value::Array(new)) => {
            match field.and_then(|f| f.merge.map(|key| (f, key))) {
                Some((field, key)) => {
                    let old = match old {
                        Some(Value::Array(old)) => Some(old),
                        _ => None,
                    };
                    Value::Array(merge_list(old, new, field, key, order)?)
                }
                None => Value::Array(new),
            }
        }
        (_, new) => new,
    };
    target.insert(name, merged);
    Ok(())
}

// upstream: strategicpatch/patch.go mergeSlice, mergeSliceWithSpecialElements, mergeSliceWithoutSpecialElements
fn merge_list(
    old: Option<Vec<Value>>,
    patch: Vec<Value>,
    field: &Field,
    key: &str,
    order: Option<Vec<Value>>,
) -> Result<Vec<Value>, Refusal> {
    // A list that was not there is taken as it is, keys or not.
    let fresh = old.is_none() && order.is_none();
    let old = old.unwrap_or_default();
    if patch.iter().chain(&old).any(Value::is_array) {
        let text = "lists of lists are not supported".to_owned();
        return Err(("Invalid", text));
    }
    if key.is_empty() {
        let mut all = old.clone();
        for item in &patch {
            if !all.contains(item) {
                all.push(item.clone());
            }
        }
        return Ok(in_order(all, &old, &order.unwrap_or(patch), key));
    }
    let owner = schema().object_of(field);
    let mut all = old;
    let mut replaced = false;
    let mut plain = Vec::new();
    for item in patch {
        let Value::Object(fields) = item else {
            let text = format!(
                "expected a map[string]interface {{}}, but received a {}",
                kind(&item)
            );
            return Err(other(text));
        };
        let directive = match fields.get(DIRECTIVE) {
            None => {
                plain.push(fields);
                continue;
            }
            Some(directive) => directive,
        };
        match directive.as_str() {
            Some("delete") => match fields.get(key) {
                Some(gone) => all.retain(|had| had.get(key) != Some(gone)),
                None if fresh => {}
                None => return Err(keyless(&Value::Object(fields), key)),
            },
            Some("replace") => replaced = true,
            Some("merge") => {
                let text = "merging lists cannot yet be specified in the patch";
                return Err(other(text.into()));
            }
            _ => return Err(unknown_directive(directive, &fields)),
        }
    }
    if replaced {
        return Ok(plain.into_iter().map(Value::Object).collect());
    }
    if let Some(order) = &order {
        in_patch_order(&plain, order, key)?;
    }
    let server = all.clone();
    let named: Vec<Value> = plain.iter().cloned().map(Value::Object).collect();
    for item in plain {
        let id = item.get(key);
        if id.is_none() && !fresh {
            return Err(keyless(&Value::Object(item), key));
        }
        let at = id.and_then(|id| all.iter().position(|had| had.get(key) == Some(id)));
        let had = match at.map(|at| all[at].take()) {
            Some(Value::Object(had)) => had,
            _ => Fields::new(),
        };
        let merged = Value::Object(merge_map(had, item, owner)?);
        match at {
            Some(at) => all[at] = merged,
            None => all.push(merged),
        }
    }
    if fresh {
        return Ok(all);
    }
    Ok(in_order(all, &server, &order.unwrap_or(named), key))
}

/// Whether all items of a patch stand in the order that it gives, and in the same sequence.
// upstream: strategicpatch/patch.go validatePatchWithSetOrderList
fn in_patch_order(patch: &[Fields], order: &[Value], key: &str) -> Result<(), Refusal> {
    if patch.is_empty() || order.is_empty() {
        return Ok(());
    }
    let mut left = order.iter();
    let all = patch
        .iter()
        .all(|item| left.any(|place| place.get(key) == item.get(key)));
    if all {
        return Ok(());
    }
    let list = |items: Vec<Value>| go(&Value::Array(items));
    let items = patch.iter().cloned().map(Value::Object).collect();
    Err(other(format!(
        "The order in patch list:\n{}\n doesn't match $setElementOrder list:\n{}\n",
        list(items),
        list(order.to_vec())
    )))
}

/// Sorts a merged list: what the patch orders goes as it says, what only the server has stays by its old neighbours.
// upstream: strategicpatch/patch.go normalizeElementOrder, mergeSortedSlice
fn in_order(all: Vec<Value>, server: &[Value], order: &[Value], key: &str) -> Vec<Value> {
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
    use serde_json::json;

    fn patched(target: Value, patch: Value) -> Result<Value, Refusal> {
        let patch = patch.as_object().cloned().unwrap();
        apply(target, patch, schema().find("v1", "Pod"))
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
                    // What is new stands before what the patch does not name.
                    {"name": "a", "image": "x:1", "ports": [{"containerPort": 90}, {"containerPort": 80, "name": "http"}], "args": ["2"]},
                    {"name": "c"},
                    {"name": "b", "image": "y:1"},
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
                json!({"finalizers": ["c", "a", "b"], "labels": {"x": "1", "y": "2"}}),
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
    fn retained_keys() {
        let deployment = json!({"spec": {"strategy": {"type": "RollingUpdate", "rollingUpdate": {"maxSurge": 1}}}});
        let strategy = |strategy: Value| {
            let patch = json!({"spec": {"strategy": strategy}});
            let owner = schema().find("apps/v1", "Deployment");
            apply(
                deployment.clone(),
                patch.as_object().cloned().unwrap(),
                owner,
            )
        };
        assert_eq!(
            strategy(json!({"$retainKeys": ["type"], "type": "Recreate"})),
            Ok(json!({"spec": {"strategy": {"type": "Recreate"}}}))
        );
        for wrong in [
            json!({"$retainKeys": "type"}),
            json!({"$retainKeys": ["x"], "type": "Recreate"}),
        ] {
            let text = "invalid patch format of retainKeys".to_owned();
            assert_eq!(strategy(wrong), Err(("BadRequest", text)));
        }
    }

    #[test]
    fn contradictions_are_told_in_upstreams_words() {
        let containers = |list: Value| json!({"spec": {"containers": list}});
        for (patch, text) in [
            (
                json!({"metadata": {"$patch": "grow"}}),
                "unknown patch type: grow in map: map[$patch:grow]",
            ),
            (
                containers(json!([{"image": "x"}])),
                "map: map[image:x] does not contain declared merge key: name",
            ),
            (
                containers(json!([{"$patch": "delete"}])),
                "map: map[$patch:delete] does not contain declared merge key: name",
            ),
            (
                containers(json!([{"name": "a", "$patch": "merge"}])),
                "merging lists cannot yet be specified in the patch",
            ),
            (
                json!({"spec": {"$setElementOrder/containers": [{"name": "b"}], "containers": [{"name": "a"}]}}),
                "The order in patch list:\n[map[name:a]]\n doesn't match $setElementOrder list:\n[map[name:b]]\n",
            ),
        ] {
            let pod = json!({"metadata": {}, "spec": {"containers": [{"name": "a"}]}});
            assert_eq!(patched(pod, patch), Err(("Unknown", text.into())));
        }
        let fresh = containers(json!([{"image": "x"}]));
        assert_eq!(patched(json!({}), fresh.clone()), Ok(fresh));
    }
}
