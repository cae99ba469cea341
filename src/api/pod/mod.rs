//! Pods in the form they are kept in: a spec shared by all pods of one template, and a small status.
//!
//! A whole `core/v1` Pod weighs about 12 KiB; a cluster of 150,000 of them must fit a browser tab.

mod json;

use std::net::IpAddr;
use std::sync::Arc;

use k8s_openapi::api::core::v1 as core;
use serde_json::{Map, Value, json};

use crate::kinds::KindId;
use crate::meta::{Meta, Str, Time};
use crate::object::{Body, Obj, Object};

/// A pod: metadata, shared spec, compact status.
pub type Pod = Obj<PodBody>;

/// Everything of a pod but its metadata.
#[derive(Clone, Debug, Default)]
pub struct PodBody {
    /// The desired state, shared by all pods of one template. `node_name` in it is never set: it is kept below, so that
    /// binding a pod does not copy its spec.
    pub spec: Arc<core::PodSpec>,
    /// The node that the pod is bound to.
    pub node_name: Option<Str>,
    /// The observed state.
    pub status: PodStatus,
}

/// `status.phase`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Phase {
    /// Accepted; not all containers have started.
    #[default]
    Pending,
    /// Bound, all containers created, at least one running or restarting.
    Running,
    /// All containers ended well and will not restart.
    Succeeded,
    /// All containers ended, at least one of them badly.
    Failed,
    /// The node cannot be asked.
    Unknown,
}

impl Phase {
    /// As the API spells it.
    pub fn as_str(self) -> &'static str {
        match self {
            Phase::Pending => "Pending",
            Phase::Running => "Running",
            Phase::Succeeded => "Succeeded",
            Phase::Failed => "Failed",
            Phase::Unknown => "Unknown",
        }
    }
    /// Reads the API's spelling.
    pub fn parse(text: &str) -> Option<Self> {
        [
            Phase::Pending,
            Phase::Running,
            Phase::Succeeded,
            Phase::Failed,
            Phase::Unknown,
        ]
        .into_iter()
        .find(|p| p.as_str() == text)
    }
    /// Whether the pod has ended for good.
    pub fn is_terminal(self) -> bool {
        matches!(self, Phase::Succeeded | Phase::Failed)
    }
}

/// What the cluster has seen of a pod.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct PodStatus {
    /// The phase.
    pub phase: Phase,
    /// Conditions in the order they were first set.
    pub conditions: Vec<Condition>,
    /// One per container of the spec, in its order, once the kubelet has it.
    pub containers: Vec<ContainerStatus>,
    /// One per init container.
    pub init_containers: Vec<ContainerStatus>,
    /// The pod's addresses, primary first.
    pub pod_ips: Vec<IpAddr>,
    /// The node's address.
    pub host_ip: Option<IpAddr>,
    /// When the kubelet took the pod on.
    pub start_time: Option<Time>,
    /// Why the pod is as it is, in a word (`Evicted`, `NodeLost` …).
    pub reason: Option<Str>,
    /// … and in a sentence.
    pub message: Option<Str>,
    /// Where pre-emption makes room for the pod.
    pub nominated_node: Option<Str>,
    /// The quality-of-service class: `Guaranteed`, `Burstable` or `BestEffort`; empty until admitted.
    pub qos_class: &'static str,
    /// `metadata.generation` that the kubelet last acted on.
    pub observed_generation: i64,
}

/// A pod condition.
#[derive(Clone, Debug, PartialEq)]
pub struct Condition {
    /// `Ready`, `ContainersReady`, `PodScheduled`, `Initialized` … or a readiness gate's type.
    pub kind: Str,
    /// `Some(true)` is `True`, `None` is `Unknown`.
    pub status: Option<bool>,
    /// A word why.
    pub reason: Option<Str>,
    /// A sentence why.
    pub message: Option<Str>,
    /// When the status last changed.
    pub since: Time,
}

