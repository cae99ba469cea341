//! How an apply is refused for what others own.
// upstream: apimachinery/pkg/util/managedfields/internal/conflict.go NewConflictError

use podarium_api::sort;
use serde_json::{Value, json};

use super::entries::Entry;
use super::set::paths;
use super::update::Conflict;

/// `{message, causes}` of the conflicts.
pub fn status(mut conflicts: Vec<Conflict>) -> Value {
    sort::by_key(&mut conflicts, |conflict| {
        let with = &conflict.with;
        (with.manager.clone(), with.applied, with.subresource.clone())
    });
    let all: Vec<(String, Vec<String>)> = conflicts
        .iter()
        .map(|conflict| (spelled(&conflict.with), paths(&conflict.fields)))
        .collect();
    let count: usize = all.iter().map(|(_, paths)| paths.len()).sum();
    let causes: Vec<Value> = all
        .iter()
        .flat_map(|(with, paths)| {
            let cause = move |path: &String| {
                json!({
                    "reason": "FieldManagerConflict", "message": format!("conflict with {with}"), "field": path,
                })
            };
            paths.iter().map(cause)
        })
        .collect();
    let message = match all.as_slice() {
        [(with, paths)] if count == 1 => {
            format!(
                "Apply failed with 1 conflict: conflict with {with}: {}",
                paths[0]
            )
        }
        all => {
            let mut lines = Vec::new();
            for (with, paths) in all {
                lines.push(format!("conflicts with {with}:"));
                lines.extend(paths.iter().map(|path| ["- ", path].concat()));
            }
            format!("Apply failed with {count} conflicts: {}", lines.join("\n"))
        }
    };
    json!({"reason": "Conflict", "message": message, "causes": causes})
}

// upstream: conflict.go printManager; identifiers carry no time
fn spelled(entry: &Entry) -> String {
    let mut out = format!("{:?}", entry.manager);
    if !entry.subresource.is_empty() {
        out.push_str(&format!(" with subresource {:?}", entry.subresource));
    }
    if !entry.applied {
        out.push_str(&[" using ", &entry.api_version].concat());
    }
    out
}
