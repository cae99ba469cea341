//! What objects are: the kinds table, metadata, quantities, selectors, decoding with positions.

pub mod kinds;
pub mod suggest;
