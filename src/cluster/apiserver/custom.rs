//! Custom resources: which kinds the definitions in the store make, and what becomes of definitions. What those say, the
//! rules read (`src/rules/custom`).

use std::sync::Arc;

use podarium_api::kinds::{Custom, INTERNAL, KindId, KindInfo, split_api_version};
use podarium_api::meta::{Span, Str};
use podarium_api::object::{Key, Object};
use podarium_api::status::Status;
use serde_json::{Value, json};

use super::{DeleteOptions, rules};
use crate::sim::{Actor, Why};
use crate::world::World;

/// Keeps a deleted definition until its objects are gone.
pub const FINALIZER: &str = "customresourcecleanup.apiextensions.k8s.io";

/// How long a watch takes to tell the part of the API server that looks after definitions, and that to write.
pub const SOON: Span = Span::millis(10);

/// upstream: staging/src/k8s.io/apiextensions-apiserver/pkg/controller/finalizer/crd_finalizer.go deleteInstances
const POLL: Span = Span::secs(5);

fn key(name: &str) -> Key {
    Key::new(KindId::CUSTOM_RESOURCE_DEFINITION, "", name)
}

fn info(described: &Value) -> &'static KindInfo {
    let text = |field: &str| described[field].as_str().unwrap_or_default();
    let custom = Custom {
        group: text("group"),
        version: text("version"),
        kind: text("kind"),
        list_kind: text("listKind"),
        plural: text("plural"),
        singular: text("singular"),
        namespaced: described["namespaced"] == true,
        status: described["status"] == true,
        scale: described["scale"].is_object(),
    };
    custom.id().info()
}

/// The kind that a path names, with what its definition says of that version; none where nothing serves it.
pub fn find(
    world: &World,
    group: &str,
    version: &str,
    plural: &str,
) -> Option<(&'static KindInfo, Arc<Value>)> {
    let definition = world.store().get(&key(&[plural, ".", group].concat()))?;
    let described = rules::describe(&definition.to_value(), &version.into())?;
    Some((info(&described), Arc::new(described)))
}

/// The kind that a definition's objects are kept as.
pub fn kept(definition: &Object) -> Option<KindId> {
    let Object::Other(KindId::CUSTOM_RESOURCE_DEFINITION, definition) = definition else {
        return None;
    };
    let spec = definition.body.get("spec")?;
    let names = &spec["names"];
    let custom = Custom {
        group: spec["group"].as_str()?,
        version: INTERNAL,
        kind: names["kind"].as_str()?,
        plural: names["plural"].as_str()?,
        namespaced: spec["scope"] == "Namespaced",
        ..Custom::default()
    };
    Some(custom.id())
}

/// The kind that an `apiVersion` and `kind` name, as it is kept.
pub fn named<'a>(
    definitions: impl Iterator<Item = &'a Object>,
    api_version: &str,
    kind: &str,
) -> Option<KindId> {
    let (group, _) = split_api_version(api_version);
    let mut all = definitions.filter_map(kept);
    all.find(|id| id.info().group == group && id.info().kind == kind)
}

/// Every version of a kind that definitions make the cluster serve, the best of each first.
pub fn served(world: &World) -> Vec<KindId> {
    let all = world.store().list(KindId::CUSTOM_RESOURCE_DEFINITION);
    let each = all.filter_map(|definition| {
        let described = rules::describe(&definition.to_value(), &Value::Null)?;
        let all = described.as_array()?.iter();
        Some(all.map(|one| info(one).id).collect::<Vec<_>>())
    });
    each.flatten().collect()
}

/// A kind as which objects are shown where nobody says in which version.
pub fn shown(world: &World, kind: KindId) -> &'static KindInfo {
    let own = kind.info();
    let served = || {
        let definition = world.store().get(&key(&own.group_resource()))?;
        let described = rules::describe(&definition.to_value(), &Value::Null)?;
        Some(info(described.get(0)?))
    };
    let unknown = kind.is_custom().then(served).flatten();
    unknown.unwrap_or(own)
}

