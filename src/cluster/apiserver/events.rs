//! Events: written by components for people, counted when they repeat, forgotten after an hour.

use std::sync::Arc;

use imbl::OrdMap;
use podarium_api::event::EventBody;
use podarium_api::kinds::KindId;
use podarium_api::meta::{Meta, Span, Str};
use podarium_api::object::{Key, Obj, Object};

use super::Work;
use crate::sim::{Actor, Verb, Why};
use crate::world::World;

/// upstream: cmd/kube-apiserver --event-ttl
const TTL: Span = Span::secs(3_600);

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
#[derive(Clone, Debug)]
pub struct Telling<'a> {
    /// Whether somebody should worry.
    pub warning: bool,
    /// A word.
    pub reason: &'a str,
    /// A sentence.
    pub message: Str,
    /// The part of the object, as `spec.containers{web}`; empty for the whole.
    pub field_path: Str,
}

impl World {
    /// Tells people something about an object. The same telling again counts up the event that is there.
    ///
    /// upstream: staging/src/k8s.io/client-go/tools/record/events_cache.go eventLogger
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
                field_path: "".into(),
            },
        );
    }

    /// [`World::tell`] about a part of an object.
    pub fn tell_part(&mut self, actor: &Actor, about: &Object, telling: Telling<'_>) {
        let now = self.now();
        let words = &mut self.api.words;
        let (component, host): (Str, Str) = match actor {
            Actor::Control(name) => (words.keep(name), words.keep("")),
            Actor::Kubelet(node) => (words.keep("kubelet"), node.clone()),
            Actor::KubeProxy(node) => (words.keep("kube-proxy"), node.clone()),
            Actor::User(name) => (name.clone(), words.keep("")),
            Actor::Bootstrap => (words.keep("bootstrap"), words.keep("")),
        };
        let namespace = if about.meta().namespace.is_empty() {
            words.keep("default")
        } else {
            about.meta().namespace.clone()
        };
        let body = EventBody {
            about: about.key(),
            about_uid: about.meta().uid,
            field_path: words.keep(&telling.field_path),
            warning: telling.warning,
            reason: words.keep(telling.reason),
            message: words.keep_short(telling.message),
            component,
            host,
            count: 1,
            first: now,
            last: now,
            rest: None,
        };
        let name = format!("{}.{:x}", body.about.name, fingerprint(&body));
        let key = Key {
            kind: KindId::EVENT,
            namespace,
            name: name.into(),
        };
        let (verb, object) = match self.store.get(&key).and_then(Object::as_kind::<EventBody>) {
            Some(event) => {
                let mut event = event.as_ref().clone();
                event.body.count += 1;
                event.body.last = now;
                (Verb::Update, event)
            }
            None => {
                let meta = Meta {
                    namespace: key.namespace.clone(),
                    name: key.name.clone(),
                    uid: self.next_uid(),
                    created: now,
                    ..Meta::default()
                };
                (Verb::Create, Obj::new(meta, body))
            }
        };
        if self.api.event_expiry.is_empty() {
            self.after(TTL, Work::ExpireEvents);
        }
        self.api.event_expiry.push_back((now + TTL, key.clone()));
        self.commit(
            actor,
            verb,
            key,
            Some(Object::Event(Arc::new(object))),
            Why::new("tell"),
        );
    }
}

/// Forgets events that were last told an hour ago.
pub(super) fn expire(world: &mut World) {
    let now = world.now();
    while let Some((due, _)) = world.api.event_expiry.front() {
        if *due > now {
            let due = *due;
            world.at(due, Work::ExpireEvents);
            return;
        }
        let Some((_, key)) = world.api.event_expiry.pop_front() else {
            return;
        };
        let old = world.store.find::<EventBody>(&key.namespace, &key.name);
        if old.is_some_and(|e| e.body.last + TTL <= now) {
            world.commit(
                &Actor::Control("kube-apiserver"),
                Verb::Delete,
                key,
                None,
                Why::new("event-expired"),
            );
        }
    }
}

/// What makes two tellings the same one: everything but the count and the times.
fn fingerprint(body: &EventBody) -> u64 {
    let about = [
        body.about.kind.info().plural,
        &body.about.namespace,
        &body.about.name,
        &body.field_path,
        &body.reason,
        &body.message,
        &body.component,
        &body.host,
    ];
    let mut hash = 0xcbf2_9ce4_8422_2325 ^ body.about_uid.0 as u64;
    for byte in about.iter().flat_map(|part| part.bytes().chain([0])) {
        hash = (hash ^ u64::from(byte)).wrapping_mul(0x0000_0100_0000_01b3);
    }
    hash
}
