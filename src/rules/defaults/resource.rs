//! resource.k8s.io: claims for devices.
// upstream: pkg/apis/resource/v1/defaults.go

use super::{Fields, below, default, each, made, said, text};

/// upstream: SetDefaults_ExactDeviceRequest, SetDefaults_DeviceSubRequest, SetDefaults_DeviceToleration
fn devices(spec: &mut Fields) {
    let Some(devices) = below(spec, "devices") else {
        return;
    };
    for request in each(devices, "requests") {
        if let Some(exactly) = below(request, "exactly") {
            counted(exactly);
        }
        each(request, "firstAvailable").for_each(counted);
    }
}

fn counted(request: &mut Fields) {
    text(request, "allocationMode", "ExactCount");
    if said(request, "allocationMode") == "ExactCount" {
        if request.get("count").and_then(serde_json::Value::as_i64) == Some(0) {
            request.remove("count");
        }
        default(request, "count", 1);
    }
    for toleration in each(request, "tolerations") {
        text(toleration, "operator", "Equal");
    }
}

/// Of a claim.
pub fn claim(fields: &mut Fields) {
    devices(made(fields, "spec"));
}

/// Of a template of claims.
pub fn claim_template(fields: &mut Fields) {
    devices(made(made(fields, "spec"), "spec"));
}

#[cfg(test)]
mod tests {
    use crate::testing::defaulted;
    use expect_test::expect;
    use serde_json::json;

    #[test]
    fn a_request_is_for_one_device() {
        let requests = json!([{"name": "a", "exactly": {"deviceClassName": "b"}}, {"name": "c", "exactly": {"deviceClassName": "b", "allocationMode": "All"}}]);
        defaulted(
            &json!({"apiVersion": "resource.k8s.io/v1", "kind": "ResourceClaim", "spec": {"devices": {"requests": requests}}}),
            "spec.devices.requests",
            expect![[
                r#"[{"exactly":{"allocationMode":"ExactCount","count":1,"deviceClassName":"b"},"name":"a"},{"exactly":{"allocationMode":"All","deviceClassName":"b"},"name":"c"}]"#
            ]],
        );
    }
}
