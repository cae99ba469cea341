//! The file that tells kubectl where the cluster is.

use std::fs;
use std::path::Path;

use podarium_api::yaml::{read, to_yaml};
use serde_json::{Value, json};

const NAME: &str = "podarium";

/// Writes a kubeconfig for the server at `url`.
///
/// # Errors
/// A sentence: the file holds other clusters, or cannot be written.
pub fn write(path: &Path, url: &str, token: Option<&str>) -> Result<(), String> {
    let shown = path.display();
    match fs::read_to_string(path) {
        Ok(text) if !is_ours(&text) => {
            return Err(format!(
                "{shown} is a kubeconfig of other clusters: name a file of its own"
            ));
        }
        _ => {}
    }
    fs::write(path, to_yaml(&config(url, token))).map_err(|e| format!("{shown}: {e}"))
}

fn is_ours(text: &str) -> bool {
    let (documents, errors) = read(text);
    let named = |document: &Value, list: &str| {
        let items = document[list].as_array().map_or(&[][..], Vec::as_slice);
        items.iter().all(|item| item["name"] == NAME)
    };
    let ours = |document: &Value| {
        ["clusters", "contexts", "users"]
            .iter()
            .all(|list| named(document, list))
    };
    errors.is_empty() && documents.iter().all(|document| ours(&document.value))
}

fn config(url: &str, token: Option<&str>) -> Value {
    let user = token.map_or_else(|| json!({}), |token| json!({"token": token}));
    json!({
        "apiVersion": "v1", "kind": "Config", "current-context": NAME,
        "clusters": [{"name": NAME, "cluster": {"server": url}}],
        "contexts": [{"name": NAME, "context": {"cluster": NAME, "user": NAME}}],
        "users": [{"name": NAME, "user": user}],
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_of_other_clusters_is_left_alone() {
        let path = std::env::temp_dir().join(format!("podarium-kubeconfig-{}", std::process::id()));
        write(&path, "http://127.0.0.1:1", None).unwrap();
        write(&path, "http://127.0.0.1:2", Some("t")).unwrap();
        let text = fs::read_to_string(&path).unwrap();
        assert!(
            text.contains("http://127.0.0.1:2") && text.contains("token: t"),
            "{text}"
        );
        let other = text.replace("name: podarium", "name: production");
        fs::write(&path, &other).unwrap();
        assert!(write(&path, "http://127.0.0.1:3", None).is_err());
        assert_eq!(fs::read_to_string(&path).unwrap(), other);
        fs::remove_file(&path).unwrap();
    }
}
