//! What the scheduler knows of nodes: summaries that every placement updates, never a walk over pods.

use std::sync::Arc;

use k8s_openapi::api::core::v1::PodSpec;
use podarium_api::meta::Str;
use podarium_api::object::{Key, Node};
use podarium_api::ordered::OrdMap;
use podarium_api::pod::Pod;
use podarium_api::quantity::Quantity;
use podarium_api::requests::{Amounts, pod_requests, pod_requests_for_scores};

/// What placing any pod of one template takes; pods that share a spec share it.
#[derive(Clone, Debug)]
pub struct Template {
    /// The spec.
    pub spec: Arc<PodSpec>,
    /// What its pods ask for.
    pub requests: Amounts,
    /// … with a little for what they do not say.
    pub scored: Amounts,
}

impl Template {
    /// Adds up a spec.
    pub fn new(spec: &Arc<PodSpec>) -> Self {
        Template {
            spec: spec.clone(),
            requests: pod_requests(spec),
            scored: pod_requests_for_scores(spec),
        }
    }

    /// The priority; 0 when none was given.
    pub fn priority(&self) -> i32 {
        self.spec.priority.unwrap_or_default()
    }
}

/// A node and what its pods have taken of it.
#[derive(Clone, Debug)]
pub struct NodeInfo {
    /// The node as last heard of.
    pub node: Arc<Node>,
    /// What it can give.
    pub allocatable: Amounts,
    /// How many pods it can run.
    pub allowed_pods: i64,
    /// What its pods asked for.
    pub requested: Amounts,
    /// … with a little for what they did not say.
    pub scored: Amounts,
    /// Its pods: the priority of each.
    pub pods: OrdMap<Key, i32>,
}

impl NodeInfo {
    fn new(node: Arc<Node>) -> Self {
        let mut info = NodeInfo {
            node: node.clone(),
            allocatable: Amounts::default(),
            allowed_pods: 0,
            requested: Amounts::default(),
            scored: Amounts::default(),
            pods: OrdMap::new(),
        };
        info.set(node);
        info
    }

    fn set(&mut self, node: Arc<Node>) {
        let list = node.body.status.allocatable.as_ref();
        self.allocatable = Amounts::from_list(list);
        let pods = list
            .and_then(|l| l.get("pods"))
            .and_then(|q| Quantity::parse(&q.0).ok());
        self.allowed_pods = pods.map_or(0, |q| q.value());
        self.node = node;
    }

    /// The node's name.
    pub fn name(&self) -> &Str {
        &self.node.meta.name
    }

    fn zone(&self) -> &str {
        self.node
            .meta
            .labels
            .get("topology.kubernetes.io/zone")
            .unwrap_or_default()
    }
}

/// All nodes, and which pod takes what where.
#[derive(Clone, Debug, Default)]
pub struct Cache {
    nodes: OrdMap<Str, NodeInfo>,
    /// Node names, one zone after the other in turn, so that a search that stops early still sees all zones.
    order: Vec<Str>,
    placed: OrdMap<Key, (Str, Arc<Template>)>,
    recent: Option<Arc<Template>>,
}

impl Cache {
    /// How many nodes there are.
    pub fn count(&self) -> usize {
        self.order.len()
    }

    /// The `index`-th node in the order of search.
    pub fn nth(&self, index: usize) -> Option<&NodeInfo> {
        self.nodes.get(self.order.get(index)?)
    }

    /// All nodes by name.
    pub fn nodes(&self) -> impl Iterator<Item = &NodeInfo> {
        self.nodes.values().filter(|n| !n.node.meta.name.is_empty())
    }

    /// The summary of a spec; made anew only when it is another spec than last time.
    pub fn template(&mut self, spec: &Arc<PodSpec>) -> Arc<Template> {
        match &self.recent {
            Some(template) if Arc::ptr_eq(&template.spec, spec) => template.clone(),
            _ => {
                let template = Arc::new(Template::new(spec));
                self.recent = Some(template.clone());
                template
            }
        }
    }

    /// A node is there or has changed; whether that could help a pod that found no place.
    pub fn set_node(&mut self, node: &Arc<Node>) -> bool {
        let name = &node.meta.name;
        if let Some(info) = self.nodes.get_mut(name) {
            let old = info.node.clone();
            let helps = old.meta.labels != node.meta.labels
                || old.body.spec != node.body.spec
                || old.body.status.allocatable != node.body.status.allocatable;
            let zone_moved = old.meta.labels != node.meta.labels;
            info.set(node.clone());
            if zone_moved {
                self.reorder();
            }
            helps
        } else {
            self.nodes.insert(name.clone(), NodeInfo::new(node.clone()));
            // Pods may have been heard of before their node.
            let here: Vec<_> = self
                .placed
                .iter()
                .filter(|(_, (n, _))| n == name)
                .map(|(k, p)| (k.clone(), p.1.clone()))
                .collect();
            for (key, template) in here {
                self.take(name, key, &template);
            }
            self.reorder();
            true
        }
    }

    /// A node is gone.
    pub fn remove_node(&mut self, name: &str) {
        self.nodes.remove(name);
        self.reorder();
    }

    /// A pod is, or is assumed to be, on a node.
    pub fn place(&mut self, key: &Key, node: &Str, template: &Arc<Template>) {
        match self.placed.get(key) {
            Some((at, known)) if at == node && Arc::ptr_eq(&known.spec, &template.spec) => return,
            Some(_) => {
                self.release(key);
            }
            None => {}
        }
        self.placed
            .insert(key.clone(), (node.clone(), template.clone()));
        self.take(node, key.clone(), template);
    }

    /// A pod is bound, as a watch tells.
    pub fn add_pod(&mut self, key: &Key, pod: &Pod) {
        if let Some(node) = &pod.body.node_name {
            let template = match self.placed.get(key) {
                Some((_, known)) if Arc::ptr_eq(&known.spec, &pod.body.spec) => known.clone(),
                _ => self.template(&pod.body.spec),
            };
            self.place(key, node, &template);
        }
    }

    /// A pod takes nothing any more; whether it did.
    pub fn release(&mut self, key: &Key) -> bool {
        let Some((node, template)) = self.placed.remove(key) else {
            return false;
        };
        if let Some(info) = self.nodes.get_mut(&node)
            && info.pods.remove(key).is_some()
        {
            info.requested.sub(&template.requests);
            info.scored.sub(&template.scored);
        }
        true
    }

    fn take(&mut self, node: &Str, key: Key, template: &Template) {
        if let Some(info) = self.nodes.get_mut(node)
            && info.pods.insert(key, template.priority()).is_none()
        {
            info.requested.add(&template.requests);
            info.scored.add(&template.scored);
        }
    }

    /// upstream: pkg/scheduler/backend/cache/node_tree.go list
    fn reorder(&mut self) {
        let mut zones: OrdMap<&str, Vec<&Str>> = OrdMap::new();
        for info in self.nodes.values() {
            zones.entry(info.zone()).or_default().push(info.name());
        }
        let longest = zones.values().map(Vec::len).max().unwrap_or_default();
        let order = (0..longest).flat_map(|i| {
            zones
                .values()
                .filter_map(move |z| z.get(i).map(|n| (*n).clone()))
        });
        self.order = order.collect();
    }
}
