//! ReplicationControllers: the older kind, served by the logic of ReplicaSets.
// upstream: pkg/controller/replication/replication_controller.go, conversion.go

use std::sync::Arc;

use k8s_openapi::api::apps::v1::{ReplicaSetCondition, ReplicaSetSpec, ReplicaSetStatus};
use k8s_openapi::api::core::v1::{ReplicationControllerCondition, ReplicationControllerStatus};
use k8s_openapi::apimachinery::pkg::apis::meta::v1::LabelSelector;
use podarium_api::kinds::KindId;
use podarium_api::object::{Key, Object, ReplicaSet, ReplicaSetBody, ReplicationControllerBody};

use super::{Ctx, Done, Entry, Flavor, WRITES, sync, watch};
use crate::controllers::ctx::Outcome;
use crate::doc::Doc;
use crate::sim::Why;

/// The registry's line.
pub const ENTRY: Entry = Entry {
    doc: Doc {
        name: "replicationcontroller-controller",
        sentence: "Keeps as many pods of a ReplicationController's template as it asks for.",
        upstream: "pkg/controller/replication/replication_controller.go",
        docs: "concepts/workloads/controllers/replicationcontroller/",
        acts_on: &[
            "ReplicationController.spec.replicas",
            "ReplicationController.spec.minReadySeconds",
            "ReplicationController.spec.selector",
            "ReplicationController.spec.template.metadata.labels",
            "ReplicationController.spec.template.metadata.annotations",
            "ReplicationController.spec.template.metadata.finalizers",
            "ReplicationController.spec.template.spec.**",
        ],
    },
    source: "replication-controller",
    workers: 5,
    enqueue: |feed, delta| watch::enqueue(feed, &FLAVOR, delta),
    reconcile: |ctx, key| sync(ctx, &FLAVOR, key),
};

static FLAVOR: Flavor = Flavor {
    kind: KindId::REPLICATION_CONTROLLER,
    read,
    write_status,
};

fn read(object: &Object) -> Option<Arc<ReplicaSet>> {
    let rc = object.as_kind::<ReplicationControllerBody>()?;
    let (spec, status) = (&rc.body.spec, &rc.body.status);
    let conditions = status.conditions.as_ref().map(|all| {
        all.iter()
            .map(|c| ReplicaSetCondition {
                type_: Some(c.type_.clone()),
                status: Some(c.status.clone()),
                reason: c.reason.clone(),
                message: c.message.clone(),
                last_transition_time: c.last_transition_time.clone(),
            })
            .collect()
    });
    let body = ReplicaSetBody {
        spec: ReplicaSetSpec {
            replicas: spec.replicas,
            min_ready_seconds: spec.min_ready_seconds,
            selector: LabelSelector {
                match_labels: spec.selector.clone(),
                match_expressions: None,
            },
            template: spec.template.clone(),
        },
        status: ReplicaSetStatus {
            replicas: status.replicas,
            fully_labeled_replicas: status.fully_labeled_replicas,
            ready_replicas: status.ready_replicas,
            available_replicas: status.available_replicas,
            observed_generation: status.observed_generation,
            conditions,
            // A ReplicationController does not report them.
            terminating_replicas: None,
        },
    };
    Some(Arc::new(ReplicaSet::new(rc.meta.clone(), body)))
}

fn write_status(ctx: &mut Ctx<'_>, rs: &ReplicaSet, status: ReplicaSetStatus, why: Why) -> Outcome {
    let same = ReplicaSetStatus {
        terminating_replicas: None,
        ..status.clone()
    } == rs.body.status;
    if same {
        return Ok(Done::default());
    }
    let conditions = status.conditions.map(|all| {
        all.into_iter()
            .map(|c| ReplicationControllerCondition {
                type_: c.type_.unwrap_or_default(),
                status: c.status.unwrap_or_default(),
                reason: c.reason,
                message: c.message,
                last_transition_time: c.last_transition_time,
            })
            .collect()
    });
    let key = Key {
        kind: KindId::REPLICATION_CONTROLLER,
        namespace: rs.meta.namespace.clone(),
        name: rs.meta.name.clone(),
    };
    ctx.patch_status::<ReplicationControllerBody>(&key, rs.meta.uid, why, |rc| {
        rc.body.status = ReplicationControllerStatus {
            replicas: status.replicas,
            fully_labeled_replicas: status.fully_labeled_replicas,
            ready_replicas: status.ready_replicas,
            available_replicas: status.available_replicas,
            observed_generation: status.observed_generation,
            conditions,
        };
    })?;
    Ok(Done::busy(WRITES))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::controllers::testing::{Rig, pod_spec};
    use podarium_api::meta::Span;
    use podarium_api::pod::PodBody;
    use serde_json::json;

    #[test]
    fn an_old_manifest_keeps_its_pods() {
        let mut rig = Rig::new();
        rig.create(json!({
            "apiVersion": "v1", "kind": "ReplicationController", "metadata": {"name": "web", "namespace": "default"},
            "spec": {"replicas": 2, "template": {"metadata": {"labels": {"app": "web"}}, "spec": pod_spec("web:1")}},
        }));
        rig.run(Span::secs(1));
        rig.start_pods();
        rig.run(Span::secs(1));
        let rc = rig.get::<ReplicationControllerBody>("web");
        let labels = rc.body.spec.selector.clone().unwrap();
        assert_eq!(labels, [("app".to_string(), "web".to_string())].into());
        let status = &rc.body.status;
        assert_eq!((status.replicas, status.available_replicas), (2, Some(2)));
        assert_eq!(status.observed_generation, Some(rc.meta.generation));
        let pods = rig.all::<PodBody>();
        let owner = pods[0].meta.controller().unwrap();
        assert_eq!(
            (&*owner.api_version, &*owner.kind),
            ("v1", "ReplicationController")
        );
        rig.edit::<ReplicationControllerBody>("web", |rc| rc.body.spec.replicas = Some(0));
        rig.run(Span::secs(1));
        rig.end_pods();
        rig.run(Span::secs(1));
        assert_eq!(rig.all::<PodBody>().len(), 0);
        // What is as it was is not written again and again.
        let revision = rig.world.store().revision();
        rig.run(Span::secs(60));
        assert_eq!(rig.world.store().revision(), revision);
    }
}
