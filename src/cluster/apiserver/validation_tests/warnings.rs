//! What clients are told of writes that are allowed all the same.
// upstream: pkg/api/pod/warnings_test.go, pkg/api/service/warnings_test.go

use expect_test::expect;
use serde_json::json;

use super::{deployment, pod, warned};

#[test]
fn odd_pods() {
    warned(
        &pod(),
        &[
            json!({}),
            json!({"metadata.name": "a.b"}),
            json!({"spec.nodeSelector": {"beta.kubernetes.io/os": "linux"}}),
            json!({"spec.affinity.nodeAffinity.requiredDuringSchedulingIgnoredDuringExecution.nodeSelectorTerms": [{"matchExpressions": [{"key": "failure-domain.beta.kubernetes.io/zone", "operator": "Exists"}]}]}),
            json!({"spec.topologySpreadConstraints": [{"maxSkew": 1, "topologyKey": "failure-domain.beta.kubernetes.io/zone", "whenUnsatisfiable": "ScheduleAnyway"}]}),
            json!({"metadata.annotations": {"scheduler.alpha.kubernetes.io/critical-pod": ""}}),
            json!({"metadata.annotations": {"seccomp.security.alpha.kubernetes.io/pod": "unconfined", "container.seccomp.security.alpha.kubernetes.io/web": "unconfined"}}),
            json!({"spec.volumes": [{"name": "a", "gitRepo": {"repository": "x"}}, {"name": "b", "storageos": {"volumeName": "c"}}]}),
            json!({"spec.volumes": [{"name": "a", "projected": {"sources": [{"serviceAccountToken": {"path": "t"}}, {"configMap": {"name": "c", "items": [{"key": "k", "path": "t"}]}}]}}]}),
            json!({"spec.hostAliases": [{"ip": "1.1.1.1"}, {"ip": "1.1.1.1"}], "spec.imagePullSecrets": [{"name": ""}, {"name": ""}]}),
            json!({"spec.containers.0.resources": {"limits": {"memory": "1500m"}}}),
            json!({"spec.containers.0.env": [{"name": "a", "value": "1"}, {"name": "a", "value": "2"}, {"name": "a", "value": "$(a)3"}]}),
            json!({"spec.containers.0.ports": [{"containerPort": 80}, {"containerPort": 80}, {"containerPort": 80, "hostPort": 81}, {"containerPort": 82, "hostIP": "1.2.3.4", "name": "x"}]}),
            json!({"spec.terminationGracePeriodSeconds": -1}),
            json!({"spec.affinity.podAffinity.requiredDuringSchedulingIgnoredDuringExecution": [{"topologyKey": "a"}]}),
        ],
        expect![[r#"
            {}
            {"metadata.name":"a.b"}
              metadata.name: this is used in the Pod's hostname, which can result in surprising behavior; a DNS label is recommended: [a lowercase RFC 1123 label must consist of lower case alphanumeric characters or '-', and must start and end with an alphanumeric character (e.g. 'my-name',  or '123-abc', regex used for validation is '[a-z0-9]([-a-z0-9]*[a-z0-9])?')]
            {"spec.nodeSelector":{"beta.kubernetes.io/os":"linux"}}
              spec.nodeSelector[beta.kubernetes.io/os]: deprecated since v1.14; use "kubernetes.io/os" instead
            {"spec.affinity.nodeAffinity.requiredDuringSchedulingIgnoredDuringExecution.nodeSelectorTerms":[{"matchExpressions":[{"key":"failure-domain.beta.kubernetes.io/zone","operator":"Exists"}]}]}
              spec.affinity.nodeAffinity.requiredDuringSchedulingIgnoredDuringExecution.nodeSelectorTerms[0].matchExpressions[0].key: failure-domain.beta.kubernetes.io/zone is deprecated since v1.17; use "topology.kubernetes.io/zone" instead
            {"spec.topologySpreadConstraints":[{"maxSkew":1,"topologyKey":"failure-domain.beta.kubernetes.io/zone","whenUnsatisfiable":"ScheduleAnyway"}]}
              spec.topologySpreadConstraints[0].topologyKey: failure-domain.beta.kubernetes.io/zone is deprecated since v1.17; use "topology.kubernetes.io/zone" instead
              spec.topologySpreadConstraints[0].labelSelector: a null labelSelector results in matching no pod
            {"metadata.annotations":{"scheduler.alpha.kubernetes.io/critical-pod":""}}
              metadata.annotations[scheduler.alpha.kubernetes.io/critical-pod]: non-functional in v1.16+; use the "priorityClassName" field instead
            {"metadata.annotations":{"container.seccomp.security.alpha.kubernetes.io/web":"unconfined","seccomp.security.alpha.kubernetes.io/pod":"unconfined"}}
              metadata.annotations[seccomp.security.alpha.kubernetes.io/pod]: non-functional in v1.27+; use the "seccompProfile" field instead
              metadata.annotations[container.seccomp.security.alpha.kubernetes.io/web]: non-functional in v1.27+; use the "seccompProfile" field instead
            {"spec.volumes":[{"gitRepo":{"repository":"x"},"name":"a"},{"name":"b","storageos":{"volumeName":"c"}}]}
              spec.volumes[0].gitRepo: deprecated in v1.11
              spec.volumes[1].storageOS: deprecated in v1.22, non-functional in v1.25+
            {"spec.volumes":[{"name":"a","projected":{"sources":[{"serviceAccountToken":{"path":"t"}},{"configMap":{"items":[{"key":"k","path":"t"}],"name":"c"}}]}}]}
              spec.volumes[0].projected.sources.configMap[0]: has duplicated path with ServiceAccountToken "t"
            {"spec.hostAliases":[{"ip":"1.1.1.1"},{"ip":"1.1.1.1"}],"spec.imagePullSecrets":[{"name":""},{"name":""}]}
              spec.hostAliases[1].ip: duplicate ip "1.1.1.1"
              spec.imagePullSecrets[1].name: duplicate name ""
              spec.imagePullSecrets[0].name: invalid empty name ""
              spec.imagePullSecrets[1].name: invalid empty name ""
            {"spec.containers.0.resources":{"limits":{"memory":"1500m"}}}
              spec.containers[0].resources.limits[memory]: fractional byte value "1500m" is invalid, must be an integer
              spec.containers[0].resources.requests[memory]: fractional byte value "1500m" is invalid, must be an integer
            {"spec.containers.0.env":[{"name":"a","value":"1"},{"name":"a","value":"2"},{"name":"a","value":"$(a)3"}]}
              spec.containers[0].env[1]: hides previous definition of "a", which may be dropped when using apply
            {"spec.containers.0.ports":[{"containerPort":80},{"containerPort":80},{"containerPort":80,"hostPort":81},{"containerPort":82,"hostIP":"1.2.3.4","name":"x"}]}
              spec.containers[0].ports[1]: duplicate port definition with spec.containers[0].ports[0]
              spec.containers[0].ports[2]: overlapping port definition with spec.containers[0].ports[0]
              spec.containers[0].ports[2]: overlapping port definition with spec.containers[0].ports[1]
              spec.containers[0].ports[3]: hostIP set without hostPort: {Name:x HostPort:0 ContainerPort:82 Protocol:TCP HostIP:1.2.3.4}
            {"spec.terminationGracePeriodSeconds":-1}
              spec.terminationGracePeriodSeconds: must be >= 0; negative values are invalid and will be treated as 1
            {"spec.affinity.podAffinity.requiredDuringSchedulingIgnoredDuringExecution":[{"topologyKey":"a"}]}
              spec.affinity.podAffinity.requiredDuringSchedulingIgnoredDuringExecution[0].labelSelector: a null labelSelector results in matching no pod"#]],
    );
}

#[test]
fn odd_templates() {
    warned(
        &deployment(),
        &[
            json!({}),
            json!({"metadata.name": "a.b"}),
            json!({"spec.template.spec.containers.0.ports": [{"containerPort": 80}, {"containerPort": 80}]}),
            json!({"spec.template.metadata.annotations": {"container.apparmor.security.beta.kubernetes.io/web": "unconfined"}}),
        ],
        expect![[r#"
            {}
            {"metadata.name":"a.b"}
              metadata.name: this is used in Pod names and hostnames, which can result in surprising behavior; a DNS label is recommended: [a lowercase RFC 1123 label must consist of lower case alphanumeric characters or '-', and must start and end with an alphanumeric character (e.g. 'my-name',  or '123-abc', regex used for validation is '[a-z0-9]([-a-z0-9]*[a-z0-9])?')]
            {"spec.template.spec.containers.0.ports":[{"containerPort":80},{"containerPort":80}]}
              spec.template.spec.containers[0].ports[1]: duplicate port definition with spec.template.spec.containers[0].ports[0]
            {"spec.template.metadata.annotations":{"container.apparmor.security.beta.kubernetes.io/web":"unconfined"}}
              spec.template.metadata.annotations[container.apparmor.security.beta.kubernetes.io/web]: deprecated since v1.30; use the "appArmorProfile" field instead"#]],
    );
}

#[test]
fn odd_services_and_secrets() {
    let service = json!({
        "apiVersion": "v1", "kind": "Service", "metadata": {"name": "web"},
        "spec": {"ports": [{"port": 80}]},
    });
    warned(
        &service,
        &[
            json!({}),
            json!({"spec.externalIPs": ["010.1.1.1"], "spec.loadBalancerIP": "::01", "spec.externalName": "a"}),
            json!({"spec.clusterIP": "None", "spec.loadBalancerIP": "1.2.3.4", "spec.sessionAffinity": "ClientIP"}),
            json!({"spec.type": "LoadBalancer", "spec.loadBalancerSourceRanges": ["10.1.1.1/8"], "spec.trafficDistribution": "PreferClose"}),
            json!({"metadata.annotations": {"service.kubernetes.io/topology-aware-hints": "auto"}}),
        ],
        expect![[r#"
            {}
            {"spec.externalIPs":["010.1.1.1"],"spec.externalName":"a","spec.loadBalancerIP":"::01"}
              spec.externalIPs[0]: non-standard IP address "010.1.1.1" will be considered invalid in a future Kubernetes release: use "10.1.1.1"
              spec.externalIPs is deprecated and may no longer be implemented in some clusters
              spec.loadBalancerIP: IPv6 address "::01" should be in RFC 5952 canonical format ("::1")
              spec.externalName is ignored when spec.type is not "ExternalName"
            {"spec.clusterIP":"None","spec.loadBalancerIP":"1.2.3.4","spec.sessionAffinity":"ClientIP"}
              spec.loadBalancerIP is ignored for headless services
              spec.SessionAffinity is ignored for headless services
            {"spec.loadBalancerSourceRanges":["10.1.1.1/8"],"spec.trafficDistribution":"PreferClose","spec.type":"LoadBalancer"}
              spec.loadBalancerSourceRanges[0]: CIDR value "10.1.1.1/8" is ambiguous in this context (should be "10.0.0.0/8" or "10.1.1.1/32"?)
              spec.trafficDistribution: "PreferClose" is deprecated; use "PreferSameZone"
            {"metadata.annotations":{"service.kubernetes.io/topology-aware-hints":"auto"}}
              annotation service.kubernetes.io/topology-aware-hints is deprecated, please use service.kubernetes.io/topology-mode instead"#]],
    );
    let secret = json!({"apiVersion": "v1", "kind": "Secret", "metadata": {"name": "a"}, "type": "kubernetes.io/tls"});
    warned(
        &secret,
        &[
            json!({"stringData": {"tls.crt": "x", "tls.key": "y"}}),
            json!({"stringData": {"tls.crt": "-----BEGIN CERTIFICATE-----", "tls.key": "y"}}),
        ],
        expect![[r#"
            {"stringData":{"tls.crt":"x","tls.key":"y"}}
              tls: failed to find any PEM data in certificate input
            {"stringData":{"tls.crt":"-----BEGIN CERTIFICATE-----","tls.key":"y"}}
              tls: failed to find any PEM data in key input"#]],
    );
}
