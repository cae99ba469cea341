//! What is refused, each with upstream's sentence.

use expect_test::{Expect, expect};
use podarium_api::kinds;
use podarium_api::object::Object;
use podarium_api::status::Status;
use serde_json::{Value, json};

use super::defaults;
use super::validation::{pod_spec, update};

fn create(object: &Object) -> Result<(), Status> {
    super::validation::create(&crate::sim::Actor::User(crate::sim::User::admin()), object)
}

fn object(value: &Value) -> Object {
    let text = |field: &str| value[field].as_str().unwrap();
    let kind = kinds::by_gvk(text("apiVersion"), text("kind")).unwrap();
    let mut object = Object::from_value(kind.id, value.clone()).unwrap();
    defaults::apply(&mut object).unwrap();
    object
}

/// Sets the fields at these JSON pointers, or removes those that are set to null.
fn edited(mut value: Value, edits: Value) -> Value {
    for (path, new) in edits.as_object().unwrap() {
        let (above, last) = path.rsplit_once('/').unwrap();
        let above = value.pointer_mut(above).unwrap();
        match above {
            Value::Array(items) => items[last.parse::<usize>().unwrap()] = new.clone(),
            _ if new.is_null() => drop(above.as_object_mut().unwrap().remove(last)),
            _ => above[last] = new.clone(),
        }
    }
    value
}

fn deployment() -> Value {
    json!({
        "apiVersion": "apps/v1", "kind": "Deployment", "metadata": {"name": "web", "namespace": "default"},
        "spec": {
            "replicas": 2, "selector": {"matchLabels": {"app": "web"}}, "strategy": {},
            "template": {
                "metadata": {"labels": {"app": "web"}},
                "spec": {"containers": [{"name": "web", "image": "nginx:1"}]},
            },
        },
    })
}

fn service() -> Value {
    json!({
        "apiVersion": "v1", "kind": "Service", "metadata": {"name": "web", "namespace": "default"},
        "spec": {"selector": {"app": "web"}, "ports": [{"port": 80}]},
    })
}

fn said(result: Result<(), podarium_api::status::Status>) -> String {
    result.map_or_else(|status| status.message, |()| "valid".into())
}

fn made(value: Value, edits: Value, expected: Expect) {
    expected.assert_eq(&said(create(&object(&edited(value, edits)))));
}

fn changed(value: Value, edits: Value, expected: Expect) {
    let old = object(&value);
    expected.assert_eq(&said(update(&object(&edited(value, edits)), &old)));
}

/// Of a pod with one container, with that container's fields or the spec's changed.
fn pod(edits: Value, expected: Expect) {
    let spec = json!({"containers": [{"name": "web", "image": "nginx:1"}]});
    let mut spec = serde_json::from_value(edited(spec, edits)).unwrap();
    defaults::pod(&mut spec);
    expected.assert_eq(&said(pod_spec("p", &spec)).replace("Pod \"p\" is invalid: ", ""));
}

