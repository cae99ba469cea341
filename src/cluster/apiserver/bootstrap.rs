//! What a fresh cluster holds before anybody asks for anything.

use podarium_api::kinds;
use podarium_api::object::Object;
use serde_json::{Value, json};

use super::admission::root_ca;
use crate::sim::{Actor, Why};
use crate::world::World;

/// Creates the namespaces, services and workloads that every cluster begins with, as kubeadm leaves them.
pub(crate) fn bootstrap(world: &mut World) {
    // Priority classes come before what names them, and namespaces before what is in them.
    for (name, value) in [
        ("system-cluster-critical", 2_000_000_000),
        ("system-node-critical", 2_000_001_000),
    ] {
        create(world, priority_class(name, value));
    }
    for name in ["default", "kube-node-lease", "kube-public", "kube-system"] {
        create(
            world,
            json!({"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": name}}),
        );
        create(world, service_account(name, "default"));
        let root_ca = root_ca(name).into_object();
        create(world, root_ca.to_value());
    }
    create(world, kubernetes_service());
    for object in kubernetes_endpoints() {
        create(world, object);
    }
    create(world, service_account("kube-system", "coredns"));
    create(world, corefile());
    create(world, dns_service());
    create(world, dns_deployment());
}

fn create(world: &mut World, value: Value) {
    let text = |field: &str| value[field].as_str().unwrap_or_default();
    let kind =
        kinds::by_gvk(text("apiVersion"), text("kind")).expect("bootstrap names built-in kinds");
    let object = Object::from_value(kind.id, value).expect("bootstrap's objects are well-formed");
    world
        .create_object(&Actor::Bootstrap, object, Why::new("bootstrap"))
        .expect("bootstrap's objects are valid");
}

/// upstream: pkg/apis/scheduling/v1/helpers.go SystemPriorityClasses
fn priority_class(name: &str, value: i64) -> Value {
    let description = match name {
        "system-node-critical" => {
            "Used for system critical pods that must not be moved from their current node."
        }
        _ => {
            "Used for system critical pods that must run in the cluster, but can be moved to another node if necessary."
        }
    };
    json!({
        "apiVersion": "scheduling.k8s.io/v1", "kind": "PriorityClass", "metadata": {"name": name},
        "value": value, "description": description, "preemptionPolicy": "PreemptLowerPriority",
    })
}

fn service_account(namespace: &str, name: &str) -> Value {
    json!({
        "apiVersion": "v1", "kind": "ServiceAccount", "metadata": {"name": name, "namespace": namespace},
    })
}

/// upstream: pkg/controlplane/controller/kubernetesservice/controller.go CreateOrUpdateMasterServiceIfNeeded
fn kubernetes_service() -> Value {
    json!({
        "apiVersion": "v1", "kind": "Service",
        "metadata": {
            "name": "kubernetes", "namespace": "default",
            "labels": {"component": "apiserver", "provider": "kubernetes"},
        },
        "spec": {
            "clusterIP": "10.96.0.1", "type": "ClusterIP", "sessionAffinity": "None",
            "ports": [{"name": "https", "port": 443, "protocol": "TCP", "targetPort": 6443}],
        },
    })
}

/// Where the API server is: beside the nodes, in a network of its own.
pub const CONTROL_PLANE_IP: std::net::Ipv4Addr = std::net::Ipv4Addr::new(10, 0, 0, 10);

/// upstream: pkg/controlplane/reconcilers/instancecount.go ReconcileEndpoints, endpointsadapter.go
fn kubernetes_endpoints() -> [Value; 2] {
    let ip = CONTROL_PLANE_IP.to_string();
    let port = json!({"name": "https", "port": 6443, "protocol": "TCP"});
    let meta = |label: &str, value: &str| json!({"name": "kubernetes", "namespace": "default", "labels": {label: value}});
    [
        json!({
            "apiVersion": "v1", "kind": "Endpoints",
            "metadata": meta("endpointslice.kubernetes.io/skip-mirror", "true"),
            "subsets": [{"addresses": [{"ip": ip}], "ports": [port]}],
        }),
        json!({
            "apiVersion": "discovery.k8s.io/v1", "kind": "EndpointSlice",
            "metadata": meta("kubernetes.io/service-name", "kubernetes"),
            "addressType": "IPv4", "endpoints": [{"addresses": [ip], "conditions": {"ready": true}}], "ports": [port],
        }),
    ]
}

/// upstream: cmd/kubeadm/app/phases/addons/dns/manifests.go CoreDNSConfigMap
fn corefile() -> Value {
    const COREFILE: &str = "\
.:53 {
    errors
    health {
       lameduck 5s
    }
    ready
    kubernetes cluster.local in-addr.arpa ip6.arpa {
       pods insecure
       fallthrough in-addr.arpa ip6.arpa
       ttl 30
    }
    prometheus :9153
    forward . /etc/resolv.conf {
       max_concurrent 1000
    }
    cache 30 {
       disable success cluster.local
       disable denial cluster.local
    }
    loop
    reload
    loadbalance
}
";
    json!({
        "apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": "coredns", "namespace": "kube-system"},
        "data": {"Corefile": COREFILE},
    })
}

