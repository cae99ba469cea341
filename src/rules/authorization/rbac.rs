//! Roles and bindings: who is bound to which rules, and what the rules allow.
// upstream: plugin/pkg/auth/authorizer/rbac/rbac.go, pkg/registry/rbac/validation/rule.go

use serde_json::Value;

use super::asked::{Asked, User};
use super::{GROUP, items, text};

/// The roles and bindings that there are: objects by kind.
#[derive(Clone, Copy)]
pub struct Policy<'a>(pub &'a Value);

/// What a binding brings to a user.
pub enum Found<'a> {
    /// A rule, from a binding by way of its subject of that place.
    Rule(&'a Value, usize, &'a Value),
    /// Nothing, because its role is not there: what upstream says of it.
    Missing(Missing<'a>),
}

/// A role that is referred to and not there.
pub struct Missing<'a> {
    kind: &'a str,
    /// Its name.
    pub name: &'a str,
}

impl Missing<'_> {
    /// Its resource, unless there is no such kind.
    pub fn resource(&self) -> Option<&'static str> {
        match self.kind {
            "Role" => Some("roles"),
            "ClusterRole" => Some("clusterroles"),
            _ => None,
        }
    }

    /// What upstream's caches say of it; its storage speaks of roles in the plural.
    pub fn sentence(&self, plural: bool) -> String {
        match self.resource() {
            None => format!("unsupported role reference kind: {:?}", self.kind),
            Some(resource) => {
                let resource = &resource[..resource.len() - usize::from(!plural)];
                format!("{resource}.{GROUP} {:?} not found", self.name)
            }
        }
    }
}

impl<'a> Policy<'a> {
    fn all(self, kind: &str) -> impl Iterator<Item = &'a Value> + use<'a> {
        items(&self.0[kind]).iter()
    }

    /// The cluster's roles.
    pub fn cluster_roles(self) -> impl Iterator<Item = &'a Value> + use<'a> {
        self.all("ClusterRole")
    }

    /// The rules of the role that a binding refers to.
    ///
    /// # Errors
    /// Where there is no such role.
    pub fn rules(self, binding: &'a Value) -> Result<&'a [Value], Missing<'a>> {
        let reference = &binding["roleRef"];
        let (kind, name) = (text(&reference["kind"]), text(&reference["name"]));
        let namespace = &binding["metadata"]["namespace"];
        let mut all = self.all(kind).filter(|_| kind.ends_with("Role"));
        let role = all.find(|role| {
            let meta = &role["metadata"];
            meta["name"] == name && (kind == "ClusterRole" || meta["namespace"] == *namespace)
        });
        role.map(|role| items(&role["rules"]))
            .ok_or(Missing { kind, name })
    }

