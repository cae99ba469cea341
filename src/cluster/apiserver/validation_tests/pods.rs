//! Pod specs, apart from containers, volumes and security.
// upstream: pkg/apis/core/validation/validation_test.go TestValidatePodSpec

use expect_test::expect;
use serde_json::{Value, json};

use super::{creates, pod};

#[test]
fn policies_names_and_times() {
    creates(
        &pod(),
        &[
            json!({}),
            json!({"spec.containers": []}),
            json!({"spec.restartPolicy": "Sometimes", "spec.dnsPolicy": "Never"}),
            json!({"spec.terminationGracePeriodSeconds": -1}),
            json!({"spec.activeDeadlineSeconds": 0}),
            json!({"spec.hostname": "A", "spec.subdomain": "b.c", "spec.serviceAccountName": "D", "spec.nodeName": "E"}),
            json!({"spec.hostnameOverride": "a.b.c", "spec.setHostnameAsFQDN": true, "spec.hostNetwork": true}),
            json!({"spec.priorityClassName": "A b", "spec.runtimeClassName": "", "spec.preemptionPolicy": "Maybe"}),
            json!({"spec.nodeSelector": {"a": "b c"}}),
            json!({"spec.hostAliases": [{"ip": "1.2.3", "hostnames": ["a.b", "C"]}]}),
            json!({"spec.readinessGates": [{"conditionType": "a b"}], "spec.schedulingGates": [{"name": "a"}, {"name": "a"}, {"name": ""}]}),
            json!({"spec.nodeName": "n", "spec.schedulingGates": [{"name": "a"}]}),
            json!({"spec.overhead": {"cpu": "-1", "gold": "1"}}),
            json!({"spec.ephemeralContainers": [{"name": "debug", "image": "x"}]}),
            json!({"spec.hostUsers": false, "spec.hostNetwork": true, "spec.hostPID": true}),
            json!({"spec.hostNetwork": true, "spec.containers.0.ports": [{"containerPort": 80, "hostPort": 81}]}),
        ],
        expect![[r#"
            {}
            {"spec.containers":[]}
              spec.containers: Required value
            {"spec.dnsPolicy":"Never","spec.restartPolicy":"Sometimes"}
              spec.restartPolicy: Unsupported value: "Sometimes": supported values: "Always", "OnFailure", "Never"
              spec.dnsPolicy: Unsupported value: "Never": supported values: "ClusterFirstWithHostNet", "ClusterFirst", "Default", "None"
            {"spec.terminationGracePeriodSeconds":-1}
            {"spec.activeDeadlineSeconds":0}
              spec.activeDeadlineSeconds: Invalid value: 0: must be between 1 and 2147483647, inclusive
            {"spec.hostname":"A","spec.nodeName":"E","spec.serviceAccountName":"D","spec.subdomain":"b.c"}
              spec.serviceAccountName: Invalid value: "D": a lowercase RFC 1123 subdomain must consist of lower case alphanumeric characters, '-' or '.', and must start and end with an alphanumeric character (e.g. 'example.com', regex used for validation is '[a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*')
              spec.nodeName: Invalid value: "E": a lowercase RFC 1123 subdomain must consist of lower case alphanumeric characters, '-' or '.', and must start and end with an alphanumeric character (e.g. 'example.com', regex used for validation is '[a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*')
              spec.hostname: Invalid value: "A": a lowercase RFC 1123 label must consist of lower case alphanumeric characters or '-', and must start and end with an alphanumeric character (e.g. 'my-name',  or '123-abc', regex used for validation is '[a-z0-9]([-a-z0-9]*[a-z0-9])?')
              spec.subdomain: Invalid value: "b.c": a lowercase RFC 1123 label must consist of lower case alphanumeric characters or '-', and must start and end with an alphanumeric character (e.g. 'my-name',  or '123-abc', regex used for validation is '[a-z0-9]([-a-z0-9]*[a-z0-9])?')
            {"spec.hostNetwork":true,"spec.hostnameOverride":"a.b.c","spec.setHostnameAsFQDN":true}
              spec.hostnameOverride: Forbidden: may not be specified when `setHostnameAsFQDN` is true
              spec.hostnameOverride: Forbidden: may not be specified when `hostNetwork` is true
            {"spec.preemptionPolicy":"Maybe","spec.priorityClassName":"A b","spec.runtimeClassName":""}
              spec.priorityClassName: Invalid value: "A b": a lowercase RFC 1123 subdomain must consist of lower case alphanumeric characters, '-' or '.', and must start and end with an alphanumeric character (e.g. 'example.com', regex used for validation is '[a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*')
              spec.runtimeClassName: Invalid value: "": a lowercase RFC 1123 subdomain must consist of lower case alphanumeric characters, '-' or '.', and must start and end with an alphanumeric character (e.g. 'example.com', regex used for validation is '[a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*')
              spec.preemptionPolicy: Unsupported value: "Maybe": supported values: "PreemptLowerPriority", "Never"
            {"spec.nodeSelector":{"a":"b c"}}
              spec.nodeSelector: Invalid value: "b c": a valid label must be an empty string or consist of alphanumeric characters, '-', '_' or '.', and must start and end with an alphanumeric character (e.g. 'MyValue',  or 'my_value',  or '12345', regex used for validation is '(([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9])?')
            {"spec.hostAliases":[{"hostnames":["a.b","C"],"ip":"1.2.3"}]}
              spec.hostAliases[0].ip: Invalid value: "1.2.3": must be a valid IP address, (e.g. 10.9.8.7 or 2001:db8::ffff)
              spec.hostAliases[0].hostnames[1]: Invalid value: "C": a lowercase RFC 1123 subdomain must consist of lower case alphanumeric characters, '-' or '.', and must start and end with an alphanumeric character (e.g. 'example.com', regex used for validation is '[a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*')
            {"spec.readinessGates":[{"conditionType":"a b"}],"spec.schedulingGates":[{"name":"a"},{"name":"a"},{"name":""}]}
              spec.readinessGates[0].conditionType: Invalid value: "a b": name part must consist of alphanumeric characters, '-', '_' or '.', and must start and end with an alphanumeric character (e.g. 'MyName',  or 'my.name',  or '123-abc', regex used for validation is '([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9]')
              spec.schedulingGates[1]: Duplicate value: "a"
              spec.schedulingGates[2]: Invalid value: "": name part must be non-empty
            {"spec.nodeName":"n","spec.schedulingGates":[{"name":"a"}]}
              spec.nodeName: Forbidden: cannot be set until all schedulingGates have been cleared
            {"spec.overhead":{"cpu":"-1","gold":"1"}}
              spec.overhead.limits[cpu]: Invalid value: "-1": must be greater than or equal to 0
              spec.overhead.limits[gold]: Invalid value: "gold": must be a standard resource type or fully qualified
              spec.overhead.limits[gold]: Invalid value: "gold": must be a standard resource for containers
            {"spec.ephemeralContainers":[{"image":"x","name":"debug"}]}
              spec.ephemeralContainers: Forbidden: cannot be set on create
            {"spec.hostNetwork":true,"spec.hostPID":true,"spec.hostUsers":false}
              spec.hostNetwork: Forbidden: when `pod.Spec.HostUsers` is false
              spec.HostPID: Forbidden: when `pod.Spec.HostUsers` is false
            {"spec.containers.0.ports":[{"containerPort":80,"hostPort":81}],"spec.hostNetwork":true}
              spec.containers[0].ports[0].hostPort: Invalid value: 81: must match `containerPort` when `hostNetwork` is true"#]],
    );
}

#[test]
fn dns() {
    creates(
        &pod(),
        &[
            json!({"spec.dnsPolicy": "None"}),
            json!({"spec.dnsPolicy": "None", "spec.dnsConfig": {"searches": ["a"]}}),
            json!({"spec.dnsConfig": {"nameservers": ["1.1.1.1", "::1", "x", "8.8.8.8"], "searches": ["a.b.", ".", "_x.y", "A"], "options": [{"value": "1"}]}}),
            json!({"spec.dnsConfig": {"searches": ["a".repeat(200), "b"]}}),
        ],
        expect![[r#"
            {"spec.dnsPolicy":"None"}
              spec.dnsConfig: Required value: must provide `dnsConfig` when `dnsPolicy` is None
            {"spec.dnsConfig":{"searches":["a"]},"spec.dnsPolicy":"None"}
              spec.dnsConfig.nameservers: Required value: must provide at least one DNS nameserver when `dnsPolicy` is None
            {"spec.dnsConfig":{"nameservers":["1.1.1.1","::1","x","8.8.8.8"],"options":[{"value":"1"}],"searches":["a.b.",".","_x.y","A"]}}
              spec.dnsConfig.nameservers: Invalid value: ["1.1.1.1","::1","x","8.8.8.8"]: must not have more than 3 nameservers
              spec.dnsConfig.nameservers[2]: Invalid value: "x": must be a valid IP address, (e.g. 10.9.8.7 or 2001:db8::ffff)
              spec.dnsConfig.searches[3]: Invalid value: "A": a lowercase RFC 1123 subdomain must consist of lower case alphanumeric characters, '_', '-' or '.', and must start and end with an alphanumeric character (e.g. 'example.com', regex used for validation is '_?[a-z0-9]([-_a-z0-9]*[a-z0-9])?(\._?[a-z0-9]([-_a-z0-9]*[a-z0-9])?)*')
              spec.dnsConfig.options[0]: Required value: must not be empty
            {"spec.dnsConfig":{"searches":["aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa","b"]}}"#]],
    );
}

#[test]
fn tolerations() {
    creates(
        &pod(),
        &[
            json!({"spec.tolerations": [{"operator": "Exists"}, {"key": "a", "value": "b", "effect": "NoSchedule"}]}),
            json!({"spec.tolerations": [{}, {"key": "a", "operator": "Exists", "value": "b"}]}),
            json!({"spec.tolerations": [{"key": "a", "effect": "NoSchedule", "tolerationSeconds": 1}, {"key": "a", "effect": "Never"}]}),
            json!({"spec.tolerations": [{"key": "a b", "operator": "Like", "value": "-"}, {"key": "a", "operator": "Gt", "value": "5"}, {"key": "a", "operator": "Lt", "value": "05"}]}),
        ],
        expect![[r#"
            {"spec.tolerations":[{"operator":"Exists"},{"effect":"NoSchedule","key":"a","value":"b"}]}
            {"spec.tolerations":[{},{"key":"a","operator":"Exists","value":"b"}]}
              spec.tolerations[0].operator: Invalid value: "": operator must be Exists when `key` is empty, which means "match all values and all keys"
              spec.tolerations[1].operator: Invalid value: "b": value must be empty when `operator` is 'Exists'
            {"spec.tolerations":[{"effect":"NoSchedule","key":"a","tolerationSeconds":1},{"effect":"Never","key":"a"}]}
              spec.tolerations[0].effect: Invalid value: "NoSchedule": effect must be 'NoExecute' when `tolerationSeconds` is set
              spec.tolerations[1].effect: Unsupported value: "Never": supported values: "NoSchedule", "PreferNoSchedule", "NoExecute"
            {"spec.tolerations":[{"key":"a b","operator":"Like","value":"-"},{"key":"a","operator":"Gt","value":"5"},{"key":"a","operator":"Lt","value":"05"}]}
              spec.tolerations[0].key: Invalid value: "a b": name part must consist of alphanumeric characters, '-', '_' or '.', and must start and end with an alphanumeric character (e.g. 'MyName',  or 'my.name',  or '123-abc', regex used for validation is '([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9]')
              spec.tolerations[0].operator: Unsupported value: "Like": supported values: "Equal", "Exists", "Lt", "Gt"
              spec.tolerations[2].value: Invalid value: "05": must be a valid decimal integer in canonical form"#]],
    );
}

#[test]
fn affinity() {
    let node = |value: Value| json!({"spec.affinity.nodeAffinity": value});
    let required = |terms: Value| {
        node(
            json!({"requiredDuringSchedulingIgnoredDuringExecution": {"nodeSelectorTerms": terms}}),
        )
    };
    let other = |kind: &str, value: Value| json!({(format!("spec.affinity.{kind}")): value});
    creates(
        &pod(),
        &[
            required(
                json!([{"matchExpressions": [{"key": "a", "operator": "In", "values": ["b"]}]}]),
            ),
            required(json!([])),
            required(
                json!([{"matchExpressions": [{"key": "a", "operator": "In"}, {"key": "a", "operator": "Gt"}, {"key": "a b", "operator": "Like"}]}]),
            ),
            required(
                json!([{"matchExpressions": [{"key": "a", "operator": "In", "values": ["-"]}]}]),
            ),
            required(
                json!([{"matchFields": [{"key": "metadata.name", "operator": "In", "values": ["A"]}, {"key": "b", "operator": "Exists"}, {"key": "metadata.name", "operator": "In", "values": []}]}]),
            ),
            node(
                json!({"preferredDuringSchedulingIgnoredDuringExecution": [{"weight": 0, "preference": {"matchExpressions": [{"key": "a", "operator": "In", "values": ["-"]}]}}]}),
            ),
            other(
                "podAffinity",
                json!({"requiredDuringSchedulingIgnoredDuringExecution": [{"topologyKey": "", "namespaces": ["A"], "labelSelector": {"matchLabels": {"a b": "c"}}}]}),
            ),
            other(
                "podAffinity",
                json!({"requiredDuringSchedulingIgnoredDuringExecution": [{"topologyKey": "z", "matchLabelKeys": ["a"]}]}),
            ),
            other(
                "podAffinity",
                json!({"requiredDuringSchedulingIgnoredDuringExecution": [{"topologyKey": "z", "labelSelector": {}, "matchLabelKeys": ["a"], "mismatchLabelKeys": ["a", "b c"]}]}),
            ),
            other(
                "podAntiAffinity",
                json!({"preferredDuringSchedulingIgnoredDuringExecution": [{"weight": 101, "podAffinityTerm": {"topologyKey": "a", "namespaceSelector": {"matchExpressions": [{"key": "a", "operator": "In"}]}}}]}),
            ),
        ],
        expect![[r#"
            {"spec.affinity.nodeAffinity":{"requiredDuringSchedulingIgnoredDuringExecution":{"nodeSelectorTerms":[{"matchExpressions":[{"key":"a","operator":"In","values":["b"]}]}]}}}
            {"spec.affinity.nodeAffinity":{"requiredDuringSchedulingIgnoredDuringExecution":{"nodeSelectorTerms":[]}}}
              spec.affinity.nodeAffinity.requiredDuringSchedulingIgnoredDuringExecution.nodeSelectorTerms: Required value: must have at least one node selector term
            {"spec.affinity.nodeAffinity":{"requiredDuringSchedulingIgnoredDuringExecution":{"nodeSelectorTerms":[{"matchExpressions":[{"key":"a","operator":"In"},{"key":"a","operator":"Gt"},{"key":"a b","operator":"Like"}]}]}}}
              spec.affinity.nodeAffinity.requiredDuringSchedulingIgnoredDuringExecution.nodeSelectorTerms[0].matchExpressions[0].values: Required value: must be specified when `operator` is 'In' or 'NotIn'
              spec.affinity.nodeAffinity.requiredDuringSchedulingIgnoredDuringExecution.nodeSelectorTerms[0].matchExpressions[1].values: Required value: must be specified single value when `operator` is 'Lt' or 'Gt'
              spec.affinity.nodeAffinity.requiredDuringSchedulingIgnoredDuringExecution.nodeSelectorTerms[0].matchExpressions[2].operator: Invalid value: "Like": not a valid selector operator
              spec.affinity.nodeAffinity.requiredDuringSchedulingIgnoredDuringExecution.nodeSelectorTerms[0].matchExpressions[2].key: Invalid value: "a b": name part must consist of alphanumeric characters, '-', '_' or '.', and must start and end with an alphanumeric character (e.g. 'MyName',  or 'my.name',  or '123-abc', regex used for validation is '([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9]')
            {"spec.affinity.nodeAffinity":{"requiredDuringSchedulingIgnoredDuringExecution":{"nodeSelectorTerms":[{"matchExpressions":[{"key":"a","operator":"In","values":["-"]}]}]}}}
              spec.affinity.nodeAffinity.requiredDuringSchedulingIgnoredDuringExecution.nodeSelectorTerms[0].matchExpressions[0].values[0]: Invalid value: "-": a valid label must be an empty string or consist of alphanumeric characters, '-', '_' or '.', and must start and end with an alphanumeric character (e.g. 'MyValue',  or 'my_value',  or '12345', regex used for validation is '(([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9])?')
            {"spec.affinity.nodeAffinity":{"requiredDuringSchedulingIgnoredDuringExecution":{"nodeSelectorTerms":[{"matchFields":[{"key":"metadata.name","operator":"In","values":["A"]},{"key":"b","operator":"Exists"},{"key":"metadata.name","operator":"In","values":[]}]}]}}}
              spec.affinity.nodeAffinity.requiredDuringSchedulingIgnoredDuringExecution.nodeSelectorTerms[0].matchFields[0].values[0]: Invalid value: "A": a lowercase RFC 1123 subdomain must consist of lower case alphanumeric characters, '-' or '.', and must start and end with an alphanumeric character (e.g. 'example.com', regex used for validation is '[a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*')
              spec.affinity.nodeAffinity.requiredDuringSchedulingIgnoredDuringExecution.nodeSelectorTerms[0].matchFields[1].operator: Invalid value: "Exists": not a valid selector operator
              spec.affinity.nodeAffinity.requiredDuringSchedulingIgnoredDuringExecution.nodeSelectorTerms[0].matchFields[1].key: Invalid value: "b": not a valid field selector key
              spec.affinity.nodeAffinity.requiredDuringSchedulingIgnoredDuringExecution.nodeSelectorTerms[0].matchFields[2].values: Required value: must be only one value when `operator` is 'In' or 'NotIn' for node field selector
            {"spec.affinity.nodeAffinity":{"preferredDuringSchedulingIgnoredDuringExecution":[{"preference":{"matchExpressions":[{"key":"a","operator":"In","values":["-"]}]},"weight":0}]}}
              spec.affinity.nodeAffinity.preferredDuringSchedulingIgnoredDuringExecution[0].weight: Invalid value: 0: must be in the range 1-100
            {"spec.affinity.podAffinity":{"requiredDuringSchedulingIgnoredDuringExecution":[{"labelSelector":{"matchLabels":{"a b":"c"}},"namespaces":["A"],"topologyKey":""}]}}
              spec.affinity.podAffinity.requiredDuringSchedulingIgnoredDuringExecution[0].labelSelector.matchLabels: Invalid value: "a b": name part must consist of alphanumeric characters, '-', '_' or '.', and must start and end with an alphanumeric character (e.g. 'MyName',  or 'my.name',  or '123-abc', regex used for validation is '([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9]')
              spec.affinity.podAffinity.requiredDuringSchedulingIgnoredDuringExecution[0].namespace: Invalid value: "A": a lowercase RFC 1123 label must consist of lower case alphanumeric characters or '-', and must start and end with an alphanumeric character (e.g. 'my-name',  or '123-abc', regex used for validation is '[a-z0-9]([-a-z0-9]*[a-z0-9])?')
              spec.affinity.podAffinity.requiredDuringSchedulingIgnoredDuringExecution[0].topologyKey: Required value: can not be empty
              spec.affinity.podAffinity.requiredDuringSchedulingIgnoredDuringExecution[0].topologyKey: Invalid value: "": name part must be non-empty
            {"spec.affinity.podAffinity":{"requiredDuringSchedulingIgnoredDuringExecution":[{"matchLabelKeys":["a"],"topologyKey":"z"}]}}
              spec.affinity.podAffinity.requiredDuringSchedulingIgnoredDuringExecution[0].matchLabelKeys: Forbidden: must not be specified when labelSelector is not set
            {"spec.affinity.podAffinity":{"requiredDuringSchedulingIgnoredDuringExecution":[{"labelSelector":{},"matchLabelKeys":["a"],"mismatchLabelKeys":["a","b c"],"topologyKey":"z"}]}}
              spec.affinity.podAffinity.requiredDuringSchedulingIgnoredDuringExecution[0].mismatchLabelKeys[1]: Invalid value: "b c": name part must consist of alphanumeric characters, '-', '_' or '.', and must start and end with an alphanumeric character (e.g. 'MyName',  or 'my.name',  or '123-abc', regex used for validation is '([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9]')
              spec.affinity.podAffinity.requiredDuringSchedulingIgnoredDuringExecution[0].matchLabelKeys[0]: Invalid value: "a": exists in both matchLabelKeys and mismatchLabelKeys
            {"spec.affinity.podAntiAffinity":{"preferredDuringSchedulingIgnoredDuringExecution":[{"podAffinityTerm":{"namespaceSelector":{"matchExpressions":[{"key":"a","operator":"In"}]},"topologyKey":"a"},"weight":101}]}}
              spec.affinity.podAntiAffinity.preferredDuringSchedulingIgnoredDuringExecution[0].weight: Invalid value: 101: must be in the range 1-100
              spec.affinity.podAntiAffinity.preferredDuringSchedulingIgnoredDuringExecution[0].podAffinityTerm.namespaceSelector.matchExpressions[0].values: Required value: must be specified when `operator` is 'In' or 'NotIn'"#]],
    );
}

#[test]
fn spreading() {
    let of = |constraints: Value| json!({"spec.topologySpreadConstraints": constraints});
    let good = json!({"maxSkew": 1, "topologyKey": "zone", "whenUnsatisfiable": "DoNotSchedule"});
    creates(
        &pod(),
        &[
            of(json!([good])),
            of(json!([good, good])),
            of(
                json!([{"maxSkew": 0, "topologyKey": "", "whenUnsatisfiable": "Maybe", "minDomains": 0, "nodeTaintsPolicy": "Some"}]),
            ),
            of(
                json!([{"maxSkew": 1, "topologyKey": "a", "whenUnsatisfiable": "ScheduleAnyway", "minDomains": 2, "matchLabelKeys": ["b"]}]),
            ),
            of(
                json!([{"maxSkew": 1, "topologyKey": "a", "whenUnsatisfiable": "ScheduleAnyway", "matchLabelKeys": ["b"], "labelSelector": {"matchLabels": {"b": "c"}}}]),
            ),
        ],
        expect![[r#"
            {"spec.topologySpreadConstraints":[{"maxSkew":1,"topologyKey":"zone","whenUnsatisfiable":"DoNotSchedule"}]}
            {"spec.topologySpreadConstraints":[{"maxSkew":1,"topologyKey":"zone","whenUnsatisfiable":"DoNotSchedule"},{"maxSkew":1,"topologyKey":"zone","whenUnsatisfiable":"DoNotSchedule"}]}
              spec.topologySpreadConstraints[0].{topologyKey, whenUnsatisfiable}: Duplicate value: "{zone, DoNotSchedule}"
            {"spec.topologySpreadConstraints":[{"maxSkew":0,"minDomains":0,"nodeTaintsPolicy":"Some","topologyKey":"","whenUnsatisfiable":"Maybe"}]}
              spec.topologySpreadConstraints[0].maxSkew: Invalid value: 0: must be greater than zero
              spec.topologySpreadConstraints[0].topologyKey: Required value: can not be empty
              spec.topologySpreadConstraints[0].whenUnsatisfiable: Unsupported value: "Maybe": supported values: "DoNotSchedule", "ScheduleAnyway"
              spec.topologySpreadConstraints[0].minDomains: Invalid value: 0: must be greater than zero
              spec.topologySpreadConstraints[0].minDomains: Invalid value: 0: can only use minDomains if whenUnsatisfiable=DoNotSchedule, not Maybe
              spec.topologySpreadConstraints[0].nodeTaintsPolicy: Unsupported value: "Some": supported values: "Honor", "Ignore"
            {"spec.topologySpreadConstraints":[{"matchLabelKeys":["b"],"maxSkew":1,"minDomains":2,"topologyKey":"a","whenUnsatisfiable":"ScheduleAnyway"}]}
              spec.topologySpreadConstraints[0].minDomains: Invalid value: 2: can only use minDomains if whenUnsatisfiable=DoNotSchedule, not ScheduleAnyway
              spec.topologySpreadConstraints[0].matchLabelKeys: Forbidden: must not be specified when labelSelector is not set
            {"spec.topologySpreadConstraints":[{"labelSelector":{"matchLabels":{"b":"c"}},"matchLabelKeys":["b"],"maxSkew":1,"topologyKey":"a","whenUnsatisfiable":"ScheduleAnyway"}]}
              spec.topologySpreadConstraints[0].matchLabelKeys[0]: Invalid value: "b": exists in both matchLabelKeys and labelSelector"#]],
    );
}

#[test]
fn resources_of_pods_and_claims_for_devices() {
    creates(
        &pod(),
        &[
            json!({"spec.resources": {"requests": {"cpu": "1"}, "limits": {"cpu": "2"}}}),
            json!({"spec.resources": {"requests": {"cpu": "1", "ephemeral-storage": "1"}, "limits": {"cpu": "500m"}, "claims": [{"name": "x"}]}}),
            json!({"spec.resources": {"requests": {"cpu": "1"}}, "spec.containers.0.resources": {"requests": {"cpu": "2"}}}),
            json!({"spec.resources": {"limits": {"memory": "1Gi"}}, "spec.containers.0.resources": {"limits": {"memory": "2Gi"}}}),
            json!({"spec.resourceClaims": [{"name": "a", "resourceClaimName": "b"}], "spec.containers.0.resources.claims": [{"name": "a"}]}),
            json!({"spec.resourceClaims": [{"name": "a"}, {"name": "a", "resourceClaimName": "B", "resourceClaimTemplateName": "c"}, {"name": ""}]}),
            json!({"spec.resourceClaims": [{"name": "a", "resourceClaimName": "b"}], "spec.containers.0.resources.claims": [{"name": "x"}, {"name": "a", "request": "r"}, {"name": "a"}, {"name": ""}]}),
            json!({"spec.containers.0.resources.claims": [{"name": "x"}]}),
        ],
        expect![[r#"
            {"spec.resources":{"limits":{"cpu":"2"},"requests":{"cpu":"1"}}}
            {"spec.resources":{"claims":[{"name":"x"}],"limits":{"cpu":"500m"},"requests":{"cpu":"1","ephemeral-storage":"1"}}}
              spec.resources.claims: Forbidden: claims cannot be set for Resources at pod-level
              spec.resources.requests: Invalid value: "1": must be less than or equal to cpu limit of 500m
              spec.resources.requests[ephemeral-storage]: Unsupported value: "ephemeral-storage": supported values: "cpu", "memory"
              spec.resources.claims[0]: Not found: "x": must be one of the names in pod.spec.resourceClaims which is empty
            {"spec.containers.0.resources":{"requests":{"cpu":"2"}},"spec.resources":{"requests":{"cpu":"1"}}}
              spec.resources.requests[cpu]: Invalid value: "1": must be greater than or equal to aggregate container requests of 2
            {"spec.containers.0.resources":{"limits":{"memory":"2Gi"}},"spec.resources":{"limits":{"memory":"1Gi"}}}
              spec.resources.requests: Invalid value: "2Gi": must be less than or equal to memory limit of 1Gi
              spec.resources.containers[0][memory].limits: Invalid value: "2Gi": must be less than or equal to pod limits of 1Gi
            {"spec.containers.0.resources.claims":[{"name":"a"}],"spec.resourceClaims":[{"name":"a","resourceClaimName":"b"}]}
            {"spec.resourceClaims":[{"name":"a"},{"name":"a","resourceClaimName":"B","resourceClaimTemplateName":"c"},{"name":""}]}
              spec.resourceClaims[0]: Invalid value: {"Name":"a","ResourceClaimName":null,"ResourceClaimTemplateName":null}: must specify one of: `resourceClaimName`, `resourceClaimTemplateName`
              spec.resourceClaims[1].name: Duplicate value: "a"
              spec.resourceClaims[1]: Invalid value: {"Name":"a","ResourceClaimName":"B","ResourceClaimTemplateName":"c"}: at most one of `resourceClaimName` or `resourceClaimTemplateName` may be specified
              spec.resourceClaims[1].resourceClaimName: Invalid value: "B": a lowercase RFC 1123 subdomain must consist of lower case alphanumeric characters, '-' or '.', and must start and end with an alphanumeric character (e.g. 'example.com', regex used for validation is '[a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*')
              spec.resourceClaims[2].name: Required value
              spec.resourceClaims[2]: Invalid value: {"Name":"","ResourceClaimName":null,"ResourceClaimTemplateName":null}: must specify one of: `resourceClaimName`, `resourceClaimTemplateName`
            {"spec.containers.0.resources.claims":[{"name":"x"},{"name":"a","request":"r"},{"name":"a"},{"name":""}],"spec.resourceClaims":[{"name":"a","resourceClaimName":"b"}]}
              spec.containers[0].resources.claims[0]: Not found: "x": must be one of the names in pod.spec.resourceClaims: a
              spec.containers[0].resources.claims[2]: Duplicate value: "a"
              spec.containers[0].resources.claims[3]: Required value
            {"spec.containers.0.resources.claims":[{"name":"x"}]}
              spec.containers[0].resources.claims[0]: Not found: "x": must be one of the names in pod.spec.resourceClaims which is empty"#]],
    );
}

#[test]
fn annotations_of_before() {
    let of = |key: &str, value: &str| json!({"metadata.annotations": {(key): value}});
    creates(
        &pod(),
        &[
            of("kubernetes.io/config.mirror", "x"),
            of("controller.kubernetes.io/pod-deletion-cost", "-5"),
            of("controller.kubernetes.io/pod-deletion-cost", "cheap"),
            of("scheduler.alpha.kubernetes.io/tolerations", "[{}]"),
            of("seccomp.security.alpha.kubernetes.io/pod", "tight"),
            of(
                "container.seccomp.security.alpha.kubernetes.io/web",
                "localhost//a",
            ),
            of(
                "container.apparmor.security.beta.kubernetes.io/web",
                "tight",
            ),
            of(
                "container.apparmor.security.beta.kubernetes.io/other",
                "unconfined",
            ),
            json!({"metadata.annotations": {"container.apparmor.security.beta.kubernetes.io/web": "unconfined"}, "spec.securityContext.appArmorProfile.type": "RuntimeDefault"}),
            json!({"metadata.annotations": {"seccomp.security.alpha.kubernetes.io/pod": "unconfined"}, "spec.securityContext.seccompProfile.type": "RuntimeDefault"}),
        ],
        expect![[r#"
            {"metadata.annotations":{"kubernetes.io/config.mirror":"x"}}
              metadata.annotations[kubernetes.io/config.mirror]: Invalid value: "x": must set spec.nodeName if mirror pod annotation is set
            {"metadata.annotations":{"controller.kubernetes.io/pod-deletion-cost":"-5"}}
            {"metadata.annotations":{"controller.kubernetes.io/pod-deletion-cost":"cheap"}}
              metadata.annotations[controller.kubernetes.io/pod-deletion-cost]: Invalid value: "cheap": must be a 32bit integer
            {"metadata.annotations":{"scheduler.alpha.kubernetes.io/tolerations":"[{}]"}}
              metadata.annotations.scheduler.alpha.kubernetes.io/tolerations[0].operator: Invalid value: "": operator must be Exists when `key` is empty, which means "match all values and all keys"
            {"metadata.annotations":{"seccomp.security.alpha.kubernetes.io/pod":"tight"}}
              metadata.annotations.seccomp.security.alpha.kubernetes.io/pod: Invalid value: "tight": must be a valid seccomp profile
            {"metadata.annotations":{"container.seccomp.security.alpha.kubernetes.io/web":"localhost//a"}}
              metadata.annotations.container.seccomp.security.alpha.kubernetes.io/web: Invalid value: "/a": must be a relative path
            {"metadata.annotations":{"container.apparmor.security.beta.kubernetes.io/web":"tight"}}
              metadata.annotations[container.apparmor.security.beta.kubernetes.io/web]: Invalid value: "tight": invalid AppArmor profile name: "tight"
            {"metadata.annotations":{"container.apparmor.security.beta.kubernetes.io/other":"unconfined"}}
              metadata.annotations[container.apparmor.security.beta.kubernetes.io/other]: Invalid value: "other": container not found
            {"metadata.annotations":{"container.apparmor.security.beta.kubernetes.io/web":"unconfined"},"spec.securityContext.appArmorProfile.type":"RuntimeDefault"}
              spec.containers[0].securityContext.appArmorProfile.type: Forbidden: apparmor type in annotation and field must match
            {"metadata.annotations":{"seccomp.security.alpha.kubernetes.io/pod":"unconfined"},"spec.securityContext.seccompProfile.type":"RuntimeDefault"}
              spec.securityContext.seccompProfile.type: Forbidden: seccomp type in annotation and field must match"#]],
    );
}
