//! autoscaling: HorizontalPodAutoscalers.
// upstream: pkg/apis/autoscaling/validation/validation.go

use podarium_api::names::dns1123_label_error;

use crate::errors::Errors;
use crate::field::Field;
use crate::text::{group_version, path_segment};

const LONGEST_PERIOD: i64 = 1800;
const LONGEST_WINDOW: i64 = 3600;
const TYPES: [&str; 5] = [
    "ContainerResource",
    "External",
    "Object",
    "Pods",
    "Resource",
];
/// The fields of a metric, in the order in which upstream looks at them, and the type that goes with each.
const SOURCES: [(&str, &str); 5] = [
    ("object", "Object"),
    ("external", "External"),
    ("pods", "Pods"),
    ("resource", "Resource"),
    ("containerResource", "ContainerResource"),
];

/// upstream: ValidateHorizontalPodAutoscaler
pub fn autoscaler(object: &Field, errors: &mut Errors) {
    spec(object, 1, errors);
}

/// upstream: ValidateHorizontalPodAutoscalerUpdate
pub fn autoscaler_update(new: &Field, old: &Field, errors: &mut Errors) {
    let had_none = old.at("spec.minReplicas").number() == Some(0);
    spec(new, i64::from(!had_none), errors);
}

/// upstream: validateHorizontalPodAutoscalerSpec
fn spec(object: &Field, lowest: i64, errors: &mut Errors) {
    let spec = object.get("spec");
    let (least, most) = (spec.get("minReplicas"), spec.get("maxReplicas"));
    if least.number().is_some_and(|n| n < lowest) {
        errors.invalid(
            &least,
            &format!("must be greater than or equal to {lowest}"),
        );
    }
    if most.int() == 0 {
        errors.required(&most, "must be set and greater than 0");
    } else if most.int() < 1 {
        errors.invalid_int(&most, "must be greater than 0");
    }
    if least.number().is_some_and(|least| most.int() < least) {
        errors.invalid_int(&most, "must be greater than or equal to `minReplicas`");
    }
    let target = spec.get("scaleTargetRef");
    reference(
        &target,
        target.get("kind").text() == "ReplicationController",
        errors,
    );
    let metrics = spec.get("metrics");
    for item in metrics.items() {
        metric(&item, errors);
    }
    let outside = |m: Field| ["Object", "External"].contains(&m.get("type").text());
    if least.number() == Some(0) && !metrics.items().any(outside) {
        errors.forbidden(
            &metrics,
            "must specify at least one Object or External metric to support scaling to zero replicas",
        );
    }
    for direction in ["scaleUp", "scaleDown"] {
        scaling(&spec.get("behavior").get(direction), errors);
    }
}

/// upstream: ValidateCrossVersionObjectReference, ValidateAPIVersion
fn reference(reference: &Field, core: bool, errors: &mut Errors) {
    errors.needed_as(&reference.get("kind"), path_segment);
    errors.needed_as(&reference.get("name"), path_segment);
    let version = reference.get("apiVersion");
    match group_version(version.text()) {
        Err(why) => errors.invalid_text(&version, &why),
        Ok(("", _)) if !core => errors.invalid_text(&version, "apiVersion must specify API group"),
        Ok(_) => {}
    }
}

/// upstream: validateMetricSpec
fn metric(metric: &Field, errors: &mut Errors) {
    let type_ = metric.get("type");
    if type_.is_empty() {
        errors.required(&type_, "must specify a metric source type");
    }
    errors.must_be(&type_, &TYPES);
    let given: Vec<_> = SOURCES
        .iter()
        .filter(|(f, _)| metric.get(f).is_set())
        .collect();
    if let Some((field, _)) = given.first() {
        source(&metric.get(field), field, errors);
    }
    let expected = SOURCES.iter().find(|(_, t)| *t == type_.text());
    match expected {
        Some((field, _)) if !metric.get(field).is_set() => errors.required(
            &metric.get(field),
            "must populate information for the given metric source",
        ),
        Some(_) => {}
        None => errors.must_be(&type_, &TYPES),
    }
    if given.len() != 1 {
        for (field, _) in given.iter().filter(|g| Some(**g) != expected) {
            errors.forbidden(
                &metric.get(field),
                "must populate the given metric source only",
            );
        }
    }
}