/// upstream: cmd/kubeadm/app/phases/addons/dns/manifests.go CoreDNSService
fn dns_service() -> Value {
    let port = |name: &str, port: i32, protocol: &str| json!({"name": name, "port": port, "protocol": protocol, "targetPort": port});
    json!({
        "apiVersion": "v1", "kind": "Service",
        "metadata": {
            "name": "kube-dns", "namespace": "kube-system",
            "annotations": {"prometheus.io/port": "9153", "prometheus.io/scrape": "true"},
            "labels": {
                "k8s-app": "kube-dns", "kubernetes.io/cluster-service": "true", "kubernetes.io/name": "CoreDNS",
            },
        },
        "spec": {
            "clusterIP": "10.96.0.10", "selector": {"k8s-app": "kube-dns"},
            "ports": [port("dns", 53, "UDP"), port("dns-tcp", 53, "TCP"), port("metrics", 9153, "TCP")],
        },
    })
}

/// upstream: cmd/kubeadm/app/phases/addons/dns/manifests.go CoreDNSDeployment
fn dns_deployment() -> Value {
    let label = json!({"k8s-app": "kube-dns"});
    let port = |name: &str, port: i32, protocol: &str| json!({"name": name, "containerPort": port, "protocol": protocol});
    let container = json!({
        "name": "coredns", "image": "registry.k8s.io/coredns/coredns:v1.12.1", "imagePullPolicy": "IfNotPresent",
        "args": ["-conf", "/etc/coredns/Corefile"],
        "ports": [
            port("dns", 53, "UDP"), port("dns-tcp", 53, "TCP"), port("metrics", 9153, "TCP"),
            port("liveness-probe", 8080, "TCP"), port("readiness-probe", 8181, "TCP"),
        ],
        "resources": {"limits": {"memory": "170Mi"}, "requests": {"cpu": "100m", "memory": "70Mi"}},
        "livenessProbe": {
            "httpGet": {"path": "/health", "port": "liveness-probe", "scheme": "HTTP"},
            "initialDelaySeconds": 60, "timeoutSeconds": 5, "successThreshold": 1, "failureThreshold": 5,
        },
        "readinessProbe": {"httpGet": {"path": "/ready", "port": "readiness-probe", "scheme": "HTTP"}},
        "securityContext": {
            "allowPrivilegeEscalation": false, "readOnlyRootFilesystem": true,
            "capabilities": {"add": ["NET_BIND_SERVICE"], "drop": ["ALL"]},
        },
        "volumeMounts": [{"name": "config-volume", "mountPath": "/etc/coredns", "readOnly": true}],
    });
    let apart = json!({
        "labelSelector": {"matchExpressions": [{"key": "k8s-app", "operator": "In", "values": ["kube-dns"]}]},
        "topologyKey": "kubernetes.io/hostname",
    });
    let spec = json!({
        "priorityClassName": "system-cluster-critical", "serviceAccountName": "coredns", "dnsPolicy": "Default",
        "nodeSelector": {"kubernetes.io/os": "linux"},
        "tolerations": [
            {"key": "CriticalAddonsOnly", "operator": "Exists"},
            {"key": "node-role.kubernetes.io/control-plane", "effect": "NoSchedule"},
        ],
        "affinity": {"podAntiAffinity": {
            "preferredDuringSchedulingIgnoredDuringExecution": [{"weight": 100, "podAffinityTerm": apart}],
        }},
        "containers": [container],
        "volumes": [{
            "name": "config-volume",
            "configMap": {"name": "coredns", "items": [{"key": "Corefile", "path": "Corefile"}]},
        }],
    });
    json!({
        "apiVersion": "apps/v1", "kind": "Deployment",
        "metadata": {"name": "coredns", "namespace": "kube-system", "labels": label},
        "spec": {
            "replicas": 2, "selector": {"matchLabels": label},
            "strategy": {"type": "RollingUpdate", "rollingUpdate": {"maxUnavailable": 1}},
            "template": {"metadata": {"labels": label}, "spec": spec},
        },
    })
}

#[cfg(test)]
mod tests {
    use crate::{Cluster, Config};
    use podarium_api::kinds::KindId;
    use podarium_api::object::{DeploymentBody, ServiceBody};

    #[test]
    fn a_fresh_cluster_holds_what_kubeadm_leaves() {
        let cluster = Cluster::new(Config {
            nodes: 0,
            ..Config::default()
        });
        let store = cluster.world().store();
        let names = |kind| -> Vec<String> {
            let all = store.list(kind).map(|o| o.key().to_string());
            all.collect()
        };
        assert_eq!(
            names(KindId::NAMESPACE),
            [
                "namespaces/default",
                "namespaces/kube-node-lease",
                "namespaces/kube-public",
                "namespaces/kube-system"
            ]
        );
        assert_eq!(names(KindId::SERVICE_ACCOUNT).len(), 5);
        let dns = store
            .find::<ServiceBody>("kube-system", "kube-dns")
            .unwrap();
        assert_eq!(dns.body.spec.cluster_ip.as_deref(), Some("10.96.0.10"));
        let coredns = store.find::<DeploymentBody>("kube-system", "coredns");
        assert_eq!(coredns.unwrap().body.spec.replicas, Some(2));
        let namespace = cluster
            .world()
            .store()
            .list(KindId::NAMESPACE)
            .next()
            .unwrap();
        let value = namespace.to_value();
        assert_eq!(
            value["metadata"]["labels"]["kubernetes.io/metadata.name"],
            "default"
        );
        assert_eq!(value["spec"]["finalizers"][0], "kubernetes");
        assert_eq!(value["status"]["phase"], "Active");
    }
}
