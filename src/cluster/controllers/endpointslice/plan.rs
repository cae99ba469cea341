//! Which endpoint goes into which slice: as few slices written as can be, none with more than a hundred.
// upstream: staging/src/k8s.io/endpointslice/reconciler.go reconcileByPortMapping, getSliceToFill

use std::sync::Arc;

use k8s_openapi::api::discovery::v1::EndpointPort;
use podarium_api::meta::{Str, Uid};
use podarium_api::ordered::OrdMap;
use podarium_api::slice::{Endpoint, EndpointSlice};
use podarium_api::sort;

use super::track::Track;

/// upstream: --max-endpoints-per-slice
const MAX: usize = 100;

/// What slices have in common whose endpoints may share one.
#[derive(Clone, Debug, PartialEq)]
pub struct Group {
    /// Whether the addresses are IPv6.
    pub v6: bool,
    /// The ports that all endpoints serve.
    pub ports: Vec<EndpointPort>,
}

impl Group {
    /// Whether a slice is of this group.
    pub fn holds(&self, slice: &EndpointSlice) -> bool {
        self.v6 == is_v6(slice) && self.ports == slice.body.ports
    }
}

/// Whether a slice's addresses are IPv6.
pub fn is_v6(slice: &EndpointSlice) -> bool {
    slice.body.address_type == "IPv6"
}

/// What is to be written.
#[derive(Debug, Default)]
pub struct Plan {
    /// New contents of slices that are there, by name.
    pub updates: OrdMap<Str, Contents>,
    /// Contents of slices to be made.
    pub creates: Vec<Contents>,
    /// Slices to be deleted.
    pub deletes: Vec<Str>,
}

/// What a slice holds.
#[derive(Clone, Debug)]
pub struct Contents {
    /// Address family and ports.
    pub group: Group,
    /// The endpoints.
    pub endpoints: Vec<Arc<Endpoint>>,
}

/// Changes to a Service's slices in the making.
pub struct Draft<'a> {
    track: &'a mut Track,
    edits: OrdMap<Str, Vec<Arc<Endpoint>>>,
    homeless: Vec<Contents>,
}

/// The pod behind an endpoint.
fn pod_of(endpoint: &Endpoint) -> (Str, Uid) {
    let target = endpoint.target_ref.as_ref();
    target
        .map(|t| (t.name.clone(), t.uid))
        .unwrap_or_else(|| ("".into(), Uid::default()))
}

impl<'a> Draft<'a> {
    /// Nothing changed yet.
    pub fn new(track: &'a mut Track) -> Self {
        Draft {
            track,
            edits: OrdMap::new(),
            homeless: Vec::new(),
        }
    }

    /// Learns anew where each pod's endpoint is. What stands twice, or for no pod, goes.
    pub fn survey(&mut self) {
        let mut placed = podarium_api::ordered::OrdMap::new();
        for (name, slice) in &self.track.slices {
            let mut keep = Vec::with_capacity(slice.body.endpoints.len());
            for endpoint in &slice.body.endpoints {
                let pod = pod_of(endpoint).0;
                let slot = (pod, is_v6(slice));
                if !slot.0.is_empty() && !placed.contains_key(&slot) {
                    placed.insert(slot, name.clone());
                    keep.push(endpoint.clone());
                }
            }
            if keep.len() < slice.body.endpoints.len() {
                self.edits.insert(name.clone(), keep);
            }
        }
        self.track.placed = placed;
    }

    /// The pods that have an endpoint somewhere.
    pub fn placed(&self) -> Vec<Str> {
        let placed = self.track.placed.iter();
        placed.map(|((pod, _), _)| pod.clone()).collect()
    }

    /// Has a slice written even if its endpoints stay.
    pub fn touch(&mut self, slice: &Str) {
        self.contents(slice);
    }

    /// Says what a pod's endpoint in one family is to be.
    pub fn set(&mut self, pod: &Str, v6: bool, wanted: Option<(Endpoint, &[EndpointPort])>) {
        let slot = (pod.clone(), v6);
        let place = self.track.placed.get(&slot).cloned();
        let slice = place.as_ref().and_then(|name| self.track.slices.get(name));
        if let (Some(name), Some(slice), Some((endpoint, ports))) = (&place, slice, &wanted)
            && slice.body.ports == *ports
        {
            let has = |e: &Arc<Endpoint>| pod_of(e).0 == *pod;
            let now = match self.edits.get(name) {
                Some(edited) => edited.iter().position(has),
                None => slice.body.endpoints.iter().position(has),
            };
            if let Some(at) = now {
                let current = match self.edits.get(name) {
                    Some(edited) => &edited[at],
                    None => &slice.body.endpoints[at],
                };
                if **current != *endpoint {
                    let name = name.clone();
                    self.contents(&name)[at] = Arc::new(endpoint.clone());
                }
                return;
            }
        }
        if let Some(name) = place {
            self.track.placed.remove(&slot);
            self.contents(&name).retain(|e| pod_of(e).0 != *pod);
        }
        if let Some((endpoint, ports)) = wanted {
            let endpoint = Arc::new(endpoint);
            let same = |c: &&mut Contents| c.group.v6 == v6 && c.group.ports == *ports;
            match self.homeless.iter_mut().find(same) {
                Some(group) => group.endpoints.push(endpoint),
                None => self.homeless.push(Contents {
                    group: Group {
                        v6,
                        ports: ports.to_vec(),
                    },
                    endpoints: vec![endpoint],
                }),
            }
        }
    }

