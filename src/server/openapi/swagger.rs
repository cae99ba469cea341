//! The document of version 2, for older clients: what those of version 3 say, in the older form.

use serde_json::{Map, Value, json};

/// Joins documents of version 3 into one of version 2.
pub fn joined(documents: &[Value]) -> Value {
    let (mut paths, mut definitions) = (Map::new(), Map::new());
    for document in documents {
        for (path, item) in document["paths"].as_object().into_iter().flatten() {
            paths.insert(path.clone(), path_item(item));
        }
        let schemas = document["components"]["schemas"].as_object();
        for (name, value) in schemas.into_iter().flatten() {
            if !definitions.contains_key(name) {
                definitions.insert(name.clone(), schema(value));
            }
        }
    }
    let info = documents.first().map(|d| d["info"].clone());
    json!({"swagger": "2.0", "info": info, "paths": paths, "definitions": definitions})
}

fn path_item(item: &Value) -> Value {
    let mut out = Map::new();
    for (key, value) in item.as_object().into_iter().flatten() {
        let value = match key.as_str() {
            "parameters" => parameters(value).into(),
            _ => operation(value),
        };
        out.insert(key.clone(), value);
    }
    out.into()
}

fn operation(given: &Value) -> Value {
    let mut out = given.as_object().cloned().unwrap_or_default();
    let mut all = parameters(&given["parameters"]);
    let mut consumes = vec![json!("*/*")];
    if let Some(body) = out.remove("requestBody")
        && let Some(content) = body["content"].as_object()
    {
        consumes = content.keys().map(|form| form.as_str().into()).collect();
        let of = content.values().next().map(|form| schema(&form["schema"]));
        let mut parameter = json!({"name": "body", "in": "body", "schema": of});
        if body["required"] == true {
            parameter["required"] = true.into();
        }
        all.push(parameter);
    }
    out.insert("consumes".into(), consumes.into());
    if !all.is_empty() {
        out.insert("parameters".into(), all.into());
    }
    let (mut produces, mut responses) = (Vec::new(), Map::new());
    for (code, given) in given["responses"].as_object().into_iter().flatten() {
        let mut response = json!({"description": given["description"]});
        for (form, content) in given["content"].as_object().into_iter().flatten() {
            let form = Value::from(form.as_str());
            if !produces.contains(&form) {
                produces.push(form);
            }
            response["schema"] = schema(&content["schema"]);
        }
        responses.insert(code.clone(), response);
    }
    out.insert("produces".into(), produces.into());
    out.insert("responses".into(), responses.into());
    out.insert("schemes".into(), json!(["http"]));
    out.into()
}

fn parameters(given: &Value) -> Vec<Value> {
    let each = given.as_array().into_iter().flatten().map(|given| {
        let mut out = given.as_object().cloned().unwrap_or_default();
        if let Some(Value::Object(schema)) = out.remove("schema") {
            out.extend(schema);
        }
        Value::Object(out)
    });
    each.collect()
}

/// A schema: one reference beside other keys is allowed, defaults and choices are not.
///
/// upstream: k8s.io/kube-openapi/pkg/builder; a Quantity and an IntOrString are texts there.
fn schema(given: &Value) -> Value {
    match given {
        Value::Object(map) => {
            let mut out = Map::new();
            for (key, value) in map {
                match key.as_str() {
                    "$ref" => {
                        let name = value.as_str().unwrap_or_default();
                        let name = name.rsplit('/').next().unwrap_or_default();
                        out.insert(key.clone(), format!("#/definitions/{name}").into());
                    }
                    "allOf" => {
                        if let Value::Object(one) = schema(&value[0]) {
                            out.extend(one);
                        }
                    }
                    "oneOf" => {
                        out.insert("type".into(), "string".into());
                    }
                    "properties" => {
                        let each = value.as_object().into_iter().flatten();
                        let each: Map<String, Value> = each
                            .map(|(name, value)| (name.clone(), schema(value)))
                            .collect();
                        out.insert(key.clone(), each.into());
                    }
                    "items" | "additionalProperties" => {
                        out.insert(key.clone(), schema(value));
                    }
                    "default" => {}
                    _ => {
                        out.insert(key.clone(), value.clone());
                    }
                }
            }
            out.into()
        }
        other => other.clone(),
    }
}
