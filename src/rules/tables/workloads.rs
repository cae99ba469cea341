//! Tables of what makes pods: Deployments, ReplicaSets, StatefulSets, DaemonSets, Jobs and their like.
// upstream: pkg/printers/internalversion/printers.go AddHandlers, printDeployment and its like

use serde_json::Value;

use super::column::Cell::{Count, Int, Own, Since, Text, TextOr};
use super::column::{Column, age, name};
use super::seen::{self, Seen, text};

const CONTAINERS: &str = "Names of each container in the template.";
const IMAGES: &str = "Images referenced by each container in the template.";

const fn containers() -> Column {
    Column::text("Containers", CONTAINERS, Own(|s| each(s, "name"))).wide()
}

const fn images() -> Column {
    Column::text("Images", IMAGES, Own(|s| each(s, "image"))).wide()
}

const fn selector(description: &'static str, cell: fn(&Seen) -> Value) -> Column {
    Column::text("Selector", description, Own(cell)).wide()
}

/// upstream: pkg/printers/internalversion/printers.go layoutContainerCells
fn each(seen: &Seen, field: &str) -> Value {
    let spec = ["spec.jobTemplate.spec.template.spec", "spec.template.spec"];
    let spec = spec
        .into_iter()
        .map(|path| seen.at(path))
        .find(|v| v.is_object());
    let list = spec.map_or(&[][..], |spec| seen::items(&spec["containers"]));
    let texts: Vec<_> = list.iter().map(|c| text(c, field)).collect();
    texts.join(",").into()
}

/// How many are ready, of how many.
fn ready(seen: &Seen) -> Value {
    let (ready, desired) = (seen.int("status.readyReplicas"), seen.int("spec.replicas"));
    format!("{ready}/{desired}").into()
}

fn label_selector(seen: &Seen) -> Value {
    seen::selector_or_none(seen.at("spec.selector")).into()
}

/// Deployments
pub static DEPLOYMENT: &[Column] = &[
    name(),
    Column::text("Ready", "Number of the pod with ready state", Own(ready)),
    Column::text(
        "Up-to-date",
        "Total number of non-terminating pods targeted by this deployment that have the desired template spec.",
        Int("status.updatedReplicas"),
    ),
    Column::text(
        "Available",
        "Total number of available non-terminating pods (ready for at least minReadySeconds) targeted by this deployment.",
        Int("status.availableReplicas"),
    ),
    age(),
    containers(),
    images(),
    selector(
        "Label selector for pods. Existing ReplicaSets whose pods are selected by this will be the ones affected by this deployment.",
        |s| seen::selector(s.at("spec.selector")).map_or("<invalid>".into(), Value::from),
    ),
];

/// ReplicaSets
pub static REPLICA_SET: &[Column] = &[
    name(),
    Column::int(
        "Desired",
        "Replicas is the number of desired pods. This is a pointer to distinguish between explicit zero and unspecified. Defaults to 1. More info: https://kubernetes.io/docs/concepts/workloads/controllers/replicaset",
        Int("spec.replicas"),
    ),
    Column::int(
        "Current",
        "Replicas is the most recently observed number of non-terminating pods. More info: https://kubernetes.io/docs/concepts/workloads/controllers/replicaset",
        Int("status.replicas"),
    ),
    Column::int(
        "Ready",
        "The number of non-terminating pods targeted by this ReplicaSet with a Ready Condition.",
        Int("status.readyReplicas"),
    ),
    age(),
    containers(),
    images(),
    selector(
        "Selector is a label query over pods that should match the replica count. Label keys and values that must match in order to be controlled by this replica set. It must match the pod template's labels. More info: https://kubernetes.io/docs/concepts/overview/working-with-objects/labels/#label-selectors",
        label_selector,
    ),
];

