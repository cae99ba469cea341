//! What a component makes of things that it has reason to tell again and again: it counts, combines, and keeps some to itself.

use std::sync::Arc;

use podarium_api::event::EventBody;
use podarium_api::kinds::KindId;
use podarium_api::meta::{Span, Str, Time};
use podarium_api::object::{Body, Key, Obj};

use crate::world::World;

/// upstream: cmd/kube-apiserver --event-ttl
const TTL: Span = Span::secs(3_600);

/// upstream: staging/src/k8s.io/client-go/tools/record/events_cache.go defaultSpamBurst, defaultSpamQPS
const BURST: u64 = 25;
const REFILL: Span = Span::secs(300);
/// upstream: events_cache.go defaultAggregateMaxEvents, defaultAggregateIntervalInSeconds
const SIMILAR: usize = 10;
const INTERVAL: Span = Span::secs(600);
/// upstream: events_cache.go EventAggregatorByReasonMessageFunc
const COMBINED: &str = "(combined from similar events): ";

/// upstream: staging/src/k8s.io/client-go/tools/events/event_broadcaster.go finishTime, refreshTime
const FINISH: Span = Span::secs(360);
const REFRESH: Span = Span::secs(1_800);

/// Finds the event that is to be counted up, and says whether something is told now; `body` gets its message and memory.
///
/// upstream: events_cache.go EventCorrelate; event_broadcaster.go recordToSink
pub(super) fn correlate(
    world: &World,
    namespace: &Str,
    body: &mut EventBody,
) -> (Option<Obj<EventBody>>, bool) {
    let now = body.last;
    let from = Key {
        kind: KindId::EVENT,
        namespace: namespace.clone(),
        name: [&*body.about.name, "."].concat().into(),
    };
    let mut similar: Vec<&Arc<Obj<EventBody>>> = Vec::new();
    let told = world.store.named_like(&from);
    for event in told.filter_map(EventBody::unwrap) {
        let other = &event.body;
        if other.rest.is_none()
            && other.about_uid == body.about_uid
            && other.component == body.component
            && other.host == body.host
            && other.about == body.about
        {
            body.memory.full = body.memory.full.max(other.memory.full);
            if other.reason == body.reason && other.warning == body.warning {
                similar.push(event);
            }
        }
    }
    if !body.action.is_empty() {
        // What was not told for a while is begun anew; what is told a second time becomes a series.
        let twin = similar.into_iter().find(|e| {
            e.body.action == body.action
                && e.body.about_version == body.about_version
                && tick(world.config.start, FINISH, e.body.memory.heard + FINISH) > now
        });
        body.memory.full = now + REFILL;
        return (
            twin.map(|e| e.as_ref().clone()),
            twin.is_none_or(|e| e.body.count == 1),
        );
    }
    if let Some(last) = similar.iter().max_by_key(|e| e.body.memory.heard)
        && now - last.body.memory.heard <= INTERVAL
    {
        body.memory.since = last.body.memory.since;
    }
    let combined = |event: &EventBody| event.message.starts_with(COMBINED);
    let mut messages = vec![&body.message];
    for event in &similar {
        let other = &event.body;
        let recent = other.memory.heard >= body.memory.since && !combined(other);
        if recent && !messages.contains(&&other.message) {
            messages.push(&other.message);
        }
    }
    if messages.len() >= SIMILAR {
        body.message = [COMBINED, &*body.message].concat().into();
    }
    let combines = combined(body);
    let twin = similar.into_iter().find(|e| match combines {
        true => combined(&e.body),
        false => e.body.field_path == body.field_path && e.body.message == body.message,
    });
    let allowed = body.memory.full + REFILL <= now + REFILL * BURST;
    if allowed {
        body.memory.full = body.memory.full + REFILL;
    }
    (twin.map(|e| e.as_ref().clone()), allowed)
}

/// When there is something to be done about an event: it is forgotten, or what was kept back of a series is told.
///
/// upstream: event_broadcaster.go refreshExistingEventSeries, finishSeries
pub(super) fn due(start: Time, body: &EventBody) -> Time {
    let heard = body.memory.heard;
    if body.rest.is_some() {
        heard + TTL
    } else if body.memory.untold > 0 && !body.action.is_empty() {
        tick(start, REFRESH, heard).min(tick(start, FINISH, heard + FINISH))
    } else {
        body.last + TTL
    }
}

/// The first time after `at` at which something is done that is done regularly.
fn tick(start: Time, every: Span, at: Time) -> Time {
    start + every * ((at - start).0 / every.0 + 1)
}
