//! ConfigMaps and Secrets.
// upstream: pkg/apis/core/validation/validation.go

use crate::errors::Errors;
use crate::field::Field;
use crate::text::{base64, config_key_error};

/// Neither holds more bytes than this.
const MOST: usize = 1024 * 1024;
const FIXED: &str = "field is immutable when `immutable` is set";

/// upstream: ValidateConfigMap
pub fn config_map(map: &Field, errors: &mut Errors) {
    let (data, binary) = (map.get("data"), map.get("binaryData"));
    let mut size = 0;
    for (key, value) in data.entries() {
        key_error(key, &value, errors);
        if binary.key(key).is_set() {
            errors.invalid_as(&value, key, "duplicate of key present in binaryData");
        }
        size += value.text().len();
    }
    for (key, value) in binary.entries() {
        key_error(key, &value, errors);
        size += base64_len(value.text());
    }
    if size > MOST {
        errors.too_long(&map.called("[]"), MOST);
    }
}

fn key_error(key: &str, field: &Field, errors: &mut Errors) {
    if let Some(why) = config_key_error(key) {
        errors.invalid_as(field, key, &why);
    }
}

/// How many bytes a text in base64 stands for.
fn base64_len(text: &str) -> usize {
    text.trim_end_matches('=').len() * 3 / 4
}

/// upstream: ValidateConfigMapUpdate
pub fn config_map_update(new: &Field, old: &Field, errors: &mut Errors) {
    fixed(new, old, &["data", "binaryData"], errors);
    config_map(new, errors);
}

fn fixed(new: &Field, old: &Field, names: &[&str], errors: &mut Errors) {
    if !old.get("immutable").truth() {
        return;
    }
    if !new.get("immutable").truth() {
        errors.forbidden(&new.get("immutable"), FIXED);
    }
    for name in names {
        let (is, was) = (new.get(name), old.get(name));
        if is.value != was.value && !(is.is_empty() && was.is_empty()) {
            errors.forbidden(&is, FIXED);
        }
    }
}

/// upstream: ValidateSecret
pub fn secret(secret: &Field, errors: &mut Errors) {
    let data = secret.get("data");
    let mut size = 0;
    for (key, value) in data.entries() {
        key_error(key, &value, errors);
        size += base64_len(value.text());
    }
    if size > MOST {
        errors.too_long(&data, MOST);
    }
    let mut needed = |keys: &[&str]| {
        for key in keys.iter().filter(|key| !data.key(key).is_set()) {
            errors.required(&data.key(key), "");
        }
    };
    match secret.get("type").text() {
        "kubernetes.io/service-account-token" => {
            let annotations = secret.at("metadata.annotations");
            let name = annotations.key("kubernetes.io/service-account.name");
            errors.needed(&name);
        }
        "kubernetes.io/dockercfg" => json(&data.key(".dockercfg"), errors),
        "kubernetes.io/dockerconfigjson" => json(&data.key(".dockerconfigjson"), errors),
        "kubernetes.io/basic-auth" => {
            let keys = ["username", "password"];
            if !keys.iter().any(|key| data.key(key).is_set()) {
                needed(&keys);
            }
        }
        "kubernetes.io/ssh-auth" => drop(errors.needed(&data.key("ssh-privatekey"))),
        "kubernetes.io/tls" => needed(&["tls.crt", "tls.key"]),
        _ => {}
    }
}

/// What is under a key must be an object in JSON.
fn json(value: &Field, errors: &mut Errors) {
    if !value.is_set() {
        return errors.required(value, "");
    }
    if let Some(why) = json_error(&base64(value.text())) {
        errors.invalid_as(value, "<secret contents redacted>", &why);
    }
}

/// What Go says of bytes that are no object in JSON. upstream: encoding/json scanner.go, decode.go
fn json_error(bytes: &[u8]) -> Option<String> {
    match podarium_api::typed::parse(bytes) {
        Ok(value) if value.is_object() || value.is_null() => None,
        Ok(value) => Some(format!(
            "json: cannot unmarshal {} into Go value of type map[string]interface {{}}",
            podarium_api::decode::word(&value)
        )),
        Err(error) => {
            let text = error.to_string();
            let mut lines = bytes.split(|b| *b == b'\n');
            let line = lines.nth(error.line().saturating_sub(1));
            let at = line.and_then(|line| line.get(error.column().checked_sub(1)?));
            Some(match at {
                Some(byte) if !text.starts_with("EOF") => {
                    let place = match text.as_str() {
                        t if t.starts_with("key must be") => {
                            "looking for beginning of object key string"
                        }
                        t if t.starts_with("expected `:`") => "after object key",
                        t if t.starts_with("expected `,` or `}`") => "after object key:value pair",
                        t if t.starts_with("expected `,` or `]`") => "after array element",
                        t if t.starts_with("trailing characters") => "after top-level value",
                        _ => "looking for beginning of value",
                    };
                    format!("invalid character {:?} {place}", char::from(*byte))
                }
                _ => "unexpected end of JSON input".into(),
            })
        }
    }
}

/// upstream: ValidateSecretUpdate
pub fn secret_update(new: &Field, old: &Field, errors: &mut Errors) {
    errors.immutable(&new.get("type"), &old.get("type"));
    fixed(new, old, &["data"], errors);
    secret(new, errors);
}
