//! flowcontrol.apiserver.k8s.io: FlowSchemas.
// upstream: pkg/apis/flowcontrol/validation/validation.go

use podarium_api::names::{dns1123_label_error, dns1123_subdomain_error};

use crate::errors::Errors;
use crate::field::Field;

const LOWEST_PRECEDENCE: i64 = 10_000;
const VERBS: [&str; 9] = [
    "create",
    "delete",
    "deletecollection",
    "get",
    "list",
    "patch",
    "proxy",
    "update",
    "watch",
];
/// What each kind of subject has instead of the others.
const SUBJECTS: [(&str, &str); 3] = [
    ("Group", "group"),
    ("ServiceAccount", "serviceAccount"),
    ("User", "user"),
];

/// upstream: ValidateFlowSchema
pub fn flow_schema(object: &Field, errors: &mut Errors) {
    let spec = object.get("spec");
    let precedence = spec.get("matchingPrecedence");
    if precedence.int() <= 0 {
        errors.invalid_int(&precedence, "must be a positive value");
    }
    if precedence.int() > LOWEST_PRECEDENCE {
        let detail = format!("must not be greater than {LOWEST_PRECEDENCE}");
        errors.invalid(&precedence, &detail);
    }
    if precedence.int() == 1 && object.at("metadata.name").text() != "exempt" {
        errors.invalid(
            &precedence,
            "only the schema named 'exempt' may have matchingPrecedence 1",
        );
    }
    let method = spec.get("distinguisherMethod");
    if method.is_set() && !["ByNamespace", "ByUser"].contains(&method.get("type").text()) {
        let printed = serde_json::json!({"Type": method.get("type").text()});
        errors.unsupported(&method.get("type"), printed, &["ByNamespace", "ByUser"]);
    }
    let level = spec.at("priorityLevelConfiguration.name");
    if level.is_empty() {
        errors.required(&level, "must reference a priority level");
    } else {
        errors.named(&level, dns1123_subdomain_error);
    }
    for rule in spec.get("rules").items() {
        self::rule(&rule, errors);
    }
}

/// upstream: ValidateFlowSchemaPolicyRulesWithSubjects
fn rule(rule: &Field, errors: &mut Errors) {
    let subjects = rule.get("subjects");
    if subjects.is_empty() {
        errors.required(&subjects, "subjects must contain at least one value");
    }
    for subject in subjects.items() {
        self::subject(&subject, errors);
    }
    let (resources, others) = (rule.get("resourceRules"), rule.get("nonResourceRules"));
    if resources.is_empty() && others.is_empty() {
        errors.required(
            rule,
            "at least one of resourceRules and nonResourceRules has to be non-empty",
        );
    }
    for item in resources.items() {
        verbs(&item, errors);
        for (name, what) in [("apiGroups", "api group"), ("resources", "resource")] {
            let list = item.get(name);
            if list.is_empty() {
                errors.required(
                    &list,
                    &format!("resource rules must supply at least one {what}"),
                );
            } else {
                alone(&list, &format!("{what}s"), errors);
            }
        }
        let namespaces = item.get("namespaces");
        if namespaces.is_empty() && !item.get("clusterScope").truth() {
            errors.required(
                &namespaces,
                "resource rules that are not cluster scoped must supply at least one namespace",
            );
        } else if !alone(&namespaces, "namespaces", errors) {
            for namespace in namespaces.items() {
                if let Some(why) = dns1123_label_error(namespace.text()) {
                    let detail =
                        format!("each member of this list must be '*' or a DNS-1123 label; {why}");
                    errors.invalid(&namespace, &detail);
                }
            }
        }
    }
    for item in others.items() {
        verbs(&item, errors);
        let urls = item.get("nonResourceURLs");
        if urls.is_empty() {
            errors.required(&urls, "nonResourceURLs must contain at least one value");
        } else if !alone(&urls, "non-resource URLs", errors) {
            for url in urls.items() {
                errors.named(&url, |text| wrong_path(text).map(String::from));
            }
        }
    }
}

/// Says whether the list has a wildcard.
fn alone(list: &Field, what: &str, errors: &mut Errors) -> bool {
    let any = list.contains("*");
    if any && list.len() > 1 {
        errors.invalid(
            list,
            &format!("if '*' is present, must not specify other {what}"),
        );
    }
    any
}