#[test]
fn names_and_labels() {
    made(deployment(), json!({}), expect!["valid"]);
    made(
        deployment(),
        json!({"/metadata/name": "Web_1"}),
        expect![[
            r#"Deployment.apps "Web_1" is invalid: metadata.name: Invalid value: "Web_1": a lowercase RFC 1123 subdomain must consist of lower case alphanumeric characters, '-' or '.', and must start and end with an alphanumeric character (e.g. 'example.com', regex used for validation is '[a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*')"#
        ]],
    );
    made(
        service(),
        json!({"/metadata/name": "1web"}),
        expect![[
            r#"Service "1web" is invalid: metadata.name: Invalid value: "1web": a DNS-1035 label must consist of lower case alphanumeric characters or '-', start with an alphabetic character, and end with an alphanumeric character (e.g. 'my-name',  or 'abc-123', regex used for validation is '[a-z]([-a-z0-9]*[a-z0-9])?')"#
        ]],
    );
    made(
        deployment(),
        json!({"/metadata/labels": {"a b": "c", "d": "-e"}}),
        expect![[
            r#"Deployment.apps "web" is invalid: [metadata.labels: Invalid value: "a b": name part must consist of alphanumeric characters, '-', '_' or '.', and must start and end with an alphanumeric character (e.g. 'MyName',  or 'my.name',  or '123-abc', regex used for validation is '([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9]'), metadata.labels: Invalid value: "-e": a valid label must be an empty string or consist of alphanumeric characters, '-', '_' or '.', and must start and end with an alphanumeric character (e.g. 'MyValue',  or 'my_value',  or '12345', regex used for validation is '(([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9])?')]"#
        ]],
    );
    made(
        json!({"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": "a.b"}}),
        json!({}),
        expect![[
            r#"Namespace "a.b" is invalid: metadata.name: Invalid value: "a.b": a lowercase RFC 1123 label must consist of lower case alphanumeric characters or '-', and must start and end with an alphanumeric character (e.g. 'my-name',  or '123-abc', regex used for validation is '[a-z0-9]([-a-z0-9]*[a-z0-9])?')"#
        ]],
    );
    made(
        json!({"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": ""}}),
        json!({}),
        expect![[
            r#"ConfigMap "" is invalid: metadata.name: Required value: name or generateName is required"#
        ]],
    );
    made(
        json!({"apiVersion": "rbac.authorization.k8s.io/v1", "kind": "ClusterRole", "metadata": {"name": "system:a/b"}}),
        json!({}),
        expect![[
            r#"ClusterRole.rbac.authorization.k8s.io "system:a/b" is invalid: metadata.name: Invalid value: "system:a/b": may not contain '/'"#
        ]],
    );
}

#[test]
fn deployments() {
    made(
        deployment(),
        json!({"/spec/replicas": -1}),
        expect![[
            r#"Deployment.apps "web" is invalid: spec.replicas: Invalid value: -1: must be greater than or equal to 0"#
        ]],
    );
    made(
        deployment(),
        json!({"/spec/selector": {}}),
        expect![[
            r#"Deployment.apps "web" is invalid: [spec.selector: Required value, spec.template.metadata.labels: Invalid value: {"app":"web"}: `selector` does not match template `labels`]"#
        ]],
    );
    made(
        deployment(),
        json!({"/spec/selector/matchLabels": {"app": "api"}}),
        expect![[
            r#"Deployment.apps "web" is invalid: spec.template.metadata.labels: Invalid value: {"app":"web"}: `selector` does not match template `labels`"#
        ]],
    );
    made(
        deployment(),
        json!({"/spec/template/spec/restartPolicy": "Never"}),
        expect![[
            r#"Deployment.apps "web" is invalid: spec.template.spec.restartPolicy: Unsupported value: "Never": supported values: "Always""#
        ]],
    );
    made(
        deployment(),
        json!({"/spec/template/spec/containers": []}),
        expect![[
            r#"Deployment.apps "web" is invalid: spec.template.spec.containers: Required value"#
        ]],
    );
    made(
        deployment(),
        json!({"/spec/strategy": {"type": "Recreate", "rollingUpdate": {}}}),
        expect![[
            r#"Deployment.apps "web" is invalid: spec.strategy.rollingUpdate: Forbidden: may not be specified when strategy `type` is 'Recreate'"#
        ]],
    );
    made(
        deployment(),
        json!({"/spec/strategy": {"type": "Slow"}}),
        expect![[
            r#"Deployment.apps "web" is invalid: spec.strategy.type: Unsupported value: "Slow": supported values: "Recreate", "RollingUpdate""#
        ]],
    );
    made(
        deployment(),
        json!({"/spec/strategy": {"rollingUpdate": {"maxSurge": 0, "maxUnavailable": "0%"}}}),
        expect![[
            r#"Deployment.apps "web" is invalid: spec.strategy.rollingUpdate.maxUnavailable: Invalid value: "0%": may not be 0 when `maxSurge` is 0"#
        ]],
    );
    made(
        deployment(),
        json!({"/spec/strategy": {"rollingUpdate": {"maxSurge": "a", "maxUnavailable": "200%"}}}),
        expect![[
            r#"Deployment.apps "web" is invalid: [spec.strategy.rollingUpdate.maxSurge: Invalid value: "a": a valid percent string must be a numeric string followed by an ending '%' (e.g. '1%',  or '93%', regex used for validation is '[0-9]+%'), spec.strategy.rollingUpdate.maxUnavailable: Invalid value: "200%": must not be greater than 100%]"#
        ]],
    );
    made(
        deployment(),
        json!({"/spec/progressDeadlineSeconds": 5, "/spec/minReadySeconds": 9}),
        expect![[
            r#"Deployment.apps "web" is invalid: spec.progressDeadlineSeconds: Invalid value: 5: must be greater than minReadySeconds"#
        ]],
    );
    changed(
        deployment(),
        json!({"/spec/selector/matchLabels/app": "api", "/spec/template/metadata/labels/app": "api"}),
        expect![[
            r#"Deployment.apps "web" is invalid: spec.selector: Invalid value: {"matchLabels":{"app":"api"}}: field is immutable"#
        ]],
    );
    changed(deployment(), json!({"/spec/replicas": 5}), expect!["valid"]);
}

