//! Answers in another form than the object's own: Tables, and metadata alone.
// upstream: staging/src/k8s.io/apiserver/pkg/endpoints/handlers/response.go doTransformObject

pub mod accept;
mod access;
mod bytes;
mod column;
mod config;
mod control;
mod custom;
mod jsonpath;
mod network;
mod pods;
mod seen;
mod storage;
mod targets;
#[cfg(test)]
mod tests;
mod workloads;

pub use bytes::rows as pod_rows;

use serde_json::{Map, Value, json};

use column::Column;
use seen::Seen;

/// The object or list in the form that `form` (of [`accept::form`]) asks for; `{refused, message}` where it has no such form.
///
/// In `form` stand besides: `now`, microseconds since the cluster's epoch; `noHeaders` to leave columns away, as watches do
/// after the first event; `columns`, the additionalPrinterColumns of a custom resource's version.
pub fn present(value: &Value, form: &Value) -> Value {
    if value["kind"] == "Status" && value["apiVersion"] == "v1" {
        return value.clone();
    }
    let kind = form["as"].as_str().unwrap_or_default();
    let version = form["version"].as_str().unwrap_or_default();
    let list = value["items"].as_array();
    match (kind, list) {
        ("Table", _) => table(value, form, version),
        ("PartialObjectMetadata", None) => partial(value, version),
        ("PartialObjectMetadataList", Some(items)) => json!({
            "apiVersion": version, "kind": kind, "metadata": value["metadata"],
            "items": items.iter().map(|item| partial(item, version)).collect::<Vec<_>>(),
        }),
        (_, list) => {
            let relation = if list.is_some() { "is" } else { "is not" };
            let message = format!(
                "you requested {kind}, but the requested object {relation} a list ({})",
                type_in_go(value)
            );
            json!({"refused": "NotAcceptable", "message": message})
        }
    }
}

/// What upstream's own type of an object is called.
fn type_in_go(value: &Value) -> String {
    let version = value["apiVersion"].as_str().unwrap_or_default();
    let group = version.split_once('/').map_or("", |(group, _)| group);
    let package = match group.split('.').next().unwrap_or_default() {
        "" | "events" => "core",
        package => package,
    };
    format!("*{package}.{}", value["kind"].as_str().unwrap_or_default())
}

fn partial(object: &Value, version: &str) -> Value {
    json!({"apiVersion": version, "kind": "PartialObjectMetadata", "metadata": object["metadata"]})
}

/// How the rows of a kind are made.
enum Printer<'a> {
    Columns(&'static [Column]),
    Pods,
    Custom(custom::Columns<'a>),
    /// upstream: staging/src/k8s.io/apiserver/pkg/registry/rest/table.go NewDefaultTableConvertor
    Default,
}

impl Printer<'_> {
    fn definitions(&self) -> Value {
        let all = |columns: &[Column]| {
            let named = columns.iter().filter(|c| !c.name.is_empty());
            named.map(Column::definition).collect()
        };
        match self {
            Printer::Columns(columns) => all(columns),
            Printer::Pods => all(pods::POD),
            Printer::Custom(columns) => columns.definitions(),
            Printer::Default => json!([
                {"name": "Name", "type": "string", "format": "name", "description": column::NAME, "priority": 0},
                {"name": "Created At", "type": "date", "format": "", "description": column::CREATED, "priority": 0},
            ]),
        }
    }

    fn cells(&self, seen: &Seen) -> (Vec<Value>, Option<Value>) {
        let cells = match self {
            Printer::Columns(columns) => columns.iter().map(|c| c.cell.of(seen)).collect(),
            Printer::Pods => return pods::cells_of(seen),
            Printer::Custom(columns) => columns.cells(seen),
            Printer::Default => vec![
                seen.at("metadata.name").clone(),
                seen.at("metadata.creationTimestamp").clone(),
            ],
        };
        (cells, None)
    }
}

/// upstream: pkg/printers/tablegenerator.go GenerateTable, response.go asTable
fn table(value: &Value, form: &Value, version: &str) -> Value {
    let list = value["items"].as_array();
    let said = |field: &str| value[field].as_str().unwrap_or_default();
    let kind = match list {
        Some(_) => said("kind").strip_suffix("List").unwrap_or_default(),
        None => said("kind"),
    };
    let api_version = said("apiVersion");
    let printer = match form.get("columns") {
        Some(columns) => Printer::Custom(custom::Columns::new(columns)),
        None => printer(api_version, kind),
    };
    let now = form["now"].as_i64().unwrap_or_default();
    let include = form["include"].as_str().unwrap_or_default();
    let one = |object: &Value| {
        let (cells, conditions) = printer.cells(&Seen { object, now });
        let shown = match include {
            "None" => Value::Null,
            "Object" => {
                let mut whole = Map::new();
                whole.insert("apiVersion".into(), api_version.into());
                whole.insert("kind".into(), kind.into());
                whole.extend(object.as_object().cloned().unwrap_or_default());
                Value::Object(whole)
            }
            _ => partial(object, version),
        };
        let mut row = json!({"cells": cells, "object": shown});
        if let Some(conditions) = conditions {
            row["conditions"] = conditions;
        }
        row
    };
    let (metadata, mut objects) = match list {
        Some(items) => (value["metadata"].clone(), items.iter().collect()),
        None => (
            json!({"resourceVersion": value["metadata"]["resourceVersion"]}),
            vec![value],
        ),
    };
    if kind == "FlowSchema" {
        // upstream: pkg/printers/internalversion/printers.go printFlowSchemaList
        let rank = |o: &Value| {
            let precedence = o["spec"]["matchingPrecedence"].as_i64();
            (precedence, seen::text(o, "metadata.name").to_owned())
        };
        objects.sort_by_key(|o| rank(o));
    }
    let definitions = match form["noHeaders"] == true {
        true => Value::Null,
        false => printer.definitions(),
    };
    let rows: Vec<_> = objects.into_iter().map(one).collect();
    json!({
        "apiVersion": version, "kind": "Table", "metadata": metadata, "columnDefinitions": definitions, "rows": rows,
    })
}

