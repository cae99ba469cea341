//! Disruption budgets: how many of the pods that a budget selects may be evicted just now.
// upstream: pkg/controller/disruption/disruption.go

use std::collections::BTreeMap;
use std::sync::Arc;

use podarium_api::kinds::{KindId, by_gvk};
use podarium_api::meta::{OwnerReference, Span, Time, Uid};
use podarium_api::object::{
    DeploymentBody, Key, Object, ReplicaSetBody, ReplicationControllerBody,
};
use podarium_api::pod::{Pod, PodBody};
use serde_json::{Value, json};

use super::cache::{Cache, Delta};
use super::ctx::{Ctx, Done, Feed, Outcome};
use super::queue::Weight;
use super::registry::Entry;
use crate::apiserver::eviction::guards;
use crate::doc::Doc;
use crate::sim::Why;

/// How long an eviction may take until the pod counts again.
// upstream: DeletionTimeout
const TIMEOUT: Span = Span::secs(120);

/// The registry's line.
pub const ENTRY: Entry = Entry {
    doc: Doc {
        name: "disruption-controller",
        sentence: "Says how many pods of a disruption budget may be evicted at the moment.",
        upstream: "pkg/controller/disruption/disruption.go",
        docs: "concepts/workloads/pods/disruptions/",
        acts_on: &[
            "PodDisruptionBudget.spec.maxUnavailable",
            "PodDisruptionBudget.spec.minAvailable",
            "PodDisruptionBudget.spec.selector.**",
            "PodDisruptionBudget.spec.unhealthyPodEvictionPolicy",
        ],
    },
    source: "controllermanager",
    workers: 1,
    enqueue,
    reconcile,
};

fn enqueue(feed: &mut Feed<'_>, delta: &Delta<'_>) {
    if delta.key.kind == KindId::POD_DISRUPTION_BUDGET && !delta.gone() {
        feed.add(delta.key.clone(), Weight::Medium);
        return;
    }
    let (old, new) = delta.of::<PodBody>();
    if old.or(new).is_none() {
        return;
    }
    let cache = feed.cache;
    for budget in cache.list_kind(KindId::POD_DISRUPTION_BUDGET, &delta.key.namespace) {
        if old.iter().chain(&new).any(|pod| guards(budget, pod)) {
            feed.add(budget.key(), Weight::Light);
        }
    }
}

fn reconcile(ctx: &mut Ctx<'_>, key: &Key) -> Outcome {
    let Some(object) = ctx.cache.get(key).cloned() else {
        return Ok(Done::default());
    };
    let Object::Other(kind, budget) = &object else {
        return Ok(Done::default());
    };
    let (now, cache) = (ctx.now(), ctx.cache);
    let pods: Vec<_> = cache
        .list::<PodBody>(&key.namespace)
        .filter(|pod| guards(&object, pod))
        .collect();
    if pods.is_empty() {
        ctx.tell(&object, false, "NoPods", "No matching pods found");
    }
    let null = Value::Null;
    let spec = budget.body.get("spec").unwrap_or(&null);
    let old = budget.body.get("status").unwrap_or(&null);
    let generation = budget.meta.generation;
    let mut status = old.clone();
    let mut again = None;
    let (allowed, reason, message) = match expected(cache, spec, &pods) {
        Err(text) => {
            let told = format!("Failed to calculate the number of expected pods: {text}");
            ctx.tell(&object, true, "CalculateExpectedPodCountFailed", told);
            (0, "SyncFailed", text)
        }
        Ok((expected, desired)) => {
            let (disrupted, due) = disrupted(ctx, key, old, &pods);
            again = due.map(|due| due - now);
            let counts = |pod: &&&Arc<Pod>| {
                !pod.meta.is_terminating()
                    && !disrupted.contains_key(&*pod.meta.name)
                    && pod.is_ready()
            };
            let healthy = pods.iter().filter(counts).count() as i64;
            let allowed = match healthy - desired {
                spare if expected > 0 => spare.max(0),
                _ => 0,
            };
            status = json!({
                "currentHealthy": healthy, "desiredHealthy": desired, "disruptionsAllowed": allowed,
                "expectedPods": expected, "observedGeneration": generation,
            });
            if !disrupted.is_empty() {
                status["disruptedPods"] = json!(disrupted);
            }
            let reason = if allowed > 0 {
                "SufficientPods"
            } else {
                "InsufficientPods"
            };
            (allowed, reason, String::new())
        }
    };
    // upstream: staging/src/k8s.io/component-helpers/apps/poddisruptionbudget/helpers.go UpdateDisruptionAllowedCondition
    let word = if allowed > 0 { "True" } else { "False" };
    let had = &old["conditions"][0];
    let since = match had["status"] == word {
        true => had["lastTransitionTime"].clone(),
        false => now.to_rfc3339().into(),
    };
    status["disruptionsAllowed"] = allowed.into();
    status["conditions"] = json!([{
        "type": "DisruptionAllowed", "status": word, "reason": reason, "message": message,
        "lastTransitionTime": since, "observedGeneration": generation,
    }]);
    if status != *old {
        let mut new = budget.as_ref().clone();
        new.body.insert("status".into(), status);
        let why = Why::with(
            "disruption-status",
            [("name", (&key.name).into()), ("allowed", allowed.into())],
        );
        let (actor, object) = (ctx.actor.clone(), Object::Other(*kind, Arc::new(new)));
        ctx.world.update_object_status(&actor, object, why)?;
    }
    Ok(again.map_or(Done::default(), Done::again))
}

