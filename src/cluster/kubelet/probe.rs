//! Probes: what they ask, what they hear, and when they must ask again.
//!
//! A probe that changes nothing costs nothing: after a lasting success the next one is only asked for when the program's
//! own course may turn it into another result.

use std::net::IpAddr;

use k8s_openapi::api::core::v1 as core;
use k8s_openapi::apimachinery::pkg::util::intstr::IntOrString;
use podarium_api::meta::{Span, Str, Time};

use super::programs::shell::{self, End, Known, Query};
use super::programs::{Program, Speaks};
use super::worker::{Run, Worker};
use crate::network::Protocol;
use crate::sim::{Component, Faults};

/// Which probe.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// Until it succeeds, the others wait.
    Startup,
    /// Whether the pod gets requests.
    Readiness,
    /// Whether the container goes on.
    Liveness,
}

impl Kind {
    /// All, in the order of their places in a container.
    pub(super) const ALL: [Kind; 3] = [Kind::Startup, Kind::Readiness, Kind::Liveness];

    /// As events spell it.
    pub(super) fn as_str(self) -> &'static str {
        match self {
            Kind::Startup => "Startup",
            Kind::Readiness => "Readiness",
            Kind::Liveness => "Liveness",
        }
    }
}

/// How a probe asks.
#[derive(Clone, Debug)]
pub(super) enum Check {
    Http { scheme: Str, port: u16, path: Str },
    Tcp(u16),
    Grpc(u16),
    Exec(Vec<String>),
}

/// A probe of a spec.
#[derive(Clone, Debug)]
pub(super) struct ProbePlan {
    pub check: Check,
    pub delay: Span,
    pub period: Span,
    pub timeout: Span,
    pub successes: u32,
    pub failures: u32,
    /// Seconds to stop in, where the probe says other than the pod.
    pub grace: Option<i64>,
}

impl ProbePlan {
    pub fn new(probe: &core::Probe, container: &core::Container) -> ProbePlan {
        let port = |port: &IntOrString| match port {
            IntOrString::Int(n) => u16::try_from(*n).unwrap_or(0),
            IntOrString::String(name) => {
                let mut ports = container.ports.iter().flatten();
                let named = ports.find(|p| p.name.as_deref() == Some(name));
                let number = named.map(|p| p.container_port);
                let number = number.or_else(|| name.parse().ok());
                number.and_then(|n| u16::try_from(n).ok()).unwrap_or(0)
            }
        };
        let check = if let Some(http) = &probe.http_get {
            Check::Http {
                scheme: http
                    .scheme
                    .as_deref()
                    .unwrap_or("HTTP")
                    .to_ascii_lowercase()
                    .into(),
                port: port(&http.port),
                path: match http.path.as_deref().unwrap_or("/") {
                    path if path.starts_with('/') => path.into(),
                    path => format!("/{path}").into(),
                },
            }
        } else if let Some(tcp) = &probe.tcp_socket {
            Check::Tcp(port(&tcp.port))
        } else if let Some(grpc) = &probe.grpc {
            Check::Grpc(u16::try_from(grpc.port).unwrap_or(0))
        } else {
            let exec = probe.exec.as_ref().and_then(|e| e.command.clone());
            Check::Exec(exec.unwrap_or_default())
        };
        let secs = |n: Option<i32>, default: u64| {
            let n = n.and_then(|n| u64::try_from(n).ok()).filter(|n| *n > 0);
            Span::secs(n.unwrap_or(default))
        };
        let count = |n: Option<i32>, default: u32| {
            let n = n.and_then(|n| u32::try_from(n).ok()).filter(|n| *n > 0);
            n.unwrap_or(default)
        };
        ProbePlan {
            check,
            delay: secs(probe.initial_delay_seconds, 0),
            period: secs(probe.period_seconds, 10),
            timeout: secs(probe.timeout_seconds, 1),
            successes: count(probe.success_threshold, 1),
            failures: count(probe.failure_threshold, 3),
            grace: probe.termination_grace_period_seconds,
        }
    }

