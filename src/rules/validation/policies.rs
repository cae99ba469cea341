//! admissionregistration.k8s.io: admission policies and their bindings. What their expressions mean is not looked at.
// upstream: pkg/apis/admissionregistration/validation/validation.go

use podarium_api::names::{dns1035_label_error, dns1123_subdomain_error, qualified_name_error};

use super::webhooks::{FAILURE_POLICIES, MATCH_POLICIES, conditions, rule};
use crate::errors::Errors;
use crate::field::Field;
use crate::text::{group_version, path_segment};

const MOST_ANNOTATIONS: usize = 20;
const LONGEST_ANNOTATION: usize = 5 * 1024;
/// Words of the language that are no names in it.
const RESERVED: [&str; 20] = [
    "true",
    "false",
    "null",
    "in",
    "as",
    "break",
    "const",
    "continue",
    "else",
    "for",
    "function",
    "if",
    "import",
    "let",
    "loop",
    "package",
    "namespace",
    "return",
    "var",
    "void",
];

/// upstream: validateValidatingAdmissionPolicySpec
pub fn validating(object: &Field, errors: &mut Errors) {
    let spec = object.get("spec");
    policy(&spec, errors);
    let (validations, annotations) = (spec.get("validations"), spec.get("auditAnnotations"));
    if validations.is_empty() && annotations.is_empty() {
        for list in [&validations, &annotations] {
            errors.required(
                list,
                "validations or auditAnnotations must contain at least one item",
            );
        }
        return;
    }
    for item in validations.items() {
        validation(&item, errors);
    }
    if annotations.len() > MOST_ANNOTATIONS {
        let detail = format!("must not have more than {MOST_ANNOTATIONS} auditAnnotations");
        errors.invalid(&annotations, &detail);
    }
    let name = object.at("metadata.name");
    let mut keys = Vec::new();
    for item in annotations.items() {
        let (key, value) = (item.get("key"), item.get("valueExpression"));
        let whole = format!("{}/{}", name.text(), key.text());
        if let Some(why) = qualified_name_error(&whole) {
            errors.invalid_as(&key, whole, &why);
        }
        match value.text().trim().len() {
            0 => errors.required(&value, "valueExpression is not specified"),
            long if long > LONGEST_ANNOTATION => {
                let detail = format!("must not exceed {LONGEST_ANNOTATION} bytes in length");
                errors.required(&value, &detail);
            }
            _ => {}
        }
        if keys.contains(&key.text()) {
            errors.duplicate(&key);
        }
        keys.push(key.text());
    }
}

/// What both kinds of policy have.
fn policy(spec: &Field, errors: &mut Errors) {
    let failure = spec.get("failurePolicy");
    if errors.needed(&failure) {
        errors.must_be(&failure, &FAILURE_POLICIES);
    }
    let kind = spec.get("paramKind");
    if kind.is_set() {
        param_kind(&kind, errors);
    }
    let resources = spec.get("matchConstraints");
    if resources.is_set() {
        match_resources(&resources, errors);
        errors.needed(&resources.get("resourceRules"));
    } else {
        errors.required(&resources, "");
    }
    conditions(&spec.get("matchConditions"), errors);
    for variable in spec.get("variables").items() {
        let (name, expression) = (variable.get("name"), variable.get("expression"));
        if name.text().trim().is_empty() {
            errors.required(&name, "name is not specified");
        } else if !is_identifier(name.text()) {
            errors.invalid(&name, "name is not a valid CEL identifier");
        }
        if expression.text().trim().is_empty() {
            errors.required(&expression, "expression is not specified");
        }
    }
}

fn is_identifier(name: &str) -> bool {
    let known = |b: u8| b.is_ascii_alphanumeric() || b == b'_';
    let digit = name.starts_with(|c: char| c.is_ascii_digit());
    !name.is_empty()
        && !digit
        && name.bytes().all(known)
        && !RESERVED.contains(&name)
        && name != "while"
}

