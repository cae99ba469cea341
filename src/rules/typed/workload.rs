//! Deployments, ReplicaSets and ReplicationControllers.
// upstream: pkg/apis/apps/validation/validation.go

use k8s_openapi::api::apps::v1 as apps;
use k8s_openapi::api::core::v1::{PodTemplateSpec, ReplicationControllerSpec};
use k8s_openapi::apimachinery::pkg::apis::meta::v1::LabelSelector;
use k8s_openapi::apimachinery::pkg::util::intstr::IntOrString;
use podarium_api::selector::Selector;
use serde_json::{Value, json};

use super::{Errors, meta, pod};

/// upstream: ValidateDeploymentSpec
pub(super) fn deployment(spec: &apps::DeploymentSpec, errors: &mut Errors) {
    errors.not_negative("spec.replicas", spec.replicas.map(i64::from));
    selector(&spec.selector, errors);
    template(&spec.template, &spec.selector, "Deployment", errors);
    if let Some(strategy) = &spec.strategy {
        deployment_strategy(strategy, errors);
    }
    let seconds = |n: Option<i32>| n.map(i64::from);
    errors.not_negative("spec.minReadySeconds", seconds(spec.min_ready_seconds));
    errors.not_negative(
        "spec.revisionHistoryLimit",
        seconds(spec.revision_history_limit),
    );
    errors.not_negative(
        "spec.progressDeadlineSeconds",
        seconds(spec.progress_deadline_seconds),
    );
    if let Some(deadline) = spec.progress_deadline_seconds
        && deadline <= spec.min_ready_seconds.unwrap_or_default()
    {
        errors.invalid(
            "spec.progressDeadlineSeconds",
            deadline,
            "must be greater than minReadySeconds",
        );
    }
}

/// upstream: ValidateReplicaSetSpec
pub(super) fn replica_set(spec: &apps::ReplicaSetSpec, errors: &mut Errors) {
    errors.not_negative("spec.replicas", spec.replicas.map(i64::from));
    errors.not_negative(
        "spec.minReadySeconds",
        spec.min_ready_seconds.map(i64::from),
    );
    selector(&spec.selector, errors);
    let empty = PodTemplateSpec::default();
    let given = spec.template.as_ref().unwrap_or(&empty);
    template(given, &spec.selector, "ReplicaSet", errors);
}

/// upstream: pkg/apis/core/validation/validation.go ValidateReplicationControllerSpec
pub(super) fn replication_controller(spec: &ReplicationControllerSpec, errors: &mut Errors) {
    errors.not_negative("spec.replicas", spec.replicas.map(i64::from));
    errors.not_negative(
        "spec.minReadySeconds",
        spec.min_ready_seconds.map(i64::from),
    );
    let wanted = LabelSelector {
        match_labels: spec.selector.clone(),
        match_expressions: None,
    };
    if wanted.match_labels.iter().flatten().count() == 0 {
        errors.required("spec.selector", "");
    }
    match &spec.template {
        None => errors.required("spec.template", ""),
        Some(given) => template(given, &wanted, "ReplicationController", errors),
    }
}

/// upstream: ValidateDeploymentUpdate, ValidateReplicaSetUpdate
pub(super) fn same_selector(new: &LabelSelector, old: &LabelSelector, errors: &mut Errors) {
    if new != old {
        errors.invalid("spec.selector", value(new), "field is immutable");
    }
}

fn value(selector: &LabelSelector) -> Value {
    podarium_api::typed::write(selector)
}

fn selector(selector: &LabelSelector, errors: &mut Errors) {
    let labels = selector.match_labels.iter().flatten();
    let expressions = selector.match_expressions.iter().flatten();
    if labels.clone().count() + expressions.clone().count() == 0 {
        errors.required("spec.selector", "");
    }
    let pairs = labels.map(|(k, v)| (k.as_str(), v.as_str()));
    meta::pairs(pairs, "spec.selector.matchLabels", errors);
    for (i, expression) in expressions.enumerate() {
        let path = format!("spec.selector.matchExpressions[{i}]");
        let any = expression.values.as_ref().is_some_and(|v| !v.is_empty());
        match expression.operator.as_str() {
            "In" | "NotIn" if !any => errors.required(
                &format!("{path}.values"),
                "must be specified when `operator` is 'In' or 'NotIn'",
            ),
            "Exists" | "DoesNotExist" if any => errors.forbidden(
                &format!("{path}.values"),
                "may not be specified when `operator` is 'Exists' or 'DoesNotExist'",
            ),
            "In" | "NotIn" | "Exists" | "DoesNotExist" => {}
            other => errors.invalid(
                &format!("{path}.operator"),
                other,
                "not a valid selector operator",
            ),
        }
        errors.named(
            &format!("{path}.key"),
            &expression.key,
            podarium_api::names::qualified_name_error,
        );
    }
}

