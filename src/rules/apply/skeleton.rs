//! What an object has before anything is in it: the parts that upstream's types hold by value. A write does not own them.
// upstream: the struct types in staging/src/k8s.io/api, as encoding/json prints their zero values

use serde_json::Value;

/// What an empty object has at a place.
#[derive(Clone, Copy)]
pub enum Empty {
    /// A list without anything, which is printed as null.
    Null,
    /// An object of these fields.
    Map(Fields),
}

/// Fields of an empty object.
pub type Fields = &'static [(&'static str, Empty)];

const NOTHING: Empty = Empty::Map(&[]);
const METADATA: (&str, Empty) = ("metadata", NOTHING);
const SPEC: (&str, Empty) = ("spec", NOTHING);
const STATUS: (&str, Empty) = ("status", NOTHING);
const CONTAINERS: (&str, Empty) = ("spec", Empty::Map(&[("containers", Empty::Null)]));
const TEMPLATE: (&str, Empty) = ("template", Empty::Map(&[METADATA, CONTAINERS]));
const JOB: Empty = Empty::Map(&[METADATA, ("spec", Empty::Map(&[TEMPLATE]))]);
const BALANCED: (&str, Empty) = ("status", Empty::Map(&[("loadBalancer", NOTHING)]));

/// A custom resource's, of which no type is known.
pub const CUSTOM: Fields = &[METADATA];

/// The empty object of a kind.
pub fn empty(api_version: &str, kind: &str) -> Fields {
    match kind {
        "Pod" => &[METADATA, CONTAINERS, STATUS],
        "PodTemplate" => &[METADATA, SPEC, STATUS, TEMPLATE],
        "Deployment" => &[
            METADATA,
            ("spec", Empty::Map(&[("strategy", NOTHING), TEMPLATE])),
            STATUS,
        ],
        "StatefulSet" | "DaemonSet" => &[
            METADATA,
            ("spec", Empty::Map(&[("updateStrategy", NOTHING), TEMPLATE])),
            STATUS,
        ],
        "ReplicaSet" | "Job" => &[METADATA, ("spec", Empty::Map(&[TEMPLATE])), STATUS],
        "CronJob" => &[
            METADATA,
            ("spec", Empty::Map(&[("jobTemplate", JOB)])),
            STATUS,
        ],
        "Service" | "Ingress" => &[METADATA, SPEC, BALANCED],
        "PersistentVolumeClaim" => &[
            METADATA,
            ("spec", Empty::Map(&[("resources", NOTHING)])),
            STATUS,
        ],
        "NetworkPolicy" => &[
            METADATA,
            ("spec", Empty::Map(&[("podSelector", NOTHING)])),
            STATUS,
        ],
        "HorizontalPodAutoscaler" => &[
            METADATA,
            ("spec", Empty::Map(&[("scaleTargetRef", NOTHING)])),
            STATUS,
        ],
        "Role" | "ClusterRole" => &[METADATA, SPEC, STATUS, ("rules", Empty::Null)],
        "EndpointSlice" => &[
            METADATA,
            SPEC,
            STATUS,
            ("endpoints", Empty::Null),
            ("ports", Empty::Null),
        ],
        "Event" if api_version == "v1" => &[
            METADATA,
            SPEC,
            STATUS,
            ("involvedObject", NOTHING),
            ("source", NOTHING),
        ],
        "Event" => &[
            METADATA,
            SPEC,
            STATUS,
            ("regarding", NOTHING),
            ("deprecatedSource", NOTHING),
        ],
        "Node" => {
            const ENDPOINTS: Empty = Empty::Map(&[("kubeletEndpoint", NOTHING)]);
            const GIVEN: Fields = &[("daemonEndpoints", ENDPOINTS), ("nodeInfo", NOTHING)];
            &[METADATA, SPEC, ("status", Empty::Map(GIVEN))]
        }
        "CustomResourceDefinition" => {
            const ASKED: Fields = &[("names", NOTHING), ("versions", Empty::Null)];
            const SEEN: Fields = &[
                ("conditions", Empty::Null),
                ("acceptedNames", NOTHING),
                ("storedVersions", Empty::Null),
            ];
            &[
                METADATA,
                ("spec", Empty::Map(ASKED)),
                ("status", Empty::Map(SEEN)),
            ]
        }
        _ => &[METADATA, SPEC, STATUS],
    }
}

/// What one of the fields has.
pub fn field(fields: Fields, name: &str) -> Option<Empty> {
    let found = fields.iter().find(|(known, _)| *known == name);
    found.map(|(_, empty)| *empty)
}

impl Empty {
    /// As JSON.
    pub fn value(self) -> Value {
        match self {
            Empty::Null => Value::Null,
            Empty::Map(fields) => {
                let each = fields.iter();
                Value::Object(
                    each.map(|(name, empty)| ((*name).to_owned(), empty.value()))
                        .collect(),
                )
            }
        }
    }

    /// Whether a value has nothing more.
    pub fn is(self, value: &Value) -> bool {
        match (self, value) {
            (Empty::Null, value) => value.is_null(),
            (Empty::Map(fields), Value::Object(given)) => {
                given.len() == fields.len()
                    && fields
                        .iter()
                        .all(|(name, empty)| given.get(*name).is_some_and(|v| empty.is(v)))
            }
            _ => false,
        }
    }
}
