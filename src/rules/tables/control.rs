//! Tables of what steers the cluster: admission, flow control, API services, devices.
// upstream: pkg/printers/internalversion/printers.go AddHandlers, printValidatingAdmissionPolicy and its like

use serde_json::Value;

use super::column::Cell::{Count, Int, Own, Since, Text, TextOr};
use super::column::{Column, age, name};
use super::seen::{Seen, items, text};

const WEBHOOKS: &str = "Webhooks indicates the number of webhooks registered in this configuration";

/// MutatingWebhookConfigurations and ValidatingWebhookConfigurations
pub static WEBHOOK_CONFIGURATION: &[Column] = &[
    name(),
    Column::int("Webhooks", WEBHOOKS, Count(&["webhooks"])),
    age(),
];

const fn param_kind() -> Column {
    Column::text(
        "ParamKind",
        "ParamKind specifies the kind of resources used to parameterize this policy",
        Own(|s| match s.at("spec.paramKind") {
            Value::Null => "<unset>".into(),
            kind => format!("{}/{}", text(kind, "apiVersion"), text(kind, "kind")).into(),
        }),
    )
}

/// ValidatingAdmissionPolicies
pub static VALIDATING_ADMISSION_POLICY: &[Column] = &[
    name(),
    Column::int(
        "Validations",
        "Validations indicates the number of validation rules defined in this configuration",
        Count(&["spec.validations"]),
    ),
    param_kind(),
    age(),
];

/// MutatingAdmissionPolicies
pub static MUTATING_ADMISSION_POLICY: &[Column] = &[
    name(),
    Column::int(
        "Mutations",
        "Mutation indicates the number of mutations rules defined in this configuration",
        Count(&["spec.mutations"]),
    ),
    param_kind(),
    age(),
];

/// Bindings of both kinds of admission policies
pub static ADMISSION_POLICY_BINDING: &[Column] = &[
    name(),
    Column::text(
        "PolicyName",
        "PolicyName indicates the policy definition which the policy binding binded to",
        Text("spec.policyName"),
    ),
    Column::text(
        "ParamRef",
        "ParamRef indicates the param resource which sets the configration param",
        Own(param_ref),
    ),
    age(),
];

fn param_ref(seen: &Seen) -> Value {
    let reference = seen.at("spec.paramRef");
    let selector = &super::seen::at(reference, "selector");
    match (text(reference, "name"), text(reference, "namespace")) {
        ("", _) if selector.is_null() => "<unset>".into(),
        ("", _) => selector_in_go(selector).into(),
        (name, "") => format!("*/{name}").into(),
        (name, namespace) => format!("{namespace}/{name}").into(),
    }
}

/// A label selector as Go's generated code for protocol buffers prints it.
///
/// upstream: staging/src/k8s.io/apimachinery/pkg/apis/meta/v1/generated.pb.go LabelSelector String
fn selector_in_go(selector: &Value) -> String {
    let labels: String = selector["matchLabels"]
        .as_object()
        .into_iter()
        .flatten()
        .map(|(key, value)| format!("{key}: {},", value.as_str().unwrap_or_default()))
        .collect();
    let terms: String = items(&selector["matchExpressions"])
        .iter()
        .map(|term| {
            let values: Vec<_> = items(&term["values"])
                .iter()
                .filter_map(Value::as_str)
                .collect();
            let (key, operator) = (text(term, "key"), text(term, "operator"));
            let values = values.join(" ");
            format!("LabelSelectorRequirement{{Key:{key},Operator:{operator},Values:[{values}],}},")
        })
        .collect();
    format!(
        "&LabelSelector{{MatchLabels:map[string]string{{{labels}}},MatchExpressions:[]LabelSelectorRequirement{{{terms}}},}}"
    )
}

