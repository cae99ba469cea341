//! A test rig: the controllers alone over a world, with scheduler and kubelets played by hand.

use std::fmt::Write as _;
use std::sync::Arc;

use podarium_api::event::EventBody;
use podarium_api::kinds::{KindId, find};
use podarium_api::meta::{Span, Time};
use podarium_api::object::{Body, Key, Obj, Object};
use podarium_api::pod::{Phase, Pod, PodBody};
use serde_json::{Value, json};

use super::Controllers;
use crate::apiserver::{self, DeleteOptions};
use crate::config::Config;
use crate::sim::{Actor, Component, Why};
use crate::world::{Work, World};

/// The rig.
pub struct Rig {
    pub world: World,
    pub controllers: Controllers,
    ips: u8,
}

impl Rig {
    /// An empty cluster with the namespace `default` and the nodes `n1` and `n2` in the zones `a` and `b`.
    pub fn new() -> Rig {
        let mut rig = Rig {
            world: World::new(Config::default()),
            controllers: Controllers::default(),
            ips: 0,
        };
        rig.controllers.start(&mut rig.world);
        rig.create(json!({"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": "default"}, "spec": {"finalizers": ["kubernetes"]}, "status": {"phase": "Active"}}));
        for (node, zone) in [("n1", "a"), ("n2", "b")] {
            rig.create(json!({
                "apiVersion": "v1", "kind": "Node",
                "metadata": {"name": node, "labels": {"topology.kubernetes.io/zone": zone}},
                "status": {"conditions": [{"type": "Ready", "status": "True", "reason": "KubeletReady"}]},
            }));
        }
        rig.run(Span::secs(1));
        rig
    }

    /// Creates an object as a person does.
    pub fn create(&mut self, value: Value) -> Object {
        let kind = podarium_api::kinds::by_gvk(
            value["apiVersion"].as_str().unwrap(),
            value["kind"].as_str().unwrap(),
        )
        .unwrap();
        let object = Object::from_value(kind.id, value).unwrap();
        let user = Actor::User("tester".into());
        self.world.because(None);
        let created = self
            .world
            .create_object(&user, object, Why::new("test"))
            .unwrap();
        self.settle();
        created
    }

    /// Changes an object as a person does.
    pub fn edit<B: Body>(&mut self, name: &str, change: impl FnOnce(&mut Obj<B>)) {
        let mut object = self.get::<B>(name).as_ref().clone();
        change(&mut object);
        let user = Actor::User("tester".into());
        self.world.because(None);
        self.world.update(&user, object, Why::new("test")).unwrap();
        self.settle();
    }

    /// Changes an object's status as its kubelet does.
    pub fn edit_status<B: Body>(&mut self, name: &str, change: impl FnOnce(&mut Obj<B>)) {
        let mut object = self.get::<B>(name).as_ref().clone();
        change(&mut object);
        self.world.because(None);
        self.world
            .update_status(&Actor::Kubelet("n1".into()), object, Why::new("test"))
            .unwrap();
        self.settle();
    }

    /// Deletes an object as a person does.
    pub fn delete(&mut self, kind: KindId, name: &str, options: DeleteOptions) {
        let namespace = if kind.info().namespaced {
            "default"
        } else {
            ""
        };
        self.world.because(None);
        self.world
            .delete(
                &Actor::User("tester".into()),
                &Key::new(kind, namespace, name),
                &options,
                Why::new("test"),
            )
            .unwrap();
        self.settle();
    }

    /// The object of that name in `default`, or without a namespace.
    pub fn get<B: Body>(&self, name: &str) -> Arc<Obj<B>> {
        self.find(name)
            .unwrap_or_else(|| panic!("{} {name} is not there", B::KIND.info().kind))
    }

    /// The object of that name, if it is there.
    pub fn find<B: Body>(&self, name: &str) -> Option<Arc<Obj<B>>> {
        let namespace = if B::KIND.info().namespaced {
            "default"
        } else {
            ""
        };
        self.world.get(namespace, name)
    }

    /// All objects of a kind.
    pub fn all<B: Body>(&self) -> Vec<Arc<Obj<B>>> {
        self.world.store().all::<B>().cloned().collect()
    }

    /// Lets time pass.
    pub fn run(&mut self, span: Span) {
        let until = self.world.now() + span;
        self.settle();
        while let Some(work) = self.world.next_work(until) {
            match work {
                Work::Controllers(work) => self.controllers.work(&mut self.world, work),
                Work::Api(work) => apiserver::work(&mut self.world, work),
                _ => {}
            }
            self.settle();
        }
        self.world.now = until;
    }

    /// Stops or starts a component.
    pub fn switch(&mut self, component: Component, on: bool) {
        self.world.because(None);
        let now = self.world.now();
        if on {
            self.world.faults.start(&component);
            self.controllers.started(&mut self.world, &component);
        } else {
            self.world.faults.stop(now, component.clone());
            self.controllers.stopped(&mut self.world, &component);
        }
        self.settle();
    }

    fn settle(&mut self) {
        for change in self.world.take_pending() {
            self.world.because(Some(change.record));
            self.controllers.observe(&mut self.world, &change);
        }
    }

    /// Plays scheduler and kubelet: every pending pod is bound, runs, and is ready. Returns how many.
    pub fn start_pods(&mut self) -> usize {
        let pods: Vec<_> = self.all::<PodBody>();
        let pending = pods
            .iter()
            .filter(|p| p.is_active() && !p.is_ready())
            .map(|p| p.meta.name.clone());
        let names: Vec<_> = pending.collect();
        for name in &names {
            self.start_pod(name, "n1");
        }
        names.len()
    }

    /// Binds one pod, runs it, and makes it ready.
    pub fn start_pod(&mut self, name: &str, node: &str) {
        self.world.because(None);
        if self.get::<PodBody>(name).body.node_name.is_none() {
            let scheduler = Actor::Control("scheduler");
            self.world
                .bind(&scheduler, "default", name, node, Why::new("test"))
                .unwrap();
        }
        self.ips += 1;
        let (ip, now) = (self.ips, self.world.now());
        self.edit_status::<PodBody>(name, |pod| run_pod(pod, ip, now));
    }

    /// Makes a pod ready or not.
    pub fn set_ready(&mut self, name: &str, ready: bool) {
        let now = self.world.now();
        self.edit_status::<PodBody>(name, |pod| {
            let status = &mut pod.body.status;
            status.set_condition(now, "Ready", Some(ready), None, None);
        });
    }

    /// Plays the kubelets' last part: pods that are being deleted go. Returns how many.
    pub fn end_pods(&mut self) -> usize {
        let leaving: Vec<_> = self
            .all::<PodBody>()
            .into_iter()
            .filter(|p| p.meta.is_terminating())
            .map(|p| p.meta.name.clone())
            .collect();
        for name in &leaving {
            let options = DeleteOptions {
                grace: Some(0),
                ..DeleteOptions::default()
            };
            self.delete(KindId::POD, name, options);
        }
        leaving.len()
    }

    /// Names of a kind's objects in `default`, in order.
    pub fn names(&self, kind: &str) -> Vec<String> {
        let kind = find(kind).unwrap().id;
        self.world
            .store()
            .list_in(kind, "default")
            .map(|o| o.meta().name.to_string())
            .collect()
    }

    /// What was told, one line an event: type, reason, object, message, times. Random name endings are hidden.
    pub fn events(&self) -> String {
        let mut events = self.all::<EventBody>();
        events.sort_by_key(|e| (e.body.first, e.meta.resource_version));
        let mut out = String::new();
        for event in &events {
            let e = &event.body;
            let kind = e.about.kind.info().singular;
            let _ = writeln!(
                out,
                "{} {} {} {kind}/{}: {}{}",
                if e.warning { "Warning" } else { "Normal" },
                e.reason,
                e.component,
                mask(&e.about.name),
                mask(&e.message),
                if e.count > 1 {
                    format!(" (x{})", e.count)
                } else {
                    String::new()
                }
            );
        }
        out
    }

    /// The chain of causes of the last write to an object, as actors and reasons, newest first.
    pub fn why(&self, kind: KindId, name: &str) -> String {
        use crate::sim::What;
        let key = Key::new(kind, "default", name);
        let log = self.world.log();
        let last = log
            .since(crate::sim::RecordId(0))
            .rev()
            .find(|(_, r)| matches!(&r.what, What::Write { key: k, .. } if *k == key))
            .unwrap();
        let chain = log.why(last.0);
        let lines = chain
            .iter()
            .map(|(_, r)| format!("{}: {}\n", r.actor, mask(&r.why.to_string())));
        lines.collect()
    }
}

