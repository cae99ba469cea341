//! A pod's status as the API writes it, and back.
//!
//! Read by hand: k8s-openapi's `PodStatus` decodes into forty types of which the stored form keeps five.

use std::net::IpAddr;
use std::sync::Arc;

use serde_json::{Map, Value, json};

use super::{Condition, ContainerState, ContainerStatus, Phase, PodStatus};
use crate::meta::{Str, Time};

impl PodStatus {
    /// The `status` object as the API prints it.
    pub fn to_value(&self) -> Value {
        let mut m = Map::new();
        m.insert("phase".into(), self.phase.as_str().into());
        if !self.conditions.is_empty() {
            m.insert(
                "conditions".into(),
                self.conditions.iter().map(Condition::to_value).collect(),
            );
        }
        for (key, list) in [
            ("containerStatuses", &self.containers),
            ("initContainerStatuses", &self.init_containers),
        ] {
            if !list.is_empty() {
                m.insert(
                    key.into(),
                    list.iter().map(ContainerStatus::to_value).collect(),
                );
            }
        }
        if let Some(first) = self.pod_ips.first() {
            m.insert("podIP".into(), first.to_string().into());
            m.insert(
                "podIPs".into(),
                self.pod_ips
                    .iter()
                    .map(|ip| json!({"ip": ip.to_string()}))
                    .collect(),
            );
        }
        if let Some(ip) = self.host_ip {
            m.insert("hostIP".into(), ip.to_string().into());
            m.insert("hostIPs".into(), json!([{"ip": ip.to_string()}]));
        }
        if let Some(at) = self.start_time {
            m.insert("startTime".into(), at.to_rfc3339().into());
        }
        let texts = [
            ("reason", &self.reason),
            ("message", &self.message),
            ("nominatedNodeName", &self.nominated_node),
        ];
        for (key, text) in texts {
            if let Some(text) = text {
                m.insert(key.into(), text.as_ref().into());
            }
        }
        if !self.qos_class.is_empty() {
            m.insert("qosClass".into(), self.qos_class.into());
        }
        if self.observed_generation != 0 {
            m.insert("observedGeneration".into(), self.observed_generation.into());
        }
        Value::Object(m)
    }

    /// Reads a `status` object, as a client's PATCH of the status subresource may bring one. The error is `path: sentence`.
    pub fn from_value(value: &Value) -> Result<Self, String> {
        let all = Fields::of("status", value)?;
        let ip = |path: &str, text: Option<&str>| -> Result<Option<IpAddr>, String> {
            let Some(text) = text else { return Ok(None) };
            let ip = text.parse();
            ip.map(Some)
                .map_err(|_| format!("{path}: {text:?} is not an address"))
        };
        let mut pod_ips = Vec::new();
        for one in all.list("podIPs")? {
            pod_ips.extend(ip(
                "status.podIPs",
                Fields::of("status.podIPs", one)?.text("ip")?,
            )?);
        }
        if pod_ips.is_empty() {
            pod_ips.extend(ip("status.podIP", all.text("podIP")?)?);
        }
        let phase = all.text("phase")?.unwrap_or("Pending");
        let each = |key: &str| -> Result<Vec<_>, String> {
            all.list(key)?
                .iter()
                .map(ContainerStatus::from_value)
                .collect()
        };
        Ok(PodStatus {
            phase: Phase::parse(phase)
                .ok_or_else(|| format!("status.phase: unknown phase {phase:?}"))?,
            conditions: (all.list("conditions")?.iter().map(Condition::from_value))
                .collect::<Result<_, String>>()?,
            containers: each("containerStatuses")?,
            init_containers: each("initContainerStatuses")?,
            pod_ips,
            host_ip: ip("status.hostIP", all.text("hostIP")?)?,
            start_time: all.time("startTime")?,
            reason: all.word("reason")?,
            message: all.word("message")?,
            nominated_node: all.word("nominatedNodeName")?,
            qos_class: match all.text("qosClass")? {
                Some("Guaranteed") => "Guaranteed",
                Some("Burstable") => "Burstable",
                Some("BestEffort") => "BestEffort",
                _ => "",
            },
            observed_generation: all.number("observedGeneration")?,
        })
    }
}

