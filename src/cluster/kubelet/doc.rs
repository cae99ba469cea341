//! What the kubelet says of itself, and which fields it acts on.

use crate::doc::Doc;

/// The parts of the kubelet that act on fields.
pub const DOCS: &[&Doc] = &[
    &KUBELET,
    &IMAGES,
    &ENVIRONMENT,
    &PROBES,
    &TERMINATION,
    #[cfg(not(target_arch = "wasm32"))]
    &FILES,
];

/// A container's fields, below `containers` and `initContainers` alike.
macro_rules! containers {
    ($($field:literal),* $(,)?) => {
        &[
            $(
                concat!("Pod.spec.containers.", $field),
                concat!("Pod.spec.initContainers.", $field),
            )*
        ]
    };
}

const KUBELET: Doc = Doc {
    name: "kubelet",
    sentence: "Runs the pods of its node in order, restarts what has ended, and tells how they fare.",
    upstream: "pkg/kubelet/kubelet.go SyncPod",
    docs: "concepts/workloads/pods/pod-lifecycle/",
    acts_on: &[
        "Pod.spec.containers.name",
        "Pod.spec.initContainers.name",
        "Pod.spec.initContainers.restartPolicy",
        "Pod.spec.containers.restartPolicy",
        "Pod.spec.containers.command",
        "Pod.spec.containers.args",
        "Pod.spec.initContainers.command",
        "Pod.spec.initContainers.args",
        "Pod.spec.containers.ports.containerPort",
        "Pod.spec.containers.ports.protocol",
        "Pod.spec.containers.ports.name",
        "Pod.spec.initContainers.ports.containerPort",
        "Pod.spec.initContainers.ports.protocol",
        "Pod.spec.initContainers.ports.name",
        "Pod.spec.containers.resources.requests.cpu",
        "Pod.spec.containers.resources.requests.memory",
        "Pod.spec.containers.resources.limits.cpu",
        "Pod.spec.containers.resources.limits.memory",
        "Pod.spec.initContainers.resources.requests.cpu",
        "Pod.spec.initContainers.resources.requests.memory",
        "Pod.spec.initContainers.resources.limits.cpu",
        "Pod.spec.initContainers.resources.limits.memory",
        "Pod.spec.overhead.cpu",
        "Pod.spec.overhead.memory",
        "Pod.spec.restartPolicy",
        "Pod.spec.hostNetwork",
        "Pod.spec.nodeName",
        "Pod.spec.readinessGates.conditionType",
        "Pod.spec.volumes.name",
        "Pod.spec.volumes.configMap.name",
        "Pod.spec.volumes.configMap.optional",
        "Pod.spec.volumes.configMap.items.key",
        "Pod.spec.volumes.secret.secretName",
        "Pod.spec.volumes.secret.optional",
        "Pod.spec.volumes.secret.items.key",
        "Pod.spec.volumes.projected.sources.configMap.name",
        "Pod.spec.volumes.projected.sources.configMap.optional",
        "Pod.spec.volumes.projected.sources.configMap.items.key",
        "Pod.spec.volumes.projected.sources.secret.name",
        "Pod.spec.volumes.projected.sources.secret.optional",
        "Pod.spec.volumes.projected.sources.secret.items.key",
    ],
};

const IMAGES: Doc = Doc {
    name: "image manager",
    sentence: "Pulls images, one at a time on a node, and backs off where a registry refuses.",
    upstream: "pkg/kubelet/images/image_manager.go EnsureImageExists",
    docs: "concepts/containers/images/",
    acts_on: containers!["image", "imagePullPolicy"],
};

const ENVIRONMENT: Doc = Doc {
    name: "environment",
    sentence: "Gives containers their variables: literal ones, those of ConfigMaps, Secrets and fields, and those of Services.",
    upstream: "pkg/kubelet/kubelet_pods.go makeEnvironmentVariables",
    docs: "tasks/inject-data-application/define-environment-variable-container/",
    acts_on: &[
        "Pod.spec.containers.env.name",
        "Pod.spec.containers.env.value",
        "Pod.spec.containers.env.valueFrom.configMapKeyRef.**",
        "Pod.spec.containers.env.valueFrom.secretKeyRef.**",
        "Pod.spec.containers.env.valueFrom.fieldRef.fieldPath",
        "Pod.spec.containers.env.valueFrom.resourceFieldRef.**",
        "Pod.spec.containers.envFrom.**",
        "Pod.spec.initContainers.env.name",
        "Pod.spec.initContainers.env.value",
        "Pod.spec.initContainers.env.valueFrom.configMapKeyRef.**",
        "Pod.spec.initContainers.env.valueFrom.secretKeyRef.**",
        "Pod.spec.initContainers.env.valueFrom.fieldRef.fieldPath",
        "Pod.spec.initContainers.env.valueFrom.resourceFieldRef.**",
        "Pod.spec.initContainers.envFrom.**",
        "Pod.spec.enableServiceLinks",
        "Pod.spec.hostname",
        "ConfigMap.data",
        "ConfigMap.binaryData",
        "Secret.data",
    ],
};

