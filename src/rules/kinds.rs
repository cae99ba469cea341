//! Which rules each kind has: one row per kind.

use serde_json::Value;

use crate::defaults::{self, Fields};
use crate::errors::Errors;
use crate::field::Field;
use crate::{prepare, validation as v, warnings};

/// What is known of one kind.
pub struct Row {
    version: &'static str,
    kind: &'static str,
    /// Fills in what was not given.
    pub defaults: fn(&mut Fields),
    /// Begins a new object.
    pub begin: fn(&mut Fields),
    /// Keeps of the old object what a write may not change.
    pub keep: fn(&mut Fields, &Value),
    /// What is wrong with a new object.
    pub create: fn(&Field, &mut Errors),
    /// What is wrong with one that is to take the place of another.
    pub update: fn(&Field, &Field, &mut Errors),
    /// What a client is told of a write that is allowed.
    pub warn: fn(&Field, Option<&Field>, &mut Vec<String>),
}

const fn kind(version: &'static str, kind: &'static str) -> Row {
    Row {
        version,
        kind,
        defaults: |_| {},
        begin: |_| {},
        keep: |_, _| {},
        create: |_, _| {},
        update: |_, _, _| {},
        warn: |_, _, _| {},
    }
}

impl Row {
    const fn defaults(self, defaults: fn(&mut Fields)) -> Row {
        Row { defaults, ..self }
    }

    const fn prepare(self, begin: fn(&mut Fields), keep: fn(&mut Fields, &Value)) -> Row {
        Row {
            begin,
            keep,
            ..self
        }
    }

    const fn valid(
        self,
        create: fn(&Field, &mut Errors),
        update: fn(&Field, &Field, &mut Errors),
    ) -> Row {
        Row {
            create,
            update,
            ..self
        }
    }

    const fn warn(self, warn: fn(&Field, Option<&Field>, &mut Vec<String>)) -> Row {
        Row { warn, ..self }
    }
}

/// The row of an object's kind; one without rules for a kind that has none.
pub fn row(object: &Value) -> &'static Row {
    static NONE: Row = kind("", "");
    let text = |field: &str| object[field].as_str().unwrap_or_default();
    let (version, kind) = (text("apiVersion"), text("kind"));
    let mut rows = ROWS.iter();
    rows.find(|r| r.version == version && r.kind == kind)
        .unwrap_or(&NONE)
}

