//! rbac.authorization.k8s.io.
// upstream: pkg/apis/rbac/validation/validation.go

use podarium_api::names::dns1123_subdomain_error;
use serde_json::json;

use crate::errors::Errors;
use crate::field::Field;
use crate::text::path_segment;

const GROUP: &str = "rbac.authorization.k8s.io";

/// upstream: ValidateRole
pub fn role(role: &Field, errors: &mut Errors) {
    rules(role, true, errors);
}

/// upstream: ValidateClusterRole
pub fn cluster_role(role: &Field, errors: &mut Errors) {
    rules(role, false, errors);
    let aggregation = role.get("aggregationRule");
    if aggregation.is_set() {
        let selectors = aggregation.get("clusterRoleSelectors");
        if selectors.is_empty() {
            errors.required(
                &selectors,
                "at least one clusterRoleSelector required if aggregationRule is non-nil",
            );
        }
        for selector in selectors.items() {
            errors.selector(&selector);
        }
    }
}

fn rules(role: &Field, namespaced: bool, errors: &mut Errors) {
    for rule in role.get("rules").items() {
        policy_rule(&rule, namespaced, errors);
    }
}

/// upstream: ValidatePolicyRule
fn policy_rule(rule: &Field, namespaced: bool, errors: &mut Errors) {
    let [verbs, urls, groups, resources] =
        ["verbs", "nonResourceURLs", "apiGroups", "resources"].map(|name| rule.get(name));
    if verbs.is_empty() {
        errors.required(&verbs, "verbs must contain at least one value");
    }
    if !urls.is_empty() {
        if namespaced {
            errors.invalid(&urls, "namespaced rules cannot apply to non-resource URLs");
        }
        if !groups.is_empty() || !resources.is_empty() || !rule.get("resourceNames").is_empty() {
            errors.invalid(
                &urls,
                "rules cannot apply to both regular resources and non-resource URLs",
            );
        }
        return;
    }
    if groups.is_empty() {
        errors.required(&groups, "resource rules must supply at least one api group");
    }
    if resources.is_empty() {
        errors.required(
            &resources,
            "resource rules must supply at least one resource",
        );
    }
}

/// upstream: ValidateRoleBinding
pub fn role_binding(binding: &Field, errors: &mut Errors) {
    self::binding(binding, true, errors);
}

/// upstream: ValidateClusterRoleBinding
pub fn cluster_role_binding(binding: &Field, errors: &mut Errors) {
    self::binding(binding, false, errors);
}

fn binding(binding: &Field, namespaced: bool, errors: &mut Errors) {
    let reference = binding.get("roleRef");
    errors.must_be(&reference.get("apiGroup"), &[GROUP]);
    let kinds: &[&str] = if namespaced {
        &["Role", "ClusterRole"]
    } else {
        &["ClusterRole"]
    };
    errors.must_be(&reference.get("kind"), kinds);
    errors.needed_as(&reference.get("name"), path_segment);
    for subject in binding.get("subjects").items() {
        self::subject(&subject, namespaced, errors);
    }
}

/// upstream: ValidateRoleBindingUpdate
pub fn role_binding_update(binding: &Field, old: &Field, errors: &mut Errors) {
    role_binding(binding, errors);
    same_role(binding, old, errors);
}

/// upstream: ValidateClusterRoleBindingUpdate
pub fn cluster_role_binding_update(binding: &Field, old: &Field, errors: &mut Errors) {
    cluster_role_binding(binding, errors);
    same_role(binding, old, errors);
}

fn same_role(binding: &Field, old: &Field, errors: &mut Errors) {
    let reference = binding.get("roleRef");
    if reference.value != old.get("roleRef").value {
        // Upstream prints its internal type, whose fields have no names of their own in JSON.
        let [group, kind, name] = ["apiGroup", "kind", "name"].map(|f| reference.get(f).text());
        let value = json!({"APIGroup": group, "Kind": kind, "Name": name});
        errors.invalid_as(&reference, value, "cannot change roleRef");
    }
}

