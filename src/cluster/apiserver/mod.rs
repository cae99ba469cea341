//! The API server: the one way in for every write, by people and by components alike.

pub mod admission;
mod allocate;
mod bootstrap;
mod defaults;
mod events;
mod handle;
mod pods;
mod prepare;
mod request;
mod validation;
mod verbs;

pub use allocate::SERVICE_CIDR;
pub(crate) use bootstrap::bootstrap;
pub use events::Telling;
pub use handle::{Watch, handle};
pub use request::{Body, Method, Origin, Request, Response};
pub use verbs::{DeleteOptions, Propagation};

use podarium_api::meta::Time;

use crate::config::Config;
use crate::sim::Rng;
use crate::world::World;

/// What the API server keeps beside the store.
#[derive(Clone, Debug)]
pub struct State {
    names: Rng,
    allocations: allocate::Allocations,
    finished: pods::Finished,
    event_expiry: std::collections::VecDeque<(Time, podarium_api::object::Key)>,
}

impl State {
    pub(crate) fn new(config: &Config) -> Self {
        State {
            names: Rng::stream(config.seed, "generateName"),
            allocations: allocate::Allocations::new(config.seed),
            finished: Default::default(),
            event_expiry: Default::default(),
        }
    }
}

/// What the API server does later.
#[derive(Clone, Debug)]
pub enum Work {
    /// Forgets events older than an hour.
    ExpireEvents,
}

/// Does due work.
pub(crate) fn work(world: &mut World, work: Work) {
    match work {
        Work::ExpireEvents => events::expire(world),
    }
}
