//! Impersonation: speaking for somebody else, where a role allows it.
// upstream: staging/src/k8s.io/apiserver/pkg/endpoints/filters/impersonation.go WithImpersonation

use serde_json::Value;

use super::asked::{Asked, User};
use super::rbac::Policy;
use super::{bad_request, decide, forbidden, text, texts};

const AUTHENTICATED: &str = "system:authenticated";
const UNAUTHENTICATED: &str = "system:unauthenticated";
const GROUP: &str = "authentication.k8s.io";

/// The user that somebody becomes who asks to be `wanted`, with the groups that follow from it.
///
/// # Errors
/// `Forbidden` for the first thing that they may not be; `BadRequest` where only parts of a user are named.
pub fn assume<'a>(
    policy: Policy<'_>,
    user: &User<'_>,
    wanted: &'a Value,
) -> Result<User<'a>, Value> {
    let name = text(&wanted["username"]);
    let account = name.strip_prefix("system:serviceaccount:");
    let account = account.and_then(|rest| rest.split_once(':'));
    let mut all: Vec<Part<'_>> = Vec::new();
    match account {
        Some((namespace, name)) => all.push(("", "serviceaccounts", "", namespace, name)),
        None if !name.is_empty() => all.push(("", "users", "", "", name)),
        None => {}
    }
    for group in texts(&wanted["groups"]) {
        all.push(("", "groups", "", "", group));
    }
    for (key, values) in wanted["extra"].as_object().into_iter().flatten() {
        for value in texts(values) {
            all.push((GROUP, "userextras", key, "", value));
        }
    }
    match text(&wanted["uid"]) {
        "" => {}
        uid => all.push((GROUP, "uids", "", "", uid)),
    }
    if name.is_empty() {
        return Err(nobody(&all));
    }
    for (group, resource, sub, namespace, name) in all {
        let asked = Asked {
            verb: "impersonate",
            group,
            resource,
            sub,
            namespace,
            name,
            ..Asked::default()
        };
        decide(policy, user, &asked, &[]).map_err(|reason| forbidden(user, &asked, &reason))?;
    }
    let mut assumed = User::read(wanted);
    if let (Some((namespace, _)), true) = (account, assumed.groups.is_empty()) {
        assumed.groups = vec![
            "system:serviceaccounts".into(),
            ["system:serviceaccounts:", namespace].concat().into(),
        ];
    }
    let said = |group| assumed.is_in(group);
    if name == "system:anonymous" {
        if !said(UNAUTHENTICATED) {
            assumed.groups.push(UNAUTHENTICATED.into());
        }
    } else if !said(AUTHENTICATED) && !said(UNAUTHENTICATED) {
        assumed.groups.push(AUTHENTICATED.into());
    }
    Ok(assumed)
}

/// A thing that somebody asks to be: group, resource, subresource, namespace and name.
type Part<'a> = (&'a str, &'a str, &'a str, &'a str, &'a str);

/// Upstream prints references to what is asked for, as Go does.
fn nobody(parts: &[Part<'_>]) -> Value {
    let each = parts.iter().map(|(group, resource, sub, _, name)| {
        let kind = match *resource {
            "groups" => "Group",
            "uids" => "UID",
            _ => "UserExtra",
        };
        let version = if group.is_empty() {
            ""
        } else {
            "authentication.k8s.io/v1"
        };
        format!("{{{kind}  {name}  {version}  {sub}}}")
    });
    let all = each.collect::<Vec<_>>().join(" ");
    let message = format!("requested [{all}] without impersonating a user");
    bad_request(message)
}
