//! One node with its kubelet: its pods, its images, its mailbox, and its way to the API server.

use std::collections::VecDeque;
use std::net::IpAddr;
use std::sync::Arc;

use podarium_api::meta::{Span, Str, Time};
use podarium_api::object::Object;
use podarium_api::ordered::OrdMap;
use podarium_api::pod::{Pod, PodBody};

use super::node::pod_range;
use super::plan::Plans;
use super::worker::Worker;
use super::{Job, Work};
use crate::apiserver::Telling;
use crate::network;
use crate::sim::{Actor, Mailbox, Rng, Why};
use crate::world::World;

/// A kubelet's look at the container runtime for what changed, once a second.
// upstream: pkg/kubelet/kubelet.go genericPlegRelistPeriod
pub(super) const RELIST: Span = Span::secs(1);

/// What all kubelets share: the world, and tables that belong to no single node.
pub(super) struct Cx<'a> {
    pub world: &'a mut World,
    pub shared: &'a mut Shared,
}

/// Tables over all nodes.
#[derive(Clone, Debug, Default)]
pub(super) struct Shared {
    pub plans: Plans,
    /// Where each pod runs: node and number on it.
    pub places: podarium_api::ordered::OrdMap<podarium_api::object::Key, (u32, u32)>,
    /// What people wrote in containers and their volumes: texts by volume and path.
    pub left: Arc<serde_json::Value>,
}

/// A pull that waits for its turn, or is under way.
#[derive(Clone, Debug)]
pub(super) struct Pull {
    pub pod: u32,
    pub token: u32,
    pub container: usize,
    pub asked: Time,
    pub began: Time,
}

/// A node and its kubelet, without the pods.
#[derive(Clone, Debug)]
pub(super) struct Host {
    pub name: Str,
    pub actor: Actor,
    pub index: u32,
    pub zone: u32,
    pub ip: IpAddr,
    /// Whether the machine has power.
    pub up: bool,
    /// Whether the kubelet runs.
    pub runs: bool,
    /// Whether it can reach the API server.
    pub linked: bool,
    /// Voids a start of the kubelet that was overtaken.
    pub boots: u32,
    pub mailbox: Mailbox,
    pub rng: Rng,
    /// Pods by the last byte of their address.
    pub ips: OrdMap<u8, u32>,
    last_ip: u8,
    /// Images on the disk, with their sizes.
    pub images: OrdMap<Str, u64>,
    pub pulls: VecDeque<Pull>,
    /// Whether the first of `pulls` is under way.
    pub pulling: bool,
    /// Pods that the next relist must look at.
    pub dirty: Vec<u32>,
    pub relist_at: Option<Time>,
    /// When within a second it relists.
    phase: Span,
    pub next_id: u32,
    pub status_due: bool,
}

impl Host {
    pub fn new(world: &World, name: Str, index: u32, zone: u32, ip: IpAddr) -> Host {
        let mut rng = world.rng(&format!("kubelet/{name}"));
        let phase = Span(rng.below(RELIST.0));
        Host {
            actor: Actor::Kubelet(name.clone()),
            name,
            index,
            zone,
            ip,
            up: true,
            runs: true,
            linked: true,
            boots: 0,
            mailbox: Mailbox::default(),
            rng,
            ips: OrdMap::new(),
            last_ip: 1,
            images: OrdMap::new(),
            pulls: VecDeque::new(),
            pulling: false,
            dirty: Vec::new(),
            relist_at: None,
            phase,
            next_id: 0,
            status_due: false,
        }
    }

    /// Whether the kubelet can read and write the API.
    pub fn online(&self) -> bool {
        self.runs && self.linked
    }

    /// Asks for work on a pod.
    pub fn later(&self, cx: &mut Cx<'_>, w: &Worker, at: Time, job: Job) {
        let work = Work::Pod {
            node: self.index,
            pod: w.id,
            job,
        };
        cx.world.at(at, work);
    }

    /// Marks a pod for the next relist.
    pub fn mark(&mut self, cx: &mut Cx<'_>, w: &mut Worker) {
        if !self.dirty.contains(&w.id) {
            self.dirty.push(w.id);
        }
        let now = cx.world.now();
        if self.relist_at.is_none_or(|at| at <= now) {
            let after = Span((now.0 + RELIST.0 - self.phase.0) % RELIST.0);
            let at = now + Span(RELIST.0 - after.0);
            self.relist_at = Some(at);
            cx.world.at(at, Work::Relist(self.index));
        }
    }

