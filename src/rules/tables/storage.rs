//! Tables of storage.
// upstream: pkg/printers/internalversion/printers.go AddHandlers, printPersistentVolume and its like

use serde_json::Value;

use super::column::Cell::{Bool, Count, Own, Text, TextOr};
use super::column::{Column, age, name};
use super::seen::{Seen, text};

/// PersistentVolumes
pub static PERSISTENT_VOLUME: &[Column] = &[
    name(),
    Column::text(
        "Capacity",
        "capacity is the description of the persistent volume's resources and capacity. More info: https://kubernetes.io/docs/concepts/storage/persistent-volumes#capacity",
        Own(|s| s.quantity("spec.capacity.storage").unwrap_or("0".into()).into()),
    ),
    Column::text(
        "Access Modes",
        "accessModes contains all ways the volume can be mounted. More info: https://kubernetes.io/docs/concepts/storage/persistent-volumes#access-modes",
        Own(|s| access_modes(s.items("spec.accessModes"))),
    ),
    Column::text(
        "Reclaim Policy",
        "persistentVolumeReclaimPolicy defines what happens to a persistent volume when released from its claim. Valid options are Retain (default for manually created PersistentVolumes), Delete (default for dynamically provisioned PersistentVolumes), and Recycle (deprecated). Recycle must be supported by the volume plugin underlying this PersistentVolume. More info: https://kubernetes.io/docs/concepts/storage/persistent-volumes#reclaiming",
        Text("spec.persistentVolumeReclaimPolicy"),
    ),
    Column::text("Status", "phase indicates if a volume is available, bound to a claim, or released by a claim. More info: https://kubernetes.io/docs/concepts/storage/persistent-volumes#phase", Own(phase)),
    Column::text(
        "Claim",
        "claimRef is part of a bi-directional binding between PersistentVolume and PersistentVolumeClaim. Expected to be non-nil when bound. claim.VolumeName is the authoritative bind between PV and PVC. More info: https://kubernetes.io/docs/concepts/storage/persistent-volumes#binding",
        Own(|s| match s.at("spec.claimRef") {
            Value::Null => "".into(),
            claim => format!("{}/{}", text(claim, "namespace"), text(claim, "name")).into(),
        }),
    ),
    Column::text("StorageClass", "StorageClass of the pv", Own(class)),
    Column::text(
        "VolumeAttributesClass",
        "VolumeAttributesClass of the pv",
        TextOr("spec.volumeAttributesClassName", "<unset>"),
    ),
    Column::text(
        "Reason",
        "reason is a brief CamelCase string that describes any failure and is meant for machine parsing and tidy display in the CLI.",
        Text("status.reason"),
    ),
    age(),
    Column::text(
        "VolumeMode",
        "volumeMode defines if a volume is intended to be used with a formatted filesystem or to remain in raw block state. Value of Filesystem is implied when not included in spec.",
        TextOr("spec.volumeMode", "<unset>"),
    )
    .wide(),
];

/// PersistentVolumeClaims
pub static PERSISTENT_VOLUME_CLAIM: &[Column] = &[
    name(),
    Column::text("Status", "phase represents the current phase of PersistentVolumeClaim.", Own(phase)),
    Column::text(
        "Volume",
        "volumeName is the binding reference to the PersistentVolume backing this claim.",
        Text("spec.volumeName"),
    ),
    Column::text(
        "Capacity",
        "capacity represents the actual resources of the underlying volume.",
        Own(|s| match s.text("spec.volumeName") {
            "" => "".into(),
            _ => s.quantity("status.capacity.storage").unwrap_or("0".into()).into(),
        }),
    ),
    Column::text(
        "Access Modes",
        "accessModes contains the actual access modes the volume backing the PVC has. More info: https://kubernetes.io/docs/concepts/storage/persistent-volumes#access-modes-1",
        Own(|s| match s.text("spec.volumeName") {
            "" => "".into(),
            _ => access_modes(s.items("status.accessModes")),
        }),
    ),
    Column::text("StorageClass", "StorageClass of the pvc", Own(class)),
    Column::text(
        "VolumeAttributesClass",
        "VolumeAttributesClass of the pvc",
        TextOr("spec.volumeAttributesClassName", "<unset>"),
    ),
    age(),
    Column::text(
        "VolumeMode",
        "volumeMode defines what type of volume is required by the claim. Value of Filesystem is implied when not included in claim spec.",
        TextOr("spec.volumeMode", "<unset>"),
    )
    .wide(),
];

fn phase(seen: &Seen) -> Value {
    match seen.terminating() {
        true => "Terminating".into(),
        false => seen.text("status.phase").into(),
    }
}

/// upstream: pkg/apis/core/helper/helpers.go GetAccessModesAsString
fn access_modes(modes: &[Value]) -> Value {
    let known = [
        ("ReadWriteOnce", "RWO"),
        ("ReadOnlyMany", "ROX"),
        ("ReadWriteMany", "RWX"),
        ("ReadWriteOncePod", "RWOP"),
    ];
    let here = known
        .iter()
        .filter(|(mode, _)| modes.iter().any(|m| m == mode));
    let short: Vec<_> = here.map(|(_, short)| *short).collect();
    short.join(",").into()
}

