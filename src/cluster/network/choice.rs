//! Which of a service port's endpoints a node may choose from.

use std::net::IpAddr;
use std::sync::{Arc, OnceLock};

use podarium_api::kinds::KindId;
use podarium_api::meta::Str;
use podarium_api::object::Key;
use podarium_api::ordered::OrdMap;
use podarium_api::slice::Endpoint;
use podarium_api::sort;

/// One endpoint at one port.
#[derive(Clone, Debug)]
pub struct Backend {
    /// Its address.
    pub ip: IpAddr,
    /// Its port.
    pub port: u16,
    /// The endpoint as its slice has it.
    pub endpoint: Arc<Endpoint>,
}

impl Backend {
    /// The pod behind it.
    pub fn pod(&self) -> Option<Key> {
        let target = self.endpoint.target_ref.as_ref()?;
        (&*target.kind == "Pod").then(|| Key::new(KindId::POD, &target.namespace, &target.name))
    }

    fn is_ready(&self) -> bool {
        self.endpoint.conditions.is_ready()
    }

    /// Able to answer although it is leaving: the last resort.
    fn is_last_resort(&self) -> bool {
        let c = self.endpoint.conditions;
        c.is_serving() && c.is_terminating()
    }
}

/// The endpoints of one port of a Service in one address family, grouped so that any node's choice is a lookup.
#[derive(Clone, Debug, Default)]
pub struct Backends {
    all: Vec<Backend>,
    ready: Vec<u32>,
    last_resort: Vec<u32>,
    by_node_hint: Option<OrdMap<Str, Vec<u32>>>,
    by_zone_hint: Option<OrdMap<Str, Vec<u32>>>,
    /// Ready and last-resort endpoints of each node; made when a Local policy first asks.
    local: OnceLock<OrdMap<Str, [Vec<u32>; 2]>>,
}

/// Which lists a service port's policies make use of.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Uses {
    /// `internalTrafficPolicy: Local`.
    pub internal_local: bool,
    /// `externalTrafficPolicy: Local`, of a Service that can be reached from outside.
    pub external_local: bool,
    /// Whether it can be reached from outside: by node port, load balancer or external IP.
    pub external: bool,
}

impl Uses {
    /// upstream: pkg/proxy/serviceport.go UsesClusterEndpoints
    pub fn cluster(self) -> bool {
        !self.internal_local || self.external
    }

    /// upstream: pkg/proxy/serviceport.go UsesLocalEndpoints
    pub fn local(self) -> bool {
        self.internal_local || (self.external_local && self.external)
    }
}

/// What a node makes of a service port's endpoints.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Categories<'a> {
    /// Those for the Cluster policy; `None` when no policy of the Service uses them.
    pub cluster: Option<&'a [u32]>,
    /// Those for the Local policy; `None` when no policy of the Service uses them.
    pub local: Option<&'a [u32]>,
    /// Those that some rule of the node leads to, in order.
    pub reachable: Vec<u32>,
    /// Whether any endpoint anywhere is usable.
    pub has_any: bool,
}

impl Backends {
    /// Groups endpoints. One address in several slices counts once.
    pub fn new(mut all: Vec<Backend>) -> Self {
        // upstream: pkg/proxy/endpointslicecache.go endpointsMapFromEndpointInfo: one entry per address, in order.
        sort::by_key(&mut all, |b| (b.ip, b.port));
        all.dedup_by(|b, a| (a.ip, a.port) == (b.ip, b.port));
        let mut groups = Backends::default();
        for (i, backend) in (0..).zip(&all) {
            if backend.is_ready() {
                groups.ready.push(i);
            } else if backend.is_last_resort() {
                groups.last_resort.push(i);
            }
        }
        groups.by_node_hint = hinted(&all, &groups.ready, |e| {
            let nodes = e.hints.as_ref()?.for_nodes.as_ref()?;
            Some(nodes.iter().map(|n| n.name.as_str()).collect())
        });
        groups.by_zone_hint = hinted(&all, &groups.ready, |e| {
            let zones = e.hints.as_ref()?.for_zones.as_ref()?;
            Some(zones.iter().map(|z| z.name.as_str()).collect())
        });
        groups.all = all;
        groups
    }

    /// All endpoints, whatever their state; the choices below are indexes into it.
    pub fn all(&self) -> &[Backend] {
        &self.all
    }

    /// Whether any endpoint anywhere is usable.
    pub fn has_any(&self) -> bool {
        !self.ready.is_empty() || !self.last_resort.is_empty()
    }

    /// The endpoints for the Cluster policy on a node.
    pub fn cluster(&self, node: &str, zone: &str) -> &[u32] {
        if self.ready.is_empty() {
            return &self.last_resort;
        }
        let near = [(&self.by_node_hint, node), (&self.by_zone_hint, zone)];
        let near = near
            .into_iter()
            .find_map(|(map, name)| map.as_ref()?.get(name));
        near.unwrap_or(&self.ready)
    }

