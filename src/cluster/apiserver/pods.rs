//! What becomes of the spec of a new pod: defaults, admission and validation, done once for all pods of one template.
//!
//! A ReplicaSet's pods come with one shared spec. What is made of it depends on that spec, the namespace's service account
//! and the priority classes alone, so the result is kept beside what it was made from, and shared again.

use std::sync::Arc;

use k8s_openapi::api::core::v1::PodSpec;
use podarium_api::meta::Str;
use podarium_api::object::ServiceAccount;
use podarium_api::pod::{Phase, Pod, PodStatus};
use podarium_api::status::Status;

use super::{admission, defaults, validation};
use crate::world::World;

/// How many templates are remembered; the oldest goes first.
const MOST: usize = 64;

/// Specs that were finished of late.
#[derive(Clone, Debug, Default)]
pub(super) struct Finished {
    entries: Vec<Entry>,
}

/// What a spec became, and everything that it was made from. The `Arc`s keep the addresses that they are compared by.
#[derive(Clone, Debug)]
struct Entry {
    given: Arc<PodSpec>,
    namespace: Str,
    account: Arc<ServiceAccount>,
    classes: (usize, u64),
    finished: Arc<PodSpec>,
    qos: &'static str,
}

/// Finishes a pod that is about to be created: its spec, and a status in which nothing has happened yet.
///
/// # Errors
/// `Forbidden` of an admission plugin, or `Invalid`.
pub(super) fn finish(world: &mut World, pod: &mut Pod) -> Result<(), Status> {
    let name = pod.meta.name.clone();
    let namespace = pod.meta.namespace.clone();
    let classes = admission::classes_fingerprint(world);
    let account = admission::account_of(world, &namespace, &pod.body.spec).cloned();
    let known = account.as_ref().and_then(|account| {
        world.api.finished.entries.iter().find(|e| {
            Arc::ptr_eq(&e.given, &pod.body.spec)
                && e.namespace == namespace
                && Arc::ptr_eq(&e.account, account)
                && e.classes == classes
        })
    });
    let (spec, qos) = match known {
        Some(entry) => (entry.finished.clone(), entry.qos),
        None => {
            let given = pod.body.spec.clone();
            let mut spec = given.as_ref().clone();
            defaults::pod(&mut spec);
            admission::on_pod(world, &namespace, &name, &mut spec)?;
            validation::pod_spec(&name, &spec)?;
            let qos = defaults::qos_class(&spec);
            let finished = Arc::new(spec);
            if let Some(account) = account {
                let entries = &mut world.api.finished.entries;
                if entries.len() == MOST {
                    entries.remove(0);
                }
                entries.push(Entry {
                    given,
                    namespace,
                    account,
                    classes,
                    finished: finished.clone(),
                    qos,
                });
            }
            (finished, qos)
        }
    };
    pod.body.status = PodStatus {
        phase: Phase::Pending,
        qos_class: qos,
        ..PodStatus::default()
    };
    // upstream: pkg/registry/core/pod/strategy.go applySchedulingGatedCondition
    if spec
        .scheduling_gates
        .as_ref()
        .is_some_and(|g| !g.is_empty())
    {
        pod.body.status.set_condition(
            world.now(),
            "PodScheduled",
            Some(false),
            Some("SchedulingGated"),
            Some("Scheduling is blocked due to non-empty scheduling gates"),
        );
    }
    pod.body.spec = spec;
    Ok(())
}
