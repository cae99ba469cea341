//! Tests of the documents: what kubectl looks for in them.

use std::collections::BTreeSet;

use expect_test::{Expect, expect};
use podarium_api::kinds::KINDS;
use serde_json::{Value, json};

use super::*;

fn get(path: &str) -> Value {
    let document = document(path, &[]).unwrap_or_else(|| panic!("no {path}"));
    serde_json::from_slice(&document.bytes).expect("documents are JSON")
}

fn schema(document: &str, name: &str, want: Expect) {
    let document = get(document);
    let mut schema = document["components"]["schemas"][name].clone();
    shorten(&mut schema);
    want.assert_eq(&serde_json::to_string_pretty(&schema).unwrap());
}

/// Descriptions are long and not ours.
fn shorten(value: &mut Value) {
    match value {
        Value::Object(map) => {
            if let Some(Value::String(text)) = map.get_mut("description") {
                let end = text.char_indices().nth(24).map_or(text.len(), |(at, _)| at);
                text.truncate(end);
            }
            map.values_mut().for_each(shorten);
        }
        Value::Array(items) => items.iter_mut().for_each(shorten),
        _ => {}
    }
}

#[test]
fn the_index_has_a_document_for_every_version() {
    let index = get("/openapi/v3");
    for row in KINDS {
        let place = match row.group {
            "" => format!("api/{}", row.version),
            group => format!("apis/{group}/{}", row.version),
        };
        let url = index["paths"][&place]["serverRelativeURL"]
            .as_str()
            .unwrap_or_default();
        assert!(
            url.starts_with(&format!("/openapi/v3/{place}?hash=")),
            "{place}: {url}"
        );
    }
    for place in index["paths"].as_object().expect("paths").keys() {
        assert!(
            document(&format!("/openapi/v3/{place}"), &[]).is_some(),
            "{place}"
        );
    }
    for nowhere in [
        "/openapi/v3/apis/none/v1",
        "/openapi/v1",
        "/openapi",
        "/openapi/v3/api/v2",
    ] {
        assert!(document(nowhere, &[]).is_none(), "{nowhere}");
    }
}

