//! resource.k8s.io: devices, and claims for them. What the expressions of selectors mean is not looked at.
// upstream: pkg/apis/resource/validation/validation.go

use podarium_api::names::{
    dns1123_label_error, dns1123_subdomain_error, label_value_error, qualified_name_error,
};

use super::volume_sources::node_terms;
use crate::errors::Errors;
use crate::field::Field;
use crate::text::csi_driver_name;

const MOST_REQUESTS: usize = 32;
const MOST_CHOICES: usize = 8;
const MOST_DEVICES: usize = 128;
const MOST_FACTS: usize = 32;
const LONGEST_EXPRESSION: usize = 10 * 1024;

/// upstream: ValidateResourceClaim
pub fn claim(object: &Field, errors: &mut Errors) {
    devices(&object.at("spec.devices"), errors);
}

/// upstream: ValidateResourceClaimUpdate
pub fn claim_update(new: &Field, old: &Field, errors: &mut Errors) {
    errors.immutable(&new.get("spec"), &old.get("spec"));
}

/// upstream: ValidateResourceClaimTemplate
pub fn claim_template(object: &Field, errors: &mut Errors) {
    let meta = object.at("spec.metadata");
    errors.annotations(&meta.get("annotations"));
    errors.labels(&meta.get("labels"));
    devices(&object.at("spec.spec.devices"), errors);
}

/// upstream: ValidateResourceClaimTemplateUpdate
pub fn claim_template_update(new: &Field, old: &Field, errors: &mut Errors) {
    errors.immutable(&new.get("spec"), &old.get("spec"));
}

/// upstream: validateDeviceClaim
fn devices(devices: &Field, errors: &mut Errors) {
    let requests = devices.get("requests");
    set(&requests, MOST_REQUESTS, errors);
    for request in requests.items() {
        self::request(&request, errors);
    }
    for list in ["constraints", "config"] {
        let items = devices.get(list);
        if items.len() > MOST_REQUESTS {
            errors.too_many(&items, MOST_REQUESTS);
        }
        for item in items.items() {
            for name in item.get("requests").items() {
                referred(&name, &requests, errors);
            }
        }
    }
    for constraint in devices.get("constraints").items() {
        let (same, distinct) = (
            constraint.get("matchAttribute"),
            constraint.get("distinctAttribute"),
        );
        match (same.is_set(), distinct.is_set()) {
            (true, _) => attribute(&same, errors),
            (_, true) => attribute(&distinct, errors),
            _ => errors.required(
                &constraint,
                "exactly one of \"matchAttribute\" or \"distinctAttribute\" is required, but multiple fields are set",
            ),
        }
    }
    for config in devices.get("config").items() {
        opaque(&config, errors);
    }
}

/// A list whose items are told apart by name. upstream: validateSet
fn set(list: &Field, most: usize, errors: &mut Errors) {
    if list.len() > most {
        errors.too_many(list, most);
    }
    let mut names = Vec::new();
    for item in list.items() {
        let name = item.get("name");
        if names.contains(&name.text()) {
            errors.duplicate(&name.called(&item.path));
        }
        names.push(name.text());
    }
}

/// upstream: validateDeviceRequest
fn request(request: &Field, errors: &mut Errors) {
    errors.needed_as(&request.get("name"), dns1123_label_error);
    let (exactly, first) = (request.get("exactly"), request.get("firstAvailable"));
    match (exactly.is_set(), !first.is_empty()) {
        (false, false) => errors.required(
            request,
            "exactly one of `exactly` or `firstAvailable` is required",
        ),
        (true, true) => errors.invalid_as(
            request,
            serde_json::Value::Null,
            "exactly one of `exactly` or `firstAvailable` is required, but multiple fields are set",
        ),
        (true, false) => counted(&exactly, errors),
        (false, true) => {
            set(&first, MOST_CHOICES, errors);
            for choice in first.items() {
                errors.needed_as(&choice.get("name"), dns1123_label_error);
                counted(&choice, errors);
            }
        }
    }
}

