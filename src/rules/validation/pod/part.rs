//! The parts of a pod's spec that may change alone, by way of a subresource.
// upstream: pkg/registry/core/pod/strategy.go; pkg/apis/core/validation/validation.go

use serde_json::{Value, json};

use crate::errors::Errors;
use crate::field::Field;

const AMOUNTS: [&str; 2] = ["limits", "requests"];
const RESIZABLE: [&str; 2] = ["cpu", "memory"];

/// The old spec with that part of the new one, and what is wrong with the change, apart from the pod as a whole:
/// `{spec, causes}`. `sub` is `ephemeralcontainers` or `resize`.
pub fn part(sub: &Value, old: &Value, new: &Value) -> Value {
    let mut errors = Errors::default();
    let mut spec = old["spec"].clone();
    let (new, old) = (Field::root(new), Field::root(old));
    match sub.as_str() {
        Some("resize") => resize(&new, &old, &mut spec, &mut errors),
        _ => ephemeral(&new, &old, &mut spec, &mut errors),
    }
    json!({"spec": spec, "causes": errors.into_value()})
}

/// Those that are there may neither change nor go.
///
/// upstream: dropNonEphemeralContainerUpdates, ValidatePodEphemeralContainersUpdate
fn ephemeral(new: &Field, old: &Field, spec: &mut Value, errors: &mut Errors) {
    let name = "ephemeralContainers";
    let (new, old) = (new.get("spec").get(name), old.get("spec").get(name));
    for had in old.items() {
        let called = had.get("name").text();
        let now = new.items().find(|c| c.get("name").text() == called);
        let done = match now {
            None => "removed",
            Some(has) if has.value != had.value => "changed",
            Some(_) => continue,
        };
        let detail = format!("existing ephemeral containers {called:?} may not be {done}\n");
        errors.forbidden(&new, &detail);
    }
    if new.is_set() {
        spec[name] = new.value.clone();
    }
}

/// Only CPU and memory of containers change.
///
/// upstream: dropNonResizeUpdates, ValidatePodResize, validateContainerResize
fn resize(new: &Field, old: &Field, spec: &mut Value, errors: &mut Errors) {
    let whole = Field::root(&Value::Null);
    if old.at("metadata.annotations").key(MIRROR).is_set() {
        return errors.forbidden(&whole, "static pods cannot be resized");
    }
    if old.at("spec.os.name").text() == "windows" {
        return errors.forbidden(&whole, "windows pods cannot be resized");
    }
    let mut others = false;
    for list in ["containers", "initContainers"] {
        let (new, old) = (new.get("spec").get(list), old.get("spec").get(list));
        for (i, (is, was)) in new.items().zip(old.items()).enumerate() {
            let name = is.get("name");
            if name.text() != was.get("name").text() {
                let detail = "containers may not be renamed or reordered on resize";
                errors.forbidden(&name, detail);
                continue;
            }
            let (is, was) = (is.get("resources"), was.get("resources"));
            for amounts in AMOUNTS {
                others |= amounts_change(&is.get(amounts), &was.get(amounts), amounts, errors);
            }
            if is.is_set() {
                spec[list][i]["resources"] = is.value.clone();
            }
        }
    }
    if others {
        let detail = "only cpu and memory resources are mutable";
        errors.forbidden(&whole.called("spec"), detail);
    }
}

const MIRROR: &str = "kubernetes.io/config.mirror";

/// Says whether other amounts than those of CPU and memory change.
fn amounts_change(new: &Field, old: &Field, what: &str, errors: &mut Errors) -> bool {
    let gone = |name: &&str| old.key(name).is_set() && !new.key(name).is_set();
    if RESIZABLE.iter().any(gone) {
        errors.forbidden(new, &format!("resource {what} cannot be removed"));
    }
    let names = new.entries().chain(old.entries()).map(|(name, _)| name);
    let mut rest = names.filter(|name| !RESIZABLE.contains(name));
    rest.any(|name| new.key(name).quantity() != old.key(name).quantity())
}

#[cfg(test)]
mod tests {
    use expect_test::expect;
    use serde_json::{Value, json};

    use crate::testing::edited;