    /// The endpoints for the Local policy on a node.
    pub fn local(&self, node: &str) -> &[u32] {
        let by_node = self.local.get_or_init(|| {
            let mut map: OrdMap<Str, [Vec<u32>; 2]> = OrdMap::new();
            for (list, indexes) in [&self.ready, &self.last_resort].into_iter().enumerate() {
                for i in indexes {
                    if let Some(node) = &self.all[*i as usize].endpoint.node_name {
                        map.entry(node.clone()).or_default()[list].push(*i);
                    }
                }
            }
            map
        });
        match by_node.get(node) {
            Some([ready, last_resort]) if ready.is_empty() => last_resort,
            Some([ready, _]) => ready,
            None => &[],
        }
    }

    /// Whether a node has a ready endpoint of its own: what its health check says to load balancers.
    pub fn has_ready_local(&self, node: &str) -> bool {
        let local = self.local(node).first();
        local.is_some_and(|i| self.all[*i as usize].is_ready())
    }

    /// What a node makes of them.
    ///
    /// upstream: pkg/proxy/topology.go CategorizeEndpoints
    pub fn categorize(&self, uses: Uses, node: &str, zone: &str) -> Categories<'_> {
        let cluster = uses.cluster().then(|| self.cluster(node, zone));
        let local = uses.local().then(|| self.local(node));
        let both = [cluster, local].into_iter().flatten().flatten();
        let mut reachable: Vec<u32> = both.copied().collect();
        sort::natural(&mut reachable);
        reachable.dedup();
        Categories {
            cluster,
            local,
            reachable,
            has_any: self.has_any(),
        }
    }
}

/// The ready endpoints by the names in their hints; `None` when one of them has no hint: then none counts.
fn hinted<'a>(
    all: &'a [Backend],
    ready: &[u32],
    names: impl Fn(&'a Endpoint) -> Option<Vec<&'a str>>,
) -> Option<OrdMap<Str, Vec<u32>>> {
    let mut map: OrdMap<Str, Vec<u32>> = OrdMap::new();
    for i in ready {
        let names = names(&all[*i as usize].endpoint).filter(|n| !n.is_empty())?;
        for name in names {
            let list = map.entry(name.into()).or_default();
            if list.last() != Some(i) {
                list.push(*i);
            }
        }
    }
    (!map.is_empty()).then_some(map)
}

#[cfg(test)]
mod tests {
    use super::*;
    use k8s_openapi::api::discovery::v1 as discovery;
    use podarium_api::slice::Conditions;

    /// `2 node-a R zone-a`: the last byte of the address, the node, R(eady), T(erminating but serving) or N(either), and
    /// the zones or (with an @) nodes hinted at.
    fn backends(lines: &[&str]) -> Backends {
        let all = lines.iter().map(|line| {
            let words: Vec<_> = line.split_whitespace().collect();
            let (ready, leaving) = (words[2] == "R", words[2] == "T");
            let (mut zones, mut nodes) = (Vec::new(), Vec::new());
            for word in &words[3..] {
                match word.strip_prefix('@') {
                    Some(node) => nodes.push(discovery::ForNode { name: node.into() }),
                    None => zones.push(discovery::ForZone {
                        name: (*word).into(),
                    }),
                }
            }
            let hints = discovery::EndpointHints {
                for_zones: (!zones.is_empty()).then_some(zones),
                for_nodes: (!nodes.is_empty()).then_some(nodes),
            };
            Backend {
                ip: format!("10.0.0.{}", words[0]).parse().unwrap(),
                port: 80,
                endpoint: Arc::new(Endpoint {
                    conditions: Conditions {
                        ready: Some(ready),
                        serving: Some(ready || leaving),
                        terminating: Some(leaving),
                    },
                    node_name: Some(words[1].into()),
                    hints: Some(Arc::new(hints)),
                    ..Endpoint::default()
                }),
            }
        });
        Backends::new(all.collect())
    }

    #[test]
    fn a_node_chooses_as_upstream_says() {
        for (lines, cluster, local) in [
            (&["1 a R", "2 b R", "3 a N"][..], &[0, 1][..], &[0][..]),
            // Hints count only when every ready endpoint has one and one names this place.
            (&["1 a R z1", "2 b R z2", "3 c N"], &[0], &[0]),
            (&["1 a R z1", "2 b R"], &[0, 1], &[0]),
            (&["1 a R z2", "2 b R z3"], &[0, 1], &[0]),
            (&["1 b R z2 @a", "2 b R z1 @b"], &[0], &[]),
            (&["1 b R z2 @c", "2 b R z1 @b"], &[1], &[]),
            // Leaving endpoints are the last resort, hints or not.
            (&["1 a T z2", "2 b T z1", "3 b N"], &[0, 1], &[0]),
            (&["1 a T", "2 b R"], &[1], &[0]),
            (&["1 a N", "2 b N"], &[], &[]),
        ] {
            let backends = backends(lines);
            assert_eq!(backends.cluster("a", "z1"), cluster, "cluster of {lines:?}");
            assert_eq!(backends.local("a"), local, "local of {lines:?}");
        }
    }

    #[test]
    fn one_address_in_two_slices_counts_once() {
        let backends = backends(&["2 a R", "1 a R", "2 a R"]);
        let addresses: Vec<_> = backends.all().iter().map(|b| b.ip.to_string()).collect();
        assert_eq!(addresses, ["10.0.0.1", "10.0.0.2"]);
    }
}
