//! The kubelets: pods become processes here, as the simulation has them, and tell how they fare.
//!
//! Each node has a kubelet of its own with its own mailbox. It learns of its pods by watch, keeps them one step at a
//! time, and writes back what it sees.

mod deliver;
mod doc;
mod env;
mod faults;
mod host;
#[cfg(not(target_arch = "wasm32"))]
mod inside;
mod node;
mod offer;
mod plan;
mod probe;
mod probing;
mod programs;
mod pull;
mod reference;
mod start;
mod status;
mod sync;
mod terminate;
#[cfg(test)]
mod tests;
mod words;
mod worker;

use std::net::IpAddr;
use std::sync::Arc;

use podarium_api::kinds::KindId;
use podarium_api::meta::Str;
use podarium_api::object::Object;
use podarium_api::ordered::OrdMap;

pub use doc::DOCS;
pub use probe::Kind as ProbeKind;
pub use programs::{Catalogue, Image, catalogue};
pub use reference::Reference;

use self::host::{Cx, Host, Shared};
use self::programs::shell::End;
use self::worker::{Stage, Step, Worker};
use crate::apiserver::beats;
use crate::network::Network;
use crate::store::Change;
use crate::world::World;

/// What waits in the queue for a kubelet; nodes and pods by number.
#[derive(Clone, Debug)]
pub enum Work {
    /// Changes have arrived at a node.
    Deliver(u32),
    /// A kubelet looks at what its node's containers do.
    Relist(u32),
    /// A pull has come to its end.
    Pulled(u32),
    /// A kubelet that has started is ready to work; older starts are void.
    Boot(u32, u32),
    /// A node's status is written.
    NodeStatus(u32),
    /// Makes the lease of a node, which somebody deleted.
    Renew(u32),
    /// Something about one pod.
    Pod {
        /// The node.
        node: u32,
        /// The pod.
        pod: u32,
        /// What.
        job: Job,
    },
}

/// What is due for a pod.
#[derive(Clone, Copy, Debug)]
pub enum Job {
    /// The step that its synchronisation waits for.
    Step(u32),
    /// Another try of what failed.
    Retry(u32),
    /// The pod's object may go.
    Remove(u32),
    /// A probe.
    Probe {
        /// Of which container.
        container: u32,
        /// Which one.
        kind: ProbeKind,
        /// Voids what was asked for before.
        token: u32,
    },
    /// A program ends by itself, or asks the network something.
    Course {
        /// In which container.
        container: u32,
        /// In which run of it.
        run: u32,
    },
    /// A container that is being stopped has stopped.
    Stop {
        /// Which.
        container: u32,
        /// Which run of it.
        run: u32,
    },
}

/// A node and the pods on it, in the order in which they came.
#[derive(Clone, Debug)]
struct Kubelet {
    host: Host,
    workers: Vec<(u32, Arc<Worker>)>,
}

/// The kubelets of all nodes. A clone shares what neither side changes afterwards.
#[derive(Clone, Debug, Default)]
pub struct Kubelets {
    nodes: Vec<Arc<Kubelet>>,
    by_name: OrdMap<Str, u32>,
    by_ip: OrdMap<IpAddr, u32>,
    shared: Shared,
}

/// Where the pod of that number is in the list.
fn find(workers: &[(u32, Arc<Worker>)], pod: u32) -> Option<usize> {
    workers.binary_search_by_key(&pod, |(id, _)| *id).ok()
}

impl Kubelets {
    /// Starts with the cluster, at time zero.
    pub fn start(&mut self, world: &mut World) {
        for _ in 0..world.config.nodes {
            self.join(world);
        }
    }

    /// A change was committed; this is called at once, and must only send it on its way (it arrives after the lag).
    pub fn observe(&mut self, world: &mut World, change: &Arc<Change>) {
        if change.key.kind == KindId::LEASE && change.new.is_none() {
            // Whose lease is gone makes another with its next beat.
            if let Some(index) = self.by_name.get(&change.key.name) {
                world.after(beats::KUBELET, Work::Renew(*index));
            }
        }
        if change.key.kind != KindId::POD {
            return;
        }
        let bound = |object: &Option<Object>| {
            let pod = object.as_ref().and_then(Object::as_pod)?;
            self.by_name.get(pod.body.node_name.as_deref()?).copied()
        };
        let Some(index) = bound(&change.new).or_else(|| bound(&change.old)) else {
            return;
        };
        let kubelet = &self.nodes[index as usize];
        if !kubelet.host.online() || own_echo(world, &kubelet.host, change) {
            return;
        }
        let host = &mut Arc::make_mut(&mut self.nodes[index as usize]).host;
        let lag = world.config.watch_lag;
        if let Some(at) = host.mailbox.send(world.now(), lag, &mut host.rng, change) {
            world.at(at, Work::Deliver(index));
        }
    }

    /// Does due work.
    pub fn work(&mut self, world: &mut World, work: Work, network: &Network) {
        match work {
            Work::Deliver(node) => self.at(world, node, Kubelet::deliver),
            Work::Relist(node) => self.at(world, node, Kubelet::relist),
            Work::Pulled(node) => self.at(world, node, Kubelet::pulled),
            Work::NodeStatus(node) => self.at(world, node, |k, cx| k.host.node_status(cx)),
            Work::Renew(node) => self.at(world, node, |k, cx| k.host.renew(cx)),
            Work::Boot(node, boot) => self.at(world, node, |k, cx| k.boot(cx, boot)),
            Work::Pod { node, pod, job } => {
                let answer = match job {
                    Job::Course { container, run } => {
                        self.answer(world, network, node, pod, container as usize, run)
                    }
                    _ => None,
                };
                self.at(world, node, |k, cx| k.job(cx, pod, job, answer));
            }
        }
    }

