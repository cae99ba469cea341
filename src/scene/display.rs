//! The display list: what to paint, in order, in design tokens; no colour value, no DOM, no sentence.

use std::sync::Arc;

use podarium_api::meta::Str;
use podarium_cluster::sim::Arg;

use crate::geometry::{Point, Rect};
use crate::thing::ThingId;

/// A design token. The page maps it to a CSS custom property of the same name (see [`Color::token`]).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Color {
    /// The page behind everything.
    Ground,
    /// Raised surfaces.
    Panel,
    /// Wells within panels.
    Panel2,
    /// The ground of a zone.
    Zone,
    /// Text that matters most.
    Ink1,
    /// Text that matters less.
    Ink2,
    /// Decoration only: its contrast is too low for text that must be read.
    Ink3,
    /// Borders.
    Line,
    /// The person's change, selection, packets.
    Accent,
    /// A ground in the hue of [`Color::Accent`].
    AccentTint,
    /// API writes and watch deliveries.
    Pulse,
    /// A ground in the hue of [`Color::Pulse`].
    PulseTint,
    /// Ready.
    Ready,
    /// A ground in the hue of [`Color::Ready`].
    ReadyTint,
    /// Starting.
    Starting,
    /// A ground in the hue of [`Color::Starting`].
    StartingTint,
    /// Running but not ready.
    NotReady,
    /// A ground in the hue of [`Color::NotReady`].
    NotReadyTint,
    /// Crash loop, failed requests.
    Crash,
    /// A ground in the hue of [`Color::Crash`].
    CrashTint,
    /// Terminating.
    Leaving,
    /// A ground in the hue of [`Color::Leaving`].
    LeavingTint,
    /// Waiting for a node; also what is over and done.
    Pending,
    /// A ground in the hue of [`Color::Pending`].
    PendingTint,
    /// Marks on a solid state colour.
    OnState,
}

impl Color {
    /// Every token.
    pub const ALL: [Color; 25] = [
        Color::Ground,
        Color::Panel,
        Color::Panel2,
        Color::Zone,
        Color::Ink1,
        Color::Ink2,
        Color::Ink3,
        Color::Line,
        Color::Accent,
        Color::AccentTint,
        Color::Pulse,
        Color::PulseTint,
        Color::Ready,
        Color::ReadyTint,
        Color::Starting,
        Color::StartingTint,
        Color::NotReady,
        Color::NotReadyTint,
        Color::Crash,
        Color::CrashTint,
        Color::Leaving,
        Color::LeavingTint,
        Color::Pending,
        Color::PendingTint,
        Color::OnState,
    ];

    /// Its place in [`Color::ALL`], for palettes kept as arrays.
    pub fn index(self) -> usize {
        self as usize
    }

    /// The token's name, as in `--ready-tint`.
    pub fn token(self) -> &'static str {
        match self {
            Color::Ground => "ground",
            Color::Panel => "panel",
            Color::Panel2 => "panel-2",
            Color::Zone => "zone",
            Color::Ink1 => "ink-1",
            Color::Ink2 => "ink-2",
            Color::Ink3 => "ink-3",
            Color::Line => "line",
            Color::Accent => "accent",
            Color::AccentTint => "accent-tint",
            Color::Pulse => "pulse",
            Color::PulseTint => "pulse-tint",
            Color::Ready => "ready",
            Color::ReadyTint => "ready-tint",
            Color::Starting => "starting",
            Color::StartingTint => "starting-tint",
            Color::NotReady => "not-ready",
            Color::NotReadyTint => "not-ready-tint",
            Color::Crash => "crash",
            Color::CrashTint => "crash-tint",
            Color::Leaving => "leaving",
            Color::LeavingTint => "leaving-tint",
            Color::Pending => "pending",
            Color::PendingTint => "pending-tint",
            Color::OnState => "on-state",
        }
    }
}

/// A colour and how much of it.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Paint {
    /// The token.
    pub color: Color,
    /// Opacity, 0 to 1.
    pub alpha: f32,
}

