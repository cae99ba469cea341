//! A whole request: the name, the way there, the program and what it calls in turn, the way back.

use std::net::{IpAddr, Ipv4Addr};

use podarium_api::meta::{Span, Str, Time};
use podarium_api::object::Key;
use podarium_api::pod::PodBody;

use super::dns::{self, ResolvConf};
use super::ground::{Call, Offer};
use super::proxy::SenderKind;
use super::route::{Arrival, Net, Start, Way};
use super::target::Target;
use super::{Failure, Hop, Outcome, Place, Protocol, Step, Trace, Traffic};
use crate::sim::{Component, RecordId};

/// How deep calls may go: a request, what it calls, what that calls …
const DEPTH: usize = 8;

/// How many requests one request may lead to, itself included.
const REQUESTS: usize = 64;

/// upstream: resolv.conf(5): servers after the third are not asked.
const MOST_NAMESERVERS: usize = 3;

/// How long the resolver outside the cluster takes.
const OUTSIDE_DNS: Span = Span::millis(4);

/// How long anything on the internet takes to answer.
const OUTSIDE_ANSWER: Span = Span::millis(15);

/// A request and the write behind its failure.
#[derive(Debug)]
pub(super) struct Walked {
    pub trace: Trace,
    /// The write that led to what the rules decided, if they did.
    pub cause: Option<RecordId>,
}

/// One request and all that follow from it.
pub(super) struct Walk<'a> {
    pub net: Net<'a>,
    pub next_id: &'a mut u64,
    pub weight: u32,
    pub done: Vec<Walked>,
    /// Through which Services, or to which addresses, the requests go that wait for this one.
    chain: Vec<(Option<Key>, IpAddr, u16)>,
}

/// A CoreDNS pod and its node.
type Server = (Key, Str);

/// A request as it is asked for.
#[derive(Clone, Copy)]
pub(super) struct Ask<'a> {
    pub from: &'a Place,
    pub target: &'a str,
    pub parent: Option<u64>,
    pub start: Time,
}

impl<'a> Walk<'a> {
    pub fn new(net: Net<'a>, next_id: &'a mut u64, weight: u32) -> Self {
        Walk {
            net,
            next_id,
            weight,
            done: Vec::new(),
            chain: Vec::new(),
        }
    }

    /// Walks a request; it is in `done` afterwards, with those that it led to, by id. Returns how long the client waited
    /// and whether it got a good answer.
    pub fn request(&mut self, ask: Ask<'_>) -> (Span, bool) {
        let id = *self.next_id;
        *self.next_id += 1;
        let mut way = Way::default();
        way.hop(ask.from.clone(), Step::Sent);
        let outcome = match self.exchange(id, ask, &mut way) {
            Ok(()) => Outcome::Success,
            Err(failure) => Outcome::Failed(failure),
        };
        let trace = Trace {
            id,
            parent: ask.parent,
            start: ask.start,
            traffic: Traffic::Request,
            from: ask.from.clone(),
            target: ask.target.into(),
            service: way.service,
            endpoint: way.endpoint,
            weight: self.weight,
            hops: way.hops,
            outcome,
        };
        let waited = (trace.waited(), trace.is_success());
        let at = self.done.partition_point(|w| w.trace.id < id);
        self.done.insert(
            at,
            Walked {
                trace,
                cause: way.cause,
            },
        );
        waited
    }

