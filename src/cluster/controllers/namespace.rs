//! Namespaces: one that is deleted takes everything in it along.
// upstream: pkg/controller/namespace/namespace_controller.go, deletion/namespaced_resources_deleter.go

use k8s_openapi::api::core::v1::NamespaceCondition;
use podarium_api::kinds::{KINDS, KindId};
use podarium_api::meta::{Span, Time};
use podarium_api::object::{Key, Namespace, NamespaceBody, Object};
use podarium_api::status::Status;

use super::cache::Delta;
use super::ctx::{Ctx, Done, Feed, Outcome};
use super::queue::Weight;
use super::registry::Entry;
use crate::apiserver::{DeleteOptions, custom};
use crate::doc::Doc;
use crate::sim::Why;
use crate::store::Store;

/// Time for every API server to know that the namespace goes, so that nothing new gets in.
// upstream: namespace_controller.go namespaceDeletionGracePeriod
const DELAY: Span = Span::secs(5);

/// How long finalizers are taken to need.
// upstream: namespaced_resources_deleter.go finalizerEstimateSeconds
const FINALIZERS: i64 = 15;

const FINALIZER: &str = "kubernetes";

/// The registry's line.
pub const ENTRY: Entry = Entry {
    doc: Doc {
        name: "namespace-controller",
        sentence: "Empties a namespace that is being deleted, pods first, and then lets it go.",
        upstream: "pkg/controller/namespace/namespace_controller.go",
        docs: "concepts/overview/working-with-objects/namespaces/",
        acts_on: &["Namespace.spec.finalizers"],
    },
    source: "namespace-controller",
    workers: 10,
    enqueue,
    reconcile,
};

fn enqueue(feed: &mut Feed<'_>, delta: &Delta<'_>) {
    if delta.key.kind != KindId::NAMESPACE || delta.gone() || !delta.meta().is_terminating() {
        return;
    }
    // upstream delays every change; one that only follows our own status need not delay the end.
    if delta.old.is_none_or(|o| !o.meta().is_terminating()) {
        feed.add_after(delta.key.clone(), DELAY);
    } else if delta.spec_changed() {
        feed.add(delta.key.clone(), Weight::Light);
    }
}

/// What is left in a namespace.
#[derive(Default)]
struct Left {
    /// Kinds and how many of each.
    kinds: Vec<(KindId, usize)>,
    /// Finalizers and how many objects carry each.
    finalizers: Vec<(String, usize)>,
    /// Seconds that all of it will need.
    estimate: i64,
}

fn reconcile(ctx: &mut Ctx<'_>, key: &Key) -> Outcome {
    // Live, as the deleter reads everything.
    let Some(namespace) = ctx.world.get::<NamespaceBody>("", &key.name) else {
        return Ok(Done::default());
    };
    let finalizers = namespace.body.spec.finalizers.iter().flatten();
    if !namespace.meta.is_terminating() || !finalizers.clone().any(|f| f == FINALIZER) {
        return Ok(Done::default());
    }
    // upstream: feature OrderedNamespaceDeletion: pods go first, while what protects and serves them is still there.
    empty(ctx, key, |kind| kind == KindId::POD)?;
    let mut left = look(ctx, key, |kind| kind == KindId::POD);
    if left.kinds.is_empty() {
        empty(ctx, key, |kind| kind != KindId::POD)?;
        left = look(ctx, key, |_| true);
    }
    report(ctx, key, &namespace, &left)?;
    if !left.kinds.is_empty() {
        let seconds = u64::try_from(left.estimate / 2 + 1).unwrap_or(1);
        return Ok(Done::again(Span::secs(seconds)));
    }
    let why = Why::with("namespace-empty", [("name", (&key.name).into())]);
    ctx.patch::<NamespaceBody>(key, namespace.meta.uid, why, |n| {
        if let Some(all) = &mut n.body.spec.finalizers {
            all.retain(|f| f != FINALIZER);
        }
    })?;
    Ok(Done::default())
}

fn kinds(store: &Store, which: impl Fn(KindId) -> bool) -> Vec<KindId> {
    let defined = store.list(KindId::CUSTOM_RESOURCE_DEFINITION);
    let defined = defined.filter_map(custom::kept).map(KindId::info);
    let all = KINDS.iter().chain(defined);
    let stored = all.filter(|info| info.namespaced && info.stored());
    stored.map(|info| info.id).filter(|id| which(*id)).collect()
}

