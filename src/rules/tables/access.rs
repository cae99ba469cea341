//! Tables of who may do what: roles' bindings and certificates.
// upstream: pkg/printers/internalversion/printers.go AddHandlers, printRoleBinding and its like

use serde_json::Value;

use super::column::Cell::{Own, Text, TextOr};
use super::column::{Column, age, name};
use super::seen::{Seen, text};

macro_rules! binding {
    ($(#[$doc:meta])* $id:ident $role:expr, $users:literal $groups:literal $accounts:literal) => {
        $(#[$doc])*
        pub static $id: &[Column] = &[
            name(),
            Column::text("Role", $role, Own(|s| {
                format!("{}/{}", s.text("roleRef.kind"), s.text("roleRef.name")).into()
            })),
            age(),
            Column::text("Users", $users, Own(|s| subjects(s, "User"))).wide(),
            Column::text("Groups", $groups, Own(|s| subjects(s, "Group"))).wide(),
            Column::text("ServiceAccounts", $accounts, Own(|s| subjects(s, "ServiceAccount"))).wide(),
        ];
    };
}

binding!(
    /// RoleBindings
    ROLE_BINDING "roleRef can reference a Role in the current namespace or a ClusterRole in the global namespace. If the RoleRef cannot be resolved, the Authorizer must return an error. This field is immutable.",
    "Users in the roleBinding" "Groups in the roleBinding" "ServiceAccounts in the roleBinding"
);
binding!(
    /// ClusterRoleBindings
    CLUSTER_ROLE_BINDING "roleRef can only reference a ClusterRole in the global namespace. If the RoleRef cannot be resolved, the Authorizer must return an error. This field is immutable.",
    "Users in the clusterRoleBinding" "Groups in the clusterRoleBinding" "ServiceAccounts in the clusterRoleBinding"
);

/// upstream: pkg/apis/rbac/helpers.go SubjectsStrings
fn subjects(seen: &Seen, kind: &str) -> Value {
    let of_kind = seen
        .items("subjects")
        .iter()
        .filter(|s| text(s, "kind") == kind);
    let all: Vec<_> = of_kind
        .map(|s| match kind {
            "ServiceAccount" => format!("{}/{}", text(s, "namespace"), text(s, "name")),
            _ => text(s, "name").to_owned(),
        })
        .collect();
    all.join(", ").into()
}

/// CertificateSigningRequests
pub static CERTIFICATE_SIGNING_REQUEST: &[Column] = &[
    name(),
    age(),
    Column::text(
        "SignerName",
        "signerName indicates the requested signer, and is a qualified name.\n\nList/watch requests for CertificateSigningRequests can filter on this field using a \"spec.signerName=NAME\" fieldSelector.\n\nWell-known Kubernetes signers are:\n 1. \"kubernetes.io/kube-apiserver-client\": issues client certificates that can be used to authenticate to kube-apiserver.\n  Requests for this signer are never auto-approved by kube-controller-manager, can be issued by the \"csrsigning\" controller in kube-controller-manager.\n 2. \"kubernetes.io/kube-apiserver-client-kubelet\": issues client certificates that kubelets use to authenticate to kube-apiserver.\n  Requests for this signer can be auto-approved by the \"csrapproving\" controller in kube-controller-manager, and can be issued by the \"csrsigning\" controller in kube-controller-manager.\n 3. \"kubernetes.io/kubelet-serving\" issues serving certificates that kubelets use to serve TLS endpoints, which kube-apiserver can connect to securely.\n  Requests for this signer are never auto-approved by kube-controller-manager, and can be issued by the \"csrsigning\" controller in kube-controller-manager.\n\nMore details are available at https://k8s.io/docs/reference/access-authn-authz/certificate-signing-requests/#kubernetes-signers\n\nCustom signerNames can also be specified. The signer defines:\n 1. Trust distribution: how trust (CA bundles) are distributed.\n 2. Permitted subjects: and behavior when a disallowed subject is requested.\n 3. Required, permitted, or forbidden x509 extensions in the request (including whether subjectAltNames are allowed, which types, restrictions on allowed values) and behavior when a disallowed extension is requested.\n 4. Required, permitted, or forbidden key usages / extended key usages.\n 5. Expiration/certificate lifetime: whether it is fixed by the signer, configurable by the admin.\n 6. Whether or not requests for CA certificates are allowed.",
        TextOr("spec.signerName", "<none>"),
    ),
    Column::text(
        "Requestor",
        "request contains an x509 certificate signing request encoded in a \"CERTIFICATE REQUEST\" PEM block. When serialized as JSON or YAML, the data is additionally base64-encoded.",
        Text("spec.username"),
    ),
    Column::text(
        "RequestedDuration",
        "expirationSeconds is the requested duration of validity of the issued certificate. The certificate signer may issue a certificate with a different validity duration so a client must check the delta between the notBefore and and notAfter fields in the issued certificate to determine the actual duration.\n\nThe v1.22+ in-tree implementations of the well-known Kubernetes signers will honor this field as long as the requested duration is not greater than the maximum duration they will honor per the --cluster-signing-duration CLI flag to the Kubernetes controller manager.\n\nCertificate signers may not honor this field for various reasons:\n\n  1. Old signer that is unaware of the field (such as the in-tree\n     implementations prior to v1.22)\n  2. Signer whose configured maximum is shorter than the requested duration\n  3. Signer whose configured minimum is longer than the requested duration\n\nThe minimum valid value for expirationSeconds is 600, i.e. 10 minutes.",
        Own(|s| match s.at("spec.expirationSeconds").as_i64() {
            Some(seconds) => podarium_api::time::human_duration(seconds * 1000).into(),
            None => "<none>".into(),
        }),
    ),
    Column::text(
        "Condition",
        "conditions applied to the request. Known conditions are \"Approved\", \"Denied\", and \"Failed\".",
        Own(csr_status),
    ),
];

/// upstream: pkg/printers/internalversion/printers.go extractCSRStatus
fn csr_status(seen: &Seen) -> Value {
    let has = |kind: &str| seen.condition("status.conditions", kind).is_some();
    let mut status = match () {
        () if has("Denied") => "Denied",
        () if has("Approved") => "Approved",
        () => "Pending",
    }
    .to_owned();
    if has("Failed") {
        status.push_str(",Failed");
    }
    if !seen.text("status.certificate").is_empty() {
        status.push_str(",Issued");
    }
    status.into()
}

/// ClusterTrustBundles
pub static CLUSTER_TRUST_BUNDLE: &[Column] = &[
    name(),
    Column::text(
        "SignerName",
        "signerName indicates the associated signer, if any.\n\nIn order to create or update a ClusterTrustBundle that sets signerName, you must have the following cluster-scoped permission: group=certificates.k8s.io resource=signers resourceName=<the signer name> verb=attest.\n\nIf signerName is not empty, then the ClusterTrustBundle object must be named with the signer name as a prefix (translating slashes to colons). For example, for the signer name `example.com/foo`, valid ClusterTrustBundle object names include `example.com:foo:abc` and `example.com:foo:v1`.\n\nIf signerName is empty, then the ClusterTrustBundle object's name must not have such a prefix.\n\nList/watch requests for ClusterTrustBundles can filter on this field using a `spec.signerName=NAME` field selector.",
        TextOr("spec.signerName", "<none>"),
    ),
];

/// PodCertificateRequests
pub static POD_CERTIFICATE_REQUEST: &[Column] = &[
    name(),
    Column::text(
        "PodName",
        "podName is the name of the pod into which the certificate will be mounted.",
        Text("spec.podName"),
    ),
    Column::text(
        "ServiceAccountName",
        "serviceAccountName is the name of the service account the pod is running as.",
        Text("spec.serviceAccountName"),
    ),
    Column::text(
        "NodeName",
        "nodeName is the name of the node the pod is assigned to.",
        Text("spec.nodeName"),
    ),
    Column::text(
        "SignerName",
        "signerName indicates the requested signer.\n\nAll signer names beginning with `kubernetes.io` are reserved for use by the Kubernetes project.  There is currently one well-known signer documented by the Kubernetes project, `kubernetes.io/kube-apiserver-client-pod`, which will issue client certificates understood by kube-apiserver.  It is currently unimplemented.",
        Text("spec.signerName"),
    ),
    Column::text(
        "State",
        "Is the request Pending, Issued, Denied, or Failed?",
        Own(|s| {
            let mut kinds = s.items("status.conditions").iter().map(|c| text(c, "type"));
            let state = kinds.rfind(|k| matches!(*k, "Issued" | "Denied" | "Failed"));
            state.unwrap_or("Pending").into()
        }),
    ),
];
