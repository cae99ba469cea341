//! The form in which upstream prints an object again: quantities in theirs, and empty lists and maps not at all.

use podarium_api::quantity::Quantity;
use podarium_api::schema::{Field, Shape, Type, Wrap, schema};
use serde_json::{Map, Value};

/// Brings an object into that form. One of a kind without a table stays as it is.
///
/// upstream: `omitempty` of the fields below staging/src/k8s.io/api, resource.Quantity MarshalJSON
pub fn object(api_version: &str, kind: &str, fields: &mut Map<String, Value>) {
    if let Some(owner) = schema().find(api_version, kind) {
        for (name, value) in fields.iter_mut().filter(|(name, _)| *name != "metadata") {
            if let Some(field) = owner.field(name) {
                value_of(field, value);
            }
        }
        fields.retain(|name, value| name == "metadata" || kept(owner, name, value));
    }
}

fn kept(owner: &Type, name: &str, value: &Value) -> bool {
    let nothing = match value {
        Value::Array(items) => items.is_empty(),
        Value::Object(entries) => entries.is_empty(),
        _ => false,
    };
    !nothing
        || owner
            .field(name)
            .is_none_or(|f| f.wrap == Wrap::One || f.required)
}

fn value_of(field: &Field, value: &mut Value) {
    match value {
        Value::Array(items) if field.wrap != Wrap::One => {
            items.iter_mut().for_each(|v| one(field, v))
        }
        Value::Object(entries) if field.wrap == Wrap::Map => {
            entries.values_mut().for_each(|v| one(field, v))
        }
        value => one(field, value),
    }
}

fn one(field: &Field, value: &mut Value) {
    match (field.shape, &mut *value) {
        (Shape::Object(id), Value::Object(fields)) => {
            let owner = schema().get(id);
            for (name, value) in fields.iter_mut() {
                if let Some(field) = owner.field(name) {
                    value_of(field, value);
                }
            }
            fields.retain(|name, value| kept(owner, name, value));
        }
        (Shape::Quantity, Value::String(_) | Value::Number(_)) => {
            let text = match &*value {
                Value::String(text) => text.clone(),
                number => number.to_string(),
            };
            if let Ok(quantity) = Quantity::parse(&text) {
                *value = quantity.to_string().into();
            }
        }
        _ => {}
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    #[test]
    fn quantities_are_printed_anew_and_empty_lists_and_maps_not_at_all() {
        let policy = json!({
            "apiVersion": "networking.k8s.io/v1", "kind": "NetworkPolicy", "metadata": {"name": "a", "labels": {}},
            "spec": {"podSelector": {"matchLabels": {}}, "ingress": [], "egress": [{"to": []}], "policyTypes": ["Egress"]},
        });
        assert_eq!(
            crate::defaults::apply(policy)["spec"],
            json!({"podSelector": {}, "egress": [{}], "policyTypes": ["Egress"]})
        );
        let quota = json!({"apiVersion": "v1", "kind": "ResourceQuota", "spec": {"hard": {"memory": "1024Mi", "pods": 4}}});
        let spec = &crate::defaults::apply(quota)["spec"];
        assert_eq!(*spec, json!({"hard": {"memory": "1Gi", "pods": "4"}}));
    }
}
