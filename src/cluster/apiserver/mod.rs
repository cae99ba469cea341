//! The API server: the one way in for every write, by people and by components alike.

pub mod admission;
mod allocate;
mod authorization;
#[cfg(test)]
mod authorization_tests;
pub(crate) mod beats;
mod bootstrap;
pub mod custom;
mod defaults;
mod deletion;
mod events;
pub(crate) mod eviction;
pub(crate) mod given;
mod handle;
mod managed;
mod patch;
mod pod_parts;
mod pods;
mod prepare;
mod qos;
mod request;
pub mod rules;
mod strategy;
pub mod unsimulated;
mod validation;
#[cfg(test)]
mod validation_tests;
mod verbs;

pub use allocate::SERVICE_CIDR;
pub(crate) use allocate::addresses;
pub(crate) use authorization::{aggregates, authenticate};
pub use bootstrap::CONTROL_PLANE_IP;
pub(crate) use bootstrap::bootstrap;
pub use deletion::{DeleteOptions, FOREGROUND, ORPHAN, Propagation};
pub use events::Telling;
pub(crate) use events::keep as keep_event;
#[cfg(not(target_arch = "wasm32"))]
pub use handle::Connect;
pub use handle::{Look, Told, Watch, handle};
pub use request::{Body, Method, Origin, Request, Response};
pub use unsimulated::paths as unsimulated_paths;

use crate::config::Config;
use crate::doc::Doc;
use crate::sim::Rng;
use crate::world::World;

/// What the API server keeps beside the store.
#[derive(Clone, Debug)]
pub struct State {
    names: Rng,
    pub(crate) policy: authorization::Policy,
    /// Whether what only people look at of a fresh cluster is yet to come.
    unseeded: bool,
    allocations: allocate::Allocations,
    finished: pods::Finished,
    words: events::Words,
    /// When events will be looked after.
    expiry_due: Option<podarium_api::meta::Time>,
}

impl State {
    pub(crate) fn new(config: &Config) -> Self {
        State {
            names: Rng::stream(config.seed, "generateName"),
            policy: Default::default(),
            unseeded: false,
            allocations: allocate::Allocations::new(config.seed),
            finished: Default::default(),
            words: Default::default(),
            expiry_due: None,
        }
    }
}

/// What the API server does later.
#[derive(Clone, Debug)]
pub enum Work {
    /// Looks after events that are old or overdue.
    ExpireEvents,
    /// Looks after the definition of that name.
    Define(podarium_api::meta::Str),
    /// Gives roles the rules that they have of others.
    Aggregate,
}

/// Does due work.
pub(crate) fn work(world: &mut World, work: Work) {
    match work {
        Work::ExpireEvents => events::expire(world),
        Work::Define(name) => custom::define(world, &name),
        Work::Aggregate => authorization::aggregate(world),
    }
}

/// What the API server itself acts on, beside its admission plugins.
pub static DOCS: &[&Doc] = &[&Doc {
    name: "kube-apiserver",
    sentence: "Keeps objects, fills in defaults, gives Services their addresses and ports, and refuses what is invalid or not allowed.",
    upstream: "cmd/kube-apiserver",
    docs: "concepts/overview/components/#kube-apiserver",
    acts_on: &[
        "ClusterRole.rules.**",
        "ClusterRoleBinding.roleRef.**",
        "ClusterRoleBinding.subjects.**",
        "Role.rules.**",
        "RoleBinding.roleRef.**",
        "RoleBinding.subjects.**",
        "ConfigMap.immutable",
        "Secret.immutable",
        "Secret.stringData.**",
        "Secret.type",
        "CustomResourceDefinition.spec.group",
        "CustomResourceDefinition.spec.names.**",
        "CustomResourceDefinition.spec.scope",
        "CustomResourceDefinition.spec.versions.**",
        "CustomResourceDefinition.spec.conversion.strategy",
        "CustomResourceDefinition.spec.preserveUnknownFields",
        "Service.spec.type",
        "Service.spec.clusterIP",
        "Service.spec.clusterIPs.**",
        "Service.spec.ipFamilies.**",
        "Service.spec.ipFamilyPolicy",
        "Service.spec.ports.**",
        "Service.spec.allocateLoadBalancerNodePorts",
        "Service.spec.healthCheckNodePort",
    ],
}];