/// upstream: ValidateRoleBindingSubject
fn subject(subject: &Field, namespaced: bool, errors: &mut Errors) {
    let [name, kind, group] = ["name", "kind", "apiGroup"].map(|field| subject.get(field));
    let named = errors.needed(&name);
    match kind.text() {
        "ServiceAccount" => {
            if named {
                errors.named(&name, dns1123_subdomain_error);
            }
            if !group.is_empty() {
                errors.must_be(&group, &[""]);
            }
            if !namespaced {
                errors.needed(&subject.get("namespace"));
            }
        }
        "User" | "Group" => errors.must_be(&group, &[GROUP]),
        _ => errors.must_be(&kind, &["ServiceAccount", "User", "Group"]),
    }
}

#[cfg(test)]
mod tests {
    use crate::testing::{creates, updates};
    use expect_test::expect;
    use serde_json::{Value, json};

    fn object(kind: &str, rest: Value) -> Value {
        let mut object = json!({"apiVersion": "rbac.authorization.k8s.io/v1", "kind": kind, "metadata": {"name": "a"}});
        let fields = object.as_object_mut().unwrap();
        fields.extend(rest.as_object().unwrap().clone());
        object
    }

    #[test]
    fn roles_are_refused_in_upstreams_words() {
        let rule = json!({"verbs": ["get"], "apiGroups": [""], "resources": ["pods"]});
        let edits = [
            json!({}),
            json!({"rules.0.verbs": null}),
            json!({"rules.0.apiGroups": null}),
            json!({"rules.0.resources": []}),
            json!({"rules.0": {"verbs": ["get"], "nonResourceURLs": ["/a"]}}),
            json!({"rules.0.nonResourceURLs": ["/a"]}),
            json!({"aggregationRule": {"clusterRoleSelectors": []}}),
            json!({"aggregationRule": {"clusterRoleSelectors": [{"matchLabels": {"a b": "c"}}]}}),
        ];
        creates(
            &object("Role", json!({"rules": [rule]})),
            &edits[..6],
            expect![[r#"
                {}
                {"rules.0.verbs":null}
                  rules[0].verbs: Required value: verbs must contain at least one value
                {"rules.0.apiGroups":null}
                  rules[0].apiGroups: Required value: resource rules must supply at least one api group
                {"rules.0.resources":[]}
                  rules[0].resources: Required value: resource rules must supply at least one resource
                {"rules.0":{"nonResourceURLs":["/a"],"verbs":["get"]}}
                  rules[0].nonResourceURLs: Invalid value: ["/a"]: namespaced rules cannot apply to non-resource URLs
                {"rules.0.nonResourceURLs":["/a"]}
                  rules[0].nonResourceURLs: Invalid value: ["/a"]: namespaced rules cannot apply to non-resource URLs
                  rules[0].nonResourceURLs: Invalid value: ["/a"]: rules cannot apply to both regular resources and non-resource URLs"#]],
        );
        creates(
            &object("ClusterRole", json!({"rules": [rule]})),
            &edits,
            expect![[r#"
                {}
                {"rules.0.verbs":null}
                  rules[0].verbs: Required value: verbs must contain at least one value
                {"rules.0.apiGroups":null}
                  rules[0].apiGroups: Required value: resource rules must supply at least one api group
                {"rules.0.resources":[]}
                  rules[0].resources: Required value: resource rules must supply at least one resource
                {"rules.0":{"nonResourceURLs":["/a"],"verbs":["get"]}}
                {"rules.0.nonResourceURLs":["/a"]}
                  rules[0].nonResourceURLs: Invalid value: ["/a"]: rules cannot apply to both regular resources and non-resource URLs
                {"aggregationRule":{"clusterRoleSelectors":[]}}
                  aggregationRule.clusterRoleSelectors: Required value: at least one clusterRoleSelector required if aggregationRule is non-nil
                {"aggregationRule":{"clusterRoleSelectors":[{"matchLabels":{"a b":"c"}}]}}
                  aggregationRule.clusterRoleSelectors[0].matchLabels: Invalid value: "a b": name part must consist of alphanumeric characters, '-', '_' or '.', and must start and end with an alphanumeric character (e.g. 'MyName',  or 'my.name',  or '123-abc', regex used for validation is '([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9]')"#]],
        );
    }

    #[test]
    fn bindings_are_refused_in_upstreams_words() {
        let good = json!({"roleRef": {"kind": "ClusterRole", "name": "view"}, "subjects": [{"kind": "User", "name": "a"}]});
        let edits = [
            json!({}),
            json!({"subjects.0.name": ""}),
            json!({"subjects.0.apiGroup": "x"}),
            json!({"subjects.0.kind": "Robot"}),
            json!({"subjects.0": {"kind": "ServiceAccount", "name": "a"}}),
            json!({"subjects.0": {"kind": "ServiceAccount", "name": "A", "namespace": "b", "apiGroup": "x"}}),
            json!({"roleRef.kind": "Role"}),
            json!({"roleRef.name": ""}),
            json!({"roleRef.name": "a/b", "roleRef.apiGroup": "v"}),
        ];
        for (kind, expected) in [
            (
                "RoleBinding",
                expect![[r#"
                {}
                {"subjects.0.name":""}
                  subjects[0].name: Required value
                {"subjects.0.apiGroup":"x"}
                  subjects[0].apiGroup: Unsupported value: "x": supported values: "rbac.authorization.k8s.io"
                {"subjects.0.kind":"Robot"}
                  subjects[0].kind: Unsupported value: "Robot": supported values: "ServiceAccount", "User", "Group"
                {"subjects.0":{"kind":"ServiceAccount","name":"a"}}
                {"subjects.0":{"apiGroup":"x","kind":"ServiceAccount","name":"A","namespace":"b"}}
                  subjects[0].name: Invalid value: "A": a lowercase RFC 1123 subdomain must consist of lower case alphanumeric characters, '-' or '.', and must start and end with an alphanumeric character (e.g. 'example.com', regex used for validation is '[a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*')
                  subjects[0].apiGroup: Unsupported value: "x": supported values: ""
                {"roleRef.kind":"Role"}
                {"roleRef.name":""}
                  roleRef.name: Required value
                {"roleRef.apiGroup":"v","roleRef.name":"a/b"}
                  roleRef.apiGroup: Unsupported value: "v": supported values: "rbac.authorization.k8s.io"
                  roleRef.name: Invalid value: "a/b": may not contain '/'"#]],
            ),
            (
                "ClusterRoleBinding",
                expect![[r#"
                {}
                {"subjects.0.name":""}
                  subjects[0].name: Required value
                {"subjects.0.apiGroup":"x"}
                  subjects[0].apiGroup: Unsupported value: "x": supported values: "rbac.authorization.k8s.io"
                {"subjects.0.kind":"Robot"}
                  subjects[0].kind: Unsupported value: "Robot": supported values: "ServiceAccount", "User", "Group"
                {"subjects.0":{"kind":"ServiceAccount","name":"a"}}
                  subjects[0].namespace: Required value
                {"subjects.0":{"apiGroup":"x","kind":"ServiceAccount","name":"A","namespace":"b"}}
                  subjects[0].name: Invalid value: "A": a lowercase RFC 1123 subdomain must consist of lower case alphanumeric characters, '-' or '.', and must start and end with an alphanumeric character (e.g. 'example.com', regex used for validation is '[a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*')
                  subjects[0].apiGroup: Unsupported value: "x": supported values: ""
                {"roleRef.kind":"Role"}
                  roleRef.kind: Unsupported value: "Role": supported values: "ClusterRole"
                {"roleRef.name":""}
                  roleRef.name: Required value
                {"roleRef.apiGroup":"v","roleRef.name":"a/b"}
                  roleRef.apiGroup: Unsupported value: "v": supported values: "rbac.authorization.k8s.io"
                  roleRef.name: Invalid value: "a/b": may not contain '/'"#]],
            ),
        ] {
            creates(&object(kind, good.clone()), &edits, expected);
        }
        updates(
            &object("RoleBinding", good),
            &[json!({"subjects": null}), json!({"roleRef.name": "edit"})],
            expect![[r#"
                {"subjects":null}
                {"roleRef.name":"edit"}
                  roleRef: Invalid value: {"APIGroup":"rbac.authorization.k8s.io","Kind":"ClusterRole","Name":"edit"}: cannot change roleRef"#]],
        );
    }
}
