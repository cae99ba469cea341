//! Authorization: whether somebody may do what they ask for, and what else depends on who they are.
//!
//! `policy` in questions holds all roles and bindings, objects by kind; a user has the form that reviews have.

mod accounts;
mod aggregation;
mod asked;
mod component;
mod escalation;
mod impersonation;
mod node;
mod policy;
mod rbac;
mod reviews;
#[cfg(test)]
mod tests;
mod token;

use serde_json::{Value, json};

pub use accounts::answer as accounts;
pub use aggregation::stale as aggregated;
use asked::{Asked, User};
pub use escalation::check as escalation;
pub use policy::objects as bootstrap;
use rbac::Policy;
pub use reviews::review;

const GROUP: &str = "rbac.authorization.k8s.io";
/// The group whose members may do everything, whatever the roles say.
///
/// upstream: staging/src/k8s.io/apiserver/pkg/authentication/user/user.go SystemPrivilegedGroup
const MASTERS: &str = "system:masters";

/// Whether `{user, impersonate, pods}` may have what else is asked, as [`Asked::read`] says it: `{}`, with the `groups` of
/// whom they speak for; or `{refused}`. Of a component, `actor` says which it is.
///
/// upstream: staging/src/k8s.io/apiserver/pkg/endpoints/filters/authorization.go WithAuthorization
pub fn authorize(policy: &Value, request: &Value) -> Value {
    let policy = Policy(policy);
    let component = request["actor"].as_str().map(component::identity);
    if let Some(component) = &component {
        return by_component(policy, &User::read(component), request);
    }
    let mut user = User::read(&request["user"]);
    let mut answer = json!({});
    let wanted = &request["impersonate"];
    if wanted.is_object() {
        user = match impersonation::assume(policy, &user, wanted) {
            Ok(assumed) => assumed,
            Err(refusal) => return json!({"refused": refusal}),
        };
        answer["groups"] = user.groups.iter().map(|group| &**group).collect();
    }
    let asked = Asked::read(request);
    match decide(policy, &user, &asked, asked::pods(request)) {
        Ok(_) => answer,
        Err(reason) => json!({"refused": forbidden(&user, &asked, &reason)}),
    }
}

/// Whether a component may write. What it writes as a whole here, upstream's often send as a patch.
fn by_component(policy: Policy<'_>, user: &User<'_>, request: &Value) -> Value {
    let mut asked = Asked::read(request);
    if asked.verb == "create" && asked.sub.is_empty() {
        // What is new is named by no path.
        asked.name = "";
    }
    let pods = asked::pods(request);
    let patch = Asked {
        verb: "patch",
        ..asked
    };
    if asked.verb == "update" && decide(policy, user, &patch, pods).is_ok() {
        return json!({});
    }
    match decide(policy, user, &asked, pods) {
        Ok(_) => json!({}),
        Err(reason) => json!({"refused": forbidden(user, &asked, &reason)}),
    }
}

/// Decides: why it is allowed (empty where no role was asked), or what there is to say of the refusal (empty mostly). `pods`
/// are those on the node, where a node asks.
///
/// upstream: pkg/kubeapiserver/authorizer/config.go with the modes Node and RBAC, as kubeadm sets them
fn decide(
    policy: Policy<'_>,
    user: &User<'_>,
    asked: &Asked<'_>,
    pods: &[Value],
) -> Result<String, String> {
    if user.is_in(MASTERS) {
        return Ok(String::new());
    }
    let node = node::decide(user, asked, pods);
    if node == Some(Ok(())) {
        return Ok(String::new());
    }
    policy.decide(user, asked).map_err(|said| match node {
        Some(Err(reason)) if !said.is_empty() && !reason.is_empty() => [reason, said].join("\n"),
        Some(Err(reason)) if said.is_empty() => reason,
        _ => said,
    })
}

/// upstream: staging/src/k8s.io/apiserver/pkg/endpoints/handlers/responsewriters/errors.go ForbiddenStatusError, forbiddenMessage
fn forbidden(user: &User<'_>, asked: &Asked<'_>, reason: &str) -> Value {
    let (name, verb) = (user.name, asked.verb);
    let mut text = match asked.path {
        Some(path) => format!("User {name:?} cannot {verb} path {path:?}"),
        None => {
            let (resource, group) = (asked.combined(), asked.group);
            let scope = match asked.namespace {
                "" => "at the cluster scope".into(),
                space => format!("in the namespace {space:?}"),
            };
            format!(
                "User {name:?} cannot {verb} resource {resource:?} in API group {group:?} {scope}"
            )
        }
    };
    if !reason.is_empty() {
        text = [&text, reason].join(": ");
    }
    is_forbidden(asked.group, asked.resource, asked.name, &text)
}

/// upstream: staging/src/k8s.io/apimachinery/pkg/api/errors/errors.go NewForbidden
fn is_forbidden(group: &str, resource: &str, name: &str, text: &str) -> Value {
    let dot = if group.is_empty() { "" } else { "." };
    let message = match (resource, name) {
        ("", _) => format!("forbidden: {text}"),
        (_, "") => format!("{resource}{dot}{group} is forbidden: {text}"),
        _ => format!("{resource}{dot}{group} {name:?} is forbidden: {text}"),
    };
    json!({"reason": "Forbidden", "message": message, "group": group, "kind": resource, "name": name})
}

fn bad_request(message: String) -> Value {
    json!({"reason": "BadRequest", "message": message})
}

/// An object that is only asked about, without the identity that stored ones have.
fn nameless(object: &Value) -> Value {
    let mut object = object.clone();
    match &mut object["metadata"] {
        Value::Object(meta) => {
            meta.retain(|name, value| {
                !matches!(name.as_str(), "uid" | "creationTimestamp")
                    && *value != ""
                    && !value.is_null()
            });
        }
        meta => *meta = json!({}),
    }
    object
}

fn items(list: &Value) -> &[Value] {
    list.as_array().map_or(&[], Vec::as_slice)
}

fn texts(list: &Value) -> Vec<&str> {
    items(list).iter().filter_map(Value::as_str).collect()
}

fn text(value: &Value) -> &str {
    value.as_str().unwrap_or_default()
}
