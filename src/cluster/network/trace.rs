//! What a packet met on its way: hops in order, each with the component that decided and what it decided.

use std::net::IpAddr;

use podarium_api::meta::{Span, Str, Time};
use podarium_api::object::Key;

/// A place that packets come from, pass or end at.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Place {
    /// Outside the cluster.
    Internet,
    /// The load balancer in front of a Service.
    LoadBalancer(Key),
    /// A node's own network: its address, its routing.
    Node(Str),
    /// A node's kube-proxy rules.
    KubeProxy(Str),
    /// A pod.
    Pod(Key),
    /// The API server, in the control plane's own network.
    ApiServer,
}

/// One step of a packet's way.
#[derive(Clone, Debug, PartialEq)]
pub struct Hop {
    /// When it is there, after the start of the trace.
    pub at: Span,
    /// Where it is.
    pub place: Place,
    /// What is decided there.
    pub step: Step,
}

/// What is decided at a hop.
#[derive(Clone, Debug, PartialEq)]
pub enum Step {
    /// The request sets out.
    Sent,
    /// A name is asked for.
    Resolve {
        /// The name as the program gave it.
        name: Str,
        /// The name that answered, with its search suffix.
        full_name: Str,
        /// The answers, empty for none.
        answers: Vec<IpAddr>,
        /// The CoreDNS pod that answered, if one did.
        server: Option<Key>,
    },
    /// A service rule rewrites the destination.
    Translate {
        /// The Service.
        service: Key,
        /// The service port's name or number.
        port: Str,
        /// The address before.
        from: (IpAddr, u16),
        /// The chosen endpoint.
        to: (IpAddr, u16),
        /// How many endpoints there were to choose from, in this node's view.
        candidates: u32,
        /// Whether the source address becomes the node's.
        masquerade: bool,
    },
    /// Passed on unchanged.
    Forward,
    /// Arrived: the program at that place took the request.
    Arrive,
    /// The program answered.
    Answer {
        /// The status code, HTTP or in its manner.
        code: u16,
    },
    /// The answer is back where the request began.
    Returned,
    /// It ends here.
    Fail(Failure),
}

/// Why a request got no good answer.
#[derive(Clone, Debug, PartialEq)]
pub enum Failure {
    /// The name does not exist.
    NoSuchName(Str),
    /// No DNS server answered.
    NoDns,
    /// The rules say that the Service has no endpoints: refused at once.
    NoEndpoints(Key),
    /// The policy wants a local endpoint and this node has none: dropped.
    NoLocalEndpoints(Key),
    /// Nothing has that address: dropped, a time-out.
    NoRoute(IpAddr),
    /// The pod is there, but nothing listens on that port: refused.
    Refused {
        /// The address.
        ip: IpAddr,
        /// The port.
        port: u16,
    },
    /// The pod behind the address is gone or its node is down: a time-out.
    Unreachable(IpAddr),
    /// The link between two nodes is cut: a time-out.
    LinkCut(Str, Str),
    /// The program answered with an error of its own.
    Error(u16),
    /// A call that the program made to answer failed.
    Upstream(Str),
    /// Calls went round in a circle, or too deep.
    Loop,
    /// The load balancer has no node that passes its health check.
    NoHealthyNodes(Key),
    /// The request has no place to begin at: its pod or node does not run.
    NoSource,
    /// The target cannot be read as a URL or `host:port`.
    BadTarget,
}

/// How long a program waits for a connection before it gives up.
pub const PATIENCE: Span = Span::secs(5);

impl Failure {
    /// Whether nobody tells the client: it learns of the failure by waiting for [`PATIENCE`].
    pub fn is_time_out(&self) -> bool {
        matches!(
            self,
            Failure::NoLocalEndpoints(_)
                | Failure::NoRoute(_)
                | Failure::Unreachable(_)
                | Failure::LinkCut(..)
                | Failure::NoHealthyNodes(_)
        )
    }

    /// A word for it, stable: message ids and counters are made of it.
    pub fn id(&self) -> &'static str {
        match self {
            Failure::NoSuchName(_) => "no-such-name",
            Failure::NoDns => "no-dns",
            Failure::NoEndpoints(_) => "no-endpoints",
            Failure::NoLocalEndpoints(_) => "no-local-endpoints",
            Failure::NoRoute(_) => "no-route",
            Failure::Refused { .. } => "refused",
            Failure::Unreachable(_) => "unreachable",
            Failure::LinkCut(..) => "link-cut",
            Failure::Error(_) => "error",
            Failure::Upstream(_) => "upstream",
            Failure::Loop => "loop",
            Failure::NoHealthyNodes(_) => "no-healthy-nodes",
            Failure::NoSource => "no-source",
            Failure::BadTarget => "bad-target",
        }
    }
}

/// How a request ended.
#[derive(Clone, Debug, PartialEq)]
pub enum Outcome {
    /// With a good answer.
    Success,
    /// Without.
    Failed(Failure),
}

/// What kind of packet it is; probes look different from requests.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Traffic {
    /// A request of the traffic sources, or of a program.
    Request,
    /// A kubelet's probe.
    Probe,
}

/// The whole way of one request.
#[derive(Clone, Debug, PartialEq)]
pub struct Trace {
    /// Counts up; unique in the cluster.
    pub id: u64,
    /// The request whose answering made this one.
    pub parent: Option<u64>,
    /// When it set out.
    pub start: Time,
    /// What kind it is.
    pub traffic: Traffic,
    /// Where it began.
    pub from: Place,
    /// What was asked, as `http://web.shop/` or `10.96.0.7:80`.
    pub target: Str,
    /// The Service that it went through, if any.
    pub service: Option<Key>,
    /// The pod that it ended at, if any.
    pub endpoint: Option<Key>,
    /// How many requests this one stands for, at high rates.
    pub weight: u32,
    /// The hops in order of time.
    pub hops: Vec<Hop>,
    /// How it ended.
    pub outcome: Outcome,
}

impl Trace {
    /// From the start to the answer, or to where it failed.
    pub fn duration(&self) -> Span {
        self.hops.last().map_or(Span(0), |h| h.at)
    }

    /// From the start until the client knows how it ended: a packet that was dropped is waited for.
    pub fn waited(&self) -> Span {
        match &self.outcome {
            Outcome::Failed(failure) if failure.is_time_out() => self.duration() + PATIENCE,
            _ => self.duration(),
        }
    }

    /// Whether it got a good answer.
    pub fn is_success(&self) -> bool {
        self.outcome == Outcome::Success
    }
}
