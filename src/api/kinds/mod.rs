//! The kinds table: one row for every built-in kind, and the ways a person or a client names one.
//!
//! Rows stand in the order in which the API server's discovery lists their groups, so the first match of a bare name
//! is also kubectl's ("events" is the core kind, "hpa" is `autoscaling/v2`).
// upstream: cmd/kube-apiserver/app/aggregator.go apiServicePriorities (order of groups and versions)

mod custom;
mod find;
mod table;

pub use custom::{Custom, INTERNAL};
pub use find::{
    NoMatch, by_category, by_gvk, by_list_gvk, by_resource, find, kind_matches, suggestion,
};
pub use table::KINDS;

/// The Kubernetes release whose kinds these are, and that everything here follows.
pub const RELEASE: &str = "1.37";

/// Identity of a kind: of a built-in one its row number in [`KINDS`], with one associated constant per kind, as `KindId::POD`;
/// of one that a definition describes a number beyond, see [`Custom`].
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct KindId(u32);

/// One row of the kinds table.
#[derive(Debug)]
pub struct KindInfo {
    /// Row number, for indexes and maps.
    pub id: KindId,
    /// API group, empty for the core group.
    pub group: &'static str,
    /// Version inside the group.
    pub version: &'static str,
    /// Name in the field `kind`.
    pub kind: &'static str,
    /// Name of the kind that carries a list of these.
    pub list_kind: &'static str,
    /// Resource name in URLs.
    pub plural: &'static str,
    /// Resource name for one, as kubectl accepts and prints it.
    pub singular: &'static str,
    /// Abbreviations that kubectl accepts.
    pub short_names: &'static [&'static str],
    /// Whether objects live inside a namespace.
    pub namespaced: bool,
    /// Groups of resources under one word, as `all`.
    pub categories: &'static [&'static str],
    /// Verbs that discovery announces, in its order.
    pub verbs: &'static [&'static str],
    /// Subresources that the API server serves under an object of this kind.
    pub subresources: &'static [&'static str],
}

impl KindId {
    /// The row of this kind.
    pub fn info(self) -> &'static KindInfo {
        KINDS
            .get(self.0 as usize)
            .unwrap_or_else(|| custom::info(self.0 as usize))
    }

    /// Whether a definition describes the kind.
    pub const fn is_custom(self) -> bool {
        self.0 as usize >= KINDS.len()
    }

    /// Row number, for dense tables of one entry per kind.
    pub const fn index(self) -> usize {
        self.0 as usize
    }

    /// The kind of a row number, `None` past the end of the table.
    pub fn from_index(index: usize) -> Option<KindId> {
        KINDS.get(index).map(|row| row.id)
    }
}

impl std::fmt::Debug for KindId {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.info().kind)
    }
}

impl KindInfo {
    /// `apiVersion` as objects carry it: `v1`, `apps/v1`.
    pub fn api_version(&self) -> String {
        if self.group.is_empty() {
            self.version.to_string()
        } else {
            [self.group, "/", self.version].concat()
        }
    }

    /// Whether `api_version` (`v1`, `apps/v1`) is this row's, without building a string.
    pub fn is_api_version(&self, api_version: &str) -> bool {
        split_api_version(api_version) == (self.group, self.version)
    }

    /// `deployments.apps`, or `pods` for the core group: how messages and `kubectl get -o name` call the resource.
    pub fn group_resource(&self) -> String {
        if self.group.is_empty() {
            self.plural.to_string()
        } else {
            [self.plural, ".", self.group].concat()
        }
    }

    /// The kind as which objects of this one are kept: that of another version, where there are several.
    pub fn storage(&self) -> KindId {
        match self.id {
            KindId::HORIZONTAL_POD_AUTOSCALER_V1 => KindId::HORIZONTAL_POD_AUTOSCALER,
            KindId::EVENTS_EVENT => KindId::EVENT,
            id if id.is_custom() => self.kept(),
            id => id,
        }
    }

    /// Whether objects of the kind are kept in the store (reviews and bindings only pass through).
    pub fn stored(&self) -> bool {
        self.verbs.contains(&"watch")
    }
}

/// Splits `apps/v1` into group and version; `v1` has the empty group.
pub fn split_api_version(api_version: &str) -> (&str, &str) {
    api_version.split_once('/').unwrap_or(("", api_version))
}

#[cfg(test)]
mod tests {
    use super::*;
    use k8s_openapi::{ClusterResourceScope, Resource};

    #[test]
    fn every_row_knows_its_place() {
        for (index, row) in KINDS.iter().enumerate() {
            assert_eq!(row.id.index(), index, "{}", row.kind);
            assert_eq!(KindId::from_index(index), Some(row.id));
            assert_eq!(row.list_kind, format!("{}List", row.kind));
            assert_eq!(row.singular, row.kind.to_lowercase());
        }
        assert_eq!(KindId::from_index(KINDS.len()), None);
    }

