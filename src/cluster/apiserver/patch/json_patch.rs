//! JSON patch: a list of operations on paths.
// RFC 6902

use serde_json::Value;

/// What the operations make of `target`; all of them, or none and the reason.
pub fn apply(mut target: Value, patch: &Value) -> Result<Value, String> {
    let Value::Array(operations) = patch else {
        return Err("a JSON patch must be a list of operations".into());
    };
    for operation in operations {
        let text = |field: &str| {
            let text = operation[field].as_str();
            text.ok_or_else(|| format!("operation {operation} has no {field:?}"))
        };
        let path = pointer(text("path")?)?;
        let value = || {
            let value = operation.get("value").cloned();
            value.ok_or_else(|| format!("operation {operation} has no \"value\""))
        };
        match text("op")? {
            "add" => add(&mut target, &path, value()?)?,
            "remove" => drop(remove(&mut target, &path)?),
            "replace" => *find(&mut target, &path)? = value()?,
            "move" => {
                let from = pointer(text("from")?)?;
                if path.len() > from.len() && path.starts_with(&from) {
                    return Err("a value cannot be moved into itself".into());
                }
                let value = remove(&mut target, &from)?;
                add(&mut target, &path, value)?;
            }
            "copy" => {
                let from = pointer(text("from")?)?;
                let value = find(&mut target, &from)?.clone();
                add(&mut target, &path, value)?;
            }
            "test" => {
                if *find(&mut target, &path)? != value()? {
                    let path = text("path")?;
                    return Err(format!("testing value {path} failed"));
                }
            }
            other => return Err(format!("unexpected kind: {other}")),
        }
    }
    Ok(target)
}

fn pointer(text: &str) -> Result<Vec<String>, String> {
    if text.is_empty() {
        return Ok(Vec::new());
    }
    let Some(rest) = text.strip_prefix('/') else {
        return Err(format!("path {text:?} does not begin with a slash"));
    };
    Ok(rest
        .split('/')
        .map(|part| part.replace("~1", "/").replace("~0", "~"))
        .collect())
}

fn missing(path: &[String]) -> String {
    format!("path /{} does not exist", path.join("/"))
}

fn find<'a>(target: &'a mut Value, path: &[String]) -> Result<&'a mut Value, String> {
    let mut here = target;
    for part in path {
        here = match here {
            Value::Object(fields) => fields.get_mut(part),
            Value::Array(items) => part.parse().ok().and_then(|i: usize| items.get_mut(i)),
            _ => None,
        }
        .ok_or_else(|| missing(path))?;
    }
    Ok(here)
}

fn add(target: &mut Value, path: &[String], value: Value) -> Result<(), String> {
    let Some((last, above)) = path.split_last() else {
        *target = value;
        return Ok(());
    };
    match find(target, above)? {
        Value::Object(fields) => {
            fields.insert(last.clone(), value);
            Ok(())
        }
        Value::Array(items) => {
            let at = match last.as_str() {
                "-" => Some(items.len()),
                number => number.parse().ok().filter(|i| *i <= items.len()),
            };
            items.insert(at.ok_or_else(|| missing(path))?, value);
            Ok(())
        }
        _ => Err(missing(path)),
    }
}

fn remove(target: &mut Value, path: &[String]) -> Result<Value, String> {
    let Some((last, above)) = path.split_last() else {
        return Ok(target.take());
    };
    match find(target, above)? {
        Value::Object(fields) => fields.remove(last).ok_or_else(|| missing(path)),
        Value::Array(items) => {
            let at = last.parse().ok().filter(|i: &usize| *i < items.len());
            Ok(items.remove(at.ok_or_else(|| missing(path))?))
        }
        _ => Err(missing(path)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn operations_in_order() {
        let target = json!({"a": {"b": [1, 2]}, "x/y": 1});
        let patch = json!([
            {"op": "test", "path": "/a/b/0", "value": 1},
            {"op": "add", "path": "/a/b/1", "value": 9},
            {"op": "add", "path": "/a/b/-", "value": 3},
            {"op": "replace", "path": "/x~1y", "value": 2},
            {"op": "copy", "from": "/a/b", "path": "/c"},
            {"op": "move", "from": "/x~1y", "path": "/d"},
            {"op": "remove", "path": "/a/b/0"},
        ]);
        assert_eq!(
            apply(target, &patch),
            Ok(json!({"a": {"b": [9, 2, 3]}, "c": [1, 9, 2, 3], "d": 2}))
        );
    }

    #[test]
    fn refusals() {
        for (patch, text) in [
            (json!({}), "a JSON patch must be a list of operations"),
            (
                json!([{"op": "remove", "path": "/z"}]),
                "path /z does not exist",
            ),
            (
                json!([{"op": "add", "path": "/a/7", "value": 1}]),
                "path /a/7 does not exist",
            ),
            (
                json!([{"op": "test", "path": "/a/0", "value": 2}]),
                "testing value /a/0 failed",
            ),
            (
                json!([{"op": "grow", "path": "/a"}]),
                "unexpected kind: grow",
            ),
            (
                json!([{"op": "add", "path": "a", "value": 1}]),
                "path \"a\" does not begin with a slash",
            ),
        ] {
            assert_eq!(apply(json!({"a": [1]}), &patch), Err(text.into()));
        }
    }
}
