//! Long work on the cluster, done in slices between which the browser draws and listens.

use std::cell::RefCell;
use std::collections::VecDeque;

use gloo_timers::callback::Timeout;
use podarium_cluster::Cluster;

use super::frame::real_ms;

/// How long a slice may take, in real milliseconds. The first call of anything is compiled on its way and takes much more,
/// so that a slice ends well before the 50 that a person notices.
const SLICE_MS: f64 = 6.0;

/// Work that is done little by little: each call does a piece of about a millisecond; whether it was the last.
pub type Pieces = Box<dyn FnMut(&mut Cluster) -> bool>;

/// What follows the work, once the cluster may be read again.
pub type Then = Box<dyn FnOnce()>;

/// Work in the order in which it was asked for.
#[derive(Default)]
pub struct Works {
    waiting: RefCell<VecDeque<(Pieces, Then)>>,
    timer: RefCell<Option<Timeout>>,
}

impl Works {
    /// Whether nothing is left to do.
    pub fn is_empty(&self) -> bool {
        self.waiting.borrow().is_empty()
    }

    /// Adds work behind what is there.
    pub fn add(&self, pieces: Pieces, then: Then) {
        self.waiting.borrow_mut().push_back((pieces, then));
    }

    /// Forgets all work: what comes next makes it meaningless.
    pub fn clear(&self) {
        self.waiting.borrow_mut().clear();
    }

    /// Works until `enough` says so; what is to follow when a work is done, which is to be called when nothing is borrowed.
    pub fn go_on(
        &self,
        cluster: &RefCell<Cluster>,
        mut enough: impl FnMut() -> bool,
    ) -> Option<Then> {
        let mut waiting = self.waiting.borrow_mut();
        let (pieces, _) = waiting.front_mut()?;
        let mut cluster = cluster.borrow_mut();
        while !pieces(&mut cluster) {
            if enough() {
                return None;
            }
        }
        waiting.pop_front().map(|(_, then)| then)
    }

    /// Calls `slice` when the browser has had its turn.
    pub fn soon(&self, slice: impl FnOnce() + 'static) {
        *self.timer.borrow_mut() = Some(Timeout::new(0, slice));
    }

    /// When a slice that begins now has had its time.
    pub fn slice() -> impl FnMut() -> bool {
        let begun = real_ms();
        move || real_ms() - begun > SLICE_MS
    }
}
