//! Who owns what the cluster's own components wrote.
//!
//! Components write often, and nobody looks at most of it; so nothing is kept of who wrote what. It is told from the
//! object: a status is its kind's writer's, and an object that no one has written to since it was made is its maker's. Of
//! somebody from outside who made it, a marker is kept: an entry without fields.

use serde_json::{Value, json};

use super::admitted::{self, Nobodys};
use super::compare::compare;
use super::entries::Entry;
use super::how::How;
use super::set::difference;
use super::written::written;

/// What the maker of an object owns of it: everything but the status and what the API server added. Whose name, time and
/// version a marker tells; without one, the maker is a component.
fn made(how: &How, object: &Value, marker: &Value) -> Vec<Entry> {
    let text = |field: &str| marker[field].as_str();
    let created = object["metadata"]["creationTimestamp"].as_str();
    let name = text("manager").unwrap_or_else(|| maker(how, object));
    let entry = |name: &str, nobodys: Nobodys| Entry {
        time: text("time").or(created).map(str::to_owned),
        subresource: String::new(),
        ..how.entry(
            name,
            false,
            written(how.spot(), how.empty(), object, nobodys),
        )
    };
    if how.kind() == "Node" && marker.is_null() {
        // A kubelet says that it is there, and is given its addresses.
        let [said, given] = admitted::NODE;
        return vec![entry(name, said), entry(CONTROLLERS, given)];
    }
    vec![entry(name, admitted::nobodys(how.kind(), object))]
}

/// What the writer of a kind's status owns beyond what others do; none where it has not written yet.
pub fn status(how: &How, object: &Value, others: &[Entry]) -> Option<Entry> {
    // Nothing inside the cluster writes to custom resources.
    if how.is_custom() {
        return None;
    }
    let status = object["status"]
        .as_object()
        .filter(|status| !status.is_empty())?;
    if how.kind() == "Pod" && !status.contains_key("startTime") {
        // Its node does not know it yet; of an unscheduled one, the scheduler said why.
        status.get("conditions")?;
        if object["spec"]["nodeName"].is_string() {
            return None;
        }
    }
    let mut before = how.empty().value()["status"].take();
    if !before.is_object() {
        before = json!({});
    }
    // What an object begins with is not its writer's: numbers at zero, and the phase that the API server gives.
    for (name, value) in status {
        let given = match name.as_str() {
            "phase" => matches!(value.as_str(), Some("Active" | "Pending")),
            "qosClass" => true,
            _ => *value == 0,
        };
        if given {
            before[name] = value.clone();
        }
    }
    let mut manager = status_writer(how.kind());
    if how.kind() == "Pod" && !status.contains_key("startTime") {
        manager = "kube-scheduler";
    } else if how.kind() == "Pod" {
        // What binding says is nobody's.
        let conditions = status.get("conditions").and_then(Value::as_array);
        let bound = conditions
            .into_iter()
            .flatten()
            .filter(|c| c["type"] == "PodScheduled");
        before["conditions"] = bound.cloned().collect();
    }
    let of = |status: Value| json!({"status": status});
    let mut written =
        compare(how.spot(), &of(before), &of(Value::Object(status.clone()))).written();
    if how.kind() == "Deployment"
        && let Some(revision) = object["metadata"]["annotations"].get(REVISION)
    {
        let annotated = json!({"metadata": {"annotations": {REVISION: revision}}});
        // With the first annotation goes the map of them.
        let all = object["metadata"]["annotations"].as_object();
        let bare = match all.is_some_and(|all| all.len() > 1) {
            true => json!({"metadata": {"annotations": {}}}),
            false => json!({"metadata": {}}),
        };
        let more = compare(how.spot(), &bare, &annotated).written();
        written = super::set::union(&written, &more);
    }
    let set = others
        .iter()
        .fold(written, |set, other| difference(&set, &other.set));
    let mut times = Vec::new();
    instants(&object["status"], &mut times);
    let created = object["metadata"]["creationTimestamp"].as_str();
    let time = times.into_iter().chain(created).max().map(str::to_owned);
    (!set.is_empty()).then(|| Entry {
        subresource: "status".into(),
        time,
        ..how.entry(manager, false, set)
    })
}