    /// Tells people something about a pod, or about a container of it.
    pub fn tell(
        &self,
        cx: &mut Cx<'_>,
        w: &mut Worker,
        container: Option<usize>,
        warning: bool,
        reason: &str,
        message: impl Into<Str>,
    ) {
        if !self.online() {
            return;
        }
        let field_path = match container {
            Some(i) => w.plan.containers[i].field_path.clone(),
            None => super::words::words().empty.clone(),
        };
        let telling = Telling {
            warning,
            reason,
            message: message.into(),
            field_path,
            action: "",
        };
        cx.world.because(w.cause);
        let about = Object::Pod(w.pod.clone());
        cx.world.tell_part(&self.actor, &about, telling);
    }

    /// Records what happened to a pod on the node; what is written next is caused by it.
    pub fn note(&self, cx: &mut Cx<'_>, w: &mut Worker, why: Why) {
        cx.world.because(w.cause);
        w.cause = Some(cx.world.note(&self.actor, Some(w.key.clone()), why));
    }

    /// Writes the pod's status if it changed. What cannot be written now is written when the API server is back.
    // upstream: pkg/kubelet/status/status_manager.go syncPod
    pub fn post(&mut self, cx: &mut Cx<'_>, w: &mut Worker) {
        w.stale = false;
        if !self.online() {
            w.stale = true;
            return;
        }
        let Some(stored) = stored(cx.world, w) else {
            return;
        };
        let old = &stored.body.status;
        let new = w.status(old, cx.world.now(), self.ip);
        if new == *old {
            w.pod = stored;
            return;
        }
        let why = super::status::why(old, &new);
        let pod = Pod {
            meta: stored.meta.clone(),
            body: PodBody {
                spec: stored.body.spec.clone(),
                node_name: stored.body.node_name.clone(),
                status: new,
            },
        };
        cx.world.because(w.cause);
        if let Ok(written) = cx.world.update_status(&self.actor, pod, why) {
            w.pod = written;
        }
    }

    /// Gives a pod an address; `None` when there is none left.
    pub fn allocate(&mut self, pod: u32) -> Option<IpAddr> {
        let [a, b, c] = pod_range(self.index);
        // .0 is the network, .1 the bridge, .255 everybody.
        for _ in 2..255 {
            self.last_ip = if self.last_ip == 254 {
                2
            } else {
                self.last_ip + 1
            };
            if !self.ips.contains_key(&self.last_ip) {
                self.ips.insert(self.last_ip, pod);
                return Some(IpAddr::from([a, b, c, self.last_ip]));
            }
        }
        None
    }

    /// Takes a pod's address and sandbox away.
    pub fn tear_down(&mut self, w: &mut Worker) {
        w.sandbox = false;
        if let Some(IpAddr::V4(ip)) = w.ip.take()
            && !w.plan.host_network
        {
            let host = ip.octets()[3];
            if self.ips.get(&host) == Some(&w.id) {
                self.ips.remove(&host);
            }
        }
    }

    /// Tells the network that a container's program, which may call others by itself, has started or stopped.
    pub fn caller(&self, cx: &mut Cx<'_>, w: &Worker, container: usize, calls: bool) {
        let run = &w.runs[container];
        if run.program.as_ref().is_none_or(|p| p.every.is_none()) {
            return;
        }
        let now = cx.world.now();
        let at = run.opens.filter(|_| calls).unwrap_or(now).max(now);
        let work = network::Work::Caller {
            pod: w.key.clone(),
            run: run.id,
        };
        cx.world.at(at, work);
    }

    /// A delay with some chance in it.
    pub fn about(&mut self, millis: u64) -> Span {
        self.rng.jitter(Span::millis(millis), 30)
    }
}

/// The pod as it is stored, if it is still the same one.
pub(super) fn stored(world: &World, w: &Worker) -> Option<Arc<Pod>> {
    let pod = world.get::<PodBody>(&w.key.namespace, &w.key.name)?;
    (pod.meta.uid == w.pod.meta.uid).then_some(pod)
}
