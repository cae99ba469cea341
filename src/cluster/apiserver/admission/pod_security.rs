//! PodSecurity: namespaces say by labels how much of their nodes their pods may see.

use std::sync::Arc;

use podarium_api::kinds::KindId;
use podarium_api::object::{NamespaceBody, Object};
use podarium_api::pod::PodBody;
use podarium_api::status::Status;
use serde_json::{Value, json};

use super::{Attributes, CREATE, Operation, Plugin, SUB, UPDATE, judge};
use crate::doc::Doc;
use crate::world::World;

pub(super) static PLUGIN: Plugin = Plugin {
    doc: Doc {
        name: "PodSecurity",
        sentence: "Refuses pods that violate the Pod Security Standard of their namespace, and warns of workloads that would.",
        upstream: "staging/src/k8s.io/pod-security-admission/admission/admission.go",
        docs: "concepts/security/pod-security-admission/",
        acts_on: &[],
    },
    on: &[
        (Some(KindId::NAMESPACE), CREATE | UPDATE),
        (Some(KindId::POD), CREATE | UPDATE | SUB),
        (Some(KindId::POD_TEMPLATE), CREATE | UPDATE),
        (Some(KindId::REPLICATION_CONTROLLER), CREATE | UPDATE),
        (Some(KindId::REPLICA_SET), CREATE | UPDATE),
        (Some(KindId::DEPLOYMENT), CREATE | UPDATE),
        (Some(KindId::STATEFUL_SET), CREATE | UPDATE),
        (Some(KindId::DAEMON_SET), CREATE | UPDATE),
        (Some(KindId::JOB), CREATE | UPDATE),
        (Some(KindId::CRON_JOB), CREATE | UPDATE),
    ],
    shared: true,
    admit: None,
    validate: Some(validate),
};

const PREFIX: &str = "pod-security.kubernetes.io/";

fn validate(world: &World, attributes: &mut Attributes<'_>, object: &Object) -> Result<(), Status> {
    if !["", "ephemeralcontainers", "resize"].contains(&attributes.subresource) {
        return Ok(());
    }
    let known = match object {
        Object::Namespace(_) => pods(world, attributes, object),
        _ => labels(world, attributes, object),
    };
    match known {
        Some(known) => judge(attributes, object, "PodSecurity", known),
        None => Ok(()),
    }
}

/// The labels of the namespace; none where they ask nothing of this object.
fn labels(world: &World, attributes: &Attributes<'_>, object: &Object) -> Option<Value> {
    if attributes.old.is_some_and(|old| {
        old.spec_eq(object) && old.meta().annotations == object.meta().annotations
    }) {
        return None;
    }
    let space = world
        .store()
        .find::<NamespaceBody>("", &object.meta().namespace)?;
    let own = space.meta.labels.iter().filter(|(key, _)| {
        let mode = key.strip_prefix(PREFIX);
        // Of what is not a pod, people are warned; where nobody listens, the record remains.
        mode.is_some_and(|mode| {
            object.as_pod().is_some() || world.warnings.is_some() || mode.starts_with("audit")
        })
    });
    let own: serde_json::Map<_, _> = own.map(|(k, v)| (k.into(), v.into())).collect();
    (!own.is_empty()).then_some(Value::Object(own))
}

/// The pods of a namespace by template, where its labels change; none where there is nothing to say of it.
fn pods(world: &World, attributes: &Attributes<'_>, object: &Object) -> Option<Value> {
    let own = |object: &Object| -> Vec<(String, String)> {
        let labels = object.meta().labels.iter();
        let own = labels.filter(|(key, _)| key.starts_with(PREFIX));
        own.map(|(k, v)| (k.into(), v.into())).collect()
    };
    let before = attributes.old.map(own).unwrap_or_default();
    if own(object) == before {
        return None;
    }
    if attributes.operation == Operation::Create {
        return Some(Value::Null);
    }
    let mut groups: Vec<(&Arc<podarium_api::pod::Pod>, usize)> = Vec::new();
    for pod in world.store().all_in::<PodBody>(&object.meta().name) {
        let same = groups.iter_mut().find(|(known, _)| {
            Arc::ptr_eq(&known.body.spec, &pod.body.spec)
                && known.meta.annotations == pod.meta.annotations
        });
        match same {
            Some((_, count)) => *count += 1,
            None => groups.push((pod, 1)),
        }
    }
    let groups = groups
        .into_iter()
        .map(|(pod, count)| json!([*pod.meta.name, count, Object::Pod(pod.clone()).to_value()]));
    Some(groups.collect())
}
