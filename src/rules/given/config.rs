//! ConfigMaps in which kubeadm and the API server say how the cluster was made.
// upstream: cmd/kubeadm/app/phases/{uploadconfig,kubelet,bootstraptoken/clusterinfo}; pkg/controlplane/controller/clusterauthenticationtrust

use podarium_api::hash::base64;
use podarium_api::kinds::RELEASE;
use serde_json::{Value, json};

fn map(namespace: &str, name: &str, data: Value) -> Value {
    json!({"metadata": {"name": name, "namespace": namespace}, "data": data})
}

pub fn maps<'a>(text: &impl Fn(&str) -> &'a str) -> Vec<Value> {
    let (ca, start) = (text("ca"), text("start"));
    let kubeconfig = format!(
        "apiVersion: v1\nclusters:\n- cluster:\n    certificate-authority-data: {}\n    server: https://{}\n  name: \"\"\n\
         contexts: null\ncurrent-context: \"\"\nkind: Config\npreferences: {{}}\nusers: null\n",
        base64(ca.as_bytes()),
        text("server"),
    );
    let cluster = format!(
        "apiServer: {{}}\napiVersion: kubeadm.k8s.io/v1beta4\ncaCertificateValidityPeriod: 87600h0m0s\n\
         certificateValidityPeriod: 8760h0m0s\ncertificatesDir: /etc/kubernetes/pki\nclusterName: kubernetes\n\
         controllerManager: {{}}\ndns: {{}}\nencryptionAlgorithm: RSA-2048\netcd:\n  local:\n    dataDir: /var/lib/etcd\n\
         imageRepository: registry.k8s.io\nkind: ClusterConfiguration\nkubernetesVersion: v{RELEASE}.0\nnetworking:\n  \
         dnsDomain: cluster.local\n  podSubnet: 10.244.0.0/16\n  serviceSubnet: {}\nproxy: {{}}\nscheduler: {{}}\n",
        text("services"),
    );
    let headers = json!({
        "client-ca-file": ca,
        "requestheader-allowed-names": "[\"front-proxy-client\"]",
        "requestheader-client-ca-file": ca,
        "requestheader-extra-headers-prefix": "[\"X-Remote-Extra-\"]",
        "requestheader-group-headers": "[\"X-Remote-Group\"]",
        "requestheader-username-headers": "[\"X-Remote-User\"]",
    });
    let since = start.split('T').next().unwrap_or_default();
    let system = "kube-system";
    vec![
        map(
            "kube-public",
            "cluster-info",
            json!({"kubeconfig": kubeconfig}),
        ),
        map(system, "extension-apiserver-authentication", headers),
        map(
            system,
            "kube-apiserver-legacy-service-account-token-tracking",
            json!({"since": since}),
        ),
        map(
            system,
            "kubeadm-config",
            json!({"ClusterConfiguration": cluster}),
        ),
        map(system, "kubelet-config", json!({"kubelet": KUBELET})),
    ]
}

const KUBELET: &str = include_str!("kubelet.yaml");
