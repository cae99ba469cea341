//! Tables of what clusters are made of: nodes, namespaces, configuration, quotas, events.
// upstream: pkg/printers/internalversion/printers.go AddHandlers, printNode and its like

use std::collections::BTreeSet;

use serde_json::Value;

use super::column::Cell::{Bool, Count, Int, Own, Text, TextOr};
use super::column::{Column, age, name};
use super::seen::{self, Seen, text};

/// Nodes
pub static NODE: &[Column] = &[
    name(),
    Column::text("Status", "The status of the node", Own(node_status)),
    Column::text("Roles", "The roles of the node", Own(roles)),
    age(),
    Column::text(
        "Version",
        "Kubelet Version reported by the node.",
        Text("status.nodeInfo.kubeletVersion"),
    ),
    Column::text(
        "Internal-IP",
        "List of addresses reachable to the node. Queried from cloud provider, if available. More info: https://kubernetes.io/docs/reference/node/node-status/#addresses Note: This field is declared as mergeable, but the merge key is not sufficiently unique, which can cause data corruption when it is merged. Callers should instead use a full-replacement patch. See https://pr.k8s.io/79391 for an example. Consumers should assume that addresses can change during the lifetime of a Node. However, there are some exceptions where this may not be possible, such as Pods that inherit a Node's address in its own status or consumers of the downward API (status.hostIP).",
        Own(|s| address(s, "InternalIP")),
    )
    .wide(),
    Column::text(
        "External-IP",
        "List of addresses reachable to the node. Queried from cloud provider, if available. More info: https://kubernetes.io/docs/reference/node/node-status/#addresses Note: This field is declared as mergeable, but the merge key is not sufficiently unique, which can cause data corruption when it is merged. Callers should instead use a full-replacement patch. See https://pr.k8s.io/79391 for an example. Consumers should assume that addresses can change during the lifetime of a Node. However, there are some exceptions where this may not be possible, such as Pods that inherit a Node's address in its own status or consumers of the downward API (status.hostIP).",
        Own(|s| address(s, "ExternalIP")),
    )
    .wide(),
    Column::text(
        "OS-Image",
        "OS Image reported by the node from /etc/os-release (e.g. Debian GNU/Linux 7 (wheezy)).",
        TextOr("status.nodeInfo.osImage", "<unknown>"),
    )
    .wide(),
    Column::text(
        "Kernel-Version",
        "Kernel Version reported by the node from 'uname -r' (e.g. 3.16.0-0.bpo.4-amd64).",
        TextOr("status.nodeInfo.kernelVersion", "<unknown>"),
    )
    .wide(),
    Column::text(
        "Container-Runtime",
        "ContainerRuntime Version reported by the node through runtime remote API (e.g. containerd://1.4.2).",
        TextOr("status.nodeInfo.containerRuntimeVersion", "<unknown>"),
    )
    .wide(),
];

fn node_status(seen: &Seen) -> Value {
    let ready = seen.condition("status.conditions", "Ready");
    let mut status = match ready {
        Some(ready) if ready["status"] == "True" => "Ready",
        Some(_) => "NotReady",
        None => "Unknown",
    }
    .to_owned();
    if seen.at("spec.unschedulable") == true {
        status.push_str(",SchedulingDisabled");
    }
    status.into()
}

/// upstream: pkg/printers/internalversion/printers.go findNodeRoles
fn roles(seen: &Seen) -> Value {
    let labels = seen.at("metadata.labels").as_object().into_iter().flatten();
    let mut all = BTreeSet::new();
    for (key, value) in labels {
        let role = match key.strip_prefix("node-role.kubernetes.io/") {
            Some(role) => role,
            None if key == "kubernetes.io/role" => value.as_str().unwrap_or_default(),
            None => "",
        };
        if !role.is_empty() {
            all.insert(role);
        }
    }
    let all: Vec<_> = all.into_iter().collect();
    seen::or_none(all.join(",")).into()
}

fn address(seen: &Seen, kind: &str) -> Value {
    let found = seen.condition("status.addresses", kind);
    found.map_or("<none>", |a| text(a, "address")).into()
}