fn verbs(rule: &Field, errors: &mut Errors) {
    let verbs = rule.get("verbs");
    if verbs.is_empty() {
        errors.required(&verbs, "verbs must contain at least one value");
    } else if !alone(&verbs, "verbs", errors) && !verbs.texts().all(|v| VERBS.contains(&v)) {
        errors.unsupported(&verbs, verbs.value.clone(), &VERBS);
    }
}

/// upstream: ValidateFlowSchemaSubject
fn subject(subject: &Field, errors: &mut Errors) {
    let kind = subject.get("kind").text();
    let Some((_, own)) = SUBJECTS.iter().find(|(k, _)| *k == kind) else {
        return errors.must_be(&subject.get("kind"), &["Group", "ServiceAccount", "User"]);
    };
    let given = subject.get(own);
    let name = given.get("name");
    if !given.is_set() {
        errors.required(
            &given,
            &format!("{own} is required when subject kind is '{kind}'"),
        );
    } else {
        if errors.needed(&name) && kind == "ServiceAccount" && name.text() != "*" {
            errors.named(&name, dns1123_subdomain_error);
        }
        let namespace = given.get("namespace");
        if kind == "ServiceAccount" && namespace.is_empty() {
            errors.required(&namespace, "must specify namespace for service account");
        } else if kind == "ServiceAccount" {
            errors.named(&namespace, dns1123_label_error);
        }
    }
    for other in ["serviceAccount", "user", "group"] {
        let (field, theirs) = (
            subject.get(other),
            SUBJECTS.iter().find(|(_, f)| *f == other),
        );
        if other != *own && field.is_set() {
            let kind = theirs.map_or("", |(k, _)| k);
            errors.forbidden(
                &field,
                &format!("{other} is forbidden when subject kind is not '{kind}'"),
            );
        }
    }
}

