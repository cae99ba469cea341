//! What the API server decides by rule alone: defaults, validation and the like of kinds that nothing hot acts on, and what is refused.
//!
//! Values go in and values come out; nothing is kept in between. So the page need not have these rules when it starts: in
//! the browser they are a Wasm module of their own, which arrives after the first picture, and natively they are linked.

mod address;
mod admission;
mod apply;
mod authorization;
mod canonical;
mod container;
mod convert;
mod custom;
mod defaults;
mod discovery;
pub mod errors;
pub mod field;
mod given;
mod golang;
mod kinds;
mod list;
mod options;
mod patch;
mod pod_security;
mod prepare;
mod shell;
pub mod tables;
#[cfg(test)]
mod testing;
mod text;
mod validation;
mod warnings;
mod words;

use serde_json::Value;

/// Answers a question by the rules. `given` is what the question is about; the core knows which values go with which
/// question, and what the answer is made of.
///
/// | question | given | answer |
/// | --- | --- | --- |
/// | `accept` | what a request asks for, see [`tables::accept::form`] | the form of the answer |
/// | `convert` | an object, and an `apiVersion` | the object in that version |
/// | `coerce` | a custom resource, and its version's description | see [`custom::coerce`] |
/// | `define` | what is known, a CustomResourceDefinition, and all of them | what to do about it: [`custom::define`] |
/// | `describe` | a CustomResourceDefinition, and a version | what it says of that: [`custom::describe`] |
/// | `seen` | a stored custom resource, and its version's description | it as it is to be seen: [`custom::seen`] |
/// | `scale` | a custom resource, where its numbers are, and how many there are to be | see [`custom::scale`] |
/// | `valid` | a custom resource, the one that it replaces, and its version's description | a list of causes |
/// | `defaults` | an object | the object with its defaults filled in |
/// | `given` | what a cluster tells of itself, see [`given`] | what only people look at of what a fresh one holds |
/// | `discovery` | what is asked for, and the CustomResourceDefinitions | a document: [`discovery::answer`] |
/// | `prepare` | an object, or an object and the one that it replaces | the object as the server begins it, or lets it change |
/// | `present` | an object or list, and a form | the Table, the metadata; see [`tables::present`] |
/// | `shell` | a command and what is around it | what it prints and leaves: [`shell::answer`] |
/// | `list` | the parameters of a list or watch | what they ask, as `list::options` says |
/// | `admit` | which plugin is asked and what it knows, an object, and the one that it replaces | what the plugin says, see [`admission::admit`] |
/// | `accounts` | a request for a token, or a token | what comes of it: [`authorization::accounts`] |
/// | `authorize` | a policy, and what somebody asks for | whether they may: [`authorization::authorize`] |
/// | `continue` | a revision, and the last key of a page | the token of the next page |
/// | `escalation` | a policy, a user, a role or binding, and the one that it replaces | whether they may write it |
/// | `fields` | nothing | the table of all fields, for [`podarium_api::schema::install`] |
/// | `aggregated` | a policy | the roles that should have other rules of others, as their controller applies them |
/// | `options` | the options of a write | what they ask: [`options::read`] |
/// | `connect` | a pod, and a request to get into it | which container, or what is refused: [`container::connect`] |
/// | `inside` | facts of a pod, and a command | what it prints and leaves: [`container::inside`] |
/// | `log` | facts of a pod, and until when | what a container has printed: [`container::lines`] |
/// | `logText` | lines, the options of a log, and now | the text: [`container::cut`] |
/// | `page` | facts of a pod, and a request | what its server answers: [`container::page`] |
/// | `patch` | an object, a patch, `{type, apiVersion, kind}` | see [`patch::patch`] |
/// | `managers` | an object, how | its `managedFields` as they are to be seen |
/// | `review` | a policy, and a review | the review with its answer: [`authorization::review`] |
/// | `track` | an object or null, what a write makes of it, how | the `managedFields` to be kept |
/// | `apply` | an object or null, what is applied to it, how | `{object}`, or `{refused: {reason, message, causes}}` |
/// | `check` | an object, or an object and the one that it replaces | a list of causes: `{reason, field, message}` |
/// | `checkPod` | a pod that a subresource changed | the same |
/// | `podPart` | a subresource, a pod, and what it is asked to be | what becomes of it: [`validation::pod::part`] |
/// | `warnings` | an object, or an object and the one that it replaces | a list of sentences |
///
/// How: `{manager, apiVersion, kind, subresource, time, force, reset, schema}`, where `reset` names the fields that the
/// write cannot change, and `schema` is a custom resource's.
///
/// # Panics
/// On a question that does not exist: asked by the core alone, of rules of the same build.
pub fn answer(question: &str, given: &[&Value]) -> Value {
    match (question, given) {
        ("accept", [asked]) => tables::accept::form(asked),
        ("convert", [object, version]) => convert::convert(object, version),
        ("coerce", [object, described]) => custom::coerce(object, described),
        ("define", [asked, definition, all]) => custom::define(asked, definition, all),
        ("describe", [definition, version]) => custom::describe(definition, version),
        ("seen", [object, described]) => custom::seen(object, described),
        ("scale", [object, paths, replicas]) => custom::scale(object, paths, replicas),
        ("valid", [object, old, described]) => custom::valid(object, old, described),
        ("defaults", [object]) => defaults::apply((*object).clone()),
        ("discovery", [asked, definitions]) => discovery::answer(asked, definitions),
        ("fields", []) => podarium_api::schema::FIELDS.into(),
        ("given", [asked]) => given::objects(asked),
        ("prepare", [object]) => prepare::create((*object).clone()),
        ("prepare", [object, old]) => prepare::update((*object).clone(), old),
        ("present", [value, form]) => tables::present(value, form),
        ("shell", [asked]) => shell::answer(asked),
        ("list", [parameters]) => list::options(parameters),
        ("admit", [asked, object, old]) => admission::admit(asked, object, old),
        ("accounts", [asked]) => authorization::accounts(asked),
        ("authorize", [policy, request]) => authorization::authorize(policy, request),
        ("continue", [revision, last]) => list::encode(revision, last),
        ("escalation", [policy, user, object, old]) => {
            authorization::escalation(policy, user, object, old)
        }
        ("aggregated", [policy]) => authorization::aggregated(policy),
        ("options", [options]) => options::read(options),
        ("connect", [pod, asked]) => container::connect(pod, asked),
        ("inside", [facts, asked]) => container::inside(facts, asked),
        ("log", [facts, until]) => container::lines(facts, until),
        ("logText", [lines, options, now]) => container::cut(lines, options, now),
        ("page", [facts, asked]) => container::page(facts, asked),
        ("patch", [object, patch, how]) => patch::patch(object, patch, how),
        ("managers", [object, how]) => apply::managers(object, how),
        ("review", [policy, asked]) => authorization::review(policy, asked),
        ("track", [live, new, how]) => apply::track(live, new, how),
        ("apply", [live, applied, how]) => apply::apply(live, applied, how),
        ("check", [object]) => validation::create(object).into_value(),
        ("check", [object, old]) => validation::update(object, old).into_value(),
        ("checkPod", [pod]) => validation::pod(pod).into_value(),
        ("podPart", [sub, old, new]) => validation::pod::part(sub, old, new),
        ("warnings", [object]) => warnings::of(object, None).into(),
        ("warnings", [object, old]) => warnings::of(object, Some(old)).into(),
        _ => panic!("no rule answers {question} of {} values", given.len()),
    }
}
