//! Watches: changes of a collection from a revision on, for clients outside.

use podarium_api::kinds::KindId;
use podarium_api::meta::Str;
use podarium_api::object::Object;
use podarium_api::selector::{FieldSelector, Selector};
use podarium_api::status::{Reason, Status};
use serde_json::Value;

use super::fields;
use super::present::Form;
use crate::store::Change;
use crate::world::World;

/// An open watch: what it is about, and how far it has come.
#[derive(Clone, Debug, PartialEq)]
pub struct Watch {
    kind: KindId,
    namespace: Str,
    labels: Selector,
    fields: FieldSelector,
    /// The revision that was told last; `None` before the objects that are there already were told.
    revision: Option<u64>,
    /// What the objects are told as.
    pub(super) form: Form,
}

impl Watch {
    pub(super) fn new(
        kind: KindId,
        namespace: &str,
        labels: Selector,
        fields: FieldSelector,
        revision: Option<u64>,
    ) -> Self {
        Watch {
            kind,
            namespace: namespace.into(),
            labels,
            fields,
            revision,
            form: Form::default(),
        }
    }

    fn selects(&self, object: &Object) -> bool {
        (self.namespace.is_empty() || object.meta().namespace == self.namespace)
            && self.labels.matches(|key| object.meta().labels.get(key))
            && fields::matches(&self.fields, object)
    }

    /// An object that begins to be selected is added, one that ceases to be is deleted.
    // upstream: staging/src/k8s.io/apiserver/pkg/storage/cacher/cache_watcher.go getMutableObject, convertToWatchEvent
    fn event(&self, change: &Change) -> Option<(&'static str, Value)> {
        if change.key.kind != self.kind {
            return None;
        }
        let old = change.old.as_ref().filter(|o| self.selects(o));
        let new = change.new.as_ref().filter(|o| self.selects(o));
        match (old, new) {
            (None, Some(new)) => Some(("ADDED", new.to_value())),
            (Some(_), Some(new)) => Some(("MODIFIED", new.to_value())),
            (Some(old), None) => {
                let mut value = change.new.as_ref().unwrap_or(old).to_value();
                value["metadata"]["resourceVersion"] = change.revision.to_string().into();
                Some(("DELETED", value))
            }
            (None, None) => None,
        }
    }
}

impl World {
    /// What happened to a watch's objects since it was last asked: `ADDED`, `MODIFIED` and `DELETED` with the object, or
    /// one `ERROR` with a Status (410 Gone) when the watch begins before the oldest change that is still known.
    pub fn poll_watch(&self, watch: &mut Watch) -> Vec<(&'static str, Value)> {
        let mut events = self.told(watch);
        for (_, value) in &mut events {
            *value = watch.form.event(self.now(), value.take());
        }
        events
    }

    fn told(&self, watch: &mut Watch) -> Vec<(&'static str, Value)> {
        let here = self.store().revision();
        let Some(from) = watch.revision.replace(here) else {
            let all = self.store().list(watch.kind);
            return all
                .filter(|o| watch.selects(o))
                .map(|o| ("ADDED", o.to_value()))
                .collect();
        };
        let Some(changes) = self.store().changes_after(from) else {
            watch.revision = Some(from);
            let status = Status::new(
                Reason::Expired,
                format!("too old resource version: {from} ({here})"),
            );
            return vec![("ERROR", status.to_value())];
        };
        changes.filter_map(|change| watch.event(change)).collect()
    }
}
