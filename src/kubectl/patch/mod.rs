//! Making the patch that an apply sends.

mod diff;
mod merge;

use podarium_api::schema::Type;
use serde_json::{Map, Value};

/// The strategic merge patch that brings `current` to `modified`, and removes from it what was `original` and no longer
/// is; without a type, a plain merge patch.
// upstream: staging/src/k8s.io/apimachinery/pkg/util/strategicpatch/patch.go CreateThreeWayMergePatch;
// staging/src/k8s.io/apimachinery/pkg/util/jsonmergepatch/patch.go CreateThreeWayJSONMergePatch
pub fn three_way(
    original: &Value,
    modified: &Value,
    current: &Value,
    owner: Option<&Type>,
) -> Value {
    let none = Map::new();
    let fields = |value: &'_ Value| value.as_object().cloned().unwrap_or_default();
    let (modified, current) = (fields(modified), fields(current));
    let original = original.as_object().unwrap_or(&none);
    let changes = diff::maps(&current, &modified, owner, diff::Keep::Additions, false);
    let deletions = diff::maps(original, &modified, owner, diff::Keep::Deletions, false);
    Value::Object(merge::patches(deletions, changes, owner))
}
