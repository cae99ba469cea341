//! What a fresh cluster holds before anybody asks for anything.

use podarium_api::kinds;
use podarium_api::object::Object;
use serde_json::{Value, json};

use super::admission::root_ca;
use crate::sim::{Actor, Why};
use crate::world::World;

/// Where the API server is: beside the nodes, in a network of its own.
pub const CONTROL_PLANE_IP: std::net::Ipv4Addr = std::net::Ipv4Addr::new(10, 0, 0, 10);

/// As text: as literals of the values these few objects were 25 KB of Wasm.
const OBJECTS: &str = include_str!("bootstrap.yaml");

/// Creates the namespaces, services and workloads that every cluster begins with, as kubeadm leaves them.
pub(crate) fn bootstrap(world: &mut World) {
    let (documents, _) = podarium_api::yaml::read(OBJECTS);
    // Priority classes come before what names them, and namespaces before what is in them.
    let mut all = documents.into_iter().map(|document| document.value);
    all.by_ref().take(2).for_each(|class| create(world, class));
    for name in ["default", "kube-node-lease", "kube-public", "kube-system"] {
        let object =
            |kind: &str, meta: Value| json!({"apiVersion": "v1", "kind": kind, "metadata": meta});
        let labels = json!({"kubernetes.io/metadata.name": name});
        create(
            world,
            object("Namespace", json!({"name": name, "labels": labels})),
        );
        let account = json!({"name": "default", "namespace": name});
        create(world, object("ServiceAccount", account));
        create(world, root_ca(name).into_object().to_value());
    }
    all.for_each(|object| create(world, object));
    world.api.policy.enforce();
    world.api.unseeded = true;
}

fn create(world: &mut World, value: Value) {
    let text = |field: &str| value[field].as_str().unwrap_or_default();
    let kind =
        kinds::by_gvk(text("apiVersion"), text("kind")).expect("bootstrap names built-in kinds");
    let object = Object::from_value(kind.id, value).expect("bootstrap's objects are well-formed");
    world
        .create_object(&Actor::Bootstrap, object, Why::new("bootstrap"))
        .expect("bootstrap's objects are valid");
}

#[cfg(test)]
mod tests {
    use crate::apiserver::rules;
    use crate::{Cluster, Config};
    use podarium_api::kinds::KindId;
    use podarium_api::object::{DeploymentBody, EndpointsBody, ServiceBody};

    #[test]
    fn a_fresh_cluster_holds_what_kubeadm_leaves() {
        let cluster = Cluster::new(Config {
            nodes: 0,
            ..Config::default()
        });
        let store = cluster.world().store();
        let names = |kind| -> Vec<String> {
            let all = store.list(kind).map(|o| o.key().to_string());
            all.collect()
        };
        assert_eq!(
            names(KindId::NAMESPACE),
            [
                "namespaces/default",
                "namespaces/kube-node-lease",
                "namespaces/kube-public",
                "namespaces/kube-system"
            ]
        );
        assert_eq!(names(KindId::SERVICE_ACCOUNT).len(), 5);
        assert_eq!(names(KindId::PRIORITY_CLASS).len(), 2);
        let (_, errors) = podarium_api::yaml::read(super::OBJECTS);
        assert_eq!(errors.len(), 0, "bootstrap.yaml");
        let api = store
            .find::<EndpointsBody>("default", "kubernetes")
            .unwrap();
        let address = &api.body.subsets[0].addresses.as_ref().unwrap()[0].ip;
        assert_eq!(*address, super::CONTROL_PLANE_IP.to_string());
        let dns = store
            .find::<ServiceBody>("kube-system", "kube-dns")
            .unwrap();
        assert_eq!(dns.body.spec.cluster_ip.as_deref(), Some("10.96.0.10"));
        let coredns = store.find::<DeploymentBody>("kube-system", "coredns");
        assert_eq!(coredns.unwrap().body.spec.replicas, Some(2));
        let namespace = cluster
            .world()
            .store()
            .list(KindId::NAMESPACE)
            .next()
            .unwrap();
        let value = namespace.to_value();
        assert_eq!(
            value["metadata"]["labels"]["kubernetes.io/metadata.name"],
            "default"
        );
        assert_eq!(value["spec"]["finalizers"][0], "kubernetes");
        assert_eq!(value["status"]["phase"], "Active");
    }

    #[test]
    fn the_first_objects_are_as_the_rules_would_have_them() {
        let (documents, _) = podarium_api::yaml::read(super::OBJECTS);
        for document in documents {
            let value = document.value;
            let kind = value["kind"].as_str().unwrap();
            let info = podarium_api::kinds::by_gvk(value["apiVersion"].as_str().unwrap(), kind);
            let object = super::Object::from_value(info.unwrap().id, value).unwrap();
            complete(&object);
            if matches!(object, super::Object::Other(..)) {
                let mut begun = object.clone();
                rules::prepare(&mut begun, None).unwrap();
                assert_eq!(begun, object);
                assert_eq!(rules::check(&object, None), []);
            }
        }
    }

    fn complete(object: &super::Object) {
        let value = object.to_value();
        let filled = rules::defaults(&value);
        assert_eq!(filled, Some(value), "{}", object.key());
    }

    #[test]
    fn what_components_write_is_complete() {
        let mut cluster = Cluster::new(Config::default());
        cluster.seek(cluster.now() + podarium_api::meta::Span::secs(90));
        let all = (0..).map_while(KindId::from_index);
        for kind in all.filter(|kind| *kind != KindId::EVENT) {
            cluster.world().store().list(kind).for_each(complete);
        }
    }
}
