//! Heartbeats: those that change nothing are not written. What they would have written is told when somebody looks.

use std::sync::Arc;

use podarium_api::kinds::KindId;
use podarium_api::meta::{Meta, OwnerReference, Span, Time};
use podarium_api::object::{Key, Node, Obj, Object};
use serde_json::{Map, Value};

use super::given;
use crate::sim::{Actor, Component, Why};
use crate::world::World;

/// upstream: pkg/kubelet/kubelet.go nodeLeaseRenewIntervalFraction: a quarter of what the lease holds
pub const KUBELET: Span = Span::secs(10);
const HELD: u32 = 40;
/// upstream: staging/src/k8s.io/component-base/config/v1alpha1/defaults.go RetryPeriod
const LEADER: Span = Span::secs(2);
/// upstream: pkg/kubelet/apis/config/v1beta1/defaults.go NodeStatusReportFrequency
const REPORT: Span = Span::secs(300);

const NODES: &str = "kube-node-lease";
const SYSTEM: &str = "kube-system";
const LEADERS: [(&str, Component); 2] = [
    ("kube-controller-manager", Component::ControllerManager),
    ("kube-scheduler", Component::Scheduler),
];

/// An object as it is when somebody looks at it now.
pub fn seen(world: &World, object: &Object) -> Object {
    let mut object = object.clone();
    match &mut object {
        Object::Node(node) => {
            let name = Component::Kubelet(node.meta.name.clone());
            let until = world.faults.heard(&name, world.now);
            let status = &mut Arc::make_mut(node).body.status;
            for condition in status.conditions.iter_mut().flatten() {
                if let Some(at) = &mut condition.last_heartbeat_time {
                    *at = last(Time::from_k8s(at), REPORT, until).to_k8s();
                }
            }
        }
        Object::Other(KindId::LEASE, lease) => {
            if let Some((until, period)) = renewed(world, &lease.meta)
                && let Some(Value::Object(spec)) = Arc::make_mut(lease).body.get_mut("spec")
                && let Some(Value::String(at)) = spec.get_mut("renewTime")
                && let Some(since) = Time::parse(at)
            {
                *at = last(since, period, until).to_rfc3339_micros();
            }
        }
        _ => {}
    }
    object
}

/// The last of the beats since one of them.
fn last(since: Time, period: Span, until: Time) -> Time {
    since + period * ((until - since).0 / period.0)
}

/// Until when a lease was renewed, and how often; none where nobody holds it.
fn renewed(world: &World, lease: &Meta) -> Option<(Time, Span)> {
    let heard = |component: &Component| world.faults.heard(component, world.now);
    match &*lease.namespace {
        NODES if lease.owners.is_some() => {
            Some((heard(&Component::Kubelet(lease.name.clone())), KUBELET))
        }
        SYSTEM => match LEADERS.iter().find(|(name, _)| *name == &*lease.name) {
            Some((_, component)) => Some((heard(component), LEADER)),
            // upstream: pkg/controlplane/apiserver/server.go IdentityLeaseRenewIntervalPeriod
            None if lease.name.starts_with("apiserver-") => Some((world.now, KUBELET)),
            None => None,
        },
        _ => None,
    }
}

/// A kubelet begins to renew the lease of its node.
///
/// upstream: staging/src/k8s.io/component-helpers/apimachinery/lease/controller.go; pkg/kubelet/util/nodelease.go SetNodeOwnerFunc
pub fn kubelet(world: &mut World, actor: &Actor, node: &Node) {
    let name = &node.meta.name;
    world.faults.hear(&Component::Kubelet(name.clone()));
    let mut meta = Meta::new(NODES, name);
    let owner = OwnerReference {
        api_version: "v1".into(),
        kind: "Node".into(),
        name: name.clone(),
        uid: node.meta.uid,
        controller: false,
        block_owner_deletion: false,
    };
    meta.owners = Some([owner].into());
    let mut spec = Map::new();
    spec.insert("holderIdentity".into(), (&**name).into());
    spec.insert("leaseDurationSeconds".into(), HELD.into());
    renew(world, actor, meta, spec);
}

/// A part of the control plane has started again, and leads as another than it was.
///
/// upstream: staging/src/k8s.io/client-go/tools/leaderelection/leaderelection.go tryAcquireOrRenew
pub fn leads(world: &mut World, component: &Component) {
    let Some((name, _)) = LEADERS.iter().find(|(_, c)| c == component) else {
        return;
    };
    super::aggregates(world);
    given::seed(world);
    let key = Key::new(KindId::LEASE, SYSTEM, name);
    let Some(Object::Other(_, lease)) = world.store.get(&key).cloned() else {
        return;
    };
    let holder = format!("control-plane_{}", world.next_uid());
    let mut spec = Map::new();
    let before = &lease.body["spec"]["leaseTransitions"];
    spec.insert(
        "leaseTransitions".into(),
        (before.as_i64().unwrap_or(0) + 1).into(),
    );
    spec.insert("acquireTime".into(), world.now.to_rfc3339_micros().into());
    let text = [&holder, " became leader"].concat();
    spec.insert("holderIdentity".into(), holder.into());
    let actor = Actor::Control(name);
    renew(world, &actor, Meta::new(SYSTEM, name), spec);
    world.tell(
        &actor,
        &Object::Other(KindId::LEASE, lease),
        false,
        "LeaderElection",
        text,
    );
}

