//! Services, and where they lead to.
// upstream: pkg/apis/core/validation/validation_test.go TestValidateServiceCreate, TestValidateServiceUpdate

use expect_test::expect;
use serde_json::{Value, json};

use super::{creates, updates};

fn service() -> Value {
    json!({
        "apiVersion": "v1", "kind": "Service", "metadata": {"name": "web", "namespace": "default"},
        "spec": {"selector": {"app": "web"}, "ports": [{"port": 80}]},
    })
}

#[test]
fn types_and_names() {
    creates(
        &service(),
        &[
            json!({}),
            json!({"metadata.name": "1web"}),
            json!({"metadata.name": "web.x"}),
            json!({"spec.type": "Cluster"}),
            json!({"spec.type": "ExternalName"}),
            json!({"spec.type": "ExternalName", "spec.externalName": "a.b.", "spec.ports": null}),
            json!({"spec.type": "ExternalName", "spec.externalName": "A", "spec.clusterIP": "10.0.0.1", "spec.clusterIPs": ["10.0.0.1"], "spec.ipFamilies": ["IPv4"], "spec.ipFamilyPolicy": "SingleStack"}),
            json!({"spec.type": "NodePort", "spec.clusterIP": "None", "spec.clusterIPs": ["None"]}),
            json!({"spec.selector": {"a b": "c"}, "spec.sessionAffinity": "Cookie"}),
            json!({"spec.sessionAffinity": "ClientIP", "spec.sessionAffinityConfig": {"clientIP": {"timeoutSeconds": 90_000}}}),
            json!({"spec.sessionAffinityConfig": {"clientIP": {"timeoutSeconds": 5}}}),
        ],
        expect![[r#"
            {}
            {"metadata.name":"1web"}
            {"metadata.name":"web.x"}
              metadata.name: Invalid value: "web.x": a lowercase RFC 1123 label must consist of lower case alphanumeric characters or '-', and must start and end with an alphanumeric character (e.g. 'my-name',  or '123-abc', regex used for validation is '[a-z0-9]([-a-z0-9]*[a-z0-9])?')
            {"spec.type":"Cluster"}
              spec.type: Unsupported value: "Cluster": supported values: "ClusterIP", "ExternalName", "LoadBalancer", "NodePort"
            {"spec.type":"ExternalName"}
              spec.externalName: Required value
            {"spec.externalName":"a.b.","spec.ports":null,"spec.type":"ExternalName"}
            {"spec.clusterIP":"10.0.0.1","spec.clusterIPs":["10.0.0.1"],"spec.externalName":"A","spec.ipFamilies":["IPv4"],"spec.ipFamilyPolicy":"SingleStack","spec.type":"ExternalName"}
              spec.clusterIPs: Forbidden: may not be set for ExternalName services
              spec.ipFamilies: Forbidden: may not be set for ExternalName services
              spec.ipFamilyPolicy: Forbidden: may not be set for ExternalName services
              spec.externalName: Invalid value: "A": a lowercase RFC 1123 subdomain must consist of lower case alphanumeric characters, '-' or '.', and must start and end with an alphanumeric character (e.g. 'example.com', regex used for validation is '[a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*')
            {"spec.clusterIP":"None","spec.clusterIPs":["None"],"spec.type":"NodePort"}
              spec.clusterIPs[0]: Invalid value: "None": may not be set to 'None' for NodePort services
            {"spec.selector":{"a b":"c"},"spec.sessionAffinity":"Cookie"}
              spec.selector: Invalid value: "a b": name part must consist of alphanumeric characters, '-', '_' or '.', and must start and end with an alphanumeric character (e.g. 'MyName',  or 'my.name',  or '123-abc', regex used for validation is '([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9]')
              spec.sessionAffinity: Unsupported value: "Cookie": supported values: "ClientIP", "None"
            {"spec.sessionAffinity":"ClientIP","spec.sessionAffinityConfig":{"clientIP":{"timeoutSeconds":90000}}}
              spec.sessionAffinityConfig.clientIP.timeoutSeconds: Invalid value: 90000: must be greater than 0 and less than 86400
            {"spec.sessionAffinityConfig":{"clientIP":{"timeoutSeconds":5}}}"#]],
    );
}

#[test]
fn ports() {
    creates(
        &service(),
        &[
            json!({"spec.ports": []}),
            json!({"spec.ports": [], "spec.clusterIP": "None", "spec.clusterIPs": ["None"]}),
            json!({"spec.ports": [{"port": 80}, {"port": 80}]}),
            json!({"spec.ports": [{"name": "a", "port": 80}, {"name": "a", "port": 80, "protocol": "UDP"}, {"name": "B", "port": 81, "protocol": "HTTP"}]}),
            json!({"spec.ports": [{"port": 0, "targetPort": "UPPER", "nodePort": 30007, "appProtocol": "a b"}]}),
            json!({"spec.type": "NodePort", "spec.ports": [{"name": "a", "port": 80, "nodePort": 30007}, {"name": "b", "port": 81, "nodePort": 30007}]}),
        ],
        expect![[r#"
            {"spec.ports":[]}
              spec.ports: Required value
            {"spec.clusterIP":"None","spec.clusterIPs":["None"],"spec.ports":[]}
            {"spec.ports":[{"port":80},{"port":80}]}
              spec.ports[0].name: Required value
              spec.ports[1].name: Required value
              spec.ports[1]: Duplicate value: {"Name":"","Protocol":"TCP","AppProtocol":null,"Port":80,"TargetPort":0,"NodePort":0}
            {"spec.ports":[{"name":"a","port":80},{"name":"a","port":80,"protocol":"UDP"},{"name":"B","port":81,"protocol":"HTTP"}]}
              spec.ports[1].name: Duplicate value: "a"
              spec.ports[2].name: Invalid value: "B": a lowercase RFC 1123 label must consist of lower case alphanumeric characters or '-', and must start and end with an alphanumeric character (e.g. 'my-name',  or '123-abc', regex used for validation is '[a-z0-9]([-a-z0-9]*[a-z0-9])?')
              spec.ports[2].protocol: Unsupported value: "HTTP": supported values: "SCTP", "TCP", "UDP"
            {"spec.ports":[{"appProtocol":"a b","nodePort":30007,"port":0,"targetPort":"UPPER"}]}
              spec.ports[0].port: Invalid value: 0: must be between 1 and 65535, inclusive
              spec.ports[0].targetPort: Invalid value: "UPPER": must contain only alpha-numeric characters (a-z, 0-9), and hyphens (-)
              spec.ports[0].targetPort: Invalid value: "UPPER": must contain at least one letter (a-z)
              spec.ports[0].appProtocol: Invalid value: "a b": name part must consist of alphanumeric characters, '-', '_' or '.', and must start and end with an alphanumeric character (e.g. 'MyName',  or 'my.name',  or '123-abc', regex used for validation is '([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9]')
              spec.ports[0].nodePort: Forbidden: may not be used when `type` is 'ClusterIP'
            {"spec.ports":[{"name":"a","nodePort":30007,"port":80},{"name":"b","nodePort":30007,"port":81}],"spec.type":"NodePort"}
              spec.ports[1].nodePort: Duplicate value: 30007"#]],
    );
}

#[test]
fn addresses() {
    let ips = |ips: &[&str]| json!({"spec.clusterIP": ips[0], "spec.clusterIPs": ips});
    creates(
        &service(),
        &[
            ips(&["abc"]),
            ips(&["None", "10.0.0.1"]),
            ips(&["10.0.0.1", "10.0.0.2"]),
            ips(&["10.0.0.1", "fd00::1", "fd00::2"]),
            json!({"spec.clusterIP": "10.0.0.1", "spec.clusterIPs": ["10.0.0.2"]}),
            json!({"spec.clusterIPs": ["10.0.0.2"]}),
            json!({"spec.clusterIP": "10.0.0.1", "spec.clusterIPs": ["10.0.0.1"], "spec.ipFamilies": ["IPv6"]}),
            json!({"spec.ipFamilies": ["IPv4", "IPv4", "IPv5"], "spec.ipFamilyPolicy": "Triple"}),
            json!({"spec.externalIPs": ["a", "127.0.0.1", "0.0.0.0", "169.254.1.1", "224.0.0.1", "8.8.8.8"]}),
        ],
        expect![[r#"
            {"spec.clusterIP":"abc","spec.clusterIPs":["abc"]}
              spec.clusterIPs[0]: Invalid value: "abc": must be a valid IP address, (e.g. 10.9.8.7 or 2001:db8::ffff)
            {"spec.clusterIP":"None","spec.clusterIPs":["None","10.0.0.1"]}
              spec.clusterIPs: Invalid value: ["None","10.0.0.1"]: 'None' must be the first and only value
            {"spec.clusterIP":"10.0.0.1","spec.clusterIPs":["10.0.0.1","10.0.0.2"]}
              spec.clusterIPs: Invalid value: ["10.0.0.1","10.0.0.2"]: may specify no more than one IP for each IP family
            {"spec.clusterIP":"10.0.0.1","spec.clusterIPs":["10.0.0.1","fd00::1","fd00::2"]}
              spec.clusterIPs: Invalid value: ["10.0.0.1","fd00::1","fd00::2"]: may only hold up to 2 values
            {"spec.clusterIP":"10.0.0.1","spec.clusterIPs":["10.0.0.2"]}
              spec.clusterIPs: Invalid value: ["10.0.0.2"]: first value must match `clusterIP`
            {"spec.clusterIPs":["10.0.0.2"]}
              spec.clusterIPs: Invalid value: ["10.0.0.2"]: must be empty when `clusterIP` is not specified
            {"spec.clusterIP":"10.0.0.1","spec.clusterIPs":["10.0.0.1"],"spec.ipFamilies":["IPv6"]}
              spec.clusterIPs[0]: Invalid value: "10.0.0.1": expected an IPv6 value as indicated by `ipFamilies[0]`
            {"spec.ipFamilies":["IPv4","IPv4","IPv5"],"spec.ipFamilyPolicy":"Triple"}
              spec.ipFamilies[1]: Duplicate value: "IPv4"
              spec.ipFamilies[2]: Unsupported value: "IPv5": supported values: "IPv4", "IPv6"
              spec.ipFamilyPolicy: Unsupported value: "Triple": supported values: "PreferDualStack", "RequireDualStack", "SingleStack"
            {"spec.externalIPs":["a","127.0.0.1","0.0.0.0","169.254.1.1","224.0.0.1","8.8.8.8"]}
              spec.externalIPs[0]: Invalid value: "a": must be a valid IP address, (e.g. 10.9.8.7 or 2001:db8::ffff)
              spec.externalIPs[1]: Invalid value: "127.0.0.1": may not be in the loopback range (127.0.0.0/8, ::1/128)
              spec.externalIPs[2]: Invalid value: "0.0.0.0": may not be unspecified (0.0.0.0)
              spec.externalIPs[3]: Invalid value: "169.254.1.1": may not be in the link-local range (169.254.0.0/16, fe80::/10)
              spec.externalIPs[4]: Invalid value: "224.0.0.1": may not be in the link-local multicast range (224.0.0.0/24, ff02::/10)"#]],
    );
}

#[test]
fn load_balancers_and_policies() {
    creates(
        &service(),
        &[
            json!({"spec.loadBalancerSourceRanges": ["10.0.0.0/8"], "spec.allocateLoadBalancerNodePorts": true, "spec.loadBalancerClass": "a.b/c"}),
            json!({"spec.type": "LoadBalancer", "spec.loadBalancerSourceRanges": [" 10.0.0.0/8 ", "x"], "spec.loadBalancerClass": "a b"}),
            json!({"spec.type": "LoadBalancer", "metadata.annotations": {"service.beta.kubernetes.io/load-balancer-source-ranges": "1.2.3.4/24,y"}}),
            json!({"spec.externalTrafficPolicy": "Local", "spec.healthCheckNodePort": 30000}),
            json!({"spec.type": "LoadBalancer", "spec.externalTrafficPolicy": "Local"}),
            json!({"spec.type": "NodePort", "spec.externalTrafficPolicy": "Some", "spec.internalTrafficPolicy": "Some"}),
            json!({"spec.trafficDistribution": "PreferSameNode"}),
            json!({"spec.trafficDistribution": "Near"}),
            json!({"metadata.annotations": {"service.kubernetes.io/topology-aware-hints": "auto", "service.kubernetes.io/topology-mode": "Auto"}}),
        ],
        expect![[r#"
            {"spec.allocateLoadBalancerNodePorts":true,"spec.loadBalancerClass":"a.b/c","spec.loadBalancerSourceRanges":["10.0.0.0/8"]}
              spec.LoadBalancerSourceRanges: Forbidden: may only be used when `type` is 'LoadBalancer'
              spec.allocateLoadBalancerNodePorts: Forbidden: may only be used when `type` is 'LoadBalancer'
              spec.loadBalancerClass: Forbidden: may only be used when `type` is 'LoadBalancer'
            {"spec.loadBalancerClass":"a b","spec.loadBalancerSourceRanges":[" 10.0.0.0/8 ","x"],"spec.type":"LoadBalancer"}
              spec.LoadBalancerSourceRanges[1]: Invalid value: "x": must be a valid CIDR value, (e.g. 10.9.8.0/24 or 2001:db8::/64)
              spec.loadBalancerClass: Invalid value: "a b": name part must consist of alphanumeric characters, '-', '_' or '.', and must start and end with an alphanumeric character (e.g. 'MyName',  or 'my.name',  or '123-abc', regex used for validation is '([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9]')
            {"metadata.annotations":{"service.beta.kubernetes.io/load-balancer-source-ranges":"1.2.3.4/24,y"},"spec.type":"LoadBalancer"}
              metadata.annotations[service.beta.kubernetes.io/load-balancer-source-ranges]: Invalid value: "y": must be a valid CIDR value, (e.g. 10.9.8.0/24 or 2001:db8::/64)
            {"spec.externalTrafficPolicy":"Local","spec.healthCheckNodePort":30000}
              spec.externalTrafficPolicy: Invalid value: "Local": may only be set for externally-accessible services
              spec.healthCheckNodePort: Invalid value: 30000: may only be set when `type` is 'LoadBalancer' and `externalTrafficPolicy` is 'Local'
            {"spec.externalTrafficPolicy":"Local","spec.type":"LoadBalancer"}
              spec.healthCheckNodePort: Required value
            {"spec.externalTrafficPolicy":"Some","spec.internalTrafficPolicy":"Some","spec.type":"NodePort"}
              spec.externalTrafficPolicy: Unsupported value: "Some": supported values: "Cluster", "Local"
              spec.internalTrafficPolicy: Unsupported value: "Some": supported values: "Cluster", "Local"
            {"spec.trafficDistribution":"PreferSameNode"}
            {"spec.trafficDistribution":"Near"}
              spec.trafficDistribution: Unsupported value: "Near": supported values: "PreferClose", "PreferSameNode", "PreferSameZone"
            {"metadata.annotations":{"service.kubernetes.io/topology-aware-hints":"auto","service.kubernetes.io/topology-mode":"Auto"}}
              metadata.annotations[service.kubernetes.io/topology-mode]: Invalid value: "Auto": must match annotations[service.kubernetes.io/topology-aware-hints] when both are specified"#]],
    );
}

#[test]
fn what_may_change_in_a_service() {
    let mut addressed = service();
    addressed["spec"]["clusterIP"] = "10.96.0.9".into();
    addressed["spec"]["clusterIPs"] = json!(["10.96.0.9"]);
    addressed["spec"]["ipFamilies"] = json!(["IPv4"]);
    addressed["spec"]["ipFamilyPolicy"] = "SingleStack".into();
    updates(
        &addressed,
        &[
            json!({"spec.ports.0.port": 81}),
            json!({"spec.clusterIP": "10.96.0.8", "spec.clusterIPs": ["10.96.0.8"]}),
            json!({"spec.clusterIP": null, "spec.clusterIPs": null}),
            json!({"spec.clusterIP": "None", "spec.clusterIPs": ["None"]}),
            json!({"spec.ipFamilies": ["IPv6"]}),
            json!({"spec.type": "ExternalName", "spec.externalName": "a.b", "spec.clusterIP": null, "spec.clusterIPs": null, "spec.ipFamilies": null, "spec.ipFamilyPolicy": null}),
        ],
        expect![[r#"
            {"spec.ports.0.port":81}
            {"spec.clusterIP":"10.96.0.8","spec.clusterIPs":["10.96.0.8"]}
              spec.clusterIPs[0]: Invalid value: ["10.96.0.8"]: may not change once set
            {"spec.clusterIP":null,"spec.clusterIPs":null}
              spec.clusterIPs[0]: Invalid value: null: primary clusterIP can not be unset
            {"spec.clusterIP":"None","spec.clusterIPs":["None"]}
              spec.clusterIPs[0]: Invalid value: ["None"]: may not change once set
            {"spec.ipFamilies":["IPv6"]}
              spec.ipFamilies[0]: Invalid value: ["IPv6"]: may not change once set
              spec.clusterIPs[0]: Invalid value: "10.96.0.9": expected an IPv6 value as indicated by `ipFamilies[0]`
            {"spec.clusterIP":null,"spec.clusterIPs":null,"spec.externalName":"a.b","spec.ipFamilies":null,"spec.ipFamilyPolicy":null,"spec.type":"ExternalName"}"#]],
    );
    let mut balanced = addressed;
    balanced["spec"]["type"] = "LoadBalancer".into();
    balanced["spec"]["loadBalancerClass"] = "a.b/c".into();
    balanced["spec"]["externalTrafficPolicy"] = "Local".into();
    balanced["spec"]["healthCheckNodePort"] = 30_500.into();
    updates(
        &balanced,
        &[json!({"spec.loadBalancerClass": "a.b/d", "spec.healthCheckNodePort": 30_501})],
        expect![[r#"
            {"spec.healthCheckNodePort":30501,"spec.loadBalancerClass":"a.b/d"}
              spec.loadBalancerClass: Invalid value: "a.b/d": may not change once set
              spec.healthCheckNodePort: Forbidden: field is immutable"#]],
    );
}

#[test]
fn endpoints() {
    let object = json!({
        "apiVersion": "v1", "kind": "Endpoints", "metadata": {"name": "web", "namespace": "default"},
        "subsets": [{"addresses": [{"ip": "10.0.0.1"}], "ports": [{"port": 80}]}],
    });
    creates(
        &object,
        &[
            json!({}),
            json!({"subsets.0.addresses": []}),
            json!({"subsets.0.addresses": [{"ip": "x", "hostname": "A", "nodeName": "B"}, {"ip": "127.0.0.1"}]}),
            json!({"subsets.0.ports": [{"port": 0, "protocol": "HTTP"}, {"name": "A", "port": 1, "appProtocol": "a b"}]}),
        ],
        expect![[r#"
            {}
            {"subsets.0.addresses":[]}
              subsets[0]: Required value: must specify `addresses` or `notReadyAddresses`
            {"subsets.0.addresses":[{"hostname":"A","ip":"x","nodeName":"B"},{"ip":"127.0.0.1"}]}
              subsets[0].addresses[0].ip: Invalid value: "x": must be a valid IP address, (e.g. 10.9.8.7 or 2001:db8::ffff)
              subsets[0].addresses[0].hostname: Invalid value: "A": a lowercase RFC 1123 label must consist of lower case alphanumeric characters or '-', and must start and end with an alphanumeric character (e.g. 'my-name',  or '123-abc', regex used for validation is '[a-z0-9]([-a-z0-9]*[a-z0-9])?')
              subsets[0].addresses[0].nodeName: Invalid value: "B": a lowercase RFC 1123 subdomain must consist of lower case alphanumeric characters, '-' or '.', and must start and end with an alphanumeric character (e.g. 'example.com', regex used for validation is '[a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*')
              subsets[0].addresses[0].ip: Invalid value: "x": must be a valid IP address
              subsets[0].addresses[1].ip: Invalid value: "127.0.0.1": may not be in the loopback range (127.0.0.0/8, ::1/128)
            {"subsets.0.ports":[{"port":0,"protocol":"HTTP"},{"appProtocol":"a b","name":"A","port":1}]}
              subsets[0].ports[0].name: Required value
              subsets[0].ports[0].port: Invalid value: 0: must be between 1 and 65535, inclusive
              subsets[0].ports[0].protocol: Unsupported value: "HTTP": supported values: "SCTP", "TCP", "UDP"
              subsets[0].ports[1].name: Invalid value: "A": a lowercase RFC 1123 label must consist of lower case alphanumeric characters or '-', and must start and end with an alphanumeric character (e.g. 'my-name',  or '123-abc', regex used for validation is '[a-z0-9]([-a-z0-9]*[a-z0-9])?')
              subsets[0].ports[1].appProtocol: Invalid value: "a b": name part must consist of alphanumeric characters, '-', '_' or '.', and must start and end with an alphanumeric character (e.g. 'MyName',  or 'my.name',  or '123-abc', regex used for validation is '([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9]')"#]],
    );
}

#[test]
fn slices() {
    let slice = json!({
        "apiVersion": "discovery.k8s.io/v1", "kind": "EndpointSlice", "metadata": {"name": "web-1", "namespace": "default"},
        "addressType": "IPv4", "endpoints": [{"addresses": ["10.0.0.1"]}], "ports": [{"port": 80}],
    });
    let many: Vec<Value> = (0..1001)
        .map(|_| json!({"addresses": ["10.0.0.1"]}))
        .collect();
    creates(
        &slice,
        &[
            json!({}),
            json!({"addressType": "IP"}),
            json!({"endpoints.0.addresses": []}),
            json!({"endpoints.0.addresses": ["x", "::1", "127.0.0.1"]}),
            json!({"addressType": "IPv6", "endpoints.0.addresses": ["fe80::1", "10.0.0.1"]}),
            json!({"addressType": "FQDN", "endpoints.0.addresses": ["a.b.", "a", "A.b"]}),
            json!({"ports": [{"port": 1}, {"port": 70_000}, {"name": "A", "port": 1, "protocol": "HTTP"}]}),
            json!({"endpoints.0.hints": {"forZones": [{"name": "a"}, {"name": "a"}, {"name": "b c"}]}, "endpoints.0.hostname": "A", "endpoints.0.deprecatedTopology": {"a b": "c"}}),
        ],
        expect![[r#"
            {}
            {"addressType":"IP"}
              addressType: Unsupported value: "IP": supported values: "FQDN", "IPv4", "IPv6"
            {"endpoints.0.addresses":[]}
              endpoints[0].addresses: Required value: must contain at least 1 address
            {"endpoints.0.addresses":["x","::1","127.0.0.1"]}
              endpoints[0].addresses[0]: Invalid value: "x": must be a valid IPv4 address
              endpoints[0].addresses[0]: Invalid value: "x": must be a valid IP address
              endpoints[0].addresses[1]: Invalid value: "::1": must be a valid IPv4 address
              endpoints[0].addresses[1]: Invalid value: "::1": may not be in the loopback range (127.0.0.0/8, ::1/128)
              endpoints[0].addresses[2]: Invalid value: "127.0.0.1": may not be in the loopback range (127.0.0.0/8, ::1/128)
            {"addressType":"IPv6","endpoints.0.addresses":["fe80::1","10.0.0.1"]}
              endpoints[0].addresses[0]: Invalid value: "fe80::1": may not be in the link-local range (169.254.0.0/16, fe80::/10)
              endpoints[0].addresses[1]: Invalid value: "10.0.0.1": must be a valid IPv6 address
            {"addressType":"FQDN","endpoints.0.addresses":["a.b.","a","A.b"]}
              endpoints[0].addresses[1]: Invalid value: "a": should be a domain with at least two segments separated by dots
              endpoints[0].addresses[2]: Invalid value: "A.b": a lowercase RFC 1123 subdomain must consist of lower case alphanumeric characters, '-' or '.', and must start and end with an alphanumeric character (e.g. 'example.com', regex used for validation is '[a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*')
            {"ports":[{"port":1},{"port":70000},{"name":"A","port":1,"protocol":"HTTP"}]}
              ports[1].name: Duplicate value: ""
              ports[1].port: Invalid value: 70000: must be between 1 and 65535, inclusive
              ports[2].name: Invalid value: "A": a lowercase RFC 1123 label must consist of lower case alphanumeric characters or '-', and must start and end with an alphanumeric character (e.g. 'my-name',  or '123-abc', regex used for validation is '[a-z0-9]([-a-z0-9]*[a-z0-9])?')
              ports[2].protocol: Unsupported value: "HTTP": supported values: "SCTP", "TCP", "UDP"
            {"endpoints.0.deprecatedTopology":{"a b":"c"},"endpoints.0.hints":{"forZones":[{"name":"a"},{"name":"a"},{"name":"b c"}]},"endpoints.0.hostname":"A"}
              endpoints[0].deprecatedTopology: Invalid value: "a b": name part must consist of alphanumeric characters, '-', '_' or '.', and must start and end with an alphanumeric character (e.g. 'MyName',  or 'my.name',  or '123-abc', regex used for validation is '([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9]')
              endpoints[0].hostname: Invalid value: "A": a lowercase RFC 1123 label must consist of lower case alphanumeric characters or '-', and must start and end with an alphanumeric character (e.g. 'my-name',  or '123-abc', regex used for validation is '[a-z0-9]([-a-z0-9]*[a-z0-9])?')
              endpoints[0].hints.forZones[1].name: Duplicate value: "a"
              endpoints[0].hints.forZones[2].name: Invalid value: "b c": a valid label must be an empty string or consist of alphanumeric characters, '-', '_' or '.', and must start and end with an alphanumeric character (e.g. 'MyValue',  or 'my_value',  or '12345', regex used for validation is '(([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9])?')"#]],
    );
    let crowded = super::edited(&slice, &json!({ "endpoints": many }));
    let found = super::validation::create(&super::person(), &super::object(&crowded), false);
    expect![[r#"EndpointSlice.discovery.k8s.io "web-1" is invalid: endpoints: Too many: 1001: must have at most 1000 items"#]].assert_eq(&found.unwrap_err().message);
    updates(
        &slice,
        &[json!({"addressType": "FQDN", "endpoints.0.addresses": ["a.b"]})],
        expect![[r#"
            {"addressType":"FQDN","endpoints.0.addresses":["a.b"]}
              addressType: Invalid value: "FQDN": field is immutable"#]],
    );
}
