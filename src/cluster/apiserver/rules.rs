//! Asking the rules: linked natively, a Wasm module of its own in the browser.

use podarium_api::kinds::KindId;
use podarium_api::object::Object;
use podarium_api::status::{Cause, Reason, Status};
use serde_json::Value;

/// Answers a question of `podarium-rules`.
pub type Rules = fn(question: &str, given: &[&Value]) -> Value;

#[cfg(not(target_arch = "wasm32"))]
pub(crate) fn ask(question: &str, given: &[&Value]) -> Option<Value> {
    Some(podarium_rules::answer(question, given))
}

#[cfg(target_arch = "wasm32")]
static RULES: std::sync::OnceLock<Rules> = std::sync::OnceLock::new();

/// Says who answers from now on; only the first call counts. The page does so when the module of the rules has arrived, and
/// lets nothing from outside in before. What a cluster writes by itself until then is as the rules would have it: a test
/// holds the first objects against them natively.
#[cfg(target_arch = "wasm32")]
pub fn install(rules: Rules) {
    let _ = RULES.set(rules);
}

#[cfg(target_arch = "wasm32")]
fn ask(question: &str, given: &[&Value]) -> Option<Value> {
    RULES.get().map(|rules| rules(question, given))
}

/// Which container a request leads to, see `rules::container::connect`.
///
/// # Errors
/// What is said against it.
#[cfg(not(target_arch = "wasm32"))]
pub fn connect(pod: &Value, asked: &Value) -> Result<Value, Status> {
    refused(ask("connect", &[pod, asked]))
}

/// The form that a request asks its answer in; none where nobody answers.
pub fn accept(asked: &Value) -> Option<Value> {
    ask("accept", &[asked])
}

/// An object or list in such a form; none where nobody answers.
pub fn present(value: &Value, form: &Value) -> Option<Value> {
    ask("present", &[value, form])
}

#[cfg(not(target_arch = "wasm32"))]
pub use podarium_rules::tables::pod_rows;

/// A document about the server; none where nobody answers.
pub fn discovery(asked: &Value, definitions: &Value) -> Option<Value> {
    ask("discovery", &[asked, definitions])
}

#[cfg(test)]
thread_local! {
    /// Whether nobody answers for defaults, as in the page when it begins.
    pub static ABSENT: std::cell::Cell<bool> = const { std::cell::Cell::new(false) };
}

/// The object with its defaults; none where nobody answers.
pub fn defaults(object: &Value) -> Option<Value> {
    #[cfg(test)]
    if ABSENT.get() {
        return None;
    }
    ask("defaults", &[object])
}

/// What only people look at of what a fresh cluster holds; none where nobody answers.
pub fn given(asked: &Value) -> Option<Value> {
    ask("given", &[asked])
}

/// An object in the version that `to` says; none where nobody answers.
pub fn convert(object: &Value, to: &str) -> Option<Value> {
    ask("convert", &[object, &to.into()])
}

/// Begins a new object, or keeps of `old` what a write of the new one may not change.
///
/// # Errors
/// A sentence, where what comes of it is no object.
pub fn prepare(object: &mut Object, old: Option<&Object>) -> Result<(), String> {
    if let Some(value) = ask_about("prepare", object, old) {
        *object = Object::from_value(object.kind(), value)?;
    }
    Ok(())
}

/// A custom resource as the server takes it, and sentences about its unknown fields.
///
/// # Errors
/// The sentence for what is no object.
pub fn coerce(object: &Value, described: &Value) -> Result<(Value, Vec<String>), String> {
    let mut answer = ask("coerce", &[object, described]).unwrap_or_default();
    if let Some(wrong) = answer["wrong"].as_str() {
        return Err(wrong.into());
    }
    Ok((answer["object"].take(), texts(&answer["unknown"])))
}

/// A stored custom resource as it is to be seen; none where nobody answers.
pub fn seen(object: &Value, described: &Value) -> Option<Value> {
    ask("seen", &[object, described])
}

/// What there is to do about a definition; null where nothing is.
pub fn define(asked: &Value, definition: &Value, all: &Value) -> Value {
    ask("define", &[asked, definition, all]).unwrap_or_default()
}

/// What a definition says of a version, or with null of all; none where it is not served.
pub fn describe(definition: &Value, version: &Value) -> Option<Value> {
    ask("describe", &[definition, version]).filter(|described| !described.is_null())
}

/// The Scale of a custom resource, or with a number of replicas the resource with so many; null where it has none.
pub fn scale(object: &Value, paths: &Value, replicas: &Value) -> Value {
    ask("scale", &[object, paths, replicas]).unwrap_or_default()
}

/// What is wrong with a custom resource beside its metadata.
pub fn valid(object: &Value, old: &Value, described: &Value) -> Vec<Cause> {
    causes(ask("valid", &[object, old, described]))
}

fn texts(list: &Value) -> Vec<String> {
    let texts = list.as_array().into_iter().flatten();
    texts.filter_map(Value::as_str).map(String::from).collect()
}

/// What is wrong with a new object, or with one that is to take the place of `old`; nothing where nobody answers.
pub fn check(object: &Object, old: Option<&Object>) -> Vec<Cause> {
    causes(ask_about("check", object, old))
}

/// [`check`] of an event by what is asked of events.k8s.io.
pub fn check_event(event: &Object, old: Option<&Object>) -> Vec<Cause> {
    let mut value = event.to_value();
    value["apiVersion"] = KindId::EVENTS_EVENT.info().api_version().into();
    causes(match old {
        Some(old) => ask("check", &[&value, &old.to_value()]),
        None => ask("check", &[&value]),
    })
}

