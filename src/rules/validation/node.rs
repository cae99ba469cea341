//! node.k8s.io: RuntimeClasses.
// upstream: pkg/apis/node/validation/validation.go

use podarium_api::names::dns1123_label_error;

use super::{limits, pod};
use crate::errors::Errors;
use crate::field::Field;

/// upstream: ValidateRuntimeClass
pub fn runtime_class(class: &Field, errors: &mut Errors) {
    errors.needed_as(&class.get("handler"), dns1123_label_error);
    let fixed = class.at("overhead.podFixed");
    for (name, amount) in fixed.entries() {
        // upstream reuses what it has for the limits of containers, path included.
        let place = amount.called(&format!("overhead.limits[{name}]"));
        limits::container_resource_name(name, &place, errors);
        limits::amount(name, &place, errors);
    }
    let scheduling = class.get("scheduling");
    errors.labels(&scheduling.get("nodeSelector"));
    for toleration in scheduling.get("tolerations").items() {
        pod::toleration(&toleration, errors);
    }
}

/// upstream: ValidateRuntimeClassUpdate
pub fn runtime_class_update(new: &Field, old: &Field, errors: &mut Errors) {
    errors.immutable(&new.get("handler"), &old.get("handler"));
}

#[cfg(test)]
mod tests {
    use crate::testing::{creates, updates};
    use expect_test::expect;
    use serde_json::json;

    // upstream: pkg/apis/node/validation/validation_test.go
    #[test]
    fn what_a_runtime_class_may_be_and_become() {
        let class = json!({"apiVersion": "node.k8s.io/v1", "kind": "RuntimeClass", "metadata": {"name": "a"}, "handler": "runsc"});
        creates(
            &class,
            &[
                json!({"overhead.podFixed": {"cpu": "10m"}, "scheduling": {"nodeSelector": {"a": "b"}, "tolerations": [{"operator": "Exists"}]}}),
                json!({"handler": "A_b"}),
                json!({"handler": null}),
                json!({"overhead.podFixed": {"not-allowed": "10m", "memory": "-1"}}),
                json!({"scheduling": {"nodeSelector": {"a b": "c d"}, "tolerations": [{"value": "x"}, {"key": "a", "operator": "Exists", "value": "b", "effect": "Never"}, {"key": "a", "tolerationSeconds": 1}]}}),
            ],
            expect![[r#"
                {"overhead.podFixed":{"cpu":"10m"},"scheduling":{"nodeSelector":{"a":"b"},"tolerations":[{"operator":"Exists"}]}}
                {"handler":"A_b"}
                  handler: Invalid value: "A_b": a lowercase RFC 1123 label must consist of lower case alphanumeric characters or '-', and must start and end with an alphanumeric character (e.g. 'my-name',  or '123-abc', regex used for validation is '[a-z0-9]([-a-z0-9]*[a-z0-9])?')
                {"handler":null}
                  handler: Required value
                {"overhead.podFixed":{"memory":"-1","not-allowed":"10m"}}
                  overhead.limits[memory]: Invalid value: "-1": must be greater than or equal to 0
                  overhead.limits[not-allowed]: Invalid value: "not-allowed": must be a standard resource type or fully qualified
                  overhead.limits[not-allowed]: Invalid value: "not-allowed": must be a standard resource for containers
                {"scheduling":{"nodeSelector":{"a b":"c d"},"tolerations":[{"value":"x"},{"effect":"Never","key":"a","operator":"Exists","value":"b"},{"key":"a","tolerationSeconds":1}]}}
                  scheduling.nodeSelector: Invalid value: "a b": name part must consist of alphanumeric characters, '-', '_' or '.', and must start and end with an alphanumeric character (e.g. 'MyName',  or 'my.name',  or '123-abc', regex used for validation is '([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9]')
                  scheduling.nodeSelector: Invalid value: "c d": a valid label must be an empty string or consist of alphanumeric characters, '-', '_' or '.', and must start and end with an alphanumeric character (e.g. 'MyValue',  or 'my_value',  or '12345', regex used for validation is '(([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9])?')
                  scheduling.tolerations[0].operator: Invalid value: "": operator must be Exists when `key` is empty, which means "match all values and all keys"
                  scheduling.tolerations[1].operator: Invalid value: "b": value must be empty when `operator` is 'Exists'
                  scheduling.tolerations[1].effect: Unsupported value: "Never": supported values: "NoSchedule", "PreferNoSchedule", "NoExecute"
                  scheduling.tolerations[2].effect: Invalid value: "": effect must be 'NoExecute' when `tolerationSeconds` is set"#]],
        );
        updates(
            &class,
            &[json!({"handler": "crun"})],
            expect![[r#"
            {"handler":"crun"}
              handler: Invalid value: "crun": field is immutable"#]],
        );
    }
}
