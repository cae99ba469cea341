//! Nodes that join, lose power, and come back; kubelets that stop; links that are cut; containers that are killed.

use std::sync::Arc;

use k8s_openapi::api::core::v1::NodeStatus;
use podarium_api::kinds::KindId;
use podarium_api::meta::{Span, Str};
use podarium_api::object::{Node, NodeBody, Object};
use podarium_api::pod::{ContainerState, Pod};
use podarium_api::status::Status;

use super::host::{Cx, Host};
use super::node::{self, Site, node_ip, zone_name};
use super::probe::Kind;
use super::words::words;
use super::worker::{Stage, State, Step, Worker};
use super::{Kubelet, Kubelets, Work};
use crate::apiserver::{Response, beats};
use crate::sim::faults::CONTROL_PLANE;
use crate::sim::{Component, Why};
use crate::world::World;

/// From power to a working kubelet.
const NODE_BOOT: Span = Span::secs(5);
/// From the start of a kubelet's process to its first look at the API.
const KUBELET_START: Span = Span::secs(1);

impl Kubelets {
    /// A node joins, in the zone that has the fewest.
    pub(super) fn join(&mut self, world: &mut World) -> Str {
        let index = self.nodes.len() as u32;
        let zones = world.config.zones.max(1);
        let count = |zone: u32| self.nodes.iter().filter(|k| k.host.zone == zone).count() as u32;
        // A whole cluster joins in turn; only later nodes need the count.
        let zone = match index < world.config.nodes {
            true => index % zones,
            false => (0..zones).min_by_key(|z| count(*z)).unwrap_or(0),
        };
        let in_zone = match index < world.config.nodes {
            true => index / zones,
            false => count(zone),
        };
        let name: Str = format!("node-{}", index + 1).into();
        let ip = node_ip(index, zone, in_zone);
        let host = Host::new(world, name.clone(), index, zone, ip);
        self.by_name.insert(name.clone(), index);
        self.by_ip.insert(ip, index);
        let mut kubelet = Kubelet {
            host,
            workers: Vec::new(),
        };
        let mut cx = Cx {
            world,
            shared: &mut self.shared,
        };
        kubelet.host.register(&mut cx);
        self.nodes.push(Arc::new(kubelet));
        name
    }

    /// Adds a node in the zone that has the fewest.
    pub fn add_node(&mut self, world: &mut World) -> Response {
        self.join(world);
        Response::empty()
    }

    /// A component stopped; `world.faults` says so already.
    pub fn stopped(&mut self, world: &mut World, component: &Component) {
        match component {
            Component::Node(name) => self.at_named(world, name, |k, cx| {
                k.host.up = false;
                k.host.runs = false;
                k.host.halt();
                for (_, worker) in std::mem::take(&mut k.workers) {
                    let mut worker = Arc::unwrap_or_clone(worker);
                    k.host.lose(cx, &mut worker);
                    cx.shared.places.remove(&worker.key);
                }
            }),
            Component::Kubelet(name) => self.at_named(world, name, |k, _| {
                k.host.runs = false;
                k.host.halt();
            }),
            Component::CoreDns => self.silence(world),
            _ => {}
        }
    }

    /// A component is back: what it missed it must list anew.
    pub fn started(&mut self, world: &mut World, component: &Component) {
        match component {
            Component::Node(name) => self.at_named(world, name, |k, cx| {
                k.host.up = true;
                k.host.prepare(cx, NODE_BOOT);
            }),
            Component::Kubelet(name) => self.at_named(world, name, |k, cx| {
                if k.host.up {
                    k.host.prepare(cx, KUBELET_START);
                }
            }),
            Component::CoreDns => self.silence(world),
            _ => {}
        }
    }

    /// Kills a container's process; the first container when `container` is empty.
    pub fn kill(
        &mut self,
        world: &mut World,
        namespace: &str,
        pod: &str,
        container: &str,
    ) -> Response {
        let key = podarium_api::object::Key::new(KindId::POD, namespace, pod);
        let Some((node, id)) = self.shared.places.get(&key).copied() else {
            return Response::status(&Status::not_found("", "pods", pod));
        };
        let mut found = false;
        self.at(world, node, |k, cx| {
            k.with(cx, id, |host, cx, w| {
                let running = |i: &usize| w.runs[*i].running().is_some();
                let Some(i) = w.container(container).filter(running) else {
                    return;
                };
                found = true;
                w.cause = cx.world.cause();
                host.exited(cx, w, i, 137, &words().error);
                if let Stage::Terminating { until } = w.stage {
                    host.go_on(cx, w, until);
                }
            });
        });
        match found {
            true => Response::empty(),
            false => {
                let text = format!("container \"{container}\" of pod \"{pod}\" does not run");
                let reason = podarium_api::status::Reason::BadRequest;
                Response::status(&Status::new(reason, text))
            }
        }
    }