impl Condition {
    fn to_value(&self) -> Value {
        let mut v = json!({
            "type": self.kind.as_ref(),
            "status": match self.status { Some(true) => "True", Some(false) => "False", None => "Unknown" },
            "lastProbeTime": null,
            "lastTransitionTime": self.since.to_rfc3339(),
        });
        for (key, text) in [("reason", &self.reason), ("message", &self.message)] {
            if let Some(text) = text {
                v[key] = text.as_ref().into();
            }
        }
        v
    }

    fn from_value(value: &Value) -> Result<Self, String> {
        let all = Fields::of("status.conditions", value)?;
        Ok(Condition {
            kind: all.word("type")?.unwrap_or_default(),
            status: match all.text("status")? {
                Some("True") => Some(true),
                Some("False") => Some(false),
                _ => None,
            },
            reason: all.word("reason")?,
            message: all.word("message")?,
            since: all.time("lastTransitionTime")?.unwrap_or_default(),
        })
    }
}

impl ContainerState {
    fn to_value(&self) -> Value {
        let with = |mut v: Value, message: &Option<Str>| {
            if let Some(text) = message {
                v["message"] = text.as_ref().into();
            }
            v
        };
        match self {
            ContainerState::Waiting { reason, message } => {
                json!({"waiting": with(json!({"reason": reason.as_ref()}), message)})
            }
            ContainerState::Running { since } => {
                json!({"running": {"startedAt": since.to_rfc3339()}})
            }
            ContainerState::Terminated {
                exit_code,
                reason,
                message,
                started,
                finished,
            } => {
                let v = json!({
                    "exitCode": exit_code, "reason": reason.as_ref(),
                    "startedAt": started.to_rfc3339(), "finishedAt": finished.to_rfc3339(),
                });
                json!({"terminated": with(v, message)})
            }
        }
    }

    fn from_value(value: &Value) -> Result<Self, String> {
        let all = Fields::of("state", value)?;
        if let Some(running) = all.object("running")? {
            return Ok(ContainerState::Running {
                since: running.time("startedAt")?.unwrap_or_default(),
            });
        }
        if let Some(ended) = all.object("terminated")? {
            return Ok(ContainerState::Terminated {
                exit_code: ended.number("exitCode")?,
                reason: ended.word("reason")?.unwrap_or_default(),
                message: ended.word("message")?,
                started: ended.time("startedAt")?.unwrap_or_default(),
                finished: ended.time("finishedAt")?.unwrap_or_default(),
            });
        }
        let Some(waiting) = all.object("waiting")? else {
            return Ok(ContainerState::default());
        };
        Ok(ContainerState::Waiting {
            reason: waiting.word("reason")?.unwrap_or_default(),
            message: waiting.word("message")?,
        })
    }
}

impl ContainerStatus {
    fn to_value(&self) -> Value {
        let mut v = json!({
            "name": self.name.as_ref(), "image": self.image.as_ref(), "imageID": "",
            "ready": self.ready, "started": self.started, "restartCount": self.restart_count,
            "state": self.state.to_value(), "lastState": {},
        });
        if self.id > 0 {
            // A container's id names its run: it changes with every restart.
            v["containerID"] = format!("containerd://{:064x}", digest(&self.name, self.id)).into();
            v["imageID"] = format!("sha256:{:064x}", digest(&self.image, 0)).into();
        }
        if let Some(last) = &self.last_state {
            v["lastState"] = last.to_value();
        }
        v
    }

    fn from_value(value: &Value) -> Result<Self, String> {
        let all = Fields::of("status.containerStatuses", value)?;
        let state = |key: &str| {
            let state = all
                .get(key)
                .filter(|v| v.as_object().is_none_or(|o| !o.is_empty()));
            state.map(ContainerState::from_value).transpose()
        };
        Ok(ContainerStatus {
            name: all.word("name")?.unwrap_or_default(),
            image: all.word("image")?.unwrap_or_default(),
            state: state("state")?.unwrap_or_default(),
            last_state: state("lastState")?.map(Arc::new),
            ready: all.flag("ready")?,
            started: all.flag("started")?,
            restart_count: all.number("restartCount")?,
            id: u32::from(all.get("containerID").is_some()),
        })
    }
}