fn empty(ctx: &mut Ctx<'_>, key: &Key, which: impl Fn(KindId) -> bool) -> Result<(), Status> {
    for kind in kinds(ctx.world.store(), which) {
        let all = ctx.world.store().list_in(kind, &key.name);
        let waiting = all.filter(|o| !o.meta().is_terminating());
        let keys: Vec<_> = waiting.map(Object::key).collect();
        for object in keys {
            let why = Why::with("namespace-delete", [("name", (&key.name).into())]);
            ctx.delete(&object, &DeleteOptions::default(), why)?;
        }
    }
    Ok(())
}

fn look(ctx: &Ctx<'_>, key: &Key, which: impl Fn(KindId) -> bool) -> Left {
    let mut left = Left::default();
    for kind in kinds(ctx.world.store(), which) {
        let mut count = 0;
        for object in ctx.world.store().list_in(kind, &key.name) {
            count += 1;
            let needs = match object {
                Object::Pod(_) => object.meta().deletion_grace.unwrap_or(0),
                _ => 0,
            };
            let held = !object.meta().finalizers.is_empty();
            left.estimate = left.estimate.max(if held { FINALIZERS } else { needs });
            for finalizer in &object.meta().finalizers {
                match left.finalizers.iter_mut().find(|(f, _)| **f == **finalizer) {
                    Some((_, n)) => *n += 1,
                    None => left.finalizers.push((finalizer.to_string(), 1)),
                }
            }
        }
        if count > 0 {
            left.kinds.push((kind, count));
        }
    }
    left
}

// upstream: deletion/status_condition_utils.go
fn report(ctx: &mut Ctx<'_>, key: &Key, namespace: &Namespace, left: &Left) -> Result<(), Status> {
    let list = |parts: Vec<String>| parts.join(", ");
    let remaining = list(
        left.kinds
            .iter()
            .map(|(kind, n)| {
                let info = kind.info();
                format!("{}.{} has {n} resource instances", info.plural, info.group)
            })
            .collect(),
    );
    let held = list(
        left.finalizers
            .iter()
            .map(|(f, n)| format!("{f} in {n} resource instances"))
            .collect(),
    );
    let content = if remaining.is_empty() {
        ("ContentRemoved", "All content successfully removed".into())
    } else {
        let text = format!("Some resources are remaining: {remaining}");
        ("SomeResourcesRemain", text)
    };
    let finalizers = if held.is_empty() {
        let text = "All content-preserving finalizers finished";
        ("ContentHasNoFinalizers", text.into())
    } else {
        let text = format!("Some content in the namespace has finalizers remaining: {held}");
        ("SomeFinalizersRemain", text)
    };
    let all: [(&str, bool, (&str, String)); 5] = [
        (
            "NamespaceDeletionDiscoveryFailure",
            false,
            (
                "ResourcesDiscovered",
                "All resources successfully discovered".into(),
            ),
        ),
        (
            "NamespaceDeletionGroupVersionParsingFailure",
            false,
            (
                "ParsedGroupVersions",
                "All legacy kube types successfully parsed".into(),
            ),
        ),
        (
            "NamespaceDeletionContentFailure",
            false,
            (
                "ContentDeleted",
                "All content successfully deleted, may be waiting on finalization".into(),
            ),
        ),
        ("NamespaceContentRemaining", !remaining.is_empty(), content),
        ("NamespaceFinalizersRemaining", !held.is_empty(), finalizers),
    ];
    let now = ctx.now();
    let why = Why::with("namespace-status", [("name", (&key.name).into())]);
    ctx.patch_status::<NamespaceBody>(key, namespace.meta.uid, why, |n| {
        let conditions = n.body.status.conditions.get_or_insert_default();
        for (kind, on, (reason, message)) in all {
            set(now, conditions, kind, on, reason, message);
        }
    })?;
    Ok(())
}