#[test]
fn containers() {
    pod(json!({}), expect!["valid"]);
    pod(
        json!({"/containers/0/name": ""}),
        expect!["spec.containers[0].name: Required value"],
    );
    pod(
        json!({"/containers/0/name": "Web"}),
        expect![[
            r#"spec.containers[0].name: Invalid value: "Web": a lowercase RFC 1123 label must consist of lower case alphanumeric characters or '-', and must start and end with an alphanumeric character (e.g. 'my-name',  or '123-abc', regex used for validation is '[a-z0-9]([-a-z0-9]*[a-z0-9])?')"#
        ]],
    );
    pod(
        json!({"/containers/0/image": null}),
        expect!["spec.containers[0].image: Required value"],
    );
    pod(
        json!({"/containers/0/image": " nginx"}),
        expect![[
            r#"spec.containers[0].image: Invalid value: " nginx": must not have leading or trailing whitespace"#
        ]],
    );
    pod(
        json!({"/containers/0/imagePullPolicy": "Sometimes"}),
        expect![[
            r#"spec.containers[0].imagePullPolicy: Unsupported value: "Sometimes": supported values: "Always", "IfNotPresent", "Never""#
        ]],
    );
    pod(
        json!({"/initContainers": [{"name": "web", "image": "x", "readinessProbe": {"exec": {"command": ["a"]}}}]}),
        expect![[
            r#"[spec.initContainers[0].name: Duplicate value: "web", spec.initContainers[0].readinessProbe: Forbidden: may not be set for init containers without restartPolicy=Always]"#
        ]],
    );
    pod(
        json!({"/containers/0/ports": [{"containerPort": 0}, {"containerPort": 70000}, {"containerPort": 80, "protocol": "HTTP"}]}),
        expect![[
            r#"[spec.containers[0].ports[0].containerPort: Required value, spec.containers[0].ports[1].containerPort: Invalid value: 70000: must be between 1 and 65535, inclusive, spec.containers[0].ports[2].protocol: Unsupported value: "HTTP": supported values: "SCTP", "TCP", "UDP"]"#
        ]],
    );
    pod(
        json!({"/containers/0/ports": [{"containerPort": 80, "name": "http"}, {"containerPort": 81, "name": "http"}, {"containerPort": 82, "name": "A-very-long-port-name"}]}),
        expect![[
            r#"[spec.containers[0].ports[1].name: Duplicate value: "http", spec.containers[0].ports[2].name: Invalid value: "A-very-long-port-name": must be no more than 15 bytes, spec.containers[0].ports[2].name: Invalid value: "A-very-long-port-name": must contain only alpha-numeric characters (a-z, 0-9), and hyphens (-)]"#
        ]],
    );
    pod(
        json!({"/containers/0/env": [{"name": ""}, {"name": "a=b"}, {"name": "c", "valueFrom": {}}, {"name": "d", "value": "1", "valueFrom": {"fieldRef": {"fieldPath": "status.phase"}}}]}),
        expect![[
            r#"[spec.containers[0].env[0].name: Required value, spec.containers[0].env[1].name: Invalid value: "a=b": a valid environment variable name must consist only of printable ASCII characters other than '=', spec.containers[0].env[2].valueFrom: Invalid value: "": must specify one of: `fieldRef`, `resourceFieldRef`, `configMapKeyRef`, `secretKeyRef` or `fileKeyRef`, spec.containers[0].env[3].valueFrom.fieldRef.fieldPath: Invalid value: "status.phase": error converting fieldPath: field label not supported: status.phase, spec.containers[0].env[3].valueFrom: Invalid value: "": may not be specified when `value` is not empty]"#
        ]],
    );
    pod(
        json!({"/containers/0/env": [{"name": "a", "valueFrom": {"secretKeyRef": {"name": "", "key": ""}}}]}),
        expect![
            "[spec.containers[0].env[0].valueFrom.secretKeyRef.name: Required value, spec.containers[0].env[0].valueFrom.secretKeyRef.key: Required value]"
        ],
    );
    pod(
        json!({"/containers/0/envFrom": [{}, {"configMapRef": {"name": ""}}]}),
        expect![[
            r#"[spec.containers[0].envFrom[0]: Invalid value: "": must specify one of: `configMapRef` or `secretRef`, spec.containers[0].envFrom[1].configMapRef.name: Required value]"#
        ]],
    );
    pod(
        json!({"/containers/0/volumeMounts": [{"name": "none", "mountPath": "/a"}, {"name": "", "mountPath": ""}]}),
        expect![[
            r#"[spec.containers[0].volumeMounts[0].name: Not found: "none", spec.containers[0].volumeMounts[1].name: Required value, spec.containers[0].volumeMounts[1].mountPath: Required value]"#
        ]],
    );
    pod(
        json!({"/containers/0/resources": {"requests": {"cpu": "2", "memory": "-1"}, "limits": {"cpu": "1", "gold": "1"}}}),
        expect![[
            r#"[spec.containers[0].resources.limits[gold]: Invalid value: "gold": must be a standard resource type or fully qualified, spec.containers[0].resources.limits[gold]: Invalid value: "gold": must be a standard resource for containers, spec.containers[0].resources.requests: Invalid value: "2": must be less than or equal to cpu limit of 1, spec.containers[0].resources.requests[gold]: Invalid value: "gold": must be a standard resource type or fully qualified, spec.containers[0].resources.requests[gold]: Invalid value: "gold": must be a standard resource for containers, spec.containers[0].resources.requests[memory]: Invalid value: "-1": must be greater than or equal to 0]"#
        ]],
    );
    pod(
        json!({"/containers/0/resources": {"requests": {"nvidia.com/gpu": "1"}}}),
        expect![
            "spec.containers[0].resources.limits: Required value: Limit must be set for non overcommitable resources"
        ],
    );
}

