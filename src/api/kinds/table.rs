//! The rows: every generally available kind of Kubernetes 1.37 with its names, scope, categories, verbs and subresources.
// upstream: pkg/registry/*/*/storage/storage.go ShortNames, Categories; discovery of a 1.37 API server

use super::{KindId, KindInfo};

const NONE: &[&str] = &[];
const ALL: &[&str] = &["all"];
const EXTENSIONS: &[&str] = &["api-extensions"];
pub(super) const STATUS: &[&str] = &["status"];
pub(super) const SCALE: &[&str] = &["scale", "status"];
pub(super) const STORED: &[&str] = &[
    "create",
    "delete",
    "deletecollection",
    "get",
    "list",
    "patch",
    "update",
    "watch",
];
const NO_COLLECTION: &[&str] = &[
    "create", "delete", "get", "list", "patch", "update", "watch",
];
const CREATE: &[&str] = &["create"];
const READ: &[&str] = &["get", "list"];

macro_rules! kinds {
    ($( $id:ident: $group:literal / $version:ident $kind:literal $plural:literal $singular:literal $scope:ident
        [$($short:literal)*] $categories:ident $verbs:ident $sub:expr; )*) => {
        #[allow(non_camel_case_types, clippy::upper_case_acronyms)]
        enum Row { $($id),* }

        impl KindId {
            $(
                #[doc = concat!("`", $kind, "` of `", $group, "/", stringify!($version), "`.")]
                pub const $id: KindId = KindId(Row::$id as u32);
            )*
        }

        /// Every built-in kind, in discovery order.
        pub static KINDS: &[KindInfo] = &[$(
            KindInfo {
                id: KindId::$id,
                group: $group,
                version: stringify!($version),
                kind: $kind,
                list_kind: concat!($kind, "List"),
                plural: $plural,
                singular: $singular,
                short_names: &[$($short),*],
                namespaced: kinds!(@scope $scope),
                categories: $categories,
                verbs: $verbs,
                subresources: $sub,
            },
        )*];
    };
    (@scope namespaced) => { true };
    (@scope cluster) => { false };
}

