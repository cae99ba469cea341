//! Tables of every kind, printed as kubectl prints them. Cases are manifests beside this file, and what is printed of them
//! stands beside them: first as `kubectl get`, then as `kubectl get -o wide` where that says more.
// facts of the cases: upstream pkg/printers/internalversion/printers_test.go

mod print;

use expect_test::{expect, expect_file};
use podarium_api::kinds::KINDS;
use podarium_api::time::parse_rfc3339;
use serde_json::{Value, json};

use super::present;
use print::print;

/// Ages are told at this instant.
const NOW: &str = "2026-01-11T00:00:00Z";

fn form() -> Value {
    json!({"as": "Table", "version": "meta.k8s.io/v1", "include": "None", "now": parse_rfc3339(NOW)})
}

fn documents(text: &str) -> Vec<Value> {
    let (documents, errors) = podarium_api::yaml::read(text);
    assert!(
        errors.is_empty(),
        "{:?}",
        errors.first().map(|e| &e.message)
    );
    documents.into_iter().map(|d| d.value).collect()
}

/// The documents of a file, those of one kind that follow each other in one Table.
fn printed(text: &str) -> String {
    let mut lists: Vec<Value> = Vec::new();
    for document in documents(text) {
        let kind = format!("{}List", document["kind"].as_str().unwrap());
        match lists.last_mut() {
            Some(last) if last["kind"] == kind && last["apiVersion"] == document["apiVersion"] => {
                last["items"].as_array_mut().unwrap().push(document);
            }
            _ => lists.push(json!({
                "apiVersion": document["apiVersion"], "kind": kind, "metadata": {}, "items": [document],
            })),
        }
    }
    let mut out = String::new();
    for list in lists {
        let table = present(&list, &form());
        let (narrow, wide) = (print(&table, false), print(&table, true));
        let kind = list["kind"].as_str().unwrap().trim_end_matches("List");
        out.push_str(&format!("# {kind}\n{narrow}"));
        if wide != narrow {
            out.push_str(&wide);
        }
        out.push('\n');
    }
    out
}

#[test]
fn workloads_print_as_upstream_prints_them() {
    expect_file!["workloads.txt"].assert_eq(&printed(include_str!("workloads.yaml")));
}

#[test]
fn pods_print_as_upstream_prints_them() {
    expect_file!["pods.txt"].assert_eq(&printed(include_str!("pods.yaml")));
}

#[test]
fn networking_prints_as_upstream_prints_it() {
    expect_file!["network.txt"].assert_eq(&printed(include_str!("network.yaml")));
}

#[test]
fn configuration_prints_as_upstream_prints_it() {
    expect_file!["config.txt"].assert_eq(&printed(include_str!("config.yaml")));
}

#[test]
fn storage_prints_as_upstream_prints_it() {
    expect_file!["storage.txt"].assert_eq(&printed(include_str!("storage.yaml")));
}

#[test]
fn access_prints_as_upstream_prints_it() {
    expect_file!["access.txt"].assert_eq(&printed(include_str!("access.yaml")));
}

#[test]
fn every_stored_kind_has_a_case_and_columns() {
    let all = [
        include_str!("workloads.txt"),
        include_str!("pods.txt"),
        include_str!("network.txt"),
        include_str!("config.txt"),
        include_str!("storage.txt"),
        include_str!("access.txt"),
    ]
    .concat();
    for info in KINDS.iter().filter(|info| info.verbs.contains(&"list")) {
        assert!(all.contains(&format!("# {}\n", info.kind)), "{}", info.kind);
        let list = json!({"apiVersion": info.api_version(), "kind": info.list_kind, "items": [], "metadata": {}});
        let table = present(&list, &form());
        let columns = table["columnDefinitions"].as_array().unwrap();
        assert!(columns.len() >= 2, "{}", info.kind);
        let naming = columns.iter().any(|c| c["name"] == "Name");
        assert!(naming, "{}", info.kind);
    }
}

