//! ConfigMaps and Secrets.
// upstream: pkg/apis/core/validation/validation_test.go TestValidateConfigMap, TestValidateSecret

use expect_test::expect;
use serde_json::json;

use super::{creates, updates};

#[test]
fn config_maps() {
    let map = json!({"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": "a", "namespace": "default"}, "data": {"k": "v"}, "immutable": true});
    creates(
        &map,
        &[
            json!({}),
            json!({"data": {"a b": "", "..": "", "..x": "", "x": ""}, "binaryData": {"x": "", "y z": ""}}),
        ],
        expect![[r#"
            {}
            {"binaryData":{"x":"","y z":""},"data":{"..":"","..x":"","a b":"","x":""}}
              data[..]: Invalid value: "..": must not be '..'
              data[..x]: Invalid value: "..x": must not start with '..'
              data[a b]: Invalid value: "a b": a valid config key must consist of alphanumeric characters, '-', '_' or '.' (e.g. 'key.name',  or 'KEY_NAME',  or 'key-name', regex used for validation is '[-._a-zA-Z0-9]+')
              data[x]: Invalid value: "x": duplicate of key present in binaryData
              binaryData[y z]: Invalid value: "y z": a valid config key must consist of alphanumeric characters, '-', '_' or '.' (e.g. 'key.name',  or 'KEY_NAME',  or 'key-name', regex used for validation is '[-._a-zA-Z0-9]+')"#]],
    );
    updates(
        &map,
        &[
            json!({"metadata.labels": {"a": "b"}}),
            json!({"data.k": "w", "immutable": null}),
            json!({"binaryData": {"b": "eA=="}}),
        ],
        expect![[r#"
            {"metadata.labels":{"a":"b"}}
            {"data.k":"w","immutable":null}
              immutable: Forbidden: field is immutable when `immutable` is set
              data: Forbidden: field is immutable when `immutable` is set
            {"binaryData":{"b":"eA=="}}
              binaryData: Forbidden: field is immutable when `immutable` is set"#]],
    );
    let big = |data: &str, size: usize| {
        super::edited(
            &map,
            &json!({(data): {"b": "v".repeat(size)}, "data.k": ""}),
        )
    };
    let said = |value| {
        let made = super::validation::create(&super::person(), &super::object(&value), false);
        made.map_or_else(|status| status.message, |()| "valid".into())
    };
    let most = 1024 * 1024;
    assert_eq!(said(big("data", most)), "valid");
    assert_eq!(said(big("binaryData", most / 3 * 4)), "valid");
    let too_long = "ConfigMap \"a\" is invalid: []: Too long: may not be more than 1048576 bytes";
    assert_eq!(said(big("data", most + 1)), too_long);
}

#[test]
fn secrets() {
    let secret = json!({"apiVersion": "v1", "kind": "Secret", "metadata": {"name": "a", "namespace": "default"}});
    let of = |kind: &str, data: serde_json::Value| json!({"type": kind, "stringData": data});
    creates(
        &secret,
        &[
            json!({}),
            of("own", json!({"a b": ""})),
            of("kubernetes.io/tls", json!({})),
            of("kubernetes.io/tls", json!({"tls.crt": "", "tls.key": ""})),
            of("kubernetes.io/basic-auth", json!({})),
            of("kubernetes.io/basic-auth", json!({"username": "a"})),
            of("kubernetes.io/ssh-auth", json!({"ssh-privatekey": ""})),
            of("kubernetes.io/dockercfg", json!({})),
            of(
                "kubernetes.io/dockerconfigjson",
                json!({".dockerconfigjson": "{\"auths\": {}}"}),
            ),
            of(
                "kubernetes.io/dockerconfigjson",
                json!({".dockerconfigjson": ""}),
            ),
            of(
                "kubernetes.io/dockerconfigjson",
                json!({".dockerconfigjson": "abc"}),
            ),
            of(
                "kubernetes.io/dockerconfigjson",
                json!({".dockerconfigjson": "[]"}),
            ),
            of("kubernetes.io/service-account-token", json!({})),
        ],
        expect![[r#"
            {}
            {"stringData":{"a b":""},"type":"own"}
              data[a b]: Invalid value: "a b": a valid config key must consist of alphanumeric characters, '-', '_' or '.' (e.g. 'key.name',  or 'KEY_NAME',  or 'key-name', regex used for validation is '[-._a-zA-Z0-9]+')
            {"stringData":{},"type":"kubernetes.io/tls"}
              data[tls.crt]: Required value
              data[tls.key]: Required value
            {"stringData":{"tls.crt":"","tls.key":""},"type":"kubernetes.io/tls"}
            {"stringData":{},"type":"kubernetes.io/basic-auth"}
              data[username]: Required value
              data[password]: Required value
            {"stringData":{"username":"a"},"type":"kubernetes.io/basic-auth"}
            {"stringData":{"ssh-privatekey":""},"type":"kubernetes.io/ssh-auth"}
              data[ssh-privatekey]: Required value
            {"stringData":{},"type":"kubernetes.io/dockercfg"}
              data[.dockercfg]: Required value
            {"stringData":{".dockerconfigjson":"{\"auths\": {}}"},"type":"kubernetes.io/dockerconfigjson"}
            {"stringData":{".dockerconfigjson":""},"type":"kubernetes.io/dockerconfigjson"}
              data[.dockerconfigjson]: Invalid value: "<secret contents redacted>": unexpected end of JSON input
            {"stringData":{".dockerconfigjson":"abc"},"type":"kubernetes.io/dockerconfigjson"}
              data[.dockerconfigjson]: Invalid value: "<secret contents redacted>": invalid character 'a' looking for beginning of value
            {"stringData":{".dockerconfigjson":"[]"},"type":"kubernetes.io/dockerconfigjson"}
              data[.dockerconfigjson]: Invalid value: "<secret contents redacted>": json: cannot unmarshal array into Go value of type map[string]interface {}
            {"stringData":{},"type":"kubernetes.io/service-account-token"}
              metadata.annotations[kubernetes.io/service-account.name]: Required value"#]],
    );
    updates(
        &secret,
        &[json!({"type": "other"})],
        expect![[r#"
        {"type":"other"}
          type: Invalid value: "other": field is immutable"#]],
    );
    let fixed = super::edited(&secret, &json!({"immutable": true, "data": {"a": "Yg=="}}));
    updates(
        &fixed,
        &[
            json!({"metadata.labels": {"a": "b"}}),
            json!({"data.a": "Yw==", "immutable": false}),
        ],
        expect![[r#"
            {"metadata.labels":{"a":"b"}}
            {"data.a":"Yw==","immutable":false}
              immutable: Forbidden: field is immutable when `immutable` is set
              data: Forbidden: field is immutable when `immutable` is set"#]],
    );
}
