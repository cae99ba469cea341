//! The native binary podarium: headless runs.
fn main() {}
