//! The controllers: one line each, with what they say of themselves.

use podarium_api::object::Key;

use super::cache::Delta;
use super::ctx::{Ctx, Feed, Outcome};
use crate::doc::Doc;

/// A controller.
#[derive(Debug)]
pub struct Entry {
    /// What it says of itself; `doc.name` is the actor of its writes.
    pub doc: Doc,
    /// The component that its events name.
    // upstream: the v1.EventSource of each controller's recorder
    pub source: &'static str,
    /// How many keys it works on at a time.
    // upstream: the --concurrent-*-syncs flags
    pub workers: usize,
    /// Notes which keys a change concerns. The cache holds the change already.
    pub enqueue: fn(&mut Feed<'_>, &Delta<'_>),
    /// Brings one key's object nearer to what is wanted.
    pub reconcile: fn(&mut Ctx<'_>, &Key) -> Outcome,
}

/// All of them, in the order in which they see a change.
pub static ALL: &[Entry] = &[
    super::replicaset::ENTRY,
    super::replicaset::replication::ENTRY,
    super::deployment::ENTRY,
    super::endpointslice::ENTRY,
    super::endpoints::ENTRY,
    super::garbage_collector::ENTRY,
    super::namespace::ENTRY,
    super::serviceaccount::ENTRY,
    super::root_ca::ENTRY,
    super::service_lb::ENTRY,
    super::node_lifecycle::ENTRY,
    super::taint_eviction::ENTRY,
    super::pod_gc::ENTRY,
    super::disruption::ENTRY,
];

/// The place of a controller in [`ALL`].
pub fn index(name: &str) -> Option<usize> {
    ALL.iter().position(|e| e.doc.name == name)
}
