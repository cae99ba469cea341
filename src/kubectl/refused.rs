//! What of a text never reaches the server.

use podarium_api::decode::{Decoded, Severity};

/// Errors in a text that keep documents from being sent, each as a line that names the place. What the server itself will
/// refuse, with a sentence of its own, is not among them.
pub fn refused(source: &str, decoded: &Decoded) -> Vec<String> {
    let errors = decoded.problems.iter().filter(|p| {
        let sent = decoded.manifests.iter().any(|m| m.document == p.document);
        // A document goes to the server without a field that it needs, and with nothing else wrong.
        p.severity == Severity::Error && !(sent && p.message.contains(": Required value"))
    });
    errors
        .map(|p| {
            let place = format!("{source}:{}:{}", p.line, p.column);
            let hint = if p.message.starts_with("no matches for kind") {
                "\nensure CRDs are installed first"
            } else {
                ""
            };
            format!("error: {place}: {}{hint}", p.message)
        })
        .collect()
}
