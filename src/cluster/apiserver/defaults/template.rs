//! Pod templates inside of kinds that the rules look after.

use std::sync::Arc;

use k8s_openapi::api::core::v1::PodTemplateSpec;
use podarium_api::kinds::KindId;
use podarium_api::object::Object;
use podarium_api::status::{Reason, Status};
use podarium_api::typed;
use serde_json::Value;

/// Where the template is, by kind.
const PLACES: [(KindId, &[&str]); 5] = [
    (
        KindId::CRON_JOB,
        &["spec", "jobTemplate", "spec", "template"],
    ),
    (KindId::DAEMON_SET, &["spec", "template"]),
    (KindId::JOB, &["spec", "template"]),
    (KindId::POD_TEMPLATE, &["template"]),
    (KindId::STATEFUL_SET, &["spec", "template"]),
];

/// Fills in the defaults of an object's pod template, if it has one.
///
/// # Errors
/// `BadRequest` for a template that cannot be read.
pub(super) fn template(object: &mut Object) -> Result<(), Status> {
    let Object::Other(kind, object) = object else {
        return Ok(());
    };
    let Some((_, [first, rest @ ..])) = PLACES.iter().find(|(k, _)| k == kind) else {
        return Ok(());
    };
    let first = Arc::make_mut(object).body.get_mut(*first);
    let found = rest.iter().fold(first, |value, name| value?.get_mut(*name));
    let Some(value) = found.filter(|v| v.is_object()) else {
        return Ok(());
    };
    let read = typed::read(value);
    let mut template: PodTemplateSpec =
        read.map_err(|why| Status::new(Reason::BadRequest, why.to_string()))?;
    super::pod::template(template.spec.get_or_insert_default());
    let written = typed::write(&template);
    if let (Value::Object(to), Value::Object(from)) = (value, written) {
        *to = from;
    }
    Ok(())
}