fn set(
    now: Time,
    conditions: &mut Vec<NamespaceCondition>,
    kind: &str,
    on: bool,
    reason: &str,
    message: String,
) {
    let status = if on { "True" } else { "False" };
    let new = NamespaceCondition {
        type_: kind.into(),
        status: status.into(),
        reason: Some(reason.into()),
        message: Some(message),
        last_transition_time: Some(now.to_k8s()),
    };
    match conditions.iter_mut().find(|c| c.type_ == kind) {
        Some(old) if old.status == status && old.message == new.message => {}
        Some(old) => *old = new,
        None => conditions.push(new),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::controllers::testing::{Rig, pod_spec};
    use crate::sim::Actor;
    use podarium_api::object::ConfigMapBody;
    use podarium_api::pod::PodBody;
    use serde_json::{Value, json};

    fn in_shop(rig: &mut Rig, api_version: &str, kind: &str, name: &str, rest: Value) {
        let mut value = json!({
            "apiVersion": api_version, "kind": kind, "metadata": {"name": name, "namespace": "shop"},
        });
        for (key, field) in rest.as_object().unwrap() {
            value[key] = field.clone();
        }
        rig.create(value);
    }

    fn shop() -> Rig {
        let mut rig = Rig::new();
        rig.create(json!({"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": "shop"}}));
        rig.run(Span::secs(1));
        in_shop(&mut rig, "v1", "ConfigMap", "settings", json!({}));
        in_shop(
            &mut rig,
            "v1",
            "Pod",
            "web",
            json!({"spec": pod_spec("web:1")}),
        );
        rig.world
            .bind(&Actor::Control("s"), "shop", "web", "n1", Why::new("test"))
            .unwrap();
        rig
    }

    fn condition(rig: &Rig, kind: &str) -> (String, String) {
        let namespace = rig.get::<NamespaceBody>("shop");
        let mut all = namespace.body.status.conditions.iter().flatten();
        let c = all.find(|c| c.type_ == kind).unwrap();
        (c.status.clone(), c.message.clone().unwrap())
    }

    #[test]
    fn pods_go_first_then_the_rest_then_the_namespace() {
        let mut rig = shop();
        rig.delete(KindId::NAMESPACE, "shop", DeleteOptions::default());
        rig.run(Span::secs(4));
        assert!(!rig.all::<PodBody>()[0].meta.is_terminating());
        rig.run(Span::secs(2));
        assert!(rig.all::<PodBody>()[0].meta.is_terminating());
        assert!(rig.world.get::<ConfigMapBody>("shop", "settings").is_some());
        let text = "Some resources are remaining: pods. has 1 resource instances";
        let (status, message) = condition(&rig, "NamespaceContentRemaining");
        assert_eq!((&*status, &*message), ("True", text));
        let now = DeleteOptions {
            grace: Some(0),
            ..DeleteOptions::default()
        };
        let pod = Key::new(KindId::POD, "shop", "web");
        let kubelet = Actor::Kubelet("n1".into());
        rig.world
            .delete(&kubelet, &pod, &now, Why::new("test"))
            .unwrap();
        rig.run(Span::secs(20));
        assert!(rig.find::<NamespaceBody>("shop").is_none());
        let count = KINDS.iter().filter(|k| k.namespaced);
        let left: Vec<_> = count
            .flat_map(|k| rig.world.store().list_in(k.id, "shop"))
            .map(|o| o.key().to_string())
            .collect();
        assert_eq!(left, [""; 0]);
    }

    #[test]
    fn finalizers_hold_a_namespace() {
        let mut rig = shop();
        let pod = Key::new(KindId::POD, "shop", "web");
        let now = DeleteOptions {
            grace: Some(0),
            ..DeleteOptions::default()
        };
        let user = Actor::User("tester".into());
        rig.world
            .delete(&user, &pod, &now, Why::new("test"))
            .unwrap();
        let mut map = rig
            .world
            .get::<ConfigMapBody>("shop", "settings")
            .unwrap()
            .as_ref()
            .clone();
        map.meta.finalizers = vec!["example.com/hold".into()];
        rig.world.update(&user, map, Why::new("test")).unwrap();
        rig.delete(KindId::NAMESPACE, "shop", DeleteOptions::default());
        rig.run(Span::secs(60));
        let (status, message) = condition(&rig, "NamespaceFinalizersRemaining");
        let text = "Some content in the namespace has finalizers remaining: example.com/hold in 1 resource instances";
        assert_eq!((&*status, &*message), ("True", text));
        let map = rig.world.get::<ConfigMapBody>("shop", "settings").unwrap();
        let mut map = map.as_ref().clone();
        map.meta.finalizers.clear();
        rig.world.update(&user, map, Why::new("test")).unwrap();
        rig.run(Span::secs(20));
        assert!(rig.find::<NamespaceBody>("shop").is_none());
    }
}
