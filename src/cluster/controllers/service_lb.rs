//! Load balancers: what a cloud's controller does for Services of that type, with addresses reserved for documentation.
// upstream: staging/src/k8s.io/cloud-provider/controllers/service/controller.go

use std::net::Ipv4Addr;

use k8s_openapi::api::core::v1::{LoadBalancerIngress, LoadBalancerStatus};
use podarium_api::kinds::KindId;
use podarium_api::meta::{Span, Time};
use podarium_api::object::{Key, Object, Service, ServiceBody};
use podarium_api::ordered::OrdMap;
use podarium_api::status::{Reason, Status};

use super::cache::Delta;
use super::ctx::{Ctx, Done, Feed, Outcome};
use super::queue::Weight;
use super::registry::Entry;
use crate::doc::Doc;
use crate::sim::Why;

/// How long the simulated cloud takes to make a load balancer.
const MAKING: Span = Span::secs(2);

/// upstream: staging/src/k8s.io/cloud-provider/service/helpers/helper.go LoadBalancerCleanupFinalizer
const FINALIZER: &str = "service.kubernetes.io/load-balancer-cleanup";

/// The networks of RFC 5737 that are left for documentation.
const POOL: [[u8; 3]; 2] = [[203, 0, 113], [198, 51, 100]];

/// The registry's line.
pub const ENTRY: Entry = Entry {
    doc: Doc {
        name: "service-lb-controller",
        sentence: "Has the simulated cloud make a load balancer for each Service of that type.",
        upstream: "staging/src/k8s.io/cloud-provider/controllers/service/controller.go",
        docs: "concepts/services-networking/service/#loadbalancer",
        acts_on: &["Service.spec.type", "Service.spec.loadBalancerClass"],
    },
    source: "service-controller",
    workers: 1,
    enqueue,
    reconcile,
};

/// What the cloud has given out and is about to.
#[derive(Clone, Debug, Default)]
pub struct Balancers {
    taken: OrdMap<Ipv4Addr, Key>,
    due: OrdMap<Key, Time>,
}

impl Balancers {
    fn free(&mut self, key: &Key) {
        self.taken.retain(|_, owner| owner != key);
        self.due.remove(key);
    }

    fn take(&mut self, key: &Key) -> Option<Ipv4Addr> {
        let all = POOL
            .iter()
            .flat_map(|[a, b, c]| (1..=254).map(move |d| Ipv4Addr::new(*a, *b, *c, d)));
        let ip = { all }.find(|ip| !self.taken.contains_key(ip))?;
        self.taken.insert(ip, key.clone());
        Some(ip)
    }
}

fn ingress(service: &Service) -> &[LoadBalancerIngress] {
    let status = service.body.status.load_balancer.as_ref();
    status
        .and_then(|s| s.ingress.as_deref())
        .unwrap_or_default()
}

fn has_finalizer(service: &Service) -> bool {
    service.meta.finalizers.iter().any(|f| **f == *FINALIZER)
}

// upstream: controller.go wantsLoadBalancer, needsCleanup
fn wants(service: &Service) -> bool {
    let spec = &service.body.spec;
    spec.type_.as_deref() == Some("LoadBalancer")
        && spec.load_balancer_class.is_none()
        && !service.meta.is_terminating()
}

fn enqueue(feed: &mut Feed<'_>, delta: &Delta<'_>) {
    if delta.key.kind != KindId::SERVICE {
        return;
    }
    let (_, new) = delta.of::<ServiceBody>();
    let Some(service) = new else {
        feed.state.balancers.free(delta.key);
        return;
    };
    // What an earlier life of the process gave out is known from the Services themselves.
    for ip in ingress(service)
        .iter()
        .filter_map(|i| i.ip.as_ref()?.parse().ok())
    {
        let taken = &mut feed.state.balancers.taken;
        taken.entry(ip).or_insert_with(|| delta.key.clone());
    }
    if wants(service) || has_finalizer(service) {
        feed.add(delta.key.clone(), Weight::Heavy);
    }
}

fn reconcile(ctx: &mut Ctx<'_>, key: &Key) -> Outcome {
    let Some(service) = ctx.cache.find::<ServiceBody>(key).cloned() else {
        return Ok(Done::default());
    };
    if !wants(&service) {
        if has_finalizer(&service) {
            remove(ctx, key, &service)?;
        }
        return Ok(Done::default());
    }
    if !ingress(&service).is_empty() {
        return Ok(Done::default());
    }
    let now = ctx.now();
    match ctx.state.balancers.due.get(key).copied() {
        None => {
            let why = Why::with("lb-finalizer", [("name", (&service.meta.name).into())]);
            let uid = service.meta.uid;
            ctx.patch::<ServiceBody>(key, uid, why, |s| {
                if !has_finalizer(s) {
                    s.meta.finalizers.push(FINALIZER.into());
                }
            })?;
            let about = Object::Service(service);
            ctx.tell(
                &about,
                false,
                "EnsuringLoadBalancer",
                "Ensuring load balancer",
            );
            ctx.state.balancers.due.insert(key.clone(), now + MAKING);
            Ok(Done::again(MAKING))
        }
        Some(due) if due > now => Ok(Done::again(due - now)),
        Some(_) => give(ctx, key, &service),
    }
}

