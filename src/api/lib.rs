//! What objects are: the kinds table, metadata, quantities, selectors, decoding with positions.

pub mod event;
pub mod kinds;
pub mod meta;
pub mod object;
pub mod pod;
pub mod slice;
pub mod status;
pub mod suggest;