    /// The port that it asks at.
    pub fn port(&self) -> Option<u16> {
        match self.check {
            Check::Http { port, .. } | Check::Tcp(port) | Check::Grpc(port) => Some(port),
            Check::Exec(_) => None,
        }
    }
}

/// A probe of a running container.
#[derive(Clone, Debug, Default)]
pub(super) struct State {
    /// Voids what was asked for before.
    pub token: u32,
    /// The last result …
    pub last: Option<bool>,
    /// … and how often it came in a row.
    pub streak: u32,
    /// It has had its say about this run of the container.
    pub held: bool,
    /// When its beat began anew, if it did since the pod came.
    pub anchor: Option<Time>,
}

impl State {
    /// Counts a result; the result if it now counts.
    // upstream: pkg/kubelet/prober/worker.go doProbe
    pub fn count(&mut self, plan: &ProbePlan, good: bool) -> Option<bool> {
        self.streak = match self.last == Some(good) {
            true => self.streak.saturating_add(1),
            false => 1,
        };
        self.last = Some(good);
        let needed = if good { plan.successes } else { plan.failures };
        (self.streak >= needed).then_some(good)
    }
}

/// The first moment of a probe's beat at or after `at`.
pub(super) fn beat(anchor: Time, period: Span, at: Time) -> Time {
    let since = at - anchor;
    anchor + Span(since.0.div_ceil(period.0.max(1)) * period.0)
}

/// Whether the image's program is kept silent by a stopped component.
pub(super) fn silenced(program: &Program, faults: &Faults) -> bool {
    program.image.component.as_deref() == Some("coredns") && !faults.runs(&Component::CoreDns)
}

impl Worker {
    /// The container that listens on a port of the pod's network, if one does now.
    pub fn listening(
        &self,
        port: u16,
        protocol: Protocol,
        now: Time,
        faults: &Faults,
    ) -> Option<(&Run, &Program, Speaks)> {
        self.runs.iter().find_map(|run| {
            let program = run.program.as_deref()?;
            run.running()?;
            if run.opens? > now || silenced(program, faults) {
                return None;
            }
            let listen = program.listener(port, protocol)?;
            Some((run, program, listen.speaks))
        })
    }

    /// When, after `now`, the pod's programs may next answer otherwise by themselves.
    pub fn next_turn(&self, now: Time) -> Option<Time> {
        let turns = self.runs.iter().filter_map(|run| {
            let since = run.running()?;
            let turn = run.program.as_ref()?.next_turn(now - since)?;
            let opens = run.opens.filter(|at| *at > now);
            Some(opens.map_or(since + turn, |at| at.min(since + turn)))
        });
        turns.min()
    }

    /// Asks a container what a probe asks; the error is what the event says.
    pub fn probe(
        &self,
        container: usize,
        plan: &ProbePlan,
        ip: IpAddr,
        now: Time,
        faults: &Faults,
    ) -> Result<(), String> {
        let refused = |port: u16| format!("dial tcp {ip}:{port}: connect: connection refused");
        let timeout = plan.timeout.as_secs();
        match &plan.check {
            Check::Http { scheme, port, path } => {
                let url = format!("{scheme}://{ip}:{port}{path}");
                let listening = self.listening(*port, Protocol::Tcp, now, faults);
                let Some((run, program, speaks)) = listening else {
                    return Err(format!("Get \"{url}\": {}", refused(*port)));
                };
                if !speaks.answers(Speaks::Http) {
                    return Err(format!("Get \"{url}\": EOF"));
                }
                if program.image.latency > plan.timeout {
                    return Err(format!(
                        "Get \"{url}\": context deadline exceeded (Client.Timeout exceeded while awaiting headers)"
                    ));
                }
                let age = run.running().map_or(Span(0), |since| now - since);
                match program.code(path, age) {
                    200..=399 => Ok(()),
                    code => Err(format!("HTTP probe failed with statuscode: {code}")),
                }
            }
            Check::Tcp(port) => match self.listening(*port, Protocol::Tcp, now, faults) {
                Some(_) => Ok(()),
                None => Err(refused(*port)),
            },
            Check::Grpc(port) => match self.listening(*port, Protocol::Tcp, now, faults) {
                Some((_, _, speaks)) if speaks.answers(Speaks::Grpc) => Ok(()),
                Some(_) => Err(format!(
                    "error: this server does not implement the grpc health protocol (grpc.health.v1.Health): {ip}:{port}"
                )),
                None => Err(format!(
                    "timeout: failed to connect service \"{ip}:{port}\" within {timeout}s: context deadline exceeded"
                )),
            },
            Check::Exec(argv) => self.exec(container, argv, plan.timeout, now, faults),
        }
    }

