//! Server-side apply and `metadata.managedFields`: who owns which fields, and what an applied object makes of the live one.
//!
//! A set of fields is kept as the API prints it (`set`). A type is a `Spot` of the table of fields or of a custom
//! resource's schema (`shape`); `fields`, `compare`, `merge` and `remove` walk values along it. `update` moves ownership.

mod admitted;
mod check;
mod compare;
mod conflict;
mod derive;
mod element;
mod entries;
mod fields;
mod how;
mod last_applied;
mod merge;
mod remove;
mod set;
mod shape;
mod skeleton;
#[cfg(test)]
mod tests;
mod update;
mod written;

use serde_json::{Value, json};

use entries::Entry;
use how::How;
use set::difference;
use update::Conflict;

/// Who owns an applied object's fields when it is the first that is applied. upstream: managedfields/internal/skipnonapplied.go
const BEFORE: &str = "before-first-apply";

/// `managedFields` of an object as it is to be seen; null where nobody keeps book.
pub fn managers(object: &Value, how: &Value) -> Value {
    let all = derive::entries(&How::new(how), object);
    if all.is_empty() {
        return Value::Null;
    }
    entries::encode(all)
}

/// `managedFields` to be kept of `new`, which an ordinary write makes of `live` (null: it creates).
// upstream: apimachinery/pkg/util/managedfields/internal/fieldmanager.go FieldManager.Update
pub fn track(live: &Value, new: &Value, how: &Value) -> Value {
    let how = How::new(how);
    let given = &new["metadata"]["managedFields"];
    let known = if live.is_null() {
        Vec::new()
    } else {
        derive::entries(&how, live)
    };
    // What is set through a subresource counts for nothing.
    let sent = if how.subresource().is_empty() {
        entries::decode(given).filter(|all| !all.is_empty())
    } else {
        None
    };
    let reset = how.subresource().is_empty() && entries::is_reset(given);
    let mut all = match sent {
        _ if reset => Vec::new(),
        Some(sent) => sent,
        None => known.clone(),
    };
    if all.is_empty() && !live.is_null() {
        return json!([]);
    }
    let before = bare(if live.is_null() {
        how.empty().value()
    } else {
        live.clone()
    });
    update::update(
        how.spot(),
        &before,
        &bare(new.clone()),
        &how.reset(),
        &mut all,
        how.entry(how.manager(), false, Default::default()),
        how.time(),
    );
    entries::cap(&mut all);
    kept(&how, live, &known, &all)
}

/// What an applied object makes of the live one (null: it creates): `{object}` with the `managedFields` to be kept of it,
/// or `{refused: {reason, message, causes}}`.
// upstream: apimachinery/pkg/util/managedfields/internal/structuredmerge.go Apply and the managers around it
pub fn apply(live: &Value, applied: &Value, how: &Value) -> Value {
    let how = How::new(how);
    match applied_to(live, applied, &how) {
        Ok(object) => json!({"object": object}),
        Err(refused) => json!({"refused": refused}),
    }
}

fn applied_to(live: &Value, applied: &Value, how: &How) -> Result<Value, Value> {
    let refuse = |reason: &str, message: String| json!({"reason": reason, "message": message});
    let text = |value: &Value, field: &str| value[field].as_str().unwrap_or_default().to_owned();
    let (version, kind) = (text(applied, "apiVersion"), text(applied, "kind"));
    let named = named(&version, &kind);
    if version != how.api_version() || kind != how.kind() {
        return Err(refuse(
            "BadRequest",
            format!("invalid object type: {named}"),
        ));
    }
    let meta = &applied["metadata"];
    if meta
        .get("managedFields")
        .is_some_and(|list| !list.is_null())
    {
        return Err(refuse(
            "BadRequest",
            "metadata.managedFields must be nil".into(),
        ));
    }
    let spot = how.spot();
    let errors = check::check(spot, applied, false);
    if !errors.is_empty() {
        let message = format!(
            "failed to create typed patch object ({}/{}; {named}): {}",
            text(meta, "namespace"),
            text(meta, "name"),
            check::sentence(&errors)
        );
        return Err(refuse("Unknown", message));
    }
    let known = if live.is_null() {
        Vec::new()
    } else {
        derive::entries(how, live)
    };
    let mut all = known.clone();
    let before = if live.is_null() {
        json!({})
    } else {
        bare(live.clone())
    };
    if all.is_empty() && !live.is_null() {
        let mut first = how.entry(BEFORE, false, Default::default());
        first.subresource = how.subresource().into();
        update::update(
            spot,
            &how.empty().value(),
            &before,
            &how.reset(),
            &mut all,
            first,
            how.time(),
        );
    }
    let own = how.entry(how.manager(), true, Default::default());
    let apply = |force: bool| {
        update::apply(
            spot,
            &before,
            applied,
            &how.reset(),
            &all,
            own.clone(),
            force,
        )
    };
    let done = match apply(how.force()) {
        Err(conflicts) if how.manager() == "kubectl" => {
            taken_over(spot, how, &before, conflicts).and_then(|()| apply(true))
        }
        done => done,
    };
    let (mut object, mut after) = done.map_err(conflict::status)?;
    if object != before {
        for entry in after.iter_mut().filter(|entry| entry.is_of(&own)) {
            entry.time = how.time();
        }
    }
    if how.manager() == "kubectl" {
        last_applied::update(&mut object, applied);
    }
    object["metadata"]["managedFields"] = kept(how, live, &known, &after);
    Ok(object)
}

/// Whether all conflicts are with what the same person applied by the client; those that are not.
// upstream: managedfields/internal/lastappliedmanager.go Apply
fn taken_over(
    spot: shape::Spot,
    how: &How,
    live: &Value,
    conflicts: Vec<Conflict>,
) -> Result<(), Vec<Conflict>> {
    let Some(allowed) = last_applied::allowed(spot, how.api_version(), live) else {
        return Err(conflicts);
    };
    let left = conflicts.into_iter().map(|conflict| Conflict {
        fields: difference(&conflict.fields, &allowed),
        ..conflict
    });
    let left: Vec<Conflict> = left
        .filter(|conflict| !conflict.fields.is_empty())
        .collect();
    if left.is_empty() { Ok(()) } else { Err(left) }
}

/// What is kept of the entries: as it was if they are the same but for their times and a write that changes nothing else;
/// and nothing of what can be told from the object.
// upstream: apiserver/pkg/endpoints/handlers/fieldmanager/equality.go IgnoreManagedFieldsTimestampsTransformer
fn kept(how: &How, live: &Value, known: &[Entry], all: &[Entry]) -> Value {
    let kept = |all: &[Entry]| {
        let kept = all.iter().filter(|entry| !derive::is_status(how, entry));
        entries::encode(kept.cloned().collect())
    };
    let after = kept(all);
    if !live.is_null() && kept(known) == after {
        return live["metadata"]["managedFields"].clone();
    }
    after
}

/// The object without its `managedFields`, which would be among themselves.
fn bare(mut object: Value) -> Value {
    if let Some(Value::Object(meta)) = object.get_mut("metadata") {
        meta.remove("managedFields");
    }
    object
}

/// As upstream prints a kind with group and version. upstream: apimachinery/pkg/runtime/schema/group_version.go GroupVersionKind.String
fn named(api_version: &str, kind: &str) -> String {
    let group = if api_version.contains('/') { "" } else { "/" };
    format!("{group}{api_version}, Kind={kind}")
}
