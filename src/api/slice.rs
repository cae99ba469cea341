//! EndpointSlices with their endpoints shared one by one, so that one change among a hundred copies one.

use std::net::IpAddr;
use std::sync::Arc;

use k8s_openapi::api::discovery::v1 as discovery;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use crate::kinds::KindId;
use crate::meta::{Str, Uid};
use crate::object::{Body, Obj, Object, data, from_fields, to_fields};

/// Fields of an EndpointSlice.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct SliceBody {
    /// `IPv4`, `IPv6` or `FQDN`.
    pub address_type: String,
    /// At most 1,000.
    pub endpoints: Vec<Arc<Endpoint>>,
    /// The ports that all endpoints of this slice serve.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub ports: Vec<discovery::EndpointPort>,
}

data! { EndpointSlice, SliceBody, ENDPOINT_SLICE; }

/// One endpoint.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct Endpoint {
    /// Its addresses; consumers use the first.
    pub addresses: Vec<Str>,
    /// What it is able to do.
    pub conditions: Conditions,
    /// Its name within a headless Service.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub hostname: Option<Str>,
    /// The node it is on.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub node_name: Option<Str>,
    /// The zone it is in.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub zone: Option<Str>,
    /// Who should use it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub hints: Option<Arc<discovery::EndpointHints>>,
    /// What it stands for.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub target_ref: Option<Target>,
    /// Left over from older API versions.
    #[serde(skip_serializing_if = "Map::is_empty")]
    pub deprecated_topology: Map<String, Value>,
}

impl Endpoint {
    /// The address that consumers use.
    pub fn address(&self) -> Option<IpAddr> {
        self.addresses.first()?.parse().ok()
    }
}

/// The three conditions of an endpoint; what is not said is taken as upstream's consumers take it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Conditions {
    /// May get new traffic.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub ready: Option<bool>,
    /// Able to answer, leaving or not.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub serving: Option<bool>,
    /// Leaving.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub terminating: Option<bool>,
}

impl Conditions {
    /// upstream: pkg/proxy/endpoint.go newEndpointInfo: an unset `ready` counts as ready.
    pub fn is_ready(&self) -> bool {
        self.ready.unwrap_or(true)
    }
    /// An unset `serving` is what `ready` says.
    pub fn is_serving(&self) -> bool {
        self.serving.unwrap_or(self.is_ready())
    }
    /// An unset `terminating` is false.
    pub fn is_terminating(&self) -> bool {
        self.terminating.unwrap_or(false)
    }
}

/// The object behind an endpoint.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Target {
    /// `Pod`, mostly.
    #[serde(default)]
    pub kind: Str,
    /// Its namespace.
    #[serde(default)]
    pub namespace: Str,
    /// Its name.
    #[serde(default)]
    pub name: Str,
    /// Its uid.
    #[serde(default, with = "uid_text")]
    pub uid: Uid,
}

mod uid_text {
    //! Uids as texts.
    use super::Uid;
    use serde::{Deserialize, Deserializer, Serializer};

    pub fn serialize<S: Serializer>(uid: &Uid, s: S) -> Result<S::Ok, S::Error> {
        s.collect_str(uid)
    }

    pub fn deserialize<'de, D: Deserializer<'de>>(d: D) -> Result<Uid, D::Error> {
        let text = String::deserialize(d)?;
        Ok(Uid::parse(&text).unwrap_or_default())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn a_slice_survives_the_way_through_json() {
        let value = json!({
            "apiVersion": "discovery.k8s.io/v1", "kind": "EndpointSlice",
            "metadata": {"name": "web-1", "namespace": "default"}, "addressType": "IPv4",
            "endpoints": [{
                "addresses": ["10.244.0.2"], "conditions": {"ready": true, "serving": true, "terminating": false},
                "nodeName": "n1", "zone": "a",
                "targetRef": {"kind": "Pod", "namespace": "default", "name": "w", "uid": Uid(3).to_string()},
            }],
            "ports": [{"name": "http", "port": 80, "protocol": "TCP"}],
        });
        let object = Object::from_value(KindId::ENDPOINT_SLICE, value.clone()).unwrap();
        let printed = object.to_value();
        assert_eq!(printed["endpoints"], value["endpoints"]);
        assert_eq!(printed["ports"], value["ports"]);
    }

    #[test]
    fn unset_conditions_read_as_upstream_reads_them() {
        let unset = Conditions::default();
        assert!(unset.is_ready() && unset.is_serving() && !unset.is_terminating());
        let not_ready = Conditions {
            ready: Some(false),
            ..unset
        };
        assert!(!not_ready.is_serving());
    }
}