/// upstream: validateObjectSource, validateExternalSource, validatePodsSource, validateResourceSource,
/// validateContainerResourceSource
fn source(source: &Field, kind: &str, errors: &mut Errors) {
    let target = source.get("target");
    let (value, average) = (target.get("value"), target.get("averageValue"));
    let utilization = target.get("averageUtilization");
    match kind {
        "object" => {
            reference(&source.get("describedObject"), true, errors);
            identifier(&source.get("metric"), errors);
            self::target(&target, errors);
            if !value.is_set() && !average.is_set() {
                errors.required(&average, "must set either a target value or averageValue");
            }
        }
        "external" => {
            identifier(&source.get("metric"), errors);
            self::target(&target, errors);
            if !value.is_set() && !average.is_set() {
                errors.required(
                    &average,
                    "must set either a target value for metric or a per-pod target",
                );
            }
            if value.is_set() && average.is_set() {
                errors.forbidden(
                    &value,
                    "may not set both a target value for metric and a per-pod target",
                );
            }
        }
        "pods" => {
            identifier(&source.get("metric"), errors);
            self::target(&target, errors);
            if average.quantity().is_none_or(|q| q.milli() <= 0) {
                errors.required(&average, "must specify a positive target averageValue");
            }
        }
        _ => {
            let (name, container) = (source.get("name"), source.get("container"));
            if name.is_empty() {
                errors.required(&name, "must specify a resource name");
            }
            if kind == "containerResource" && container.is_empty() {
                errors.required(&container, "must specify a container");
            } else if kind == "containerResource" {
                errors.named(&container, dns1123_label_error);
            }
            self::target(&target, errors);
            if !utilization.is_set() && !average.is_set() {
                errors.required(
                    &utilization,
                    "must set either a target raw value or a target utilization",
                );
            }
            if utilization.is_set() && average.is_set() {
                errors.forbidden(
                    &average,
                    "may not set both a target raw value and a target utilization",
                );
            }
        }
    }
}

/// upstream: validateMetricTarget
fn target(target: &Field, errors: &mut Errors) {
    let type_ = target.get("type");
    if type_.is_empty() {
        errors.required(&type_, "must specify a metric target type");
    }
    if !["Utilization", "Value", "AverageValue"].contains(&type_.text()) {
        errors.invalid_text(&type_, "must be either Utilization, Value, or AverageValue");
    }
    let mut positive = |field: Field| {
        if field.quantity().is_some_and(|q| q.milli() <= 0) {
            errors.invalid(&field, "must be positive");
        }
    };
    positive(target.get("value"));
    positive(target.get("averageValue"));
    let utilization = target.get("averageUtilization");
    if utilization.number().is_some_and(|n| n < 1) {
        errors.invalid(&utilization, "must be greater than 0");
    }
}

/// upstream: validateMetricIdentifier
fn identifier(metric: &Field, errors: &mut Errors) {
    let name = metric.get("name");
    if name.is_empty() {
        errors.required(&name, "must specify a metric name");
    } else {
        errors.named(&name, path_segment);
    }
}

/// upstream: validateScalingRules, validateScalingPolicy
fn scaling(rules: &Field, errors: &mut Errors) {
    if !rules.is_set() {
        return;
    }
    let window = rules.get("stabilizationWindowSeconds");
    if window.int() < 0 {
        errors.invalid(&window, "must be greater than or equal to zero");
    }
    if window.int() > LONGEST_WINDOW {
        let detail = format!("must be less than or equal to {LONGEST_WINDOW}");
        errors.invalid(&window, &detail);
    }
    errors.one_of(&rules.get("selectPolicy"), &["Disabled", "Max", "Min"]);
    let policies = rules.get("policies");
    if policies.is_empty() {
        errors.required(&policies, "must specify at least one Policy");
    }
    for policy in policies.items() {
        errors.must_be(&policy.get("type"), &["Percent", "Pods"]);
        let (value, period) = (policy.get("value"), policy.get("periodSeconds"));
        if value.int() <= 0 {
            errors.invalid_int(&value, "must be greater than zero");
        }
        if period.int() <= 0 {
            errors.invalid_int(&period, "must be greater than zero");
        }
        if period.int() > LONGEST_PERIOD {
            let detail = format!("must be less than or equal to {LONGEST_PERIOD}");
            errors.invalid(&period, &detail);
        }
    }
    errors.quantity_not_negative(&rules.get("tolerance"));
}

#[cfg(test)]
mod tests {
    use crate::testing::{creates, updates};
    use expect_test::expect;
    use serde_json::{Value, json};