/// By group and kind: a kind's versions have one printer.
fn printer(api_version: &str, kind: &str) -> Printer<'static> {
    let group = api_version.split_once('/').map_or("", |(group, _)| group);
    let columns = match (group.split('.').next().unwrap_or_default(), kind) {
        ("", "Pod") => return Printer::Pods,
        ("", "ComponentStatus") => config::COMPONENT_STATUS,
        ("", "ConfigMap") => config::CONFIG_MAP,
        ("", "Endpoints") => network::ENDPOINTS,
        ("" | "events", "Event") => config::EVENT,
        ("", "Namespace") => config::NAMESPACE,
        ("", "Node") => config::NODE,
        ("", "PersistentVolume") => storage::PERSISTENT_VOLUME,
        ("", "PersistentVolumeClaim") => storage::PERSISTENT_VOLUME_CLAIM,
        ("", "PodTemplate") => workloads::POD_TEMPLATE,
        ("", "ReplicationController") => workloads::REPLICATION_CONTROLLER,
        ("", "ResourceQuota") => config::RESOURCE_QUOTA,
        ("", "Secret") => config::SECRET,
        ("", "Service") => network::SERVICE,
        ("", "ServiceAccount") => config::NAME_AND_AGE,
        ("admissionregistration", "MutatingAdmissionPolicy") => control::MUTATING_ADMISSION_POLICY,
        ("admissionregistration", "ValidatingAdmissionPolicy") => {
            control::VALIDATING_ADMISSION_POLICY
        }
        (
            "admissionregistration",
            "MutatingAdmissionPolicyBinding" | "ValidatingAdmissionPolicyBinding",
        ) => control::ADMISSION_POLICY_BINDING,
        (
            "admissionregistration",
            "MutatingWebhookConfiguration" | "ValidatingWebhookConfiguration",
        ) => control::WEBHOOK_CONFIGURATION,
        ("apiregistration", "APIService") => control::API_SERVICE,
        ("apps", "ControllerRevision") => workloads::CONTROLLER_REVISION,
        ("apps", "DaemonSet") => workloads::DAEMON_SET,
        ("apps", "Deployment") => workloads::DEPLOYMENT,
        ("apps", "ReplicaSet") => workloads::REPLICA_SET,
        ("apps", "StatefulSet") => workloads::STATEFUL_SET,
        ("autoscaling", "HorizontalPodAutoscaler") => workloads::HORIZONTAL_POD_AUTOSCALER,
        ("autoscaling", "Scale") => workloads::SCALE,
        ("batch", "CronJob") => workloads::CRON_JOB,
        ("batch", "Job") => workloads::JOB,
        ("certificates", "CertificateSigningRequest") => access::CERTIFICATE_SIGNING_REQUEST,
        ("certificates", "ClusterTrustBundle") => access::CLUSTER_TRUST_BUNDLE,
        ("certificates", "PodCertificateRequest") => access::POD_CERTIFICATE_REQUEST,
        ("coordination", "Lease") => config::LEASE,
        ("discovery", "EndpointSlice") => network::ENDPOINT_SLICE,
        ("flowcontrol", "FlowSchema") => control::FLOW_SCHEMA,
        ("flowcontrol", "PriorityLevelConfiguration") => control::PRIORITY_LEVEL,
        ("networking", "IPAddress") => network::IP_ADDRESS,
        ("networking", "Ingress") => network::INGRESS,
        ("networking", "IngressClass") => network::INGRESS_CLASS,
        ("networking", "NetworkPolicy") => network::NETWORK_POLICY,
        ("networking", "ServiceCIDR") => network::SERVICE_CIDR,
        ("node", "RuntimeClass") => config::RUNTIME_CLASS,
        ("policy", "PodDisruptionBudget") => workloads::POD_DISRUPTION_BUDGET,
        ("rbac", "ClusterRoleBinding") => access::CLUSTER_ROLE_BINDING,
        ("rbac", "RoleBinding") => access::ROLE_BINDING,
        ("resource", "DeviceClass" | "ResourceClaimTemplate") => config::NAME_AND_AGE,
        ("resource", "DeviceTaintRule") => control::DEVICE_TAINT_RULE,
        ("resource", "ResourceClaim") => control::RESOURCE_CLAIM,
        ("resource", "ResourceSlice") => control::RESOURCE_SLICE,
        ("scheduling", "PriorityClass") => config::PRIORITY_CLASS,
        ("storage", "CSIDriver") => storage::CSI_DRIVER,
        ("storage", "CSINode") => storage::CSI_NODE,
        ("storage", "CSIStorageCapacity") => storage::CSI_STORAGE_CAPACITY,
        ("storage", "StorageClass") => storage::STORAGE_CLASS,
        ("storage", "VolumeAttachment") => storage::VOLUME_ATTACHMENT,
        ("storage", "VolumeAttributesClass") => storage::VOLUME_ATTRIBUTES_CLASS,
        ("storagemigration", "StorageVersionMigration") => storage::STORAGE_VERSION_MIGRATION,
        // LimitRanges, Roles, ClusterRoles, CustomResourceDefinitions
        _ => return Printer::Default,
    };
    Printer::Columns(columns)
}
