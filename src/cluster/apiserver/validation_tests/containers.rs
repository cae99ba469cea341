//! Containers.
// upstream: pkg/apis/core/validation/validation_test.go TestValidateContainers, TestValidateInitContainers

use expect_test::{Expect, expect};
use serde_json::{Value, json};

use super::{creates, pod};

/// Edits of the one container.
fn container(edits: &[Value], expected: Expect) {
    let below = |edit: &Value| -> Value {
        let fields = edit.as_object().unwrap().iter();
        let fields =
            fields.map(|(path, value)| (format!("spec.containers.0.{path}"), value.clone()));
        fields.collect()
    };
    creates(
        &pod(),
        &edits.iter().map(below).collect::<Vec<_>>(),
        expected,
    );
}

#[test]
fn names_images_and_policies() {
    container(
        &[
            json!({"name": ""}),
            json!({"name": "Web"}),
            json!({"image": null}),
            json!({"image": " nginx"}),
            json!({"imagePullPolicy": "Sometimes", "terminationMessagePolicy": "Mail"}),
            json!({"resizePolicy": [{"resourceName": "cpu", "restartPolicy": "NotRequired"}, {"resourceName": "cpu", "restartPolicy": "Maybe"}, {"resourceName": "gold", "restartPolicy": "NotRequired"}]}),
        ],
        expect![[r#"
            {"spec.containers.0.name":""}
              spec.containers[0].name: Required value
            {"spec.containers.0.name":"Web"}
              spec.containers[0].name: Invalid value: "Web": a lowercase RFC 1123 label must consist of lower case alphanumeric characters or '-', and must start and end with an alphanumeric character (e.g. 'my-name',  or '123-abc', regex used for validation is '[a-z0-9]([-a-z0-9]*[a-z0-9])?')
            {"spec.containers.0.image":null}
              spec.containers[0].image: Required value
            {"spec.containers.0.image":" nginx"}
              spec.containers[0].image: Invalid value: " nginx": must not have leading or trailing whitespace
            {"spec.containers.0.imagePullPolicy":"Sometimes","spec.containers.0.terminationMessagePolicy":"Mail"}
              spec.containers[0].terminationMessagePolicy: Unsupported value: "Mail": supported values: "File", "FallbackToLogsOnError"
              spec.containers[0].imagePullPolicy: Unsupported value: "Sometimes": supported values: "Always", "IfNotPresent", "Never"
            {"spec.containers.0.resizePolicy":[{"resourceName":"cpu","restartPolicy":"NotRequired"},{"resourceName":"cpu","restartPolicy":"Maybe"},{"resourceName":"gold","restartPolicy":"NotRequired"}]}
              spec.containers[0].resizePolicy[1]: Duplicate value: "cpu"
              spec.containers[0].resizePolicy: Unsupported value: "Maybe": supported values: "NotRequired", "RestartContainer"
              spec.containers[0].resizePolicy: Unsupported value: "gold": supported values: "cpu", "memory""#]],
    );
    let same = json!({"name": "web", "image": "x"});
    creates(
        &pod(),
        &[
            json!({"spec.containers.1": same}),
            json!({"spec.restartPolicy": "Never", "spec.containers.0.resizePolicy": [{"resourceName": "memory", "restartPolicy": "RestartContainer"}]}),
        ],
        expect![[r#"
            {"spec.containers.1":{"image":"x","name":"web"}}
              spec.containers[1].name: Duplicate value: "web"
            {"spec.containers.0.resizePolicy":[{"resourceName":"memory","restartPolicy":"RestartContainer"}],"spec.restartPolicy":"Never"}
              spec.containers[0].resizePolicy: Invalid value: "RestartContainer": must be 'NotRequired' when `restartPolicy` is 'Never'"#]],
    );
}

#[test]
fn containers_that_run_before() {
    let probe = json!({"exec": {"command": ["a"]}});
    let of = |container: Value| json!({"spec.initContainers": [container]});
    creates(
        &pod(),
        &[
            of(
                json!({"name": "init", "image": "x", "restartPolicy": "Always", "readinessProbe": probe}),
            ),
            of(
                json!({"name": "web", "image": "x", "readinessProbe": probe, "lifecycle": {"preStop": probe}}),
            ),
            of(json!({"name": "init", "image": "x", "restartPolicy": "Sometimes"})),
            of(
                json!({"name": "init", "image": " x", "ports": [{"containerPort": 1, "hostPort": 1}, {"containerPort": 2, "hostPort": 1}]}),
            ),
        ],
        expect![[r#"
            {"spec.initContainers":[{"image":"x","name":"init","readinessProbe":{"exec":{"command":["a"]}},"restartPolicy":"Always"}]}
            {"spec.initContainers":[{"image":"x","lifecycle":{"preStop":{"exec":{"command":["a"]}}},"name":"web","readinessProbe":{"exec":{"command":["a"]}}}]}
              spec.initContainers[0].name: Duplicate value: "web"
              spec.initContainers[0].lifecycle: Forbidden: may not be set for init containers without restartPolicy=Always
              spec.initContainers[0].readinessProbe: Forbidden: may not be set for init containers without restartPolicy=Always
            {"spec.initContainers":[{"image":"x","name":"init","restartPolicy":"Sometimes"}]}
              spec.initContainers[0].restartPolicy: Unsupported value: "Sometimes": supported values: "Always", "Never", "OnFailure"
            {"spec.initContainers":[{"image":" x","name":"init","ports":[{"containerPort":1,"hostPort":1},{"containerPort":2,"hostPort":1}]}]}
              spec.initContainers[0].ports[1].hostPort: Duplicate value: "TCP//1"
              spec.initContainers[0].image: Invalid value: " x": must not have leading or trailing whitespace"#]],
    );
}

#[test]
fn restarts_by_rule() {
    let rule = |action: &str, operator: &str| json!({"action": action, "exitCodes": {"operator": operator, "values": [1]}});
    container(
        &[
            json!({"restartPolicy": "Never", "restartPolicyRules": [rule("Restart", "In"), rule("RestartAllContainers", "NotIn")]}),
            json!({"restartPolicyRules": [rule("Restart", "In")]}),
            json!({"restartPolicy": "Sometimes"}),
            json!({"restartPolicy": "Never", "restartPolicyRules": [rule("Stop", "Equals"), {"action": "Restart"}]}),
        ],
        expect![[r#"
            {"spec.containers.0.restartPolicy":"Never","spec.containers.0.restartPolicyRules":[{"action":"Restart","exitCodes":{"operator":"In","values":[1]}},{"action":"RestartAllContainers","exitCodes":{"operator":"NotIn","values":[1]}}]}
            {"spec.containers.0.restartPolicyRules":[{"action":"Restart","exitCodes":{"operator":"In","values":[1]}}]}
              spec.containers[0].restartPolicy: Required value: must specify restartPolicy when restart rules are used
            {"spec.containers.0.restartPolicy":"Sometimes"}
              spec.containers[0].restartPolicy: Unsupported value: "Sometimes": supported values: "Always", "Never", "OnFailure"
            {"spec.containers.0.restartPolicy":"Never","spec.containers.0.restartPolicyRules":[{"action":"Stop","exitCodes":{"operator":"Equals","values":[1]}},{"action":"Restart"}]}
              spec.containers[0].restartPolicyRules[0].action: Unsupported value: "Stop": supported values: "Restart", "RestartAllContainers"
              spec.containers[0].restartPolicyRules[0].exitCodes.operator: Unsupported value: "Equals": supported values: "In", "NotIn"
              spec.containers[0].restartPolicyRules[1].exitCodes: Required value: must be specified"#]],
    );
}

#[test]
fn ports() {
    container(
        &[
            json!({"ports": [{"containerPort": 0}, {"containerPort": 70_000, "hostPort": 70_000}, {"containerPort": 80, "protocol": "HTTP"}]}),
            json!({"ports": [{"containerPort": 80, "name": "http"}, {"containerPort": 81, "name": "http"}, {"containerPort": 82, "name": "A-very-long-port-name"}]}),
            json!({"ports": [{"containerPort": 80, "hostPort": 8080}, {"containerPort": 81, "hostPort": 8080}, {"containerPort": 82, "hostPort": 8080, "protocol": "UDP"}]}),
        ],
        expect![[r#"
            {"spec.containers.0.ports":[{"containerPort":0},{"containerPort":70000,"hostPort":70000},{"containerPort":80,"protocol":"HTTP"}]}
              spec.containers[0].ports[0].containerPort: Required value
              spec.containers[0].ports[1].containerPort: Invalid value: 70000: must be between 1 and 65535, inclusive
              spec.containers[0].ports[1].hostPort: Invalid value: 70000: must be between 1 and 65535, inclusive
              spec.containers[0].ports[2].protocol: Unsupported value: "HTTP": supported values: "SCTP", "TCP", "UDP"
            {"spec.containers.0.ports":[{"containerPort":80,"name":"http"},{"containerPort":81,"name":"http"},{"containerPort":82,"name":"A-very-long-port-name"}]}
              spec.containers[0].ports[1].name: Duplicate value: "http"
              spec.containers[0].ports[2].name: Invalid value: "A-very-long-port-name": must be no more than 15 bytes
              spec.containers[0].ports[2].name: Invalid value: "A-very-long-port-name": must contain only alpha-numeric characters (a-z, 0-9), and hyphens (-)
            {"spec.containers.0.ports":[{"containerPort":80,"hostPort":8080},{"containerPort":81,"hostPort":8080},{"containerPort":82,"hostPort":8080,"protocol":"UDP"}]}
              spec.containers[0].ports[1].hostPort: Duplicate value: "TCP//8080""#]],
    );
}

#[test]
fn environment() {
    let from = |value: Value| json!({"env": [{"name": "a", "valueFrom": value}]});
    let field = |path: &str| from(json!({"fieldRef": {"fieldPath": path}}));
    let resource = |name: &str, divisor: &str| {
        from(json!({"resourceFieldRef": {"resource": name, "divisor": divisor}}))
    };
    container(
        &[
            json!({"env": [{"name": ""}, {"name": "a=b"}, {"name": "c", "valueFrom": {}}]}),
            json!({"env": [{"name": "d", "value": "1", "valueFrom": {"fieldRef": {"fieldPath": "status.phase"}}}]}),
            field("metadata.annotations['A.b/c']"),
            field("metadata.labels['a b']"),
            field("metadata.name['x']"),
            field("spec.restartPolicy"),
            field("status.nothing"),
            field(""),
            from(json!({"secretKeyRef": {"name": "", "key": ""}})),
            from(
                json!({"configMapKeyRef": {"name": "a", "key": ".."}, "secretKeyRef": {"name": "a", "key": "b"}}),
            ),
            resource("limits.cpu", "1m"),
            resource("limits.cpu", "2"),
            resource("limits.gold", "1"),
            resource("requests.memory", "1Mi"),
            from(json!({"fileKeyRef": {"key": "", "volumeName": "none", "path": "../a"}})),
            json!({"envFrom": [{}, {"configMapRef": {"name": ""}}, {"prefix": "a=", "secretRef": {"name": "B"}, "configMapRef": {"name": "c"}}]}),
        ],
        expect![[r#"
            {"spec.containers.0.env":[{"name":""},{"name":"a=b"},{"name":"c","valueFrom":{}}]}
              spec.containers[0].env[0].name: Required value
              spec.containers[0].env[1].name: Invalid value: "a=b": a valid environment variable name must consist only of printable ASCII characters other than '='
              spec.containers[0].env[2].valueFrom: Invalid value: "": must specify one of: `fieldRef`, `resourceFieldRef`, `configMapKeyRef`, `secretKeyRef` or `fileKeyRef`
            {"spec.containers.0.env":[{"name":"d","value":"1","valueFrom":{"fieldRef":{"fieldPath":"status.phase"}}}]}
              spec.containers[0].env[0].valueFrom.fieldRef.fieldPath: Unsupported value: "status.phase": supported values: "metadata.name", "metadata.namespace", "metadata.uid", "spec.nodeName", "spec.serviceAccountName", "status.hostIP", "status.hostIPs", "status.podIP", "status.podIPs"
              spec.containers[0].env[0].valueFrom: Invalid value: "": may not be specified when `value` is not empty
            {"spec.containers.0.env":[{"name":"a","valueFrom":{"fieldRef":{"fieldPath":"metadata.annotations['A.b/c']"}}}]}
            {"spec.containers.0.env":[{"name":"a","valueFrom":{"fieldRef":{"fieldPath":"metadata.labels['a b']"}}}]}
              spec.containers[0].env[0].valueFrom.fieldRef: Invalid value: "a b": name part must consist of alphanumeric characters, '-', '_' or '.', and must start and end with an alphanumeric character (e.g. 'MyName',  or 'my.name',  or '123-abc', regex used for validation is '([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9]')
            {"spec.containers.0.env":[{"name":"a","valueFrom":{"fieldRef":{"fieldPath":"metadata.name['x']"}}}]}
              spec.containers[0].env[0].valueFrom.fieldRef.fieldPath: Invalid value: "metadata.name['x']": error converting fieldPath: field label does not support subscript: metadata.name['x']
            {"spec.containers.0.env":[{"name":"a","valueFrom":{"fieldRef":{"fieldPath":"spec.restartPolicy"}}}]}
              spec.containers[0].env[0].valueFrom.fieldRef.fieldPath: Unsupported value: "spec.restartPolicy": supported values: "metadata.name", "metadata.namespace", "metadata.uid", "spec.nodeName", "spec.serviceAccountName", "status.hostIP", "status.hostIPs", "status.podIP", "status.podIPs"
            {"spec.containers.0.env":[{"name":"a","valueFrom":{"fieldRef":{"fieldPath":"status.nothing"}}}]}
              spec.containers[0].env[0].valueFrom.fieldRef.fieldPath: Invalid value: "status.nothing": error converting fieldPath: field label not supported: status.nothing
            {"spec.containers.0.env":[{"name":"a","valueFrom":{"fieldRef":{"fieldPath":""}}}]}
              spec.containers[0].env[0].valueFrom.fieldRef.fieldPath: Required value
            {"spec.containers.0.env":[{"name":"a","valueFrom":{"secretKeyRef":{"key":"","name":""}}}]}
              spec.containers[0].env[0].valueFrom.secretKeyRef.name: Invalid value: "": a lowercase RFC 1123 subdomain must consist of lower case alphanumeric characters, '-' or '.', and must start and end with an alphanumeric character (e.g. 'example.com', regex used for validation is '[a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*')
              spec.containers[0].env[0].valueFrom.secretKeyRef.key: Required value
            {"spec.containers.0.env":[{"name":"a","valueFrom":{"configMapKeyRef":{"key":"..","name":"a"},"secretKeyRef":{"key":"b","name":"a"}}}]}
              spec.containers[0].env[0].valueFrom.configMapKeyRef.key: Invalid value: "..": must not be '..'
              spec.containers[0].env[0].valueFrom: Invalid value: "": may not have more than one field specified at a time
            {"spec.containers.0.env":[{"name":"a","valueFrom":{"resourceFieldRef":{"divisor":"1m","resource":"limits.cpu"}}}]}
            {"spec.containers.0.env":[{"name":"a","valueFrom":{"resourceFieldRef":{"divisor":"2","resource":"limits.cpu"}}}]}
              spec.containers[0].env[0].valueFrom.resourceFieldRef.divisor: Invalid value: "limits.cpu": only divisor's values 1m and 1 are supported with the cpu resource
            {"spec.containers.0.env":[{"name":"a","valueFrom":{"resourceFieldRef":{"divisor":"1","resource":"limits.gold"}}}]}
              spec.containers[0].env[0].valueFrom.resourceFieldRef.resource: Unsupported value: "limits.gold": supported values: "limits.cpu", "limits.ephemeral-storage", "limits.memory", "requests.cpu", "requests.ephemeral-storage", "requests.memory"
            {"spec.containers.0.env":[{"name":"a","valueFrom":{"resourceFieldRef":{"divisor":"1Mi","resource":"requests.memory"}}}]}
            {"spec.containers.0.env":[{"name":"a","valueFrom":{"fileKeyRef":{"key":"","path":"../a","volumeName":"none"}}}]}
              spec.containers[0].env[0].valueFrom.fileKeyRef.key: Required value
              spec.containers[0].env[0].valueFrom.fileKeyRef.volumeName: Not found: "none"
              spec.containers[0].env[0].valueFrom.fileKeyRef.path: Invalid value: "../a": must not contain '..'
            {"spec.containers.0.envFrom":[{},{"configMapRef":{"name":""}},{"configMapRef":{"name":"c"},"prefix":"a=","secretRef":{"name":"B"}}]}
              spec.containers[0].envFrom: Invalid value: "": must specify one of: `configMapRef` or `secretRef`
              spec.containers[0].envFrom[1].configMapRef.name: Required value
              spec.containers[0].envFrom[2].prefix: Invalid value: "a=": a valid environment variable name must consist only of printable ASCII characters other than '='
              spec.containers[0].envFrom[2].secretRef.name: Invalid value: "B": a lowercase RFC 1123 subdomain must consist of lower case alphanumeric characters, '-' or '.', and must start and end with an alphanumeric character (e.g. 'example.com', regex used for validation is '[a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*')
              spec.containers[0].envFrom: Invalid value: "": may not have more than one field specified at a time"#]],
    );
}

#[test]
fn resources() {
    container(
        &[
            json!({"resources": {"requests": {"cpu": "2", "memory": "-1"}, "limits": {"cpu": "1", "gold": "1"}}}),
            json!({"resources": {"requests": {"nvidia.com/gpu": "1"}}}),
            json!({"resources": {"requests": {"nvidia.com/gpu": "1"}, "limits": {"nvidia.com/gpu": "2"}}}),
            json!({"resources": {"limits": {"nvidia.com/gpu": "1500m", "requests.a.b/c": "1"}}}),
            json!({"resources": {"limits": {"hugepages-2Mi": "3Mi", "cpu": "1"}}}),
            json!({"resources": {"limits": {"hugepages-2Mi": "4Mi"}}}),
        ],
        expect![[r#"
            {"spec.containers.0.resources":{"limits":{"cpu":"1","gold":"1"},"requests":{"cpu":"2","memory":"-1"}}}
              spec.containers[0].resources.limits[gold]: Invalid value: "gold": must be a standard resource type or fully qualified
              spec.containers[0].resources.limits[gold]: Invalid value: "gold": must be a standard resource for containers
              spec.containers[0].resources.requests: Invalid value: "2": must be less than or equal to cpu limit of 1
              spec.containers[0].resources.requests[gold]: Invalid value: "gold": must be a standard resource type or fully qualified
              spec.containers[0].resources.requests[gold]: Invalid value: "gold": must be a standard resource for containers
              spec.containers[0].resources.requests[memory]: Invalid value: "-1": must be greater than or equal to 0
            {"spec.containers.0.resources":{"requests":{"nvidia.com/gpu":"1"}}}
              spec.containers[0].resources.limits: Required value: Limit must be set for non overcommitable resources
            {"spec.containers.0.resources":{"limits":{"nvidia.com/gpu":"2"},"requests":{"nvidia.com/gpu":"1"}}}
              spec.containers[0].resources.requests: Invalid value: "1": must be equal to nvidia.com/gpu limit of 2
            {"spec.containers.0.resources":{"limits":{"nvidia.com/gpu":"1500m","requests.a.b/c":"1"}}}
              spec.containers[0].resources.limits[nvidia.com/gpu]: Invalid value: "1500m": must be an integer
              spec.containers[0].resources.limits[requests.a.b/c]: Invalid value: "requests.a.b/c": doesn't follow extended resource name standard
              spec.containers[0].resources.requests[nvidia.com/gpu]: Invalid value: "1500m": must be an integer
              spec.containers[0].resources.requests[requests.a.b/c]: Invalid value: "requests.a.b/c": doesn't follow extended resource name standard
            {"spec.containers.0.resources":{"limits":{"cpu":"1","hugepages-2Mi":"3Mi"}}}
              spec.containers[0].resources.limits[hugepages-2Mi]: Invalid value: "3Mi": 3Mi is not positive integer multiple of hugepages-2Mi
              spec.containers[0].resources.requests[hugepages-2Mi]: Invalid value: "3Mi": 3Mi is not positive integer multiple of hugepages-2Mi
            {"spec.containers.0.resources":{"limits":{"hugepages-2Mi":"4Mi"}}}
              spec.containers[0].resources: Forbidden: HugePages require cpu or memory"#]],
    );
}

#[test]
fn probes_and_hooks() {
    container(
        &[
            json!({"livenessProbe": {}}),
            json!({"livenessProbe": {"httpGet": {"port": 0, "scheme": "FTP", "httpHeaders": [{"name": "X Y"}]}, "tcpSocket": {"port": "UPPER"}}}),
            json!({"startupProbe": {"tcpSocket": {"port": "http--"}, "successThreshold": 2, "periodSeconds": -1, "terminationGracePeriodSeconds": 0}}),
            json!({"readinessProbe": {"exec": {}, "terminationGracePeriodSeconds": 5, "successThreshold": 2}}),
            json!({"readinessProbe": {"grpc": {"port": 70_000}}}),
            json!({"lifecycle": {"postStart": {}, "preStop": {"sleep": {"seconds": 31}}}}),
            json!({"lifecycle": {"preStop": {"sleep": {"seconds": 30}}}}),
        ],
        expect![[r#"
            {"spec.containers.0.livenessProbe":{}}
              spec.containers[0].livenessProbe: Required value: must specify a handler type
            {"spec.containers.0.livenessProbe":{"httpGet":{"httpHeaders":[{"name":"X Y"}],"port":0,"scheme":"FTP"},"tcpSocket":{"port":"UPPER"}}}
              spec.containers[0].livenessProbe.httpGet.port: Invalid value: 0: must be between 1 and 65535, inclusive
              spec.containers[0].livenessProbe.httpGet.scheme: Unsupported value: "FTP": supported values: "HTTP", "HTTPS"
              spec.containers[0].livenessProbe.httpGet.httpHeaders: Invalid value: "X Y": a valid HTTP header must consist of alphanumeric characters or '-' (e.g. 'X-Header-Name', regex used for validation is '[-A-Za-z0-9]+')
              spec.containers[0].livenessProbe.tcpSocket: Forbidden: may not specify more than 1 handler type
            {"spec.containers.0.startupProbe":{"periodSeconds":-1,"successThreshold":2,"tcpSocket":{"port":"http--"},"terminationGracePeriodSeconds":0}}
              spec.containers[0].startupProbe.tcpSocket.port: Invalid value: "http--": must not contain consecutive hyphens
              spec.containers[0].startupProbe.tcpSocket.port: Invalid value: "http--": must not begin or end with a hyphen
              spec.containers[0].startupProbe.periodSeconds: Invalid value: -1: must be greater than or equal to 0
              spec.containers[0].startupProbe.terminationGracePeriodSeconds: Invalid value: 0: must be greater than 0
              spec.containers[0].startupProbe.successThreshold: Invalid value: 2: must be 1
            {"spec.containers.0.readinessProbe":{"exec":{},"successThreshold":2,"terminationGracePeriodSeconds":5}}
              spec.containers[0].readinessProbe.exec.command: Required value
              spec.containers[0].readinessProbe.terminationGracePeriodSeconds: Invalid value: 5: must not be set for readinessProbes
            {"spec.containers.0.readinessProbe":{"grpc":{"port":70000}}}
              spec.containers[0].readinessProbe.grpc.port: Invalid value: 70000: must be between 1 and 65535, inclusive
            {"spec.containers.0.lifecycle":{"postStart":{},"preStop":{"sleep":{"seconds":31}}}}
              spec.containers[0].lifecycle.postStart: Required value: must specify a handler type
              spec.containers[0].lifecycle.preStop.sleep: Invalid value: 31: must be non-negative and less than terminationGracePeriodSeconds (30)
            {"spec.containers.0.lifecycle":{"preStop":{"sleep":{"seconds":30}}}}"#]],
    );
}

#[test]
fn mounts_and_devices() {
    let mount = |mount: Value| json!({"spec.volumes": [{"name": "a"}, {"name": "c", "persistentVolumeClaim": {"claimName": "x"}}, {"name": "i", "image": {"reference": "r"}}], "spec.containers.0.volumeMounts": [mount]});
    let device = |devices: Value| json!({"spec.volumes": [{"name": "a"}, {"name": "c", "persistentVolumeClaim": {"claimName": "x"}}], "spec.containers.0.volumeDevices": devices});
    creates(
        &pod(),
        &[
            mount(
                json!({"name": "a", "mountPath": "/a", "readOnly": true, "recursiveReadOnly": "Enabled"}),
            ),
            mount(json!({"name": "none", "mountPath": "/a"})),
            mount(json!({"name": "", "mountPath": ""})),
            mount(json!({"name": "a", "mountPath": "/a", "subPath": "/b", "subPathExpr": "../c"})),
            mount(json!({"name": "i", "mountPath": "/a", "subPath": "b"})),
            mount(
                json!({"name": "a", "mountPath": "/a", "mountPropagation": "Bidirectional", "recursiveReadOnly": "IfPossible"}),
            ),
            mount(
                json!({"name": "a", "mountPath": "/a", "mountPropagation": "Wide", "recursiveReadOnly": "Maybe"}),
            ),
            json!({"spec.volumes": [{"name": "a"}], "spec.containers.0.volumeMounts": [{"name": "a", "mountPath": "/a"}, {"name": "a", "mountPath": "/a"}]}),
            device(json!([{"name": "c", "devicePath": "/dev/x"}])),
            device(
                json!([{"name": "a", "devicePath": "/dev/x"}, {"name": "none", "devicePath": ""}, {"name": "c", "devicePath": "../x"}, {"name": "c", "devicePath": "/dev/x"}]),
            ),
        ],
        expect![[r#"
            {"spec.containers.0.volumeMounts":[{"mountPath":"/a","name":"a","readOnly":true,"recursiveReadOnly":"Enabled"}],"spec.volumes":[{"name":"a"},{"name":"c","persistentVolumeClaim":{"claimName":"x"}},{"image":{"reference":"r"},"name":"i"}]}
            {"spec.containers.0.volumeMounts":[{"mountPath":"/a","name":"none"}],"spec.volumes":[{"name":"a"},{"name":"c","persistentVolumeClaim":{"claimName":"x"}},{"image":{"reference":"r"},"name":"i"}]}
              spec.containers[0].volumeMounts[0].name: Not found: "none"
            {"spec.containers.0.volumeMounts":[{"mountPath":"","name":""}],"spec.volumes":[{"name":"a"},{"name":"c","persistentVolumeClaim":{"claimName":"x"}},{"image":{"reference":"r"},"name":"i"}]}
              spec.containers[0].volumeMounts[0].name: Required value
              spec.containers[0].volumeMounts[0].name: Not found: ""
              spec.containers[0].volumeMounts[0].mountPath: Required value
            {"spec.containers.0.volumeMounts":[{"mountPath":"/a","name":"a","subPath":"/b","subPathExpr":"../c"}],"spec.volumes":[{"name":"a"},{"name":"c","persistentVolumeClaim":{"claimName":"x"}},{"image":{"reference":"r"},"name":"i"}]}
              spec.containers[0].volumeMounts.subPath: Invalid value: "/b": must be a relative path
              spec.containers[0].volumeMounts[0].subPathExpr: Invalid value: "../c": subPathExpr and subPath are mutually exclusive
              spec.containers[0].volumeMounts.subPathExpr: Invalid value: "../c": must not contain '..'
            {"spec.containers.0.volumeMounts":[{"mountPath":"/a","name":"i","subPath":"b"}],"spec.volumes":[{"name":"a"},{"name":"c","persistentVolumeClaim":{"claimName":"x"}},{"image":{"reference":"r"},"name":"i"}]}
              spec.containers[0].volumeMounts[0].subPath: Invalid value: "b": not allowed in image volume sources
            {"spec.containers.0.volumeMounts":[{"mountPath":"/a","mountPropagation":"Bidirectional","name":"a","recursiveReadOnly":"IfPossible"}],"spec.volumes":[{"name":"a"},{"name":"c","persistentVolumeClaim":{"claimName":"x"}},{"image":{"reference":"r"},"name":"i"}]}
              spec.containers[0].volumeMounts.mountPropagation: Forbidden: Bidirectional mount propagation is available only to privileged containers
              spec.containers[0].volumeMounts.recursiveReadOnly: Forbidden: may only be specified when readOnly is true
              spec.containers[0].volumeMounts.recursiveReadOnly: Forbidden: may only be specified when mountPropagation is None or not specified
            {"spec.containers.0.volumeMounts":[{"mountPath":"/a","mountPropagation":"Wide","name":"a","recursiveReadOnly":"Maybe"}],"spec.volumes":[{"name":"a"},{"name":"c","persistentVolumeClaim":{"claimName":"x"}},{"image":{"reference":"r"},"name":"i"}]}
              spec.containers[0].volumeMounts.mountPropagation: Unsupported value: "Wide": supported values: "Bidirectional", "HostToContainer", "None"
              spec.containers[0].volumeMounts.recursiveReadOnly: Unsupported value: "Maybe": supported values: "Disabled", "Enabled", "IfPossible"
            {"spec.containers.0.volumeMounts":[{"mountPath":"/a","name":"a"},{"mountPath":"/a","name":"a"}],"spec.volumes":[{"name":"a"}]}
              spec.containers[0].volumeMounts[1].mountPath: Invalid value: "/a": must be unique
            {"spec.containers.0.volumeDevices":[{"devicePath":"/dev/x","name":"c"}],"spec.volumes":[{"name":"a"},{"name":"c","persistentVolumeClaim":{"claimName":"x"}}]}
            {"spec.containers.0.volumeDevices":[{"devicePath":"/dev/x","name":"a"},{"devicePath":"","name":"none"},{"devicePath":"../x","name":"c"},{"devicePath":"/dev/x","name":"c"}],"spec.volumes":[{"name":"a"},{"name":"c","persistentVolumeClaim":{"claimName":"x"}}]}
              spec.containers[0].volumeDevices[0].name: Invalid value: "a": can only use volume source type of PersistentVolumeClaim or Ephemeral for block mode
              spec.containers[0].volumeDevices[1].name: Not found: "none"
              spec.containers[0].volumeDevices[1].devicePath: Required value
              spec.containers[0].volumeDevices[2].devicePath: Invalid value: "../x": can not contain backsteps ('..')
              spec.containers[0].volumeDevices[3].name: Invalid value: "c": must be unique
              spec.containers[0].volumeDevices[3].devicePath: Invalid value: "/dev/x": must be unique"#]],
    );
}