/// Natively one can look into containers, and sees there what these say.
#[cfg(not(target_arch = "wasm32"))]
const FILES: Doc = Doc {
    name: "volume manager",
    sentence: "Mounts volumes into containers, and writes the files that every container has.",
    upstream: "pkg/kubelet/volumemanager/volume_manager.go WaitForAttachAndMount",
    docs: "concepts/storage/volumes/",
    acts_on: &[
        "Pod.spec.containers.volumeMounts.name",
        "Pod.spec.containers.volumeMounts.mountPath",
        "Pod.spec.containers.volumeMounts.subPath",
        "Pod.spec.containers.volumeMounts.readOnly",
        "Pod.spec.initContainers.volumeMounts.name",
        "Pod.spec.initContainers.volumeMounts.mountPath",
        "Pod.spec.initContainers.volumeMounts.subPath",
        "Pod.spec.initContainers.volumeMounts.readOnly",
        "Pod.spec.containers.workingDir",
        "Pod.spec.volumes.configMap.items.path",
        "Pod.spec.volumes.secret.items.path",
        "Pod.spec.volumes.downwardAPI.items.path",
        "Pod.spec.volumes.downwardAPI.items.fieldRef.**",
        "Pod.spec.volumes.downwardAPI.items.resourceFieldRef.**",
        "Pod.spec.volumes.hostPath.path",
        "Pod.spec.volumes.projected.sources.configMap.items.path",
        "Pod.spec.volumes.projected.sources.secret.items.path",
        "Pod.spec.volumes.projected.sources.downwardAPI.items.path",
        "Pod.spec.volumes.projected.sources.downwardAPI.items.fieldRef.**",
        "Pod.spec.volumes.projected.sources.downwardAPI.items.resourceFieldRef.**",
        "Pod.spec.volumes.projected.sources.serviceAccountToken.path",
        "Pod.spec.hostAliases.**",
        "Pod.spec.subdomain",
        "Pod.spec.dnsPolicy",
        "Pod.spec.dnsConfig.**",
    ],
};

/// A probe's fields, for every kind of probe and container.
macro_rules! probes {
    ($($group:literal),*; $fields:tt) => {
        probes!(@all [$($group),*] $fields)
    };
    (@all [$($group:literal),*] $fields:tt) => {
        &[$(&probes!(@one $group $fields)),*]
    };
    (@one $group:literal [$($field:literal),*]) => {
        [$(concat!("Pod.spec.", $group, ".", $field)),*]
    };
}

const EACH_PROBE: &[&[&str; 9]] = probes![
    "containers.startupProbe", "containers.readinessProbe", "containers.livenessProbe",
    "initContainers.startupProbe", "initContainers.readinessProbe", "initContainers.livenessProbe";
    [
        "exec.command", "httpGet.path", "httpGet.port", "httpGet.scheme", "tcpSocket.port", "grpc.port",
        "initialDelaySeconds", "periodSeconds", "timeoutSeconds"
    ]
];
const EACH_THRESHOLD: &[&[&str; 3]] = probes![
    "containers.startupProbe", "containers.readinessProbe", "containers.livenessProbe",
    "initContainers.startupProbe", "initContainers.readinessProbe", "initContainers.livenessProbe";
    ["successThreshold", "failureThreshold", "terminationGracePeriodSeconds"]
];

/// All of them in one list.
const PROBE_FIELDS: [&str; 72] = {
    let mut all = [""; 72];
    let mut at = 0;
    let mut i = 0;
    while i < 6 {
        let mut j = 0;
        while j < 9 {
            all[at] = EACH_PROBE[i][j];
            at += 1;
            j += 1;
        }
        let mut j = 0;
        while j < 3 {
            all[at] = EACH_THRESHOLD[i][j];
            at += 1;
            j += 1;
        }
        i += 1;
    }
    all
};

const PROBES: Doc = Doc {
    name: "prober",
    sentence: "Asks containers whether they have started, are ready, and are alive, and acts on the answers.",
    upstream: "pkg/kubelet/prober/worker.go doProbe",
    docs: "concepts/workloads/pods/probes/",
    acts_on: &PROBE_FIELDS,
};

const TERMINATION: Doc = Doc {
    name: "termination",
    sentence: "Stops containers: the preStop hook, SIGTERM, the grace period, SIGKILL.",
    upstream: "pkg/kubelet/kuberuntime/kuberuntime_container.go killContainer",
    docs: "concepts/workloads/pods/pod-lifecycle/",
    acts_on: &[
        "Pod.spec.terminationGracePeriodSeconds",
        "Pod.spec.containers.lifecycle.postStart.exec.command",
        "Pod.spec.containers.lifecycle.postStart.sleep.seconds",
        "Pod.spec.containers.lifecycle.preStop.exec.command",
        "Pod.spec.containers.lifecycle.preStop.sleep.seconds",
        "Pod.spec.initContainers.lifecycle.postStart.exec.command",
        "Pod.spec.initContainers.lifecycle.postStart.sleep.seconds",
        "Pod.spec.initContainers.lifecycle.preStop.exec.command",
        "Pod.spec.initContainers.lifecycle.preStop.sleep.seconds",
    ],
};
