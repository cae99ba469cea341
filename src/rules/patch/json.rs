//! JSON patch: a list of operations on paths.
// RFC 6902; upstream: gopkg.in/evanphx/json-patch.v4 patch.go

use serde_json::Value;

use super::json_word;

/// upstream: endpoints/handlers/patch.go maxJSONPatchOperations
const MOST: usize = 10_000;
/// Copies may not make more bytes than this. upstream: apiserver/pkg/server/config.go JSONPatchMaxCopyBytes
const MOST_COPIED: usize = 3 * 1024 * 1024;

/// Reason and message of a refusal.
type Refusal = (&'static str, String);

/// What the operations make of `target`, and which fields of theirs are unknown; all of them, or none and why.
///
/// # Errors
/// `BadRequest`, `RequestEntityTooLarge`, or `Invalid`, which upstream gives no more reason for.
pub fn apply(mut target: Value, patch: &Value) -> Result<(Value, Vec<String>), Refusal> {
    let strict =
        check(patch).map_err(|text| ("BadRequest", ["error decoding patch: ", &text].concat()))?;
    let operations = patch.as_array().map_or(&[][..], Vec::as_slice);
    if operations.len() > MOST {
        let text = format!(
            "Request entity too large: The allowed maximum operations in a JSON patch is {MOST}, got {}",
            operations.len()
        );
        return Err(("RequestEntityTooLarge", text));
    }
    let mut copied = 0;
    for operation in operations {
        if operate(&mut target, operation, &mut copied).is_none() {
            // upstream: apimachinery/pkg/api/errors/errors.go NewGenericServerResponse keeps nothing of why
            let text = "the server rejected our request due to an error in our request";
            return Err(("Invalid", text.into()));
        }
    }
    Ok((target, strict))
}

/// Whether it is a list of operations at all.
fn check(patch: &Value) -> Result<Vec<String>, String> {
    let wrong = |value: &Value, into: &str| {
        Err(format!(
            "json: cannot unmarshal {} into Go {into}",
            json_word(value)
        ))
    };
    let mut strict = Vec::new();
    let Value::Array(operations) = patch else {
        return match patch {
            Value::Null => Ok(strict),
            other => wrong(other, "value of type []handlers.jsonPatchOp"),
        };
    };
    for (i, operation) in operations.iter().enumerate() {
        let Value::Object(fields) = operation else {
            return wrong(operation, "value of type handlers.jsonPatchOp");
        };
        for (name, value) in fields {
            match name.as_str() {
                "value" => {}
                "op" | "path" | "from" => {
                    if !value.is_string() && !value.is_null() {
                        return wrong(
                            value,
                            &format!("struct field jsonPatchOp.{name} of type string"),
                        );
                    }
                }
                name => strict.push(format!("json patch unknown field \"[{i}].{name}\"")),
            }
        }
    }
    Ok(strict)
}

/// Carries out one operation; none where it cannot be.
fn operate(target: &mut Value, operation: &Value, copied: &mut usize) -> Option<()> {
    let pointer = |field: &str| parts(operation[field].as_str()?);
    let path = || pointer("path");
    let value = || operation.get("value").cloned().unwrap_or_default();
    match operation["op"].as_str()? {
        "add" => add(target, &path()?, value()),
        "remove" => remove(target, &path()?).map(drop),
        "replace" => {
            let path = path()?;
            *find(target, &path)? = value();
            Some(())
        }
        "move" => {
            let moved = remove(target, &pointer("from")?)?;
            add(target, &path()?, moved)
        }
        "copy" => {
            let copy = find(target, &pointer("from")?)?.clone();
            *copied += copy.to_string().len();
            if *copied > MOST_COPIED {
                return None;
            }
            add(target, &path()?, copy)
        }
        "test" => {
            let found = find(target, &path()?).cloned();
            (found.unwrap_or_default() == value()).then_some(())
        }
        _ => None,
    }
}

/// The way to a value; there is none to the whole document. upstream: patch.go findObject
fn parts(text: &str) -> Option<Vec<String>> {
    let (_, rest) = text.split_once('/')?;
    let each = rest.split('/');
    Some(
        each.map(|part| part.replace("~1", "/").replace("~0", "~"))
            .collect(),
    )
}

/// The place of an item; negative ones count from the end. upstream: patch.go SupportNegativeIndices
fn index(part: &str, len: usize) -> Option<usize> {
    let at: i64 = part.parse().ok()?;
    usize::try_from(if at < 0 {
        at + i64::try_from(len).ok()?
    } else {
        at
    })
    .ok()
}

fn find<'a>(target: &'a mut Value, path: &[String]) -> Option<&'a mut Value> {
    path.iter().try_fold(target, |here, part| match here {
        Value::Object(fields) => fields.get_mut(part),
        Value::Array(items) => {
            let at = index(part, items.len())?;
            items.get_mut(at)
        }
        _ => None,
    })
}

