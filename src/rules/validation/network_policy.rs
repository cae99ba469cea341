//! networking.k8s.io: NetworkPolicies.
// upstream: pkg/apis/networking/validation/validation.go

use crate::address::{self, Range};
use crate::errors::Errors;
use crate::field::Field;

/// upstream: ValidateNetworkPolicySpec
pub fn network_policy(policy: &Field, errors: &mut Errors) {
    let spec = policy.get("spec");
    errors.selector(&spec.get("podSelector"));
    for (rules, peers) in [("ingress", "from"), ("egress", "to")] {
        for rule in spec.get(rules).items() {
            for port in rule.get("ports").items() {
                self::port(&port, errors);
            }
            for peer in rule.get(peers).items() {
                self::peer(&peer, errors);
            }
        }
    }
    let types = spec.get("policyTypes");
    if types.len() > 2 {
        return errors.invalid(&types, "may not specify more than two policyTypes");
    }
    for type_ in types.items() {
        errors.must_be(&type_, &["Ingress", "Egress"]);
    }
}

/// upstream: ValidateNetworkPolicyPort
fn port(item: &Field, errors: &mut Errors) {
    errors.one_of(&item.get("protocol"), &["TCP", "UDP", "SCTP"]);
    let (port, end) = (item.get("port"), item.get("endPort"));
    if port.number().is_some() {
        errors.port_number(&port);
        if end.is_set() {
            if end.int() < port.int() {
                errors.invalid(&end, "must be greater than or equal to `port`");
            }
            errors.port_number(&end);
        }
    } else if port.is_set() {
        if end.is_set() {
            errors.invalid(&end, "may not be specified when `port` is non-numeric");
        }
        errors.port_name(&port);
    } else if end.is_set() {
        errors.invalid(&end, "may not be specified when `port` is not specified");
    }
}

/// upstream: ValidateNetworkPolicyPeer
fn peer(peer: &Field, errors: &mut Errors) {
    let (pods, namespaces, block) = (
        peer.get("podSelector"),
        peer.get("namespaceSelector"),
        peer.get("ipBlock"),
    );
    errors.selector(&pods);
    errors.selector(&namespaces);
    if block.is_set() {
        ip_block(&block, errors);
    }
    let selects = pods.is_set() || namespaces.is_set();
    match (selects, block.is_set()) {
        (false, false) => errors.required(peer, "must specify a peer"),
        (true, true) => errors.forbidden(peer, "may not specify both ipBlock and another peer"),
        _ => {}
    }
}

/// upstream: ValidateIPBlock
fn ip_block(block: &Field, errors: &mut Errors) {
    let cidr = block.get("cidr");
    if !errors.needed(&cidr) {
        return;
    }
    let Some(range) = address::range(&cidr, errors) else {
        return;
    };
    for except in block.get("except").items() {
        let Some(Range { ip, bits }) = address::range(&except, errors) else {
            continue;
        };
        if !range.contains(ip) || range.bits >= bits {
            errors.invalid(&except, "must be a strict subset of `cidr`");
        }
    }
}

#[cfg(test)]
mod tests {
    use crate::testing::{creates, warned};
    use expect_test::expect;
    use serde_json::{Value, json};

