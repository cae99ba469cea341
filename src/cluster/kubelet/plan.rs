//! A pod's spec as the kubelets read it: worked out once for all pods of one template.

use std::sync::{Arc, OnceLock};

use k8s_openapi::api::core::v1 as core;
use podarium_api::meta::Str;
use podarium_api::quantity::Quantity;

use super::probe::ProbePlan;
use super::programs::{Image, Program, catalogue};
use super::reference::Reference;

/// What to do when a container has ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Restart {
    Always,
    OnFailure,
    Never,
}

impl Restart {
    fn read(text: Option<&str>, default: Restart) -> Restart {
        match text {
            Some("Always") => Restart::Always,
            Some("OnFailure") => Restart::OnFailure,
            Some("Never") => Restart::Never,
            _ => default,
        }
    }

    /// Whether a container that ended with `code` starts again.
    pub fn again(self, code: i32) -> bool {
        match self {
            Restart::Always => true,
            Restart::OnFailure => code != 0,
            Restart::Never => false,
        }
    }
}

/// `imagePullPolicy`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum PullPolicy {
    Always,
    IfNotPresent,
    Never,
}

/// A ConfigMap or Secret that a volume needs before the pod can start.
#[derive(Clone, Debug)]
pub(super) struct Need {
    pub volume: Str,
    pub secret: bool,
    pub name: Str,
    /// Keys that must be in it.
    pub keys: Vec<Str>,
}

/// What a pod asks of its node.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Requests {
    pub cpu_milli: u64,
    pub memory: u64,
}

/// One container of a plan.
#[derive(Debug)]
pub(super) struct Container {
    pub name: Str,
    pub image: Str,
    /// The image taken apart, or why it cannot be.
    pub reference: Result<Reference, String>,
    pub entry: Arc<Image>,
    pub pull: PullPolicy,
    pub init: bool,
    /// An init container that stays: `restartPolicy: Always`.
    pub sidecar: bool,
    pub restart: Restart,
    pub probes: [Option<ProbePlan>; 3],
    /// How events name it, as `spec.containers{web}`.
    pub field_path: Str,
    /// Bytes; `None` for no limit.
    pub memory_limit: Option<u64>,
    /// The program, where it is the same for all pods of the plan.
    pub program: OnceLock<Arc<Program>>,
    /// Whether it is: nothing in it depends on the pod or on other objects.
    pub fixed: bool,
}

/// A pod's spec, worked out.
#[derive(Debug)]
pub(super) struct Plan {
    pub spec: Arc<core::PodSpec>,
    /// Init containers first, then the others, each in the spec's order.
    pub containers: Vec<Container>,
    /// How many of them are init containers.
    pub inits: usize,
    pub grace: i64,
    pub host_network: bool,
    pub needs: Vec<Need>,
    pub has_volumes: bool,
    pub requests: Requests,
    pub gates: Vec<Str>,
    pub qos: &'static str,
}

impl Plan {
    /// Works out a spec.
    pub fn new(spec: &Arc<core::PodSpec>) -> Plan {
        let pod_restart = Restart::read(spec.restart_policy.as_deref(), Restart::Always);
        let inits = spec.init_containers.as_deref().unwrap_or_default();
        let mut containers: Vec<_> = inits
            .iter()
            .map(|c| Container::new(c, true, pod_restart))
            .collect();
        let regular = spec.containers.iter();
        containers.extend(regular.map(|c| Container::new(c, false, pod_restart)));
        Plan {
            containers,
            inits: inits.len(),
            grace: spec.termination_grace_period_seconds.unwrap_or(30).max(0),
            host_network: spec.host_network == Some(true),
            needs: needs(spec),
            has_volumes: spec.volumes.as_ref().is_some_and(|v| !v.is_empty()),
            requests: requests(spec),
            gates: spec
                .readiness_gates
                .iter()
                .flatten()
                .map(|g| g.condition_type.as_str().into())
                .collect(),
            qos: qos(spec),
            spec: spec.clone(),
        }
    }