/// upstream: validateValidation
fn validation(item: &Field, errors: &mut Errors) {
    let (expression, message) = (item.get("expression"), item.get("message"));
    let computed = item.get("messageExpression");
    if expression.text().trim().is_empty() {
        errors.required(&expression, "expression is not specified");
    }
    if !computed.is_empty() && computed.text().trim().is_empty() {
        errors.invalid(&computed, "must be non-empty if specified");
    }
    let text = message.text().trim();
    if !message.is_empty() && text.is_empty() {
        errors.invalid(&message, "message must be non-empty if specified");
    } else if text.contains(['\n', '\r']) {
        errors.invalid(&message, "message must not contain line breaks");
    }
    errors.one_of(
        &item.get("reason"),
        &[
            "Forbidden",
            "Invalid",
            "RequestEntityTooLarge",
            "Unauthorized",
        ],
    );
}

/// upstream: validateParamKind
fn param_kind(kind: &Field, errors: &mut Errors) {
    let (version, name) = (kind.get("apiVersion"), kind.get("kind"));
    if errors.needed(&version) {
        match group_version(version.text()) {
            Err(why) => errors.invalid(&version, &why),
            Ok((group, number)) => {
                if let Some(why) = dns1123_subdomain_error(group).filter(|_| !group.is_empty()) {
                    errors.invalid_as(&version, group, &why);
                }
                if number.is_empty() {
                    errors.invalid(&version, "version must be specified");
                } else if let Some(why) = dns1035_label_error(number) {
                    errors.invalid_as(&version, number, &why);
                }
            }
        }
    }
    if errors.needed(&name)
        && let Some(why) = dns1035_label_error(&name.text().to_lowercase())
    {
        let detail = format!("may have mixed case, but should otherwise match: {why}");
        errors.invalid(&name, &detail);
    }
}

/// upstream: validateMatchResources
fn match_resources(resources: &Field, errors: &mut Errors) {
    let policy = resources.get("matchPolicy");
    if errors.needed(&policy) {
        errors.must_be(&policy, &MATCH_POLICIES);
    }
    errors.selector(&resources.get("namespaceSelector"));
    errors.selector(&resources.get("objectSelector"));
    for list in ["resourceRules", "excludeResourceRules"] {
        for item in resources.get(list).items() {
            let mut names = Vec::new();
            for name in item.get("resourceNames").items() {
                errors.named(&name, path_segment);
                if names.contains(&name.text()) {
                    errors.duplicate(&name);
                }
                names.push(name.text());
            }
            rule(&item, errors);
        }
    }
}

/// upstream: validateMutatingAdmissionPolicySpec
pub fn mutating(object: &Field, errors: &mut Errors) {
    let spec = object.get("spec");
    policy(&spec, errors);
    let mutations = spec.get("mutations");
    if mutations.is_empty() {
        errors.required(&mutations, "mutations must contain at least one item");
    }
    for mutation in mutations.items() {
        let type_ = mutation.get("patchType");
        if errors.needed(&type_) {
            errors.must_be(&type_, &["ApplyConfiguration", "JSONPatch"]);
        }
        for (wanted, name, other) in [
            ("ApplyConfiguration", "applyConfiguration", "jsonPatch"),
            ("JSONPatch", "jsonPatch", "applyConfiguration"),
        ] {
            if type_.text() != wanted {
                continue;
            }
            if mutation.get(other).is_set() {
                errors.forbidden(
                    &mutation.get(other),
                    &format!("{other} must be unset for patchType {wanted}"),
                );
            }
            let expression = mutation.get(name).get("expression");
            if !mutation.get(name).is_set() {
                errors.required(&mutation.get(name), "");
            } else if expression.text().trim().is_empty() {
                errors.required(&expression, "expression is not specified");
            }
        }
    }
    let again = spec.get("reinvocationPolicy");
    if errors.needed(&again) {
        errors.must_be(&again, &["IfNeeded", "Never"]);
    }
}