/// upstream: pkg/apis/core/helper/helpers.go GetPersistentVolumeClass, GetPersistentVolumeClaimClass
fn class(seen: &Seen) -> Value {
    let old = &seen.at("metadata.annotations")["volume.beta.kubernetes.io/storage-class"];
    let class = old.as_str().unwrap_or(seen.text("spec.storageClassName"));
    class.into()
}

/// StorageClasses
pub static STORAGE_CLASS: &[Column] = &[
    Column {
        cell: Own(class_name),
        ..name()
    },
    Column::text(
        "Provisioner",
        "provisioner indicates the type of the provisioner.",
        Text("provisioner"),
    ),
    Column::text(
        "ReclaimPolicy",
        "reclaimPolicy controls the reclaimPolicy for dynamically provisioned PersistentVolumes of this storage class. Defaults to Delete.",
        TextOr("reclaimPolicy", "Delete"),
    ),
    Column::text(
        "VolumeBindingMode",
        "volumeBindingMode indicates how PersistentVolumeClaims should be provisioned and bound.  When unset, VolumeBindingImmediate is used. This field is only honored by servers that enable the VolumeScheduling feature.",
        TextOr("volumeBindingMode", "Immediate"),
    ),
    Column::text(
        "AllowVolumeExpansion",
        "allowVolumeExpansion shows whether the storage class allow volume expand.",
        Bool("allowVolumeExpansion", false),
    ),
    age(),
];

/// upstream: pkg/apis/storage/util/helpers.go IsDefaultAnnotation
fn class_name(seen: &Seen) -> Value {
    let annotations = seen.at("metadata.annotations");
    let keys = [
        "storageclass.kubernetes.io/is-default-class",
        "storageclass.beta.kubernetes.io/is-default-class",
    ];
    let name = seen.text("metadata.name");
    match keys.iter().any(|key| annotations[key] == "true") {
        true => format!("{name} (default)").into(),
        false => name.into(),
    }
}

/// VolumeAttributesClasses
pub static VOLUME_ATTRIBUTES_CLASS: &[Column] = &[
    name(),
    Column::text(
        "DriverName",
        "driverName is the name of the CSI driver This field is immutable.",
        Text("driverName"),
    ),
    age(),
];

/// VolumeAttachments
pub static VOLUME_ATTACHMENT: &[Column] = &[
    name(),
    Column::text(
        "Attacher",
        "attacher indicates the name of the volume driver that MUST handle this request. This is the name returned by GetPluginName().",
        Text("spec.attacher"),
    )
    .naming(),
    Column::text(
        "PV",
        "persistentVolumeName represents the name of the persistent volume to attach.",
        Text("spec.source.persistentVolumeName"),
    ),
    Column::text("Node", "nodeName represents the node that the volume should be attached to.", Text("spec.nodeName")),
    Column::flag(
        "Attached",
        "attached indicates the volume is successfully attached. This field must only be set by the entity completing the attach operation, i.e. the external-attacher.",
        Bool("status.attached", false),
    ),
    age(),
];

/// CSINodes
pub static CSI_NODE: &[Column] = &[
    name(),
    Column::int(
        "Drivers",
        "Drivers indicates the number of CSI drivers registered on the node",
        Count(&["spec.drivers"]),
    ),
    age(),
];

