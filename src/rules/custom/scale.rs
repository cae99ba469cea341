//! The Scale of a custom resource: its definition says where the numbers are.
// upstream: staging/src/k8s.io/apiextensions-apiserver/pkg/registry/customresource/etcd.go scaleFromCustomResource, ScaleREST.Update

use serde_json::{Map, Value, json};

fn steps(path: &Value) -> std::str::Split<'_, char> {
    let path = path.as_str().unwrap_or_default();
    path.trim_start_matches('.').split('.')
}

fn at<'a>(object: &'a Value, path: &Value) -> &'a Value {
    steps(path).fold(object, |value, name| &value[name])
}

/// The Scale of an object, or with `replicas` the object with so many of them; null where the object does not say how many.
pub fn scale(object: &Value, paths: &Value, replicas: &Value) -> Value {
    if !replicas.is_null() {
        let mut object = object.clone();
        set(&mut object, &paths["specReplicasPath"], replicas);
        return object;
    }
    let spec = at(object, &paths["specReplicasPath"]);
    if !spec.is_i64() {
        return Value::Null;
    }
    let meta = &object["metadata"];
    let kept = [
        "name",
        "namespace",
        "uid",
        "resourceVersion",
        "creationTimestamp",
    ];
    let kept = kept.into_iter().filter(|name| !meta[name].is_null());
    let kept: Map<_, _> = kept
        .map(|name| (name.to_owned(), meta[name].clone()))
        .collect();
    let mut status =
        json!({"replicas": at(object, &paths["statusReplicasPath"]).as_i64().unwrap_or(0)});
    if let Some(selector) = at(object, &paths["labelSelectorPath"]).as_str()
        && paths["labelSelectorPath"].is_string()
    {
        status["selector"] = selector.into();
    }
    json!({
        "kind": "Scale", "apiVersion": "autoscaling/v1", "metadata": kept,
        "spec": {"replicas": spec}, "status": status,
    })
}

fn set(object: &mut Value, path: &Value, value: &Value) {
    let mut here = object;
    for name in steps(path) {
        if !here.is_object() {
            *here = json!({});
        }
        here = &mut here[name];
    }
    *here = value.clone();
}
