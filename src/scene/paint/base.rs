//! The whole picture but for what moves over it.

use std::sync::Arc;

use podarium_api::meta::Str;

use crate::display::{Align, Color, Content, Message};
use crate::geometry::{Point, Rect};
use crate::layout::Layout;
use crate::model::{Model, PodState, is_system};
use crate::motion::Motion;
use crate::paint::services::Visits;
use crate::paint::{Canvas, Type, node, pod, services, strip};
use crate::thing::{Component, Thing};

/// What the base is painted from.
#[derive(Clone, Copy, Debug)]
pub struct Base<'a> {
    pub(crate) model: &'a Model,
    pub(crate) layout: &'a Layout,
    pub(crate) motion: &'a Motion,
    pub(crate) virtual_now: f64,
    pub(crate) real_ms: f64,
    pub(crate) visits: Visits,
    pub(crate) last_write: &'a Str,
    pub(crate) names: &'a Names,
}

/// Texts that are the same in every frame, so that no frame makes them anew.
#[derive(Clone, Debug)]
pub struct Names {
    kubelet: Str,
    proxy: Str,
}

impl Default for Names {
    fn default() -> Names {
        Names {
            kubelet: "kubelet".into(),
            proxy: "kube-proxy".into(),
        }
    }
}

impl Base<'_> {
    /// Paints everything; `flows` is called when the boxes are there and the pods are not yet. The instant (microseconds)
    /// when the picture will be another by itself.
    pub(crate) fn paint(&self, canvas: &mut Canvas, flows: impl FnOnce(&mut Canvas)) -> f64 {
        canvas.alpha = 1.0;
        canvas.thing = None;
        self.headings(canvas);
        self.links(canvas);
        let pods = |t: &Thing| matches!(t, Thing::Pod(_));
        for place in self.layout.places.iter().filter(|p| !pods(&p.thing)) {
            let pose = self.motion.pose(place.id, place.rect, self.real_ms);
            canvas.alpha = pose.alpha;
            canvas.thing = Some(place.id);
            self.thing(canvas, &place.thing, pose.rect);
        }
        canvas.thing = None;
        canvas.alpha = 1.0;
        flows(canvas);
        let mut wake = f64::INFINITY;
        for ghost in &self.motion.ghosts {
            canvas.alpha = ghost.alpha(self.real_ms);
            pod::pod(canvas, &ghost.pod, ghost.rect, self.virtual_now);
        }
        for place in self.layout.places.iter().filter(|p| pods(&p.thing)) {
            let Thing::Pod(key) = &place.thing else {
                continue;
            };
            let Some(model) = self.model.pods.get(key) else {
                continue;
            };
            let pose = self.motion.pose(place.id, place.rect, self.real_ms);
            let off = model
                .node
                .as_ref()
                .and_then(|n| self.model.nodes.get(n))
                .is_some_and(|n| !n.powered);
            canvas.alpha = pose.alpha * if off { 0.45 } else { 1.0 };
            canvas.thing = Some(place.id);
            wake = wake.min(pod::pod(canvas, model, pose.rect, self.virtual_now));
        }
        canvas.thing = None;
        canvas.alpha = 1.0;
        self.reason(canvas);
        self.omitted(canvas);
        wake
    }

    fn headings(&self, canvas: &mut Canvas) {
        for heading in &self.layout.headings {
            let look = Type::new(11.0, Color::Ink2).bold();
            canvas.message(heading.at, Message::new(heading.message), 220.0, look);
        }
        if self.layout.manager.h > 0.0 {
            strip::manager(canvas, self.layout.manager);
        }
    }

    fn links(&self, canvas: &mut Canvas) {
        let rect = |c: Component| {
            let id = Thing::ControlPlane(c).id();
            self.layout
                .place(id)
                .map(|p| self.motion.pose(id, p.rect, self.real_ms).rect)
        };
        let Some(api) = rect(Component::ApiServer) else {
            return;
        };
        for other in [rect(Component::Etcd), rect(Component::Scheduler)]
            .into_iter()
            .flatten()
        {
            strip::link(canvas, api, other);
        }
        if self.layout.manager.h > 0.0 && !self.layout.narrow {
            // The scheduler stands between: the controllers' line begins where the scheduler's box ends.
            if let Some(scheduler) = rect(Component::Scheduler) {
                let manager = Rect {
                    y: scheduler.y,
                    h: scheduler.h,
                    ..self.layout.manager
                };
                strip::link(canvas, scheduler, manager);
            }
        }
    }

    fn thing(&self, canvas: &mut Canvas, thing: &Thing, rect: Rect) {
        let node_of = |name: &Str| self.model.nodes.get(name);
        match thing {
            Thing::Zone(name) => node::zone(canvas, name, rect),
            Thing::Node(name) => {
                if let Some(model) = node_of(name) {
                    node::node(canvas, name, model, rect, self.layout.packing.level);
                }
            }
            Thing::Kubelet(name) => {
                let runs = node_of(name).is_some_and(|n| n.kubelet);
                node::process(canvas, &self.names.kubelet, rect, runs);
            }
            Thing::KubeProxy(name) => {
                let runs = node_of(name).is_some_and(|n| n.proxy);
                node::process(canvas, &self.names.proxy, rect, runs);
            }
            Thing::Internet => services::internet(canvas, rect, self.visits),
            Thing::Service(key) => {
                if let Some(model) = self.model.services.get(key) {
                    services::service(canvas, &key.name, model, rect, is_system(key));
                }
            }
            Thing::ControlPlane(component) => {
                if let Some(chip) = self.model.chips.iter().find(|c| c.component == *component) {
                    strip::chip(canvas, chip, rect, self.below(component));
                }
            }
            Thing::Pod(_) | Thing::Workload(_) => {}
        }
    }

    /// The small line under a control-plane name, and whether it is a name itself.
    fn below(&self, component: &Component) -> Option<(Content, bool)> {
        let message = |m| Some((Content::Message(Arc::new(m)), false));
        match component {
            Component::Etcd => {
                let revision = i64::try_from(self.model.revision).unwrap_or(i64::MAX);
                message(Message::with(
                    "scene-revision",
                    [("revision", revision.into())],
                ))
            }
            Component::ApiServer if !self.last_write.is_empty() => {
                Some((Content::Plain(self.last_write.clone()), true))
            }
            Component::Scheduler => {
                let waiting = self.model.slots(None).iter().flatten().count();
                message(Message::with("scene-queue", [("count", waiting.into())]))
            }
            _ => None,
        }
    }

    /// Why the first of those that wait does wait, where there is room for it.
    fn reason(&self, canvas: &mut Canvas) {
        let Some((at, room)) = self.layout.waiting.reason else {
            return;
        };
        let first = self.model.slots(None).iter().flatten().find_map(|key| {
            let pod = self.model.pods.get(key)?;
            let message = pod
                .message
                .as_ref()
                .filter(|_| pod.state == PodState::Pending)?;
            Some((key, message))
        });
        if let Some((key, message)) = first {
            canvas.thing = Some(Thing::Pod(key.clone()).id());
            canvas.text(at, &key.name, room, Type::new(11.0, Color::Ink1).bold());
            let (line, rest) = wrap(message, room);
            let at = at.shift(0.0, 15.0);
            canvas.text(at, &line, room, Type::new(11.0, Color::Ink2));
            canvas.text(
                at.shift(0.0, 14.0),
                &rest,
                room,
                Type::new(11.0, Color::Ink2),
            );
            canvas.thing = None;
        }
    }

    fn omitted(&self, canvas: &mut Canvas) {
        for omitted in &self.layout.omitted {
            let args = [
                ("shown", omitted.shown.into()),
                ("total", omitted.total.into()),
            ];
            let look = Type::new(11.0, Color::Ink2).align(Align::End);
            let at = Point::new(omitted.at.x, omitted.at.y);
            canvas.message(at, Message::with(omitted.message, args), 200.0, look);
        }
    }
}

/// Breaks a sentence in two where the first line is full.
fn wrap(message: &Str, room: f32) -> (Str, Str) {
    let mut end = 0;
    for (i, _) in message.match_indices(' ').chain([(message.len(), "")]) {
        if crate::layout::text::width(&message[..i], 11.0, false, false) > room {
            break;
        }
        end = i;
    }
    if end == 0 {
        return (message.clone(), "".into());
    }
    (message[..end].into(), message[end..].trim_start().into())
}
