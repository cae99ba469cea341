//! EndpointSlices: the addresses behind each Service, in pieces of at most a hundred.
// upstream: pkg/controller/endpointslice/endpointslice_controller.go; staging/src/k8s.io/endpointslice/reconciler.go

pub mod endpoint;
mod plan;
#[cfg(test)]
mod tests;
pub mod track;

use std::sync::Arc;

use k8s_openapi::api::core::v1::PodSpec;
use k8s_openapi::api::discovery::v1::EndpointPort;
use podarium_api::kinds::KindId;
use podarium_api::meta::{Labels, Meta, OwnerReference, Span, Str};
use podarium_api::object::{Key, Object, Service, ServiceBody};
use podarium_api::pod::PodBody;
use podarium_api::slice::{EndpointSlice, SliceBody};
use podarium_api::status::{Reason, Status};

use self::endpoint::Absent;
use self::plan::{Contents, Draft, Plan};
use self::track::Track;
use super::cache::Delta;
use super::ctx::{Ctx, Done, Feed, Outcome};
use super::queue::Weight;
use super::registry::Entry;
use crate::apiserver::DeleteOptions;
use crate::doc::Doc;
use crate::sim::Why;

pub(super) const SERVICE_NAME: &str = "kubernetes.io/service-name";
pub(super) const MANAGED_BY: &str = "endpointslice.kubernetes.io/managed-by";
pub(super) const MANAGER: &str = "endpointslice-controller.k8s.io";
pub(super) const HEADLESS: &str = "service.kubernetes.io/headless";
pub(super) const TRIGGER: &str = "endpoints.kubernetes.io/last-change-trigger-time";

/// Least time between two writes for one Service: what changes meanwhile is written together.
// upstream: endpointUpdatesBatchPeriod, and the API rate limit that a busy Service soon reaches
const BATCH: Span = Span::millis(100);

/// The registry's line.
pub const ENTRY: Entry = Entry {
    doc: Doc {
        name: "endpointslice-controller",
        sentence: "Lists the addresses of the pods that each Service selects, with their readiness.",
        upstream: "pkg/controller/endpointslice/endpointslice_controller.go",
        docs: "concepts/services-networking/endpoint-slices/",
        acts_on: &[
            "Service.spec.selector",
            "Service.spec.ports.name",
            "Service.spec.ports.port",
            "Service.spec.ports.protocol",
            "Service.spec.ports.appProtocol",
            "Service.spec.ports.targetPort",
            "Service.spec.publishNotReadyAddresses",
            "Service.spec.trafficDistribution",
            "Service.spec.ipFamilies",
            "Pod.spec.hostname",
            "Pod.spec.subdomain",
            "Pod.spec.containers.ports.**",
        ],
    },
    source: "endpoint-slice-controller",
    workers: 5,
    enqueue,
    reconcile,
};

fn enqueue(feed: &mut Feed<'_>, delta: &Delta<'_>) {
    if delta.key.kind == KindId::ENDPOINT_SLICE {
        if let Some(key) = feed.state.endpoints.slice(delta) {
            feed.add(key, Weight::Light);
        }
        return;
    }
    feed.state.endpoints.observe(feed.cache, delta);
    let weight = weight(delta);
    for key in feed.state.endpoints.touched.clone() {
        feed.add(key, weight);
    }
}

/// A Service's own change says more about its endpoints than one of many pods' does.
pub(super) fn weight(delta: &Delta<'_>) -> Weight {
    if delta.key.kind == KindId::SERVICE {
        Weight::Heavy
    } else {
        Weight::Medium
    }
}

/// The address families of a Service: `true` is IPv6.
fn families(service: &Service) -> Vec<bool> {
    let spec = &service.body.spec;
    let all = spec.ip_families.as_deref().unwrap_or_default();
    if all.is_empty() {
        vec![false]
    } else {
        all.iter().map(|f| f == "IPv6").collect()
    }
}

