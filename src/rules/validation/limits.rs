//! ResourceQuotas and LimitRanges: how much a namespace and what is in it may ask for.
// upstream: pkg/apis/core/validation/validation.go

use podarium_api::names::qualified_name_error;
use podarium_api::quantity::{Format, Quantity};
use podarium_api::sort;

use crate::errors::Errors;
use crate::field::Field;

/// upstream: pkg/apis/core/helper/helpers.go standardContainerResources
const CONTAINER: [&str; 3] = ["cpu", "ephemeral-storage", "memory"];
/// upstream: pkg/apis/core/helper/helpers.go standardQuotaResources
const QUOTA: [&str; 19] = [
    "cpu",
    "memory",
    "ephemeral-storage",
    "requests.cpu",
    "requests.memory",
    "requests.storage",
    "requests.ephemeral-storage",
    "limits.cpu",
    "limits.memory",
    "limits.ephemeral-storage",
    "pods",
    "resourcequotas",
    "services",
    "replicationcontrollers",
    "secrets",
    "persistentvolumeclaims",
    "configmaps",
    "services.nodeports",
    "services.loadbalancers",
];
/// upstream: pkg/apis/core/helper/helpers.go integerResources
const WHOLE: [&str; 9] = [
    "pods",
    "resourcequotas",
    "services",
    "replicationcontrollers",
    "secrets",
    "configmaps",
    "persistentvolumeclaims",
    "services.nodeports",
    "services.loadbalancers",
];
const SCOPES: [&str; 7] = [
    "BestEffort",
    "CrossNamespacePodAffinity",
    "NotBestEffort",
    "NotTerminating",
    "PriorityClass",
    "Terminating",
    "VolumeAttributesClass",
];

/// upstream: ValidateResourceQuotaSpec
pub fn resource_quota(quota: &Field, errors: &mut Errors) {
    let spec = quota.get("spec");
    for (name, hard) in spec.get("hard").entries() {
        quota_resource_name(name, &hard, errors);
        amount(name, &hard, errors);
    }
    let hard = spec.get("hard");
    let names: Vec<&str> = hard.entries().map(|(name, _)| name).collect();
    let scopes = spec.get("scopes");
    scopes_of(&names, &scopes.texts().collect::<Vec<_>>(), &scopes, errors);
    let selector = spec.get("scopeSelector");
    for requirement in selector.get("matchExpressions").items() {
        scope_requirement(&requirement, errors);
    }
    let expressions = selector.get("matchExpressions");
    let selected: Vec<_> = expressions
        .items()
        .map(|r| r.get("scopeName").text())
        .collect();
    scopes_of(&names, &selected, &expressions, errors);
}

/// upstream: validateResourceQuotaScopes, validateScopeSelector
fn scopes_of(names: &[&str], scopes: &[&str], field: &Field, errors: &mut Errors) {
    for scope in scopes {
        if !SCOPES.contains(scope) {
            errors.invalid(field, "unsupported scope");
        }
        for name in names.iter().filter(|n| is_quota(n)) {
            if !scope_fits(scope, name) {
                errors.invalid(field, "unsupported scope applied to resource");
            }
        }
    }
    for pair in [
        ["BestEffort", "NotBestEffort"],
        ["Terminating", "NotTerminating"],
    ] {
        if pair.iter().all(|p| scopes.contains(p)) {
            errors.invalid(field, "conflicting scopes");
        }
    }
}

/// upstream: validateScopedResourceSelectorRequirement
fn scope_requirement(requirement: &Field, errors: &mut Errors) {
    let (name, operator, values) = (
        requirement.get("scopeName"),
        requirement.get("operator"),
        requirement.get("values"),
    );
    let whole = [
        "BestEffort",
        "NotBestEffort",
        "Terminating",
        "NotTerminating",
        "CrossNamespacePodAffinity",
    ];
    if whole.contains(&name.text()) && operator.text() != "Exists" {
        errors.invalid_text(
            &operator,
            "must be 'Exist' when scope is any of ResourceQuotaScopeTerminating, ResourceQuotaScopeNotTerminating, \
             ResourceQuotaScopeBestEffort, ResourceQuotaScopeNotBestEffort or ResourceQuotaScopeCrossNamespacePodAffinity",
        );
    }
    match operator.text() {
        "In" | "NotIn" if values.is_empty() => errors.required(
            &values,
            "must be at least one value when `operator` is 'In' or 'NotIn' for scope selector",
        ),
        "Exists" | "DoesNotExist" if !values.is_empty() => errors.invalid(
            &values,
            "must be no value when `operator` is 'Exist' or 'DoesNotExist' for scope selector",
        ),
        "In" | "NotIn" | "Exists" | "DoesNotExist" => {}
        _ => errors.invalid_text(&operator, "not a valid selector operator"),
    }
}

