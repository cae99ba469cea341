//! Which of a certificate request's conditions a write may change: those that approve or deny have a path of their own.
// upstream: pkg/registry/certificates/certificates/strategy.go csrStatusStrategy, csrApprovalStrategy

use std::sync::Arc;

use podarium_api::object::Object;
use podarium_api::status::Status;
use serde_json::{Value, json};

use super::read;
use super::router::Place;
use crate::world::World;

/// Puts back of a request's status what the path does not change, and says when conditions came.
pub fn settle(world: &World, place: &Place, object: &mut Object) -> Result<(), Status> {
    let old = read::stored(world, place)?.to_value();
    let Object::Other(_, object) = object else {
        return Ok(());
    };
    let now = Value::from(world.now().to_rfc3339());
    let status = Arc::make_mut(object)
        .body
        .entry("status")
        .or_insert_with(|| json!({}));
    let list = |status: &Value| status["conditions"].as_array().cloned().unwrap_or_default();
    let decides = |c: &Value| c["type"] == "Approved" || c["type"] == "Denied";
    let mut conditions = list(status);
    if place.sub == "approval" {
        *status = old["status"].clone();
        if status.is_null() {
            *status = json!({});
        }
    } else {
        // upstream: preserveConditionInstances
        conditions.retain(|c| !decides(c));
        conditions.extend(list(&old["status"]).into_iter().filter(decides));
    }
    // upstream: populateConditionTimestamps
    let before = list(&old["status"]);
    for condition in &mut conditions {
        if condition["lastUpdateTime"].is_null() {
            condition["lastUpdateTime"] = now.clone();
        }
        if condition["lastTransitionTime"].is_null() {
            let same =
                |c: &&Value| c["type"] == condition["type"] && c["status"] == condition["status"];
            let since = before
                .iter()
                .find(same)
                .map(|c| c["lastTransitionTime"].clone());
            condition["lastTransitionTime"] = since
                .filter(|t| !t.is_null())
                .unwrap_or_else(|| now.clone());
        }
    }
    if let Value::Object(status) = status {
        status.remove("conditions");
        if !conditions.is_empty() {
            status.insert("conditions".into(), conditions.into());
        }
    }
    Ok(())
}