#[test]
fn probes() {
    pod(
        json!({"/containers/0/livenessProbe": {}}),
        expect!["spec.containers[0].livenessProbe: Required value: must specify a handler type"],
    );
    pod(
        json!({"/containers/0/livenessProbe": {"httpGet": {"port": 0}, "tcpSocket": {"port": "UPPER"}}}),
        expect![
            "[spec.containers[0].livenessProbe.httpGet.port: Invalid value: 0: must be between 1 and 65535, inclusive, spec.containers[0].livenessProbe.tcpSocket: Forbidden: may not specify more than 1 handler type]"
        ],
    );
    pod(
        json!({"/containers/0/startupProbe": {"tcpSocket": {"port": 80}, "successThreshold": 2, "periodSeconds": -1}}),
        expect![
            "[spec.containers[0].startupProbe.periodSeconds: Invalid value: -1: must be greater than or equal to 0, spec.containers[0].startupProbe.successThreshold: Invalid value: 2: must be 1]"
        ],
    );
    pod(
        json!({"/containers/0/readinessProbe": {"exec": {}, "terminationGracePeriodSeconds": 5, "successThreshold": 2}}),
        expect![
            "[spec.containers[0].readinessProbe.exec.command: Required value, spec.containers[0].readinessProbe.terminationGracePeriodSeconds: Invalid value: 5: must not be set for readinessProbes]"
        ],
    );
}