    // upstream: pkg/apis/networking/validation/validation_test.go TestValidateNetworkPolicy
    #[test]
    fn what_a_policy_may_be() {
        let policy = json!({"apiVersion": "networking.k8s.io/v1", "kind": "NetworkPolicy", "metadata": {"name": "a"}, "spec": {"podSelector": {"matchLabels": {"a": "b"}}}});
        let port = |port: Value| json!({"spec.ingress": [{"ports": [port]}]});
        let peer = |peer: Value| json!({"spec.egress": [{"to": [peer]}]});
        creates(
            &policy,
            &[
                json!({}),
                port(json!({"port": 80, "endPort": 90})),
                port(json!({"port": "http", "protocol": "ICMP"})),
                port(json!({"port": 0, "endPort": 70_000})),
                port(json!({"port": 80, "endPort": 79})),
                port(json!({"port": "http!", "endPort": 80})),
                port(json!({"endPort": 80})),
                peer(json!({"ipBlock": {"cidr": "192.168.0.0/16", "except": ["192.168.3.0/24"]}})),
                peer(json!({"ipBlock": {"cidr": "", "except": ["192.168.3.0/24"]}})),
                peer(
                    json!({"ipBlock": {"cidr": "192.168.3.0/24", "except": ["192.168.0.0/16", "a", "10.0.0.0/30"]}}),
                ),
                peer(json!({"ipBlock": {"cidr": "192.168.3.0"}})),
                peer(json!({"podSelector": {}, "namespaceSelector": {}})),
                peer(json!({"podSelector": {}, "ipBlock": {"cidr": "fd00::/8"}})),
                peer(json!({})),
                json!({"spec.podSelector.matchLabels": {"a b": "c d"}}),
                json!({"spec.policyTypes": ["Ingress", "Egress", "Ingress"]}),
                json!({"spec.policyTypes": ["Both"]}),
            ],
            expect![[r#"
                {}
                {"spec.ingress":[{"ports":[{"endPort":90,"port":80}]}]}
                {"spec.ingress":[{"ports":[{"port":"http","protocol":"ICMP"}]}]}
                  spec.ingress[0].ports[0].protocol: Unsupported value: "ICMP": supported values: "TCP", "UDP", "SCTP"
                {"spec.ingress":[{"ports":[{"endPort":70000,"port":0}]}]}
                  spec.ingress[0].ports[0].port: Invalid value: 0: must be between 1 and 65535, inclusive
                  spec.ingress[0].ports[0].endPort: Invalid value: 70000: must be between 1 and 65535, inclusive
                {"spec.ingress":[{"ports":[{"endPort":79,"port":80}]}]}
                  spec.ingress[0].ports[0].endPort: Invalid value: 79: must be greater than or equal to `port`
                {"spec.ingress":[{"ports":[{"endPort":80,"port":"http!"}]}]}
                  spec.ingress[0].ports[0].endPort: Invalid value: 80: may not be specified when `port` is non-numeric
                  spec.ingress[0].ports[0].port: Invalid value: "http!": must contain only alpha-numeric characters (a-z, 0-9), and hyphens (-)
                {"spec.ingress":[{"ports":[{"endPort":80}]}]}
                  spec.ingress[0].ports[0].endPort: Invalid value: 80: may not be specified when `port` is not specified
                {"spec.egress":[{"to":[{"ipBlock":{"cidr":"192.168.0.0/16","except":["192.168.3.0/24"]}}]}]}
                {"spec.egress":[{"to":[{"ipBlock":{"cidr":"","except":["192.168.3.0/24"]}}]}]}
                  spec.egress[0].to[0].ipBlock.cidr: Required value
                {"spec.egress":[{"to":[{"ipBlock":{"cidr":"192.168.3.0/24","except":["192.168.0.0/16","a","10.0.0.0/30"]}}]}]}
                  spec.egress[0].to[0].ipBlock.except[0]: Invalid value: "192.168.0.0/16": must be a strict subset of `cidr`
                  spec.egress[0].to[0].ipBlock.except[1]: Invalid value: "a": must be a valid CIDR value, (e.g. 10.9.8.0/24 or 2001:db8::/64)
                  spec.egress[0].to[0].ipBlock.except[2]: Invalid value: "10.0.0.0/30": must be a strict subset of `cidr`
                {"spec.egress":[{"to":[{"ipBlock":{"cidr":"192.168.3.0"}}]}]}
                  spec.egress[0].to[0].ipBlock.cidr: Invalid value: "192.168.3.0": must be a valid CIDR value, (e.g. 10.9.8.0/24 or 2001:db8::/64)
                {"spec.egress":[{"to":[{"namespaceSelector":{},"podSelector":{}}]}]}
                {"spec.egress":[{"to":[{"ipBlock":{"cidr":"fd00::/8"},"podSelector":{}}]}]}
                  spec.egress[0].to[0]: Forbidden: may not specify both ipBlock and another peer
                {"spec.egress":[{"to":[{}]}]}
                  spec.egress[0].to[0]: Required value: must specify a peer
                {"spec.podSelector.matchLabels":{"a b":"c d"}}
                  spec.podSelector.matchLabels: Invalid value: "a b": name part must consist of alphanumeric characters, '-', '_' or '.', and must start and end with an alphanumeric character (e.g. 'MyName',  or 'my.name',  or '123-abc', regex used for validation is '([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9]')
                  spec.podSelector.matchLabels: Invalid value: "c d": a valid label must be an empty string or consist of alphanumeric characters, '-', '_' or '.', and must start and end with an alphanumeric character (e.g. 'MyValue',  or 'my_value',  or '12345', regex used for validation is '(([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9])?')
                {"spec.policyTypes":["Ingress","Egress","Ingress"]}
                  spec.policyTypes: Invalid value: ["Ingress","Egress","Ingress"]: may not specify more than two policyTypes
                {"spec.policyTypes":["Both"]}
                  spec.policyTypes[0]: Unsupported value: "Both": supported values: "Ingress", "Egress""#]],
        );
        let block = |cidr: &str| peer(json!({"ipBlock": {"cidr": cidr}}));
        warned(
            &policy,
            &[block("10.0.0.0/8"), block("10.0.0.1/8"), block("FD00::/8")],
            expect![[r#"
                {"spec.egress":[{"to":[{"ipBlock":{"cidr":"10.0.0.0/8"}}]}]}
                {"spec.egress":[{"to":[{"ipBlock":{"cidr":"10.0.0.1/8"}}]}]}
                  spec.egress[0].to[0].ipBlock.cidr: CIDR value "10.0.0.1/8" is ambiguous in this context (should be "10.0.0.0/8" or "10.0.0.1/32"?)
                {"spec.egress":[{"to":[{"ipBlock":{"cidr":"FD00::/8"}}]}]}
                  spec.egress[0].to[0].ipBlock.cidr: IPv6 CIDR value "FD00::/8" should be in RFC 5952 canonical format ("fd00::/8")"#]],
        );
    }
}
