//! Whether rules are covered by other rules, and how upstream names what is not.
// upstream: staging/src/k8s.io/component-helpers/auth/rbac/validation/policy_comparator.go Covers;
// pkg/registry/rbac/validation/rule.go ConfirmNoEscalation, policy_compact.go CompactRules

use std::collections::BTreeSet;

use serde_json::{Value, json};

use super::asked::{Asked, User};
use super::rbac::{Found, Policy, covers};
use super::{GROUP, MASTERS, decide, is_forbidden, items, text, texts};

/// A rule in five lists.
#[derive(Clone, Debug, Default, PartialEq)]
struct Rule<'a> {
    groups: Vec<&'a str>,
    resources: Vec<&'a str>,
    urls: Vec<&'a str>,
    names: Vec<&'a str>,
    verbs: Vec<&'a str>,
}

impl<'a> Rule<'a> {
    fn read(rule: &'a Value) -> Self {
        Rule {
            groups: texts(&rule["apiGroups"]),
            resources: texts(&rule["resources"]),
            urls: texts(&rule["nonResourceURLs"]),
            names: texts(&rule["resourceNames"]),
            verbs: texts(&rule["verbs"]),
        }
    }

    /// Rules of one verb, group, resource and name each, that say the same together.
    fn break_down(&self) -> Vec<Rule<'a>> {
        let mut all = Vec::new();
        for group in &self.groups {
            for resource in &self.resources {
                for verb in &self.verbs {
                    let rule = |names: Vec<&'a str>| Rule {
                        groups: vec![*group],
                        resources: vec![*resource],
                        verbs: vec![*verb],
                        names,
                        urls: Vec::new(),
                    };
                    if self.names.is_empty() {
                        all.push(rule(Vec::new()));
                    }
                    all.extend(self.names.iter().map(|name| rule(vec![*name])));
                }
            }
        }
        for url in &self.urls {
            all.extend(self.verbs.iter().map(|verb| Rule {
                urls: vec![*url],
                verbs: vec![*verb],
                ..Rule::default()
            }));
        }
        all
    }

    fn covers(&self, part: &Rule<'_>) -> bool {
        let all = |own: &[&str], wanted: &[&str]| wanted.iter().all(|one| own.contains(one));
        let any = |own: &[&str], wanted: &[&str]| own.contains(&"*") || all(own, wanted);
        let resource = |wanted: &&str| {
            let below = wanted.split_once('/');
            self.resources.contains(wanted)
                || below.is_some_and(|(_, sub)| self.resources.contains(&&*format!("*/{sub}")))
        };
        let url = |wanted: &&str| self.urls.iter().any(|own| covers(own, wanted));
        any(&self.verbs, &part.verbs)
            && any(&self.groups, &part.groups)
            && (self.resources.contains(&"*") || part.resources.iter().all(resource))
            && (self.names.is_empty() || !part.names.is_empty() && all(&self.names, &part.names))
            && part.urls.iter().all(url)
    }

    /// upstream: pkg/apis/rbac/v1/evaluation_helpers.go CompactString
    fn text(&self) -> String {
        let lists = [
            ("APIGroups", &self.groups),
            ("Resources", &self.resources),
            ("NonResourceURLs", &self.urls),
            ("ResourceNames", &self.names),
            ("Verbs", &self.verbs),
        ];
        let lists = lists.into_iter().filter(|(_, list)| !list.is_empty());
        let each: Vec<_> = lists
            .map(|(name, list)| format!("{name}:{}", quoted(list)))
            .collect();
        format!("{{{}}}", each.join(", "))
    }
}

fn quoted(list: &[&str]) -> String {
    let each: Vec<_> = list.iter().map(|one| format!("{one:?}")).collect();
    format!("[{}]", each.join(" "))
}

/// Rules that differ in their verbs alone become one.
fn compact(rules: Vec<Rule<'_>>) -> Vec<Rule<'_>> {
    let mut out: Vec<Rule<'_>> = Vec::new();
    for rule in rules {
        let same = |have: &&mut Rule<'_>| {
            rule.urls.is_empty()
                && Rule {
                    verbs: rule.verbs.clone(),
                    ..(**have).clone()
                } == rule
        };
        match out.iter_mut().find(same) {
            Some(have) => have.verbs.extend(rule.verbs),
            None => out.push(rule),
        }
    }
    out
}

/// Whether a user may write a role or binding that is to take the place of `old`, if that is there: only who holds already
/// what they give away, or may `escalate` or `bind`. `{}`, or `{refused}`.
// upstream: pkg/registry/rbac/{role,clusterrole,rolebinding,clusterrolebinding}/policybased/storage.go
pub fn check(policy: &Value, user: &Value, object: &Value, old: &Value) -> Value {
    let refused = refused(Policy(policy), &User::read(user), object, old);
    refused.map_or_else(|| json!({}), |refusal| json!({"refused": refusal}))
}

