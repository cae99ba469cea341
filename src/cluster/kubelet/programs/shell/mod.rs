//! A small shell: enough of it to tell what the one-liners of manifests do, and when.
//!
//! A script is not run alongside the simulation. It is followed to its end at once, in its own time: sleeps move its
//! clock, files that it makes and removes are noted with the time, and where it asks the network it stops, to be followed
//! again with the answer when that time has come.

mod run;
#[cfg(test)]
mod tests;
mod tools;

use podarium_api::meta::{Span, Str};

pub use run::{Known, command};

/// What a script asks of the world around it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Query {
    /// A request to an address or URL.
    Request(Str),
    /// Whether a name resolves.
    Name(Str),
    /// The same pod, at this address or URL; empty for the image's own program, wherever it listens.
    Own(Str),
}

/// How a followed script ends.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum End {
    /// It does not: it sleeps, tails, loops.
    Never,
    /// With an exit code, this long after the start.
    Exit(Span, i32),
    /// It is not known yet: at that time it asks.
    Asks(Span, Query),
}

/// What a script does over time; all times count from its start.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Course {
    /// Files made (`true`) and removed (`false`), in order of time.
    pub files: Vec<(Span, Str, bool)>,
    /// From when the image's own program serves, if the script starts it.
    pub serves: Option<Span>,
    /// How it ends.
    pub end: End,
    /// Whether SIGTERM reaches something that heeds it.
    pub heeds_term: bool,
    /// Bytes that the script's commands ask for, beyond the usual.
    pub memory: u64,
    /// What it printed last on an error, for a probe's event.
    pub complaint: Str,
}