/// ReplicationControllers
pub static REPLICATION_CONTROLLER: &[Column] = &[
    name(),
    Column::int(
        "Desired",
        "Replicas is the number of desired replicas. This is a pointer to distinguish between explicit zero and unspecified. Defaults to 1. More info: https://kubernetes.io/docs/concepts/workloads/controllers/replicationcontroller#what-is-a-replicationcontroller",
        Int("spec.replicas"),
    ),
    Column::int(
        "Current",
        "Replicas is the most recently observed number of replicas. More info: https://kubernetes.io/docs/concepts/workloads/controllers/replicationcontroller#what-is-a-replicationcontroller",
        Int("status.replicas"),
    ),
    Column::int(
        "Ready",
        "The number of ready replicas for this replication controller.",
        Int("status.readyReplicas"),
    ),
    age(),
    containers(),
    images(),
    selector(
        "Selector is a label query over pods that should match the Replicas count. If Selector is empty, it is defaulted to the labels present on the Pod template. Label keys and values that must match in order to be controlled by this replication controller, if empty defaulted to labels on Pod template. More info: https://kubernetes.io/docs/concepts/overview/working-with-objects/labels/#label-selectors",
        |s| seen::labels(s.at("spec.selector")).into(),
    ),
];

/// StatefulSets
pub static STATEFUL_SET: &[Column] = &[
    name(),
    Column::text("Ready", "Number of the pod with ready state", Own(ready)),
    age(),
    containers(),
    images(),
];

/// DaemonSets
pub static DAEMON_SET: &[Column] = &[
    name(),
    Column::int(
        "Desired",
        "The total number of nodes that should be running the daemon pod (including nodes correctly running the daemon pod). More info: https://kubernetes.io/docs/concepts/workloads/controllers/daemonset/",
        Int("status.desiredNumberScheduled"),
    ),
    Column::int(
        "Current",
        "The number of nodes that are running at least 1 daemon pod and are supposed to run the daemon pod. More info: https://kubernetes.io/docs/concepts/workloads/controllers/daemonset/",
        Int("status.currentNumberScheduled"),
    ),
    Column::int(
        "Ready",
        "numberReady is the number of nodes that should be running the daemon pod and have one or more of the daemon pod running with a Ready Condition.",
        Int("status.numberReady"),
    ),
    Column::int(
        "Up-to-date",
        "The total number of nodes that are running updated daemon pod",
        Int("status.updatedNumberScheduled"),
    ),
    Column::int(
        "Available",
        "The number of nodes that should be running the daemon pod and have one or more of the daemon pod running and available (ready for at least spec.minReadySeconds)",
        Int("status.numberAvailable"),
    ),
    Column::text(
        "Node Selector",
        "NodeSelector is a selector which must be true for the pod to fit on a node. Selector which must match a node's labels for the pod to be scheduled on that node. More info: https://kubernetes.io/docs/concepts/configuration/assign-pod-node/",
        Own(|s| seen::labels(s.at("spec.template.spec.nodeSelector")).into()),
    ),
    age(),
    containers(),
    images(),
    selector(
        "A label query over pods that are managed by the daemon set. Must match in order to be controlled. It must match the pod template's labels. More info: https://kubernetes.io/docs/concepts/overview/working-with-objects/labels/#label-selectors",
        label_selector,
    ),
];

/// ControllerRevisions
pub static CONTROLLER_REVISION: &[Column] = &[
    name(),
    Column::text("Controller", "Controller of the object", Own(controller)),
    Column::text(
        "Revision",
        "Revision indicates the revision of the state represented by Data.",
        Int("revision"),
    ),
    age(),
];

fn controller(seen: &Seen) -> Value {
    let owners = seen.items("metadata.ownerReferences");
    let Some(owner) = owners.iter().find(|o| o["controller"] == true) else {
        return "<none>".into();
    };
    let mut kind = text(owner, "kind").to_owned();
    if let Some((group, _)) = text(owner, "apiVersion").split_once('/') {
        kind = [&kind, ".", group].concat();
    }
    format!("{}/{}", kind.to_lowercase(), text(owner, "name")).into()
}