#[test]
fn schemas_say_how_fields_merge_and_what_they_may_be() {
    schema(
        "/openapi/v3/api/v1",
        "io.k8s.api.core.v1.ContainerPort",
        expect![[r#"
            {
              "description": "ContainerPort represents",
              "properties": {
                "containerPort": {
                  "default": 0,
                  "description": "Number of port to expose",
                  "format": "int32",
                  "type": "integer"
                },
                "hostIP": {
                  "description": "What host IP to bind the",
                  "type": "string"
                },
                "hostPort": {
                  "description": "Number of port to expose",
                  "format": "int32",
                  "type": "integer"
                },
                "name": {
                  "description": "If specified, this must ",
                  "type": "string"
                },
                "protocol": {
                  "default": "TCP",
                  "description": "Protocol for port. Must ",
                  "enum": [
                    "SCTP",
                    "TCP",
                    "UDP"
                  ],
                  "type": "string"
                }
              },
              "required": [
                "containerPort"
              ],
              "type": "object"
            }"#]],
    );
    schema(
        "/openapi/v3/api/v1",
        "io.k8s.api.core.v1.ServiceSpec",
        expect![[r##"
            {
              "description": "ServiceSpec describes th",
              "properties": {
                "allocateLoadBalancerNodePorts": {
                  "description": "allocateLoadBalancerNode",
                  "type": "boolean"
                },
                "clusterIP": {
                  "description": "clusterIP is the IP addr",
                  "type": "string"
                },
                "clusterIPs": {
                  "description": "ClusterIPs is a list of ",
                  "items": {
                    "default": "",
                    "type": "string"
                  },
                  "type": "array",
                  "x-kubernetes-list-type": "atomic"
                },
                "externalIPs": {
                  "description": "externalIPs is a list of",
                  "items": {
                    "default": "",
                    "type": "string"
                  },
                  "type": "array",
                  "x-kubernetes-list-type": "atomic"
                },
                "externalName": {
                  "description": "externalName is the exte",
                  "type": "string"
                },
                "externalTrafficPolicy": {
                  "description": "externalTrafficPolicy de",
                  "enum": [
                    "Cluster",
                    "Local"
                  ],
                  "type": "string"
                },
                "healthCheckNodePort": {
                  "description": "healthCheckNodePort spec",
                  "format": "int32",
                  "type": "integer"
                },
                "internalTrafficPolicy": {
                  "description": "InternalTrafficPolicy de",
                  "enum": [
                    "Cluster",
                    "Local"
                  ],
                  "type": "string"
                },
                "ipFamilies": {
                  "description": "IPFamilies is a list of ",
                  "items": {
                    "default": "",
                    "enum": [
                      "",
                      "IPv4",
                      "IPv6"
                    ],
                    "type": "string"
                  },
                  "type": "array",
                  "x-kubernetes-list-type": "atomic"
                },
                "ipFamilyPolicy": {
                  "description": "IPFamilyPolicy represent",
                  "enum": [
                    "PreferDualStack",
                    "RequireDualStack",
                    "SingleStack"
                  ],
                  "type": "string"
                },
                "loadBalancerClass": {
                  "description": "loadBalancerClass is the",
                  "type": "string"
                },
                "loadBalancerIP": {
                  "description": "Only applies to Service ",
                  "type": "string"
                },
                "loadBalancerSourceRanges": {
                  "description": "If specified and support",
                  "items": {
                    "default": "",
                    "type": "string"
                  },
                  "type": "array",
                  "x-kubernetes-list-type": "atomic"
                },
                "ports": {
                  "description": "The list of ports that a",
                  "items": {
                    "allOf": [
                      {
                        "$ref": "#/components/schemas/io.k8s.api.core.v1.ServicePort"
                      }
                    ],
                    "default": {}
                  },
                  "type": "array",
                  "x-kubernetes-list-map-keys": [
                    "port",
                    "protocol"
                  ],
                  "x-kubernetes-list-type": "map",
                  "x-kubernetes-patch-merge-key": "port",
                  "x-kubernetes-patch-strategy": "merge"
                },
                "publishNotReadyAddresses": {
                  "description": "publishNotReadyAddresses",
                  "type": "boolean"
                },
                "selector": {
                  "additionalProperties": {
                    "default": "",
                    "type": "string"
                  },
                  "description": "Route service traffic to",
                  "type": "object",
                  "x-kubernetes-map-type": "atomic"
                },
                "sessionAffinity": {
                  "description": "Supports \"ClientIP\" and ",
                  "enum": [
                    "ClientIP",
                    "None"
                  ],
                  "type": "string"
                },
                "sessionAffinityConfig": {
                  "allOf": [
                    {
                      "$ref": "#/components/schemas/io.k8s.api.core.v1.SessionAffinityConfig"
                    }
                  ],
                  "description": "sessionAffinityConfig co"
                },
                "trafficDistribution": {
                  "description": "TrafficDistribution offe",
                  "type": "string"
                },
                "type": {
                  "description": "type determines how the ",
                  "enum": [
                    "ClusterIP",
                    "ExternalName",
                    "LoadBalancer",
                    "NodePort"
                  ],
                  "type": "string"
                }
              },
              "type": "object"
            }"##]],
    );
    schema(
        "/openapi/v3/apis/apps/v1",
        "io.k8s.api.apps.v1.Deployment",
        expect![[r##"
            {
              "description": "Deployment enables decla",
              "properties": {
                "apiVersion": {
                  "description": "APIVersion defines the v",
                  "type": "string"
                },
                "kind": {
                  "description": "Kind is a string value r",
                  "type": "string"
                },
                "metadata": {
                  "allOf": [
                    {
                      "$ref": "#/components/schemas/io.k8s.apimachinery.pkg.apis.meta.v1.ObjectMeta"
                    }
                  ],
                  "default": {},
                  "description": "Standard object's metada"
                },
                "spec": {
                  "allOf": [
                    {
                      "$ref": "#/components/schemas/io.k8s.api.apps.v1.DeploymentSpec"
                    }
                  ],
                  "default": {},
                  "description": "Specification of the des"
                },
                "status": {
                  "allOf": [
                    {
                      "$ref": "#/components/schemas/io.k8s.api.apps.v1.DeploymentStatus"
                    }
                  ],
                  "default": {},
                  "description": "Most recently observed s"
                }
              },
              "required": [
                "spec"
              ],
              "type": "object",
              "x-kubernetes-group-version-kind": [
                {
                  "group": "apps",
                  "kind": "Deployment",
                  "version": "v1"
                }
              ]
            }"##]],
    );
    schema(
        "/openapi/v3/apis/apps/v1",
        "io.k8s.api.apps.v1.DeploymentSpec",
        expect![[r##"
            {
              "description": "DeploymentSpec is the sp",
              "properties": {
                "minReadySeconds": {
                  "description": "Minimum number of second",
                  "format": "int32",
                  "type": "integer"
                },
                "paused": {
                  "description": "Indicates that the deplo",
                  "type": "boolean"
                },
                "progressDeadlineSeconds": {
                  "description": "The maximum time in seco",
                  "format": "int32",
                  "type": "integer"
                },
                "replicas": {
                  "description": "Number of desired pods. ",
                  "format": "int32",
                  "type": "integer"
                },
                "revisionHistoryLimit": {
                  "description": "The number of old Replic",
                  "format": "int32",
                  "type": "integer"
                },
                "selector": {
                  "allOf": [
                    {
                      "$ref": "#/components/schemas/io.k8s.apimachinery.pkg.apis.meta.v1.LabelSelector"
                    }
                  ],
                  "description": "Label selector for pods."
                },
                "strategy": {
                  "allOf": [
                    {
                      "$ref": "#/components/schemas/io.k8s.api.apps.v1.DeploymentStrategy"
                    }
                  ],
                  "description": "The deployment strategy ",
                  "x-kubernetes-patch-strategy": "retainKeys"
                },
                "template": {
                  "allOf": [
                    {
                      "$ref": "#/components/schemas/io.k8s.api.core.v1.PodTemplateSpec"
                    }
                  ],
                  "default": {},
                  "description": "Template describes the p"
                }
              },
              "required": [
                "selector",
                "template"
              ],
              "type": "object"
            }"##]],
    );
    schema(
        "/openapi/v3/apis/apps/v1",
        "io.k8s.apimachinery.pkg.util.intstr.IntOrString",
        expect![[r#"
            {
              "description": "IntOrString is a type th",
              "format": "int-or-string",
              "oneOf": [
                {
                  "type": "integer"
                },
                {
                  "type": "string"
                }
              ]
            }"#]],
    );
}

#[test]
fn every_schema_that_is_referred_to_is_there() {
    let index = get("/openapi/v3");
    for place in index["paths"].as_object().expect("paths").keys() {
        let document = get(&format!("/openapi/v3/{place}"));
        let schemas = document["components"]["schemas"]
            .as_object()
            .expect("schemas");
        let mut wanted = BTreeSet::new();
        find(&document, &mut |key, value| {
            // A schema of schemas has a property of that name.
            if let ("$ref", Some(name)) = (key, value.as_str()) {
                wanted.insert(name.to_string());
            }
        });
        for name in wanted {
            let name = name.strip_prefix(schemas::COMPONENTS).expect("a schema");
            assert!(schemas.contains_key(name), "{place}: {name}");
        }
    }
}

fn find(value: &Value, seen: &mut dyn FnMut(&str, &Value)) {
    match value {
        Value::Object(map) => {
            for (key, value) in map {
                seen(key, value);
                find(value, seen);
            }
        }
        Value::Array(items) => items.iter().for_each(|item| find(item, seen)),
        _ => {}
    }
}

/// upstream: staging/src/k8s.io/cli-runtime/pkg/resource/query_param_verifier_v3.go supportsQueryParamV3
#[test]
fn kubectl_finds_that_the_server_validates_fields() {
    for row in KINDS.iter().filter(|row| row.verbs.contains(&"patch")) {
        let place = match row.group {
            "" => format!("api/{}", row.version),
            group => format!("apis/{group}/{}", row.version),
        };
        let document = get(&format!("/openapi/v3/{place}"));
        let gvk = json!({"group": row.group, "version": row.version, "kind": row.kind});
        let paths = document["paths"].as_object().expect("paths");
        let supports = paths.values().any(|item| {
            let patch = &item["patch"];
            let parameters = patch["parameters"].as_array();
            patch["x-kubernetes-group-version-kind"] == gvk
                && patch["requestBody"]["content"]["application/strategic-merge-patch+json"]
                    .is_object()
                && parameters.is_some_and(|p| {
                    p.iter()
                        .any(|p| p["name"] == "fieldValidation" && p["in"] == "query")
                })
        });
        assert!(supports, "{}", row.kind);
        let schemas = document["components"]["schemas"]
            .as_object()
            .expect("schemas");
        let kinds = schemas
            .values()
            .filter(|s| s["x-kubernetes-group-version-kind"] == json!([gvk]));
        assert_eq!(kinds.count(), 1, "{}", row.kind);
    }
}

#[test]
fn operations_are_called_as_upstream_calls_them() {
    let mut lines = String::new();
    for place in [
        "api/v1",
        "apis/apps/v1",
        "apis/rbac.authorization.k8s.io/v1",
        "apis/authorization.k8s.io/v1",
        "apis/autoscaling",
    ] {
        let document = get(&format!("/openapi/v3/{place}"));
        for (path, item) in document["paths"].as_object().expect("paths") {
            if place == "api/v1" && !path.contains("pods") && !path.contains("namespaces/{name}") {
                continue;
            }
            lines += path;
            lines += "\n";
            for (method, operation) in item.as_object().expect("operations") {
                if let Some(id) = operation["operationId"].as_str() {
                    let action = operation["x-kubernetes-action"].as_str().unwrap_or("-");
                    lines += &format!(
                        "    {method} {id} {action} {}\n",
                        operation["tags"][0].as_str().unwrap_or_default()
                    );
                }
            }
        }
    }
    expect![[r#"
        /api/v1/namespaces/{namespace}/pods
            delete deleteCollectionCoreV1NamespacedPod deletecollection core_v1
            get listCoreV1NamespacedPod list core_v1
            post createCoreV1NamespacedPod post core_v1
        /api/v1/namespaces/{namespace}/pods/{name}
            delete deleteCoreV1NamespacedPod delete core_v1
            get readCoreV1NamespacedPod get core_v1
            patch patchCoreV1NamespacedPod patch core_v1
            put replaceCoreV1NamespacedPod put core_v1
        /api/v1/namespaces/{namespace}/pods/{name}/attach
            get connectCoreV1GetNamespacedPodAttach connect core_v1
            post connectCoreV1PostNamespacedPodAttach connect core_v1
        /api/v1/namespaces/{namespace}/pods/{name}/binding
            post createCoreV1NamespacedPodBinding post core_v1
        /api/v1/namespaces/{namespace}/pods/{name}/ephemeralcontainers
            get readCoreV1NamespacedPodEphemeralcontainers get core_v1
            patch patchCoreV1NamespacedPodEphemeralcontainers patch core_v1
            put replaceCoreV1NamespacedPodEphemeralcontainers put core_v1
        /api/v1/namespaces/{namespace}/pods/{name}/eviction
            post createCoreV1NamespacedPodEviction post core_v1
        /api/v1/namespaces/{namespace}/pods/{name}/exec
            get connectCoreV1GetNamespacedPodExec connect core_v1
            post connectCoreV1PostNamespacedPodExec connect core_v1
        /api/v1/namespaces/{namespace}/pods/{name}/log
            get readCoreV1NamespacedPodLog get core_v1
        /api/v1/namespaces/{namespace}/pods/{name}/portforward
            get connectCoreV1GetNamespacedPodPortforward connect core_v1
            post connectCoreV1PostNamespacedPodPortforward connect core_v1
        /api/v1/namespaces/{namespace}/pods/{name}/proxy
            delete connectCoreV1DeleteNamespacedPodProxy connect core_v1
            get connectCoreV1GetNamespacedPodProxy connect core_v1
            patch connectCoreV1PatchNamespacedPodProxy connect core_v1
            post connectCoreV1PostNamespacedPodProxy connect core_v1
            put connectCoreV1PutNamespacedPodProxy connect core_v1
        /api/v1/namespaces/{namespace}/pods/{name}/resize
            get readCoreV1NamespacedPodResize get core_v1
            patch patchCoreV1NamespacedPodResize patch core_v1
            put replaceCoreV1NamespacedPodResize put core_v1
        /api/v1/namespaces/{namespace}/pods/{name}/status
            get readCoreV1NamespacedPodStatus get core_v1
            patch patchCoreV1NamespacedPodStatus patch core_v1
            put replaceCoreV1NamespacedPodStatus put core_v1
        /api/v1/namespaces/{name}
            delete deleteCoreV1Namespace delete core_v1
            get readCoreV1Namespace get core_v1
            patch patchCoreV1Namespace patch core_v1
            put replaceCoreV1Namespace put core_v1
        /api/v1/namespaces/{name}/finalize
            put replaceCoreV1NamespaceFinalize put core_v1
        /api/v1/namespaces/{name}/status
            get readCoreV1NamespaceStatus get core_v1
            patch patchCoreV1NamespaceStatus patch core_v1
            put replaceCoreV1NamespaceStatus put core_v1
        /api/v1/pods
            get listCoreV1PodForAllNamespaces list core_v1
        /apis/apps/v1/
            get getAppsV1APIResources - apps_v1
        /apis/apps/v1/controllerrevisions
            get listAppsV1ControllerRevisionForAllNamespaces list apps_v1
        /apis/apps/v1/daemonsets
            get listAppsV1DaemonSetForAllNamespaces list apps_v1
        /apis/apps/v1/deployments
            get listAppsV1DeploymentForAllNamespaces list apps_v1
        /apis/apps/v1/namespaces/{namespace}/controllerrevisions
            delete deleteCollectionAppsV1NamespacedControllerRevision deletecollection apps_v1
            get listAppsV1NamespacedControllerRevision list apps_v1
            post createAppsV1NamespacedControllerRevision post apps_v1
        /apis/apps/v1/namespaces/{namespace}/controllerrevisions/{name}
            delete deleteAppsV1NamespacedControllerRevision delete apps_v1
            get readAppsV1NamespacedControllerRevision get apps_v1
            patch patchAppsV1NamespacedControllerRevision patch apps_v1
            put replaceAppsV1NamespacedControllerRevision put apps_v1
        /apis/apps/v1/namespaces/{namespace}/daemonsets
            delete deleteCollectionAppsV1NamespacedDaemonSet deletecollection apps_v1
            get listAppsV1NamespacedDaemonSet list apps_v1
            post createAppsV1NamespacedDaemonSet post apps_v1
        /apis/apps/v1/namespaces/{namespace}/daemonsets/{name}
            delete deleteAppsV1NamespacedDaemonSet delete apps_v1
            get readAppsV1NamespacedDaemonSet get apps_v1
            patch patchAppsV1NamespacedDaemonSet patch apps_v1
            put replaceAppsV1NamespacedDaemonSet put apps_v1
        /apis/apps/v1/namespaces/{namespace}/daemonsets/{name}/status
            get readAppsV1NamespacedDaemonSetStatus get apps_v1
            patch patchAppsV1NamespacedDaemonSetStatus patch apps_v1
            put replaceAppsV1NamespacedDaemonSetStatus put apps_v1
        /apis/apps/v1/namespaces/{namespace}/deployments
            delete deleteCollectionAppsV1NamespacedDeployment deletecollection apps_v1
            get listAppsV1NamespacedDeployment list apps_v1
            post createAppsV1NamespacedDeployment post apps_v1
        /apis/apps/v1/namespaces/{namespace}/deployments/{name}
            delete deleteAppsV1NamespacedDeployment delete apps_v1
            get readAppsV1NamespacedDeployment get apps_v1
            patch patchAppsV1NamespacedDeployment patch apps_v1
            put replaceAppsV1NamespacedDeployment put apps_v1
        /apis/apps/v1/namespaces/{namespace}/deployments/{name}/scale
            get readAppsV1NamespacedDeploymentScale get apps_v1
            patch patchAppsV1NamespacedDeploymentScale patch apps_v1
            put replaceAppsV1NamespacedDeploymentScale put apps_v1
        /apis/apps/v1/namespaces/{namespace}/deployments/{name}/status
            get readAppsV1NamespacedDeploymentStatus get apps_v1
            patch patchAppsV1NamespacedDeploymentStatus patch apps_v1
            put replaceAppsV1NamespacedDeploymentStatus put apps_v1
        /apis/apps/v1/namespaces/{namespace}/replicasets
            delete deleteCollectionAppsV1NamespacedReplicaSet deletecollection apps_v1
            get listAppsV1NamespacedReplicaSet list apps_v1
            post createAppsV1NamespacedReplicaSet post apps_v1
        /apis/apps/v1/namespaces/{namespace}/replicasets/{name}
            delete deleteAppsV1NamespacedReplicaSet delete apps_v1
            get readAppsV1NamespacedReplicaSet get apps_v1
            patch patchAppsV1NamespacedReplicaSet patch apps_v1
            put replaceAppsV1NamespacedReplicaSet put apps_v1
        /apis/apps/v1/namespaces/{namespace}/replicasets/{name}/scale
            get readAppsV1NamespacedReplicaSetScale get apps_v1
            patch patchAppsV1NamespacedReplicaSetScale patch apps_v1
            put replaceAppsV1NamespacedReplicaSetScale put apps_v1
        /apis/apps/v1/namespaces/{namespace}/replicasets/{name}/status
            get readAppsV1NamespacedReplicaSetStatus get apps_v1
            patch patchAppsV1NamespacedReplicaSetStatus patch apps_v1
            put replaceAppsV1NamespacedReplicaSetStatus put apps_v1
        /apis/apps/v1/namespaces/{namespace}/statefulsets
            delete deleteCollectionAppsV1NamespacedStatefulSet deletecollection apps_v1
            get listAppsV1NamespacedStatefulSet list apps_v1
            post createAppsV1NamespacedStatefulSet post apps_v1
        /apis/apps/v1/namespaces/{namespace}/statefulsets/{name}
            delete deleteAppsV1NamespacedStatefulSet delete apps_v1
            get readAppsV1NamespacedStatefulSet get apps_v1
            patch patchAppsV1NamespacedStatefulSet patch apps_v1
            put replaceAppsV1NamespacedStatefulSet put apps_v1
        /apis/apps/v1/namespaces/{namespace}/statefulsets/{name}/scale
            get readAppsV1NamespacedStatefulSetScale get apps_v1
            patch patchAppsV1NamespacedStatefulSetScale patch apps_v1
            put replaceAppsV1NamespacedStatefulSetScale put apps_v1
        /apis/apps/v1/namespaces/{namespace}/statefulsets/{name}/status
            get readAppsV1NamespacedStatefulSetStatus get apps_v1
            patch patchAppsV1NamespacedStatefulSetStatus patch apps_v1
            put replaceAppsV1NamespacedStatefulSetStatus put apps_v1
        /apis/apps/v1/replicasets
            get listAppsV1ReplicaSetForAllNamespaces list apps_v1
        /apis/apps/v1/statefulsets
            get listAppsV1StatefulSetForAllNamespaces list apps_v1
        /apis/rbac.authorization.k8s.io/v1/
            get getRbacAuthorizationV1APIResources - rbacAuthorization_v1
        /apis/rbac.authorization.k8s.io/v1/clusterrolebindings
            delete deleteCollectionRbacAuthorizationV1ClusterRoleBinding deletecollection rbacAuthorization_v1
            get listRbacAuthorizationV1ClusterRoleBinding list rbacAuthorization_v1
            post createRbacAuthorizationV1ClusterRoleBinding post rbacAuthorization_v1
        /apis/rbac.authorization.k8s.io/v1/clusterrolebindings/{name}
            delete deleteRbacAuthorizationV1ClusterRoleBinding delete rbacAuthorization_v1
            get readRbacAuthorizationV1ClusterRoleBinding get rbacAuthorization_v1
            patch patchRbacAuthorizationV1ClusterRoleBinding patch rbacAuthorization_v1
            put replaceRbacAuthorizationV1ClusterRoleBinding put rbacAuthorization_v1
        /apis/rbac.authorization.k8s.io/v1/clusterroles
            delete deleteCollectionRbacAuthorizationV1ClusterRole deletecollection rbacAuthorization_v1
            get listRbacAuthorizationV1ClusterRole list rbacAuthorization_v1
            post createRbacAuthorizationV1ClusterRole post rbacAuthorization_v1
        /apis/rbac.authorization.k8s.io/v1/clusterroles/{name}
            delete deleteRbacAuthorizationV1ClusterRole delete rbacAuthorization_v1
            get readRbacAuthorizationV1ClusterRole get rbacAuthorization_v1
            patch patchRbacAuthorizationV1ClusterRole patch rbacAuthorization_v1
            put replaceRbacAuthorizationV1ClusterRole put rbacAuthorization_v1
        /apis/rbac.authorization.k8s.io/v1/namespaces/{namespace}/rolebindings
            delete deleteCollectionRbacAuthorizationV1NamespacedRoleBinding deletecollection rbacAuthorization_v1
            get listRbacAuthorizationV1NamespacedRoleBinding list rbacAuthorization_v1
            post createRbacAuthorizationV1NamespacedRoleBinding post rbacAuthorization_v1
        /apis/rbac.authorization.k8s.io/v1/namespaces/{namespace}/rolebindings/{name}
            delete deleteRbacAuthorizationV1NamespacedRoleBinding delete rbacAuthorization_v1
            get readRbacAuthorizationV1NamespacedRoleBinding get rbacAuthorization_v1
            patch patchRbacAuthorizationV1NamespacedRoleBinding patch rbacAuthorization_v1
            put replaceRbacAuthorizationV1NamespacedRoleBinding put rbacAuthorization_v1
        /apis/rbac.authorization.k8s.io/v1/namespaces/{namespace}/roles
            delete deleteCollectionRbacAuthorizationV1NamespacedRole deletecollection rbacAuthorization_v1
            get listRbacAuthorizationV1NamespacedRole list rbacAuthorization_v1
            post createRbacAuthorizationV1NamespacedRole post rbacAuthorization_v1
        /apis/rbac.authorization.k8s.io/v1/namespaces/{namespace}/roles/{name}
            delete deleteRbacAuthorizationV1NamespacedRole delete rbacAuthorization_v1
            get readRbacAuthorizationV1NamespacedRole get rbacAuthorization_v1
            patch patchRbacAuthorizationV1NamespacedRole patch rbacAuthorization_v1
            put replaceRbacAuthorizationV1NamespacedRole put rbacAuthorization_v1
        /apis/rbac.authorization.k8s.io/v1/rolebindings
            get listRbacAuthorizationV1RoleBindingForAllNamespaces list rbacAuthorization_v1
        /apis/rbac.authorization.k8s.io/v1/roles
            get listRbacAuthorizationV1RoleForAllNamespaces list rbacAuthorization_v1
        /apis/authorization.k8s.io/v1/
            get getAuthorizationV1APIResources - authorization_v1
        /apis/authorization.k8s.io/v1/namespaces/{namespace}/localsubjectaccessreviews
            post createAuthorizationV1NamespacedLocalSubjectAccessReview post authorization_v1
        /apis/authorization.k8s.io/v1/selfsubjectaccessreviews
            post createAuthorizationV1SelfSubjectAccessReview post authorization_v1
        /apis/authorization.k8s.io/v1/selfsubjectrulesreviews
            post createAuthorizationV1SelfSubjectRulesReview post authorization_v1
        /apis/authorization.k8s.io/v1/subjectaccessreviews
            post createAuthorizationV1SubjectAccessReview post authorization_v1
        /apis/autoscaling/
            get getAutoscalingAPIGroup - autoscaling
    "#]].assert_eq(&lines);
}

#[test]
fn version_2_says_the_same_in_the_older_form() {
    let document = get("/openapi/v2");
    assert_eq!(document["swagger"], "2.0");
    let port = &document["definitions"]["io.k8s.api.core.v1.HTTPGetAction"]["properties"]["port"];
    assert_eq!(
        port["$ref"],
        "#/definitions/io.k8s.apimachinery.pkg.util.intstr.IntOrString"
    );
    let number = &document["definitions"]["io.k8s.apimachinery.pkg.util.intstr.IntOrString"];
    assert_eq!(
        (number["type"].as_str(), number["format"].as_str()),
        (Some("string"), Some("int-or-string"))
    );
    let create = &document["paths"]["/api/v1/namespaces/{namespace}/pods"]["post"];
    let mut create = create.clone();
    shorten(&mut create);
    expect![[r##"
        {
          "consumes": [
            "*/*"
          ],
          "description": "create a Pod",
          "operationId": "createCoreV1NamespacedPod",
          "parameters": [
            {
              "description": "All: everything is done ",
              "in": "query",
              "name": "dryRun",
              "type": "string",
              "uniqueItems": true
            },
            {
              "description": "who is said to own the f",
              "in": "query",
              "name": "fieldManager",
              "type": "string",
              "uniqueItems": true
            },
            {
              "description": "what unknown and duplica",
              "in": "query",
              "name": "fieldValidation",
              "type": "string",
              "uniqueItems": true
            },
            {
              "in": "body",
              "name": "body",
              "required": true,
              "schema": {
                "$ref": "#/definitions/io.k8s.api.core.v1.Pod"
              }
            }
          ],
          "produces": [
            "application/json",
            "application/yaml"
          ],
          "responses": {
            "200": {
              "description": "OK",
              "schema": {
                "$ref": "#/definitions/io.k8s.api.core.v1.Pod"
              }
            },
            "201": {
              "description": "Created",
              "schema": {
                "$ref": "#/definitions/io.k8s.api.core.v1.Pod"
              }
            },
            "202": {
              "description": "Accepted",
              "schema": {
                "$ref": "#/definitions/io.k8s.api.core.v1.Pod"
              }
            },
            "401": {
              "description": "Unauthorized"
            }
          },
          "schemes": [
            "http"
          ],
          "tags": [
            "core_v1"
          ],
          "x-kubernetes-action": "post",
          "x-kubernetes-group-version-kind": {
            "group": "",
            "kind": "Pod",
            "version": "v1"
          }
        }"##]]
    .assert_eq(&serde_json::to_string_pretty(&create).unwrap());
    find(&document, &mut |key, value| {
        let newer = ["oneOf", "allOf"].contains(&key) && value.is_array();
        assert!(!newer && key != "requestBody", "{key} {value}");
    });
}

#[test]
fn custom_resources_have_their_own_document() {
    let definition = json!({
        "spec": {
            "group": "stable.example.com", "scope": "Namespaced",
            "names": {"kind": "CronTab", "plural": "crontabs", "singular": "crontab", "listKind": "CronTabList"},
            "versions": [{"name": "v1", "served": true, "storage": true, "schema": {"openAPIV3Schema": {
                "type": "object", "description": "A table.",
                "properties": {"spec": {"type": "object", "properties": {"replicas": {"type": "integer"}}}},
            }}}],
        },
        "status": {
            "acceptedNames": {"kind": "CronTab", "plural": "crontabs", "singular": "crontab", "listKind": "CronTabList"},
            "conditions": [{"type": "Established", "status": "True"}],
        },
    });
    let definitions = [definition];
    let got = document("/openapi/v3/apis/stable.example.com/v1", &definitions).expect("a document");
    let got: Value = serde_json::from_slice(&got.bytes).expect("JSON");
    let mut schema = got["components"]["schemas"]["com.example.stable.v1.CronTab"].clone();
    shorten(&mut schema);
    expect![[r##"
        {
          "description": "A table.",
          "properties": {
            "apiVersion": {
              "description": "APIVersion defines the v",
              "type": "string"
            },
            "kind": {
              "description": "Kind is a string value r",
              "type": "string"
            },
            "metadata": {
              "allOf": [
                {
                  "$ref": "#/components/schemas/io.k8s.apimachinery.pkg.apis.meta.v1.ObjectMeta"
                }
              ],
              "description": "Standard object's metada"
            },
            "spec": {
              "properties": {
                "replicas": {
                  "type": "integer"
                }
              },
              "type": "object"
            }
          },
          "type": "object",
          "x-kubernetes-group-version-kind": [
            {
              "group": "stable.example.com",
              "kind": "CronTab",
              "version": "v1"
            }
          ]
        }"##]]
    .assert_eq(&serde_json::to_string_pretty(&schema).unwrap());
    let patch = &got["paths"]["/apis/stable.example.com/v1/namespaces/{namespace}/crontabs/{name}"]
        ["patch"];
    let forms: Vec<&String> = patch["requestBody"]["content"]
        .as_object()
        .expect("forms")
        .keys()
        .collect();
    assert_eq!(
        forms,
        [
            "application/apply-patch+yaml",
            "application/json-patch+json",
            "application/merge-patch+json"
        ]
    );
    assert!(
        got["components"]["schemas"]["io.k8s.apimachinery.pkg.apis.meta.v1.ObjectMeta"].is_object()
    );
}
