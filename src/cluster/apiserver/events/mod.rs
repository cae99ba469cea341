//! Events: written by components for people, counted when they repeat, forgotten after an hour.

mod correlate;
#[cfg(test)]
mod tests;
use std::sync::Arc;

use podarium_api::event::{EventBody, Memory};
use podarium_api::kinds::KindId;
use podarium_api::meta::{Meta, Span, Str, Time};
use podarium_api::object::{Body, Key, NamespaceBody, Obj, Object};
use podarium_api::ordered::OrdMap;
use podarium_api::time::EPOCH_UNIX_MS;

use super::Work;
use crate::sim::{Actor, Verb, Why};
use crate::world::World;

/// upstream: staging/src/k8s.io/apiserver/pkg/storage/etcd3/lease_manager.go defaultLeaseReuseDurationSeconds
const LEASE: Span = Span::secs(60);

/// The machine on which the control plane runs, behind the name of what runs there.
const HOST: &str = "-control-plane";

/// The one that tells by way of events.k8s.io.
const SCHEDULER: &str = "default-scheduler";

/// Words that many events share, kept once: a busy cluster tells the same few things of thousands of pods.
#[derive(Clone, Debug, Default)]
pub(super) struct Words(OrdMap<Str, ()>);

impl Words {
    /// So many words are kept; later ones stand by themselves.
    const MOST: usize = 512;
    /// Longer messages name what is theirs alone.
    const SHORT: usize = 32;

    fn keep(&mut self, word: &str) -> Str {
        if let Some((kept, ())) = self.0.get_key_value(word) {
            return kept.clone();
        }
        let word: Str = word.into();
        if self.0.len() < Words::MOST {
            self.0.insert(word.clone(), ());
        }
        word
    }

    fn keep_short(&mut self, text: Str) -> Str {
        if text.len() <= Words::SHORT {
            return self.keep(&text);
        }
        text
    }
}

/// What a component tells about an object.
#[derive(Clone, Debug, Default)]
pub struct Telling<'a> {
    /// Whether somebody should worry.
    pub warning: bool,
    /// A word.
    pub reason: &'a str,
    /// A sentence.
    pub message: Str,
    /// The part of the object, as `spec.containers{web}`; empty for the whole.
    pub field_path: Str,
    /// What was done, of a component that tells by way of events.k8s.io; empty of the others.
    pub action: &'static str,
}

impl World {
    /// Tells people something about an object. The same telling again counts up the event that is there.
    pub fn tell(
        &mut self,
        actor: &Actor,
        about: &Object,
        warning: bool,
        reason: &str,
        message: impl Into<Str>,
    ) {
        self.tell_part(
            actor,
            about,
            Telling {
                warning,
                reason,
                message: message.into(),
                ..Telling::default()
            },
        );
    }

    /// [`World::tell`] about a part of an object, or by way of events.k8s.io.
    ///
    /// upstream: staging/src/k8s.io/client-go/tools/record/event.go recordToSink; tools/events/event_broadcaster.go
    pub fn tell_part(&mut self, actor: &Actor, about: &Object, telling: Telling<'_>) {
        let now = self.now();
        let words = &mut self.api.words;
        let (component, host): (Str, Str) = match actor {
            Actor::Control(name) if telling.action.is_empty() => (words.keep(name), words.keep("")),
            Actor::Control(name) => (words.keep(name), words.keep(&[name, HOST].concat())),
            Actor::Kubelet(node) => (words.keep("kubelet"), node.clone()),
            Actor::KubeProxy(node) => (words.keep("kube-proxy"), node.clone()),
            Actor::User(user) => (user.name.clone(), words.keep("")),
            Actor::Bootstrap => (words.keep("bootstrap"), words.keep("")),
        };
        let namespace = if about.meta().namespace.is_empty() {
            words.keep("default")
        } else {
            about.meta().namespace.clone()
        };
        let mut body = EventBody {
            about: about.key(),
            about_uid: about.meta().uid,
            about_version: about.meta().resource_version,
            field_path: words.keep(&telling.field_path),
            warning: telling.warning,
            reason: words.keep(telling.reason),
            message: words.keep_short(telling.message),
            component,
            host,
            action: words.keep(telling.action),
            count: 1,
            first: now,
            last: now,
            memory: Memory {
                heard: now,
                untold: 0,
                full: now,
                since: now,
            },
            rest: None,
        };
        if body.about.kind == KindId::NODE && matches!(actor, Actor::Kubelet(_)) {
            // A kubelet names its node without having it.
            body.about_version = 0;
        }
        let (twin, allowed) = correlate::correlate(self, &namespace, &mut body);
        match twin {
            Some(mut event) if allowed => {
                event.body.count += 1 + event.body.memory.untold;
                event.body.last = now;
                // Only those that are combined differ; a series is told of by its first.
                if body.action.is_empty() {
                    event.body.message = body.message;
                }
                event.body.memory = body.memory;
                self.put_event(actor, Verb::Update, event);
            }
            Some(mut event) if !self.dry => {
                let memory = &mut event.body.memory;
                memory.untold += 1;
                (memory.heard, memory.since) = (now, body.memory.since);
                settle(self, correlate::due(self.config.start, &event.body));
                self.store.amend(Object::Event(Arc::new(event)));
            }
            None if allowed && lives(self, &namespace) => {
                let meta = Meta {
                    name: name(self, &namespace, &body),
                    namespace,
                    uid: self.next_uid(),
                    created: now,
                    ..Meta::default()
                };
                self.put_event(actor, Verb::Create, Obj::new(meta, body));
            }
            _ => {}
        }
    }

