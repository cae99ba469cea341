//! Deployments, ReplicaSets, ReplicationControllers.
// upstream: pkg/apis/apps/validation/validation_test.go

use expect_test::expect;
use serde_json::json;

use super::{creates, deployment, updates};

#[test]
fn deployments() {
    creates(
        &deployment(),
        &[
            json!({}),
            json!({"spec.replicas": -1, "spec.minReadySeconds": -1, "spec.revisionHistoryLimit": -1}),
            json!({"spec.selector": {}}),
            json!({"spec.selector": {"matchExpressions": [{"key": "a b", "operator": "Like"}]}}),
            json!({"spec.selector.matchLabels": {"app": "api"}}),
            json!({"spec.template.spec.restartPolicy": "Never", "spec.template.spec.activeDeadlineSeconds": 5}),
            json!({"spec.template.spec.containers": []}),
            json!({"spec.template.metadata.labels": {"app": "web", "a b": "c"}, "spec.template.metadata.annotations": {"d e": ""}}),
            json!({"spec.strategy": {"type": "Recreate", "rollingUpdate": {}}}),
            json!({"spec.strategy": {"type": "Slow"}}),
            json!({"spec.strategy.rollingUpdate": {"maxSurge": 0, "maxUnavailable": "0%"}}),
            json!({"spec.strategy.rollingUpdate": {"maxSurge": "a", "maxUnavailable": "200%"}}),
            json!({"spec.progressDeadlineSeconds": 5, "spec.minReadySeconds": 9}),
            json!({"spec.template.spec.ephemeralContainers": [{"name": "d", "image": "x"}]}),
            json!({"spec.template.spec.containers.0.image": " padded"}),
        ],
        expect![[r#"
            {}
            {"spec.minReadySeconds":-1,"spec.replicas":-1,"spec.revisionHistoryLimit":-1}
              spec.replicas: Invalid value: -1: must be greater than or equal to 0
              spec.minReadySeconds: Invalid value: -1: must be greater than or equal to 0
              spec.revisionHistoryLimit: Invalid value: -1: must be greater than or equal to 0
            {"spec.selector":{}}
              spec.selector: Required value
              spec.template.metadata.labels: Invalid value: {"app":"web"}: `selector` does not match template `labels`
            {"spec.selector":{"matchExpressions":[{"key":"a b","operator":"Like"}]}}
              spec.selector.matchExpressions[0].operator: Invalid value: "Like": not a valid selector operator
              spec.selector.matchExpressions[0].key: Invalid value: "a b": name part must consist of alphanumeric characters, '-', '_' or '.', and must start and end with an alphanumeric character (e.g. 'MyName',  or 'my.name',  or '123-abc', regex used for validation is '([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9]')
              spec.selector: Invalid value: {"matchExpressions":[{"key":"a b","operator":"Like"}]}: invalid label selector
            {"spec.selector.matchLabels":{"app":"api"}}
              spec.template.metadata.labels: Invalid value: {"app":"web"}: `selector` does not match template `labels`
            {"spec.template.spec.activeDeadlineSeconds":5,"spec.template.spec.restartPolicy":"Never"}
              spec.template.spec.restartPolicy: Unsupported value: "Never": supported values: "Always"
              spec.template.spec.activeDeadlineSeconds: Forbidden: activeDeadlineSeconds in ReplicaSet is not Supported
            {"spec.template.spec.containers":[]}
              spec.template.spec.containers: Required value
            {"spec.template.metadata.annotations":{"d e":""},"spec.template.metadata.labels":{"a b":"c","app":"web"}}
              spec.template.labels: Invalid value: "a b": name part must consist of alphanumeric characters, '-', '_' or '.', and must start and end with an alphanumeric character (e.g. 'MyName',  or 'my.name',  or '123-abc', regex used for validation is '([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9]')
              spec.template.annotations: Invalid value: "d e": name part must consist of alphanumeric characters, '-', '_' or '.', and must start and end with an alphanumeric character (e.g. 'MyName',  or 'my.name',  or '123-abc', regex used for validation is '([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9]')
            {"spec.strategy":{"rollingUpdate":{},"type":"Recreate"}}
              spec.strategy.rollingUpdate: Forbidden: may not be specified when strategy `type` is 'Recreate'
            {"spec.strategy":{"type":"Slow"}}
              spec.strategy: Unsupported value: {"Type":"Slow","RollingUpdate":null}: supported values: "Recreate", "RollingUpdate"
            {"spec.strategy.rollingUpdate":{"maxSurge":0,"maxUnavailable":"0%"}}
              spec.strategy.rollingUpdate.maxUnavailable: Invalid value: "0%": may not be 0 when `maxSurge` is 0
            {"spec.strategy.rollingUpdate":{"maxSurge":"a","maxUnavailable":"200%"}}
              spec.strategy.rollingUpdate.maxSurge: Invalid value: "a": a valid percent string must be a numeric string followed by an ending '%' (e.g. '1%',  or '93%', regex used for validation is '[0-9]+%')
              spec.strategy.rollingUpdate.maxUnavailable: Invalid value: "200%": must not be greater than 100%
            {"spec.minReadySeconds":9,"spec.progressDeadlineSeconds":5}
              spec.progressDeadlineSeconds: Invalid value: 5: must be greater than minReadySeconds
            {"spec.template.spec.ephemeralContainers":[{"image":"x","name":"d"}]}
              spec.template.spec.ephemeralContainers: Forbidden: ephemeral containers not allowed in pod template
            {"spec.template.spec.containers.0.image":" padded"}"#]],
    );
    updates(
        &deployment(),
        &[
            json!({"spec.replicas": 5}),
            json!({"spec.selector.matchLabels.app": "api", "spec.template.metadata.labels.app": "api"}),
        ],
        expect![[r#"
            {"spec.replicas":5}
            {"spec.selector.matchLabels.app":"api","spec.template.metadata.labels.app":"api"}
              spec.selector: Invalid value: {"matchLabels":{"app":"api"}}: field is immutable"#]],
    );
}

#[test]
fn replica_sets() {
    let mut set = deployment();
    set["kind"] = "ReplicaSet".into();
    set["spec"].as_object_mut().unwrap().remove("strategy");
    creates(
        &set,
        &[
            json!({}),
            json!({"spec.template": null}),
            json!({"spec.selector.matchLabels": {"app": "api"}, "spec.replicas": -1}),
        ],
        expect![[r#"
            {}
            {"spec.template":null}
              spec.template.metadata.labels: Invalid value: null: `selector` does not match template `labels`
              spec.template.spec.containers: Required value
            {"spec.replicas":-1,"spec.selector.matchLabels":{"app":"api"}}
              spec.replicas: Invalid value: -1: must be greater than or equal to 0
              spec.template.metadata.labels: Invalid value: {"app":"web"}: `selector` does not match template `labels`"#]],
    );
    updates(
        &set,
        &[
            json!({"spec.replicas": 0, "spec.template.spec.containers.0.image": "nginx:2"}),
            json!({"spec.selector.matchLabels.tier": "a", "spec.template.metadata.labels.tier": "a"}),
        ],
        expect![[r#"
            {"spec.replicas":0,"spec.template.spec.containers.0.image":"nginx:2"}
            {"spec.selector.matchLabels.tier":"a","spec.template.metadata.labels.tier":"a"}
              spec.selector: Invalid value: {"matchLabels":{"app":"web","tier":"a"}}: field is immutable"#]],
    );
}

#[test]
fn replication_controllers() {
    let mut controller = deployment();
    controller["apiVersion"] = "v1".into();
    controller["kind"] = "ReplicationController".into();
    controller["spec"]
        .as_object_mut()
        .unwrap()
        .remove("strategy");
    controller["spec"]["selector"] = json!({"app": "web"});
    creates(
        &controller,
        &[
            json!({}),
            json!({"spec.template": null}),
            json!({"spec.selector": null}),
            json!({"spec.selector": {"app": "api"}, "spec.replicas": -1}),
            json!({"spec.selector": null, "spec.template.metadata": null}),
            json!({"spec.template.spec.restartPolicy": "Never"}),
        ],
        expect![[r#"
            {}
            {"spec.template":null}
              spec.template: Required value
            {"spec.selector":null}
            {"spec.replicas":-1,"spec.selector":{"app":"api"}}
              spec.replicas: Invalid value: -1: must be greater than or equal to 0
              spec.template.metadata.labels: Invalid value: {"app":"web"}: `selector` does not match template `labels`
            {"spec.selector":null,"spec.template.metadata":null}
              spec.selector: Required value
            {"spec.template.spec.restartPolicy":"Never"}
              spec.template.spec.restartPolicy: Unsupported value: "Never": supported values: "Always""#]],
    );
    updates(
        &controller,
        &[
            json!({"spec.selector": {"app": "api"}, "spec.template.metadata.labels": {"app": "api"}}),
        ],
        expect![[
            r#"{"spec.selector":{"app":"api"},"spec.template.metadata.labels":{"app":"api"}}"#
        ]],
    );
}