/// Namespaces
pub static NAMESPACE: &[Column] = &[
    name(),
    Column::text(
        "Status",
        "The status of the namespace",
        Text("status.phase"),
    ),
    age(),
];

/// Secrets
pub static SECRET: &[Column] = &[
    name(),
    Column::text(
        "Type",
        "Used to facilitate programmatic handling of secret data. More info: https://kubernetes.io/docs/concepts/configuration/secret/#secret-types",
        Text("type"),
    ),
    Column::text(
        "Data",
        "Data contains the secret data. Each key must consist of alphanumeric characters, '-', '_' or '.'. The serialized form of the secret data is a base64 encoded string, representing the arbitrary (possibly non-string) data value here. Described in https://tools.ietf.org/html/rfc4648#section-4",
        Count(&["data"]),
    ),
    age(),
];

/// ConfigMaps
pub static CONFIG_MAP: &[Column] = &[
    name(),
    Column::text(
        "Data",
        "Data contains the configuration data. Each key must consist of alphanumeric characters, '-', '_' or '.'. Values with non-UTF-8 byte sequences must use the BinaryData field. The keys stored in Data must not overlap with the keys in the BinaryData field, this is enforced during validation process.",
        Count(&["data", "binaryData"]),
    ),
    age(),
];

/// A name and an age: ServiceAccounts, DeviceClasses, ResourceClaimTemplates.
pub static NAME_AND_AGE: &[Column] = &[name(), age()];

/// ResourceQuotas
pub static RESOURCE_QUOTA: &[Column] = &[
    name(),
    Column::text(
        "Request",
        "Request represents a minimum amount of cpu/memory that a container may consume.",
        Own(|s| quota(s, false)),
    ),
    Column::text(
        "Limit",
        "Limits control the maximum amount of cpu/memory that a container may use independent of contention on the node.",
        Own(|s| quota(s, true)),
    ),
    age(),
];

fn quota(seen: &Seen, limits: bool) -> Value {
    let hard = seen.at("status.hard").as_object().into_iter().flatten();
    let used = seen.at("status.used");
    let amount = |value: Option<&Value>| value.and_then(seen::quantity).unwrap_or("0".into());
    let each: Vec<_> = hard
        .filter(|(name, _)| name.starts_with("limits.") == limits)
        .map(|(name, hard)| format!("{name}: {}/{}", amount(used.get(name)), amount(Some(hard))))
        .collect();
    each.join(", ").into()
}

/// ComponentStatuses
pub static COMPONENT_STATUS: &[Column] = &[
    name(),
    Column::text(
        "Status",
        "Status of the component conditions",
        Own(|s| match s.condition("conditions", "Healthy") {
            Some(healthy) if healthy["status"] == "True" => "Healthy".into(),
            Some(_) => "Unhealthy".into(),
            None => "Unknown".into(),
        }),
    ),
    Column::text(
        "Message",
        "Message of the component conditions",
        Own(|s| {
            s.condition("conditions", "Healthy")
                .map_or("", |c| text(c, "message"))
                .into()
        }),
    ),
    Column::text(
        "Error",
        "Error of the component conditions",
        Own(|s| {
            s.condition("conditions", "Healthy")
                .map_or("", |c| text(c, "error"))
                .into()
        }),
    ),
];

/// PriorityClasses
pub static PRIORITY_CLASS: &[Column] = &[
    name(),
    Column::int(
        "Value",
        "value represents the integer value of this priority class. This is the actual priority that pods receive when they have the name of this class in their pod spec.",
        Int("value"),
    ),
    Column::flag(
        "Global-Default",
        "globalDefault specifies whether this PriorityClass should be considered as the default priority for pods that do not have any priority class. Only one PriorityClass can be marked as `globalDefault`. However, if more than one PriorityClasses exists with their `globalDefault` field set to true, the smallest value of such global default PriorityClasses will be used as the default priority.",
        Bool("globalDefault", false),
    ),
    age(),
    Column::text(
        "PreemptionPolicy",
        "preemptionPolicy is the Policy for preempting pods with lower priority. One of Never, PreemptLowerPriority. Defaults to PreemptLowerPriority if unset.",
        Text("preemptionPolicy"),
    ),
];

