//! What a person can do to a thing, each with the line that they would type for it.

use std::sync::Arc;

use podarium_api::object::Key;
use podarium_cluster::apiserver::Origin;
use podarium_cluster::sim::Component;
use podarium_cluster::{Command, Method, Request};
use serde_json::{Value, json};

use super::sheet::Action;

/// The path of an object in the API.
pub fn path(key: &Key) -> String {
    let info = key.kind.info();
    let root = if info.group.is_empty() {
        "/api".to_owned()
    } else {
        format!("/apis/{}", info.group)
    };
    let namespace = if info.namespaced {
        format!("/namespaces/{}", key.namespace)
    } else {
        String::new()
    };
    format!(
        "{root}/{}{namespace}/{}/{}",
        info.version, info.plural, key.name
    )
}

/// ` -n shop`, or nothing in the default namespace.
fn flag(key: &Key) -> String {
    match &*key.namespace {
        "" | "default" => String::new(),
        namespace => format!(" -n {namespace}"),
    }
}

fn request(label: String, typed: String, breaks: bool, request: Request) -> Action {
    let origin = Origin {
        command: typed.as_str().into(),
        ..Origin::default()
    };
    Action {
        label,
        typed,
        breaks,
        command: Command::Request(Arc::new(request.origin(Arc::new(origin)))),
    }
}

/// Deletes the object.
pub fn delete(label: String, key: &Key) -> Action {
    let typed = format!(
        "kubectl delete {}/{}{}",
        key.kind.info().singular,
        key.name,
        flag(key)
    );
    request(label, typed, true, Request::new(Method::Delete, &path(key)))
}

/// Merges `patch` into the object.
pub fn patch(label: String, typed: String, key: &Key, patch: &Value) -> Action {
    let asked = Request::new(Method::Patch, &path(key))
        .content_type("application/strategic-merge-patch+json")
        .json(patch);
    request(label, typed, false, asked)
}

/// Gives a workload another number of replicas.
pub fn scale(label: String, key: &Key, replicas: i32) -> Action {
    let typed = format!(
        "kubectl scale {}/{} --replicas={replicas}{}",
        key.kind.info().singular,
        key.name,
        flag(key)
    );
    patch(label, typed, key, &json!({"spec": {"replicas": replicas}}))
}

/// Lets no more pods come to a node, or lets them come again.
pub fn cordon(label: String, key: &Key, cordon: bool) -> Action {
    let typed = format!(
        "kubectl {} {}",
        if cordon { "cordon" } else { "uncordon" },
        key.name
    );
    patch(
        label,
        typed,
        key,
        &json!({"spec": {"unschedulable": cordon.then_some(true)}}),
    )
}

/// Any other command.
pub fn command(label: String, breaks: bool, command: Command) -> Action {
    Action {
        label,
        typed: command.to_string(),
        breaks,
        command,
    }
}

/// Stops a component that runs, or starts one that does not.
pub fn toggle(stop: String, start: String, component: Component, runs: bool) -> Action {
    if runs {
        command(stop, true, Command::Stop(component))
    } else {
        command(start, false, Command::Start(component))
    }
}
