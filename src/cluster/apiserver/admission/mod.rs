//! Admission: what changes or refuses a write between reading and storing it. One file per plugin, one line in [`ALL`].

mod attributes;
mod default_toleration_seconds;
mod namespace_lifecycle;
mod pod_security;
mod priority;
mod runtime_class;
mod service_account;
#[cfg(test)]
mod tests;

use std::sync::Arc;

use k8s_openapi::api::core::v1::PodSpec;
use podarium_api::kinds::{KINDS, KindId};
use podarium_api::object::Object;
use podarium_api::status::{Reason, Status};
use serde_json::{Value, json};

pub use attributes::{Attributes, Found, Operation};
pub(crate) use service_account::root_ca;

use super::rules;
use crate::doc::Doc;
use crate::world::World;

/// An admission plugin.
#[derive(Debug)]
pub struct Plugin {
    /// What it says of itself.
    pub doc: Doc,
    /// The writes that it looks at: of that kind, or of every kind; and which, as a sum of the numbers below.
    pub on: &'static [(Option<KindId>, u8)],
    /// Whether all that it does with a new pod follows from what [`super::pods`] tells templates apart by. It is then done
    /// once for all pods of one template.
    pub shared: bool,
    /// Changes the object, or refuses the write: before validation.
    pub admit: Option<Admit>,
    /// Refuses the write: of an object that is valid, and complete.
    pub validate: Option<Validate>,
}