/// A container's state.
#[derive(Clone, Debug, PartialEq)]
pub enum ContainerState {
    /// Not running, and not ended: `ContainerCreating`, `ImagePullBackOff`, `CrashLoopBackOff` …
    Waiting {
        /// The word that `kubectl get pods` shows.
        reason: Str,
        /// The sentence that `kubectl describe` shows.
        message: Option<Str>,
    },
    /// Running.
    Running {
        /// Since when.
        since: Time,
    },
    /// Ended.
    Terminated {
        /// 0 is success; 137 is killed, 143 ended by SIGTERM.
        exit_code: i32,
        /// `Completed`, `Error`, `OOMKilled` …
        reason: Str,
        /// A sentence, where the program left one.
        message: Option<Str>,
        /// When it began.
        started: Time,
        /// When it ended.
        finished: Time,
    },
}

impl Default for ContainerState {
    fn default() -> Self {
        ContainerState::waiting("PodInitializing")
    }
}

impl ContainerState {
    /// A waiting state without a message.
    pub fn waiting(reason: &str) -> Self {
        ContainerState::Waiting {
            reason: reason.into(),
            message: None,
        }
    }
    /// Whether the container runs.
    pub fn is_running(&self) -> bool {
        matches!(self, ContainerState::Running { .. })
    }
}

/// What the kubelet says of one container.
#[derive(Clone, Debug, PartialEq)]
pub struct ContainerStatus {
    /// The container's name in the spec.
    pub name: Str,
    /// The image that runs.
    pub image: Str,
    /// The state now.
    pub state: ContainerState,
    /// The state before the last restart.
    pub last_state: Option<Arc<ContainerState>>,
    /// Whether the readiness probe passes (or there is none and it runs).
    pub ready: bool,
    /// Whether the startup probe has passed (or there is none and it runs).
    pub started: bool,
    /// How often it was restarted.
    pub restart_count: u32,
    /// The number of this run, unique in the cluster; 0 before the first start. The container's id is made of it.
    pub id: u32,
}

impl PodStatus {
    /// The condition of that type.
    pub fn condition(&self, kind: &str) -> Option<&Condition> {
        self.conditions.iter().find(|c| &*c.kind == kind)
    }

    /// Whether the condition of that type is `True`.
    pub fn is_true(&self, kind: &str) -> bool {
        self.condition(kind).is_some_and(|c| c.status == Some(true))
    }

    /// Sets a condition; its time moves only when its status does. Whether anything changed.
    pub fn set_condition(
        &mut self,
        now: Time,
        kind: &str,
        status: Option<bool>,
        reason: Option<&str>,
        message: Option<&str>,
    ) -> bool {
        let same = |a: &Option<Str>, b: Option<&str>| a.as_deref() == b;
        match self.conditions.iter_mut().find(|c| &*c.kind == kind) {
            Some(c) => {
                let unchanged =
                    c.status == status && same(&c.reason, reason) && same(&c.message, message);
                if c.status != status {
                    c.since = now;
                }
                c.status = status;
                if !same(&c.reason, reason) {
                    c.reason = reason.map(Str::from);
                }
                if !same(&c.message, message) {
                    c.message = message.map(Str::from);
                }
                !unchanged
            }
            None => {
                self.conditions.push(Condition {
                    kind: kind.into(),
                    status,
                    reason: reason.map(Str::from),
                    message: message.map(Str::from),
                    since: now,
                });
                true
            }
        }
    }
}

impl Pod {
    /// Whether the `Ready` condition is true.
    pub fn is_ready(&self) -> bool {
        self.body.status.is_true("Ready")
    }
    /// The primary address.
    pub fn ip(&self) -> Option<IpAddr> {
        self.body.status.pod_ips.first().copied()
    }
    /// Neither ended nor being deleted.
    ///
    /// upstream: pkg/controller/controller_utils.go IsPodActive
    pub fn is_active(&self) -> bool {
        !self.body.status.phase.is_terminal() && !self.meta.is_terminating()
    }
}

impl PartialEq for PodBody {
    fn eq(&self, other: &Self) -> bool {
        self.spec_eq(other) && self.status == other.status
    }
}

impl Body for PodBody {
    const KIND: KindId = KindId::POD;

