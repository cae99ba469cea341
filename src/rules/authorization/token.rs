//! JSON Web Tokens, signed with what only this cluster knows.
// upstream: pkg/serviceaccount/jwt.go; RFC 7515, RFC 7518 section 3.2

use podarium_api::hash::base64;
use podarium_api::sha256::sha256;
use serde_json::{Value, json};

/// A token with these claims.
pub fn issue(claims: &Value, key: &str) -> String {
    let header = json!({"alg": "HS256", "kid": code(&sign("", key))});
    let signed = [header, claims.clone()].map(|part| code(part.to_string().as_bytes()));
    let signed = signed.join(".");
    let signature = code(&sign(&signed, key));
    format!("{signed}.{signature}")
}

/// The claims of a token; none for one that was not issued with this key.
pub fn read(token: &str, key: &str) -> Option<Value> {
    let (signed, signature) = token.rsplit_once('.')?;
    let right = code(&sign(signed, key));
    // All bytes are looked at, so that how long it takes says nothing of the right one.
    let differ = right.bytes().zip(signature.bytes());
    let differ = differ.fold(0, |sum, (a, b)| sum | (a ^ b));
    let claims = decode(signed.split_once('.')?.1)?;
    let good = differ == 0 && right.len() == signature.len();
    good.then(|| podarium_api::typed::parse(&claims).ok())?
}

/// base64url without padding.
fn code(bytes: &[u8]) -> String {
    let text = base64(bytes);
    text.trim_end_matches('=')
        .replace('+', "-")
        .replace('/', "_")
}

fn decode(text: &str) -> Option<Vec<u8>> {
    let known = |b: u8| b.is_ascii_alphanumeric() || matches!(b, b'-' | b'_');
    let text = text.bytes().all(known).then_some(text)?;
    Some(crate::text::base64(
        &text.replace('-', "+").replace('_', "/"),
    ))
}

fn sign(text: &str, key: &str) -> [u8; 32] {
    hmac(text, &sha256(key.as_bytes()))
}

/// RFC 2104 with SHA-256.
fn hmac(text: &str, key: &[u8; 32]) -> [u8; 32] {
    let padded = |pad: u8| {
        let mut block = [pad; 64];
        block.iter_mut().zip(key).for_each(|(b, k)| *b ^= k);
        block
    };
    let inner = sha256(&[&padded(0x36)[..], text.as_bytes()].concat());
    sha256(&[&padded(0x5c)[..], &inner].concat())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_token_is_read_with_the_key_that_it_was_issued_with() {
        let claims = json!({"sub": "system:serviceaccount:shop:bär?>", "exp": 1});
        let token = issue(&claims, "7");
        assert_eq!(token.split('.').count(), 3);
        assert!(token.starts_with("eyJ"), "{token}");
        assert!(!token.contains(['+', '/', '=']));
        assert_eq!(read(&token, "7"), Some(claims.clone()));
        assert_eq!(issue(&claims, "7"), token);
        for (wrong, key) in [
            (token.clone(), "8"),
            (format!("{token}A"), "7"),
            (token[..token.len() - 1].into(), "7"),
            (token.replacen("eyJ", "eyK", 2), "7"),
            (String::new(), "7"),
            ("a.b.c".into(), "7"),
        ] {
            assert_eq!(read(&wrong, key), None);
        }
    }

    #[test]
    fn signatures_are_hmac_sha256() {
        // RFC 4231, section 4.2
        let mut key = [0; 32];
        key[..20].fill(0x0b);
        let hex = hmac("Hi There", &key).map(|b| format!("{b:02x}")).concat();
        assert_eq!(
            hex,
            "b0344c61d8db38535ca8afceaf0bf12b881dc200c9833da726e9376c2e32cff7"
        );
    }
}
