//! Regular expressions of schemas.

use regex_lite::Regex;

/// A pattern, ready to be asked; none where it names classes of Unicode, of which there are no tables here: it is taken to
/// fit everything.
///
/// # Errors
/// What is wrong with it.
pub fn compile(pattern: &str) -> Result<Option<Regex>, String> {
    if pattern.contains("\\p") || pattern.contains("\\P") {
        return Ok(None);
    }
    let compiled = Regex::new(pattern);
    compiled.map(Some).map_err(|why| why.to_string())
}

/// Whether some part of a text fits.
pub fn matches(pattern: &str, text: &str) -> bool {
    match compile(pattern) {
        Ok(Some(regex)) => regex.is_match(text),
        // A pattern that is none is refused with its definition.
        _ => true,
    }
}
