//! What a write does to everybody's fields: those of ordinary writes, and the merge of an applied object.
// upstream: structured-merge-diff merge/update.go

use serde_json::Value;

use super::compare::{Comparison, compare};
use super::entries::Entry;
use super::fields::fields;
use super::merge::merge;
use super::remove::remove;
use super::set::{Set, difference, intersection, union, with_named_fields, without};
use super::shape::Spot;

/// Another's fields that an applier would change.
#[derive(Clone, Debug, PartialEq)]
pub struct Conflict {
    /// The other one.
    pub with: Entry,
    /// The fields.
    pub fields: Set,
}

/// What is never managed, for it is the server's. upstream: managedfields/internal/stripmeta.go
pub fn strip(set: &Set) -> Set {
    let leaf = || Value::Object(Set::new());
    let mut meta: Set = [
        "name",
        "namespace",
        "creationTimestamp",
        "selfLink",
        "uid",
        "clusterName",
        "generation",
        "managedFields",
        "resourceVersion",
    ]
    .iter()
    .map(|name| (super::element::field(name), leaf()))
    .collect();
    meta.insert(".".into(), leaf());
    let mut all = Set::new();
    all.insert("f:apiVersion".into(), leaf());
    all.insert("f:kind".into(), leaf());
    all.insert("f:metadata".into(), Value::Object(meta));
    difference(set, &all)
}

/// Takes from all but the writer what changed. Without `force`, what they would lose to the writer is a conflict.
// upstream: merge/update.go Updater.update
fn settle(
    changes: &Comparison,
    entries: &mut Vec<Entry>,
    writer: Option<&Entry>,
    force: bool,
) -> Result<(), Vec<Conflict>> {
    let written = changes.written();
    let others = |entry: &Entry| writer.is_none_or(|writer| !entry.is_of(writer));
    let conflicts: Vec<Conflict> = entries
        .iter()
        .filter(|entry| others(entry))
        .map(|entry| Conflict {
            with: entry.clone(),
            fields: intersection(&entry.set, &written),
        })
        .filter(|conflict| !conflict.fields.is_empty())
        .collect();
    if !force && !conflicts.is_empty() {
        return Err(conflicts);
    }
    for entry in entries.iter_mut().filter(|entry| others(entry)) {
        entry.set = difference(&difference(&entry.set, &written), &changes.removed);
    }
    entries.retain(|entry| !entry.set.is_empty());
    Ok(())
}

/// What an ordinary write that made `new` of `live` does to the entries; `own` is the writer's, without fields. An entry
/// whose owner wrote nothing new keeps its time.
// upstream: merge/update.go Updater.Update, managedfields/internal/managedfieldsupdater.go Update
pub fn update(
    spot: Spot,
    live: &Value,
    new: &Value,
    reset: &Set,
    entries: &mut Vec<Entry>,
    mut own: Entry,
    time: Option<String>,
) {
    let changes = compare(spot, live, new).without(reset);
    // Nobody is the writer while the fields are taken: only then is it known whether there is something to write down.
    let _ = settle(&changes, entries, None, true);
    own.set = strip(&changes.written());
    if own.set.is_empty() {
        return;
    }
    own.time = time;
    match entries.iter_mut().find(|entry| entry.is_of(&own)) {
        Some(entry) => {
            entry.set = union(&own.set, &entry.set);
            entry.time = own.time;
        }
        None => entries.push(own),
    }
}

/// The object that an apply makes of the live one, and the entries after it; `own` is the applier's, without fields.
///
/// # Errors
/// What others own and would lose.
// upstream: merge/update.go Updater.Apply
pub fn apply(
    spot: Spot,
    live: &Value,
    applied: &Value,
    reset: &Set,
    entries: &[Entry],
    mut own: Entry,
    force: bool,
) -> Result<(Value, Vec<Entry>), Vec<Conflict>> {
    let mut entries = entries.to_vec();
    let last = entries.iter().position(|entry| entry.is_of(&own));
    let last = last.map(|at| entries.remove(at));
    own.set = without(&fields(spot, applied), reset);
    own.time = last.as_ref().and_then(|entry| entry.time.clone());
    entries.push(own.clone());
    let merged = merge(spot, live, applied);
    let new = match last {
        Some(last) => prune(spot, merged, &without(&last.set, reset), &entries),
        None => merged,
    };
    let changes = compare(spot, live, &new).without(reset);
    settle(&changes, &mut entries, Some(&own), force)?;
    for entry in entries.iter_mut().filter(|entry| entry.is_of(&own)) {
        entry.set = strip(&entry.set);
    }
    entries.retain(|entry| !entry.set.is_empty());
    Ok((new, entries))
}

/// Takes from the merged object what the applier applied last time and now no longer, and no other applier owns.
// upstream: merge/update.go prune, addBackOwnedItems, addBackDanglingItems
fn prune(spot: Spot, merged: Value, last: &Set, entries: &[Entry]) -> Value {
    if last.is_empty() {
        return merged;
    }
    let named = |set: &Set| with_named_fields(set, spot);
    let last = named(last);
    let all = named(&fields(spot, &merged));
    let left = |value: &Value| named(&fields(spot, value));
    let pruned = left(&remove(spot, &merged, &last));
    let owned = entries
        .iter()
        .filter(|entry| entry.applied)
        .fold(Set::new(), |set, entry| union(&set, &entry.set));
    let gone = difference(&all, &union(&pruned, &named(&owned)));
    let pruned = left(&remove(spot, &merged, &gone));
    let gone = intersection(&difference(&all, &pruned), &last);
    remove(spot, &merged, &gone)
}
