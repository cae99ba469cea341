//! Endpoints: the older list of each Service's addresses, all in one object, for those who still read it.
// upstream: pkg/controller/endpoint/endpoints_controller.go

use k8s_openapi::api::core::v1::{EndpointAddress, EndpointPort, EndpointSubset, ObjectReference};
use podarium_api::kinds::KindId;
use podarium_api::meta::{Meta, Span};
use podarium_api::object::{Endpoints, EndpointsBody, Key, Object, Service, ServiceBody};
use podarium_api::pod::{Pod, PodBody};
use podarium_api::sort;

use super::cache::Delta;
use super::ctx::{Ctx, Done, Feed, Outcome};
use super::endpointslice::endpoint::{find_port, hostname};
use super::endpointslice::track::eligible;
use super::endpointslice::{HEADLESS, TRIGGER, is_headless, weight};
use super::registry::Entry;
use crate::apiserver::DeleteOptions;
use crate::doc::Doc;
use crate::sim::Why;

const MANAGED_BY: &str = "endpoints.kubernetes.io/managed-by";
const MANAGER: &str = "endpoint-controller";
const OVER_CAPACITY: &str = "endpoints.kubernetes.io/over-capacity";

/// upstream: endpoints_controller.go maxCapacity
const CAPACITY: usize = 1_000;

/// Least time between two syncs of one object, to which each pod adds its part: it is made anew as a whole.
const BATCH: Span = Span::millis(100);
const PER_POD: Span = Span::millis(1);

/// The registry's line.
pub const ENTRY: Entry = Entry {
    doc: Doc {
        name: "endpoints-controller",
        sentence: "Keeps the older Endpoints object of each Service, up to a thousand addresses.",
        upstream: "pkg/controller/endpoint/endpoints_controller.go",
        docs: "concepts/services-networking/service/#endpoints",
        acts_on: &[
            "Service.spec.selector",
            "Service.spec.ports.name",
            "Service.spec.ports.port",
            "Service.spec.ports.protocol",
            "Service.spec.ports.appProtocol",
            "Service.spec.ports.targetPort",
            "Service.spec.publishNotReadyAddresses",
        ],
    },
    source: "endpoint-controller",
    workers: 5,
    enqueue,
    reconcile,
};

fn enqueue(feed: &mut Feed<'_>, delta: &Delta<'_>) {
    let key = match delta.key.kind {
        // The slices' controller has worked out already which Services the change concerns.
        KindId::POD | KindId::SERVICE => {
            let weight = weight(delta);
            for key in feed.state.endpoints.touched.clone() {
                feed.add(key, weight);
            }
            return;
        }
        // upstream: onEndpointsDelete: one that somebody deleted is made again.
        KindId::ENDPOINTS if delta.gone() => Key {
            kind: KindId::SERVICE,
            ..delta.key.clone()
        },
        _ => return,
    };
    feed.add(key, super::queue::Weight::Medium);
}

fn reconcile(ctx: &mut Ctx<'_>, key: &Key) -> Outcome {
    let target = Key {
        kind: KindId::ENDPOINTS,
        ..key.clone()
    };
    let actor = ctx.actor.clone();
    let Some(service) = ctx.cache.find::<ServiceBody>(key).cloned() else {
        // upstream: Endpoints have no owner; the controller removes them itself.
        if ctx.cache.get(&target).is_some() {
            let why = Why::with("endpoints-delete", [("service", (&key.name).into())]);
            ctx.delete(&target, &DeleteOptions::default(), why)?;
        }
        return Ok(Done::default());
    };
    let Some(track) = ctx.state.endpoints.get(key) else {
        return Ok(Done::default());
    };
    let publish = service.body.spec.publish_not_ready_addresses == Some(true);
    let mut built = Built::default();
    for name in &track.members {
        let pod = ctx.cache.find::<PodBody>(&Key {
            kind: KindId::POD,
            namespace: key.namespace.clone(),
            name: name.clone(),
        });
        if let Some(pod) = pod.filter(|p| eligible(p) && (publish || !p.meta.is_terminating())) {
            built.add(&service, pod, publish);
        }
    }
    let done = Done::busy(BATCH + PER_POD * track.members.len() as u64);
    let (subsets, size, truncated) = built.finish();
    let known = ctx.cache.find::<EndpointsBody>(&target).cloned();
    let mut meta = known.as_ref().map_or_else(
        || Meta::new(&key.namespace, &key.name),
        |known| known.meta.clone(),
    );
    describe(&mut meta, &service, truncated);
    let same = known.as_ref().is_some_and(|k| {
        k.body.subsets == subsets
            && k.meta.labels == meta.labels
            && k.meta.annotations.get(OVER_CAPACITY) == meta.annotations.get(OVER_CAPACITY)
    });
    if same {
        return Ok(done);
    }
    meta.annotations.insert(TRIGGER, &ctx.now().to_rfc3339());
    let why = Why::with(
        "endpoints-write",
        [
            ("service", (&service.meta.name).into()),
            ("addresses", size.into()),
        ],
    );
    let object = Endpoints::new(meta, EndpointsBody { subsets });
    let written = match known {
        None => ctx.world.create(&actor, object, why),
        Some(_) => ctx.world.update(&actor, object, why),
    };
    match written {
        Ok(_) => Ok(done),
        Err(status) if status.message.contains("because it is being terminated") => {
            Ok(Done::default())
        }
        Err(status) => {
            let text = format!(
                "Failed to update endpoint {}/{}: {status}",
                key.namespace, key.name
            );
            ctx.tell(
                &Object::Service(service),
                true,
                "FailedToUpdateEndpoint",
                text,
            );
            Err(status)
        }
    }
}