    /// The spec of a container.
    pub fn spec_of(&self, container: usize) -> &core::Container {
        match container.checked_sub(self.inits) {
            Some(i) => &self.spec.containers[i],
            None => &self
                .spec
                .init_containers
                .as_ref()
                .expect("a plan has as many init containers as its spec")[container],
        }
    }
}

impl Container {
    fn new(spec: &core::Container, init: bool, pod_restart: Restart) -> Container {
        let image: Str = spec.image.as_deref().unwrap_or_default().into();
        let reference = Reference::parse(&image);
        let entry = match &reference {
            Ok(reference) => catalogue().find(reference).clone(),
            Err(_) => catalogue().unknown().clone(),
        };
        let untagged = reference
            .as_ref()
            .is_ok_and(|r| r.digest.is_none() && r.tag.as_deref() == Some("latest"));
        let own = spec.restart_policy.as_deref();
        let sidecar = init && own == Some("Always");
        let group = if init { "initContainers" } else { "containers" };
        // upstream: an init container of a pod that always restarts is restarted on failure only.
        let default = match (init, pod_restart) {
            (true, Restart::Always) => Restart::OnFailure,
            (_, restart) => restart,
        };
        let variable = spec.env_from.as_ref().is_some_and(|e| !e.is_empty())
            || spec.env.iter().flatten().any(|e| e.value_from.is_some())
            || spec.command.as_ref().is_some_and(|c| !c.is_empty())
            || spec.args.as_ref().is_some_and(|c| !c.is_empty());
        Container {
            name: spec.name.as_str().into(),
            pull: match spec.image_pull_policy.as_deref() {
                Some("Always") => PullPolicy::Always,
                Some("Never") => PullPolicy::Never,
                Some("IfNotPresent") => PullPolicy::IfNotPresent,
                _ if untagged => PullPolicy::Always,
                _ => PullPolicy::IfNotPresent,
            },
            probes: [
                &spec.startup_probe,
                &spec.readiness_probe,
                &spec.liveness_probe,
            ]
            .map(|p| p.as_ref().map(|p| ProbePlan::new(p, spec))),
            field_path: format!("spec.{group}{{{}}}", spec.name).into(),
            memory_limit: amount(spec, true, "memory").map(|q| q.value().max(0) as u64),
            restart: Restart::read(own, default),
            program: OnceLock::new(),
            fixed: !variable,
            image,
            reference,
            entry,
            init,
            sidecar,
        }
    }

    /// Whether the pod waits for this container to end before it goes on.
    pub fn blocks(&self) -> bool {
        self.init && !self.sidecar
    }
}

fn amount(spec: &core::Container, limits: bool, resource: &str) -> Option<Quantity> {
    let resources = spec.resources.as_ref()?;
    let map = match limits {
        true => &resources.limits,
        false => &resources.requests,
    };
    Quantity::parse(&map.as_ref()?.get(resource)?.0).ok()
}

/// What a container asks for: its requests, else its limits.
fn asked(spec: &core::Container) -> Requests {
    let of = |resource| {
        amount(spec, false, resource)
            .or_else(|| amount(spec, true, resource))
            .unwrap_or(Quantity::ZERO)
    };
    Requests {
        cpu_milli: of("cpu").milli().max(0) as u64,
        memory: of("memory").value().max(0) as u64,
    }
}

