//! The annotation of client-side apply, where server-side apply takes over from it.
// upstream: apimachinery/pkg/util/managedfields/internal/lastappliedmanager.go, lastappliedupdater.go

use serde_json::{Map, Value};

use super::compare::compare;
use super::fields::fields;
use super::set::{Set, difference, union};
use super::shape::Spot;

const ANNOTATION: &str = "kubectl.kubernetes.io/last-applied-configuration";
/// upstream: apimachinery/pkg/api/validation/objectmeta.go TotalAnnotationSizeLimitB
const MOST: usize = 256 * 1024;

/// What was applied by the client and is still so: the same person may take it over.
// upstream: lastappliedmanager.go allowedConflictsFromLastApplied
pub fn allowed(spot: Spot, api_version: &str, live: &Value) -> Option<Set> {
    let text = live["metadata"]["annotations"][ANNOTATION].as_str()?;
    let last = podarium_api::typed::parse(text.as_bytes()).ok()?;
    if last["apiVersion"] != api_version || !super::check::check(spot, &last, false).is_empty() {
        return None;
    }
    let changes = compare(spot, &last, live);
    let changed = union(&changes.written(), &changes.removed);
    Some(difference(&fields(spot, &last), &changed))
}

/// Lets the annotation say what was applied by the server, where there is one.
pub fn update(object: &mut Value, applied: &Value) {
    let Some(Value::Object(annotations)) = object["metadata"].get_mut("annotations") else {
        return;
    };
    if !annotations.contains_key(ANNOTATION) {
        return;
    }
    let mut applied = applied.clone();
    if let Some(Value::Object(given)) = applied["metadata"].get_mut("annotations") {
        given.remove(ANNOTATION);
    }
    let text = format!("{applied}\n");
    let size = |all: &Map<String, Value>| -> usize {
        let each = all
            .iter()
            .map(|(k, v)| k.len() + v.as_str().map_or(0, str::len));
        each.sum()
    };
    annotations.insert(ANNOTATION.into(), text.into());
    if size(annotations) > MOST {
        annotations.remove(ANNOTATION);
    }
}
