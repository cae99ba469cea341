//! The hashes and the alphabets behind generated names and texts: FNV-1a, `SafeEncodeString`, base64.

/// The characters of generated names: no vowels and no look-alikes, so that no bad word and no wrong reading comes out.
// upstream: apimachinery/pkg/util/rand/rand.go alphanums
pub const SAFE_ALPHABET: &[u8; 27] = b"bcdfghjklmnpqrstvwxz2456789";

/// FNV-1a over 32 bits, fed piece by piece. It is an [`std::io::Write`], so an encoder can write straight into it.
#[derive(Clone, Copy, Debug)]
pub struct Fnv32a(u32);

impl Fnv32a {
    /// The hash of nothing.
    pub fn new() -> Fnv32a {
        Fnv32a(0x811c_9dc5)
    }

    /// Adds bytes.
    pub fn update(&mut self, bytes: &[u8]) {
        for byte in bytes {
            self.0 = (self.0 ^ u32::from(*byte)).wrapping_mul(0x0100_0193);
        }
    }

    /// The hash of all bytes so far.
    pub fn sum(self) -> u32 {
        self.0
    }
}

impl Default for Fnv32a {
    fn default() -> Self {
        Fnv32a::new()
    }
}

impl std::io::Write for Fnv32a {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        self.update(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}

/// FNV-1a over 32 bits of one piece.
pub fn fnv32a(bytes: &[u8]) -> u32 {
    let mut hash = Fnv32a::new();
    hash.update(bytes);
    hash.sum()
}

/// Spells any text in [`SAFE_ALPHABET`], byte by byte.
// upstream: apimachinery/pkg/util/rand/rand.go SafeEncodeString
pub fn safe_encode_string(text: &str) -> String {
    text.bytes()
        .map(|byte| char::from(SAFE_ALPHABET[usize::from(byte) % SAFE_ALPHABET.len()]))
        .collect()
}

/// The value of the label `pod-template-hash` for a template's encoding. `collisions` is the owner's
/// `status.collisionCount`, which makes a new name when two templates hash alike.
///
/// Upstream hashes its in-memory dump of the template, which nothing outside Go can reproduce; the form of the result is
/// the same, its value is not.
// upstream: pkg/controller/controller_utils.go ComputeHash
pub fn template_hash(template: &[u8], collisions: Option<i32>) -> String {
    let mut hash = Fnv32a::new();
    hash.update(template);
    if let Some(count) = collisions {
        hash.update(&i64::from(count).to_le_bytes());
    }
    safe_encode_string(&hash.sum().to_string())
}

/// Standard base64 with padding.
pub fn base64(bytes: &[u8]) -> String {
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

    #[test]
    fn fnv_vectors() {
        // From the algorithm's own reference list (draft-eastlake-fnv, section 6).
        for (text, want) in [
            ("", 0x811c_9dc5),
            ("a", 0xe40c_292c),
            ("foobar", 0xbf9c_f968),
        ] {
            assert_eq!(fnv32a(text.as_bytes()), want, "{text:?}");
        }
    }

    #[test]
    fn safe_encoding_as_upstream() {
        // Digits, of which the hashes consist, map one to one.
        assert_eq!(safe_encode_string("0123456789"), "456789bcdf");
        assert_eq!(safe_encode_string(""), "");
    }

    #[test]
    fn template_hashes_differ_by_content_and_by_collision() {
        let plain = template_hash(b"{}", None);
        assert!(plain.bytes().all(|b| SAFE_ALPHABET.contains(&b)));
        assert_ne!(plain, template_hash(b"{ }", None));
        assert_ne!(plain, template_hash(b"{}", Some(1)));
        assert_ne!(template_hash(b"{}", Some(0)), template_hash(b"{}", Some(1)));
    }

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
}