/// A plugin's part in the first phase.
pub type Admit = fn(&World, &mut Attributes<'_>, &mut Object) -> Result<(), Status>;
/// A plugin's part in the second phase. Of a deletion it is given the object that goes.
pub type Validate = fn(&World, &mut Attributes<'_>, &Object) -> Result<(), Status>;

/// New objects.
const CREATE: u8 = 1;
/// Changed ones.
const UPDATE: u8 = 2;
/// Ones that are to go.
const DELETE: u8 = 4;
/// Whatever is done by way of a subresource: `status`, `binding`, `eviction` …
const SUB: u8 = 8;

/// The plugins, in the order in which they are asked. Upstream's other plugins are off unless an administrator switches them
/// on, as NamespaceAutoProvision, PodTolerationRestriction, ExtendedResourceToleration and EventRateLimit.
///
/// upstream: pkg/kubeapiserver/options/plugins.go AllOrderedPlugins
pub static ALL: &[&Plugin] = &[
    &namespace_lifecycle::PLUGIN,
    &service_account::PLUGIN,
    &pod_security::PLUGIN,
    &priority::PLUGIN,
    &default_toleration_seconds::PLUGIN,
    &runtime_class::PLUGIN,
];

/// Lets the plugins change or refuse what is about to be written.
///
/// # Errors
/// The first plugin's refusal.
pub fn admit(
    world: &World,
    attributes: &mut Attributes<'_>,
    object: &mut Object,
) -> Result<(), Status> {
    attributes.mutating = true;
    for plugin in asked(attributes, object) {
        if let Some(admit) = plugin.admit {
            admit(world, attributes, object)?;
        }
    }
    Ok(())
}

/// Lets the plugins refuse what is about to be written, now that nothing changes it any more.
///
/// # Errors
/// The first plugin's refusal.
pub fn validate(
    world: &World,
    attributes: &mut Attributes<'_>,
    object: &Object,
) -> Result<(), Status> {
    attributes.mutating = false;
    for plugin in asked(attributes, object) {
        if let Some(validate) = plugin.validate {
            validate(world, attributes, object)?;
        }
    }
    Ok(())
}

/// The plugins that look at a write.
fn asked(
    attributes: &Attributes<'_>,
    object: &Object,
) -> impl Iterator<Item = &'static Plugin> + use<> {
    let column = match attributes.operation {
        _ if !attributes.subresource.is_empty() => 3,
        Operation::Create => 0,
        Operation::Update => 1,
        Operation::Delete => 2,
        Operation::Connect => 3,
    };
    let row = MASKS.get(object.kind().index());
    let mut left = row.unwrap_or(&MASKS[KINDS.len()])[column];
    let recalled = attributes.recalled;
    std::iter::from_fn(move || {
        let place = (left != 0).then(|| left.trailing_zeros() as usize)?;
        left &= left - 1;
        Some(ALL[place])
    })
    .filter(move |plugin| !(recalled && plugin.shared))
}

/// The spec of a pod, to change; none where a write leaves it as it is, for pods of one template share theirs.
fn spec_mut<'a>(attributes: &Attributes<'_>, object: &'a mut Object) -> Option<&'a mut PodSpec> {
    let Object::Pod(pod) = object else {
        return None;
    };
    if let Some(Object::Pod(old)) = attributes.old
        && Arc::ptr_eq(&pod.body.spec, &old.body.spec)
    {
        return None;
    }
    Some(Arc::make_mut(&mut Arc::make_mut(pod).body.spec))
}

/// Asks the rules what a plugin has to say of an object, given what else it must know. They may refuse the write, and warn.
fn judge(
    attributes: &mut Attributes<'_>,
    object: &Object,
    plugin: &str,
    known: Value,
) -> Result<(), Status> {
    ask(attributes, object, plugin, known).map(drop)
}

/// [`judge`], by rules that may change the object as well.
fn revise(
    attributes: &mut Attributes<'_>,
    object: &mut Object,
    plugin: &str,
    known: Value,
) -> Result<(), Status> {
    let mut answer = ask(attributes, object, plugin, known)?;
    if !answer["object"].is_null() {
        *object = Object::from_value(object.kind(), answer["object"].take())
            .map_err(|text| Status::new(Reason::InternalError, text))?;
    }
    Ok(())
}

fn ask(
    attributes: &mut Attributes<'_>,
    object: &Object,
    plugin: &str,
    known: Value,
) -> Result<Value, Status> {
    let asked = json!({
        "plugin": plugin,
        "operation": format!("{:?}", attributes.operation),
        "subresource": attributes.subresource,
        "known": known,
    });
    let old = attributes.old.map_or(Value::Null, Object::to_value);
    let answer = rules::admit(&asked, &object.to_value(), &old);
    let texts = |list: &Value| -> Vec<String> {
        let texts = list.as_array().into_iter().flatten();
        texts.filter_map(|t| Some(t.as_str()?.to_owned())).collect()
    };
    attributes.found.warnings.extend(texts(&answer["warnings"]));
    attributes.found.audit.extend(texts(&answer["audit"]));
    if !answer["causes"].is_null() {
        let info = object.kind().info();
        let causes = rules::causes(Some(answer["causes"].clone()));
        return Err(Status::invalid(
            info.group,
            info.kind,
            &object.meta().name,
            causes,
        ));
    }
    match answer["forbidden"].as_str() {
        Some(text) => Err(attributes.forbidden(object, text)),
        None => Ok(answer),
    }
}

/// For each kind and operation, who looks: most writes are those of components, and most plugins do not look at them. The
/// last row is that of kinds which the table does not have.
static MASKS: [[u32; 4]; KINDS.len() + 1] = masks();

const fn masks() -> [[u32; 4]; KINDS.len() + 1] {
    assert!(ALL.len() <= 32, "a bit for each plugin");
    let mut masks = [[0; 4]; KINDS.len() + 1];
    let mut place = 0;
    while place < ALL.len() {
        let on = ALL[place].on;
        let mut i = 0;
        while i < on.len() {
            let (first, last) = match on[i].0 {
                Some(kind) => (kind.index(), kind.index()),
                None => (0, KINDS.len()),
            };
            let mut row = first;
            while row <= last {
                let mut column = 0;
                while column < 4 {
                    if on[i].1 & 1 << column != 0 {
                        masks[row][column] |= 1 << place;
                    }
                    column += 1;
                }
                row += 1;
            }
            i += 1;
        }
        place += 1;
    }
    masks
}