/// upstream: pkg/apis/core/helper/helpers.go IsResourceQuotaScopeValidForResource
fn scope_fits(scope: &str, name: &str) -> bool {
    match scope {
        "Terminating"
        | "NotTerminating"
        | "NotBestEffort"
        | "PriorityClass"
        | "CrossNamespacePodAffinity" => {
            name == "pods"
                || ["cpu", "memory", "ephemeral-storage"]
                    .iter()
                    .any(|r| name.ends_with(r))
                || is_huge(name)
        }
        "BestEffort" => name == "pods",
        "VolumeAttributesClass" => name == "persistentvolumeclaims" || name == "requests.storage",
        _ => true,
    }
}

/// upstream: ValidateResourceQuotaUpdate
pub fn resource_quota_update(new: &Field, old: &Field, errors: &mut Errors) {
    resource_quota(new, errors);
    let scopes = new.at("spec.scopes");
    let sorted = |field: &Field| {
        let mut texts: Vec<String> = field.texts().map(String::from).collect();
        sort::natural(&mut texts);
        texts.dedup();
        texts
    };
    if sorted(&scopes) != sorted(&old.at("spec.scopes")) {
        errors.invalid(&scopes, "field is immutable");
    }
}

fn is_huge(name: &str) -> bool {
    name.starts_with("hugepages-") || name.starts_with("requests.hugepages-")
}

fn is_quota(name: &str) -> bool {
    QUOTA.contains(&name) || is_huge(name)
}

/// upstream: pkg/apis/core/helper/helpers.go IsStandardResourceName
fn is_standard(name: &str) -> bool {
    is_quota(name) || name == "storage"
}

/// upstream: validateResourceName
pub fn resource_name(name: &str, field: &Field, errors: &mut Errors) -> bool {
    let wrong = qualified_name_error(name).or_else(|| {
        let unknown = !name.contains('/') && !is_standard(name);
        unknown.then(|| "must be a standard resource type or fully qualified".into())
    });
    if let Some(why) = &wrong {
        errors.invalid_as(field, name, why);
    }
    wrong.is_none()
}

/// upstream: ValidateResourceQuotaResourceName
fn quota_resource_name(name: &str, field: &Field, errors: &mut Errors) {
    resource_name(name, field, errors);
    if !name.contains('/') && !is_quota(name) {
        errors.invalid_as(field, name, "must be a standard resource for quota");
    }
}

/// upstream: validateContainerResourceName
pub fn container_resource_name(name: &str, field: &Field, errors: &mut Errors) {
    resource_name(name, field, errors);
    if !name.contains('/') {
        if !CONTAINER.contains(&name) && !name.starts_with("hugepages-") {
            errors.invalid_as(field, name, "must be a standard resource for containers");
        }
    } else if !name.contains("kubernetes.io/") && name.starts_with("requests.") {
        errors.invalid_as(
            field,
            name,
            "doesn't follow extended resource name standard",
        );
    }
}

/// upstream: ValidateResourceQuantityValue
pub fn amount(name: &str, field: &Field, errors: &mut Errors) {
    errors.quantity_not_negative(field);
    let own = name.contains('/') && !name.contains("kubernetes.io/");
    let extended = own && !name.starts_with("count/") && !name.starts_with("requests.");
    let whole = WHOLE.contains(&name) || extended;
    if whole && field.quantity().is_some_and(|q| q.milli() % 1000 != 0) {
        errors.invalid(field, "must be an integer");
    }
}

/// upstream: ValidateLimitRange
pub fn limit_range(range: &Field, errors: &mut Errors) {
    let mut types = Vec::new();
    for limit in range.at("spec.limits").items() {
        let type_ = limit.get("type");
        limit_type(&type_, errors);
        if types.contains(&type_.text()) {
            errors.duplicate(&type_);
        }
        types.push(type_.text());
        limit_item(&limit, type_.text(), errors);
    }
}

/// upstream: validateLimitRangeTypeName
fn limit_type(type_: &Field, errors: &mut Errors) {
    let standard = ["Pod", "Container", "PersistentVolumeClaim"].contains(&type_.text());
    if let Some(why) = qualified_name_error(type_.text()) {
        errors.invalid_text(type_, &why);
    } else if !type_.text().contains('/') && !standard {
        errors.invalid(type_, "must be a standard limit type or fully qualified");
    }
}