    fn exchange(&mut self, id: u64, ask: Ask<'_>, way: &mut Way) -> Result<(), Failure> {
        let stop = |way: &mut Way, failure: Failure| {
            way.hop(ask.from.clone(), Step::Fail(failure.clone()));
            Err(failure)
        };
        let Some(target) = Target::parse(ask.target) else {
            return stop(way, Failure::BadTarget);
        };
        let Some(start) = self.start(ask.from) else {
            return stop(way, Failure::NoSource);
        };
        let ip = match target.ip() {
            Some(ip) => ip,
            None => self.resolve(way, &start, &target.host)?,
        };
        let (began, first_hop) = (way.at, way.hops.len());
        let arrival = self
            .net
            .send(way, &start, (ip, target.port), target.protocol)?;
        let offer = match arrival.place {
            Place::Internet => Offer::Answer {
                code: 200,
                latency: self.net.jitter(OUTSIDE_ANSWER),
                calls: [].into(),
            },
            Place::ApiServer => self.api_server(&arrival, &target),
            _ => {
                let Net { world, ground, .. } = self.net;
                ground.offer(
                    world,
                    arrival.ip,
                    arrival.port,
                    target.protocol,
                    &target.path,
                )
            }
        };
        let arrived = way.at;
        let code = match offer {
            Offer::Answer {
                code,
                latency,
                calls,
            } => {
                let place = (way.service.clone(), arrival.ip, arrival.port);
                let is_here = |(service, ip, port): &(Option<Key>, IpAddr, u16)| match service {
                    Some(_) => *service == place.0 && *port == place.2,
                    None => (*ip, *port) == (place.1, place.2),
                };
                if self.chain.len() >= DEPTH || self.chain.iter().any(is_here) {
                    way.hop(arrival.place, Step::Fail(Failure::Loop));
                    return Err(Failure::Loop);
                }
                way.hop(arrival.place.clone(), Step::Arrive);
                way.at = way.at + latency;
                self.chain.push(place);
                let answered = self.call(id, ask, way, &arrival, &calls);
                self.chain.pop();
                answered.map(|()| code)
            }
            Offer::Refused => {
                let failure = Failure::Refused {
                    ip: arrival.ip,
                    port: arrival.port,
                };
                way.hop(arrival.place, Step::Fail(failure.clone()));
                return Err(failure);
            }
            Offer::Gone => {
                let failure = Failure::Unreachable(arrival.ip);
                way.hop(arrival.place, Step::Fail(failure.clone()));
                return Err(failure);
            }
        };
        let (code, outcome) = match code {
            Ok(code) if code >= 400 => (code, Err(Failure::Error(code))),
            Ok(code) => (code, Ok(())),
            Err(failed) => (500, Err(Failure::Upstream(failed))),
        };
        way.hop(arrival.place, Step::Answer { code });
        go_back(way, first_hop, (began, arrived), ask.from);
        outcome
    }

    /// What the API server says to somebody without credentials: only its health and version are for everybody.
    // upstream: plugin/pkg/auth/authorizer/rbac/bootstrappolicy/policy.go system:public-info-viewer
    fn api_server(&mut self, arrival: &Arrival, target: &Target) -> Offer {
        if arrival.port != 6443 || target.protocol != Protocol::Tcp {
            return Offer::Refused;
        }
        let open = ["/healthz", "/livez", "/readyz", "/version"];
        Offer::Answer {
            code: if open.contains(&&*target.path) {
                200
            } else {
                403
            },
            latency: self.net.jitter(Span::millis(2)),
            calls: [].into(),
        }
    }

    /// What a program calls before it answers; the target of the call that it could not do without.
    fn call(
        &mut self,
        id: u64,
        ask: Ask<'_>,
        way: &mut Way,
        at: &Arrival,
        calls: &[Call],
    ) -> Result<(), Str> {
        for call in calls {
            if self.done.len() + self.chain.len() >= REQUESTS {
                break;
            }
            let (waited, good) = self.request(Ask {
                from: &at.place,
                target: &call.target,
                parent: Some(id),
                start: ask.start + way.at,
            });
            way.at = way.at + waited;
            if call.required && !good {
                return Err(call.target.clone());
            }
        }
        Ok(())
    }

    fn start(&mut self, from: &Place) -> Option<Start> {
        let Net { world, ground, .. } = self.net;
        let runs = |node: &Str| world.faults.runs(&Component::Node(node.clone()));
        let (node, ip, kind) = match from {
            // It asks nobody by itself: that would be webhooks.
            Place::ApiServer => return None,
            // Every request from outside comes from a client of its own, in the first of RFC 5737's ranges for examples;
            // load balancers have theirs in the other two.
            Place::Internet | Place::LoadBalancer(_) => {
                let last = 1 + self.net.dice.rng.below(254) as u8;
                (
                    None,
                    Ipv4Addr::new(192, 0, 2, last).into(),
                    SenderKind::Outside,
                )
            }
            Place::Node(node) | Place::KubeProxy(node) => (
                Some(node.clone()).filter(runs),
                ground.node_ip(node)?,
                SenderKind::Node,
            ),
            Place::Pod(pod) => {
                let node = ground.node_of(pod).filter(|n| runs(n))?.clone();
                let ip = ground.pod_ip(pod)?;
                let on_host = ground.node_at(ip).is_some();
                let kind = if on_host {
                    SenderKind::Node
                } else {
                    SenderKind::Pod
                };
                (Some(node), ip, kind)
            }
        };
        if node.is_none() && kind != SenderKind::Outside {
            return None;
        }
        Some(Start {
            place: from.clone(),
            node,
            ip,
            kind,
        })
    }

