//! admissionregistration.k8s.io and apiregistration.k8s.io: webhooks, policies, and servers beside the API server.
// upstream: pkg/apis/admissionregistration/v1/defaults.go

use super::{Fields, below, default, each, made};

/// upstream: SetDefaults_ValidatingWebhook, SetDefaults_MutatingWebhook
fn webhooks(fields: &mut Fields, mutating: bool) {
    for hook in each(fields, "webhooks") {
        default(hook, "failurePolicy", "Fail");
        default(hook, "timeoutSeconds", 10);
        matching(hook);
        if mutating {
            default(hook, "reinvocationPolicy", "Never");
        }
        if let Some(service) = below(hook, "clientConfig").and_then(|c| below(c, "service")) {
            default(service, "port", 443);
        }
        scopes(hook, "rules");
    }
}

/// What is matched, unless it is said.
fn matching(fields: &mut Fields) {
    default(fields, "matchPolicy", "Equivalent");
    made(fields, "namespaceSelector");
    made(fields, "objectSelector");
}

/// upstream: SetDefaults_Rule
fn scopes(fields: &mut Fields, rules: &str) {
    for rule in each(fields, rules) {
        default(rule, "scope", "*");
    }
}

/// upstream: SetDefaults_ValidatingWebhook
pub fn validating_webhooks(fields: &mut Fields) {
    webhooks(fields, false);
}

/// upstream: SetDefaults_MutatingWebhook
pub fn mutating_webhooks(fields: &mut Fields) {
    webhooks(fields, true);
}

/// upstream: SetDefaults_ValidatingAdmissionPolicySpec, SetDefaults_MutatingAdmissionPolicySpec, SetDefaults_MatchResources
pub fn policy(fields: &mut Fields) {
    let spec = made(fields, "spec");
    default(spec, "failurePolicy", "Fail");
    resources(spec, "matchConstraints");
}

/// upstream: SetDefaults_MatchResources
pub fn binding(fields: &mut Fields) {
    resources(made(fields, "spec"), "matchResources");
}

fn resources(spec: &mut Fields, name: &str) {
    if let Some(resources) = below(spec, name) {
        matching(resources);
        scopes(resources, "resourceRules");
        scopes(resources, "excludeResourceRules");
    }
}

/// upstream: staging/src/k8s.io/kube-aggregator/pkg/apis/apiregistration/v1/defaults.go SetDefaults_ServiceReference
pub fn api_service(fields: &mut Fields) {
    if let Some(service) = below(made(fields, "spec"), "service") {
        default(service, "port", 443);
    }
}

#[cfg(test)]
mod tests {
    use crate::testing::defaulted;
    use expect_test::expect;
    use serde_json::json;

    #[test]
    fn webhooks_and_policies_fail_closed_and_match_everything() {
        let hook = json!({"name": "a.b.c", "clientConfig": {"service": {"name": "a", "namespace": "b"}}, "rules": [{"operations": ["*"]}]});
        defaulted(
            &json!({"apiVersion": "admissionregistration.k8s.io/v1", "kind": "MutatingWebhookConfiguration", "webhooks": [hook]}),
            "webhooks",
            expect![[
                r#"[{"clientConfig":{"service":{"name":"a","namespace":"b","port":443}},"failurePolicy":"Fail","matchPolicy":"Equivalent","name":"a.b.c","namespaceSelector":{},"objectSelector":{},"reinvocationPolicy":"Never","rules":[{"operations":["*"],"scope":"*"}],"timeoutSeconds":10}]"#
            ]],
        );
        defaulted(
            &json!({"apiVersion": "admissionregistration.k8s.io/v1", "kind": "ValidatingAdmissionPolicy", "spec": {"matchConstraints": {"resourceRules": [{}]}}}),
            "spec",
            expect![[
                r#"{"failurePolicy":"Fail","matchConstraints":{"matchPolicy":"Equivalent","namespaceSelector":{},"objectSelector":{},"resourceRules":[{"scope":"*"}]}}"#
            ]],
        );
    }
}
