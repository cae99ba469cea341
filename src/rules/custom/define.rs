//! What becomes of a definition: its names are accepted, it is established, and when it is deleted its objects go first.
// upstream: staging/src/k8s.io/apiextensions-apiserver/pkg/controller/{status,establish,finalizer,apiapproval}

use serde_json::{Map, Value, json};

use super::approval::{self, State};
use super::{condition, holds, is_established, items};

const FINALIZER: &str = "customresourcecleanup.apiextensions.k8s.io";

/// The next thing to do about a definition, of which all others in the cluster are given; null where nothing is.
///
/// `asked`: `now`; `left`, how many of its objects there are. The answer: `status`, what the status becomes; `delete`, that
/// its objects are to be deleted; `again`, that it is to be looked at a little later; `finalizers`, what is left of them;
/// `others`, that other definitions of the group have to be looked at.
pub fn define(asked: &Value, definition: &Value, all: &Value) -> Value {
    let meta = &definition["metadata"];
    let finalizers = items(&meta["finalizers"]);
    let ours = finalizers.iter().any(|finalizer| finalizer == FINALIZER);
    if !meta["deletionTimestamp"].is_null() {
        return match ours {
            true => finalize(asked, definition),
            false => Value::Null,
        };
    }
    let mut status = definition["status"].clone();
    let now = &asked["now"];
    let (group, annotation) = (
        &definition["spec"]["group"],
        &meta["annotations"][approval::ANNOTATION],
    );
    let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
    if let Some((state, why)) = approval::of(&text(group), &text(annotation)) {
        let (holds, reason) = match state {
            State::Approved => ("True", "ApprovedAnnotation"),
            State::Bypassed => ("False", "UnapprovedAnnotation"),
            State::Missing => ("False", "MissingAnnotation"),
            State::Invalid => ("False", "InvalidAnnotation"),
        };
        let kind = "KubernetesAPIApprovalPolicyConformant";
        set(&mut status, now, kind, holds, reason, &why);
    }
    name(definition, all, now, &mut status);
    if status == definition["status"]
        && holds(definition, "NamesAccepted")
        && !is_established(definition)
    {
        let why = "the initial names have been accepted";
        set(
            &mut status,
            now,
            "Established",
            "True",
            "InitialNamesAccepted",
            why,
        );
    }
    if status == definition["status"] {
        return Value::Null;
    }
    let others = status["acceptedNames"] != definition["status"]["acceptedNames"];
    json!({"status": status, "others": others})
}

/// upstream: finalizer/crd_finalizer.go sync, deleteInstances; registry/customresourcedefinition/etcd.go Delete
fn finalize(asked: &Value, definition: &Value) -> Value {
    let mut status = definition["status"].clone();
    let mut end = |holds: &str, reason: &str, why: &str| {
        set(
            &mut status,
            &asked["now"],
            "Terminating",
            holds,
            reason,
            why,
        );
    };
    let before = condition(definition, "Terminating").map(|c| &c["reason"]);
    let gone = if !is_established(definition) {
        end(
            "False",
            "NeverEstablished",
            "resource was never established",
        );
        true
    } else if before.is_none() {
        end(
            "True",
            "InstanceDeletionPending",
            "CustomResourceDefinition marked for deletion; CustomResource deletion will begin soon",
        );
        return json!({"status": status});
    } else if before.is_some_and(|reason| reason == "InstanceDeletionPending") {
        end(
            "True",
            "InstanceDeletionInProgress",
            "CustomResource deletion is in progress",
        );
        return json!({"status": status, "delete": true});
    } else if asked["left"] == 0 {
        end(
            "False",
            "InstanceDeletionCompleted",
            "removed all instances",
        );
        true
    } else {
        false
    };
    if !gone {
        return json!({"again": true});
    }
    let left: Vec<&Value> = items(&definition["metadata"]["finalizers"])
        .iter()
        .filter(|finalizer| *finalizer != FINALIZER)
        .collect();
    json!({"status": status, "finalizers": left})
}

