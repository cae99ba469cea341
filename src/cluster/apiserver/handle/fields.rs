//! What field selectors may ask of each kind.

use std::borrow::Cow;

use podarium_api::kinds::KindId;
use podarium_api::object::Object;
use podarium_api::selector::FieldSelector;
use podarium_api::status::Status;
use serde_json::Value;

use super::bad_request;

/// Whether an object is selected. The selector was [`check`]ed.
pub fn matches(selector: &FieldSelector, object: &Object) -> bool {
    selector.terms().iter().all(|term| {
        let text = text(object, &term.field).unwrap_or_default();
        (text == term.value) != term.not
    })
}

/// Refuses a selector that asks for something the kind does not offer.
///
/// upstream: pkg/apis/core/v1/conversion.go AddFieldLabelConversionsForPod and its like; apimachinery/pkg/runtime/conversion.go
/// DefaultMetaV1FieldSelectorConversion
pub fn check(kind: KindId, selector: &FieldSelector) -> Result<(), Status> {
    let info = kind.info();
    for term in selector.terms() {
        let field = term.field.as_str();
        let offered = offered(kind);
        // Kinds without fields of their own take the namespace even where there is none.
        let namespaced = info.namespaced || offered.is_empty();
        let common = field == "metadata.name" || (field == "metadata.namespace" && namespaced);
        if !common && !offered.contains(&field) {
            let known =
                "is not a known field selector: only \"metadata.name\", \"metadata.namespace\"";
            return Err(bad_request(if offered.is_empty() {
                format!("{field:?} {known}")
            } else {
                ["field label not supported: ", field].concat()
            }));
        }
    }
    Ok(())
}

fn offered(kind: KindId) -> &'static [&'static str] {
    match kind {
        KindId::POD => &[
            "spec.nodeName",
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
            "involvedObject.kind",
            "involvedObject.namespace",
            "involvedObject.name",
            "involvedObject.uid",
            "involvedObject.apiVersion",
            "involvedObject.fieldPath",
            "reason",
            "reportingComponent",
            "source",
            "type",
        ],
        KindId::NODE => &["spec.unschedulable"],
        KindId::NAMESPACE => &["status.phase"],
        KindId::SECRET => &["type"],
        KindId::REPLICATION_CONTROLLER => &["status.replicas"],
        KindId::SERVICE => &["spec.clusterIP", "spec.type"],
        KindId::JOB => &["status.successful"],
        KindId::CERTIFICATE_SIGNING_REQUEST | KindId::CLUSTER_TRUST_BUNDLE => &["spec.signerName"],
        KindId::POD_CERTIFICATE_REQUEST => &["spec.nodeName", "spec.signerName"],
        KindId::RESOURCE_SLICE => &["spec.driver", "spec.nodeName"],
        _ => &[],
    }
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
                "spec.nodeName" => Some(pod.body.node_name.as_deref().unwrap_or_default().into()),
                "spec.restartPolicy" => borrowed(&spec.restart_policy),
                "spec.schedulerName" => borrowed(&spec.scheduler_name),
                "spec.serviceAccountName" => borrowed(&spec.service_account_name),
                "spec.hostNetwork" => {
                    Some(spec.host_network.unwrap_or_default().to_string().into())
                }
                "status.phase" => Some(status.phase.as_str().into()),
                "status.podIP" | "status.podIPs" => pod.ip().map(|ip| ip.to_string().into()),
                "status.nominatedNodeName" => {
                    Some(status.nominated_node.as_deref().unwrap_or_default().into())
                }
                _ => None,
            }
        }
        Object::Event(event) => {
            let body = &event.body;
            match field {
                "involvedObject.kind" => Some(body.about.kind.info().kind.into()),
                "involvedObject.namespace" => Some((&*body.about.namespace).into()),
                "involvedObject.name" => Some((&*body.about.name).into()),
                "involvedObject.uid" => Some(body.about_uid.to_string().into()),
                "involvedObject.apiVersion" => Some(body.about.kind.info().api_version().into()),
                "involvedObject.fieldPath" => Some((&*body.field_path).into()),
                "reason" => Some((&*body.reason).into()),
                "reportingComponent" | "source" => Some((&*body.component).into()),
                "type" => Some(if body.warning { "Warning" } else { "Normal" }.into()),
                _ => None,
            }
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
        Object::Other(_, object) => {
            let mut parts = field.split('.');
            let value = object.body.get(parts.next()?)?;
            match parts.try_fold(value, |value, part| value.get(part))? {
                Value::String(text) => Some(text.into()),
                value => Some(value.to_string().into()),
            }
        }
        _ => None,
    }
}
