//! Watches: changes of a collection from a revision on, for clients outside.

use std::sync::Arc;

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
    custom: Option<Arc<Value>>,
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

/// What decides how the events of a watch read: watches of one look are told of a change in the same bytes.
#[derive(Clone, Debug, PartialEq)]
pub struct Look(KindId, Form);

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
    /// A change, by the word that [`Watch::follow`] found for it.
    pub fn of(word: &'static str, change: &Change) -> Option<Told> {
        // What ceases to be selected is told as it was when it was selected last.
        let object = if word == "DELETED" {
            &change.old
        } else {
            &change.new
        };
        Some(Told::Object(word, object.clone()?, change.revision))
    }

    /// The word for it, as the field `type` has it.
    pub fn word(&self) -> &'static str {
        match self {
            Told::Object(word, ..) => word,
            Told::Bookmark(_) => "BOOKMARK",
            Told::Error(_) => "ERROR",
        }
    }

    /// What goes with the word in a watch, as the field `object` has it.
    pub fn value(&self, watch: &Watch) -> Value {
        let info = watch.served.info();
        match self {
            Told::Object(_, object, revision) => {
                let mut value = version::seen(info, watch.custom.as_deref(), object);
                value["metadata"]["resourceVersion"] = revision.to_string().into();
                managed::show_one(info, &mut value);
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
            custom: place.custom.clone(),
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
    fn word(&self, change: &Change) -> Option<&'static str> {
        if change.key.kind != self.kind {
            return None;
        }
        let selects = |object: &Option<Object>| object.as_ref().is_some_and(|o| self.selects(o));
        match (selects(&change.old), selects(&change.new)) {
            (false, true) => Some("ADDED"),
            (true, true) => Some("MODIFIED"),
            (true, false) => Some("DELETED"),
            (false, false) => None,
        }
    }

    /// The kind whose changes it follows.
    pub fn kind(&self) -> KindId {
        self.kind
    }

    /// Whether the client wants to hear of the revision when there is nothing else to tell.
    pub fn wants_bookmarks(&self) -> bool {
        self.bookmarked.is_some()
    }

    /// How what comes next reads; none while that is like no other's, as the first Table with its columns.
    pub fn look(&self) -> Option<Look> {
        let form = &self.form;
        form.is_settled().then(|| Look(self.served, form.clone()))
    }

    /// Goes on to a change that came at `now`, which must be the next of its kind: the word for it, if it is one to be told.
    pub fn follow(&mut self, change: &Change, now: Time) -> Option<&'static str> {
        match self.state {
            State::Follows(from) if from < change.revision => {}
            _ => return None,
        }
        self.state = State::Follows(change.revision);
        let word = self.word(change)?;
        self.bookmarked = self.bookmarked.map(|_| now);
        Some(word)
    }

    /// What goes with the word, in the form that was asked for.
    pub fn event(&mut self, now: Time, told: &Told) -> Value {
        self.form.event(now, told.value(self))
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
        let each = told.iter();
        each.map(|told| (told.word(), watch.event(self.now(), told)))
            .collect()
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
                told.extend(changes.filter_map(|change| Told::of(watch.word(change)?, change)));
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