kinds! {
    BINDING: ""/v1 "Binding" "bindings" "binding" namespaced [] NONE CREATE NONE;
    COMPONENT_STATUS: ""/v1 "ComponentStatus" "componentstatuses" "componentstatus" cluster ["cs"] NONE READ NONE;
    CONFIG_MAP: ""/v1 "ConfigMap" "configmaps" "configmap" namespaced ["cm"] NONE STORED NONE;
    ENDPOINTS: ""/v1 "Endpoints" "endpoints" "endpoints" namespaced ["ep"] NONE STORED NONE;
    EVENT: ""/v1 "Event" "events" "event" namespaced ["ev"] NONE STORED NONE;
    LIMIT_RANGE: ""/v1 "LimitRange" "limitranges" "limitrange" namespaced ["limits"] NONE STORED NONE;
    NAMESPACE: ""/v1 "Namespace" "namespaces" "namespace" cluster ["ns"] NONE NO_COLLECTION &["finalize", "status"];
    NODE: ""/v1 "Node" "nodes" "node" cluster ["no"] NONE STORED &["proxy", "status"];
    PERSISTENT_VOLUME_CLAIM: ""/v1 "PersistentVolumeClaim" "persistentvolumeclaims" "persistentvolumeclaim" namespaced ["pvc"] NONE STORED STATUS;
    PERSISTENT_VOLUME: ""/v1 "PersistentVolume" "persistentvolumes" "persistentvolume" cluster ["pv"] NONE STORED STATUS;
    POD: ""/v1 "Pod" "pods" "pod" namespaced ["po"] ALL STORED
        &["attach", "binding", "ephemeralcontainers", "eviction", "exec", "log", "portforward", "proxy", "resize", "status"];
    POD_TEMPLATE: ""/v1 "PodTemplate" "podtemplates" "podtemplate" namespaced [] NONE STORED NONE;
    REPLICATION_CONTROLLER: ""/v1 "ReplicationController" "replicationcontrollers" "replicationcontroller" namespaced ["rc"] ALL STORED SCALE;
    RESOURCE_QUOTA: ""/v1 "ResourceQuota" "resourcequotas" "resourcequota" namespaced ["quota"] NONE STORED STATUS;
    SECRET: ""/v1 "Secret" "secrets" "secret" namespaced [] NONE STORED NONE;
    SERVICE_ACCOUNT: ""/v1 "ServiceAccount" "serviceaccounts" "serviceaccount" namespaced ["sa"] NONE STORED &["token"];
    SERVICE: ""/v1 "Service" "services" "service" namespaced ["svc"] ALL STORED &["proxy", "status"];
    API_SERVICE: "apiregistration.k8s.io"/v1 "APIService" "apiservices" "apiservice" cluster [] EXTENSIONS STORED STATUS;
    CONTROLLER_REVISION: "apps"/v1 "ControllerRevision" "controllerrevisions" "controllerrevision" namespaced [] NONE STORED NONE;
    DAEMON_SET: "apps"/v1 "DaemonSet" "daemonsets" "daemonset" namespaced ["ds"] ALL STORED STATUS;
    DEPLOYMENT: "apps"/v1 "Deployment" "deployments" "deployment" namespaced ["deploy"] ALL STORED SCALE;
    REPLICA_SET: "apps"/v1 "ReplicaSet" "replicasets" "replicaset" namespaced ["rs"] ALL STORED SCALE;
    STATEFUL_SET: "apps"/v1 "StatefulSet" "statefulsets" "statefulset" namespaced ["sts"] ALL STORED SCALE;
    EVENTS_EVENT: "events.k8s.io"/v1 "Event" "events" "event" namespaced ["ev"] NONE STORED NONE;
    SELF_SUBJECT_REVIEW: "authentication.k8s.io"/v1 "SelfSubjectReview" "selfsubjectreviews" "selfsubjectreview" cluster [] NONE CREATE NONE;
    TOKEN_REVIEW: "authentication.k8s.io"/v1 "TokenReview" "tokenreviews" "tokenreview" cluster [] NONE CREATE NONE;
    LOCAL_SUBJECT_ACCESS_REVIEW: "authorization.k8s.io"/v1 "LocalSubjectAccessReview" "localsubjectaccessreviews" "localsubjectaccessreview" namespaced [] NONE CREATE NONE;
    SELF_SUBJECT_ACCESS_REVIEW: "authorization.k8s.io"/v1 "SelfSubjectAccessReview" "selfsubjectaccessreviews" "selfsubjectaccessreview" cluster [] NONE CREATE NONE;
    SELF_SUBJECT_RULES_REVIEW: "authorization.k8s.io"/v1 "SelfSubjectRulesReview" "selfsubjectrulesreviews" "selfsubjectrulesreview" cluster [] NONE CREATE NONE;
    SUBJECT_ACCESS_REVIEW: "authorization.k8s.io"/v1 "SubjectAccessReview" "subjectaccessreviews" "subjectaccessreview" cluster [] NONE CREATE NONE;
    HORIZONTAL_POD_AUTOSCALER: "autoscaling"/v2 "HorizontalPodAutoscaler" "horizontalpodautoscalers" "horizontalpodautoscaler" namespaced ["hpa"] ALL STORED STATUS;
    HORIZONTAL_POD_AUTOSCALER_V1: "autoscaling"/v1 "HorizontalPodAutoscaler" "horizontalpodautoscalers" "horizontalpodautoscaler" namespaced ["hpa"] ALL STORED STATUS;
    CRON_JOB: "batch"/v1 "CronJob" "cronjobs" "cronjob" namespaced ["cj"] ALL STORED STATUS;
    JOB: "batch"/v1 "Job" "jobs" "job" namespaced [] ALL STORED STATUS;
    CERTIFICATE_SIGNING_REQUEST: "certificates.k8s.io"/v1 "CertificateSigningRequest" "certificatesigningrequests" "certificatesigningrequest" cluster ["csr"] NONE STORED
        &["approval", "status"];
    CLUSTER_TRUST_BUNDLE: "certificates.k8s.io"/v1 "ClusterTrustBundle" "clustertrustbundles" "clustertrustbundle" cluster [] NONE STORED NONE;
    POD_CERTIFICATE_REQUEST: "certificates.k8s.io"/v1 "PodCertificateRequest" "podcertificaterequests" "podcertificaterequest" namespaced [] NONE STORED STATUS;
    INGRESS_CLASS: "networking.k8s.io"/v1 "IngressClass" "ingressclasses" "ingressclass" cluster [] NONE STORED NONE;
    INGRESS: "networking.k8s.io"/v1 "Ingress" "ingresses" "ingress" namespaced ["ing"] NONE STORED STATUS;
    IP_ADDRESS: "networking.k8s.io"/v1 "IPAddress" "ipaddresses" "ipaddress" cluster ["ip"] NONE STORED NONE;
    NETWORK_POLICY: "networking.k8s.io"/v1 "NetworkPolicy" "networkpolicies" "networkpolicy" namespaced ["netpol"] NONE STORED NONE;
    SERVICE_CIDR: "networking.k8s.io"/v1 "ServiceCIDR" "servicecidrs" "servicecidr" cluster [] NONE STORED STATUS;
    POD_DISRUPTION_BUDGET: "policy"/v1 "PodDisruptionBudget" "poddisruptionbudgets" "poddisruptionbudget" namespaced ["pdb"] NONE STORED STATUS;
    CLUSTER_ROLE_BINDING: "rbac.authorization.k8s.io"/v1 "ClusterRoleBinding" "clusterrolebindings" "clusterrolebinding" cluster [] NONE STORED NONE;
    CLUSTER_ROLE: "rbac.authorization.k8s.io"/v1 "ClusterRole" "clusterroles" "clusterrole" cluster [] NONE STORED NONE;
    ROLE_BINDING: "rbac.authorization.k8s.io"/v1 "RoleBinding" "rolebindings" "rolebinding" namespaced [] NONE STORED NONE;
    ROLE: "rbac.authorization.k8s.io"/v1 "Role" "roles" "role" namespaced [] NONE STORED NONE;
    CSI_DRIVER: "storage.k8s.io"/v1 "CSIDriver" "csidrivers" "csidriver" cluster [] NONE STORED NONE;
    CSI_NODE: "storage.k8s.io"/v1 "CSINode" "csinodes" "csinode" cluster [] NONE STORED NONE;
    CSI_STORAGE_CAPACITY: "storage.k8s.io"/v1 "CSIStorageCapacity" "csistoragecapacities" "csistoragecapacity" namespaced [] NONE STORED NONE;
    STORAGE_CLASS: "storage.k8s.io"/v1 "StorageClass" "storageclasses" "storageclass" cluster ["sc"] NONE STORED NONE;
    VOLUME_ATTACHMENT: "storage.k8s.io"/v1 "VolumeAttachment" "volumeattachments" "volumeattachment" cluster [] NONE STORED STATUS;
    VOLUME_ATTRIBUTES_CLASS: "storage.k8s.io"/v1 "VolumeAttributesClass" "volumeattributesclasses" "volumeattributesclass" cluster ["vac"] NONE STORED NONE;
    MUTATING_ADMISSION_POLICY: "admissionregistration.k8s.io"/v1 "MutatingAdmissionPolicy" "mutatingadmissionpolicies" "mutatingadmissionpolicy" cluster [] EXTENSIONS STORED NONE;
    MUTATING_ADMISSION_POLICY_BINDING: "admissionregistration.k8s.io"/v1 "MutatingAdmissionPolicyBinding" "mutatingadmissionpolicybindings" "mutatingadmissionpolicybinding" cluster [] EXTENSIONS STORED NONE;
    MUTATING_WEBHOOK_CONFIGURATION: "admissionregistration.k8s.io"/v1 "MutatingWebhookConfiguration" "mutatingwebhookconfigurations" "mutatingwebhookconfiguration" cluster [] EXTENSIONS STORED NONE;
    VALIDATING_ADMISSION_POLICY: "admissionregistration.k8s.io"/v1 "ValidatingAdmissionPolicy" "validatingadmissionpolicies" "validatingadmissionpolicy" cluster [] EXTENSIONS STORED STATUS;
    VALIDATING_ADMISSION_POLICY_BINDING: "admissionregistration.k8s.io"/v1 "ValidatingAdmissionPolicyBinding" "validatingadmissionpolicybindings" "validatingadmissionpolicybinding" cluster [] EXTENSIONS STORED NONE;
    VALIDATING_WEBHOOK_CONFIGURATION: "admissionregistration.k8s.io"/v1 "ValidatingWebhookConfiguration" "validatingwebhookconfigurations" "validatingwebhookconfiguration" cluster [] EXTENSIONS STORED NONE;
    CUSTOM_RESOURCE_DEFINITION: "apiextensions.k8s.io"/v1 "CustomResourceDefinition" "customresourcedefinitions" "customresourcedefinition" cluster ["crd" "crds"] EXTENSIONS STORED STATUS;
    PRIORITY_CLASS: "scheduling.k8s.io"/v1 "PriorityClass" "priorityclasses" "priorityclass" cluster ["pc"] NONE STORED NONE;
    LEASE: "coordination.k8s.io"/v1 "Lease" "leases" "lease" namespaced [] NONE STORED NONE;
    RUNTIME_CLASS: "node.k8s.io"/v1 "RuntimeClass" "runtimeclasses" "runtimeclass" cluster [] NONE STORED NONE;
    ENDPOINT_SLICE: "discovery.k8s.io"/v1 "EndpointSlice" "endpointslices" "endpointslice" namespaced [] NONE STORED NONE;
    FLOW_SCHEMA: "flowcontrol.apiserver.k8s.io"/v1 "FlowSchema" "flowschemas" "flowschema" cluster [] NONE STORED STATUS;
    PRIORITY_LEVEL_CONFIGURATION: "flowcontrol.apiserver.k8s.io"/v1 "PriorityLevelConfiguration" "prioritylevelconfigurations" "prioritylevelconfiguration" cluster [] NONE STORED STATUS;
    DEVICE_CLASS: "resource.k8s.io"/v1 "DeviceClass" "deviceclasses" "deviceclass" cluster [] NONE STORED NONE;
    DEVICE_TAINT_RULE: "resource.k8s.io"/v1 "DeviceTaintRule" "devicetaintrules" "devicetaintrule" cluster [] NONE STORED STATUS;
    RESOURCE_CLAIM: "resource.k8s.io"/v1 "ResourceClaim" "resourceclaims" "resourceclaim" namespaced [] NONE STORED STATUS;
    RESOURCE_CLAIM_TEMPLATE: "resource.k8s.io"/v1 "ResourceClaimTemplate" "resourceclaimtemplates" "resourceclaimtemplate" namespaced [] NONE STORED NONE;
    RESOURCE_SLICE: "resource.k8s.io"/v1 "ResourceSlice" "resourceslices" "resourceslice" cluster [] NONE STORED NONE;
    STORAGE_VERSION_MIGRATION: "storagemigration.k8s.io"/v1 "StorageVersionMigration" "storageversionmigrations" "storageversionmigration" cluster [] NONE STORED STATUS;
}
