//! Upstream's own cases of endpoint choice, where a folder of vectors is at hand.

use std::net::SocketAddr;
use std::sync::Arc;

use podarium_cluster::network::{Backend, Backends, Uses};
use serde_json::{Value, json};

use crate::common::shared;

fn backend(value: &Value, node: &str) -> Backend {
    let address: SocketAddr = value["ep"].as_str().unwrap().parse().unwrap();
    let zones = value["zoneHints"].as_array().into_iter().flatten();
    let zones: Vec<Value> = zones.map(|zone| json!({"name": zone})).collect();
    let local = value["local"] == true;
    let endpoint = json!({
        "addresses": [address.ip().to_string()],
        "conditions": {"ready": value["ready"], "serving": value["serving"], "terminating": value["terminating"]},
        "nodeName": if local { node } else { "somewhere-else" },
        "hints": {"forZones": zones},
    });
    Backend {
        ip: address.ip(),
        port: address.port(),
        endpoint: Arc::new(serde_json::from_value(endpoint).unwrap()),
    }
}

#[test]
fn endpoints_are_chosen_as_upstreams_cases_say() {
    let Some(text) = shared("vectors/topology.json") else {
        println!("skipped: there is no vectors/topology.json");
        return;
    };
    let cases: Vec<Value> = serde_json::from_str(&text).unwrap();
    for case in &cases {
        let (name, service) = (case["name"].as_str().unwrap(), &case["service"]);
        let node = case["node"]["name"].as_str().unwrap_or_default();
        let zone = case["node"]["zone"].as_str().unwrap_or_default();
        let external = service["nodePort"].is_number();
        let uses = Uses {
            internal_local: service["iTP"] == "Local",
            external_local: external && service["eTP"] == "Local",
            external,
        };
        let endpoints = case["endpoints"].as_array().unwrap();
        let backends = Backends::new(endpoints.iter().map(|e| backend(e, node)).collect());
        let categories = backends.categorize(uses, node, zone);
        let named = |indexes: &[u32]| -> Value {
            let address = |i: &u32| {
                let b = &backends.all()[*i as usize];
                SocketAddr::new(b.ip, b.port).to_string()
            };
            indexes.iter().map(address).collect()
        };
        let got = json!({
            "cluster": categories.cluster.map(named),
            "local": categories.local.map(named),
            "all": named(&categories.reachable),
            "hasAny": categories.has_any,
        });
        // An unused list of all is null there.
        let mut expected = case["expect"].clone();
        if expected["all"].is_null() {
            expected["all"] = Value::Array(Vec::new());
        }
        assert_eq!(got, expected, "{name}");
    }
    assert!(cases.len() >= 20, "{} cases", cases.len());
}