impl From<Color> for Paint {
    fn from(color: Color) -> Paint {
        Paint { color, alpha: 1.0 }
    }
}

impl Color {
    /// This colour at an opacity of 0 to 1.
    pub fn at(self, alpha: f32) -> Paint {
        Paint { color: self, alpha }
    }
}

/// How a line is broken.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Dash {
    /// Not at all.
    Solid,
    /// 4 on, 3 off.
    Dashed,
    /// Round dots: 0 on, 5 off with round caps, or 1 on, 4 off.
    Dotted,
}

/// A line's look. Ends are round.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Stroke {
    /// Its colour.
    pub paint: Paint,
    /// Its width.
    pub width: f32,
    /// Its breaks.
    pub dash: Dash,
}

impl Stroke {
    /// An unbroken line.
    pub fn solid(paint: impl Into<Paint>, width: f32) -> Stroke {
        Stroke {
            paint: paint.into(),
            width,
            dash: Dash::Solid,
        }
    }

    /// A dashed line.
    pub fn dashed(paint: impl Into<Paint>, width: f32) -> Stroke {
        Stroke {
            paint: paint.into(),
            width,
            dash: Dash::Dashed,
        }
    }

    /// A dotted line.
    pub fn dotted(paint: impl Into<Paint>, width: f32) -> Stroke {
        Stroke {
            paint: paint.into(),
            width,
            dash: Dash::Dotted,
        }
    }
}

/// A sentence that the page finds in its Fluent files: `id` with its variables.
#[derive(Clone, Debug, PartialEq)]
pub struct Message {
    /// The message.
    pub id: &'static str,
    /// Its variables.
    pub args: Vec<(&'static str, Arg)>,
}

impl Message {
    /// A message without variables.
    pub fn new(id: &'static str) -> Message {
        Message {
            id,
            args: Vec::new(),
        }
    }

    /// A message with variables.
    pub fn with<const N: usize>(id: &'static str, args: [(&'static str, Arg); N]) -> Message {
        Message {
            id,
            args: args.into(),
        }
    }
}

/// What a text says.
#[derive(Clone, Debug, PartialEq)]
pub enum Content {
    /// A name, a number, an address, or a sentence of the cluster's own.
    Plain(Str),
    /// A sentence of the page's.
    Message(Arc<Message>),
}

/// Which side of a text its position is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Align {
    /// The left end.
    Start,
    /// The middle.
    Middle,
    /// The right end.
    End,
}

/// What the painter does with a text wider than it may be.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fit {
    /// Cuts it with an ellipsis.
    Ellipsis,
    /// Cuts it with an ellipsis in the middle: names whose ends tell them apart.
    Middle,
    /// Narrows its letters (Canvas 2D's `maxWidth`).
    Squeeze,
}

/// A line of text.
#[derive(Clone, Debug, PartialEq)]
pub struct Text {
    /// On the baseline, at the side that `align` says.
    pub at: Point,
    /// What it says.
    pub content: Content,
    /// Pixels: 11, 13 or 15.
    pub size: f32,
    /// Whether it is semibold.
    pub bold: bool,
    /// Whether it is in the mono face: names, addresses.
    pub mono: bool,
    /// Its colour.
    pub paint: Paint,
    /// Which side of it `at` is.
    pub align: Align,
    /// How wide it may be.
    pub max_width: f32,
    /// What happens when it is wider.
    pub fit: Fit,
}

/// A small sign of a fixed shape, drawn within a circle of the item's radius.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Icon {
    /// Solid disc with a tick: ready.
    Tick,
    /// Solid disc with a cross: crash loop, failed request.
    Cross,
    /// Ring with nothing in it: not ready.
    Hollow,
    /// Solid disc with an exclamation mark: something is wrong before it could crash.
    Warning,
    /// Solid disc with a square: ended.
    Stop,
    /// Solid disc with a flag: completed.
    Flag,
    /// Solid disc with a bar: cordoned or cut off.
    Bar,
    /// Globe outline: the internet.
    Internet,
    /// Two arrows parting: a load balancer.
    LoadBalancer,
}