    fn contents(&mut self, slice: &Str) -> &mut Vec<Arc<Endpoint>> {
        let slices = &self.track.slices;
        self.edits.entry(slice.clone()).or_insert_with(|| {
            slices
                .get(slice)
                .map(|s| s.body.endpoints.clone())
                .unwrap_or_default()
        })
    }

    /// Finds places for everything and says what to write. Every family of `families` keeps at least one slice.
    pub fn finish(mut self, families: &[bool]) -> Plan {
        let mut plan = Plan::default();
        for Contents {
            group,
            mut endpoints,
        } in std::mem::take(&mut self.homeless)
        {
            self.fill_edited(&group, &mut endpoints);
            loop {
                self.fill_one(&group, &mut endpoints);
                if endpoints.is_empty() {
                    break;
                }
                let rest = endpoints.split_off(endpoints.len().min(MAX));
                plan.creates.push(Contents {
                    group: group.clone(),
                    endpoints,
                });
                endpoints = rest;
            }
        }
        self.empty_ones(&mut plan, families);
        for (name, endpoints) in self.edits {
            let slice = &self.track.slices[&name];
            let group = Group {
                v6: is_v6(slice),
                ports: slice.body.ports.clone(),
            };
            plan.updates.insert(name, Contents { group, endpoints });
        }
        recycle(self.track, &mut plan);
        plan
    }

    fn place(&mut self, slice: &Str, group: &Group, endpoints: Vec<Arc<Endpoint>>) {
        for endpoint in &endpoints {
            let slot = (pod_of(endpoint).0, group.v6);
            self.track.placed.insert(slot, slice.clone());
        }
        self.contents(slice).extend(endpoints);
    }

    /// Slices that are written anyway are filled up, the fullest first.
    fn fill_edited(&mut self, group: &Group, endpoints: &mut Vec<Arc<Endpoint>>) {
        let mut open: Vec<_> = self
            .edits
            .iter()
            .filter(|(name, e)| e.len() < MAX && group.holds(&self.track.slices[*name]))
            .map(|(name, e)| (e.len(), name.clone()))
            .collect();
        sort::by_key(&mut open, |(len, _)| std::cmp::Reverse(*len));
        for (len, name) in open {
            let take = (MAX - len).min(endpoints.len());
            let now = endpoints.drain(..take).collect();
            self.place(&name, group, now);
        }
    }

    /// What is left goes into the fullest slice that takes it all, if there is one.
    fn fill_one(&mut self, group: &Group, endpoints: &mut Vec<Arc<Endpoint>>) {
        let left = endpoints.len();
        if left == 0 || left >= MAX {
            return;
        }
        let roomy = self.track.slices.iter().filter(|(name, slice)| {
            !self.edits.contains_key(*name)
                && !slice.body.endpoints.is_empty()
                && slice.body.endpoints.len() + left <= MAX
                && group.holds(slice)
        });
        let fullest = roomy.max_by_key(|(_, slice)| slice.body.endpoints.len());
        if let Some(name) = fullest.map(|(name, _)| name.clone()) {
            let now = std::mem::take(endpoints);
            self.place(&name, group, now);
        }
    }

    /// Empty slices go, but a Service keeps one of each family, so that people see that it has no endpoints.
    fn empty_ones(&mut self, plan: &mut Plan, families: &[bool]) {
        let len = |name: &Str, slice: &EndpointSlice| {
            let edited = self.edits.get(name);
            edited.map_or(slice.body.endpoints.len(), Vec::len)
        };
        let mut empty: Vec<Str> = Vec::new();
        for (name, slice) in &self.track.slices {
            if len(name, slice) == 0 || !families.contains(&is_v6(slice)) {
                empty.push(name.clone());
            }
        }
        for v6 in families {
            let mut of_family = self.track.slices.iter().filter(|(_, s)| is_v6(s) == *v6);
            let kept = of_family.any(|(name, _)| !empty.contains(name));
            if kept || plan.creates.iter().any(|c| c.group.v6 == *v6) {
                continue;
            }
            let placeholder = |slice: &EndpointSlice| {
                is_v6(slice) == *v6
                    && slice.body.ports.is_empty()
                    && slice.body.endpoints.is_empty()
            };
            let have = empty
                .iter()
                .position(|n| placeholder(&self.track.slices[n]));
            match have {
                Some(at) => {
                    empty.remove(at);
                }
                None => plan.creates.push(Contents {
                    group: Group {
                        v6: *v6,
                        ports: Vec::new(),
                    },
                    endpoints: Vec::new(),
                }),
            }
        }
        for name in empty {
            self.edits.remove(&name);
            plan.deletes.push(name);
        }
    }
}

/// A slice that would go and one that would come are one slice that changes.
// upstream: reconciler.go recycleSlices
fn recycle(track: &mut Track, plan: &mut Plan) {
    let mut at = 0;
    while at < plan.creates.len() {
        let v6 = plan.creates[at].group.v6;
        let old = plan
            .deletes
            .iter()
            .position(|name| is_v6(&track.slices[name]) == v6);
        let Some(old) = old else {
            at += 1;
            continue;
        };
        let name = plan.deletes.remove(old);
        let contents = plan.creates.remove(at);
        for endpoint in &contents.endpoints {
            track.placed.insert((pod_of(endpoint).0, v6), name.clone());
        }
        plan.updates.insert(name, contents);
    }
}

/// Notes where the endpoints of a slice that was just made are.
pub fn settle(track: &mut Track, slice: &EndpointSlice) {
    for endpoint in &slice.body.endpoints {
        let slot = (pod_of(endpoint).0, is_v6(slice));
        track.placed.insert(slot, slice.meta.name.clone());
    }
}