/// Takes from a new custom resource what it cannot begin with.
pub fn begin(world: &World, object: &mut Object) {
    if let (Object::Other(_, object), Some(described)) = (object, &world.custom)
        && described["status"] == true
    {
        Arc::make_mut(object).body.remove("status");
    }
}

/// Whether writes to the object itself leave its status as it is.
pub fn keeps_status(world: &World) -> bool {
    let custom = world.custom.as_ref();
    custom.is_none_or(|described| described["status"] == true)
}

/// Whether a custom resource may be stored. What components write to it is its metadata alone.
///
/// # Errors
/// `Invalid`, with every field at fault.
pub fn judge(
    world: &World,
    object: &Object,
    old: Option<&Object>,
    sub: &str,
) -> Result<(), Status> {
    let Some(described) = &world.custom else {
        return Ok(());
    };
    let mut described = Value::clone(described);
    described["subresource"] = sub.into();
    let mut causes = rules::check(object, old);
    let before = old.map(Object::to_value).unwrap_or_default();
    causes.extend(rules::valid(&object.to_value(), &before, &described));
    if causes.is_empty() {
        return Ok(());
    }
    let (info, name) = (object.kind().info(), &object.meta().name);
    Err(Status::invalid(info.group, info.kind, name, causes))
}

/// Looks after a definition soon.
pub fn later(world: &mut World, name: &Str) {
    world.after(SOON, super::Work::Define(name.clone()));
}

/// Does the next thing that there is to do about a definition.
pub fn define(world: &mut World, name: &Str) {
    let all = world.store().list(KindId::CUSTOM_RESOURCE_DEFINITION);
    let all: Vec<Object> = all.cloned().collect();
    let own = all
        .iter()
        .find(|definition| definition.meta().name == *name);
    let group = name.split_once('.').map_or("", |(_, group)| group);
    let others = |world: &mut World| {
        for other in all.iter().map(|definition| &definition.meta().name) {
            let theirs = other.split_once('.').map_or("", |(_, group)| group);
            if theirs == group && other != name {
                later(world, other);
            }
        }
    };
    let Some(definition) = own else {
        // What it was called is free.
        return others(world);
    };
    let objects = kept(definition).into_iter();
    let objects: Vec<Key> = objects
        .flat_map(|kind| world.store().list(kind))
        .map(Object::key)
        .collect();
    let asked = json!({"now": world.now().to_rfc3339(), "left": objects.len()});
    let values: Value = all.iter().map(Object::to_value).collect();
    let todo = rules::define(&asked, &definition.to_value(), &values);
    let actor = Actor::Control("kube-apiserver");
    let why = |id| Why::with(id, [("name", name.into())]);
    if todo["delete"] == true {
        for key in objects {
            // What does not want to go is asked again by whoever holds it.
            let _ = world.delete(
                &actor,
                &key,
                &DeleteOptions::default(),
                why("definition-delete"),
            );
        }
    }
    let mut changed = definition.clone();
    if let (Object::Other(_, object), Value::Object(_)) = (&mut changed, &todo["status"]) {
        let body = &mut Arc::make_mut(object).body;
        body.insert("status".into(), todo["status"].clone());
        let _ = world.update_object_status(&actor, changed.clone(), why("definition-status"));
    }
    if let Some(left) = todo["finalizers"].as_array() {
        let left = left.iter().filter_map(Value::as_str);
        let meta = changed.meta_mut();
        (meta.finalizers, meta.resource_version) = (left.map(Into::into).collect(), 0);
        let _ = world.update_object(&actor, changed, why("definition-end"));
    }
    if todo["others"] == true {
        others(world);
    }
    if todo["again"] == true {
        world.after(POLL, super::Work::Define(name.clone()));
    }
}