    /// Shows everything that is bound to a user in a namespace until somebody has seen enough.
    pub fn visit(
        self,
        user: &User<'_>,
        namespace: &str,
        enough: &mut dyn FnMut(Found<'a>) -> bool,
    ) {
        let here = |binding: &&Value| binding["metadata"]["namespace"] == namespace;
        let own = self
            .all("RoleBinding")
            .filter(|b| !namespace.is_empty() && here(b));
        for binding in self.all("ClusterRoleBinding").chain(own) {
            let mut subjects = items(&binding["subjects"]).iter();
            let Some(place) = subjects.position(|s| applies(user, s, namespace)) else {
                continue;
            };
            match self.rules(binding) {
                Ok(rules) => {
                    for rule in rules {
                        if enough(Found::Rule(binding, place, rule)) {
                            return;
                        }
                    }
                }
                Err(missing) => {
                    if enough(Found::Missing(missing)) {
                        return;
                    }
                }
            }
        }
    }

    /// Why something is allowed, or what was amiss with the roles where it is not.
    ///
    /// # Errors
    /// Nothing (an empty text), or what was amiss with the roles.
    pub fn decide(self, user: &User<'_>, asked: &Asked<'_>) -> Result<String, String> {
        let mut source = None;
        let mut missing: Vec<String> = Vec::new();
        self.visit(user, asked.namespace, &mut |found| match found {
            Found::Rule(binding, subject, rule) => {
                let allowed = allows(rule, asked);
                if allowed {
                    source = Some((binding, subject));
                }
                allowed
            }
            Found::Missing(role) => {
                let sentence = role.sentence(false);
                if !missing.contains(&sentence) {
                    missing.push(sentence);
                }
                false
            }
        });
        match (source, missing.as_slice()) {
            (Some((binding, subject)), _) => Ok(describe(binding, subject)),
            (None, []) => Err(String::new()),
            (None, [one]) => Err(["RBAC: ", one].concat()),
            (None, many) => Err(["RBAC: [", &many.join(", "), "]"].concat()),
        }
    }
}

fn applies(user: &User<'_>, subject: &Value, namespace: &str) -> bool {
    let name = text(&subject["name"]);
    match text(&subject["kind"]) {
        "User" => user.name == name,
        "Group" => user.is_in(name),
        "ServiceAccount" => {
            let own = text(&subject["namespace"]);
            let space = if own.is_empty() { namespace } else { own };
            let rest = user.name.strip_prefix("system:serviceaccount:");
            let rest = rest.and_then(|rest| rest.strip_prefix(space));
            !space.is_empty() && rest.and_then(|rest| rest.strip_prefix(':')) == Some(name)
        }
        _ => false,
    }
}

/// Whether a rule allows what is asked.
pub fn allows(rule: &Value, asked: &Asked<'_>) -> bool {
    let any = |field: &str, fits: &dyn Fn(&str) -> bool| {
        let mut all = items(&rule[field]).iter().filter_map(Value::as_str);
        all.any(|one| one == "*" || fits(one))
    };
    let is = |field: &str, wanted: &str| any(field, &|one| one == wanted);
    if !is("verbs", asked.verb) {
        return false;
    }
    if let Some(path) = asked.path {
        return any("nonResourceURLs", &|url| covers(url, path));
    }
    let resource = |one: &str| match one.split_once('/') {
        None => one == asked.resource && asked.sub.is_empty(),
        Some((resource, sub)) => {
            let sub = !sub.is_empty() && sub == asked.sub;
            sub && (resource == "*" || resource == asked.resource)
        }
    };
    let names = items(&rule["resourceNames"]);
    is("apiGroups", asked.group)
        && any("resources", &resource)
        && (names.is_empty() || names.iter().any(|name| name == asked.name))
}

/// Whether a path is one of those that a rule names.
pub fn covers(url: &str, path: &str) -> bool {
    let below = url.strip_suffix('*');
    url == path || below.is_some_and(|_| path.starts_with(url.trim_end_matches('*')))
}

/// upstream: rule.go clusterRoleBindingDescriber, roleBindingDescriber, describeSubject
fn describe(binding: &Value, subject: usize) -> String {
    let (meta, role) = (&binding["metadata"], &binding["roleRef"]);
    let (mut name, namespace) = (text(&meta["name"]).to_owned(), text(&meta["namespace"]));
    let subject = &binding["subjects"][subject];
    let mut whom = text(&subject["name"]).to_owned();
    let mut kind = "ClusterRoleBinding";
    if !namespace.is_empty() {
        kind = "RoleBinding";
        name = [&name, "/", namespace].concat();
    }
    if subject["kind"] == "ServiceAccount" {
        let own = text(&subject["namespace"]);
        let space = if own.is_empty() { namespace } else { own };
        whom = [&whom, "/", space].concat();
    }
    format!(
        "RBAC: allowed by {kind} {name:?} of {} {:?} to {} {whom:?}",
        text(&role["kind"]),
        text(&role["name"]),
        text(&subject["kind"]),
    )
}
