//! admissionregistration.k8s.io: webhooks, and the rules by which they and policies choose requests.
// upstream: pkg/apis/admissionregistration/validation/validation.go

use podarium_api::names::{dns1035_label_error, dns1123_subdomain_error, qualified_name_error};

use crate::errors::Errors;
use crate::field::Field;
use crate::text::fully_qualified;

pub const FAILURE_POLICIES: [&str; 2] = ["Fail", "Ignore"];
pub const MATCH_POLICIES: [&str; 2] = ["Equivalent", "Exact"];
const SIDE_EFFECTS: [&str; 2] = ["None", "NoneOnDryRun"];
const MOST_CONDITIONS: usize = 64;

/// upstream: ValidateValidatingWebhookConfiguration
pub fn validating(object: &Field, errors: &mut Errors) {
    webhooks(object, false, errors);
}

/// upstream: ValidateMutatingWebhookConfiguration
pub fn mutating(object: &Field, errors: &mut Errors) {
    webhooks(object, true, errors);
}

fn webhooks(object: &Field, mutating: bool, errors: &mut Errors) {
    let mut names = Vec::new();
    for hook in object.get("webhooks").items() {
        webhook(&hook, mutating, errors);
        versions(&hook.get("admissionReviewVersions"), errors);
        let name = hook.get("name");
        if !name.is_empty() && names.contains(&name.text()) {
            errors.duplicate(&name);
        }
        names.push(name.text());
    }
}

/// upstream: validateAdmissionReviewVersions
pub fn versions(versions: &Field, errors: &mut Errors) {
    if versions.is_empty() {
        return errors.required(versions, "must specify one of v1, v1beta1");
    }
    let mut seen = Vec::new();
    for version in versions.items() {
        if seen.contains(&version.text()) {
            errors.invalid(&version, "duplicate version");
            continue;
        }
        seen.push(version.text());
        errors.named(&version, dns1035_label_error);
    }
    if !versions.contains("v1") && !versions.contains("v1beta1") {
        errors.invalid(versions, "must include at least one of v1, v1beta1");
    }
}

/// upstream: validateValidatingWebhook, validateMutatingWebhook
fn webhook(hook: &Field, mutating: bool, errors: &mut Errors) {
    fully_qualified(&hook.get("name"), errors);
    for rule in hook.get("rules").items() {
        self::rule(&rule, errors);
    }
    errors.one_of(&hook.get("failurePolicy"), &FAILURE_POLICIES);
    errors.one_of(&hook.get("matchPolicy"), &MATCH_POLICIES);
    let effects = hook.get("sideEffects");
    if !effects.is_set() {
        errors.required(&effects, "must specify one of None, NoneOnDryRun");
    }
    errors.one_of(&effects, &SIDE_EFFECTS);
    let seconds = hook.get("timeoutSeconds");
    if seconds.number().is_some_and(|n| !(1..=30).contains(&n)) {
        errors.invalid(
            &seconds,
            "the timeout value must be between 1 and 30 seconds",
        );
    }
    errors.selector(&hook.get("namespaceSelector"));
    errors.selector(&hook.get("objectSelector"));
    if mutating {
        errors.one_of(&hook.get("reinvocationPolicy"), &["IfNeeded", "Never"]);
    }
    client(&hook.get("clientConfig"), errors);
    conditions(&hook.get("matchConditions"), errors);
}

/// Where a webhook is.
pub fn client(client: &Field, errors: &mut Errors) {
    let (address, service) = (client.get("url"), client.get("service"));
    if address.is_set() == service.is_set() {
        errors.required(client, "exactly one of url or service is required");
    } else if address.is_set() {
        url(&address, errors);
    } else {
        self::service(&service, errors);
    }
}

/// upstream: staging/src/k8s.io/apiserver/pkg/util/webhook/validation.go ValidateWebhookURL
fn url(field: &Field, errors: &mut Errors) {
    const FORM: &str = "; desired format: https://host[/path]";
    let text = field.text();
    let (scheme, rest) = text.split_once("://").unwrap_or(("", text));
    let (rest, fragment) = rest.split_once('#').unwrap_or((rest, ""));
    let (rest, query) = rest.split_once('?').unwrap_or((rest, ""));
    let authority = rest.split('/').next().unwrap_or_default();
    let (user, host) = authority.rsplit_once('@').unwrap_or(("", authority));
    let host = if scheme.is_empty() { "" } else { host };
    if scheme != "https" {
        let detail = format!("'https' is the only allowed URL scheme{FORM}");
        errors.invalid_as(field, scheme, &detail);
    }
    if host.is_empty() {
        errors.invalid_as(field, "", &format!("host must be specified{FORM}"));
    }
    for (part, detail) in [
        (user, "user information is not permitted in the URL"),
        (fragment, "fragments are not permitted in the URL"),
        (query, "query parameters are not permitted in the URL"),
    ] {
        if !part.is_empty() {
            errors.invalid_as(field, part, detail);
        }
    }
}

