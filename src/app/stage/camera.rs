//! Where a person looks: pan and zoom within bounds.

use podarium_scene::{DisplayList, Point, View};

/// Bounds of the zoom.
const ZOOM: (f32, f32) = (0.25, 4.0);

/// How far the picture may be pulled off the canvas's edge, in CSS pixels.
const SLACK: f32 = 48.0;

/// The view, and the size of what is looked at.
pub struct Camera {
    /// What the scene is told.
    pub view: View,
    /// The picture's size in stage units.
    content: Point,
}

impl Camera {
    /// Looks at the picture as it was laid out.
    pub fn new() -> Self {
        Camera {
            view: View::new(0.0, 0.0),
            content: Point::default(),
        }
    }

    /// The canvas has another size.
    pub fn resize(&mut self, width: f32, height: f32) {
        self.view.width = width;
        self.view.height = height;
        self.bound();
    }

    /// A frame was made; whether the picture goes on below the canvas.
    pub fn saw(&mut self, list: &DisplayList) -> bool {
        self.content = Point::new(list.width, list.height);
        list.height * self.view.zoom + self.view.pan.y > self.view.height + 8.0
    }

    /// Moves the picture by that many CSS pixels.
    pub fn pan(&mut self, dx: f32, dy: f32) {
        self.view.pan = self.view.pan.shift(dx, dy);
        self.bound();
    }

    /// Moves the picture as a wheel scrolls, where there is more of it than fits; whether there is.
    pub fn scroll(&mut self, dx: f32, dy: f32) -> bool {
        let View {
            width,
            height,
            zoom,
            ..
        } = self.view;
        let more = (
            self.content.x * zoom > width + 1.0,
            self.content.y * zoom > height + 1.0,
        );
        if more.0 || more.1 {
            self.pan(if more.0 { dx } else { 0.0 }, if more.1 { dy } else { 0.0 });
        }
        more.0 || more.1
    }

    /// Zooms by a factor, about a place of the canvas.
    pub fn zoom(&mut self, by: f32, about: Point) {
        let View {
            pan, zoom: before, ..
        } = self.view;
        let zoom = (before * by).clamp(ZOOM.0, ZOOM.1);
        let stretch = zoom / before;
        self.view.zoom = zoom;
        self.view.pan = Point::new(
            about.x - (about.x - pan.x) * stretch,
            about.y - (about.y - pan.y) * stretch,
        );
        self.bound();
    }

    /// The middle of the canvas.
    pub fn middle(&self) -> Point {
        Point::new(self.view.width / 2.0, self.view.height / 2.0)
    }

    /// Shows everything, or, where it does so already, the picture as it was laid out.
    pub fn fit(&mut self) {
        let View {
            width,
            height,
            zoom,
            ..
        } = self.view;
        let most = (width / self.content.x.max(1.0)).min(height / self.content.y.max(1.0));
        let fit = most.min(1.0).max(ZOOM.0);
        self.view.zoom = if (zoom - fit).abs() < 0.001 { 1.0 } else { fit };
        self.view.pan = Point::new(
            ((width - self.content.x * self.view.zoom) / 2.0).max(0.0),
            0.0,
        );
    }

    /// Keeps the picture on the canvas.
    fn bound(&mut self) {
        let View {
            width,
            height,
            zoom,
            pan,
        } = self.view;
        let axis = |pan: f32, canvas: f32, content: f32| {
            let room = canvas - content * zoom;
            pan.clamp(room.min(0.0) - SLACK, room.max(0.0) + SLACK)
        };
        self.view.pan = Point::new(
            axis(pan.x, width, self.content.x),
            axis(pan.y, height, self.content.y),
        );
    }
}