    /// Runs a command in a container, as exec probes do.
    fn exec(
        &self,
        container: usize,
        argv: &[String],
        timeout: Span,
        now: Time,
        faults: &Faults,
    ) -> Result<(), String> {
        let run = &self.runs[container];
        let (Some(since), Some(program)) = (run.running(), run.program.as_deref()) else {
            return Err("container not running".into());
        };
        let open = program.opens.is_none() || run.opens.is_some_and(|at| at <= now);
        let files = program.files_at(now - since);
        let mut answers = Vec::new();
        let course = loop {
            let known = Known {
                env: &[],
                answers: &answers,
                files: &files,
                own: &[],
                bare: program.opens.is_none(),
            };
            let course = shell::command(argv, known);
            let End::Asks(_, query) = &course.end else {
                break course;
            };
            if answers.len() > 8 {
                break course;
            }
            answers.push(match query {
                Query::Own(text) => self.own_answer(text, now, faults, open),
                Query::Request(_) | Query::Name(_) => Some(200),
            });
        };
        let words = argv.join(" ");
        match course.end {
            // A binary of the image's own: it fares as the program does.
            End::Never if course.serves.is_some() && open => Ok(()),
            End::Never if course.serves.is_some() => Err(format!("{words}: not ready")),
            End::Exit(at, 0) if at <= timeout => Ok(()),
            End::Exit(at, _) if at <= timeout => Err(course.complaint.to_string()),
            _ => Err(format!(
                "command timed out: {words:?} timed out after {}s",
                timeout.as_secs()
            )),
        }
    }

    /// What the pod answers itself at an address of its own; for a bare query, whether its program is open.
    pub fn own_answer(&self, text: &str, now: Time, faults: &Faults, open: bool) -> Option<u16> {
        let rest = text.split_once("://").map_or(text, |(_, rest)| rest);
        let (authority, path) = match rest.split_once('/') {
            Some((authority, path)) => (authority, format!("/{path}")),
            None => (rest, "/".to_owned()),
        };
        let port = authority.rsplit_once(':').and_then(|(_, p)| p.parse().ok());
        match port.or(text.contains("://").then_some(80)) {
            None => open.then_some(200),
            Some(port) => {
                let (run, program, _) = self.listening(port, Protocol::Tcp, now, faults)?;
                let since = run.running()?;
                Some(program.code(&path, now - since))
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn beats_are_counted_from_the_anchor() {
        let (anchor, period) = (Time(3), Span(10));
        for (at, want) in [(0, 3), (3, 3), (4, 13), (13, 13), (14, 23)] {
            assert_eq!(beat(anchor, period, Time(at)), Time(want), "{at}");
        }
    }

    #[test]
    fn thresholds_count_results_in_a_row() {
        let probe = core::Probe {
            success_threshold: Some(2),
            ..Default::default()
        };
        let plan = ProbePlan::new(&probe, &core::Container::default());
        let mut state = State::default();
        let results = [false, false, true, true, false, false, false];
        let counted: Vec<_> = results.map(|r| state.count(&plan, r)).into();
        let yes = Some(true);
        assert_eq!(counted, [None, None, None, yes, None, None, Some(false)]);
    }
}