    /// Compares a row with what k8s-openapi's generated type says of itself.
    fn same<K: Resource>(seen: &mut Vec<KindId>)
    where
        K::Scope: 'static,
    {
        let row = by_gvk(K::API_VERSION, K::KIND).unwrap_or_else(|e| panic!("{e}"));
        assert_eq!(
            (row.group, row.version, row.plural),
            (K::GROUP, K::VERSION, K::URL_PATH_SEGMENT)
        );
        let cluster =
            std::any::TypeId::of::<K::Scope>() == std::any::TypeId::of::<ClusterResourceScope>();
        assert_eq!(row.namespaced, !cluster, "{}", K::KIND);
        seen.push(row.id);
    }

    #[test]
    fn the_table_is_k8s_openapi_s_list_of_stable_kinds() {
        use k8s_openapi::api::*;
        let mut seen = Vec::new();
        macro_rules! all {
            ($($t:path),* $(,)?) => { $( same::<$t>(&mut seen); )* };
        }
        all!(
            admissionregistration::v1::MutatingAdmissionPolicy,
            admissionregistration::v1::MutatingAdmissionPolicyBinding,
            admissionregistration::v1::MutatingWebhookConfiguration,
            admissionregistration::v1::ValidatingAdmissionPolicy,
            admissionregistration::v1::ValidatingAdmissionPolicyBinding,
            admissionregistration::v1::ValidatingWebhookConfiguration,
            k8s_openapi::apiextensions_apiserver::pkg::apis::apiextensions::v1::CustomResourceDefinition,
            k8s_openapi::kube_aggregator::pkg::apis::apiregistration::v1::APIService,
            apps::v1::ControllerRevision,
            apps::v1::DaemonSet,
            apps::v1::Deployment,
            apps::v1::ReplicaSet,
            apps::v1::StatefulSet,
            authentication::v1::SelfSubjectReview,
            authentication::v1::TokenReview,
            authorization::v1::LocalSubjectAccessReview,
            authorization::v1::SelfSubjectAccessReview,
            authorization::v1::SelfSubjectRulesReview,
            authorization::v1::SubjectAccessReview,
            autoscaling::v1::HorizontalPodAutoscaler,
            autoscaling::v2::HorizontalPodAutoscaler,
            batch::v1::CronJob,
            batch::v1::Job,
            certificates::v1::CertificateSigningRequest,
            certificates::v1::ClusterTrustBundle,
            certificates::v1::PodCertificateRequest,
            coordination::v1::Lease,
            core::v1::Binding,
            core::v1::ComponentStatus,
            core::v1::ConfigMap,
            core::v1::Endpoints,
            core::v1::Event,
            core::v1::LimitRange,
            core::v1::Namespace,
            core::v1::Node,
            core::v1::PersistentVolume,
            core::v1::PersistentVolumeClaim,
            core::v1::Pod,
            core::v1::PodTemplate,
            core::v1::ReplicationController,
            core::v1::ResourceQuota,
            core::v1::Secret,
            core::v1::Service,
            core::v1::ServiceAccount,
            discovery::v1::EndpointSlice,
            events::v1::Event,
            flowcontrol::v1::FlowSchema,
            flowcontrol::v1::PriorityLevelConfiguration,
            networking::v1::IPAddress,
            networking::v1::Ingress,
            networking::v1::IngressClass,
            networking::v1::NetworkPolicy,
            networking::v1::ServiceCIDR,
            node::v1::RuntimeClass,
            policy::v1::PodDisruptionBudget,
            rbac::v1::ClusterRole,
            rbac::v1::ClusterRoleBinding,
            rbac::v1::Role,
            rbac::v1::RoleBinding,
            resource::v1::DeviceClass,
            resource::v1::DeviceTaintRule,
            resource::v1::ResourceClaim,
            resource::v1::ResourceClaimTemplate,
            resource::v1::ResourceSlice,
            scheduling::v1::PriorityClass,
            storage::v1::CSIDriver,
            storage::v1::CSINode,
            storage::v1::CSIStorageCapacity,
            storage::v1::StorageClass,
            storage::v1::VolumeAttachment,
            storage::v1::VolumeAttributesClass,
            storagemigration::v1::StorageVersionMigration,
        );
        seen.sort();
        assert_eq!(
            seen,
            KINDS.iter().map(|row| row.id).collect::<Vec<_>>(),
            "a row without a type, or a type twice"
        );
    }

    #[test]
    fn names_of_a_row() {
        let deployment = KindId::DEPLOYMENT.info();
        assert_eq!(deployment.api_version(), "apps/v1");
        assert_eq!(deployment.group_resource(), "deployments.apps");
        assert!(deployment.is_api_version("apps/v1") && !deployment.is_api_version("v1"));
        assert_eq!(KindId::POD.info().api_version(), "v1");
        assert_eq!(KindId::POD.info().group_resource(), "pods");
        assert_eq!(format!("{:?}", KindId::POD), "Pod");
        assert!(KindId::POD.info().stored());
        assert!(!KindId::TOKEN_REVIEW.info().stored());
    }
}
