//! Nodes, namespaces and events.
// upstream: pkg/apis/core/validation/validation_test.go TestValidateNode, TestValidateNodeUpdate; events_test.go

use expect_test::expect;
use serde_json::json;

use super::{creates, updates};

#[test]
fn nodes() {
    let node = json!({"apiVersion": "v1", "kind": "Node", "metadata": {"name": "n"}, "spec": {}});
    creates(
        &node,
        &[
            json!({"spec": {"podCIDR": "10.0.0.0/24", "podCIDRs": ["10.0.0.0/24", "fd00::/64"], "taints": [{"key": "a", "effect": "NoSchedule"}]}}),
            json!({"spec.podCIDRs": ["x"]}),
            json!({"spec.podCIDRs": ["10.0.0.0/24", "10.0.0.0/24"]}),
            json!({"spec.taints": [{"key": "a b", "value": "-", "effect": ""}, {"key": "a", "effect": "Never"}, {"key": "b", "effect": "NoSchedule"}, {"key": "b", "value": "c", "effect": "NoSchedule"}]}),
            json!({"status.capacity": {"cpu": "-1", "pods": "1500m"}}),
        ],
        expect![[r#"
            {"spec":{"podCIDR":"10.0.0.0/24","podCIDRs":["10.0.0.0/24","fd00::/64"],"taints":[{"effect":"NoSchedule","key":"a"}]}}
            {"spec.podCIDRs":["x"]}
              spec.podCIDRs[0]: Invalid value: "x": must be a valid CIDR value, (e.g. 10.9.8.0/24 or 2001:db8::/64)
            {"spec.podCIDRs":["10.0.0.0/24","10.0.0.0/24"]}
              spec.podCIDRs: Invalid value: ["10.0.0.0/24","10.0.0.0/24"]: may specify no more than one CIDR for each IP family
              spec.podCIDRs[1]: Duplicate value: "10.0.0.0/24"
            {"spec.taints":[{"effect":"","key":"a b","value":"-"},{"effect":"Never","key":"a"},{"effect":"NoSchedule","key":"b"},{"effect":"NoSchedule","key":"b","value":"c"}]}
              metadata.taints[0].key: Invalid value: "a b": name part must consist of alphanumeric characters, '-', '_' or '.', and must start and end with an alphanumeric character (e.g. 'MyName',  or 'my.name',  or '123-abc', regex used for validation is '([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9]')
              metadata.taints[0].value: Invalid value: "-": a valid label must be an empty string or consist of alphanumeric characters, '-', '_' or '.', and must start and end with an alphanumeric character (e.g. 'MyValue',  or 'my_value',  or '12345', regex used for validation is '(([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9])?')
              metadata.taints[0].effect: Required value
              metadata.taints[1].effect: Unsupported value: "Never": supported values: "NoSchedule", "PreferNoSchedule", "NoExecute"
              metadata.taints[3]: Duplicate value: {"Key":"b","Value":"c","Effect":"NoSchedule","TimeAdded":null}: taints must be unique by key and effect pair
            {"status.capacity":{"cpu":"-1","pods":"1500m"}}
              status.capacity.cpu: Invalid value: "-1": must be greater than or equal to 0
              status.capacity.pods: Invalid value: "1500m": must be an integer
              status.allocatable.cpu: Invalid value: "-1": must be greater than or equal to 0
              status.allocatable.pods: Invalid value: "1500m": must be an integer"#]],
    );
    let full = super::edited(
        &node,
        &json!({"spec.podCIDR": "10.0.0.0/24", "spec.podCIDRs": ["10.0.0.0/24"], "spec.providerID": "a://b"}),
    );
    updates(
        &full,
        &[
            json!({"spec.unschedulable": true}),
            json!({"spec.podCIDRs": ["10.0.1.0/24"], "spec.providerID": "a://c", "spec.externalID": "x"}),
            json!({"spec.taints": [{"key": "a", "effect": "Never"}]}),
        ],
        expect![[r#"
            {"spec.unschedulable":true}
            {"spec.externalID":"x","spec.podCIDRs":["10.0.1.0/24"],"spec.providerID":"a://c"}
              spec.podCIDRs: Forbidden: node updates may not change podCIDR except from "" to valid
              spec.providerID: Forbidden: node updates may not change providerID except from "" to valid
              spec.externalID: Forbidden: may not be updated
            {"spec.taints":[{"effect":"Never","key":"a"}]}
              metadata.taints[0].effect: Unsupported value: "Never": supported values: "NoSchedule", "PreferNoSchedule", "NoExecute""#]],
    );
}

#[test]
fn namespaces() {
    let namespace =
        json!({"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": "n"}, "spec": {}});
    creates(
        &namespace,
        &[
            json!({"spec.finalizers": ["kubernetes", "example.com/a"]}),
            json!({"spec.finalizers": ["a b", "odd"]}),
        ],
        expect![[r#"
            {"spec.finalizers":["kubernetes","example.com/a"]}
            {"spec.finalizers":["a b","odd"]}
              spec.finalizers: Invalid value: "a b": name part must consist of alphanumeric characters, '-', '_' or '.', and must start and end with an alphanumeric character (e.g. 'MyName',  or 'my.name',  or '123-abc', regex used for validation is '([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9]')
              spec.finalizers: Invalid value: "a b": name is neither a standard finalizer name nor is it fully qualified
              spec.finalizers: Invalid value: "odd": name is neither a standard finalizer name nor is it fully qualified"#]],
    );
}

#[test]
fn events() {
    let event = json!({
        "apiVersion": "v1", "kind": "Event", "metadata": {"name": "e", "namespace": "default"},
        "involvedObject": {"kind": "Pod", "name": "p", "namespace": "default"}, "reason": "Because", "message": "so",
    });
    creates(
        &event,
        &[
            json!({}),
            json!({"involvedObject.namespace": "other"}),
            json!({"involvedObject.namespace": null}),
            json!({"metadata.namespace": "other", "involvedObject.namespace": null}),
        ],
        expect![[r#"
            {}
            {"involvedObject.namespace":"other"}
              involvedObject.namespace: Invalid value: "other": does not match event.namespace
            {"involvedObject.namespace":null}
            {"involvedObject.namespace":null,"metadata.namespace":"other"}
              involvedObject.namespace: Invalid value: "": does not match event.namespace"#]],
    );
}
