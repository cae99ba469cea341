//! What the endpoint controllers remember of each Service: its pods, what of them is out of date, and its slices.
//!
//! A change of a pod costs one look at each Service of its namespace; a sync costs what has changed since the last.

use std::collections::BTreeMap;
use std::sync::Arc;

use podarium_api::kinds::KindId;
use podarium_api::meta::{Str, Time, Uid};
use podarium_api::object::{Key, Service, ServiceBody};
use podarium_api::ordered::{OrdMap, OrdSet};
use podarium_api::pod::{Pod, PodBody};
use podarium_api::slice::{EndpointSlice, SliceBody};

use super::{MANAGED_BY, MANAGER, SERVICE_NAME};
use crate::controllers::cache::{Cache, Delta};

/// One Service.
#[derive(Clone, Debug, Default)]
pub struct Track {
    /// The Service's uid.
    pub uid: Uid,
    /// Its selector.
    pub selector: BTreeMap<String, String>,
    /// The pods that it selects.
    pub members: OrdSet<Str>,
    /// Pods that changed since the last sync.
    pub dirty: OrdSet<Str>,
    /// Whether everything is to be looked at.
    pub all: bool,
    /// Which slice holds a pod's endpoint; one for IPv4 (`false`) and one for IPv6.
    pub placed: OrdMap<(Str, bool), Str>,
    /// The Service's slices as last written or seen, whichever is later.
    pub slices: OrdMap<Str, Arc<EndpointSlice>>,
    /// The earliest change that the next sync will carry to the slices.
    pub trigger: Option<Time>,
}

/// All Services with a selector, by namespace and name.
#[derive(Clone, Debug, Default)]
pub struct Tracks {
    spaces: OrdMap<Str, OrdMap<Str, Track>>,
    /// The Services that the change at hand concerns.
    pub touched: Vec<Key>,
}

impl Tracks {
    /// What is remembered of a Service.
    pub fn get(&self, key: &Key) -> Option<&Track> {
        self.spaces.get(&key.namespace)?.get(&key.name)
    }

    /// The same, to change.
    pub fn get_mut(&mut self, key: &Key) -> Option<&mut Track> {
        self.spaces.get_mut(&key.namespace)?.get_mut(&key.name)
    }

    /// Takes in a change; afterwards `touched` holds the Services whose endpoints may differ.
    pub fn observe(&mut self, cache: &Cache, delta: &Delta<'_>) {
        self.touched.clear();
        match delta.key.kind {
            KindId::POD => self.pod(delta),
            KindId::SERVICE => self.service(cache, delta),
            _ => {}
        }
    }

    fn pod(&mut self, delta: &Delta<'_>) {
        let (old, new) = delta.of::<PodBody>();
        let relabelled = match (old, new) {
            (Some(old), Some(new)) => old.meta.labels != new.meta.labels,
            _ => true,
        };
        let moved = differs(old, new);
        if !relabelled && !moved {
            return;
        }
        let Some(services) = self.spaces.get_mut(&delta.key.namespace) else {
            return;
        };
        // upstream: endpointslice/util/trigger_time_tracker.go: the time at which readiness last changed, if it just did.
        let since =
            |p: Option<&Arc<Pod>>| p.and_then(|p| Some(p.body.status.condition("Ready")?.since));
        let trigger = since(new).filter(|t| since(old) != Some(*t));
        let shows = old.into_iter().chain(new).any(|p| eligible(p));
        for (name, track) in services.iter_mut() {
            let selects = |pod: Option<&Arc<Pod>>| {
                pod.is_some_and(|p| p.meta.labels.contains_all(&track.selector))
            };
            let (was, is) = (selects(old), selects(new));
            if is && !was {
                track.members.insert(delta.key.name.clone());
            } else if was && !is {
                track.members.remove(&delta.key.name);
            }
            if shows && (was != is || is && moved) {
                track.dirty.insert(delta.key.name.clone());
                track.trigger = match (track.trigger, trigger) {
                    (Some(a), Some(b)) => Some(a.min(b)),
                    (a, b) => a.or(b),
                };
                self.touched.push(Key {
                    kind: KindId::SERVICE,
                    namespace: delta.key.namespace.clone(),
                    name: name.clone(),
                });
            }
        }
    }

