//! What a container has printed, and what of it is asked for.

use serde_json::{Value, json};

use super::{given, own, prints};
use crate::shell;

/// More commands than a log is followed through.
const STEPS: u64 = 1_000_000;

/// Answers the question `log`: `{lines, asks}`, where a line is `[microseconds since 1970, 1 or 2, text]` and `asks` a
/// question to the network that the container's script waits for. `until` is up to when, in microseconds since 1970; the
/// container's end counts where it is earlier.
pub fn lines(facts: &Value, until: &Value) -> Value {
    let own = own(facts);
    let since = own["since"].as_u64().unwrap_or_default();
    let end = own["at"].as_u64();
    let until = match (until.as_u64(), end) {
        (Some(until), Some(end)) => until.min(end),
        (until, end) => until.or(end).unwrap_or(since),
    };
    let (mut pieces, mut asks) = (Vec::new(), Value::Null);
    let mut serves = Some(0).filter(|_| own["argv"].is_null());
    if own["argv"].is_array() {
        let mut given = given(facts);
        given["argv"] = own["argv"].clone();
        given["now"] = since.into();
        given["until"] = until.saturating_sub(since).into();
        given["answers"] = own["answers"].clone();
        given["steps"] = STEPS.into();
        let mut answer = shell::answer(&given);
        asks = answer["asks"].take();
        serves = answer["serves"].as_u64();
        if let Value::Array(out) = answer["out"].take() {
            pieces = out;
        }
    }
    for piece in &mut pieces {
        piece[0] = (piece[0].as_u64().unwrap_or_default() + since).into();
    }
    if let Some(at) = serves {
        pieces.extend(prints::of(facts, own, since + at));
    }
    let ended = end.is_some_and(|end| end <= until);
    json!({"lines": whole(&pieces, until, ended.then_some(until)), "asks": asks})
}

/// Pieces put together to lines: a runtime takes a line down when it is whole, or when nothing more will come.
fn whole(pieces: &[Value], until: u64, end: Option<u64>) -> Vec<Value> {
    let mut lines = Vec::new();
    let mut open = [String::new(), String::new()];
    for piece in pieces {
        let at = piece[0].as_u64().unwrap_or_default();
        if at > until {
            continue;
        }
        let stream = usize::from(piece[1] == 2);
        for part in piece[2].as_str().unwrap_or_default().split_inclusive('\n') {
            open[stream].push_str(part);
            if part.ends_with('\n') {
                let text = std::mem::take(&mut open[stream]);
                lines.push((at, stream, text));
            }
        }
    }
    for (stream, text) in open.into_iter().enumerate() {
        if let (Some(end), false) = (end, text.is_empty()) {
            lines.push((end, stream, text));
        }
    }
    lines.sort_by_key(|line| line.0);
    let lines = lines.into_iter();
    lines
        .map(|(at, stream, text)| json!([at, stream + 1, text]))
        .collect()
}

/// Answers the question `logText`: lines as they were asked for, as text. `now` is in microseconds since 1970.
// upstream: staging/src/k8s.io/cri-client/pkg/logs/logs.go ReadLogs
pub fn cut(lines: &Value, options: &Value, now: &Value) -> Value {
    let now = now.as_u64().unwrap_or_default();
    let since = match (&options["sinceSeconds"], options["sinceTime"].as_str()) {
        (seconds, None) => seconds
            .as_u64()
            .map(|s| now.saturating_sub(s.saturating_mul(1_000_000))),
        (_, Some(time)) => podarium_api::time::parse_rfc3339(time)
            .map(|t| t.saturating_add(podarium_api::time::EPOCH_UNIX_MS * 1_000))
            .and_then(|micros| u64::try_from(micros).ok()),
    };
    let stream = match options["stream"].as_str() {
        Some("Stdout") => Some(1),
        Some("Stderr") => Some(2),
        _ => None,
    };
    let all = lines.as_array().into_iter().flatten();
    let mut all: Vec<&Value> = all
        .filter(|line| stream.is_none_or(|stream| line[1] == stream))
        .collect();
    if let Some(tail) = options["tailLines"].as_u64() {
        let from = all.len().saturating_sub(tail as usize);
        all.drain(..from);
    }
    let mut out = String::new();
    for line in all {
        let at = line[0].as_u64().unwrap_or_default();
        if since.is_some_and(|since| at < since) {
            continue;
        }
        if options["timestamps"] == true {
            out += &shell::date(at, "%Y-%m-%dT%H:%M:%S.%NZ ");
        }
        out += line[2].as_str().unwrap_or_default();
    }
    if let Some(limit) = options["limitBytes"].as_u64() {
        let mut at = (limit as usize).min(out.len());
        while !out.is_char_boundary(at) {
            at -= 1;
        }
        out.truncate(at);
    }
    out.into()
}