    /// Links were cut or mended; `world.faults` says so already.
    pub fn links_changed(&mut self, world: &mut World) {
        for index in 0..self.nodes.len() {
            let host = &self.nodes[index].host;
            let linked = world.faults.linked(&host.name, CONTROL_PLANE);
            if linked == host.linked {
                continue;
            }
            self.at(world, index as u32, |k, cx| {
                k.host.linked = linked;
                if !linked {
                    k.host.mailbox.lose();
                } else if k.host.runs {
                    k.host.report(cx, true);
                    k.host.renew(cx);
                    k.list(cx);
                }
            });
        }
    }

    fn at_named(
        &mut self,
        world: &mut World,
        name: &str,
        f: impl FnOnce(&mut Kubelet, &mut Cx<'_>),
    ) {
        if let Some(index) = self.by_name.get(name).copied() {
            self.at(world, index, f);
        }
    }

    /// The CoreDNS processes fall silent, or speak again: readiness goes with them at once, other probes with their beat.
    fn silence(&mut self, world: &mut World) {
        for index in 0..self.nodes.len() {
            let speaks_dns = |w: &Worker| {
                let programs = w.runs.iter().filter_map(|r| r.program.as_ref());
                programs.into_iter().any(|p| p.image.component.is_some())
            };
            let ids: Vec<u32> = self.nodes[index]
                .workers
                .iter()
                .filter(|(_, w)| speaks_dns(w))
                .map(|(id, _)| *id)
                .collect();
            for id in ids {
                self.at(world, index as u32, |k, cx| {
                    k.with(cx, id, |host, cx, w| {
                        w.cause = cx.world.cause();
                        let silent = !cx.world.faults.runs(&Component::CoreDns);
                        for i in 0..w.runs.len() {
                            let probed =
                                w.plan.containers[i].probes[Kind::Readiness as usize].is_some();
                            if host.runs && w.runs[i].running().is_some() && (silent || !probed) {
                                host.readiness(cx, w, i, !silent);
                            }
                            host.rouse(cx, w, i);
                        }
                    });
                });
            }
        }
    }
}

impl Host {
    /// The kubelet is no more: what it was about to do is void.
    fn halt(&mut self) {
        self.boots += 1;
        self.mailbox.lose();
        self.pulls.clear();
        self.dirty.clear();
        self.relist_at = None;
    }

    fn prepare(&mut self, cx: &mut Cx<'_>, delay: Span) {
        self.boots += 1;
        cx.world.after(delay, Work::Boot(self.index, self.boots));
    }

    /// Creates the Node object, or takes over the one that is there.
    // upstream: pkg/kubelet/kubelet_node_status.go registerWithAPIServer
    pub(super) fn register(&mut self, cx: &mut Cx<'_>) {
        let site = Site {
            name: &self.name,
            index: self.index,
            zone: self.zone,
            ip: self.ip,
        };
        if cx.world.get::<NodeBody>("", &self.name).is_some() {
            self.report(cx, true);
            return self.renew(cx);
        }
        let node = node::node(&site, &cx.world.config, cx.world.now());
        let why = Why::with("node-registered", [("zone", zone_name(self.zone).into())]);
        // A refusal is the API server's to tell; the kubelet registers again when it starts again.
        let _ = cx.world.create(&self.actor, node, why);
        self.renew(cx);
    }

    /// Begins, or goes on, to renew the node's lease.
    pub(super) fn renew(&self, cx: &mut Cx<'_>) {
        if let Some(node) = cx
            .world
            .get::<NodeBody>("", &self.name)
            .filter(|_| self.online())
        {
            beats::kubelet(cx.world, &self.actor, &node);
        }
    }

    /// Writes the node's status: that it is ready, and what is on its disk. A first report is one though nothing is new.
    pub(super) fn report(&mut self, cx: &mut Cx<'_>, first: bool) {
        if !self.online() {
            return;
        }
        let Some(stored) = cx.world.get::<NodeBody>("", &self.name) else {
            return;
        };
        let now = cx.world.now();
        let mut node: Node = stored.as_ref().clone();
        let old = node.body.status.conditions.take().unwrap_or_default();
        let mut new = node::conditions(Some(&old), now);
        let others = old
            .into_iter()
            .filter(|c| !new.iter().any(|n| n.type_ == c.type_));
        let others: Vec<_> = others.collect();
        new.splice(0..0, others);
        node.body.status.conditions = Some(new);
        let images: Vec<_> = self
            .images
            .iter()
            .map(|(name, size)| k8s_openapi::api::core::v1::ContainerImage {
                names: Some(vec![name.to_string()]),
                size_bytes: Some(*size as i64),
            })
            .collect();
        node.body.status.images = (!images.is_empty()).then_some(images);
        // A heartbeat alone is no news: it is told when somebody looks.
        if !first && same_but_for_beats(&node.body.status, &stored.body.status) {
            return;
        }
        let why = Why::new("node-reports");
        let _ = cx.world.update_status(&self.actor, node, why);
    }

