//! ComponentStatuses: how the parts of the control plane are, asked of them and kept nowhere.
// upstream: pkg/registry/core/componentstatus/rest.go List, getComponentStatus

use podarium_api::status::{Reason, Status};
use serde_json::{Value, json};

use super::super::{Method, Request, Response};
use super::router::Place;
use super::{Answer, no_such_method, options, read};
use crate::sim::Component;
use crate::world::World;

/// Each part, where it would be asked, and what stops it here.
const PARTS: [(&str, u16, Option<Component>); 3] = [
    (
        "controller-manager",
        10257,
        Some(Component::ControllerManager),
    ),
    ("etcd-0", 2379, None),
    ("scheduler", 10259, Some(Component::Scheduler)),
];

/// Answers a GET of one or of all; nothing else may be asked.
pub fn answer(world: &World, request: &Request, place: &Place) -> Answer {
    if request.method != Method::Get || options::watches(request) {
        return Err(no_such_method());
    }
    let api_version = place.info.api_version();
    if !place.name.is_empty() {
        let part = PARTS.iter().find(|(name, ..)| *name == place.name);
        let text = || ["Component not found: ", &place.name].concat();
        let part = part.ok_or_else(|| Status::new(Reason::InternalError, text()))?;
        let mut value = status(world, part);
        value["apiVersion"] = api_version.into();
        value["kind"] = place.info.kind.into();
        return Ok(Response::json(200, value));
    }
    let terms = read::terms(request, place)?;
    let named = |name: &str| {
        let terms = terms.fields.terms().iter();
        let mut named = terms.filter(|term| term.field == "metadata.name");
        named.all(|term| (term.value == name) != term.not)
    };
    let labelled = terms.labels.matches(|_| None);
    let parts = PARTS.iter().filter(|(name, ..)| labelled && named(name));
    let items: Vec<_> = parts.map(|part| status(world, part)).collect();
    Ok(Response::json(
        200,
        json!({"apiVersion": api_version, "kind": place.info.list_kind, "metadata": {}, "items": items}),
    ))
}

fn status(world: &World, (name, port, component): &(&str, u16, Option<Component>)) -> Value {
    let runs = component.as_ref().is_none_or(|c| world.faults.runs(c));
    let (holds, message) = match runs {
        true => ("True", "ok".to_owned()),
        false => (
            "False",
            format!(
                "Get \"https://127.0.0.1:{port}/healthz\": dial tcp 127.0.0.1:{port}: connect: connection refused"
            ),
        ),
    };
    json!({
        "metadata": {"name": name},
        "conditions": [{"type": "Healthy", "status": holds, "message": message}],
    })
}

#[cfg(test)]
mod tests {
    use crate::sim::Component;
    use crate::{Cluster, Command, Config, Request};

    #[test]
    fn a_part_that_was_stopped_is_not_healthy() {
        let mut cluster = Cluster::new(Config::default());
        let told = |cluster: &mut Cluster, path: &str| {
            let response =
                cluster.handle(Request::get(&["/api/v1/componentstatuses", path].concat()));
            assert_eq!(
                response.warnings,
                ["v1 ComponentStatus is deprecated in v1.19+"]
            );
            let one = [response.value().clone()];
            let items = response.value()["items"]
                .as_array()
                .map_or(&one[..], Vec::as_slice);
            let each = items.iter().map(|part| {
                let text = |v: &serde_json::Value| v.as_str().unwrap_or_default().to_owned();
                let condition = &part["conditions"][0];
                format!(
                    "{} {}",
                    text(&part["metadata"]["name"]),
                    text(&condition["status"])
                )
            });
            each.collect::<Vec<_>>().join(", ")
        };
        assert_eq!(
            told(&mut cluster, ""),
            "controller-manager True, etcd-0 True, scheduler True"
        );
        cluster.command(Command::Stop(Component::Scheduler));
        assert_eq!(told(&mut cluster, "/scheduler"), "scheduler False");
        assert_eq!(
            told(&mut cluster, "?fieldSelector=metadata.name%21=scheduler"),
            "controller-manager True, etcd-0 True"
        );
        assert_eq!(told(&mut cluster, "?labelSelector=a"), "");
        let none = cluster.handle(Request::get("/api/v1/componentstatuses/kubelet"));
        assert_eq!(
            (none.code, none.message()),
            (500, "Component not found: kubelet")
        );
        let watch = cluster.handle(Request::get("/api/v1/componentstatuses?watch=1"));
        assert_eq!(watch.code, 405);
    }
}
