//! Values as Go prints them.

use serde_json::Value;

/// As `%v` does: `map[a:1 b:[x y]]`.
pub fn go(value: &Value) -> String {
    match value {
        Value::Null => "<nil>".into(),
        Value::String(text) => text.clone(),
        Value::Array(items) => {
            let each: Vec<String> = items.iter().map(go).collect();
            format!("[{}]", each.join(" "))
        }
        Value::Object(fields) => {
            let each: Vec<String> = fields
                .iter()
                .map(|(k, v)| format!("{k}:{}", go(v)))
                .collect();
            format!("map[{}]", each.join(" "))
        }
        other => other.to_string(),
    }
}

/// As `%#v` does.
pub fn go_syntax(value: &Value) -> String {
    match value {
        Value::Null => "interface {}(nil)".into(),
        Value::Array(items) => {
            let each: Vec<String> = items.iter().map(go_syntax).collect();
            format!("[]interface {{}}{{{}}}", each.join(", "))
        }
        Value::Object(fields) => {
            let each: Vec<String> = fields
                .iter()
                .map(|(k, v)| format!("{k:?}:{}", go_syntax(v)))
                .collect();
            format!("map[string]interface {{}}{{{}}}", each.join(", "))
        }
        other => other.to_string(),
    }
}

/// What Go's reflection calls the kind of a decoded value.
pub fn kind(value: &Value) -> &'static str {
    match value {
        Value::Null => "invalid",
        Value::Bool(_) => "bool",
        Value::Number(n) if n.is_f64() => "float64",
        Value::Number(_) => "int64",
        Value::String(_) => "string",
        Value::Array(_) => "slice",
        Value::Object(_) => "map",
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn values_print_as_in_go() {
        let value = json!({"b": ["x", 1, null], "a": {"c": true}});
        assert_eq!(go(&value), "map[a:map[c:true] b:[x 1 <nil>]]");
        assert_eq!(
            go_syntax(&value),
            r#"map[string]interface {}{"a":map[string]interface {}{"c":true}, "b":[]interface {}{"x", 1, interface {}(nil)}}"#
        );
        assert_eq!(kind(&json!(1.5)), "float64");
    }
}