    fn put_event(&mut self, actor: &Actor, verb: Verb, event: Obj<EventBody>) {
        let event = Object::Event(Arc::new(event));
        self.commit(actor, verb, event.key(), Some(event), Why::new("tell"));
    }
}

/// Nothing new is told in a namespace that goes.
fn lives(world: &World, namespace: &str) -> bool {
    match world.store.find::<NamespaceBody>("", namespace) {
        Some(found) => !found.meta.is_terminating(),
        None => namespace == "default",
    }
}

/// The object's name and the time in nanoseconds, of which the world has only every thousandth: what is told at the same
/// time has the next.
///
/// upstream: staging/src/k8s.io/client-go/tools/internal/events/helper.go GenerateEventName
fn name(world: &World, namespace: &Str, body: &EventBody) -> Str {
    let mut nanos = (EPOCH_UNIX_MS as u64 * 1_000 + body.first.0) * 1_000;
    loop {
        let name = format!("{}.{nanos:x}", body.about.name).into();
        let key = Key {
            kind: KindId::EVENT,
            namespace: namespace.clone(),
            name,
        };
        if world.store.get(&key).is_none() {
            return key.name;
        }
        nanos += 1;
    }
}

/// An event is about to be stored: it keeps what was remembered, and will be forgotten.
pub(crate) fn keep(world: &mut World, event: &mut Arc<Obj<EventBody>>) {
    let now = world.now();
    if event.body.memory.full == Time::default() {
        let key = Object::Event(event.clone()).key();
        let old = world.store.get(&key).and_then(EventBody::unwrap);
        let memory = old.map(|old| old.body.memory).unwrap_or_default();
        let event = Arc::make_mut(event);
        event.body.memory = Memory {
            heard: now,
            ..memory
        };
    }
    settle(world, correlate::due(world.config.start, &event.body));
}

/// Sees to it that events are looked after then.
fn settle(world: &mut World, due: Time) {
    let due = due.max(world.now);
    if !world.dry && world.api.expiry_due.is_none_or(|earlier| due < earlier) {
        world.api.expiry_due = Some(due);
        world.at(due, Work::ExpireEvents);
    }
}

/// Tells what is overdue, and forgets events that were last told an hour ago, a minute's worth at a time.
///
/// upstream: staging/src/k8s.io/apiserver/pkg/storage/etcd3/lease_manager.go: objects share leases of a minute
pub(super) fn expire(world: &mut World) {
    let (now, start) = (world.now(), world.config.start);
    if world.api.expiry_due != Some(now) {
        return;
    }
    world.api.expiry_due = None;
    let mut next = None;
    let mut due = Vec::new();
    for event in world.store.all::<EventBody>() {
        match correlate::due(start, &event.body) {
            at if at <= now => due.push(event.clone()),
            at => next = Some(next.map_or(at, |next: Time| next.min(at))),
        }
    }
    for event in due {
        if event.body.action.is_empty() || event.body.memory.untold == 0 {
            let actor = Actor::Control("kube-apiserver");
            let why = Why::new("event-expired");
            let key = Object::Event(event).key();
            world.commit(&actor, Verb::Delete, key, None, why);
            continue;
        }
        let mut event = event.as_ref().clone();
        let memory = &mut event.body.memory;
        event.body.count += std::mem::take(&mut memory.untold);
        event.body.last = memory.heard;
        world.put_event(&Actor::Control(SCHEDULER), Verb::Update, event);
    }
    if let Some(next) = next {
        settle(world, next.max(now + LEASE));
    }
}
