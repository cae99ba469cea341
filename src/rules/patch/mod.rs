//! Patches: three ways to say what should change in an object.
// upstream: staging/src/k8s.io/apiserver/pkg/endpoints/handlers/patch.go

mod json;
mod merge;
mod strategic;

use podarium_api::schema::schema;
use serde_json::{Map, Value, json};

use crate::words::go;

/// What a patch makes of an object: `{object, strict, shown}`, with what strictness finds wrong in the patch itself, and the
/// patch as it is shown where what it makes cannot be read; or `{refused: {reason, message}}`.
pub fn patch(object: &Value, patch: &Value, how: &Value) -> Value {
    let refuse =
        |reason: &str, message: String| json!({"refused": {"reason": reason, "message": message}});
    let text = |field: &str| how[field].as_str().unwrap_or_default();
    match text("type") {
        "json" => match json::apply(object.clone(), patch) {
            Ok((object, strict)) => json!({"object": object, "strict": strict}),
            Err((reason, message)) => refuse(reason, message),
        },
        word => {
            let strategic = word == "strategic";
            let patch = match patch {
                Value::Object(fields) => fields.clone(),
                Value::Null => Map::new(),
                other => {
                    let prefix = if strategic {
                        ""
                    } else {
                        "error decoding patch: "
                    };
                    let word = json_word(other);
                    return refuse(
                        "BadRequest",
                        format!(
                            "{prefix}json: cannot unmarshal {word} into Go value of type map[string]interface {{}}"
                        ),
                    );
                }
            };
            let shown = if strategic {
                go(&Value::Object(patch.clone()))
            } else {
                String::new()
            };
            if !strategic {
                return json!({"object": merge::apply(object.clone(), Value::Object(patch))});
            }
            let owner = schema().find(text("apiVersion"), text("kind"));
            match strategic::apply(object.clone(), patch, owner) {
                Ok(object) => json!({"object": object, "shown": shown}),
                Err((reason, message)) => refuse(reason, message),
            }
        }
    }
}

/// What Go's decoder calls a value.
fn json_word(value: &Value) -> &'static str {
    match value {
        Value::Null => "null",
        Value::Bool(_) => "bool",
        Value::Number(_) => "number",
        Value::String(_) => "string",
        Value::Array(_) => "array",
        Value::Object(_) => "object",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_no_patch_is_refused_in_upstreams_words() {
        for (kind, body, reason, message) in [
            (
                "json",
                json!({}),
                "BadRequest",
                "error decoding patch: json: cannot unmarshal object into Go value of type []handlers.jsonPatchOp",
            ),
            (
                "merge",
                json!([]),
                "BadRequest",
                "error decoding patch: json: cannot unmarshal array into Go value of type map[string]interface {}",
            ),
            (
                "strategic",
                json!("x"),
                "BadRequest",
                "json: cannot unmarshal string into Go value of type map[string]interface {}",
            ),
        ] {
            let answer = patch(&json!({}), &body, &json!({"type": kind}));
            assert_eq!(
                answer["refused"],
                json!({"reason": reason, "message": message})
            );
        }
    }

    #[test]
    fn the_patch_is_shown_as_go_prints_it() {
        let how = json!({"type": "strategic", "apiVersion": "v1", "kind": "Pod"});
        let body = json!({"spec": {"foo": 1, "containers": [{"name": "a"}]}});
        let answer = patch(&json!({}), &body, &how);
        assert_eq!(
            answer["shown"],
            "map[spec:map[containers:[map[name:a]] foo:1]]"
        );
    }
}
