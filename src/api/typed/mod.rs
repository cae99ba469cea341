//! JSON values to Kubernetes' types and back.
//!
//! serde_json does the same, by value and with an error that may come from anywhere. Both are paid for by each of some 150
//! types: reading a value that stays where it is, and writing what cannot fail, are 40 KiB less of compressed Wasm.

mod parse;
mod read;
mod write;

pub use parse::{noting, parse};
pub use read::{Error, read};
pub use write::write;

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use k8s_openapi::api::core::v1 as core;
    use serde::{Deserialize, Serialize};
    use serde_json::{Value, json};

    use super::*;

    #[derive(Debug, PartialEq, Serialize, Deserialize)]
    enum Choice {
        Nothing,
        One(u8),
        Two(u8, String),
        Named { a: Option<bool> },
    }

    #[derive(Debug, PartialEq, Serialize, Deserialize)]
    struct Everything {
        unit: (),
        pair: (i8, char),
        choices: Vec<Choice>,
        numbers: BTreeMap<u16, f64>,
        wide: (u64, i64),
        nested: Option<Box<Everything>>,
    }

    fn everything() -> Everything {
        let choices = vec![
            Choice::Nothing,
            Choice::One(1),
            Choice::Two(2, "b".into()),
            Choice::Named { a: Some(true) },
            Choice::Named { a: None },
        ];
        Everything {
            unit: (),
            pair: (-3, 'ß'),
            choices,
            numbers: BTreeMap::from([(7, 1.5), (8, 2.0)]),
            wide: (u64::MAX, i64::MIN),
            nested: None,
        }
    }

    #[test]
    fn writes_and_reads_what_serde_json_does() {
        let value = Everything {
            nested: Some(everything().into()),
            ..everything()
        };
        let written = write(&value);
        assert_eq!(written, serde_json::to_value(&value).unwrap());
        assert_eq!(read::<Everything>(&written).unwrap(), value);
    }

    #[test]
    fn pods_go_both_ways() {
        let spec = json!({
            "containers": [{
                "name": "a", "image": "nginx", "ports": [{"containerPort": 80}], "env": [{"name": "A", "value": "1"}],
                "resources": {"requests": {"cpu": "100m"}}, "livenessProbe": {"httpGet": {"port": "web"}},
            }],
            "volumes": [{"name": "v", "configMap": {"name": "c", "defaultMode": 420}}],
            "tolerations": [{"operator": "Exists", "tolerationSeconds": 300}],
            "nodeSelector": {"disk": "ssd"}, "hostNetwork": null,
        });
        let typed: core::PodSpec = read(&spec).unwrap();
        assert_eq!(typed, serde_json::from_value(spec).unwrap());
        assert_eq!(write(&typed), serde_json::to_value(&typed).unwrap());
    }

    #[test]
    fn mistakes_are_told_in_serdes_words() {
        let pod = |value: Value| read::<core::PodSpec>(&value).unwrap_err().to_string();
        let theirs = |v: Value| {
            serde_json::from_value::<core::PodSpec>(v)
                .unwrap_err()
                .to_string()
        };
        for value in [
            json!({"containers": 7}),
            json!({"containers": [{"name": ["a"]}]}),
            json!({"containers": [], "priority": "high"}),
            json!({"containers": [], "priority": 3_000_000_000_u64}),
            json!({"containers": [], "hostNetwork": "yes"}),
            json!({"containers": [], "nodeSelector": {"a": {}}}),
            json!("text"),
        ] {
            assert_eq!(pod(value.clone()), theirs(value));
        }
        let choice = |value: Value| read::<Choice>(&value).unwrap_err().to_string();
        assert!(choice(json!("Some")).starts_with("unknown variant `Some`"));
        assert!(choice(json!({"One": 1, "Two": 2})).contains("one key"));
    }
}