    pub(super) fn node_status(&mut self, cx: &mut Cx<'_>) {
        self.status_due = false;
        self.report(cx, false);
    }
}

fn same_but_for_beats(new: &NodeStatus, old: &NodeStatus) -> bool {
    let told = |status: &NodeStatus| -> Vec<_> {
        let all = status.conditions.iter().flatten();
        all.map(|c| (c.type_.clone(), c.status.clone(), c.reason.clone()))
            .collect()
    };
    new.images == old.images && told(new) == told(old)
}

impl Kubelet {
    /// The kubelet is ready to work.
    pub(super) fn boot(&mut self, cx: &mut Cx<'_>, boot: u32) {
        let component = Component::Kubelet(self.host.name.clone());
        if boot != self.host.boots || !cx.world.faults.runs(&component) {
            return;
        }
        self.host.runs = true;
        self.host.status_due = false;
        if self.host.linked {
            self.host.register(cx);
            let node = cx.world.get::<NodeBody>("", &self.host.name);
            if let Some(node) = node.map(Object::Node) {
                let actor = self.host.actor.clone();
                cx.world
                    .tell(&actor, &node, false, "Starting", "Starting kubelet.");
            }
        }
        for at in 0..self.workers.len() {
            let w = Arc::make_mut(&mut self.workers[at].1);
            // Whatever was under way is begun anew.
            w.token += 1;
            w.step = Step::Idle;
            w.changed = true;
            w.cause = cx.world.cause();
            for i in 0..w.runs.len() {
                self.host.rouse(cx, w, i);
            }
            match w.stage {
                Stage::Terminating { until } => self.host.go_on(cx, w, until),
                Stage::Stopped => {
                    let at = cx.world.now() + Span::millis(150);
                    self.host.later(cx, w, at, super::Job::Remove(w.token));
                }
                _ => {}
            }
            self.host.mark(cx, w);
        }
        self.list(cx);
    }

    /// Asks the API for all pods of the node and puts right what was missed.
    fn list(&mut self, cx: &mut Cx<'_>) {
        if !self.host.online() {
            return;
        }
        let listed: Vec<Arc<Pod>> = cx
            .world
            .store()
            .pods_on(&self.host.name)
            .filter_map(|o| o.as_pod().cloned())
            .collect();
        let known: Vec<Arc<Pod>> = self.workers.iter().map(|(_, w)| w.pod.clone()).collect();
        for pod in known {
            if !listed.iter().any(|p| p.meta.uid == pod.meta.uid) {
                self.gone(cx, &pod);
            }
        }
        for pod in listed {
            let fresh = self.number(cx, &pod).is_none();
            if fresh
                && !pod.body.status.containers.is_empty()
                && !pod.body.status.phase.is_terminal()
            {
                self.readopt(cx, &pod);
            } else {
                self.heard(cx, pod);
            }
        }
    }

    /// Takes on a pod that ran here before the machine lost its power: its containers are dead, its sandbox is gone.
    fn readopt(&mut self, cx: &mut Cx<'_>, pod: &Arc<Pod>) {
        let now = cx.world.now();
        let id = self.add(cx, pod);
        self.with(cx, id, |host, cx, w| {
            w.cause = cx.world.cause();
            let status = &w.pod.clone().body.status;
            let all = status.init_containers.iter().chain(&status.containers);
            let plan = w.plan.clone();
            for (i, before) in all.enumerate().take(w.runs.len()) {
                let run = &mut w.runs[i];
                run.restarts = before.restart_count;
                run.id = before.id;
                let (state, last) = remembered(&before.state, now);
                let again = |code: i32| plan.containers[i].restart.again(code);
                run.last = before.last_state.clone();
                match state {
                    // What has ended for good stays so; everything else begins anew in a new sandbox.
                    State::Exited { code, .. } if !again(code) => run.state = state,
                    _ => run.last = last.map(Arc::new).or(run.last.take()),
                }
            }
            if w.pod.meta.is_terminating() {
                return host.terminate(cx, w, 1);
            }
            if status.is_true("PodReadyToStartContainers") {
                let text = "Pod sandbox changed, it will be killed and re-created.";
                host.tell(cx, w, None, false, "SandboxChanged", text);
            }
            host.sync(cx, w);
        });
    }
}

/// A container's state after a loss of power, and how it is told as the one before the next.
fn remembered(
    state: &ContainerState,
    now: podarium_api::meta::Time,
) -> (State, Option<ContainerState>) {
    match state {
        ContainerState::Running { since } => {
            let dead = State::Exited {
                since: *since,
                at: now,
                code: 255,
                reason: words().unknown.clone(),
            };
            let told = super::status::terminated(&dead);
            (dead, Some(told))
        }
        ContainerState::Terminated {
            exit_code,
            reason,
            started,
            finished,
            ..
        } => (
            State::Exited {
                since: *started,
                at: *finished,
                code: *exit_code,
                reason: reason.clone(),
            },
            Some(state.clone()),
        ),
        ContainerState::Waiting { .. } => (State::None, None),
    }
}