/// upstream: staging/src/k8s.io/apiserver/pkg/util/webhook/validation.go ValidateWebhookService
fn service(service: &Field, errors: &mut Errors) {
    let (name, namespace) = (service.get("name"), service.get("namespace"));
    let (port, path) = (service.get("port"), service.get("path"));
    if name.is_empty() {
        errors.required(&name, "service name is required");
    }
    if namespace.is_empty() {
        errors.required(&namespace, "service namespace is required");
    }
    if !(1..=65_535).contains(&port.int()) {
        errors.invalid_int(
            &port,
            "port is not valid: must be between 1 and 65535, inclusive",
        );
    }
    if path.is_empty() || path.text() == "/" {
        return;
    }
    if path.text() == "//" {
        return errors.invalid(&path, "segment[0] may not be empty");
    }
    if !path.text().starts_with('/') {
        errors.invalid(&path, "must start with a '/'");
    }
    let inner = path.text().get(1..).unwrap_or_default();
    let inner = inner.strip_suffix('/').unwrap_or(inner);
    for (i, segment) in inner.split('/').enumerate() {
        if segment.is_empty() {
            errors.invalid(&path, &format!("segment[{i}] may not be empty"));
        } else if let Some(why) = dns1123_subdomain_error(segment) {
            errors.invalid(&path, &format!("segment[{i}]: {why}"));
        }
    }
}

/// upstream: validateMatchConditions. What the expressions mean is not looked at.
pub fn conditions(conditions: &Field, errors: &mut Errors) {
    if conditions.len() > MOST_CONDITIONS {
        errors.too_many(conditions, MOST_CONDITIONS);
    }
    let mut names = Vec::new();
    for condition in conditions.items() {
        let (name, expression) = (condition.get("name"), condition.get("expression"));
        if expression.text().trim().is_empty() {
            errors.required(&expression, "");
        }
        errors.needed_as(&name, qualified_name_error);
        if !name.is_empty() && names.contains(&name.text()) {
            errors.duplicate(&name);
        }
        names.push(name.text());
    }
}

/// upstream: validateRuleWithOperations, validateRule
pub fn rule(rule: &Field, errors: &mut Errors) {
    let operations = rule.get("operations");
    errors.needed(&operations);
    alone(&operations, "operations", errors);
    for operation in operations.items() {
        errors.must_be(&operation, &["*", "CONNECT", "CREATE", "DELETE", "UPDATE"]);
    }
    let (groups, versions) = (rule.get("apiGroups"), rule.get("apiVersions"));
    errors.needed(&groups);
    alone(&groups, "API groups", errors);
    errors.needed(&versions);
    alone(&versions, "API versions", errors);
    for version in versions.items() {
        errors.needed(&version);
    }
    resources(&rule.get("resources"), errors);
    errors.one_of(&rule.get("scope"), &["*", "Cluster", "Namespaced"]);
}

fn alone(list: &Field, what: &str, errors: &mut Errors) {
    if list.len() > 1 && list.contains("*") {
        errors.invalid(
            list,
            &format!("if '*' is present, must not specify other {what}"),
        );
    }
}

/// upstream: validateResources
fn resources(resources: &Field, errors: &mut Errors) {
    errors.needed(resources);
    let (mut whole, mut subs) = (Vec::new(), Vec::new());
    let (mut everything, mut single, mut plain) = (false, false, false);
    for resource in resources.items() {
        let text = resource.text();
        if !errors.needed(&resource) {
            continue;
        }
        everything |= text == "*/*";
        single |= text == "*";
        let Some((name, sub)) = text.split_once('/') else {
            plain = text != "*";
            continue;
        };
        if whole.contains(&name) {
            let detail = format!("if '{name}/*' is present, must not specify {text}");
            errors.invalid(&resource, &detail);
        }
        if subs.contains(&sub) {
            let detail = format!("if '*/{sub}' is present, must not specify {text}");
            errors.invalid(&resource, &detail);
        }
        if sub == "*" {
            whole.push(name);
        }
        if name == "*" {
            subs.push(sub);
        }
    }
    if resources.len() > 1 && everything {
        errors.invalid(
            resources,
            "if '*/*' is present, must not specify other resources",
        );
    }
    if single && plain {
        errors.invalid(
            resources,
            "if '*' is present, must not specify other resources without subresources",
        );
    }
}

#[cfg(test)]
mod tests {
    use crate::testing::creates;
    use expect_test::expect;
    use serde_json::{Value, json};