/// Jobs
pub static JOB: &[Column] = &[
    name(),
    Column::text("Status", "Status of the job.", Own(job_status)),
    Column::text(
        "Completions",
        "The number of pods which reached phase Succeeded. The value increases monotonically for a given spec. However, it may decrease in reaction to scale down of elastic indexed jobs.",
        Own(completions),
    ),
    Column::text(
        "Duration",
        "Time required to complete the job.",
        Own(duration),
    ),
    age(),
    containers(),
    images(),
    selector(
        "A label query over pods that should match the pod count. Normally, the system sets this field for you. More info: https://kubernetes.io/docs/concepts/overview/working-with-objects/labels/#label-selectors",
        label_selector,
    ),
];

fn job_status(seen: &Seen) -> Value {
    let holds = |kind: &&str| {
        let found = seen.condition("status.conditions", kind);
        found.is_some_and(|c| c["status"] == "True")
    };
    let status = if let Some(end) = ["Complete", "Failed"].iter().find(|k| holds(k)) {
        end
    } else if seen.terminating() {
        "Terminating"
    } else {
        let rest = ["Suspended", "FailureTarget", "SuccessCriteriaMet"];
        rest.into_iter().find(holds).unwrap_or("Running")
    };
    status.into()
}

fn completions(seen: &Seen) -> Value {
    let done = seen.int("status.succeeded");
    let parallelism = seen.int("spec.parallelism");
    match seen.at("spec.completions").as_i64() {
        Some(asked) => format!("{done}/{asked}").into(),
        None if parallelism > 1 => format!("{done}/1 of {parallelism}").into(),
        None => format!("{done}/1").into(),
    }
}

fn duration(seen: &Seen) -> Value {
    let Some(start) = seen.instant("status.startTime") else {
        return "".into();
    };
    let end = seen.instant("status.completionTime").unwrap_or(seen.now);
    seen::ago(end, start).into()
}

/// CronJobs
pub static CRON_JOB: &[Column] = &[
    name(),
    Column::text(
        "Schedule",
        "The schedule in Cron format, see https://en.wikipedia.org/wiki/Cron.",
        Text("spec.schedule"),
    ),
    Column::text(
        "Timezone",
        "The time zone name for the given schedule, see https://en.wikipedia.org/wiki/List_of_tz_database_time_zones. If not specified, this will default to the time zone of the kube-controller-manager process. The set of valid time zone names and the time zone offset is loaded from the system-wide time zone database by the API server during CronJob validation and the controller manager during execution. If no system-wide time zone database can be found a bundled version of the database is used instead. If the time zone name becomes invalid during the lifetime of a CronJob or due to a change in host configuration, the controller will stop creating new new Jobs and will create a system event with the reason UnknownTimeZone. More information can be found in https://kubernetes.io/docs/concepts/workloads/controllers/cron-jobs/#time-zones",
        TextOr("spec.timeZone", "<none>"),
    ),
    Column::flag(
        "Suspend",
        "This flag tells the controller to suspend subsequent executions, it does not apply to already started executions.  Defaults to false.",
        Own(|s| match s.at("spec.suspend").as_bool() {
            Some(true) => "True".into(),
            Some(false) => "False".into(),
            None => "<unset>".into(),
        }),
    ),
    Column::int(
        "Active",
        "A list of pointers to currently running jobs.",
        Count(&["status.active"]),
    ),
    Column::text(
        "Last Schedule",
        "Information when was the last time the job was successfully scheduled.",
        Since("status.lastScheduleTime", "<none>"),
    ),
    age(),
    containers(),
    images(),
    selector(
        "A label query over pods that should match the pod count. Normally, the system sets this field for you. More info: https://kubernetes.io/docs/concepts/overview/working-with-objects/labels/#label-selectors",
        |s| seen::selector_or_none(s.at("spec.jobTemplate.spec.selector")).into(),
    ),
];

