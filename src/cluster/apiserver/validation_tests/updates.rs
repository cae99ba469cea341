//! What may change in pods.
// upstream: pkg/apis/core/validation/validation_test.go TestValidatePodUpdate

use expect_test::expect;
use serde_json::json;

use super::{pod, updates};

#[test]
fn pods_change_little() {
    let mut old = pod();
    old["spec"]["tolerations"] = json!([{"key": "a", "operator": "Exists", "effect": "NoExecute"}]);
    old["spec"]["activeDeadlineSeconds"] = 60.into();
    updates(
        &old,
        &[
            json!({"spec.containers.0.image": "nginx:2", "spec.activeDeadlineSeconds": 30}),
            json!({"spec.tolerations.0.tolerationSeconds": 5, "spec.tolerations.1": {"operator": "Exists"}}),
            json!({"spec.tolerations.0.key": "b"}),
            json!({"spec.activeDeadlineSeconds": 90}),
            json!({"spec.activeDeadlineSeconds": null}),
            json!({"spec.containers.0.image": ""}),
            json!({"spec.containers.1": {"name": "b", "image": "c"}}),
            json!({"spec.nodeName": "node-1"}),
            json!({"spec.containers.0.name": "api"}),
            json!({"spec.schedulingGates": [{"name": "a"}]}),
            json!({"metadata.annotations": {"kubernetes.io/config.mirror": "x"}}),
        ],
        expect![[r#"
            {"spec.activeDeadlineSeconds":30,"spec.containers.0.image":"nginx:2"}
            {"spec.tolerations.0.tolerationSeconds":5,"spec.tolerations.1":{"operator":"Exists"}}
            {"spec.tolerations.0.key":"b"}
              spec.tolerations: Forbidden: existing toleration can not be modified except its tolerationSeconds
            {"spec.activeDeadlineSeconds":90}
              spec.activeDeadlineSeconds: Invalid value: 90: must be less than or equal to previous value
            {"spec.activeDeadlineSeconds":null}
              spec.activeDeadlineSeconds: Invalid value: null: must not update from a positive integer to nil value
            {"spec.containers.0.image":""}
              spec.containers[0].image: Required value
              spec.containers[0].image: Required value
            {"spec.containers.1":{"image":"c","name":"b"}}
              spec.containers: Forbidden: pod updates may not add or remove containers
            {"spec.nodeName":"node-1"}
              spec: Forbidden: pod updates may not change fields other than `spec.containers[*].image`,`spec.initContainers[*].image`,`spec.activeDeadlineSeconds`,`spec.tolerations` (only additions to existing tolerations),`spec.terminationGracePeriodSeconds` (allow it to be set to 1 if it was previously negative)
                --- expected
                +++ got
                @@ -35,21 +35,21 @@
                     }
                   ],
                   "EphemeralContainers": null,
                   "RestartPolicy": "Always",
                   "TerminationGracePeriodSeconds": 30,
                   "ActiveDeadlineSeconds": 60,
                   "DNSPolicy": "ClusterFirst",
                   "NodeSelector": null,
                   "ServiceAccountName": "",
                   "AutomountServiceAccountToken": null,
                -  "NodeName": "",
                +  "NodeName": "node-1",
                   "SecurityContext": {
                     "HostNetwork": false,
                     "HostPID": false,
                     "HostIPC": false,
                     "ShareProcessNamespace": null,
                     "HostUsers": null,
                     "SELinuxOptions": null,
                     "WindowsOptions": null,
                     "RunAsUser": null,
                     "RunAsGroup": null,
            {"spec.containers.0.name":"api"}
              spec: Forbidden: pod updates may not change fields other than `spec.containers[*].image`,`spec.initContainers[*].image`,`spec.activeDeadlineSeconds`,`spec.tolerations` (only additions to existing tolerations),`spec.terminationGracePeriodSeconds` (allow it to be set to 1 if it was previously negative)
                --- expected
                +++ got
                @@ -1,16 +1,16 @@
                 {
                   "Volumes": null,
                   "InitContainers": null,
                   "Containers": [
                     {
                -      "Name": "web",
                +      "Name": "api",
                       "Image": "nginx:1",
                       "Command": null,
                       "Args": null,
                       "WorkingDir": "",
                       "Ports": null,
                       "EnvFrom": null,
                       "Env": null,
                       "Resources": {
                         "Limits": null,
                         "Requests": null,
            {"spec.schedulingGates":[{"name":"a"}]}
              spec.schedulingGates[0].name: Forbidden: only deletion is allowed, but found new scheduling gate 'a'
            {"metadata.annotations":{"kubernetes.io/config.mirror":"x"}}
              metadata.annotations[kubernetes.io/config.mirror]: Invalid value: "x": must set spec.nodeName if mirror pod annotation is set
              metadata.annotations[kubernetes.io/config.mirror]: Forbidden: may not add mirror pod annotation"#]],
    );
}

#[test]
fn gated_pods_may_be_narrowed() {
    let mut old = pod();
    old["spec"]["schedulingGates"] = json!([{"name": "a"}, {"name": "b"}]);
    old["spec"]["nodeSelector"] = json!({"a": "b"});
    let near = |values: &[&str]| json!({"requiredDuringSchedulingIgnoredDuringExecution": {"nodeSelectorTerms": [{"matchExpressions": [{"key": "k", "operator": "In", "values": values}]}]}});
    old["spec"]["affinity"] = json!({"nodeAffinity": near(&["x"])});
    updates(
        &old,
        &[
            json!({"spec.schedulingGates": [{"name": "b"}], "spec.nodeSelector.c": "d"}),
            json!({"spec.nodeSelector": {"c": "d"}}),
            json!({"spec.affinity.nodeAffinity": near(&["y"])}),
            json!({"spec.affinity": null}),
            json!({"spec.affinity.nodeAffinity.requiredDuringSchedulingIgnoredDuringExecution.nodeSelectorTerms.0.matchExpressions.1": {"key": "z", "operator": "Exists"}}),
        ],
        expect![[r#"
            {"spec.nodeSelector.c":"d","spec.schedulingGates":[{"name":"b"}]}
            {"spec.nodeSelector":{"c":"d"}}
              spec.nodeSelector: Invalid value: {"c":"d"}: only additions to spec.nodeSelector are allowed (no mutations or deletions)
            {"spec.affinity.nodeAffinity":{"requiredDuringSchedulingIgnoredDuringExecution":{"nodeSelectorTerms":[{"matchExpressions":[{"key":"k","operator":"In","values":["y"]}]}]}}}
              spec.affinity.nodeAffinity.requiredDuringSchedulingIgnoredDuringExecution.nodeSelectorTerms[0]: Invalid value: {"MatchExpressions":[{"Key":"k","Operator":"In","Values":["y"]}],"MatchFields":null}: only additions are allowed (no mutations or deletions)
            {"spec.affinity":null}
              spec.affinity.nodeAffinity.requiredDuringSchedulingIgnoredDuringExecution.nodeSelectorTerms: Invalid value: null: no additions/deletions to non-empty NodeSelectorTerms list are allowed
            {"spec.affinity.nodeAffinity.requiredDuringSchedulingIgnoredDuringExecution.nodeSelectorTerms.0.matchExpressions.1":{"key":"z","operator":"Exists"}}"#]],
    );
}