fn limit_item(limit: &Field, type_: &str, errors: &mut Errors) {
    let mut keys: Vec<&str> = Vec::new();
    for list in [
        "max",
        "min",
        "default",
        "defaultRequest",
        "maxLimitRequestRatio",
    ] {
        let amounts = limit.get(list);
        if type_ == "Pod" && list.starts_with("default") {
            if !amounts.is_empty() {
                errors.forbidden(&amounts, "may not be specified when `type` is 'Pod'");
            }
            continue;
        }
        if list == "maxLimitRequestRatio" && type_ == "PersistentVolumeClaim" {
            let given = |list: &str| limit.get(list).key("storage").is_set();
            if !given("min") && !given("max") {
                errors.required(
                    &limit.get("limits"),
                    "either minimum or maximum storage value is required, but neither was provided",
                );
            }
        }
        for (name, amount) in amounts.entries() {
            match type_ {
                "Pod" | "Container" => container_resource_name(name, &amount, errors),
                _ => drop(resource_name(name, &amount, errors)),
            }
            keys.push(name);
        }
    }
    sort::natural(&mut keys);
    keys.dedup();
    for key in keys {
        limit_of(limit, type_, key, errors);
    }
}

/// What is said of one resource must fit together.
fn limit_of(limit: &Field, type_: &str, key: &str, errors: &mut Errors) {
    let at = |list: &str| limit.get(list).key(key);
    let defaults = |list: &str| at(list).quantity().filter(|_| type_ != "Pod");
    let (min, max) = (at("min").quantity(), at("max").quantity());
    let (default, request) = (defaults("default"), defaults("defaultRequest"));
    let ratio = at("maxLimitRequestRatio").quantity();
    let mut ordered =
        |a: Option<Quantity>, b: Option<Quantity>, place: &str, shown: &str, words: [&str; 2]| {
            if let (Some(a), Some(b)) = (a, b)
                && a > b
            {
                let detail = format!("{} {a} is greater than {} {b}", words[0], words[1]);
                errors.invalid_as(&at(place), at(shown).value.clone(), &detail);
            }
        };
    ordered(min, max, "min", "min", ["min value", "max value"]);
    ordered(
        min,
        request,
        "defaultRequest",
        "defaultRequest",
        ["min value", "default request value"],
    );
    ordered(
        request,
        max,
        "defaultRequest",
        "defaultRequest",
        ["default request value", "max value"],
    );
    ordered(
        request,
        default,
        "defaultRequest",
        "defaultRequest",
        ["default request value", "default limit value"],
    );
    ordered(
        min,
        default,
        "default",
        "min",
        ["min value", "default value"],
    );
    ordered(
        default,
        max,
        "default",
        "max",
        ["default value", "max value"],
    );
    let Some(ratio) = ratio else {
        return;
    };
    let place = at("maxLimitRequestRatio");
    if ratio < Quantity::new(1, Format::DecimalSi) {
        errors.invalid(&place, &format!("ratio {ratio} is less than 1"));
    }
    if let (Some(min), Some(max)) = (min, max) {
        let most = max.milli() as f64 / min.milli() as f64;
        if ratio.milli() as f64 / 1000.0 > most {
            errors.invalid(
                &place,
                &format!("ratio {ratio} is greater than max/min = {most:.6}"),
            );
        }
    }
}

#[cfg(test)]
mod tests {
    use crate::testing::{creates, updates};
    use expect_test::expect;
    use serde_json::{Value, json};

