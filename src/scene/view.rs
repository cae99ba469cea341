//! What the page tells the scene: how large the canvas is, where the person looks, and what they want to see.

use crate::geometry::Point;
use crate::thing::Thing;

/// The canvas and where it looks.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct View {
    /// CSS pixels.
    pub width: f32,
    /// CSS pixels.
    pub height: f32,
    /// Moves the picture, in CSS pixels.
    pub pan: Point,
    /// CSS pixels per stage unit; 1 shows the stage as it was laid out for this canvas.
    pub zoom: f32,
}

impl View {
    /// A canvas of that many CSS pixels, looked at whole.
    pub fn new(width: f32, height: f32) -> View {
        View {
            width,
            height,
            pan: Point::default(),
            zoom: 1.0,
        }
    }
}

/// What the person wants to see.
#[derive(Clone, Debug, PartialEq)]
pub struct Options {
    /// Nothing glides: things are there or not, packets stand at hops.
    pub reduced_motion: bool,
    /// API writes and watch deliveries.
    pub layer_control: bool,
    /// Packets.
    pub layer_data: bool,
    /// Virtual seconds per real second, as the time bar says; 0 while paused keeps the last.
    pub speed: f64,
    /// What is selected.
    pub selected: Option<Thing>,
    /// What the pointer or the keyboard's focus is on.
    pub hovered: Option<Thing>,
}

impl Default for Options {
    fn default() -> Options {
        Options {
            reduced_motion: false,
            layer_control: true,
            layer_data: true,
            speed: 1.0,
            selected: None,
            hovered: None,
        }
    }
}

/// Where an arrow key points.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Direction {
    /// Left.
    Left,
    /// Right.
    Right,
    /// Up.
    Up,
    /// Down.
    Down,
}
