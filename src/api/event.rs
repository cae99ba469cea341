//! Events: what components tell people, kept small because there are many.

use serde_json::{Map, Value, json};

use crate::kinds::KindId;
use crate::meta::{Str, Time, Uid};
use crate::object::{Body, Key, Obj, Object};
use std::sync::Arc;

/// Something that a component tells about an object.
pub type Event = Obj<EventBody>;

/// Fields of an Event.
#[derive(Clone, Debug, PartialEq)]
pub struct EventBody {
    /// What it is about.
    pub about: Key,
    /// The uid of what it is about.
    pub about_uid: Uid,
    /// Which part of it, as `spec.containers{web}`; empty for the whole.
    pub field_path: Str,
    /// Whether somebody should worry.
    pub warning: bool,
    /// A word: `Scheduled`, `BackOff` …
    pub reason: Str,
    /// A sentence.
    pub message: Str,
    /// Who says so, as `kubelet`.
    pub component: Str,
    /// The node it says so from; empty for the control plane.
    pub host: Str,
    /// How often.
    pub count: u32,
    /// The first time.
    pub first: Time,
    /// The last time.
    pub last: Time,
    /// Fields of an Event that a client wrote and that have no place above.
    pub rest: Option<Arc<Map<String, Value>>>,
}

impl Body for EventBody {
    const KIND: KindId = KindId::EVENT;

    fn spec_eq(&self, other: &Self) -> bool {
        self == other
    }

    fn take_status(&mut self, _: &Self) {}

    fn take_spec(&mut self, from: &Self) {
        *self = from.clone();
    }

    fn decode(mut fields: Map<String, Value>) -> Result<Self, String> {
        let mut take = |key: &str| fields.remove(key).unwrap_or_default();
        let text = |value: &Value| Str::from(value.as_str().unwrap_or_default());
        let time = |value: &Value| value.as_str().and_then(Time::parse).unwrap_or_default();
        let (about, source) = (take("involvedObject"), take("source"));
        let api_version = about["apiVersion"].as_str().unwrap_or_default();
        let kind_name = about["kind"].as_str().unwrap_or_default();
        let kind =
            crate::kinds::by_gvk(api_version, kind_name).map_or(KindId::EVENT, |info| info.id);
        let component = match take("reportingComponent") {
            Value::String(s) if !s.is_empty() => s.into(),
            _ => text(&source["component"]),
        };
        let host = match take("reportingInstance") {
            Value::String(s) if !s.is_empty() => s.into(),
            _ => text(&source["host"]),
        };
        let body = EventBody {
            about: Key {
                kind,
                namespace: text(&about["namespace"]),
                name: text(&about["name"]),
            },
            about_uid: about["uid"]
                .as_str()
                .and_then(Uid::parse)
                .unwrap_or_default(),
            field_path: text(&about["fieldPath"]),
            warning: take("type") == "Warning",
            reason: text(&take("reason")),
            message: text(&take("message")),
            component,
            host,
            count: take("count").as_u64().unwrap_or(1) as u32,
            first: time(&take("firstTimestamp")),
            last: time(&take("lastTimestamp")),
            rest: None,
        };
        let rest = (!fields.is_empty()).then(|| Arc::new(fields));
        Ok(EventBody { rest, ..body })
    }

    fn encode(&self, out: &mut Map<String, Value>) {
        if let Some(rest) = &self.rest {
            out.extend(rest.as_ref().clone());
        }
        let info = self.about.kind.info();
        let mut about = json!({
            "apiVersion": info.api_version(), "kind": info.kind,
            "name": self.about.name.as_ref(), "uid": self.about_uid.to_string(),
        });
        for (key, text) in [
            ("namespace", &self.about.namespace),
            ("fieldPath", &self.field_path),
        ] {
            if !text.is_empty() {
                about[key] = text.as_ref().into();
            }
        }
        let mut source = json!({"component": self.component.as_ref()});
        if !self.host.is_empty() {
            source["host"] = self.host.as_ref().into();
        }
        let mut set = |key: &str, value: Value| {
            out.insert(key.into(), value);
        };
        set("involvedObject", about);
        set(
            "type",
            if self.warning { "Warning" } else { "Normal" }.into(),
        );
        set("reason", self.reason.as_ref().into());
        set("message", self.message.as_ref().into());
        set("source", source);
        set("reportingComponent", self.component.as_ref().into());
        set("reportingInstance", self.host.as_ref().into());
        set("count", self.count.into());
        set("firstTimestamp", self.first.to_rfc3339().into());
        set("lastTimestamp", self.last.to_rfc3339().into());
        set("eventTime", Value::Null);
    }

    fn wrap(object: Arc<Obj<Self>>) -> Object {
        Object::Event(object)
    }

    fn unwrap(object: &Object) -> Option<&Arc<Obj<Self>>> {
        match object {
            Object::Event(event) => Some(event),
            _ => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::meta::Span;

    #[test]
    fn an_event_survives_the_way_through_json() {
        let body = EventBody {
            about: Key::new(KindId::POD, "default", "web"),
            about_uid: Uid(9),
            field_path: "spec.containers{web}".into(),
            warning: true,
            reason: "BackOff".into(),
            message: "Back-off restarting failed container".into(),
            component: "kubelet".into(),
            host: "node-1".into(),
            count: 3,
            first: Time::default() + Span::secs(1),
            last: Time::default() + Span::secs(9),
            rest: None,
        };
        let event =
            Obj::new(crate::meta::Meta::new("default", "web.1"), body.clone()).into_object();
        let again = Object::from_value(KindId::EVENT, event.to_value()).unwrap();
        let mut read = again.as_kind::<EventBody>().unwrap().body.clone();
        read.rest = None;
        assert_eq!(read, body);
    }
}