fn refused(policy: Policy<'_>, user: &User<'_>, object: &Value, old: &Value) -> Option<Value> {
    if user.is_in(MASTERS) || old.is_object() && only_for_the_garbage_collector(object, old) {
        return None;
    }
    let meta = &object["metadata"];
    let namespace = text(&meta["namespace"]);
    let may = |verb, resource, name| {
        let asked = Asked {
            verb,
            group: GROUP,
            resource,
            namespace,
            name,
            ..Asked::default()
        };
        decide(policy, user, &asked, &[]).is_ok()
    };
    let plural = match text(&object["kind"]) {
        "Role" => "roles",
        "ClusterRole" => "clusterroles",
        "RoleBinding" => "rolebindings",
        _ => "clusterrolebindings",
    };
    let forbidden = |text: &str| {
        let name = super::text(&meta["name"]);
        Some(is_forbidden(GROUP, plural, name, text))
    };
    let given = if plural.ends_with("roles") {
        if may("escalate", plural, text(&old["metadata"]["name"])) {
            return None;
        }
        items(&object["rules"])
    } else {
        let reference = &object["roleRef"];
        let resource = if reference["kind"] == "Role" {
            "roles"
        } else {
            "clusterroles"
        };
        if may("bind", resource, text(&reference["name"])) {
            return None;
        }
        match policy.rules(object) {
            Ok(rules) => rules,
            Err(missing) => {
                let message = missing.sentence(true);
                let mut refusal = json!({"reason": "InternalError", "message": message});
                if let Some(resource) = missing.resource() {
                    refusal = json!({
                        "reason": "NotFound", "message": message, "group": GROUP, "kind": resource, "name": missing.name,
                    });
                }
                return Some(refusal);
            }
        }
    };
    if let Some(lacks) = lacks(policy, user, namespace, given) {
        return forbidden(&lacks);
    }
    let everything = json!([
        {"verbs": ["*"], "apiGroups": ["*"], "resources": ["*"]}, {"verbs": ["*"], "nonResourceURLs": ["*"]},
    ]);
    if object["aggregationRule"].is_object() && lacks_any(policy, user, items(&everything)) {
        return forbidden("must have cluster-admin privileges to use an aggregationRule");
    }
    None
}

fn lacks_any(policy: Policy<'_>, user: &User<'_>, given: &[Value]) -> bool {
    lacks(policy, user, "", given).is_some()
}

/// What a user lacks of some rules, as upstream says it; none where they hold all.
fn lacks(policy: Policy<'_>, user: &User<'_>, namespace: &str, given: &[Value]) -> Option<String> {
    let (mut held, mut missing) = (Vec::new(), Vec::new());
    policy.visit(user, namespace, &mut |found| {
        match found {
            Found::Rule(_, _, rule) => held.push(Rule::read(rule)),
            Found::Missing(role) => missing.push(role.sentence(true)),
        }
        false
    });
    let parts = given.iter().flat_map(|rule| Rule::read(rule).break_down());
    let lacking: Vec<_> = parts
        .filter(|part| !held.iter().any(|rule| rule.covers(part)))
        .collect();
    if lacking.is_empty() {
        return None;
    }
    let lines: BTreeSet<_> = compact(lacking).iter().map(Rule::text).collect();
    let lines: Vec<_> = lines.into_iter().collect();
    let groups: Vec<_> = user.groups.iter().map(|group| &**group).collect();
    let mut text = format!(
        "user {:?} (groups={}) is attempting to grant RBAC permissions not currently held:\n{}",
        user.name,
        quoted(&groups),
        lines.join("\n")
    );
    if !missing.is_empty() {
        let mut each = missing.join(", ");
        if missing.len() > 1 {
            each = format!("[{each}]");
        }
        text.push_str(&format!("; resolution errors: [{each}]"));
    }
    Some(text)
}

/// upstream: pkg/registry/rbac/helpers.go IsOnlyMutatingGCFields
fn only_for_the_garbage_collector(object: &Value, old: &Value) -> bool {
    let rest = |object: &Value| {
        let mut object = object.clone();
        if let Some(meta) = object["metadata"].as_object_mut() {
            for field in [
                "ownerReferences",
                "finalizers",
                "managedFields",
                "resourceVersion",
            ] {
                meta.remove(field);
            }
        }
        object
    };
    rest(object) == rest(old)
}

#[cfg(test)]
mod tests {
    use super::*;
    use expect_test::expect;
    use serde_json::json;

