//! Watches: changes of a collection from a revision on, for clients outside.

use podarium_api::kinds::KindId;
use podarium_api::meta::{Span, Str, Time};
use podarium_api::object::Object;
use podarium_api::status::{Reason, Status};
use serde_json::{Value, json};

use super::super::{beats, managed};
use super::list::{self, Asked, Terms};
use super::present::Form;
use super::router::Place;
use super::version;
use crate::store::Change;
use crate::world::World;

/// How long a watch with bookmarks may be without news of the revision.
///
/// upstream: staging/src/k8s.io/apiserver/pkg/storage/cacher/cacher.go defaultBookmarkFrequency
const BOOKMARKS: Span = Span::secs(60);

/// An open watch: what it is about, and how far it has come.
#[derive(Clone, Debug, PartialEq)]
pub struct Watch {
    /// As what it is asked for, and as what it is stored.
    served: KindId,
    kind: KindId,
    namespace: Str,
    terms: Terms,
    state: State,
    /// Whether a bookmark says when all that was there at first has been told.
    streams: bool,
    /// When the client last heard of a revision, where it asked for bookmarks.
    bookmarked: Option<Time>,
    /// What the objects are told as.
    pub(super) form: Form,
}

#[derive(Clone, Copy, Debug, PartialEq)]
enum State {
    /// What is there is yet to be told; the revision that must have come.
    Begins(u64),
    /// The revision that was told last.
    Follows(u64),
    /// An error was the last thing that was told.
    Over,
}

/// One thing that a watch tells.
#[derive(Clone, Debug, PartialEq)]
pub enum Told {
    /// `ADDED`, `MODIFIED` or `DELETED`: an object, and the revision that it carries.
    Object(&'static str, Object, u64),
    /// `BOOKMARK`: nothing older is to come.
    Bookmark(Value),
    /// `ERROR`: a Status; the watch is over.
    Error(Status),
}

impl Told {
    /// The word for it, as the field `type` has it.
    pub fn word(&self) -> &'static str {
        match self {
            Told::Object(word, ..) => word,
            Told::Bookmark(_) => "BOOKMARK",
            Told::Error(_) => "ERROR",
        }
    }

    /// What goes with the word in a version, as the field `object` has it.
    pub fn value(&self, served: KindId) -> Value {
        match self {
            Told::Object(_, object, revision) => {
                let mut value = version::served(served.info(), object);
                value["metadata"]["resourceVersion"] = revision.to_string().into();
                managed::show_one(served.info(), &mut value);
                value
            }
            Told::Bookmark(value) => value.clone(),
            Told::Error(status) => status.to_value(),
        }
    }
}

impl Watch {
    pub(super) fn new(
        world: &World,
        place: &Place,
        terms: Terms,
        asked: &Asked,
        bookmarks: bool,
        streams: bool,
    ) -> Self {
        let state = match (asked.initial, asked.least) {
            (true, least) => State::Begins(least),
            (false, 0) => State::Follows(world.store().revision()),
            (false, from) => State::Follows(from),
        };
        Watch {
            served: place.info.id,
            kind: place.info.storage(),
            namespace: place.namespace.as_str().into(),
            terms,
            state,
            streams,
            bookmarked: bookmarks.then(|| world.now()),
            form: Form::default(),
        }
    }

    /// Whether nothing will be told any more.
    pub fn is_over(&self) -> bool {
        self.state == State::Over
    }

    fn selects(&self, object: &Object) -> bool {
        (self.namespace.is_empty() || object.meta().namespace == self.namespace)
            && self.terms.select(object)
    }

    /// An object that begins to be selected is added, one that ceases to be is deleted.
    // upstream: staging/src/k8s.io/apiserver/pkg/storage/cacher/cache_watcher.go getMutableObject, convertToWatchEvent
    fn told(&self, change: &Change) -> Option<Told> {
        if change.key.kind != self.kind {
            return None;
        }
        let old = change.old.as_ref().filter(|o| self.selects(o));
        let new = change.new.as_ref().filter(|o| self.selects(o));
        let (word, object) = match (old, new) {
            (None, Some(new)) => ("ADDED", new),
            (Some(_), Some(new)) => ("MODIFIED", new),
            // What ceases to be selected is told as it was when it was selected last.
            (Some(old), None) => ("DELETED", old),
            (None, None) => return None,
        };
        Some(Told::Object(word, object.clone(), change.revision))
    }

    fn bookmark(&self, revision: u64, ends: bool) -> Told {
        let info = self.served.info();
        let mut meta = json!({"resourceVersion": revision.to_string()});
        if ends {
            meta["annotations"] = json!({"k8s.io/initial-events-end": "true"});
        }
        Told::Bookmark(
            json!({"kind": info.kind, "apiVersion": info.api_version(), "metadata": meta}),
        )
    }
}

impl World {
    /// What happened to a watch's objects since it was last asked, by the words `ADDED`, `MODIFIED`, `DELETED`, `BOOKMARK`
    /// and `ERROR`, in the form that was asked for.
    pub fn poll_watch(&self, watch: &mut Watch) -> Vec<(&'static str, Value)> {
        let told = self.told(watch);
        let each = told.iter().map(|told| {
            let value = watch.form.event(self.now(), told.value(watch.served));
            (told.word(), value)
        });
        each.collect()
    }

    /// [`World::poll_watch`] before it is put into a form: an error, after which the watch is over, when it begins before
    /// the oldest change that is still known.
    pub fn told(&self, watch: &mut Watch) -> Vec<Told> {
        let store = self.store();
        let here = store.revision();
        let mut told: Vec<Told> = Vec::new();
        match watch.state {
            State::Over => return told,
            State::Begins(least) if least > here => {
                watch.state = State::Over;
                return vec![Told::Error(list::too_large(least, here))];
            }
            State::Begins(_) => {
                let selected = store.list(watch.kind).filter(|o| watch.selects(o));
                let each = selected.map(|o| {
                    Told::Object("ADDED", beats::seen(self, o), o.meta().resource_version)
                });
                told.extend(each);
                if watch.streams && watch.bookmarked.is_some() {
                    told.push(watch.bookmark(here, true));
                }
            }
            // Of a thousand watches, most are about kinds that nothing has happened to.
            State::Follows(from) if from >= store.last_change(watch.kind) => {}
            State::Follows(from) => {
                let Some(changes) = store.changes_after(from) else {
                    watch.state = State::Over;
                    let known = store.oldest_change() - 1;
                    let text = format!("too old resource version: {from} ({known})");
                    return vec![Told::Error(Status::new(Reason::Expired, text))];
                };
                told.extend(changes.filter_map(|change| watch.told(change)));
            }
        }
        watch.state = match watch.state {
            State::Follows(from) => State::Follows(from.max(here)),
            _ => State::Follows(here),
        };
        if let Some(heard) = watch.bookmarked {
            let silent = told.is_empty();
            if silent && self.now() - heard >= BOOKMARKS {
                told.push(watch.bookmark(here, false));
            }
            if !told.is_empty() {
                watch.bookmarked = Some(self.now());
            }
        }
        told
    }
}
