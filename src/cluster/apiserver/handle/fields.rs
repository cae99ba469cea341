//! What field selectors may ask of each kind.

use std::borrow::Cow;

use podarium_api::kinds::KindId;
use podarium_api::object::{Body, Object};
use podarium_api::selector::FieldSelector;
use podarium_api::status::Status;
use serde_json::Value;

use super::bad_request;
use super::router::Place;

/// Whether an object is selected. The selector was [`check`]ed.
pub fn matches(selector: &FieldSelector, object: &Object) -> bool {
    selector.terms().iter().all(|term| {
        let text = text(object, &term.field).unwrap_or_default();
        (text == term.value) != term.not
    })
}

/// Refuses a selector that asks for something the kind does not offer.
///
/// upstream: pkg/apis/core/v1/conversion.go AddFieldLabelConversionsForEvent and its like
pub fn check(place: &Place, selector: &FieldSelector) -> Result<(), Status> {
    let kind = place.info.id;
    let offered = offered(kind);
    for term in selector.terms() {
        let field = term.field.as_str();
        let custom = |described: &Value| {
            let all = described["fields"].as_array();
            let namespace = field != "metadata.namespace" || place.info.namespaced;
            META.contains(&field) && namespace || all.is_some_and(|all| all.contains(&field.into()))
        };
        let known = || offered.unwrap_or(META).contains(&field);
        let known = place.custom.as_ref().map_or_else(known, |d| custom(d));
        if known {
            continue;
        }
        return Err(bad_request(match (offered, kind) {
            // upstream: staging/src/k8s.io/apimachinery/pkg/runtime/conversion.go DefaultMetaV1FieldSelectorConversion
            (None, kind) if !kind.is_custom() => format!(
                "{field:?} is not a known field selector: only \"metadata.name\", \"metadata.namespace\""
            ),
            (_, KindId::JOB) => format!("field label {field:?} not supported for batchv1.Job"),
            (_, KindId::RESOURCE_SLICE) => format!(
                "field label not supported for resource.k8s.io/v1, Kind=ResourceSlice: {field}"
            ),
            _ => ["field label not supported: ", field].concat(),
        }));
    }
    Ok(())
}

const NAME: &str = "metadata.name";
const META: &[&str] = &[NAME, "metadata.namespace"];

/// What a kind offers beyond what every kind does, and that; none where it is only that.
fn offered(kind: KindId) -> Option<&'static [&'static str]> {
    Some(match kind {
        KindId::POD => &[
            NAME,
            "metadata.namespace",
            "spec.nodeName",
            "spec.host",
            "spec.restartPolicy",
            "spec.schedulerName",
            "spec.serviceAccountName",
            "spec.hostNetwork",
            "status.phase",
            "status.podIP",
            "status.podIPs",
            "status.nominatedNodeName",
        ],
        KindId::EVENT => &[
            NAME,
            "metadata.namespace",
            "involvedObject.kind",
            "involvedObject.namespace",
            "involvedObject.name",
            "involvedObject.uid",
            "involvedObject.apiVersion",
            "involvedObject.resourceVersion",
            "involvedObject.fieldPath",
            "reason",
            "reportingComponent",
            "source",
            "type",
        ],
        KindId::EVENTS_EVENT => &[
            NAME,
            "metadata.namespace",
            "regarding.kind",
            "regarding.namespace",
            "regarding.name",
            "regarding.uid",
            "regarding.apiVersion",
            "regarding.resourceVersion",
            "regarding.fieldPath",
            "reason",
            "reportingController",
            "type",
        ],
        KindId::NODE => &[NAME, "spec.unschedulable"],
        KindId::NAMESPACE => &[NAME, "status.phase"],
        KindId::SECRET => &[NAME, "metadata.namespace", "type"],
        KindId::REPLICATION_CONTROLLER => &[NAME, "metadata.namespace", "status.replicas"],
        KindId::SERVICE => &[NAME, "metadata.namespace", "spec.clusterIP", "spec.type"],
        KindId::JOB => &[NAME, "metadata.namespace", "status.successful"],
        KindId::CERTIFICATE_SIGNING_REQUEST | KindId::CLUSTER_TRUST_BUNDLE => {
            &[NAME, "spec.signerName"]
        }
        KindId::POD_CERTIFICATE_REQUEST => {
            &[NAME, "spec.signerName", "spec.podName", "spec.nodeName"]
        }
        KindId::RESOURCE_SLICE => &[NAME, "spec.nodeName", "spec.driver"],
        _ => return None,
    })
}

