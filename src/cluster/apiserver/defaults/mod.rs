//! Defaults: what a field that was not given is taken to be. What that is, the rules say (`src/rules/defaults`).
//!
//! Components write what is complete: what they change has its defaults, and so have the templates that they create from.

#[cfg(any(test, target_arch = "wasm32"))]
mod first;

use k8s_openapi::api::core::v1::PodSpec;
use podarium_api::object::Object;
use podarium_api::status::{Reason, Status};
use podarium_api::typed;
use serde_json::json;

use super::rules;

/// Fills in the defaults of an object. Those of pods are filled in elsewhere, because many of them share one spec.
///
/// # Errors
/// `BadRequest` for an object that is none any more with its defaults.
pub fn apply(object: &mut Object) -> Result<(), Status> {
    match object {
        Object::Pod(_) | Object::ConfigMap(_) | Object::ServiceAccount(_) | Object::Event(_) => {}
        // What a definition says was filled in when the object was read.
        Object::Other(kind, _) if kind.is_custom() => {}
        _ => {
            let value = object.to_value();
            let filled = rules::defaults(&value);
            #[cfg(any(test, target_arch = "wasm32"))]
            let filled = filled.or_else(|| Some(first::filled(value)));
            if let Some(filled) = filled {
                let filled = Object::from_value(object.kind(), filled);
                *object = filled.map_err(|text| Status::new(Reason::BadRequest, text))?;
            }
        }
    }
    Ok(())
}

/// Fills in the defaults of a pod. Where nobody knows the others, one is left to the core: a template has all of them but that.
pub fn pod(spec: &mut PodSpec) {
    spec.enable_service_links.get_or_insert(true);
    let pod = json!({"apiVersion": "v1", "kind": "Pod", "spec": typed::write(spec)});
    let filled = rules::defaults(&pod).and_then(|pod| typed::read(&pod["spec"]).ok());
    if let Some(filled) = filled {
        *spec = filled;
    }
}