    #[test]
    fn what_a_resize_may_change() {
        let old = json!({"metadata": {}, "spec": {
            "containers": [{"name": "a", "image": "x", "resources": {"limits": {"cpu": "2"}, "requests": {"cpu": "1", "memory": "1Gi"}}}],
            "initContainers": [{"name": "b"}],
        }});
        let windows = json!({"spec.os": {"name": "windows"}});
        let mirror = json!({"metadata.annotations": {super::MIRROR: "x"}});
        let mut text = String::new();
        for (before, edit) in [
            (
                json!({}),
                json!({"spec.containers.0.resources.requests.cpu": "1500m"}),
            ),
            (json!({}), json!({"spec.containers.0.image": "y"})),
            (json!({}), json!({"spec.containers.0.name": "c"})),
            (json!({}), json!({"spec.containers.0.resources": {}})),
            (
                json!({}),
                json!({"spec.containers.0.resources.limits.ephemeral-storage": "1Gi"}),
            ),
            (
                json!({}),
                json!({"spec.initContainers.0.resources": {"limits": {"cpu": "1"}}}),
            ),
            (windows, json!({})),
            (mirror, json!({})),
        ] {
            let old = edited(&old, &before);
            let answer = super::part(&"resize".into(), &old, &edited(&old, &edit));
            text.push_str(&format!("{before} {edit}\n  {}\n", answer["spec"]));
            for cause in answer["causes"].as_array().unwrap() {
                let said = |name: &str| cause[name].as_str().unwrap().to_owned();
                text.push_str(&format!("  {}: {}\n", said("field"), said("message")));
            }
        }
        expect![[r#"
            {} {"spec.containers.0.resources.requests.cpu":"1500m"}
              {"containers":[{"image":"x","name":"a","resources":{"limits":{"cpu":"2"},"requests":{"cpu":"1500m","memory":"1Gi"}}}],"initContainers":[{"name":"b"}]}
            {} {"spec.containers.0.image":"y"}
              {"containers":[{"image":"x","name":"a","resources":{"limits":{"cpu":"2"},"requests":{"cpu":"1","memory":"1Gi"}}}],"initContainers":[{"name":"b"}]}
            {} {"spec.containers.0.name":"c"}
              {"containers":[{"image":"x","name":"a","resources":{"limits":{"cpu":"2"},"requests":{"cpu":"1","memory":"1Gi"}}}],"initContainers":[{"name":"b"}]}
              spec.containers[0].name: Forbidden: containers may not be renamed or reordered on resize
            {} {"spec.containers.0.resources":{}}
              {"containers":[{"image":"x","name":"a","resources":{}}],"initContainers":[{"name":"b"}]}
              spec.containers[0].resources.limits: Forbidden: resource limits cannot be removed
              spec.containers[0].resources.requests: Forbidden: resource requests cannot be removed
            {} {"spec.containers.0.resources.limits.ephemeral-storage":"1Gi"}
              {"containers":[{"image":"x","name":"a","resources":{"limits":{"cpu":"2","ephemeral-storage":"1Gi"},"requests":{"cpu":"1","memory":"1Gi"}}}],"initContainers":[{"name":"b"}]}
              spec: Forbidden: only cpu and memory resources are mutable
            {} {"spec.initContainers.0.resources":{"limits":{"cpu":"1"}}}
              {"containers":[{"image":"x","name":"a","resources":{"limits":{"cpu":"2"},"requests":{"cpu":"1","memory":"1Gi"}}}],"initContainers":[{"name":"b","resources":{"limits":{"cpu":"1"}}}]}
            {"spec.os":{"name":"windows"}} {}
              {"containers":[{"image":"x","name":"a","resources":{"limits":{"cpu":"2"},"requests":{"cpu":"1","memory":"1Gi"}}}],"initContainers":[{"name":"b"}],"os":{"name":"windows"}}
              : Forbidden: windows pods cannot be resized
            {"metadata.annotations":{"kubernetes.io/config.mirror":"x"}} {}
              {"containers":[{"image":"x","name":"a","resources":{"limits":{"cpu":"2"},"requests":{"cpu":"1","memory":"1Gi"}}}],"initContainers":[{"name":"b"}]}
              : Forbidden: static pods cannot be resized
        "#]].assert_eq(&text);
    }

    #[test]
    fn what_is_there_to_debug_stays() {
        let pod = |list: Value| json!({"spec": {"containers": [], "ephemeralContainers": list}});
        let (a, b) = (
            json!({"name": "a", "image": "x"}),
            json!({"name": "b", "image": "x"}),
        );
        let mut text = String::new();
        for new in [
            json!([a, b]),
            json!([b]),
            json!([{"name": "a", "image": "y"}]),
        ] {
            let answer = super::part(&Value::Null, &pod(json!([a])), &pod(new));
            text.push_str(&format!("{answer}\n"));
        }
        expect![[r#"
            {"causes":[],"spec":{"containers":[],"ephemeralContainers":[{"image":"x","name":"a"},{"image":"x","name":"b"}]}}
            {"causes":[{"field":"spec.ephemeralContainers","message":"Forbidden: existing ephemeral containers \"a\" may not be removed\n","reason":"FieldValueForbidden"}],"spec":{"containers":[],"ephemeralContainers":[{"image":"x","name":"b"}]}}
            {"causes":[{"field":"spec.ephemeralContainers","message":"Forbidden: existing ephemeral containers \"a\" may not be changed\n","reason":"FieldValueForbidden"}],"spec":{"containers":[],"ephemeralContainers":[{"image":"y","name":"a"}]}}
        "#]].assert_eq(&text);
    }
}