#[rustfmt::skip]
static ROWS: &[Row] = &[
    kind("v1", "ConfigMap").valid(v::config::config_map, v::config::config_map_update),
    kind("v1", "Endpoints").defaults(defaults::service::endpoints).valid(v::endpoints::endpoints, |new, _, e| v::endpoints::endpoints(new, e)).warn(warnings::service::endpoints),
    kind("v1", "Event").valid(v::event::event, |new, _, e| v::event::event(new, e)),
    kind("events.k8s.io/v1", "Event").valid(v::event::strict, v::event::strict_update),
    kind("v1", "LimitRange").defaults(defaults::core::limit_range).valid(v::limits::limit_range, |new, _, e| v::limits::limit_range(new, e)),
    kind("v1", "Namespace").defaults(defaults::core::namespace).valid(v::namespace::namespace, |_, _, _| {}),
    kind("v1", "Node").defaults(defaults::core::node).valid(v::nodes::node, v::nodes::node_update).warn(warnings::node),
    kind("v1", "PersistentVolume").defaults(defaults::core::volume).prepare(prepare::pending, prepare::nothing)
        .valid(v::volume::volume, v::volume::volume_update).warn(warnings::volume),
    kind("v1", "PersistentVolumeClaim").defaults(defaults::core::claim).prepare(prepare::claim, prepare::claim_update)
        .valid(v::claim::claim, v::claim::claim_update).warn(warnings::claim),
    kind("v1", "Pod").defaults(defaults::pod::pod).valid(v::pod::pod, v::pod::pod_update).warn(warnings::pod::pod),
    kind("v1", "PodTemplate").defaults(defaults::core::pod_template).valid(v::apps::pod_template, |new, _, e| v::apps::pod_template(new, e)).warn(warnings::pod::pod_template),
    kind("v1", "ReplicationController").defaults(defaults::workload::replication_controller).valid(v::workload::replication_controller, |new, _, e| v::workload::replication_controller(new, e))
        .warn(warnings::pod::replication_controller),
    kind("v1", "ResourceQuota").valid(v::limits::resource_quota, v::limits::resource_quota_update),
    kind("v1", "Secret").defaults(defaults::core::secret).valid(v::config::secret, v::config::secret_update).warn(warnings::secret),
    kind("v1", "Service").defaults(defaults::service::service).valid(v::service::service, v::service::service_update).warn(warnings::service::service),
    kind("v1", "ServiceAccount"),
    kind("admissionregistration.k8s.io/v1", "MutatingAdmissionPolicy").defaults(defaults::admission::policy)
        .valid(v::policies::mutating, |new, _, e| v::policies::mutating(new, e)),
    kind("admissionregistration.k8s.io/v1", "MutatingAdmissionPolicyBinding").defaults(defaults::admission::binding)
        .valid(v::policies::mutating_binding, |new, _, e| v::policies::mutating_binding(new, e)),
    kind("admissionregistration.k8s.io/v1", "MutatingWebhookConfiguration").defaults(defaults::admission::mutating_webhooks)
        .valid(v::webhooks::mutating, |new, _, e| v::webhooks::mutating(new, e)),
    kind("admissionregistration.k8s.io/v1", "ValidatingAdmissionPolicy").defaults(defaults::admission::policy)
        .valid(v::policies::validating, |new, _, e| v::policies::validating(new, e)),
    kind("admissionregistration.k8s.io/v1", "ValidatingAdmissionPolicyBinding").defaults(defaults::admission::binding)
        .valid(v::policies::validating_binding, |new, _, e| v::policies::validating_binding(new, e)),
    kind("admissionregistration.k8s.io/v1", "ValidatingWebhookConfiguration").defaults(defaults::admission::validating_webhooks)
        .valid(v::webhooks::validating, |new, _, e| v::webhooks::validating(new, e)),
    kind("apiextensions.k8s.io/v1", "CustomResourceDefinition").defaults(defaults::extensions::definition)
        .prepare(prepare::definition, prepare::definition_update).valid(v::definition::definition, v::definition::definition_update),
    kind("apiregistration.k8s.io/v1", "APIService").defaults(defaults::admission::api_service)
        .valid(v::api_service::api_service, |new, _, e| v::api_service::api_service(new, e)),
    kind("apps/v1", "ControllerRevision").valid(v::apps::controller_revision, v::apps::controller_revision_update),
    kind("apps/v1", "DaemonSet").defaults(defaults::apps::daemon_set).prepare(prepare::daemon_set, prepare::daemon_set_update)
        .valid(v::apps::daemon_set, v::apps::daemon_set_update).warn(warnings::pod::template),
    kind("apps/v1", "Deployment").defaults(defaults::workload::deployment).valid(v::workload::deployment, v::workload::deployment_update).warn(warnings::pod::workload),
    kind("apps/v1", "ReplicaSet").defaults(defaults::workload::replica_set).valid(v::workload::replica_set, v::workload::replica_set_update).warn(warnings::pod::workload),
    kind("apps/v1", "StatefulSet").defaults(defaults::apps::stateful_set).prepare(prepare::stateful_set, prepare::nothing)
        .valid(v::apps::stateful_set, v::apps::stateful_set_update).warn(warnings::stateful_set),
    kind("autoscaling/v2", "HorizontalPodAutoscaler").defaults(defaults::autoscaling::autoscaler).prepare(prepare::autoscaler, prepare::nothing)
        .valid(v::autoscaling::autoscaler, v::autoscaling::autoscaler_update),
    kind("batch/v1", "CronJob").defaults(defaults::batch::cron_job)
        .valid(v::cron_job::cron_job, v::cron_job::cron_job_update).warn(warnings::cron_job),
    kind("batch/v1", "Job").defaults(defaults::batch::job).prepare(prepare::job, prepare::nothing)
        .valid(v::job::job, v::job::job_update).warn(warnings::job),
    kind("certificates.k8s.io/v1", "CertificateSigningRequest").prepare(|_| {}, prepare::signing_request_update)
        .valid(v::certificates::signing_request, v::certificates::signing_request_update),
    kind("certificates.k8s.io/v1", "ClusterTrustBundle").valid(v::certificates::trust_bundle, v::certificates::trust_bundle_update),
    kind("certificates.k8s.io/v1", "PodCertificateRequest")
        .valid(v::certificates::pod_request, v::certificates::pod_request_update),
    kind("coordination.k8s.io/v1", "Lease").valid(v::coordination::lease, |new, _, e| v::coordination::lease(new, e)),
    kind("discovery.k8s.io/v1", "EndpointSlice").defaults(defaults::service::slice).valid(v::endpoints::slice, v::endpoints::slice_update).warn(warnings::service::slice),
    kind("flowcontrol.apiserver.k8s.io/v1", "FlowSchema").defaults(defaults::flowcontrol::flow_schema)
        .valid(v::flowcontrol::flow_schema, |new, _, e| v::flowcontrol::flow_schema(new, e)),
    kind("flowcontrol.apiserver.k8s.io/v1", "PriorityLevelConfiguration").defaults(defaults::flowcontrol::priority_level)
        .valid(v::priority_level::priority_level, |new, _, e| v::priority_level::priority_level(new, e)),
    kind("networking.k8s.io/v1", "IPAddress").valid(v::addresses::ip_address, v::addresses::ip_address_update),
    kind("networking.k8s.io/v1", "Ingress").prepare(prepare::ingress, prepare::nothing)
        .valid(v::ingress::ingress, v::ingress::ingress_update).warn(warnings::ingress),
    kind("networking.k8s.io/v1", "IngressClass").defaults(defaults::networking::ingress_class)
        .valid(v::ingress::class, v::ingress::class_update),
    kind("networking.k8s.io/v1", "NetworkPolicy").defaults(defaults::networking::network_policy)
        .valid(v::network_policy::network_policy, |new, _, e| v::network_policy::network_policy(new, e)).warn(warnings::network_policy),
    kind("networking.k8s.io/v1", "ServiceCIDR")
        .valid(v::addresses::service_cidr, v::addresses::service_cidr_update),
    kind("node.k8s.io/v1", "RuntimeClass").valid(v::node::runtime_class, v::node::runtime_class_update).warn(warnings::runtime_class),
    kind("policy/v1", "PodDisruptionBudget").prepare(prepare::disruption_budget, prepare::nothing)
        .valid(v::policy::disruption_budget, |new, _, e| v::policy::disruption_budget(new, e)),
    kind("rbac.authorization.k8s.io/v1", "ClusterRole").valid(v::rbac::cluster_role, |new, _, e| v::rbac::cluster_role(new, e)),
    kind("rbac.authorization.k8s.io/v1", "ClusterRoleBinding").defaults(defaults::rbac::binding)
        .valid(v::rbac::cluster_role_binding, v::rbac::cluster_role_binding_update),
    kind("rbac.authorization.k8s.io/v1", "Role").valid(v::rbac::role, |new, _, e| v::rbac::role(new, e)),
    kind("rbac.authorization.k8s.io/v1", "RoleBinding").defaults(defaults::rbac::binding)
        .valid(v::rbac::role_binding, v::rbac::role_binding_update),
    kind("resource.k8s.io/v1", "DeviceClass").valid(v::resource::device_class, |new, _, e| v::resource::device_class(new, e)),
    kind("resource.k8s.io/v1", "DeviceTaintRule")
        .valid(v::resource::taint_rule, |new, _, e| v::resource::taint_rule(new, e)),
    kind("resource.k8s.io/v1", "ResourceClaim").defaults(defaults::resource::claim)
        .valid(v::resource::claim, v::resource::claim_update),
    kind("resource.k8s.io/v1", "ResourceClaimTemplate").defaults(defaults::resource::claim_template)
        .valid(v::resource::claim_template, v::resource::claim_template_update),
    kind("resource.k8s.io/v1", "ResourceSlice").valid(v::resource::slice, v::resource::slice_update),
    kind("scheduling.k8s.io/v1", "PriorityClass").defaults(defaults::scheduling::priority_class)
        .valid(v::scheduling::priority_class, v::scheduling::priority_class_update),
    kind("storage.k8s.io/v1", "CSIDriver").defaults(defaults::storage::csi_driver).valid(v::csi::driver, v::csi::driver_update),
    kind("storage.k8s.io/v1", "CSINode").valid(v::csi::node, v::csi::node_update),
    kind("storage.k8s.io/v1", "CSIStorageCapacity").valid(v::csi::capacity, v::csi::capacity_update).warn(warnings::storage_capacity),
    kind("storage.k8s.io/v1", "StorageClass").defaults(defaults::storage::storage_class)
        .valid(v::storage::storage_class, v::storage::storage_class_update).warn(warnings::storage_class),
    kind("storage.k8s.io/v1", "VolumeAttachment").prepare(prepare::attachment, prepare::nothing)
        .valid(v::storage::attachment, v::storage::attachment_update),
    kind("storage.k8s.io/v1", "VolumeAttributesClass").valid(v::storage::attributes_class, v::storage::attributes_class_update),
    kind("storagemigration.k8s.io/v1", "StorageVersionMigration")
        .valid(v::storage_migration::migration, v::storage_migration::migration_update),
];

#[cfg(test)]
mod tests {
    use super::*;
    use podarium_api::kinds;

    #[test]
    fn every_row_is_of_a_kind_that_exists_and_no_kind_has_two() {
        for (i, row) in ROWS.iter().enumerate() {
            kinds::by_gvk(row.version, row.kind).unwrap();
            let again = ROWS[..i]
                .iter()
                .any(|r| (r.version, r.kind) == (row.version, row.kind));
            assert!(!again, "{}", row.kind);
        }
    }
}