#[test]
fn specs() {
    pod(
        json!({"/volumes": [{"name": "a"}, {"name": "a"}, {"name": "B"}, {"name": ""}]}),
        expect![[
            r#"[spec.volumes[1].name: Duplicate value: "a", spec.volumes[2].name: Invalid value: "B": a lowercase RFC 1123 label must consist of lower case alphanumeric characters or '-', and must start and end with an alphanumeric character (e.g. 'my-name',  or '123-abc', regex used for validation is '[a-z0-9]([-a-z0-9]*[a-z0-9])?'), spec.volumes[3].name: Required value]"#
        ]],
    );
    pod(
        json!({"/volumes": [{"name": "a", "emptyDir": {}, "configMap": {"name": ""}}, {"name": "b", "secret": {"secretName": "s", "defaultMode": 644}}]}),
        expect![
            "[spec.volumes[0].emptyDir: Forbidden: may not specify more than 1 volume type, spec.volumes[0].configMap.name: Required value, spec.volumes[1].secret.defaultMode: Invalid value: 644: must be a number between 0 and 0777 (octal), both inclusive]"
        ],
    );
    pod(
        json!({"/restartPolicy": "Sometimes"}),
        expect![[
            r#"spec.restartPolicy: Unsupported value: "Sometimes": supported values: "Always", "OnFailure", "Never""#
        ]],
    );
    pod(
        json!({"/dnsPolicy": "None"}),
        expect![
            "spec.dnsConfig.nameservers: Required value: must provide at least one DNS nameserver when `dnsPolicy` is None"
        ],
    );
    pod(
        json!({"/nodeSelector": {"a": "b c"}}),
        expect![[
            r#"spec.nodeSelector: Invalid value: "b c": a valid label must be an empty string or consist of alphanumeric characters, '-', '_' or '.', and must start and end with an alphanumeric character (e.g. 'MyValue',  or 'my_value',  or '12345', regex used for validation is '(([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9])?')"#
        ]],
    );
    pod(
        json!({"/terminationGracePeriodSeconds": -1, "/activeDeadlineSeconds": 0, "/hostname": "A"}),
        expect![[
            r#"[spec.terminationGracePeriodSeconds: Invalid value: -1: must be greater than or equal to 0, spec.activeDeadlineSeconds: Invalid value: 0: must be between 1 and 2147483647, inclusive, spec.hostname: Invalid value: "A": a lowercase RFC 1123 label must consist of lower case alphanumeric characters or '-', and must start and end with an alphanumeric character (e.g. 'my-name',  or '123-abc', regex used for validation is '[a-z0-9]([-a-z0-9]*[a-z0-9])?')]"#
        ]],
    );
    pod(
        json!({"/tolerations": [{}, {"key": "a", "operator": "Exists", "value": "b"}, {"key": "a", "effect": "NoSchedule", "tolerationSeconds": 1}, {"key": "a", "effect": "Never"}]}),
        expect![[
            r#"[spec.tolerations[0].operator: Invalid value: "": operator must be Exists when `key` is empty, which means "match all values and all keys", spec.tolerations[1].operator: Invalid value: "b": value must be empty when `operator` is 'Exists', spec.tolerations[2].effect: Invalid value: "NoSchedule": effect must be 'NoExecute' when `tolerationSeconds` is set, spec.tolerations[3].effect: Unsupported value: "Never": supported values: "NoSchedule", "PreferNoSchedule", "NoExecute"]"#
        ]],
    );
    pod(
        json!({"/affinity": {
            "nodeAffinity": {"requiredDuringSchedulingIgnoredDuringExecution": {"nodeSelectorTerms": []}},
            "podAntiAffinity": {"preferredDuringSchedulingIgnoredDuringExecution": [{"weight": 0, "podAffinityTerm": {"topologyKey": ""}}]},
        }}),
        expect![
            "[spec.affinity.nodeAffinity.requiredDuringSchedulingIgnoredDuringExecution.nodeSelectorTerms: Required value: must have at least one node selector term, spec.affinity.podAntiAffinity.preferredDuringSchedulingIgnoredDuringExecution[0].weight: Invalid value: 0: must be in the range 1-100, spec.affinity.podAntiAffinity.preferredDuringSchedulingIgnoredDuringExecution[0].podAffinityTerm.topologyKey: Required value: can not be empty]"
        ],
    );
    pod(
        json!({"/affinity": {"nodeAffinity": {"requiredDuringSchedulingIgnoredDuringExecution": {"nodeSelectorTerms": [{
            "matchExpressions": [{"key": "a", "operator": "In"}, {"key": "a", "operator": "Gt"}, {"key": "a", "operator": "Like"}],
        }]}}}}),
        expect![[
            r#"[spec.affinity.nodeAffinity.requiredDuringSchedulingIgnoredDuringExecution.nodeSelectorTerms[0].matchExpressions[0].values: Required value: must be specified when `operator` is 'In' or 'NotIn', spec.affinity.nodeAffinity.requiredDuringSchedulingIgnoredDuringExecution.nodeSelectorTerms[0].matchExpressions[1].values: Required value: must be specified single value when `operator` is 'Lt' or 'Gt', spec.affinity.nodeAffinity.requiredDuringSchedulingIgnoredDuringExecution.nodeSelectorTerms[0].matchExpressions[2].operator: Invalid value: "Like": not a valid selector operator]"#
        ]],
    );
}