/// CSIDrivers
pub static CSI_DRIVER: &[Column] = &[
    name(),
    Column::flag(
        "AttachRequired",
        "attachRequired indicates this CSI volume driver requires an attach operation (because it implements the CSI ControllerPublishVolume() method), and that the Kubernetes attach detach controller should call the attach volume interface which checks the volumeattachment status and waits until the volume is attached before proceeding to mounting. The CSI external-attacher coordinates with CSI volume driver and updates the volumeattachment status when the attach operation is complete. If the value is specified to false, the attach operation will be skipped. Otherwise the attach operation will be called.\n\nThis field is immutable.",
        Bool("spec.attachRequired", true),
    ),
    Column::flag(
        "PodInfoOnMount",
        "podInfoOnMount indicates this CSI volume driver requires additional pod information (like podName, podUID, etc.) during mount operations, if set to true. If set to false, pod information will not be passed on mount. Default is false.\n\nThe CSI driver specifies podInfoOnMount as part of driver deployment. If true, Kubelet will pass pod information as VolumeContext in the CSI NodePublishVolume() calls. The CSI driver is responsible for parsing and validating the information passed in as VolumeContext.\n\nThe following VolumeContext will be passed if podInfoOnMount is set to true. This list might grow, but the prefix will be used. \"csi.storage.k8s.io/pod.name\": pod.Name \"csi.storage.k8s.io/pod.namespace\": pod.Namespace \"csi.storage.k8s.io/pod.uid\": string(pod.UID) \"csi.storage.k8s.io/ephemeral\": \"true\" if the volume is an ephemeral inline volume\n                                defined by a CSIVolumeSource, otherwise \"false\"\n\n\"csi.storage.k8s.io/ephemeral\" is a new feature in Kubernetes 1.16. It is only required for drivers which support both the \"Persistent\" and \"Ephemeral\" VolumeLifecycleMode. Other drivers can leave pod info disabled and/or ignore this field. As Kubernetes 1.15 doesn't support this field, drivers can only support one mode when deployed on such a cluster and the deployment determines which mode that is, for example via a command line parameter of the driver.\n\nThis field was immutable in Kubernetes < 1.29 and now is mutable.",
        Bool("spec.podInfoOnMount", false),
    ),
    Column::flag(
        "StorageCapacity",
        "storageCapacity indicates that the CSI volume driver wants pod scheduling to consider the storage capacity that the driver deployment will report by creating CSIStorageCapacity objects with capacity information, if set to true.\n\nThe check can be enabled immediately when deploying a driver. In that case, provisioning new volumes with late binding will pause until the driver deployment has published some suitable CSIStorageCapacity object.\n\nAlternatively, the driver can be deployed with the field unset or false and it can be flipped later when storage capacity information has been published.\n\nThis field was immutable in Kubernetes <= 1.22 and now is mutable.",
        Bool("spec.storageCapacity", false),
    ),
    Column::text(
        "TokenRequests",
        "tokenRequests indicates the CSI driver needs pods' service account tokens it is mounting volume for to do necessary authentication. Kubelet will pass the tokens in VolumeContext in the CSI NodePublishVolume calls. The CSI driver should parse and validate the following VolumeContext: \"csi.storage.k8s.io/serviceAccount.tokens\": {\n  \"<audience>\": {\n    \"token\": <token>,\n    \"expirationTimestamp\": <expiration timestamp in RFC3339>,\n  },\n  ...\n}\n\nNote: Audience in each TokenRequest should be different and at most one token is empty string. To receive a new token after expiry, RequiresRepublish can be used to trigger NodePublishVolume periodically.",
        Own(|s| match s.at("spec.tokenRequests").as_array() {
            None => "<unset>".into(),
            Some(all) => {
                let audiences: Vec<_> = all.iter().map(|t| text(t, "audience")).collect();
                audiences.join(",").into()
            }
        }),
    ),
    Column::flag(
        "RequiresRepublish",
        "requiresRepublish indicates the CSI driver wants `NodePublishVolume` being periodically called to reflect any possible change in the mounted volume. This field defaults to false.\n\nNote: After a successful initial NodePublishVolume call, subsequent calls to NodePublishVolume should only update the contents of the volume. New mount points will not be seen by a running container.",
        Bool("spec.requiresRepublish", false),
    ),
    Column::text(
        "Modes",
        "volumeLifecycleModes defines what kind of volumes this CSI volume driver supports. The default if the list is empty is \"Persistent\", which is the usage defined by the CSI specification and implemented in Kubernetes via the usual PV/PVC mechanism.\n\nThe other mode is \"Ephemeral\". In this mode, volumes are defined inline inside the pod spec with CSIVolumeSource and their lifecycle is tied to the lifecycle of that pod. A driver has to be aware of this because it is only going to get a NodePublishVolume call for such a volume.\n\nFor more information about implementing this mode, see https://kubernetes-csi.github.io/docs/ephemeral-local-volumes.html A driver can support one or more of these modes and more modes may be added in the future.\n\nThis field is beta. This field is immutable.",
        Own(|s| super::seen::or_none(s.join("spec.volumeLifecycleModes", ",")).into()),
    ),
    age(),
];

/// CSIStorageCapacities
pub static CSI_STORAGE_CAPACITY: &[Column] = &[
    name(),
    Column::text(
        "StorageClassName",
        "storageClassName represents the name of the StorageClass that the reported capacity applies to. It must meet the same requirements as the name of a StorageClass object (non-empty, DNS subdomain). If that object no longer exists, the CSIStorageCapacity object is obsolete and should be removed by its creator. This field is immutable.",
        Text("storageClassName"),
    ),
    Column::text(
        "Capacity",
        "capacity is the value reported by the CSI driver in its GetCapacityResponse for a GetCapacityRequest with topology and parameters that match the previous fields.\n\nThe semantic is currently (CSI spec 1.2) defined as: The available capacity, in bytes, of the storage that can be used to provision volumes. If not set, that information is currently unavailable.",
        Own(|s| s.quantity("capacity").unwrap_or("<unset>".into()).into()),
    ),
];

/// StorageVersionMigrations
pub static STORAGE_VERSION_MIGRATION: &[Column] = &[
    Column::text("Name", super::column::NAME, Text("metadata.name")),
    Column::text(
        "Resource",
        "Fully qualified resource to migrate",
        Own(|s| {
            let (resource, group) = (
                s.text("spec.resource.resource"),
                s.text("spec.resource.group"),
            );
            format!("{resource}.{group}").into()
        }),
    ),
];
