//! Admission: the plugins that change or refuse a write, and the allocation of addresses and ports.

use podarium_api::object::Object;
use podarium_api::status::Status;

use crate::sim::Actor;
use crate::world::World;

/// Mutates and checks a new object.
pub fn on_create(world: &mut World, actor: &Actor, object: &mut Object) -> Result<(), Status> {
    let _ = (world, actor, object);
    Ok(())
}

/// Mutates and checks a changed object.
pub fn on_update(
    world: &mut World,
    actor: &Actor,
    object: &mut Object,
    old: &Object,
) -> Result<(), Status> {
    let _ = (world, actor, object, old);
    Ok(())
}

/// Checks a deletion.
pub fn on_delete(world: &mut World, actor: &Actor, object: &Object) -> Result<(), Status> {
    let _ = (world, actor, object);
    Ok(())
}

/// Gives cluster IPs and node ports to Services and releases those of `old`.
pub fn allocate(
    world: &mut World,
    object: &mut Object,
    old: Option<&Object>,
) -> Result<(), Status> {
    let _ = (world, object, old);
    Ok(())
}
