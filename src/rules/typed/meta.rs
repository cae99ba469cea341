//! Names, labels and annotations.
// upstream: staging/src/k8s.io/apimachinery/pkg/api/validation/objectmeta.go

use podarium_api::kinds::KindId;
use podarium_api::meta::{Labels, Meta};
use podarium_api::names::{
    dns1035_label_error, dns1123_label_error, dns1123_subdomain_error, label_value_error,
    qualified_name_error,
};
use podarium_api::object::Object;

use super::Errors;

/// All annotations of an object together may have so many bytes.
const MOST_ANNOTATIONS: usize = 256 * 1024;

pub(super) fn create(object: &Object, errors: &mut Errors) {
    let meta = object.meta();
    if let Some(prefix) = &meta.generate_name {
        // upstream: staging/src/k8s.io/apimachinery/pkg/api/validation/generic.go maskTrailingDash
        let masked = match prefix.strip_suffix('-') {
            Some(rest) if !rest.is_empty() => [rest, "a"].concat(),
            _ => prefix.to_string(),
        };
        if let Some(why) = name_error(object.kind(), &masked) {
            errors.invalid("metadata.generateName", &**prefix, &why);
        }
    }
    if meta.name.is_empty() {
        errors.required("metadata.name", "name or generateName is required");
    } else {
        errors.named("metadata.name", &meta.name, |name| {
            name_error(object.kind(), name)
        });
    }
    maps(meta, "metadata", errors);
}

/// Why an object of that kind cannot have this name.
///
/// upstream: the functions that strategies give to ValidateObjectMeta
fn name_error(kind: KindId, name: &str) -> Option<String> {
    match kind {
        KindId::NAMESPACE | KindId::STATEFUL_SET => dns1123_label_error(name),
        KindId::SERVICE => dns1035_label_error(name),
        // Of the last three the rules know more.
        KindId::ROLE
        | KindId::ROLE_BINDING
        | KindId::CLUSTER_ROLE
        | KindId::CLUSTER_ROLE_BINDING
        | KindId::CERTIFICATE_SIGNING_REQUEST
        | KindId::API_SERVICE
        | KindId::CLUSTER_TRUST_BUNDLE
        | KindId::IP_ADDRESS => path_segment_error(name),
        _ => dns1123_subdomain_error(name),
    }
}

/// upstream: staging/src/k8s.io/apimachinery/pkg/api/validation/path/name.go IsValidPathSegmentName
fn path_segment_error(name: &str) -> Option<String> {
    match name {
        "." | ".." => Some(format!("may not be '{name}'")),
        _ if name.contains('/') => Some("may not contain '/'".into()),
        _ if name.contains('%') => Some("may not contain '%'".into()),
        _ => None,
    }
}

/// Labels and annotations of an object or a template.
pub(super) fn maps(meta: &Meta, path: &str, errors: &mut Errors) {
    labels(&meta.labels, &format!("{path}.labels"), errors);
    annotations(&meta.annotations, &format!("{path}.annotations"), errors);
}

fn labels(labels: &Labels, path: &str, errors: &mut Errors) {
    pairs(labels.iter(), path, errors);
}

/// Pairs that must be labels.
pub(super) fn pairs<'a>(
    pairs: impl Iterator<Item = (&'a str, &'a str)>,
    path: &str,
    errors: &mut Errors,
) {
    for (key, value) in pairs {
        errors.named(path, key, qualified_name_error);
        errors.named(path, value, label_value_error);
    }
}

fn annotations(annotations: &Labels, path: &str, errors: &mut Errors) {
    let mut size = 0;
    for (key, value) in annotations.iter() {
        errors.named(path, key, |key| qualified_name_error(&key.to_lowercase()));
        size += key.len() + value.len();
    }
    if size > MOST_ANNOTATIONS {
        errors.too_long(path, MOST_ANNOTATIONS);
    }
}