/// upstream: ValidatePodTemplateSpecForReplicaSet
fn template(template: &PodTemplateSpec, wanted: &LabelSelector, kind: &str, errors: &mut Errors) {
    let labels = template.metadata.as_ref().and_then(|m| m.labels.as_ref());
    let empty = wanted.match_labels.iter().flatten().count() == 0
        && wanted.match_expressions.iter().flatten().count() == 0;
    match Selector::from_label_selector(Some(wanted)) {
        Err(_) => {
            errors.invalid("spec.selector", value(wanted), "invalid label selector");
            return;
        }
        Ok(selector) => {
            let get = |key: &str| labels.and_then(|l| l.get(key)).map(String::as_str);
            // A missing selector selects nothing.
            if empty || !selector.matches(get) {
                errors.invalid(
                    "spec.template.metadata.labels",
                    json!(labels.cloned().unwrap_or_default()),
                    "`selector` does not match template `labels`",
                );
            }
        }
    }
    let pairs = labels.into_iter().flatten();
    let pairs = pairs.map(|(k, v)| (k.as_str(), v.as_str()));
    meta::pairs(pairs, "spec.template.metadata.labels", errors);
    let nothing = Default::default();
    let spec = template.spec.as_ref().unwrap_or(&nothing);
    pod::spec(spec, "spec.template.spec", errors);
    errors.one_of(
        "spec.template.spec.restartPolicy",
        spec.restart_policy.as_deref(),
        &["Always"],
    );
    if spec.active_deadline_seconds.is_some() {
        errors.forbidden(
            "spec.template.spec.activeDeadlineSeconds",
            &format!("activeDeadlineSeconds in {kind} is not Supported"),
        );
    }
}

/// upstream: ValidateDeploymentStrategy, ValidateRollingUpdateDeployment
fn deployment_strategy(strategy: &apps::DeploymentStrategy, errors: &mut Errors) {
    let path = "spec.strategy";
    match (strategy.type_.as_deref(), &strategy.rolling_update) {
        (Some("Recreate"), Some(_)) => errors.forbidden(
            &format!("{path}.rollingUpdate"),
            "may not be specified when strategy `type` is 'Recreate'",
        ),
        (Some("RollingUpdate"), Some(rolling)) => {
            let path = |name: &str| format!("spec.strategy.rollingUpdate.{name}");
            let unavailable = rolling.max_unavailable.as_ref();
            let surge = rolling.max_surge.as_ref();
            amount(&path("maxUnavailable"), unavailable, errors);
            amount(&path("maxSurge"), surge, errors);
            if let Some(unavailable) = unavailable
                && is_zero(Some(unavailable))
                && is_zero(surge)
            {
                errors.invalid(
                    &path("maxUnavailable"),
                    printed(unavailable),
                    "may not be 0 when `maxSurge` is 0",
                );
            }
            if let Some(IntOrString::String(text)) = unavailable
                && percent(text).is_some_and(|p| p > 100)
            {
                errors.invalid(
                    &path("maxUnavailable"),
                    text.as_str(),
                    "must not be greater than 100%",
                );
            }
        }
        (Some("RollingUpdate"), None) => errors.required(
            &format!("{path}.rollingUpdate"),
            "this should be defaulted and never be nil",
        ),
        (type_, _) => errors.one_of(
            &format!("{path}.type"),
            type_,
            &["Recreate", "RollingUpdate"],
        ),
    }
}

fn printed(value: &IntOrString) -> Value {
    match value {
        IntOrString::Int(n) => (*n).into(),
        IntOrString::String(text) => text.as_str().into(),
    }
}

fn percent(text: &str) -> Option<u32> {
    let digits = text.strip_suffix('%')?;
    let all = !digits.is_empty() && digits.bytes().all(|b| b.is_ascii_digit());
    all.then(|| digits.parse().unwrap_or(u32::MAX))
}

fn is_zero(value: Option<&IntOrString>) -> bool {
    match value {
        None => true,
        Some(IntOrString::Int(n)) => *n == 0,
        Some(IntOrString::String(text)) => percent(text) == Some(0),
    }
}

/// upstream: ValidatePositiveIntOrPercent
fn amount(path: &str, value: Option<&IntOrString>, errors: &mut Errors) {
    match value {
        Some(IntOrString::Int(n)) => errors.not_negative(path, Some((*n).into())),
        Some(IntOrString::String(text)) if percent(text).is_none() => errors.invalid(
            path,
            text.as_str(),
            "a valid percent string must be a numeric string followed by an ending '%' (e.g. '1%',  or '93%', regex \
             used for validation is '[0-9]+%')",
        ),
        _ => {}
    }
}
