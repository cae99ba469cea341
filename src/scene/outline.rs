//! The tree of things for readers who do not see the canvas: the same objects, in reading order.

use std::sync::Arc;

use podarium_api::meta::Str;
use podarium_api::object::Key;

use crate::display::Message;
use crate::model::{Model, NodeModel, PodState, ServiceType};
use crate::thing::{Outline, Thing};

/// The tree of everything in the model.
pub fn outline(model: &Model) -> Vec<Outline> {
    let mut tree = vec![control_plane(model), services(model)];
    for (zone, nodes) in model.zones() {
        tree.push(Outline {
            thing: Some(Thing::Zone(zone.clone())),
            name: zone,
            words: vec![word("scene-zone")],
            children: nodes.iter().map(|n| node(model, n)).collect(),
        });
    }
    let waiting: Vec<Outline> = pods(model, None);
    if !waiting.is_empty() {
        tree.push(group("scene-waiting", waiting));
    }
    tree
}

fn word(id: &'static str) -> Arc<Message> {
    Arc::new(Message::new(id))
}

fn group(id: &'static str, children: Vec<Outline>) -> Outline {
    Outline {
        thing: None,
        name: "".into(),
        words: vec![word(id)],
        children,
    }
}

fn control_plane(model: &Model) -> Outline {
    let chips = model.chips.iter().map(|chip| Outline {
        thing: Some(Thing::ControlPlane(chip.component.clone())),
        name: chip.label.clone(),
        words: if chip.runs {
            Vec::new()
        } else {
            vec![word("scene-stopped")]
        },
        children: Vec::new(),
    });
    group("scene-control-plane", chips.collect())
}

fn services(model: &Model) -> Outline {
    let internet = Outline {
        thing: Some(Thing::Internet),
        name: "".into(),
        words: vec![word("scene-visitors")],
        children: Vec::new(),
    };
    let services = model.services_in_order().into_iter().map(|(key, service)| {
        let mut words = vec![word(match service.kind {
            ServiceType::ClusterIp => "scene-service",
            ServiceType::Headless => "scene-service-headless",
            ServiceType::NodePort => "scene-service-node-port",
            ServiceType::LoadBalancer => "scene-service-load-balancer",
            ServiceType::ExternalName => "scene-service-external-name",
        })];
        if service.kind != ServiceType::ExternalName {
            let args = [
                ("ready", i64::from(service.ready).into()),
                ("total", i64::from(service.total).into()),
            ];
            words.push(Arc::new(Message::with("scene-endpoints", args)));
        }
        Outline {
            thing: Some(Thing::Service(key.clone())),
            name: key.name.clone(),
            words,
            children: Vec::new(),
        }
    });
    group(
        "scene-services",
        std::iter::once(internet).chain(services).collect(),
    )
}

fn node(model: &Model, name: &Str) -> Outline {
    let node = &model.nodes[name];
    let process = |thing, label: &str, runs: bool| Outline {
        thing: Some(thing),
        name: label.into(),
        words: if runs {
            Vec::new()
        } else {
            vec![word("scene-stopped")]
        },
        children: Vec::new(),
    };
    let mut children = pods(model, Some(name));
    children.push(process(
        Thing::Kubelet(name.clone()),
        "kubelet",
        node.kubelet,
    ));
    children.push(process(
        Thing::KubeProxy(name.clone()),
        "kube-proxy",
        node.proxy,
    ));
    Outline {
        thing: Some(Thing::Node(name.clone())),
        name: name.clone(),
        words: node_words(model, name, node),
        children,
    }
}

fn node_words(model: &Model, name: &Str, node: &NodeModel) -> Vec<Arc<Message>> {
    let mut words = vec![word("scene-node")];
    words.push(word(match (node.powered, node.ready) {
        (false, _) => "scene-node-off",
        (true, Some(true)) => "scene-node-ready",
        (true, Some(false)) => "scene-node-not-ready",
        (true, None) => "scene-node-unknown",
    }));
    if node.cordoned {
        words.push(word("scene-node-cordoned"));
    }
    for (a, b) in &model.cuts {
        let other = match (a == name, b == name) {
            (true, _) => b,
            (_, true) => a,
            _ => continue,
        };
        let args = [("name", other.into())];
        words.push(Arc::new(Message::with("scene-node-cut", args)));
    }
    let count = model.slots(Some(name)).iter().flatten().count();
    words.push(Arc::new(Message::with(
        "scene-pods",
        [("count", count.into())],
    )));
    words
}

fn pods(model: &Model, node: Option<&Str>) -> Vec<Outline> {
    let keys = model.slots(node).iter().flatten();
    keys.map(|key| pod(model, key)).collect()
}

fn pod(model: &Model, key: &Key) -> Outline {
    let pod = &model.pods[key];
    let mut words = vec![word(pod.state.message())];
    let plain = matches!(
        &*pod.status,
        "Running" | "Pending" | "Terminating" | "Completed"
    );
    if !plain && pod.state != PodState::Ready {
        words.push(Arc::new(Message::with(
            "scene-status",
            [("status", (&pod.status).into())],
        )));
    }
    if pod.restarts > 0 {
        words.push(Arc::new(Message::with(
            "scene-restarts",
            [("count", i64::from(pod.restarts).into())],
        )));
    }
    Outline {
        thing: Some(Thing::Pod(key.clone())),
        name: key.name.clone(),
        words,
        children: Vec::new(),
    }
}
