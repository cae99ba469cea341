//! Tests of the whole network over a town of machines that does exactly what it is told.

mod decide;
mod names;
mod town;
mod traffic;
mod walk;
