//! Who asks from outside, as authentication found it: name, uid, groups and what else is known.

use std::fmt;
use std::ops::Deref;
use std::sync::Arc;

use podarium_api::meta::Str;

/// A user. A clone shares.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct User(Arc<Identity>);

/// What is known of a user.
///
/// upstream: staging/src/k8s.io/apiserver/pkg/authentication/user/user.go DefaultInfo
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub struct Identity {
    /// As `jane`, `system:node:node-1` or `system:serviceaccount:default:builder`.
    pub name: Str,
    /// Empty unless the user is an account of the cluster's own.
    pub uid: Str,
    /// In the order in which authentication says them.
    pub groups: Vec<Str>,
    /// Further facts by key, as the pod that a token is bound to.
    pub extra: Vec<(Str, Vec<Str>)>,
}

/// The group of everybody who said who they are.
pub const AUTHENTICATED: &str = "system:authenticated";

impl User {
    /// Somebody of that name in those groups, nothing else being known.
    pub fn new(name: &str, groups: &[&str]) -> Self {
        User::from(Identity {
            name: name.into(),
            groups: groups.iter().map(|group| (*group).into()).collect(),
            ..Identity::default()
        })
    }

    /// The administrator, as kubeadm writes it into `admin.conf`.
    ///
    /// upstream: cmd/kubeadm/app/constants/constants.go ClusterAdminsGroupAndClusterRoleBinding
    pub fn admin() -> Self {
        User::new(
            "kubernetes-admin",
            &["kubeadm:cluster-admins", AUTHENTICATED],
        )
    }

    /// Who does not say who they are.
    ///
    /// upstream: staging/src/k8s.io/apiserver/pkg/authentication/user/user.go Anonymous
    pub fn anonymous() -> Self {
        User::new("system:anonymous", &["system:unauthenticated"])
    }

    /// Whether the user is in a group.
    pub fn is_in(&self, group: &str) -> bool {
        self.groups.iter().any(|have| **have == *group)
    }
}

impl From<Identity> for User {
    fn from(identity: Identity) -> Self {
        User(Arc::new(identity))
    }
}

/// Somebody of that name, in no group but that of everybody.
impl From<&str> for User {
    fn from(name: &str) -> Self {
        User::new(name, &[AUTHENTICATED])
    }
}

impl Deref for User {
    type Target = Identity;

    fn deref(&self) -> &Identity {
        &self.0
    }
}

impl fmt::Display for User {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.name)
    }
}
