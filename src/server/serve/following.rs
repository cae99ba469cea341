//! A watch that goes on: what there is at first, then what happens, line by line, as fast as its client reads.

use std::collections::VecDeque;
use std::pin::Pin;
use std::sync::Arc;
use std::time::Duration;

use axum::body::Bytes;
use podarium_api::meta::Time;
use podarium_cluster::apiserver::{Told, Watch};
use tokio::time::{Instant, Sleep};

use super::hub::{Event, Follower, line};
use super::live::Live;

/// How long a watch stays open whose client does not say.
///
/// upstream: staging/src/k8s.io/apiserver/pkg/endpoints/handlers/get.go: 30 to 60 minutes, by chance
const LONGEST: Duration = Duration::from_secs(45 * 60);

/// How often a watch that is told nothing looks whether a bookmark is due.
const BEAT: Duration = Duration::from_secs(1);

/// An open watch.
///
/// One that has fallen too far behind ends without a word, and its client begins again where it was.
// upstream: staging/src/k8s.io/apiserver/pkg/storage/cacher/cache_watcher.go forget: what cannot be sent in time ends the watch
pub struct Following {
    live: Arc<Live>,
    watch: Watch,
    follower: Follower,
    /// What was told under the lock, and when; it is put into words outside.
    told: VecDeque<Told>,
    at: Time,
    /// What has happened and was not looked at yet.
    events: VecDeque<Arc<Event>>,
    /// Which look the watch has, once that is settled.
    look: Option<usize>,
    over: bool,
    until: Instant,
    beat: Pin<Box<Sleep>>,
}

impl Following {
    /// Begins a watch, which stays open for `timeout` seconds at most.
    pub fn new(live: &Arc<Live>, mut watch: Watch, timeout: Option<u64>) -> Following {
        let until = Instant::now() + timeout.map_or(LONGEST, Duration::from_secs);
        let (follower, told, at) = live.follow(|cluster, hub| {
            let world = cluster.world();
            let told = world.told(&mut watch);
            (hub.follow(watch.kind()), told, world.now())
        });
        let mut following = Following {
            live: live.clone(),
            watch,
            follower,
            told: told.into(),
            at,
            events: VecDeque::new(),
            look: None,
            over: false,
            until,
            beat: Box::pin(tokio::time::sleep_until(until)),
        };
        following.wind();
        following
    }

    /// The next line; none when the watch is over.
    pub async fn next(&mut self) -> Option<Bytes> {
        loop {
            if let Some(told) = self.told.pop_front() {
                self.over |= matches!(told, Told::Error(_));
                let value = self.watch.event(self.at, &told);
                return Some(line(told.word(), &value));
            }
            while let Some(event) = self.events.pop_front() {
                if let Some(word) = self.watch.follow(&event.change, event.now) {
                    return Some(self.say(&event, word));
                }
            }
            if self.over || self.follower.is_closed() {
                return None;
            }
            self.follower.take(&mut self.events).ok()?;
            if !self.events.is_empty() {
                continue;
            }
            tokio::select! {
                biased;
                () = self.follower.news() => {}
                () = &mut self.beat => {
                    if Instant::now() >= self.until {
                        return None;
                    }
                    self.look_for_bookmark()?;
                    self.wind();
                }
            }
        }
    }

    fn say(&mut self, event: &Event, word: &'static str) -> Bytes {
        if self.look.is_none() {
            self.look = self.follower.look(&self.watch);
        }
        event.line(&mut self.watch, self.look, word)
    }

    /// Sets the next beat.
    fn wind(&mut self) {
        let next = match self.watch.wants_bookmarks() {
            true => self.until.min(Instant::now() + BEAT),
            false => self.until,
        };
        self.beat.as_mut().reset(next);
    }

    /// Where nothing has happened that is not told, the core knows whether the revision is to be.
    fn look_for_bookmark(&mut self) -> Option<()> {
        let (follower, events, watch) = (&mut self.follower, &mut self.events, &mut self.watch);
        let told = self.live.read(|cluster| {
            follower.take(events).ok()?;
            let world = cluster.world();
            let quiet = events.is_empty();
            Some((quiet.then(|| world.told(watch)), world.now()))
        });
        let (told, at) = told?;
        self.told.extend(told.into_iter().flatten());
        self.at = at;
        Some(())
    }
}
