//! What the cluster does: a pure, synchronous, deterministic orchestrator core.
//!
//! It knows no browser and no wall clock. Same [`Config`] and same [`Command`]s give the same log, byte for byte,
//! natively and in Wasm, whatever slices of work it is advanced by.

pub mod apiserver;
pub mod command;
pub mod config;
pub mod controllers;
mod core;
pub mod doc;
pub mod history;
#[cfg(not(target_arch = "wasm32"))]
pub mod inside;
pub mod kubelet;
pub mod network;
pub mod scheduler;
pub mod sim;
pub mod store;
pub mod world;

pub use apiserver::{Method, Origin, Request, Response};
pub use command::Command;
pub use config::Config;
pub use history::{Back, Cluster, Progress};
pub use world::World;
