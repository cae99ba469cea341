//! Frames: `requestAnimationFrame`, asked for only while somebody wants one.

use std::cell::{Cell, RefCell};
use std::rc::Rc;

use wasm_bindgen::prelude::*;

/// Work on the cluster that a frame may take, in real milliseconds; drawing comes on top and both fit 8.
pub const SLICE_MS: f64 = 4.5;

/// Pieces of work between two looks at the clock.
pub const STEPS_BETWEEN_LOOKS: u64 = 64;

/// Real time in milliseconds since the page was opened.
pub fn real_ms() -> f64 {
    web_sys::window()
        .and_then(|window| window.performance())
        .map_or(0.0, |performance| performance.now())
}

type Callback = Closure<dyn FnMut(f64)>;

/// At most one frame that is asked for.
#[derive(Default)]
pub struct Frames {
    asked: Rc<Cell<bool>>,
    callback: RefCell<Option<Callback>>,
}

impl Frames {
    /// What a frame does, given real milliseconds.
    pub fn on_frame(&self, mut frame: impl FnMut(f64) + 'static) {
        let asked = self.asked.clone();
        let callback = Closure::new(move |real| {
            asked.set(false);
            frame(real);
        });
        *self.callback.borrow_mut() = Some(callback);
    }

    /// Asks for the next frame, unless it is asked for already.
    pub fn ask(&self) {
        if self.asked.get() {
            return;
        }
        let (Some(window), Some(callback)) = (web_sys::window(), &*self.callback.borrow()) else {
            return;
        };
        let asked = window.request_animation_frame(callback.as_ref().unchecked_ref());
        self.asked.set(asked.is_ok());
    }
}