/// The pods that were to be evicted and are still there, and when the first of them is given up.
// upstream: buildDisruptedPodMap
fn disrupted(
    ctx: &mut Ctx<'_>,
    key: &Key,
    status: &Value,
    pods: &[&Arc<Pod>],
) -> (BTreeMap<String, Value>, Option<Time>) {
    let (mut left, mut due) = (BTreeMap::new(), None);
    for pod in pods.iter().filter(|pod| !pod.meta.is_terminating()) {
        let since = &status["disruptedPods"][&*pod.meta.name];
        let Some(at) = since.as_str().and_then(Time::parse) else {
            continue;
        };
        let end = at + TIMEOUT;
        if end < ctx.now() {
            let text = format!(
                "Pod was expected by PDB {}/{} to be deleted but it wasn't",
                key.namespace, key.name
            );
            ctx.tell(&Object::Pod((*pod).clone()), true, "NotDeleted", text);
        } else {
            due = Some(due.map_or(end, |first: Time| first.min(end)));
            left.insert(pod.meta.name.to_string(), since.clone());
        }
    }
    (left, due)
}

/// How many pods there should be, and how many of them healthy.
// upstream: getExpectedPodCount
fn expected(cache: &Cache, spec: &Value, pods: &[&Arc<Pod>]) -> Result<(i64, i64), String> {
    let (most, least) = (&spec["maxUnavailable"], &spec["minAvailable"]);
    if !most.is_null() {
        let expected = wanted(cache, pods)?;
        return Ok((expected, (expected - share(most, expected)).max(0)));
    }
    if least.is_i64() {
        return Ok((pods.len() as i64, least.as_i64().unwrap_or_default()));
    }
    let expected = if least.is_null() {
        0
    } else {
        wanted(cache, pods)?
    };
    Ok((expected, share(least, expected)))
}

/// A number, or a percentage of one, rounded up.
fn share(value: &Value, of: i64) -> i64 {
    let percent = value.as_str().and_then(|text| text.strip_suffix('%'));
    match percent.and_then(|text| text.parse::<i64>().ok()) {
        Some(percent) => percent.saturating_mul(of).saturating_add(99) / 100,
        None => value.as_i64().unwrap_or_default(),
    }
}

/// How many pods their controllers want together.
// upstream: getExpectedScale
fn wanted(cache: &Cache, pods: &[&Arc<Pod>]) -> Result<i64, String> {
    let mut scales: BTreeMap<Uid, i64> = BTreeMap::new();
    for pod in pods {
        // What nobody manages counts for nothing.
        if let Some(owner) = pod.meta.controller()
            && !scales.contains_key(&owner.uid)
            && let Some((uid, scale)) = scale(cache, &pod.meta.namespace, owner)?
        {
            scales.insert(uid, scale);
        }
    }
    Ok(scales.values().sum())
}

