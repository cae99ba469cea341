//! Elements of paths: `f:` a field, `k:` an item by its keys, `v:` an item by its value, `i:` by its place.
// upstream: structured-merge-diff fieldpath/element.go, serialize-pe.go; typed/helpers.go listItemToPathElement

use serde_json::{Map, Value};

use super::shape::{Items, Spot};

/// The element of a field.
pub fn field(name: &str) -> String {
    ["f:", name].concat()
}

/// The element of a list's item.
///
/// # Errors
/// Upstream's sentence for an item that cannot be told apart.
pub fn item(items: Items, spot: Spot, value: &Value) -> Result<String, &'static str> {
    let mut keys = Map::new();
    let mut key = |name: &str| {
        let given = value.get(name).cloned();
        if let Some(given) = given.or_else(|| spot.key_default(name)) {
            keys.insert(name.into(), given);
        }
    };
    match items {
        Items::Atomic => return Err("invalid indexing atomic list"),
        Items::Set => {
            return match value {
                Value::Object(_) => {
                    Err("associative list without keys has an element that's a map type")
                }
                Value::Array(_) => Err("not supported: associative list with lists as elements"),
                value => Ok(["v:", &value.to_string()].concat()),
            };
        }
        _ if value.is_null() => {
            return Err("associative list with keys may not have a null element");
        }
        _ if !value.is_object() => {
            return Err("associative list with keys may not have non-map elements");
        }
        Items::Keys(names) => names.iter().for_each(|name| key(name)),
        Items::SchemaKeys(names) => names.iter().filter_map(Value::as_str).for_each(key),
    }
    Ok(["k:", &Value::Object(keys).to_string()].concat())
}

/// An element as it is spelled here, whatever blanks and order of keys it came with.
pub fn normal(element: &str) -> Option<String> {
    let (kind, rest) = element.split_at_checked(2)?;
    match kind {
        "f:" | "i:" => Some(element.into()),
        "k:" | "v:" => {
            let value = podarium_api::typed::parse(rest.as_bytes()).ok()?;
            (kind == "v:" || value.is_object()).then(|| [kind, &value.to_string()].concat())
        }
        _ => None,
    }
}

/// An element as upstream prints it in paths: `.spec`, `[name="a"]`, `[="x"]`, `[3]`.
pub fn spelled(element: &str) -> String {
    let (kind, rest) = element.split_at_checked(2).unwrap_or_default();
    let parsed = || podarium_api::typed::parse(rest.as_bytes()).unwrap_or_default();
    match kind {
        "f:" => [".", rest].concat(),
        "k:" => {
            let keys = parsed();
            let each = keys.as_object().into_iter().flatten();
            let each: Vec<String> = each
                .map(|(name, value)| format!("{name}={value}"))
                .collect();
            format!("[{}]", each.join(","))
        }
        "v:" => format!("[={}]", parsed()),
        _ => format!("[{rest}]"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use podarium_api::schema::schema;
    use serde_json::json;

    fn of(owner: &str, field: &str, value: Value) -> Result<String, &'static str> {
        let spot = Spot::Object(schema().named(owner).unwrap()).under(field);
        match spot.unwrap().0.node(&value) {
            super::super::shape::Node::List(items, spot) => item(items, spot, &value),
            _ => panic!("{owner}.{field} is no list"),
        }
    }

    #[test]
    fn items_are_told_apart_by_keys_and_their_defaults() {
        for (owner, field, value, element) in [
            (
                "Container",
                "ports",
                json!({"containerPort": 80}),
                Ok(r#"k:{"containerPort":80,"protocol":"TCP"}"#),
            ),
            (
                "Container",
                "ports",
                json!({"containerPort": 53, "protocol": "UDP", "name": "dns"}),
                Ok(r#"k:{"containerPort":53,"protocol":"UDP"}"#),
            ),
            (
                "ServiceSpec",
                "ports",
                json!({"port": 80}),
                Ok(r#"k:{"port":80,"protocol":"TCP"}"#),
            ),
            (
                "Container",
                "env",
                json!({"name": "A", "value": "1"}),
                Ok(r#"k:{"name":"A"}"#),
            ),
            // Without its key and a default, an item is the one without.
            ("Container", "env", json!({"value": "1"}), Ok("k:{}")),
            ("ObjectMeta", "finalizers", json!("a/b"), Ok(r#"v:"a/b""#)),
            (
                "Container",
                "env",
                json!(null),
                Err("associative list with keys may not have a null element"),
            ),
            (
                "Container",
                "env",
                json!("A=1"),
                Err("associative list with keys may not have non-map elements"),
            ),
            (
                "ObjectMeta",
                "finalizers",
                json!({}),
                Err("associative list without keys has an element that's a map type"),
            ),
        ] {
            assert_eq!(of(owner, field, value).as_deref(), element.as_deref());
        }
    }

    #[test]
    fn elements_have_one_spelling() {
        assert_eq!(
            normal(r#"k:{"protocol": "TCP", "containerPort": 80}"#).as_deref(),
            Some(r#"k:{"containerPort":80,"protocol":"TCP"}"#)
        );
        assert_eq!(normal("x:y"), None);
        assert_eq!(normal("k:7"), None);
        assert_eq!(
            spelled(r#"k:{"containerPort":80,"protocol":"TCP"}"#),
            r#"[containerPort=80,protocol="TCP"]"#
        );
    }
}
