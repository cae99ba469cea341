//! Who the components of the cluster are, to whom authorizes them.
// upstream: cmd/kube-controller-manager/app with --use-service-account-credentials, as kubeadm sets it;
// cmd/kubeadm/app/phases/kubeconfig/kubeconfig.go

use serde_json::{Value, json};

/// Controllers whose account is not called as they are.
/// upstream: cmd/kube-controller-manager/app ControllerDescriptor and the names of its clients
const ACCOUNTS: [(&str, &str); 9] = [
    ("endpoints-controller", "endpoint-controller"),
    ("garbage-collector-controller", "generic-garbage-collector"),
    ("node-lifecycle-controller", "node-controller"),
    ("pod-garbage-collector-controller", "pod-garbage-collector"),
    ("replicationcontroller-controller", "replication-controller"),
    (
        "root-ca-certificate-publisher-controller",
        "root-ca-cert-publisher",
    ),
    ("service-lb-controller", "service-controller"),
    ("serviceaccount-controller", "service-account-controller"),
    ("taint-eviction-controller", "node-controller"),
];

/// The user that a component is, by what the record of its writes calls it.
pub fn identity(actor: &str) -> Value {
    const ALL: &str = "system:authenticated";
    let user = |name: &str, groups: &[&str]| json!({"username": name, "groups": groups});
    let account = |name: &str| {
        let name = ["system:serviceaccount:kube-system:", name].concat();
        let groups = [
            "system:serviceaccounts",
            "system:serviceaccounts:kube-system",
            ALL,
        ];
        user(&name, &groups)
    };
    match actor.split_once(' ').unwrap_or((actor, "")) {
        ("kubelet", node) => user(&["system:node:", node].concat(), &["system:nodes", ALL]),
        ("kube-proxy", _) => account("kube-proxy"),
        ("default-scheduler" | "kube-scheduler", _) => user("system:kube-scheduler", &[ALL]),
        ("kube-controller-manager", _) => user("system:kube-controller-manager", &[ALL]),
        // upstream: staging/src/k8s.io/apiserver/pkg/authentication/user/user.go APIServerUser
        ("kube-apiserver" | "bootstrap" | "network", _) => {
            user("system:apiserver", &[super::MASTERS, ALL])
        }
        (name, _) => {
            let other = ACCOUNTS.iter().find(|(controller, _)| *controller == name);
            account(other.map_or(name, |(_, account)| account))
        }
    }
}