/// upstream: ValidateNonResourceURLPath
fn wrong_path(path: &str) -> Option<&'static str> {
    let stars = path.matches('*').count();
    match path {
        "" => Some("must not be empty"),
        "/" => None,
        _ if !path.starts_with('/') => Some("must start with slash"),
        _ if path.contains(' ') => Some("must not contain white-space"),
        _ if path.contains("//") => Some("must not contain double slash"),
        _ if stars > 1 || (stars == 1 && !path.ends_with("/*")) => {
            Some("wildcard can only do suffix matching")
        }
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use crate::testing::creates;
    use expect_test::expect;
    use serde_json::{Value, json};

    // upstream: pkg/apis/flowcontrol/validation/validation_test.go TestFlowSchemaValidation
    #[test]
    fn what_a_schema_may_be() {
        let rule = json!({
            "subjects": [{"kind": "User", "user": {"name": "noxu"}}],
            "resourceRules": [{"verbs": ["*"], "apiGroups": ["*"], "resources": ["*"], "namespaces": ["*"]}],
            "nonResourceRules": [{"verbs": ["get"], "nonResourceURLs": ["/apis/*"]}],
        });
        let schema = json!({
            "apiVersion": "flowcontrol.apiserver.k8s.io/v1", "kind": "FlowSchema", "metadata": {"name": "a"},
            "spec": {"matchingPrecedence": 50, "priorityLevelConfiguration": {"name": "b"}, "rules": [rule]},
        });
        let rule = |name: &str, value: Value| json!({(format!("spec.rules.0.{name}")): value});
        creates(
            &schema,
            &[
                json!({}),
                json!({"spec.matchingPrecedence": 10_001, "spec.distinguisherMethod": {"type": "ByTea"}}),
                json!({"spec.matchingPrecedence": 1, "spec.priorityLevelConfiguration.name": ""}),
                rule("subjects", json!([])),
                rule(
                    "subjects",
                    json!([{"kind": "ServiceAccount", "user": {"name": "a"}}, {"kind": "Robot"}, {"kind": "Group", "group": {"name": ""}}]),
                ),
                rule(
                    "subjects",
                    json!([{"kind": "ServiceAccount", "serviceAccount": {"name": "A", "namespace": ""}}]),
                ),
                rule(
                    "resourceRules",
                    json!([{"verbs": ["peek"], "apiGroups": [], "resources": ["*", "a"]}]),
                ),
                rule("resourceRules.0.namespaces", json!(["-a-"])),
                rule(
                    "nonResourceRules.0.nonResourceURLs",
                    json!(["", "a", "/a b", "/a//b", "/a*", "/"]),
                ),
                json!({"spec.rules": [{"subjects": [{"kind": "User", "user": {"name": "a"}}]}]}),
            ],
            expect![[r#"
                {}
                {"spec.distinguisherMethod":{"type":"ByTea"},"spec.matchingPrecedence":10001}
                  spec.matchingPrecedence: Invalid value: 10001: must not be greater than 10000
                  spec.distinguisherMethod.type: Unsupported value: {"Type":"ByTea"}: supported values: "ByNamespace", "ByUser"
                {"spec.matchingPrecedence":1,"spec.priorityLevelConfiguration.name":""}
                  spec.matchingPrecedence: Invalid value: 1: only the schema named 'exempt' may have matchingPrecedence 1
                  spec.priorityLevelConfiguration.name: Required value: must reference a priority level
                {"spec.rules.0.subjects":[]}
                  spec.rules[0].subjects: Required value: subjects must contain at least one value
                {"spec.rules.0.subjects":[{"kind":"ServiceAccount","user":{"name":"a"}},{"kind":"Robot"},{"group":{"name":""},"kind":"Group"}]}
                  spec.rules[0].subjects[0].serviceAccount: Required value: serviceAccount is required when subject kind is 'ServiceAccount'
                  spec.rules[0].subjects[0].user: Forbidden: user is forbidden when subject kind is not 'User'
                  spec.rules[0].subjects[1].kind: Unsupported value: "Robot": supported values: "Group", "ServiceAccount", "User"
                  spec.rules[0].subjects[2].group.name: Required value
                {"spec.rules.0.subjects":[{"kind":"ServiceAccount","serviceAccount":{"name":"A","namespace":""}}]}
                  spec.rules[0].subjects[0].serviceAccount.name: Invalid value: "A": a lowercase RFC 1123 subdomain must consist of lower case alphanumeric characters, '-' or '.', and must start and end with an alphanumeric character (e.g. 'example.com', regex used for validation is '[a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*')
                  spec.rules[0].subjects[0].serviceAccount.namespace: Required value: must specify namespace for service account
                {"spec.rules.0.resourceRules":[{"apiGroups":[],"resources":["*","a"],"verbs":["peek"]}]}
                  spec.rules[0].resourceRules[0].verbs: Unsupported value: ["peek"]: supported values: "create", "delete", "deletecollection", "get", "list", "patch", "proxy", "update", "watch"
                  spec.rules[0].resourceRules[0].apiGroups: Required value: resource rules must supply at least one api group
                  spec.rules[0].resourceRules[0].resources: Invalid value: ["*","a"]: if '*' is present, must not specify other resources
                  spec.rules[0].resourceRules[0].namespaces: Required value: resource rules that are not cluster scoped must supply at least one namespace
                {"spec.rules.0.resourceRules.0.namespaces":["-a-"]}
                  spec.rules[0].resourceRules[0].namespaces[0]: Invalid value: "-a-": each member of this list must be '*' or a DNS-1123 label; a lowercase RFC 1123 label must consist of lower case alphanumeric characters or '-', and must start and end with an alphanumeric character (e.g. 'my-name',  or '123-abc', regex used for validation is '[a-z0-9]([-a-z0-9]*[a-z0-9])?')
                {"spec.rules.0.nonResourceRules.0.nonResourceURLs":["","a","/a b","/a//b","/a*","/"]}
                  spec.rules[0].nonResourceRules[0].nonResourceURLs[0]: Invalid value: "": must not be empty
                  spec.rules[0].nonResourceRules[0].nonResourceURLs[1]: Invalid value: "a": must start with slash
                  spec.rules[0].nonResourceRules[0].nonResourceURLs[2]: Invalid value: "/a b": must not contain white-space
                  spec.rules[0].nonResourceRules[0].nonResourceURLs[3]: Invalid value: "/a//b": must not contain double slash
                  spec.rules[0].nonResourceRules[0].nonResourceURLs[4]: Invalid value: "/a*": wildcard can only do suffix matching
                {"spec.rules":[{"subjects":[{"kind":"User","user":{"name":"a"}}]}]}
                  spec.rules[0]: Required value: at least one of resourceRules and nonResourceRules has to be non-empty"#]],
        );
    }
}