    // upstream: pkg/apis/core/validation/validation_test.go TestValidateResourceQuota, TestValidateResourceQuotaUpdate
    #[test]
    fn what_a_quota_may_be_and_become() {
        let quota = json!({"apiVersion": "v1", "kind": "ResourceQuota", "metadata": {"name": "a"}, "spec": {"hard": {"cpu": "100", "pods": "10"}}});
        let select = |requirement: Value| json!({"spec.scopeSelector.matchExpressions": [requirement], "spec.hard": {"pods": "1"}});
        creates(
            &quota,
            &[
                json!({"spec.hard": {"requests.cpu": "1", "limits.memory": "1Gi", "count/deployments.apps": "3", "requests.nvidia.com/gpu": "1", "services.nodeports": "2", "hugepages-2Mi": "1Gi"}}),
                json!({"spec.hard": {"fast": "1", "cpu": "-1", "pods": "1500m", "storage": "1"}}),
                json!({"spec.scopes": ["Terminating", "NotTerminating"]}),
                json!({"spec.scopes": ["BestEffort"]}),
                json!({"spec.scopes": ["Other"]}),
                select(json!({"scopeName": "PriorityClass", "operator": "In", "values": ["high"]})),
                select(json!({"scopeName": "PriorityClass", "operator": "In"})),
                select(json!({"scopeName": "BestEffort", "operator": "In", "values": ["a"]})),
                select(json!({"scopeName": "BestEffort", "operator": "Exists", "values": ["a"]})),
                select(json!({"scopeName": "BestEffort", "operator": "Like"})),
            ],
            expect![[r#"
                {"spec.hard":{"count/deployments.apps":"3","hugepages-2Mi":"1Gi","limits.memory":"1Gi","requests.cpu":"1","requests.nvidia.com/gpu":"1","services.nodeports":"2"}}
                {"spec.hard":{"cpu":"-1","fast":"1","pods":"1500m","storage":"1"}}
                  spec.hard[cpu]: Invalid value: "-1": must be greater than or equal to 0
                  spec.hard[fast]: Invalid value: "fast": must be a standard resource type or fully qualified
                  spec.hard[fast]: Invalid value: "fast": must be a standard resource for quota
                  spec.hard[pods]: Invalid value: "1500m": must be an integer
                  spec.hard[storage]: Invalid value: "storage": must be a standard resource for quota
                {"spec.scopes":["Terminating","NotTerminating"]}
                  spec.scopes: Invalid value: ["Terminating","NotTerminating"]: conflicting scopes
                {"spec.scopes":["BestEffort"]}
                  spec.scopes: Invalid value: ["BestEffort"]: unsupported scope applied to resource
                {"spec.scopes":["Other"]}
                  spec.scopes: Invalid value: ["Other"]: unsupported scope
                {"spec.hard":{"pods":"1"},"spec.scopeSelector.matchExpressions":[{"operator":"In","scopeName":"PriorityClass","values":["high"]}]}
                {"spec.hard":{"pods":"1"},"spec.scopeSelector.matchExpressions":[{"operator":"In","scopeName":"PriorityClass"}]}
                  spec.scopeSelector.matchExpressions[0].values: Required value: must be at least one value when `operator` is 'In' or 'NotIn' for scope selector
                {"spec.hard":{"pods":"1"},"spec.scopeSelector.matchExpressions":[{"operator":"In","scopeName":"BestEffort","values":["a"]}]}
                  spec.scopeSelector.matchExpressions[0].operator: Invalid value: "In": must be 'Exist' when scope is any of ResourceQuotaScopeTerminating, ResourceQuotaScopeNotTerminating, ResourceQuotaScopeBestEffort, ResourceQuotaScopeNotBestEffort or ResourceQuotaScopeCrossNamespacePodAffinity
                {"spec.hard":{"pods":"1"},"spec.scopeSelector.matchExpressions":[{"operator":"Exists","scopeName":"BestEffort","values":["a"]}]}
                  spec.scopeSelector.matchExpressions[0].values: Invalid value: ["a"]: must be no value when `operator` is 'Exist' or 'DoesNotExist' for scope selector
                {"spec.hard":{"pods":"1"},"spec.scopeSelector.matchExpressions":[{"operator":"Like","scopeName":"BestEffort"}]}
                  spec.scopeSelector.matchExpressions[0].operator: Invalid value: "Like": must be 'Exist' when scope is any of ResourceQuotaScopeTerminating, ResourceQuotaScopeNotTerminating, ResourceQuotaScopeBestEffort, ResourceQuotaScopeNotBestEffort or ResourceQuotaScopeCrossNamespacePodAffinity
                  spec.scopeSelector.matchExpressions[0].operator: Invalid value: "Like": not a valid selector operator"#]],
        );
        updates(
            &quota,
            &[
                json!({"spec.hard.cpu": "200"}),
                json!({"spec.scopes": ["NotTerminating"]}),
            ],
            expect![[r#"
                {"spec.hard.cpu":"200"}
                {"spec.scopes":["NotTerminating"]}
                  spec.scopes: Invalid value: ["NotTerminating"]: field is immutable"#]],
        );
    }

    // upstream: pkg/apis/core/validation/validation_test.go TestValidateLimitRange
    #[test]
    fn what_a_limit_range_may_be() {
        let range = json!({"apiVersion": "v1", "kind": "LimitRange", "metadata": {"name": "a"}, "spec": {}});
        let of = |limits: Value| json!({"spec.limits": limits});
        creates(
            &range,
            &[
                of(
                    json!([{"type": "Pod", "max": {"cpu": "100m"}, "min": {"cpu": "5m"}, "maxLimitRequestRatio": {"cpu": "10"}}, {"type": "Container", "max": {"cpu": "100m"}, "default": {"cpu": "50m"}}]),
                ),
                of(
                    json!([{"type": "Pod", "default": {"cpu": "1"}, "defaultRequest": {"cpu": "1"}}]),
                ),
                of(json!([{"type": "Pod"}, {"type": "Pod"}, {"type": "Other"}])),
                of(json!([{"type": "Container", "min": {"cpu": "2"}, "max": {"cpu": "1"}}])),
                of(
                    json!([{"type": "Container", "min": {"cpu": "1"}, "max": {"cpu": "2"}, "defaultRequest": {"cpu": "3"}, "default": {"cpu": "2500m"}}]),
                ),
                of(json!([{"type": "Container", "max": {"fast": "1", "storage": "1"}}])),
                of(json!([{"type": "PersistentVolumeClaim", "default": {"storage": "1Gi"}}])),
                of(
                    json!([{"type": "Container", "min": {"cpu": "100m"}, "max": {"cpu": "500m"}, "maxLimitRequestRatio": {"cpu": "6", "memory": "800m"}}]),
                ),
            ],
            expect![[r#"
                {"spec.limits":[{"max":{"cpu":"100m"},"maxLimitRequestRatio":{"cpu":"10"},"min":{"cpu":"5m"},"type":"Pod"},{"default":{"cpu":"50m"},"max":{"cpu":"100m"},"type":"Container"}]}
                {"spec.limits":[{"default":{"cpu":"1"},"defaultRequest":{"cpu":"1"},"type":"Pod"}]}
                  spec.limits[0].default: Forbidden: may not be specified when `type` is 'Pod'
                  spec.limits[0].defaultRequest: Forbidden: may not be specified when `type` is 'Pod'
                {"spec.limits":[{"type":"Pod"},{"type":"Pod"},{"type":"Other"}]}
                  spec.limits[1].type: Duplicate value: "Pod"
                  spec.limits[2].type: Invalid value: "Other": must be a standard limit type or fully qualified
                {"spec.limits":[{"max":{"cpu":"1"},"min":{"cpu":"2"},"type":"Container"}]}
                  spec.limits[0].min[cpu]: Invalid value: "2": min value 2 is greater than max value 1
                  spec.limits[0].defaultRequest[cpu]: Invalid value: "1": min value 2 is greater than default request value 1
                  spec.limits[0].default[cpu]: Invalid value: "2": min value 2 is greater than default value 1
                {"spec.limits":[{"default":{"cpu":"2500m"},"defaultRequest":{"cpu":"3"},"max":{"cpu":"2"},"min":{"cpu":"1"},"type":"Container"}]}
                  spec.limits[0].defaultRequest[cpu]: Invalid value: "3": default request value 3 is greater than max value 2
                  spec.limits[0].defaultRequest[cpu]: Invalid value: "3": default request value 3 is greater than default limit value 2500m
                  spec.limits[0].default[cpu]: Invalid value: "2": default value 2500m is greater than max value 2
                {"spec.limits":[{"max":{"fast":"1","storage":"1"},"type":"Container"}]}
                  spec.limits[0].max[fast]: Invalid value: "fast": must be a standard resource type or fully qualified
                  spec.limits[0].max[fast]: Invalid value: "fast": must be a standard resource for containers
                  spec.limits[0].max[storage]: Invalid value: "storage": must be a standard resource for containers
                  spec.limits[0].default[fast]: Invalid value: "fast": must be a standard resource type or fully qualified
                  spec.limits[0].default[fast]: Invalid value: "fast": must be a standard resource for containers
                  spec.limits[0].default[storage]: Invalid value: "storage": must be a standard resource for containers
                  spec.limits[0].defaultRequest[fast]: Invalid value: "fast": must be a standard resource type or fully qualified
                  spec.limits[0].defaultRequest[fast]: Invalid value: "fast": must be a standard resource for containers
                  spec.limits[0].defaultRequest[storage]: Invalid value: "storage": must be a standard resource for containers
                {"spec.limits":[{"default":{"storage":"1Gi"},"type":"PersistentVolumeClaim"}]}
                  spec.limits[0].limits: Required value: either minimum or maximum storage value is required, but neither was provided
                {"spec.limits":[{"max":{"cpu":"500m"},"maxLimitRequestRatio":{"cpu":"6","memory":"800m"},"min":{"cpu":"100m"},"type":"Container"}]}
                  spec.limits[0].maxLimitRequestRatio[cpu]: Invalid value: "6": ratio 6 is greater than max/min = 5.000000
                  spec.limits[0].maxLimitRequestRatio[memory]: Invalid value: "800m": ratio 800m is less than 1"#]],
        );
    }
}
