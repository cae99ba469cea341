//! When probes ask, and what their results do.
// upstream: pkg/kubelet/prober/prober_manager.go, worker.go

use podarium_api::meta::{Span, Time};

use super::Job;
use super::host::{Cx, Host};
use super::probe::{Kind, beat};
use super::worker::{Stage, Worker};
use crate::sim::Why;

impl Host {
    /// Looks at containers that have started since the last look: what has no probe is ready, what has one is probed.
    pub fn notice(&mut self, cx: &mut Cx<'_>, w: &mut Worker) {
        for i in 0..w.runs.len() {
            if w.runs[i].running().is_none() || w.runs[i].seen {
                continue;
            }
            w.runs[i].seen = true;
            for probe in &mut w.runs[i].probes {
                probe.held = false;
                probe.last = None;
                probe.streak = 0;
            }
            match w.plan.containers[i].probes[Kind::Startup as usize] {
                Some(_) => self.arm(cx, w, i, Kind::Startup),
                None if w.runs[i].started => self.begun(cx, w, i),
                // The postStart hook still runs.
                None => w.runs[i].seen = false,
            }
        }
    }

    /// A container has started in full: readiness and liveness are looked at from now on.
    fn begun(&mut self, cx: &mut Cx<'_>, w: &mut Worker, i: usize) {
        w.runs[i].started = true;
        match w.plan.containers[i].probes[Kind::Readiness as usize] {
            Some(_) => self.arm(cx, w, i, Kind::Readiness),
            None => w.runs[i].ready = !w.plan.containers[i].blocks(),
        }
        if w.plan.containers[i].probes[Kind::Liveness as usize].is_some() {
            self.arm(cx, w, i, Kind::Liveness);
        }
    }

    /// Asks for the first probe: at once where the initial delay has passed already and the container is not ready yet,
    /// else with the next beat.
    fn arm(&mut self, cx: &mut Cx<'_>, w: &mut Worker, i: usize, kind: Kind) {
        let now = cx.world.now();
        let (Some(since), Some(plan)) = (
            w.runs[i].running(),
            w.plan.containers[i].probes[kind as usize].as_ref(),
        ) else {
            return;
        };
        let from = since + plan.delay;
        let at = match from <= now && kind != Kind::Liveness {
            true => now,
            false => next_beat(w, i, kind, from.max(now)),
        };
        if at > now {
            return self.ask_later(cx, w, i, kind, at);
        }
        // The answer is there before the status is written, and the beat begins anew.
        let state = &mut w.runs[i].probes[kind as usize];
        state.anchor = Some(now);
        state.token += 1;
        let token = state.token;
        self.probe_due(cx, w, i, kind, token);
    }

    fn ask_later(&mut self, cx: &mut Cx<'_>, w: &mut Worker, i: usize, kind: Kind, at: Time) {
        let state = &mut w.runs[i].probes[kind as usize];
        state.token += 1;
        let job = Job::Probe {
            container: i as u32,
            kind,
            token: state.token,
        };
        self.later(cx, w, at, job);
    }

    /// Has the probes of a container ask again with their next beat, because its program may answer otherwise now.
    pub fn rouse(&mut self, cx: &mut Cx<'_>, w: &mut Worker, i: usize) {
        let now = cx.world.now();
        for kind in Kind::ALL {
            let plan = w.plan.clone();
            let Some(probe) = &plan.containers[i].probes[kind as usize] else {
                continue;
            };
            let run = &w.runs[i];
            let active = match kind {
                Kind::Startup => !run.started,
                _ => run.started,
            };
            if run.seen && active && !run.probes[kind as usize].held {
                let from = run.running().map_or(now, |since| since + probe.delay);
                let at = next_beat(w, i, kind, from.max(now));
                self.ask_later(cx, w, i, kind, at);
            }
        }
    }

    /// A probe is due.
    pub fn probe_due(&mut self, cx: &mut Cx<'_>, w: &mut Worker, i: usize, kind: Kind, token: u32) {
        let now = cx.world.now();
        let plan = w.plan.clone();
        let Some(probe) = &plan.containers[i].probes[kind as usize] else {
            return;
        };
        let run = &w.runs[i];
        let state = &run.probes[kind as usize];
        let terminating = w.stage != Stage::Running && kind != Kind::Readiness;
        if state.token != token || state.held || run.running().is_none() || terminating {
            return;
        }
        if kind == Kind::Startup && run.started {
            return;
        }
        let ip = w.ip.unwrap_or(self.ip);
        let result = w.probe(i, probe, ip, now, &cx.world.faults);
        if let Err(text) = &result {
            let message = format!("{} probe failed: {text}", kind.as_str());
            self.tell(cx, w, Some(i), true, "Unhealthy", message);
        }
        let counted = w.runs[i].probes[kind as usize].count(probe, result.is_ok());
        let next = next_beat(w, i, kind, now + Span::micros(1));
        match counted {
            Some(true) => {
                self.passed(cx, w, i, kind);
                // Until the program's own course may change the answer there is nothing to ask.
                if kind != Kind::Startup
                    && let Some(turn) = w.next_turn(now)
                {
                    let at = next_beat(w, i, kind, turn).max(next);
                    self.ask_later(cx, w, i, kind, at);
                }
            }
            Some(false) if kind == Kind::Readiness => {
                self.readiness(cx, w, i, false);
                self.ask_later(cx, w, i, kind, next);
            }
            Some(false) => {
                w.runs[i].probes[kind as usize].held = true;
                let name = &plan.containers[i].name;
                let word = kind.as_str().to_ascii_lowercase();
                let text = format!("Container {name} failed {word} probe, will be restarted");
                let grace = probe.grace.unwrap_or(plan.grace);
                self.kill(cx, w, i, grace, text);
            }
            None => self.ask_later(cx, w, i, kind, next),
        }
    }

    fn passed(&mut self, cx: &mut Cx<'_>, w: &mut Worker, i: usize, kind: Kind) {
        match kind {
            Kind::Startup => {
                self.begun(cx, w, i);
                w.changed = true;
                self.mark(cx, w);
            }
            Kind::Readiness => self.readiness(cx, w, i, true),
            Kind::Liveness => {}
        }
    }

    /// A change of readiness is written at once, not with the next relist.
    pub fn readiness(&mut self, cx: &mut Cx<'_>, w: &mut Worker, i: usize, ready: bool) {
        if w.runs[i].ready == ready {
            return;
        }
        w.runs[i].ready = ready;
        if !ready {
            let name = w.plan.containers[i].name.clone();
            let why = Why::with("container-unready", [("container", (&name).into())]);
            self.note(cx, w, why);
        }
        self.post(cx, w);
    }
}

/// The first moment at or after `at` at which a probe asks.
fn next_beat(w: &Worker, i: usize, kind: Kind, at: Time) -> Time {
    let period = w.plan.containers[i].probes[kind as usize].as_ref();
    let period = period.map_or(Span::secs(10), |p| p.period);
    let anchor = w.runs[i].probes[kind as usize].anchor.unwrap_or(w.start);
    beat(anchor, period, at)
}