/// Which the deployment controller writes with the status.
pub const REVISION: &str = "deployment.kubernetes.io/revision";

/// The instants that a status tells of: the last of them is when it was last written.
fn instants<'a>(value: &'a Value, out: &mut Vec<&'a str>) {
    match value {
        Value::Object(fields) => {
            for (name, value) in fields {
                match value {
                    Value::String(text) if name.ends_with("Time") || name.ends_with("At") => {
                        out.push(text);
                    }
                    value => instants(value, out),
                }
            }
        }
        Value::Array(items) => items.iter().for_each(|item| instants(item, out)),
        _ => {}
    }
}

/// Whose an entry must be to be one of [`status`].
pub fn is_status(how: &How, entry: &Entry) -> bool {
    let scheduler = how.kind() == "Pod" && entry.manager == "kube-scheduler";
    !how.is_custom()
        && !entry.applied
        && entry.subresource == "status"
        && (scheduler || entry.manager == status_writer(how.kind()))
}

fn status_writer(kind: &str) -> &'static str {
    match kind {
        "Pod" | "Node" => "kubelet",
        "Service" => "cloud-controller-manager",
        "CustomResourceDefinition" | "APIService" => "kube-apiserver",
        _ => CONTROLLERS,
    }
}

const CONTROLLERS: &str = "kube-controller-manager";

fn maker(how: &How, object: &Value) -> &'static str {
    let meta = &object["metadata"];
    let (namespace, name) = (
        meta["namespace"].as_str().unwrap_or_default(),
        meta["name"].as_str().unwrap_or_default(),
    );
    match (how.kind(), namespace) {
        ("Node" | "CSINode", _) | ("Lease", "kube-node-lease") => "kubelet",
        ("Pod", _) if meta["ownerReferences"][0]["kind"] == "Node" => "kubelet",
        ("Lease", _) => ["kube-controller-manager", "kube-scheduler"]
            .into_iter()
            .find(|component| name == *component)
            .unwrap_or("kube-apiserver"),
        ("Event", _) => {
            let component = &object["reportingComponent"];
            let source = &object["source"]["component"];
            match component
                .as_str()
                .filter(|c| !c.is_empty())
                .or(source.as_str())
            {
                Some("kubelet") => "kubelet",
                Some("default-scheduler" | "kube-scheduler") => "kube-scheduler",
                _ => CONTROLLERS,
            }
        }
        ("Deployment" | "DaemonSet" | "Service" | "ConfigMap", "kube-system")
            if name != "kube-root-ca.crt" =>
        {
            match name.contains("apiserver") {
                true => "kube-apiserver",
                false => "kubeadm",
            }
        }
        ("ConfigMap", "kube-public") if name == "cluster-info" => "kubeadm",
        ("Service" | "Endpoints" | "EndpointSlice", "default") if name == "kubernetes" => {
            "kube-apiserver"
        }
        (
            "Namespace"
            | "PriorityClass"
            | "ClusterRole"
            | "ClusterRoleBinding"
            | "Role"
            | "RoleBinding"
            | "FlowSchema"
            | "PriorityLevelConfiguration"
            | "ServiceCIDR"
            | "IPAddress"
            | "APIService",
            _,
        ) => "kube-apiserver",
        _ => CONTROLLERS,
    }
}

/// Everything that is known of an object's managers: what is kept, and what is told from the object.
// upstream: apimachinery/pkg/util/managedfields/internal/fieldmanager.go decodeLiveOrNew reads the same from what is stored
pub fn entries(how: &How, object: &Value) -> Vec<Entry> {
    let list = &object["metadata"]["managedFields"];
    let mut all = match list.as_array().map(Vec::as_slice) {
        None => made(how, object, &Value::Null),
        Some([]) => return Vec::new(),
        Some([marker]) if marker["fieldsType"].is_null() => made(how, object, marker),
        _ => super::entries::decode(list).unwrap_or_default(),
    };
    all.retain(|entry| !is_status(how, entry));
    let status = status(how, object, &all);
    all.extend(status);
    all.retain(|entry| !entry.set.is_empty());
    all
}