/// Renews a lease, and makes it where it is not.
fn renew(world: &mut World, actor: &Actor, meta: Meta, mut spec: Map<String, Value>) {
    spec.insert("renewTime".into(), world.now.to_rfc3339_micros().into());
    let key = Key::new(KindId::LEASE, &meta.namespace, &meta.name);
    let why = Why::new("lease");
    // What is refused is tried again with the next beat; nobody waits for it.
    if let Some(Object::Other(_, lease)) = world.store.get(&key) {
        let mut lease = Obj::clone(lease);
        if let Some(Value::Object(fields)) = lease.body.get_mut("spec") {
            fields.extend(spec);
        }
        let lease = Object::Other(KindId::LEASE, Arc::new(lease));
        let _ = world.update_object(actor, lease, why);
    } else {
        let body = Map::from_iter([("spec".into(), Value::Object(spec))]);
        let lease = Object::Other(KindId::LEASE, Arc::new(Obj { meta, body }));
        let _ = world.create_object(actor, lease, why);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Cluster, Command, Config, Method, Request};
    use serde_json::json;

    const NODE_LEASE: &str =
        "/apis/coordination.k8s.io/v1/namespaces/kube-node-lease/leases/node-1";
    const SCHEDULER: &str =
        "/apis/coordination.k8s.io/v1/namespaces/kube-system/leases/kube-scheduler";

    fn cluster() -> Cluster {
        Cluster::new(Config {
            nodes: 1,
            ..Config::default()
        })
    }

    fn until(cluster: &mut Cluster, second: u64) {
        cluster.advance(Time(0) + Span::secs(second), u64::MAX);
    }

    fn get(cluster: &mut Cluster, path: &str) -> Value {
        cluster.handle(Request::get(path)).value().clone()
    }

    /// When a lease was renewed last, in seconds.
    fn renewed(cluster: &mut Cluster, path: &str) -> u64 {
        let lease = get(cluster, path);
        let at = lease["spec"]["renewTime"].as_str().unwrap();
        assert_eq!(at.len(), "2026-01-01T00:00:00.000000Z".len());
        Time::parse(at).unwrap().as_millis() / 1_000
    }

    fn kubelet() -> Component {
        Component::Kubelet("node-1".into())
    }

    #[test]
    fn a_lease_is_renewed_while_its_kubelet_is_heard() {
        let mut c = cluster();
        let lease = get(&mut c, NODE_LEASE);
        assert_eq!(lease["spec"]["holderIdentity"], "node-1");
        assert_eq!(lease["spec"]["leaseDurationSeconds"], 40);
        assert_eq!(lease["metadata"]["ownerReferences"][0]["kind"], "Node");
        let revision = c.world().store().revision();
        until(&mut c, 35);
        assert_eq!(renewed(&mut c, NODE_LEASE), 30);
        c.command(Command::Stop(kubelet()));
        until(&mut c, 77);
        assert_eq!(renewed(&mut c, NODE_LEASE), 30);
        c.command(Command::Start(kubelet()));
        assert_eq!(renewed(&mut c, NODE_LEASE), 30);
        until(&mut c, 83);
        assert_eq!(renewed(&mut c, NODE_LEASE), 78);
        c.command(Command::Cut("node-1".into(), "control-plane".into()));
        until(&mut c, 120);
        assert_eq!(renewed(&mut c, NODE_LEASE), 78);
        c.command(Command::Mend("node-1".into(), "control-plane".into()));
        assert_eq!(renewed(&mut c, NODE_LEASE), 120);
        assert!(c.world().store().revision() > revision);
    }

    #[test]
    fn beats_write_nothing() {
        let mut c = cluster();
        until(&mut c, 60);
        let revision = c.world().store().revision();
        until(&mut c, 3_000);
        assert_eq!(renewed(&mut c, NODE_LEASE), 3_000);
        assert_eq!(c.world().store().revision(), revision);
    }

    #[test]
    fn lists_and_new_watches_tell_of_beats_too() {
        let mut c = cluster();
        until(&mut c, 35);
        let leases = "/apis/coordination.k8s.io/v1/leases";
        let list = get(&mut c, leases);
        let times: Vec<&Value> = list["items"]
            .as_array()
            .unwrap()
            .iter()
            .map(|lease| &lease["spec"]["renewTime"])
            .collect();
        // The node's, the API server's, and those of controllers and scheduler.
        assert_eq!(
            times,
            [
                "2026-01-01T00:00:30.000000Z",
                "2026-01-01T00:00:30.000000Z",
                "2026-01-01T00:00:34.000000Z",
                "2026-01-01T00:00:34.000000Z"
            ]
        );
        let opened = c.handle(Request::get(&[leases, "?watch=1"].concat()));
        let crate::apiserver::Body::Watch(mut watch) = opened.body else {
            panic!("no watch");
        };
        let told = c.world().poll_watch(&mut watch);
        assert_eq!(told[0].1["spec"]["renewTime"], times[0].clone());
    }

    #[test]
    fn conditions_of_a_node_are_reported_every_five_minutes() {
        let mut c = cluster();
        let beat = |c: &mut Cluster| {
            let node = get(c, "/api/v1/nodes/node-1");
            let all = node["status"]["conditions"].as_array().unwrap();
            let ready = all.iter().find(|c| c["type"] == "Ready").unwrap();
            let at = ready["lastHeartbeatTime"].as_str().unwrap();
            Time::parse(at).unwrap().as_millis() / 1_000
        };
        until(&mut c, 200);
        // When it last told of the images on its disk.
        let first = beat(&mut c);
        assert!(first < 60, "{first}");
        until(&mut c, 700);
        assert_eq!(beat(&mut c), first + 600);
        c.command(Command::Stop(kubelet()));
        until(&mut c, 2_000);
        assert_eq!(beat(&mut c), first + 600);
        c.command(Command::Start(kubelet()));
        until(&mut c, 2_010);
        assert_eq!(beat(&mut c), 2_001);
    }

    #[test]
    fn who_starts_again_leads_as_another() {
        let mut c = cluster();
        let holder = |lease: &Value| lease["spec"]["holderIdentity"].as_str().unwrap().to_owned();
        let before = get(&mut c, SCHEDULER);
        assert!(holder(&before).starts_with("control-plane_"));
        assert_eq!(before["spec"]["leaseTransitions"], 0);
        until(&mut c, 31);
        c.command(Command::Stop(Component::Scheduler));
        until(&mut c, 60);
        assert_eq!(renewed(&mut c, SCHEDULER), 30);
        c.command(Command::Start(Component::Scheduler));
        let after = get(&mut c, SCHEDULER);
        assert_ne!(holder(&after), holder(&before));
        assert_eq!(after["spec"]["leaseTransitions"], 1);
        assert_eq!(after["spec"]["acquireTime"], "2026-01-01T00:01:00.000000Z");
        let events = get(&mut c, "/api/v1/namespaces/kube-system/events");
        let all = events["items"].as_array().unwrap();
        let told = all
            .iter()
            .find(|e| e["reason"] == "LeaderElection")
            .unwrap();
        assert_eq!(told["message"], format!("{} became leader", holder(&after)));
    }

    #[test]
    fn a_lease_that_somebody_deletes_comes_back() {
        let mut c = cluster();
        until(&mut c, 20);
        let uid = get(&mut c, NODE_LEASE)["metadata"]["uid"].clone();
        assert!(
            c.handle(Request::new(Method::Delete, NODE_LEASE))
                .is_success()
        );
        until(&mut c, 31);
        let again = get(&mut c, NODE_LEASE);
        assert_eq!(again["spec"]["holderIdentity"], "node-1");
        assert_ne!(again["metadata"]["uid"], uid);
        // That of a node that is no more goes with it.
        let gone = c.handle(Request::new(Method::Delete, "/api/v1/nodes/node-1"));
        assert!(gone.is_success());
        until(&mut c, 60);
        assert_eq!(c.handle(Request::get(NODE_LEASE)).code, 404);
    }

    #[test]
    fn every_cluster_ip_has_its_object() {
        let mut c = cluster();
        let names = |c: &mut Cluster| -> Vec<Value> {
            let list = get(c, "/apis/networking.k8s.io/v1/ipaddresses");
            let items = list["items"].as_array().unwrap();
            items
                .iter()
                .map(|ip| ip["metadata"]["name"].clone())
                .collect()
        };
        assert_eq!(names(&mut c), ["10.96.0.1", "10.96.0.10"]);
        let services = "/api/v1/namespaces/default/services";
        let service = |spec: Value| json!({"metadata": {"name": "web"}, "spec": spec});
        let post = |spec: Value| Request::new(Method::Post, services).json(&service(spec));
        let ports = json!([{"port": 80}]);
        let refused = c.handle(post(json!({"ports": [{"port": 0}]})));
        assert_eq!(refused.code, 422);
        assert_eq!(names(&mut c).len(), 2);
        let made = c.handle(post(json!({"clusterIP": "10.96.0.77", "ports": ports})));
        assert!(made.is_success(), "{}", made.message());
        let ip = get(&mut c, "/apis/networking.k8s.io/v1/ipaddresses/10.96.0.77");
        assert_eq!(
            ip["spec"]["parentRef"],
            json!({"resource": "services", "namespace": "default", "name": "web"})
        );
        assert_eq!(
            ip["metadata"]["labels"]["ipaddress.kubernetes.io/managed-by"],
            "ipallocator.k8s.io"
        );
        let path = [services, "/web"].concat();
        let external = json!({"spec": {"type": "ExternalName", "externalName": "a.example.com", "clusterIP": "", "clusterIPs": null}});
        let patch = Request::new(Method::Patch, &path)
            .content_type("application/merge-patch+json")
            .json(&external);
        let patched = c.handle(patch);
        assert!(patched.is_success(), "{}", patched.message());
        assert_eq!(names(&mut c).len(), 2);
    }
}