    fn hpa() -> Value {
        let target = json!({"apiVersion": "apps/v1", "kind": "Deployment", "name": "web"});
        json!({
            "apiVersion": "autoscaling/v2", "kind": "HorizontalPodAutoscaler", "metadata": {"name": "a", "namespace": "b"},
            "spec": {"minReplicas": 1, "maxReplicas": 5, "scaleTargetRef": target},
        })
    }

    // upstream: pkg/apis/autoscaling/validation/validation_test.go TestValidateHorizontalPodAutoscaler
    #[test]
    fn what_an_autoscaler_may_be() {
        let metric = |value: Value| json!({"spec.metrics": [value]});
        let to =
            |target: Value| json!({"name": "hits", "metric": {"name": "hits"}, "target": target});
        creates(
            &hpa(),
            &[
                json!({}),
                json!({"spec.scaleTargetRef": {"apiVersion": "v1", "kind": "ReplicationController", "name": "a"}}),
                json!({"spec.scaleTargetRef": {"apiVersion": "v1", "kind": "", "name": "a/b"}}),
                json!({"spec.scaleTargetRef.apiVersion": "a/b/c"}),
                json!({"spec.minReplicas": 0}),
                json!({"spec.minReplicas": -1, "spec.maxReplicas": -1}),
                json!({"spec.minReplicas": 7}),
                json!({"spec.maxReplicas": null}),
                metric(json!({})),
                metric(json!({"type": "Other"})),
                metric(
                    json!({"type": "Resource", "resource": {"name": "", "target": {"type": "Utilization"}}}),
                ),
                metric(
                    json!({"type": "Resource", "resource": {"name": "cpu", "target": {"type": "Maybe", "averageUtilization": 0, "averageValue": "-1"}}}),
                ),
                metric(json!({"type": "Pods", "pods": to(json!({"type": "AverageValue"}))})),
                metric(
                    json!({"type": "Pods", "external": to(json!({"type": "Value", "value": "1", "averageValue": "1"})), "object": {}}),
                ),
                metric(
                    json!({"type": "ContainerResource", "containerResource": {"name": "cpu", "container": "", "target": {"type": "Utilization", "averageUtilization": 1}}}),
                ),
                json!({"spec.behavior.scaleUp": {"stabilizationWindowSeconds": 3601, "selectPolicy": "Best", "policies": []}}),
                json!({"spec.behavior.scaleDown.policies": [{"type": "Nodes", "value": 0, "periodSeconds": 1801}, {"type": "Pods", "value": 1, "periodSeconds": 0}]}),
                json!({"spec.behavior.scaleUp.tolerance": "-0.1"}),
            ],
            expect![[r#"
                {}
                {"spec.scaleTargetRef":{"apiVersion":"v1","kind":"ReplicationController","name":"a"}}
                {"spec.scaleTargetRef":{"apiVersion":"v1","kind":"","name":"a/b"}}
                  spec.scaleTargetRef.kind: Required value
                  spec.scaleTargetRef.name: Invalid value: "a/b": may not contain '/'
                  spec.scaleTargetRef.apiVersion: Invalid value: "v1": apiVersion must specify API group
                {"spec.scaleTargetRef.apiVersion":"a/b/c"}
                  spec.scaleTargetRef.apiVersion: Invalid value: "a/b/c": unexpected GroupVersion string: a/b/c
                {"spec.minReplicas":0}
                  spec.minReplicas: Invalid value: 0: must be greater than or equal to 1
                  spec.metrics: Forbidden: must specify at least one Object or External metric to support scaling to zero replicas
                {"spec.maxReplicas":-1,"spec.minReplicas":-1}
                  spec.minReplicas: Invalid value: -1: must be greater than or equal to 1
                  spec.maxReplicas: Invalid value: -1: must be greater than 0
                {"spec.minReplicas":7}
                  spec.maxReplicas: Invalid value: 5: must be greater than or equal to `minReplicas`
                {"spec.maxReplicas":null}
                  spec.maxReplicas: Required value: must be set and greater than 0
                  spec.maxReplicas: Invalid value: 0: must be greater than or equal to `minReplicas`
                {"spec.metrics":[{}]}
                  spec.metrics[0].type: Required value: must specify a metric source type
                  spec.metrics[0].type: Unsupported value: "": supported values: "ContainerResource", "External", "Object", "Pods", "Resource"
                  spec.metrics[0].type: Unsupported value: "": supported values: "ContainerResource", "External", "Object", "Pods", "Resource"
                {"spec.metrics":[{"type":"Other"}]}
                  spec.metrics[0].type: Unsupported value: "Other": supported values: "ContainerResource", "External", "Object", "Pods", "Resource"
                  spec.metrics[0].type: Unsupported value: "Other": supported values: "ContainerResource", "External", "Object", "Pods", "Resource"
                {"spec.metrics":[{"resource":{"name":"","target":{"type":"Utilization"}},"type":"Resource"}]}
                  spec.metrics[0].resource.name: Required value: must specify a resource name
                  spec.metrics[0].resource.target.averageUtilization: Required value: must set either a target raw value or a target utilization
                {"spec.metrics":[{"resource":{"name":"cpu","target":{"averageUtilization":0,"averageValue":"-1","type":"Maybe"}},"type":"Resource"}]}
                  spec.metrics[0].resource.target.type: Invalid value: "Maybe": must be either Utilization, Value, or AverageValue
                  spec.metrics[0].resource.target.averageValue: Invalid value: "-1": must be positive
                  spec.metrics[0].resource.target.averageUtilization: Invalid value: 0: must be greater than 0
                  spec.metrics[0].resource.target.averageValue: Forbidden: may not set both a target raw value and a target utilization
                {"spec.metrics":[{"pods":{"metric":{"name":"hits"},"name":"hits","target":{"type":"AverageValue"}},"type":"Pods"}]}
                  spec.metrics[0].pods.target.averageValue: Required value: must specify a positive target averageValue
                {"spec.metrics":[{"external":{"metric":{"name":"hits"},"name":"hits","target":{"averageValue":"1","type":"Value","value":"1"}},"object":{},"type":"Pods"}]}
                  spec.metrics[0].object.describedObject.kind: Required value
                  spec.metrics[0].object.describedObject.name: Required value
                  spec.metrics[0].object.metric.name: Required value: must specify a metric name
                  spec.metrics[0].object.target.type: Required value: must specify a metric target type
                  spec.metrics[0].object.target.type: Invalid value: "": must be either Utilization, Value, or AverageValue
                  spec.metrics[0].object.target.averageValue: Required value: must set either a target value or averageValue
                  spec.metrics[0].pods: Required value: must populate information for the given metric source
                  spec.metrics[0].object: Forbidden: must populate the given metric source only
                  spec.metrics[0].external: Forbidden: must populate the given metric source only
                {"spec.metrics":[{"containerResource":{"container":"","name":"cpu","target":{"averageUtilization":1,"type":"Utilization"}},"type":"ContainerResource"}]}
                  spec.metrics[0].containerResource.container: Required value: must specify a container
                {"spec.behavior.scaleUp":{"policies":[],"selectPolicy":"Best","stabilizationWindowSeconds":3601}}
                  spec.behavior.scaleUp.stabilizationWindowSeconds: Invalid value: 3601: must be less than or equal to 3600
                  spec.behavior.scaleUp.selectPolicy: Unsupported value: "Best": supported values: "Disabled", "Max", "Min"
                {"spec.behavior.scaleDown.policies":[{"periodSeconds":1801,"type":"Nodes","value":0},{"periodSeconds":0,"type":"Pods","value":1}]}
                  spec.behavior.scaleDown.policies[0].type: Unsupported value: "Nodes": supported values: "Percent", "Pods"
                  spec.behavior.scaleDown.policies[0].value: Invalid value: 0: must be greater than zero
                  spec.behavior.scaleDown.policies[0].periodSeconds: Invalid value: 1801: must be less than or equal to 1800
                  spec.behavior.scaleDown.policies[1].periodSeconds: Invalid value: 0: must be greater than zero
                {"spec.behavior.scaleUp.tolerance":"-0.1"}
                  spec.behavior.scaleUp.tolerance: Invalid value: "-100m": must be greater than or equal to 0"#]],
        );
        updates(
            &hpa(),
            &[
                json!({"spec.maxReplicas": 9}),
                json!({"spec.minReplicas": 0}),
            ],
            expect![[r#"
                {"spec.maxReplicas":9}
                {"spec.minReplicas":0}
                  spec.minReplicas: Invalid value: 0: must be greater than or equal to 1
                  spec.metrics: Forbidden: must specify at least one Object or External metric to support scaling to zero replicas"#]],
        );
    }
}
