//! What an object has before anything is in it: the parts that upstream's types hold by value. A write does not own them.
// upstream: the struct types in staging/src/k8s.io/api, as encoding/json prints their zero values

use serde_json::{Value, json};

/// The empty object of a kind.
pub fn empty(api_version: &str, kind: &str) -> Value {
    let template = || json!({"metadata": {}, "spec": {"containers": null}});
    let mut object = json!({"metadata": {}, "spec": {}, "status": {}});
    match kind {
        "Pod" => object["spec"] = template()["spec"].take(),
        "PodTemplate" => object["template"] = template(),
        "Deployment" => object["spec"] = json!({"strategy": {}, "template": template()}),
        "StatefulSet" | "DaemonSet" => {
            object["spec"] = json!({"updateStrategy": {}, "template": template()});
        }
        "ReplicaSet" | "Job" => object["spec"] = json!({"template": template()}),
        "CronJob" => {
            let job = json!({"metadata": {}, "spec": {"template": template()}});
            object["spec"] = json!({"jobTemplate": job});
        }
        "Service" | "Ingress" => object["status"] = json!({"loadBalancer": {}}),
        "PersistentVolumeClaim" => object["spec"] = json!({"resources": {}}),
        "NetworkPolicy" => object["spec"] = json!({"podSelector": {}}),
        "HorizontalPodAutoscaler" => object["spec"] = json!({"scaleTargetRef": {}}),
        "Role" | "ClusterRole" => object["rules"] = Value::Null,
        "EndpointSlice" => {
            object["endpoints"] = Value::Null;
            object["ports"] = Value::Null;
        }
        "Event" if api_version == "v1" => {
            object["involvedObject"] = json!({});
            object["source"] = json!({});
        }
        "Event" => {
            object["regarding"] = json!({});
            object["deprecatedSource"] = json!({});
        }
        "Node" => {
            object["status"] = json!({"daemonEndpoints": {"kubeletEndpoint": {}}, "nodeInfo": {}});
        }
        "CustomResourceDefinition" => {
            object["spec"] = json!({"names": {}, "versions": null});
            object["status"] =
                json!({"conditions": null, "acceptedNames": {}, "storedVersions": null});
        }
        _ => {}
    }
    object
}
