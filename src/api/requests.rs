//! What a pod asks of a node, added up as upstream adds it up.

use std::collections::BTreeMap;

use k8s_openapi::api::core::v1::{Container, PodSpec};
use k8s_openapi::apimachinery::pkg::api::resource;

use crate::meta::Str;
use crate::quantity::Quantity;

/// Amounts of resources.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Amounts {
    /// CPU in milli-cores.
    pub cpu: i64,
    /// Memory in bytes.
    pub memory: i64,
    /// Ephemeral storage in bytes.
    pub ephemeral: i64,
    /// Everything else by name, as `nvidia.com/gpu`.
    pub extended: BTreeMap<Str, i64>,
}

type List = BTreeMap<String, resource::Quantity>;

impl Amounts {
    /// Reads a resource list; what is no quantity counts as nothing (validation refused it before).
    pub fn from_list(list: Option<&List>) -> Self {
        let mut amounts = Amounts::default();
        for (name, quantity) in list.into_iter().flatten() {
            let Ok(quantity) = Quantity::parse(&quantity.0) else {
                continue;
            };
            match name.as_str() {
                "cpu" => amounts.cpu = quantity.milli(),
                "memory" => amounts.memory = quantity.value(),
                "ephemeral-storage" => amounts.ephemeral = quantity.value(),
                "pods" => {}
                _ => {
                    amounts
                        .extended
                        .insert(name.as_str().into(), quantity.value());
                }
            }
        }
        amounts
    }

    /// Adds `other`.
    pub fn add(&mut self, other: &Amounts) {
        self.each(other, |a, b| a.saturating_add(b));
    }

    /// Takes `other` away.
    pub fn sub(&mut self, other: &Amounts) {
        self.each(other, |a, b| a.saturating_sub(b));
    }

    /// Raises each amount to at least that of `other`.
    pub fn max(&mut self, other: &Amounts) {
        self.each(other, i64::max);
    }

    fn each(&mut self, other: &Amounts, f: impl Fn(i64, i64) -> i64) {
        self.cpu = f(self.cpu, other.cpu);
        self.memory = f(self.memory, other.memory);
        self.ephemeral = f(self.ephemeral, other.ephemeral);
        for (name, amount) in &other.extended {
            let own = self.extended.entry(name.clone()).or_default();
            *own = f(*own, *amount);
        }
    }
}

/// Whether an init container goes on running beside the others.
pub fn is_sidecar(container: &Container) -> bool {
    container.restart_policy.as_deref() == Some("Always")
}

/// What a pod asks for: all containers and sidecars together, or the most that an init container needs beside the
/// sidecars started before it, whichever is more; and the overhead.
///
/// upstream: staging/src/k8s.io/component-helpers/resource/helpers.go PodRequests
pub fn pod_requests(spec: &PodSpec) -> Amounts {
    sum(spec, |c| {
        Amounts::from_list(c.resources.as_ref().and_then(|r| r.requests.as_ref()))
    })
}

/// [`pod_requests`] with 100 milli-cores and 200 MiB for every container that does not say: what scores are made of.
///
/// upstream: pkg/scheduler/util/pod_resources.go DefaultMilliCPURequest, DefaultMemoryRequest
pub fn pod_requests_for_scores(spec: &PodSpec) -> Amounts {
    sum(spec, |c| {
        let list = c.resources.as_ref().and_then(|r| r.requests.as_ref());
        let says = |name: &str| list.is_some_and(|l| l.contains_key(name));
        let mut amounts = Amounts::from_list(list);
        if !says("cpu") {
            amounts.cpu = 100;
        }
        if !says("memory") {
            amounts.memory = 200 << 20;
        }
        amounts
    })
}

fn sum(spec: &PodSpec, of: impl Fn(&Container) -> Amounts) -> Amounts {
    let mut total = Amounts::default();
    for container in &spec.containers {
        total.add(&of(container));
    }
    let (mut sidecars, mut most) = (Amounts::default(), Amounts::default());
    for container in spec.init_containers.iter().flatten() {
        let mut need = of(container);
        if is_sidecar(container) {
            total.add(&need);
            sidecars.add(&need);
            need = sidecars.clone();
        } else {
            need.add(&sidecars);
        }
        most.max(&need);
    }
    total.max(&most);
    total.add(&Amounts::from_list(spec.overhead.as_ref()));
    total
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::{Value, json};

    fn spec(value: Value) -> PodSpec {
        serde_json::from_value(value).unwrap()
    }

    fn container(cpu: &str) -> Value {
        json!({"name": "c", "resources": {"requests": {"cpu": cpu}}})
    }

    #[test]
    fn the_larger_of_running_and_initialising_counts() {
        let sidecar = json!({"name": "s", "restartPolicy": "Always", "resources": {"requests": {"cpu": "50m"}}});
        for (containers, init, cpu) in [
            (vec![container("100m"), container("200m")], vec![], 300),
            (vec![container("100m")], vec![container("1")], 1_000),
            (vec![container("100m")], vec![sidecar.clone()], 150),
            (
                vec![container("100m")],
                vec![sidecar, container("1")],
                1_050,
            ),
        ] {
            let spec = spec(json!({"containers": containers, "initContainers": init}));
            assert_eq!(pod_requests(&spec).cpu, cpu);
        }
    }

    #[test]
    fn what_is_not_asked_for_scores_as_a_little() {
        let spec = spec(json!({"containers": [{"name": "a"}, container("0")]}));
        assert_eq!(pod_requests(&spec), Amounts::default());
        let scored = pod_requests_for_scores(&spec);
        assert_eq!((scored.cpu, scored.memory), (100, 400 << 20));
    }

    #[test]
    fn other_resources_are_kept_by_name() {
        let spec = spec(
            json!({"containers": [{"name": "a", "resources": {"requests": {"nvidia.com/gpu": "2"}}}]}),
        );
        assert_eq!(
            pod_requests(&spec).extended,
            BTreeMap::from([("nvidia.com/gpu".into(), 2)])
        );
    }
}