fn add(target: &mut Value, path: &[String], value: Value) -> Option<()> {
    let (last, above) = path.split_last()?;
    match find(target, above)? {
        Value::Object(fields) => {
            fields.insert(last.clone(), value);
        }
        Value::Array(items) => {
            let at = match last.as_str() {
                "-" => items.len(),
                // Behind the last one is a place too.
                number => index(number, items.len() + 1)?,
            };
            if at > items.len() {
                return None;
            }
            items.insert(at, value);
        }
        _ => return None,
    }
    Some(())
}

fn remove(target: &mut Value, path: &[String]) -> Option<Value> {
    let (last, above) = path.split_last()?;
    match find(target, above)? {
        Value::Object(fields) => fields.remove(last),
        Value::Array(items) => {
            let at = index(last, items.len())?;
            (at < items.len()).then(|| items.remove(at))
        }
        _ => None,
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
            {"op": "test", "path": "/nothing", "value": null},
            {"op": "add", "path": "/a/b/1", "value": 9},
            {"op": "add", "path": "/a/b/-", "value": 3},
            {"op": "replace", "path": "/x~1y", "value": 2, "extra": 1},
            {"op": "copy", "from": "/a/b", "path": "/c"},
            {"op": "move", "from": "/x~1y", "path": "/d"},
            {"op": "remove", "path": "/a/b/0"},
            {"op": "remove", "path": "/c/-1"},
        ]);
        let (made, strict) = apply(target, &patch).unwrap();
        assert_eq!(made, json!({"a": {"b": [9, 2, 3]}, "c": [1, 9, 2], "d": 2}));
        assert_eq!(strict, ["json patch unknown field \"[4].extra\""]);
    }

    #[test]
    fn what_cannot_be_done_is_refused_without_a_reason() {
        for patch in [
            json!([{"op": "remove", "path": "/z"}]),
            json!([{"op": "add", "path": "/a/7", "value": 1}]),
            json!([{"op": "add", "path": "/z/y", "value": 1}]),
            json!([{"op": "replace", "path": "/z", "value": 1}]),
            json!([{"op": "test", "path": "/a/0", "value": 2}]),
            json!([{"op": "grow", "path": "/a"}]),
            json!([{"op": "remove"}]),
            json!([{"op": "replace", "path": "", "value": {}}]),
            json!([{"op": "replace", "path": "a", "value": {}}]),
            json!(
                (0..40)
                    .map(|_| json!({"op": "copy", "from": "/a", "path": "/a/-"}))
                    .collect::<Vec<_>>()
            ),
        ] {
            assert_eq!(
                apply(json!({"a": [1]}), &patch),
                Err((
                    "Invalid",
                    "the server rejected our request due to an error in our request".into()
                )),
                "{patch}"
            );
        }
    }

    #[test]
    fn what_is_no_operation_is_told() {
        for (patch, text) in [
            (
                json!(["x"]),
                "cannot unmarshal string into Go value of type handlers.jsonPatchOp",
            ),
            (
                json!([{"op": 1}]),
                "cannot unmarshal number into Go struct field jsonPatchOp.op of type string",
            ),
        ] {
            let text = ["error decoding patch: json: ", text].concat();
            assert_eq!(apply(json!({}), &patch), Err(("BadRequest", text)));
        }
        let many: Value = (0..=MOST)
            .map(|_| json!({"op": "test", "path": "/a"}))
            .collect();
        let (reason, text) = apply(json!({}), &many).unwrap_err();
        assert_eq!(
            (reason, text.as_str()),
            (
                "RequestEntityTooLarge",
                "Request entity too large: The allowed maximum operations in a JSON patch is 10000, got 10001"
            )
        );
    }
}
