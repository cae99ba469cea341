//! What a kubelet hears of its pods by watch: new ones, changed ones, deleted ones.

use std::sync::Arc;

use podarium_api::kinds::KindId;
use podarium_api::meta::Str;
use podarium_api::object::Object;
use podarium_api::pod::Pod;

use super::host::{Cx, Host};
use super::worker::{Stage, Worker};
use super::{Kubelet, find};
use crate::sim::RecordId;
use crate::world::World;

impl Kubelet {
    pub(super) fn deliver(&mut self, cx: &mut Cx<'_>) {
        while let Some(change) = self.host.mailbox.receive(cx.world.now()) {
            cx.world.because(Some(change.record));
            let pod = |o: &Option<Object>| o.as_ref().and_then(Object::as_pod).cloned();
            match (pod(&change.new), pod(&change.old)) {
                (Some(pod), _) => self.heard(cx, pod),
                (None, Some(pod)) => self.gone(cx, &pod),
                (None, None) => {}
            }
        }
    }

    /// The number of a pod's worker, if it has one.
    pub(super) fn number(&self, cx: &Cx<'_>, pod: &Pod) -> Option<u32> {
        let key = podarium_api::object::Key {
            kind: KindId::POD,
            namespace: pod.meta.namespace.clone(),
            name: pod.meta.name.clone(),
        };
        let placed = cx.shared.places.get(&key).copied();
        let here = placed.filter(|(node, _)| *node == self.host.index);
        let same = |id: &u32| {
            find(&self.workers, *id)
                .is_some_and(|at| self.workers[at].1.pod.meta.uid == pod.meta.uid)
        };
        here.map(|(_, id)| id).filter(same).or_else(|| {
            // A pod of that name may have been replaced before this one was gone.
            let mut all = self.workers.iter();
            let found = all.find(|(_, w)| w.pod.meta.uid == pod.meta.uid);
            found.map(|(id, _)| *id)
        })
    }

    /// A pod is new, or has changed.
    pub(super) fn heard(&mut self, cx: &mut Cx<'_>, pod: Arc<Pod>) {
        let cause = cx.world.cause();
        if let Some(id) = self.number(cx, &pod) {
            return self.with(cx, id, |host, cx, w| host.updated(cx, w, pod, cause));
        }
        if pod.body.status.phase.is_terminal() && !pod.meta.is_terminating() {
            return;
        }
        let id = self.add(cx, &pod);
        self.with(cx, id, |host, cx, w| {
            w.cause = cause;
            if w.pod.meta.is_terminating() {
                return host.terminate(cx, w, w.pod.meta.deletion_grace.unwrap_or(0));
            }
            host.sync(cx, w);
        });
    }

    /// Takes a pod on, if it fits.
    pub(super) fn add(&mut self, cx: &mut Cx<'_>, pod: &Arc<Pod>) -> u32 {
        self.host.next_id += 1;
        let id = self.host.next_id;
        let plan = cx.shared.plans.of(&pod.body.spec);
        let mut w = Worker::new(id, pod.clone(), plan, cx.world.now());
        if let Some(start) = pod.body.status.start_time {
            w.start = start;
        }
        w.rejected = self.refusal(cx.world, &w);
        let place = (self.host.index, id);
        cx.shared.places.insert(w.key.clone(), place);
        if let Some((reason, message)) = &w.rejected {
            let (reason, message) = (reason.clone(), message.clone());
            let text = message
                .strip_prefix("Pod was rejected: ")
                .unwrap_or(&message);
            w.cause = cx.world.cause();
            self.host.tell(cx, &mut w, None, true, &reason, text);
        }
        self.workers.push((id, Arc::new(w)));
        id
    }

    /// Why a pod cannot be taken on, in a word and a sentence.
    // upstream: pkg/kubelet/lifecycle/predicate.go InsufficientResourceError
    fn refusal(&self, world: &World, w: &Worker) -> Option<(Str, Str)> {
        let (mut cpu, mut memory, mut pods) = (0, 0, 0);
        for (_, other) in &self.workers {
            if other.stage != Stage::Ended {
                cpu += other.plan.requests.cpu_milli;
                memory += other.plan.requests.memory;
                pods += 1;
            }
        }
        let config = &world.config;
        let asked = w.plan.requests;
        [
            ("pods", 1, pods, u64::from(config.node_pods)),
            ("cpu", asked.cpu_milli, cpu, config.node_cpu_milli),
            ("memory", asked.memory, memory, config.node_memory),
        ]
        .into_iter()
        .find(|(_, asked, used, have)| *asked > 0 && used + asked > *have)
        .map(|(resource, asked, used, have)| {
            let message = format!(
                "Pod was rejected: Node didn't have enough resource: {resource}, requested: {asked}, used: {used}, capacity: {have}"
            );
            (format!("OutOf{resource}").into(), message.into())
        })
    }

    /// A pod's object is gone.
    pub(super) fn gone(&mut self, cx: &mut Cx<'_>, pod: &Pod) {
        let Some(id) = self.number(cx, pod) else {
            return;
        };
        let mut done = false;
        self.with(cx, id, |host, cx, w| {
            w.cause = cx.world.cause();
            done = !w.any_running();
            if !done {
                host.terminate(cx, w, 1);
            }
        });
        if done {
            self.forget(cx, id);
        }
    }

    pub(super) fn forget(&mut self, cx: &mut Cx<'_>, id: u32) {
        let Some(at) = find(&self.workers, id) else {
            return;
        };
        let (_, mut worker) = self.workers.remove(at);
        let w = Arc::make_mut(&mut worker);
        self.host.tear_down(w);
        let place = (self.host.index, id);
        if cx.shared.places.get(&w.key) == Some(&place) {
            cx.shared.places.remove(&w.key);
        }
    }
}

impl Host {
    /// A pod that is here has changed in the API.
    fn updated(&mut self, cx: &mut Cx<'_>, w: &mut Worker, pod: Arc<Pod>, cause: Option<RecordId>) {
        w.cause = cause;
        let changed = !Arc::ptr_eq(&w.plan.spec, &pod.body.spec);
        w.pod = pod;
        if w.pod.meta.is_terminating() {
            let grace = w.pod.meta.deletion_grace.unwrap_or(w.plan.grace);
            return self.terminate(cx, w, grace);
        }
        if changed {
            self.replan(cx, w);
        }
        // Somebody else wrote: what this kubelet knows better is put right.
        self.post(cx, w);
    }

    /// The spec of a running pod was changed: containers of another image are replaced.
    fn replan(&mut self, cx: &mut Cx<'_>, w: &mut Worker) {
        let plan = cx.shared.plans.of(&w.pod.body.spec);
        if plan.containers.len() != w.runs.len() {
            return;
        }
        let before = std::mem::replace(&mut w.plan, plan);
        for i in 0..w.runs.len() {
            let (old, new) = (&before.containers[i], &w.plan.containers[i]);
            if old.image == new.image {
                continue;
            }
            if w.runs[i].running().is_some() {
                let text = format!(
                    "Container {} definition changed, will be restarted",
                    new.name
                );
                let grace = w.plan.grace;
                self.kill(cx, w, i, grace, text);
            } else {
                w.runs[i].waiting = None;
                w.runs[i].pull_backoff = Default::default();
            }
            w.changed = true;
        }
        if w.changed {
            self.mark(cx, w);
        }
    }
}
