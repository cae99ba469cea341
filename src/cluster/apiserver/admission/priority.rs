//! Priority: from the name of a PriorityClass to a number.

use k8s_openapi::api::core::v1::PodSpec;
use podarium_api::kinds::KindId;
use podarium_api::object::{Key, Object};
use podarium_api::status::Status;
use serde_json::Value;

use crate::doc::Doc;
use crate::world::World;

pub(super) static DOC: Doc = Doc {
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
};

/// upstream: plugin/pkg/admission/priority/admission.go admitPod
pub(super) fn admit(world: &World, pod: &str, spec: &mut PodSpec) -> Result<(), Status> {
    let forbidden = |text: &str| Err(Status::forbidden("", "pods", pod, text));
    let name = spec.priority_class_name.clone().unwrap_or_default();
    let class = if name.is_empty() {
        global_default(world)
    } else {
        let Some(class) = world
            .store()
            .get(&Key::new(KindId::PRIORITY_CLASS, "", &name))
        else {
            return forbidden(&format!("no PriorityClass with name {name} was found"));
        };
        Some(class)
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
        return forbidden(&format!(
            "the integer value of priority ({given}) must not be provided in pod spec; priority admission controller \
             computed {value} from the given PriorityClass name"
        ));
    }
    let policy = field("preemptionPolicy").and_then(Value::as_str);
    let policy = policy.unwrap_or("PreemptLowerPriority");
    if let Some(given) = spec.preemption_policy.as_deref()
        && given != policy
    {
        return forbidden(&format!(
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

/// Differs whenever any PriorityClass does: how many there are, and the youngest revision among them.
pub fn classes_fingerprint(world: &World) -> (usize, u64) {
    let revisions = world
        .store()
        .list(KindId::PRIORITY_CLASS)
        .map(|o| o.meta().resource_version);
    (
        world.store().count(KindId::PRIORITY_CLASS),
        revisions.max().unwrap_or_default(),
    )
}
