//! What a fresh cluster holds before anybody asks for anything.

use crate::world::World;

/// Creates the namespaces, services and workloads that every cluster begins with.
pub(crate) fn bootstrap(world: &mut World) {
    let _ = world;
}
