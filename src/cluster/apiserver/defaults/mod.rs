//! Defaults: what a field that was not given is taken to be. One file per kind; those of kinds that nothing acts on are
//! the rules' to know.

mod config;
mod container;
mod endpoints;
mod node;
mod pod;
mod service;
mod template;
mod volume;
mod workload;

use std::collections::BTreeMap;
use std::sync::Arc;

use k8s_openapi::apimachinery::pkg::api::resource::Quantity as Raw;
use podarium_api::object::Object;
use podarium_api::quantity::Quantity;
use podarium_api::status::{Reason, Status};

use super::rules;

pub(super) use pod::{pod, qos_class};
pub(super) use podarium_api::hash::base64;

/// Fills in defaults. Pods are finished elsewhere, together with admission, because many of them share one spec.
///
/// # Errors
/// `BadRequest` for an object that is none any more with its defaults.
pub fn apply(object: &mut Object) -> Result<(), Status> {
    match object {
        Object::Deployment(o) => workload::deployment(&mut Arc::make_mut(o).body.spec),
        Object::ReplicaSet(o) => workload::replica_set(&mut Arc::make_mut(o).body.spec),
        Object::ReplicationController(o) => workload::replication_controller(Arc::make_mut(o)),
        Object::Service(o) => service::service(&mut Arc::make_mut(o).body),
        Object::Secret(o) => config::secret(&mut Arc::make_mut(o).body),
        Object::Namespace(o) => {
            let o = Arc::make_mut(o);
            // upstream: pkg/apis/core/v1/defaults.go SetDefaults_Namespace
            let name = o.meta.name.clone();
            o.meta.labels.insert("kubernetes.io/metadata.name", &name);
        }
        Object::Endpoints(o) => endpoints::endpoints(&mut Arc::make_mut(o).body),
        Object::EndpointSlice(o) => endpoints::slice(o),
        Object::Node(o) => node::node(&mut Arc::make_mut(o).body),
        Object::Pod(_) | Object::ConfigMap(_) | Object::ServiceAccount(_) | Object::Event(_) => {}
        // What a definition says was filled in when the object was read.
        Object::Other(kind, _) if kind.is_custom() => {}
        Object::Other(..) => {
            if let Some(filled) = rules::defaults(object) {
                *object = filled.map_err(|text| Status::new(Reason::BadRequest, text))?;
            }
            template::template(object)?;
        }
    }
    Ok(())
}

/// Gives a text that is missing or empty its default.
fn text(field: &mut Option<String>, default: &str) {
    if field.as_ref().is_none_or(String::is_empty) {
        *field = Some(default.into());
    }
}

/// Quantities as the API prints them again, whatever they were written as: `0.5` is `500m`, `1024Mi` is `1Gi`.
fn canonical(list: &mut Option<BTreeMap<String, Raw>>) {
    for quantity in list.iter_mut().flat_map(BTreeMap::values_mut) {
        canonical_one(quantity);
    }
}

fn canonical_one(quantity: &mut Raw) {
    if let Ok(read) = Quantity::parse(&quantity.0) {
        let text = read.to_string();
        if text != quantity.0 {
            quantity.0 = text;
        }
    }
}