fn text<'a>(object: &'a Object, field: &str) -> Option<Cow<'a, str>> {
    let meta = object.meta();
    match field {
        "metadata.name" => return Some((&*meta.name).into()),
        "metadata.namespace" => return Some((&*meta.namespace).into()),
        _ => {}
    }
    let borrowed =
        |text: &'a Option<String>| Some(Cow::Borrowed(text.as_deref().unwrap_or_default()));
    match object {
        Object::Pod(pod) => {
            let (spec, status) = (&pod.body.spec, &pod.body.status);
            match field {
                "spec.nodeName" | "spec.host" => {
                    Some(pod.body.node_name.as_deref().unwrap_or_default().into())
                }
                "spec.restartPolicy" => borrowed(&spec.restart_policy),
                "spec.schedulerName" => borrowed(&spec.scheduler_name),
                "spec.serviceAccountName" => borrowed(&spec.service_account_name),
                "spec.hostNetwork" => {
                    Some(spec.host_network.unwrap_or_default().to_string().into())
                }
                "status.phase" => Some(status.phase.as_str().into()),
                "status.podIP" => pod.ip().map(|ip| ip.to_string().into()),
                "status.nominatedNodeName" => {
                    Some(status.nominated_node.as_deref().unwrap_or_default().into())
                }
                _ => None,
            }
        }
        Object::Event(event) => {
            let body = &event.body;
            let about = field
                .strip_prefix("involvedObject.")
                .or(field.strip_prefix("regarding."));
            match about {
                Some("name") if body.rest.is_none() => return Some((&*body.about.name).into()),
                Some("kind") if body.rest.is_none() => {
                    return Some(body.about.kind.info().kind.into());
                }
                _ => {}
            }
            let mut all = Default::default();
            body.encode(&mut all);
            let value = match (about, field) {
                (Some(field), _) => all.get("involvedObject")?.get(field)?,
                (_, "source") => match &all.get("source")?["component"] {
                    Value::Null => all.get("reportingComponent")?,
                    component => component,
                },
                (_, "reportingController") => all.get("reportingComponent")?,
                (_, field) => all.get(field)?,
            };
            shown(value).map(|text| text.into_owned().into())
        }
        Object::Node(node) => Some(
            node.body
                .spec
                .unschedulable
                .unwrap_or_default()
                .to_string()
                .into(),
        ),
        Object::Namespace(namespace) => borrowed(&namespace.body.status.phase),
        Object::Secret(secret) => Some(secret.body.type_.as_str().into()),
        Object::ReplicationController(rc) => Some(rc.body.status.replicas.to_string().into()),
        Object::Service(service) => match field {
            "spec.clusterIP" => borrowed(&service.body.spec.cluster_ip),
            "spec.type" => borrowed(&service.body.spec.type_),
            _ => None,
        },
        Object::Other(_, other) => {
            let path = match field {
                "status.successful" => "status.succeeded",
                field => field,
            };
            let mut names = path.split('.');
            let first = other.body.get(names.next()?)?;
            shown(names.try_fold(first, |value, name| value.get(name))?)
        }
        _ => None,
    }
}

fn shown(value: &Value) -> Option<Cow<'_, str>> {
    match value {
        Value::String(text) => Some(text.into()),
        value => Some(value.to_string().into()),
    }
}

#[cfg(test)]
mod tests {
    use crate::{Cluster, Config, Method, Request};
    use serde_json::json;

