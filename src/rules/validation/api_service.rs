//! apiregistration.k8s.io: APIServices.
// upstream: staging/src/k8s.io/kube-aggregator/pkg/apis/apiregistration/validation/validation.go

use podarium_api::names::{dns1035_label_error, dns1123_subdomain_error};

use crate::errors::Errors;
use crate::field::Field;
use crate::text::base64;

/// upstream: ValidateAPIService
pub fn api_service(object: &Field, errors: &mut Errors) {
    let spec = object.get("spec");
    let (group, version) = (spec.get("group"), spec.get("version"));
    let wanted = format!("{}.{}", version.text(), group.text());
    let name = object.at("metadata.name");
    if name.text() != wanted {
        errors.invalid(
            &name,
            &format!("must be `spec.version+\".\"+spec.group`: {wanted:?}"),
        );
    }
    if group.is_empty() && version.text() != "v1" {
        errors.required(
            &group,
            "only v1 may have an empty group and it better be legacy kube",
        );
    }
    if !group.is_empty() {
        errors.named(&group, dns1123_subdomain_error);
    }
    errors.named(&version, dns1035_label_error);
    for (field, most) in [("groupPriorityMinimum", 20_000), ("versionPriority", 1000)] {
        let priority = spec.get(field);
        if !(1..=most).contains(&priority.int()) {
            errors.invalid_int(&priority, &format!("must be positive and less than {most}"));
        }
    }
    let (service, bundle) = (spec.get("service"), spec.get("caBundle"));
    let insecure = spec.get("insecureSkipTLSVerify");
    if !service.is_set() {
        if !bundle.is_empty() {
            let bytes = format!("{} bytes", base64(bundle.text()).len());
            errors.invalid_as(&bundle, bytes, "local APIServices may not have a caBundle");
        }
        if insecure.truth() {
            errors.invalid(
                &insecure,
                "local APIServices may not have insecureSkipTLSVerify",
            );
        }
        return;
    }
    errors.needed(&service.get("namespace"));
    errors.needed(&service.get("name"));
    if insecure.truth() && !bundle.is_empty() {
        errors.invalid(&insecure, "may not be true if caBundle is present");
    }
}

#[cfg(test)]
mod tests {
    use crate::testing::creates;
    use expect_test::expect;
    use serde_json::json;

    #[test]
    fn what_an_api_service_may_be() {
        let service = json!({
            "apiVersion": "apiregistration.k8s.io/v1", "kind": "APIService", "metadata": {"name": "v1.a.b"},
            "spec": {"group": "a.b", "version": "v1", "groupPriorityMinimum": 10, "versionPriority": 10, "service": {"name": "c", "namespace": "d"}},
        });
        creates(
            &service,
            &[
                json!({}),
                json!({"metadata.name": "v2.a.b"}),
                json!({"spec.group": "", "spec.version": "v1beta1", "metadata.name": "v1beta1."}),
                json!({"spec.groupPriorityMinimum": 20_001, "spec.versionPriority": 0}),
                json!({"spec.service": null, "spec.caBundle": "aGVsbG8=", "spec.insecureSkipTLSVerify": true}),
                json!({"spec.service": {}, "spec.caBundle": "aGVsbG8=", "spec.insecureSkipTLSVerify": true}),
            ],
            expect![[r#"
                {}
                {"metadata.name":"v2.a.b"}
                  metadata.name: Invalid value: "v2.a.b": must be `spec.version+"."+spec.group`: "v1.a.b"
                {"metadata.name":"v1beta1.","spec.group":"","spec.version":"v1beta1"}
                  spec.group: Required value: only v1 may have an empty group and it better be legacy kube
                {"spec.groupPriorityMinimum":20001,"spec.versionPriority":0}
                  spec.groupPriorityMinimum: Invalid value: 20001: must be positive and less than 20000
                  spec.versionPriority: Invalid value: 0: must be positive and less than 1000
                {"spec.caBundle":"aGVsbG8=","spec.insecureSkipTLSVerify":true,"spec.service":null}
                  spec.caBundle: Invalid value: "5 bytes": local APIServices may not have a caBundle
                  spec.insecureSkipTLSVerify: Invalid value: true: local APIServices may not have insecureSkipTLSVerify
                {"spec.caBundle":"aGVsbG8=","spec.insecureSkipTLSVerify":true,"spec.service":{}}
                  spec.service.namespace: Required value
                  spec.service.name: Required value
                  spec.insecureSkipTLSVerify: Invalid value: true: may not be true if caBundle is present"#]],
        );
    }
}
