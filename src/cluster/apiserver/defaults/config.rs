//! Defaults of Secrets.

use podarium_api::hash::base64;
use podarium_api::object::SecretBody;
use serde_json::Value;

/// Texts become bytes, and the type is `Opaque`.
///
/// upstream: pkg/apis/core/v1/defaults.go SetDefaults_Secret; conversion.go Convert_v1_Secret_To_core_Secret
pub(super) fn secret(body: &mut SecretBody) {
    if body.type_.is_empty() {
        body.type_ = "Opaque".into();
    }
    for (key, text) in std::mem::take(&mut body.string_data) {
        let bytes = text.as_str().unwrap_or_default().as_bytes();
        body.data.insert(key, Value::String(base64(bytes)));
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn string_data_wins_over_data_and_is_never_printed() {
        let mut body: SecretBody = serde_json::from_value(
            json!({"data": {"a": "b2xk", "b": "Yg=="}, "stringData": {"a": "new"}}),
        )
        .unwrap();
        secret(&mut body);
        assert_eq!(
            serde_json::to_value(&body).unwrap(),
            json!({"data": {"a": "bmV3", "b": "Yg=="}, "type": "Opaque"})
        );
    }
}
