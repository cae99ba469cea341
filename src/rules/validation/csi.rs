//! storage.k8s.io: drivers, where they run, and what they have left.
// upstream: pkg/apis/storage/validation/validation.go

use podarium_api::names::{dns1123_subdomain_error, qualified_name_error};
use serde_json::Value;

use crate::errors::Errors;
use crate::field::Field;
use crate::text::csi_driver_name;

/// upstream: ValidateCSIDriver
pub fn driver(driver: &Field, errors: &mut Errors) {
    let spec = driver.get("spec");
    let attach = spec.get("attachRequired").called("spec.attachedRequired");
    for flag in [
        attach,
        spec.get("podInfoOnMount"),
        spec.get("storageCapacity"),
    ] {
        if !flag.is_set() {
            errors.required(&flag, "");
        }
    }
    errors.one_of(
        &spec.get("fsGroupPolicy"),
        &["File", "None", "ReadWriteOnceWithFSType"],
    );
    let mut audiences = Vec::new();
    for request in spec.get("tokenRequests").items() {
        let (audience, seconds) = (request.get("audience"), request.get("expirationSeconds"));
        if audiences.contains(&audience.text()) {
            errors.duplicate(&audience);
            continue;
        }
        audiences.push(audience.text());
        if seconds.number().is_some_and(|n| n < 600) {
            errors.invalid(&seconds, "may not specify a duration less than 10 minutes");
        }
        if seconds.int() > 1 << 32 {
            errors.invalid(
                &seconds,
                "may not specify a duration larger than 2^32 seconds",
            );
        }
    }
    let modes = spec.get("volumeLifecycleModes");
    let known = ["Persistent", "Ephemeral"];
    for mode in modes.texts().filter(|m| !known.contains(m)) {
        errors.unsupported(&modes, mode, &known);
    }
    let mounts = spec.get("seLinuxMount");
    if !mounts.is_set() {
        errors.required(&mounts, "");
    }
    let period = spec.get("nodeAllocatableUpdatePeriodSeconds");
    if period.number().is_some_and(|n| n < 10) {
        errors.invalid(&period, "must be greater than or equal to 10 seconds");
    }
}

/// upstream: ValidateCSIDriverUpdate
pub fn driver_update(new: &Field, old: &Field, errors: &mut Errors) {
    driver(new, errors);
    let attach = new
        .at("spec.attachRequired")
        .called("spec.attachedRequired");
    errors.immutable(&attach, &old.at("spec.attachRequired"));
    let modes = "spec.volumeLifecycleModes";
    errors.immutable(&new.at(modes), &old.at(modes));
}

/// upstream: ValidateCSINode
pub fn node(node: &Field, errors: &mut Errors) {
    let mut names = Vec::new();
    for driver in node.at("spec.drivers").items() {
        let (name, id) = (driver.get("name"), driver.get("nodeID"));
        csi_driver_name(&name, errors);
        if errors.needed(&id) && id.text().len() > 256 {
            errors.invalid(&id, "must be 256 characters or less");
        }
        errors.not_negative(&driver.at("allocatable.count"));
        if names.contains(&name.text()) {
            errors.duplicate(&name);
        }
        names.push(name.text());
        let mut keys = Vec::new();
        for key in driver.get("topologyKeys").items() {
            let here = key.called(&driver.path);
            errors.needed(&here);
            if keys.contains(&key.text()) {
                errors.duplicate(&here);
            }
            keys.push(key.text());
            errors.named(&here, qualified_name_error);
        }
    }
}

/// upstream: ValidateCSINodeUpdate
pub fn node_update(new: &Field, old: &Field, errors: &mut Errors) {
    node(new, errors);
    let fixed = |driver: &Field| {
        let mut value = driver.value.clone();
        if let Value::Object(fields) = &mut value {
            fields.remove("allocatable");
        }
        value
    };
    for was in old.at("spec.drivers").items() {
        for is in new.at("spec.drivers").items() {
            if is.get("name").text() == was.get("name").text() && fixed(&is) != fixed(&was) {
                errors.invalid_as(&new.at("spec.drivers"), fixed(&is), "field is immutable");
            }
        }
    }
}

/// upstream: ValidateCSIStorageCapacity
pub fn capacity(capacity: &Field, errors: &mut Errors) {
    errors.selector(&capacity.get("nodeTopology"));
    errors.named(&capacity.get("storageClassName"), dns1123_subdomain_error);
    errors.quantity_not_negative(&capacity.get("capacity"));
}

/// upstream: ValidateCSIStorageCapacityUpdate
pub fn capacity_update(new: &Field, old: &Field, errors: &mut Errors) {
    errors.immutable(&new.get("nodeTopology"), &old.get("nodeTopology"));
    errors.immutable(&new.get("storageClassName"), &old.get("storageClassName"));
}

#[cfg(test)]
mod tests {
    use crate::testing::{creates, updates};
    use expect_test::expect;
    use serde_json::json;