    /// A kind, what is asked of it, and what comes of it: names, or the refusal.
    #[test]
    fn each_kind_offers_what_upstream_offers() {
        let mut cluster = Cluster::new(Config {
            nodes: 1,
            ..Config::default()
        });
        let none = "is not a known field selector: only \"metadata.name\", \"metadata.namespace\"";
        for (path, body) in [
            (
                "/api/v1/namespaces/default/secrets",
                json!({"kind": "Secret", "metadata": {"name": "a"}, "type": "Opaque"}),
            ),
            (
                "/api/v1/namespaces/default/services",
                json!({"kind": "Service", "metadata": {"name": "db"}, "spec": {"type": "ExternalName", "externalName": "x.example.com"}}),
            ),
            (
                "/api/v1/namespaces/default/pods",
                json!({"kind": "Pod", "metadata": {"name": "p"}, "spec": {"nodeName": "node-1", "containers": [{"name": "c", "image": "busybox"}]}}),
            ),
            (
                "/apis/resource.k8s.io/v1/resourceslices",
                json!({"kind": "ResourceSlice", "metadata": {"name": "gpus"}, "spec": {
                    "driver": "gpu.example.com", "nodeName": "node-1", "pool": {"name": "p", "generation": 1, "resourceSliceCount": 1},
                }}),
            ),
            (
                "/apis/batch/v1/namespaces/default/jobs",
                json!({"kind": "Job", "metadata": {"name": "j"}, "spec": {"template": {"spec": {"restartPolicy": "Never", "containers": [{"name": "c", "image": "busybox"}]}}}, "status": {"succeeded": 1}}),
            ),
        ] {
            let made = cluster.handle(Request::new(Method::Post, path).json(&body));
            assert!(made.is_success(), "{path}: {}", made.message());
        }
        for (path, selector, answer) in [
            ("/api/v1/secrets", "type=Opaque", "a"),
            ("/api/v1/namespaces/default/secrets", "type!=Opaque", ""),
            (
                "/api/v1/secrets",
                "data=1",
                "field label not supported: data",
            ),
            ("/api/v1/services", "spec.type=ExternalName", "db"),
            (
                "/api/v1/namespaces/default/services",
                "spec.type!=ExternalName,metadata.name=kubernetes",
                "kubernetes",
            ),
            (
                "/api/v1/pods",
                "spec.host=node-1,metadata.namespace=default",
                "p",
            ),
            ("/api/v1/pods", "status.podIPs=10.0.0.1", ""),
            (
                "/api/v1/pods",
                "spec.hostNetwork=false,metadata.name=p",
                "p",
            ),
            (
                "/api/v1/pods",
                "spec.x=1",
                "field label not supported: spec.x",
            ),
            ("/api/v1/nodes", "spec.unschedulable=false", "node-1"),
            (
                "/api/v1/nodes",
                "metadata.namespace=a",
                "field label not supported: metadata.namespace",
            ),
            (
                "/api/v1/namespaces",
                "metadata.name=default,status.phase=Active",
                "default",
            ),
            ("/api/v1/configmaps", "metadata.namespace=nowhere", ""),
            (
                "/apis/apps/v1/replicasets",
                "status.replicas=0",
                &["\"status.replicas\" ", none].concat(),
            ),
            (
                "/apis/storage.k8s.io/v1/storageclasses",
                "metadata.namespace=",
                "",
            ),
            (
                "/apis/storage.k8s.io/v1/storageclasses",
                "provisioner=a",
                &["\"provisioner\" ", none].concat(),
            ),
            (
                "/apis/resource.k8s.io/v1/resourceslices",
                "spec.driver=gpu.example.com,spec.nodeName=node-1",
                "gpus",
            ),
            (
                "/apis/certificates.k8s.io/v1/clustertrustbundles",
                "spec.signerName=x.com/y",
                "",
            ),
            (
                "/apis/batch/v1/jobs",
                "status.failed=1",
                "field label \"status.failed\" not supported for batchv1.Job",
            ),
            ("/apis/batch/v1/jobs", "status.successful!=3", "j"),
            (
                "/apis/resource.k8s.io/v1/resourceslices",
                "spec.pool=a",
                "field label not supported for resource.k8s.io/v1, Kind=ResourceSlice: spec.pool",
            ),
        ] {
            let mut request = Request::get(path);
            request
                .query
                .push(("fieldSelector".into(), selector.into()));
            let response = cluster.handle(request);
            let items = response.value()["items"].as_array().into_iter().flatten();
            let names: Vec<_> = items
                .map(|o| o["metadata"]["name"].as_str().unwrap())
                .collect();
            let text = if response.is_success() {
                names.join(",")
            } else {
                response.message().to_owned()
            };
            assert_eq!(text, answer, "{path} {selector}");
        }
    }
}
