//! What verbs need of a cluster.

use podarium_api::meta::Time;
use podarium_cluster::{Cluster, Request, Response};

/// Something that answers API requests.
pub trait Api {
    /// Answers a request.
    fn handle(&mut self, request: Request) -> Response;
    /// The time there.
    fn now(&self) -> Time;
}

impl Api for Cluster {
    fn handle(&mut self, request: Request) -> Response {
        Cluster::handle(self, request)
    }

    fn now(&self) -> Time {
        Cluster::now(self)
    }
}
