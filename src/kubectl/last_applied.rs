//! The annotation in which kubectl keeps what was applied.

use serde_json::{Map, Value};

/// Its name.
// upstream: staging/src/k8s.io/api/core/v1/annotation_key_constants.go LastAppliedConfigAnnotation
pub const LAST_APPLIED: &str = "kubectl.kubernetes.io/last-applied-configuration";

/// The object with the annotation that holds all of it but that annotation.
// upstream: staging/src/k8s.io/kubectl/pkg/util/apply.go GetModifiedConfiguration
pub fn annotated(mut object: Value) -> Value {
    annotations(&mut object).remove(LAST_APPLIED);
    let text = go_json(&object);
    annotations(&mut object).insert(LAST_APPLIED.into(), text.into());
    object
}

fn annotations(object: &mut Value) -> &mut Map<String, Value> {
    let field = &mut object["metadata"]["annotations"];
    if !field.is_object() {
        *field = Value::Object(Map::new());
    }
    field.as_object_mut().expect("it was just made an object")
}

/// Compact JSON as Go writes it: keys in order, `<`, `>` and `&` escaped, a newline at the end.
fn go_json(value: &Value) -> String {
    let mut text = value.to_string();
    for (plain, escaped) in [
        ("<", "\\u003c"),
        (">", "\\u003e"),
        ("&", "\\u0026"),
        ("\u{2028}", "\\u2028"),
        ("\u{2029}", "\\u2029"),
    ] {
        if text.contains(plain) {
            text = text.replace(plain, escaped);
        }
    }
    text.push('\n');
    text
}

#[cfg(test)]
mod tests {
    use super::*;
    use expect_test::expect;
    use serde_json::json;

    #[test]
    fn it_is_written_as_kubectl_writes_it() {
        let object = json!({
            "kind": "ConfigMap", "apiVersion": "v1", "metadata": {"name": "a", "namespace": "default"},
            "data": {"z": "a < b && c", "b": "é\"\n"},
        });
        let annotated = super::annotated(super::annotated(object));
        expect![[r#"
            {"apiVersion":"v1","data":{"b":"é\"\n","z":"a \u003c b \u0026\u0026 c"},"kind":"ConfigMap","metadata":{"annotations":{},"name":"a","namespace":"default"}}
        "#]]
        .assert_eq(annotated["metadata"]["annotations"][LAST_APPLIED].as_str().unwrap());
    }
}