/// upstream: validateExactDeviceRequest, validateDeviceAllocationMode
fn counted(request: &Field, errors: &mut Errors) {
    errors.needed_as(&request.get("deviceClassName"), dns1123_subdomain_error);
    selectors(&request.get("selectors"), errors);
    let (mode, count) = (request.get("allocationMode"), request.get("count"));
    match mode.text() {
        "All" if count.int() != 0 => {
            errors.invalid(&count, "must not be specified when allocationMode is 'All'");
        }
        "All" => {}
        "ExactCount" if count.int() <= 0 => errors.invalid_int(&count, "must be greater than zero"),
        "ExactCount" => {}
        _ => errors.must_be(&mode, &["All", "ExactCount"]),
    }
    for toleration in request.get("tolerations").items() {
        self::toleration(&toleration, errors);
    }
}

/// upstream: validateSelector
fn selectors(list: &Field, errors: &mut Errors) {
    if list.len() > MOST_REQUESTS {
        errors.too_many(list, MOST_REQUESTS);
    }
    for selector in list.items() {
        let cel = selector.get("cel");
        if !cel.is_set() {
            errors.required(&cel, "");
        } else if cel.get("expression").text().len() > LONGEST_EXPRESSION {
            errors.too_long(&cel.get("expression"), LONGEST_EXPRESSION);
        }
    }
}

/// upstream: validateDeviceToleration
fn toleration(toleration: &Field, errors: &mut Errors) {
    let (key, operator, value) = (
        toleration.get("key"),
        toleration.get("operator"),
        toleration.get("value"),
    );
    if !key.is_empty() {
        errors.named(&key, qualified_name_error);
    }
    match operator.text() {
        "Exists" if !value.is_empty() => {
            errors.invalid(&value, "must be empty for operator `Exists`")
        }
        "Exists" => {}
        "Equal" => errors.named(&value, label_value_error),
        _ => errors.must_be(&operator, &["Equal", "Exists"]),
    }
    let effect = toleration.get("effect");
    if !effect.is_empty() {
        errors.must_be(&effect, &["NoExecute", "NoSchedule", "None"]);
    }
}

/// upstream: validateRequestNameRef
fn referred(name: &Field, requests: &Field, errors: &mut Errors) {
    let (first, second) = name.text().split_once('/').unwrap_or((name.text(), ""));
    let request = requests.items().find(|r| r.get("name").text() == first);
    let known = request.is_some_and(|r| {
        let mut choices = r.get("firstAvailable").items();
        second.is_empty() || choices.any(|c| c.get("name").text() == second)
    });
    if !known {
        errors.invalid(
            name,
            "must be the name of a request in the claim or the name of a request and a subrequest separated by '/'",
        );
    }
}

/// upstream: validateFullyQualifiedName
fn attribute(name: &Field, errors: &mut Errors) {
    match name.text().split_once('/') {
        Some((domain, id)) => {
            if let Some(why) = dns1123_subdomain_error(domain) {
                errors.invalid_as(name, domain, &why);
            }
            identifier(name, id, errors);
        }
        None => errors.invalid(name, "must include a domain"),
    }
}

/// upstream: validateCIdentifier
fn identifier(field: &Field, id: &str, errors: &mut Errors) {
    let known = |b: u8| b.is_ascii_alphanumeric() || b == b'_';
    if id.is_empty() || id.starts_with(|c: char| c.is_ascii_digit()) || !id.bytes().all(known) {
        errors.invalid_as(
            field,
            id,
            "a valid C identifier must start with alphabetic character or '_', followed by a string of alphanumeric \
             characters or '_' (e.g. 'my_name',  or 'MY_NAME',  or 'MyName', regex used for validation is \
             '[A-Za-z_][A-Za-z0-9_]*')",
        );
    }
}

/// upstream: validateOpaqueConfiguration
fn opaque(config: &Field, errors: &mut Errors) {
    let opaque = config.get("opaque");
    if !opaque.is_set() {
        return errors.required(&opaque, "");
    }
    csi_driver_name(&opaque.get("driver"), errors);
    let parameters = opaque.get("parameters");
    if !parameters.is_set() {
        errors.required(&parameters, "");
    }
}

/// upstream: ValidateDeviceClass
pub fn device_class(class: &Field, errors: &mut Errors) {
    let spec = class.get("spec");
    selectors(&spec.get("selectors"), errors);
    let config = spec.get("config");
    if config.len() > MOST_REQUESTS {
        errors.too_many(&config, MOST_REQUESTS);
    }
    for item in config.items() {
        opaque(&item, errors);
    }
    let extended = spec.get("extendedResourceName");
    if extended.is_set() && !extended.text().contains('/') {
        errors.invalid(&extended, "must be a valid extended resource name");
    }
}

