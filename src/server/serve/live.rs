//! The cluster that lives on while requests come in.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use podarium_api::meta::{Span, Time};
use podarium_cluster::{Cluster, Command, Request, Response};
use tokio::sync::watch;

use super::Server;

/// How often the clock is looked at.
const TICK: Duration = Duration::from_millis(10);
/// So long the cluster is lived on at most before requests have their turn.
const SLICE: Duration = Duration::from_millis(8);
/// Pieces of work between two looks at the wall clock.
const STEPS: u64 = 64;

/// A cluster under one lock: whatever happens to it happens in one order, which its history is.
pub struct Live {
    inner: Mutex<Inner>,
    /// The revision that was reached last; whoever watches waits for the next.
    revision: watch::Sender<u64>,
    closed: watch::Sender<bool>,
}

struct Inner {
    cluster: Cluster,
    clock: Clock,
}

/// Virtual time by the wall clock.
struct Clock {
    begun: Instant,
    from: Time,
    speed: f64,
}

impl Clock {
    fn target(&self) -> Time {
        let micros = self.begun.elapsed().as_secs_f64() * self.speed * 1e6;
        self.from + Span::micros(micros as u64)
    }
}

impl Live {
    /// A cluster that lives on from now, at so many virtual seconds per second.
    pub fn new(cluster: Cluster, speed: f64) -> Self {
        let clock = Clock {
            begun: Instant::now(),
            from: cluster.now(),
            speed,
        };
        Live {
            revision: watch::Sender::new(cluster.world().store().revision()),
            closed: watch::Sender::new(false),
            inner: Mutex::new(Inner { cluster, clock }),
        }
    }

    fn lock(&self) -> MutexGuard<'_, Inner> {
        // What panicked while it held the lock is told to its client; the cluster is whole between two pieces of work.
        self.inner.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Answers a request.
    pub fn handle(&self, request: Request) -> Response {
        let mut inner = self.lock();
        let response = inner.cluster.handle(request);
        self.tell(&inner.cluster);
        response
    }

    /// Carries out a command.
    pub fn command(&self, command: Command) -> Response {
        let mut inner = self.lock();
        let response = inner.cluster.command(command);
        self.tell(&inner.cluster);
        response
    }

    /// Reads the cluster.
    pub fn read<R>(&self, f: impl FnOnce(&Cluster) -> R) -> R {
        f(&self.lock().cluster)
    }

    /// Tells of every new revision.
    pub fn revisions(&self) -> watch::Receiver<u64> {
        self.revision.subscribe()
    }

    /// Turns true when the server ends.
    pub fn closed(&self) -> watch::Receiver<bool> {
        self.closed.subscribe()
    }

    /// Ends what waits for revisions.
    pub fn close(&self) {
        self.closed.send_replace(true);
    }

    /// Lives on to where the wall clock is, or for a slice.
    fn live_on(&self) {
        let begun = Instant::now();
        let mut inner = self.lock();
        let Inner { cluster, clock } = &mut *inner;
        let target = clock.target();
        while !cluster.advance(target, STEPS).reached {
            if begun.elapsed() > SLICE {
                break;
            }
        }
        self.tell(cluster);
    }

    fn tell(&self, cluster: &Cluster) {
        let here = cluster.world().store().revision();
        self.revision.send_if_modified(|last| {
            let new = *last != here;
            *last = here;
            new
        });
    }
}

/// Keeps virtual time with the wall clock, for as long as it is polled.
pub async fn keep_time(server: Arc<Server>) {
    let mut ticks = tokio::time::interval(TICK);
    ticks.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Delay);
    loop {
        ticks.tick().await;
        server.live.live_on();
    }
}