/// FlowSchemas
pub static FLOW_SCHEMA: &[Column] = &[
    name(),
    Column::text(
        "PriorityLevel",
        "`name` is the name of the priority level configuration being referenced Required.",
        Text("spec.priorityLevelConfiguration.name"),
    ),
    Column::text(
        "MatchingPrecedence",
        "`matchingPrecedence` is used to choose among the FlowSchemas that match a given request. The chosen FlowSchema is among those with the numerically lowest (which we take to be logically highest) MatchingPrecedence.  Each MatchingPrecedence value must be ranged in [1,10000]. Note that if the precedence is not specified, it will be set to 1000 as default.",
        Int("spec.matchingPrecedence"),
    ),
    Column::text(
        "DistinguisherMethod",
        "`distinguisherMethod` defines how to compute the flow distinguisher for requests that match this schema. `nil` specifies that the distinguisher is disabled and thus will always be the empty string.",
        TextOr("spec.distinguisherMethod.type", "<none>"),
    ),
    age(),
    Column::text(
        "MissingPL",
        "references a broken or non-existent PriorityLevelConfiguration",
        Own(|s| {
            let dangling = s.condition("status.conditions", "Dangling");
            dangling.map_or("?", |c| text(c, "status")).into()
        }),
    ),
];

/// PriorityLevelConfigurations
pub static PRIORITY_LEVEL: &[Column] = &[
    name(),
    Column::text(
        "Type",
        "`type` indicates whether this priority level is subject to limitation on request execution.  A value of `\"Exempt\"` means that requests of this priority level are not subject to a limit (and thus are never queued) and do not detract from the capacity made available to other priority levels.  A value of `\"Limited\"` means that (a) requests of this priority level _are_ subject to limits and (b) some of the server's limited capacity is made available exclusively to this priority level. Required.",
        Text("spec.type"),
    ),
    Column::text(
        "NominalConcurrencyShares",
        "`nominalConcurrencyShares` (NCS) contributes to the computation of the NominalConcurrencyLimit (NominalCL) of this level. This is the number of execution seats available at this priority level. This is used both for requests dispatched from this priority level as well as requests dispatched from other priority levels borrowing seats from this level. The server's concurrency limit (ServerCL) is divided among the Limited priority levels in proportion to their NCS values:\n\nNominalCL(i)  = ceil( ServerCL * NCS(i) / sum_ncs ) sum_ncs = sum[priority level k] NCS(k)\n\nBigger numbers mean a larger nominal concurrency limit, at the expense of every other priority level.\n\nIf not specified, this field defaults to a value of 30.\n\nSetting this field to zero supports the construction of a \"jail\" for this priority level that is used to hold some request(s)",
        Own(|s| number(s, "spec.limited", "nominalConcurrencyShares")),
    ),
    Column::text(
        "Queues",
        "`queues` is the number of queues for this priority level. The queues exist independently at each apiserver. The value must be positive.  Setting it to 1 effectively precludes shufflesharding and thus makes the distinguisher method of associated flow schemas irrelevant.  This field has a default value of 64.",
        Own(|s| number(s, QUEUING, "queues")),
    ),
    Column::text(
        "HandSize",
        "`handSize` is a small positive number that configures the shuffle sharding of requests into queues.  When enqueuing a request at this priority level the request's flow identifier (a string pair) is hashed and the hash value is used to shuffle the list of queues and deal a hand of the size specified here.  The request is put into one of the shortest queues in that hand. `handSize` must be no larger than `queues`, and should be significantly smaller (so that a few heavy flows do not saturate most of the queues).  See the user-facing documentation for more extensive guidance on setting this field.  This field has a default value of 8.",
        Own(|s| number(s, QUEUING, "handSize")),
    ),
    Column::text(
        "QueueLengthLimit",
        "`queueLengthLimit` is the maximum number of requests allowed to be waiting in a given queue of this priority level at a time; excess requests are rejected.  This value must be positive.  If not specified, it will be defaulted to 50.",
        Own(|s| number(s, QUEUING, "queueLengthLimit")),
    ),
    age(),
];

const QUEUING: &str = "spec.limited.limitResponse.queuing";

/// A number of something that may not be there at all.
fn number(seen: &Seen, part: &str, field: &str) -> Value {
    match seen.at(part) {
        Value::Null => "<none>".into(),
        part => part[field].as_i64().unwrap_or_default().into(),
    }
}

