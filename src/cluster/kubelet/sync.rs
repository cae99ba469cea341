//! Keeping a pod as its spec asks: one thing after another, as upstream's pod worker does.
// upstream: pkg/kubelet/kubelet.go SyncPod; pkg/kubelet/kuberuntime/kuberuntime_manager.go SyncPod

use podarium_api::meta::{Span, Str, Time};
use podarium_api::object::{ConfigMapBody, SecretBody};

use super::Job;
use super::host::{Cx, Host};
use super::probe::Kind;
use super::worker::{Stage, Step, Worker};
use crate::world::World;

impl Host {
    /// Begins a synchronisation, unless one is under way.
    pub fn sync(&mut self, cx: &mut Cx<'_>, w: &mut Worker) {
        if !self.runs || w.stage != Stage::Running {
            return;
        }
        if w.step != Step::Idle {
            w.changed = true;
            return;
        }
        w.changed = false;
        w.retry = None;
        if w.is_over() {
            // The sandbox goes before the phase is written.
            self.end(cx, w);
            return;
        }
        self.post(cx, w);
        w.token += 1;
        w.cursor = 0;
        self.proceed(cx, w);
    }

    /// All containers have ended for good.
    pub fn end(&mut self, cx: &mut Cx<'_>, w: &mut Worker) {
        for i in 0..w.runs.len() {
            w.runs[i].ready = false;
        }
        self.tear_down(w);
        w.stage = Stage::Ended;
        self.post(cx, w);
    }

    /// Goes on to whatever comes next.
    pub fn proceed(&mut self, cx: &mut Cx<'_>, w: &mut Worker) {
        let now = cx.world.now();
        if !w.mounted {
            let wait = if w.plan.has_volumes { 120 } else { 5 };
            let at = now + self.about(wait);
            return self.wait(cx, w, Step::Mount, at);
        }
        if !w.sandbox {
            let at = now + self.about(450);
            return self.wait(cx, w, Step::Sandbox, at);
        }
        while let Some(i) = w.next_start(w.cursor) {
            w.cursor = i + 1;
            if self.start(cx, w, i) {
                return;
            }
        }
        self.finish(cx, w);
    }

    pub fn wait(&mut self, cx: &mut Cx<'_>, w: &mut Worker, step: Step, at: Time) {
        w.step = step;
        self.later(cx, w, at, Job::Step(w.token));
    }

    /// The synchronisation is over; something may have to be tried again.
    fn finish(&mut self, cx: &mut Cx<'_>, w: &mut Worker) {
        w.step = Step::Idle;
        if let Some(at) = w.retry {
            self.later(cx, w, at, Job::Retry(w.token));
        }
        if w.changed || w.stale {
            self.mark(cx, w);
        }
    }

    /// What a step waited for has come.
    pub fn step(&mut self, cx: &mut Cx<'_>, w: &mut Worker) {
        let now = cx.world.now();
        match std::mem::replace(&mut w.step, Step::Idle) {
            Step::Idle => {}
            Step::Mount => self.mount(cx, w),
            Step::Sandbox => self.sandbox(cx, w),
            // A pull comes back by way of the queue of pulls.
            Step::Pull(i) => w.step = Step::Pull(i),
            Step::Create(i) => self.run(cx, w, i),
            Step::Hook(i) => {
                w.runs[i].started |= w.plan.containers[i].probes[Kind::Startup as usize].is_none();
                w.changed = true;
                let _ = now;
                self.proceed(cx, w);
            }
        }
    }

    fn mount(&mut self, cx: &mut Cx<'_>, w: &mut Worker) {
        if let Some((volume, error)) = missing(cx.world, w) {
            let text = format!("MountVolume.SetUp failed for volume \"{volume}\" : {error}");
            self.tell(cx, w, None, true, "FailedMount", text);
            // upstream: pkg/util/goroutinemap/exponentialbackoff: 500 ms, doubled up to 2 m 2 s
            let delay = Span::millis(500) * (1 << w.mount_tries.min(8));
            w.mount_tries += 1;
            let at = cx.world.now() + delay.min(Span::secs(122));
            return self.wait(cx, w, Step::Mount, at);
        }
        w.mounted = true;
        self.proceed(cx, w);
    }

    fn sandbox(&mut self, cx: &mut Cx<'_>, w: &mut Worker) {
        w.ip = match w.plan.host_network {
            true => Some(self.ip),
            false => self.allocate(w.id),
        };
        if w.ip.is_none() {
            let text = "Failed to create pod sandbox: rpc error: code = Unknown desc = failed to setup network for sandbox: \
                 plugin type=\"bridge\" failed (add): failed to allocate for range 0: no IP addresses available in range set";
            self.tell(cx, w, None, true, "FailedCreatePodSandBox", text);
            self.again(cx, w, Span::secs(12));
            return self.finish(cx, w);
        }
        w.sandbox = true;
        w.changed = true;
        self.proceed(cx, w);
    }

    /// Has the pod synchronised again after a while.
    pub fn again(&mut self, cx: &mut Cx<'_>, w: &mut Worker, after: Span) {
        let at = cx.world.now() + after;
        w.retry = Some(w.retry.map_or(at, |other| other.min(at)));
    }
}

/// A volume whose ConfigMap or Secret is not there, and what is said of it.
fn missing(world: &World, w: &Worker) -> Option<(Str, String)> {
    let namespace = &*w.key.namespace;
    w.plan.needs.iter().find_map(|need| {
        let name = &need.name;
        let data = match need.secret {
            true => world
                .store()
                .find::<SecretBody>(namespace, name)
                .map(|s| (&s.body.data, None)),
            false => world
                .store()
                .find::<ConfigMapBody>(namespace, name)
                .map(|c| (&c.body.data, Some(&c.body.binary_data))),
        };
        let kind = if need.secret { "secret" } else { "configmap" };
        let error = match data {
            None => format!("{kind} \"{name}\" not found"),
            Some((data, more)) => {
                let has =
                    |key: &str| data.contains_key(key) || more.is_some_and(|m| m.contains_key(key));
                need.keys.iter().find(|k| !has(k))?;
                format!(
                    "references non-existent {} key: {}",
                    match need.secret {
                        true => "secret",
                        false => "config",
                    },
                    need.keys.iter().find(|k| !has(k))?
                )
            }
        };
        Some((need.volume.clone(), error))
    })
}