    // upstream: pkg/apis/admissionregistration/validation/validation_test.go TestValidateValidatingWebhookConfiguration
    #[test]
    fn what_a_webhook_may_be() {
        let rule = json!({"operations": ["CREATE"], "apiGroups": ["a"], "apiVersions": ["v1"], "resources": ["pods"]});
        let hook = json!({
            "name": "webhook.k8s.io", "clientConfig": {"url": "https://example.com/a"}, "admissionReviewVersions": ["v1"], "sideEffects": "None", "rules": [rule],
        });
        let object = json!({"apiVersion": "admissionregistration.k8s.io/v1", "kind": "MutatingWebhookConfiguration", "metadata": {"name": "a"}, "webhooks": [hook]});
        let hook = |name: &str, value: Value| json!({(format!("webhooks.0.{name}")): value});
        let resources = |list: &[&str]| hook("rules.0.resources", json!(list));
        creates(
            &object,
            &[
                json!({}),
                hook("name", json!("k8s.io")),
                json!({"webhooks.1": {"name": "webhook.k8s.io", "clientConfig": {}}}),
                hook(
                    "admissionReviewVersions",
                    json!(["invalidVersion", "0v", "0v"]),
                ),
                hook("sideEffects", json!("Some")),
                hook("failurePolicy", json!("other")),
                hook("matchPolicy", json!("other")),
                hook("reinvocationPolicy", json!("Always")),
                hook("timeoutSeconds", json!(31)),
                hook("clientConfig.url", json!("http://u:p@example.com/a?b#c")),
                hook("clientConfig.url", json!("")),
                hook(
                    "clientConfig",
                    json!({"service": {"name": "", "namespace": "", "port": 70_000, "path": "foo//Bar/"}}),
                ),
                hook(
                    "clientConfig",
                    json!({"service": {"name": "a", "namespace": "b", "path": "//"}}),
                ),
                hook("rules.0.operations", json!(["*", "PATCH"])),
                hook("rules.0.apiGroups", json!(["a", "*"])),
                hook("rules.0.apiVersions", json!(["", "*"])),
                hook("rules.0.scope", json!("Other")),
                resources(&[]),
                resources(&["a/*", "a/x", "*/y", "b/y", ""]),
                resources(&["*/*", "a"]),
                resources(&["*", "a"]),
                hook(
                    "matchConditions",
                    json!([{"name": "a", "expression": "true"}, {"name": "a", "expression": " "}, {"expression": "true"}]),
                ),
                hook(
                    "objectSelector",
                    json!({"matchExpressions": [{"key": "a", "operator": "In"}]}),
                ),
            ],
            expect![[r#"
                {}
                {"webhooks.0.name":"k8s.io"}
                  webhooks[0].name: Invalid value: "k8s.io": should be a domain with at least three segments separated by dots
                {"webhooks.1":{"clientConfig":{},"name":"webhook.k8s.io"}}
                  webhooks[1].sideEffects: Required value: must specify one of None, NoneOnDryRun
                  webhooks[1].clientConfig: Required value: exactly one of url or service is required
                  webhooks[1].admissionReviewVersions: Required value: must specify one of v1, v1beta1
                  webhooks[1].name: Duplicate value: "webhook.k8s.io"
                {"webhooks.0.admissionReviewVersions":["invalidVersion","0v","0v"]}
                  webhooks[0].admissionReviewVersions[0]: Invalid value: "invalidVersion": a DNS-1035 label must consist of lower case alphanumeric characters or '-', start with an alphabetic character, and end with an alphanumeric character (e.g. 'my-name',  or 'abc-123', regex used for validation is '[a-z]([-a-z0-9]*[a-z0-9])?')
                  webhooks[0].admissionReviewVersions[1]: Invalid value: "0v": a DNS-1035 label must consist of lower case alphanumeric characters or '-', start with an alphabetic character, and end with an alphanumeric character (e.g. 'my-name',  or 'abc-123', regex used for validation is '[a-z]([-a-z0-9]*[a-z0-9])?')
                  webhooks[0].admissionReviewVersions[2]: Invalid value: "0v": duplicate version
                  webhooks[0].admissionReviewVersions: Invalid value: ["invalidVersion","0v","0v"]: must include at least one of v1, v1beta1
                {"webhooks.0.sideEffects":"Some"}
                  webhooks[0].sideEffects: Unsupported value: "Some": supported values: "None", "NoneOnDryRun"
                {"webhooks.0.failurePolicy":"other"}
                  webhooks[0].failurePolicy: Unsupported value: "other": supported values: "Fail", "Ignore"
                {"webhooks.0.matchPolicy":"other"}
                  webhooks[0].matchPolicy: Unsupported value: "other": supported values: "Equivalent", "Exact"
                {"webhooks.0.reinvocationPolicy":"Always"}
                  webhooks[0].reinvocationPolicy: Unsupported value: "Always": supported values: "IfNeeded", "Never"
                {"webhooks.0.timeoutSeconds":31}
                  webhooks[0].timeoutSeconds: Invalid value: 31: the timeout value must be between 1 and 30 seconds
                {"webhooks.0.clientConfig.url":"http://u:p@example.com/a?b#c"}
                  webhooks[0].clientConfig.url: Invalid value: "http": 'https' is the only allowed URL scheme; desired format: https://host[/path]
                  webhooks[0].clientConfig.url: Invalid value: "u:p": user information is not permitted in the URL
                  webhooks[0].clientConfig.url: Invalid value: "c": fragments are not permitted in the URL
                  webhooks[0].clientConfig.url: Invalid value: "b": query parameters are not permitted in the URL
                {"webhooks.0.clientConfig.url":""}
                  webhooks[0].clientConfig.url: Invalid value: "": 'https' is the only allowed URL scheme; desired format: https://host[/path]
                  webhooks[0].clientConfig.url: Invalid value: "": host must be specified; desired format: https://host[/path]
                {"webhooks.0.clientConfig":{"service":{"name":"","namespace":"","path":"foo//Bar/","port":70000}}}
                  webhooks[0].clientConfig.service.name: Required value: service name is required
                  webhooks[0].clientConfig.service.namespace: Required value: service namespace is required
                  webhooks[0].clientConfig.service.port: Invalid value: 70000: port is not valid: must be between 1 and 65535, inclusive
                  webhooks[0].clientConfig.service.path: Invalid value: "foo//Bar/": must start with a '/'
                  webhooks[0].clientConfig.service.path: Invalid value: "foo//Bar/": segment[1] may not be empty
                  webhooks[0].clientConfig.service.path: Invalid value: "foo//Bar/": segment[2]: a lowercase RFC 1123 subdomain must consist of lower case alphanumeric characters, '-' or '.', and must start and end with an alphanumeric character (e.g. 'example.com', regex used for validation is '[a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*')
                {"webhooks.0.clientConfig":{"service":{"name":"a","namespace":"b","path":"//"}}}
                  webhooks[0].clientConfig.service.path: Invalid value: "//": segment[0] may not be empty
                {"webhooks.0.rules.0.operations":["*","PATCH"]}
                  webhooks[0].rules[0].operations: Invalid value: ["*","PATCH"]: if '*' is present, must not specify other operations
                  webhooks[0].rules[0].operations[1]: Unsupported value: "PATCH": supported values: "*", "CONNECT", "CREATE", "DELETE", "UPDATE"
                {"webhooks.0.rules.0.apiGroups":["a","*"]}
                  webhooks[0].rules[0].apiGroups: Invalid value: ["a","*"]: if '*' is present, must not specify other API groups
                {"webhooks.0.rules.0.apiVersions":["","*"]}
                  webhooks[0].rules[0].apiVersions: Invalid value: ["","*"]: if '*' is present, must not specify other API versions
                  webhooks[0].rules[0].apiVersions[0]: Required value
                {"webhooks.0.rules.0.scope":"Other"}
                  webhooks[0].rules[0].scope: Unsupported value: "Other": supported values: "*", "Cluster", "Namespaced"
                {"webhooks.0.rules.0.resources":[]}
                  webhooks[0].rules[0].resources: Required value
                {"webhooks.0.rules.0.resources":["a/*","a/x","*/y","b/y",""]}
                  webhooks[0].rules[0].resources[1]: Invalid value: "a/x": if 'a/*' is present, must not specify a/x
                  webhooks[0].rules[0].resources[3]: Invalid value: "b/y": if '*/y' is present, must not specify b/y
                  webhooks[0].rules[0].resources[4]: Required value
                {"webhooks.0.rules.0.resources":["*/*","a"]}
                  webhooks[0].rules[0].resources: Invalid value: ["*/*","a"]: if '*/*' is present, must not specify other resources
                {"webhooks.0.rules.0.resources":["*","a"]}
                  webhooks[0].rules[0].resources: Invalid value: ["*","a"]: if '*' is present, must not specify other resources without subresources
                {"webhooks.0.matchConditions":[{"expression":"true","name":"a"},{"expression":" ","name":"a"},{"expression":"true"}]}
                  webhooks[0].matchConditions[1].expression: Required value
                  webhooks[0].matchConditions[1].name: Duplicate value: "a"
                  webhooks[0].matchConditions[2].name: Required value
                {"webhooks.0.objectSelector":{"matchExpressions":[{"key":"a","operator":"In"}]}}
                  webhooks[0].objectSelector.matchExpressions[0].values: Required value: must be specified when `operator` is 'In' or 'NotIn'"#]],
        );
    }
}