    fn at(&mut self, world: &mut World, node: u32, f: impl FnOnce(&mut Kubelet, &mut Cx<'_>)) {
        let Some(kubelet) = self.nodes.get_mut(node as usize) else {
            return;
        };
        let mut cx = Cx {
            world,
            shared: &mut self.shared,
        };
        f(Arc::make_mut(kubelet), &mut cx);
    }

    fn worker(&self, node: u32, pod: u32) -> Option<&Worker> {
        let workers = &self.nodes.get(node as usize)?.workers;
        Some(&workers[find(workers, pod)?].1)
    }
}

/// Whether a change tells a kubelet nothing new: it wrote the status itself.
fn own_echo(world: &World, host: &Host, change: &Change) -> bool {
    let (Some(Object::Pod(old)), Some(Object::Pod(new))) = (&change.old, &change.new) else {
        return false;
    };
    let same = Arc::ptr_eq(&old.body.spec, &new.body.spec)
        && old.body.node_name == new.body.node_name
        && old.meta.deleted == new.meta.deleted;
    let record = world.log().get(change.record);
    same && record.is_some_and(|r| r.actor == host.actor)
}

impl Kubelet {
    /// Runs `f` on a pod.
    fn with(
        &mut self,
        cx: &mut Cx<'_>,
        pod: u32,
        f: impl FnOnce(&mut Host, &mut Cx<'_>, &mut Worker),
    ) {
        if let Some(at) = find(&self.workers, pod) {
            let w = Arc::make_mut(&mut self.workers[at].1);
            f(&mut self.host, cx, w);
            pull::begin(&mut self.host, cx, &self.workers);
        }
    }

    /// Looks at every pod on which something happened since the last look.
    fn relist(&mut self, cx: &mut Cx<'_>) {
        if self.host.relist_at != Some(cx.world.now()) {
            return;
        }
        self.host.relist_at = None;
        if !self.host.runs {
            return;
        }
        for id in std::mem::take(&mut self.host.dirty) {
            self.with(cx, id, |host, cx, w| {
                host.notice(cx, w);
                if w.changed {
                    w.changed = false;
                    if w.stage == Stage::Running {
                        host.sync(cx, w);
                    } else {
                        host.post(cx, w);
                    }
                } else if w.stale {
                    host.post(cx, w);
                }
            });
        }
    }

    fn pulled(&mut self, cx: &mut Cx<'_>) {
        self.host.pulling = false;
        let Some(pull) = self.host.pulls.pop_front() else {
            return;
        };
        let wanted = |w: &Worker| w.token == pull.token && w.step == Step::Pull(pull.container);
        self.with(cx, pull.pod, |host, cx, w| {
            if host.runs && wanted(w) {
                host.pulled(cx, w, &pull);
            }
        });
        pull::begin(&mut self.host, cx, &self.workers);
    }

    fn job(&mut self, cx: &mut Cx<'_>, pod: u32, job: Job, answer: Option<Option<u16>>) {
        let mut removed = false;
        self.with(cx, pod, |host, cx, w| match job {
            Job::Course { container, run } => {
                host.course(cx, w, container as usize, run, answer);
            }
            Job::Stop { container, run } => host.stop_due(cx, w, container as usize, run),
            _ if !host.runs => {}
            Job::Step(token) if token == w.token => host.step(cx, w),
            Job::Retry(token) if token == w.token && w.step == Step::Idle => host.sync(cx, w),
            Job::Remove(token) if token == w.token => removed = host.remove(cx, w),
            Job::Probe {
                container,
                kind,
                token,
            } => host.probe_due(cx, w, container as usize, kind, token),
            Job::Step(_) | Job::Retry(_) | Job::Remove(_) => {}
        });
        if removed {
            self.forget(cx, pod);
        }
    }
}

impl Host {
    /// A program has come to its end, or to a question.
    fn course(
        &mut self,
        cx: &mut Cx<'_>,
        w: &mut Worker,
        i: usize,
        run: u32,
        answer: Option<Option<u16>>,
    ) {
        let Some(program) = w.runs[i].program.clone().filter(|_| w.runs[i].id == run) else {
            return;
        };
        if w.runs[i].running().is_none() {
            return;
        }
        let limit = w.plan.containers[i].memory_limit;
        if limit.is_some_and(|limit| program.memory > limit) {
            return self.exited(cx, w, i, 137, &words::words().oom_killed);
        }
        match (&program.end, answer) {
            (End::Exit(_, code), _) => {
                let reason = match code {
                    0 => &words::words().completed,
                    _ => &words::words().error,
                };
                self.exited(cx, w, i, *code, reason);
            }
            (End::Asks(..), Some(answer)) => {
                w.runs[i].answers.push(answer);
                // The script is followed again from its start, with one answer more.
                if let Ok((program, _)) = start::program(cx.world, self, w, i) {
                    w.runs[i].program = Some(program);
                    self.follow(cx, w, i);
                }
            }
            _ => return,
        }
        if let Stage::Terminating { until } = w.stage {
            self.go_on(cx, w, until);
        }
    }
}