/// A sentence that belongs to a spot: why a packet ended there.
#[derive(Clone, Debug, PartialEq)]
pub struct Callout {
    /// The box.
    pub rect: Rect,
    /// The spot that it speaks of; a dotted line leads there.
    pub tip: Point,
    /// What happened.
    pub title: Message,
    /// What it happened to.
    pub detail: Message,
}

/// What is painted.
#[derive(Clone, Debug, PartialEq)]
pub enum Shape {
    /// A rectangle, mostly with round corners.
    Rect {
        /// Where.
        rect: Rect,
        /// Of its corners.
        radius: f32,
        /// Inside.
        fill: Option<Paint>,
        /// Along the edge, centred on it.
        stroke: Option<Stroke>,
        /// Whether it is raised (the one elevation above the ground).
        shadow: bool,
    },
    /// A circle.
    Circle {
        /// Its middle.
        center: Point,
        /// Its radius.
        r: f32,
        /// Inside.
        fill: Option<Paint>,
        /// Along the edge.
        stroke: Option<Stroke>,
    },
    /// A piece of a circle, clockwise.
    Arc {
        /// Its middle.
        center: Point,
        /// Its radius.
        r: f32,
        /// Where it begins, in radians clockwise from three o'clock.
        from: f32,
        /// How far it goes, in radians.
        sweep: f32,
        /// Its line.
        stroke: Stroke,
    },
    /// A cubic Bézier curve.
    Curve {
        /// Its begin.
        from: Point,
        /// The first control point.
        c1: Point,
        /// The second control point.
        c2: Point,
        /// Its end.
        to: Point,
        /// Its line.
        stroke: Stroke,
        /// Whether it ends in an arrow head.
        arrow: bool,
    },
    /// A line of text.
    Text(Text),
    /// A sign.
    Icon {
        /// Which.
        icon: Icon,
        /// Its middle.
        center: Point,
        /// Its radius.
        r: f32,
        /// The disc or outline.
        paint: Paint,
        /// The mark on the disc.
        mark: Paint,
    },
    /// A packet or a piece of its trail.
    Packet {
        /// Where.
        center: Point,
        /// How big.
        r: f32,
        /// Its colour.
        paint: Paint,
        /// Whether it is a ring: answers on their way back, and probes.
        hollow: bool,
    },
    /// A sentence about a spot.
    Callout(Arc<Callout>),
}

/// One thing to paint.
#[derive(Clone, Debug, PartialEq)]
pub struct Item {
    /// What it stands for, where it stands for something.
    pub thing: Option<ThingId>,
    /// What it looks like.
    pub shape: Shape,
}

/// Everything to paint, back to front: first `base`, then `over`.
///
/// All places are in stage units; a place `p` is at `p * scale + offset` CSS pixels of the canvas.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct DisplayList {
    /// What changes seldom: boxes, names, states. A painter may keep it as a picture while `base_generation` is the same.
    pub base: Vec<Item>,
    /// What moves: packets, pulses, callouts, selection.
    pub over: Vec<Item>,
    /// Counts changes of `base`.
    pub base_generation: u64,
    /// Counts changes of anything.
    pub generation: u64,
    /// The whole stage's width in stage units; may be more than what is seen.
    pub width: f32,
    /// Its height.
    pub height: f32,
    /// CSS pixels per stage unit.
    pub scale: f32,
    /// Where the stage's origin is on the canvas, in CSS pixels.
    pub offset: Point,
    /// Whether the next frame differs even if nothing happens: the page asks for one.
    pub animating: bool,
}

impl DisplayList {
    /// All items, back to front.
    pub fn items(&self) -> impl Iterator<Item = &Item> {
        self.base.iter().chain(&self.over)
    }
}
