//! Stopping containers: hooks, SIGTERM, the grace period, SIGKILL, and the end of a deleted pod.
// upstream: pkg/kubelet/kuberuntime/kuberuntime_container.go killContainer; pkg/kubelet/kubelet.go SyncTerminatingPod

use podarium_api::meta::{Span, Time};

use super::Job;
use super::host::{Cx, Host, stored};
use super::start::hook_time;
use super::words::words;
use super::worker::{Stage, State, Step, Worker};
use crate::apiserver::DeleteOptions;
use crate::sim::Why;

/// However long the hook took, a process has this long before it is killed.
// upstream: kuberuntime_manager.go minimumGracePeriodInSeconds
const MINIMUM: Span = Span::secs(2);

impl Host {
    /// Stops one container within `grace` seconds.
    pub fn kill(&mut self, cx: &mut Cx<'_>, w: &mut Worker, i: usize, grace: i64, message: String) {
        let now = cx.world.now();
        let run = &w.runs[i];
        let (Some(_), Some(program)) = (run.running(), run.program.clone()) else {
            return;
        };
        let id = run.id;
        let grace = Span::secs(u64::try_from(grace).unwrap_or(0));
        // A kill under way is only ever shortened.
        let sooner = run.stop.is_none_or(|(at, _)| now + grace < at);
        if !sooner {
            return;
        }
        if run.stop.is_none() {
            self.tell(cx, w, Some(i), false, "Killing", message);
        }
        let hook = w.plan.spec_of(i).lifecycle.as_ref();
        let hook = hook.and_then(|l| l.pre_stop.as_ref());
        let hook = hook.map_or(Span(0), hook_time).min(grace);
        let left = match grace > hook {
            true => Span(grace.0 - hook.0).max(MINIMUM),
            false => MINIMUM,
        };
        let left = if grace == Span(0) { Span(0) } else { left };
        let signal = now + hook;
        let stop = match program.stop_time {
            Some(time) => {
                let time = self.rng.jitter(time, 25);
                (time < left).then_some((signal + time, program.image.stop_code))
            }
            None => None,
        };
        let (at, code) = stop.unwrap_or((signal + left, 137));
        if w.runs[i].stop.is_some_and(|(already, _)| already <= at) {
            return;
        }
        w.runs[i].stop = Some((at, code));
        let job = Job::Stop {
            container: i as u32,
            run: id,
        };
        self.later(cx, w, at, job);
    }

    /// The moment has come at which a container that is being stopped has stopped.
    pub fn stop_due(&mut self, cx: &mut Cx<'_>, w: &mut Worker, i: usize, run: u32) {
        let now = cx.world.now();
        let Some((at, code)) = w.runs[i].stop else {
            return;
        };
        if w.runs[i].id != run || at != now {
            return;
        }
        let reason = match code {
            0 => &words().completed,
            _ => &words().error,
        };
        self.exited(cx, w, i, code, reason);
        if let Stage::Terminating { until } = w.stage {
            self.go_on(cx, w, until);
        }
    }

    /// The pod is deleted: it has `grace` seconds, or what is left of them.
    pub fn terminate(&mut self, cx: &mut Cx<'_>, w: &mut Worker, grace: i64) {
        let now = cx.world.now();
        // upstream: a grace period can only become shorter.
        let until = now + Span::secs(u64::try_from(grace).unwrap_or(0).max(1));
        let until = match w.stage {
            Stage::Terminating { until: before } => until.min(before),
            Stage::Stopped => {
                // The API could not be reached when the object was to go.
                let at = now + self.about(150);
                return self.later(cx, w, at, Job::Remove(w.token));
            }
            _ => until,
        };
        w.stage = Stage::Terminating { until };
        w.token += 1;
        w.step = Step::Idle;
        w.retry = None;
        self.go_on(cx, w, until);
    }

    /// Stops what is to be stopped next: regular containers together, then sidecars, last one first.
    // upstream: pkg/kubelet/kuberuntime/kuberuntime_termination_order.go
    pub fn go_on(&mut self, cx: &mut Cx<'_>, w: &mut Worker, until: Time) {
        if !self.runs {
            return;
        }
        let now = cx.world.now();
        let sidecar = |w: &Worker, i: usize| w.plan.containers[i].sidecar;
        let running: Vec<usize> = (0..w.runs.len())
            .filter(|i| w.runs[*i].running().is_some())
            .collect();
        let main: Vec<usize> = running
            .iter()
            .copied()
            .filter(|i| !sidecar(w, *i))
            .collect();
        let next = match (main.is_empty(), running.last()) {
            (false, _) => main,
            (true, Some(last)) => vec![*last],
            (true, None) => return self.stopped(cx, w),
        };
        let left = (until - now).0.div_ceil(1_000_000) as i64;
        for i in next {
            let name = &w.plan.containers[i].name;
            let message = format!("Stopping container {name}");
            self.kill(cx, w, i, left, message);
        }
    }

    /// All containers of a deleted pod have stopped.
    fn stopped(&mut self, cx: &mut Cx<'_>, w: &mut Worker) {
        for run in &mut w.runs {
            run.ready = false;
        }
        self.tear_down(w);
        w.stage = Stage::Stopped;
        self.post(cx, w);
        // Volumes are unmounted and the cgroup is removed before the object may go.
        w.token += 1;
        let at = cx.world.now() + self.about(150);
        self.later(cx, w, at, Job::Remove(w.token));
    }

    /// Lets the object of a stopped pod go. Whether the kubelet is done with the pod.
    // upstream: pkg/kubelet/status/status_manager.go canBeDeleted
    pub fn remove(&mut self, cx: &mut Cx<'_>, w: &mut Worker) -> bool {
        if !self.online() {
            return false;
        }
        if w.stale {
            self.post(cx, w);
        }
        if stored(cx.world, w).is_some_and(|pod| pod.meta.is_terminating()) {
            let options = DeleteOptions {
                grace: Some(0),
                uid: Some(w.pod.meta.uid),
                ..DeleteOptions::default()
            };
            cx.world.because(w.cause);
            let why = Why::new("kubelet-removed");
            // Whoever deleted it meanwhile has done the same.
            let _ = cx.world.delete(&self.actor, &w.key, &options, why);
        }
        true
    }

    /// Every process on the machine is gone, without a word to anybody.
    pub fn lose(&mut self, cx: &mut Cx<'_>, w: &mut Worker) {
        for i in 0..w.runs.len() {
            if let Some(since) = w.runs[i].running() {
                self.caller(cx, w, i, false);
                w.runs[i].state = State::Exited {
                    since,
                    at: cx.world.now(),
                    code: 255,
                    reason: words().unknown.clone(),
                };
            }
        }
        self.tear_down(w);
    }
}
