//! What the network asks of the machines: who has an address, and what answers there.

use std::net::IpAddr;
use std::sync::Arc;

use podarium_api::meta::{Span, Str};
use podarium_api::object::Key;

use super::Protocol;
use crate::world::World;

/// What comes back from a port.
#[derive(Clone, Debug, PartialEq)]
pub enum Offer {
    /// A program takes the request.
    Answer {
        /// The status code that it answers with, if its calls go well.
        code: u16,
        /// How long it thinks.
        latency: Span,
        /// What it calls before it answers, in order.
        calls: Arc<[Call]>,
    },
    /// Nothing listens there: refused at once.
    Refused,
    /// Nobody is there any more: silence.
    Gone,
}

/// A call that a program makes.
#[derive(Clone, Debug, PartialEq)]
pub struct Call {
    /// A URL or `host:port`.
    pub target: Str,
    /// Whether the program cannot do without: it answers 500 when this fails.
    pub required: bool,
}

/// A program that calls others by itself.
#[derive(Clone, Debug, PartialEq)]
pub struct Caller {
    /// Its pod.
    pub pod: Key,
    /// The number of the container's run.
    pub run: u32,
    /// What it calls in each round, in order.
    pub calls: Arc<[Call]>,
    /// The time between two rounds.
    pub interval: Span,
}

/// The machines as packets find them: the truth, whatever the API says of it.
pub trait Ground {
    /// The pod that has an address now, and its node.
    fn pod_at(&self, ip: IpAddr) -> Option<(&Key, &Str)>;
    /// The address of a pod.
    fn pod_ip(&self, pod: &Key) -> Option<IpAddr>;
    /// The node that a pod is on.
    fn node_of(&self, pod: &Key) -> Option<&Str>;
    /// The address of a node.
    fn node_ip(&self, node: &str) -> Option<IpAddr>;
    /// The node that has an address.
    fn node_at(&self, ip: IpAddr) -> Option<&Str>;
    /// What comes back from a port at an address.
    fn offer(&self, world: &World, ip: IpAddr, port: u16, protocol: Protocol, path: &str) -> Offer;
    /// The self-calling program of that pod, if that run of it still lives.
    fn caller(&self, pod: &Key, run: u32) -> Option<Caller>;
}
