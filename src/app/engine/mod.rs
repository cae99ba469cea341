//! The engine: owns the cluster, lives it on frame by frame, and tells the page when something is new.

mod frame;
mod work;

pub use frame::real_ms;

use std::cell::{Cell, RefCell};
use std::rc::Rc;

use leptos::prelude::*;
use podarium_api::meta::{Span, Time};
use podarium_cluster::history::{Input, Point};
use podarium_cluster::{Cluster, Command, Request, Response};

use crate::pace::Pace;
use work::Works;
pub use work::{Pieces, Then};

/// Pieces of the cluster's work between two looks at the clock, where a whole slice is one job's.
const STEPS: u64 = 128;

/// How far ahead a step looks for something to happen.
const STEP_HORIZON: Span = Span::secs(3_600);

/// Draws a frame from the cluster, given the real time in milliseconds; whether something still moves by itself.
pub type Painter = Box<dyn FnMut(&Cluster, f64) -> bool>;

/// A handle to the engine; all copies are the same one.
#[derive(Clone, Copy)]
pub struct Engine {
    inner: StoredValue<Rc<Inner>, LocalStorage>,
    /// Changes at most ten times a second, when anything happened: what panels read from the cluster, they read again.
    pub version: RwSignal<u64>,
    /// The virtual time, for the clock.
    pub now: RwSignal<Time>,
    /// Whether virtual time flows.
    pub playing: RwSignal<bool>,
    /// Virtual seconds per real second that are wished for.
    pub speed: RwSignal<f64>,
    /// Whether the work does not fit its frames, so that time flows slower than wished.
    pub behind: RwSignal<bool>,
    /// Whether a cluster is still being made that is to be shown.
    pub warming: RwSignal<bool>,
    /// Where a cluster elsewhere was at last, while this one follows it.
    pub live: RwSignal<Option<Point>>,
}

struct Inner {
    cluster: RefCell<Cluster>,
    painter: RefCell<Option<Painter>>,
    pace: RefCell<Pace>,
    frames: frame::Frames,
    works: Works,
    /// Whether frames are drawn at all.
    begun: Cell<bool>,
    /// Real time of the frame before, in milliseconds; none after a rest.
    last_frame: Cell<Option<f64>>,
    last_version: Cell<f64>,
    /// Something happened that the panels have not been told of.
    dirty: Cell<bool>,
    slow_frames: Cell<u32>,
}

impl Engine {
    /// An engine whose cluster has not begun.
    pub fn new() -> Self {
        let engine = Engine {
            inner: StoredValue::new_local(Rc::new(Inner {
                cluster: RefCell::new(Cluster::blank()),
                painter: RefCell::new(None),
                pace: RefCell::new(Pace::default()),
                frames: frame::Frames::default(),
                works: Works::default(),
                begun: Cell::new(false),
                last_frame: Cell::new(None),
                last_version: Cell::new(0.0),
                dirty: Cell::new(true),
                slow_frames: Cell::new(0),
            })),
            version: RwSignal::new(0),
            now: RwSignal::new(Time(0)),
            playing: RwSignal::new(true),
            speed: RwSignal::new(1.0),
            behind: RwSignal::new(false),
            warming: RwSignal::new(false),
            live: RwSignal::new(None),
        };
        let inner = engine.inner();
        inner.frames.on_frame(move |real| engine.frame(real));
        engine.wake();
        engine
    }

    fn inner(self) -> Rc<Inner> {
        self.inner.get_value()
    }

    /// Reads the cluster. Must not be called from within itself.
    pub fn read<R>(self, f: impl FnOnce(&Cluster) -> R) -> R {
        f(&self.inner().cluster.borrow())
    }

    /// Changes the cluster, then draws and tells the panels. Work that was asked for before is done before.
    pub fn write<R>(self, f: impl FnOnce(&mut Cluster) -> R) -> R {
        while !self.inner().works.is_empty() {
            self.work_on(|| false);
        }
        let result = f(&mut self.inner().cluster.borrow_mut());
        self.touch();
        result
    }

    /// Puts a cluster there that follows another.
    pub fn follow(self, cluster: Cluster) {
        let point = cluster.point();
        self.make(
            Box::new({
                let mut cluster = Some(cluster);
                move |shown| {
                    if let Some(cluster) = cluster.take() {
                        *shown = cluster;
                    }
                    true
                }
            }),
            Box::new(|| ()),
        );
        self.live.set(Some(point));
    }

    /// Input that the other cluster had.
    pub fn foretell(self, input: Input) {
        if self.follows() {
            while !self.inner().works.is_empty() {
                self.work_on(|| false);
            }
            self.inner().cluster.borrow_mut().foretell(input);
        }
    }

    /// Where the other cluster is.
    pub fn hear(self, here: Point) {
        if self.follows() {
            self.live.set(Some(here));
            self.wake();
        }
    }

    /// Whether the cluster follows another.
    pub fn follows(self) -> bool {
        self.live.with_untracked(Option::is_some)
    }

    /// Follows no other from now on; whether it did.
    pub fn leave(self) -> bool {
        let followed = self.follows();
        if followed {
            self.live.set(None);
        }
        followed
    }

    /// Carries out a command at the present instant.
    pub fn command(self, command: Command) -> Response {
        self.write(|cluster| cluster.command(command))
    }

    /// Answers an API request that changes nothing.
    pub fn get(self, path: &str) -> Response {
        self.inner().cluster.borrow_mut().handle(Request::get(path))
    }

    /// Works on the cluster in slices, behind what was asked for before, then calls `then`. Meanwhile virtual time stands
    /// still, and so do the picture and the panels.
    pub fn work(self, pieces: Pieces, then: Then) {
        self.inner().works.add(pieces, then);
        self.work_soon();
    }

