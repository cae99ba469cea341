//! The ground the cluster stands on: virtual time, one queue of due work, seeded randomness, and the record of causes.

pub mod faults;
pub mod log;
pub mod mailbox;
pub mod queue;
pub mod rng;
pub mod user;

pub use faults::{Component, Faults};
pub use log::{Actor, Arg, Log, Record, RecordId, Verb, What, Why};
pub use mailbox::Mailbox;
pub use queue::Queue;
pub use rng::Rng;
pub use user::{AUTHENTICATED, Identity, User};