/// RuntimeClasses
pub static RUNTIME_CLASS: &[Column] =
    &[name(), Column::text("Handler", "", Text("handler")), age()];

/// Leases
pub static LEASE: &[Column] = &[
    name(),
    Column::text(
        "Holder",
        "holderIdentity contains the identity of the holder of a current lease. If Coordinated Leader Election is used, the holder identity must be equal to the elected LeaseCandidate.metadata.name field.",
        Text("spec.holderIdentity"),
    ),
    age(),
];

/// Events, of both groups.
pub static EVENT: &[Column] = &[
    Column::text("Last Seen", "The time at which the most recent occurrence of this event was recorded.", Own(last_seen)),
    Column::text("Type", "Type of this event (Normal, Warning), new types could be added in the future", Text("type")),
    Column::text("Reason", "This should be a short, machine understandable string that gives the reason for the transition into the object's current status.", Text("reason")),
    Column::text("Object", "The object that this event is about.", Own(involved)),
    Column::text(
        "Subobject",
        "If referring to a piece of an object instead of an entire object, this string should contain a valid JSON/Go field access statement, such as desiredState.manifest.containers[2]. For example, if the object reference is to a container within a pod, this would take on a value like: \"spec.containers{name}\" (where \"name\" refers to the name of the container that triggered the event) or if no container name is specified \"spec.containers[2]\" (container with index 2 in this pod). This syntax is chosen only to have some well-defined way of referencing a part of an object.",
        Own(|s| s.first(&["involvedObject.fieldPath", "regarding.fieldPath"]).into()),
    )
    .wide(),
    Column::text("Source", "The component reporting this event. Should be a short machine understandable string.", Own(source)).wide(),
    Column::text(
        "Message",
        "A human-readable description of the status of this operation.",
        Own(|s| s.first(&["message", "note"]).trim().into()),
    ),
    Column::text(
        "First Seen",
        "The time at which the event was first recorded. (Time of server receipt is in TypeMeta.)",
        Own(|s| first_seen(s).into()),
    )
    .wide(),
    Column::text("Count", "The number of times this event has occurred.", Own(count)).wide(),
    name().wide(),
];

fn first_seen(seen: &Seen) -> String {
    let when = ["firstTimestamp", "deprecatedFirstTimestamp", "eventTime"];
    let known = when.iter().find_map(|path| seen.since(path));
    known.unwrap_or("<unknown>".into())
}

fn last_seen(seen: &Seen) -> Value {
    if seen.at("series").is_object() {
        let last = seen.since("series.lastObservedTime");
        return last.unwrap_or("<unknown>".into()).into();
    }
    let when = ["lastTimestamp", "deprecatedLastTimestamp"];
    let known = when.iter().find_map(|path| seen.since(path));
    known.unwrap_or_else(|| first_seen(seen)).into()
}

fn count(seen: &Seen) -> Value {
    if seen.at("series").is_object() {
        return seen.int("series.count").into();
    }
    let counted = seen.int("count").max(seen.int("deprecatedCount"));
    counted.max(1).into()
}

fn involved(seen: &Seen) -> Value {
    let kind = seen
        .first(&["involvedObject.kind", "regarding.kind"])
        .to_lowercase();
    match seen.first(&["involvedObject.name", "regarding.name"]) {
        "" => kind.into(),
        name => format!("{kind}/{name}").into(),
    }
}

/// upstream: pkg/printers/internalversion/printers.go formatEventSource
fn source(seen: &Seen) -> Value {
    let component = seen.first(&[
        "source.component",
        "deprecatedSource.component",
        "reportingComponent",
        "reportingController",
    ]);
    match seen.first(&["source.host", "deprecatedSource.host", "reportingInstance"]) {
        "" => component.into(),
        instance => format!("{component}, {instance}").into(),
    }
}
