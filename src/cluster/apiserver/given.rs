//! What only people look at of what a fresh cluster holds: the rules make it, as virtual objects at first.

use podarium_api::kinds;
use podarium_api::object::Object;
use serde_json::{Value, json};

use super::admission::root_ca;
use super::strategy::counts_generations;
use super::{CONTROL_PLANE_IP, SERVICE_CIDR, rules};
use crate::sim::Rng;
use crate::world::{World, uid};

/// Puts it into the store when somebody from outside first asks for anything, as if it had been there from the beginning:
/// nobody inside watches it, and in the browser the rules are not there when the first cluster begins. From then on these
/// objects are as all others.
pub fn seed(world: &mut World) {
    if !world.api.unseeded {
        return;
    }
    let start = world.config.start;
    let objects = rules::given(&json!({
        "start": start.to_rfc3339(), "ca": root_ca("").body.data["ca.crt"],
        "server": format!("{CONTROL_PLANE_IP}:6443"), "services": SERVICE_CIDR,
    }));
    let Some(Value::Array(objects)) = objects else {
        return;
    };
    world.api.unseeded = false;
    let mut uids = Rng::stream(world.config.seed, "policy");
    for value in objects {
        let text = |field: &str| value[field].as_str().unwrap_or_default();
        let kind = kinds::by_gvk(text("apiVersion"), text("kind"))
            .expect("the rules know the kinds")
            .id;
        let mut object = Object::from_value(kind, value).expect("the rules make objects");
        let meta = object.meta_mut();
        (meta.uid, meta.created) = (uid(&mut uids), start);
        meta.generation = i64::from(counts_generations(kind));
        // That of the first write.
        meta.resource_version = 1;
        world.store.seed(object);
    }
}

#[cfg(test)]
mod tests {
    use crate::apiserver::{Body, Watch};
    use crate::sim::RecordId;
    use crate::{Cluster, Config, Method, Request};
    use podarium_api::kinds::KINDS;
    use podarium_api::meta::Span;
    use serde_json::{Value, json};

    fn cluster() -> Cluster {
        Cluster::new(Config {
            nodes: 0,
            ..Config::default()
        })
    }

    fn names(cluster: &mut Cluster, path: &str) -> Vec<String> {
        let listed = cluster.handle(Request::get(path));
        let items = listed.value()["items"].as_array().unwrap();
        let name = |item: &Value| item["metadata"]["name"].as_str().unwrap().to_owned();
        items.iter().map(name).collect()
    }

    const MAPS: &str = "/api/v1/namespaces/kube-system/configmaps";
    const SCHEMAS: &str = "/apis/flowcontrol.apiserver.k8s.io/v1/flowschemas";

    #[test]
    fn what_a_cluster_begins_with_is_there_whenever_somebody_looks() {
        let mut early = cluster();
        let listed = names(&mut early, MAPS);
        assert_eq!(
            listed,
            [
                "coredns",
                "extension-apiserver-authentication",
                "kube-apiserver-legacy-service-account-token-tracking",
                "kube-root-ca.crt",
                "kubeadm-config",
                "kubelet-config"
            ]
        );
        let mut late = cluster();
        let path = [MAPS, "/kubeadm-config"].concat();
        let map = late.handle(Request::get(&path)).value().clone();
        assert_eq!(map["metadata"]["creationTimestamp"], "2026-01-01T00:00:00Z");
        assert_eq!(map, early.handle(Request::get(&path)).value().clone());
        late.advance(late.now() + Span::secs(60), u64::MAX);
        assert_eq!(names(&mut late, MAPS), listed);
        assert_eq!(names(&mut late, SCHEMAS).len(), 13);
    }

    #[test]
    fn looking_changes_nothing_that_anybody_is_told_of() {
        let (mut one, mut other) = (cluster(), cluster());
        let revision = one.world().store().revision();
        for row in KINDS.iter().filter(|row| row.stored()) {
            let group = match row.group {
                "" => "/api".to_owned(),
                group => ["/apis/", group].concat(),
            };
            names(
                &mut one,
                &[&group, "/", row.version, "/", row.plural].concat(),
            );
        }
        assert_eq!(one.world().store().revision(), revision);
        let map = json!({"metadata": {"name": "mine"}});
        let made = |cluster: &mut Cluster| {
            let path = "/api/v1/namespaces/default/configmaps";
            let made = cluster.handle(Request::new(Method::Post, path).json(&map));
            made.value().clone()
        };
        assert_eq!(made(&mut one), made(&mut other));
        let log = |cluster: &Cluster| {
            let records = cluster.world().log().since(RecordId(0));
            records.map(|(_, r)| format!("{r:?}")).collect::<Vec<_>>()
        };
        assert_eq!(log(&one), log(&other));
    }

    #[test]
    fn what_was_there_can_be_changed_and_deleted_for_good() {
        let mut cluster = cluster();
        let dry = [SCHEMAS, "/probes?dryRun=All"].concat();
        let probes = [SCHEMAS, "/probes"].concat();
        assert!(
            cluster
                .handle(Request::new(Method::Delete, &dry))
                .is_success()
        );
        let watch = format!("{SCHEMAS}?watch=1&fieldSelector=metadata.name%3Dprobes");
        let Body::Watch(mut watch) = cluster.handle(Request::get(&watch)).body else {
            panic!("no watch");
        };
        let told = |cluster: &Cluster, watch: &mut Watch| -> Vec<(&str, Value)> {
            let told = cluster.world().poll_watch(watch);
            let each = told.into_iter();
            each.map(|(word, value)| (word, value["metadata"]["labels"].clone()))
                .collect()
        };
        assert_eq!(told(&cluster, &mut watch), [("ADDED", Value::Null)]);
        let patch = Request::new(Method::Patch, &probes)
            .content_type("application/merge-patch+json")
            .json(&json!({"metadata": {"labels": {"a": "b"}}}));
        let patched = cluster.handle(patch);
        assert!(patched.is_success(), "{}", patched.message());
        assert!(
            cluster
                .handle(Request::new(Method::Delete, &probes))
                .is_success()
        );
        let labels = json!({"a": "b"});
        assert_eq!(
            told(&cluster, &mut watch),
            [("MODIFIED", labels.clone()), ("DELETED", labels)]
        );
        assert_eq!(cluster.handle(Request::get(&probes)).code, 404);
    }
}
