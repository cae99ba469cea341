//! What is done to pods by way of their subresources: binding, and the parts of the spec that may change alone.

use std::sync::Arc;

use k8s_openapi::api::core::v1::PodSpec;
use podarium_api::kinds::KindId;
use podarium_api::meta::Meta;
use podarium_api::object::{Key, Object};
use podarium_api::pod::{Pod, PodBody};
use podarium_api::status::{Cause, Status};
use podarium_api::typed;

use super::admission::{Attributes, Operation};
use super::qos::qos_class;
use super::{authorization, defaults, rules, validation, verbs};
use crate::sim::{Actor, Verb, Why};
use crate::world::World;

impl World {
    /// Binds a pod to a node, as the scheduler does.
    ///
    /// # Errors
    /// `NotFound`, `Conflict` for a pod that cannot be bound any more, `Forbidden`.
    pub fn bind(
        &mut self,
        actor: &Actor,
        namespace: &str,
        name: &str,
        node: &str,
        why: Why,
    ) -> Result<Arc<Pod>, Status> {
        self.bind_as(actor, &Meta::new(namespace, name), node, why)
    }

    /// [`World::bind`] as a Binding of this metadata asks: the pod gets its labels and annotations, and must have its uid and
    /// revision, where it says any.
    // upstream: pkg/registry/core/pod/storage/storage.go BindingREST.setPodNodeAndMetadata
    pub fn bind_as(
        &mut self,
        actor: &Actor,
        binding: &Meta,
        node: &str,
        why: Why,
    ) -> Result<Arc<Pod>, Status> {
        let key = Key::new(KindId::POD, &binding.namespace, &binding.name);
        authorization::component(self, actor, "create", &key, "binding")?;
        let name = &*binding.name;
        let Some(pod) = self
            .store
            .find::<PodBody>(&binding.namespace, name)
            .cloned()
        else {
            return Err(Status::not_found("", "pods", name));
        };
        let attributes = Attributes::new(Operation::Create, actor, None).at("binding");
        self.admit(attributes, &mut Object::Pod(pod.clone()))?;
        let mut bound = pod.as_ref().clone();
        let key = Key {
            kind: KindId::POD,
            namespace: bound.meta.namespace.clone(),
            name: bound.meta.name.clone(),
        };
        if binding.uid != Default::default() && binding.uid != pod.meta.uid {
            let text = verbs::wrong_uid(&key, binding.uid, &pod.meta.uid.to_string());
            return Err(Status::conflict("", "pods", name, &text));
        }
        let conflict = |text: String| Err(Status::conflict("", "pods/binding", name, &text));
        if pod.meta.is_terminating() {
            return conflict(format!(
                "pod {name} is being deleted, cannot be assigned to a host"
            ));
        }
        if let Some(already) = &pod.body.node_name {
            return conflict(format!(
                "pod {name} is already assigned to node {already:?}"
            ));
        }
        let gates = &pod.body.spec.scheduling_gates;
        if gates.as_ref().is_some_and(|gates| !gates.is_empty()) {
            return conflict(format!("pod {name} has non-empty .spec.schedulingGates"));
        }
        for (key, value) in binding.annotations.iter() {
            bound.meta.annotations.insert(key, value);
        }
        for (key, value) in binding.labels.iter() {
            bound.meta.labels.insert(key, value);
        }
        bound.body.node_name = Some(node.into());
        let status = &mut bound.body.status;
        status.set_condition(self.now(), "PodScheduled", Some(true), None, None);
        let change = self.commit(actor, Verb::Update, key, Some(bound.into_object()), why);
        let pod = change.new.as_ref().and_then(Object::as_pod);
        Ok(pod.expect("a binding leaves a pod").clone())
    }

    /// Gives a pod a spec of which only the part has changed that the subresource `sub` is for, as the new pod asked.
    ///
    /// # Errors
    /// `Invalid` where the spec is, `Forbidden`.
    pub(super) fn set_pod_part(
        &mut self,
        actor: &Actor,
        sub: &'static str,
        (old, new): (&Arc<Pod>, &Pod),
        mut spec: PodSpec,
        why: Why,
    ) -> Result<Object, Status> {
        defaults::pod(&mut spec);
        let mut pod = old.as_ref().clone();
        pod.meta.managed_fields.clone_from(&new.meta.managed_fields);
        if spec != *old.body.spec {
            pod.meta.generation += 1;
            pod.body.spec = Arc::new(spec);
        }
        let (mut object, old) = (pod.into_object(), Object::Pod(old.clone()));
        let attributes = Attributes::new(Operation::Update, actor, Some(&old)).at(sub);
        self.admit(attributes, &mut object)?;
        validation::pod(&object)?;
        self.replace(actor, Verb::Update, object, &old, why)
    }
}

/// The old pod's spec with the part of the new one's that the subresource `sub` is for.
///
/// # Errors
/// `Invalid` where the part may not change so, nor the class of service.
pub(super) fn part(sub: &str, old: &Arc<Pod>, new: &Object) -> Result<PodSpec, Status> {
    let value = Object::Pod(old.clone()).to_value();
    let answer = rules::pod_part(sub, &value, &new.to_value());
    let spec: PodSpec =
        typed::read(&answer["spec"]).map_err(|why| Status::internal(&why.to_string()))?;
    let mut causes = Vec::new();
    let class = qos_class(&old.body.spec);
    if class != qos_class(&spec) {
        // The class that is shown is the status's, which does not change.
        let text = "Pod QOS Class may not change as a result of resizing";
        causes.push(Cause::invalid("spec", class, text));
    }
    causes.extend(rules::causes(Some(answer["causes"].clone())));
    match causes.is_empty() {
        true => Ok(spec),
        false => Err(Status::invalid("", "Pod", &new.meta().name, causes)),
    }
}