    fn service(&mut self, cache: &Cache, delta: &Delta<'_>) {
        let (old, new) = delta.of::<ServiceBody>();
        let space = self.spaces.entry(delta.key.namespace.clone()).or_default();
        let Some((service, selector)) = new.and_then(|s| Some((s, selector_of(s)?))) else {
            space.remove(&delta.key.name);
            self.touched.push(delta.key.clone());
            return;
        };
        let known = space.get_mut(&delta.key.name);
        if let Some(track) = known.filter(|t| t.uid == service.meta.uid && t.selector == selector) {
            let same = old.is_some_and(|o| {
                o.body.spec == service.body.spec && o.meta.labels == service.meta.labels
            });
            track.all |= !same;
            if !same {
                self.touched.push(delta.key.clone());
            }
            return;
        }
        self.touched.push(delta.key.clone());
        let mut track = Track {
            uid: service.meta.uid,
            all: true,
            trigger: Some(service.meta.created),
            ..Track::default()
        };
        for pod in cache.list::<PodBody>(&delta.key.namespace) {
            if pod.meta.labels.contains_all(&selector) {
                track.members.insert(pod.meta.name.clone());
            }
        }
        for slice in cache.list::<SliceBody>(&delta.key.namespace) {
            if service_of(slice) == Some(&*delta.key.name) {
                track.slices.insert(slice.meta.name.clone(), slice.clone());
            }
        }
        track.selector = selector;
        space.insert(delta.key.name.clone(), track);
    }

    /// Takes in a change of a slice; the Service whose slices somebody else has touched, if so.
    pub fn slice(&mut self, delta: &Delta<'_>) -> Option<Key> {
        let (old, new) = delta.of::<SliceBody>();
        let slice = new.or(old)?;
        let key = Key::new(KindId::SERVICE, &delta.key.namespace, service_of(slice)?);
        let track = self.get_mut(&key)?;
        let known = track.slices.get(&delta.key.name);
        match new {
            Some(new) => {
                if known.is_some_and(|k| k.meta.resource_version >= new.meta.resource_version) {
                    return None;
                }
                track.slices.insert(delta.key.name.clone(), new.clone());
            }
            None => {
                known?;
                track.slices.remove(&delta.key.name);
            }
        }
        track.all = true;
        Some(key)
    }
}

/// The Service that a slice of this controller belongs to.
fn service_of(slice: &EndpointSlice) -> Option<&str> {
    let labels = &slice.meta.labels;
    (labels.get(MANAGED_BY) == Some(MANAGER)).then(|| labels.get(SERVICE_NAME))?
}

/// The selector of a Service that gets endpoints.
fn selector_of(service: &Service) -> Option<BTreeMap<String, String>> {
    let spec = &service.body.spec;
    let external = spec.type_.as_deref() == Some("ExternalName");
    let selector = spec
        .selector
        .as_ref()
        .filter(|s| !s.is_empty() && !external);
    selector.cloned()
}

/// Whether a pod can be an endpoint at all.
// upstream: staging/src/k8s.io/endpointslice/util/controller_utils.go ShouldPodBeInEndpoints
pub fn eligible(pod: &Pod) -> bool {
    !pod.body.status.pod_ips.is_empty() && !pod.body.status.phase.is_terminal()
}

/// Whether a change of a pod can change its endpoint.
// upstream: staging/src/k8s.io/endpointslice/util/controller_utils.go podEndpointsChanged
fn differs(old: Option<&Arc<Pod>>, new: Option<&Arc<Pod>>) -> bool {
    let (Some(a), Some(b)) = (old, new) else {
        return true;
    };
    if !eligible(a) && !eligible(b) {
        return false;
    }
    eligible(a) != eligible(b)
        || a.is_ready() != b.is_ready()
        || a.meta.is_terminating() != b.meta.is_terminating()
        || a.body.status.pod_ips != b.body.status.pod_ips
        || a.body.node_name != b.body.node_name
        || !Arc::ptr_eq(&a.body.spec, &b.body.spec)
}
