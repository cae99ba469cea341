//! The cluster that lives on while requests come in.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use podarium_api::meta::{Span, Time};
use podarium_cluster::{Cluster, Command, Request, Response};
use tokio::sync::watch;

use super::hub::Hub;

/// How often the clock is looked at.
const TICK: Duration = Duration::from_millis(10);
/// So long the cluster is lived on at most before requests have their turn.
const SLICE: Duration = Duration::from_millis(8);
/// Pieces of work between two looks at the wall clock.
const STEPS: u64 = 64;

/// A cluster under one lock: whatever happens to it happens in one order, which its history is.
pub struct Live {
    inner: Mutex<Inner>,
    /// Whoever watches follows it. Nothing is unpublished while nobody holds the lock.
    hub: Hub,
    /// Turns true when nobody is to wait any longer.
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
            hub: Hub::new(cluster.world()),
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
        self.hub.publish(inner.cluster.world());
        response
    }

    /// Carries out a command.
    pub fn command(&self, command: Command) -> Response {
        let mut inner = self.lock();
        let response = inner.cluster.command(command);
        self.hub.publish(inner.cluster.world());
        response
    }

    /// Reads the cluster.
    pub fn read<R>(&self, f: impl FnOnce(&Cluster) -> R) -> R {
        f(&self.lock().cluster)
    }

    /// Reads the cluster, with what tells of its changes from this very state on.
    pub fn follow<R>(&self, f: impl FnOnce(&Cluster, &Hub) -> R) -> R {
        f(&self.lock().cluster, &self.hub)
    }

    /// Turns true when whatever is open is to end.
    pub fn closed(&self) -> watch::Receiver<bool> {
        self.closed.subscribe()
    }

    /// Ends what waits for changes.
    pub fn close(&self) {
        self.closed.send_replace(true);
        self.hub.close();
    }

    /// Lives on to where the wall clock is, or for a slice.
    fn live_on(&self) {
        let begun = Instant::now();
        let mut inner = self.lock();
        let Inner { cluster, clock } = &mut *inner;
        let target = clock.target();
        loop {
            let reached = cluster.advance(target, STEPS).reached;
            self.hub.publish(cluster.world());
            if reached || begun.elapsed() > SLICE {
                break;
            }
        }
    }
}

/// Keeps virtual time with the wall clock, for as long as it is polled.
pub async fn keep_time(live: Arc<Live>) {
    let mut ticks = tokio::time::interval(TICK);
    ticks.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Delay);
    loop {
        ticks.tick().await;
        live.live_on();
    }
}
