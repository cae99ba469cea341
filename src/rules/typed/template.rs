//! Pod templates inside of kinds that the rules look after.

use k8s_openapi::api::core::v1::{PodTemplateSpec, Volume};
use podarium_api::status::Cause;
use podarium_api::typed;
use serde_json::{Map, Value};

use super::{Errors, meta, pod};

/// What is wrong with the pod template at a path in the fields of an object, as `spec.jobTemplate.spec.template`.
///
/// upstream: pkg/apis/core/validation/validation.go ValidatePodTemplateSpec
pub(super) fn causes(fields: &Map<String, Value>, path: &str) -> Vec<Cause> {
    let mut errors = Errors::default();
    let mut names = path.split('.');
    let first = names.next().and_then(|name| fields.get(name));
    let value = names.fold(first, |value, name| value?.get(name));
    let value = value.cloned().unwrap_or_else(|| Map::new().into());
    let mut template: PodTemplateSpec = match typed::read(&value) {
        Ok(template) => template,
        Err(why) => {
            errors.invalid(path, value, &why.to_string());
            return errors.0;
        }
    };
    let labels = template.metadata.as_ref().and_then(|m| m.labels.as_ref());
    let pairs = labels.into_iter().flatten();
    let pairs = pairs.map(|(k, v)| (k.as_str(), v.as_str()));
    meta::pairs(pairs, &format!("{path}.labels"), &mut errors);
    let spec = template.spec.get_or_insert_default();
    // upstream: pkg/apis/apps/validation/validation.go ValidateStatefulSetSpec: claims are volumes of their pods.
    let claims = fields.get("spec").map(|spec| &spec["volumeClaimTemplates"]);
    for claim in claims.and_then(Value::as_array).into_iter().flatten() {
        let name = claim["metadata"]["name"].as_str().unwrap_or_default();
        let volumes = spec.volumes.get_or_insert_default();
        if volumes.iter().all(|volume| volume.name != name) {
            volumes.push(Volume {
                name: name.into(),
                empty_dir: Some(Default::default()),
                ..Volume::default()
            });
        }
    }
    pod::spec(spec, &format!("{path}.spec"), &mut errors);
    errors.0
}