fn give(ctx: &mut Ctx<'_>, key: &Key, service: &std::sync::Arc<Service>) -> Outcome {
    let about = Object::Service(service.clone());
    // A second sync before the first one's status has come back must not take a second address.
    ctx.state.balancers.taken.retain(|_, owner| owner != key);
    let Some(ip) = ctx.state.balancers.take(key) else {
        let text = "failed to ensure load balancer: no address is left";
        let event = format!("Error syncing load balancer: {text}");
        ctx.tell(&about, true, "SyncLoadBalancerFailed", event);
        return Err(Status::new(Reason::ServiceUnavailable, text));
    };
    let text = ip.to_string();
    let why = Why::with(
        "lb-address",
        [
            ("name", (&service.meta.name).into()),
            ("ip", text.as_str().into()),
        ],
    );
    ctx.patch_status::<ServiceBody>(key, service.meta.uid, why, |s| {
        let ingress = LoadBalancerIngress {
            ip: Some(text),
            ip_mode: Some("VIP".into()),
            ..LoadBalancerIngress::default()
        };
        s.body.status.load_balancer = Some(LoadBalancerStatus {
            ingress: Some(vec![ingress]),
        });
    })?;
    ctx.state.balancers.due.remove(key);
    ctx.tell(
        &about,
        false,
        "EnsuredLoadBalancer",
        "Ensured load balancer",
    );
    Ok(Done::default())
}

fn remove(ctx: &mut Ctx<'_>, key: &Key, service: &std::sync::Arc<Service>) -> Result<(), Status> {
    let about = Object::Service(service.clone());
    let uid = service.meta.uid;
    ctx.tell(
        &about,
        false,
        "DeletingLoadBalancer",
        "Deleting load balancer",
    );
    ctx.state.balancers.free(key);
    let name = || [("name", (&service.meta.name).into())];
    let why = Why::with("lb-release", name());
    ctx.patch_status::<ServiceBody>(key, uid, why, |s| {
        s.body.status.load_balancer = Some(LoadBalancerStatus::default());
    })?;
    let why = Why::with("lb-unfinalize", name());
    ctx.patch::<ServiceBody>(key, uid, why, |s| {
        s.meta.finalizers.retain(|f| **f != *FINALIZER);
    })?;
    ctx.tell(
        &about,
        false,
        "DeletedLoadBalancer",
        "Deleted load balancer",
    );
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::apiserver::DeleteOptions;
    use crate::controllers::testing::Rig;
    use crate::sim::Component;
    use expect_test::expect;
    use serde_json::json;

    fn create(rig: &mut Rig, name: &str) {
        rig.create(json!({
            "apiVersion": "v1", "kind": "Service", "metadata": {"name": name, "namespace": "default"},
            "spec": {
                "type": "LoadBalancer", "selector": {"app": name},
                "ports": [{"port": 80, "protocol": "TCP", "targetPort": 80}],
            },
        }));
    }

    fn ip(rig: &Rig, name: &str) -> Option<String> {
        ingress(&rig.get::<ServiceBody>(name)).first()?.ip.clone()
    }

    #[test]
    fn an_address_comes_after_two_seconds_and_goes_with_the_type() {
        let mut rig = Rig::new();
        create(&mut rig, "web");
        rig.run(Span::secs(1));
        assert_eq!(ip(&rig, "web"), None);
        rig.run(Span::secs(2));
        assert_eq!(ip(&rig, "web").as_deref(), Some("203.0.113.1"));
        create(&mut rig, "db");
        rig.run(Span::secs(3));
        assert_eq!(ip(&rig, "db").as_deref(), Some("203.0.113.2"));
        rig.edit::<ServiceBody>("web", |s| s.body.spec.type_ = Some("ClusterIP".into()));
        rig.run(Span::secs(1));
        assert_eq!(ip(&rig, "web"), None);
        assert!(rig.get::<ServiceBody>("web").meta.finalizers.is_empty());
        create(&mut rig, "next");
        rig.run(Span::secs(3));
        assert_eq!(ip(&rig, "next").as_deref(), Some("203.0.113.1"));
        rig.delete(KindId::SERVICE, "db", DeleteOptions::default());
        assert!(rig.find::<ServiceBody>("db").is_some());
        rig.run(Span::secs(1));
        assert!(rig.find::<ServiceBody>("db").is_none());
        let events = rig.events();
        let web: Vec<_> = events.lines().filter(|l| l.contains("/web")).collect();
        expect![[r#"
            Normal EnsuringLoadBalancer service-controller service/web: Ensuring load balancer
            Normal EnsuredLoadBalancer service-controller service/web: Ensured load balancer
            Normal DeletingLoadBalancer service-controller service/web: Deleting load balancer
            Normal DeletedLoadBalancer service-controller service/web: Deleted load balancer"#]]
        .assert_eq(&web.join("\n"));
    }

    #[test]
    fn a_restarted_manager_remembers_by_the_services() {
        let mut rig = Rig::new();
        create(&mut rig, "web");
        rig.run(Span::secs(3));
        rig.switch(Component::ControllerManager, false);
        rig.switch(Component::ControllerManager, true);
        rig.run(Span::secs(3));
        create(&mut rig, "db");
        rig.run(Span::secs(3));
        assert_eq!(ip(&rig, "web").as_deref(), Some("203.0.113.1"));
        assert_eq!(ip(&rig, "db").as_deref(), Some("203.0.113.2"));
    }

    #[test]
    fn the_second_network_follows_the_first() {
        let mut balancers = Balancers::default();
        let mut take = |n: usize| balancers.take(&Key::new(KindId::SERVICE, "a", &n.to_string()));
        let all: Vec<_> = (0..509).map(&mut take).collect();
        assert_eq!(all[254], Some(Ipv4Addr::new(198, 51, 100, 1)));
        assert_eq!((all[507].is_some(), all[508]), (true, None));
    }
}