/// PodTemplates
pub static POD_TEMPLATE: &[Column] = &[
    name(),
    Column::text("Containers", CONTAINERS, Own(|s| templates(s, "name"))),
    Column::text("Images", IMAGES, Own(|s| templates(s, "image"))),
    Column::text(
        "Pod Labels",
        "The labels for the pod template.",
        Own(|s| seen::labels(s.at("template.metadata.labels")).into()),
    ),
];

fn templates(seen: &Seen, field: &str) -> Value {
    let list = seen.items("template.spec.containers");
    let texts: Vec<_> = list.iter().map(|c| text(c, field)).collect();
    texts.join(",").into()
}

/// PodDisruptionBudgets
pub static POD_DISRUPTION_BUDGET: &[Column] = &[
    name(),
    Column::text(
        "Min Available",
        "The minimum number of pods that must be available.",
        Own(|s| int_or_text(s, "spec.minAvailable")),
    ),
    Column::text(
        "Max Unavailable",
        "The maximum number of pods that may be unavailable.",
        Own(|s| int_or_text(s, "spec.maxUnavailable")),
    ),
    Column::int(
        "Allowed Disruptions",
        "Calculated number of pods that may be disrupted at this time.",
        Int("status.disruptionsAllowed"),
    ),
    age(),
];

fn int_or_text(seen: &Seen, path: &str) -> Value {
    match seen.at(path) {
        Value::Number(n) => n.to_string().into(),
        Value::String(text) => text.as_str().into(),
        _ => "N/A".into(),
    }
}

/// Scales
pub static SCALE: &[Column] = &[
    Column::text("Name", super::column::NAME, Text("metadata.name")),
    Column::int(
        "Desired",
        "replicas is the desired number of instances for the scaled object.",
        Int("spec.replicas"),
    ),
    Column::int(
        "Available",
        "replicas is the actual number of observed instances of the scaled object.",
        Int("status.replicas"),
    ),
    age(),
];

/// HorizontalPodAutoscalers
pub static HORIZONTAL_POD_AUTOSCALER: &[Column] = &[
    name(),
    Column::text(
        "Reference",
        "scaleTargetRef points to the target resource to scale, and is used to the pods for which metrics should be collected, as well as to actually change the replica count.",
        Own(|s| {
            let (kind, name) = (
                s.text("spec.scaleTargetRef.kind"),
                s.text("spec.scaleTargetRef.name"),
            );
            format!("{kind}/{name}").into()
        }),
    ),
    Column::text(
        "Targets",
        "metrics contains the specifications for which to use to calculate the desired replica count (the maximum replica count across all metrics will be used).  The desired replica count is calculated multiplying the ratio between the target value and the current value by the current number of pods.  Ergo, metrics used must decrease as the pod count is increased, and vice-versa.  See the individual metric source types for more information about how each type of metric must respond. If not set, the default metric will be set to 80% average CPU utilization.",
        Own(super::targets::targets),
    ),
    Column::text(
        "MinPods",
        "minReplicas is the lower limit for the number of replicas to which the autoscaler can scale down.  It defaults to 1 pod.  minReplicas is allowed to be 0 if the alpha feature gate HPAScaleToZero is enabled and at least one Object or External metric is configured.  Scaling is active as long as at least one metric value is available.",
        Own(|s| match s.at("spec.minReplicas").as_i64() {
            Some(n) => n.to_string().into(),
            None => "<unset>".into(),
        }),
    ),
    Column::text(
        "MaxPods",
        "maxReplicas is the upper limit for the number of replicas to which the autoscaler can scale up. It cannot be less that minReplicas.",
        Int("spec.maxReplicas"),
    ),
    Column::text(
        "Replicas",
        "currentReplicas is current number of replicas of pods managed by this autoscaler, as last seen by the autoscaler.",
        Int("status.currentReplicas"),
    ),
    age(),
];