/// The controller that counts, and its scale; none where it is gone.
// upstream: getPodReplicaSet, getPodDeployment, getPodReplicationController, getPodStatefulSet, getScaleController
fn scale(
    cache: &Cache,
    namespace: &str,
    owner: &OwnerReference,
) -> Result<Option<(Uid, i64)>, String> {
    let scaled = |uid: Uid, replicas: Option<i32>| Some((uid, i64::from(replicas.unwrap_or(1))));
    if let Some(set) = cache.controller_of::<ReplicaSetBody>(namespace, owner) {
        let above = set.meta.controller();
        let deployment =
            above.and_then(|owner| cache.controller_of::<DeploymentBody>(namespace, owner));
        return Ok(match deployment {
            Some(d) => scaled(d.meta.uid, d.body.spec.replicas),
            None => scaled(owner.uid, set.body.spec.replicas),
        });
    }
    if let Some(rc) = cache.controller_of::<ReplicationControllerBody>(namespace, owner) {
        return Ok(scaled(owner.uid, rc.body.spec.replicas));
    }
    let Ok(info) = by_gvk(&owner.api_version, &owner.kind) else {
        return Ok(None);
    };
    if !info.subresources.contains(&"scale") {
        let resource = info.group_resource();
        return Err(format!(
            "{resource} does not implement the scale subresource"
        ));
    }
    let key = Key::new(info.id, namespace, &owner.name);
    let object = cache.get(&key).filter(|o| o.meta().uid == owner.uid);
    Ok(object.map(|object| {
        let value = object.to_value();
        (owner.uid, value["spec"]["replicas"].as_i64().unwrap_or(1))
    }))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::controllers::testing::{Rig, deployment};

    fn rig(spec: Value) -> Rig {
        let mut rig = Rig::new();
        rig.create(deployment(4, "web:1"));
        rig.create(json!({
            "apiVersion": "policy/v1", "kind": "PodDisruptionBudget", "metadata": {"name": "web", "namespace": "default"},
            "spec": spec,
        }));
        rig.run(Span::secs(1));
        rig
    }

    fn status(rig: &Rig) -> Value {
        let key = Key::new(KindId::POD_DISRUPTION_BUDGET, "default", "web");
        rig.world.store().get(&key).unwrap().to_value()["status"].clone()
    }

    fn numbers(rig: &Rig) -> [i64; 4] {
        let status = status(rig);
        [
            "currentHealthy",
            "desiredHealthy",
            "disruptionsAllowed",
            "expectedPods",
        ]
        .map(|field| status[field].as_i64().unwrap())
    }

    #[test]
    fn a_budget_counts_the_pods_that_it_selects() {
        let selector = json!({"matchLabels": {"app": "web"}});
        for (field, value, desired, allowed) in [
            ("minAvailable", json!(3), 3, 1),
            ("minAvailable", json!("50%"), 2, 2),
            ("maxUnavailable", json!(1), 3, 1),
            ("maxUnavailable", json!("30%"), 2, 2),
            ("minAvailable", json!(9), 9, 0),
        ] {
            let mut rig = rig(json!({"selector": selector, field: value}));
            assert_eq!(numbers(&rig), [0, desired, 0, 4], "{field} {value}");
            let condition = &status(&rig)["conditions"][0];
            assert_eq!(condition["reason"], "InsufficientPods");
            rig.start_pods();
            rig.run(Span::secs(1));
            assert_eq!(numbers(&rig), [4, desired, allowed, 4], "{field} {value}");
            assert_eq!(status(&rig)["observedGeneration"], 1);
        }
    }

    #[test]
    fn what_selects_nothing_or_cannot_be_counted_allows_nothing() {
        let rig = rig(json!({"selector": {"matchLabels": {"app": "none"}}, "minAvailable": 1}));
        assert_eq!(numbers(&rig), [0, 1, 0, 0]);
        assert_eq!(share(&json!("33%"), 4), 2);
        assert_eq!(share(&json!(7), 4), 7);
    }
}
