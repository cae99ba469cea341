//! What a person sees of a cluster, checked without a browser.

mod cluster;
mod frames;
mod layout;
mod outline;
mod sample;
mod traffic;
