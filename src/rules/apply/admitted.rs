//! What of an object is nobody's: what the API server itself put there after the writer had spoken, and what it never lets
//! anybody manage.
// upstream: plugin/pkg/admission, PrepareForCreate of the strategies and the allocators below pkg/registry

use serde_json::Value;

/// What below a value is nobody's.
#[derive(Clone, Copy)]
pub enum Nobodys {
    /// Nothing.
    Nothing,
    /// The value itself.
    All,
    /// The value itself, where it is such a one.
    If(fn(&Value) -> bool),
    /// Such items; without others, the list too.
    Items(fn(&Value) -> bool),
    /// Such entries; without others, the map too.
    Entries(fn(&str) -> bool),
    /// What these fields say: the value's, or those of its items.
    Fields(Fields),
}

/// What is nobody's, by field.
type Fields = &'static [(&'static str, Nobodys)];

use Nobodys::{All, Entries, If, Items};

/// What is nobody's of an object of a kind: the status, what admission, strategies, allocators and binding gave, and what
/// tells the object from others.
pub fn nobodys(kind: &str, object: &Value) -> Nobodys {
    Nobodys::Fields(match kind {
        // Its controller's, who writes it with the status.
        "Deployment" => &[VERSION, KIND, STATUS, DEPLOYMENT],
        "Namespace" => &[VERSION, KIND, STATUS, METADATA, ("spec", All)],
        "Pod" => &[VERSION, KIND, STATUS, METADATA, ("spec", POD)],
        "Service" => &[VERSION, KIND, STATUS, METADATA, ("spec", SERVICE)],
        "Job" if object["spec"]["manualSelector"] != true => {
            &[VERSION, KIND, STATUS, METADATA, ("spec", JOB)]
        }
        _ => &[VERSION, KIND, STATUS, METADATA],
    })
}

/// The same of a node that its kubelet made: first for the kubelet, then for the controller that gives addresses.
pub const NODE: [Nobodys; 2] = [
    Nobodys::Fields(&[VERSION, KIND, STATUS, METADATA, ("spec", All)]),
    Nobodys::Fields(&[VERSION, KIND, STATUS, ("metadata", All)]),
];

const VERSION: (&str, Nobodys) = ("apiVersion", All);
const KIND: (&str, Nobodys) = ("kind", All);
const STATUS: (&str, Nobodys) = ("status", All);

// upstream: managedfields/internal/stripmeta.go, and what deletion sets
macro_rules! metadata {
    ($($more:expr)?) => {
        ("metadata", Nobodys::Fields(&[
            ("clusterName", All),
            ("creationTimestamp", All),
            ("deletionGracePeriodSeconds", All),
            ("deletionTimestamp", All),
            ("finalizers", Items(protects)),
            ("generation", All),
            ("managedFields", All),
            ("name", All),
            ("namespace", All),
            ("resourceVersion", All),
            ("selfLink", All),
            ("uid", All),
            $($more)?
        ]))
    };
}
const METADATA: (&str, Nobodys) = metadata!();
const DEPLOYMENT: (&str, Nobodys) =
    metadata!(("annotations", Entries(|key| key == super::derive::REVISION)));

const MOUNTS: Nobodys = Nobodys::Fields(&[("volumeMounts", Items(is_token))]);
const POD: Nobodys = Nobodys::Fields(&[
    ("containers", MOUNTS),
    ("initContainers", MOUNTS),
    ("nodeName", All),
    ("preemptionPolicy", All),
    ("priority", All),
    ("serviceAccount", If(|name| name == "default")),
    ("serviceAccountName", If(|name| name == "default")),
    ("tolerations", If(are_by_default)),
    ("volumes", Items(is_token_volume)),
]);

const SERVICE: Nobodys = Nobodys::Fields(&[
    ("clusterIP", If(|ip| ip != "None")),
    ("clusterIPs", All),
    ("healthCheckNodePort", All),
    ("ipFamilies", All),
    ("ipFamilyPolicy", All),
    ("ports", Nobodys::Fields(&[("nodePort", All)])),
]);

const LABELS: Nobodys = Nobodys::Fields(&[("labels", Entries(is_job_label))]);
const JOB: Nobodys = Nobodys::Fields(&[
    ("selector", All),
    ("template", Nobodys::Fields(&[("metadata", LABELS)])),
]);

fn text<'a>(value: &'a Value, field: &str) -> &'a str {
    value[field].as_str().unwrap_or_default()
}

fn protects(finalizer: &Value) -> bool {
    let text = finalizer.as_str().unwrap_or_default();
    matches!(
        text,
        "kubernetes.io/pvc-protection" | "kubernetes.io/pv-protection"
    )
}

fn is_token(mount: &Value) -> bool {
    text(mount, "mountPath") == "/var/run/secrets/kubernetes.io/serviceaccount"
}

fn is_token_volume(volume: &Value) -> bool {
    text(volume, "name").starts_with("kube-api-access-")
}

fn are_by_default(tolerations: &Value) -> bool {
    let by_default = |toleration: &Value| {
        matches!(
            text(toleration, "key"),
            "node.kubernetes.io/not-ready" | "node.kubernetes.io/unreachable"
        ) && toleration["tolerationSeconds"] == 300
    };
    let all = tolerations.as_array();
    all.is_some_and(|all| all.iter().all(by_default))
}

fn is_job_label(key: &str) -> bool {
    matches!(key, "controller-uid" | "job-name") || key.starts_with("batch.kubernetes.io/")
}

impl Nobodys {
    /// Whether the value itself is nobody's.
    pub fn is_all(self, value: &Value) -> bool {
        match self {
            All => true,
            If(which) => which(value),
            Items(which) => value.as_array().is_some_and(|all| all.iter().all(which)),
            Entries(which) => {
                let all = value.as_object();
                all.is_some_and(|all| all.keys().all(|key| which(key)))
            }
            Nobodys::Nothing | Nobodys::Fields(_) => false,
        }
    }

    /// What is nobody's of a field.
    pub fn of_field(self, name: &str) -> Nobodys {
        match self {
            Nobodys::Fields(fields) => {
                let known = fields.iter().find(|(known, _)| *known == name);
                known.map_or(Nobodys::Nothing, |(_, nobodys)| *nobodys)
            }
            Entries(which) if which(name) => All,
            _ => Nobodys::Nothing,
        }
    }

    /// What is nobody's of an item.
    pub fn of_item(self) -> Nobodys {
        match self {
            Items(which) => If(which),
            Nobodys::Fields(_) => self,
            _ => Nobodys::Nothing,
        }
    }
}

/// Takes from a value what is nobody's: the plain way, against which the fast one is tested.
#[cfg(test)]
pub fn remove(nobodys: Nobodys, value: &mut Value) {
    let is_left = |nobodys: Nobodys, value: &mut Value| {
        let left = !nobodys.is_all(value);
        remove(nobodys, value);
        left
    };
    match value {
        Value::Object(fields) => {
            fields.retain(|name, value| is_left(nobodys.of_field(name), value));
        }
        Value::Array(items) => items.retain_mut(|item| is_left(nobodys.of_item(), item)),
        _ => {}
    }
}
