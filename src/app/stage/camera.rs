//! Where a person looks: pan and zoom, and a place that stays put while zooming.

use podarium_scene::{DisplayList, Point, View};

/// Bounds of the zoom.
const ZOOM: (f32, f32) = (0.25, 4.0);

/// The view, and what it is being held at.
pub struct Camera {
    /// What the scene is told.
    pub view: View,
    /// A place of the canvas and the place of the stage that shall be under it after the next frame.
    held: Option<(Point, Point)>,
    /// Scale and offset of the last frame.
    seen: (f32, Point),
}

impl Camera {
    /// Looks at the whole.
    pub fn new() -> Self {
        Camera {
            view: View::new(0.0, 0.0),
            held: None,
            seen: (1.0, Point::default()),
        }
    }

    /// Moves the picture by that many CSS pixels.
    pub fn pan(&mut self, dx: f32, dy: f32) {
        self.view.pan = self.view.pan.shift(dx, dy);
    }

    /// Zooms by a factor, about a place of the canvas.
    pub fn zoom(&mut self, by: f32, about: Point) {
        let zoom = (self.view.zoom * by).clamp(ZOOM.0, ZOOM.1);
        let (scale, offset) = self.seen;
        if zoom == self.view.zoom || scale <= 0.0 {
            return;
        }
        self.view.zoom = zoom;
        let on_stage = Point::new((about.x - offset.x) / scale, (about.y - offset.y) / scale);
        self.held = Some((about, on_stage));
    }

    /// The middle of the canvas.
    pub fn middle(&self) -> Point {
        Point::new(self.view.width / 2.0, self.view.height / 2.0)
    }

    /// Back to the whole.
    pub fn reset(&mut self) {
        self.view = View::new(self.view.width, self.view.height);
        self.held = None;
    }

    /// After a frame: whether the view had to be moved for a held place, so that the frame is wanted again.
    pub fn settle(&mut self, list: &DisplayList) -> bool {
        self.seen = (list.scale, list.offset);
        let Some((canvas, stage)) = self.held.take() else {
            return false;
        };
        let is = Point::new(
            stage.x * list.scale + list.offset.x,
            stage.y * list.scale + list.offset.y,
        );
        self.pan(canvas.x - is.x, canvas.y - is.y);
        is.distance(canvas) > 0.1
    }
}
