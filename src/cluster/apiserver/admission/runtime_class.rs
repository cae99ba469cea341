//! RuntimeClass: what a container runtime costs, and which nodes have it.

use podarium_api::kinds::KindId;
use podarium_api::object::{Key, Object};
use serde_json::json;

use super::{CREATE, Plugin, revise};
use crate::doc::Doc;

pub(super) static PLUGIN: Plugin = Plugin {
    doc: Doc {
        name: "RuntimeClass",
        sentence: "Gives pods of a RuntimeClass its overhead, and sends them to the nodes that have it.",
        upstream: "plugin/pkg/admission/runtimeclass/admission.go",
        docs: "reference/access-authn-authz/admission-controllers/#runtimeclass",
        acts_on: &[
            "Pod.spec.runtimeClassName",
            "Pod.spec.overhead",
            "RuntimeClass.overhead.**",
            "RuntimeClass.scheduling.**",
        ],
    },
    on: &[(Some(KindId::POD), CREATE)],
    shared: true,
    admit: Some(|world, attributes, object| {
        let Object::Pod(pod) = &*object else {
            return Ok(());
        };
        let spec = &pod.body.spec;
        if spec.runtime_class_name.is_none() && spec.overhead.is_none() {
            return Ok(());
        }
        let class = spec.runtime_class_name.as_deref().map(|name| {
            let key = Key::new(KindId::RUNTIME_CLASS, "", name);
            world.store().get(&key).map(Object::to_value)
        });
        revise(attributes, object, "RuntimeClass", json!(class.flatten()))
    }),
    validate: None,
};
