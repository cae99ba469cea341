//! How things get from one layout to the next: they grow in, slide, and fade out, and nothing else.

use crate::geometry::Rect;
use crate::layout::Layout;
use crate::model::PodModel;
use crate::thing::ThingId;
use podarium_api::ordered::OrdMap;

/// How long something grows in or slides, in real milliseconds.
const MOVE_MS: f64 = 240.0;
/// How long something fades out.
const LEAVE_MS: f64 = 300.0;

/// The one easing: CSS's `cubic-bezier(.2, 0, 0, 1)`.
pub fn ease(t: f32) -> f32 {
    let t = t.clamp(0.0, 1.0);
    let (mut low, mut high) = (0.0_f32, 1.0_f32);
    for _ in 0..14 {
        let u = (low + high) / 2.0;
        let x = 0.6 * u * (1.0 - u) * (1.0 - u) + u * u * u;
        if x < t { low = u } else { high = u }
    }
    let u = if t >= 1.0 { 1.0 } else { low };
    3.0 * (1.0 - u) * u * u + u * u * u
}

/// Where something is on its way.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Pose {
    /// Where it is now.
    pub rect: Rect,
    /// How much of it is there.
    pub alpha: f32,
}

#[derive(Clone, Copy, Debug)]
struct Tween {
    from: Pose,
    to: Rect,
    start: f64,
}

impl Tween {
    fn pose(&self, now: f64) -> Pose {
        let t = ease(((now - self.start) / MOVE_MS) as f32);
        Pose {
            rect: self.from.rect.lerp(self.to, t),
            alpha: self.from.alpha + (1.0 - self.from.alpha) * t,
        }
    }
}

/// A pod that is gone and still fades.
#[derive(Clone, Debug)]
pub struct Ghost {
    /// Where it was.
    pub rect: Rect,
    /// What it was.
    pub pod: PodModel,
    /// How much of it was there.
    alpha: f32,
    start: f64,
}

impl Ghost {
    /// How much of it is left.
    pub fn alpha(&self, now: f64) -> f32 {
        self.alpha * (1.0 - ease(((now - self.start) / LEAVE_MS) as f32))
    }
}

/// Everything on its way.
#[derive(Clone, Debug, Default)]
pub struct Motion {
    active: OrdMap<ThingId, Tween>,
    /// Pods that fade.
    pub ghosts: Vec<Ghost>,
}

impl Motion {
    /// Lets everything glide from where it is to where `new` has it. `gone` are pods that the model has no more.
    pub fn glide(&mut self, old: &Layout, new: &Layout, gone: Vec<(ThingId, PodModel)>, now: f64) {
        let mut active = OrdMap::new();
        for place in &new.places {
            let from = match old.place(place.id) {
                Some(was) => self.pose(place.id, was.rect, now),
                None => Pose {
                    rect: place.rect.scale(0.5),
                    alpha: 0.0,
                },
            };
            if from.rect != place.rect {
                let to = place.rect;
                // One that is on its way there already goes on as it was.
                let tween = match self.active.get(&place.id) {
                    Some(t) if t.to == to => *t,
                    _ => Tween {
                        from,
                        to,
                        start: now,
                    },
                };
                active.insert(place.id, tween);
            }
        }
        for (id, pod) in gone {
            if let Some(place) = old.place(id) {
                let pose = self.pose(id, place.rect, now);
                self.ghosts.push(Ghost {
                    rect: pose.rect,
                    pod,
                    alpha: pose.alpha,
                    start: now,
                });
            }
        }
        self.active = active;
    }

    /// Puts everything at its place at once.
    pub fn settle(&mut self) {
        self.active = OrdMap::new();
        self.ghosts.clear();
    }

    /// Forgets what has arrived; whether anything is still on its way.
    pub fn prune(&mut self, now: f64) -> bool {
        self.active.retain(|_, t| now < t.start + MOVE_MS);
        self.ghosts.retain(|g| now < g.start + LEAVE_MS);
        self.is_moving()
    }

    /// Whether anything is on its way.
    pub fn is_moving(&self) -> bool {
        !self.active.is_empty() || !self.ghosts.is_empty()
    }

    /// Where a thing is that the layout has at `rect`.
    pub fn pose(&self, id: ThingId, rect: Rect, now: f64) -> Pose {
        match self.active.get(&id) {
            Some(tween) => tween.pose(now),
            None => Pose { rect, alpha: 1.0 },
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_easing_goes_one_way_from_nothing_to_all() {
        let steps: Vec<f32> = (0..=50).map(|i| ease(i as f32 / 50.0)).collect();
        assert_eq!((steps[0], steps[50]), (0.0, 1.0));
        assert!(steps.windows(2).all(|w| w[0] <= w[1]), "{steps:?}");
        assert!((steps[25] - 0.878).abs() < 0.002);
    }
}