#[test]
fn custom_resources_show_the_columns_that_their_definition_names() {
    let columns = json!([
        {"name": "Size", "type": "integer", "jsonPath": ".spec.size"},
        {"name": "Ready", "type": "string", "jsonPath": ".status.conditions[?(@.type==\"Ready\")].status", "description": "Ready?"},
        {"name": "Names", "type": "string", "jsonPath": ".spec.names", "priority": 1},
        {"name": "First", "type": "string", "jsonPath": ".spec.names[*]"},
        {"name": "On", "type": "boolean", "jsonPath": ".spec.on"},
        {"name": "Share", "type": "number", "jsonPath": ".spec.share"},
        {"name": "Since", "type": "date", "jsonPath": ".spec.since"},
        {"name": "Odd", "type": "integer", "jsonPath": ".spec.names[0]"},
        {"name": "Age", "type": "date", "jsonPath": ".metadata.creationTimestamp"},
    ]);
    let shirts = json!({
        "apiVersion": "example.com/v1", "kind": "ShirtList", "metadata": {"resourceVersion": "5"},
        "items": [
            {
                "metadata": {"name": "red", "creationTimestamp": "2026-01-10T00:00:00Z"},
                "spec": {"size": 3.7, "names": ["a", "b"], "on": true, "share": 1.5, "since": "2026-01-10T23:00:00Z"},
                "status": {"conditions": [{"type": "Ready", "status": "True"}]},
            },
            {"metadata": {"name": "blue", "creationTimestamp": "2026-01-10T23:59:00Z"}, "spec": {"size": 1, "since": "soon"}},
        ],
    });
    let mut asked = form();
    asked["columns"] = columns;
    let table = present(&shirts, &asked);
    expect![[r#"
        NAME   SIZE   READY   NAMES       FIRST   ON     SHARE   SINCE       ODD   AGE
        red    3      True    ["a","b"]   a       true   1.5     60m               24h
        blue   1                                                 <invalid>         60s
    "#]]
    .assert_eq(&print(&table, true));
    expect![[r#""Custom resource definition column (in JSONPath format): .spec.size""#]]
        .assert_eq(&table["columnDefinitions"][1]["description"].to_string());
    expect![[r#""Ready?""#]].assert_eq(&table["columnDefinitions"][2]["description"].to_string());
    asked["columns"] = json!([]);
    expect![[r#"
        NAME   AGE
        red    24h
        blue   60s
    "#]]
    .assert_eq(&print(&present(&shirts, &asked), false));
}

#[test]
fn a_table_of_one_object_carries_its_revision_and_its_metadata() {
    let namespace = json!({
        "apiVersion": "v1", "kind": "Namespace",
        "metadata": {"name": "shop", "resourceVersion": "7", "creationTimestamp": "2026-01-10T00:00:00Z"},
        "status": {"phase": "Active"},
    });
    let mut asked = form();
    asked["noHeaders"] = true.into();
    asked["include"] = "Metadata".into();
    let table = present(&namespace, &asked);
    assert_eq!(
        table,
        json!({
            "apiVersion": "meta.k8s.io/v1", "kind": "Table", "metadata": {"resourceVersion": "7"}, "columnDefinitions": null,
            "rows": [{
                "cells": ["shop", "Active", "24h"],
                "object": {"apiVersion": "meta.k8s.io/v1", "kind": "PartialObjectMetadata", "metadata": namespace["metadata"]},
            }],
        })
    );
    asked["include"] = "Object".into();
    assert_eq!(present(&namespace, &asked)["rows"][0]["object"], namespace);
    asked["include"] = "None".into();
    assert_eq!(
        present(&namespace, &asked)["rows"][0]["object"],
        Value::Null
    );
}

#[test]
fn metadata_alone_is_of_one_or_of_a_list_as_asked() {
    let one = json!({"apiVersion": "apps/v1", "kind": "Deployment", "metadata": {"name": "web"}, "spec": {}});
    let list = json!({
        "apiVersion": "apps/v1", "kind": "DeploymentList", "metadata": {"resourceVersion": "3"}, "items": [{"metadata": {"name": "web"}}],
    });
    let asked = |kind: &str| json!({"as": kind, "version": "meta.k8s.io/v1"});
    let partial = json!({"apiVersion": "meta.k8s.io/v1", "kind": "PartialObjectMetadata", "metadata": {"name": "web"}});
    assert_eq!(present(&one, &asked("PartialObjectMetadata")), partial);
    assert_eq!(
        present(&list, &asked("PartialObjectMetadataList")),
        json!({
            "apiVersion": "meta.k8s.io/v1", "kind": "PartialObjectMetadataList", "metadata": {"resourceVersion": "3"},
            "items": [partial],
        })
    );
    let refused = [
        present(&list, &asked("PartialObjectMetadata")),
        present(&one, &asked("PartialObjectMetadataList")),
    ];
    expect![[r#"
        "you requested PartialObjectMetadata, but the requested object is a list (*apps.DeploymentList)"
        "you requested PartialObjectMetadataList, but the requested object is not a list (*apps.Deployment)""#]].assert_eq(&refused.map(|r| r["message"].to_string()).join("\n"));
    let status = json!({"apiVersion": "v1", "kind": "Status", "status": "Success"});
    assert_eq!(present(&status, &asked("Table")), status);
}