/// Whether a Service has no address of its own.
// upstream: pkg/apis/core/v1/helper/helpers.go IsServiceIPSet
pub(super) fn is_headless(service: &Service) -> bool {
    let ip = service.body.spec.cluster_ip.as_deref();
    ip.is_none_or(|ip| ip.is_empty() || ip == "None")
}

// upstream: staging/src/k8s.io/endpointslice/utils.go setEndpointSliceLabels
fn labels(service: &Service) -> Labels {
    let mut labels = service.meta.labels.clone();
    labels.remove(HEADLESS);
    labels.insert(SERVICE_NAME, &service.meta.name);
    labels.insert(MANAGED_BY, MANAGER);
    if is_headless(service) {
        labels.insert(HEADLESS, "");
    }
    labels
}

fn reconcile(ctx: &mut Ctx<'_>, key: &Key) -> Outcome {
    let Some(service) = ctx.cache.find::<ServiceBody>(key).cloned() else {
        // The slices have an owner: they go with it.
        return Ok(Done::default());
    };
    let Some(track) = ctx.state.endpoints.get_mut(key) else {
        return Ok(Done::default());
    };
    let mut track = std::mem::take(track);
    let missing = draft(ctx, &service, &mut track);
    let (plan, missing) = match missing {
        (plan, missing) if plan_is_empty(&plan) && !missing => {
            put_back(ctx, key, track);
            return Ok(Done::default());
        }
        both => both,
    };
    let written = write(ctx, &service, &mut track, plan);
    if written.is_err() {
        track.all = true;
    }
    put_back(ctx, key, track);
    if let Err(status) = written {
        let text = format!(
            "Error updating Endpoint Slices for Service {}/{}: {status}",
            key.namespace, key.name
        );
        ctx.tell(
            &Object::Service(service),
            true,
            "FailedToUpdateEndpointSlices",
            text,
        );
        return Err(status);
    }
    if missing {
        // upstream: reconciler.go: the Service is tried again later, in case the node was not known yet.
        let text = "skipping Pods whose Node is not found";
        return Err(Status::new(Reason::NotFound, text));
    }
    Ok(Done::busy(BATCH))
}

fn put_back(ctx: &mut Ctx<'_>, key: &Key, track: Track) {
    if let Some(place) = ctx.state.endpoints.get_mut(key) {
        *place = track;
    }
}

fn plan_is_empty(plan: &Plan) -> bool {
    plan.updates.is_empty() && plan.creates.is_empty() && plan.deletes.is_empty()
}

/// Works out what to write; also whether a pod's node is not known.
fn draft(ctx: &Ctx<'_>, service: &Service, track: &mut Track) -> (Plan, bool) {
    let families = families(service);
    let everything = std::mem::take(&mut track.all);
    let members = track.members.clone();
    let mut candidates = std::mem::take(&mut track.dirty);
    let mut draft;
    if everything {
        candidates.extend(members.iter().cloned());
        let wanted = labels(service);
        let stale: Vec<Str> = track
            .slices
            .values()
            .filter(|s| s.meta.labels != wanted)
            .map(|s| s.meta.name.clone())
            .collect();
        draft = Draft::new(track);
        draft.survey();
        candidates.extend(draft.placed());
        for name in &stale {
            draft.touch(name);
        }
    } else {
        draft = Draft::new(track);
    }
    // Pods of one template have one spec and so the same ports.
    let mut memo: Option<(Arc<PodSpec>, Vec<EndpointPort>)> = None;
    let mut again = Vec::new();
    for name in candidates {
        let pod = ctx.cache.find::<PodBody>(&Key {
            kind: KindId::POD,
            namespace: service.meta.namespace.clone(),
            name: name.clone(),
        });
        let pod = pod.filter(|_| members.contains(&name));
        for v6 in [false, true] {
            let wanted = pod.filter(|_| families.contains(&v6)).and_then(|pod| {
                match endpoint::endpoint(ctx.cache, service, pod, v6) {
                    Ok(endpoint) => Some((endpoint, pod)),
                    Err(Absent::Node) => {
                        again.push(name.clone());
                        None
                    }
                    Err(Absent::Pod) => None,
                }
            });
            let Some((endpoint, pod)) = wanted else {
                draft.set(&name, v6, None);
                continue;
            };
            let known = memo
                .take()
                .filter(|(spec, _)| Arc::ptr_eq(spec, &pod.body.spec));
            let (_, ports) = memo.insert(known.unwrap_or_else(|| {
                let spec = pod.body.spec.clone();
                let ports = endpoint::ports(service, &spec);
                (spec, ports)
            }));
            draft.set(&name, v6, Some((endpoint, ports)));
        }
    }
    let plan = draft.finish(&families);
    let missing = !again.is_empty();
    track.dirty.extend(again);
    (plan, missing)
}

