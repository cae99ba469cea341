//! Points, rectangles and curves of the stage, in stage units (CSS pixels at zoom 1).

/// A place.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Point {
    /// To the right.
    pub x: f32,
    /// Down.
    pub y: f32,
}

impl Point {
    /// A place.
    pub const fn new(x: f32, y: f32) -> Point {
        Point { x, y }
    }

    /// The place at `t` (0 to 1) on the straight way to `other`.
    pub fn lerp(self, other: Point, t: f32) -> Point {
        Point::new(
            self.x + (other.x - self.x) * t,
            self.y + (other.y - self.y) * t,
        )
    }

    /// How far it is to `other`.
    pub fn distance(self, other: Point) -> f32 {
        (self.x - other.x).hypot(self.y - other.y)
    }

    /// Moved.
    pub fn shift(self, dx: f32, dy: f32) -> Point {
        Point::new(self.x + dx, self.y + dy)
    }
}

/// A rectangle.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Rect {
    /// The left edge.
    pub x: f32,
    /// The top edge.
    pub y: f32,
    /// The width.
    pub w: f32,
    /// The height.
    pub h: f32,
}

impl Rect {
    /// A rectangle.
    pub const fn new(x: f32, y: f32, w: f32, h: f32) -> Rect {
        Rect { x, y, w, h }
    }

    /// The right edge.
    pub fn right(self) -> f32 {
        self.x + self.w
    }

    /// The bottom edge.
    pub fn bottom(self) -> f32 {
        self.y + self.h
    }

    /// The middle.
    pub fn center(self) -> Point {
        Point::new(self.x + self.w / 2.0, self.y + self.h / 2.0)
    }

    /// Whether a place is inside, edges included.
    pub fn contains(self, p: Point) -> bool {
        p.x >= self.x && p.x <= self.right() && p.y >= self.y && p.y <= self.bottom()
    }

    /// Whether the other lies inside, edges included, allowing for rounding.
    pub fn encloses(self, other: Rect) -> bool {
        const SLACK: f32 = 0.01;
        other.x >= self.x - SLACK
            && other.y >= self.y - SLACK
            && other.right() <= self.right() + SLACK
            && other.bottom() <= self.bottom() + SLACK
    }

    /// Whether the two share more than an edge, allowing for rounding.
    pub fn overlaps(self, other: Rect) -> bool {
        const SLACK: f32 = 0.01;
        self.x + SLACK < other.right()
            && other.x + SLACK < self.right()
            && self.y + SLACK < other.bottom()
            && other.y + SLACK < self.bottom()
    }

    /// Larger by `by` on every side.
    pub fn grow(self, by: f32) -> Rect {
        Rect::new(
            self.x - by,
            self.y - by,
            self.w + 2.0 * by,
            self.h + 2.0 * by,
        )
    }

    /// Scaled about its middle.
    pub fn scale(self, by: f32) -> Rect {
        let c = self.center();
        let (w, h) = (self.w * by, self.h * by);
        Rect::new(c.x - w / 2.0, c.y - h / 2.0, w, h)
    }

    /// The rectangle at `t` (0 to 1) on the way to `other`.
    pub fn lerp(self, other: Rect, t: f32) -> Rect {
        let mix = |a: f32, b: f32| a + (b - a) * t;
        Rect::new(
            mix(self.x, other.x),
            mix(self.y, other.y),
            mix(self.w, other.w),
            mix(self.h, other.h),
        )
    }
}

/// A cubic Bézier curve.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Cubic {
    /// Its begin.
    pub from: Point,
    /// The first control point.
    pub c1: Point,
    /// The second control point.
    pub c2: Point,
    /// Its end.
    pub to: Point,
}

impl Cubic {
    /// The place at `t` (0 to 1).
    pub fn at(self, t: f32) -> Point {
        let u = 1.0 - t;
        let (a, b, c, d) = (u * u * u, 3.0 * u * u * t, 3.0 * u * t * t, t * t * t);
        Point::new(
            a * self.from.x + b * self.c1.x + c * self.c2.x + d * self.to.x,
            a * self.from.y + b * self.c1.y + c * self.c2.y + d * self.to.y,
        )
    }

    /// The same curve, the other way round.
    pub fn reversed(self) -> Cubic {
        Cubic {
            from: self.to,
            c1: self.c2,
            c2: self.c1,
            to: self.from,
        }
    }

    /// A calm curve from the edge of one box to the edge of another, leaving and arriving at right angles.
    pub fn between(a: Rect, b: Rect) -> Cubic {
        let gap_x = (b.x - a.right()).max(a.x - b.right());
        let gap_y = (b.y - a.bottom()).max(a.y - b.bottom());
        if gap_x > gap_y {
            Cubic::sideways(a, b)
        } else {
            Cubic::upright(a, b)
        }
    }

    /// Such a curve that leaves and arrives at a side.
    pub fn sideways(a: Rect, b: Rect) -> Cubic {
        let (ca, cb) = (a.center(), b.center());
        let (from, to, way) = if cb.x >= ca.x {
            (Point::new(a.right(), ca.y), Point::new(b.x, cb.y), 1.0)
        } else {
            (Point::new(a.x, ca.y), Point::new(b.right(), cb.y), -1.0)
        };
        let reach = ((to.x - from.x).abs() * 0.5).clamp(10.0, 120.0) * way;
        Cubic {
            from,
            c1: from.shift(reach, 0.0),
            c2: to.shift(-reach, 0.0),
            to,
        }
    }

    /// Such a curve that leaves and arrives above or below.
    pub fn upright(a: Rect, b: Rect) -> Cubic {
        let (ca, cb) = (a.center(), b.center());
        let (from, to, way) = if cb.y >= ca.y {
            (Point::new(ca.x, a.bottom()), Point::new(cb.x, b.y), 1.0)
        } else {
            (Point::new(ca.x, a.y), Point::new(cb.x, b.bottom()), -1.0)
        };
        let reach = ((to.y - from.y).abs() * 0.5).clamp(10.0, 120.0) * way;
        Cubic {
            from,
            c1: from.shift(0.0, reach),
            c2: to.shift(0.0, -reach),
            to,
        }
    }
}