    /// Asks for a name as the sender's resolver does.
    fn resolve(&mut self, way: &mut Way, start: &Start, name: &Str) -> Result<IpAddr, Failure> {
        if &**name == "localhost" {
            return Ok(Ipv4Addr::LOCALHOST.into());
        }
        let store = self.net.world.store();
        let pod = match &start.place {
            Place::Pod(key) => store.find::<PodBody>(&key.namespace, &key.name),
            _ => None,
        };
        if let Some(ip) = pod.and_then(|p| dns::hosts(p, name)) {
            return Ok(ip);
        }
        let conf = pod.map_or_else(ResolvConf::outside, |p| {
            ResolvConf::of_pod(&p.meta.namespace, &p.body)
        });
        let (server, round_trip) = match conf.nameservers.is_empty() {
            true => (None, OUTSIDE_DNS),
            false => self.nameserver(way, start, &conf)?,
        };
        for full_name in conf.candidates(name) {
            let asked = way.at;
            let answer = match &server {
                Some((_, node)) => {
                    dns::answer(self.net.tables, node, self.net.world.now(), &full_name)
                }
                None => dns::Answer {
                    addresses: dns::outside_address(&full_name).into_iter().collect(),
                    ..dns::Answer::default()
                },
            };
            // No rule will say that the request is one to that Service: only its name did.
            way.service = answer.headless;
            let mut answers = answer.addresses;
            if answers.len() > 1 {
                let first = self.net.dice.rng.below(answers.len() as u64) as usize;
                answers.rotate_left(first);
            }
            let place = server
                .as_ref()
                .map_or(start.place.clone(), |(pod, _)| Place::Pod(pod.clone()));
            let found = answers.first().copied();
            way.at = asked + Span(round_trip.0 / 2);
            let step = Step::Resolve {
                name: name.clone(),
                full_name,
                answers,
                server: server.as_ref().map(|(pod, _)| pod.clone()),
            };
            way.hop(place, step);
            way.at = asked + round_trip;
            if let Some(ip) = found {
                return Ok(ip);
            }
        }
        let failure = Failure::NoSuchName(name.clone());
        way.hop(start.place.clone(), Step::Fail(failure.clone()));
        Err(failure)
    }

    /// The first nameserver that answers: a CoreDNS pod and its node, or `None` outside the cluster; and the time that a
    /// question to it takes. The way stands at the moment when it is first asked.
    fn nameserver(
        &mut self,
        way: &mut Way,
        start: &Start,
        conf: &ResolvConf,
    ) -> Result<(Option<Server>, Span), Failure> {
        let began = way.at;
        let mut spent = Span(0);
        for ip in conf.nameservers.iter().take(MOST_NAMESERVERS) {
            way.at = began + spent;
            let asked = way.at;
            let arrival = self.net.send(way, start, (*ip, 53), Protocol::Udp);
            // The way to the name is not the way of the request.
            (way.service, way.endpoint) = (None, None);
            let there_and_back = Span(2 * (way.at.0 - asked.0));
            let silent = match arrival {
                Ok(arrival) if arrival.place == Place::Internet => {
                    way.at = asked;
                    return Ok((None, there_and_back));
                }
                Ok(Arrival {
                    pod: Some(pod),
                    node: Some(node),
                    ip,
                    ..
                }) => match self.dns_offer(&pod, ip) {
                    Offer::Answer { .. } => {
                        way.cause = None;
                        way.at = asked;
                        return Ok((Some((pod, node)), there_and_back));
                    }
                    Offer::Refused => false,
                    Offer::Gone => true,
                },
                Ok(_) => false,
                Err(failure) => failure.is_time_out(),
            };
            let waited = if silent { conf.timeout } else { there_and_back };
            spent = spent + waited;
        }
        way.at = began + spent * conf.attempts;
        way.hop(start.place.clone(), Step::Fail(Failure::NoDns));
        Err(Failure::NoDns)
    }

    /// What a pod says to DNS questions. Only CoreDNS speaks DNS here, and none of its processes may be stopped.
    fn dns_offer(&self, pod: &Key, ip: IpAddr) -> Offer {
        let Net { world, ground, .. } = &self.net;
        let object = world.store().find::<PodBody>(&pod.namespace, &pod.name);
        let speaks = object.is_some_and(|p| p.meta.labels.get("k8s-app") == Some("kube-dns"));
        if !speaks || !world.faults.runs(&Component::CoreDns) {
            return Offer::Gone;
        }
        ground.offer(world, ip, 53, Protocol::Udp, "")
    }
}

/// The answer takes the same way; the node that rewrote the destination puts the Service's address back.
fn go_back(way: &mut Way, first_hop: usize, (began, arrived): (Span, Span), from: &Place) {
    let answered = way.at;
    let passed = |hop: &&Hop| matches!(hop.step, Step::Forward | Step::Translate { .. });
    let there = way.hops[first_hop..].iter().filter(passed);
    let there: Vec<(Span, Place)> = there.map(|h| (h.at, h.place.clone())).collect();
    for (at, place) in there.into_iter().rev() {
        way.at = answered + Span(arrived.0 - at.0);
        way.hop(place, Step::Forward);
    }
    way.at = answered + Span(arrived.0 - began.0);
    way.hop(from.clone(), Step::Returned);
}
