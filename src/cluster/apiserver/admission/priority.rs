//! Priority: from the name of a PriorityClass to a number.

use k8s_openapi::api::core::v1::PodSpec;
use podarium_api::kinds::KindId;
use podarium_api::object::{Key, Object};
use podarium_api::status::Status;
use serde_json::Value;

use super::{Attributes, CREATE, Operation, Plugin, UPDATE, spec_mut};
use crate::doc::Doc;
use crate::world::World;

pub(super) static PLUGIN: Plugin = Plugin {
    doc: Doc {
        name: "Priority",
        sentence: "Gives every pod the priority of its PriorityClass, of the global default, or 0.",
        upstream: "plugin/pkg/admission/priority/admission.go",
        docs: "reference/access-authn-authz/admission-controllers/#priority",
        acts_on: &[
            "Pod.spec.priorityClassName",
            "Pod.spec.priority",
            "Pod.spec.preemptionPolicy",
            "PriorityClass.value",
            "PriorityClass.globalDefault",
            "PriorityClass.preemptionPolicy",
        ],
    },
    on: &[
        (Some(KindId::POD), CREATE | UPDATE),
        (Some(KindId::PRIORITY_CLASS), CREATE | UPDATE),
    ],
    shared: true,
    admit: Some(admit),
    validate: Some(one_default),
};

/// upstream: plugin/pkg/admission/priority/admission.go admitPod
fn admit(
    world: &World,
    attributes: &mut Attributes<'_>,
    object: &mut Object,
) -> Result<(), Status> {
    let Some(spec) = spec_mut(attributes, object) else {
        return Ok(());
    };
    if let Some(Object::Pod(old)) = attributes.old {
        // What is not said again stays; what is said otherwise is validation's to refuse.
        let old = &old.body.spec;
        spec.priority = spec.priority.or(old.priority);
        if spec.preemption_policy.is_none() {
            spec.preemption_policy.clone_from(&old.preemption_policy);
        }
        return Ok(());
    }
    resolve(world, spec).map_err(|text| attributes.forbidden(object, &text))
}

fn resolve(world: &World, spec: &mut PodSpec) -> Result<(), String> {
    let name = spec.priority_class_name.clone().unwrap_or_default();
    let class = if name.is_empty() {
        global_default(world)
    } else {
        let key = Key::new(KindId::PRIORITY_CLASS, "", &name);
        let class = world.store().get(&key);
        Some(class.ok_or_else(|| format!("no PriorityClass with name {name} was found"))?)
    };
    let field = |name: &str| match class {
        Some(Object::Other(_, class)) => class.body.get(name),
        _ => None,
    };
    let value = field("value").and_then(Value::as_i64).unwrap_or_default();
    let value = i32::try_from(value).unwrap_or(i32::MAX);
    if let Some(given) = spec.priority
        && given != value
    {
        return Err(format!(
            "the integer value of priority ({given}) must not be provided in pod spec; priority admission controller \
             computed {value} from the given PriorityClass name"
        ));
    }
    let policy = field("preemptionPolicy").and_then(Value::as_str);
    let policy = policy.unwrap_or("PreemptLowerPriority");
    if let Some(given) = spec.preemption_policy.as_deref()
        && given != policy
    {
        return Err(format!(
            "the string value of PreemptionPolicy ({given}) must not be provided in pod spec; priority admission \
             controller computed {policy} from the given PriorityClass name"
        ));
    }
    if let (true, Some(class)) = (name.is_empty(), class) {
        spec.priority_class_name = Some(class.meta().name.to_string());
    }
    spec.priority = Some(value);
    spec.preemption_policy = Some(policy.into());
    Ok(())
}

/// upstream: plugin/pkg/admission/priority/admission.go validatePriorityClass
fn one_default(
    world: &World,
    attributes: &mut Attributes<'_>,
    object: &Object,
) -> Result<(), Status> {
    let Object::Other(KindId::PRIORITY_CLASS, class) = object else {
        return Ok(());
    };
    if class.body.get("globalDefault") != Some(&Value::Bool(true)) {
        return Ok(());
    }
    match global_default(world).map(|other| &other.meta().name) {
        Some(other) if attributes.operation == Operation::Create || *other != class.meta.name => {
            let text = format!(
                "PriorityClass {other} is already marked as default. Only one default can exist"
            );
            Err(attributes.forbidden(object, &text))
        }
        _ => Ok(()),
    }
}

/// The class that is marked so; the one of lowest value, should there be several.
fn global_default(world: &World) -> Option<&Object> {
    let value = |o: &Object| match o {
        Object::Other(_, class) if class.body.get("globalDefault") == Some(&Value::Bool(true)) => {
            class.body.get("value").and_then(Value::as_i64)
        }
        _ => None,
    };
    world
        .store()
        .list(KindId::PRIORITY_CLASS)
        .filter_map(|o| Some((value(o)?, o)))
        .min_by_key(|(value, _)| *value)
        .map(|(_, o)| o)
}