    fn spec_eq(&self, other: &Self) -> bool {
        (Arc::ptr_eq(&self.spec, &other.spec) || self.spec == other.spec)
            && self.node_name == other.node_name
    }

    fn take_status(&mut self, from: &Self) {
        self.status = from.status.clone();
    }

    fn take_spec(&mut self, from: &Self) {
        self.spec = from.spec.clone();
        self.node_name = from.node_name.clone();
    }

    fn decode(mut fields: Map<String, Value>) -> Result<Self, String> {
        let spec = fields.remove("spec").unwrap_or(json!({"containers": []}));
        let mut spec: core::PodSpec =
            crate::typed::read(&spec).map_err(|e| format!("spec: {e}"))?;
        let node_name = spec
            .node_name
            .take()
            .filter(|n| !n.is_empty())
            .map(Str::from);
        let status = fields.remove("status").filter(|s| !s.is_null());
        let status = status.as_ref().map(PodStatus::from_value).transpose()?;
        Ok(PodBody {
            spec: Arc::new(spec),
            node_name,
            status: status.unwrap_or_default(),
        })
    }

    fn encode(&self, out: &mut Map<String, Value>) {
        let mut spec = crate::typed::write(&*self.spec);
        if let Some(node) = &self.node_name {
            spec["nodeName"] = node.as_ref().into();
        }
        out.insert("spec".into(), spec);
        out.insert("status".into(), self.status.to_value());
    }

    fn wrap(object: Arc<Obj<Self>>) -> Object {
        Object::Pod(object)
    }

    fn unwrap(object: &Object) -> Option<&Arc<Obj<Self>>> {
        match object {
            Object::Pod(pod) => Some(pod),
            _ => None,
        }
    }
}

impl Pod {
    /// Metadata and template to a new pod.
    pub fn from_template(meta: Meta, spec: Arc<core::PodSpec>) -> Pod {
        Obj {
            meta,
            body: PodBody {
                spec,
                ..PodBody::default()
            },
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_pod_survives_the_way_through_json() {
        let value = json!({
            "apiVersion": "v1", "kind": "Pod",
            "metadata": {"name": "a", "namespace": "default"},
            "spec": {"nodeName": "n1", "containers": [{"name": "c", "image": "nginx"}]},
            "status": {
                "phase": "Running", "podIP": "10.0.0.1", "startTime": "2026-01-01T00:00:05Z",
                "conditions": [{"type": "Ready", "status": "True", "lastTransitionTime": "2026-01-01T00:00:07Z"}],
                "containerStatuses": [{
                    "name": "c", "image": "nginx", "imageID": "", "ready": true, "restartCount": 1,
                    "state": {"running": {"startedAt": "2026-01-01T00:00:06Z"}},
                    "lastState": {"terminated": {"exitCode": 1, "reason": "Error"}},
                }],
            },
        });
        let object = Object::from_value(KindId::POD, value).unwrap();
        let pod = PodBody::unwrap(&object).unwrap();
        assert_eq!(pod.body.node_name.as_deref(), Some("n1"));
        assert_eq!(pod.body.spec.node_name, None);
        assert!(pod.is_ready());
        let again = Object::from_value(KindId::POD, object.to_value()).unwrap();
        assert_eq!(again, object);
    }

    #[test]
    fn a_conditions_time_moves_only_with_its_status() {
        let mut status = PodStatus::default();
        assert!(status.set_condition(Time(1), "Ready", Some(false), Some("A"), None));
        assert!(!status.set_condition(Time(2), "Ready", Some(false), Some("A"), None));
        assert!(status.set_condition(Time(3), "Ready", Some(false), Some("B"), None));
        assert_eq!(status.condition("Ready").unwrap().since, Time(1));
        assert!(status.set_condition(Time(4), "Ready", Some(true), None, None));
        assert_eq!(status.condition("Ready").unwrap().since, Time(4));
    }

    #[test]
    fn a_stored_pod_is_small() {
        assert!(size_of::<Pod>() <= 560, "{}", size_of::<Pod>());
    }
}
