//! What is known of a pod's containers, as the rules take it.

use std::collections::BTreeMap;

use podarium_api::kinds::KindId;
use podarium_api::object::Key;
use serde_json::{Value, json};

use super::{View, unix};
use crate::network::Ground;

impl View<'_> {
    /// The facts of a pod for a look into one of its containers, or into what it was before its last restart; `None` for a
    /// pod that no node has.
    pub fn facts(&self, pod: &Key, container: &str, previous: bool) -> Option<Value> {
        let stored = self.world.store().get(pod)?;
        let object = stored.as_pod()?;
        let containers = self
            .kubelets
            .containers(self.world, pod, (container, previous))?;
        let ip = self.kubelets.pod_ip(pod).map(|ip| ip.to_string());
        let node = self.kubelets.node_of(pod).map(|node| node.to_string());
        let mut objects: BTreeMap<String, Value> = BTreeMap::new();
        let mut add = |kind: KindId, name: Option<&str>| {
            let Some(name) = name else {
                return;
            };
            let key = Key::new(kind, &pod.namespace, name);
            if let Some(object) = self.world.store().get(&key) {
                objects.insert(format!("{}/{name}", kind.info().kind), object.to_value());
            }
        };
        for volume in object.body.spec.volumes.iter().flatten() {
            let sources = volume
                .projected
                .iter()
                .flat_map(|p| p.sources.iter().flatten());
            for source in sources {
                let (map, secret) = (source.config_map.as_ref(), source.secret.as_ref());
                add(KindId::CONFIG_MAP, map.map(|m| m.name.as_str()));
                add(KindId::SECRET, secret.map(|s| s.name.as_str()));
            }
            let (map, secret) = (volume.config_map.as_ref(), volume.secret.as_ref());
            let claim = volume.persistent_volume_claim.as_ref();
            add(KindId::CONFIG_MAP, map.map(|m| m.name.as_str()));
            add(
                KindId::SECRET,
                secret.and_then(|s| s.secret_name.as_deref()),
            );
            add(
                KindId::PERSISTENT_VOLUME_CLAIM,
                claim.map(|c| c.claim_name.as_str()),
            );
        }
        Some(json!({
            "pod": stored.to_value(), "container": container, "ip": ip, "node": node, "now": unix(self.world.now()),
            "containers": containers, "objects": objects, "left": self.kubelets.left(),
        }))
    }
}
