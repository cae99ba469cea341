//! Stories of pods on a node: what is written, what is told, and when.

mod cluster;
mod config;
mod faults;
mod images;
mod life;
mod probes;
mod scripts;

use std::fmt::Write as _;
use std::sync::Arc;

use podarium_api::event::EventBody;
use podarium_api::kinds::KindId;
use podarium_api::meta::{Span, Time};
use podarium_api::object::{Key, Object};
use podarium_api::pod::{ContainerState, Pod, PodBody};
use serde_json::Value;

use super::Kubelets;
use crate::Config;
use crate::apiserver::{DeleteOptions, Response};
use crate::network::Network;
use crate::sim::{Actor, Component, Why};
use crate::world::{Work, World};

/// A world in which nobody lives but the kubelets; pods are bound by hand.
struct Sim {
    world: World,
    kubelets: Kubelets,
    network: Network,
    /// One line for each written status, with its time.
    story: String,
}

fn sim(nodes: u32) -> Sim {
    let mut sim = Sim {
        world: World::new(Config {
            nodes,
            seed: 7,
            ..Config::default()
        }),
        kubelets: Kubelets::default(),
        network: Network::default(),
        story: String::new(),
    };
    crate::apiserver::bootstrap(&mut sim.world);
    sim.kubelets.start(&mut sim.world);
    sim.network.start(&mut sim.world);
    sim.settle();
    sim.story();
    sim
}

impl Sim {
    fn settle(&mut self) {
        for change in self.world.take_pending() {
            self.world.because(Some(change.record));
            if let Some(pod) = change.object().as_pod() {
                let line = match &change.new {
                    Some(_) => line(pod),
                    None => "gone".to_owned(),
                };
                let at = seconds(self.world.now());
                let _ = writeln!(self.story, "{at} {} {line}", pod.meta.name);
            }
            self.network.observe(&mut self.world, &change);
            self.kubelets.observe(&mut self.world, &change);
        }
    }

    fn run(&mut self, until: Time) -> &mut Self {
        while let Some(work) = self.world.next_work(until) {
            if let Work::Kubelet(work) = work {
                self.kubelets.work(&mut self.world, work, &self.network);
            }
            self.settle();
        }
        self.world.because(None);
        self.world.now = until;
        self
    }

    fn run_for(&mut self, seconds: u64) -> &mut Self {
        let until = self.world.now() + Span::secs(seconds);
        self.run(until)
    }

    /// Creates what the YAML says; pods are bound to the first node unless it says another.
    fn apply(&mut self, yaml: &str) -> &mut Self {
        let actor = Actor::User("me".into());
        for text in yaml.split("\n---\n") {
            let value: Value = super::programs::decode(text).unwrap();
            let (version, kind) = (value["apiVersion"].as_str(), value["kind"].as_str());
            let (version, kind) = (version.unwrap_or("v1"), kind.unwrap_or("Pod"));
            let id = podarium_api::kinds::by_gvk(version, kind).unwrap().id;
            let object = Object::from_value(id, value).unwrap();
            let made = self
                .world
                .create_object(&actor, object, Why::new("test"))
                .unwrap();
            if let Some(pod) = made.as_pod().filter(|p| p.body.node_name.is_none()) {
                let (space, name) = (pod.meta.namespace.clone(), pod.meta.name.clone());
                let bound = self
                    .world
                    .bind(&actor, &space, &name, "node-1", Why::new("test"));
                bound.unwrap();
            }
            self.settle();
        }
        self
    }

    fn pod(&self, name: &str) -> Arc<Pod> {
        self.world.get::<PodBody>("default", name).unwrap()
    }

    fn delete(&mut self, name: &str, grace: Option<i64>) -> &mut Self {
        let key = Key::new(KindId::POD, "default", name);
        let options = DeleteOptions {
            grace,
            ..DeleteOptions::default()
        };
        let actor = Actor::User("me".into());
        self.world
            .delete(&actor, &key, &options, Why::new("test"))
            .unwrap();
        self.settle();
        self
    }

    fn delete_config(&mut self, name: &str) {
        let key = Key::new(KindId::CONFIG_MAP, "default", name);
        let actor = Actor::User("me".into());
        self.world
            .delete(&actor, &key, &DeleteOptions::default(), Why::new("test"))
            .unwrap();
        self.settle();
    }

    fn stop(&mut self, component: Component) -> &mut Self {
        self.world.faults.stop(self.world.now(), component.clone());
        self.kubelets.stopped(&mut self.world, &component);
        self.settle();
        self
    }

    fn start(&mut self, component: Component) -> &mut Self {
        self.world.faults.start(&component);
        self.kubelets.started(&mut self.world, &component);
        self.settle();
        self
    }

    fn kill(&mut self, pod: &str, container: &str) -> Response {
        let response = self
            .kubelets
            .kill(&mut self.world, "default", pod, container);
        self.settle();
        response
    }

    /// What `kubectl get events` would list of a pod, in order of the first time, without its uid.
    fn events(&self, name: &str) -> String {
        let mut all: Vec<_> = self
            .world
            .store()
            .all::<EventBody>()
            .filter(|e| &*e.body.about.name == name)
            .collect();
        all.sort_by_key(|e| (e.body.first, e.meta.resource_version));
        let mut out = String::new();
        for event in all {
            let e = &event.body;
            let uid = format!("({})", e.about_uid);
            let message = e.message.replace(&uid, "(UID)");
            let kind = if e.warning { "Warning" } else { "Normal" };
            let count = match e.count {
                1 => String::new(),
                n => format!(" (x{n})"),
            };
            let _ = writeln!(
                out,
                "{} {kind} {}: {message}{count}",
                seconds(e.first),
                e.reason
            );
        }
        out
    }

    fn story(&mut self) -> String {
        std::mem::take(&mut self.story)
    }
}

fn seconds(time: Time) -> String {
    format!(
        "{}.{:03}s",
        time.as_millis() / 1_000,
        time.as_millis() % 1_000
    )
}

/// A pod's status in a line: phase, conditions that are true, containers.
fn line(pod: &Pod) -> String {
    let status = &pod.body.status;
    let mut out = status.phase.as_str().to_owned();
    if pod.meta.is_terminating() {
        out += " deleted";
    }
    for (kind, mark) in [("Initialized", " init"), ("Ready", " READY")] {
        if status.is_true(kind) {
            out += mark;
        }
    }
    for c in status.init_containers.iter().chain(&status.containers) {
        let state = match &c.state {
            ContainerState::Waiting { reason, .. } => reason.to_string(),
            ContainerState::Running { .. } => "running".into(),
            ContainerState::Terminated {
                exit_code, reason, ..
            } => format!("{reason}({exit_code})"),
        };
        let _ = write!(out, " {}={state}", c.name);
        if c.restart_count > 0 {
            let _ = write!(out, "x{}", c.restart_count);
        }
    }
    out
}
