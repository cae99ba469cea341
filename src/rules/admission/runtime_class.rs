//! RuntimeClass: a class's overhead, node selector and tolerations become its pods' own.
// upstream: plugin/pkg/admission/runtimeclass/admission.go

use podarium_api::quantity::Quantity;
use serde_json::{Value, json};

use super::{Answer, Asked, items, text};

/// Known is the class that the pod names, if it is there.
pub fn admit(asked: &Asked<'_>, answer: &mut Answer) -> Result<(), String> {
    let (class, mut pod) = (asked.known, asked.object.clone());
    let name = &pod["spec"]["runtimeClassName"];
    if class.is_null() && !name.is_null() {
        return Err(format!(
            "pod rejected: RuntimeClass {:?} not found",
            text(name)
        ));
    }
    overhead(class, &mut pod)?;
    scheduling(class, &mut pod)?;
    answer.object = Some(pod);
    Ok(())
}

/// upstream: setOverhead, validateOverhead
fn overhead(class: &Value, pod: &mut Value) -> Result<(), String> {
    let own = &pod["spec"]["overhead"];
    let has_own = own.as_object().is_some_and(|list| !list.is_empty());
    let fixed = &class["overhead"]["podFixed"];
    if class["overhead"].is_null() {
        return match has_own {
            false => Ok(()),
            true => Err(
                "pod rejected: Pod Overhead set without corresponding RuntimeClass defined Overhead"
                    .into(),
            ),
        };
    }
    if has_own && !same(fixed, own) {
        return Err(
            "pod rejected: Pod's Overhead doesn't match RuntimeClass's defined Overhead".into(),
        );
    }
    if !fixed.is_null() {
        pod["spec"]["overhead"] = fixed.clone();
    }
    Ok(())
}

/// Whether two lists hold the same amounts.
fn same(a: &Value, b: &Value) -> bool {
    let (Some(a), Some(b)) = (a.as_object(), b.as_object()) else {
        return a == b;
    };
    let amount = |value: &Value| Quantity::parse(text(value)).ok();
    let equal = |(name, value)| b.get(name).map(amount) == Some(amount(value));
    a.len() == b.len() && a.iter().all(equal)
}

/// upstream: setScheduling
fn scheduling(class: &Value, pod: &mut Value) -> Result<(), String> {
    let scheduling = &class["scheduling"];
    let selector = scheduling["nodeSelector"].as_object();
    for (key, value) in selector.into_iter().flatten() {
        let own = &pod["spec"]["nodeSelector"][key.as_str()];
        if !own.is_null() && own != value {
            let (value, own) = (text(value), text(own));
            return Err(format!(
                "conflict: runtimeClass.scheduling.nodeSelector[{key}] = {value}; pod.spec.nodeSelector[{key}] = {own}"
            ));
        }
        pod["spec"]["nodeSelector"][key.as_str()] = value.clone();
    }
    if !scheduling["tolerations"].is_null() {
        let merged = merge(
            items(&pod["spec"]["tolerations"]),
            items(&scheduling["tolerations"]),
        );
        pod["spec"]["tolerations"] = json!(merged);
    }
    Ok(())
}

/// Both lists without those that another one covers.
///
/// upstream: pkg/util/tolerations/tolerations.go MergeTolerations
fn merge<'a>(own: &'a [Value], more: &'a [Value]) -> Vec<&'a Value> {
    let all: Vec<&Value> = own.iter().chain(more).collect();
    let mut merged: Vec<&Value> = Vec::new();
    for (i, toleration) in all.iter().enumerate() {
        let covered = merged.iter().any(|have| covers(have, toleration))
            || all[i + 1..]
                .iter()
                .any(|later| covers(later, toleration) && !covers(toleration, later));
        if !covered {
            merged.push(*toleration);
        }
    }
    merged
}

/// Whether `a` tolerates all that `b` does. upstream: tolerations.go isSuperset
fn covers(a: &Value, b: &Value) -> bool {
    let field = |t: &Value, name: &str| text(&t[name]).to_owned();
    let all = |name: &str| field(a, name).is_empty();
    let same = |name: &str| field(a, name) == field(b, name);
    if a == b {
        return true;
    }
    if !(same("key") || all("key") && field(a, "operator") == "Exists") {
        return false;
    }
    if !same("effect") && !all("effect") {
        return false;
    }
    if field(a, "effect") == "NoExecute" {
        match (
            a["tolerationSeconds"].as_i64(),
            b["tolerationSeconds"].as_i64(),
        ) {
            (Some(_), None) => return false,
            (Some(a), Some(b)) if a < b => return false,
            _ => {}
        }
    }
    match field(a, "operator").as_str() {
        "" | "Equal" => matches!(field(b, "operator").as_str(), "" | "Equal") && same("value"),
        "Exists" => true,
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    fn asked(class: &Value, spec: Value) -> Value {
        let asked = json!({"plugin": "RuntimeClass", "known": class});
        crate::answer("admit", &[&asked, &json!({"spec": spec}), &Value::Null])
    }

    #[test]
    fn overhead_is_the_classes_own() {
        let class = json!({"overhead": {"podFixed": {"cpu": "250m", "memory": "1Gi"}}});
        let none = json!({"handler": "runc"});
        let given = |overhead: Value| json!({"runtimeClassName": "c", "overhead": overhead});
        let other = "pod rejected: Pod's Overhead doesn't match RuntimeClass's defined Overhead";
        let without =
            "pod rejected: Pod Overhead set without corresponding RuntimeClass defined Overhead";
        for (class, spec, refusal) in [
            (&class, json!({"runtimeClassName": "c"}), json!(null)),
            (
                &class,
                given(json!({"cpu": "0.25", "memory": "1024Mi"})),
                json!(null),
            ),
            (&class, given(json!({"cpu": "1"})), json!(other)),
            (&none, given(json!({})), json!(null)),
            (&none, given(json!({"cpu": "1"})), json!(without)),
            (
                &Value::Null,
                json!({"overhead": {"cpu": "1"}}),
                json!(without),
            ),
            (
                &Value::Null,
                json!({"runtimeClassName": "c"}),
                json!("pod rejected: RuntimeClass \"c\" not found"),
            ),
        ] {
            assert_eq!(asked(class, spec)["forbidden"], refusal);
        }
        let done = asked(&class, json!({"runtimeClassName": "c"}));
        assert_eq!(
            done["object"]["spec"]["overhead"],
            class["overhead"]["podFixed"]
        );
    }

    #[test]
    fn pods_go_where_their_class_is() {
        let class = json!({"scheduling": {
            "nodeSelector": {"a": "b"},
            "tolerations": [{"key": "k", "operator": "Exists"}, {"key": "l", "value": "m"}],
        }});
        let done = asked(
            &class,
            json!({
                "runtimeClassName": "c", "nodeSelector": {"x": "y"},
                "tolerations": [{"key": "k", "value": "v", "effect": "NoSchedule"}, {"key": "o"}],
            }),
        );
        assert_eq!(
            done["object"]["spec"]["nodeSelector"],
            json!({"a": "b", "x": "y"})
        );
        assert_eq!(
            done["object"]["spec"]["tolerations"],
            json!([{"key": "o"}, {"key": "k", "operator": "Exists"}, {"key": "l", "value": "m"}])
        );
        let refused = asked(
            &class,
            json!({"runtimeClassName": "c", "nodeSelector": {"a": "c"}}),
        );
        assert_eq!(
            refused["forbidden"],
            "conflict: runtimeClass.scheduling.nodeSelector[a] = b; pod.spec.nodeSelector[a] = c"
        );
    }
}