/// The fields of an object that a client sent. A null field is an absent one.
struct Fields<'a> {
    path: &'a str,
    map: &'a Map<String, Value>,
}

impl<'a> Fields<'a> {
    fn of(path: &'a str, value: &'a Value) -> Result<Self, String> {
        match value {
            Value::Object(map) => Ok(Fields { path, map }),
            _ => Err(format!("{path}: must be an object")),
        }
    }

    fn get(&self, key: &str) -> Option<&'a Value> {
        self.map.get(key).filter(|v| !v.is_null())
    }

    /// What `read` finds at `key`; the error names what it should be.
    fn at<T>(
        &self,
        key: &str,
        what: &str,
        read: impl FnOnce(&'a Value) -> Option<T>,
    ) -> Result<Option<T>, String> {
        let Some(value) = self.get(key) else {
            return Ok(None);
        };
        let found = read(value);
        found
            .map(Some)
            .ok_or_else(|| format!("{}.{key}: must be {what}", self.path))
    }

    fn text(&self, key: &str) -> Result<Option<&'a str>, String> {
        self.at(key, "a string", Value::as_str)
    }

    /// A text that says something.
    fn word(&self, key: &str) -> Result<Option<Str>, String> {
        Ok(self.text(key)?.filter(|t| !t.is_empty()).map(Str::from))
    }

    fn time(&self, key: &str) -> Result<Option<Time>, String> {
        self.at(key, "an RFC 3339 time", |v| Time::parse(v.as_str()?))
    }

    fn number<N: TryFrom<i64> + Default>(&self, key: &str) -> Result<N, String> {
        let number = self.at(key, "a number", |v| N::try_from(v.as_i64()?).ok());
        Ok(number?.unwrap_or_default())
    }

    fn flag(&self, key: &str) -> Result<bool, String> {
        Ok(self
            .at(key, "true or false", Value::as_bool)?
            .unwrap_or_default())
    }

    fn list(&self, key: &str) -> Result<&'a [Value], String> {
        let list = self.at(key, "a list", Value::as_array)?;
        Ok(list.map(Vec::as_slice).unwrap_or_default())
    }

    fn object(&self, key: &'a str) -> Result<Option<Fields<'a>>, String> {
        self.get(key).map(|v| Fields::of(key, v)).transpose()
    }
}

/// A stable 128-bit number for a name and a count; for identities that need only be distinct and repeatable.
fn digest(text: &str, n: u32) -> u128 {
    const PRIME: u128 = 0x0000_0000_0100_0000_0000_0000_0000_013b;
    let seed = 0x6c62_272e_07bb_0142_62b8_2175_6295_c58d ^ u128::from(n);
    text.bytes()
        .fold(seed, |h, b| (h ^ u128::from(b)).wrapping_mul(PRIME))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_has_the_wrong_type_is_named() {
        for (status, error) in [
            (json!([]), "status: must be an object"),
            (
                json!({"phase": "Asleep"}),
                "status.phase: unknown phase \"Asleep\"",
            ),
            (
                json!({"podIP": "here"}),
                "status.podIP: \"here\" is not an address",
            ),
            (
                json!({"podIPs": [{"ip": 7}]}),
                "status.podIPs.ip: must be a string",
            ),
            (
                json!({"startTime": "soon"}),
                "status.startTime: must be an RFC 3339 time",
            ),
            (
                json!({"conditions": {}}),
                "status.conditions: must be a list",
            ),
            (
                json!({"containerStatuses": [{"ready": "yes"}]}),
                "status.containerStatuses.ready: must be true or false",
            ),
            (
                json!({"containerStatuses": [{"restartCount": -1}]}),
                "status.containerStatuses.restartCount: must be a number",
            ),
            (
                json!({"containerStatuses": [{"state": {"running": true}}]}),
                "running: must be an object",
            ),
        ] {
            assert_eq!(PodStatus::from_value(&status).unwrap_err(), error);
        }
    }

    #[test]
    fn an_absent_or_null_field_is_the_default() {
        for status in [
            json!({}),
            json!({"phase": null, "conditions": null, "podIP": null}),
        ] {
            assert_eq!(PodStatus::from_value(&status), Ok(PodStatus::default()));
        }
    }
}