/// Sets a condition. upstream: pkg/apihelpers/helpers.go SetCRDCondition
fn set(status: &mut Value, now: &Value, kind: &str, holds: &str, reason: &str, message: &str) {
    let all = &mut status["conditions"];
    if !all.is_array() {
        *all = json!([]);
    }
    let new = json!({
        "type": kind, "status": holds, "reason": reason, "message": message, "lastTransitionTime": now,
    });
    let Value::Array(all) = all else { return };
    match all.iter_mut().find(|condition| condition["type"] == kind) {
        None => all.push(new),
        Some(old) => {
            let since = old["lastTransitionTime"].take();
            let same = old["status"] == new["status"] && !since.is_null();
            *old = new;
            if same {
                old["lastTransitionTime"] = since;
            }
        }
    }
}

/// Accepts the names that nobody else in the group has. upstream: status/naming_controller.go calculateNamesAndConditions
fn name(definition: &Value, all: &Value, now: &Value, status: &mut Value) {
    let wanted = &definition["spec"]["names"];
    let accepted = definition["status"]["acceptedNames"].clone();
    if *wanted == accepted {
        return;
    }
    let (mut resources, mut kinds) = (Vec::new(), Vec::new());
    let group = &definition["spec"]["group"];
    for other in items(all)
        .iter()
        .filter(|other| other["spec"]["group"] == *group)
    {
        let names = &other["status"]["acceptedNames"];
        resources.extend([&names["plural"], &names["singular"]]);
        resources.extend(items(&names["shortNames"]));
        kinds.extend([&names["kind"], &names["listKind"]]);
    }
    let taken = |name: &Value| format!("{name} is already in use");
    let mut names: Map<String, Value> = accepted.as_object().cloned().unwrap_or_default();
    let mut conflict: Option<(&str, String)> = None;
    let single = |field: &str, reason, used: &[&Value], names: &mut Map<String, Value>| {
        let name = &wanted[field];
        if *name != accepted[field] && used.contains(&name) {
            return Some((reason, taken(name)));
        }
        names.insert(field.into(), name.clone());
        None
    };
    for (field, reason) in [
        ("plural", "PluralConflict"),
        ("singular", "SingularConflict"),
    ] {
        conflict = single(field, reason, &resources, &mut names).or(conflict);
    }
    if wanted["shortNames"] != accepted["shortNames"] {
        let own = [&accepted["plural"], &accepted["singular"]];
        let had = items(&accepted["shortNames"]);
        let used = items(&wanted["shortNames"])
            .iter()
            .filter(|name| !had.contains(name) && !own.contains(name) && resources.contains(name));
        let used: Vec<String> = used.map(taken).collect();
        match used.as_slice() {
            [] => drop(names.insert("shortNames".into(), wanted["shortNames"].clone())),
            [one] => conflict = Some(("ShortNamesConflict", one.clone())),
            many => conflict = Some(("ShortNamesConflict", format!("[{}]", many.join(", ")))),
        }
    }
    for (field, reason) in [("kind", "KindConflict"), ("listKind", "ListKindConflict")] {
        conflict = single(field, reason, &kinds, &mut names).or(conflict);
    }
    names.insert("categories".into(), wanted["categories"].clone());
    names.retain(|_, value| !value.is_null());
    status["acceptedNames"] = Value::Object(names);
    match conflict {
        Some((reason, why)) => {
            set(status, now, "NamesAccepted", "False", reason, &why);
            if condition(definition, "Established").is_none() {
                let why = "not all names are accepted";
                set(status, now, "Established", "False", "NotAccepted", why);
            }
        }
        None => {
            set(
                status,
                now,
                "NamesAccepted",
                "True",
                "NoConflicts",
                "no conflicts found",
            );
            if !is_established(definition) {
                let why = "the initial names have been accepted";
                set(status, now, "Established", "False", "Installing", why);
            }
        }
    }
}
