//! Defaults of Secrets.

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

/// Standard base64 with padding.
pub(in super::super) fn base64(bytes: &[u8]) -> String {
    const ALPHABET: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    let mut out = String::with_capacity(bytes.len().div_ceil(3) * 4);
    for chunk in bytes.chunks(3) {
        let byte = |i: usize| u32::from(chunk.get(i).copied().unwrap_or_default());
        let group = byte(0) << 16 | byte(1) << 8 | byte(2);
        for i in 0..4 {
            out.push(if i <= chunk.len() {
                char::from(ALPHABET[(group >> (18 - 6 * i)) as usize & 63])
            } else {
                '='
            });
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn base64_as_rfc_4648_has_it() {
        for (text, code) in [
            ("", ""),
            ("f", "Zg=="),
            ("fo", "Zm8="),
            ("foo", "Zm9v"),
            ("foob", "Zm9vYg=="),
            ("fooba", "Zm9vYmE="),
            ("foobar", "Zm9vYmFy"),
        ] {
            assert_eq!(base64(text.as_bytes()), code);
        }
    }

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
