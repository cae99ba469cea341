//! The format of start states and lessons; the lessons themselves are data in static/.

pub mod apply;
pub mod example;

pub use apply::{Applied, apply_text};
pub use example::{Example, Started};