/// APIServices
// upstream: staging/src/k8s.io/kube-aggregator/pkg/registry/apiservice/etcd/etcd.go ConvertToTable
pub static API_SERVICE: &[Column] = &[
    name(),
    Column::text(
        "Service",
        "The reference to the service that hosts this API endpoint.",
        Own(|s| match s.at("spec.service") {
            Value::Null => "Local".into(),
            service => format!("{}/{}", text(service, "namespace"), text(service, "name")).into(),
        }),
    ),
    Column::text(
        "Available",
        "Whether this service is available.",
        Own(|s| {
            let Some(available) = s.condition("status.conditions", "Available") else {
                return "Unknown".into();
            };
            match (text(available, "status"), text(available, "reason")) {
                (status @ "True", _) | (status, "") => status.into(),
                (status, reason) => format!("{status} ({reason})").into(),
            }
        }),
    ),
    age(),
];

/// ResourceClaims
pub static RESOURCE_CLAIM: &[Column] = &[
    name(),
    Column::text(
        "State",
        "A summary of the current state (allocated, pending, reserved, etc.).",
        Own(|s| {
            let allocated = !s.at("status.allocation").is_null();
            let states = [
                (s.terminating(), "deleted"),
                (!allocated && !s.terminating(), "pending"),
                (allocated, "allocated"),
                (allocated && s.count("status.reservedFor") > 0, "reserved"),
            ];
            let states: Vec<_> = states.iter().filter(|s| s.0).map(|s| s.1).collect();
            states.join(",").into()
        }),
    ),
    age(),
];

/// ResourceSlices
pub static RESOURCE_SLICE: &[Column] = &[
    name(),
    Column::text(
        "Node",
        "NodeName identifies the node which provides the resources in this pool. A field selector can be used to list only ResourceSlice objects belonging to a certain node.\n\nThis field can be used to limit access from nodes to ResourceSlices with the same node name. It also indicates to autoscalers that adding new nodes of the same type as some old node might also make new resources available.\n\nExactly one of NodeName, NodeSelector, AllNodes, and PerDeviceNodeSelection must be set. This field is immutable.",
        Text("spec.nodeName"),
    ),
    Column::text(
        "Driver",
        "Driver identifies the DRA driver providing the capacity information. A field selector can be used to list only ResourceSlice objects with a certain driver name.\n\nMust be a DNS subdomain and should end with a DNS domain owned by the vendor of the driver. It should use only lower case characters. This field is immutable.",
        Text("spec.driver"),
    ),
    Column::text(
        "Pool",
        "Name is used to identify the pool. For node-local devices, this is often the node name, but this is not required. A field selector can be used to list only ResourceSlice objects belonging to a certain pool.\n\nIt must not be longer than 253 characters and must consist of one or more DNS sub-domains separated by slashes. This field is immutable.",
        Text("spec.pool.name"),
    ),
    age(),
];

/// DeviceTaintRules
pub static DEVICE_TAINT_RULE: &[Column] = &[
    name(),
    Column::text(
        "Key",
        "The taint key to be applied to a device. Must be a label name.",
        Text("spec.taint.key"),
    ),
    Column::text(
        "Value",
        "The taint value corresponding to the taint key. Must be a label value.",
        Text("spec.taint.value"),
    ),
    Column::text(
        "Effect",
        "The effect of the taint on claims that do not tolerate the taint and through such claims on the pods using them.\n\nValid effects are None, NoSchedule and NoExecute. PreferNoSchedule as used for nodes is not valid here. More effects may get added in the future. Consumers must treat unknown effects like None.",
        Text("spec.taint.effect"),
    ),
    Column::text(
        "TimeAdded",
        "TimeAdded represents the time at which the taint was added or (only in a DeviceTaintRule) the effect was modified. Added automatically during create or update if not set.\n\nIn addition, in a DeviceTaintRule a value provided during an update gets replaced with the current time if the provided value is the same as the old one and the new effect is different. Changing the key and/or value while keeping the effect unchanged is possible and does not update the time stamp because the eviction which uses it is either already started (NoExecute) or not started yet (NoEffect, NoSchedule).",
        Since("spec.taint.timeAdded", ""),
    ),
    age(),
];
