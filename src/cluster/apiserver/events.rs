//! Events: written by components for people, counted when they repeat, forgotten after an hour.

use std::sync::Arc;

use podarium_api::event::EventBody;
use podarium_api::kinds::KindId;
use podarium_api::meta::{Meta, Span, Str};
use podarium_api::object::{Key, Obj, Object};
use podarium_api::ordered::OrdMap;
use podarium_api::time::EPOCH_UNIX_MS;

use super::Work;
use crate::sim::{Actor, Verb, Why};
use crate::world::World;

/// upstream: cmd/kube-apiserver --event-ttl
const TTL: Span = Span::secs(3_600);
/// upstream: staging/src/k8s.io/apiserver/pkg/storage/etcd3/lease_manager.go defaultLeaseReuseDurationSeconds
const LEASE: Span = Span::secs(60);

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
            Actor::User(user) => (user.name.clone(), words.keep("")),
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
        let prefix = format!("{}.", body.about.name);
        let mut key = Key {
            kind: KindId::EVENT,
            namespace,
            name: prefix.as_str().into(),
        };
        let told = self.store.named_like(&key);
        let told = told
            .filter_map(Object::as_kind::<EventBody>)
            .find(|e| same(&e.body, &body))
            .cloned();
        let (verb, object) = match told {
            Some(mut event) => {
                key.name = event.meta.name.clone();
                let body = &mut Arc::make_mut(&mut event).body;
                body.count += 1;
                body.last = now;
                (Verb::Update, event)
            }
            None => {
                // Named by the nanosecond, so that a list is in the order of the telling.
                // upstream: staging/src/k8s.io/client-go/tools/record/event.go makeEvent
                let mut nanos = EPOCH_UNIX_MS as u64 * 1_000_000 + now.0 * 1_000;
                while {
                    key.name = format!("{prefix}{nanos:x}").into();
                    self.store.get(&key).is_some()
                } {
                    nanos += 1;
                }
                let meta = Meta {
                    namespace: key.namespace.clone(),
                    name: key.name.clone(),
                    uid: self.next_uid(),
                    created: now,
                    ..Meta::default()
                };
                (Verb::Create, Arc::new(Obj::new(meta, body)))
            }
        };
        if !self.api.expiry_due {
            self.api.expiry_due = true;
            self.after(TTL, Work::ExpireEvents);
        }
        self.commit(
            actor,
            verb,
            key,
            Some(Object::Event(object)),
            Why::new("tell"),
        );
    }
}

/// Forgets events that were last told an hour ago, a minute's worth at a time.
///
/// upstream: staging/src/k8s.io/apiserver/pkg/storage/etcd3/lease_manager.go: objects share leases of a minute
pub(super) fn expire(world: &mut World) {
    let now = world.now();
    let (old, young): (Vec<_>, Vec<_>) = world
        .store
        .all::<EventBody>()
        .map(|event| (event.body.last + TTL, event))
        .partition(|(due, _)| *due <= now);
    let next = young.iter().map(|(due, _)| *due).min();
    let old: Vec<Key> = old
        .into_iter()
        .map(|(_, e)| Key {
            kind: KindId::EVENT,
            namespace: e.meta.namespace.clone(),
            name: e.meta.name.clone(),
        })
        .collect();
    for key in old {
        let actor = Actor::Control("kube-apiserver");
        world.commit(&actor, Verb::Delete, key, None, Why::new("event-expired"));
    }
    world.api.expiry_due = next.is_some();
    if let Some(next) = next {
        world.at(next.max(now + LEASE), Work::ExpireEvents);
    }
}

/// Whether two tellings are the same one: everything but the count and the times.
fn same(old: &EventBody, new: &EventBody) -> bool {
    (old.about_uid, old.warning) == (new.about_uid, new.warning)
        && old.rest.is_none()
        && [
            (&old.reason, &new.reason),
            (&old.message, &new.message),
            (&old.field_path, &new.field_path),
            (&old.component, &new.component),
            (&old.host, &new.host),
        ]
        .iter()
        .all(|(old, new)| old == new)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Config;
    use podarium_api::meta::Time;
    use podarium_api::object::Namespace;

    #[test]
    fn tellings_are_counted_and_forgotten_after_an_hour() {
        let world = &mut World::new(Config::default());
        let about = Namespace::new(Meta::new("", "shop"), Default::default()).into_object();
        let actor = Actor::Control("namespace-controller");
        world.tell(&actor, &about, false, "Begun", "once");
        world.now = world.now + Span::secs(1_800);
        world.tell(&actor, &about, true, "Again", "twice");
        world.tell(&actor, &about, true, "Again", "twice");
        let told = |world: &World| -> Vec<(String, u32)> {
            let all = world.store.all::<EventBody>();
            let mut all: Vec<_> = all
                .map(|e| (e.body.reason.to_string(), e.body.count))
                .collect();
            all.sort();
            all
        };
        assert_eq!(told(world), [("Again".into(), 2), ("Begun".into(), 1)]);
        let names: Vec<_> = world
            .store
            .all::<EventBody>()
            .map(|e| e.meta.name.to_string())
            .collect();
        assert_eq!(names, ["shop.18867251edfa0000", "shop.188673f506565000"]);
        let mut left = Vec::new();
        while world.next_work(Time(u64::MAX)).is_some() {
            expire(world);
            left.push((world.now().as_millis() / 1_000, told(world).len()));
        }
        assert_eq!(left, [(3_600, 1), (5_400, 0)]);
        world.tell(&actor, &about, false, "Begun", "anew");
        assert!(world.next_work(Time(u64::MAX)).is_some());
    }
}