fn write(
    ctx: &mut Ctx<'_>,
    service: &Service,
    track: &mut Track,
    plan: Plan,
) -> Result<(), Status> {
    let trigger = track.trigger.take().map(|t| t.to_rfc3339());
    let actor = ctx.actor.clone();
    let labels = labels(service);
    let why = |id: &'static str, contents: &Contents| {
        let ready = contents
            .endpoints
            .iter()
            .filter(|e| e.conditions.is_ready());
        Why::with(
            id,
            [
                ("service", (&service.meta.name).into()),
                ("ready", ready.count().into()),
                ("endpoints", contents.endpoints.len().into()),
            ],
        )
    };
    let annotate = |meta: &mut Meta| match &trigger {
        Some(at) => meta.annotations.insert(TRIGGER, at),
        None => {
            meta.annotations.remove(TRIGGER);
        }
    };
    for contents in plan.creates {
        let mut meta = Meta::new(&service.meta.namespace, "");
        meta.generate_name = Some(format!("{}-", service.meta.name).into());
        meta.labels = labels.clone();
        meta.owners = Some(Arc::new([owner(service)]));
        annotate(&mut meta);
        let reason = why("endpointslice-create", &contents);
        let slice = EndpointSlice::new(meta, body(contents));
        match ctx.world.create(&actor, slice, reason) {
            Ok(slice) => {
                plan::settle(track, &slice);
                track.slices.insert(slice.meta.name.clone(), slice);
            }
            // upstream: in a namespace that is going away there is nothing more to do.
            Err(status) if status.message.contains("because it is being terminated") => {
                return Ok(());
            }
            Err(status) => return Err(status),
        }
    }
    for (name, contents) in plan.updates {
        let Some(known) = track.slices.get(&name) else {
            continue;
        };
        let mut meta = known.meta.clone();
        meta.labels = labels.clone();
        annotate(&mut meta);
        let reason = why("endpointslice-update", &contents);
        let slice = EndpointSlice::new(meta, body(contents));
        let slice = ctx.world.update(&actor, slice, reason)?;
        track.slices.insert(name, slice);
    }
    for name in plan.deletes {
        track.slices.remove(&name);
        let key = Key {
            kind: KindId::ENDPOINT_SLICE,
            namespace: service.meta.namespace.clone(),
            name,
        };
        let reason = Why::with(
            "endpointslice-delete",
            [("service", (&service.meta.name).into())],
        );
        ctx.delete(&key, &DeleteOptions::default(), reason)?;
    }
    Ok(())
}

fn body(contents: Contents) -> SliceBody {
    SliceBody {
        address_type: if contents.group.v6 { "IPv6" } else { "IPv4" }.into(),
        endpoints: contents.endpoints,
        ports: contents.group.ports,
    }
}

fn owner(service: &Service) -> OwnerReference {
    OwnerReference {
        api_version: "v1".into(),
        kind: "Service".into(),
        name: service.meta.name.clone(),
        uid: service.meta.uid,
        controller: true,
        block_owner_deletion: true,
    }
}
