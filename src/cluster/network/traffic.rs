//! Traffic: sources that send requests at a rate, programs that call others by themselves, and what is told of failures.

use std::sync::Arc;

use podarium_api::kinds::KindId;
use podarium_api::meta::{Span, Str};
use podarium_api::object::Key;
use podarium_api::ordered::OrdMap;
use podarium_api::status::{Reason, Status};

use super::compile::ServiceType;
use super::ground::Ground;
use super::proxy::Dice;
use super::route::Net;
use super::target::Target;
use super::walk::{Ask, Walk, Walked};
use super::{
    Destination, Network, Origin, Outcome, Place, Protocol, Step, Trace, TrafficSource, Work,
};
use crate::apiserver::Response;
use crate::sim::{Actor, Arg, RecordId, Rng, Why};
use crate::world::World;

/// How many requests of one source are walked one by one in a second; above that, each stands for several.
const WALKED_PER_SECOND: u64 = 50;

/// The highest rate of a source, in requests a second.
const HIGHEST_RATE: u64 = 1_000_000;

/// How many traces are kept.
const KEPT_TRACES: usize = 512;

/// A source that sends.
#[derive(Clone, Debug)]
pub(super) struct Running {
    pub source: Arc<TrafficSource>,
    /// Which setting of that name this is.
    run: u32,
    /// The load balancer that had the last request, for sources that go to each in turn.
    last: Option<Key>,
}

/// Who sends, as far as telling of failures goes.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Who {
    Source(Str),
    Pod(Key),
}

