//! The command line over the API: verbs and printers.
//!
//! Verbs know the cluster only through [`Api`], as kubectl knows it only through HTTP; their lines and refusals are
//! kubectl's own.

mod api;
mod failure;
mod last_applied;
mod options;
mod origin;
mod outcome;
pub mod patch;
mod refused;
mod resource;
mod verbs;

pub use api::Api;
pub use failure::{Failure, ServerError, print as print_failures};
pub use last_applied::LAST_APPLIED;
pub use options::Options;
pub use origin::origin;
pub use outcome::{Done, Outcome, Report, report};
pub use refused::refused;
pub use resource::{path, printed_name};
pub use verbs::apply::apply;
pub use verbs::delete::delete;
pub use verbs::get::{Output, get};
pub use verbs::rollout::restart;
pub use verbs::scale::scale;
