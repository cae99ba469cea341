//! What containers ask for and are held to.
// upstream: pkg/apis/core/validation/validation.go ValidateContainerResourceRequirements

use k8s_openapi::api::core::v1::ResourceRequirements;
use podarium_api::names::qualified_name_error;
use podarium_api::quantity::Quantity;

use super::Errors;

pub(super) fn resources(resources: &ResourceRequirements, path: &str, errors: &mut Errors) {
    let none = Default::default();
    let limits = resources.limits.as_ref().unwrap_or(&none);
    let requests = resources.requests.as_ref().unwrap_or(&none);
    let read = |text: &str| Quantity::parse(text).unwrap_or(Quantity::ZERO);
    for (name, limit) in limits {
        let path = format!("{path}.limits");
        named(name, &format!("{path}[{name}]"), errors);
        not_negative(&limit.0, &format!("{path}[{name}]"), errors);
    }
    for (name, request) in requests {
        let at = format!("{path}.requests[{name}]");
        named(name, &at, errors);
        not_negative(&request.0, &at, errors);
        let extended = !is_native(name);
        match limits.get(name) {
            Some(limit) if extended && read(&request.0) != read(&limit.0) => errors.invalid(
                &format!("{path}.requests"),
                request.0.as_str(),
                &format!("must be equal to {name} limit of {}", limit.0),
            ),
            Some(limit) if !extended && read(&request.0) > read(&limit.0) => errors.invalid(
                &format!("{path}.requests"),
                request.0.as_str(),
                &format!("must be less than or equal to {name} limit of {}", limit.0),
            ),
            None if extended || name.starts_with("hugepages-") => errors.required(
                &format!("{path}.limits"),
                "Limit must be set for non overcommitable resources",
            ),
            _ => {}
        }
    }
}

/// upstream: pkg/apis/core/v1/helper/helpers.go IsNativeResource
fn is_native(name: &str) -> bool {
    !name.contains('/') || name.contains("kubernetes.io/")
}

/// upstream: validateContainerResourceName
fn named(name: &str, path: &str, errors: &mut Errors) {
    errors.named(path, name, qualified_name_error);
    if name.contains('/') {
        return;
    }
    let standard = matches!(name, "cpu" | "memory" | "ephemeral-storage");
    if !standard && !name.starts_with("hugepages-") {
        errors.invalid(
            path,
            name,
            "must be a standard resource type or fully qualified",
        );
        errors.invalid(path, name, "must be a standard resource for containers");
    }
}

fn not_negative(text: &str, path: &str, errors: &mut Errors) {
    if Quantity::parse(text).is_ok_and(|q| q < Quantity::ZERO) {
        errors.invalid(path, text, "must be greater than or equal to 0");
    }
}
