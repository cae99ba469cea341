//! Reviews: what somebody may do, and who they are, asked instead of tried.
// upstream: pkg/registry/authorization, pkg/registry/authentication/selfsubjectreview

use serde_json::{Map, Value, json};

use super::asked::{Asked, User, pods};
use super::rbac::{Found, Policy};
use super::{bad_request, decide, items, nameless, text};
use crate::errors::Errors;
use crate::field::Field;
use crate::validation;

/// A review with its answer: `{object}`, or `{refused}`. What is asked is `{user, namespace, object, time, pods}`.
pub fn review(policy: &Value, asked: &Value) -> Value {
    let mut asked = asked.clone();
    asked["object"] = nameless(&asked["object"]);
    let (policy, object) = (Policy(policy), &asked["object"]);
    let answer = match text(&object["kind"]) {
        "SelfSubjectReview" => Ok(json!({"userInfo": asked["user"]})),
        "SelfSubjectRulesReview" => rules(policy, &asked),
        _ => access(policy, &asked),
    };
    match answer {
        Ok(status) => {
            let mut object = object.clone();
            match text(&object["kind"]) {
                "SelfSubjectReview" => {
                    object["metadata"]["creationTimestamp"] = asked["time"].clone();
                }
                // upstream: selfsubjectrulesreview/rest.go Create answers with a new object
                "SelfSubjectRulesReview" => object["spec"] = json!({}),
                _ => {}
            }
            object["status"] = status;
            json!({"object": object})
        }
        Err(refusal) => json!({"refused": refusal}),
    }
}

fn access(policy: Policy<'_>, asked: &Value) -> Result<Value, Value> {
    let object = &asked["object"];
    let mut errors = Errors::default();
    validation::authorization::access_review(&Field::root(object), &mut errors);
    if !errors.is_empty() {
        // The kind is lost on the way to upstream's internal type, whose name this is.
        return Err(errors.refused("authorization.k8s.io", "", ""));
    }
    let (spec, namespace) = (&object["spec"], &asked["namespace"]);
    if object["kind"] == "LocalSubjectAccessReview" && object["metadata"]["namespace"] != *namespace
    {
        return Err(bad_request(format!(
            "spec.resourceAttributes.namespace must match namespace: {}",
            text(namespace)
        )));
    }
    let user = match text(&object["kind"]) {
        "SelfSubjectAccessReview" => User::read(&asked["user"]),
        _ => User {
            name: text(&spec["user"]),
            groups: User::read(spec).groups,
        },
    };
    let (resource, path) = (&spec["resourceAttributes"], &spec["nonResourceAttributes"]);
    let wanted = if resource.is_object() {
        Asked {
            verb: text(&resource["verb"]),
            group: text(&resource["group"]),
            resource: text(&resource["resource"]),
            sub: text(&resource["subresource"]),
            namespace: text(&resource["namespace"]),
            name: text(&resource["name"]),
            path: None,
            fields: text(&resource["fieldSelector"]["rawSelector"]),
        }
    } else {
        Asked {
            verb: text(&path["verb"]),
            path: Some(text(&path["path"])),
            ..Asked::default()
        }
    };
    let (allowed, reason) = match decide(policy, &user, &wanted, pods(asked)) {
        Ok(reason) => (true, reason),
        Err(reason) => (false, reason),
    };
    let mut status = json!({"allowed": allowed});
    if !reason.is_empty() {
        status["reason"] = reason.into();
    }
    Ok(status)
}

fn rules(policy: Policy<'_>, asked: &Value) -> Result<Value, Value> {
    let namespace = text(&asked["object"]["spec"]["namespace"]);
    if namespace.is_empty() {
        return Err(bad_request("no namespace on request".into()));
    }
    let user = User::read(&asked["user"]);
    let (mut resources, mut paths) = (Vec::new(), Vec::new());
    let mut amiss = Vec::new();
    policy.visit(&user, namespace, &mut |found| {
        match found {
            Found::Rule(_, _, rule) => {
                let of = |fields: &[&str]| -> Value {
                    let filled = |field: &&&str| !items(&rule[**field]).is_empty();
                    let fields = fields.iter().filter(filled);
                    let each = fields.map(|field| ((*field).into(), rule[*field].clone()));
                    Value::Object(each.collect::<Map<_, _>>())
                };
                if !items(&rule["resources"]).is_empty() {
                    resources.push(of(&["verbs", "apiGroups", "resources", "resourceNames"]));
                }
                if !items(&rule["nonResourceURLs"]).is_empty() {
                    paths.push(of(&["verbs", "nonResourceURLs"]));
                }
            }
            Found::Missing(role) => amiss.push(role.sentence(false)),
        }
        false
    });
    let node = user.name.starts_with("system:node:") && user.is_in("system:nodes");
    if node {
        let text = "node authorizer does not support user rule resolution";
        amiss.insert(0, text.into());
    }
    let mut status =
        json!({"resourceRules": resources, "nonResourceRules": paths, "incomplete": node});
    match amiss.as_slice() {
        [] => {}
        [one] => status["evaluationError"] = one.as_str().into(),
        many => status["evaluationError"] = format!("[{}]", many.join(", ")).into(),
    }
    Ok(status)
}
