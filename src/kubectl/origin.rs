//! Where a request came from, for "why?".

use std::sync::Arc;

use podarium_api::decode::Manifest;
use podarium_cluster::Origin;
use serde_json::Value;

/// The origin of a request that a command makes; with the lines of its manifest, if it has one.
pub fn origin(command: &str, manifest: Option<&Manifest>) -> Arc<Origin> {
    let mut lines = Vec::new();
    if let Some(manifest) = manifest {
        walk(manifest, &manifest.value, &mut Vec::new(), "", &mut lines);
    }
    Arc::new(Origin {
        command: command.into(),
        source: manifest.map_or_else(|| "".into(), |m| m.source.clone()),
        lines,
    })
}

fn walk(
    manifest: &Manifest,
    value: &Value,
    path: &mut Vec<String>,
    spelled: &str,
    lines: &mut Vec<(String, u32)>,
) {
    if !spelled.is_empty() {
        let segments: Vec<&str> = path.iter().map(String::as_str).collect();
        if let Some(place) = manifest.positions.exact(&segments) {
            lines.push((spelled.to_owned(), place.at.line));
        }
    }
    match value {
        Value::Object(fields) => {
            for (name, value) in fields {
                let spelled = if name.contains(['.', '/']) {
                    format!("{spelled}[{name}]")
                } else if spelled.is_empty() {
                    name.clone()
                } else {
                    format!("{spelled}.{name}")
                };
                path.push(name.clone());
                walk(manifest, value, path, &spelled, lines);
                path.pop();
            }
        }
        Value::Array(items) => {
            for (i, item) in items.iter().enumerate() {
                path.push(i.to_string());
                walk(manifest, item, path, &format!("{spelled}[{i}]"), lines);
                path.pop();
            }
        }
        _ => {}
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_field_has_its_line() {
        let text = "apiVersion: v1\nkind: Pod\nmetadata:\n  name: web\n  labels: {a.b/c: d}\nspec:\n  containers:\n  - name: a\n    image: x\n";
        let decoded = podarium_api::decode::decode("web.yaml", text);
        let origin = origin("kubectl apply -f web.yaml", decoded.manifests.first());
        for (path, line) in [
            ("metadata.name", 4),
            ("metadata.labels[a.b/c]", 5),
            ("spec", 6),
            ("spec.containers[0].image", 9),
            ("spec.containers[0].ports", 8),
        ] {
            assert_eq!(origin.line_of(path), Some(line), "{path}");
        }
    }
}
