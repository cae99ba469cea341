//! The format of start states and lessons; the lessons themselves are data in static/.

pub mod apply;
pub mod example;

pub use apply::{Applied, Applying, apply_text};
pub use example::{Example, Start, Started};
