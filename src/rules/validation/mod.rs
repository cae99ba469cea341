//! Validation: what is refused, in upstream's words. One file per group of kinds.

pub mod addresses;
pub mod api_service;
pub mod apps;
pub mod authorization;
pub mod autoscaling;
pub mod certificates;
pub mod claim;
pub mod config;
pub mod coordination;
pub mod cron_job;
pub mod csi;
pub mod definition;
pub mod endpoints;
pub mod event;
pub mod flowcontrol;
pub mod ingress;
pub mod job;
mod job_policies;
pub mod limits;
mod meta;
pub mod namespace;
pub mod network_policy;
pub mod node;
pub mod nodes;
pub mod pod;
pub mod policies;
pub mod policy;
pub mod priority_level;
pub mod rbac;
pub mod resource;
mod schedule;
pub mod scheduling;
mod schema;
pub mod service;
pub mod storage;
pub mod storage_migration;
mod structural;
pub mod volume;
mod volume_sources;
pub mod webhooks;
pub mod workload;

use serde_json::Value;

use crate::errors::Errors;
use crate::field::Field;
use crate::kinds;

/// What is wrong with a new object that carries its `apiVersion` and `kind`.
pub fn create(object: &Value) -> Errors {
    let mut errors = Errors::default();
    let field = Field::root(object);
    meta::create(&field, &mut errors);
    (kinds::row(object).create)(&field, &mut errors);
    errors
}

/// What is wrong with an object that is to take the place of `old`.
pub fn update(object: &Value, old: &Value) -> Errors {
    let mut errors = Errors::default();
    let (new, old) = (Field::root(object), Field::root(old));
    meta::update(&new, &old, &mut errors);
    (kinds::row(object).update)(&new, &old, &mut errors);
    errors
}

/// What is wrong with a pod that a subresource changed, apart from its metadata.
pub fn pod(pod: &Value) -> Errors {
    let mut errors = Errors::default();
    pod::whole(&Field::root(pod), &mut errors);
    errors
}

/// Whether two objects differ in a field below this one that is not among the `free` ones.
fn differs(new: &Field, old: &Field, free: &[&str]) -> bool {
    let fixed = |field: &Field| -> Vec<(String, Value)> {
        let fields = field.value.as_object().into_iter().flatten();
        let fixed = fields.filter(|(name, _)| !free.contains(&name.as_str()));
        fixed.map(|(n, v)| (n.clone(), v.clone())).collect()
    };
    fixed(new) != fixed(old)
}