    /// Forgets the work that was asked for, and makes another cluster in slices: `pieces` puts it in the place of the
    /// one that is shown with its last piece.
    pub fn make(self, pieces: Pieces, then: Then) {
        self.inner().works.clear();
        self.warming.set(true);
        let made = move || {
            self.warming.set(false);
            then();
        };
        self.work(pieces, Box::new(made));
    }

    fn work_soon(self) {
        self.inner().works.soon(move || {
            self.work_on(Works::slice());
            if !self.inner().works.is_empty() {
                self.work_soon();
            }
        });
    }

    /// Does some of the work at the front; if that was its last, tells whom it concerns.
    fn work_on(self, enough: impl FnMut() -> bool) {
        let inner = self.inner();
        if let Some(then) = inner.works.go_on(&inner.cluster, enough) {
            inner.last_frame.set(None);
            then();
            self.touch();
        }
    }

    /// Draws for the first time, and from now on in every frame that is asked for. What is compiled for it on its way is no
    /// part of a frame, which has the browser's first layout to wait for.
    pub fn begin(self) {
        self.inner().begun.set(true);
        self.frame(real_ms());
    }

    /// Who draws from now on.
    pub fn set_painter(self, painter: Painter) {
        *self.inner().painter.borrow_mut() = Some(painter);
        self.wake();
    }

    /// Lets time flow, or stops it.
    pub fn play(self, playing: bool) {
        self.playing.set(playing);
        self.inner().last_frame.set(None);
        self.wake();
    }

    /// Pauses, and lives on until something happens.
    pub fn step(self) {
        self.play(false);
        let mut until = None;
        let pieces = move |cluster: &mut Cluster| {
            let until = *until.get_or_insert(cluster.now() + STEP_HORIZON);
            match self.live.get_untracked() {
                None => cluster.step_within(until, STEPS).is_some(),
                // Not past where the other is.
                Some(live) => {
                    cluster.point() >= live || cluster.step_within(live.time, 1).is_some()
                }
            }
        };
        self.work(Box::new(pieces), Box::new(|| ()));
    }

    /// Pauses, and goes back to before the last thing that happened.
    pub fn step_back(self) {
        self.play(false);
        let mut way = None;
        let pieces = move |cluster: &mut Cluster| match &mut way {
            Some(way) => cluster.go_back(way, STEPS),
            None => {
                way = cluster.back();
                way.is_none()
            }
        };
        self.work(Box::new(pieces), Box::new(|| ()));
    }

    /// Sets the speed, in virtual seconds per real second.
    pub fn set_speed(self, speed: f64) {
        self.speed.set(speed);
        self.inner().pace.borrow_mut().speed = speed;
        self.inner().slow_frames.set(0);
        self.behind.set(false);
    }

    /// Asks for a frame: something about the picture has changed that is not in the cluster (size, theme, selection).
    pub fn wake(self) {
        self.inner().frames.ask();
    }

    /// Something happened: draw, and tell the panels soon.
    fn touch(self) {
        self.inner().dirty.set(true);
        self.wake();
    }

    fn frame(self, real: f64) {
        let inner = self.inner();
        if !inner.begun.get() || !inner.works.is_empty() {
            // The beginning draws by itself, and the work wakes it when it is done.
            return;
        }
        let playing = self.playing.get_untracked();
        if playing {
            let elapsed = inner.last_frame.get().map_or(0.0, |last| real - last);
            self.advance(&inner, elapsed);
        }
        inner.last_frame.set(playing.then_some(real));
        let now = inner.cluster.borrow().now();
        if self.now.get_untracked() != now {
            self.now.set(now);
        }
        let animates = match inner.painter.borrow_mut().as_mut() {
            Some(painter) => painter(&inner.cluster.borrow(), real),
            None => false,
        };
        let told = self.tell(&inner, real);
        if playing || animates || !told {
            inner.frames.ask();
        }
    }

    /// Lives on by the virtual time that `elapsed` real milliseconds are worth, within a slice of the frame.
    fn advance(self, inner: &Inner, elapsed: f64) {
        let mut cluster = inner.cluster.borrow_mut();
        let until = inner.pace.borrow_mut().target(cluster.now(), elapsed);
        let live = self.live.get_untracked();
        let ahead = cluster.next_input();
        let begun = frame::real_ms();
        let mut reached = false;
        while !reached && frame::real_ms() - begun < frame::SLICE_MS {
            let before = cluster.point();
            reached = match live {
                Some(live) => cluster.follow(live, frame::STEPS_BETWEEN_LOOKS),
                None => cluster.advance(until, frame::STEPS_BETWEEN_LOOKS).reached,
            };
            if cluster.point().steps > before.steps || cluster.next_input() != ahead {
                inner.dirty.set(true);
            }
        }
        drop(cluster);
        // One slow frame is chance; half a second of them is too much work for the wished speed.
        let slow = if reached {
            0
        } else {
            inner.slow_frames.get() + 1
        };
        inner.slow_frames.set(slow);
        let behind = slow > 30 || (self.behind.get_untracked() && !reached);
        if self.behind.get_untracked() != behind {
            self.behind.set(behind);
        }
    }

    /// Tells the panels what is new, at most ten times a second; whether nothing is left to tell.
    fn tell(self, inner: &Inner, real: f64) -> bool {
        if !inner.dirty.get() {
            return true;
        }
        if real - inner.last_version.get() < 100.0 {
            return false;
        }
        inner.last_version.set(real);
        inner.dirty.set(false);
        self.version.update(|v| *v += 1);
        true
    }
}