/// What has failed how often, by who sent it, how it failed and at which Service.
pub(super) type Failures = OrdMap<(Who, &'static str, Option<Key>), u64>;

impl Network {
    /// Adds a traffic source, or replaces the one of that name.
    ///
    /// Errors: `BadRequest` when it has no name, its rate is not from 0.001 to 1,000,000 a second, or its target cannot
    /// be read.
    pub fn set_traffic(&mut self, world: &mut World, source: TrafficSource) -> Response {
        if let Some(message) = problem(&source) {
            return Response::status(&Status::new(Reason::BadRequest, message));
        }
        self.next_run += 1;
        let name = source.name.clone();
        let running = Running {
            source: Arc::new(source),
            run: self.next_run,
            last: None,
        };
        let work = Work::Send {
            source: name.clone(),
            run: running.run,
        };
        let (interval, _) = pace(running.source.per_second_milli);
        let first = Span(self.dice.rng.below(interval.0 + 1));
        self.sources.insert(name, running);
        world.after(first, work);
        Response::empty()
    }

    /// Removes the traffic source of that name.
    ///
    /// Errors: `NotFound` when there is none.
    pub fn stop_traffic(&mut self, world: &mut World, name: &str) -> Response {
        let _ = world;
        if self.sources.remove(name).is_none() {
            let message = format!("there is no traffic source named {name:?}");
            return Response::status(&Status::new(Reason::NotFound, message));
        }
        self.failures
            .retain(|(who, ..), _| !matches!(who, Who::Source(s) if **s == *name));
        Response::empty()
    }

    /// The traffic sources, by name.
    pub fn traffic(&self) -> impl Iterator<Item = &TrafficSource> {
        self.sources.values().map(|r| &*r.source)
    }

    /// A source's next request.
    pub(super) fn send_next(
        &mut self,
        world: &mut World,
        ground: &dyn Ground,
        name: Str,
        run: u32,
    ) {
        let Some(running) = self.sources.get(&name).filter(|r| r.run == run) else {
            return;
        };
        let source = running.source.clone();
        let (interval, weight) = pace(source.per_second_milli);
        let from = match &source.from {
            Origin::Internet => Place::Internet,
            Origin::Pod { namespace, name } => Place::Pod(Key::new(KindId::POD, namespace, name)),
        };
        let target = match &source.to {
            Destination::Url(url) => Some(url.clone()),
            Destination::EveryLoadBalancer => self.next_balancer(&name),
        };
        if let Some(target) = target {
            let who = Who::Source(name.clone());
            self.go(world, ground, &who, (&from, &target), Span(0), weight);
        }
        let interval = self.dice.rng.jitter(interval, 20);
        world.after(interval, Work::Send { source: name, run });
    }

    /// The next load balancer in turn, as a target.
    fn next_balancer(&mut self, name: &str) -> Option<Str> {
        let last = self.sources.get(name)?.last.clone();
        let balancers = || {
            self.tables.all().filter_map(|(_, rules)| {
                let (ip, _) = rules
                    .ingress
                    .first()
                    .filter(|_| rules.kind == ServiceType::LoadBalancer)?;
                let tcp = rules.ports.iter().find(|p| p.protocol == Protocol::Tcp);
                let port = tcp.or(rules.ports.first())?;
                let scheme = match port.protocol {
                    Protocol::Tcp => "http",
                    Protocol::Udp => "udp",
                    Protocol::Sctp => "sctp",
                };
                let host = if ip.is_ipv6() {
                    format!("[{ip}]")
                } else {
                    ip.to_string()
                };
                let target = match (port.protocol, port.port) {
                    (Protocol::Tcp, 80) => format!("http://{host}/"),
                    (_, number) => format!("{scheme}://{host}:{number}/"),
                };
                Some((rules.key.clone(), Str::from(target)))
            })
        };
        let next = balancers().find(|(key, _)| last.as_ref().is_none_or(|l| l < key));
        let (key, target) = next.or_else(|| balancers().next())?;
        if let Some(running) = self.sources.get_mut(name) {
            running.last = Some(key);
        }
        Some(target)
    }

    /// A program that calls others by itself has started, or stopped.
    pub(super) fn caller_changed(
        &mut self,
        world: &mut World,
        ground: &dyn Ground,
        pod: Key,
        run: u32,
    ) {
        if self.callers.get(&pod) == Some(&run) {
            return;
        }
        match ground.caller(&pod, run) {
            Some(caller) => {
                self.callers.insert(pod.clone(), run);
                // Programs of one kind that started together do not call in step.
                let first = Span(self.dice.rng.below(caller.interval.0.max(1)));
                world.after(first, Work::Call { pod, run });
            }
            None => drop(self.callers.remove(&pod)),
        }
    }

    /// One round of a self-calling program's calls.
    pub(super) fn call_round(
        &mut self,
        world: &mut World,
        ground: &dyn Ground,
        pod: Key,
        run: u32,
    ) {
        let current = self.callers.get(&pod) == Some(&run);
        let Some(caller) = ground.caller(&pod, run).filter(|_| current) else {
            if current {
                self.callers.remove(&pod);
            }
            return;
        };
        let (who, from) = (Who::Pod(pod.clone()), Place::Pod(pod.clone()));
        let mut spent = Span(0);
        for call in caller.calls.iter() {
            spent = spent + self.go(world, ground, &who, (&from, &call.target), spent, 1);
        }
        let pause = self.dice.rng.jitter(caller.interval, 20);
        // A round that takes long, because it waits for what does not answer, delays the next.
        world.after(pause.max(spent), Work::Call { pod, run });
    }

    /// Walks one request that sets out some time from now; returns how long its client waits.
    fn go(
        &mut self,
        world: &mut World,
        ground: &dyn Ground,
        who: &Who,
        (from, target): (&Place, &str),
        delay: Span,
        weight: u32,
    ) -> Span {
        let net = Net {
            world,
            ground,
            tables: &self.tables,
            dice: &mut self.dice,
        };
        let start = net.world.now() + delay;
        let mut walk = Walk::new(net, &mut self.next_id, weight);
        let (waited, _) = walk.request(Ask {
            from,
            target,
            parent: None,
            start,
        });
        for walked in walk.done {
            self.keep(world, who, walked);
        }
        waited
    }

    fn keep(&mut self, world: &mut World, who: &Who, walked: Walked) {
        let Walked { trace, cause } = walked;
        if let Some(service) = &trace.service {
            let (endpoint, good) = (trace.endpoint.as_ref(), trace.is_success());
            self.counters
                .count(world.now(), service, endpoint, trace.weight, good);
        }
        self.tell_failure(world, who, &trace, cause);
        if self.traces.len() == KEPT_TRACES {
            self.traces.pop_front();
        }
        self.traces.push_back(Arc::new(trace));
    }

    /// Notes a failure in the log, if it is the first of its kind, the tenth, the hundredth …
    fn tell_failure(
        &mut self,
        world: &mut World,
        who: &Who,
        trace: &Trace,
        cause: Option<RecordId>,
    ) {
        let Outcome::Failed(failure) = &trace.outcome else {
            return;
        };
        let key = (who.clone(), failure.id(), trace.service.clone());
        let count = self.failures.entry(key).or_default();
        *count += 1;
        let count = *count;
        if count != 10u64.pow(count.ilog10()) {
            return;
        }
        let (why, detail) = reason(failure);
        let from: Str = match who {
            Who::Source(name) => name.clone(),
            Who::Pod(pod) => pod.name.clone(),
        };
        let why = Why::with(
            why,
            [
                ("from", Arg::Text(from)),
                ("target", Arg::Text(trace.target.clone())),
                ("count", Arg::Int(count as i64)),
                ("detail", Arg::Text(detail)),
            ],
        );
        let at = trace.hops.iter().find(|h| matches!(h.step, Step::Fail(_)));
        let actor = match at.map(|h| &h.place) {
            Some(Place::KubeProxy(node)) => Actor::KubeProxy(node.clone()),
            _ => Actor::Control("network"),
        };
        let was = world.cause();
        world.because(cause.or(was));
        world.note(
            &actor,
            trace.service.clone().or(trace.endpoint.clone()),
            why,
        );
        world.because(was);
    }

    /// The way that one request would take now, and those of the requests that it would lead to, itself first. Nothing of
    /// it happens: it is neither counted nor kept, and draws from dice of its own.
    pub fn trace(
        &self,
        world: &World,
        ground: &dyn Ground,
        from: &Place,
        target: &str,
    ) -> Vec<Trace> {
        let mut dice: Dice = self.dice.clone();
        // Who asks again and again shall not get the same throw each time.
        dice.rng = Rng::new(dice.rng.next() ^ world.now().0);
        let mut next_id = self.next_id;
        let net = Net {
            world,
            ground,
            tables: &self.tables,
            dice: &mut dice,
        };
        let mut walk = Walk::new(net, &mut next_id, 1);
        walk.request(Ask {
            from,
            target,
            parent: None,
            start: world.now(),
        });
        walk.done.into_iter().map(|w| w.trace).collect()
    }

    /// Forgets what was counted of senders and Services that are gone.
    pub(super) fn forget(&mut self, key: &Key) {
        if key.kind == KindId::POD {
            self.counters.forget_pod(key);
            self.callers.remove(key);
            let from = (Who::Pod(key.clone()), "", None);
            let of_pod = self
                .failures
                .range(from..)
                .take_while(|((who, ..), _)| *who == Who::Pod(key.clone()));
            let keys: Vec<_> = of_pod.map(|(k, _)| k.clone()).collect();
            for key in keys {
                self.failures.remove(&key);
            }
        } else {
            self.counters.forget_service(key);
        }
    }
}

/// What is wrong with a source, in a sentence.
fn problem(source: &TrafficSource) -> Option<String> {
    if source.name.is_empty()
        || source
            .name
            .chars()
            .any(|c| c.is_whitespace() || c.is_control())
    {
        return Some("a traffic source needs a name without spaces".into());
    }
    if source.per_second_milli == 0 {
        return Some("the rate must be more than 0 requests a second".into());
    }
    if source.per_second_milli > HIGHEST_RATE * 1_000 {
        return Some(format!(
            "the rate must be at most {HIGHEST_RATE} requests a second"
        ));
    }
    match &source.to {
        Destination::Url(url) if Target::parse(url).is_none() => {
            Some(format!("{url:?} is neither a URL nor host:port"))
        }
        _ => None,
    }
}

/// The time between two walked requests, and for how many each stands.
fn pace(per_second_milli: u64) -> (Span, u32) {
    let weight = per_second_milli.div_ceil(WALKED_PER_SECOND * 1_000).max(1);
    let interval = Span(1_000_000_000 * weight / per_second_milli.max(1));
    (interval, weight as u32)
}

/// The message of a failure, and the detail that it names.
fn reason(failure: &super::Failure) -> (&'static str, Str) {
    use super::Failure as F;
    let service = |key: &Key| Str::from(format!("{}/{}", key.namespace, key.name));
    match failure {
        F::NoSuchName(name) => ("request-no-such-name", name.clone()),
        F::NoDns => ("request-no-dns", "".into()),
        F::NoEndpoints(key) => ("request-no-endpoints", service(key)),
        F::NoLocalEndpoints(key) => ("request-no-local-endpoints", service(key)),
        F::NoRoute(ip) => ("request-no-route", ip.to_string().into()),
        F::Refused { ip, port } => (
            "request-refused",
            std::net::SocketAddr::new(*ip, *port).to_string().into(),
        ),
        F::Unreachable(ip) => ("request-unreachable", ip.to_string().into()),
        F::LinkCut(a, b) => ("request-link-cut", format!("{a} – {b}").into()),
        F::Error(code) => ("request-error", code.to_string().into()),
        F::Upstream(target) => ("request-upstream", target.clone()),
        F::Loop => ("request-loop", "".into()),
        F::NoHealthyNodes(key) => ("request-no-healthy-nodes", service(key)),
        F::NoSource => ("request-no-source", "".into()),
        F::BadTarget => ("request-bad-target", "".into()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::network::Failure;

    #[test]
    fn every_failure_has_a_sentence() {
        let sentences = include_str!("../../app/i18n/en/why-network.ftl");
        let (key, ip) = (Key::new(KindId::SERVICE, "a", "b"), [10, 0, 0, 1].into());
        let failures = [
            Failure::NoSuchName("x".into()),
            Failure::NoDns,
            Failure::NoEndpoints(key.clone()),
            Failure::NoLocalEndpoints(key.clone()),
            Failure::NoRoute(ip),
            Failure::Refused { ip, port: 80 },
            Failure::Unreachable(ip),
            Failure::LinkCut("a".into(), "b".into()),
            Failure::Error(500),
            Failure::Upstream("x".into()),
            Failure::Loop,
            Failure::NoHealthyNodes(key),
            Failure::NoSource,
            Failure::BadTarget,
        ];
        for failure in &failures {
            let (id, detail) = reason(failure);
            assert_eq!(id, format!("request-{}", failure.id()));
            let line = sentences
                .lines()
                .find(|l| l.starts_with(&format!("why-{id} = ")));
            let line = line.unwrap_or_else(|| panic!("no sentence for {id}"));
            assert_eq!(line.contains("{ $detail }"), !detail.is_empty(), "{line}");
            assert!(
                ["from", "target", "count"]
                    .iter()
                    .all(|v| line.contains(&format!("{{ ${v} }}"))),
                "{line}"
            );
        }
        let ids = sentences.lines().filter(|l| l.starts_with("why-")).count();
        assert_eq!(ids, failures.len());
    }
}
