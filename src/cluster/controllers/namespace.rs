//! Namespaces: one that is deleted takes everything in it along.
// upstream: pkg/controller/namespace/namespace_controller.go, deletion/namespaced_resources_deleter.go

use k8s_openapi::api::core::v1::NamespaceCondition;
use podarium_api::kinds::{KINDS, KindId};
use podarium_api::meta::{Span, Str, Time};
use podarium_api::object::{Key, Namespace, NamespaceBody};
use podarium_api::status::Status;

use super::cache::Delta;
use super::ctx::{Ctx, Done, Feed, Outcome};
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
    if delta.key.kind == KindId::NAMESPACE && !delta.gone() && delta.meta().is_terminating() {
        feed.add_after(delta.key.clone(), DELAY);
    }
}

/// What is left in a namespace.
#[derive(Default)]
struct Left {
    /// Kinds and how many of each.
    kinds: Vec<String>,
    /// Finalizers and how many objects carry each.
    finalizers: Vec<(Str, usize)>,
    /// What went wrong.
    errors: Vec<String>,
    /// Seconds that all of it will need.
    estimate: i64,
}

fn reconcile(ctx: &mut Ctx<'_>, key: &Key) -> Outcome {
    // Live, as the deleter reads everything.
    let Some(namespace) = ctx.world.get::<NamespaceBody>("", &key.name) else {
        return Ok(Done::default());
    };
    let finalizers = namespace.body.spec.finalizers.iter().flatten();
    let Some(deleted) = namespace.meta.deleted else {
        return Ok(Done::default());
    };
    if !finalizers.clone().any(|f| f == FINALIZER) {
        return Ok(Done::default());
    }
    let mut left = Left::default();
    // upstream: feature OrderedNamespaceDeletion: pods go first, while what protects and serves them is still there.
    empty(ctx, key, KindId::POD, deleted, &mut left);
    if left.kinds.is_empty() {
        for kind in kinds(ctx.world.store()) {
            empty(ctx, key, kind, deleted, &mut left);
        }
    }
    podarium_api::sort::natural(&mut left.errors);
    let error = left.errors.first().cloned();
    let estimate = left.estimate;
    report(ctx, key, &namespace, left)?;
    if let Some(error) = error {
        return Err(Status::internal(&error));
    }
    if estimate > 0 {
        let seconds = u64::try_from(estimate / 2 + 1).unwrap_or(1);
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

fn kinds(store: &Store) -> Vec<KindId> {
    let defined = store.list(KindId::CUSTOM_RESOURCE_DEFINITION);
    let defined = defined.filter_map(custom::kept).map(KindId::info);
    let all = KINDS.iter().chain(defined);
    let stored = all.filter(|info| info.namespaced && info.stored());
    stored.map(|info| info.id).collect()
}

/// Deletes all of a kind, and notes what is left of it.
// upstream: namespaced_resources_deleter.go deleteAllContentForGroupVersionResource
fn empty(ctx: &mut Ctx<'_>, key: &Key, kind: KindId, deleted: Time, left: &mut Left) {
    let mut estimate = 0;
    let mut waiting = Vec::new();
    for object in ctx.world.store().list_in(kind, &key.name) {
        waiting.push(object.key());
        if let Some(pod) = object.as_pod()
            && !pod.body.status.phase.is_terminal()
        {
            let grace = pod.body.spec.termination_grace_period_seconds;
            estimate = estimate.max(grace.unwrap_or_default());
        }
    }
    // What should be over by now is no reason to wait.
    if ctx.now() - deleted >= Span::secs(estimate.unsigned_abs()) {
        estimate = 0;
    }
    for object in waiting {
        let why = Why::with("namespace-delete", [("name", (&key.name).into())]);
        if let Err(refused) = ctx.delete(&object, &DeleteOptions::default(), why) {
            left.estimate = left.estimate.max(estimate);
            return left.errors.push(refused.message);
        }
    }
    let (mut count, mut held) = (0, false);
    for object in ctx.world.store().list_in(kind, &key.name) {
        count += 1;
        for finalizer in &object.meta().finalizers {
            held = true;
            match left.finalizers.iter_mut().find(|(f, _)| f == finalizer) {
                Some((_, n)) => *n += 1,
                None => left.finalizers.push((finalizer.clone(), 1)),
            }
        }
    }
    if count == 0 {
        return;
    }
    let (info, name) = (kind.info(), &key.name);
    let (plural, group) = (info.plural, info.group);
    left.kinds
        .push(format!("{plural}.{group} has {count} resource instances"));
    match estimate {
        0 if held => estimate = FINALIZERS,
        0 => left.errors.push(format!(
            "unexpected items still remain in namespace: {name} for gvr: {group}/{}, Resource={plural}",
            info.version
        )),
        _ => {}
    }
    left.estimate = left.estimate.max(estimate);
}

/// The conditions, with their reasons and messages when all is well, and the reasons and the messages' beginnings when not.
// upstream: deletion/status_condition_utils.go
const CONDITIONS: [[&str; 5]; 5] = [
    [
        "NamespaceDeletionDiscoveryFailure",
        "ResourcesDiscovered",
        "All resources successfully discovered",
        "",
        "",
    ],
    [
        "NamespaceDeletionGroupVersionParsingFailure",
        "ParsedGroupVersions",
        "All legacy kube types successfully parsed",
        "",
        "",
    ],
    [
        "NamespaceDeletionContentFailure",
        "ContentDeleted",
        "All content successfully deleted, may be waiting on finalization",
        "ContentDeletionFailed",
        "Failed to delete all resource types, ",
    ],
    [
        "NamespaceContentRemaining",
        "ContentRemoved",
        "All content successfully removed",
        "SomeResourcesRemain",
        "Some resources are remaining: ",
    ],
    [
        "NamespaceFinalizersRemaining",
        "ContentHasNoFinalizers",
        "All content-preserving finalizers finished",
        "SomeFinalizersRemain",
        "Some content in the namespace has finalizers remaining: ",
    ],
];

fn report(ctx: &mut Ctx<'_>, key: &Key, namespace: &Namespace, left: Left) -> Result<(), Status> {
    let finalizers = left.finalizers.iter();
    let finalizers = finalizers.map(|(f, n)| format!("{f} in {n} resource instances"));
    let mut found = [
        vec![],
        vec![],
        left.errors,
        left.kinds,
        finalizers.collect(),
    ];
    let failed = found[2].len();
    let now = Some(ctx.now().to_k8s());
    let why = Why::with("namespace-status", [("name", (&key.name).into())]);
    ctx.patch_status::<NamespaceBody>(key, namespace.meta.uid, why, |n| {
        let conditions = n.body.status.conditions.get_or_insert_default();
        for ([kind, fine, fine_text, bad, bad_text], found) in
            CONDITIONS.into_iter().zip(&mut found)
        {
            // Sorted, so that what is the same reads the same.
            podarium_api::sort::natural(found);
            let (status, reason, mut text) = match found.is_empty() {
                true => ("False", fine, String::from(fine_text)),
                false => ("True", bad, [bad_text, &found.join(", ")].concat()),
            };
            if bad == "ContentDeletionFailed" && failed > 0 {
                let at = bad_text.len();
                text.insert_str(at, &format!("{failed} remaining: "));
            }
            let mut new = NamespaceCondition {
                type_: kind.into(),
                status: status.into(),
                reason: Some(reason.into()),
                message: Some(text),
                last_transition_time: now.clone(),
            };
            match conditions.iter_mut().find(|c| c.type_ == kind) {
                Some(old) => {
                    if old.status == status {
                        new.last_transition_time = old.last_transition_time.take();
                    }
                    *old = new;
                }
                None => conditions.push(new),
            }
        }
    })?;
    Ok(())
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
    fn what_should_be_gone_and_is_not_is_a_failure() {
        let mut rig = shop();
        rig.delete(KindId::NAMESPACE, "shop", DeleteOptions::default());
        rig.run(Span::secs(25));
        assert_eq!(
            condition(&rig, "NamespaceDeletionContentFailure").0,
            "False"
        );
        rig.run(Span::secs(20));
        let (status, message) = condition(&rig, "NamespaceDeletionContentFailure");
        let text = "Failed to delete all resource types, 1 remaining: unexpected items still remain in namespace: shop \
                    for gvr: /v1, Resource=pods";
        assert_eq!((&*status, &*message), ("True", text));
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
