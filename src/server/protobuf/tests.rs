//! Bodies as kubectl sends them.

use super::*;
use expect_test::{Expect, expect};

fn decoded(hex: &str, expected: Expect) {
    let hex: String = hex.split_whitespace().collect();
    let bytes = (0..hex.len())
        .step_by(2)
        .map(|i| u8::from_str_radix(&hex[i..i + 2], 16).unwrap());
    let value = decode(&bytes.collect::<Vec<_>>()).unwrap();
    expected.assert_eq(&podarium_api::yaml::to_yaml(&value));
}

#[test]
fn a_deployment_is_what_its_json_would_be() {
    // kubectl create deployment web --image nginx --replicas 2
    let sent = "
        6b 38 73 00 0a 15 0a 07  61 70 70 73 2f 76 31 12 0a 44 65 70 6c 6f 79 6d  65 6e 74 12 ab 01 0a 1f
        0a 03 77 65 62 12 00 1a  00 22 00 2a 00 32 00 38 00 42 00 5a 0a 0a 03 61  70 70 12 03 77 65 62 12
        7a 08 02 12 0c 0a 0a 0a  03 61 70 70 12 03 77 65 62 1a 60 0a 1c 0a 00 12  00 1a 00 22 00 2a 00 32
        00 38 00 42 00 5a 0a 0a  03 61 70 70 12 03 77 65 62 12 40 12 22 0a 05 6e  67 69 6e 78 12 05 6e 67
        69 6e 78 2a 00 42 00 6a  00 72 00 80 01 00 88 01 00 90 01 00 a2 01 00 1a  00 32 00 42 00 4a 00 52
        00 58 00 60 00 68 00 82  01 00 8a 01 00 9a 01 00 c2 01 00 22 02 0a 00 28  00 38 00 1a 0c 08 00 10
        00 18 00 20 00 28 00 38  00 1a 00 22 00";
    decoded(
        sent,
        expect![[r#"
        apiVersion: apps/v1
        kind: Deployment
        metadata:
          labels:
            app: web
          name: web
        spec:
          replicas: 2
          selector:
            matchLabels:
              app: web
          strategy: {}
          template:
            metadata:
              labels:
                app: web
            spec:
              containers:
              - image: nginx
                name: nginx
                resources: {}
        status: {}
    "#]],
    );
}

/// A message of fields: number and wire type, then the value.
fn body(kind: &str, version: &str, object: &[u8]) -> Vec<u8> {
    let field = |number: u8, bytes: &[u8]| {
        let mut out = vec![number << 3 | 2];
        out.extend(length(bytes.len()));
        out.extend(bytes);
        out
    };
    let meta = [field(1, version.as_bytes()), field(2, kind.as_bytes())].concat();
    [MAGIC.to_vec(), field(1, &meta), field(2, object)].concat()
}

fn length(mut n: usize) -> Vec<u8> {
    let mut out = Vec::new();
    while n > 0x7f {
        out.push(n as u8 | 0x80);
        n >>= 7;
    }
    out.push(n as u8);
    out
}

#[test]
fn zero_is_kept_where_it_says_something() {
    // replicas is a pointer, minReadySeconds none; the selector is there whether or not it says anything.
    let value = decode(&body("Deployment", "apps/v1", &[0x12, 4, 0x08, 0, 0x28, 0])).unwrap();
    assert_eq!(value["spec"], json!({"replicas": 0}));
    let value = decode(&body(
        "DeleteOptions",
        "apps/v1",
        &[0x08, 0, 0x22, 2, b'B', b'g'],
    ))
    .unwrap();
    assert_eq!(
        value,
        json!({"apiVersion": "apps/v1", "kind": "DeleteOptions", "gracePeriodSeconds": 0, "propagationPolicy": "Bg"})
    );
}

#[test]
fn values_of_every_shape() {
    let moment = [0x08, 0x80, 0x88, 0xf0, 0xce, 0x06, 0x10, 0xc0, 0x84, 0x3d];
    let lease = [&[0x12, 12, 0x1a, 10][..], &moment].concat();
    let value = decode(&body("Lease", "coordination.k8s.io/v1", &lease)).unwrap();
    assert_eq!(value["spec"]["acquireTime"], "2026-04-12T20:43:44.001000Z");
    let map = |bytes: &[u8]| decode(&body("ConfigMap", "v1", bytes)).unwrap();
    assert_eq!(
        map(&[0x12, 6, 0x0a, 1, b'k', 0x12, 1, b'v'])["data"],
        json!({"k": "v"})
    );
    assert_eq!(map(&[0x12, 3, 0x0a, 1, b'k'])["data"], json!({"k": ""}));
    assert_eq!(
        map(&[0x1a, 7, 0x0a, 1, b'k', 0x12, 2, 1, 2])["binaryData"],
        json!({"k": "AQI="})
    );
    let port = |target: &[u8]| {
        let target = [&[0x22, target.len() as u8], target].concat();
        let port = [&[0x0a, target.len() as u8], &target[..]].concat();
        let spec = [&[0x12, port.len() as u8], &port[..]].concat();
        decode(&body("Service", "v1", &spec)).unwrap()["spec"]["ports"][0]["targetPort"].clone()
    };
    assert_eq!(port(&[0x08, 0, 0x10, 80, 0x1a, 0]), 80);
    assert_eq!(port(&[0x08, 1, 0x10, 0, 0x1a, 1, b'w']), "w");
    let quota = [
        0x12, 12, 0x0a, 10, 0x0a, 3, b'c', b'p', b'u', 0x12, 3, 0x0a, 1, b'2',
    ];
    let value = decode(&body("ResourceQuota", "v1", &quota)).unwrap();
    assert_eq!(value["spec"], json!({"hard": {"cpu": "2"}}));
}

#[test]
fn what_is_no_message_is_refused() {
    for (bytes, why) in [
        (
            &b"{}"[..],
            "provided data does not appear to be a protobuf message, expected prefix [107 56 115 0]",
        ),
        (b"k8s\0\x0a\x05ab", "unexpected EOF"),
        (b"k8s\0\x0b", "proto: illegal wireType 3"),
        (b"k8s\0", "no kind \"\" is registered for version \"\""),
    ] {
        assert_eq!(decode(bytes).unwrap_err(), why);
    }
    let wrong = decode(&body("ConfigMap", "v1", &[0x08, 1])).unwrap_err();
    assert_eq!(wrong, "proto: wrong wireType");
}

#[test]
fn every_kind_of_the_table_has_a_message() {
    for kind in podarium_api::kinds::KINDS.iter() {
        // Their types are not in kubectl, and it sends them as JSON.
        if ["CustomResourceDefinition", "APIService"].contains(&kind.kind) {
            continue;
        }
        let value = decode(&body(kind.kind, &kind.api_version(), &[]));
        assert_eq!(
            value.unwrap(),
            json!({"apiVersion": kind.api_version(), "kind": kind.kind})
        );
    }
}
