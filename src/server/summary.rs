//! What came of a run, in one line.

use podarium_api::kinds::KindId;
use podarium_api::pod::{Pod, PodBody};
use podarium_cluster::Cluster;
use serde::Serialize;

/// The line of `-o summary`.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Summary {
    nodes: usize,
    pods: usize,
    ready: usize,
    virtual_ms: u64,
    cpu_ms: u64,
    events: usize,
    peak_bytes: usize,
}

/// Sums up. `cpu_ms` and `peak_bytes` are the process's.
pub fn summary(cluster: &Cluster, cpu_ms: u64, peak_bytes: usize) -> Summary {
    let store = cluster.world().store();
    let pods: Vec<_> = store.all::<PodBody>().filter(|p| !is_own(p)).collect();
    Summary {
        nodes: store.count(KindId::NODE),
        pods: pods.len(),
        ready: pods.iter().filter(|p| p.is_ready()).count(),
        virtual_ms: cluster.now().as_millis(),
        cpu_ms,
        events: cluster.world().log().len(),
        peak_bytes,
    }
}

/// Whether the cluster itself brought the pod: its DNS. A person counts what they ran.
fn is_own(pod: &Pod) -> bool {
    &*pod.meta.namespace == "kube-system" && pod.meta.labels.get("k8s-app") == Some("kube-dns")
}