/// upstream: staging/src/k8s.io/component-helpers/resource/helpers.go PodRequests
fn requests(spec: &core::PodSpec) -> Requests {
    let mut total = Requests::default();
    for container in &spec.containers {
        let r = asked(container);
        total.cpu_milli += r.cpu_milli;
        total.memory += r.memory;
    }
    let (mut sidecars, mut peak) = (Requests::default(), Requests::default());
    for container in spec.init_containers.iter().flatten() {
        let r = asked(container);
        if container.restart_policy.as_deref() == Some("Always") {
            sidecars.cpu_milli += r.cpu_milli;
            sidecars.memory += r.memory;
            peak.cpu_milli = peak.cpu_milli.max(sidecars.cpu_milli);
            peak.memory = peak.memory.max(sidecars.memory);
        } else {
            peak.cpu_milli = peak.cpu_milli.max(sidecars.cpu_milli + r.cpu_milli);
            peak.memory = peak.memory.max(sidecars.memory + r.memory);
        }
    }
    let overhead = |resource: &str| {
        let quantity = spec.overhead.as_ref().and_then(|o| o.get(resource));
        quantity.and_then(|q| Quantity::parse(&q.0).ok())
    };
    Requests {
        cpu_milli: (total.cpu_milli + sidecars.cpu_milli).max(peak.cpu_milli)
            + overhead("cpu").map_or(0, |q| q.milli().max(0) as u64),
        memory: (total.memory + sidecars.memory).max(peak.memory)
            + overhead("memory").map_or(0, |q| q.value().max(0) as u64),
    }
}

/// upstream: pkg/apis/core/v1/helper/qos/qos.go ComputePodQOS
fn qos(spec: &core::PodSpec) -> &'static str {
    let all = || {
        spec.containers
            .iter()
            .chain(spec.init_containers.iter().flatten())
    };
    let positive = |c: &core::Container, limits, resource| {
        amount(c, limits, resource).filter(|q| !q.is_zero())
    };
    let any = all().any(|c| {
        [true, false].into_iter().any(|limits| {
            ["cpu", "memory"]
                .into_iter()
                .any(|r| positive(c, limits, r).is_some())
        })
    });
    if !any {
        return "BestEffort";
    }
    let guaranteed = all().all(|c| {
        ["cpu", "memory"].into_iter().all(|r| {
            let limit = positive(c, true, r);
            let request = positive(c, false, r).or(limit);
            limit.is_some_and(|l| request.is_some_and(|q| q.milli() == l.milli()))
        })
    });
    if guaranteed {
        "Guaranteed"
    } else {
        "Burstable"
    }
}

/// The ConfigMaps and Secrets that the volumes cannot do without.
fn needs(spec: &core::PodSpec) -> Vec<Need> {
    let mut needs = Vec::new();
    let mut need = |volume: &str,
                    secret,
                    name: Option<&str>,
                    optional: Option<bool>,
                    items: Option<&Vec<core::KeyToPath>>| {
        if optional == Some(true) {
            return;
        }
        needs.push(Need {
            volume: volume.into(),
            secret,
            name: name.unwrap_or_default().into(),
            keys: items
                .into_iter()
                .flatten()
                .map(|i| i.key.as_str().into())
                .collect(),
        });
    };
    for volume in spec.volumes.iter().flatten() {
        let name = &volume.name;
        if let Some(c) = &volume.config_map {
            need(name, false, Some(&c.name), c.optional, c.items.as_ref());
        }
        if let Some(s) = &volume.secret {
            need(
                name,
                true,
                s.secret_name.as_deref(),
                s.optional,
                s.items.as_ref(),
            );
        }
        let sources = volume.projected.iter().flat_map(|p| p.sources.iter());
        for source in sources.flatten() {
            if let Some(c) = &source.config_map {
                need(name, false, Some(&c.name), c.optional, c.items.as_ref());
            }
            if let Some(s) = &source.secret {
                need(name, true, Some(&s.name), s.optional, s.items.as_ref());
            }
        }
    }
    needs
}

/// Plans of late: pods of one template come one after another, so a few are enough.
#[derive(Clone, Debug, Default)]
pub(super) struct Plans {
    recent: Vec<Arc<Plan>>,
}

impl Plans {
    const KEPT: usize = 24;

    /// The plan of a spec.
    pub fn of(&mut self, spec: &Arc<core::PodSpec>) -> Arc<Plan> {
        let found = self.recent.iter().rposition(|p| Arc::ptr_eq(&p.spec, spec));
        if let Some(i) = found {
            return self.recent[i].clone();
        }
        let plan = Arc::new(Plan::new(spec));
        if self.recent.len() == Self::KEPT {
            self.recent.remove(0);
        }
        self.recent.push(plan.clone());
        plan
    }
}
