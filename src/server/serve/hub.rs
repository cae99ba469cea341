//! Changes on their way to those who watch: kept for a while, and put into words once for all who are told the same.
//!
//! Nothing is sent to anybody. Who watches is woken, and reads on from where it was, as fast as its client reads. So the one
//! who writes pays the same whoever is slow, and what is kept for all is bounded.

use std::collections::{BTreeMap, VecDeque};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use axum::body::Bytes;
use podarium_api::kinds::KindId;
use podarium_api::meta::Time;
use podarium_cluster::apiserver::{Look, Told, Watch};
use podarium_cluster::store::Change;
use podarium_cluster::world::World;
use serde_json::Value;
use tokio::sync::watch;

/// How many changes of a kind are kept. Who is further behind has lost the thread, and is let go.
const KEPT: usize = 4_096;

/// How many changes are taken at once.
const TAKEN: usize = 100;

/// What happens in a cluster, by kind.
pub struct Hub {
    inner: Mutex<Inner>,
}

struct Inner {
    /// The revision up to which everything was handed on.
    published: u64,
    closed: bool,
    /// Of the kinds that somebody watches.
    topics: BTreeMap<KindId, Arc<Topic>>,
}

/// The changes of a kind.
struct Topic {
    kept: Mutex<Kept>,
    /// The looks that somebody has asked for. There are few: what may be asked for is a short list.
    looks: Mutex<Vec<Look>>,
    /// Wakes who follows; true when nothing more will come.
    news: watch::Sender<bool>,
}

struct Kept {
    /// The number of the oldest.
    first: u64,
    events: VecDeque<Arc<Event>>,
}

impl Kept {
    fn end(&self) -> u64 {
        self.first + self.events.len() as u64
    }
}

/// A change, and the words for it that somebody has needed.
pub struct Event {
    /// What happened.
    pub change: Arc<Change>,
    /// When it was told.
    pub now: Time,
    lines: Mutex<Vec<(&'static str, usize, Bytes)>>,
}

/// A place among the changes of a kind.
pub struct Follower {
    topic: Arc<Topic>,
    news: watch::Receiver<bool>,
    /// The number of the change that comes next.
    next: u64,
}

/// Who follows has missed changes: they were kept as long as could be.
#[derive(Debug, PartialEq)]
pub struct Lost;

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    // Nothing here is left half done by what may panic, which is the rules while they put something into words.
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

impl Hub {
    /// A hub of a world that is as it is.
    pub fn new(world: &World) -> Hub {
        Hub {
            inner: Mutex::new(Inner {
                published: world.store().revision(),
                closed: false,
                topics: BTreeMap::new(),
            }),
        }
    }

    /// Hands on what has happened since the last time. To be called whenever something may have, before anybody else
    /// looks at the world.
    pub fn publish(&self, world: &World) {
        let mut inner = lock(&self.inner);
        let (from, here) = (inner.published, world.store().revision());
        if from == here {
            return;
        }
        inner.published = here;
        if inner.topics.is_empty() {
            return;
        }
        inner
            .topics
            .retain(|_, topic| topic.news.receiver_count() > 0);
        let Some(changes) = world.store().changes_after(from) else {
            inner.topics.values().for_each(|topic| topic.lose());
            return;
        };
        for change in changes {
            if let Some(topic) = inner.topics.get(&change.key.kind) {
                topic.put(change, world.now());
            }
        }
        for (kind, topic) in &inner.topics {
            if world.store().last_change(*kind) > from {
                topic.wake(false);
            }
        }
    }

    /// A place behind everything that has happened to a kind. To be called when nothing is unpublished.
    pub fn follow(&self, kind: KindId) -> Follower {
        let mut inner = lock(&self.inner);
        let topic = inner.topics.entry(kind).or_insert_with(Topic::new).clone();
        let next = lock(&topic.kept).end();
        let follower = Follower {
            news: topic.news.subscribe(),
            next,
            topic,
        };
        if inner.closed {
            follower.topic.wake(true);
        }
        follower
    }

    /// Tells everybody that nothing more will come.
    pub fn close(&self) {
        let mut inner = lock(&self.inner);
        inner.closed = true;
        inner.topics.values().for_each(|topic| topic.wake(true));
    }
}

impl Topic {
    fn new() -> Arc<Topic> {
        Arc::new(Topic {
            kept: Mutex::new(Kept {
                first: 0,
                events: VecDeque::new(),
            }),
            looks: Mutex::default(),
            news: watch::Sender::new(false),
        })
    }

    fn put(&self, change: &Arc<Change>, now: Time) {
        let mut kept = lock(&self.kept);
        if kept.events.len() == KEPT {
            kept.events.pop_front();
            kept.first += 1;
        }
        kept.events.push_back(Arc::new(Event {
            change: change.clone(),
            now,
            lines: Mutex::default(),
        }));
    }

    /// Nobody knows any more what happened.
    fn lose(&self) {
        let mut kept = lock(&self.kept);
        kept.first = kept.end() + 1;
        kept.events.clear();
        drop(kept);
        self.wake(false);
    }

    fn wake(&self, closed: bool) {
        self.news.send_modify(|was| *was |= closed);
    }
}

impl Follower {
    /// The changes that come next, a few at a time.
    ///
    /// # Errors
    /// [`Lost`].
    pub fn take(&mut self, out: &mut VecDeque<Arc<Event>>) -> Result<(), Lost> {
        // Seen before the look, so that nothing that comes meanwhile is slept through.
        self.news.mark_unchanged();
        let kept = lock(&self.topic.kept);
        let skip = self.next.checked_sub(kept.first).ok_or(Lost)?;
        let skip = usize::try_from(skip).unwrap_or(usize::MAX);
        let events = kept.events.iter().skip(skip).take(TAKEN);
        let before = out.len();
        out.extend(events.cloned());
        self.next += (out.len() - before) as u64;
        Ok(())
    }

    /// Waits until there is something to take.
    pub async fn news(&mut self) {
        // Whoever follows keeps the topic, and with it the sender.
        let _ = self.news.changed().await;
    }

    /// Whether nothing more will come.
    pub fn is_closed(&self) -> bool {
        *self.news.borrow()
    }

    /// The number of a watch's look; none where its words are nobody else's.
    pub fn look(&self, watch: &Watch) -> Option<usize> {
        let look = watch.look()?;
        let mut looks = lock(&self.topic.looks);
        let known = looks.iter().position(|known| *known == look);
        Some(known.unwrap_or_else(|| {
            looks.push(look);
            looks.len() - 1
        }))
    }
}

impl Event {
    /// The line that a watch of that look is told, by the word for the change.
    pub fn line(&self, watch: &mut Watch, look: Option<usize>, word: &'static str) -> Bytes {
        let mut make = || {
            let told = Told::of(word, &self.change).expect("a word is said of what there is");
            line(word, &watch.event(self.now, &told))
        };
        let Some(look) = look else {
            return make();
        };
        // Whoever needs the same line now waits until it is made.
        let mut lines = lock(&self.lines);
        let known = lines.iter().find(|(w, l, _)| *l == look && *w == word);
        if let Some((.., line)) = known {
            return line.clone();
        }
        let line = make();
        lines.push((word, look, line.clone()));
        line
    }
}

/// An event as a line of JSON.
pub fn line(word: &str, object: &Value) -> Bytes {
    format!("{{\"type\":\"{word}\",\"object\":{object}}}\n").into()
}