/// upstream: validateValidatingAdmissionPolicyBindingSpec
pub fn validating_binding(object: &Field, errors: &mut Errors) {
    mutating_binding(object, errors);
    let actions = object.at("spec.validationActions");
    let mut seen = Vec::new();
    for action in actions.items() {
        errors.must_be(&action, &["Audit", "Deny", "Warn"]);
        if seen.contains(&action.text()) {
            errors.duplicate(&action);
        }
        seen.push(action.text());
    }
    if seen.contains(&"Deny") && seen.contains(&"Warn") {
        errors.invalid(
            &actions,
            "must not contain both Deny and Warn (repeating the same validation failure information in the API response \
             and headers serves no purpose)",
        );
    }
    if seen.is_empty() {
        errors.required(&actions, "at least one validation action is required");
    }
}

/// upstream: validateMutatingAdmissionPolicyBindingSpec
pub fn mutating_binding(object: &Field, errors: &mut Errors) {
    let spec = object.get("spec");
    errors.needed_as(&spec.get("policyName"), dns1123_subdomain_error);
    let parameters = spec.get("paramRef");
    if parameters.is_set() {
        param_ref(&parameters, errors);
    }
    let resources = spec.get("matchResources");
    if resources.is_set() {
        // The field's name is written so upstream.
        match_resources(&resources.called("spec.matchResouces"), errors);
    }
}

/// upstream: validateParamRef
fn param_ref(reference: &Field, errors: &mut Errors) {
    let (name, selector) = (reference.get("name"), reference.get("selector"));
    let both = "name and selector are mutually exclusive";
    if !name.is_empty() {
        errors.named(&name, path_segment);
        if selector.is_set() {
            errors.forbidden(&name, both);
        }
    }
    errors.selector(&selector);
    if selector.is_set() && !name.is_empty() {
        errors.forbidden(&selector, both);
    }
    if !selector.is_set() && name.is_empty() {
        errors.required(reference, "one of name or selector must be specified");
    }
    let action = reference.get("parameterNotFoundAction");
    if errors.needed(&action) {
        errors.must_be(&action, &["Deny", "Allow"]);
    }
}

#[cfg(test)]
mod tests {
    use crate::testing::creates;
    use expect_test::expect;
    use serde_json::{Value, json};

    fn policy(kind: &str, spec: Value) -> Value {
        let rule = json!({"operations": ["CREATE"], "apiGroups": ["a"], "apiVersions": ["v1"], "resources": ["pods"]});
        let mut policy = json!({
            "apiVersion": "admissionregistration.k8s.io/v1", "kind": kind, "metadata": {"name": "config"},
            "spec": {"matchConstraints": {"resourceRules": [rule]}},
        });
        for (name, value) in spec.as_object().unwrap() {
            policy["spec"][name] = value.clone();
        }
        policy
    }

