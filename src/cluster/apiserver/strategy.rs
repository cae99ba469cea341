//! What each kind allows of its objects' lives, where kinds differ: the facts of upstream's strategies as tables.
// upstream: pkg/registry/*/*/strategy.go, pkg/registry/*/*/storage/storage.go

use podarium_api::kinds::KindId as K;

use super::Propagation;

/// Kinds whose desired state is not counted in `metadata.generation`.
const UNCOUNTED: &[K] = &[
    K::API_SERVICE,
    K::CERTIFICATE_SIGNING_REQUEST,
    K::CLUSTER_ROLE,
    K::CLUSTER_ROLE_BINDING,
    K::CLUSTER_TRUST_BUNDLE,
    K::CONFIG_MAP,
    K::CONTROLLER_REVISION,
    K::CSI_NODE,
    K::CSI_STORAGE_CAPACITY,
    K::ENDPOINTS,
    K::EVENT,
    K::HORIZONTAL_POD_AUTOSCALER,
    K::IP_ADDRESS,
    K::LEASE,
    K::LIMIT_RANGE,
    K::NAMESPACE,
    K::NODE,
    K::PERSISTENT_VOLUME,
    K::PERSISTENT_VOLUME_CLAIM,
    K::POD_CERTIFICATE_REQUEST,
    K::RESOURCE_CLAIM,
    K::RESOURCE_CLAIM_TEMPLATE,
    K::RESOURCE_QUOTA,
    K::ROLE,
    K::ROLE_BINDING,
    K::RUNTIME_CLASS,
    K::SECRET,
    K::SERVICE,
    K::SERVICE_ACCOUNT,
    K::SERVICE_CIDR,
    K::STORAGE_CLASS,
    K::VOLUME_ATTACHMENT,
    K::VOLUME_ATTRIBUTES_CLASS,
];

/// Whether changes of the desired state are counted in `metadata.generation`.
pub fn counts_generations(kind: K) -> bool {
    !UNCOUNTED.contains(&kind)
}

/// Whether an update must say which revision it is of. upstream: AllowUnconditionalUpdate
pub fn demands_revision(kind: K) -> bool {
    let all = [
        K::API_SERVICE,
        K::CLUSTER_TRUST_BUNDLE,
        K::CSI_DRIVER,
        K::CSI_NODE,
        K::CUSTOM_RESOURCE_DEFINITION,
        K::FLOW_SCHEMA,
        K::LEASE,
        K::MUTATING_ADMISSION_POLICY,
        K::MUTATING_ADMISSION_POLICY_BINDING,
        K::MUTATING_WEBHOOK_CONFIGURATION,
        K::POD_CERTIFICATE_REQUEST,
        K::POD_DISRUPTION_BUDGET,
        K::PRIORITY_LEVEL_CONFIGURATION,
        K::RUNTIME_CLASS,
        K::VALIDATING_ADMISSION_POLICY,
        K::VALIDATING_ADMISSION_POLICY_BINDING,
        K::VALIDATING_WEBHOOK_CONFIGURATION,
        K::VOLUME_ATTACHMENT,
    ];
    kind.is_custom() || all.contains(&kind)
}

/// Whether a PUT of what is not there makes it. upstream: AllowCreateOnUpdate
pub fn creates_on_update(kind: K) -> bool {
    [
        K::CLUSTER_ROLE,
        K::CLUSTER_ROLE_BINDING,
        K::ENDPOINTS,
        K::EVENT,
        K::LEASE,
        K::LIMIT_RANGE,
        K::ROLE,
        K::ROLE_BINDING,
        K::SERVICE,
    ]
    .contains(&kind)
}

/// What becomes of what an object owned, where its deletion does not say. upstream: DefaultGarbageCollectionPolicy
pub fn propagation(kind: K) -> Propagation {
    match kind {
        // As it was before there was a garbage collector.
        K::JOB | K::REPLICATION_CONTROLLER => Propagation::Orphan,
        _ => Propagation::Background,
    }
}

/// Whether the answer to a deletion is the object. upstream: ReturnDeletedObject
pub fn returns_deleted(kind: K) -> bool {
    [
        K::CSI_DRIVER,
        K::CSI_NODE,
        K::DEVICE_CLASS,
        K::DEVICE_TAINT_RULE,
        K::PERSISTENT_VOLUME,
        K::PERSISTENT_VOLUME_CLAIM,
        K::POD,
        K::POD_TEMPLATE,
        K::RESOURCE_CLAIM,
        K::RESOURCE_CLAIM_TEMPLATE,
        K::RESOURCE_QUOTA,
        K::RESOURCE_SLICE,
        K::SERVICE,
        K::SERVICE_ACCOUNT,
        K::STORAGE_CLASS,
        K::VOLUME_ATTACHMENT,
        K::VOLUME_ATTRIBUTES_CLASS,
    ]
    .contains(&kind)
}

/// Whether a write to the status leaves all of the metadata as it is. upstream: ResetObjectMetaForStatus
pub fn status_keeps_metadata(kind: K) -> bool {
    let all = [
        K::API_SERVICE,
        K::CUSTOM_RESOURCE_DEFINITION,
        K::DEVICE_TAINT_RULE,
        K::FLOW_SCHEMA,
        K::PRIORITY_LEVEL_CONFIGURATION,
        K::RESOURCE_CLAIM,
        K::SERVICE_CIDR,
        K::STORAGE_VERSION_MIGRATION,
        K::VALIDATING_ADMISSION_POLICY,
    ];
    kind.is_custom() || all.contains(&kind)
}