/// upstream: ValidateDeviceTaintRule
pub fn taint_rule(rule: &Field, errors: &mut Errors) {
    let spec = rule.get("spec");
    let selector = spec.get("deviceSelector");
    if !selector.get("driver").is_empty() {
        csi_driver_name(&selector.get("driver"), errors);
    }
    taint(&spec.get("taint"), errors);
}

/// upstream: validateDeviceTaint
fn taint(taint: &Field, errors: &mut Errors) {
    errors.needed_as(&taint.get("key"), qualified_name_error);
    errors.named(&taint.get("value"), label_value_error);
    let effect = taint.get("effect");
    if errors.needed(&effect) {
        errors.must_be(&effect, &["NoExecute", "NoSchedule", "None"]);
    }
}

/// upstream: ValidateResourceSlice
pub fn slice(slice: &Field, errors: &mut Errors) {
    let spec = slice.get("spec");
    csi_driver_name(&spec.get("driver"), errors);
    let pool = spec.get("pool");
    if errors.needed(&pool.get("name")) {
        for part in pool.get("name").text().split('/') {
            if let Some(why) = dns1123_subdomain_error(part) {
                errors.invalid_as(&pool.get("name"), part, &why);
            }
        }
    }
    let count = pool.get("resourceSliceCount");
    if count.int() <= 0 {
        errors.invalid_int(&count, "must be greater than zero");
    }
    errors.not_negative(&pool.get("generation"));
    nodes(&spec, errors);
    let devices = spec.get("devices");
    set(&devices, MOST_DEVICES, errors);
    for device in devices.items() {
        errors.needed_as(&device.get("name"), dns1123_label_error);
        let facts = device.get("attributes").len() + device.get("capacity").len();
        if facts > MOST_FACTS {
            let detail = format!(
                "the total number of attributes and capacities must not exceed {MOST_FACTS}"
            );
            errors.invalid_as(&device, facts, &detail);
        }
        for item in device.get("taints").items() {
            taint(&item, errors);
        }
    }
}

/// upstream: validateResourceSliceSpec
fn nodes(spec: &Field, errors: &mut Errors) {
    const ONE: &str = "exactly one of `nodeName`, `nodeSelector`, `allNodes`, `perDeviceNodeSelection` is required";
    let names = [
        "nodeName",
        "nodeSelector",
        "allNodes",
        "perDeviceNodeSelection",
    ];
    let given: Vec<_> = names.into_iter().filter(|n| spec.get(n).is_set()).collect();
    let (name, selector) = (spec.get("nodeName"), spec.get("nodeSelector"));
    if name.is_set() && name.is_empty() {
        errors.invalid(&name, "must be either unset or set to a non-empty string");
    } else if name.is_set() {
        errors.named(&name, dns1123_subdomain_error);
    }
    if selector.is_set() {
        node_terms(&selector, errors);
    }
    for flag in ["allNodes", "perDeviceNodeSelection"] {
        let flag = spec.get(flag);
        if flag.is_set() && !flag.truth() {
            errors.invalid(&flag, "must be either unset or set to true");
        }
    }
    match given.len() {
        0 => errors.required(spec, ONE),
        1 => {}
        _ => {
            let each: Vec<_> = given.iter().map(|n| format!("`{n}`")).collect();
            let printed = format!("{{{}}}", each.join(", "));
            errors.invalid_as(
                spec,
                printed,
                &format!("{ONE}, but multiple fields are set"),
            );
        }
    }
}

/// upstream: ValidateResourceSliceUpdate
pub fn slice_update(new: &Field, old: &Field, errors: &mut Errors) {
    slice(new, errors);
    for path in ["spec.driver", "spec.pool.name", "spec.nodeName"] {
        errors.immutable(&new.at(path), &old.at(path));
    }
}

#[cfg(test)]
mod tests {
    use crate::testing::{creates, updates};
    use expect_test::expect;
    use serde_json::{Value, json};

