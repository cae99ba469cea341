//! What objects are: the kinds table, metadata, quantities, selectors, decoding with positions.

pub mod changes;
pub mod decode;
pub mod event;
#[cfg(test)]
mod fuzz;
pub mod hash;
pub mod kinds;
pub mod meta;
pub mod names;
pub mod object;
pub mod ordered;
pub mod pod;
pub mod quantity;
pub mod requests;
pub mod schema;
pub mod selector;
pub mod sha256;
pub mod shell;
pub mod slice;
pub mod sort;
pub mod status;
pub mod suggest;
pub mod time;
pub mod typed;
pub mod yaml;
