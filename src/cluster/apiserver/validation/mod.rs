//! Validation: what is refused, in upstream's words.

use k8s_openapi::api::core::v1::PodSpec;
use podarium_api::object::Object;
use podarium_api::status::Status;

/// Whether a new object may be stored.
pub fn create(object: &Object) -> Result<(), Status> {
    let _ = object;
    Ok(())
}

/// Whether an object may take the place of `old`.
pub fn update(object: &Object, old: &Object) -> Result<(), Status> {
    let _ = (object, old);
    Ok(())
}

/// Whether a new pod may have this spec.
pub fn pod_spec(name: &str, spec: &PodSpec) -> Result<(), Status> {
    let _ = (name, spec);
    Ok(())
}