#[test]
fn pods_change_little() {
    let value = json!({
        "apiVersion": "v1", "kind": "Pod", "metadata": {"name": "p", "namespace": "default"},
        "spec": {"containers": [{"name": "web", "image": "nginx:1"}], "tolerations": []},
    });
    changed(
        value.clone(),
        json!({"/spec/containers/0/image": "nginx:2"}),
        expect!["valid"],
    );
    changed(
        value.clone(),
        json!({"/spec/tolerations": [{"operator": "Exists"}]}),
        expect!["valid"],
    );
    changed(
        value.clone(),
        json!({"/spec/nodeName": "node-1"}),
        expect![[r#"
            Pod "p" is invalid: spec: Forbidden: pod updates may not change fields other than `spec.containers[*].image`,`spec.initContainers[*].image`,`spec.activeDeadlineSeconds`,`spec.tolerations` (only additions to existing tolerations),`spec.terminationGracePeriodSeconds` (allow it to be set to 1 if it was previously negative)
            spec.nodeName: unset → node-1"#]],
    );
    changed(
        value,
        json!({"/spec/containers/0/name": "api"}),
        expect![[r#"
            Pod "p" is invalid: spec: Forbidden: pod updates may not change fields other than `spec.containers[*].image`,`spec.initContainers[*].image`,`spec.activeDeadlineSeconds`,`spec.tolerations` (only additions to existing tolerations),`spec.terminationGracePeriodSeconds` (allow it to be set to 1 if it was previously negative)
            spec.containers[0].name: web → api"#]],
    );
}

#[test]
fn services() {
    made(service(), json!({}), expect!["valid"]);
    made(
        service(),
        json!({"/spec/ports": []}),
        expect![[r#"Service "web" is invalid: spec.ports: Required value"#]],
    );
    made(
        service(),
        json!({"/spec/ports": [{"port": 80}, {"port": 80}]}),
        expect![[
            r#"Service "web" is invalid: [spec.ports[0].name: Required value, spec.ports[1].name: Required value, spec.ports[1]: Duplicate value: {"AppProtocol":null,"Name":"","NodePort":0,"Port":80,"Protocol":"TCP","TargetPort":0}]"#
        ]],
    );
    made(
        service(),
        json!({"/spec/ports": [{"port": 0, "targetPort": "UPPER", "nodePort": 30007}]}),
        expect![[
            r#"Service "web" is invalid: [spec.ports[0].port: Invalid value: 0: must be between 1 and 65535, inclusive, spec.ports[0].targetPort: Invalid value: "UPPER": must contain only alpha-numeric characters (a-z, 0-9), and hyphens (-), spec.ports[0].targetPort: Invalid value: "UPPER": must contain at least one letter (a-z), spec.ports[0].nodePort: Forbidden: may not be used when `type` is 'ClusterIP']"#
        ]],
    );
    made(
        service(),
        json!({"/spec/type": "Cluster"}),
        expect![[
            r#"Service "web" is invalid: spec.type: Unsupported value: "Cluster": supported values: "ClusterIP", "ExternalName", "LoadBalancer", "NodePort""#
        ]],
    );
    made(
        service(),
        json!({"/spec/type": "ExternalName"}),
        expect![[r#"Service "web" is invalid: spec.externalName: Required value"#]],
    );
    made(
        service(),
        json!({"/spec/type": "NodePort", "/spec/clusterIP": "None"}),
        expect![[
            r#"Service "web" is invalid: spec.clusterIPs[0]: Invalid value: "None": may not be set to 'None' for NodePort services"#
        ]],
    );
    made(
        service(),
        json!({"/spec/clusterIPs": ["abc"], "/spec/externalTrafficPolicy": "Local"}),
        expect![[
            r#"Service "web" is invalid: [spec.clusterIPs[0]: Invalid value: "abc": must be a valid IP address, (e.g. 10.9.8.7 or 2001:db8::ffff), spec.externalTrafficPolicy: Invalid value: "Local": may only be set for externally-accessible services]"#
        ]],
    );
    made(
        service(),
        json!({"/spec/sessionAffinity": "Cookie"}),
        expect![[
            r#"Service "web" is invalid: spec.sessionAffinity: Unsupported value: "Cookie": supported values: "ClientIP", "None""#
        ]],
    );
    let addressed = edited(
        service(),
        json!({"/spec/clusterIP": "10.96.0.9", "/spec/clusterIPs": ["10.96.0.9"]}),
    );
    changed(
        addressed,
        json!({"/spec/clusterIP": "10.96.0.8", "/spec/clusterIPs": ["10.96.0.8"]}),
        expect![[
            r#"Service "web" is invalid: spec.clusterIPs[0]: Invalid value: ["10.96.0.8"]: may not change once set"#
        ]],
    );
}

#[test]
fn data() {
    let map = json!({"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": "a", "namespace": "default"}, "data": {"k": "v"}, "immutable": true});
    made(
        map.clone(),
        json!({"/data": {"a b": "", "..": "", "x": ""}, "/binaryData": {"x": ""}}),
        expect![[
            r#"ConfigMap "a" is invalid: [data[x]: Invalid value: "x": duplicate of key present in binaryData, data[..]: Invalid value: "..": must not start with '..', data[a b]: Invalid value: "a b": a valid config key must consist of alphanumeric characters, '-', '_' or '.' (e.g. 'key.name',  or 'KEY_NAME',  or 'key-name', regex used for validation is '[-._a-zA-Z0-9]+')]"#
        ]],
    );
    made(
        map.clone(),
        json!({"/data": {"k": "v".repeat(1024 * 1024 + 1)}}),
        expect![[r#"ConfigMap "a" is invalid: : Too long: may not be more than 1048576 bytes"#]],
    );
    changed(
        map.clone(),
        json!({"/data/k": "w", "/immutable": null}),
        expect![[
            r#"ConfigMap "a" is invalid: [immutable: Forbidden: field is immutable when `immutable` is set, data: Forbidden: field is immutable when `immutable` is set]"#
        ]],
    );
    let secret = json!({"apiVersion": "v1", "kind": "Secret", "metadata": {"name": "a", "namespace": "default"}, "type": "Opaque"});
    made(
        secret.clone(),
        json!({"/type": "kubernetes.io/tls"}),
        expect![[
            r#"Secret "a" is invalid: [data[tls.crt]: Required value, data[tls.key]: Required value]"#
        ]],
    );
    changed(
        secret,
        json!({"/type": "other"}),
        expect![[r#"Secret "a" is invalid: type: Invalid value: "other": field is immutable"#]],
    );
}
