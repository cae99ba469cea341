//! World changes to a display list: layout and motion, without a DOM.
//!
//! [`Scene::sync`] takes in a cluster, [`Scene::frame`] gives the picture of an instant. Everything that moves does so
//! because a record of the cluster's log or a packet's trace says so.

pub mod display;
pub mod geometry;
pub mod layout;
pub mod model;
pub mod motion;
mod navigate;
mod outline;
pub mod paint;
pub mod pulses;
pub mod scene;
pub mod svg;
pub mod thing;
pub mod traffic;
pub mod view;
mod watch;

pub use display::{DisplayList, Item, Shape};
pub use geometry::{Point, Rect};
pub use scene::{Frame, Scene};
pub use thing::{Outline, Thing, ThingId};
pub use view::{Direction, Options, View};