    /// A rule as `get,list|apps|deployments|web`; `get||/api` for paths.
    fn rules(text: &str) -> Value {
        let list = |words: &str| -> Vec<String> {
            words
                .split(',')
                .filter(|w| !w.is_empty())
                .map(|w| w.replace("core", ""))
                .collect()
        };
        let rule = |text: &str| {
            let p: Vec<_> = text.split('|').collect();
            match p.as_slice() {
                [verbs, groups, resources] => {
                    json!({"verbs": list(verbs), "apiGroups": list(groups), "resources": list(resources)})
                }
                [verbs, groups, resources, names] => {
                    json!({"verbs": list(verbs), "apiGroups": list(groups), "resources": list(resources), "resourceNames": list(names)})
                }
                [verbs, urls] => json!({"verbs": list(verbs), "nonResourceURLs": list(urls)}),
                _ => json!({}),
            }
        };
        text.split_whitespace().map(rule).collect()
    }

    #[test]
    fn what_is_not_held_is_named() {
        let say = |held: &str, given: &str| {
            let policy = held_by_jane(&rules(held), &[]);
            let said =
                lacks(Policy(&policy), &jane(), "", items(&rules(given))).unwrap_or_default();
            said.split_once('\n')
                .map_or(said.clone(), |(_, rest)| rest.into())
        };
        // upstream: policy_comparator_test.go
        for (held, given, lacking) in [
            ("", "", ""),
            ("get|v1|a", "get|v1|a", ""),
            ("*|*|*", "get,list|core,apps|pods,pods/log", ""),
            (
                "*|*|*",
                "get|/api",
                r#"{NonResourceURLs:["/api"], Verbs:["get"]}"#,
            ),
            ("get|/api/*", "get|/api/v1", ""),
            (
                "get|/api/*",
                "get|/apis",
                r#"{NonResourceURLs:["/apis"], Verbs:["get"]}"#,
            ),
            ("get|*", "get|/apis/*", ""),
            (
                "get|core|pods",
                "get,list,watch|core|pods",
                r#"{APIGroups:[""], Resources:["pods"], Verbs:["list" "watch"]}"#,
            ),
            (
                "get|core|pods|web",
                "get|core|pods",
                r#"{APIGroups:[""], Resources:["pods"], Verbs:["get"]}"#,
            ),
            ("get|core|pods|web", "get|core|pods|web", ""),
            ("get|core|pods", "get|core|pods|web", ""),
            (
                "get|core|pods|web",
                "get|core|pods|web,db",
                r#"{APIGroups:[""], Resources:["pods"], ResourceNames:["db"], Verbs:["get"]}"#,
            ),
            ("update|*|*/scale", "update|apps|deployments/scale", ""),
            (
                "update|*|*/scale",
                "update|apps|deployments",
                r#"{APIGroups:["apps"], Resources:["deployments"], Verbs:["update"]}"#,
            ),
            (
                "get|apps|pods get|core|deployments",
                "get|apps|deployments",
                r#"{APIGroups:["apps"], Resources:["deployments"], Verbs:["get"]}"#,
            ),
            (
                "get|core|*",
                "get|core|* get|apps|*",
                r#"{APIGroups:["apps"], Resources:["*"], Verbs:["get"]}"#,
            ),
            (
                "get|core|pods",
                "get|core,apps|pods,secrets",
                "{APIGroups:[\"\"], Resources:[\"secrets\"], Verbs:[\"get\"]}\n{APIGroups:[\"apps\"], Resources:[\"pods\"], Verbs:[\"get\"]}\n{APIGroups:[\"apps\"], Resources:[\"secrets\"], Verbs:[\"get\"]}",
            ),
        ] {
            assert_eq!(say(held, given), lacking, "{held} covers {given}");
        }
    }

    fn jane() -> User<'static> {
        User {
            name: "jane",
            groups: vec!["dev".into(), "system:authenticated".into()],
        }
    }

    /// A policy in which Jane holds some rules, and is bound to roles that are not there.
    fn held_by_jane(rules: &Value, missing: &[&str]) -> Value {
        let bind = |role: &str| {
            let subject = json!({"kind": "User", "name": "jane"});
            json!({"metadata": {"name": role}, "roleRef": {"kind": "ClusterRole", "name": role}, "subjects": [subject]})
        };
        let bindings: Vec<_> = ["held"]
            .iter()
            .chain(missing)
            .map(|role| bind(role))
            .collect();
        json!({"ClusterRole": [{"metadata": {"name": "held"}, "rules": rules}], "ClusterRoleBinding": bindings})
    }

    #[test]
    fn the_sentence_is_upstreams() {
        let policy = held_by_jane(&json!([]), &["x"]);
        let said = lacks(Policy(&policy), &jane(), "", items(&rules("get|core|pods")));
        expect![[r#"
            user "jane" (groups=["dev" "system:authenticated"]) is attempting to grant RBAC permissions not currently held:
            {APIGroups:[""], Resources:["pods"], Verbs:["get"]}; resolution errors: [clusterroles.rbac.authorization.k8s.io "x" not found]"#]].assert_eq(&said.unwrap());
    }
}
