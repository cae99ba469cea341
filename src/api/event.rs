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
    /// The revision at which that was when its component told of it first.
    pub about_version: u64,
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
    /// What was done, where the component tells by way of events.k8s.io; empty where it does so by the core's events.
    pub action: Str,
    /// How often.
    pub count: u32,
    /// The first time.
    pub first: Time,
    /// The last time.
    pub last: Time,
    /// What its component remembers of it.
    pub memory: Memory,
    /// The fields of an Event that a client wrote, all of them as they were written; none of one that a component could have
    /// told.
    pub rest: Option<Arc<Map<String, Value>>>,
}

/// What a component remembers of an event that it told, and nobody sees.
#[derive(Clone, Copy, Debug, Default)]
pub struct Memory {
    /// When there was reason for it last, told or not.
    pub heard: Time,
    /// How often there was since it was told.
    pub untold: u32,
    /// When as much may be told of the object again as at first.
    pub full: Time,
    /// Since when events like this have come without a longer break.
    pub since: Time,
}

/// Whatever is remembered, the event is the same.
impl PartialEq for Memory {
    fn eq(&self, _: &Memory) -> bool {
        true
    }
}

/// Fields that every Event has.
const ALWAYS: [&str; 6] = [
    "eventTime",
    "firstTimestamp",
    "lastTimestamp",
    "reportingComponent",
    "reportingInstance",
    "source",
];

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
        for (at, name) in ALWAYS.into_iter().enumerate() {
            let nothing = match at {
                0..3 => Value::Null,
                3..5 => "".into(),
                _ => Value::Object(Map::new()),
            };
            let given = fields.entry(name).or_insert(Value::Null);
            if given.is_null() {
                *given = nothing;
            }
        }
        let of = |value: &Value| Str::from(value.as_str().unwrap_or_default());
        let text = |name: &str| fields.get(name).map(of).unwrap_or_default();
        let time = |name: &str| Time::parse(&text(name));
        let null = &Value::Null;
        let about = fields.get("involvedObject").unwrap_or(null);
        let source = fields.get("source").unwrap_or(null);
        let series = fields.get("series").unwrap_or(null);
        let or = |text: Str, other: &Value| if text.is_empty() { of(other) } else { text };
        let kind = crate::kinds::by_gvk(&of(&about["apiVersion"]), &of(&about["kind"]));
        let first = time("firstTimestamp").or(time("eventTime"));
        let last = Time::parse(&of(&series["lastObservedTime"])).or(time("lastTimestamp"));
        let count = fields.get("count").or(series.get("count"));
        let version = of(&about["resourceVersion"]).parse();
        let mut body = EventBody {
            about: Key {
                kind: kind.map_or(KindId::EVENT, |info| info.id),
                namespace: of(&about["namespace"]),
                name: of(&about["name"]),
            },
            about_uid: Uid::parse(&of(&about["uid"])).unwrap_or_default(),
            about_version: version.unwrap_or_default(),
            field_path: of(&about["fieldPath"]),
            warning: *text("type") == *"Warning",
            reason: text("reason"),
            message: text("message"),
            component: or(text("reportingComponent"), &source["component"]),
            host: or(text("reportingInstance"), &source["host"]),
            action: text("action"),
            count: count.and_then(Value::as_u64).unwrap_or(1) as u32,
            first: first.unwrap_or_default(),
            last: last.or(first).unwrap_or_default(),
            memory: Memory {
                heard: last.or(first).unwrap_or_default(),
                ..Memory::default()
            },
            rest: None,
        };
        let mut told = Map::new();
        body.encode(&mut told);
        if told != fields {
            body.rest = Some(Arc::new(fields));
        }
        Ok(body)
    }

    fn encode(&self, out: &mut Map<String, Value>) {
        if let Some(rest) = &self.rest {
            return out.extend(rest.as_ref().clone());
        }
        let info = self.about.kind.info();
        let mut about = json!({"kind": info.kind, "name": &*self.about.name});
        // upstream: pkg/kubelet/kubelet.go NewMainKubelet nodeRef
        if self.about.kind == KindId::NODE && *self.component == *"kubelet" {
            about["uid"] = about["name"].clone();
        } else {
            about["apiVersion"] = info.api_version().into();
            about["uid"] = self.about_uid.to_string().into();
        }
        let version = match self.about_version {
            0 => String::new(),
            version => version.to_string(),
        };
        for (key, text) in [
            ("namespace", &*self.about.namespace),
            ("resourceVersion", &version),
            ("fieldPath", &self.field_path),
        ] {
            if !text.is_empty() {
                about[key] = text.into();
            }
        }
        let mut set = |key: &str, value: Value| {
            out.insert(key.into(), value);
        };
        let mut source = Map::new();
        let mut times = [Value::Null, Value::Null, Value::Null];
        if self.action.is_empty() {
            source.insert("component".into(), self.component.as_ref().into());
            if !self.host.is_empty() {
                source.insert("host".into(), self.host.as_ref().into());
            }
            times[1] = self.first.to_rfc3339().into();
            times[2] = self.last.to_rfc3339().into();
            set("count", self.count.into());
        } else {
            times[0] = self.first.to_rfc3339_micros().into();
            set("action", self.action.as_ref().into());
            if self.count > 1 {
                let last = self.last.to_rfc3339_micros();
                set(
                    "series",
                    json!({"count": self.count, "lastObservedTime": last}),
                );
            }
        }
        for (name, time) in ALWAYS.into_iter().zip(times) {
            set(name, time);
        }
        set("source", source.into());
        set("involvedObject", about);
        set(
            "type",
            if self.warning { "Warning" } else { "Normal" }.into(),
        );
        set("reason", self.reason.as_ref().into());
        set("message", self.message.as_ref().into());
        set("reportingComponent", self.component.as_ref().into());
        set("reportingInstance", self.host.as_ref().into());
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
            about_version: 0,
            field_path: "spec.containers{web}".into(),
            warning: true,
            reason: "BackOff".into(),
            message: "Back-off restarting failed container".into(),
            component: "kubelet".into(),
            host: "node-1".into(),
            action: "".into(),
            count: 3,
            first: Time::default() + Span::secs(1),
            last: Time::default() + Span::secs(9),
            memory: Memory::default(),
            rest: None,
        };
        let event =
            Obj::new(crate::meta::Meta::new("default", "web.1"), body.clone()).into_object();
        let again = Object::from_value(KindId::EVENT, event.to_value()).unwrap();
        let mut read = again.as_kind::<EventBody>().unwrap().body.clone();
        read.rest = None;
        assert_eq!(read, body);
    }

    #[test]
    fn what_a_client_wrote_stays_as_it_was_written() {
        let written = json!({
            "apiVersion": "v1", "kind": "Event", "metadata": {"name": "a", "namespace": "default"},
            "involvedObject": {"apiVersion": "example.com/v1", "kind": "Widget", "name": "w"},
            "related": {"kind": "Pod"}, "count": -1, "message": "m", "reason": "r", "type": "Odd", "source": {"component": "c"},
        });
        let event = Object::from_value(KindId::EVENT, written.clone()).unwrap();
        let body = &event.as_kind::<EventBody>().unwrap().body;
        assert_eq!((&*body.component, body.count), ("c", 1));
        let mut read = event.to_value();
        for name in ["eventTime", "firstTimestamp", "lastTimestamp"] {
            assert_eq!(
                read.as_object_mut().unwrap().remove(name),
                Some(Value::Null)
            );
        }
        for name in ["reportingComponent", "reportingInstance"] {
            assert_eq!(read.as_object_mut().unwrap().remove(name), Some("".into()));
        }
        read["metadata"] = written["metadata"].clone();
        assert_eq!(read, written);
    }
}