fn describe(meta: &mut Meta, service: &Service, truncated: bool) {
    meta.labels = service.meta.labels.clone();
    meta.labels.insert(MANAGED_BY, MANAGER);
    if is_headless(service) {
        meta.labels.insert(HEADLESS, "");
    } else {
        meta.labels.remove(HEADLESS);
    }
    if truncated {
        meta.annotations.insert(OVER_CAPACITY, "truncated");
    } else {
        meta.annotations.remove(OVER_CAPACITY);
    }
}

/// Addresses by the ports that they serve.
// upstream: pkg/api/v1/endpoints/util.go RepackSubsets
#[derive(Default)]
struct Built(
    Vec<(
        Vec<EndpointPort>,
        Vec<EndpointAddress>,
        Vec<EndpointAddress>,
    )>,
);

impl Built {
    fn add(&mut self, service: &Service, pod: &Pod, publish: bool) {
        let wanted = service.body.spec.ports.as_deref().unwrap_or_default();
        let ports: Vec<_> = wanted
            .iter()
            .filter_map(|port| {
                Some(EndpointPort {
                    name: port.name.clone(),
                    port: find_port(port, &pod.body.spec)?,
                    protocol: Some(port.protocol.clone().unwrap_or_else(|| "TCP".into())),
                    app_protocol: port.app_protocol.clone(),
                })
            })
            .collect();
        // Only a headless Service may have no ports at all.
        if ports.is_empty() && !(wanted.is_empty() && is_headless(service)) {
            return;
        }
        let Some(ip) = pod.ip() else { return };
        let address = EndpointAddress {
            ip: ip.to_string(),
            hostname: hostname(service, pod).map(|h| (*h).into()),
            node_name: pod.body.node_name.as_deref().map(Into::into),
            target_ref: Some(ObjectReference {
                kind: Some("Pod".into()),
                namespace: Some((*pod.meta.namespace).into()),
                name: Some((*pod.meta.name).into()),
                uid: Some(pod.meta.uid.to_string()),
                ..ObjectReference::default()
            }),
        };
        let at = match self.0.iter().position(|(p, ..)| *p == ports) {
            Some(at) => at,
            None => {
                self.0.push((ports, Vec::new(), Vec::new()));
                self.0.len() - 1
            }
        };
        if publish || pod.is_ready() {
            self.0[at].1.push(address);
        } else {
            self.0[at].2.push(address);
        }
    }

    /// The subsets, how many addresses they hold, and whether some had to be left out: those not ready first.
    fn finish(mut self) -> (Vec<EndpointSubset>, usize, bool) {
        let mut left = CAPACITY;
        let mut truncated = false;
        let mut cut = |list: &mut Vec<EndpointAddress>| {
            truncated |= list.len() > left;
            list.truncate(left);
            left -= list.len();
            sort::by(list, |a, b| a.ip.cmp(&b.ip));
        };
        for (_, ready, _) in &mut self.0 {
            cut(ready);
        }
        for (_, _, waiting) in &mut self.0 {
            cut(waiting);
        }
        let some = |list: Vec<EndpointAddress>| (!list.is_empty()).then_some(list);
        let subsets = self
            .0
            .into_iter()
            .map(|(ports, ready, waiting)| EndpointSubset {
                addresses: some(ready),
                not_ready_addresses: some(waiting),
                ports: (!ports.is_empty()).then_some(ports),
            })
            .filter(|s| s.addresses.is_some() || s.not_ready_addresses.is_some())
            .collect();
        (subsets, CAPACITY - left, truncated)
    }
}