    // upstream: pkg/apis/resource/validation/validation_resourceclaim_test.go
    #[test]
    fn what_may_be_claimed() {
        let claim = json!({
            "apiVersion": "resource.k8s.io/v1", "kind": "ResourceClaim", "metadata": {"name": "a"},
            "spec": {"devices": {"requests": [{"name": "r", "exactly": {"deviceClassName": "c"}}]}},
        });
        let exactly = |name: &str, value: Value| json!({(format!("spec.devices.requests.0.exactly.{name}")): value});
        creates(
            &claim,
            &[
                json!({}),
                json!({"spec.devices.requests.0": {"name": "R"}}),
                json!({"spec.devices.requests.1": {"name": "r", "firstAvailable": [{"name": "x", "deviceClassName": ""}], "exactly": {}}}),
                exactly("count", json!(-1)),
                json!({"spec.devices.requests.0.exactly.allocationMode": "All", "spec.devices.requests.0.exactly.count": 2}),
                exactly("allocationMode", json!("Some")),
                exactly("selectors", json!([{}])),
                exactly(
                    "tolerations",
                    json!([{"operator": "Exists", "value": "a"}, {"operator": "Like", "effect": "Never"}]),
                ),
                json!({"spec.devices.constraints": [{"requests": ["r", "x"], "matchAttribute": "a"}, {"requests": ["r"]}, {"matchAttribute": "a.b/1c"}]}),
                json!({"spec.devices.config": [{"requests": ["r"]}, {"opaque": {"driver": "a.b"}}]}),
            ],
            expect![[r#"
                {}
                {"spec.devices.requests.0":{"name":"R"}}
                  spec.devices.requests[0].name: Invalid value: "R": a lowercase RFC 1123 label must consist of lower case alphanumeric characters or '-', and must start and end with an alphanumeric character (e.g. 'my-name',  or '123-abc', regex used for validation is '[a-z0-9]([-a-z0-9]*[a-z0-9])?')
                  spec.devices.requests[0]: Required value: exactly one of `exactly` or `firstAvailable` is required
                {"spec.devices.requests.1":{"exactly":{},"firstAvailable":[{"deviceClassName":"","name":"x"}],"name":"r"}}
                  spec.devices.requests[1]: Duplicate value: "r"
                  spec.devices.requests[1]: Invalid value: null: exactly one of `exactly` or `firstAvailable` is required, but multiple fields are set
                {"spec.devices.requests.0.exactly.count":-1}
                  spec.devices.requests[0].exactly.count: Invalid value: -1: must be greater than zero
                {"spec.devices.requests.0.exactly.allocationMode":"All","spec.devices.requests.0.exactly.count":2}
                  spec.devices.requests[0].exactly.count: Invalid value: 2: must not be specified when allocationMode is 'All'
                {"spec.devices.requests.0.exactly.allocationMode":"Some"}
                  spec.devices.requests[0].exactly.allocationMode: Unsupported value: "Some": supported values: "All", "ExactCount"
                {"spec.devices.requests.0.exactly.selectors":[{}]}
                  spec.devices.requests[0].exactly.selectors[0].cel: Required value
                {"spec.devices.requests.0.exactly.tolerations":[{"operator":"Exists","value":"a"},{"effect":"Never","operator":"Like"}]}
                  spec.devices.requests[0].exactly.tolerations[0].value: Invalid value: "a": must be empty for operator `Exists`
                  spec.devices.requests[0].exactly.tolerations[1].operator: Unsupported value: "Like": supported values: "Equal", "Exists"
                  spec.devices.requests[0].exactly.tolerations[1].effect: Unsupported value: "Never": supported values: "NoExecute", "NoSchedule", "None"
                {"spec.devices.constraints":[{"matchAttribute":"a","requests":["r","x"]},{"requests":["r"]},{"matchAttribute":"a.b/1c"}]}
                  spec.devices.constraints[0].requests[1]: Invalid value: "x": must be the name of a request in the claim or the name of a request and a subrequest separated by '/'
                  spec.devices.constraints[0].matchAttribute: Invalid value: "a": must include a domain
                  spec.devices.constraints[1]: Required value: exactly one of "matchAttribute" or "distinctAttribute" is required, but multiple fields are set
                  spec.devices.constraints[2].matchAttribute: Invalid value: "1c": a valid C identifier must start with alphabetic character or '_', followed by a string of alphanumeric characters or '_' (e.g. 'my_name',  or 'MY_NAME',  or 'MyName', regex used for validation is '[A-Za-z_][A-Za-z0-9_]*')
                {"spec.devices.config":[{"requests":["r"]},{"opaque":{"driver":"a.b"}}]}
                  spec.devices.config[0].opaque: Required value
                  spec.devices.config[1].opaque.parameters: Required value"#]],
        );
        updates(
            &claim,
            &[exactly("count", json!(2))],
            expect![[r#"
            {"spec.devices.requests.0.exactly.count":2}
              spec: Invalid value: {"devices":{"requests":[{"exactly":{"allocationMode":"ExactCount","count":2,"deviceClassName":"c"},"name":"r"}]}}: field is immutable"#]],
        );
    }

    // upstream: pkg/apis/resource/validation/validation_resourceslice_test.go
    #[test]
    fn what_there_may_be_to_claim() {
        let slice = json!({
            "apiVersion": "resource.k8s.io/v1", "kind": "ResourceSlice", "metadata": {"name": "a"},
            "spec": {"driver": "a.b", "nodeName": "n", "pool": {"name": "p", "generation": 0, "resourceSliceCount": 1}, "devices": [{"name": "d"}]},
        });
        creates(
            &slice,
            &[
                json!({}),
                json!({"spec.driver": "", "spec.pool.name": "P/q", "spec.pool.resourceSliceCount": 0, "spec.pool.generation": -1}),
                json!({"spec.nodeName": null}),
                json!({"spec.allNodes": true}),
                json!({"spec.devices": [{"name": "D"}, {"name": "d"}, {"name": "d", "taints": [{"effect": "Some"}]}]}),
            ],
            expect![[r#"
                {}
                {"spec.driver":"","spec.pool.generation":-1,"spec.pool.name":"P/q","spec.pool.resourceSliceCount":0}
                  spec.driver: Required value
                  spec.pool.name: Invalid value: "P": a lowercase RFC 1123 subdomain must consist of lower case alphanumeric characters, '-' or '.', and must start and end with an alphanumeric character (e.g. 'example.com', regex used for validation is '[a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*')
                  spec.pool.resourceSliceCount: Invalid value: 0: must be greater than zero
                  spec.pool.generation: Invalid value: -1: must be greater than or equal to 0
                {"spec.nodeName":null}
                  spec: Required value: exactly one of `nodeName`, `nodeSelector`, `allNodes`, `perDeviceNodeSelection` is required
                {"spec.allNodes":true}
                  spec: Invalid value: "{`nodeName`, `allNodes`}": exactly one of `nodeName`, `nodeSelector`, `allNodes`, `perDeviceNodeSelection` is required, but multiple fields are set
                {"spec.devices":[{"name":"D"},{"name":"d"},{"name":"d","taints":[{"effect":"Some"}]}]}
                  spec.devices[2]: Duplicate value: "d"
                  spec.devices[0].name: Invalid value: "D": a lowercase RFC 1123 label must consist of lower case alphanumeric characters or '-', and must start and end with an alphanumeric character (e.g. 'my-name',  or '123-abc', regex used for validation is '[a-z0-9]([-a-z0-9]*[a-z0-9])?')
                  spec.devices[2].taints[0].key: Required value
                  spec.devices[2].taints[0].effect: Unsupported value: "Some": supported values: "NoExecute", "NoSchedule", "None""#]],
        );
        updates(
            &slice,
            &[json!({"spec.nodeName": "m", "spec.pool.generation": 2})],
            expect![[r#"
                {"spec.nodeName":"m","spec.pool.generation":2}
                  spec.nodeName: Invalid value: "m": field is immutable"#]],
        );
        let of = |kind: &str, spec: Value| json!({"apiVersion": "resource.k8s.io/v1", "kind": kind, "metadata": {"name": "a"}, "spec": spec});
        creates(
            &of("DeviceClass", json!({})),
            &[
                json!({}),
                json!({"spec.config": [{}], "spec.selectors": [{}]}),
            ],
            expect![[r#"
                {}
                {"spec.config":[{}],"spec.selectors":[{}]}
                  spec.selectors[0].cel: Required value
                  spec.config[0].opaque: Required value"#]],
        );
        creates(
            &of("DeviceTaintRule", json!({})),
            &[
                json!({"spec.taint": {"key": "a", "effect": "None"}}),
                json!({}),
            ],
            expect![[r#"
                {"spec.taint":{"effect":"None","key":"a"}}
                {}
                  spec.taint.key: Required value
                  spec.taint.effect: Required value"#]],
        );
    }
}
