//! The sheets of Deployments, ReplicaSets and whatever else is named by its key.

use podarium_api::object::{DeploymentBody, Key, ReplicaSetBody};
use podarium_cluster::{Cluster, World};
use podarium_scene::Thing;

use super::sheet::{Row, Sheet};
use super::{act, pod};
use crate::pace::clock;
use crate::texts::t;

/// What there is to say of an object of any kind.
pub fn sheet(cluster: &Cluster, key: &Key) -> Option<Sheet> {
    let world = cluster.world();
    let object = world.store().get(key)?;
    let mut sheet = Sheet::default();
    if let Some(deployment) = object.as_kind::<DeploymentBody>() {
        let (spec, status) = (&deployment.body.spec, &deployment.body.status);
        replicas(
            &mut sheet,
            key,
            spec.replicas,
            status.ready_replicas,
            status.updated_replicas,
        );
        if deployment.meta.labels.get("k8s-app") == Some("kube-dns") {
            sheet.actions.push(act::core_dns(cluster));
        }
        let strategy = spec.strategy.as_ref().and_then(|s| s.type_.clone());
        sheet.fact(
            t!("fact-strategy"),
            strategy.unwrap_or_else(|| "RollingUpdate".into()),
        );
        for container in spec.template.spec.iter().flat_map(|s| &s.containers) {
            sheet
                .fact(
                    t!("fact-image"),
                    container.image.as_deref().unwrap_or_default(),
                )
                .mono();
        }
        sheet.section(
            t!("section-conditions"),
            status
                .conditions
                .iter()
                .flatten()
                .map(|c| Row {
                    state: Some(if c.status.as_deref() == Some("True") {
                        "ready"
                    } else {
                        "not-ready"
                    }),
                    text: format!(
                        "{}: {}",
                        c.type_.as_deref().unwrap_or_default(),
                        c.status.as_deref().unwrap_or_default()
                    ),
                    detail: c.message.clone().unwrap_or_default(),
                    ..Row::default()
                })
                .collect(),
        );
    } else if let Some(set) = object.as_kind::<ReplicaSetBody>() {
        let (spec, status) = (&set.body.spec, &set.body.status);
        replicas(&mut sheet, key, spec.replicas, status.ready_replicas, None);
    }
    let meta = object.meta();
    if let Some(owner) = meta.controller() {
        let fact = sheet.fact(t!("fact-owner"), &*owner.name).mono();
        if let Ok(kind) = podarium_api::kinds::by_gvk(&owner.api_version, &owner.kind) {
            fact.link(Thing::Workload(Key::new(
                kind.id,
                &key.namespace,
                &owner.name,
            )));
        }
    }
    sheet.fact(t!("fact-created"), clock(meta.created)).mono();
    owned(world, key, &mut sheet);
    sheet.actions.push(act::delete(
        t!("act-delete", kind = key.kind.info().kind),
        key,
    ));
    Some(sheet)
}

fn replicas(
    sheet: &mut Sheet,
    key: &Key,
    wanted: Option<i32>,
    ready: Option<i32>,
    updated: Option<i32>,
) {
    let (wanted, ready) = (wanted.unwrap_or(1), ready.unwrap_or(0));
    let words = t!("workload-ready", ready = ready, wanted = wanted);
    sheet.state = Some((if ready >= wanted { "ready" } else { "starting" }, words));
    sheet.fact(t!("fact-replicas"), wanted.to_string());
    if let Some(updated) = updated {
        sheet.fact(t!("fact-updated"), updated.to_string());
    }
    sheet.actions.push(act::scale(
        t!("act-scale", count = wanted + 1),
        key,
        wanted + 1,
    ));
    if wanted > 0 {
        sheet.actions.push(act::scale(
            t!("act-scale", count = wanted - 1),
            key,
            wanted - 1,
        ));
    }
}

/// What the object owns: pods as pods, everything else by name.
fn owned(world: &World, key: &Key, sheet: &mut Sheet) {
    let Some(object) = world.store().get(key) else {
        return;
    };
    let (mut pods, mut others) = (Vec::new(), Vec::new());
    for owned in world.store().owned_by(object.meta().uid) {
        match owned.as_pod() {
            Some(pod) => pods.push(pod::row(pod)),
            None => {
                let set = owned.as_kind::<ReplicaSetBody>();
                others.push(Row {
                    text: owned.meta().name.to_string(),
                    detail: match set {
                        Some(set) => t!(
                            "workload-ready",
                            ready = set.body.status.ready_replicas.unwrap_or(0),
                            wanted = set.body.spec.replicas.unwrap_or(1)
                        ),
                        None => owned.kind().info().kind.to_owned(),
                    },
                    link: Some(Thing::Workload(owned.key())),
                    ..Row::default()
                });
            }
        }
    }
    sheet.section(t!("section-pods"), pods);
    sheet.section(t!("section-owned"), others);
}
