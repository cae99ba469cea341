//! The scheduler in a world of its own: nodes and pods made by hand.

use expect_test::{Expect, expect};
use podarium_api::event::EventBody;
use podarium_api::kinds::KindId;
use podarium_api::meta::{Meta, Time};
use podarium_api::object::Obj;
use serde_json::{Value, json};

use super::*;
use crate::config::Config;
use crate::world::Work as AnyWork;

struct Sim {
    world: World,
    scheduler: Scheduler,
}

impl Sim {
    fn new(nodes: &[(&str, &str)]) -> Self {
        let mut sim = Sim {
            world: World::new(Config::default()),
            scheduler: Scheduler::default(),
        };
        sim.scheduler.start(&mut sim.world);
        sim.put(
            KindId::NAMESPACE,
            json!({"metadata": {"name": "default"}, "status": {"phase": "Active"}}),
        );
        sim.put(
            KindId::SERVICE_ACCOUNT,
            json!({"metadata": {"name": "default", "namespace": "default"}}),
        );
        for (name, cpu) in nodes {
            sim.node(name, cpu);
        }
        sim
    }

    fn put(&mut self, kind: KindId, value: Value) {
        let object = Object::from_value(kind, value).unwrap();
        self.world
            .create_object(&Actor::Bootstrap, object, Why::new("test"))
            .unwrap();
        self.tell_watches();
    }

    fn node(&mut self, name: &str, cpu: &str) {
        let allocatable = json!({"cpu": cpu, "memory": "8Gi", "pods": "110"});
        self.put(
            KindId::NODE,
            json!({"metadata": {"name": name}, "status": {"allocatable": allocatable}}),
        );
    }

    fn pod(&mut self, name: &str, cpu: &str) {
        let spec = json!({"containers": [{"name": "c", "image": "i", "resources": {"requests": {"cpu": cpu}}}]});
        self.put(
            KindId::POD,
            json!({"metadata": {"name": name, "namespace": "default"}, "spec": spec}),
        );
    }

    fn tell_watches(&mut self) {
        for change in self.world.take_pending() {
            self.world.because(Some(change.record));
            self.scheduler.observe(&mut self.world, &change);
        }
    }

    fn run(&mut self, seconds: u64) {
        let until = self.world.now() + Span::secs(seconds);
        while let Some(work) = self.world.next_work(until) {
            if let AnyWork::Scheduler(work) = work {
                self.scheduler.work(&mut self.world, work);
                self.tell_watches();
            }
        }
        self.world.now = until;
    }

    fn node_of(&self, name: &str) -> Option<String> {
        let pod = self.world.get::<PodBody>("default", name).unwrap();
        pod.body.node_name.as_ref().map(|n| n.to_string())
    }

    fn delete(&mut self, name: &str) {
        let key = Key::new(KindId::POD, "default", name);
        let now = crate::apiserver::DeleteOptions {
            grace: Some(0),
            ..Default::default()
        };
        self.world
            .delete(&Actor::Bootstrap, &key, &now, Why::new("test"))
            .unwrap();
        self.tell_watches();
    }

    fn events(&self, expected: &Expect) {
        let mut events: Vec<_> = self.world.store().all::<EventBody>().collect();
        events.sort_by_key(|e| e.body.first);
        let lines = events.iter().map(|e| {
            let b = &e.body;
            format!("{} {} x{} {}\n", b.about.name, b.reason, b.count, b.message)
        });
        expected.assert_eq(&lines.collect::<String>());
    }
}

#[test]
fn pods_spread_by_what_is_left() {
    let mut sim = Sim::new(&[("a", "2"), ("b", "2")]);
    for pod in ["p1", "p2", "p3", "p4"] {
        sim.pod(pod, "1");
    }
    sim.run(1);
    let mut nodes: Vec<_> = ["p1", "p2", "p3", "p4"]
        .iter()
        .filter_map(|p| sim.node_of(p))
        .collect();
    nodes.sort();
    assert_eq!(nodes, ["a", "a", "b", "b"]);
}

#[test]
fn a_pod_that_fits_nowhere_says_so_and_goes_when_room_is_made() {
    let mut sim = Sim::new(&[("a", "1")]);
    sim.pod("first", "800m");
    sim.run(1);
    sim.pod("second", "800m");
    sim.run(30);
    assert_eq!(sim.node_of("second"), None);
    let pod = sim.world.get::<PodBody>("default", "second").unwrap();
    let condition = pod.body.status.condition("PodScheduled").unwrap();
    assert_eq!(
        (condition.status, condition.reason.as_deref()),
        (Some(false), Some("Unschedulable"))
    );
    sim.delete("first");
    sim.run(15);
    assert_eq!(sim.node_of("second").as_deref(), Some("a"));
    sim.events(&expect![[r#"
        first Scheduled x1 Successfully assigned default/first to a
        second FailedScheduling x1 0/1 nodes are available: 1 Insufficient cpu. no new claims to deallocate, preemption: 0/1 nodes are available: 1 No preemption victims found for incoming pod.
        second Scheduled x1 Successfully assigned default/second to a
    "#]]);
}

#[test]
fn a_new_node_takes_what_waits() {
    let mut sim = Sim::new(&[]);
    sim.pod("p", "1");
    sim.run(5);
    assert_eq!(sim.node_of("p"), None);
    sim.node("late", "4");
    sim.run(15);
    assert_eq!(sim.node_of("p").as_deref(), Some("late"));
}

#[test]
fn nothing_is_scheduled_while_the_scheduler_is_stopped() {
    let mut sim = Sim::new(&[("a", "4")]);
    sim.world.faults.stop(Time(0), Component::Scheduler);
    sim.scheduler.stopped(&mut sim.world, &Component::Scheduler);
    sim.pod("p", "1");
    sim.run(60);
    assert_eq!(sim.node_of("p"), None);
    sim.world.faults.start(&Component::Scheduler);
    sim.scheduler.started(&mut sim.world, &Component::Scheduler);
    sim.run(10);
    assert_eq!(sim.node_of("p").as_deref(), Some("a"));
}

#[test]
fn a_gated_pod_waits_for_its_gates() {
    let mut sim = Sim::new(&[("a", "4")]);
    let spec =
        json!({"containers": [{"name": "c", "image": "i"}], "schedulingGates": [{"name": "x"}]});
    sim.put(
        KindId::POD,
        json!({"metadata": {"name": "p", "namespace": "default"}, "spec": spec}),
    );
    sim.run(5);
    assert_eq!(sim.node_of("p"), None);
    let pod = sim.world.get::<PodBody>("default", "p").unwrap();
    let mut open = pod.as_ref().clone();
    let mut spec = open.body.spec.as_ref().clone();
    spec.scheduling_gates = None;
    open.body.spec = Arc::new(spec);
    sim.world
        .update(
            &Actor::Bootstrap,
            Obj::new(Meta::clone(&open.meta), open.body),
            Why::new("test"),
        )
        .unwrap();
    sim.tell_watches();
    sim.run(5);
    assert_eq!(sim.node_of("p").as_deref(), Some("a"));
}
