//! ConfigMaps and Secrets.
// upstream: pkg/apis/core/validation/validation.go

use podarium_api::object::{ConfigMapBody, SecretBody};
use serde_json::{Map, Value};

use super::Errors;

/// Neither holds more bytes than this.
const MOST: usize = 1024 * 1024;

const IMMUTABLE: &str = "field is immutable when `immutable` is set";

/// upstream: ValidateConfigMap
pub(super) fn config_map(body: &ConfigMapBody, errors: &mut Errors) {
    for key in body
        .data
        .keys()
        .filter(|k| body.binary_data.contains_key(*k))
    {
        errors.invalid(
            &format!("data[{key}]"),
            key.as_str(),
            "duplicate of key present in binaryData",
        );
    }
    let size = keys(&body.data, "data", errors) + keys(&body.binary_data, "binaryData", errors);
    if size > MOST {
        errors.too_long("", MOST);
    }
}

/// upstream: ValidateSecret
pub(super) fn secret(body: &SecretBody, errors: &mut Errors) {
    // Every four letters of base64 are three bytes.
    let size = keys(&body.data, "data", errors) / 4 * 3;
    if size > MOST {
        errors.too_long("data", MOST);
    }
    let needed: &[&str] = match body.type_.as_str() {
        "kubernetes.io/tls" => &["tls.crt", "tls.key"],
        "kubernetes.io/dockerconfigjson" => &[".dockerconfigjson"],
        "kubernetes.io/dockercfg" => &[".dockercfg"],
        "kubernetes.io/ssh-auth" => &["ssh-privatekey"],
        _ => &[],
    };
    for key in needed.iter().filter(|k| !body.data.contains_key(**k)) {
        errors.required(&format!("data[{key}]"), "");
    }
}

/// Checks keys, and adds up the sizes of what is under them.
fn keys(data: &Map<String, Value>, path: &str, errors: &mut Errors) -> usize {
    let mut size = 0;
    for (key, value) in data {
        errors.named(&format!("{path}[{key}]"), key, key_error);
        size += value.as_str().map_or(0, str::len);
    }
    size
}

/// upstream: staging/src/k8s.io/apimachinery/pkg/util/validation/validation.go IsConfigMapKey
fn key_error(key: &str) -> Option<String> {
    if key.len() > 253 {
        return Some("must be no more than 253 bytes".into());
    }
    let known = |b: u8| b.is_ascii_alphanumeric() || b"-._".contains(&b);
    if key.is_empty() || !key.bytes().all(known) {
        return Some(
            "a valid config key must consist of alphanumeric characters, '-', '_' or '.' (e.g. 'key.name',  or \
             'KEY_NAME',  or 'key-name', regex used for validation is '[-._a-zA-Z0-9]+')"
                .into(),
        );
    }
    match key {
        "." => Some("must not be '.'".into()),
        _ if key.starts_with("..") => Some("must not start with '..'".into()),
        _ => None,
    }
}

/// upstream: ValidateConfigMapUpdate
pub(super) fn config_map_update(new: &ConfigMapBody, old: &ConfigMapBody, errors: &mut Errors) {
    if old.immutable != Some(true) {
        return;
    }
    if new.immutable != Some(true) {
        errors.forbidden("immutable", IMMUTABLE);
    }
    if new.data != old.data {
        errors.forbidden("data", IMMUTABLE);
    }
    if new.binary_data != old.binary_data {
        errors.forbidden("binaryData", IMMUTABLE);
    }
}

/// upstream: ValidateSecretUpdate
pub(super) fn secret_update(new: &SecretBody, old: &SecretBody, errors: &mut Errors) {
    if new.type_ != old.type_ {
        errors.invalid("type", new.type_.as_str(), "field is immutable");
    }
    if old.immutable != Some(true) {
        return;
    }
    if new.immutable != Some(true) {
        errors.forbidden("immutable", IMMUTABLE);
    }
    if new.data != old.data {
        errors.forbidden("data", IMMUTABLE);
    }
}