fn run_pod(pod: &mut Pod, ip: u8, now: Time) {
    let status = &mut pod.body.status;
    status.phase = Phase::Running;
    if status.pod_ips.is_empty() {
        status.pod_ips = vec![[10, 244, 0, ip].into()];
    }
    status.set_condition(now, "Ready", Some(true), None, None);
}

/// Hides what chance made in names: template hashes of eight to ten characters and endings of five.
pub fn mask(text: &str) -> String {
    let random = |part: &str| {
        (part.len() == 5 || (8..=10).contains(&part.len()))
            && part
                .bytes()
                .all(|b| b"bcdfghjklmnpqrstvwxz2456789".contains(&b))
    };
    let mut out = String::new();
    for (i, part) in text.split('-').enumerate() {
        if i > 0 {
            out.push('-');
        }
        let end = part
            .find(|c: char| !c.is_ascii_alphanumeric())
            .unwrap_or(part.len());
        if i > 0 && random(&part[..end]) {
            out.push('*');
            out.push_str(&part[end..]);
        } else {
            out.push_str(part);
        }
    }
    out
}

/// A pod spec with every field that the API server would have filled in.
pub fn pod_spec(image: &str) -> Value {
    json!({
        "restartPolicy": "Always", "terminationGracePeriodSeconds": 30, "dnsPolicy": "ClusterFirst",
        "containers": [{
            "name": "c", "image": image, "imagePullPolicy": "IfNotPresent",
            "terminationMessagePath": "/dev/termination-log", "terminationMessagePolicy": "File",
            "ports": [{"name": "http", "containerPort": 8080, "protocol": "TCP"}],
        }],
    })
}

/// A ReplicaSet `name` of so many pods labelled `app=name`.
pub fn replica_set(name: &str, replicas: i32) -> Value {
    json!({
        "apiVersion": "apps/v1", "kind": "ReplicaSet", "metadata": {"name": name, "namespace": "default"},
        "spec": {
            "replicas": replicas, "selector": {"matchLabels": {"app": name}},
            "template": {"metadata": {"labels": {"app": name}}, "spec": pod_spec("web:1")},
        },
    })
}

/// A Deployment `web` of so many pods of one image, with every field that the API server would have filled in.
pub fn deployment(replicas: i32, image: &str) -> Value {
    json!({
        "apiVersion": "apps/v1", "kind": "Deployment", "metadata": {"name": "web", "namespace": "default"},
        "spec": {
            "replicas": replicas, "selector": {"matchLabels": {"app": "web"}},
            "strategy": {"type": "RollingUpdate", "rollingUpdate": {"maxSurge": "25%", "maxUnavailable": "25%"}},
            "revisionHistoryLimit": 10, "progressDeadlineSeconds": 600,
            "template": {"metadata": {"labels": {"app": "web"}}, "spec": pod_spec(image)},
        },
    })
}