    // upstream: pkg/apis/storage/validation/validation_test.go TestCSIDriverValidation, TestCSIDriverValidationUpdate
    #[test]
    fn what_a_driver_may_be_and_become() {
        let driver = json!({"apiVersion": "storage.k8s.io/v1", "kind": "CSIDriver", "metadata": {"name": "a.b"}, "spec": {}});
        creates(
            &driver,
            &[
                json!({}),
                json!({"spec.fsGroupPolicy": "Maybe", "spec.volumeLifecycleModes": ["Forever"], "spec.nodeAllocatableUpdatePeriodSeconds": 9}),
                json!({"spec.tokenRequests": [{"audience": "a"}, {"audience": "a"}, {"audience": "b", "expirationSeconds": 1}]}),
            ],
            expect![[r#"
                {}
                {"spec.fsGroupPolicy":"Maybe","spec.nodeAllocatableUpdatePeriodSeconds":9,"spec.volumeLifecycleModes":["Forever"]}
                  spec.fsGroupPolicy: Unsupported value: "Maybe": supported values: "File", "None", "ReadWriteOnceWithFSType"
                  spec.volumeLifecycleModes: Unsupported value: "Forever": supported values: "Persistent", "Ephemeral"
                  spec.nodeAllocatableUpdatePeriodSeconds: Invalid value: 9: must be greater than or equal to 10 seconds
                {"spec.tokenRequests":[{"audience":"a"},{"audience":"a"},{"audience":"b","expirationSeconds":1}]}
                  spec.tokenRequests[1].audience: Duplicate value: "a"
                  spec.tokenRequests[2].expirationSeconds: Invalid value: 1: may not specify a duration less than 10 minutes"#]],
        );
        updates(
            &driver,
            &[
                json!({"spec.storageCapacity": true}),
                json!({"spec.attachRequired": false, "spec.volumeLifecycleModes": ["Ephemeral"]}),
            ],
            expect![[r#"
                {"spec.storageCapacity":true}
                {"spec.attachRequired":false,"spec.volumeLifecycleModes":["Ephemeral"]}
                  spec.attachedRequired: Invalid value: false: field is immutable
                  spec.volumeLifecycleModes: Invalid value: ["Ephemeral"]: field is immutable"#]],
        );
    }

    // upstream: pkg/apis/storage/validation/validation_test.go TestCSINodeValidation, TestCSIStorageCapacityValidation
    #[test]
    fn what_nodes_and_capacities_may_be() {
        let node = json!({
            "apiVersion": "storage.k8s.io/v1", "kind": "CSINode", "metadata": {"name": "n1"},
            "spec": {"drivers": [{"name": "a.b", "nodeID": "x", "topologyKeys": ["zone"]}]},
        });
        creates(
            &node,
            &[
                json!({}),
                json!({"spec.drivers.0.name": "A_b", "spec.drivers.0.nodeID": "", "spec.drivers.0.topologyKeys": ["a", "a", ""]}),
                json!({"spec.drivers.1": {"name": "a.b", "nodeID": "y", "allocatable": {"count": -1}}}),
            ],
            expect![[r#"
                {}
                {"spec.drivers.0.name":"A_b","spec.drivers.0.nodeID":"","spec.drivers.0.topologyKeys":["a","a",""]}
                  spec.drivers[0].name: Invalid value: "A_b": a lowercase RFC 1123 subdomain must consist of lower case alphanumeric characters, '-' or '.', and must start and end with an alphanumeric character (e.g. 'example.com', regex used for validation is '[a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*')
                  spec.drivers[0].nodeID: Required value
                  spec.drivers[0]: Duplicate value: "a"
                  spec.drivers[0]: Required value
                  spec.drivers[0]: Invalid value: "": name part must be non-empty
                {"spec.drivers.1":{"allocatable":{"count":-1},"name":"a.b","nodeID":"y"}}
                  spec.drivers[1].allocatable.count: Invalid value: -1: must be greater than or equal to 0
                  spec.drivers[1].name: Duplicate value: "a.b""#]],
        );
        updates(
            &node,
            &[
                json!({"spec.drivers.0.allocatable": {"count": 3}}),
                json!({"spec.drivers.0.nodeID": "y"}),
            ],
            expect![[r#"
                {"spec.drivers.0.allocatable":{"count":3}}
                {"spec.drivers.0.nodeID":"y"}
                  spec.drivers: Invalid value: {"name":"a.b","nodeID":"y","topologyKeys":["zone"]}: field is immutable"#]],
        );
        let capacity = json!({"apiVersion": "storage.k8s.io/v1", "kind": "CSIStorageCapacity", "metadata": {"name": "a"}, "storageClassName": "fast"});
        creates(
            &capacity,
            &[json!({}), json!({"storageClassName": "", "capacity": "-1"})],
            expect![[r#"
                {}
                {"capacity":"-1","storageClassName":""}
                  storageClassName: Invalid value: "": a lowercase RFC 1123 subdomain must consist of lower case alphanumeric characters, '-' or '.', and must start and end with an alphanumeric character (e.g. 'example.com', regex used for validation is '[a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*')
                  capacity: Invalid value: "-1": must be greater than or equal to 0"#]],
        );
        updates(
            &capacity,
            &[json!({"storageClassName": "slow", "nodeTopology": {}})],
            expect![[r#"
                {"nodeTopology":{},"storageClassName":"slow"}
                  nodeTopology: Invalid value: {}: field is immutable
                  storageClassName: Invalid value: "slow": field is immutable"#]],
        );
    }
}