/// What is wrong with a pod that a subresource changed; nothing where nobody answers.
pub fn check_pod(pod: &Object) -> Vec<Cause> {
    causes(ask_about("checkPod", pod, None))
}

/// What becomes of a pod by way of a subresource, see `rules::validation::pod::part`.
pub fn pod_part(sub: &str, old: &Value, new: &Value) -> Value {
    ask("podPart", &[&sub.into(), old, new]).unwrap_or_default()
}

/// What a client is told of a write that is allowed.
pub fn warnings(object: &Value, old: Option<&Object>) -> Vec<String> {
    let answer = match old {
        Some(old) => ask("warnings", &[object, &old.to_value()]),
        None => ask("warnings", &[object]),
    };
    texts(&answer.unwrap_or_default())
}

fn ask_about(question: &str, object: &Object, old: Option<&Object>) -> Option<Value> {
    let object = object.to_value();
    match old {
        Some(old) => ask(question, &[&object, &old.to_value()]),
        None => ask(question, &[&object]),
    }
}

/// Whether somebody may have what they ask for.
///
/// # Errors
/// What the rules refuse.
pub fn authorize(policy: &Value, asked: &Value) -> Result<Value, Status> {
    refused(ask("authorize", &[policy, asked]))
}

/// The roles that should have other rules of others.
pub fn aggregated(policy: &Value) -> Value {
    ask("aggregated", &[policy]).unwrap_or_default()
}

/// A review with its answer.
///
/// # Errors
/// What the rules refuse.
pub fn review(policy: &Value, asked: &Value) -> Result<Value, Status> {
    refused(ask("review", &[policy, asked]))
}

/// What comes of a token, or of a request for one; first, which objects are to be looked up.
///
/// # Errors
/// What the rules refuse.
pub fn accounts(asked: &Value) -> Result<Value, Status> {
    refused(ask("accounts", &[asked]))
}

/// Whether a user may write a role or binding.
///
/// # Errors
/// What the rules refuse.
pub fn escalation(policy: &Value, user: &Value, object: &Value, old: &Value) -> Result<(), Status> {
    refused(ask("escalation", &[policy, user, object, old])).map(drop)
}

/// What the parameters of a list or watch ask; null where nobody answers.
pub fn list(parameters: &Value) -> Value {
    ask("list", &[parameters]).unwrap_or_default()
}

/// What the options of a write ask; null where nobody answers.
pub fn options(options: &Value) -> Value {
    ask("options", &[options]).unwrap_or_default()
}

/// The token with which a list goes on after a key, relative to its collection.
pub fn continue_after(revision: i64, last: &str) -> String {
    let token = ask("continue", &[&revision.into(), &last.into()]);
    let token = token.as_ref().and_then(Value::as_str);
    token.unwrap_or_default().into()
}

/// What an admission plugin says of an object: `{object, forbidden, warnings, audit}`, whatever of it there is.
pub fn admit(asked: &Value, object: &Value, old: &Value) -> Value {
    ask("admit", &[asked, object, old]).unwrap_or_default()
}

/// What a patch makes of an object: `{object, strict, shown}`.
///
/// # Errors
/// What the rules refuse.
pub fn patch(object: &Value, patch: &Value, how: &Value) -> Result<Value, Status> {
    refused(ask("patch", &[object, patch, how]))
}

/// The `managedFields` to be kept of an object; none where nobody answers.
pub fn track(live: &Value, new: &Value, how: &Value) -> Option<Value> {
    ask("track", &[live, new, how])
}

/// The `managedFields` of an object as they are to be seen; none where nobody answers.
pub fn managers(object: &Value, how: &Value) -> Option<Value> {
    ask("managers", &[object, how])
}

/// What an applied object makes of the live one.
///
/// # Errors
/// What the rules refuse.
pub fn apply(live: &Value, applied: &Value, how: &Value) -> Result<Value, Status> {
    refused(ask("apply", &[live, applied, how])).map(|mut answer| answer["object"].take())
}

/// An answer of the rules, unless it says no.
fn refused(answer: Option<Value>) -> Result<Value, Status> {
    let Some(mut answer) = answer else {
        return Err(Status::new(
            Reason::ServiceUnavailable,
            "the rules are not there yet",
        ));
    };
    let no = answer["refused"].take();
    if no.is_null() {
        return Ok(answer);
    }
    let reason = match no["reason"].as_str() {
        Some("BadRequest") => Reason::BadRequest,
        Some("Conflict") => Reason::Conflict,
        Some("Forbidden") => Reason::Forbidden,
        Some("InternalError") => Reason::InternalError,
        Some("NotFound") => Reason::NotFound,
        Some("Unauthorized") => Reason::Unauthorized,
        Some("Invalid") => Reason::Invalid,
        Some("RequestEntityTooLarge") => Reason::RequestEntityTooLarge,
        _ => Reason::Unknown,
    };
    let text = |field: &str| no[field].as_str().unwrap_or_default().into();
    Err(Status {
        causes: causes(Some(no["causes"].clone())),
        group: text("group"),
        kind: text("kind"),
        name: text("name"),
        ..Status::new(reason, text("message"))
    })
}

/// The causes that an answer lists.
pub fn causes(answer: Option<Value>) -> Vec<Cause> {
    let answer = answer.unwrap_or_default();
    answer.as_array().into_iter().flatten().map(cause).collect()
}

fn cause(item: &Value) -> Cause {
    let text = |field: &str| item[field].as_str().unwrap_or_default().to_owned();
    Cause {
        reason: Cause::known_reason(&text("reason")),
        field: text("field"),
        message: text("message"),
    }
}