    // upstream: pkg/apis/admissionregistration/validation/validation_test.go TestValidateValidatingAdmissionPolicy
    #[test]
    fn what_a_validating_policy_may_be() {
        creates(
            &policy(
                "ValidatingAdmissionPolicy",
                json!({"validations": [{"expression": "true"}]}),
            ),
            &[
                json!({}),
                json!({"spec.validations": []}),
                json!({"spec.failurePolicy": "other", "spec.matchConstraints": null}),
                json!({"spec.matchConstraints.resourceRules": [], "spec.matchConstraints.matchPolicy": "Some"}),
                json!({"spec.matchConstraints.resourceRules.0.resourceNames": ["a", "a", "b/c"]}),
                json!({"spec.paramKind": {"apiVersion": "a/b/c", "kind": "Rule_"}}),
                json!({"spec.paramKind": {"apiVersion": "Rules/v1", "kind": ""}}),
                json!({"spec.variables": [{"name": "1a", "expression": "x"}, {"name": "for", "expression": ""}, {"name": " ", "expression": "x"}]}),
                json!({"spec.validations.0": {"expression": " ", "message": " ", "messageExpression": " ", "reason": "other"}}),
                json!({"spec.validations.0.message": "a\nb"}),
                json!({"spec.auditAnnotations": [{"key": "a", "valueExpression": "x"}, {"key": "a", "valueExpression": ""}, {"key": "b c", "valueExpression": "x"}]}),
            ],
            expect![[r#"
                {}
                {"spec.validations":[]}
                  spec.validations: Required value: validations or auditAnnotations must contain at least one item
                  spec.auditAnnotations: Required value: validations or auditAnnotations must contain at least one item
                {"spec.failurePolicy":"other","spec.matchConstraints":null}
                  spec.failurePolicy: Unsupported value: "other": supported values: "Fail", "Ignore"
                  spec.matchConstraints: Required value
                {"spec.matchConstraints.matchPolicy":"Some","spec.matchConstraints.resourceRules":[]}
                  spec.matchConstraints.matchPolicy: Unsupported value: "Some": supported values: "Equivalent", "Exact"
                  spec.matchConstraints.resourceRules: Required value
                {"spec.matchConstraints.resourceRules.0.resourceNames":["a","a","b/c"]}
                  spec.matchConstraints.resourceRules[0].resourceNames[1]: Duplicate value: "a"
                  spec.matchConstraints.resourceRules[0].resourceNames[2]: Invalid value: "b/c": may not contain '/'
                {"spec.paramKind":{"apiVersion":"a/b/c","kind":"Rule_"}}
                  spec.paramKind.apiVersion: Invalid value: "a/b/c": unexpected GroupVersion string: a/b/c
                  spec.paramKind.kind: Invalid value: "Rule_": may have mixed case, but should otherwise match: a DNS-1035 label must consist of lower case alphanumeric characters or '-', start with an alphabetic character, and end with an alphanumeric character (e.g. 'my-name',  or 'abc-123', regex used for validation is '[a-z]([-a-z0-9]*[a-z0-9])?')
                {"spec.paramKind":{"apiVersion":"Rules/v1","kind":""}}
                  spec.paramKind.apiVersion: Invalid value: "Rules": a lowercase RFC 1123 subdomain must consist of lower case alphanumeric characters, '-' or '.', and must start and end with an alphanumeric character (e.g. 'example.com', regex used for validation is '[a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*')
                  spec.paramKind.kind: Required value
                {"spec.variables":[{"expression":"x","name":"1a"},{"expression":"","name":"for"},{"expression":"x","name":" "}]}
                  spec.variables[0].name: Invalid value: "1a": name is not a valid CEL identifier
                  spec.variables[1].name: Invalid value: "for": name is not a valid CEL identifier
                  spec.variables[1].expression: Required value: expression is not specified
                  spec.variables[2].name: Required value: name is not specified
                {"spec.validations.0":{"expression":" ","message":" ","messageExpression":" ","reason":"other"}}
                  spec.validations[0].expression: Required value: expression is not specified
                  spec.validations[0].messageExpression: Invalid value: " ": must be non-empty if specified
                  spec.validations[0].message: Invalid value: " ": message must be non-empty if specified
                  spec.validations[0].reason: Unsupported value: "other": supported values: "Forbidden", "Invalid", "RequestEntityTooLarge", "Unauthorized"
                {"spec.validations.0.message":"a\nb"}
                  spec.validations[0].message: Invalid value: "a\nb": message must not contain line breaks
                {"spec.auditAnnotations":[{"key":"a","valueExpression":"x"},{"key":"a","valueExpression":""},{"key":"b c","valueExpression":"x"}]}
                  spec.auditAnnotations[1].valueExpression: Required value: valueExpression is not specified
                  spec.auditAnnotations[1].key: Duplicate value: "a"
                  spec.auditAnnotations[2].key: Invalid value: "config/b c": name part must consist of alphanumeric characters, '-', '_' or '.', and must start and end with an alphanumeric character (e.g. 'MyName',  or 'my.name',  or '123-abc', regex used for validation is '([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9]')"#]],
        );
    }

    #[test]
    fn what_a_mutating_policy_may_be() {
        let mutation = json!({"patchType": "JSONPatch", "jsonPatch": {"expression": "[]"}});
        creates(
            &policy(
                "MutatingAdmissionPolicy",
                json!({"mutations": [mutation], "reinvocationPolicy": "Never"}),
            ),
            &[
                json!({}),
                json!({"spec.mutations": [], "spec.reinvocationPolicy": "Always"}),
                json!({"spec.mutations.0": {"patchType": "ApplyConfiguration", "jsonPatch": {"expression": "[]"}}}),
                json!({"spec.mutations.0": {"patchType": "Other"}, "spec.reinvocationPolicy": null}),
                json!({"spec.mutations.0.jsonPatch.expression": ""}),
            ],
            expect![[r#"
                {}
                {"spec.mutations":[],"spec.reinvocationPolicy":"Always"}
                  spec.mutations: Required value: mutations must contain at least one item
                  spec.reinvocationPolicy: Unsupported value: "Always": supported values: "IfNeeded", "Never"
                {"spec.mutations.0":{"jsonPatch":{"expression":"[]"},"patchType":"ApplyConfiguration"}}
                  spec.mutations[0].jsonPatch: Forbidden: jsonPatch must be unset for patchType ApplyConfiguration
                  spec.mutations[0].applyConfiguration: Required value
                {"spec.mutations.0":{"patchType":"Other"},"spec.reinvocationPolicy":null}
                  spec.mutations[0].patchType: Unsupported value: "Other": supported values: "ApplyConfiguration", "JSONPatch"
                  spec.reinvocationPolicy: Required value
                {"spec.mutations.0.jsonPatch.expression":""}
                  spec.mutations[0].jsonPatch.expression: Required value: expression is not specified"#]],
        );
    }

    // upstream: pkg/apis/admissionregistration/validation/validation_test.go TestValidateValidatingAdmissionPolicyBinding
    #[test]
    fn what_a_binding_may_be() {
        let binding = json!({
            "apiVersion": "admissionregistration.k8s.io/v1", "kind": "ValidatingAdmissionPolicyBinding", "metadata": {"name": "a"},
            "spec": {"policyName": "b", "validationActions": ["Deny"]},
        });
        creates(
            &binding,
            &[
                json!({}),
                json!({"spec.policyName": "", "spec.validationActions": []}),
                json!({"spec.validationActions": ["Deny", "Warn", "Deny", "Shout"]}),
                json!({"spec.paramRef": {}}),
                json!({"spec.paramRef": {"name": "a/b", "selector": {}, "parameterNotFoundAction": "Maybe"}}),
                json!({"spec.matchResources": {"matchPolicy": "Some"}}),
            ],
            expect![[r#"
                {}
                {"spec.policyName":"","spec.validationActions":[]}
                  spec.policyName: Required value
                  spec.validationActions: Required value: at least one validation action is required
                {"spec.validationActions":["Deny","Warn","Deny","Shout"]}
                  spec.validationActions[2]: Duplicate value: "Deny"
                  spec.validationActions[3]: Unsupported value: "Shout": supported values: "Audit", "Deny", "Warn"
                  spec.validationActions: Invalid value: ["Deny","Warn","Deny","Shout"]: must not contain both Deny and Warn (repeating the same validation failure information in the API response and headers serves no purpose)
                {"spec.paramRef":{}}
                  spec.paramRef: Required value: one of name or selector must be specified
                  spec.paramRef.parameterNotFoundAction: Required value
                {"spec.paramRef":{"name":"a/b","parameterNotFoundAction":"Maybe","selector":{}}}
                  spec.paramRef.name: Invalid value: "a/b": may not contain '/'
                  spec.paramRef.name: Forbidden: name and selector are mutually exclusive
                  spec.paramRef.selector: Forbidden: name and selector are mutually exclusive
                  spec.paramRef.parameterNotFoundAction: Unsupported value: "Maybe": supported values: "Deny", "Allow"
                {"spec.matchResources":{"matchPolicy":"Some"}}
                  spec.matchResouces.matchPolicy: Unsupported value: "Some": supported values: "Equivalent", "Exact""#]],
        );
    }
}
