//! Deployments, ReplicaSets and ReplicationControllers.
// upstream: pkg/apis/apps/validation/validation.go

use podarium_api::selector::Selector;
use serde_json::Value;

use super::apps::{NO_MATCH, STRATEGY, always, is_none};
use super::pod;
use crate::errors::{Errors, compiled, printed, selects};
use crate::field::Field;

/// upstream: ValidateDeploymentSpec
pub fn deployment(object: &Field, errors: &mut Errors) {
    let spec = object.get("spec");
    errors.not_negative(&spec.get("replicas"));
    let selector = selector(&spec, errors);
    template(&spec.get("template"), &selector, errors);
    strategy(&spec.get("strategy"), errors);
    let (ready, deadline) = (
        spec.get("minReadySeconds"),
        spec.get("progressDeadlineSeconds"),
    );
    errors.not_negative(&ready);
    errors.not_negative(&spec.get("revisionHistoryLimit"));
    errors.not_negative(&deadline);
    if deadline.is_set() && deadline.int() <= ready.int() {
        errors.invalid(&deadline, "must be greater than minReadySeconds");
    }
}

/// upstream: ValidateDeploymentUpdate; pkg/registry/apps/deployment/strategy.go ValidateUpdate
pub fn deployment_update(new: &Field, old: &Field, errors: &mut Errors) {
    deployment(new, errors);
    same_selector(new, old, errors);
}

/// upstream: ValidateReplicaSetSpec
pub fn replica_set(object: &Field, errors: &mut Errors) {
    let spec = object.get("spec");
    errors.not_negative(&spec.get("replicas"));
    errors.not_negative(&spec.get("minReadySeconds"));
    let selector = selector(&spec, errors);
    template(&spec.get("template"), &selector, errors);
}

/// upstream: ValidateReplicaSetUpdate; pkg/registry/apps/replicaset/strategy.go ValidateUpdate
pub fn replica_set_update(new: &Field, old: &Field, errors: &mut Errors) {
    replica_set(new, errors);
    same_selector(new, old, errors);
}

fn same_selector(new: &Field, old: &Field, errors: &mut Errors) {
    let (is, was) = (new.at("spec.selector"), old.at("spec.selector"));
    errors.immutable_own(&is, &was, "LabelSelector");
}

/// The field of a selector that has conditions; nothing is there where it has none, which selects nothing.
fn selector<'a>(spec: &Field<'a>, errors: &mut Errors) -> Field<'a> {
    let selector = spec.get("selector");
    // A selector that was not given reads as an empty one here.
    if crate::errors::selects_all(&selector) {
        errors.required(&selector, "");
        return Field {
            value: &Value::Null,
            ..selector
        };
    }
    errors.selector(&selector);
    selector
}

/// upstream: ValidatePodTemplateSpecForReplicaSet
fn template(template: &Field, selector: &Field, errors: &mut Errors) {
    match compiled(selector) {
        None => {
            return errors.invalid_own(selector, "LabelSelector", "invalid label selector");
        }
        Some(wanted) => matching(template, &wanted, errors),
    }
    pod::template(template, &[], errors);
    always(template, "ReplicaSet", errors);
}

fn matching(template: &Field, wanted: &Selector, errors: &mut Errors) {
    let labels = template.at("metadata.labels");
    if !selects(wanted, &labels) {
        errors.invalid(&labels, NO_MATCH);
    }
}

/// upstream: ValidateDeploymentStrategy, ValidateRollingUpdateDeployment
fn strategy(strategy: &Field, errors: &mut Errors) {
    let rolling = strategy.get("rollingUpdate");
    match strategy.get("type").text() {
        "Recreate" if rolling.is_set() => errors.forbidden(
            &rolling,
            "may not be specified when strategy `type` is 'Recreate'",
        ),
        "Recreate" => {}
        "RollingUpdate" if !rolling.is_set() => {
            errors.required(&rolling, "this should be defaulted and never be nil");
        }
        "RollingUpdate" => {
            let (unavailable, surge) = (rolling.get("maxUnavailable"), rolling.get("maxSurge"));
            errors.int_or_percent(&unavailable);
            errors.int_or_percent(&surge);
            if is_none(&unavailable) && is_none(&surge) {
                errors.invalid(&unavailable, "may not be 0 when `maxSurge` is 0");
            }
            errors.at_most_all(&unavailable);
        }
        _ => errors.unsupported_raw(
            strategy,
            &printed(strategy, &STRATEGY),
            &["Recreate", "RollingUpdate"],
        ),
    }
}

/// upstream: pkg/apis/core/validation/validation.go ValidateReplicationControllerSpec
pub fn replication_controller(object: &Field, errors: &mut Errors) {
    let spec = object.get("spec");
    errors.not_negative(&spec.get("minReadySeconds"));
    let selector = spec.get("selector");
    errors.needed(&selector);
    errors.not_negative(&spec.get("replicas"));
    let template = spec.get("template");
    if !template.is_set() {
        return errors.required(&template, "");
    }
    let labels = template.at("metadata.labels");
    let has = |(key, value): (&str, Field)| labels.key(key).value == value.value;
    if !selector.entries().all(has) {
        errors.invalid(&labels, NO_MATCH);
    }
    pod::template(&template, &[], errors);
    always(&template, "ReplicationController", errors);
}
